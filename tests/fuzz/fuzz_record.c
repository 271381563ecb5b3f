/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records as a peer may send them. The first byte says in what pieces they
 * arrive; the rest is the stream. What is read is written again: the same
 * bytes, but for reasons that are not known, in whatever pieces they came.
 */
#include <stdlib.h>
#include <string.h>

#include "net/record.h"
#include "src/base/err.h"
#include "src/base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* What was read, written again. */
struct echo {
	uint8_t *bytes;
	size_t len;
	size_t chunk; /* bytes to come of the one it is in */
	int result;
	bool between;
};

static void
write_bytes(struct echo *e, const struct record *part, size_t to_come)
{
	if (e->chunk == 0)
		e->len +=
		    record_put_chunk(e->bytes + e->len, part->len + to_come);
	else
		must(e->chunk == part->len + to_come);
	memcpy(e->bytes + e->len, part->bytes, part->len);
	e->len += part->len;
	e->chunk = to_come;
}

static void
write_part(struct echo *e, const struct record *part)
{
	uint8_t *at = e->bytes + e->len;

	must(e->chunk == 0);
	if (part->part == RECORD_FILE)
		e->len += record_put_file(at, part->from);
	else if (part->part == RECORD_SAME)
		e->len += record_put_same(at);
	else if (part->part == RECORD_LEFT_OUT)
		e->len += record_put_left_out(at, part->why);
	else if (part->why == WHY_NONE)
		e->len += record_put_end(at, part->hash);
	else
		e->len += record_put_void(at, part->why);
}

/* Every part of one piece. */
static void
read_piece(
    struct echo *e, struct record_reader *r, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes + len;
	struct record part;

	for (;;) {
		const uint8_t *before = bytes;

		e->result = record_read(r, &bytes, &len, &part);
		must(bytes + len == end && bytes >= before);
		if (e->result < 0)
			break;
		if (part.part == RECORD_BYTES) {
			must(part.len > 0 && part.bytes >= before);
			must(part.bytes + part.len == bytes);
			write_bytes(e, &part, r->chunk);
		} else {
			write_part(e, &part);
		}
	}
	must(e->result == ERR_PROTO || (e->result == ERR_AGAIN && len == 0));
}

static struct echo
echo(const uint8_t *data, size_t size, size_t piece)
{
	/* Never longer than what was read: a head is kept back until then. */
	struct echo e = {.bytes = mem_alloc(size + 1), .result = ERR_AGAIN};
	struct record_reader r;
	size_t len;

	record_reader_init(&r);
	for (size_t at = 0; at < size && e.result == ERR_AGAIN; at += len) {
		len = piece < size - at ? piece : size - at;
		read_piece(&e, &r, data + at, len);
	}
	e.between = record_is_between(&r);
	return e;
}

/* Reasons of a newer version are read as another one. */
static bool
is_same(uint8_t said, uint8_t heard)
{
	return said == heard || (said > WHY_GONE && heard == WHY_IO);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct echo pieces, whole;

	if (size < 1)
		return 0;
	pieces = echo(data + 1, size - 1, (size_t)data[0] + 1);
	whole = echo(data + 1, size - 1, size);
	must(pieces.result == whole.result);
	must(pieces.between == whole.between);
	must(pieces.len == whole.len);
	must(memcmp(pieces.bytes, whole.bytes, whole.len) == 0);
	must(whole.len <= size - 1);
	for (size_t i = 0; i < whole.len; i++)
		must(is_same(data[1 + i], whole.bytes[i]));
	must(!whole.between || whole.len == size - 1);
	free(pieces.bytes);
	free(whole.bytes);
	return 0;
}
