/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A long history: what it costs at the start, in memory, page by page, to its
 * first line, and to search in, while keys are typed. MESSAGES=1000000,
 * PAGES=200, FOLDER (where it lies; else a temporary one).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/store.h"
#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

enum {
	QUEUED_MAX = 20000, /* lines that wait for the store at a time */
	SAMPLES_MAX = 10000,
	DEADLINE_MS = 60 * 1000,
	ECHO_KEYS_MAX = 60,
};

static const char mark[] = "entry ";
static const char rare_word[] = "quetzalcoatl";

/* Filling the history through the store. */
struct filling {
	struct store *store;
	bool opened;
	uint64_t epoch;
	uint8_t key[STORE_KEY_LEN];
	long queued;
	bool failed;
};

static void
on_opened(
    void *arg, const struct store_memory *memory, const struct reason *why)
{
	struct filling *f = arg;

	if (memory == NULL)
		fail_msg("%s", why->text);
	assert_int_equal(memory->peer_count, 1);
	memcpy(f->key, memory->peers[0].key, STORE_KEY_LEN);
	f->epoch = memory->epoch;
	f->opened = true;
}

static void
on_put(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	struct filling *f = arg;

	(void)number;
	(void)why;
	f->queued--;
	f->failed = f->failed || !ok;
}

static void
dispatch(struct filling *f)
{
	struct pollfd fd = {.fd = store_fd(f->store), .events = POLLIN};

	poll(&fd, 1, -1);
	store_dispatch(f->store);
	assert_false(f->failed);
}

/* Both sides by turns, as in a talk; the rare word stands in one line. */
static void
put(struct filling *f, long i, long lines)
{
	char text[256];
	struct store_line line = {
	    .own = i % 2 == 0,
	    .epoch = i % 2 == 0 ? f->epoch : f->epoch / 2 + 1,
	    .seq = (uint64_t)(i / 2 + 1),
	    .previous = (uint64_t)(i / 2),
	    .kind = 1,
	    .stored = i % 2 == 0,
	    .time_ms = clock_utc_ms() - (lines - i) * 1000,
	    .text = text,
	};

	memcpy(line.key, f->key, STORE_KEY_LEN);
	line.text_len = (size_t)snprintf(text, sizeof(text),
	    "%s%08ld, and some words number%ld of an ordinary length %s", mark,
	    i, i % 5000, i == lines / 3 ? rare_word : "");
	f->queued++;
	store_put_line(f->store, &line, true, on_put, f);
}

static void
fill(const struct person *p, long lines)
{
	struct filling f = {.queued = 0};
	struct store_config config = {
	    .peers_path = in_folder(p->data, "peers.db"),
	    .history_path = in_folder(p->data, "charla.db"),
	    .opened = on_opened,
	    .arg = &f,
	};
	double begin = bench_now();

	f.store = store_open(&config);
	while (!f.opened)
		dispatch(&f);
	for (long i = 0; i < lines; i++) {
		put(&f, i, lines);
		while (f.queued >= QUEUED_MAX)
			dispatch(&f);
	}
	while (f.queued > 0)
		dispatch(&f);
	store_close(f.store);
	printf("%ld lines written in %.1f s\n", lines, bench_now() - begin);
	fflush(stdout);
}

/* The number of the first entry that is to be seen; -1: none. */
static long
first_entry(struct person *p)
{
	char row[SCREEN_ROW_MAX];
	const char *found;

	for (int r = 1; r < p->rows - 2; r++) {
		found = strstr(screen_row_text(p->screen, r, row), mark);
		if (found != NULL)
			return strtol(found + strlen(mark), NULL, 10);
	}
	return -1;
}

/* Until the first entry is before or, where equal, at this one; ms. */
static double
wait_first(struct person *p, double begin, long number, bool at)
{
	long now;

	do {
		screen_pump(1);
		now = first_entry(p);
	} while ((at ? now != number : now == -1 || now >= number) &&
		 bench_now() - begin < DEADLINE_MS / 1e3);
	return (bench_now() - begin) * 1e3;
}

