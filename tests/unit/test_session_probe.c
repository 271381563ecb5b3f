/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The path is in doubt: asked at once, given up soon, by the test's clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum {
	PING_MS = SESSION_PING_MS,
	LOST_MS = SESSION_SILENCE_MS,
	PROBE_MS = SESSION_PROBE_MS,
	HOUR_MS = 3600 * 1000,
	LATE_MS = 5000, /* a tick this late: we did not run */
	LISTENER_MS = 2000,

	STEPS_MAX = 6,
	FILE_SIZE = 10 * PAIR_BLOCK,
};

enum what {
	END, /* of the steps */
	PROBE,
	TICK,
	HEAR,
	SEND, /* a frame of a file leaves */
};

/* Times are since the session last heard something. */
struct step {
	enum what what;
	uint64_t at_ms;
	unsigned pings;       /* that leave because of it */
	uint64_t deadline_ms; /* after it; 0: it has ended */
};

struct story {
	const char *name;
	struct step steps[STEPS_MAX];
};

/* Of a caller with a file on its way out. */
static const struct story stories[] = {
    {"lost", {{PROBE, 100, 1, 100 + PROBE_MS}, {TICK, 100, 0, 100 + PROBE_MS},
		 {TICK, 99 + PROBE_MS, 0, 100 + PROBE_MS},
		 {TICK, 100 + PROBE_MS, 0, 0}}},
    {"heard in time, then as usual",
	{{PROBE, 100, 1, 100 + PROBE_MS}, {HEAR, 2000, 0, 2000 + PING_MS},
	    {TICK, 100 + PROBE_MS, 0, 2000 + PING_MS},
	    {TICK, 2000 + PING_MS, 1, 2000 + LOST_MS},
	    {TICK, 2000 + LOST_MS, 0, 0}}},
    {"what was asked before counts",
	{{TICK, PING_MS, 1, LOST_MS},
	    {PROBE, PING_MS + 500, 0, PING_MS + 500 + PROBE_MS},
	    {TICK, PING_MS + 500 + PROBE_MS, 0, 0}}},
    {"never later than without it",
	{{TICK, PING_MS, 1, LOST_MS}, {PROBE, LOST_MS - 1000, 0, LOST_MS},
	    {TICK, LOST_MS, 0, 0}}},
    {"never later, nor asked before",
	{{PROBE, LOST_MS - 2000, 1, LOST_MS}, {TICK, LOST_MS, 0, 0}}},
    {"but there is time to answer",
	{{PROBE, LOST_MS - 500, 1, LOST_MS - 500 + PROBE_MS},
	    {TICK, LOST_MS, 0, LOST_MS - 500 + PROBE_MS},
	    {TICK, LOST_MS - 500 + PROBE_MS, 0, 0}}},
    {"a second one buys no time",
	{{PROBE, 100, 1, 100 + PROBE_MS}, {PROBE, 2000, 0, 100 + PROBE_MS},
	    {PROBE, 99 + PROBE_MS, 0, 100 + PROBE_MS},
	    {TICK, 100 + PROBE_MS, 0, 0}}},
    {"another after an answer is new",
	{{PROBE, 100, 1, 100 + PROBE_MS}, {HEAR, 2500, 0, 2500 + PING_MS},
	    {PROBE, 2600, 1, 2600 + PROBE_MS}, {TICK, 2600 + PROBE_MS, 0, 0}}},
    {"what leaves is life",
	{{SEND, 5000, 0, 5000 + PING_MS},
	    {TICK, 5000 + PING_MS, 1, 5000 + LOST_MS},
	    {SEND, 5000 + LOST_MS - 1, 0, 4999 + LOST_MS + PING_MS}}},
    {"what leaves is no answer to a probe",
	{{PROBE, 100, 1, 100 + PROBE_MS}, {SEND, 200, 0, 100 + PROBE_MS},
	    {SEND, 99 + PROBE_MS, 0, 100 + PROBE_MS},
	    {TICK, 100 + PROBE_MS, 0, 0}}},
    {"a question that what left has answered does not count",
	{{TICK, PING_MS, 1, LOST_MS},
	    {SEND, PING_MS + 100, 0, PING_MS + 100 + PING_MS},
	    {PROBE, PING_MS + 200, 1, PING_MS + 200 + PROBE_MS},
	    {SEND, PING_MS + 300, 0, PING_MS + 200 + PROBE_MS},
	    {TICK, PING_MS + 200 + PROBE_MS, 0, 0}}},
    {"what leaves is life again afterwards",
	{{PROBE, 100, 1, 100 + PROBE_MS}, {HEAR, 200, 0, 200 + PING_MS},
	    {SEND, 300, 0, 300 + PING_MS}}},
    {"a little late is not stopped",
	{{PROBE, 100, 1, 100 + PROBE_MS},
	    {TICK, 100 + PROBE_MS + LATE_MS, 0, 0}}},
    {"stopped meanwhile: asked again",
	{{PROBE, 100, 1, 100 + PROBE_MS}, {PROBE, HOUR_MS, 0, 100 + PROBE_MS},
	    {TICK, HOUR_MS, 1, HOUR_MS + PROBE_MS},
	    {SEND, HOUR_MS + 1, 0, HOUR_MS + PROBE_MS},
	    {TICK, HOUR_MS + PROBE_MS, 0, 0}}},
    {"awake again", {{PROBE, HOUR_MS, 1, HOUR_MS + PROBE_MS},
			{TICK, HOUR_MS, 0, HOUR_MS + PROBE_MS},
			{HEAR, HOUR_MS + 1000, 0, HOUR_MS + 1000 + PING_MS}}},
    {"asked, then stopped, then awake",
	{{TICK, PING_MS, 1, LOST_MS}, {PROBE, HOUR_MS, 0, LOST_MS},
	    {TICK, HOUR_MS, 1, HOUR_MS + PROBE_MS},
	    {TICK, HOUR_MS + PROBE_MS, 0, 0}}},
};

