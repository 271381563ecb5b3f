/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders and several files from one real program to another. */
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

#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"
#include "tests/e2e/trees.h"

enum { WIDE = 120 }; /* columns: sentences in one row */

/* ana offers what there is at her home, and beto takes it as he says. */
static void
give(struct person *ana, struct person *beto, const char *what,
    const char *accept)
{
	person_type(ana, text_of("/send %s/%s", ana->home, what));
	assert_true(person_sees(beto, "question: /accept"));
	person_type(beto, accept);
	assert_true(person_sees_no(beto, "question: /accept"));
}

static void
test_a_tree_arrives(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	make_tree(in_folder(ana.home, "doc"));
	person_type(&ana, text_of("/send %s/doc", ana.home));
	assert_true(person_sees(&ana, "link"));
	assert_true(person_sees(&beto, "ana offers 'doc/' (8 files, 5.6 MB)"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&ana, "beto received 'doc/', verified"));
	assert_true(person_sees(&beto, "received, verified: "));
	assert_true(trees_equal(
	    in_folder(ana.home, "doc"), in_folder(beto.downloads, "doc")));
	assert_int_equal(count_files(beto.downloads, NULL), 1);
	part(&ana, &beto);
}

/* Bytes on the wire so far, both ways. */
static uint64_t
passed_by(struct pair *p)
{
	struct proxy_state state = proxy_look(p->proxy);

	return state.from_caller + state.from_called;
}

/* What is there is not sent again, and nothing there is touched. */
static void
test_a_tree_again(void **state)
{
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};
	struct stat before, after;
	uint64_t passed;

	(void)state;
	pair_meet(&p);
	make_tree(in_folder(p.ana.home, "doc"));
	give(&p.ana, &p.beto, "doc", "/accept");
	assert_true(person_sees(&p.ana, "beto received 'doc/', verified"));
	assert_int_equal(
	    stat(in_folder(p.beto.downloads, "doc/a.txt"), &before), 0);
	person_type(&p.ana, "/clear");
	passed = passed_by(&p);
	give(&p.ana, &p.beto, "doc", "/accept");
	assert_true(person_sees(&p.ana, "beto received 'doc/', verified"));
	assert_true(person_sees(&p.beto, "8 were there already"));
	assert_true(passed_by(&p) - passed < 64 * 1024);
	assert_true(trees_equal(
	    in_folder(p.ana.home, "doc"), in_folder(p.beto.downloads, "doc")));
	/* One changes: only that one comes, under the next name. */
	person_type(&p.ana, "/clear");
	passed = passed_by(&p);
	make_file(in_folder(p.ana.home, "doc/a.txt"), 65536, 99);
	give(&p.ana, &p.beto, "doc", "/accept");
	assert_true(person_sees(&p.beto, "7 were there already"));
	assert_true(person_sees(&p.ana, "beto received 'doc/', verified"));
	assert_true(passed_by(&p) - passed < 3 * 64 * 1024);
	assert_true(files_equal(in_folder(p.ana.home, "doc/a.txt"),
	    in_folder(p.beto.downloads, "doc/a (1).txt")));
	assert_int_equal(
	    stat(in_folder(p.beto.downloads, "doc/a.txt"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	pair_end(&p);
}

/*
 * What every Debian with a compiler has, thousands of files of it. The second
 * time only the list goes, and what is there of each.
 */
static void
test_a_real_tree(void **state)
{
	static const char real[] = "/usr/include";
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};
	uint64_t passed, first;

	(void)state;
	if (access(real, R_OK | X_OK) < 0) {
		print_message("there is no %s: skipped\n", real);
		skip();
	}
	pair_meet(&p);
	passed = passed_by(&p);
	person_type(&p.ana, text_of("/send %s", real));
	assert_true(person_sees(&p.beto, "question: /accept"));
	person_type(&p.beto, "/accept");
	assert_true(person_sees(&p.ana, "beto received 'include/', verified"));
	assert_true(trees_equal(real, in_folder(p.beto.downloads, "include")));
	first = passed_by(&p) - passed;
	person_type(&p.ana, "/clear");
	passed = passed_by(&p);
	person_type(&p.ana, text_of("/send %s", real));
	assert_true(person_sees(&p.beto, "question: /accept"));
	person_type(&p.beto, "/accept");
	assert_true(person_sees(&p.ana, "beto received 'include/', verified"));
	assert_true(person_sees(&p.beto, "were there already"));
	assert_true(passed_by(&p) - passed < first / 10);
	assert_true(trees_equal(real, in_folder(p.beto.downloads, "include")));
	pair_end(&p);
}

static void
test_several_and_patterns(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(ana.home, "a.jpg"), 100, 1);
	make_file(in_folder(ana.home, "b c.jpg"), 200, 2);
	make_file(in_folder(ana.home, "d.png"), 300, 3);
	assert_int_equal(mkdir(in_folder(ana.home, "sub"), 0700), 0);
	person_type(&ana, text_of("/send %s/*.jpg %s/sub '%s/d.png'", ana.home,
			      ana.home, ana.home));
	assert_true(
	    person_sees(&beto, "ana offers 'a.jpg and 3 more' (3 files"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&ana, "and 3 more', verified"));
	assert_true(person_sees(
	    &beto, "downloads, verified: 'a.jpg and 3 more' (3 files"));
	assert_true(files_equal(in_folder(ana.home, "b c.jpg"),
	    in_folder(beto.downloads, "b c.jpg")));
	assert_true(files_equal(
	    in_folder(ana.home, "d.png"), in_folder(beto.downloads, "d.png")));
	assert_int_equal(count_files(beto.downloads, NULL), 4);
	/* Blanks that nobody quoted. */
	person_type(&ana, text_of("/send %s/b c.jpg", ana.home));
	assert_true(person_sees(&beto, "ana offers 'b c.jpg'"));
	person_type(&beto, "/reject");
	person_type(&ana, text_of("/send %s/*.gif", ana.home));
	assert_true(person_sees(&ana, "*.gif"));
	part(&ana, &beto);
}

