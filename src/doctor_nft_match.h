/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a packet fit what one part of an nft rule asks for? */
#ifndef CHARLA_DOCTOR_NFT_MATCH_H
#define CHARLA_DOCTOR_NFT_MATCH_H

#include "src/doctor_nft.h"

enum fit { FIT_NO, FIT_YES, FIT_OPEN };

/* rules: for the sets that have a name. */
enum fit nft_match(const struct json *rules, const struct packet *packet,
    const struct json *match);
/* What is in the set or the map (kind) of this name, or NULL. */
const struct json *nft_named(
    const struct json *rules, const char *kind, const char *name);
/* The value of what a map looks up, against one of its keys. */
enum fit nft_fits(const struct json *rules, const struct packet *packet,
    const struct json *left, const struct json *right);

#endif
