/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Another thing than was agreed to: in the records of a tree, or when what was
 * accepted is offered again.
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

enum { SIZE = 1000, HALF = 500, LIST_MAX = 4096 };

static const uint8_t bytes[SIZE + 1] = "agreed";
static const uint8_t others[SIZE] = "not agreed";

/* Records */

static void
put_tree(struct buf *list, const char *second, uint64_t size)
{
	const char *path = text_of("tree/%s", second);

	buf_init(list, LIST_MAX);
	list_put(list, ENTRY_FOLDER, 0, "tree", 4);
	list_put(list, ENTRY_FILE, SIZE, "tree/a", 6);
	list_put(list, ENTRY_FILE, size, path, strlen(path));
}

static void
one_record_more(struct stream *st)
{
	stream_file(st, bytes, SIZE);
	stream_file(st, bytes, SIZE);
	stream_file(st, bytes, SIZE);
}

static void
one_record_less(struct stream *st)
{
	stream_file(st, bytes, SIZE);
}

static void
one_byte_more(struct stream *st)
{
	stream_file(st, bytes, SIZE + 1);
	stream_file(st, bytes, SIZE);
}

static void
one_byte_less(struct stream *st)
{
	stream_file(st, bytes, SIZE - 1);
	stream_file(st, bytes, SIZE);
}

static void
one_more_chunk(struct stream *st)
{
	stream_begin(st, 0);
	stream_chunk(st, bytes, SIZE);
	stream_chunk(st, bytes, 1);
}

static void
from_what_is_not_there(struct stream *st)
{
	stream_begin(st, HALF);
	stream_chunk(st, bytes + HALF, SIZE - HALF);
	stream_end(st, bytes, SIZE);
}

static void
from_far_away(struct stream *st)
{
	stream_begin(st, UINT64_MAX);
	stream_chunk(st, bytes, SIZE);
}

static void
the_same_as_nothing(struct stream *st)
{
	stream_same(st, bytes, SIZE);
	stream_same(st, bytes, SIZE);
}

static void
another_hash(struct stream *st)
{
	stream_begin(st, 0);
	stream_chunk(st, others, SIZE);
	stream_end(st, bytes, SIZE);
	stream_file(st, bytes, SIZE);
}

static void
another_hash_of_all(struct stream *st)
{
	stream_file(st, bytes, SIZE);
	stream_file(st, bytes, SIZE);
	((uint8_t *)buf_data(&st->hashes))[0] ^= 1;
}

static void
no_record(struct stream *st)
{
	stream_begin(st, 0);
	((uint8_t *)buf_data(&st->bytes))[0] = 77;
}

static const struct {
	const char *label;
	void (*fill)(struct stream *st);
	enum wire_why why;
	bool at_the_end; /* shows with DONE; else not a byte more is taken */
} breaches[] = {
    {"one record more", one_record_more, WHY_PROTOCOL, false},
    {"one record less", one_record_less, WHY_PROTOCOL, true},
    {"one byte more", one_byte_more, WHY_PROTOCOL, false},
    {"one byte less", one_byte_less, WHY_PROTOCOL, false},
    {"one more chunk", one_more_chunk, WHY_PROTOCOL, false},
    {"from what is not there", from_what_is_not_there, WHY_PROTOCOL, false},
    {"from far away", from_far_away, WHY_PROTOCOL, false},
    {"the same as nothing", the_same_as_nothing, WHY_PROTOCOL, false},
    {"another hash", another_hash, WHY_HASH, false},
    {"another hash of all", another_hash_of_all, WHY_HASH, true},
    {"no record", no_record, WHY_PROTOCOL, false},
};

static void
test_records(void **state)
{
	struct scene s;
	struct buf list;

	(void)state;
	scene_open(&s);
	put_tree(&list, "b", SIZE);
	for (size_t i = 0; i < COUNT(breaches); i++) {
		char *before = picture_of(s.ana.home, true);
		struct stream st;
		uint32_t id;

		print_message("%s\n", breaches[i].label);
		scene_clears(&s);
		stream_init(&st);
		breaches[i].fill(&st);
		id = scene_offers_tree(&s, &list, 3, 2 * SIZE);
		scene_accepts(&s);
		scene_is_accepted(&s, id, NULL);
		scene_hears_claims(&s, id, 3);
		if (breaches[i].at_the_end)
			scene_sends_stream(&s, id, buf_len(&list), &st);
		else
			stranger_streams(s.mallory, id, buf_len(&list),
			    buf_data(&st.bytes), buf_len(&st.bytes));
		assert_int_equal(
		    stranger_hears_why(s.mallory, id), breaches[i].why);
		stranger_talks(s.mallory, &s.ana);
		assert_true(person_sees_no(&s.ana, "verified:"));
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, true)));
		assert_true(no_parts(s.ana.downloads));
		stream_release(&st);
	}
	buf_release(&list);
	scene_close(&s);
}

