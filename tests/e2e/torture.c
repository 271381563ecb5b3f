/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two: how they come, speak, answer and go. */
#include "tests/e2e/torture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"

enum {
	/* So large that nothing leaves the screen before it was seen. */
	ROWS = 120,
	COLUMNS = 160,
	STATUS_ROWS = 2, /* and the line that is typed */
	CONNECTED_MS = 60 * 1000,
	/* So slow that much happens in the middle of a file. */
	RATE = 12 * 1024 * 1024,
};

/* xorshift64 (Marsaglia 2003). */
uint64_t
torture_roll(struct torture *t, uint64_t sides)
{
	t->dice ^= t->dice << 13;
	t->dice ^= t->dice >> 7;
	t->dice ^= t->dice << 17;
	return t->dice % sides;
}

struct side *
torture_other(struct torture *t, const struct side *s)
{
	return &t->sides[s == &t->sides[0]];
}

const char *
torture_words(const struct side *s, unsigned number)
{
	return text_of("%c-%05u", s->letter, number);
}

/* What the status line says now; the log may say it of the past. */
static bool
status_says(const struct side *s, const char *text)
{
	char row[SCREEN_ROW_MAX];

	for (int r = ROWS - STATUS_ROWS; r < ROWS; r++) {
		if (strstr(screen_row_text(s->person.screen, r, row), text))
			return true;
	}
	return false;
}

static bool
are_connected(void *arg)
{
	struct torture *t = arg;

	return status_says(&t->sides[0], "connected with beto") &&
	       status_says(&t->sides[1], "connected with ana");
}

bool
torture_is_connected(struct torture *t)
{
	return screen_wait_for(
	    are_connected, t, "both are connected", CONNECTED_MS);
}

/* From then on lines may be typed. */
static bool
is_ready(void *arg)
{
	static const char *const words[] = {
	    "waiting for", "calling ", "next try at", "connected with"};
	struct side *s = arg;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (status_says(s, words[i]))
			return true;
	}
	return false;
}

void
torture_start(struct torture *t, struct side *s)
{
	/* ana's calls back end at an address where beto does not listen. */
	const char *const call[] = {"--bind", "127.0.0.2",
	    text_of("127.0.0.1:%u", (unsigned)proxy_port(t->proxy)), NULL};

	memset(s->answered, 0, sizeof(s->answered));
	if (s == &t->sides[0])
		person_start(&s->person, "ana", NULL);
	else
		person_start(&s->person, "beto", call);
	assert_true(s->starts < TORTURE_STARTS_MAX);
	s->pids[s->starts++] = screen_pid(s->person.screen);
	assert_true(screen_wait_for(is_ready, s, "ready to be typed at", 0));
}

void
torture_kill(struct side *s)
{
	screen_signal(s->person.screen, SIGKILL);
	assert_true(screen_wait_exit(s->person.screen, 0, NULL));
	person_dies(&s->person);
}

void
torture_say(struct side *s, bool wait)
{
	const char *words;

	assert_true(s->said < TORTURE_SAID_MAX);
	words = torture_words(s, ++s->said);
	screen_keys(s->person.screen, words);
	assert_true(screen_wait_read(s->person.screen));
	screen_keys(s->person.screen, KEYS_ENTER);
	s->maybe[s->said] = !wait;
	if (wait)
		assert_true(person_sees(
		    &s->person, text_of("%s> %s", s->person.name, words)));
}

void
torture_answer(struct side *s)
{
	static const char before[] = "/accept ";
	char row[SCREEN_ROW_MAX];

	for (int r = 0; r < ROWS; r++) {
		const char *found;
		char *end;
		unsigned long number;

		screen_row_text(s->person.screen, r, row);
		found = strstr(row, before);
		if (found == NULL)
			continue;
		number = strtoul(found + strlen(before), &end, 10);
		if (number == 0 || strncmp(end, " or /reject", 11) != 0)
			continue;
		assert_true(number < TORTURE_NUMBERS_MAX);
		if (s->answered[number])
			continue;
		s->answered[number] = true;
		person_type(&s->person, text_of("/accept %lu", number));
	}
}

void
torture_begin(struct torture *t, uint64_t seed)
{
	struct side *ana = &t->sides[0], *beto = &t->sides[1];

	memset(t, 0, sizeof(*t));
	t->dice = seed * 2 + 1; /* never 0 */
	t->with_files = true;
	ana->letter = 'a';
	beto->letter = 'b';
	for (int i = 0; i < 2; i++) {
		t->sides[i].person.rows = ROWS;
		t->sides[i].person.cols = COLUMNS;
	}
	person_start(&ana->person, "ana", NULL);
	ana->pids[ana->starts++] = screen_pid(ana->person.screen);
	assert_true(person_sees(&ana->person, "waiting for a call"));
	t->proxy = proxy_start(ana->person.port);
	proxy_rate(t->proxy, RATE);
	torture_start(t, beto);
	assert_true(person_sees(&ana->person, "beto knocks"));
	person_type(&ana->person, "/accept");
	assert_true(person_sees(&beto->person, "connected with ana"));
	/* Once these have their marks, both know each other on their disks. */
	for (int i = 0; i < 2; i++) {
		torture_say(&t->sides[i], true);
		assert_true(screen_wait_count(
		    t->sides[i].person.screen, "\xe2\x9c\x93", 1, 0));
	}
}

void
torture_leave(struct torture *t)
{
	for (int i = 0; i < 2; i++)
		person_leaves(&t->sides[i].person);
}

void
torture_end(struct torture *t)
{
	for (int i = 0; i < 2; i++)
		person_release(&t->sides[i].person);
	proxy_free(t->proxy);
	t->proxy = NULL;
}
