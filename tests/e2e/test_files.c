/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files from one real program to another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"

enum { MIB = 1024 * 1024, LARGE = 300 * MIB };
/* Takes seconds: it is still running when the test acts on it. */
static const off_t endless = (off_t)3 * 1024 * MIB;

static void
test_both_ways_while_talking(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(ana.home, "from-ana.bin"), 40 * MIB + 1, 1);
	make_file(in_folder(ana.home, "more.bin"), 3 * MIB, 2);
	make_file(in_folder(beto.home, "from beto.bin"), 50 * MIB, 3);
	person_type(&beto, text_of("/send \"%s/from beto.bin\"", beto.home));
	assert_true(person_sees(&ana, "offers 'from beto.bin'"));
	person_type(&ana, text_of("/send %s/from-ana.bin", ana.home));
	person_type(&ana, text_of("/send %s/more.bin", ana.home));
	assert_true(person_sees(&beto, "2: ana offers 'from-ana.bin'"));
	assert_true(person_sees(&beto, "3: ana offers 'more.bin'"));
	assert_true(person_sees(&ana, "offers 'from beto.bin'"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&beto, "questions; say which"));
	person_type(&beto, "a word before");
	person_type(&beto, "/accept 2");
	person_type(&beto, "/accept 3");
	person_type(&ana, "/accept");
	person_type(&ana, "a word between");
	assert_true(person_sees(&ana, "a word before"));
	assert_true(person_sees(&beto, "a word between"));
	assert_true(person_sees(&ana, "received, verified:"));
	assert_true(person_sees(&beto, "from-ana.bin ("));
	assert_true(person_sees(&ana, "beto received 'more.bin', verified"));
	assert_true(
	    person_sees(&ana, "beto received 'from-ana.bin', verified"));
	assert_true(files_equal(in_folder(ana.home, "from-ana.bin"),
	    in_folder(beto.downloads, "from-ana.bin")));
	assert_true(files_equal(in_folder(ana.home, "more.bin"),
	    in_folder(beto.downloads, "more.bin")));
	assert_true(files_equal(in_folder(beto.home, "from beto.bin"),
	    in_folder(ana.downloads, "from beto.bin")));
	part(&ana, &beto);
}

/* Send a file that is there as name and take it. */
static void
drop(struct person *from, struct person *to, const char *name)
{
	person_type(from, text_of("/send '%s/%s'", from->home, name));
	assert_true(person_sees(to, "question: /accept"));
	person_type(to, "/accept");
	assert_true(person_sees_no(to, "question: /accept"));
}

static void
test_names_and_sizes(void **state)
{
	static const struct {
		const char *name;
		size_t size;
	} cases[] = {
	    {"empty", 0},
	    {"one", 1},
	    {"informe año.pdf", 65536},
	    {"日本語.txt", 65537},
	    {"🎉 party.png", 262144},
	    {".hidden", 3},
	    {"-rf", 10},
	    {"a\"b", 10},
	};
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = cases[i].name;

		make_file(in_folder(ana.home, name), cases[i].size, 5);
		drop(&ana, &beto, name);
		assert_true(person_sees(
		    &ana, text_of("beto received '%s', verified", name)));
		assert_true(files_equal(in_folder(ana.home, name),
		    in_folder(beto.downloads, name)));
	}
	part(&ana, &beto);
}

