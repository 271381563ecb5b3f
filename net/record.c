/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything but file data is short: the reader gathers a part in kept until
 * it is whole, and asks again after each step how long it is going to be. A
 * part that is wrong stays there, so that a broken stream stays broken.
 */
#include "net/record.h"

#include <string.h>

#include "src/base/err.h"

enum record_type { TYPE_FILE = 1, TYPE_SAME = 2, TYPE_LEFT_OUT = 3 };

static size_t
put_number(uint8_t *out, uint64_t v, size_t len)
{
	for (size_t i = len; i > 0; i--) {
		out[i - 1] = (uint8_t)(v & 0xFF);
		v >>= 8;
	}
	return len;
}

/* Without one, the other side would wait for a hash. */
static uint8_t
need_reason(enum wire_why why)
{
	if (why == WHY_NONE)
		fatal("record: a file is missing for no reason");
	return (uint8_t)why;
}

size_t
record_put_file(uint8_t *out, uint64_t from)
{
	out[0] = TYPE_FILE;
	return 1 + put_number(out + 1, from, sizeof(from));
}

size_t
record_put_chunk(uint8_t *out, size_t len)
{
	if (len == 0 || len > RECORD_CHUNK_MAX)
		fatal("record: a chunk of %zu bytes", len);
	return put_number(out, len, RECORD_CHUNK_LEN);
}

size_t
record_put_end(uint8_t *out, const uint8_t hash[WIRE_HASH_LEN])
{
	size_t at = put_number(out, 0, RECORD_CHUNK_LEN);

	out[at++] = WHY_NONE;
	memcpy(out + at, hash, WIRE_HASH_LEN);
	return at + WIRE_HASH_LEN;
}

size_t
record_put_void(uint8_t *out, enum wire_why why)
{
	size_t at = put_number(out, 0, RECORD_CHUNK_LEN);

	out[at] = need_reason(why);
	return at + 1;
}

size_t
record_put_same(uint8_t *out)
{
	out[0] = TYPE_SAME;
	return RECORD_SAME_LEN;
}

size_t
record_put_left_out(uint8_t *out, enum wire_why why)
{
	out[0] = TYPE_LEFT_OUT;
	out[1] = need_reason(why);
	return RECORD_LEFT_OUT_LEN;
}

void
record_reader_init(struct record_reader *r)
{
	*r = (struct record_reader){.kept_len = 0};
}

bool
record_is_between(const struct record_reader *r)
{
	return !r->in_file && r->kept_len == 0;
}

static uint32_t
kept_length(const struct record_reader *r)
{
	struct buf view;
	uint32_t length = 0;

	buf_view(&view, r->kept, r->kept_len);
	buf_get_u32(&view, &length);
	return length;
}

/* Bytes of a chunk's head or of a file's end, as far as they tell; 0: wrong */
static size_t
needed_in_file(const struct record_reader *r)
{
	if (r->kept_len < RECORD_CHUNK_LEN)
		return RECORD_CHUNK_LEN;
	if (kept_length(r) > RECORD_CHUNK_MAX)
		return 0;
	if (kept_length(r) > 0)
		return RECORD_CHUNK_LEN;
	if (r->kept_len < RECORD_VOID_LEN ||
	    r->kept[RECORD_CHUNK_LEN] != WHY_NONE)
		return RECORD_VOID_LEN;
	return RECORD_END_LEN;
}

/* The same between two files. */
static size_t
needed_between(const struct record_reader *r)
{
	if (r->kept_len == 0)
		return 1;
	switch (r->kept[0]) {
	case TYPE_FILE:
		return RECORD_FILE_LEN;
	case TYPE_SAME:
		return RECORD_SAME_LEN;
	case TYPE_LEFT_OUT:
		if (r->kept_len == RECORD_LEFT_OUT_LEN &&
		    r->kept[1] == WHY_NONE)
			return 0;
		return RECORD_LEFT_OUT_LEN;
	default:
		return 0;
	}
}

/* Until a whole part is in kept. */
static int
gather(struct record_reader *r, const uint8_t **bytes, size_t *len)
{
	for (;;) {
		size_t needed =
		    r->in_file ? needed_in_file(r) : needed_between(r);

		if (needed == 0)
			return ERR_PROTO;
		if (r->kept_len >= needed)
			return 0;

		size_t n = needed - r->kept_len;
		if (n > *len)
			n = *len;
		if (n == 0)
			return ERR_AGAIN;
		memcpy(r->kept + r->kept_len, *bytes, n);
		r->kept_len += n;
		*bytes += n;
		*len -= n;
	}
}

/* A newer charla may have others. */
static enum wire_why
known_reason(uint8_t why)
{
	return why > WHY_GONE ? WHY_IO : (enum wire_why)why;
}

static void
read_begin(struct record_reader *r, struct record *out)
{
	struct buf view;

	buf_view(&view, r->kept + 1, r->kept_len - 1);
	switch (r->kept[0]) {
	case TYPE_FILE:
		out->part = RECORD_FILE;
		buf_get_u64(&view, &out->from);
		r->in_file = true;
		break;
	case TYPE_SAME:
		out->part = RECORD_SAME;
		break;
	default:
		out->part = RECORD_LEFT_OUT;
		out->why = known_reason(r->kept[1]);
		break;
	}
}

static void
read_end(struct record_reader *r, struct record *out)
{
	out->part = RECORD_END;
	out->why = known_reason(r->kept[RECORD_CHUNK_LEN]);
	if (out->why == WHY_NONE)
		memcpy(out->hash, r->kept + RECORD_VOID_LEN, WIRE_HASH_LEN);
	r->in_file = false;
}

/* What is kept, but for a chunk's head. */
static void
read_kept(struct record_reader *r, struct record *out)
{
	*out = (struct record){.why = WHY_NONE};
	if (r->in_file)
		read_end(r, out);
	else
		read_begin(r, out);
	r->kept_len = 0;
}

static void
read_bytes(struct record_reader *r, const uint8_t **bytes, size_t *len,
    struct record *out)
{
	size_t n = *len < r->chunk ? *len : r->chunk;

	*out = (struct record){.part = RECORD_BYTES, .bytes = *bytes, .len = n};
	r->chunk -= (uint32_t)n;
	*bytes += n;
	*len -= n;
}

int
record_read(struct record_reader *r, const uint8_t **bytes, size_t *len,
    struct record *out)
{
	if (r->chunk == 0) {
		int err = gather(r, bytes, len);

		if (err < 0)
			return err;
		if (!r->in_file || kept_length(r) == 0) {
			read_kept(r, out);
			return 0;
		}
		r->chunk = kept_length(r);
		r->kept_len = 0;
	}
	if (*len == 0)
		return ERR_AGAIN;
	read_bytes(r, bytes, len, out);
	return 0;
}
