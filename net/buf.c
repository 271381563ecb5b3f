/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unread bytes lie between start and end. The room in front of start is
 * used again by moving the unread bytes there, but only when more than that
 * were read since the last move, so moving costs no more than reading did.
 */
#include "net/buf.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"

enum {
	BUF_FIRST = 256,       /* first allocation */
	BUF_KEEP = 256 * 1024, /* what buf_clear does not give back */
};

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

/* max is 0, so nothing ever writes through the pointer. */
void
buf_view(struct buf *b, const void *data, size_t len)
{
	*b = (struct buf){.bytes = (uint8_t *)data, .end = len};
}

void
buf_release(struct buf *b)
{
	if (b->size > 0)
		free(b->bytes);
	buf_init(b, b->max);
}

size_t
buf_len(const struct buf *b)
{
	return b->end - b->start;
}

size_t
buf_room(const struct buf *b)
{
	return b->max > buf_len(b) ? b->max - buf_len(b) : 0;
}

const uint8_t *
buf_data(const struct buf *b)
{
	return b->bytes == NULL ? NULL : b->bytes + b->start;
}

void
buf_clear(struct buf *b)
{
	if (b->size > BUF_KEEP)
		buf_release(b);
	b->start = b->end = 0;
}

/* A larger block; at most twice the bound, so that moving stays rare. */
static void
grow(struct buf *b, size_t needed)
{
	size_t most = b->max > SIZE_MAX / 2 ? SIZE_MAX : 2 * b->max;
	size_t size = b->size > 0 ? b->size : BUF_FIRST / 2;
	uint8_t *bytes;

	do
		size = size > most / 2 ? most : 2 * size;
	while (size < needed);
	bytes = mem_alloc(size);
	if (buf_len(b) > 0)
		memcpy(bytes, buf_data(b), buf_len(b));
	free(b->bytes);
	b->bytes = bytes;
	b->size = size;
}

/* Room for len more bytes behind end; the bound was looked at before. */
static void
make_room(struct buf *b, size_t len)
{
	size_t unread = buf_len(b);

	if (b->size - b->end >= len && b->bytes != NULL)
		return;
	if (unread <= b->start && b->size >= unread + len && b->bytes != NULL)
		memmove(b->bytes, buf_data(b), unread);
	else
		grow(b, unread + len);
	b->start = 0;
	b->end = unread;
}

uint8_t *
buf_reserve(struct buf *b, size_t len)
{
	if (b->max == 0 || len > buf_room(b))
		return NULL;
	make_room(b, len);
	return b->bytes + b->end;
}

void
buf_commit(struct buf *b, size_t len)
{
	if (len > b->size - b->end || len > buf_room(b))
		fatal("buf_commit: more than was reserved");
	b->end += len;
}

int
buf_put(struct buf *b, const void *data, size_t len)
{
	uint8_t *room;

	if (len == 0)
		return 0;
	room = buf_reserve(b, len);
	if (room == NULL)
		return ERR_FULL;
	memcpy(room, data, len);
	buf_commit(b, len);
	return 0;
}

static int
put_number(struct buf *b, uint64_t v, size_t len)
{
	uint8_t bytes[8];
	size_t i;

	for (i = len; i > 0; i--) {
		bytes[i - 1] = (uint8_t)(v & 0xFF);
		v >>= 8;
	}
	return buf_put(b, bytes, len);
}

int
buf_put_u8(struct buf *b, uint8_t v)
{
	return put_number(b, v, 1);
}

int
buf_put_u16(struct buf *b, uint16_t v)
{
	return put_number(b, v, 2);
}

int
buf_put_u32(struct buf *b, uint32_t v)
{
	return put_number(b, v, 4);
}

int
buf_put_u64(struct buf *b, uint64_t v)
{
	return put_number(b, v, 8);
}

int
buf_put_str(struct buf *b, const char *s, size_t len)
{
	if (len > UINT16_MAX)
		return ERR_INVALID;
	if (buf_room(b) < 2 + len)
		return ERR_FULL;
	buf_put_u16(b, (uint16_t)len);
	return buf_put(b, s, len);
}

int
buf_skip(struct buf *b, size_t len)
{
	if (buf_len(b) < len)
		return ERR_AGAIN;
	b->start += len;
	return 0;
}

int
buf_get(struct buf *b, void *out, size_t len)
{
	if (buf_len(b) < len)
		return ERR_AGAIN;
	if (len > 0)
		memcpy(out, buf_data(b), len);
	return buf_skip(b, len);
}

static int
peek_number(const struct buf *b, size_t len, uint64_t *v)
{
	const uint8_t *bytes = buf_data(b);
	uint64_t value = 0;
	size_t i;

	if (buf_len(b) < len)
		return ERR_AGAIN;
	for (i = 0; i < len; i++)
		value = value << 8 | bytes[i];
	*v = value;
	return 0;
}

static int
get_number(struct buf *b, size_t len, uint64_t *v)
{
	int r = peek_number(b, len, v);

	return r < 0 ? r : buf_skip(b, len);
}

int
buf_get_u8(struct buf *b, uint8_t *v)
{
	uint64_t value;
	int r = get_number(b, 1, &value);

	if (r == 0)
		*v = (uint8_t)value;
	return r;
}

int
buf_get_u16(struct buf *b, uint16_t *v)
{
	uint64_t value;
	int r = get_number(b, 2, &value);

	if (r == 0)
		*v = (uint16_t)value;
	return r;
}

int
buf_get_u32(struct buf *b, uint32_t *v)
{
	uint64_t value;
	int r = get_number(b, 4, &value);

	if (r == 0)
		*v = (uint32_t)value;
	return r;
}

int
buf_get_u64(struct buf *b, uint64_t *v)
{
	return get_number(b, 8, v);
}

int
buf_peek_u32(const struct buf *b, uint32_t *v)
{
	uint64_t value;
	int r = peek_number(b, 4, &value);

	if (r == 0)
		*v = (uint32_t)value;
	return r;
}

int
buf_get_str(struct buf *b, size_t max, const char **s, size_t *len)
{
	uint64_t n;
	int r = peek_number(b, 2, &n);

	if (r < 0)
		return r;
	if (n > max)
		return ERR_PROTO;
	if (buf_len(b) - 2 < n)
		return ERR_AGAIN;
	buf_skip(b, 2);
	*s = (const char *)buf_data(b);
	*len = (size_t)n;
	return buf_skip(b, *len);
}
