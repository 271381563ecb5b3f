/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two people on one network who see each other, call by name, leave, and come
 * back; and Avahi, which does too. Each sits at a machine of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/neighbourhood.h"

/* Of a record (RFC 6762, 10) and some more. */
enum { RECORD_MS = 150 * 1000, CALLS = 3, CALM_MS = 300 };

static bool allowed; /* found out once, in main */

/* How long something took, for whoever reads the log. */
static void
took(const char *what, uint64_t since)
{
	printf("%s: %llu ms\n", what,
	    (unsigned long long)(clock_mono_ms() - since));
}

/* "  1  beto  new  10.69.73.2, and 1 more", with any blanks between. */
static void
sees_row(
    struct person *p, const char *name, const char *trust, const char *where)
{
	char row[SCREEN_ROW_MAX];
	int at;

	assert_true(person_sees(p, where));
	at = screen_find(p->screen, where, NULL);
	screen_row_text(p->screen, at, row);
	assert_non_null(strstr(row, name));
	assert_non_null(strstr(row, trust));
}

static void
accepted(struct person *caller, struct person *callee)
{
	assert_true(person_sees(callee, text_of("%s knocks", caller->name)));
	person_type(callee, "/accept");
	assert_true(person_sees(caller, "connected with"));
	assert_true(
	    person_sees(callee, text_of("connected with %s", caller->name)));
}

static void
parts(struct neighbourhood *h, struct person *ana, struct person *beto)
{
	person_release(ana);
	person_release(beto);
	neighbourhood_close(h);
}

/* One line each, however many addresses; then a call by name. */
static void
test_see_and_call(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;
	uint64_t begun;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	begun = clock_mono_ms();
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	sees_row(&beto, "ana", "new", "10.69.73.1");
	took("both see each other", begun);
	assert_true(person_sees(&ana, ", and 1 more"));
	assert_int_equal(screen_count(ana.screen, "beto"), 1);
	assert_int_equal(screen_count(ana.screen, "not seen"), 0);
	person_type(&ana, "/connect BETO");
	accepted(&ana, &beto);
	assert_true(person_sees_no(&ana, "nearby;"));
	/* Other ways to one machine are tried, and are no news there. */
	assert_int_equal(screen_count(beto.screen, "did not get"), 0);
	assert_int_equal(screen_count(beto.screen, "without saying"), 0);
	parts(&h, &ana, &beto);
}

/* With a goodbye, and without one. */
static void
test_leave(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;
	uint64_t begun;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	for (int i = 0; i < 2; i++) {
		begun = clock_mono_ms();
		neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
		sees_row(&ana, "1  beto", "new", "10.69.73.2");
		took("who started is seen", begun);
		begun = clock_mono_ms();
		if (i == 0)
			assert_true(person_quits(&beto));
		else
			person_dies(&beto);
		assert_true(person_sees_no(&ana, "beto"));
		assert_true(person_sees_no(&ana, "nearby;"));
		took(i == 0 ? "who left is gone" : "who was killed is gone",
		    begun);
	}
	parts(&h, &ana, &beto);
}

/* A machine that is gone, with all that could say goodbye. */
static void
test_machine_gone(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;
	uint64_t begun;

	(void)state;
	if (!allowed || getenv("CHARLA_TEST_SLOW") == NULL)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	begun = clock_mono_ms();
	avahi_signal(h.avahi[NETNS_BETO], SIGKILL);
	avahi_ended(h.avahi[NETNS_BETO]);
	assert_true(screen_wait_gone(ana.screen, "beto", RECORD_MS));
	took("whose machine is gone is gone", begun);
	parts(&h, &ana, &beto);
}

