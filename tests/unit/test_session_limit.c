/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast files may leave, by a clock that only the test moves. The caller
 * sends, and is driven as an owner drives it: everything that may leave
 * leaves, then it sleeps until the deadline.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum {
	BLOCK = 256 * 1024,
	SECONDS = 5,
	FILES_MAX = 3,
	DROP = 1024 * 1024, /* longer than what is looked at */
	MS = 1000,
};

static const uint64_t endless = INT64_MAX;

static void
feed_zeros(struct side *side, uint32_t id)
{
	struct block *b = mem_zalloc(sizeof(*b) + BLOCK);

	b->len = BLOCK;
	assert_int_equal(session_feed(side->s, id, b), 0);
}

/* What arrived, by transfer. */
struct tally {
	uint64_t bytes[FILES_MAX + 1];
};

/* Endless files of zeros; the receiver counts them. */
static bool
stream(struct side *side, const struct session_event *e)
{
	struct tally *tally = side->arg;
	uint32_t id = e->transfer != NULL ? e->transfer->id : 0;

	switch (e->type) {
	case SESSION_ANSWER:
		feed_zeros(side, id);
		feed_zeros(side, id);
		return true;
	case SESSION_WANT:
		feed_zeros(side, id);
		return true;
	case SESSION_DATA:
		tally->bytes[id] += e->data_len;
		assert_int_equal(e->transfer->offset, tally->bytes[id]);
		assert_int_equal(session_drained(side->s, id, e->data_len), 0);
		return true;
	default:
		return false;
	}
}

static uint64_t
total(const struct tally *tally)
{
	uint64_t sum = 0;

	for (int id = 1; id <= FILES_MAX; id++)
		sum += tally->bytes[id];
	return sum;
}

static void
open_streams(struct pair *p, struct tally *tally, uint64_t rate, int files)
{
	*tally = (struct tally){{0}};
	pair_open(p);
	p->caller.hook = p->listener.hook = stream;
	p->listener.arg = tally;
	session_limit(p->caller.s, rate);
	for (int i = 0; i < files; i++)
		side_offer(&p->caller, endless);
}

