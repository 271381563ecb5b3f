/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ids that are not the speaker's, more offers than anybody can want, and what
 * only somebody verified gets.
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

#include "net/transfer.h"
#include "src/base/util.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/meeting.h"

enum {
	SIZE = 1000,
	MANY = 1000,
	ROOM_KB = 8 * 1024, /* what the program may grow by */
	LIST_MAX = 4096,
};

static const uint8_t bytes[SIZE] = "#!/bin/sh\ntouch owned\n";

/* Every frame about a transfer, for this id; how says which one. */
enum { FRAMES = 13 };

static struct frame
frame_about(uint32_t id, int how)
{
	static const uint8_t byte;
	struct frame f = {.type = FRAME_CANCEL};

	switch (how) {
	case 0:
	case 1:
		f.cancel.id = id;
		f.cancel.mine = how == 1;
		f.cancel.why = WHY_PERSON;
		break;
	case 2:
	case 3:
		f.type = FRAME_PAUSE;
		f.pause.id = id;
		f.pause.mine = how == 3;
		f.pause.why = WHY_PERSON;
		break;
	case 4:
	case 5:
		f.type = FRAME_RESUME;
		f.resume.id = id;
		f.resume.mine = how == 5;
		break;
	case 6:
		f.type = FRAME_RESULT;
		f.result.id = id;
		break;
	case 7:
		f.type = FRAME_CLAIMS;
		f.claims.id = id;
		f.claims.upto = 1;
		break;
	case 8:
		f.type = FRAME_ANSWER;
		f.answer.id = id;
		f.answer.accepted = 1;
		break;
	case 9:
		f.type = FRAME_CREDIT;
		f.credit.id = id;
		f.credit.limit = SIZE;
		break;
	case 10:
		f.type = FRAME_DATA;
		f.data.id = id;
		f.data.bytes = &byte;
		f.data.len = 1;
		break;
	case 11:
		f.type = FRAME_DONE;
		f.done.id = id;
		break;
	default:
		f.type = FRAME_BEGIN;
		f.begin.id = id;
		break;
	}
	return f;
}

/* ana offers a file of hers; its id in this session. */
static uint32_t
ana_offers(struct scene *s)
{
	struct frame f;

	person_type(&s->ana, text_of("/send %s/canary", s->ana.home));
	assert_true(stranger_hears(s->mallory, FRAME_OFFER, 0, &f));
	return f.offer.id;
}

/* mallory takes it, and all of it comes. */
static void
take_it(struct scene *s, uint32_t id)
{
	struct frame answer = frame_about(id, 8), credit = frame_about(id, 9);
	struct frame result = frame_about(id, 6), f;

	stranger_says(s->mallory, &answer);
	stranger_says(s->mallory, &credit);
	assert_true(stranger_hears(s->mallory, FRAME_DATA, id, &f));
	assert_int_equal(f.data.len, SIZE);
	assert_true(stranger_hears(s->mallory, FRAME_DONE, id, NULL));
	assert_true(person_sees_no(&s->ana, "mallory received"));
	stranger_says(s->mallory, &result);
	assert_true(
	    person_sees(&s->ana, "mallory received 'canary', verified"));
}

static void
test_ids_of_nobody(void **state)
{
	struct scene s;
	struct frame f;

	(void)state;
	scene_open(&s);
	ana_offers(&s);
	for (int how = 0; how < FRAMES; how++) {
		const struct frame bad = frame_about(how % 2 ? 0 : 99, how);

		stranger_says(s.mallory, &bad);
		assert_true(stranger_hears(s.mallory, FRAME_BYE, 0, &f));
		assert_int_equal(f.bye, BYE_PROTOCOL);
		assert_true(stranger_is_out(s.mallory));
		scene_clears(&s);
		stranger_meets(s.mallory, &s.ana);
		/* What ana has offered is as it was. */
		assert_true(stranger_hears(s.mallory, FRAME_OFFER, 0, &f));
		assert_int_equal(f.offer.size, SIZE);
	}
	take_it(&s, f.offer.id);
	scene_close(&s);
}

/* Somebody else, on a connection of their own. */
static void
test_ids_of_another_session(void **state)
{
	struct scene s;
	struct stranger *eve = stranger_new("eve");
	uint32_t id;

	(void)state;
	scene_open(&s);
	id = ana_offers(&s);
	for (int how = 0; how < FRAMES; how++) {
		const struct frame bad = frame_about(id, how);

		stranger_calls(eve, &s.ana);
		stranger_says(eve, &bad);
		assert_true(stranger_is_out(eve));
	}
	stranger_talks(s.mallory, &s.ana);
	assert_int_equal(stranger_heard(s.mallory, FRAME_CANCEL, 0), 0);
	assert_int_equal(stranger_heard(s.mallory, FRAME_DATA, 0), 0);
	take_it(&s, id);
	stranger_free(eve);
	scene_close(&s);
}

/* mallory says that she has all of it before she can. */
static void
test_result_too_early(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (int i = 0; i < 2; i++) {
		const uint32_t id = ana_offers(&s);
		struct frame answer = frame_about(id, 8),
			     result = frame_about(id, 6), f;

		scene_clears(&s);
		if (i == 1)
			stranger_says(s.mallory, &answer);
		stranger_says(s.mallory, &result);
		assert_true(stranger_hears(s.mallory, FRAME_CANCEL, id, &f));
		assert_int_equal(f.cancel.why, WHY_PROTOCOL);
		assert_true(person_sees(&s.ana, "other bytes came"));
		assert_true(person_sees_no(&s.ana, "received"));
		stranger_talks(s.mallory, &s.ana);
	}
	scene_close(&s);
}

