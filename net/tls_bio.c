/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way from OpenSSL to the socket. A record is at most 16 KiB, and a
 * system call for each one costs more than its encryption: so records gather
 * here and leave together, when tls.c says so. That OpenSSL never has to wait
 * in the middle of a write also keeps its two directions apart: a key update
 * under way would else stop SSL_read until the socket takes more. Reads go
 * straight through; OpenSSL's read-ahead asks for many records at once.
 */
#include "net/tls_openssl.h"

#include <errno.h>
#include <openssl/bio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/util.h"

/* Measured: from 64 KiB on it makes no difference that could be told. */
enum { GATHER_MAX = 128 * 1024 };

struct gather {
	int fd;
	int error;
	size_t start, end; /* of what waits in bytes */
	unsigned char bytes[GATHER_MAX];
};

static int
gather_flush(struct gather *g)
{
	while (g->start < g->end) {
		ssize_t n = send(g->fd, g->bytes + g->start, g->end - g->start,
		    MSG_NOSIGNAL);

		if (n >= 0)
			g->start += (size_t)n;
		else if (errno == EAGAIN)
			return ERR_AGAIN;
		else if (errno != EINTR) {
			g->error = errno;
			return ERR_IO;
		}
	}
	g->start = g->end = 0;
	return 0;
}

int
tls_bio_flush(BIO *bio)
{
	return gather_flush(BIO_get_data(bio));
}

static int
bio_write(BIO *bio, const char *data, int len)
{
	struct gather *g = BIO_get_data(bio);
	size_t n = (size_t)len;
	int r = 0;

	BIO_clear_retry_flags(bio);
	if (n > GATHER_MAX - g->end)
		r = gather_flush(g);
	if (r == ERR_AGAIN)
		BIO_set_retry_write(bio);
	if (r < 0)
		return -1;
	if (n > GATHER_MAX - g->end)
		n = GATHER_MAX - g->end;
	memcpy(g->bytes + g->end, data, n);
	g->end += n;
	return (int)n;
}

static int
bio_read(BIO *bio, char *out, int size)
{
	struct gather *g = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	do {
		n = recv(g->fd, out, (size_t)size, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		BIO_set_retry_read(bio);
	else if (n < 0)
		g->error = errno;
	return (int)n;
}

static long
bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	/* OpenSSL flushes in the middle of things; tls.c does at their end. */
	return command == BIO_CTRL_FLUSH;
}

static int
bio_destroy(BIO *bio)
{
	free(BIO_get_data(bio));
	BIO_set_data(bio, NULL);
	return 1;
}

BIO_METHOD *
tls_bio_method(void)
{
	BIO_METHOD *m = BIO_meth_new(
	    BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gathering socket");

	if (!m || !BIO_meth_set_write(m, bio_write) ||
	    !BIO_meth_set_read(m, bio_read) ||
	    !BIO_meth_set_ctrl(m, bio_ctrl) ||
	    !BIO_meth_set_destroy(m, bio_destroy))
		fatal("OpenSSL is out of memory");
	return m;
}

BIO *
tls_bio_new(BIO_METHOD *method, int fd)
{
	BIO *bio = BIO_new(method);
	struct gather *g = mem_alloc(sizeof(*g));

	if (!bio)
		fatal("OpenSSL is out of memory");
	g->fd = fd;
	g->error = 0;
	g->start = g->end = 0;
	BIO_set_data(bio, g);
	BIO_set_init(bio, 1);
	return bio;
}

size_t
tls_bio_room(BIO *bio)
{
	const struct gather *g = BIO_get_data(bio);

	return GATHER_MAX - g->end;
}

int
tls_bio_error(BIO *bio)
{
	const struct gather *g = BIO_get_data(bio);

	return g->error;
}
