/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one charla says about itself on the network, as DNS-SD (RFC 6763) has
 * it: the name of a service, and the strings of its TXT record. Either a name
 * and a key, or, in private, a mark that only those find out who know the
 * key. Nothing of it is proof of anything. Pure.
 *
 *     name: Ana [0f3a 99c2]  TXT: v=1  fp=64 hex digits  n=the whole name
 *     name: 32 hex digits    TXT: v=1  s=salt            m=mark
 */
#ifndef CHARLA_NET_ANNOUNCE_H
#define CHARLA_NET_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ANNOUNCE_KEY_LEN = 32,
	ANNOUNCE_SALT_LEN = 16,
	ANNOUNCE_MARK_LEN = 16,
	ANNOUNCE_LABEL_MAX = 64, /* of a service's name, terminated */
	ANNOUNCE_NAME_MAX = 256, /* of a person's name, terminated */
	ANNOUNCE_STRING_MAX = 256,
	ANNOUNCE_STRINGS_MAX = 3,
};
#define ANNOUNCE_TYPE "_charla._tcp"

struct announcement {
	bool hidden; /* salt and mark; else key and name */
	uint8_t key[ANNOUNCE_KEY_LEN];
	char name[ANNOUNCE_NAME_MAX]; /* as they say it; cleaned by nobody */
	uint8_t salt[ANNOUNCE_SALT_LEN];
	uint8_t mark[ANNOUNCE_MARK_LEN];
};

/* One string of a TXT record: "key=value", any bytes. */
struct announce_string {
	const void *bytes;
	size_t len;
};

/*
 * From the name of a service and its TXT record. ERR_PROTO: it is not one of
 * ours, or lacks something. Unknown strings are passed over; of two with one
 * key the first one counts.
 */
int announce_parse(struct announcement *a, const char *service,
    const struct announce_string *strings, size_t count);

/*
 * The name of the service: as many whole characters as fit, and the first
 * digits of the key. So nobody has to give way to somebody of the same name.
 */
void announce_label(
    const struct announcement *a, char out[static ANNOUNCE_LABEL_MAX]);
/*
 * The strings of the TXT record; label is the name the service got. Returns
 * how many.
 */
size_t announce_write(const struct announcement *a, const char *label,
    char out[static ANNOUNCE_STRINGS_MAX][ANNOUNCE_STRING_MAX]);

#endif