/* How many frames of a type wait to leave; they are dropped. */
static unsigned
said(struct side *side, size_t want, uint64_t now_ms, uint8_t type)
{
	unsigned n = 0;
	struct frame f;

	session_output(side->s, &side->wire, want, now_ms);
	while (wire_get(&side->wire, WIRE_FRAME_MAX, &f) == 0)
		n += f.type == type;
	return n;
}

static void
hear(struct side *side, uint64_t value, uint64_t now_ms)
{
	struct frame f = {.type = FRAME_PONG, .ping = value};
	struct buf in;

	buf_init(&in, 64);
	assert_int_equal(wire_put(&in, &f), 0);
	session_input(side->s, &in, now_ms);
	buf_release(&in);
}

static void
take(struct side *side, const struct step *step, uint64_t now_ms)
{
	switch (step->what) {
	case PROBE:
		session_probe(side->s, now_ms);
		break;
	case TICK:
		session_tick(side->s, now_ms);
		break;
	case HEAR:
		hear(side, UINT64_MAX, now_ms);
		break;
	default:
		assert_int_equal(said(side, 1, now_ms, FRAME_DATA), 1);
		break;
	}
}

static void
assert_step(struct side *side, const struct step *step, uint64_t start_ms)
{
	uint64_t deadline = session_deadline(side->s);

	if (step->deadline_ms == 0) {
		side_assert_ended(side, BYE_TIMEOUT);
		assert_true(deadline == UINT64_MAX);
		return;
	}
	assert_false(session_is_ended(side->s));
	assert_int_equal(deadline - start_ms, step->deadline_ms);
	assert_int_equal(
	    said(side, 0, start_ms + step->at_ms, FRAME_PING), step->pings);
}

static void
tell(const struct story *story)
{
	struct pair p;

	pair_open(&p);
	p.now_ms = 5000;
	side_offer(&p.caller, FILE_SIZE);
	pair_carry(&p, &p.caller, &p.listener);
	pair_carry(&p, &p.listener, &p.caller);
	for (size_t i = 0; i < STEPS_MAX && story->steps[i].what != END; i++) {
		const struct step *step = &story->steps[i];

		take(&p.caller, step, p.now_ms + step->at_ms);
		assert_step(&p.caller, step, p.now_ms);
	}
	pair_release(&p);
}

static void
test_stories(void **state)
{
	for (size_t i = 0; i < COUNT(stories); i++) {
		*state = (void *)(uintptr_t)stories[i].name;
		tell(&stories[i]);
	}
	*state = NULL;
}

static int
name_failed(void **state)
{
	if (*state != NULL)
		print_error("failed: %s\n", (const char *)*state);
	return 0;
}

/* A listener is no different, but for its own patience afterwards. */
static void
test_listener(void **state)
{
	struct side *side;
	struct pair p;

	(void)state;
	pair_open(&p);
	side = &p.listener;
	session_probe(side->s, p.now_ms + 100);
	assert_int_equal(
	    session_deadline(side->s), p.now_ms + 100 + SESSION_PROBE_MS);
	assert_int_equal(said(side, 0, p.now_ms, FRAME_PING), 1);
	hear(side, 2, p.now_ms + 140);
	assert_int_equal(session_round_trip_ms(side->s), 40);
	assert_int_equal(session_deadline(side->s),
	    p.now_ms + 140 + SESSION_PING_MS + LISTENER_MS);
	pair_release(&p);
}

static bool
let_it_ring(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_HELLO)
		session_knock(side->s, KNOCK_WAITING);
	return e->type == SESSION_HELLO;
}

static void
test_while_it_rings(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	p.listener.hook = let_it_ring;
	pair_pump(&p);
	session_probe(p.caller.s, p.now_ms);
	session_tick(p.caller.s, p.now_ms + SESSION_PROBE_MS);
	side_assert_ended(&p.caller, BYE_TIMEOUT);
	pair_release(&p);
}

/* Before HELLO its own time holds; after the end there is none. */
static void
test_not_now(void **state)
{
	struct side side;

	(void)state;
	side_init(&side, SESSION_CALLER, 1000);
	session_probe(side.s, 2000);
	assert_int_equal(session_deadline(side.s), 1000 + SESSION_HELLO_MS);
	assert_int_equal(said(&side, 0, 2000, FRAME_PING), 0);
	side_receive_hello(&side, WIRE_VERSION, WIRE_VERSION);
	assert_int_equal(session_deadline(side.s), SESSION_PING_MS);
	session_bye(side.s, BYE_QUIT);
	session_probe(side.s, 3000);
	assert_true(session_deadline(side.s) == UINT64_MAX);
	assert_int_equal(said(&side, 0, 3000, FRAME_PING), 0);
	side_release(&side);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_stories, name_failed),
	    cmocka_unit_test(test_listener),
	    cmocka_unit_test(test_while_it_rings),
	    cmocka_unit_test(test_not_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