/* What the answers to an offer may be. */
static void
test_accept_forms(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	make_tree(in_folder(ana.home, "doc"));
	make_file(in_folder(ana.home, "f.txt"), 100, 1);
	person_type(&ana, text_of("/send %s/f.txt", ana.home));
	assert_true(person_sees(&beto, "1: ana offers 'f.txt'"));
	person_type(&beto, "/accept 1 as ../evil");
	assert_true(person_sees(&beto, "no file can have that name"));
	person_type(&beto, "/accept 1 as other name.txt");
	assert_true(person_sees(&beto, "downloads/other name.txt ("));
	person_type(&ana, text_of("/send %s/doc", ana.home));
	assert_true(person_sees(&beto, "2: ana offers 'doc/'"));
	person_type(&beto, "/accept 2 as papers");
	assert_true(person_sees(&beto, "downloads/papers ("));
	assert_true(trees_equal(
	    in_folder(ana.home, "doc"), in_folder(beto.downloads, "papers")));
	person_type(&ana, text_of("/send %s/f.txt", ana.home));
	assert_true(person_sees(&beto, "3: ana offers 'f.txt'"));
	person_type(&beto, text_of("/accept 3 to %s/else where", beto.home));
	assert_true(person_sees(&beto, "else where/f.txt ("));
	person_type(&ana, text_of("/send %s/f.txt", ana.home));
	person_type(&ana, text_of("/send %s/doc", ana.home));
	assert_true(person_sees(&beto, "2 questions"));
	person_type(&beto, "/accept all");
	assert_true(person_sees(&beto, "downloads/f.txt ("));
	assert_true(person_sees(&beto, "downloads/doc ("));
	person_type(&beto, "/accept from ana up to 2G");
	assert_true(person_sees(&beto, "was never compared"));
	part(&ana, &beto);
}

static void
test_the_list_first(void **state)
{
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	meet(&ana, &beto);
	make_tree(in_folder(ana.home, "doc"));
	person_type(&ana, text_of("/send %s/doc", ana.home));
	assert_true(person_sees(&beto, "/reject 1 or /show 1"));
	person_type(&beto, "/show 1");
	assert_true(person_sees(&beto, "doc/.hidden/.secret  (hidden)"));
	assert_true(person_sees(&beto, "doc/link  (a link: not sent)"));
	assert_true(person_sees(&beto, "doc/pipe  (no file: not sent)"));
	person_type(&ana, "seen it?");
	screen_keys(beto.screen, KEYS_ESCAPE);
	assert_true(person_sees(&beto, "ana: seen it?"));
	assert_true(person_sees_no(&beto, "doc/.hidden/.secret"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&ana, "beto received 'doc/', verified"));
	person_type(&ana, text_of("/send %s/doc", ana.home));
	assert_true(person_sees(&beto, "2: ana offers 'doc/'"));
	person_type(&beto, "/show");
	assert_true(person_sees(&beto, "doc/README  (is there already"));
	person_type(&beto, "/reject");
	assert_true(person_sees_no(&beto, "doc/README"));
	part(&ana, &beto);
}

/* Only so many are sent at once; the others say so, and have their turn. */
static void
test_turns(void **state)
{
	static const char *const one[] = {"--at-once", "1", NULL};
	struct person ana = {.cols = WIDE}, beto = {.cols = WIDE};

	(void)state;
	person_start(&beto, "beto", NULL);
	assert_true(person_sees(&beto, "waiting for a call"));
	person_start(&ana, "ana", one);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, text_of("/connect 127.0.0.1:%d", beto.port));
	assert_true(person_sees(&beto, "ana knocks"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&ana, "connected with beto"));
	make_file(in_folder(ana.home, "1.bin"), 20 << 20, 1);
	make_file(in_folder(ana.home, "2.bin"), 1 << 20, 2);
	person_type(&ana, "/limit 2M");
	person_type(&ana, text_of("/send %s/1.bin", ana.home));
	person_type(&ana, text_of("/send %s/2.bin", ana.home));
	assert_true(person_sees(&beto, "2 questions"));
	person_type(&beto, "/accept all");
	assert_true(person_sees(&ana, "waits for its turn"));
	assert_true(person_sees(&beto, "waits for its turn there"));
	person_type(&ana, "/resume 2");
	assert_true(person_sees(&ana, "and goes on by itself"));
	/* Who stands still gives the turn away. */
	person_type(&beto, "/pause 2");
	assert_true(person_sees(&ana, "beto received '2.bin', verified"));
	person_type(&ana, "/limit off");
	person_type(&beto, "/resume 2");
	assert_true(person_sees(&ana, "beto received '1.bin', verified"));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_tree_arrives),
	    cmocka_unit_test(test_a_tree_again),
	    cmocka_unit_test(test_a_real_tree),
	    cmocka_unit_test(test_several_and_patterns),
	    cmocka_unit_test(test_accept_forms),
	    cmocka_unit_test(test_the_list_first),
	    cmocka_unit_test(test_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
