/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that one side, the other, or both have paused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum { SIZE = 10 * PAIR_BLOCK, PART = 3 * PAIR_BLOCK };

/* Who says it: the side that offered the file, or the one that gets it. */
enum who { SENDER, RECEIVER };

static struct session *
session_of(struct pair *p, enum who who)
{
	return who == SENDER ? p->caller.s : p->listener.s;
}

static struct side *
other_side(struct pair *p, enum who who)
{
	return who == SENDER ? &p->listener : &p->caller;
}

static enum transfer_dir
dir_of(enum who who)
{
	return who == SENDER ? TRANSFER_OUT : TRANSFER_IN;
}

static void
pause_it(struct pair *p, enum who who, uint32_t id, enum wire_why why)
{
	assert_int_equal(
	    session_pause(session_of(p, who), dir_of(who), id, why, 0), 0);
}

static void
resume_it(struct pair *p, enum who who, uint32_t id)
{
	assert_int_equal(
	    session_resume(session_of(p, who), dir_of(who), id), 0);
}

/* The caller may send a file, two blocks of which are fed. */
static uint32_t
open_sending(struct pair *p, uint64_t size)
{
	uint32_t id;

	pair_open(p);
	id = side_offer(&p->caller, size);
	pair_carry(p, &p->caller, &p->listener);
	pair_carry(p, &p->listener, &p->caller);
	return id;
}

static uint64_t
sent(struct pair *p, uint32_t id)
{
	return session_transfer(p->caller.s, TRANSFER_OUT, id)->offset;
}

