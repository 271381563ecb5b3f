/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/wire_golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/util.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct golden frames[] = {
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
	     .mtime_ns = 0x0A0B,
	     .mode = 0644,
	     .name = "a.b",
	     .name_len = 3}},
	BYTES("\0\0\0\x2c\x05\0\0\0\x07qrstuvwx\x80\0\0\0\0\0\0\x01"
	      "\0\0\0\0\0\0\x0a\x0b\x01\xa4\0\0\0\0\0\0\0\0\0\x03"
	      "a.b"),
	48},
    {{.type = FRAME_OFFER,
	 .offer = {.id = 7,
	     .token = 1,
	     .size = 0x0203,
	     .mtime_ns = -2,
	     .mode = 0755,
	     .entries = 0x04050607,
	     .list_len = 0x08090A0B,
	     .name = "d",
	     .name_len = 1}},
	BYTES("\0\0\0\x2a\x05\0\0\0\x07\0\0\0\0\0\0\0\x01"
	      "\0\0\0\0\0\0\x02\x03\xff\xff\xff\xff\xff\xff\xff\xfe\x01\xed"
	      "\x04\x05\x06\x07\x08\x09\x0a\x0b\0\x01"
	      "d"),
	46},
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
    {{.type = FRAME_PAUSE,
	 .pause =
	     {.id = 7, .mine = 1, .why = WHY_DISK_FULL, .missing = 0x0102}},
	BYTES("\0\0\0\x0f\x10\0\0\0\x07\x01\x03\0\0\0\0\0\0\x01\x02"), 19},
    {{.type = FRAME_RESUME, .resume = {.id = 7, .mine = 1}},
	BYTES("\0\0\0\x06\x11\0\0\0\x07\x01"), 10},
    {{.type = FRAME_CLAIMS,
	 .claims = {.id = 7,
	     .upto = 0x01020304,
	     .count = 2,
	     .bytes = (const uint8_t *)"\0\0\0\x02\0\0\0\0\0\0\x01\x00"
				       "0123456789abcdef"
				       "\x01\x02\x03\x03\0\0\0\0\0\0\0\0"
				       "fedcba9876543210"}},
	BYTES("\0\0\0\x43\x12\0\0\0\x07\x01\x02\x03\x04\0\x02"
	      "\0\0\0\x02\0\0\0\0\0\0\x01\x00"
	      "0123456789abcdef"
	      "\x01\x02\x03\x03\0\0\0\0\0\0\0\0"
	      "fedcba9876543210"),
	71},
    {{.type = FRAME_CLAIMS, .claims = {.id = 7, .upto = 1}},
	BYTES("\0\0\0\x0b\x12\0\0\0\x07\0\0\0\x01\0\0"), 15},
    {{.type = FRAME_PAIR_COMMIT, .pair = {1, 2, [31] = 0xff}},
	BYTES("\0\0\0\x21\x13\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff"),
	37},
    {{.type = FRAME_PAIR_NONCE, .pair = {3}},
	BYTES("\0\0\0\x21\x14\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	37},
    {{.type = FRAME_PAIR_REVEAL, .pair = {[30] = 4}},
	BYTES("\0\0\0\x21\x15\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x04\0"),
	37},
    {{.type = FRAME_PAIR_AGREE}, BYTES("\0\0\0\x01\x16"), 5},
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

const struct golden *
golden_frames(size_t *count)
{
	*count = COUNT(frames);
	return frames;
}

void
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
	assert_true(a->mtime_ns == b->mtime_ns);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->entries, b->entries);
	assert_int_equal(a->list_len, b->list_len);
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
		assert_int_equal(a->pause.missing, b->pause.missing);
		break;
	case FRAME_RESUME:
		assert_int_equal(a->resume.id, b->resume.id);
		assert_int_equal(a->resume.mine, b->resume.mine);
		break;
	case FRAME_CLAIMS:
		assert_int_equal(a->claims.id, b->claims.id);
		assert_int_equal(a->claims.upto, b->claims.upto);
		assert_bytes(a->claims.bytes, a->claims.count * WIRE_CLAIM_LEN,
		    b->claims.bytes, b->claims.count * WIRE_CLAIM_LEN);
		break;
	default:
		fail_msg("type %d is not known", a->type);
	}
}

void
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
	case FRAME_PAIR_COMMIT:
	case FRAME_PAIR_NONCE:
	case FRAME_PAIR_REVEAL:
		assert_memory_equal(a->pair, b->pair, WIRE_PAIR_LEN);
		break;
	case FRAME_PAIR_AGREE:
		break;
	case FRAME_PRESENCE:
		assert_bytes(a->presence.name, a->presence.name_len,
		    b->presence.name, b->presence.name_len);
		break;
	default:
		assert_transfer(a, b);
	}
}
