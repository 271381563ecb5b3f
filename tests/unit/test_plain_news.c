/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/plain_news.h"

enum { MB = 1000000, START = 5000 };

struct scene {
	struct model model;
	struct plain_news news;
	uint64_t now;
};

static int
set_up(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));

	model_init(&s->model);
	model_title(&s->model, "charla", NULL, "not connected");
	s->now = START;
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	plain_news_release(&s->news);
	model_release(&s->model);
	free(s);
	return 0;
}

/* All that is new, with | behind each. */
static void
expect(struct scene *s, const char *want)
{
	char *all = str_dup(""), *text;

	while ((text = plain_news_next(&s->news, &s->model, s->now)) != NULL) {
		str_replace(&all, str_printf("%s%s|", all, text));
		free(text);
	}
	assert_string_equal(all, want);
	free(all);
}

static void
nothing_new(void **state)
{
	struct scene *s = *state;

	expect(s, "");
	s->now += 10000;
	expect(s, "");
}

static void
trust(void **state)
{
	struct scene *s = *state;

	expect(s, "");
	model_title(&s->model, "ana", "1.2.3.4", "encrypted, UNVERIFIED");
	expect(s, "trust: encrypted, UNVERIFIED|");
	expect(s, "");
	model_title(&s->model, "ana", NULL, "not connected");
	expect(s, "trust: not connected|");
}

/* A step each second at most, and the last one only. */
static void
steps(void **state)
{
	struct scene *s = *state;

	model_add_row(&s->model, 1, true, "al.pdf", 10 * MB);
	model_row_state(&s->model, 1, ROW_CONTINUING);
	expect(s, "");
	model_progress(&s->model, 1, 0, s->now);
	expect(s, "receiving al.pdf, 10.0 MB|");
	model_progress(&s->model, 1, 3 * MB, s->now);
	expect(s, "");
	s->now += PLAIN_STEP_MS - 1;
	expect(s, "");
	s->now++;
	expect(s, "receiving al.pdf, 30 percent|");
	s->now += 10 * PLAIN_STEP_MS;
	model_progress(&s->model, 1, 3 * MB + 900000, s->now);
	expect(s, "");
	model_progress(&s->model, 1, 4 * MB, s->now);
	expect(s, "receiving al.pdf, 40 percent|");
	s->now += PLAIN_STEP_MS;
	model_progress(&s->model, 1, 10 * MB, s->now);
	model_row_state(&s->model, 1, ROW_CHECKING);
	expect(s, "receiving al.pdf, checking|");
	model_remove_row(&s->model, 1);
	expect(s, "");
}

/* A short one begins, and its end is in the log. */
static void
short_transfer(void **state)
{
	struct scene *s = *state;

	model_add_row(&s->model, 1, false, "a", 3);
	model_progress(&s->model, 1, 0, s->now);
	expect(s, "sending a, 3 B|");
	model_progress(&s->model, 1, 3, s->now);
	model_row_state(&s->model, 1, ROW_CHECKING);
	expect(s, "");
	model_remove_row(&s->model, 1);
	expect(s, "");
}

static void
standing_still(void **state)
{
	struct scene *s = *state;

	model_add_row(&s->model, 1, true, "a", 100);
	model_add_row(&s->model, 2, true, "b", 100);
	model_progress(&s->model, 1, 42, s->now);
	model_row_state(&s->model, 2, ROW_QUEUED);
	expect(s, "receiving a, 42 percent|"
		  "receiving b, 100 B, waits for its turn|");
	model_row_pause(&s->model, 1, "paused by ana");
	expect(s, "receiving a, 42 percent, paused by ana|");
	expect(s, "");
	model_row_state(&s->model, 1, ROW_AWAY);
	expect(s, "receiving a, 42 percent, waiting for the link|");
	model_row_state(&s->model, 1, ROW_CONTINUING);
	expect(s, "");
	model_progress(&s->model, 1, 42, s->now);
	expect(s, "receiving a goes on, 42 percent|");
	model_progress(&s->model, 2, 0, s->now);
	expect(s, "receiving b goes on, 100 B|");
}

