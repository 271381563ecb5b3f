/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Networks that come and go: a link that is down for 20 s, an address that
 * changes in the middle of a file, lost packets, a peer that stands still
 * for 30 s. What waited goes when it can, and the status line tells the truth
 * meanwhile. Most of it needs two network namespaces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/netns.h"
#include "tests/e2e/pausing.h"

enum {
	DOWN_MS = 20 * 1000,
	STOPPED_MS = 30 * 1000,
	LATE_MS = 60 * 1000, /* deadline: until all is well again */
	LARGE = 200 * 1024 * 1024,
	LOSSY = 4 * 1024 * 1024,
	LOSSY_LINES = 30,
	RETRY_MAX_S = 10,
	DAY_S = 24 * 3600,
};

static bool allowed; /* network namespaces; found out once, in main */

/* Seconds since midnight on the clock that both persons use (UTC). */
static int
clock_s(void)
{
	return (int)(time(NULL) % DAY_S);
}

/* The time ("14:03:07") behind words in the status line; -1: none. */
static int
status_time(struct person *p, const char *words)
{
	char row[SCREEN_ROW_MAX];
	int rows, cols, seconds = 0;
	char *next;

	screen_size(p->screen, &rows, &cols);
	screen_row_text(p->screen, rows - 2, row);
	next = strstr(row, words);
	if (next == NULL)
		return -1;
	next += strlen(words);
	for (int i = 0; i < 3; i++) {
		seconds = seconds * 60 + (int)strtol(next, &next, 10);
		next += *next == ':';
	}
	return seconds;
}

static int
seconds_from(int from, int to)
{
	return (to - from + DAY_S) % DAY_S;
}

/* It says so, and since when; begun: the clock when the trouble began. */
static void
check_lost(struct person *p, const char *words, int begun)
{
	int since;

	assert_true(screen_wait_text(p->screen, words, LATE_MS));
	since = status_time(p, words);
	assert_int_not_equal(since, -1);
	assert_in_range(seconds_from(begun, since), 0,
	    (uintmax_t)seconds_from(begun, clock_s()));
}

/* Whoever calls says when the next try is: it is not past, nor far away. */
static void
check_next_try(struct person *p)
{
	static const char words[] = "next try at ";
	int next = -1, before = 0;

	while (next == -1) {
		assert_true(screen_wait_text(p->screen, words, LATE_MS));
		before = clock_s();
		next = status_time(p, words);
	}
	/* One second for what was drawn and not read yet. */
	assert_in_range(seconds_from(before - 1, next), 0, RETRY_MAX_S + 2);
}

static void
sees_connected(struct person *ana, struct person *beto)
{
	assert_true(
	    screen_wait_row(ana->screen, 22, "connected with beto", LATE_MS));
	assert_true(
	    screen_wait_row(beto->screen, 22, "connected with ana", LATE_MS));
}

/* As meet(), with each on a machine of its own. */
static void
meet_apart(struct netns *n, struct person *ana, struct person *beto)
{
	netns_person(n, NETNS_ANA, ana, "ana", NULL);
	assert_true(person_sees(ana, "waiting for a call"));
	netns_person(n, NETNS_BETO, beto, "beto",
	    text_of(NETNS_ANA_ADDRESS ":%d", ana->port));
	assert_true(person_sees(ana, "beto knocks"));
	person_type(ana, "/accept");
	sees_connected(ana, beto);
	person_type(ana, "from ana, before");
	person_type(beto, "from beto, before");
	assert_true(person_sees(ana, "beto: from beto, before"));
	assert_true(person_sees(beto, "ana: from ana, before"));
}

/* Typed while the other was away: it came, once. */
static void
came_once(struct person *to, const char *text)
{
	assert_true(screen_wait_text(to->screen, text, LATE_MS));
	assert_int_equal(screen_count(to->screen, text), 1);
}

static void
test_link_down(void **state)
{
	struct person ana = {0}, beto = {0};
	struct netns *n;
	uint64_t end_ms;
	int begun;

	(void)state;
	if (!allowed)
		skip();
	n = netns_new();
	meet_apart(n, &ana, &beto);
	begun = clock_s();
	end_ms = clock_mono_ms() + DOWN_MS;
	netns_run(n, NETNS_BETO, "ip link set cable down");
	person_type(&ana, "from ana, meanwhile");
	person_type(&beto, "from beto, meanwhile");
	check_lost(&ana, "lost beto at ", begun);
	check_lost(&beto, "lost ana at ", begun);
	check_next_try(&beto);
	pause_until(end_ms);
	assert_int_equal(screen_count(ana.screen, "beto, meanwhile"), 0);
	netns_run(n, NETNS_BETO, "ip link set cable up");
	sees_connected(&ana, &beto);
	came_once(&ana, "beto: from beto, meanwhile");
	came_once(&beto, "ana: from ana, meanwhile");
	part(&ana, &beto);
	netns_free(n);
}

