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

/* A literal and its length, so that it may hold NUL bytes. */
#define BYTES(literal) literal, sizeof(literal) - 1

static int
get(const char *bytes, size_t len, size_t frame_max, struct frame *frame)
{
	struct buf b;

	buf_view(&b, bytes, len);
	return wire_get(&b, frame_max, frame);
}

static void
test_length_cap(void **state)
{
	static const char hello_of_http[] = "GET / HTTP/1.1\r\n";
	struct frame frame;

	(void)state;
	/* from the length field alone, before the bytes are there */
	assert_int_equal(get("\0\0\x10\x01", 4, 4096, &frame), ERR_PROTO);
	assert_int_equal(get("\0\0\x10\0", 4, 4096, &frame), ERR_AGAIN);
	assert_int_equal(
	    get("\xff\xff\xff\xff", 4, WIRE_FRAME_MAX, &frame), ERR_PROTO);
	assert_int_equal(get("\0\0\0\0", 4, 4096, &frame), ERR_PROTO);
	assert_int_equal(get("\xff\xff\xff", 3, 4096, &frame), ERR_AGAIN);
	assert_int_equal(
	    get(hello_of_http, 16, WIRE_FRAME_MAX, &frame), ERR_PROTO);
}

static void
test_unknown(void **state)
{
	struct frame frame;

	(void)state;
	assert_int_equal(get("\0\0\0\x03\x13..", 7, 4096, &frame), ERR_PROTO);
	assert_int_equal(get("\0\0\0\x03\x7f..", 7, 4096, &frame), ERR_PROTO);
	assert_int_equal(get("\0\0\0\x03\0..", 7, 4096, &frame), ERR_PROTO);
	assert_int_equal(get("\0\0\0\x03\x83..", 7, 4096, &frame), 0);
	assert_int_equal(frame.type, 0x83);
	assert_int_equal(get("\0\0\0\x01\xff", 5, 4096, &frame), 0);
	assert_int_equal(frame.type, 0xff);
}

static void
test_values(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int want;
		uint8_t value;
	} cases[] = {
	    {BYTES("\0\0\0\x02\x02\0"), ERR_PROTO, 0}, /* KNOCK */
	    {BYTES("\0\0\0\x02\x02\x01"), 0, KNOCK_WAITING},
	    {BYTES("\0\0\0\x02\x02\x04"), 0, KNOCK_BUSY},
	    {BYTES("\0\0\0\x02\x02\x05"), ERR_PROTO, 0},
	    {BYTES("\0\0\0\x02\x0e\0"), 0, BYE_PROTOCOL}, /* BYE */
	    {BYTES("\0\0\0\x02\x0e\x07"), 0, BYE_DUPLICATE},
	    {BYTES("\0\0\0\x02\x0e\x0a"), 0, BYE_KEY},
	    {BYTES("\0\0\0\x02\x0e\x0b"), 0, BYE_PROTOCOL},
	    {BYTES("\0\0\0\x02\x0e\xff"), 0, BYE_PROTOCOL},
	    {BYTES("\0\0\0\x02\x80\0"), 0, 0}, /* TYPING */
	    {BYTES("\0\0\0\x02\x80\x02"), ERR_PROTO, 0},
	    {BYTES("\0\0\0\x02\x82\0"), 0, 0}, /* KEEPING */
	    {BYTES("\0\0\0\x02\x82\x01"), 0, 1},
	    {BYTES("\0\0\0\x02\x82\x02"), ERR_PROTO, 0},
	};
	struct frame frame;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    get(cases[i].bytes, cases[i].len, 4096, &frame),
		    cases[i].want);
		if (cases[i].want == 0)
			assert_int_equal(frame.knock, cases[i].value);
	}
	/* reasons that a later version may have */
	assert_int_equal(
	    get("\0\0\0\x06\x0a\0\0\0\x07\x0d", 10, 4096, &frame), 0);
	assert_int_equal(frame.result.why, WHY_GONE);
	assert_int_equal(
	    get("\0\0\0\x06\x0a\0\0\0\x07\x0e", 10, 4096, &frame), 0);
	assert_int_equal(frame.result.why, WHY_IO);
	assert_int_equal(get(BYTES("\0\0\0\x1f\x06\0\0\0\x07\0\xff"
				   "offset..hash............"),
			     4096, &frame),
	    0);
	assert_int_equal(frame.answer.why, WHY_IO);
	assert_int_equal(get(BYTES("\0\0\0\x1f\x06\0\0\0\x07\x02\0"
				   "offset..hash............"),
			     4096, &frame),
	    ERR_PROTO);
	assert_int_equal(
	    get("\0\0\0\x07\x0b\0\0\0\x07\x01\xff", 11, 4096, &frame), 0);
	assert_int_equal(frame.cancel.why, WHY_IO);
	assert_int_equal(
	    get("\0\0\0\x07\x0b\0\0\0\x07\xff\0", 11, 4096, &frame), ERR_PROTO);
	assert_int_equal(
	    get(BYTES("\0\0\0\x0f\x10\0\0\0\x07\0\x0emissing."), 4096, &frame),
	    0);
	assert_int_equal(frame.pause.why, WHY_IO);
	assert_int_equal(
	    get(BYTES("\0\0\0\x0f\x10\0\0\0\x07\x02\0missing."), 4096, &frame),
	    ERR_PROTO);
	assert_int_equal(
	    get("\0\0\0\x06\x11\0\0\0\x07\x02", 10, 4096, &frame), ERR_PROTO);
	/* a kind of message nobody knows yet is read as text */
	assert_int_equal(get(BYTES("\0\0\0\x1a\x03"
				   "epoch...seq.....\x63"
				   "time...."),
			     4096, &frame),
	    0);
	assert_int_equal(frame.message.kind, MESSAGE_TEXT);
	/* another program's HELLO */
	assert_int_equal(get(BYTES("\0\0\0\x2c\x01"
				   "charlx\0\x01\0\x01\x01\0\0\0\0"
				   "epoch...stored..seq.....po\0\0"),
			     4096, &frame),
	    ERR_PROTO);
	assert_int_equal(get(BYTES("\0\0\0\x2c\x01"
				   "charla\0\x01\0\x01\x01\0\0\0\0"
				   "epoch...stored..seq.....po\0\0"),
			     4096, &frame),
	    0);
}

