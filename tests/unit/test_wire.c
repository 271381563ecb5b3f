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

/* Every frame there is, as a struct and as bytes: the promise of charla/1. */
struct golden {
	struct frame frame;
	const char *bytes;
	size_t len;
	size_t least; /* bytes it cannot do without; the rest is a tail */
};

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct golden golden[] = {
    {{.type = FRAME_HELLO,
	 .hello = {.version_min = 1,
	     .version_max = 0x0203,
	     .purpose = PURPOSE_TALK,
	     .capabilities = 0x04050607,
	     .epoch = UINT64_C(0x1122334455667788),
	     .stored_epoch = UINT64_C(0x99aabbccddeeff00),
	     .stored_seq = 9,
	     .port = 0x1b3d,
	     .name = "eva",
	     .name_len = 3}},
	BYTES("\0\0\0\x2f\x01"
	      "charla\0\x01\x02\x03\x01\x04\x05\x06\x07"
	      "\x11\x22\x33\x44\x55\x66\x77\x88"
	      "\x99\xaa\xbb\xcc\xdd\xee\xff\0\0\0\0\0\0\0\0\x09\x1b\x3d\0\x03"
	      "eva"),
	51},
    {{.type = FRAME_KNOCK, .knock = KNOCK_ACCEPTED},
	BYTES("\0\0\0\x02\x02\x02"), 6},
    {{.type = FRAME_MESSAGE,
	 .message = {.epoch = UINT64_C(0xa1a2a3a4a5a6a7a8),
	     .seq = 0x0102,
	     .kind = MESSAGE_ACTION,
	     .time_ms = -2,
	     .text = "h\xc3\xa9!",
	     .text_len = 4}},
	BYTES("\0\0\0\x1e\x03\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8"
	      "\0\0\0\0\0\0\x01\x02\x02"
	      "\xff\xff\xff\xff\xff\xff\xff\xfeh\xc3\xa9!"),
	30},
    {{.type = FRAME_MESSAGE,
	 .message = {.epoch = 2, .seq = 1, .kind = MESSAGE_TEXT, .text = ""}},
	BYTES("\0\0\0\x1a\x03\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01"
	      "\x01\0\0\0\0\0\0\0\0"),
	30},
    {{.type = FRAME_ACK, .ack = {.epoch = UINT64_MAX - 1, .seq = 3}},
	BYTES("\0\0\0\x11\x04\xff\xff\xff\xff\xff\xff\xff\xfe"
	      "\0\0\0\0\0\0\0\x03"),
	21},
    {{.type = FRAME_OFFER,
	 .offer = {.id = 7,
	     .token = UINT64_C(0x7172737475767778),
	     .size = UINT64_C(0x8000000000000001),
	     .mtime_ms = 0x0A0B,
	     .mode = 0644,
	     .name = "a.b",
	     .name_len = 3}},
	BYTES("\0\0\0\x24\x05\0\0\0\x07qrstuvwx\x80\0\0\0\0\0\0\x01"
	      "\0\0\0\0\0\0\x0a\x0b\x01\xa4\0\x03"
	      "a.b"),
	40},
    {{.type = FRAME_ANSWER,
	 .answer = {.id = 7, .accepted = 0, .why = WHY_HAVE}},
	BYTES("\0\0\0\x1f\x06\0\0\0\x07\0\x0b\0\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	35},
    {{.type = FRAME_ANSWER,
	 .answer = {.id = 7,
	     .accepted = 1,
	     .offset = UINT64_C(0x0102030405060708),
	     .hash = {16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}}},
	BYTES("\0\0\0\x1f\x06\0\0\0\x07\x01\0"
	      "\x01\x02\x03\x04\x05\x06\x07\x08"
	      "\x10\x0f\x0e\x0d\x0c\x0b\x0a\x09"
	      "\x08\x07\x06\x05\x04\x03\x02\x01"),
	35},
    {{.type = FRAME_BEGIN,
	 .begin = {.id = 7, .offset = UINT64_C(0x0102030405060708)}},
	BYTES("\0\0\0\x0d\x0f\0\0\0\x07\x01\x02\x03\x04\x05\x06\x07\x08"), 17},
    {{.type = FRAME_DATA,
	 .data = {.id = 0x01020304,
	     .offset = UINT64_C(0x0102030405060708),
	     .bytes = (const uint8_t *)"\0\xff\x1b",
	     .len = 3}},
	BYTES("\0\0\0\x10\x07\x01\x02\x03\x04"
	      "\x01\x02\x03\x04\x05\x06\x07\x08\0\xff\x1b"),
	18},
    {{.type = FRAME_CREDIT, .credit = {.id = 7, .limit = 0x800000}},
	BYTES("\0\0\0\x0d\x08\0\0\0\x07\0\0\0\0\0\x80\0\0"), 17},
    {{.type = FRAME_DONE,
	 .done = {.id = 7,
	     .hash = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}},
	BYTES("\0\0\0\x15\x09\0\0\0\x07\x01\x02\x03\x04\x05\x06\x07\x08"
	      "\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"),
	25},
    {{.type = FRAME_RESULT, .result = {.id = 7, .why = WHY_NONE}},
	BYTES("\0\0\0\x06\x0a\0\0\0\x07\0"), 10},
    {{.type = FRAME_CANCEL, .cancel = {.id = 7, .mine = 1, .why = WHY_PERSON}},
	BYTES("\0\0\0\x07\x0b\0\0\0\x07\x01\x01"), 11},
    {{.type = FRAME_PAUSE, .pause = {.id = 7, .mine = 1, .why = WHY_DISK_FULL}},
	BYTES("\0\0\0\x07\x10\0\0\0\x07\x01\x03"), 11},
    {{.type = FRAME_RESUME, .resume = {.id = 7, .mine = 1}},
	BYTES("\0\0\0\x06\x11\0\0\0\x07\x01"), 10},
    {{.type = FRAME_PING, .ping = 5}, BYTES("\0\0\0\x09\x0c\0\0\0\0\0\0\0\x05"),
	13},
    {{.type = FRAME_PONG, .ping = 5}, BYTES("\0\0\0\x09\x0d\0\0\0\0\0\0\0\x05"),
	13},
    {{.type = FRAME_BYE, .bye = BYE_QUIT}, BYTES("\0\0\0\x02\x0e\x01"), 6},
    {{.type = FRAME_TYPING, .typing = 1}, BYTES("\0\0\0\x02\x80\x01"), 6},
    {{.type = FRAME_PRESENCE, .presence = {.name = "ada", .name_len = 3}},
	BYTES("\0\0\0\x06\x81\0\x03"
	      "ada"),
	10},
    {{.type = FRAME_KEEPING, .keeping = 1}, BYTES("\0\0\0\x02\x82\x01"), 6},
};

static void
assert_bytes(const void *a, size_t a_len, const void *b, size_t b_len)
{
	assert_int_equal(a_len, b_len);
	if (a_len > 0)
		assert_memory_equal(a, b, a_len);
}

static void
assert_hello(const struct frame_hello *a, const struct frame_hello *b)
{
	assert_int_equal(a->version_min, b->version_min);
	assert_int_equal(a->version_max, b->version_max);
	assert_int_equal(a->purpose, b->purpose);
	assert_int_equal(a->capabilities, b->capabilities);
	assert_true(a->epoch == b->epoch);
	assert_true(a->stored_epoch == b->stored_epoch);
	assert_true(a->stored_seq == b->stored_seq);
	assert_int_equal(a->port, b->port);
	assert_bytes(a->name, a->name_len, b->name, b->name_len);
}

static void
assert_offer(const struct frame_offer *a, const struct frame_offer *b)
{
	assert_int_equal(a->id, b->id);
	assert_true(a->token == b->token);
	assert_true(a->size == b->size);
	assert_true(a->mtime_ms == b->mtime_ms);
	assert_int_equal(a->mode, b->mode);
	assert_bytes(a->name, a->name_len, b->name, b->name_len);
}

static void
assert_transfer(const struct frame *a, const struct frame *b)
{
	switch (a->type) {
	case FRAME_ANSWER:
		assert_int_equal(a->answer.id, b->answer.id);
		assert_int_equal(a->answer.accepted, b->answer.accepted);
		assert_int_equal(a->answer.why, b->answer.why);
		assert_true(a->answer.offset == b->answer.offset);
		assert_memory_equal(
		    a->answer.hash, b->answer.hash, WIRE_HASH_LEN);
		break;
	case FRAME_BEGIN:
		assert_int_equal(a->begin.id, b->begin.id);
		assert_true(a->begin.offset == b->begin.offset);
		break;
	case FRAME_DATA:
		assert_int_equal(a->data.id, b->data.id);
		assert_true(a->data.offset == b->data.offset);
		assert_bytes(
		    a->data.bytes, a->data.len, b->data.bytes, b->data.len);
		break;
	case FRAME_CREDIT:
		assert_int_equal(a->credit.id, b->credit.id);
		assert_true(a->credit.limit == b->credit.limit);
		break;
	case FRAME_DONE:
		assert_int_equal(a->done.id, b->done.id);
		assert_memory_equal(a->done.hash, b->done.hash, WIRE_HASH_LEN);
		break;
	case FRAME_RESULT:
		assert_int_equal(a->result.id, b->result.id);
		assert_int_equal(a->result.why, b->result.why);
		break;
	case FRAME_CANCEL:
		assert_int_equal(a->cancel.id, b->cancel.id);
		assert_int_equal(a->cancel.mine, b->cancel.mine);
		assert_int_equal(a->cancel.why, b->cancel.why);
		break;
	case FRAME_PAUSE:
		assert_int_equal(a->pause.id, b->pause.id);
		assert_int_equal(a->pause.mine, b->pause.mine);
		assert_int_equal(a->pause.why, b->pause.why);
		break;
	case FRAME_RESUME:
		assert_int_equal(a->resume.id, b->resume.id);
		assert_int_equal(a->resume.mine, b->resume.mine);
		break;
	default:
		fail_msg("type %d is not known", a->type);
	}
}

static void
assert_frame(const struct frame *a, const struct frame *b)
{
	assert_int_equal(a->type, b->type);
	switch (a->type) {
	case FRAME_HELLO:
		assert_hello(&a->hello, &b->hello);
		break;
	case FRAME_OFFER:
		assert_offer(&a->offer, &b->offer);
		break;
	case FRAME_MESSAGE:
		assert_true(a->message.epoch == b->message.epoch);
		assert_true(a->message.seq == b->message.seq);
		assert_int_equal(a->message.kind, b->message.kind);
		assert_true(a->message.time_ms == b->message.time_ms);
		assert_bytes(a->message.text, a->message.text_len,
		    b->message.text, b->message.text_len);
		break;
	case FRAME_ACK:
		assert_true(a->ack.epoch == b->ack.epoch);
		assert_true(a->ack.seq == b->ack.seq);
		break;
	case FRAME_PING:
	case FRAME_PONG:
		assert_true(a->ping == b->ping);
		break;
	case FRAME_KNOCK:
		assert_int_equal(a->knock, b->knock);
		break;
	case FRAME_BYE:
		assert_int_equal(a->bye, b->bye);
		break;
	case FRAME_TYPING:
		assert_int_equal(a->typing, b->typing);
		break;
	case FRAME_KEEPING:
		assert_int_equal(a->keeping, b->keeping);
		break;
	case FRAME_PRESENCE:
		assert_bytes(a->presence.name, a->presence.name_len,
		    b->presence.name, b->presence.name_len);
		break;
	default:
		assert_transfer(a, b);
	}
}

static void
test_golden(void **state)
{
	struct frame frame;
	struct buf b;

	(void)state;
	buf_init(&b, WIRE_FRAME_MAX);
	for (size_t i = 0; i < COUNT(golden); i++) {
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
	struct buf all, in;
	struct frame frame;
	size_t i, got = 0;
	uint8_t byte;

	(void)state;
	buf_init(&all, WIRE_FRAME_MAX);
	buf_init(&in, WIRE_FRAME_MAX);
	for (i = 0; i < COUNT(golden); i++)
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
	assert_int_equal(got, COUNT(golden));
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
	struct frame frame;
	char *copy;
	int r;

	(void)state;
	for (const struct golden *g = golden; g < golden + COUNT(golden); g++) {
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
	struct frame frame;
	struct buf b;
	char *copy;

	(void)state;
	for (const struct golden *g = golden; g < golden + COUNT(golden); g++) {
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
	struct frame frame;
	struct buf b, out;
	char *copy;
	int r;

	(void)state;
	buf_init(&out, WIRE_FRAME_MAX);
	for (const struct golden *g = golden; g < golden + COUNT(golden); g++) {
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
	};
	size_t *lens[] = {&frames[0].message.text_len, &frames[1].data.len,
	    &frames[2].hello.name_len, &frames[3].offer.name_len,
	    &frames[4].presence.name_len};
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
	struct buf b;

	(void)state;
	for (size_t i = 0; i < COUNT(golden); i++) {
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
