/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A transfer of very many entries, nearly all of them empty files: how long
 * until the receiver is asked, until the list of it opens, and until a key in
 * it has done its work; how long the whole takes once it is accepted; and what
 * both sides need of memory on the way. ENTRIES=100000 (files and folders),
 * FOLDER=/dev/shm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/bench.h"
#include "tests/bench/many_files.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/trees.h"

enum {
	DEADLINE_MS = 600 * 1000,
	PAGES = 20,
	LIST_ROW = 5, /* one of the rows that the list stands in */
	COLS = 100,   /* no sentence is broken */
};

#define KEYS_CTRL_HOME "\033[1;5H"
#define KEYS_CTRL_END  "\033[1;5F"

struct bench {
	char from[4096]; /* holds the tree and nothing else */
	char tree[4096 + 16];
	char first[64], last[64]; /* lines of the list */
	struct person ana, beto;  /* beto sends to ana */
};

/* What both need now, and needed at most since the last time. */
static void
say_memory(const struct bench *b, const char *when)
{
	const struct person *who[] = {&b->ana, &b->beto};

	printf("  %s:", when);
	for (int i = 0; i < 2; i++) {
		pid_t pid = screen_pid(who[i]->screen);

		printf(" %s %.1f MB, at most %.1f MB%s", who[i]->name,
		    (double)bench_resident_kb(pid) * 1024 / 1e6,
		    (double)bench_peak_kb(pid) * 1024 / 1e6,
		    i == 0 ? ";" : "\n");
		bench_forget_peak(pid);
	}
	fflush(stdout);
}

/* Milliseconds from the keys until somebody's screen shows text. */
static double
keys_ms(struct person *typing, const char *keys, struct person *who,
    const char *text)
{
	double begin = bench_now();

	screen_keys(typing->screen, keys);
	assert_true(screen_wait_text(who->screen, text, DEADLINE_MS));
	return (bench_now() - begin) * 1e3;
}

/* The same for a line and its Enter, which is what counts. */
static double
line_ms(struct person *typing, const char *line, struct person *who,
    const char *text)
{
	screen_keys(typing->screen, line);
	screen_wait_read(typing->screen);
	return keys_ms(typing, KEYS_ENTER, who, text);
}

struct other_row {
	struct screen *s;
	char text[SCREEN_ROW_MAX];
};

static bool
is_other_row(void *arg)
{
	struct other_row *row = arg;
	char text[SCREEN_ROW_MAX];

	return strcmp(screen_row_text(row->s, LIST_ROW, text), row->text) != 0;
}

static double
page_ms(struct person *p)
{
	struct other_row row = {.s = p->screen};
	double begin;

	screen_row_text(p->screen, LIST_ROW, row.text);
	begin = bench_now();
	screen_keys(p->screen, KEYS_PAGE_DOWN);
	assert_true(
	    screen_wait_for(is_other_row, &row, "shows another page", 0));
	return (bench_now() - begin) * 1e3;
}

static void
look_through(struct person *p, const struct bench *b)
{
	static struct bench_samples pages;

	printf("the list opens in %.1f ms\n", line_ms(p, "/show", p, b->first));
	for (int i = 0; i < PAGES; i++)
		bench_add(&pages, page_ms(p));
	bench_say("PgDn", "pages", &pages);
	printf(
	    "Ctrl-End takes %.1f ms, ", keys_ms(p, KEYS_CTRL_END, p, b->last));
	printf("Ctrl-Home %.1f ms\n", keys_ms(p, KEYS_CTRL_HOME, p, b->first));
	say_memory(b, "with the list open");
	screen_keys(p->screen, KEYS_ESCAPE);
	assert_true(person_sees_no(p, b->first));
}

static void
run(void **state)
{
	struct bench *b = *state;
	struct person *ana = &b->ana, *beto = &b->beto;
	double asked, took;

	meet(ana, beto);
	say_memory(b, "before");
	asked = line_ms(
	    beto, text_of("/send %s", b->tree), ana, "question: /accept");
	printf("the question is there after %.2f s\n", asked / 1e3);
	say_memory(b, "at the question");
	look_through(ana, b);
	took = line_ms(ana, "/accept", beto, "ana received 'tree/', verified");
	printf("accepted, all is there after %.2f s more\n", took / 1e3);
	say_memory(b, "during the transfer");
	assert_true(person_quits(beto));
	assert_true(trees_equal(b->from, ana->downloads));
	printf("what arrived is equal\n");
	part(ana, beto);
}

static void
make_entries(struct bench *b, long entries)
{
	/* The folder at the top, and a folder with each so many files. */
	long files = (entries - 1) * MANY_IN_FOLDER / (MANY_IN_FOLDER + 1);
	long last = files - 1;

	assert_true(files > 0);
	snprintf(b->tree, sizeof(b->tree), "%s/tree", b->from);
	make_many_files(b->tree, files, 0);
	snprintf(b->first, sizeof(b->first), "tree/d00000/f00");
	snprintf(b->last, sizeof(b->last), "tree/d%05ld/f%02ld",
	    last / MANY_IN_FOLDER, last % MANY_IN_FOLDER);
}

static int
begin(void **state)
{
	static struct bench b;

	bench_use_folder();
	make_temp_dir(b.from, sizeof(b.from));
	b.ana.cols = b.beto.cols = COLS;
	make_entries(&b, bench_number("ENTRIES", 100000));
	*state = &b;
	return 0;
}

/* Also where the measuring has failed on the way. */
static int
end(void **state)
{
	struct bench *b = *state;

	part(&b->ana, &b->beto);
	remove_tree(b->from);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(run, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
