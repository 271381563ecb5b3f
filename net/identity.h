/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who we are: an Ed25519 key and a self-signed certificate around it. Who
 * somebody is: the SHA-256 of the SubjectPublicKeyInfo of their key.
 */
#ifndef CHARLA_NET_IDENTITY_H
#define CHARLA_NET_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

struct identity;

enum { FINGERPRINT_LEN = 32, FINGERPRINT_TEXT_MAX = 80 };

struct fingerprint {
	uint8_t bytes[FINGERPRINT_LEN];
};

/*
 * Load the key from path (PEM, mode 0600), or make one and write it there:
 * O_EXCL under a temporary name, synced, then renamed. A key that others can
 * read is refused with the command that mends it. The caller frees.
 */
int identity_open(const char *path, struct identity **out, struct reason *why);
/* A key that lives only as long as this process. */
struct identity *identity_temporary(void);
void identity_free(struct identity *id);
const struct fingerprint *identity_fingerprint(const struct identity *id);

bool fingerprint_equal(
    const struct fingerprint *a, const struct fingerprint *b);
/* 64 hex digits in sixteen groups of four. */
void fingerprint_text(
    const struct fingerprint *fp, char out[FINGERPRINT_TEXT_MAX]);
/* The first two groups: enough to tell two people apart on a line. */
void fingerprint_short(const struct fingerprint *fp, char out[10]);

enum { MARK_SALT_LEN = 16, MARK_LEN = 16 };
/* identity_mark.c: who knows fp finds out that it is meant; nobody else. */
void fingerprint_mark(const struct fingerprint *fp,
    const uint8_t salt[MARK_SALT_LEN], uint8_t out[MARK_LEN]);

#endif
