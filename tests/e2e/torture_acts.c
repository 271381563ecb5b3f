/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can happen in a round. */
#include "tests/e2e/torture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"
#include "tests/e2e/pausing.h"

enum { SMALL = 4 * 1024, MEDIUM = 512 * 1024, LARGE = 8 * 1024 * 1024 };

/* Told before it happens, so that a failure stands below its reason. */
static void
tell(const struct torture *t, const struct side *s, const char *what)
{
	printf("%4u %s: %s\n", t->round, s->person.name, what);
	fflush(stdout);
}

/* low to high, both included. */
static unsigned
between(struct torture *t, unsigned low, unsigned high)
{
	return low + (unsigned)torture_roll(t, high - low + 1);
}

static void
say_some(struct torture *t, struct side *s, unsigned count)
{
	if (count > 0)
		tell(t, s, text_of("%u messages after %u", count, s->said));
	for (unsigned i = 0; i < count; i++)
		torture_say(s, true);
}

static void
act_say(struct torture *t, struct side *s)
{
	say_some(t, s, between(t, 0, 3) ? between(t, 1, 5) : between(t, 6, 20));
}

static struct parcel *
wrap(struct torture *t, const struct side *s)
{
	struct parcel *p = &t->parcels[t->parcel_count];
	unsigned kind = between(t, 0, 9);
	size_t size = kind == 0   ? 0
		      : kind <= 5 ? between(t, 1, SMALL)
		      : kind <= 7 ? between(t, 1, MEDIUM)
				  : between(t, 1, LARGE);

	assert_true(t->parcel_count < TORTURE_PARCELS_MAX);
	p->from = s == &t->sides[0] ? 0 : 1;
	p->maybe = false;
	snprintf(p->name, sizeof(p->name), "parcel-%05zu", t->parcel_count);
	make_file(in_folder(s->person.home, p->name), size,
	    (unsigned)t->parcel_count);
	t->parcel_count++;
	tell(t, s, text_of("/send %s (%zu bytes)", p->name, size));
	return p;
}

struct offer {
	struct screen *screen;
	const char *name;
};

static bool
is_offered(void *arg)
{
	struct offer *o = arg;

	return screen_find(o->screen, text_of("'%s' (", o->name), NULL) >= 0 ||
	       screen_find(
		   o->screen, text_of("'%s' is offered", o->name), NULL) >= 0;
}

static void
act_send(struct torture *t, struct side *s)
{
	struct offer offer = {.screen = s->person.screen};
	struct parcel *p = wrap(t, s);

	offer.name = p->name;
	person_type(&s->person, "/clear");
	person_type(
	    &s->person, text_of("/send %s/%s", s->person.home, p->name));
	assert_true(
	    screen_wait_for(is_offered, &offer, "the file is offered", 0));
	pause_ms((int)between(t, 0, 150));
	torture_answer(torture_other(t, s));
}

static void
act_kill(struct torture *t, struct side *s)
{
	tell(t, s, "kill -9");
	torture_kill(s);
	say_some(t, torture_other(t, s), between(t, 0, 3));
	torture_start(t, s);
}

static void
act_kill_while_typing(struct torture *t, struct side *s)
{
	tell(t, s, "kill -9 after Enter");
	torture_say(s, false);
	pause_ms((int)between(t, 0, 25));
	torture_kill(s);
	torture_start(t, s);
}

static void
act_kill_while_sending(struct torture *t, struct side *s)
{
	struct parcel *p = wrap(t, s);

	tell(t, s, "kill -9 after that");
	p->maybe = true;
	person_type(
	    &s->person, text_of("/send %s/%s", s->person.home, p->name));
	pause_ms((int)between(t, 0, 25));
	torture_kill(s);
	torture_start(t, s);
}

static void
act_kill_both(struct torture *t, struct side *s)
{
	tell(t, s, "kill -9, and the other too");
	torture_kill(s);
	torture_kill(torture_other(t, s));
	torture_start(t, s);
	torture_start(t, torture_other(t, s));
}

static void
act_cut(struct torture *t, struct side *s)
{
	bool reset = between(t, 0, 1);

	tell(t, s, reset ? "link cut with RST" : "link cut with FIN");
	proxy_cut(t->proxy, reset);
}

static void
act_hole(struct torture *t, struct side *s)
{
	tell(t, s, "cable out");
	proxy_hole(t->proxy, true);
	say_some(t, s, between(t, 0, 3));
	pause_ms((int)between(t, 200, 1500));
	if (between(t, 0, 1))
		proxy_cut(t->proxy, true);
	proxy_hole(t->proxy, false);
}

static void
act_stop(struct torture *t, struct side *s)
{
	unsigned ms = between(t, 200, 2000);

	if (between(t, 0, 9) == 0 && t->long_run)
		ms = 17000;
	tell(t, s, text_of("stopped for %u ms", ms));
	screen_signal(s->person.screen, SIGSTOP);
	say_some(t, torture_other(t, s), between(t, 0, 3));
	pause_ms((int)ms);
	screen_signal(s->person.screen, SIGCONT);
}

static void
act_quit(struct torture *t, struct side *s)
{
	tell(t, s, "/quit");
	person_leaves(&s->person);
	torture_start(t, s);
}

static void
act_away(struct torture *t, struct side *s)
{
	tell(t, s, "/quit, and away for a while");
	person_leaves(&s->person);
	say_some(t, torture_other(t, s), between(t, 1, 8));
	pause_ms((int)between(t, 0, 1500));
	torture_start(t, s);
}

/* Both see each other again: else most would happen while they do not. */
static void
act_meet(struct torture *t, struct side *s)
{
	tell(t, s, "waits for the other");
	assert_true(torture_is_connected(t));
	torture_answer(&t->sides[0]);
	torture_answer(&t->sides[1]);
}

static const struct act {
	unsigned weight;
	bool sends;
	void (*run)(struct torture *t, struct side *s);
} acts[] = {
    {6, false, act_say},
    {6, true, act_send},
    {2, false, act_kill},
    {2, false, act_kill_while_typing},
    {1, true, act_kill_while_sending},
    {1, false, act_kill_both},
    {2, false, act_cut},
    {1, false, act_hole},
    {1, false, act_stop},
    {1, false, act_quit},
    {1, false, act_away},
    {5, false, act_meet},
};

static void
act(struct torture *t)
{
	struct side *s = &t->sides[torture_roll(t, 2)];
	unsigned total = 0, roll;
	const struct act *a = acts;

	for (size_t i = 0; i < COUNT(acts); i++)
		total += acts[i].weight;
	for (roll = between(t, 0, total - 1); roll >= a->weight; a++)
		roll -= a->weight;
	if (!a->sends || t->with_files)
		a->run(t, s);
}

void
torture_round(struct torture *t)
{
	t->round++;
	act(t);
	if (between(t, 0, 1)) {
		pause_ms((int)between(t, 0, 200));
		act(t);
	}
}
