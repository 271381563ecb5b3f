/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/plain_log.h"

/* Sunday, 22 November 2026, 16:00 UTC. */
#define SUNDAY 1795363200000
enum { HOUR_MS = 3600 * 1000, START = 5000 };

struct scene {
	struct model model;
	struct plain_log log;
	struct plain_news news;
	uint64_t now;
	bool away; /* nobody brings what is wanted */
	size_t wants, closed;
	const size_t *places; /* of a search */
	size_t place_count, place;
};

static void
fill(struct scene *s, size_t from, size_t upto)
{
	for (size_t at = from; at <= upto; at++) {
		char *text = str_printf("line %zu", at);
		const struct line_spec line = {
		    .kind = at % 2 ? LINE_PEER : LINE_OWN,
		    .mark = MARK_STORED,
		    .who = at % 2 ? "ana" : "beto",
		    .text = text,
		    .number = at + 1,
		    .time_ms = SUNDAY + (int64_t)at * HOUR_MS,
		};

		model_fill(&s->model, &line, 1);
		free(text);
	}
}

static void
on_want(void *arg, size_t from, size_t upto)
{
	struct scene *s = arg;

	s->wants++;
	if (!s->away)
		fill(s, from, upto);
}

static bool
on_search_next(void *arg)
{
	struct scene *s = arg;

	s->place = (s->place + 1) % s->place_count;
	model_find(&s->model, s->places[s->place]);
	return true;
}

static void
on_list_closed(void *arg)
{
	struct scene *s = arg;

	s->closed++;
	model_hide_list(&s->model);
}

static int
set_up(void **state)
{
	static const struct ui_handler handler = {
	    .want = on_want,
	    .search_next = on_search_next,
	    .list_closed = on_list_closed,
	};
	struct scene *s = mem_zalloc(sizeof(*s));

	model_init(&s->model);
	s->log = (struct plain_log){
	    .handler = &handler,
	    .arg = s,
	    .time_format = "%H:%M",
	    .next_id = s->model.first_id,
	};
	s->now = START;
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	plain_log_release(&s->log);
	plain_news_release(&s->news);
	model_release(&s->model);
	free(s);
	return 0;
}

static void
add(struct scene *s, enum line_kind kind, const char *text)
{
	const struct line_spec line = {.kind = kind,
	    .who = kind == LINE_OWN ? "beto" : "ana",
	    .mark = MARK_SENT,
	    .text = text};

	model_add(&s->model, &line);
}

static char *
next(struct scene *s)
{
	return plain_log_next(&s->log, &s->model, &s->news, s->now);
}

/* All rows, with | behind each. */
static void
expect(struct scene *s, const char *want)
{
	char *all = str_dup(""), *row;

	while ((row = next(s)) != NULL) {
		str_replace(&all, str_printf("%s%s|", all, row));
		free(row);
	}
	assert_string_equal(all, want);
	free(all);
}

static void
as_it_comes(void **state)
{
	struct scene *s = *state;

	expect(s, "");
	add(s, LINE_NOTICE, "you are beto");
	add(s, LINE_OWN, "hola");
	expect(s, "you are beto|you: hola|");
	expect(s, "");
	add(s, LINE_PEER, "two\nrows");
	expect(s, "ana: two|ana: rows|");
}

/* What a terminal shows already is not written again, unless it waits. */
static void
echoed(void **state)
{
	struct scene *s = *state;
	const struct line_spec waiting = {
	    .kind = LINE_OWN, .mark = MARK_WAITING, .who = "b", .text = "c"};

	s->log.echoed = true;
	add(s, LINE_OWN, "a");
	add(s, LINE_PEER, "b");
	model_add(&s->model, &waiting);
	add(s, LINE_OWN, "d");
	expect(s, "ana: b|you, not sent yet: c|");
}

static void
earlier_talk(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 10);
	add(s, LINE_NOTICE, "connected");
	expect(s, "earlier, on Sunday, 22 November 2026:|"
		  "21:00 ana: line 5|22:00 you: line 6|23:00 ana: line 7|"
		  "earlier, on Monday, 23 November 2026:|"
		  "00:00 you: line 8|01:00 ana: line 9|now:|connected|");
	assert_int_equal(s->wants, 1);
	/* Another talk, a short one. */
	model_open(&s->model, 1);
	expect(s, "earlier, on Sunday, 22 November 2026:|"
		  "16:00 you: line 0|now:|");
	model_open(&s->model, 0);
	add(s, LINE_NOTICE, "connected");
	expect(s, "connected|");
}

/* It comes late: nothing is written before it. Or it does not come. */
static void
earlier_talk_late(void **state)
{
	struct scene *s = *state;

	s->away = true;
	model_open(&s->model, 2);
	add(s, LINE_NOTICE, "connected");
	expect(s, "");
	assert_int_equal(plain_log_holds(&s->log), START + PLAIN_PAST_MS);
	s->now += PLAIN_PAST_MS - 1;
	expect(s, "");
	assert_int_equal(s->wants, 1);
	fill(s, 0, 1);
	expect(s, "earlier, on Sunday, 22 November 2026:|"
		  "16:00 you: line 0|17:00 ana: line 1|now:|connected|");

	model_open(&s->model, 2);
	add(s, LINE_NOTICE, "connected");
	expect(s, "");
	s->now += PLAIN_PAST_MS;
	expect(s, "connected|");
	fill(s, 0, 1);
	expect(s, "");

	model_open(&s->model, 2);
	add(s, LINE_NOTICE, "left");
	plain_log_end(&s->log, &s->model, &s->news);
	expect(s, "left|");
}