/* All that may leave, and what it says about itself before and after. */
static void
settle(struct pair *p)
{
	struct side *a = &p->caller;

	for (;;) {
		bool says = session_has_output(a->s);
		bool moved = pair_carry(p, a, &p->listener);

		assert_int_equal(moved, says);
		moved |= pair_carry(p, &p->listener, a);
		if (!moved)
			break;
	}
	assert_false(session_has_output(a->s));
	assert_true(session_deadline(a->s) > p->now_ms);
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The clock goes on to the next deadline, or late by so much. */
static void
sleep_on(struct pair *p, uint64_t late_ms, uint64_t until)
{
	uint64_t due = sooner(
	    session_deadline(p->caller.s), session_deadline(p->listener.s));

	p->now_ms = sooner(due + late_ms, until);
	session_tick(p->caller.s, p->now_ms);
	session_tick(p->listener.s, p->now_ms);
}

/* How often it was woken. */
static unsigned
run(struct pair *p, uint64_t late_ms, uint64_t for_ms)
{
	uint64_t until = p->now_ms + for_ms;
	unsigned woken = 0;

	settle(p);
	while (p->now_ms < until) {
		sleep_on(p, late_ms, until);
		settle(p);
		woken++;
	}
	return woken;
}

static void
test_rate(void **state)
{
	static const struct {
		uint64_t rate, late_ms;
		int files;
	} cases[] = {
	    {10 * 1000, 0, 1},
	    {10 * 1000, 33, 1},
	    {10 * 1000, 0, 3},
	    {10 * 1000, 33, 3},
	    {1000 * 1000, 0, 1},
	    {1000 * 1000, 33, 1},
	    {1000 * 1000, 0, 3},
	    {1000 * 1000, 33, 3},
	    {100 * 1000 * 1000, 0, 1},
	    {100 * 1000 * 1000, 7, 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t want = SECONDS * cases[i].rate;
		int files = cases[i].files;
		uint64_t each = want / (unsigned)files;
		struct tally tally;
		struct pair p;
		unsigned woken;

		open_streams(&p, &tally, cases[i].rate, files);
		woken = run(&p, cases[i].late_ms, SECONDS * MS);
		assert_in_range(total(&tally), want - want * 3 / 100,
		    want + want * 3 / 100);
		for (int id = 1; id <= files; id++)
			assert_in_range(tally.bytes[id], each - each / 20,
			    each + each / 20);
		assert_in_range(woken, SECONDS, SECONDS * MS);
		assert_int_equal(p.caller.count[SESSION_ENDED], 0);
		pair_release(&p);
	}
}

/* A whole file arrives, byte for byte, and so does what is said meanwhile. */
static void
test_whole_file(void **state)
{
	const uint64_t size = 3 * PAIR_BLOCK + 1, rate = 100 * 1000;
	struct pair p;
	uint64_t start;

	(void)state;
	pair_open(&p);
	session_limit(p.caller.s, rate);
	start = p.now_ms;
	side_offer(&p.caller, size);
	settle(&p);
	for (uint64_t n = 1; p.caller.count[SESSION_RESULT] == 0; n++) {
		assert_int_equal(side_say(&p.caller, n, "now"), 0);
		assert_true(session_has_output(p.caller.s));
		settle(&p);
		assert_int_equal(p.listener.count[SESSION_MESSAGE], n);
		sleep_on(&p, 0, UINT64_MAX);
		settle(&p);
	}
	assert_in_range(
	    p.now_ms - start, size * MS / rate, size * MS / rate + 2 * MS / 10);
	assert_int_equal(p.listener.transfer[SESSION_DONE].offset, size);
	assert_int_equal(
	    p.caller.transfer[SESSION_RESULT].state, TRANSFER_COMPLETE);
	pair_release(&p);
}

/* Silence earns no more than a tenth of a second. */
static void
test_burst(void **state)
{
	static const uint64_t idle_ms[] = {1, 50, 99, 100, 101, 5000};
	const uint64_t rate = 10 * 1000 * 1000;

	(void)state;
	for (size_t i = 0; i < COUNT(idle_ms); i++) {
		uint64_t earned = sooner(idle_ms[i], 100) * rate / MS;
		struct tally tally;
		struct pair p;

		open_streams(&p, &tally, rate, 1);
		settle(&p);
		assert_int_equal(total(&tally), 0);
		p.now_ms += idle_ms[i];
		session_tick(p.caller.s, p.now_ms);
		settle(&p);
		assert_in_range(total(&tally),
		    earned < WIRE_DATA_MAX ? 0 : earned - WIRE_DATA_MAX,
		    earned);
		pair_release(&p);
	}
}

/* Lifted, it flows at once; set again, it does not; said twice, no gift. */
static void
test_changes(void **state)
{
	struct tally tally;
	struct pair p;
	uint64_t before;

	(void)state;
	open_streams(&p, &tally, 1000, 1);
	run(&p, 0, SECONDS * MS);
	for (int i = 0; i < 100; i++) {
		session_limit(p.caller.s, (uint64_t)1000 + (unsigned)i % 2);
		settle(&p);
	}
	assert_in_range(total(&tally), 4500, 5100);
	session_limit(p.caller.s, 0);
	assert_true(session_has_output(p.caller.s));
	before = total(&tally);
	for (int i = 0; i < 10; i++)
		pair_carry(&p, &p.caller, &p.listener);
	assert_true(total(&tally) >= before + DROP);
	session_limit(p.caller.s, 1000 * 1000);
	assert_false(session_has_output(p.caller.s));
	before = total(&tally);
	run(&p, 0, SECONDS * MS);
	assert_in_range(total(&tally) - before, 4850 * 1000, 5150 * 1000);
	/* What was saved up shrinks with the limit. */
	session_limit(p.caller.s, 1000);
	before = total(&tally);
	run(&p, 0, SECONDS * MS);
	assert_in_range(total(&tally) - before, 4000, 6100);
	pair_release(&p);
}

/* No rate is too small or too large to count with. */
static void
test_extremes(void **state)
{
	static const struct {
		uint64_t rate, least, most; /* bytes in an hour */
	} cases[] = {
	    {1, 2 * 1024, 3600},
	    {7, 24 * 1024, 7 * 3600},
	    {UINT64_MAX, 0, UINT64_MAX},
	    {UINT64_MAX / 1000, 0, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tally tally;
		struct pair p;

		open_streams(&p, &tally, cases[i].rate, 1);
		if (cases[i].most == UINT64_MAX) {
			pair_carry(&p, &p.caller, &p.listener);
			pair_carry(&p, &p.listener, &p.caller);
			p.now_ms++;
			session_tick(p.caller.s, p.now_ms);
			for (int n = 0; n < 10; n++)
				pair_carry(&p, &p.caller, &p.listener);
			assert_true(total(&tally) >= DROP);
		} else {
			run(&p, 0, (uint64_t)3600 * MS);
			assert_in_range(
			    total(&tally), cases[i].least, cases[i].most);
		}
		pair_release(&p);
	}
}

/* The limit allows it, the line does not take it: no timer helps. */
static void
test_no_room(void **state)
{
	struct tally tally;
	struct side *a;
	struct pair p;

	(void)state;
	open_streams(&p, &tally, 1000 * 1000, 1);
	a = &p.caller;
	settle(&p);
	for (int i = 0; i < 100; i++) {
		size_t len = buf_len(&a->wire);

		p.now_ms = session_deadline(a->s);
		session_tick(a->s, p.now_ms);
		if (len >= WIRE_DATA_MAX)
			break;
		session_output(a->s, &a->wire, WIRE_DATA_MAX, p.now_ms);
	}
	for (int i = 0; i < 3; i++) {
		session_output(a->s, &a->wire, WIRE_DATA_MAX, p.now_ms);
		assert_true(session_has_output(a->s));
		assert_true(session_deadline(a->s) > p.now_ms + MS);
		p.now_ms += MS;
		session_tick(a->s, p.now_ms);
	}
	pair_release(&p);
}

/* A pause needs no timer, and does not spend what the others may send. */
static void
test_paused(void **state)
{
	struct tally tally;
	struct pair p;
	uint64_t before;

	(void)state;
	open_streams(&p, &tally, 1000 * 1000, 2);
	run(&p, 0, MS);
	assert_int_equal(
	    session_pause(p.caller.s, TRANSFER_OUT, 1, WHY_PERSON, 0), 0);
	settle(&p);
	before = tally.bytes[1];
	run(&p, 0, SECONDS * MS);
	assert_int_equal(tally.bytes[1], before);
	assert_in_range(total(&tally), 5820 * 1000, 6180 * 1000);
	assert_int_equal(
	    session_pause(p.caller.s, TRANSFER_OUT, 2, WHY_PERSON, 0), 0);
	settle(&p);
	assert_true(session_deadline(p.caller.s) > p.now_ms + MS);
	assert_int_equal(session_resume(p.caller.s, TRANSFER_OUT, 1), 0);
	run(&p, 0, MS);
	assert_in_range(tally.bytes[1] - before, 900 * 1000, 1100 * 1000);
	pair_release(&p);
}

/* Our own patience is no sign that the other side is there. */
static void
test_nobody_there(void **state)
{
	struct tally tally;
	struct pair p;
	struct side *a;
	uint64_t start;

	(void)state;
	open_streams(&p, &tally, 10 * 1000, 1);
	run(&p, 0, MS);
	start = p.now_ms;
	a = &p.caller;
	while (!session_is_ended(a->s)) {
		session_output(a->s, &a->wire, PAIR_WANT, p.now_ms);
		buf_clear(&a->wire);
		p.now_ms = session_deadline(a->s);
		session_tick(a->s, p.now_ms);
		assert_in_range(p.now_ms, start, start + SESSION_SILENCE_MS);
	}
	assert_int_equal(a->last[SESSION_ENDED].bye, BYE_TIMEOUT);
	pair_release(&p);
}

/* Where the line is slower than the limit, there was room: a sign of life. */
static void
test_slow_line(void **state)
{
	struct tally tally;
	struct pair p;
	struct side *a;

	(void)state;
	open_streams(&p, &tally, 100 * 1000 * 1000, 1);
	settle(&p);
	a = &p.caller;
	/* Not longer than the credit lasts. */
	for (int second = 0; second < 60; second++) {
		session_output(a->s, &a->wire, 1, p.now_ms);
		buf_clear(&a->wire);
		p.now_ms += MS;
		session_tick(a->s, p.now_ms);
		assert_true(session_deadline(a->s) >=
			    p.now_ms + SESSION_PING_MS - 3 * MS);
	}
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rate),
	    cmocka_unit_test(test_whole_file),
	    cmocka_unit_test(test_burst),
	    cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_extremes),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_paused),
	    cmocka_unit_test(test_nobody_there),
	    cmocka_unit_test(test_slow_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
