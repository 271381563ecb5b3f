/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab chooses from: lists, live ones too, and the pane they stand in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app_state.h"
#include "src/base/util.h"
#include "src/command.h"
#include "ui/matchpane.h"

static void
test_pages(void **state)
{
	static const struct {
		struct match_sizes sizes;
		int rows, columns;
		size_t page;
		int want_rows;
		struct match_page want;
	} cases[] = {
	    /* count, width, help; helps, per row, step, from, count, more */
	    {{3, 5, 0}, 8, 80, 0, 1, {false, 11, 7, 0, 3, 0}},
	    {{30, 5, 0}, 8, 20, 0, 10, {false, 3, 7, 0, 23, 7}},
	    {{30, 5, 0}, 8, 20, 1, 10, {false, 3, 7, 23, 7, 0}},
	    {{30, 5, 0}, 8, 20, 2, 10, {false, 3, 7, 0, 23, 7}},
	    {{24, 5, 0}, 8, 20, 1, 8, {false, 3, 7, 0, 24, 0}},
	    {{9, 10, 40}, 8, 80, 0, 9, {true, 1, 54, 0, 7, 2}},
	    {{9, 10, 40}, 8, 80, 1, 9, {true, 1, 54, 7, 2, 0}},
	    {{9, 10, 40}, 8, 110, 0, 5, {true, 2, 54, 0, 9, 0}},
	    {{9, 10, 40}, 9, 28, 0, 9, {true, 1, 54, 0, 9, 0}},
	    {{9, 10, 40}, 9, 27, 0, 5, {false, 2, 12, 0, 9, 0}},
	    {{9, 100, 0}, 4, 20, 0, 9, {false, 1, 102, 0, 3, 6}},
	    {{9, 100, 0}, 1, 20, 4, 9, {false, 1, 102, 4, 1, 4}},
	    {{9, 5, 0}, 0, 20, 0, 3, {false, 3, 7, 0, 0, 9}},
	    {{0, 0, 0}, 0, 20, 0, 0, {false, 11, 2, 0, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct match_page got;

		assert_int_equal(
		    matchpane_rows(&cases[i].sizes, cases[i].columns),
		    cases[i].want_rows);
		matchpane_page(&cases[i].sizes, cases[i].rows, cases[i].columns,
		    cases[i].page, &got);
		assert_int_equal(got.helps, cases[i].want.helps);
		assert_int_equal(got.per_row, cases[i].want.per_row);
		assert_int_equal(got.step, cases[i].want.step);
		assert_int_equal(got.from, cases[i].want.from);
		assert_int_equal(got.count, cases[i].want.count);
		assert_int_equal(got.more, cases[i].want.more);
	}
}

/* Turning page after page shows each of them once. */
static void
test_all_pages(void **state)
{
	(void)state;
	for (size_t count = 1; count < 40; count++) {
		struct match_sizes sizes = {count, 8, 0};
		struct match_page page;
		size_t seen = 0, n = 0;

		do {
			matchpane_page(&sizes, 3, 30, n++, &page);
			assert_int_equal(page.from, seen);
			seen += page.count;
			assert_int_equal(seen + page.more, count);
		} while (page.more > 0);
	}
}

static void
test_list(void **state)
{
	struct choices c = {0};

	(void)state;
	choices_add(&c, "one", NULL);
	choices_add_if(&c, "t", "two", "2");
	choices_add_if(&c, "t", "one", "1");
	choices_add_if(&c, "", "", NULL);
	assert_int_equal(c.count, 3);
	assert_string_equal(c.list[1].word, "two");
	assert_string_equal(c.list[1].help, "2");
	assert_null(c.list[0].help);
	choices_release(&c);
	assert_int_equal(c.count, 0);
	choices_release(&c);
}

/* Two people, one of them called before; three transfers and a knock. */
struct scene {
	struct app app;
	struct drop offer, running, paused;
	struct link knock;
	struct waiting waiting, gone;
};

static void
set_people(struct people *p)
{
	static const uint8_t ana[STORE_KEY_LEN] = {1},
			     beto[STORE_KEY_LEN] = {2};

	people_init(p);
	people_add(p, ana, "Ana María", 1)->peer.verified = true;
	people_add(p, beto, "beto", 2);
	people_set_pin(p, "192.168.1.7:6973", ana);
	people_set_pin(p, "laptop.local:6973", beto);
}

static void
set_scene(struct scene *s)
{
	*s = (struct scene){
	    .knock = {.state = LINK_KNOCKING, .question = 3, .label = "eva"},
	    .waiting = {.text = "hola mundo", .ticket = 4},
	    .gone = {.text = "x", .ticket = 5, .sent_on = 1},
	};
	s->offer = (struct drop){.next = &s->running,
	    .dir = TRANSFER_IN,
	    .state = DROP_OFFERED,
	    .number = 12,
	    .name = "a",
	    .shown = "a b.txt",
	    .size = 85500};
	s->running = (struct drop){.next = &s->paused,
	    .dir = TRANSFER_OUT,
	    .state = DROP_ACCEPTED,
	    .number = 2,
	    .name = "c",
	    .shown = "c"};
	s->paused = s->running;
	s->paused.next = NULL;
	s->paused.number = 1;
	s->paused.paused = true;
	s->waiting.next = &s->gone;
	s->app.drops = &s->offer;
	s->app.links = &s->knock;
	s->app.outbox.first = &s->waiting;
	set_people(&s->app.people);
}

static void
test_live_words(void **state)
{
	static const struct {
		const char *line;
		size_t start;
		const char *want; /* "word(help) word(help)" */
	} cases[] = {
	    {"/accept ", 8,
		"3(eva knocks) 12(↓ a b.txt, 85.5 kB) all(every file offered)"
		" from(what somebody offers from here on) "},
	    {"/accept -", 8,
		"--new-key(a caller, although the key is another one) "},
	    {"/accept --new-key ", 18, ""},
	    {"/accept 1", 8, "12(↓ a b.txt, 85.5 kB) "},
	    {"/reject ", 8, "3(eva knocks) 12(↓ a b.txt, 85.5 kB) "},
	    {"/show ", 6, "12(↓ a b.txt, 85.5 kB) 2(↑ c, 0 B) 1(↑ c, 0 B) "},
	    {"/cancel 2", 8, "2(↑ c, 0 B) "},
	    {"/pause ", 7, "2(↑ c, 0 B) "},
	    {"/resume ", 8, "1(↑ c, 0 B) "},
	    {"/resume 1 ", 10, ""},
	    {"/outbox drop ", 13, "4(hola mundo) "},
	    {"/accept from ", 13, "Ana María(verified) beto(UNVERIFIED) "},
	    {"/accept from a", 13, "Ana María(verified) "},
	    {"/accept from Ana M", 17, "María(verified) "},
	    {"/accept from beto ", 18,
		"up to(so many bytes, 2G say, without being asked) "
		"no more(ask again) "},
	    {"/accept from beto u", 18,
		"up to(so many bytes, 2G say, without being asked) "},
	    {"/connect ", 9,
		"Ana María(VERIFIED) beto(known, UNVERIFIED) "
		"192.168.1.7:6973(Ana María) laptop.local:6973(beto) "
		"--new-key(go on although the key is another one) "},
	    {"/connect lap", 9, "laptop.local:6973(beto) "},
	    {"/connect Be", 9, "beto(known, UNVERIFIED) "},
	    {"/connect Ana M", 13, "María(VERIFIED) "},
	    {"/rename ", 8, "Ana María(VERIFIED) beto(known, UNVERIFIED) "},
	    {"/forget b", 8, "beto(known, UNVERIFIED) "},
	    {"/block Ana Mar", 11, "María(VERIFIED) "},
	    {"/unblock ", 9, ""},
	    {"/connect --new-key 19", 19, "192.168.1.7:6973(Ana María) "},
	};
	struct scene scene;

	(void)state;
	set_scene(&scene);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct choices c = {0};
		char *got = str_dup("");

		command_complete(&scene.app, cases[i].line, cases[i].start, &c);
		for (size_t n = 0; n < c.count; n++)
			str_replace(&got, str_printf("%s%s(%s) ", got,
					      c.list[n].word, c.list[n].help));
		assert_string_equal(got, cases[i].want);
		free(got);
		choices_release(&c);
	}
	people_release(&scene.app.people);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pages),
	    cmocka_unit_test(test_all_pages),
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_live_words),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
