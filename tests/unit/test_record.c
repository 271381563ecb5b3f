/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/record.h"
#include "src/base/err.h"
#include "src/base/util.h"

enum { STREAM_MAX = 4096, LOG_MAX = 64 };

static const uint8_t one_hash[WIRE_HASH_LEN] = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255};

struct stream {
	uint8_t bytes[STREAM_MAX];
	size_t len;
};

static void
put_chunk(struct stream *s, const char *text)
{
	s->len += record_put_chunk(s->bytes + s->len, strlen(text));
	memcpy(s->bytes + s->len, text, strlen(text));
	s->len += strlen(text);
}

/* One of everything. */
static struct stream
sample(void)
{
	struct stream s = {.len = 0};

	s.len += record_put_same(s.bytes + s.len);
	s.len += record_put_file(s.bytes + s.len, 0);
	put_chunk(&s, "hello, ");
	put_chunk(&s, "world");
	s.len += record_put_end(s.bytes + s.len, one_hash);
	s.len += record_put_left_out(s.bytes + s.len, WHY_GONE);
	s.len += record_put_file(s.bytes + s.len, 0x0102030405060708);
	s.len += record_put_end(s.bytes + s.len, one_hash);
	s.len += record_put_file(s.bytes + s.len, UINT64_MAX);
	put_chunk(&s, "\x01\x02\x03");
	s.len += record_put_void(s.bytes + s.len, WHY_CHANGED);
	s.len += record_put_same(s.bytes + s.len);
	return s;
}

/* The parts that came, the bytes of a stretch as one. */
struct heard {
	struct record parts[LOG_MAX];
	size_t count;
	struct stream data;
	int last; /* what record_read said at the end */
};

static void
hear(struct heard *h, struct record_reader *r, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes + len;
	struct record part;

	for (;;) {
		const uint8_t *before = bytes;

		h->last = record_read(r, &bytes, &len, &part);
		assert_ptr_equal(bytes + len, end);
		if (h->last < 0)
			break;
		if (part.part == RECORD_BYTES) {
			assert_true(part.len > 0);
			assert_true(part.bytes >= before);
			assert_ptr_equal(part.bytes + part.len, bytes);
			memcpy(
			    h->data.bytes + h->data.len, part.bytes, part.len);
			h->data.len += part.len;
			if (h->count > 0 &&
			    h->parts[h->count - 1].part == RECORD_BYTES) {
				h->parts[h->count - 1].len += part.len;
				continue;
			}
		}
		assert_true(h->count < LOG_MAX);
		h->parts[h->count++] = part;
	}
	assert_true(h->last == ERR_AGAIN || h->last == ERR_PROTO);
	if (h->last == ERR_AGAIN)
		assert_int_equal(len, 0);
}

static void
hear_all(struct heard *h, const struct stream *s)
{
	struct record_reader r;

	record_reader_init(&r);
	assert_true(record_is_between(&r));
	hear(h, &r, s->bytes, s->len);
}

static void
assert_sample(const struct heard *h)
{
	static const struct {
		enum record_part part;
		uint64_t from;
		size_t len;
		enum wire_why why;
	} expected[] = {
	    {RECORD_SAME, 0, 0, WHY_NONE},
	    {RECORD_FILE, 0, 0, WHY_NONE},
	    {RECORD_BYTES, 0, 12, WHY_NONE},
	    {RECORD_END, 0, 0, WHY_NONE},
	    {RECORD_LEFT_OUT, 0, 0, WHY_GONE},
	    {RECORD_FILE, 0x0102030405060708, 0, WHY_NONE},
	    {RECORD_END, 0, 0, WHY_NONE},
	    {RECORD_FILE, UINT64_MAX, 0, WHY_NONE},
	    {RECORD_BYTES, 0, 3, WHY_NONE},
	    {RECORD_END, 0, 0, WHY_CHANGED},
	    {RECORD_SAME, 0, 0, WHY_NONE},
	};

	assert_int_equal(h->last, ERR_AGAIN);
	assert_int_equal(h->count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct record *part = &h->parts[i];

		assert_int_equal(part->part, expected[i].part);
		assert_int_equal(part->from, expected[i].from);
		assert_int_equal(part->len, expected[i].len);
		assert_int_equal(part->why, expected[i].why);
		if (part->part == RECORD_END && part->why == WHY_NONE)
			assert_memory_equal(
			    part->hash, one_hash, WIRE_HASH_LEN);
	}
	assert_int_equal(h->data.len, 15);
	assert_memory_equal(h->data.bytes, "hello, world\x01\x02\x03", 15);
}