/* Every way to pause and to resume: DATA flows when both agree that it may. */
static void
test_either_and_both(void **state)
{
	static const struct {
		enum who pauses[2], resumes[2];
		unsigned count;
	} cases[] = {
	    {{SENDER}, {SENDER}, 1},
	    {{RECEIVER}, {RECEIVER}, 1},
	    {{SENDER, RECEIVER}, {SENDER, RECEIVER}, 2},
	    {{SENDER, RECEIVER}, {RECEIVER, SENDER}, 2},
	    {{RECEIVER, SENDER}, {SENDER, RECEIVER}, 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair p;
		uint32_t id = open_sending(&p, SIZE);

		for (unsigned n = 0; n < cases[i].count; n++) {
			enum who who = cases[i].pauses[n];

			pause_it(&p, who, id, WHY_PERSON);
			pair_pump(&p);
		}
		assert_false(session_has_output(p.caller.s));
		assert_int_equal(
		    session_deadline(p.caller.s), p.now_ms + SESSION_PING_MS);
		for (unsigned n = 0; n < cases[i].count; n++) {
			uint64_t stood = sent(&p, id);

			pair_pump(&p);
			assert_int_equal(sent(&p, id), stood);
			assert_int_equal(p.caller.count[SESSION_RESULT], 0);
			resume_it(&p, cases[i].resumes[n], id);
			assert_true(session_has_output(
			    session_of(&p, cases[i].resumes[n])));
			pair_pump(&p);
		}
		assert_int_equal(p.caller.count[SESSION_RESULT], 1);
		assert_int_equal(
		    p.caller.transfer[SESSION_RESULT].state, TRANSFER_COMPLETE);
		assert_int_equal(
		    p.listener.transfer[SESSION_DONE].offset, SIZE);
		pair_release(&p);
	}
}

/* Events come for what the other says, where it is news. */
static void
test_events(void **state)
{
	static const struct {
		bool resume;
		enum wire_why why;
		uint64_t missing;
		enum wire_why shown;
		bool news;
	} steps[] = {
	    {true, WHY_NONE, 0, WHY_NONE, false},
	    {false, WHY_NONE, 0, WHY_PERSON, true},
	    {false, WHY_PERSON, 0, WHY_PERSON, false},
	    {false, WHY_DISK_FULL, 0, WHY_DISK_FULL, true},
	    {false, WHY_DISK_FULL, 0, WHY_DISK_FULL, false},
	    {false, WHY_DISK_FULL, 5, WHY_DISK_FULL, true},
	    {false, WHY_DISK_FULL, 5, WHY_DISK_FULL, false},
	    {false, WHY_DISK_FULL, UINT64_MAX, WHY_DISK_FULL, true},
	    {true, WHY_NONE, 0, WHY_NONE, true},
	    {true, WHY_NONE, 0, WHY_NONE, false},
	    {false, WHY_DISK_FULL, 0, WHY_DISK_FULL, true},
	    {false, WHY_TURN, 0, WHY_TURN, true},
	    {true, WHY_NONE, 0, WHY_NONE, true},
	};

	(void)state;
	for (enum who who = SENDER; who <= RECEIVER; who++) {
		struct pair p;
		uint32_t id = open_sending(&p, SIZE);
		enum transfer_dir there =
		    dir_of(who == SENDER ? RECEIVER : SENDER);
		struct side *other = other_side(&p, who);
		unsigned count[2] = {0, 0};

		pause_it(&p, who == SENDER ? RECEIVER : SENDER, id, WHY_IO);
		for (size_t i = 0; i < COUNT(steps); i++) {
			const struct transfer *t;

			if (steps[i].resume)
				resume_it(&p, who, id);
			else
				assert_int_equal(
				    session_pause(session_of(&p, who),
					dir_of(who), id, steps[i].why,
					steps[i].missing),
				    0);
			pair_pump(&p);
			count[steps[i].resume] += steps[i].news;
			assert_int_equal(other->count[SESSION_PAUSE], count[0]);
			assert_int_equal(
			    other->count[SESSION_RESUME], count[1]);
			t = session_transfer(other->s, there, id);
			assert_int_equal(t->paused_there, !steps[i].resume);
			assert_int_equal(t->pause_why, steps[i].shown);
			assert_true(t->pause_missing == steps[i].missing);
			assert_true(t->paused_here);
		}
		pair_release(&p);
	}
}

static bool
hold_offers(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_OFFER;
}

/* Before it is accepted and after its end there is nothing to pause. */
static void
test_when(void **state)
{
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	p.listener.hook = hold_offers;
	id = side_offer(&p.caller, SIZE);
	pair_pump(&p);
	for (enum who who = SENDER; who <= RECEIVER; who++) {
		struct session *s = session_of(&p, who);
		enum transfer_dir dir = dir_of(who);

		assert_int_equal(session_resume(s, dir, id), 0);
		assert_int_equal(session_pause(s, dir, id + 1, WHY_PERSON, 0),
		    ERR_NOT_FOUND);
		assert_int_equal(session_resume(s, dir, id + 1), ERR_NOT_FOUND);
		assert_false(session_has_output(s));
	}
	assert_int_equal(
	    session_pause(p.caller.s, TRANSFER_OUT, id, WHY_PERSON, 0),
	    ERR_INVALID);
	/* Its answer has to wait for the disk, and so does what follows it. */
	pause_it(&p, RECEIVER, id, WHY_PERSON);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_PAUSE], 1);
	assert_int_equal(session_accept(p.listener.s, id), 0);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_ANSWER], 1);
	assert_int_equal(sent(&p, id), 0);
	/* All of these cross the end. */
	assert_int_equal(
	    session_cancel(p.caller.s, TRANSFER_OUT, id, WHY_PERSON), 0);
	resume_it(&p, RECEIVER, id);
	pause_it(&p, RECEIVER, id, WHY_DISK_FULL);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_PAUSE], 1);
	assert_int_equal(p.caller.count[SESSION_RESUME], 0);
	assert_int_equal(
	    session_pause(p.listener.s, TRANSFER_IN, id, WHY_PERSON, 0),
	    ERR_NOT_FOUND);
	assert_true(session_is_open(p.caller.s));
	assert_true(session_is_open(p.listener.s));
	pair_release(&p);
}

/* What left before the pause was heard arrives and is taken. */
static void
test_data_on_its_way(void **state)
{
	struct pair p;
	uint32_t id = open_sending(&p, SIZE);
	struct side *a = &p.caller;
	uint64_t stood;

	(void)state;
	session_output(a->s, &a->wire, 3 * WIRE_DATA_MAX, p.now_ms);
	pause_it(&p, RECEIVER, id, WHY_PERSON);
	stood = sent(&p, id);
	assert_true(stood > WIRE_DATA_MAX);
	session_input(p.listener.s, &a->wire, p.now_ms);
	assert_int_equal(
	    session_transfer(p.listener.s, TRANSFER_IN, id)->offset, stood);
	assert_int_equal(p.listener.count[SESSION_CANCEL], 0);
	pair_carry(&p, &p.listener, a);
	assert_false(session_has_output(a->s));
	pair_pump(&p);
	assert_int_equal(sent(&p, id), stood);
	resume_it(&p, RECEIVER, id);
	pair_pump(&p);
	assert_int_equal(a->count[SESSION_RESULT], 1);
	pair_release(&p);
}

