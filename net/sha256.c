/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/sha256.h"

#include <openssl/evp.h>

#include "src/base/err.h"
#include "src/base/util.h"

void
sha256(const void *data, size_t len, uint8_t out[SHA256_LEN])
{
	if (EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) != 1)
		fatal("OpenSSL does not offer SHA-256");
}
