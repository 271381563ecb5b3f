/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that are meant to deceive, or to play with the terminal, wherever they
 * come from and wherever they are shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/mdns.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/neighbourhood.h"
#include "tests/e2e/stranger.h"

enum {
	TALL = 60,
	WIDE = 120,
	LONGEST = 253,
	FIRST = 11110000,
	ESC = 033,
	ASKED = 6,
	/* of at most ten a minute, in one run */
};

static bool allowed; /* found out once, in main */

static const struct {
	const char *name;
	const char *shown; /* a part of it */
	bool apart;        /* the digits of the key stand behind it */
} names[] = {
    {"beto", "beto", true},
    {"\u200dBETO \u200c", "BETO", true},
    {"b\u0435to", "b\u0435to", true}, /* Cyrillic e */
    {"beto\u00a0", "beto", true},
    {"be\u200bto", "be<U+200B>to", false},
    {"beto [0123 4567]", "beto [0123 4567]", true},
    {"\033]0;owned\007", "\u241b]0;owned\u2407", false},
    {"\033[2J\033[1;1Hx", "\u241b[2J", false},
    {"\xc2\x9b"
     "31mred",
	"31mred", false},
    {"\u202eotor", "otor", false},
    {"\xff\xfe", "\ufffd\ufffd", false},
    {"a\nb spoke", "a\u240ab spoke", false},
    {"   ", "nameless", false},
    {"\u2800\u00a0", "nameless", true},
    {"%s%n%x", "%s%n%x", false},
    {"../../x", "../../x", false},
};

/* Nothing of it came to the terminal as anything but letters. */
static void
is_harmless(struct person *p)
{
	static const char *const never[] = {"\xc2\x9b", "\u202e",
	    "\033]0;owned", "\033[2J\033[1;1Hx", "a\nb spoke"};
	struct screen_modes modes;

	screen_modes(p->screen, &modes);
	assert_string_not_equal(modes.title, "owned");
	assert_null(strchr(modes.title, ESC));
	assert_int_equal(modes.bells, 0);
	for (size_t i = 0; i < COUNT(never); i++)
		assert_false(
		    screen_output_has(p->screen, never[i], strlen(never[i])));
}

/* Somewhere on the screen, with the digits of the key where it has to. */
static void
sees_name(struct person *p, size_t i)
{
	const char *shown =
	    names[i].apart ? text_of("%s [", names[i].shown) : names[i].shown;

	assert_true(person_sees(p, shown));
}

static void
get_to_know_beto(
    struct neighbourhood *h, struct person *ana, struct person *beto)
{
	neighbour_start(h, NETNS_ANA, ana, "ana", NULL);
	assert_true(person_sees(ana, "waiting for a call"));
	neighbour_start(h, NETNS_BETO, beto, "beto",
	    (const char *const[]){
		text_of("%s:%d", NETNS_ANA_ADDRESS, ana->port), NULL});
	assert_true(person_sees(ana, "beto knocks"));
	person_type(ana, "/accept");
	assert_true(person_sees(ana, "connected with beto"));
	assert_true(person_quits(beto));
	assert_true(person_sees(ana, "beto left"));
}

