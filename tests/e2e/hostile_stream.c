/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stranger sends of files and trees: lists, records, and their end. */
#include "tests/e2e/hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <xxhash.h>

#include "net/record.h"

enum { STREAM_MAX = 1024 * 1024 };

void
list_put_entry(struct buf *list, const struct entry *e)
{
	int r = buf_put_u8(list, (uint8_t)e->kind);

	r |= buf_put_u16(list, e->mode);
	r |= buf_put_u64(list, e->size);
	r |= buf_put_u64(list, (uint64_t)e->mtime_ns);
	r |= buf_put_str(list, e->path, e->path_len);
	assert_int_equal(r, 0);
}

void
list_put(
    struct buf *list, uint8_t kind, uint64_t size, const char *path, size_t len)
{
	const struct entry e = {
	    .kind = kind,
	    .mode = kind == ENTRY_FOLDER ? 0755 : 0644,
	    .size = size,
	    .mtime_ns = 1600000000000000000,
	    .path = path,
	    .path_len = len,
	};

	list_put_entry(list, &e);
}

void
hash_of(const void *bytes, size_t len, uint8_t out[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, len));
	memcpy(out, canonical.digest, WIRE_HASH_LEN);
}

/* Streams */

void
stream_init(struct stream *st)
{
	buf_init(&st->bytes, STREAM_MAX);
	buf_init(&st->hashes, STREAM_MAX);
}

void
stream_release(struct stream *st)
{
	buf_release(&st->bytes);
	buf_release(&st->hashes);
}

void
stream_begin(struct stream *st, uint64_t from)
{
	uint8_t part[RECORD_FILE_LEN];

	assert_int_equal(
	    buf_put(&st->bytes, part, record_put_file(part, from)), 0);
}

void
stream_chunk(struct stream *st, const void *bytes, size_t len)
{
	uint8_t part[RECORD_CHUNK_LEN];

	assert_int_equal(
	    buf_put(&st->bytes, part, record_put_chunk(part, len)), 0);
	assert_int_equal(buf_put(&st->bytes, bytes, len), 0);
}

void
stream_end(struct stream *st, const void *bytes, size_t len)
{
	uint8_t hash[WIRE_HASH_LEN], part[RECORD_END_LEN];

	hash_of(bytes, len, hash);
	assert_int_equal(
	    buf_put(&st->bytes, part, record_put_end(part, hash)), 0);
	assert_int_equal(buf_put(&st->hashes, hash, sizeof(hash)), 0);
}

void
stream_file(struct stream *st, const void *bytes, size_t len)
{
	stream_begin(st, 0);
	if (len > 0)
		stream_chunk(st, bytes, len);
	stream_end(st, bytes, len);
}

void
stream_same(struct stream *st, const void *bytes, size_t len)
{
	uint8_t hash[WIRE_HASH_LEN], part[RECORD_SAME_LEN];

	hash_of(bytes, len, hash);
	assert_int_equal(buf_put(&st->bytes, part, record_put_same(part)), 0);
	assert_int_equal(buf_put(&st->hashes, hash, sizeof(hash)), 0);
}

/* Sending them */

void
scene_says_done(struct scene *s, uint32_t id, const void *bytes, size_t len)
{
	struct frame f = {.type = FRAME_DONE};

	f.done.id = id;
	hash_of(bytes, len, f.done.hash);
	stranger_says(s->mallory, &f);
}

void
scene_says_data(struct scene *s, uint32_t id, uint64_t offset,
    const void *bytes, size_t len)
{
	struct frame f = {.type = FRAME_DATA};

	f.data.id = id;
	f.data.offset = offset;
	f.data.bytes = bytes;
	f.data.len = len;
	stranger_says(s->mallory, &f);
}

void
scene_is_accepted(struct scene *s, uint32_t id, struct frame *answer)
{
	struct frame f;

	assert_true(stranger_hears(s->mallory, FRAME_ANSWER, id, &f));
	assert_int_equal(f.answer.accepted, 1);
	if (answer != NULL)
		*answer = f;
}

void
scene_sends(struct scene *s, uint32_t id, const void *bytes, size_t len)
{
	scene_is_accepted(s, id, NULL);
	stranger_streams(s->mallory, id, 0, bytes, len);
	scene_says_done(s, id, bytes, len);
}

size_t
scene_hears_claims(struct scene *s, uint32_t id, uint32_t entries)
{
	struct frame f;
	size_t count = 0;

	do {
		assert_true(stranger_hears(s->mallory, FRAME_CLAIMS, id, &f));
		count += f.claims.count;
	} while (f.claims.upto < entries);
	return count;
}

void
scene_sends_stream(
    struct scene *s, uint32_t id, uint64_t offset, const struct stream *st)
{
	stranger_streams(
	    s->mallory, id, offset, buf_data(&st->bytes), buf_len(&st->bytes));
	scene_says_done(s, id, buf_data(&st->hashes), buf_len(&st->hashes));
}

bool
scene_arrives(struct scene *s, uint32_t id)
{
	struct frame f;

	return stranger_hears(s->mallory, FRAME_RESULT, id, &f) &&
	       f.result.why == WHY_NONE;
}
