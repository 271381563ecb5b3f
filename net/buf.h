/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one bounded byte buffer. Getters check, then consume; nothing else in
 * net/ does pointer arithmetic on bytes of a peer. Integers are big-endian.
 * ERR_AGAIN: more bytes are needed, nothing was consumed. ERR_FULL: the put
 * would pass the bound, nothing was added.
 */
#ifndef CHARLA_NET_BUF_H
#define CHARLA_NET_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *bytes;
	size_t start; /* first unread byte */
	size_t end;   /* one past the last */
	size_t size;  /* allocated */
	size_t max;   /* bound on end - start; 0 for a read-only view */
};

/* max: bytes it may ever hold. Allocates nothing yet. */
void buf_init(struct buf *b, size_t max);
/* A read-only view of memory that must outlive it; never released. */
void buf_view(struct buf *b, const void *data, size_t len);
void buf_release(struct buf *b);

size_t buf_len(const struct buf *b);
/* Bytes that still fit below the bound. */
size_t buf_room(const struct buf *b);
/* The unread bytes; valid until the next call that adds to b. */
const uint8_t *buf_data(const struct buf *b);
/* Forget everything; a large allocation is given back. */
void buf_clear(struct buf *b);

int buf_put(struct buf *b, const void *data, size_t len);
int buf_put_u8(struct buf *b, uint8_t v);
int buf_put_u16(struct buf *b, uint16_t v);
int buf_put_u32(struct buf *b, uint32_t v);
int buf_put_u64(struct buf *b, uint64_t v);
/* A u16 length, then the bytes. */
int buf_put_str(struct buf *b, const char *s, size_t len);
/* len bytes to fill in place; buf_commit says how many were. NULL: full. */
uint8_t *buf_reserve(struct buf *b, size_t len);
void buf_commit(struct buf *b, size_t len);

int buf_get(struct buf *b, void *out, size_t len);
int buf_get_u8(struct buf *b, uint8_t *v);
int buf_get_u16(struct buf *b, uint16_t *v);
int buf_get_u32(struct buf *b, uint32_t *v);
int buf_get_u64(struct buf *b, uint64_t *v);
/*
 * A u16 length and that many bytes, at most max (else ERR_PROTO). *s points
 * into the buffer, is not terminated, and lives as long as buf_data would.
 */
int buf_get_str(struct buf *b, size_t max, const char **s, size_t *len);
/* Like buf_get_u32 without consuming. */
int buf_peek_u32(const struct buf *b, uint32_t *v);
/* Throw len bytes away. */
int buf_skip(struct buf *b, size_t len);

#endif
