/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/wire.h"
#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/wire_golden.h"

static void
test_golden(void **state)
{
	size_t count;
	const struct golden *golden = golden_frames(&count);
	struct frame frame;
	struct buf b;

	(void)state;
	buf_init(&b, WIRE_FRAME_MAX);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(wire_put(&b, &golden[i].frame), 0);
		assert_bytes(
		    buf_data(&b), buf_len(&b), golden[i].bytes, golden[i].len);
		assert_int_equal(wire_get(&b, WIRE_FRAME_MAX, &frame), 0);
		assert_frame(&frame, &golden[i].frame);
		assert_int_equal(buf_len(&b), 0);
	}
	buf_release(&b);
}

/* All of them in one stream, each read as soon as its last byte is there. */
static void
test_stream(void **state)
{
	size_t count;
	const struct golden *golden = golden_frames(&count);
	struct buf all, in;
	struct frame frame;
	size_t i, got = 0;
	uint8_t byte;

	(void)state;
	buf_init(&all, WIRE_FRAME_MAX);
	buf_init(&in, WIRE_FRAME_MAX);
	for (i = 0; i < count; i++)
		assert_int_equal(wire_put(&all, &golden[i].frame), 0);
	while (buf_get_u8(&all, &byte) == 0) {
		assert_int_equal(
		    wire_get(&in, WIRE_FRAME_MAX, &frame), ERR_AGAIN);
		assert_int_equal(buf_put_u8(&in, byte), 0);
		if (buf_len(&in) < golden[got].len)
			continue;
		assert_int_equal(wire_get(&in, WIRE_FRAME_MAX, &frame), 0);
		assert_frame(&frame, &golden[got++].frame);
	}
	assert_int_equal(got, count);
	buf_release(&all);
	buf_release(&in);
}

/* What wire_get says about len bytes, which lie at the end of a block. */
static int
get(const char *bytes, size_t len, size_t frame_max, struct frame *frame)
{
	char *copy = mem_dup(bytes, len);
	struct buf b;
	int r;

	buf_view(&b, copy, len);
	r = wire_get(&b, frame_max, frame);
	if (r == 0)
		assert_true(buf_len(&b) < len);
	else
		assert_int_equal(buf_len(&b), len);
	free(copy);
	return r;
}

/* A copy whose length field says len. */
static char *
with_length(const char *bytes, size_t size, size_t len)
{
	char *copy = mem_dup(bytes, size);

	copy[0] = (char)(len >> 24);
	copy[1] = (char)(len >> 16);
	copy[2] = (char)(len >> 8);
	copy[3] = (char)len;
	return copy;
}

static void
test_truncated(void **state)
{
	size_t count;
	const struct golden *golden = golden_frames(&count);
	struct frame frame;
	char *copy;
	int r;

	(void)state;
	for (const struct golden *g = golden; g < golden + count; g++) {
		for (size_t cut = 0; cut < g->len; cut++) {
			frame.type = 0x5A;
			assert_int_equal(
			    get(g->bytes, cut, WIRE_FRAME_MAX, &frame),
			    ERR_AGAIN);
			assert_int_equal(frame.type, 0x5A);
			if (cut < 4)
				continue;
			copy = with_length(g->bytes, cut, cut - 4);
			r = get(copy, cut, WIRE_FRAME_MAX, &frame);
			assert_int_equal(r, cut < g->least ? ERR_PROTO : 0);
			free(copy);
		}
	}
}

/* Fields of a version to come do not disturb this one. */
static void
test_longer(void **state)
{
	size_t count;
	const struct golden *golden = golden_frames(&count);
	struct frame frame;
	struct buf b;
	char *copy;

	(void)state;
	for (const struct golden *g = golden; g < golden + count; g++) {
		if (g->frame.type == FRAME_MESSAGE ||
		    g->frame.type == FRAME_DATA)
			continue;
		copy = mem_zalloc(g->len + 5);
		memcpy(copy, g->bytes, g->len);
		copy[3] = (char)(copy[3] + 5);
		buf_view(&b, copy, g->len + 5);
		assert_int_equal(wire_get(&b, WIRE_FRAME_MAX, &frame), 0);
		assert_frame(&frame, &g->frame);
		assert_int_equal(buf_len(&b), 0);
		free(copy);
	}
}

