/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Only the key is kept. The certificate around it is made anew at each start:
 * its one purpose is to carry the key through the handshake, so it names
 * nobody and tells no date.
 */
#include "net/identity.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "net/tls_openssl.h"
#include "src/base/util.h"

enum { HEX_GROUP = 4 };

struct identity {
	EVP_PKEY *key;
	X509 *certificate;
	struct fingerprint fp;
};

void
openssl_start(void)
{
	/* The system's openssl.cnf must not change what charla speaks. */
	if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		fatal("OpenSSL does not start");
}

bool
fingerprint_of(const X509 *certificate, struct fingerprint *fp)
{
	const X509_PUBKEY *info = X509_get_X509_PUBKEY(certificate);
	unsigned char *der = NULL;
	int len = info ? i2d_X509_PUBKEY(info, &der) : -1;
	bool ok;

	if (len <= 0)
		return false;
	ok = EVP_Digest(der, (size_t)len, fp->bytes, NULL, EVP_sha256(), NULL);
	OPENSSL_free(der);
	return ok;
}

/* RFC 5280, 4.1.2.5: the last date there is means "no end". */
static X509 *
make_certificate(EVP_PKEY *key)
{
	X509 *c = X509_new();
	X509_NAME *name;
	uint64_t serial = 0;

	if (!c || RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
		fatal("OpenSSL makes no certificate");
	name = X509_get_subject_name(c);
	serial = (serial >> 1) | 1; /* positive */
	if (!X509_set_version(c, X509_VERSION_3) ||
	    !ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), serial) ||
	    !ASN1_TIME_set_string(X509_getm_notBefore(c), "20000101000000Z") ||
	    !ASN1_TIME_set_string(X509_getm_notAfter(c), "99991231235959Z") ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)"charla", -1, -1, 0) ||
	    !X509_set_issuer_name(c, name) || !X509_set_pubkey(c, key) ||
	    !X509_sign(c, key, NULL))
		fatal("OpenSSL makes no certificate");
	return c;
}

struct identity *
identity_around(EVP_PKEY *key)
{
	struct identity *id = mem_zalloc(sizeof(*id));

	id->key = key;
	id->certificate = make_certificate(key);
	if (!fingerprint_of(id->certificate, &id->fp))
		fatal("OpenSSL reads no certificate of its own");
	return id;
}

EVP_PKEY *
identity_make_key(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	if (!key)
		fatal("OpenSSL makes no Ed25519 key");
	return key;
}

struct identity *
identity_temporary(void)
{
	openssl_start();
	return identity_around(identity_make_key());
}

void
identity_free(struct identity *id)
{
	if (!id)
		return;
	X509_free(id->certificate);
	EVP_PKEY_free(id->key);
	free(id);
}

const struct fingerprint *
identity_fingerprint(const struct identity *id)
{
	return &id->fp;
}

EVP_PKEY *
identity_key(const struct identity *id)
{
	return id->key;
}

X509 *
identity_certificate(const struct identity *id)
{
	return id->certificate;
}

bool
fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
	return CRYPTO_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Hex digits of count bytes, a space between groups. */
static void
put_hex(const struct fingerprint *fp, size_t count, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t written = 0;

	for (size_t i = 0; i < count; i++) {
		if (written > 0 && written % HEX_GROUP == 0)
			*out++ = ' ';
		*out++ = digits[fp->bytes[i] >> 4];
		*out++ = digits[fp->bytes[i] & 15];
		written += 2;
	}
	*out = '\0';
}

void
fingerprint_text(const struct fingerprint *fp, char out[FINGERPRINT_TEXT_MAX])
{
	put_hex(fp, sizeof(fp->bytes), out);
}

void
fingerprint_short(const struct fingerprint *fp, char out[10])
{
	put_hex(fp, 4, out);
}