static void
test_existing_names_are_left_alone(void **state)
{
	struct person ana = {0}, beto = {0};
	struct stat before, after;

	(void)state;
	meet(&ana, &beto);
	assert_true(mkdir(beto.downloads, 0700) == 0 || true);
	make_file(in_folder(beto.downloads, "a.txt"), 100, 9);
	assert_int_equal(stat(in_folder(beto.downloads, "a.txt"), &before), 0);
	make_file(in_folder(ana.home, "a.txt"), 200, 10);
	drop(&ana, &beto, "a.txt");
	assert_true(person_sees(&beto, "a (1).txt"));
	drop(&ana, &beto, "a.txt");
	assert_true(person_sees(&beto, "a (2).txt"));
	assert_int_equal(stat(in_folder(beto.downloads, "a.txt"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtime, after.st_mtime);
	assert_int_equal(after.st_size, 100);
	assert_true(files_equal(in_folder(ana.home, "a.txt"),
	    in_folder(beto.downloads, "a (1).txt")));
	assert_int_equal(count_files(beto.downloads, ".part"), 0);
	part(&ana, &beto);
}

static void
test_refused_and_impossible(void **state)
{
	/* Sentences with a path in them stay in one row. */
	struct person ana = {.cols = 160}, beto = {.cols = 160};

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(ana.home, "b.txt"), 10, 1);
	person_type(&ana, text_of("/send %s/b.txt", ana.home));
	assert_true(person_sees(&beto, "offers 'b.txt'"));
	person_type(&beto, "/reject");
	assert_true(person_sees(&ana, "beto does not want 'b.txt'"));
	assert_int_equal(mkfifo(in_folder(ana.home, "pipe"), 0600), 0);
	person_type(&ana, text_of("/send %s/pipe", ana.home));
	assert_true(person_sees(&ana, "only files and folders can be sent"));
	person_type(&ana, text_of("/send %s/nothing-here", ana.home));
	assert_true(person_sees(&ana, "nothing-here"));
	person_type(&ana, "/cancel 99");
	assert_true(person_sees(&ana, "no transfer with that number"));
	person_type(&ana, "/accept abc");
	assert_true(person_sees(&ana, "is not a number"));
	assert_int_equal(count_files(beto.downloads, NULL), 0);
	part(&ana, &beto);
}

/* A file of holes: as large as one likes, at no cost. */
static void
make_endless(const struct person *p)
{
	const char *path = in_folder(p->home, "large.bin");

	make_file(path, 0, 0);
	assert_int_equal(truncate(path, endless), 0);
}

/* ana sends beto a large file; returns when the bar is on the screen. */
static void
start_large(struct person *ana, struct person *beto)
{
	person_type(ana, text_of("/send %s/large.bin", ana->home));
	assert_true(person_sees(beto, "question: /accept"));
	person_type(beto, "/accept");
	assert_true(person_sees(ana, "%"));
}

static void
test_cancel_from_each_side(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	make_endless(&ana);
	start_large(&ana, &beto);
	person_type(&ana, "/cancel");
	assert_true(person_sees(&ana, "you cancelled 'large.bin'"));
	assert_true(person_sees(&beto, "ana cancelled 'large.bin'"));
	start_large(&ana, &beto);
	person_type(&beto, "/cancel");
	assert_true(person_sees(&beto, "you cancelled 'large.bin'"));
	assert_true(person_sees(&ana, "beto cancelled 'large.bin'"));
	person_type(&ana, "still talking");
	assert_true(person_sees(&beto, "still talking"));
	assert_true(person_quits(&beto));
	assert_int_equal(count_files(beto.downloads, NULL), 0);
	part(&ana, &beto);
}

static void
test_peer_killed_in_the_middle(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	make_endless(&ana);
	start_large(&ana, &beto);
	person_dies(&ana);
	assert_true(person_sees(&beto, "waiting for the link"));
	assert_int_equal(count_files(beto.downloads, ".part"), 1);
	/* Given up, its part file goes. */
	person_type(&beto, "/cancel");
	assert_true(person_sees(&beto, "you cancelled 'large.bin'"));
	assert_true(person_quits(&beto));
	assert_int_equal(count_files(beto.downloads, NULL), 0);
	part(&ana, &beto);
}

static void
test_stalled(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(ana.home, "large.bin"), LARGE, 4);
	start_large(&ana, &beto);
	screen_signal(beto.screen, SIGSTOP);
	assert_true(person_sees(&ana, "stalled"));
	screen_signal(beto.screen, SIGCONT);
	assert_true(person_sees(&ana, "beto received 'large.bin', verified"));
	assert_true(files_equal(in_folder(ana.home, "large.bin"),
	    in_folder(beto.downloads, "large.bin")));
	part(&ana, &beto);
}

static void
test_quit_asks_once(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	make_endless(&ana);
	start_large(&ana, &beto);
	screen_signal(beto.screen, SIGSTOP);
	person_type(&ana, "/quit");
	assert_true(person_sees(&ana, "/quit again leaves"));
	person_type(&ana, "/quit");
	assert_true(screen_wait_exit(ana.screen, 0, NULL));
	screen_signal(beto.screen, SIGCONT);
	assert_true(person_sees(&beto, "waiting for the link"));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_ways_while_talking),
	    cmocka_unit_test(test_names_and_sizes),
	    cmocka_unit_test(test_existing_names_are_left_alone),
	    cmocka_unit_test(test_refused_and_impossible),
	    cmocka_unit_test(test_cancel_from_each_side),
	    cmocka_unit_test(test_peer_killed_in_the_middle),
	    cmocka_unit_test(test_stalled),
	    cmocka_unit_test(test_quit_asks_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