static void
test_avahi_again(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;
	struct avahi *avahi;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	avahi = h.avahi[NETNS_ANA];
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	sees_row(&beto, "ana", "new", "10.69.73.1");
	avahi_signal(avahi, SIGTERM);
	avahi_ended(avahi);
	assert_true(person_sees(&ana, "Avahi has stopped"));
	assert_true(person_sees_no(&ana, "nearby;"));
	assert_true(person_sees_no(&beto, "10.69.73.1"));
	avahi_again(avahi);
	assert_true(person_sees(&ana, "Avahi is back"));
	sees_row(&ana, "beto", "new", "10.69.73.2");
	sees_row(&beto, "ana", "new", "10.69.73.1");
	/* Killed, it cannot say goodbye to anybody. */
	avahi_signal(avahi, SIGKILL);
	avahi_ended(avahi);
	assert_true(screen_wait_count(ana.screen, "Avahi has stopped", 2, 0));
	avahi_again(avahi);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	person_type(&beto, "/connect ana");
	accepted(&beto, &ana);
	parts(&h, &ana, &beto);
}

/* All are called ana: told apart, and called by number. */
static void
test_one_name(void **state)
{
	struct person ana = {0}, second = {0}, third = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &second, "ana", NULL);
	sees_row(&ana, "1  ana ", "new", "10.69.73.2");
	sees_row(&second, "1  ana ", "new", "10.69.73.1");
	neighbour_start(&h, NETNS_BETO, &third, "Ana", NULL);
	assert_true(person_sees(&ana, "2  Ana ["));
	assert_true(person_sees(&ana, "1  ana ["));
	assert_int_equal(screen_count(ana.screen, "#2"), 0);
	person_type(&ana, "/connect ana");
	assert_true(person_sees(&ana, "several are called 'ana': ana ["));
	person_type(&ana, "/connect 2");
	assert_true(person_sees(&third, "] knocks"));
	assert_true(person_sees(&ana, "ringing: Ana"));
	person_release(&third);
	parts(&h, &ana, &second);
}

/* charla NAME, before and after whose name it is comes. */
static void
test_name_at_start(void **state)
{
	static const char *const call_ana[] = {"ana", NULL};
	static const char *const call_carla[] = {"Carla María", NULL};
	struct person ana = {0}, beto = {0}, carla = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", call_ana);
	assert_true(person_sees(&beto, "next try at"));
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	accepted(&beto, &ana);
	assert_true(person_quits(&beto));
	neighbour_start(&h, NETNS_BETO, &beto, "beto", call_ana);
	assert_true(person_sees(&ana, "connected with beto"));
	assert_true(person_quits(&beto));
	neighbour_start(&h, NETNS_BETO, &beto, "beto", call_carla);
	assert_true(person_sees(&beto, "waiting until Carla"));
	neighbour_start(&h, NETNS_ANA, &carla, "Carla María", NULL);
	assert_true(person_sees(&carla, "beto knocks"));
	person_release(&carla);
	parts(&h, &ana, &beto);
}

/* It says so once, and not that anything was lost. */
static void
connected_once(struct person *p, const char *whom)
{
	const char *words = text_of("connected with %s at", whom);

	assert_true(person_sees(p, words));
	assert_true(screen_wait_quiet(p->screen, CALM_MS, 0));
	if (screen_count(p->screen, words) == 1 &&
	    screen_count(p->screen, "lost") == 0)
		return;
	screen_dump(p->screen, stderr);
	fail_msg("%s was connected more than once", p->name);
}

/* Both call the other by name, at the same moment; later from the start. */
static void
test_both_call(void **state)
{
	static const char *const call_ana[] = {"ana", NULL};
	static const char *const call_beto[] = {"beto", NULL};
	const char *asked = getenv("CALLS"); /* 200, say */
	int calls = asked != NULL ? (int)strtol(asked, NULL, 10) : CALLS;
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	sees_row(&beto, "ana", "new", "10.69.73.1");
	person_type(&beto, "/connect ana");
	accepted(&beto, &ana);
	for (int i = 0; i < calls; i++) {
		assert_true(person_quits(&ana));
		assert_true(person_quits(&beto));
		neighbour_start(&h, NETNS_ANA, &ana, "ana", call_beto);
		neighbour_start(&h, NETNS_BETO, &beto, "beto", call_ana);
		connected_once(&ana, "beto");
		connected_once(&beto, "ana");
		person_type(&ana, text_of("ana says %d", i));
		person_type(&beto, text_of("beto says %d", i));
		assert_true(person_sees(&beto, text_of("ana: ana says %d", i)));
		assert_true(
		    person_sees(&ana, text_of("beto: beto says %d", i)));
	}
	parts(&h, &ana, &beto);
}

