/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person is told about links of many kinds: how fast it is, and how
 * long it will take.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "src/base/util.h"
#include "src/model_pace.h"

enum { TICK_MS = 20, RATE = 1000000, START_MS = 5000 };

static bool
near(double got, double want)
{
	return fabs(got - want) <= 0.001 * want;
}

static void
rate_is_the_mean_at_first(void **state)
{
	struct pace p;

	(void)state;
	pace_begin(&p, 7000000, 10000);
	/* too short to say anything, however much it was */
	pace_note(&p, 9000000, 1, 10000 + PACE_FIRST_MS - 1);
	assert_true(p.rate <= 0);
	pace_note(&p, 9000000, 1, 11000);
	assert_true(near(p.rate, 2e6));
	pace_note(&p, 9000000, 1, 11000 + PACE_SAMPLE_MS - 1);
	assert_true(near(p.rate, 2e6));
	/* half the time nothing: a bit less than half of it, as it was last */
	pace_note(&p, 9000000, 1, 12000);
	assert_true(p.rate < 1e6 && p.rate > 0.8e6);
}

static void
rate_follows(void **state)
{
	const double second = exp(-1.0 / 3);
	struct pace p, pieces;
	uint64_t moved = 0, now = 0;

	(void)state;
	pace_begin(&p, 0, now);
	for (int i = 0; i < 60; i++)
		pace_note(&p, moved += 1000000, 1, now += 1000);
	assert_true(near(p.rate, 1e6));
	/* twice as fast: what is old loses weight by the clock */
	pace_note(&p, moved += 2000000, 1, now += 1000);
	assert_true(near(p.rate, 2e6 - second * 1e6));
	/* the same second in pieces, samples or not, gives the same */
	pieces = p;
	pace_note(&p, moved + 5000000, 1, now + 1000);
	for (uint64_t i = 1; i <= 50; i++)
		pace_note(&pieces, moved + i * 100000, 1, now + i * 20);
	assert_true(near(pieces.rate, p.rate));
	/* a clock that stands still, and bytes that were taken back */
	moved += 5000000;
	now += 1000;
	pace_note(&p, moved + 1000, 1, now);
	assert_true(near(pieces.rate, p.rate));
	pace_note(&p, 10, 1, now + 500);
	assert_true(p.rate > 0 && p.rate < pieces.rate);
	pace_note(&p, 10 + 1000000, 1, now + 1500);
	assert_true(p.rate > 0 && p.rate < 6e6);
}

/* The first bytes of a limited link come out of a bucket that was full. */
static void
a_full_bucket_is_no_rate(void **state)
{
	static const uint64_t limits[] = {100000, 40000000, 1000000000};

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		double limit = (double)limits[i];
		uint64_t moved = 0, now = START_MS;
		struct pace p;

		pace_begin(&p, 0, now);
		moved += limits[i] / 10;
		for (int tick = 1; tick <= 3000; tick++) {
			moved += limits[i] / 20;
			now += 50;
			pace_note(&p, moved, limits[i] * 1000, now);
			if (p.rate > 1.25 * limit ||
			    (tick >= 20 && p.rate > 1.1 * limit) ||
			    (tick >= 100 && p.rate > 1.02 * limit))
				fail_msg("%.0f at tick %d", p.rate, tick);
		}
		assert_true(near(p.rate, limit));
	}
}

/* A link, and how its bytes come. */
struct link {
	const char *name;
	uint64_t bucket_ms;          /* what comes at once in the beginning */
	uint64_t burst_ms;           /* all of such a time at its end */
	uint64_t stall_ms, stall_at; /* at: percent of the bytes */
	bool jitters;
	bool watched; /* looked at while nothing comes, too */
};

/* The same numbers each time: no run differs from another. */
static uint64_t
dice(uint64_t seed, uint64_t n)
{
	uint64_t x = (seed << 32 ^ n) * 0x9E3779B97F4A7C15;

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
	x = (x ^ x >> 27) * 0x94D049BB133111EB;
	return x ^ x >> 31;
}

/* Like a wireless link: 20 to 180 % of its rate, and at times nothing. */
static uint64_t
jittered(uint64_t bytes, uint64_t seed, uint64_t at_ms)
{
	uint64_t slot = at_ms / 240;

	if (dice(seed, slot) % 25 == 0)
		return 0;
	return bytes * (20 + dice(seed + 99, slot) % 161) / 100;
}