/* What ana has under the name is not what was sent: it is not taken for it. */
static void
test_same_that_is_another(void **state)
{
	struct scene s;
	struct stream st;
	struct buf list;
	uint32_t id;

	(void)state;
	scene_open(&s);
	stream_init(&st);
	mkdir(in_folder(s.ana.downloads, "tree"), 0755);
	make_file(in_folder(s.ana.downloads, "tree/a"), SIZE, 9);
	char *before = picture_of(s.ana.home, true);

	put_tree(&list, "b", SIZE);
	id = scene_offers_tree(&s, &list, 3, 2 * SIZE);
	scene_accepts(&s);
	scene_is_accepted(&s, id, NULL);
	assert_int_equal(scene_hears_claims(&s, id, 3), 1);
	/* It is mallory's word that this is the same as hers. */
	stream_same(&st, bytes, SIZE);
	stream_file(&st, bytes, SIZE);
	scene_sends_stream(&s, id, buf_len(&list), &st);
	assert_int_equal(stranger_hears_why(s.mallory, id), WHY_HASH);
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	buf_release(&list);
	stream_release(&st);
	scene_close(&s);
}

/* Offered again */

/* Half of it has come when mallory goes; then she is here again. */
static struct frame_offer
break_off(struct scene *s)
{
	const struct frame_offer offer = scene_offer(s, "agreed.bin", 10, SIZE);

	stranger_offers(s->mallory, &offer);
	scene_accepts(s);
	scene_is_accepted(s, offer.id, NULL);
	stranger_streams(s->mallory, offer.id, 0, bytes, HALF);
	stranger_talks(s->mallory, &s->ana);
	stranger_goes(s->mallory);
	assert_true(person_sees(&s->ana, "lost mallory"));
	stranger_meets(s->mallory, &s->ana);
	scene_clears(s);
	return offer;
}

static uint32_t
offer_again(struct scene *s, struct frame_offer *offer)
{
	offer->id = stranger_next_id(s->mallory);
	stranger_offers(s->mallory, offer);
	return offer->id;
}

/* It is a question again, and no is no. */
static void
check_asked(struct scene *s, uint32_t id)
{
	assert_true(person_sees(&s->ana, "question: /accept"));
	assert_true(person_sees(&s->ana, "changed since"));
	assert_int_equal(stranger_heard(s->mallory, FRAME_ANSWER, id), 0);
	person_type(&s->ana, "/reject");
	assert_int_equal(stranger_hears_why(s->mallory, id), WHY_PERSON);
}

static void
test_another_file(void **state)
{
	struct scene s;
	char *before;

	(void)state;
	scene_open(&s);
	before = picture_of(s.ana.home, true);
	for (int i = 0; i < 3; i++) {
		struct frame_offer offer = break_off(&s);

		if (i == 0)
			offer.name = "greedy.bin";
		else
			offer.size = i == 1 ? SIZE + 1 : INT64_MAX;
		check_asked(&s, offer_again(&s, &offer));
	}
	struct frame_offer offer = break_off(&s);

	offer.name = "../../../e";
	assert_int_equal(
	    stranger_hears_why(s.mallory, offer_again(&s, &offer)), WHY_NAME);
	/* Nor does it count as agreed when it comes as a tree. */
	offer.name = "agreed.bin";
	struct buf list;

	put_tree(&list, "b", SIZE);
	offer.entries = 3;
	offer.list_len = (uint32_t)buf_len(&list);
	offer.size = 2 * SIZE;
	offer_again(&s, &offer);
	stranger_streams(
	    s.mallory, offer.id, 0, buf_data(&list), buf_len(&list));
	check_asked(&s, offer.id);
	stranger_talks(s.mallory, &s.ana);
	buf_release(&list);
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	assert_true(no_parts(s.ana.downloads));
	scene_close(&s);
}

