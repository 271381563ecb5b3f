/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands for a key where the key itself shall not be seen: HMAC-SHA256
 * (RFC 2104) over a salt, with the fingerprint as its key, cut to 128 bits.
 */
#include "net/identity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "net/tls_openssl.h"
#include "src/base/err.h"

void
fingerprint_mark(const struct fingerprint *fp,
    const uint8_t salt[MARK_SALT_LEN], uint8_t out[MARK_LEN])
{
	/* So that it is of no use anywhere else. */
	static const char purpose[] = "charla nearby 1";
	uint8_t text[sizeof(purpose) + MARK_SALT_LEN];
	uint8_t whole[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	openssl_start();
	memcpy(text, purpose, sizeof(purpose));
	memcpy(text + sizeof(purpose), salt, MARK_SALT_LEN);
	if (HMAC(EVP_sha256(), fp->bytes, FINGERPRINT_LEN, text, sizeof(text),
		whole, &len) == NULL ||
	    len < MARK_LEN)
		fatal("OpenSSL makes no HMAC");
	memcpy(out, whole, MARK_LEN);
}