struct run {
	const struct link *link;
	uint64_t seed, size;
	uint64_t rate; /* 0: RATE */
	uint64_t moved, at_ms, stalled_ms;
	struct pace pace;
};

static void
begin_run(struct run *r, const struct link *link, uint64_t seconds)
{
	*r = (struct run){.link = link, .size = seconds * RATE, .rate = RATE};
	pace_begin(&r->pace, 0, START_MS);
	r->moved = RATE * link->bucket_ms / 1000;
}

/* One tick; false: all bytes are there. */
static bool
step_run(struct run *r)
{
	const struct link *l = r->link;
	uint64_t bytes = r->rate * TICK_MS / 1000;

	r->at_ms += TICK_MS;
	if (r->stalled_ms < l->stall_ms &&
	    r->moved * 100 >= r->size * l->stall_at) {
		r->stalled_ms += TICK_MS;
		bytes = 0;
	} else if (l->burst_ms > 0) {
		bytes = r->at_ms % l->burst_ms == 0
			    ? r->rate * l->burst_ms / 1000
			    : 0;
	} else if (l->jitters) {
		bytes = jittered(bytes, r->seed, r->at_ms);
	}
	r->moved += bytes;
	if (r->moved >= r->size)
		return false;
	if (bytes > 0 || l->watched)
		pace_note(&r->pace, r->moved, r->size - r->moved,
		    START_MS + r->at_ms);
	return true;
}

/* From one time that may be told to the next longer one. */
static uint64_t
step_after(uint64_t seconds)
{
	return seconds < 20      ? 1
	       : seconds < 120   ? 5
	       : seconds < 300   ? 10
	       : seconds < 600   ? 30
	       : seconds < 7200  ? 60
	       : seconds < 86400 ? 600
				 : 3600;
}

/* A time that is told is a whole number of steps. */
static void
assert_is_a_step(uint64_t told)
{
	uint64_t step = step_after(told - 1);

	if (told % step != 0)
		fail_msg("%ju s is told", (uintmax_t)told);
}

/* All of them keep their rate in the long run. */
static const struct link links[] = {
    {.name = "even"},
    {.name = "even, watched", .watched = true},
    {.name = "bucket", .bucket_ms = 100, .burst_ms = 100},
    {.name = "large bucket", .bucket_ms = 500, .burst_ms = 500},
    {.name = "each second", .bucket_ms = 200, .burst_ms = 1000},
    {.name = "stall", .stall_at = 40, .stall_ms = 3000},
    {.name = "watched stall",
	.stall_at = 40,
	.stall_ms = 3000,
	.watched = true},
    {.name = "early stall", .stall_at = 25, .stall_ms = 3000},
    {.name = "late stall", .stall_at = 90, .stall_ms = 3000},
    {.name = "long stall", .stall_at = 50, .stall_ms = 30000},
    {.name = "wireless", .jitters = true},
    {.name = "wireless, watched", .jitters = true, .watched = true},
    {.name = "wireless with a stall",
	.jitters = true,
	.stall_at = 60,
	.stall_ms = 3000},
};

/* However the bytes come: over all of the way it rises by one step at most. */
static void
left_does_not_jump(void **state)
{
	static const uint64_t seconds[] = {8, 15, 40, 110, 600, 4000};

	(void)state;
	for (size_t n = 0; n < COUNT(links) * COUNT(seconds) * 5; n++) {
		uint64_t told, low = UINT64_MAX;
		struct run r;

		begin_run(&r, &links[n / 5 % COUNT(links)],
		    seconds[n / 5 / COUNT(links)]);
		r.seed = n % 5;
		if (r.seed > 0 && !r.link->jitters)
			continue;
		while (step_run(&r)) {
			told = r.pace.seconds_left;
			if (told == 0 && low == UINT64_MAX)
				continue;
			assert_is_a_step(told);
			low = told < low ? told : low;
			if (told > low + step_after(low))
				fail_msg("%s of %ju s: from %ju to %ju",
				    r.link->name, (uintmax_t)(r.size / RATE),
				    (uintmax_t)low, (uintmax_t)told);
		}
		assert_true(low <= 2);
	}
}

