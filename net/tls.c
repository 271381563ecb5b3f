/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One SSL_CTX serves both roles. The gathering BIO (net/tls_bio.c) always has
 * room for a record before SSL_write is called, so a record is never half
 * accepted, and what SSL_write was given never has to be given again.
 */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "net/sock.h"
#include "net/tls_openssl.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	/*
	 * RFC 8446, 5.5: AES-GCM keeps its margin up to 2^24.5 full records
	 * under one key. Here a key is done after 2^20 of them, 16 GiB.
	 */
	RENEW_RECORDS = 1 << 20,
	/* A full record: RFC 8446, 5.2; header, content, its type, its tag. */
	RECORD_MAX = 5 + 16384 + 1 + 16,
	/*
	 * What one recv(2) may bring. Whole records, so that none is cut and
	 * needs another call; 3 is how OpenSSL aligns them. Many more would
	 * only leave the processor's cache.
	 */
	READ_AHEAD = 8 * RECORD_MAX + 3,
	/* A record with everything around it, and a key update before it. */
	RECORD_ROOM = SSL3_RT_MAX_PLAIN_LENGTH + 1024,
	/* An Ed25519 certificate has about 300 bytes. */
	PEER_CERTIFICATE_MAX = 16 * 1024,
};

/* As ALPN wants it: length first. */
static const unsigned char alpn[] = "\x08"
				    "charla/1";
enum { ALPN_LEN = sizeof(alpn) - 1 };
static const char export_label[] = "EXPORTER-charla-pair";

struct tls_context {
	SSL_CTX *ssl;
	BIO_METHOD *bio_method;
	uint64_t renew_records;
};

struct tls {
	SSL *ssl;
	BIO *bio; /* belongs to ssl */
	uint64_t renew_records;
	uint64_t records; /* written under the current key */
	struct fingerprint peer;
};

/*
 * Whose key it is, the caller decides from the fingerprint; that the peer has
 * it is proven by the signature over the handshake, not by a chain.
 */