/* A status that passes, or that the log has said, is not worth a word. */
static void
status(void **state)
{
	struct scene *s = *state;
	const struct line_spec line = {
	    .kind = LINE_NOTICE, .text = "connected with ana at 1.2.3.4"};

	model_status(&s->model, "starting");
	expect(s, "");
	assert_int_equal(
	    plain_news_deadline(&s->news), START + PLAIN_STATUS_MS);
	s->now += PLAIN_STATUS_MS - 1;
	model_status(&s->model, "calling 1.2.3.4");
	expect(s, "");
	s->now += PLAIN_STATUS_MS;
	expect(s, "status: calling 1.2.3.4|");
	assert_int_equal(plain_news_deadline(&s->news), 0);
	model_add(&s->model, &line);
	model_status(&s->model, "connected with ana");
	expect(s, "");
	s->now += PLAIN_STATUS_MS;
	expect(s, "");
}

/* To and fro, at other times each time: told once. */
static void
status_again(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 20; i++) {
		char *next = str_printf("next try at 14:03:%02d; refused", i);

		model_status(&s->model, next);
		free(next);
		expect(s, "");
		s->now += PLAIN_STATUS_MS;
		expect(
		    s, i == 0 ? "status: next try at 14:03:00; refused|" : "");
		model_status(&s->model, "calling");
		expect(s, "");
		s->now += PLAIN_STATUS_MS;
		expect(s, i == 0 ? "status: calling|" : "");
	}
	model_title(&s->model, "ana", "1.2.3.4", "encrypted, UNVERIFIED");
	expect(s, "trust: encrypted, UNVERIFIED|");
	model_status(&s->model, "next try at 15:00:00; refused");
	expect(s, "");
	s->now += PLAIN_STATUS_MS;
	expect(s, "status: next try at 15:00:00; refused|");
}

static uint64_t
say(struct scene *s, enum line_mark mark)
{
	const struct line_spec line = {
	    .kind = LINE_OWN, .mark = mark, .who = "beto", .text = "hola"};
	uint64_t id = model_add(&s->model, &line);

	plain_news_own(&s->news, id, s->model.present[id - s->model.first_id]);
	return id;
}

static void
waiting(void **state)
{
	struct scene *s = *state;
	uint64_t one = say(s, MARK_WAITING), two = say(s, MARK_WAITING);

	expect(s, "");
	model_mark(&s->model, one, MARK_SENT);
	model_mark(&s->model, two, MARK_SENT);
	expect(s, "");
	model_mark(&s->model, one, MARK_STORED);
	expect(s, "");
	model_mark(&s->model, two, MARK_SEEN);
	expect(s, "the 2 messages that waited have arrived|");
	expect(s, "");
	/* Nothing is said of what simply goes. */
	one = say(s, MARK_SENT);
	expect(s, "");
	model_mark(&s->model, one, MARK_STORED);
	expect(s, "");
	one = say(s, MARK_WAITING);
	model_mark(&s->model, one, MARK_STORED);
	expect(s, "the message that waited has arrived|");
}

/* The link broke before they had it. */
static void
lost_on_the_way(void **state)
{
	struct scene *s = *state;
	uint64_t one = say(s, MARK_SENT), two = say(s, MARK_SENT);
	uint64_t three = say(s, MARK_SENT);

	model_mark(&s->model, one, MARK_STORED);
	model_mark(&s->model, two, MARK_WAITING);
	model_mark(&s->model, three, MARK_WAITING);
	expect(s, "2 messages have not arrived yet, and wait|");
	expect(s, "");
	model_mark(&s->model, two, MARK_BACK);
	model_mark(&s->model, three, MARK_STORED);
	expect(s, "the message that waited has arrived|");
}

static void
all_taken_back(void **state)
{
	struct scene *s = *state;
	uint64_t one = say(s, MARK_WAITING);

	model_mark(&s->model, one, MARK_BACK);
	expect(s, "");
	one = say(s, MARK_WAITING);
	model_open(&s->model, 0);
	plain_news_forget_lines(&s->news);
	expect(s, "");
}

/* More than the model holds. */
static void
many_waiting(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 2 * MODEL_PRESENT_MAX; i++)
		say(s, MARK_WAITING);
	expect(s, "");
	for (size_t i = 0; i < s->model.present_count; i++)
		model_mark(&s->model, s->model.first_id + i, MARK_STORED);
	expect(s, "the 16384 messages that waited have arrived|");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(nothing_new),
	    CASE(trust),
	    CASE(steps),
	    CASE(short_transfer),
	    CASE(standing_still),
	    CASE(status),
	    CASE(status_again),
	    CASE(waiting),
	    CASE(lost_on_the_way),
	    CASE(all_taken_back),
	    CASE(many_waiting),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
