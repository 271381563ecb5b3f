/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is sent changes, or goes away, while it is on its way; and so does the
 * folder that it comes to. Both sides are told, nothing wrong gets a name, and
 * it can be gone on with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"
#include "tests/e2e/trees.h"

enum { WIDE = 200, MIB = 1024 * 1024, SIZE = 48 * MIB, PART = 4 * MIB };

static const char *
source(const struct person *p)
{
	return in_folder(p->home, "large.bin");
}

/* Under way, and slow enough that something can happen to it. */
static void
begin(struct person *ana, struct person *beto)
{
	make_file(source(ana), SIZE, 5);
	person_type(ana, "/limit 2M");
	person_type(ana, text_of("/send %s", source(ana)));
	assert_true(person_sees(beto, "question: /accept"));
	person_type(beto, "/accept");
	assert_true(person_sees(ana, "%  "));
	person_type(ana, "/limit off");
}

static void
arrives_as_it_is(struct person *ana, struct person *beto)
{
	person_type(ana, "/resume");
	assert_true(person_sees(ana, "is offered as it is now"));
	assert_true(person_sees(ana, "beto received 'large.bin', verified"));
	assert_true(
	    files_equal(source(ana), in_folder(beto->downloads, "large.bin")));
	assert_int_equal(count_files(beto->downloads, NULL), 1);
}

static void
test_truncated(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	begin(&ana, &beto);
	assert_int_equal(truncate(source(&ana), PART), 0);
	assert_true(person_sees(&ana, "'large.bin' is paused: "));
	assert_true(person_sees(&beto, "paused: it changed there"));
	assert_int_equal(count_files(beto.downloads, "large.bin"), 0);
	person_type(&ana, "still here");
	assert_true(person_sees(&beto, "ana: still here"));
	arrives_as_it_is(&ana, &beto);
	part(&ana, &beto);
}

static void
test_grown(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};
	FILE *f;

	(void)state;
	meet(&ana, &beto);
	begin(&ana, &beto);
	f = fopen(source(&ana), "a");
	assert_non_null(f);
	fputs("one line more\n", f);
	fclose(f);
	assert_true(person_sees(&beto, "paused: it changed there"));
	assert_int_equal(count_files(beto.downloads, "large.bin"), 0);
	person_type(&ana, "/resume");
	/* More than was agreed to. */
	assert_true(person_sees(&beto, "question: /accept"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&ana, "beto received 'large.bin', verified"));
	assert_true(
	    files_equal(source(&ana), in_folder(beto.downloads, "large.bin")));
	part(&ana, &beto);
}

/* It is open: what was offered is what comes. */
static void
test_replaced(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	begin(&ana, &beto);
	assert_int_equal(
	    link(source(&ana), in_folder(ana.home, "first.bin")), 0);
	make_file(in_folder(ana.home, "other"), SIZE, 6);
	assert_int_equal(rename(in_folder(ana.home, "other"), source(&ana)), 0);
	assert_true(person_sees(&ana, "beto received 'large.bin', verified"));
	assert_true(files_equal(in_folder(ana.home, "first.bin"),
	    in_folder(beto.downloads, "large.bin")));
	part(&ana, &beto);
}

/* A tree of a large file and a small one behind it, under way. */
static void
begin_tree(struct person *ana, struct person *beto)
{
	assert_int_equal(mkdir(in_folder(ana->home, "doc"), 0700), 0);
	make_file(in_folder(ana->home, "doc/a.bin"), SIZE, 1);
	make_file(in_folder(ana->home, "doc/b.txt"), 100, 2);
	make_file(in_folder(ana->home, "doc/c.txt"), 100, 3);
	person_type(ana, "/limit 2M");
	person_type(ana, text_of("/send %s/doc", ana->home));
	assert_true(person_sees(beto, "question: /accept"));
	person_type(beto, "/accept");
	assert_true(person_sees(ana, "%  "));
	assert_int_equal(rename(in_folder(ana->home, "doc/b.txt"),
			     in_folder(ana->home, "b.txt")),
	    0);
	person_type(ana, "/limit off");
	assert_true(person_sees(ana, "'doc/' is paused: "));
	assert_true(person_sees(ana, "b.txt"));
	assert_true(person_sees(beto, "paused: it is not there any more"));
	assert_int_equal(count_files(beto->downloads, "doc"), 0);
}

static void
test_gone_and_back(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	begin_tree(&ana, &beto);
	assert_int_equal(rename(in_folder(ana.home, "b.txt"),
			     in_folder(ana.home, "doc/b.txt")),
	    0);
	assert_true(person_sees(&ana, "beto received 'doc/', verified"));
	assert_true(files_equal(in_folder(ana.home, "doc/b.txt"),
	    in_folder(beto.downloads, "doc/b.txt")));
	part(&ana, &beto);
}

static void
test_gone_for_good(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	begin_tree(&ana, &beto);
	person_type(&ana, "/resume");
	assert_true(person_sees(&ana, "1 was left out"));
	assert_true(person_sees(&beto, "1 was left out by the other side"));
	assert_int_equal(
	    count_files(in_folder(beto.downloads, "doc"), NULL), 2);
	assert_true(files_equal(in_folder(ana.home, "doc/a.bin"),
	    in_folder(beto.downloads, "doc/a.bin")));
	part(&ana, &beto);
}

/* Whoever moves the folder takes the file along. */
static void
test_downloads_renamed(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	begin(&ana, &beto);
	assert_int_equal(
	    rename(beto.downloads, in_folder(beto.home, "moved")), 0);
	assert_true(person_sees(&ana, "beto received 'large.bin', verified"));
	assert_true(
	    files_equal(source(&ana), in_folder(beto.home, "moved/large.bin")));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_grown),
	    cmocka_unit_test(test_replaced),
	    cmocka_unit_test(test_gone_and_back),
	    cmocka_unit_test(test_gone_for_good),
	    cmocka_unit_test(test_downloads_renamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
