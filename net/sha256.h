/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 (FIPS 180-4) for code that is pure and sees no OpenSSL. */
#ifndef CHARLA_NET_SHA256_H
#define CHARLA_NET_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_LEN = 32 };

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN]);

#endif