/* The others take their turns; words are not held back. */
static void
test_others_go_on(void **state)
{
	struct pair p;
	uint32_t id = open_sending(&p, SIZE);

	(void)state;
	pause_it(&p, SENDER, id, WHY_PERSON);
	for (int i = 0; i < 3; i++)
		side_offer(&p.caller, SIZE);
	assert_int_equal(side_say(&p.caller, 1, "still here"), 0);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_MESSAGE], 1);
	assert_int_equal(p.caller.count[SESSION_RESULT], 3);
	assert_int_equal(sent(&p, id), 0);
	resume_it(&p, SENDER, id);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_RESULT], 4);
	pair_release(&p);
}

static bool
pause_at_offer(struct side *side, const struct session_event *e)
{
	if (e->type != SESSION_OFFER)
		return false;
	assert_int_equal(side_accept_from(side, e->transfer->id, PART), 0);
	assert_int_equal(session_pause(side->s, TRANSFER_IN, e->transfer->id,
			     WHY_DISK_FULL, 0),
	    0);
	return true;
}

/* Proofs are compared and DONE is said while it is paused. */
static void
test_only_data_waits(void **state)
{
	static const uint64_t sizes[] = {PART, SIZE};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		bool all_there = sizes[i] == PART;
		struct pair p;
		uint32_t id;

		pair_open(&p);
		p.listener.hook = pause_at_offer;
		id = side_offer(&p.caller, sizes[i]);
		pair_pump(&p);
		assert_int_equal(p.caller.count[SESSION_PAUSE], 1);
		assert_int_equal(
		    p.caller.transfer[SESSION_PAUSE].pause_why, WHY_DISK_FULL);
		assert_int_equal(p.listener.count[SESSION_BEGIN], 1);
		assert_int_equal(p.listener.count[SESSION_DATA], 0);
		assert_int_equal(p.caller.count[SESSION_RESULT], all_there);
		if (!all_there)
			resume_it(&p, RECEIVER, id);
		pair_pump(&p);
		assert_int_equal(p.caller.count[SESSION_RESULT], 1);
		pair_release(&p);
	}
}

static bool
never_verify(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_DONE;
}

/* When all is sent, a pause is heard, and the end comes nevertheless. */
static void
test_late(void **state)
{
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	p.listener.hook = never_verify;
	id = side_offer(&p.caller, SIZE);
	pair_pump(&p);
	pause_it(&p, SENDER, id, WHY_PERSON);
	pause_it(&p, RECEIVER, id, WHY_PERSON);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_PAUSE], 1);
	assert_int_equal(p.listener.count[SESSION_PAUSE], 1);
	assert_int_equal(session_result(p.listener.s, id, WHY_NONE), 0);
	pair_pump(&p);
	assert_int_equal(
	    p.caller.transfer[SESSION_RESULT].state, TRANSFER_COMPLETE);
	pair_release(&p);
}

/* Pausing inside an event takes hold before the next frame. */
static bool
pause_at_want(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_WANT)
		assert_int_equal(session_pause(side->s, TRANSFER_OUT,
				     e->transfer->id, WHY_PERSON, 0),
		    0);
	return false;
}

static void
test_inside_an_event(void **state)
{
	struct pair p;
	uint32_t id = open_sending(&p, SIZE);

	(void)state;
	p.caller.hook = pause_at_want;
	for (uint64_t blocks = 1; blocks <= SIZE / PAIR_BLOCK; blocks++) {
		pair_pump(&p);
		if (blocks * PAIR_BLOCK == SIZE)
			break;
		assert_int_equal(sent(&p, id), blocks * PAIR_BLOCK);
		resume_it(&p, SENDER, id);
	}
	assert_int_equal(p.caller.count[SESSION_RESULT], 1);
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_either_and_both),
	    cmocka_unit_test(test_events),
	    cmocka_unit_test(test_when),
	    cmocka_unit_test(test_data_on_its_way),
	    cmocka_unit_test(test_others_go_on),
	    cmocka_unit_test(test_only_data_waits),
	    cmocka_unit_test(test_late),
	    cmocka_unit_test(test_inside_an_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
