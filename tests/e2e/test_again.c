/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is offered again, and is not what was agreed to: it is asked about
 * until there is an answer, and nothing is left of what it was before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"

enum { WIDE = 120, MIB = 1024 * 1024, SIZE = 30 * MIB, HALF = 10 * MIB };

/* The link is lost, and beto calls again. */
static void
meet_again(struct pair *p)
{
	person_type(&p->beto, "/clear");
	proxy_cut(p->proxy, true);
	proxy_hole(p->proxy, false);
	assert_true(person_sees(&p->beto, "connected with ana"));
}

/* beto sends what is there at his home; about a third of it gets through. */
static void
break_off(struct pair *p, const char *name)
{
	person_type(&p->beto, text_of("/send %s/%s", p->beto.home, name));
	assert_true(person_sees(&p->ana, "question: /accept"));
	proxy_hole_after(p->proxy, HALF);
	person_type(&p->ana, "/accept");
	assert_true(screen_wait_for(
	    proxy_is_hole, p->proxy, "some of it is through", 0));
}

static void
make_doc(const struct pair *p)
{
	assert_int_equal(mkdir(in_folder(p->beto.home, "doc"), 0755), 0);
	make_file(in_folder(p->beto.home, "doc/large.bin"), SIZE, 1);
}

static const char *
arrived(const struct pair *p, const char *name)
{
	return in_folder(p->ana.downloads, name);
}

/* No answer is no yes, however often the link breaks. */
static void
test_a_changed_tree_is_no_agreed_one(void **state)
{
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};

	(void)state;
	pair_meet(&p);
	make_doc(&p);
	break_off(&p, "doc");
	make_file(in_folder(p.beto.home, "doc/.profile"), 10, 2);
	meet_again(&p);
	assert_true(person_sees(&p.ana, "'doc/' changed since"));
	assert_true(person_sees(&p.ana, "question: /accept"));
	for (int i = 0; i < 2; i++) {
		person_type(&p.ana, "/clear");
		meet_again(&p);
		assert_true(person_sees(&p.ana, "offers 'doc/'"));
		assert_true(person_sees(&p.ana, "question: /accept"));
	}
	assert_int_equal(access(arrived(&p, "doc"), F_OK), -1);
	person_type(&p.ana, "/accept");
	assert_true(person_sees(&p.beto, "ana received 'doc/', verified"));
	assert_true(files_equal(in_folder(p.beto.home, "doc/large.bin"),
	    arrived(&p, "doc/large.bin")));
	assert_int_equal(count_files(p.ana.downloads, ".part"), 0);
	pair_end(&p);
}

/* What was a file is a folder now: its part cannot be gone on with. */
static void
test_a_file_becomes_a_tree(void **state)
{
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};

	(void)state;
	pair_meet(&p);
	make_file(in_folder(p.beto.home, "doc"), SIZE, 1);
	break_off(&p, "doc");
	assert_int_equal(count_files(p.ana.downloads, ".part"), 1);
	assert_int_equal(unlink(in_folder(p.beto.home, "doc")), 0);
	make_doc(&p);
	meet_again(&p);
	assert_true(person_sees(&p.ana, "'doc/' changed since"));
	person_type(&p.ana, "/accept");
	assert_true(person_sees(&p.beto, "ana received 'doc/', verified"));
	assert_true(files_equal(in_folder(p.beto.home, "doc/large.bin"),
	    arrived(&p, "doc/large.bin")));
	assert_int_equal(count_files(p.ana.downloads, ".part"), 0);
	pair_end(&p);
}

/* The other way round: the list of the tree is not that of the file. */
static void
test_a_tree_becomes_a_file(void **state)
{
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};

	(void)state;
	pair_meet(&p);
	make_doc(&p);
	break_off(&p, "doc");
	remove_tree(in_folder(p.beto.home, "doc"));
	make_file(in_folder(p.beto.home, "doc"), 10, 1);
	meet_again(&p);
	assert_true(person_sees(&p.ana, "'doc' changed since"));
	assert_true(person_sees(&p.ana, "beto offers 'doc' (10 B)"));
	person_type(&p.ana, "/show");
	assert_true(person_sees_no(&p.ana, "large.bin"));
	person_type(&p.ana, "/accept");
	assert_true(person_sees(&p.beto, "ana received 'doc', verified"));
	pair_end(&p);
}

/* The answer names another folder: nothing of it stays in the first one. */
static void
test_a_changed_tree_goes_elsewhere(void **state)
{
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};

	(void)state;
	pair_meet(&p);
	make_doc(&p);
	break_off(&p, "doc");
	make_file(in_folder(p.beto.home, "doc/more"), 10, 2);
	meet_again(&p);
	assert_true(person_sees(&p.ana, "'doc/' changed since"));
	person_type(
	    &p.ana, text_of("/accept 2 to %s", in_folder(p.ana.home, "here")));
	assert_true(person_sees(&p.beto, "ana received 'doc/', verified"));
	assert_true(files_equal(in_folder(p.beto.home, "doc/large.bin"),
	    in_folder(p.ana.home, "here/doc/large.bin")));
	assert_int_equal(count_files(p.ana.downloads, NULL), 0);
	pair_end(&p);
}

/* Two offers that were taken back while nobody was there to hear of it. */
static void
test_two_are_taken_back(void **state)
{
	struct pair p = {.ana.cols = WIDE, .beto.cols = WIDE};

	(void)state;
	pair_meet(&p);
	make_file(in_folder(p.beto.home, "a"), 10, 1);
	make_file(in_folder(p.beto.home, "b"), 10, 2);
	proxy_hole(p.proxy, true);
	proxy_cut(p.proxy, true);
	assert_true(person_sees(&p.beto, "not connected"));
	for (int i = 0; i < 2; i++) {
		person_type(&p.beto,
		    text_of("/send %s/%s", p.beto.home, i == 0 ? "a" : "b"));
		assert_true(person_sees(&p.beto, "when ana is connected"));
		person_type(&p.beto, text_of("/cancel %d", i + 1));
		assert_true(person_sees(&p.beto, "you cancelled"));
		person_type(&p.beto, "/clear");
	}
	meet_again(&p);
	person_type(&p.beto, "still here");
	assert_true(person_sees(&p.ana, "beto: still here"));
	pair_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_changed_tree_is_no_agreed_one),
	    cmocka_unit_test(test_a_file_becomes_a_tree),
	    cmocka_unit_test(test_a_tree_becomes_a_file),
	    cmocka_unit_test(test_a_changed_tree_goes_elsewhere),
	    cmocka_unit_test(test_two_are_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