static void
check_no_program(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07111, 0);
	assert_int_equal(st.st_mode & 0400, 0400);
}

static void
test_a_script(void **state)
{
	const struct entry folder = {ENTRY_FOLDER, 0777, 0, 1, "tree", 4};
	const struct entry file = {ENTRY_FILE, 0777, SIZE, 1, "tree/run", 8};
	struct scene s;
	struct stream st;
	struct buf list;
	uint32_t id;

	(void)state;
	scene_open(&s);
	id = scene_offers(&s, "run.sh", SIZE);
	scene_accepts(&s);
	scene_sends(&s, id, bytes, SIZE);
	assert_true(scene_arrives(&s, id));
	check_no_program(in_folder(s.ana.downloads, "run.sh"));
	buf_init(&list, LIST_MAX);
	stream_init(&st);
	list_put_entry(&list, &folder);
	list_put_entry(&list, &file);
	stream_file(&st, bytes, SIZE);
	id = scene_offers_tree(&s, &list, 2, SIZE);
	scene_accepts(&s);
	scene_hears_claims(&s, id, 2);
	scene_sends_stream(&s, id, buf_len(&list), &st);
	assert_true(scene_arrives(&s, id));
	check_no_program(in_folder(s.ana.downloads, "tree/run"));
	assert_int_equal(access(in_folder(s.ana.home, "owned"), F_OK), -1);
	stream_release(&st);
	buf_release(&list);
	scene_close(&s);
}

/* Memory of the program now, in KiB. */
static long
resident_kb(const struct scene *s)
{
	FILE *f =
	    fopen(text_of("/proc/%d/status", screen_pid(s->ana.screen)), "r");
	char line[256];
	long kb = -1;

	while (f != NULL && kb < 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kb;
}

/* In the middle of it, what is typed is there. */
static void
check_keys(struct scene *s)
{
	screen_keys(s->ana.screen, "the keys work");
	assert_true(person_sees(&s->ana, "the keys work"));
	screen_keys(s->ana.screen, KEYS_CTRL('u'));
	assert_true(person_sees_no(&s->ana, "the keys work"));
}

static void
offer_many(struct scene *s, int how)
{
	for (int i = 0; i < MANY; i++) {
		struct frame_offer offer = scene_offer(s, "many", 4, SIZE);
		struct frame f;

		if (how == 1)
			offer.name = "a/b\n";
		if (how == 2) {
			offer.entries = 1;
			offer.list_len = FILELIST_MAX;
		}
		stranger_offers(s->mallory, &offer);
		f = frame_about(offer.id, 1);
		if (how == 3)
			stranger_says(s->mallory, &f);
		if (i == MANY / 2)
			check_keys(s);
	}
}

/* Files, bad names, trees whose list never comes, and offers taken back. */
static void
test_many_offers(void **state)
{
	(void)state;
	for (int how = 0; how < 4; how++) {
		struct scene s;
		char *before;
		long kb;

		scene_open(&s);
		before = picture_of(s.ana.home, false);
		kb = resident_kb(&s);
		offer_many(&s, how);
		stranger_talks(s.mallory, &s.ana);
		print_message("%d: %ld kB, then %ld; %zu refused\n", how, kb,
		    resident_kb(&s),
		    stranger_heard(s.mallory, FRAME_ANSWER, 0));
		assert_true(resident_kb(&s) - kb < ROOM_KB);
		if (how == 0)
			assert_true(person_sees(&s.ana, "64 questions"));
		if (how != 3)
			assert_true(stranger_heard(s.mallory, FRAME_ANSWER,
					0) >= MANY - TRANSFER_OPEN_MAX);
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, false)));
		scene_close(&s);
	}
}

/* Nothing is taken unasked from whose key was never compared. */
static void
test_taken_unasked(void **state)
{
	struct scene s;
	const struct frame renamed = {
	    .type = FRAME_PRESENCE, .presence = {.name = "ana", .name_len = 3}};
	char *before;
	uint32_t id;

	(void)state;
	scene_open(&s);
	before = picture_of(s.ana.home, false);
	person_type(&s.ana, "/accept from mallory up to 1G");
	assert_true(person_sees(&s.ana, "was never compared"));
	id = scene_offers(&s, "wanted", SIZE);
	assert_true(person_sees(&s.ana, "question: /accept"));
	stranger_says(s.mallory, &renamed);
	assert_true(person_sees(&s.ana, "is now called"));
	person_type(&s.ana, "/accept from ana up to 1G");
	stranger_forgets(s.mallory);
	scene_offers(&s, "wanted too", SIZE);
	assert_true(person_sees(&s.ana, "2 questions"));
	assert_int_equal(stranger_heard(s.mallory, FRAME_ANSWER, 0), 0);
	assert_int_equal(stranger_heard(s.mallory, FRAME_CREDIT, id), 0);
	assert_true(pictures_equal(before, picture_of(s.ana.home, false)));
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ids_of_nobody),
	    cmocka_unit_test(test_ids_of_another_session),
	    cmocka_unit_test(test_result_too_early),
	    cmocka_unit_test(test_a_script),
	    cmocka_unit_test(test_many_offers),
	    cmocka_unit_test(test_taken_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
