/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other bytes than were agreed to, in every way there is: it comes to nothing,
 * nothing of it stays, and it is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/meeting.h"

enum { SIZE = 1000, LIST_MAX = 4096 };

static const uint8_t bytes[SIZE + 1] = "agreed";
static const uint8_t others[SIZE] = "not agreed";

/* It ended for this reason, and nothing of it is left. */
static void
check_ended(struct scene *s, uint32_t id, enum wire_why why, char *before)
{
	assert_int_equal(stranger_hears_why(s->mallory, id), why);
	stranger_talks(s->mallory, &s->ana);
	assert_true(person_sees_no(&s->ana, "verified:"));
	assert_true(pictures_equal(before, picture_of(s->ana.home, true)));
	assert_true(no_parts(s->ana.downloads));
}

/* A file of SIZE bytes that was accepted. */
static uint32_t
accepted(struct scene *s)
{
	const uint32_t id = scene_offers(s, "agreed.bin", SIZE);

	scene_accepts(s);
	scene_is_accepted(s, id, NULL);
	return id;
}

static void
one_byte_more(struct scene *s, uint32_t id)
{
	scene_says_data(s, id, 0, bytes, SIZE + 1);
}

static void
one_byte_more_at_the_end(struct scene *s, uint32_t id)
{
	stranger_streams(s->mallory, id, 0, bytes, SIZE);
	scene_says_data(s, id, SIZE, bytes, 1);
}

static void
a_gap(struct scene *s, uint32_t id)
{
	stranger_streams(s->mallory, id, 0, bytes, 10);
	scene_says_data(s, id, 11, bytes, 10);
}

static void
the_same_again(struct scene *s, uint32_t id)
{
	stranger_streams(s->mallory, id, 0, bytes, 10);
	scene_says_data(s, id, 0, bytes, 10);
}

static void
far_away(struct scene *s, uint32_t id)
{
	scene_says_data(s, id, UINT64_MAX, bytes, 1);
}

static void
in_the_middle_of_64_bits(struct scene *s, uint32_t id)
{
	scene_says_data(s, id, (uint64_t)1 << 63, bytes, SIZE);
}

static void
done_too_early(struct scene *s, uint32_t id)
{
	stranger_streams(s->mallory, id, 0, bytes, SIZE - 1);
	scene_says_done(s, id, bytes, SIZE - 1);
}

static void
begun_without_a_part(struct scene *s, uint32_t id)
{
	const struct frame f = {
	    .type = FRAME_BEGIN, .begin = {.id = id, .offset = 10}};

	stranger_says(s->mallory, &f);
}

static void
another_hash(struct scene *s, uint32_t id)
{
	stranger_streams(s->mallory, id, 0, others, SIZE);
	scene_says_done(s, id, bytes, SIZE);
}

static const struct {
	const char *label;
	void (*go)(struct scene *s, uint32_t id);
	enum wire_why why;
} breaches[] = {
    {"one byte more", one_byte_more, WHY_PROTOCOL},
    {"one byte more at the end", one_byte_more_at_the_end, WHY_PROTOCOL},
    {"a gap", a_gap, WHY_PROTOCOL},
    {"the same again", the_same_again, WHY_PROTOCOL},
    {"far away", far_away, WHY_PROTOCOL},
    {"in the middle of 64 bits", in_the_middle_of_64_bits, WHY_PROTOCOL},
    {"done too early", done_too_early, WHY_PROTOCOL},
    {"begun without a part", begun_without_a_part, WHY_PROTOCOL},
    {"another hash", another_hash, WHY_HASH},
};

static void
test_data(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < COUNT(breaches); i++) {
		char *before = picture_of(s.ana.home, true);
		uint32_t id;

		print_message("%s\n", breaches[i].label);
		scene_clears(&s);
		id = accepted(&s);
		breaches[i].go(&s, id);
		check_ended(&s, id, breaches[i].why, before);
	}
	scene_close(&s);
}

/* Nobody has said yes: not a byte may come, nor an end. */
static void
test_before_the_answer(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 2; i++) {
		char *before = picture_of(s.ana.home, true);
		uint32_t id = scene_offers(&s, "agreed.bin", SIZE);

		assert_true(person_sees(&s.ana, "question: /accept"));
		if (i == 0)
			scene_says_data(&s, id, 0, bytes, 10);
		else
			scene_says_done(&s, id, bytes, 0);
		check_ended(&s, id, WHY_PROTOCOL, before);
		assert_true(person_sees_no(&s.ana, "question: /accept"));
	}
	scene_close(&s);
}