/* Who is known is found at an address where they never were. */
static void
test_moved(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&beto, "ana", "new", "10.69.73.1");
	person_type(&beto, "/connect ana");
	accepted(&beto, &ana);
	person_type(&beto, "/rename ana La Ana");
	assert_true(person_sees(&beto, "ana is called La Ana here"));
	assert_true(person_quits(&beto));
	/* Another prefix length: else it would go with the old one. */
	netns_run(h.net, NETNS_ANA,
	    "ip addr add 10.69.73.99/25 dev cable && "
	    "ip addr del 10.69.73.1/24 dev cable");
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&beto, "La Ana", "known, UNVERIFIED", "10.69.73.99");
	person_type(&beto, "/connect la ana");
	assert_true(person_sees(&ana, "connected with beto"));
	assert_true(person_sees(&beto, "connected with La Ana at"));
	person_type(&beto, "/peers");
	assert_true(person_sees(&beto, "La Ana (who says: ana)"));
	parts(&h, &ana, &beto);
}

/* Not shown, and not let in. */
static void
test_blocked(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	sees_row(&beto, "ana", "new", "10.69.73.1");
	person_type(&ana, "/block beto");
	assert_true(person_sees(&ana, "beto is blocked"));
	assert_true(person_sees_no(&ana, "nearby;"));
	person_type(&beto, "/connect ana");
	assert_true(person_sees(&beto, "ana said no"));
	assert_int_equal(screen_count(ana.screen, "knocks"), 0);
	person_type(&ana, "/connect beto");
	assert_true(person_sees(&ana, "/unblock first"));
	person_type(&ana, "/clear");
	person_type(&ana, "/unblock beto");
	sees_row(&ana, "beto", "known", "10.69.73.2");
	person_type(&beto, "/connect ana");
	accepted(&beto, &ana);
	parts(&h, &ana, &beto);
}

/* Only lines: one for who comes, and one for who goes. */
static void
test_in_lines(void **state)
{
	static const char *const plain[] = {"--plain", NULL};
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", plain);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	assert_true(person_sees(&ana, "nearby: 1: beto at 10.69.73.2"));
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "no longer nearby: beto"));
	parts(&h, &ana, &beto);
}

/* Avahi stands still: nobody else does. */
static void
test_avahi_hangs(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	assert_true(person_sees(&beto, "waiting for a call"));
	avahi_signal(h.avahi[NETNS_ANA], SIGSTOP);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "/nick Ana");
	assert_true(person_sees(&ana, "you are called Ana now"));
	person_type(&ana, text_of("/connect 10.69.73.2:%d", beto.port));
	assert_true(person_sees(&beto, "Ana knocks"));
	assert_true(person_quits(&ana));
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	avahi_signal(h.avahi[NETNS_ANA], SIGCONT);
	sees_row(&ana, "beto", "new", "10.69.73.2");
	parts(&h, &ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_see_and_call),
	    cmocka_unit_test(test_leave),
	    cmocka_unit_test(test_machine_gone),
	    cmocka_unit_test(test_avahi_again),
	    cmocka_unit_test(test_one_name),
	    cmocka_unit_test(test_name_at_start),
	    cmocka_unit_test(test_both_call),
	    cmocka_unit_test(test_moved),
	    cmocka_unit_test(test_blocked),
	    cmocka_unit_test(test_in_lines),
	    cmocka_unit_test(test_avahi_hangs),
	};

	allowed = avahi_allowed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
