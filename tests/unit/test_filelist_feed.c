/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "net/filelist.h"
#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/listing.h"

/* Cut anywhere into two, it is the same list. */
static void
test_split(void **state)
{
	struct filelist *l = listing_sample();
	size_t len, at = 0;
	const uint8_t *bytes = filelist_bytes(l, &len);

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		struct filelist *fed = filelist_new();
		struct entry entry;
		size_t ends = 0, whole = 0;

		assert_int_equal(filelist_feed(fed, bytes, cut), 0);
		while (ends < cut) {
			filelist_entry(l, whole, &entry);
			ends += LISTING_HEAD_LEN + entry.path_len;
			whole += ends <= cut;
		}
		assert_int_equal(filelist_count(fed), whole);
		assert_int_equal(filelist_is_whole(fed), ends == cut);
		filelist_bytes(fed, &at);
		assert_true(at <= cut);
		if (ends != cut)
			assert_int_equal(
			    listing_add_said(fed, "zzz"), ERR_INVALID);
		assert_int_equal(filelist_feed(fed, bytes + cut, len - cut), 0);
		assert_true(filelist_is_whole(fed));
		listing_assert_same(l, fed);
		assert_int_equal(listing_add_said(fed, "\xff"), ERR_INVALID);
		assert_int_equal(listing_add_said(fed, "\xf0\x9f\x90\x88"), 0);
		filelist_unref(fed);
	}
	filelist_unref(l);
}

static void
test_pieces(void **state)
{
	struct filelist *l = listing_sample();
	size_t len;
	const uint8_t *bytes = filelist_bytes(l, &len);

	(void)state;
	for (size_t piece = 1; piece <= len; piece++) {
		struct filelist *fed = filelist_new();

		for (size_t at = 0; at < len; at += piece) {
			size_t n = len - at < piece ? len - at : piece;

			assert_int_equal(filelist_feed(fed, bytes + at, n), 0);
		}
		listing_assert_same(l, fed);
		filelist_unref(fed);
	}
	filelist_unref(l);
}

/* One bit wrong: refused, or another list that breaks no rule. */
static void
test_flipped(void **state)
{
	struct filelist *l = listing_sample();
	size_t len, refused = 0, taken = 0;
	const uint8_t *bytes = filelist_bytes(l, &len);
	uint8_t *copy = mem_dup(bytes, len);

	(void)state;
	for (size_t bit = 0; bit < len * 8; bit++) {
		struct filelist *fed = filelist_new();
		int r;

		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		r = filelist_feed(fed, copy, len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(r == 0 || r == ERR_PROTO || r == ERR_FULL);
		listing_assert_rules(fed);
		if (r < 0) {
			assert_false(filelist_is_whole(fed));
			assert_int_equal(
			    filelist_feed(fed, bytes, len), ERR_PROTO);
			assert_int_equal(
			    listing_add_said(fed, "zzz"), ERR_INVALID);
		}
		refused += r < 0;
		taken += r == 0;
		filelist_unref(fed);
	}
	/* Sizes, modes and times may be anything. */
	assert_true(refused > 0 && taken > 0);
	free(copy);
	filelist_unref(l);
}

/* The head of an entry alone is enough to see what cannot be. */
static void
test_fields(void **state)
{
	static const struct {
		uint8_t kind, mode, size;
		uint8_t path;
		int result;
	} cases[] = {
	    {1, 0, 0, 'a', 0},
	    {0, 0, 0, 'a', ERR_PROTO},
	    {5, 0, 0, 'a', ERR_PROTO},
	    {255, 0, 0, 'a', ERR_PROTO},
	    {1, 2, 0, 'a', ERR_PROTO},
	    {1, 0x80, 0, 'a', ERR_PROTO},
	    {1, 0, 0x7f, 'a', 0},
	    {1, 0, 0x80, 'a', ERR_FULL},
	    {2, 0, 1, 'a', ERR_PROTO},
	    {2, 0, 0, 'a', 0},
	    {2, 0, 0, '/', ERR_PROTO},
	    {2, 0, 0, '.', ERR_PROTO},
	    {2, 0, 0, 0, ERR_PROTO},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct filelist *l = filelist_new();
		uint8_t bytes[LISTING_HEAD_LEN + 1] = {0};

		bytes[0] = cases[i].kind;
		bytes[1] = cases[i].mode;
		bytes[3] = cases[i].size;
		bytes[LISTING_HEAD_LEN - 1] = 1;
		bytes[LISTING_HEAD_LEN] = cases[i].path;
		if (filelist_feed(l, bytes, sizeof(bytes)) != cases[i].result)
			fail_msg("case %zu", i);
		listing_assert_rules(l);
		filelist_unref(l);
	}
}

/* A length of 0, and lengths over the bound, also of what never comes. */
static void
test_length(void **state)
{
	static const struct {
		uint16_t len;
		int result;
	} cases[] = {
	    {0, ERR_PROTO},
	    {FILELIST_PATH_MAX, 0},
	    {FILELIST_PATH_MAX + 1, ERR_FULL},
	    {UINT16_MAX, ERR_FULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct filelist *l = filelist_new();
		uint8_t head[LISTING_HEAD_LEN] = {ENTRY_FILE};

		head[LISTING_HEAD_LEN - 2] = (uint8_t)(cases[i].len >> 8);
		head[LISTING_HEAD_LEN - 1] = (uint8_t)cases[i].len;
		if (filelist_feed(l, head, sizeof(head)) != cases[i].result)
			fail_msg("case %zu", i);
		assert_false(filelist_is_whole(l));
		filelist_unref(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_flipped),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests_name("filelist_feed", tests, NULL, NULL);
}
