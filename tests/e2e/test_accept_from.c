/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of somebody whose key was compared are taken without a question where
 * a person has said so: so many bytes, so many offers, until the trust ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/e2e/meeting.h"

enum { SIZE = 3000, OFFERS_MAX = 100, TALL = 50, WIDE = 100 };

static void
meet_verified(struct person *ana, struct person *beto)
{
	ana->rows = beto->rows = TALL;
	ana->cols = beto->cols = WIDE;
	meet(ana, beto);
	both_verify(ana, beto);
	for (unsigned i = 0; i < 3; i++)
		make_file(in_folder(beto->home, text_of("file%u", i)), SIZE, i);
}

static void
taken(struct person *ana, struct person *beto, const char *name)
{
	person_type(beto, text_of("/send %s", name));
	assert_true(person_sees(
	    ana, text_of("'%s' (3.0 kB) from beto is taken without", name)));
	assert_true(
	    person_sees(beto, text_of("ana received '%s', verified", name)));
	assert_true(files_equal(
	    in_folder(beto->home, name), in_folder(ana->downloads, name)));
}

static void
asked(struct person *ana, struct person *beto, const char *name)
{
	person_type(beto, text_of("/send %s", name));
	assert_true(
	    person_sees(ana, text_of(" offers '%s' (3.0 kB); /accept", name)));
	assert_int_equal(count_files(ana->downloads, name), 0);
}

/* Nobody who is not verified, and nobody at all before it is said. */
static void
test_off_until_said(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(beto.home, "file0"), SIZE, 0);
	make_file(in_folder(beto.home, "file1"), SIZE, 1);
	person_type(&ana, "/accept from beto up to 8k");
	assert_true(person_sees(&ana, "was never compared"));
	asked(&ana, &beto, "file0");
	both_verify(&ana, &beto);
	asked(&ana, &beto, "file1");
	person_type(&ana, "/accept from carla up to 8k");
	assert_true(person_sees(&ana, "'carla'"));
	part(&ana, &beto);
}

/* What is taken uses the bound up; off ends it. */
static void
test_total(void **state)
{
	struct person ana = {0}, beto = {0};
	struct stat st;

	(void)state;
	meet_verified(&ana, &beto);
	assert_int_equal(chmod(in_folder(beto.home, "file0"), 0777), 0);
	person_type(&ana, "/accept from beto up to 7k");
	assert_true(person_sees(&ana, "up to 7.0 kB in 100 offers from beto"));
	taken(&ana, &beto, "file0");
	/* Nothing becomes a program on its way. */
	assert_int_equal(stat(in_folder(ana.downloads, "file0"), &st), 0);
	assert_int_equal(st.st_mode & 0111, 0);
	taken(&ana, &beto, "file1");
	asked(&ana, &beto, "file2");
	person_type(&ana, "/reject");
	assert_true(person_sees(&beto, "file2"));
	person_type(&ana, "/accept from BETO up to 1M");
	assert_true(person_sees(&ana, "up to 1.0 MB in 100 offers"));
	person_type(&ana, "/accept from beto no more");
	assert_true(person_sees(&ana, "you are asked about what beto offers"));
	make_file(in_folder(beto.home, "file3"), SIZE, 3);
	asked(&ana, &beto, "file3");
	part(&ana, &beto);
}

/* However small they are. */
static void
test_count(void **state)
{
	struct person ana = {0}, beto = {0};
	char name[16];

	(void)state;
	meet_verified(&ana, &beto);
	person_type(&ana, "/accept from beto up to 1G");
	assert_true(person_sees(&ana, "in 100 offers from beto"));
	for (int i = 0; i < OFFERS_MAX; i++) {
		snprintf(name, sizeof(name), "tiny%03d", i);
		make_file(in_folder(beto.home, name), 1, (unsigned)i);
		person_type(&beto, text_of("/send %s", name));
		assert_true(person_sees(
		    &beto, text_of("ana received '%s', verified", name)));
	}
	assert_int_equal(count_files(ana.downloads, "tiny"), OFFERS_MAX);
	asked(&ana, &beto, "file0");
	part(&ana, &beto);
}

/* The digits differ, says one of the two: whoever it is, that was all. */
static void
trust_ends(bool ana_says)
{
	struct person ana = {0}, beto = {0};
	struct person *who = ana_says ? &ana : &beto;

	meet_verified(&ana, &beto);
	person_type(&ana, "/accept from beto up to 1G");
	assert_true(person_sees(&ana, "in 100 offers from beto"));
	taken(&ana, &beto, "file0");
	person_type(who, "/verify no");
	assert_true(person_sees(&ana, "not connected"));
	person_type(&ana, "/clear");
	person_type(&ana, text_of("/connect 127.0.0.1:%d", beto.port));
	if (!ana_says) {
		assert_true(person_sees(&beto, "ana knocks"));
		person_type(&beto, "/accept");
	}
	assert_true(person_sees(&ana, "connected with beto"));
	assert_true(person_sees(&ana, "encrypted, DIGITS DIFFERED"));
	assert_true(person_sees(&beto, "encrypted, DIGITS DIFFERED"));
	asked(&ana, &beto, "file1");
	person_type(&ana, "/accept from beto up to 1G");
	assert_true(person_sees(&ana, "was never compared"));
	part(&ana, &beto);
}

static void
test_no_ends_it(void **state)
{
	(void)state;
	trust_ends(true);
}

static void
test_their_no_ends_it(void **state)
{
	(void)state;
	trust_ends(false);
}

/* Nor does it go over to who comes after: forgotten, or with another key. */
static void
comes_anew(bool forgotten)
{
	struct person ana = {0}, beto = {0};

	meet_verified(&ana, &beto);
	person_type(&ana, "/accept from beto up to 1G");
	assert_true(person_sees(&ana, "in 100 offers from beto"));
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	if (forgotten) {
		person_type(&ana, "/forget beto");
		assert_true(person_sees(&ana, "beto is forgotten"));
	} else {
		remove_tree(beto.data);
	}
	person_type(&ana, "/clear");
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, " knocks"));
	person_type(&ana, forgotten ? "/accept" : "/accept --new-key 2");
	assert_true(person_sees(&ana, "connected with beto"));
	asked(&ana, &beto, "file1");
	part(&ana, &beto);
}

static void
test_forgotten(void **state)
{
	(void)state;
	comes_anew(true);
}

static void
test_other_key(void **state)
{
	(void)state;
	comes_anew(false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_off_until_said),
	    cmocka_unit_test(test_total),
	    cmocka_unit_test(test_count),
	    cmocka_unit_test(test_no_ends_it),
	    cmocka_unit_test(test_their_no_ends_it),
	    cmocka_unit_test(test_forgotten),
	    cmocka_unit_test(test_other_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
