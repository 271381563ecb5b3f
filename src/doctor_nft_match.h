/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a packet fit what one part of an nft rule asks for? */
#ifndef CHARLA_DOCTOR_NFT_MATCH_H
#define CHARLA_DOCTOR_NFT_MATCH_H

#include "src/doctor_nft.h"

enum fit { FIT_NO, FIT_YES, FIT_OPEN };

/* rules: for the sets that have a name. */
enum fit nft_match(json_t *rules, const struct packet *packet, json_t *match);
/* What is in the set or the map (kind) of this name, or NULL. */
json_t *nft_named(json_t *rules, const char *kind, const char *name);
/* The value of what a map looks up, against one of its keys. */
enum fit nft_fits(
    json_t *rules, const struct packet *packet, json_t *left, json_t *right);
/* The only member of an object, and its name; NULL where it has none. */
json_t *nft_member(json_t *object, const char **name);
/* The string under this name; NULL where there is none. */
const char *nft_text(const json_t *object, const char *name);
/* Is it this one? */
bool nft_is(const json_t *object, const char *name, const char *text);

#endif
