/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What net/identity*.c and net/tls*.c share, and nobody else. */
#ifndef CHARLA_NET_TLS_OPENSSL_H
#define CHARLA_NET_TLS_OPENSSL_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "net/identity.h"

/* Before any other call into OpenSSL; cheap when done again. */
void openssl_start(void);

EVP_PKEY *identity_make_key(void);
/* Takes the key over. */
struct identity *identity_around(EVP_PKEY *key);
/* Both stay the identity's. */
EVP_PKEY *identity_key(const struct identity *id);
X509 *identity_certificate(const struct identity *id);
/* False for a certificate without a readable key. */
bool fingerprint_of(const X509 *certificate, struct fingerprint *fp);

/*
 * The socket as OpenSSL sees it. Writes are gathered, so that one send(2)
 * takes many records; only tls_bio_flush and a full buffer send. It never
 * raises SIGPIPE. The descriptor stays the caller's.
 */
BIO_METHOD *tls_bio_method(void);
BIO *tls_bio_new(BIO_METHOD *method, int fd);
/* 0 when all is on the socket, ERR_AGAIN when it takes no more, or ERR_IO. */
int tls_bio_flush(BIO *bio);
/* Bytes that still fit. */
size_t tls_bio_room(BIO *bio);
/* The errno of the last failure; 0 when it was an end of file, or nothing. */
int tls_bio_error(BIO *bio);

#endif
