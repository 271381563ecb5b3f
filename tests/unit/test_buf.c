/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "net/buf.h"
#include "src/base/err.h"

static void
test_numbers(void **state)
{
	static const uint8_t want[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD,
	    0xEF, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66};
	struct buf b;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32, peeked;
	uint64_t u64;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(buf_put_u8(&b, 0x01), 0);
	assert_int_equal(buf_put_u16(&b, 0x2345), 0);
	assert_int_equal(buf_put_u32(&b, 0x6789ABCD), 0);
	assert_int_equal(buf_put_u64(&b, UINT64_C(0xEF00112233445566)), 0);
	assert_int_equal(buf_len(&b), sizeof(want));
	assert_memory_equal(buf_data(&b), want, sizeof(want));

	assert_int_equal(buf_get_u8(&b, &u8), 0);
	assert_int_equal(u8, 0x01);
	assert_int_equal(buf_get_u16(&b, &u16), 0);
	assert_int_equal(u16, 0x2345);
	assert_int_equal(buf_peek_u32(&b, &peeked), 0);
	assert_int_equal(buf_get_u32(&b, &u32), 0);
	assert_int_equal(u32, 0x6789ABCD);
	assert_int_equal(peeked, u32);
	assert_int_equal(buf_get_u64(&b, &u64), 0);
	assert_true(u64 == UINT64_C(0xEF00112233445566));
	assert_int_equal(buf_len(&b), 0);
	buf_release(&b);
}

/* Too few bytes: ERR_AGAIN, nothing consumed, nothing written. */
static void
test_get_too_few(void **state)
{
	uint8_t u8 = 0x5A, out[4] = {0x5A};
	uint16_t u16 = 0x5A;
	uint32_t u32 = 0x5A;
	uint64_t u64 = 0x5A;
	struct buf b;

	(void)state;
	buf_view(&b, NULL, 0);
	assert_int_equal(buf_get_u8(&b, &u8), ERR_AGAIN);
	assert_int_equal(buf_skip(&b, 1), ERR_AGAIN);
	assert_int_equal(buf_skip(&b, 0), 0);
	assert_int_equal(buf_get(&b, out, 0), 0);
	buf_view(&b, "x", 1);
	assert_int_equal(buf_get_u16(&b, &u16), ERR_AGAIN);
	buf_view(&b, "xyz", 3);
	assert_int_equal(buf_get_u32(&b, &u32), ERR_AGAIN);
	assert_int_equal(buf_peek_u32(&b, &u32), ERR_AGAIN);
	assert_int_equal(buf_get(&b, out, 4), ERR_AGAIN);
	assert_int_equal(buf_len(&b), 3);
	buf_view(&b, "1234567", 7);
	assert_int_equal(buf_get_u64(&b, &u64), ERR_AGAIN);
	assert_int_equal(buf_len(&b), 7);
	assert_int_equal(u8, 0x5A);
	assert_int_equal(u16, 0x5A);
	assert_int_equal(u32, 0x5A);
	assert_int_equal(u64, 0x5A);
	assert_int_equal(out[0], 0x5A);
}