/* It only falls, and it is right. */
static void
left_falls_steadily(void **state)
{
	static const struct link even = {.name = "even"};
	static const uint64_t seconds[] = {5, 20, 60, 300, 3000, 10000};
	struct run r;

	(void)state;
	for (size_t i = 0; i < COUNT(seconds); i++) {
		uint64_t told = 0, last = UINT64_MAX;

		begin_run(&r, &even, seconds[i]);
		while (step_run(&r)) {
			double left = (double)(r.size - r.moved) / RATE;

			told = r.pace.seconds_left;
			if (told == 0) {
				assert_true(r.at_ms < 2200);
				assert_true(last == UINT64_MAX);
				continue;
			}
			assert_true(r.at_ms >= 2000);
			assert_true(told <= last);
			last = told;
			if ((double)told < left - 0.2 ||
			    (double)told >
				left + 0.2 + (double)step_after(told))
				fail_msg(
				    "%ju s at %.2f", (uintmax_t)told, left);
		}
		assert_int_equal(told, 1);
	}
}

/* Where the rate changes for good it gets there, by single steps upwards. */
static void
left_follows(void **state)
{
	static const struct link even = {.name = "even"};
	static const uint64_t rates[] = {RATE / 3, RATE * 3};
	struct run r;

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		uint64_t last, wrong_ms = 0;

		begin_run(&r, &even, 300);
		while (r.at_ms < 20000)
			assert_true(step_run(&r));
		r.rate = rates[i];
		last = r.pace.seconds_left;
		while (step_run(&r)) {
			double told = (double)r.pace.seconds_left;
			double left =
			    (double)(r.size - r.moved) / (double)r.rate;

			assert_true(
			    r.pace.seconds_left <= last + step_after(last));
			last = r.pace.seconds_left;
			if (left > 5 &&
			    (told > 1.5 * left || told < left / 1.5))
				wrong_ms = r.at_ms - 20000;
		}
		/* before a third of it has gone by at the new rate */
		assert_true(wrong_ms < 280 * (RATE * 1000 / rates[i]) / 3);
	}
}

/* What need not move takes no time. */
static void
spared(void **state)
{
	static const struct link even = {.name = "even"};
	struct run r;

	(void)state;
	begin_run(&r, &even, 100);
	pace_spare(&r.pace, 100, 50);
	assert_true(r.pace.left <= 0);
	while (r.at_ms < 20200)
		step_run(&r);
	assert_int_equal(r.pace.seconds_left, 80);
	pace_spare(&r.pace, 80 * RATE, 40 * RATE);
	assert_int_equal(r.pace.seconds_left, 40);
	r.size -= 40 * (uint64_t)RATE;
	while (r.at_ms < 30200)
		step_run(&r);
	assert_int_equal(r.pace.seconds_left, 30);
	pace_spare(&r.pace, 30 * RATE, 0);
	assert_int_equal(r.pace.seconds_left, 1);
	pace_spare(&r.pace, 0, 0);
	assert_int_equal(r.pace.seconds_left, 1);
}

static void
nobody_can_say(void **state)
{
	struct pace p = {0};
	uint64_t now = START_MS, moved = 0;

	(void)state;
	/* longer than anybody waits */
	pace_begin(&p, 0, now);
	while (now < START_MS + 10000)
		pace_note(&p, ++moved, UINT64_MAX, now += 1000);
	assert_true(p.rate > 0);
	assert_int_equal(p.seconds_left, 0);
	/* and it turns out not to be so much */
	pace_spare(&p, UINT64_MAX, 1000);
	assert_true(p.seconds_left > 0);
	/* nothing has moved at all */
	pace_begin(&p, 0, now);
	for (int i = 0; i < 10; i++)
		pace_note(&p, 0, 1000, now += 1000);
	assert_true(p.rate <= 0);
	assert_int_equal(p.seconds_left, 0);
	/* all is there */
	pace_begin(&p, 0, now);
	for (moved = 1000; moved <= 5000; moved += 1000)
		pace_note(&p, moved, 5000 - moved, now += 1000);
	assert_int_equal(p.seconds_left, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rate_is_the_mean_at_first),
	    cmocka_unit_test(rate_follows),
	    cmocka_unit_test(a_full_bucket_is_no_rate),
	    cmocka_unit_test(left_does_not_jump),
	    cmocka_unit_test(left_falls_steadily),
	    cmocka_unit_test(left_follows),
	    cmocka_unit_test(spared),
	    cmocka_unit_test(nobody_can_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