/* machine gets address instead of the one it has, while a file runs. */
static void
move(int machine, const char *commands)
{
	struct person ana = {0}, beto = {0};
	struct netns *n;

	if (!allowed)
		skip();
	n = netns_new();
	meet_apart(n, &ana, &beto);
	make_file(in_folder(ana.home, "large.bin"), LARGE, 4);
	person_type(&ana, text_of("/send %s/large.bin", ana.home));
	assert_true(person_sees(&beto, "question: /accept"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&ana, "%"));
	/* So that it is not through before the address has changed. */
	screen_signal(beto.screen, SIGSTOP);
	netns_run(n, machine, commands);
	screen_signal(beto.screen, SIGCONT);
	person_type(&ana, "are you there?");
	assert_true(screen_wait_text(
	    ana.screen, "beto received 'large.bin', verified", LATE_MS));
	assert_true(
	    screen_wait_text(beto.screen, "received, verified:", LATE_MS));
	sees_connected(&ana, &beto);
	came_once(&beto, "ana: are you there?");
	assert_true(files_equal(in_folder(ana.home, "large.bin"),
	    in_folder(beto.downloads, "large.bin")));
	assert_int_equal(count_files(beto.downloads, NULL), 1);
	part(&ana, &beto);
	netns_free(n);
}

/* Another prefix length: else the new one would go with the old one. */
static void
test_caller_moves(void **state)
{
	(void)state;
	move(NETNS_BETO, "ip addr add 10.69.73.9/25 dev cable && "
			 "ip addr del " NETNS_BETO_ADDRESS "/24 dev cable");
}

/* Nobody can call it any more: it calls back. */
static void
test_listener_moves(void **state)
{
	(void)state;
	move(NETNS_ANA, "ip addr add 10.69.73.9/25 dev cable && "
			"ip addr del " NETNS_ANA_ADDRESS "/24 dev cable");
}

static void
test_lost_packets(void **state)
{
	struct person ana = {0}, beto = {0};
	struct netns *n = NULL;

	(void)state;
	if (allowed)
		n = netns_new_lossy(3);
	if (n == NULL)
		skip();
	meet_apart(n, &ana, &beto);
	make_file(in_folder(ana.home, "a.bin"), LOSSY, 5);
	make_file(in_folder(beto.home, "b.bin"), LOSSY, 6);
	person_type(&ana, text_of("/send %s/a.bin", ana.home));
	person_type(&beto, text_of("/send %s/b.bin", beto.home));
	assert_true(person_sees(&ana, "question: /accept"));
	assert_true(person_sees(&beto, "question: /accept"));
	person_type(&ana, "/accept");
	person_type(&beto, "/accept");
	for (int i = 0; i < LOSSY_LINES; i++) {
		person_type(&ana, text_of("ana counts %d.", i));
		person_type(&beto, text_of("beto counts %d.", i));
	}
	assert_true(screen_wait_text(
	    ana.screen, text_of("beto counts %d.", LOSSY_LINES - 1), LATE_MS));
	assert_true(screen_wait_text(
	    beto.screen, text_of("ana counts %d.", LOSSY_LINES - 1), LATE_MS));
	assert_true(screen_wait_gone(ana.screen, "%", LATE_MS));
	assert_true(screen_wait_gone(beto.screen, "%", LATE_MS));
	sees_connected(&ana, &beto);
	assert_true(files_equal(
	    in_folder(ana.home, "a.bin"), in_folder(beto.downloads, "a.bin")));
	assert_true(files_equal(
	    in_folder(beto.home, "b.bin"), in_folder(ana.downloads, "b.bin")));
	part(&ana, &beto);
	netns_free(n);
}

static void
test_peer_stands_still(void **state)
{
	struct person ana = {0}, beto = {0};
	uint64_t end_ms;
	int begun;

	(void)state;
	meet(&ana, &beto);
	begun = clock_s();
	end_ms = clock_mono_ms() + STOPPED_MS;
	screen_signal(ana.screen, SIGSTOP);
	person_type(&beto, "from beto, meanwhile");
	check_lost(&beto, "lost ana at ", begun);
	pause_until(end_ms);
	screen_signal(ana.screen, SIGCONT);
	sees_connected(&ana, &beto);
	came_once(&ana, "beto: from beto, meanwhile");
	person_type(&ana, "here I am again");
	came_once(&beto, "ana: here I am again");
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_link_down),
	    cmocka_unit_test(test_caller_moves),
	    cmocka_unit_test(test_listener_moves),
	    cmocka_unit_test(test_lost_packets),
	    cmocka_unit_test(test_peer_stands_still),
	};

	allowed = netns_allowed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