/* A frame of the given type and fields, then fill times x, is refused. */
static void
refuse(const char *start, size_t len, size_t fill)
{
	char *tail = mem_alloc(fill);
	struct frame frame;
	struct buf b;

	memset(tail, 'x', fill);
	buf_init(&b, WIRE_FRAME_MAX + 4);
	assert_int_equal(buf_put_u32(&b, (uint32_t)(len + fill)), 0);
	assert_int_equal(buf_put(&b, start, len), 0);
	assert_int_equal(buf_put(&b, tail, fill), 0);
	assert_int_equal(wire_get(&b, WIRE_FRAME_MAX, &frame), ERR_PROTO);
	buf_release(&b);
	free(tail);
}

static void
test_caps_of_peer(void **state)
{
	(void)state;
	refuse(BYTES("\x03"
		     "epoch...seq.....k"
		     "time...."),
	    WIRE_TEXT_MAX + 1);
	refuse(BYTES("\x07"
		     "id.."
		     "offset.."),
	    WIRE_DATA_MAX + 1);
	refuse(BYTES("\x07"
		     "id.."
		     "offset.."),
	    0);
	refuse(BYTES("\x81\x01\0"), 256);
	/* a name that says it is longer than its frame */
	refuse(BYTES("\x81\0\x09"), 8);
	refuse(BYTES("\x05"
		     "id..token...size....mtime...mdentrlist\0\x09"),
	    8);
	/* claims that are not there, one that is cut off, one too many */
	refuse(BYTES("\x12"
		     "id..upto\0\x02"),
	    2 * WIRE_CLAIM_LEN - 1);
	refuse(BYTES("\x12"
		     "id..upto\0\x01"),
	    1);
	refuse(BYTES("\x12"
		     "id..upto\x08\x01"),
	    (WIRE_CLAIMS_MAX + 1) * WIRE_CLAIM_LEN);
	refuse(BYTES("\x12"
		     "id..upto\xff\xff"),
	    WIRE_CLAIM_LEN);
}

static void
test_put_refuses(void **state)
{
	static const struct frame wrong[] = {
	    {.type = 0},
	    {.type = 23},
	    {.type = 0x83},
	    {.type = FRAME_KNOCK, .knock = 0},
	    {.type = FRAME_KNOCK, .knock = 5},
	    {.type = FRAME_BYE, .bye = 0},
	    {.type = FRAME_TYPING, .typing = 2},
	    {.type = FRAME_KEEPING, .keeping = 2},
	    {.type = FRAME_RESULT, .result = {.why = WHY_GONE + 1}},
	    {.type = FRAME_ANSWER, .answer = {.accepted = 2}},
	    {.type = FRAME_PAUSE, .pause = {.mine = 2}},
	    {.type = FRAME_PAUSE, .pause = {.why = WHY_GONE + 1}},
	    {.type = FRAME_RESUME, .resume = {.mine = 2}},
	    {.type = FRAME_MESSAGE, .message = {.kind = 3}},
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < COUNT(wrong); i++)
		assert_int_equal(wire_put(&b, &wrong[i]), ERR_INVALID);
	assert_int_equal(buf_len(&b), 0);
	buf_release(&b);
}

static void
test_claim(void **state)
{
	static const struct {
		struct wire_claim claim;
		const char *bytes;
	} cases[] = {
	    {{.entry = 0x01020304,
		 .offset = UINT64_C(0x1112131415161718),
		 .hash = "0123456789abcde"},
		"\x01\x02\x03\x04\x11\x12\x13\x14\x15\x16\x17\x18"
		"0123456789abcde"},
	    {{.entry = UINT32_MAX, .offset = UINT64_MAX},
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[WIRE_CLAIM_LEN];
		struct wire_claim got;

		wire_claim_put(bytes, &cases[i].claim);
		assert_memory_equal(bytes, cases[i].bytes, WIRE_CLAIM_LEN);
		wire_claim_get(bytes, &got);
		assert_int_equal(got.entry, cases[i].claim.entry);
		assert_true(got.offset == cases[i].claim.offset);
		assert_memory_equal(
		    got.hash, cases[i].claim.hash, WIRE_HASH_LEN);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_length_cap),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_caps_of_peer),
	    cmocka_unit_test(test_put_refuses),
	    cmocka_unit_test(test_claim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