static void
print_resident(struct person *p, const char *when)
{
	printf("resident %s: %.1f MB\n", when,
	    (double)bench_resident_kb((long)screen_pid(p->screen)) / 1e3);
}

static void
start(struct person *p, long lines)
{
	double begin = bench_now(), frame;

	person_start(p, "ana", NULL);
	while (screen_find(p->screen, ">", NULL) < 0)
		screen_pump(1);
	frame = bench_now() - begin;
	assert_true(screen_wait_text(
	    p->screen, text_of("%s%08ld", mark, lines - 1), DEADLINE_MS));
	printf("first frame %.1f ms, the last line on the screen %.1f ms\n",
	    frame * 1e3, (bench_now() - begin) * 1e3);
	print_resident(p, "at the start");
}

static void
scroll(struct person *p, long pages)
{
	static double ms[SAMPLES_MAX];
	double begin;

	for (long i = 0; i < pages; i++) {
		long before = first_entry(p);

		begin = bench_now();
		screen_keys(p->screen, KEYS_PAGE_UP);
		ms[i] = wait_first(p, begin, before, false);
	}
	printf("PgUp, %ld pages: median %.1f ms, 99 of 100 within %.1f ms\n",
	    pages, bench_quantile(ms, (size_t)pages, 0.5),
	    bench_quantile(ms, (size_t)pages, 0.99));
	begin = bench_now();
	screen_keys(p->screen, "\033[1;5H"); /* Ctrl-Home */
	printf("Ctrl-Home: %.1f ms\n", wait_first(p, begin, 0, true));
	begin = bench_now();
	screen_keys(p->screen, "\033[1;5F"); /* Ctrl-End */
	screen_wait_quiet(p->screen, 200, 0);
	print_resident(p, "after that");
}

/* Type one key and wait for its echo; milliseconds. */
static double
echo_ms(struct person *p)
{
	int row, column, now_row, now_column;
	double begin;

	screen_cursor(p->screen, &row, &column);
	begin = bench_now();
	screen_keys(p->screen, "k");
	do {
		screen_pump(1);
		screen_cursor(p->screen, &now_row, &now_column);
	} while (
	    now_row == row && now_column == column && bench_now() - begin < 5);
	return (bench_now() - begin) * 1e3;
}

/* Keys are typed until it is found, and as many in any case. */
static void
search(struct person *p, const char *word)
{
	double begin, found = 0, worst = 0;
	const char *shown = text_of("'%s' 1 of", word);
	int keys = 0;

	person_type(p, "/clear");
	screen_keys(p->screen, text_of("/search %s", word));
	assert_true(screen_wait_read(p->screen));
	begin = bench_now();
	screen_keys(p->screen, KEYS_ENTER);
	while (keys < ECHO_KEYS_MAX) {
		double ms = echo_ms(p);

		keys++;
		worst = ms > worst ? ms : worst;
		if (found == 0 && screen_find(p->screen, shown, NULL) >= 0)
			found = (bench_now() - begin) * 1e3;
	}
	assert_true(screen_wait_text(p->screen, shown, DEADLINE_MS));
	if (found == 0)
		found = (bench_now() - begin) * 1e3;
	screen_keys(p->screen, KEYS_CTRL('u'));
	printf("/search %s: shown after %.1f ms; worst echo of %d keys "
	       "%.1f ms\n",
	    word, found, keys, worst);
}

static void
run(void **state)
{
	long lines = bench_number("MESSAGES", 1000000);
	long pages = bench_number("PAGES", 200);
	struct person ana = {.rows = 50, .cols = 120}, beto = {0};

	(void)state;
	assert_true(lines > 0 && pages > 0 && pages <= SAMPLES_MAX);
	if (getenv("FOLDER") != NULL)
		setenv("TMPDIR", getenv("FOLDER"), 1);
	meet(&ana, &beto);
	assert_true(person_quits(&ana));
	person_release(&beto);
	fill(&ana, lines);
	start(&ana, lines);
	scroll(&ana, pages);
	search(&ana, rare_word);
	search(&ana, "ordinary");
	print_resident(&ana, "at the end");
	assert_true(person_quits(&ana));
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
