/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was under way when both left goes on when both are back: messages
 * that waited, a file that was half there. And two who call each other at
 * once end up on one link.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"

enum {
	MIB = 1024 * 1024,
	FILE_SIZE = 64 * MIB,
	HALF = 30 * MIB,
	TCP_ESTABLISHED = 1,
	CALLS = 20,
	CALLS_SLOW = 5, /* under a sanitizer */
	CALM_MS = 300,
	CALM_LONG_MS = 1500, /* a link that was given up is called again */
};

static const char *
source(const struct pair *p)
{
	return in_folder(p->beto.home, "large.bin");
}

static const char *
target(const struct pair *p)
{
	return in_folder(p->ana.downloads, "large.bin");
}

/* beto sends a file, of which about half gets through. */
static void
send_half(struct pair *p)
{
	make_file(source(p), FILE_SIZE, 11);
	person_type(&p->beto, text_of("/send %s", source(p)));
	assert_true(person_sees(&p->ana, "offers 'large.bin'"));
	proxy_hole_after(p->proxy, HALF);
	person_type(&p->ana, "/accept");
	assert_true(screen_wait_for(
	    proxy_is_hole, p->proxy, "half the file is through", 0));
}

static void
come_back(struct pair *p)
{
	proxy_cut(p->proxy, true);
	proxy_hole(p->proxy, false);
	person_start(&p->ana, "ana", NULL);
	assert_true(person_sees(&p->ana, "waiting for beto"));
	pair_call(p);
}

static void
arrives(struct pair *p)
{
	assert_true(person_sees(&p->ana, "received, verified:"));
	assert_true(
	    person_sees(&p->beto, "ana received 'large.bin', verified"));
	assert_true(files_equal(source(p), target(p)));
	assert_int_equal(count_files(p->ana.downloads, NULL), 1);
	for (int i = 0; i < 2; i++) {
		struct person *who = i == 0 ? &p->ana : &p->beto;

		person_type(who, "/transfers");
		assert_true(person_sees(who, "no transfers"));
	}
}

static void
test_both_leave_in_the_middle(void **state)
{
	struct proxy_state before, after;
	struct pair p = {.proxy = NULL};

	(void)state;
	pair_meet(&p);
	send_half(&p);
	for (int i = 1; i <= 3; i++) {
		person_type(&p.beto, text_of("waits, number %d", i));
		assert_true(
		    person_sees(&p.beto, text_of("beto> waits, number %d", i)));
	}
	person_leaves(&p.beto);
	person_leaves(&p.ana);
	assert_int_equal(count_files(p.ana.downloads, ".part"), 1);
	before = proxy_look(p.proxy);
	come_back(&p);
	for (int i = 1; i <= 3; i++) {
		const char *text = text_of("beto: waits, number %d", i);

		assert_true(person_sees(&p.ana, text));
		assert_int_equal(screen_count(p.ana.screen, text), 1);
	}
	assert_true(screen_wait_count(p.beto.screen, "\xe2\x9c\x93", 4, 0));
	assert_true(person_sees(&p.ana, "'large.bin' goes on at "));
	arrives(&p);
	/* What was there already was not sent again. */
	after = proxy_look(p.proxy);
	assert_true(
	    after.from_caller - before.from_caller < FILE_SIZE - HALF / 2);
	pair_end(&p);
}

/* The same name and size, other bytes; perhaps also the same time. */
static void
change_source(const struct pair *p, bool same_time)
{
	struct stat st;

	assert_int_equal(stat(source(p), &st), 0);
	make_file(source(p), FILE_SIZE, 12);
	if (same_time) {
		const struct timespec times[] = {st.st_atim, st.st_mtim};

		assert_int_equal(utimensat(AT_FDCWD, source(p), times, 0), 0);
	}
}

static void
source_changes(bool same_time)
{
	static const char words[] = "'large.bin' changed since; starting over";
	struct pair p = {.proxy = NULL};

	pair_meet(&p);
	send_half(&p);
	person_leaves(&p.beto);
	person_leaves(&p.ana);
	change_source(&p, same_time);
	come_back(&p);
	assert_true(person_sees(&p.beto, words));
	assert_true(person_sees(&p.ana, words));
	arrives(&p);
	pair_end(&p);
}

static void
test_source_changed_meanwhile(void **state)
{
	(void)state;
	source_changes(false);
}

/* Only the proof can tell. */
static void
test_source_changed_with_its_time_kept(void **state)
{
	(void)state;
	source_changes(true);
}