/* The bytes as charla-protocol(7) says they are. */
static void
test_bytes(void **state)
{
	static const uint8_t expected[] = {2, /* same */
	    1, 0, 0, 0, 0, 0, 0, 1, 2,        /* file */
	    0, 0, 0, 2, 'h', 'i',             /* chunk */
	    0, 0, 0, 0, 0,                    /* end */
	    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255, 3,
	    13,                                             /* left out */
	    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, WHY_IO}; /* void */
	struct stream s = {.len = 0};
	uint8_t head[RECORD_CHUNK_LEN];
	size_t n;

	(void)state;
	s.len = record_put_same(s.bytes);
	assert_int_equal(s.len, RECORD_SAME_LEN);
	n = record_put_file(s.bytes + s.len, 258);
	assert_int_equal(n, RECORD_FILE_LEN);
	s.len += n;
	put_chunk(&s, "hi");
	n = record_put_end(s.bytes + s.len, one_hash);
	assert_int_equal(n, RECORD_END_LEN);
	s.len += n;
	n = record_put_left_out(s.bytes + s.len, WHY_GONE);
	assert_int_equal(n, RECORD_LEFT_OUT_LEN);
	s.len += n;
	s.len += record_put_file(s.bytes + s.len, 0);
	n = record_put_void(s.bytes + s.len, WHY_IO);
	assert_int_equal(n, RECORD_VOID_LEN);
	s.len += n;
	assert_int_equal(s.len, sizeof(expected));
	assert_memory_equal(s.bytes, expected, sizeof(expected));

	assert_int_equal(
	    record_put_chunk(head, RECORD_CHUNK_MAX), RECORD_CHUNK_LEN);
	assert_memory_equal(head, ((uint8_t[]){0, 4, 0, 0}), sizeof(head));
}

static void
test_whole(void **state)
{
	struct stream s = sample();
	struct heard h = {.count = 0};

	(void)state;
	hear_all(&h, &s);
	assert_sample(&h);
}

/* Cut anywhere into two, and into pieces of any length. */
static void
test_split(void **state)
{
	struct stream s = sample();

	(void)state;
	for (size_t cut = 0; cut <= s.len; cut++) {
		/* Copies of their own: reading past them is noticed. */
		uint8_t *first = mem_dup(s.bytes, cut);
		uint8_t *second = mem_dup(s.bytes + cut, s.len - cut);
		struct heard h = {.count = 0};
		struct record_reader r;

		record_reader_init(&r);
		hear(&h, &r, first, cut);
		hear(&h, &r, second, s.len - cut);
		assert_sample(&h);
		assert_true(record_is_between(&r));
		free(first);
		free(second);
	}
}

static void
test_pieces(void **state)
{
	struct stream s = sample();

	(void)state;
	for (size_t piece = 1; piece <= s.len; piece++) {
		struct heard h = {.count = 0};
		struct record_reader r;

		record_reader_init(&r);
		for (size_t at = 0; at < s.len; at += piece) {
			size_t len = s.len - at < piece ? s.len - at : piece;

			hear(&h, &r, s.bytes + at, len);
			hear(&h, &r, s.bytes + at + len, 0);
		}
		assert_sample(&h);
	}
}

/* Where a record begins, and nowhere else, it is between two. */
static void
test_between(void **state)
{
	struct stream s = {.len = 0};
	struct record_reader r;
	struct heard h = {.count = 0};
	size_t ends[4];
	size_t next = 0;

	(void)state;
	s.len += record_put_same(s.bytes);
	ends[0] = s.len;
	s.len += record_put_left_out(s.bytes + s.len, WHY_DENIED);
	ends[1] = s.len;
	s.len += record_put_file(s.bytes + s.len, 7);
	put_chunk(&s, "x");
	s.len += record_put_end(s.bytes + s.len, one_hash);
	ends[2] = s.len;
	s.len += record_put_file(s.bytes + s.len, 7);
	s.len += record_put_void(s.bytes + s.len, WHY_GONE);
	ends[3] = s.len;

	record_reader_init(&r);
	for (size_t at = 0; at < s.len; at++) {
		hear(&h, &r, s.bytes + at, 1);
		assert_int_equal(record_is_between(&r), at + 1 == ends[next]);
		next += at + 1 == ends[next];
	}
	assert_int_equal(next, 4);
}