/* On the start screen, in /peers, and where Tab offers them. */
static void
test_announced(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = {0};
	struct neighbourhood h;
	char longest[LONGEST];

	(void)state;
	if (!allowed)
		skip();
	memset(longest, 'w', sizeof(longest));
	neighbourhood_open(&h);
	get_to_know_beto(&h, &ana, &beto);
	for (unsigned i = 0; i < COUNT(names); i++)
		mdns_announce(h.net, NETNS_BETO, FIRST + i, names[i].name,
		    strlen(names[i].name));
	mdns_announce(
	    h.net, NETNS_BETO, FIRST + COUNT(names), longest, sizeof(longest));
	/* The list says so where there is no room for all of them. */
	assert_true(
	    person_sees(&ana, text_of(" of %zu people", COUNT(names) + 1)));
	sees_name(&ana, 0);
	assert_int_equal(screen_count(ana.screen, "  beto  "), 0);
	is_harmless(&ana);

	person_type(&ana, "/clear");
	person_type(&ana, "/peers");
	/* One row each, and none of them passes for beto. */
	assert_true(
	    screen_wait_count(ana.screen, "nearby now", COUNT(names) + 1, 0));
	for (size_t i = 0; i < COUNT(names); i++)
		sees_name(&ana, i);
	assert_true(person_sees(&ana, "wwwwwwww\u2026"));
	assert_true(person_sees(&ana, "     beto    "));
	is_harmless(&ana);

	screen_keys(ana.screen, "/connect " KEYS_TAB KEYS_TAB);
	assert_true(person_sees(&ana, "new, nearby at"));
	is_harmless(&ana);
	screen_keys(ana.screen, KEYS_CTRL('u'));
	screen_keys(ana.screen, "/connect \u241b" KEYS_TAB);
	is_harmless(&ana);
	screen_keys(ana.screen, KEYS_CTRL('u'));
	person_type(&ana, "/connect BETO");
	/* The one who is known has the name to themselves. */
	assert_true(person_sees_no(&ana, "nearby;"));
	assert_int_equal(screen_count(ana.screen, "several are called"), 0);
	person_release(&ana);
	person_release(&beto);
	neighbourhood_close(&h);
}

/* In the question, the title, the log, the status and /peers. */
static void
test_in_a_talk(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	for (size_t i = 0; i < COUNT(names); i++) {
		struct stranger *s = stranger_new(names[i].name);
		/* The first one was beto's; each run begins with 1. */
		const size_t question = i < ASKED ? i + 2 : i % ASKED + 1;

		stranger_calls(s, &ana);
		assert_true(person_sees(&ana, " knocks, from 127.0.0.1"));
		sees_name(&ana, i);
		/* Where the name passes for that of beto it takes more. */
		person_type(&ana, "/accept");
		if (screen_count(ana.screen, "/accept --new-key") > 0)
			person_type(
			    &ana, text_of("/accept --new-key %zu", question));
		assert_true(person_sees(&ana, "connected with"));
		assert_true(screen_wait_row(ana.screen, 0,
		    names[i].apart ? text_of("%s [", names[i].shown)
				   : names[i].shown,
		    0));
		assert_true(screen_wait_row(ana.screen, 0, "UNVERIFIED", 0));
		person_type(&ana, "/peers");
		assert_true(person_sees(&ana, "  connected"));
		is_harmless(&ana);
		person_type(&ana, "/disconnect");
		assert_true(stranger_is_out(s));
		stranger_free(s);
		person_type(&ana, "/clear");
		assert_true(person_sees_no(&ana, "knocks"));
		if (i % ASKED == ASKED - 1) {
			assert_true(person_quits(&ana));
			person_start(&ana, "ana", NULL);
			assert_true(person_sees(&ana, "waiting for"));
		}
	}
	part(&ana, &beto);
}

/* What a person calls others by is their own affair, but for tricks. */
static void
test_rename(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = {0};
	struct stranger *s = stranger_new("carla");

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	stranger_meets(s, &ana);
	person_type(&ana, "/rename carla BETO");
	assert_true(person_sees(&ana, "is called 'beto' already"));
	person_type(&ana, "/rename carla b\u0435to");
	assert_true(
	    screen_wait_count(ana.screen, "is called 'beto' already", 2, 0));
	person_type(&ana, "/rename carla \u202eotor");
	person_type(&ana, "/rename carla");
	person_type(&ana, "/rename nobody x");
	assert_true(person_sees(&ana, "is called 'nobody'"));
	person_type(&ana, text_of("/rename carla %0250d", 1));
	assert_true(person_sees(&ana, "a name has 1 to"));
	is_harmless(&ana);
	person_type(&ana, "/rename carla La de abajo");
	assert_true(screen_wait_row(ana.screen, 0, "La de abajo", 0));
	person_type(&ana, "/rename la de abajo \"\"");
	assert_true(screen_wait_row(ana.screen, 0, "carla", 0));
	stranger_free(s);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_announced),
	    cmocka_unit_test(test_in_a_talk),
	    cmocka_unit_test(test_rename),
	};

	allowed = avahi_allowed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