/* What was changed on the way is read within its bounds, or not at all. */
static void
test_bits_flipped(void **state)
{
	size_t count;
	const struct golden *golden = golden_frames(&count);
	struct frame frame;
	struct buf b, out;
	char *copy;
	int r;

	(void)state;
	buf_init(&out, WIRE_FRAME_MAX);
	for (const struct golden *g = golden; g < golden + count; g++) {
		for (size_t bit = 0; bit < 8 * g->len; bit++) {
			copy = mem_dup(g->bytes, g->len);
			copy[bit / 8] ^= (char)(1 << bit % 8);
			buf_view(&b, copy, g->len);
			r = wire_get(&b, WIRE_FRAME_MAX, &frame);
			assert_in_range(-r, 0, -ERR_PROTO);
			if (r == 0)
				r = wire_put(&out, &frame);
			if (r == 0)
				assert_true(buf_len(&out) <= g->len);
			buf_clear(&out);
			free(copy);
		}
	}
	buf_release(&out);
}

/* The longest that may be, and one more, both ways. */
static void
test_caps(void **state)
{
	char *text = mem_zalloc(WIRE_TEXT_MAX + 1);
	struct frame frames[] = {
	    {.type = FRAME_MESSAGE,
		.message = {.kind = MESSAGE_TEXT,
		    .text = text,
		    .text_len = WIRE_TEXT_MAX}},
	    {.type = FRAME_DATA,
		.data = {.bytes = (uint8_t *)text, .len = WIRE_DATA_MAX}},
	    {.type = FRAME_HELLO,
		.hello = {.name = text, .name_len = WIRE_NAME_MAX}},
	    {.type = FRAME_OFFER,
		.offer = {.name = text, .name_len = WIRE_NAME_MAX}},
	    {.type = FRAME_PRESENCE,
		.presence = {.name = text, .name_len = WIRE_NAME_MAX}},
	    {.type = FRAME_CLAIMS,
		.claims = {.bytes = (uint8_t *)text, .count = WIRE_CLAIMS_MAX}},
	};
	size_t *lens[] = {&frames[0].message.text_len, &frames[1].data.len,
	    &frames[2].hello.name_len, &frames[3].offer.name_len,
	    &frames[4].presence.name_len, &frames[5].claims.count};
	struct frame frame;
	struct buf b;

	(void)state;
	buf_init(&b, WIRE_FRAME_MAX + 4);
	for (size_t i = 0; i < COUNT(frames); i++) {
		assert_int_equal(wire_put(&b, &frames[i]), 0);
		assert_true(buf_len(&b) <= WIRE_FRAME_MAX + 4);
		assert_int_equal(wire_get(&b, WIRE_FRAME_MAX, &frame), 0);
		assert_frame(&frame, &frames[i]);
		++*lens[i];
		assert_int_equal(wire_put(&b, &frames[i]), ERR_INVALID);
		assert_int_equal(buf_len(&b), 0);
	}
	frames[1].data.len = 0;
	assert_int_equal(wire_put(&b, &frames[1]), ERR_INVALID);
	assert_int_equal(buf_len(&b), 0);
	buf_release(&b);
	free(text);
}

/* With a byte too little room for it, nothing of a frame is added. */
static void
test_no_room(void **state)
{
	size_t count;
	const struct golden *golden = golden_frames(&count);
	struct buf b;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		buf_init(&b, golden[i].len + 1);
		assert_int_equal(buf_put_u8(&b, 1), 0);
		assert_int_equal(buf_put_u8(&b, 2), 0);
		assert_int_equal(wire_put(&b, &golden[i].frame), ERR_FULL);
		assert_int_equal(buf_len(&b), 2);
		assert_int_equal(buf_skip(&b, 1), 0);
		assert_int_equal(wire_put(&b, &golden[i].frame), 0);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test(test_stream),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_longer),
	    cmocka_unit_test(test_bits_flipped),
	    cmocka_unit_test(test_caps),
	    cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