static void
test_broken(void **state)
{
	static const struct {
		size_t len;
		uint8_t bytes[16];
	} cases[] = {
	    {1, {0}},
	    {1, {4}},
	    {1, {255}},
	    {2, {3, WHY_NONE}}, /* for no reason */
	    {2, {2, 0}},
	    /* One byte over RECORD_CHUNK_MAX, and far over. */
	    {13, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1}},
	    {13, {1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const uint8_t *bytes = cases[i].bytes;
		struct heard h = {.count = 0};
		struct record_reader r;
		struct stream s = sample();

		record_reader_init(&r);
		hear(&h, &r, bytes, cases[i].len - 1);
		assert_int_equal(h.last, ERR_AGAIN);
		hear(&h, &r, bytes + cases[i].len - 1, 1);
		if (h.last != ERR_PROTO)
			fail_msg("case %zu", i);
		/* And it stays so. */
		assert_false(record_is_between(&r));
		hear(&h, &r, s.bytes, s.len);
		assert_int_equal(h.last, ERR_PROTO);
	}
}

/* Reasons of a newer version are some reason. */
static void
test_reasons(void **state)
{
	static const struct {
		uint8_t said;
		enum wire_why why;
	} cases[] = {{WHY_PERSON, WHY_PERSON}, {WHY_GONE, WHY_GONE},
	    {WHY_GONE + 1, WHY_IO}, {255, WHY_IO}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct stream s = {.len = 0};
		struct heard h = {.count = 0};

		s.len += record_put_left_out(s.bytes, WHY_IO);
		s.bytes[s.len - 1] = cases[i].said;
		s.len += record_put_file(s.bytes + s.len, 0);
		s.len += record_put_void(s.bytes + s.len, WHY_IO);
		s.bytes[s.len - 1] = cases[i].said;
		hear_all(&h, &s);
		assert_int_equal(h.last, ERR_AGAIN);
		assert_int_equal(h.count, 3);
		assert_int_equal(h.parts[0].why, cases[i].why);
		assert_int_equal(h.parts[2].part, RECORD_END);
		assert_int_equal(h.parts[2].why, cases[i].why);
	}
}

/* The longest chunk comes through, its bytes never copied. */
static void
test_long_chunk(void **state)
{
	enum { LEN = RECORD_FILE_LEN + RECORD_CHUNK_LEN + RECORD_CHUNK_MAX };
	uint8_t *bytes = mem_zalloc(LEN);
	const uint8_t *at = bytes;
	struct record_reader r;
	struct record part;
	size_t left = LEN;

	(void)state;
	record_put_file(bytes, 1);
	record_put_chunk(bytes + RECORD_FILE_LEN, RECORD_CHUNK_MAX);
	record_reader_init(&r);
	assert_int_equal(record_read(&r, &at, &left, &part), 0);
	assert_int_equal(part.part, RECORD_FILE);
	assert_int_equal(record_read(&r, &at, &left, &part), 0);
	assert_int_equal(part.part, RECORD_BYTES);
	assert_int_equal(part.len, RECORD_CHUNK_MAX);
	assert_ptr_equal(part.bytes, bytes + LEN - RECORD_CHUNK_MAX);
	assert_int_equal(record_read(&r, &at, &left, &part), ERR_AGAIN);
	free(bytes);
}

/* One bit wrong: other parts or ERR_PROTO, and nothing else. */
static void
test_flipped(void **state)
{
	struct stream s = sample();
	size_t refused = 0;

	(void)state;
	for (size_t bit = 0; bit < s.len * 8; bit++) {
		struct heard h = {.count = 0};

		s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		hear_all(&h, &s);
		refused += h.last == ERR_PROTO;
		s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(refused > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_between),
	    cmocka_unit_test(test_broken),
	    cmocka_unit_test(test_reasons),
	    cmocka_unit_test(test_long_chunk),
	    cmocka_unit_test(test_flipped),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