static void
no_time(void **state)
{
	struct scene *s = *state;

	s->log.time_format = "";
	model_open(&s->model, 1);
	expect(s, "earlier, on Sunday, 22 November 2026:|you: line 0|now:|");
}

/* More came than the model holds, and nobody read: so many are told. */
static void
flood(void **state)
{
	struct scene *s = *state;
	size_t count = 0;
	char *row;

	add(s, LINE_PEER, "first");
	expect(s, "ana: first|");
	for (int i = 0; i < 3 * MODEL_PRESENT_MAX; i++)
		add(s, LINE_PEER, "flood");
	row = next(s);
	assert_string_equal(
	    row, "20479 lines were left out here: nobody read them in time");
	free(row);
	while ((row = next(s)) != NULL) {
		assert_string_equal(row, "ana: flood");
		free(row);
		count++;
	}
	assert_int_equal(count + 20479, 3 * MODEL_PRESENT_MAX);
}

/* The rest of a long message goes with the line that it belongs to. */
static void
flood_in_a_message(void **state)
{
	struct scene *s = *state;
	char *row;

	add(s, LINE_PEER, "one\ntwo\nthree");
	row = next(s);
	assert_string_equal(row, "ana: one");
	free(row);
	for (int i = 0; i < MODEL_PRESENT_MAX; i++)
		add(s, LINE_NOTICE, "x\ny");
	row = next(s);
	assert_string_equal(
	    row, "4096 lines were left out here: nobody read them in time");
	free(row);
	row = next(s);
	assert_string_equal(row, "x");
	free(row);
}

static char *
entry(void *arg, size_t at)
{
	(void)arg;
	return str_printf("   %zu B  warning: file", at);
}

static void
show(struct scene *s, size_t count)
{
	const struct listing list = {
	    .title = "2: doc/", .count = count, .line = entry};

	model_show_list(&s->model, &list);
}

static void
list(void **state)
{
	struct scene *s = *state;
	char *row = NULL;

	show(s, 2);
	assert_true(plain_log_is_busy(&s->log, &s->model));
	expect(s, "list: 2: doc/|list 1: 0 B  warning: file|"
		  "list 2: 1 B  warning: file|");
	assert_int_equal(s->closed, 1);
	assert_false(plain_log_is_busy(&s->log, &s->model));
	/* Hidden before it was written. */
	show(s, 2);
	model_hide_list(&s->model);
	expect(s, "");
	show(s, PLAIN_LIST_MAX + 7);
	for (int i = 0; i < PLAIN_LIST_MAX + 2; i++) {
		free(row);
		row = next(s);
	}
	assert_string_equal(row, "list: 7 more are not shown");
	free(row);
	assert_null(next(s));
	assert_int_equal(s->closed, 2);
}

static void
search(void **state)
{
	static const size_t places[] = {90, 50, 10};
	struct scene *s = *state;

	model_open(&s->model, 100);
	plain_log_end(&s->log, &s->model, &s->news);
	expect(s, "");
	s->places = places;
	s->place_count = COUNT(places);
	model_find(&s->model, places[0]);
	assert_true(plain_log_is_busy(&s->log, &s->model));
	expect(s, "found, Thursday, 26 November 2026: 10:00 you: line 90|"
		  "found, Tuesday, 24 November 2026: 18:00 you: line 50|"
		  "found, Monday, 23 November 2026: 02:00 you: line 10|");
	assert_false(plain_log_is_busy(&s->log, &s->model));
	expect(s, "");
}

/* The newest of many, each when it has come. */
static void
search_late(void **state)
{
	static const size_t places[] = {
	    90, 80, 70, 60, 50, 40, 30, 20, 15, 10, 5, 1};
	struct scene *s = *state;
	size_t found = 0;
	char *row;

	model_open(&s->model, 100);
	plain_log_end(&s->log, &s->model, &s->news);
	expect(s, "");
	s->places = places;
	s->place_count = COUNT(places);
	s->away = true;
	model_find(&s->model, places[0]);
	for (size_t i = 0; i < COUNT(places); i++) {
		size_t wants = s->wants;

		expect(s, "");
		expect(s, "");
		if (s->wants == wants)
			break;
		assert_int_equal(s->wants, wants + 1);
		fill(s, places[i], places[i]);
		row = next(s);
		assert_non_null(row);
		free(row);
		found++;
	}
	assert_int_equal(found, PLAIN_FOUND_MAX);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(as_it_comes),
	    CASE(echoed),
	    CASE(earlier_talk),
	    CASE(earlier_talk_late),
	    CASE(no_time),
	    CASE(flood),
	    CASE(flood_in_a_message),
	    CASE(list),
	    CASE(search),
	    CASE(search_late),
	};

	setenv("TZ", "UTC", 1);
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
