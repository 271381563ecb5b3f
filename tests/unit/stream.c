/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

enum { STREAM_CUT = 10007, STREAM_TIME = 1000000 };

void
stream_plant(
    const struct sending *s, const struct stream_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *path = scratch_path(s->folder, files[i].path);
		uint8_t *bytes = scratch_bytes(files[i].size, (uint32_t)i);

		if (path[strlen(path) - 1] == '/') {
			assert_int_equal(mkdir(path, 0755), 0);
		} else {
			scratch_write(path, bytes, files[i].size);
			scratch_set_mtime(path, STREAM_TIME + (int64_t)i, 1);
		}
		free(bytes);
		free(path);
	}
}

void
stream_open(struct sending *s, const char *name)
{
	const bool consume = s->consume;
	size_t len;

	sending_open_name(s, name);
	assert_int_equal(s->failed, 0);
	assert_non_null(s->list);
	filelist_bytes(s->list, &len);
	s->consume = true;
	outgoing_send_list(s->outgoing);
	scratch_settle(s->disk);
	s->consume = consume;
	assert_int_equal(s->len, len);
	assert_int_equal(s->progress.bytes + s->progress.files, 0);
}

void
stream_claim(struct sending *s, const struct wire_claim *claims, size_t count)
{
	uint8_t *bytes = mem_alloc(count * WIRE_CLAIM_LEN);
	const struct frame_claims frame = {
	    .upto = s->offer.entries, .count = count, .bytes = bytes};

	for (size_t i = 0; i < count; i++)
		wire_claim_put(bytes + i * WIRE_CLAIM_LEN, &claims[i]);
	outgoing_claims(s->outgoing, &frame);
	free(bytes);
	scratch_settle(s->disk);
}

void
stream_start(struct sending *s)
{
	stream_claim(s, NULL, 0);
	sending_start(s);
}

uint32_t
stream_entry(const struct sending *s, const char *path)
{
	struct entry entry;

	for (size_t i = 0; i < filelist_count(s->list); i++) {
		filelist_entry(s->list, i, &entry);
		if (entry.path_len == strlen(path) &&
		    memcmp(entry.path, path, entry.path_len) == 0)
			return (uint32_t)i;
	}
	fail_msg("no entry '%s'", path);
	return 0;
}

void
stream_hash(const void *bytes, size_t len, uint8_t hash[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, len));
	memcpy(hash, canonical.digest, WIRE_HASH_LEN);
}

static void
begin(struct stream *stream, const struct record *r)
{
	struct streamed *file;

	if (stream->count == stream->size) {
		stream->size = 2 * stream->size + 1;
		stream->files = mem_realloc(
		    stream->files, stream->size * sizeof(*stream->files));
	}
	file = &stream->files[stream->count++];
	*file =
	    (struct streamed){.how = r->part, .from = r->from, .why = r->why};
	file->ended = r->part != RECORD_FILE;
}

static void
take(struct stream *stream, const struct record *r)
{
	struct streamed *file;

	if (r->part != RECORD_BYTES && r->part != RECORD_END) {
		begin(stream, r);
		return;
	}
	file = &stream->files[stream->count - 1];
	if (r->part == RECORD_BYTES) {
		if (file->len + r->len > file->size) {
			file->size = 2 * (file->len + r->len);
			file->bytes = mem_realloc(file->bytes, file->size);
		}
		memcpy(file->bytes + file->len, r->bytes, r->len);
		file->len += r->len;
	} else {
		file->ended = true;
		file->why = r->why;
		memcpy(file->hash, r->hash, WIRE_HASH_LEN);
	}
}

void
stream_read(struct stream *stream, const struct sending *s)
{
	struct record_reader reader;
	struct record record;
	size_t at;
	const uint8_t *list = filelist_bytes(s->list, &at);
	int r = ERR_AGAIN;

	*stream = (struct stream){.count = 0};
	assert_int_equal(s->offer.list_len, at);
	assert_memory_equal(s->bytes, list, at);
	record_reader_init(&reader);
	/* Wherever it is cut. */
	while (at < s->len) {
		const uint8_t *bytes = s->bytes + at;
		size_t len =
		    s->len - at < STREAM_CUT ? s->len - at : STREAM_CUT;

		at += len;
		while ((r = record_read(&reader, &bytes, &len, &record)) == 0)
			take(stream, &record);
		assert_int_equal(r, ERR_AGAIN);
	}
	if (s->finished > 0)
		assert_true(record_is_between(&reader));
}

void
stream_release(struct stream *stream)
{
	for (size_t i = 0; i < stream->count; i++)
		free(stream->files[i].bytes);
	free(stream->files);
	*stream = (struct stream){.count = 0};
}

/* The file of an entry is on the disk as it was sent; its hash. */
static void
check_file(const struct sending *s, const struct entry *entry,
    const struct streamed *file, uint8_t hash[WIRE_HASH_LEN])
{
	char *name = str_ndup(entry->path, entry->path_len);
	char *path = scratch_path(s->folder, name);
	size_t size = 0;
	char *data = scratch_read(path, &size);

	assert_non_null(data);
	assert_int_equal(size, entry->size);
	stream_hash(data, size, hash);
	if (file->how == RECORD_FILE) {
		assert_true(file->ended);
		assert_memory_equal(file->hash, hash, WIRE_HASH_LEN);
		assert_int_equal(file->from + file->len, size);
		if (file->len > 0)
			assert_memory_equal(
			    file->bytes, data + file->from, file->len);
	}
	free(data);
	free(path);
	free(name);
}

void
stream_check(struct sending *s)
{
	uint8_t *hashes = mem_zalloc(filelist_files(s->list) * WIRE_HASH_LEN);
	uint8_t hash[WIRE_HASH_LEN];
	uint64_t skipped = 0;
	uint32_t left_out = 0;
	struct stream stream;
	size_t at = 0;

	assert_int_equal(s->finished, 1);
	stream_read(&stream, s);
	assert_int_equal(stream.count, filelist_files(s->list));
	for (size_t i = 0; i < filelist_count(s->list); i++) {
		const struct streamed *file = &stream.files[at];
		struct entry entry;

		filelist_entry(s->list, i, &entry);
		if (entry.kind != ENTRY_FILE)
			continue;
		if (file->why == WHY_NONE) {
			check_file(s, &entry, file, hash);
			memcpy(
			    hashes + at * WIRE_HASH_LEN, hash, WIRE_HASH_LEN);
		} else {
			left_out++;
		}
		skipped += entry.size - file->len;
		at++;
	}
	stream_hash(hashes, at * WIRE_HASH_LEN, hash);
	assert_memory_equal(s->hash, hash, WIRE_HASH_LEN);
	assert_int_equal(s->left_out, left_out);
	if (s->consume) {
		assert_int_equal(s->progress.files, at);
		assert_int_equal(s->progress.bytes, filelist_size(s->list));
		assert_int_equal(s->progress.skipped, skipped);
	}
	free(hashes);
	stream_release(&stream);
}