/* The half that came first is proven to be another: only the hash decides. */
static void
test_other_bytes_behind(void **state)
{
	struct scene s;
	char *before;

	(void)state;
	scene_open(&s);
	before = picture_of(s.ana.home, true);
	for (int i = 0; i < 2; i++) {
		struct frame_offer offer = break_off(&s);
		struct frame f = {.type = FRAME_BEGIN}, answer;

		f.begin.id = offer_again(&s, &offer);
		scene_is_accepted(&s, f.begin.id, &answer);
		assert_int_equal(answer.answer.offset, HALF);
		f.begin.offset = i == 0 ? HALF : HALF + 1;
		stranger_says(s.mallory, &f);
		if (i == 0) {
			stranger_streams(s.mallory, f.begin.id, HALF,
			    others + HALF, SIZE - HALF);
			scene_says_done(&s, f.begin.id, others, SIZE);
		}
		assert_int_equal(stranger_hears_why(s.mallory, f.begin.id),
		    i == 0 ? WHY_HASH : WHY_PROTOCOL);
		stranger_talks(s.mallory, &s.ana);
	}
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	assert_true(no_parts(s.ana.downloads));
	scene_close(&s);
}

/* A yes to one list is none to another, however often the link breaks. */
static void
test_another_list(void **state)
{
	struct frame_offer offer;
	struct scene s;
	struct buf list, other;

	(void)state;
	scene_open(&s);
	put_tree(&list, "b", SIZE);
	put_tree(&other, "evil", SIZE);
	char *before = picture_of(s.ana.home, true);

	scene_offers_tree(&s, &list, 3, 2 * SIZE);
	scene_accepts(&s);
	stranger_talks(s.mallory, &s.ana);
	offer = (struct frame_offer){.token = s.token,
	    .entries = 3,
	    .size = 2 * SIZE,
	    .list_len = (uint32_t)buf_len(&other),
	    .name = "tree",
	    .name_len = 4};
	for (int i = 0; i < 3; i++) {
		stranger_goes(s.mallory);
		assert_true(person_sees(&s.ana, "lost mallory"));
		stranger_meets(s.mallory, &s.ana);
		scene_clears(&s);
		offer_again(&s, &offer);
		stranger_streams(
		    s.mallory, offer.id, 0, buf_data(&other), buf_len(&other));
		assert_true(person_sees(&s.ana, "question: /accept"));
	}
	check_asked(&s, offer.id);
	stranger_talks(s.mallory, &s.ana);
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	buf_release(&list);
	buf_release(&other);
	scene_close(&s);
}

/* The token of what runs, and of what has arrived. */
static void
test_the_token_again(void **state)
{
	struct frame_offer offer;
	struct scene s;
	char *before;

	(void)state;
	scene_open(&s);
	before = picture_of(s.ana.home, true);
	offer = scene_offer(&s, "agreed.bin", 10, SIZE);
	stranger_offers(s.mallory, &offer);
	scene_accepts(&s);
	scene_is_accepted(&s, offer.id, NULL);
	offer.name = "greedy.bin";
	offer_again(&s, &offer);
	assert_true(stranger_hears(s.mallory, FRAME_BYE, 0, NULL));
	assert_true(person_sees(&s.ana, "not charla's language"));
	stranger_meets(s.mallory, &s.ana);
	scene_clears(&s);
	/* Nothing of it had come: from the beginning, and to its end. */
	offer.name = "agreed.bin";
	scene_sends(&s, offer_again(&s, &offer), bytes, SIZE);
	assert_true(scene_arrives(&s, offer.id));
	unlink(in_folder(s.ana.downloads, "agreed.bin"));
	scene_clears(&s);
	offer.name = "greedy.bin";
	assert_int_equal(
	    stranger_hears_why(s.mallory, offer_again(&s, &offer)), WHY_HAVE);
	stranger_talks(s.mallory, &s.ana);
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_records),
	    cmocka_unit_test(test_same_that_is_another),
	    cmocka_unit_test(test_another_file),
	    cmocka_unit_test(test_other_bytes_behind),
	    cmocka_unit_test(test_another_list),
	    cmocka_unit_test(test_the_token_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