static const uint64_t too_big[] = {(uint64_t)1 << 63, UINT64_MAX};

static void
test_sizes_of_files(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < COUNT(too_big); i++)
		check_ended(&s, scene_offers(&s, "agreed.bin", too_big[i]),
		    WHY_TOO_BIG, picture_of(s.ana.home, true));
	/* The most there can be is more than there is room for. */
	char *before = picture_of(s.ana.home, true);
	uint32_t id = scene_offers(&s, "agreed.bin", INT64_MAX);

	scene_accepts(&s);
	check_ended(&s, id, WHY_DISK_FULL, before);
	/* Nothing at all is always fine, however strange its time. */
	for (int i = 0; i < 2; i++) {
		struct frame_offer offer = scene_offer(&s, "empty", 5, 0);

		offer.mtime_ns = i == 0 ? INT64_MIN : INT64_MAX;
		offer.mode = UINT16_MAX;
		stranger_offers(s.mallory, &offer);
		scene_accepts(&s);
		scene_sends(&s, offer.id, "", 0);
		assert_true(scene_arrives(&s, offer.id));
	}
	scene_close(&s);
}

/* The list is not what the offer said. */
static void
test_sizes_of_trees(void **state)
{
	static const struct {
		uint32_t entries;
		uint64_t size, listed;
		enum wire_why why;
	} cases[] = {
	    {2, SIZE, SIZE, WHY_NAME},
	    {1, SIZE + 1, SIZE, WHY_NAME},
	    {1, SIZE - 1, SIZE, WHY_NAME},
	    {1, 0, (uint64_t)1 << 63, WHY_NAME},
	    {1, 0, UINT64_MAX, WHY_NAME},
	    {1, (uint64_t)1 << 63, 0, WHY_TOO_BIG},
	    {1, UINT64_MAX, 0, WHY_TOO_BIG},
	    {UINT32_MAX, SIZE, SIZE, WHY_TOO_BIG},
	};
	struct scene s;

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *before = picture_of(s.ana.home, true);
		struct buf list;
		uint32_t id;

		buf_init(&list, LIST_MAX);
		list_put(&list, ENTRY_FILE, cases[i].listed, "tree", 4);
		id = scene_offers_tree(
		    &s, &list, cases[i].entries, cases[i].size);
		check_ended(&s, id, cases[i].why, before);
		buf_release(&list);
	}
	/* So long a list is not even asked for. */
	struct frame_offer offer = scene_offer(&s, "tree", 4, SIZE);

	offer.entries = 1;
	offer.list_len = UINT32_MAX;
	stranger_offers(s.mallory, &offer);
	check_ended(&s, offer.id, WHY_TOO_BIG, picture_of(s.ana.home, true));
	scene_close(&s);
}

/* What ends the talk itself: the offer makes no sense. */
static void
test_offers_that_end_the_talk(void **state)
{
	struct scene s;
	char *before;

	(void)state;
	scene_open(&s);
	before = picture_of(s.ana.home, true);
	for (int i = 0; i < 5; i++) {
		struct frame_offer offer = scene_offer(&s, "x", 1, SIZE);

		scene_clears(&s);
		offer.token = i == 0 ? 0 : i == 1 ? UINT64_MAX : offer.token;
		offer.id = i == 2 ? 0 : offer.id;
		offer.entries = i == 3;
		offer.list_len = i == 4;
		stranger_offers(s.mallory, &offer);
		assert_true(stranger_hears(s.mallory, FRAME_BYE, 0, NULL));
		assert_true(stranger_is_out(s.mallory));
		assert_true(person_sees(&s.ana, "not charla's language"));
		assert_true(scene_has_lines(&s, 1));
		stranger_meets(s.mallory, &s.ana);
	}
	stranger_talks(s.mallory, &s.ana);
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_data),
	    cmocka_unit_test(test_before_the_answer),
	    cmocka_unit_test(test_sizes_of_files),
	    cmocka_unit_test(test_sizes_of_trees),
	    cmocka_unit_test(test_offers_that_end_the_talk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
