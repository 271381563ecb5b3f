/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TLS 1.3 over a non-blocking socket, both sides with a certificate, ALPN
 * charla/1, no tickets, no early data. Any certificate is let through here:
 * the handshake proves that the peer holds its key, and tls_fingerprint says
 * which one. Nobody above sees an OpenSSL name.
 */
#ifndef CHARLA_NET_TLS_H
#define CHARLA_NET_TLS_H

#include <stddef.h>
#include <stdint.h>

#include "net/identity.h"

struct tls_context; /* one per program */
struct tls;         /* one per connection */

/* The identity must outlive the context. Costs milliseconds. */
struct tls_context *tls_context_new(const struct identity *id);
void tls_context_free(struct tls_context *ctx);
/* Renew sending keys after so many records; for tests. */
void tls_context_renew_after(struct tls_context *ctx, uint64_t records);

enum { TLS_EXPORT_LEN = 32 };
enum tls_role { TLS_CALLER, TLS_LISTENER };
struct tls *tls_new(struct tls_context *ctx, enum tls_role role, int fd);
void tls_free(struct tls *t);

/*
 * All of these return TLS_WANT_READ or TLS_WANT_WRITE when the socket has to
 * be polled for that first, and TLS_LOST or TLS_FAILED (why is filled) when
 * it is over. Whatever the result, *got and *put count what was done.
 */
enum tls_result {
	TLS_OK = 0,
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_CLOSED, /* the peer said close_notify: nothing is missing */
	TLS_LOST,   /* the network, or the other side, went away */
	TLS_FAILED, /* what the other side says is no TLS of charla's */
};
enum tls_result tls_handshake(struct tls *t, struct reason *why);
/* Until size bytes are there, or the socket has no more. */
enum tls_result tls_read(
    struct tls *t, void *out, size_t size, size_t *got, struct reason *why);
/*
 * TLS_OK: all is on the socket. TLS_WANT_WRITE: what was put is in here, not
 * yet on the socket; go on with the rest, or with len 0, when it is writable.
 * Renews the sending key long before the record limit of RFC 8446, 5.5.
 */
enum tls_result tls_write(struct tls *t, const void *data, size_t len,
    size_t *put, struct reason *why);
/* Send close_notify; TLS_OK when it is on the socket. Reading may go on. */
enum tls_result tls_shutdown(struct tls *t, struct reason *why);
/* Bytes inside the library that poll(2) cannot see. */
int tls_has_pending(const struct tls *t);

/* After the handshake. */
void tls_fingerprint(const struct tls *t, struct fingerprint *fp);
/*
 * Bytes that both ends of this session have and nobody else (RFC 8446, 7.5):
 * what is derived from them belongs to this very session. False: OpenSSL does
 * not give them.
 */
bool tls_export(const struct tls *t, uint8_t out[TLS_EXPORT_LEN]);

#endif