/* The stick with the file is not in at a meeting, and is at the next. */
static void
test_source_away_for_a_while(void **state)
{
	struct pair p = {.proxy = NULL};
	const char *away;

	(void)state;
	pair_meet(&p);
	send_half(&p);
	person_leaves(&p.beto);
	person_leaves(&p.ana);
	away = in_folder(p.beto.home, "elsewhere");
	assert_int_equal(rename(source(&p), away), 0);
	come_back(&p);
	assert_true(person_sees(&p.beto, "tried again at the next meeting"));
	assert_int_equal(count_files(p.ana.downloads, ".part"), 1);
	person_leaves(&p.beto);
	assert_int_equal(rename(away, source(&p)), 0);
	pair_call(&p);
	assert_true(person_sees(&p.beto, "'large.bin' goes on at"));
	arrives(&p);
	pair_end(&p);
}

/* Gone on with after kill -9 of both, too. */
static void
test_both_die_in_the_middle(void **state)
{
	struct pair p = {.proxy = NULL};

	(void)state;
	pair_meet(&p);
	send_half(&p);
	person_type(&p.beto, "my last words");
	assert_true(person_sees(&p.beto, "beto> my last words"));
	person_dies(&p.beto);
	person_dies(&p.ana);
	come_back(&p);
	assert_true(person_sees(&p.ana, "beto: my last words"));
	arrives(&p);
	assert_int_equal(screen_count(p.ana.screen, "my last words"), 1);
	pair_end(&p);
}

/*
 * The state and the local port of a line of /proc/net/tcp, "0: 0100007F:1B3D
 * 0100007F:9C40 01 ..."; false: it is no such line.
 */
static bool
read_link(const char *line, unsigned long *port, unsigned long *state)
{
	const char *number = strchr(line, ':'), *local, *remote;
	char *end;

	local = number != NULL ? strchr(number + 1, ':') : NULL;
	if (local == NULL)
		return false;
	*port = strtoul(local + 1, &end, 16);
	remote = strchr(end, ':');
	if (remote == NULL)
		return false;
	(void)strtoul(remote + 1, &end, 16);
	*state = strtoul(end, NULL, 16);
	return true;
}

/* Established connections that end at one of their ports, seen from there. */
static int
count_links(const struct person *a, const struct person *b)
{
	FILE *f = fopen("/proc/net/tcp", "r");
	unsigned long port, state;
	char line[512];
	int count = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		count += read_link(line, &port, &state) &&
			 state == TCP_ESTABLISHED &&
			 (port == a->port || port == b->port);
	fclose(f);
	return count;
}

/* Told once in the log, and in the status line. */
static void
stays_connected(struct person *p)
{
	if (screen_count(p->screen, "connected with") == 2 &&
	    screen_count(p->screen, "lost") == 0)
		return;
	screen_dump(p->screen, stderr);
	fail_msg("%s was connected more than once", p->name);
}

/* Started at the same moment, each with the other's address. */
static void
call_each_other(struct person *ana, struct person *beto, int number)
{
	const char *a = text_of("ana says %d", number);
	const char *b = text_of("beto says %d", number);
	int calm_ms = number % 5 == 0 ? CALM_LONG_MS : CALM_MS;

	person_call(ana, "ana", beto);
	person_call(beto, "beto", ana);
	assert_true(person_sees(ana, "connected with beto at"));
	assert_true(person_sees(beto, "connected with ana at"));
	person_type(ana, a);
	person_type(beto, b);
	assert_true(person_sees(ana, text_of("beto: %s", b)));
	assert_true(person_sees(beto, text_of("ana: %s", a)));
	assert_true(screen_wait_quiet(ana->screen, calm_ms, 0));
	assert_true(screen_wait_quiet(beto->screen, calm_ms, 0));
	stays_connected(ana);
	stays_connected(beto);
	assert_int_equal(count_links(ana, beto), 1);
	assert_true(person_quits(ana));
	assert_true(person_quits(beto));
}

static void
test_calling_each_other_at_once(void **state)
{
	const char *asked = getenv("CALLS"); /* 200, say */
	int calls = getenv("CHARLA_TEST_SLOW") ? CALLS_SLOW : CALLS;
	struct person ana = {0}, beto = {0};

	(void)state;
	if (asked != NULL)
		calls = (int)strtol(asked, NULL, 10);
	meet(&ana, &beto);
	person_type(&ana, "hola");
	assert_true(screen_wait_count(ana.screen, "\xe2\x9c\x93", 1, 0));
	assert_true(person_quits(&beto));
	assert_true(person_quits(&ana));
	for (int i = 0; i < calls; i++)
		call_each_other(&ana, &beto, i);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_leave_in_the_middle),
	    cmocka_unit_test(test_source_changed_meanwhile),
	    cmocka_unit_test(test_source_changed_with_its_time_kept),
	    cmocka_unit_test(test_source_away_for_a_while),
	    cmocka_unit_test(test_both_die_in_the_middle),
	    cmocka_unit_test(test_calling_each_other_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