static int
accept_certificate(X509_STORE_CTX *store, void *arg)
{
	(void)arg;
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

/* OpenSSL asks select_alpn only where the caller speaks of ALPN at all. */
static int
require_alpn(SSL *ssl, int *alert, void *arg)
{
	const unsigned char *extension;
	size_t len;

	(void)arg;
	if (SSL_client_hello_get0_ext(ssl,
		TLSEXT_TYPE_application_layer_protocol_negotiation, &extension,
		&len))
		return SSL_CLIENT_HELLO_SUCCESS;
	*alert = SSL_AD_NO_APPLICATION_PROTOCOL;
	return SSL_CLIENT_HELLO_ERROR;
}

static int
select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, alpn, ALPN_LEN, in,
		in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool
set_up(SSL_CTX *c, const struct identity *id)
{
	SSL_CTX_set_options(c,
	    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE |
				SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* A flood of key updates must not keep the loop inside SSL_read. */
	SSL_CTX_clear_mode(c, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_read_ahead(c, 1);
	SSL_CTX_set_default_read_buffer_len(c, READ_AHEAD);
	SSL_CTX_set_max_cert_list(c, PEER_CERTIFICATE_MAX);
	SSL_CTX_set_verify(
	    c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(c, accept_certificate, NULL);
	SSL_CTX_set_client_hello_cb(c, require_alpn, NULL);
	SSL_CTX_set_alpn_select_cb(c, select_alpn, NULL);
	return SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) &&
	       SSL_CTX_set_max_proto_version(c, TLS1_3_VERSION) &&
	       SSL_CTX_set_ciphersuites(c,
		   "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:"
		   "TLS_AES_256_GCM_SHA384") &&
	       SSL_CTX_set1_sigalgs_list(c, "ed25519") &&
	       SSL_CTX_set_num_tickets(c, 0) &&
	       SSL_CTX_set_max_early_data(c, 0) &&
	       SSL_CTX_set_alpn_protos(c, alpn, ALPN_LEN) == 0 &&
	       SSL_CTX_use_certificate(c, identity_certificate(id)) == 1 &&
	       SSL_CTX_use_PrivateKey(c, identity_key(id)) == 1;
}

struct tls_context *
tls_context_new(const struct identity *id)
{
	struct tls_context *ctx = mem_zalloc(sizeof(*ctx));

	openssl_start();
	ctx->ssl = SSL_CTX_new(TLS_method());
	if (!ctx->ssl || !set_up(ctx->ssl, id))
		fatal("OpenSSL does not offer TLS 1.3 with Ed25519");
	ctx->bio_method = tls_bio_method();
	ctx->renew_records = RENEW_RECORDS;
	return ctx;
}

void
tls_context_free(struct tls_context *ctx)
{
	if (!ctx)
		return;
	SSL_CTX_free(ctx->ssl);
	BIO_meth_free(ctx->bio_method);
	free(ctx);
}

void
tls_context_renew_after(struct tls_context *ctx, uint64_t records)
{
	ctx->renew_records = records;
}

struct tls *
tls_new(struct tls_context *ctx, enum tls_role role, int fd)
{
	struct tls *t = mem_zalloc(sizeof(*t));

	t->ssl = SSL_new(ctx->ssl);
	if (!t->ssl)
		fatal("OpenSSL is out of memory");
	t->renew_records = ctx->renew_records;
	t->bio = tls_bio_new(ctx->bio_method, fd);
	SSL_set_bio(t->ssl, t->bio, t->bio);
	if (role == TLS_CALLER)
		SSL_set_connect_state(t->ssl);
	else
		SSL_set_accept_state(t->ssl);
	return t;
}

void
tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	free(t);
}

/* What OpenSSL's reason, or the alert of the other side, means to a person. */
static const char *
reason_text(int reason)
{
	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return _("the other side does not speak TLS 1.3, which charla "
			 "needs");
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_HTTPS_PROXY_REQUEST:
	case SSL_R_CALLBACK_FAILED:
	case SSL_R_NO_APPLICATION_PROTOCOL:
	case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
		return _("the other side is not charla, or of a version that "
			 "does not fit");
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return _("the connection came without a key to know the "
			 "caller by");
	case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
	case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
	case SSL_R_WRONG_SIGNATURE_TYPE:
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
	case SSL_R_NO_SHARED_CIPHER:
		return _("the two sides have no way of encryption in common");
	case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
	case SSL_R_SSLV3_ALERT_BAD_RECORD_MAC:
	case SSL_R_TLSV1_ALERT_DECRYPTION_FAILED:
		return _("data was damaged or changed on its way");
	default:
		return NULL;
	}
}

static enum tls_result
failed(struct reason *why)
{
	unsigned long error = ERR_peek_error();
	const char *text = reason_text(ERR_GET_REASON(error));
	const char *library = ERR_reason_error_string(error);

	if (text)
		reason_set(why, "%s", text);
	else
		reason_set(why, _("the encryption failed (%s)"),
		    library ? library : "?");
	ERR_clear_error();
	return TLS_FAILED;
}

static enum tls_result
lost(const struct tls *t, struct reason *why)
{
	int error = tls_bio_error(t->bio);

	if (error)
		reason_set(why, "%s", sock_error_text(error));
	else
		reason_set(why, _("the other side closed the connection"));
	ERR_clear_error();
	return TLS_LOST;
}

/* What a call into OpenSSL that did not succeed came to. */
static enum tls_result
outcome(const struct tls *t, int r, struct reason *why)
{
	switch (SSL_get_error(t->ssl, r)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	case SSL_ERROR_SYSCALL:
		return lost(t, why);
	default:
		return failed(why);
	}
}

/* All that was gathered goes to the socket, if it takes it. */
static enum tls_result
flush(const struct tls *t, struct reason *why)
{
	switch (tls_bio_flush(t->bio)) {
	case 0:
		return TLS_OK;
	case ERR_AGAIN:
		return TLS_WANT_WRITE;
	default:
		return lost(t, why);
	}
}

/* The handshake is done; is it one between two charlas? */
static enum tls_result
check_peer(struct tls *t, struct reason *why)
{
	const X509 *certificate = SSL_get0_peer_certificate(t->ssl);
	const unsigned char *protocol;
	unsigned len;

	SSL_get0_alpn_selected(t->ssl, &protocol, &len);
	if (len != ALPN_LEN - 1 || memcmp(protocol, alpn + 1, len) != 0) {
		reason_set(
		    why, "%s", reason_text(SSL_R_NO_APPLICATION_PROTOCOL));
		return TLS_FAILED;
	}
	if (!certificate || !fingerprint_of(certificate, &t->peer)) {
		reason_set(why, "%s",
		    reason_text(SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE));
		return TLS_FAILED;
	}
	return TLS_OK;
}

enum tls_result
tls_handshake(struct tls *t, struct reason *why)
{
	enum tls_result result, sent;
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(t->ssl);
	result = r == 1 ? check_peer(t, why) : outcome(t, r, why);
	if (result != TLS_OK && result != TLS_WANT_READ) {
		tls_bio_flush(t->bio); /* the alert, if the socket takes it */
		return result;
	}
	sent = flush(t, why);
	return sent == TLS_OK ? result : sent;
}

enum tls_result
tls_read(struct tls *t, void *out, size_t size, size_t *got, struct reason *why)
{
	unsigned char *at = out;
	size_t n;

	*got = 0;
	ERR_clear_error();
	while (*got < size) {
		int r = SSL_read_ex(t->ssl, at + *got, size - *got, &n);

		if (r != 1) {
			enum tls_result result = outcome(t, r, why);

			/* An answer to a key update, or an alert. */
			tls_bio_flush(t->bio);
			return result;
		}
		*got += n;
	}
	return TLS_OK;
}

/* Asks OpenSSL to put a KeyUpdate in front of the next record. */
static void
renew_key(struct tls *t)
{
	if (t->records < t->renew_records)
		return;
	if (SSL_key_update(t->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
		t->records = 0;
	ERR_clear_error();
}

enum tls_result
tls_write(struct tls *t, const void *data, size_t len, size_t *put,
    struct reason *why)
{
	const unsigned char *at = data;
	enum tls_result result;
	size_t n;

	*put = 0;
	ERR_clear_error();
	while (*put < len) {
		int r;

		if (tls_bio_room(t->bio) < RECORD_ROOM &&
		    (result = flush(t, why)) != TLS_OK)
			return result;
		renew_key(t);
		r = SSL_write_ex(t->ssl, at + *put, len - *put, &n);
		if (r != 1)
			return outcome(t, r, why);
		*put += n;
		t->records++;
	}
	return flush(t, why);
}

enum tls_result
tls_shutdown(struct tls *t, struct reason *why)
{
	ERR_clear_error();
	if (!(SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN)) {
		int r = SSL_shutdown(t->ssl);

		if (r < 0)
			return outcome(t, r, why);
	}
	return flush(t, why);
}

int
tls_has_pending(const struct tls *t)
{
	return SSL_has_pending(t->ssl);
}

void
tls_fingerprint(const struct tls *t, struct fingerprint *fp)
{
	*fp = t->peer;
}

bool
tls_export(const struct tls *t, uint8_t out[TLS_EXPORT_LEN])
{
	bool ok = SSL_export_keying_material(t->ssl, out, TLS_EXPORT_LEN,
		      export_label, sizeof(export_label) - 1, NULL, 0, 0) == 1;

	ERR_clear_error();
	return ok;
}