static void
test_strings(void **state)
{
	static const char big[UINT16_MAX + 1];
	const char *s = NULL;
	size_t len = 0;
	struct buf b;

	(void)state;
	buf_init(&b, 9);
	assert_int_equal(buf_put_str(&b, "hello", 5), 0);
	assert_int_equal(buf_put_str(&b, "x", 1), ERR_FULL);
	assert_int_equal(buf_len(&b), 7);
	assert_int_equal(buf_put_str(&b, "", 0), 0);
	assert_memory_equal(buf_data(&b), "\0\5hello\0\0", 9);
	assert_int_equal(buf_get_str(&b, 4, &s, &len), ERR_PROTO);
	assert_int_equal(buf_len(&b), 9);
	assert_int_equal(buf_get_str(&b, 5, &s, &len), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(s, "hello", 5);
	assert_int_equal(buf_get_str(&b, 0, &s, &len), 0);
	assert_int_equal(len, 0);
	buf_release(&b);

	buf_init(&b, 2 * sizeof(big));
	assert_int_equal(buf_put_str(&b, big, sizeof(big)), ERR_INVALID);
	assert_int_equal(buf_len(&b), 0);
	assert_int_equal(buf_put_str(&b, big, UINT16_MAX), 0);
	buf_release(&b);

	/* the length is there, the bytes are not */
	buf_view(&b, "\0\5hell", 6);
	assert_int_equal(buf_get_str(&b, 5, &s, &len), ERR_AGAIN);
	assert_int_equal(buf_len(&b), 6);
	buf_view(&b, "\0", 1);
	assert_int_equal(buf_get_str(&b, 5, &s, &len), ERR_AGAIN);
}

static void
test_bound(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	assert_int_equal(buf_room(&b), 4);
	assert_int_equal(buf_put(&b, "abc", 3), 0);
	assert_int_equal(buf_room(&b), 1);
	assert_int_equal(buf_put(&b, "de", 2), ERR_FULL);
	assert_int_equal(buf_put_u64(&b, 1), ERR_FULL);
	assert_null(buf_reserve(&b, 2));
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(buf_len(&b), 3);
	assert_memory_equal(buf_data(&b), "abc", 3);
	/* what was read makes room again */
	assert_int_equal(buf_skip(&b, 2), 0);
	assert_int_equal(buf_put(&b, "def", 3), 0);
	assert_memory_equal(buf_data(&b), "cdef", 4);
	assert_int_equal(buf_room(&b), 0);
	buf_release(&b);
	assert_int_equal(buf_len(&b), 0);
	assert_int_equal(buf_room(&b), 4);
}

static void
test_view(void **state)
{
	static const char text[] = "read only";
	struct buf b;

	(void)state;
	buf_view(&b, text, 9);
	assert_int_equal(buf_len(&b), 9);
	assert_int_equal(buf_room(&b), 0);
	assert_ptr_equal(buf_data(&b), text);
	assert_int_equal(buf_put_u8(&b, 1), ERR_FULL);
	assert_null(buf_reserve(&b, 0));
	assert_int_equal(buf_skip(&b, 5), 0);
	assert_ptr_equal(buf_data(&b), text + 5);
	buf_clear(&b);
	assert_int_equal(buf_len(&b), 0);
	buf_release(&b);
}

static void
test_reserve(void **state)
{
	struct buf b;
	uint8_t *room;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_put(&b, "head", 4), 0);
	room = buf_reserve(&b, 900);
	assert_non_null(room);
	memset(room, 'x', 900);
	assert_int_equal(buf_len(&b), 4);
	buf_commit(&b, 3);
	assert_int_equal(buf_len(&b), 7);
	assert_memory_equal(buf_data(&b), "headxxx", 7);
	buf_release(&b);
}

/* Around the size of the first allocation: move what is unread, or grow. */
static void
test_moves(void **state)
{
	uint8_t bytes[600];
	size_t first, more, i;
	struct buf b;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (first = 150; first < 300; first += 10) {
		for (more = 1; more < 300; more++) {
			buf_init(&b, 10000);
			assert_int_equal(buf_put(&b, bytes, first), 0);
			assert_int_equal(buf_skip(&b, first - 60), 0);
			assert_int_equal(buf_put(&b, bytes + first, more), 0);
			assert_int_equal(buf_len(&b), 60 + more);
			assert_memory_equal(
			    buf_data(&b), bytes + first - 60, 60 + more);
			buf_release(&b);
		}
	}
}

static void
test_clear(void **state)
{
	enum { LARGE = 1024 * 1024 };
	struct buf b;

	(void)state;
	buf_init(&b, LARGE);
	assert_non_null(buf_reserve(&b, LARGE));
	buf_commit(&b, LARGE);
	buf_clear(&b);
	assert_int_equal(buf_len(&b), 0);
	assert_int_equal(b.size, 0);
	assert_int_equal(buf_room(&b), LARGE);
	assert_int_equal(buf_put(&b, "again", 5), 0);
	assert_memory_equal(buf_data(&b), "again", 5);
	/* a small one is kept */
	buf_clear(&b);
	assert_true(b.size > 0);
	buf_release(&b);
}

/*
 * A queue that is always nearly full, as a slow peer makes it: the bytes
 * come out in order, and memory stays within twice the bound.
 */
static void
test_long_queue(void **state)
{
	enum { MAX = 5000, TWICE = 2 * MAX, ROUNDS = 20000 };
	unsigned in = 0, out = 0;
	uint8_t piece[97], v;
	size_t i, len;
	struct buf b;
	int round;

	(void)state;
	buf_init(&b, MAX);
	for (round = 0; round < ROUNDS; round++) {
		len = 1 + (size_t)round % sizeof(piece);
		if (buf_room(&b) >= len) {
			for (i = 0; i < len; i++)
				piece[i] = (uint8_t)(in++ * 31);
			assert_int_equal(buf_put(&b, piece, len), 0);
		}
		for (i = 0; i < 40 && buf_len(&b) > MAX - 200; i++) {
			assert_int_equal(buf_get_u8(&b, &v), 0);
			assert_int_equal(v, (uint8_t)(out++ * 31));
		}
		assert_true(b.size <= TWICE);
	}
	while (buf_get_u8(&b, &v) == 0)
		assert_int_equal(v, (uint8_t)(out++ * 31));
	assert_int_equal(in, out);
	assert_true(in > TWICE);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_get_too_few),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_view),
	    cmocka_unit_test(test_reserve),
	    cmocka_unit_test(test_moves),
	    cmocka_unit_test(test_clear),
	    cmocka_unit_test(test_long_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
