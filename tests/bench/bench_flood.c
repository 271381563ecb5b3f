/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody says MESSAGES=100000 things as fast as they are taken: from the
 * first one that is sent to the acknowledgement of the last, to the last one on
 * the screen, and from a key that is typed meanwhile to its echo. The sender is
 * a process of its own that waits for no disk; a real one has each message on
 * its disk before it goes. ROUNDS=5, ROWS=60, COLUMNS=200, FOLDER=/dev/shm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/typing.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/stranger_internal.h"

enum {
	LINE_KEYS = 40,
	KEY_GAP_MS = 10, /* as a rule, from one to the next */
	TEXT_MAX = 128,
	TURN_MS = 2,
	PATIENCE_S = 120,
};

/* What the sender tells of itself. */
struct sent {
	double begin, acked; /* bench_now() */
};

/* What it has cost ana so far. */
struct cost {
	double loop_s, store_s; /* of processor time */
	long resident_kb;
};

struct bench {
	struct person ana;
	struct stranger *stranger;
	uint64_t messages; /* in a round */
	uint64_t before;   /* that, in all rounds before this one */
	struct bench_samples keys;
};

static const char *
text_number(uint64_t number)
{
	static char text[TEXT_MAX];

	snprintf(text, sizeof(text),
	    "%07llu is what it has come to by now, and more of it follows",
	    (unsigned long long)number);
	return text;
}

/* As many as there is room for. */
static void
say_some(struct stranger *s, uint64_t last)
{
	while (
	    s->seq < last && stranger_queues_text(s, text_number(s->seq + 1)))
		continue;
	conn_kick(s->conn);
}

static bool
has_acked(const struct stranger *s, uint64_t last)
{
	for (size_t i = s->heard_count; i > 0; i--) {
		const struct frame *f = &s->heard[i - 1].frame;

		if (f->type == FRAME_ACK)
			return f->ack.seq == last;
	}
	return false;
}

/* In the sender: it looks at no screen, and leaves without a word. */
static void
send_all(struct stranger *s, uint64_t last, int out)
{
	struct sent sent = {.begin = bench_now()};

	while (!has_acked(s, last) && !s->is_down &&
	       bench_now() - sent.begin < PATIENCE_S) {
		say_some(s, last);
		loop_turn(s->loop, TURN_MS);
	}
	sent.acked = has_acked(s, last) ? bench_now() : 0;
	_exit(write(out, &sent, sizeof(sent)) != sizeof(sent));
}

/* Type until the last one is on the screen; returns when it was. */
static double
type_meanwhile(struct bench *b)
{
	struct typing typing = {.person = &b->ana};
	const char *last = text_number(b->before + b->messages);
	double next = bench_now(), end = next + PATIENCE_S, seen;

	while (screen_find(b->ana.screen, last, NULL) < 0) {
		char key = (char)('a' + typing.keys % 26);

		assert_true(bench_now() < end);
		bench_add(&b->keys, typing_key(&typing, key));
		if (typing.keys == LINE_KEYS)
			typing_clear(&typing);
		for (next += KEY_GAP_MS / 1e3; bench_now() < next;)
			screen_pump(1);
	}
	seen = bench_now();
	if (typing.keys > 0)
		typing_clear(&typing);
	return seen;
}

static struct cost
look_at_cost(const struct bench *b)
{
	const pid_t pid = screen_pid(b->ana.screen);

	return (struct cost){
	    .loop_s = bench_thread_seconds(pid, "charla"),
	    .store_s = bench_thread_seconds(pid, "store"),
	    .resident_kb = bench_resident_kb(pid),
	};
}

static void
say_result(const struct bench *b, const struct sent *sent, double seen,
    const struct cost *before)
{
	const struct cost after = look_at_cost(b);

	printf("%llu messages of %zu bytes: acknowledged after %.2f s, "
	       "shown after %.2f s; %.2f s of processor time in the loop, "
	       "%.2f s in the store\n",
	    (unsigned long long)b->messages, strlen(text_number(1)),
	    sent->acked - sent->begin, seen - sent->begin,
	    after.loop_s - before->loop_s, after.store_s - before->store_s);
	fflush(stdout);
}

/* The sender has its own copy of the talk, and leaves without a word. */
static void
flood(struct bench *b)
{
	const struct cost before = look_at_cost(b);
	const uint64_t last = b->before + b->messages;
	struct sent sent;
	pid_t sender;
	int ends[2], status;
	double seen;

	assert_int_equal(pipe(ends), 0);
	sender = fork();
	assert_true(sender >= 0);
	if (sender == 0)
		send_all(b->stranger, last, ends[1]);
	close(ends[1]);
	seen = type_meanwhile(b);
	assert_int_equal(read(ends[0], &sent, sizeof(sent)), sizeof(sent));
	close(ends[0]);
	assert_int_equal(waitpid(sender, &status, 0), sender);
	assert_true(sent.acked > 0);
	say_result(b, &sent, seen, &before);
	b->before = b->stranger->seq = last;
}

static void
run(void **state)
{
	const long rounds = bench_number("ROUNDS", 5);
	struct bench *b = *state;
	const pid_t pid = screen_pid(b->ana.screen);
	const struct cost first = look_at_cost(b);

	bench_forget_peak(pid);
	for (long i = 0; i < rounds; i++) {
		stranger_meets(b->stranger, &b->ana);
		flood(b);
		stranger_goes(b->stranger);
		assert_true(person_sees_no(&b->ana, "connected with"));
	}
	bench_say("meanwhile", "keys", &b->keys);
	printf("resident %ld kB before, %ld kB after, %ld kB at most\n",
	    first.resident_kb, bench_resident_kb(pid), bench_peak_kb(pid));
}

static int
begin(void **state)
{
	static struct bench b;

	bench_use_folder();
	b.messages = (uint64_t)bench_number("MESSAGES", 100000);
	b.ana.rows = (int)bench_number("ROWS", 60);
	b.ana.cols = (int)bench_number("COLUMNS", 200);
	person_start(&b.ana, "ana", NULL);
	assert_true(person_sees(&b.ana, "waiting for a call"));
	b.stranger = stranger_new("beto");
	*state = &b;
	return 0;
}

/* Also where the measuring has failed on the way. */
static int
end(void **state)
{
	struct bench *b = *state;

	stranger_free(b->stranger);
	person_release(&b->ana);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(run, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
