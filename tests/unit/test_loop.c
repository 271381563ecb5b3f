/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/loop.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/base/util.h"

enum { PIPES = 3, LOG_MAX = 64 };

/* Three pipes, watched at their reading ends, and a diary of callbacks. */
struct scene {
	struct loop *loop;
	int read_fd[PIPES], write_fd[PIPES];
	struct watch *watch[PIPES];
	struct timer *timer[PIPES];
	char log[LOG_MAX];
	size_t len;
	void (*act)(struct scene *s, int who);
	struct who {
		struct scene *scene;
		int number;
	} who[PIPES];
	short last_revents;
};

static void
note(struct scene *s, char c)
{
	assert_true(s->len + 1 < sizeof(s->log));
	s->log[s->len++] = c;
	s->log[s->len] = '\0';
}

static void
on_ready(void *arg, short revents)
{
	struct who *w = arg;

	w->scene->last_revents = revents;
	note(w->scene, (char)('a' + w->number));
	if (w->scene->act)
		w->scene->act(w->scene, w->number);
}

static void
on_timer(void *arg)
{
	struct who *w = arg;

	note(w->scene, (char)('0' + w->number));
	if (w->scene->act)
		w->scene->act(w->scene, w->number);
}

static int
set_up(void **state)
{
	static struct scene scene;
	struct scene *s = &scene;

	memset(s, 0, sizeof(*s));
	s->loop = loop_new();
	for (int i = 0; i < PIPES; i++) {
		int fds[2];

		assert_int_equal(pipe(fds), 0);
		s->read_fd[i] = fds[0];
		s->write_fd[i] = fds[1];
		s->who[i] = (struct who){s, i};
		s->watch[i] =
		    loop_watch(s->loop, fds[0], POLLIN, on_ready, &s->who[i]);
		s->timer[i] = loop_timer(s->loop, on_timer, &s->who[i]);
	}
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < PIPES; i++) {
		watch_remove(s->watch[i]);
		timer_remove(s->timer[i]);
		close(s->read_fd[i]);
		close(s->write_fd[i]);
	}
	loop_free(s->loop);
	return 0;
}

static void
fill(struct scene *s, int i)
{
	assert_int_equal(write(s->write_fd[i], "x", 1), 1);
}

static void
expect(struct scene *s, const char *log)
{
	assert_string_equal(s->log, log);
	s->len = 0;
	s->log[0] = '\0';
}

static void
test_ready(void **state)
{
	struct scene *s = *state;

	loop_turn(s->loop, 0);
	expect(s, "");
	fill(s, 1);
	loop_turn(s->loop, -1);
	expect(s, "b");
	assert_int_equal(s->last_revents, POLLIN);
	fill(s, 0);
	loop_turn(s->loop, -1);
	expect(s, "ab");
	watch_events(s->watch[1], 0);
	loop_turn(s->loop, -1);
	expect(s, "a");
	/* Nothing is asked for: not even the end is told. */
	watch_events(s->watch[0], 0);
	close(s->write_fd[0]);
	s->write_fd[0] = -1;
	loop_turn(s->loop, 0);
	expect(s, "");
}

/* The first one that runs removes all the others, and itself. */
static void
remove_all(struct scene *s, int who)
{
	(void)who;
	for (int i = 0; i < PIPES; i++) {
		watch_remove(s->watch[i]);
		s->watch[i] = NULL;
		timer_remove(s->timer[i]);
		s->timer[i] = NULL;
	}
}

static void
test_remove_inside(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < PIPES; i++) {
		fill(s, i);
		timer_arm(s->timer[i], 0);
	}
	s->act = remove_all;
	loop_turn(s->loop, -1);
	expect(s, "a");
	loop_turn(s->loop, 0);
	expect(s, "");
}

static void
test_remove_inside_timer(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < PIPES; i++)
		timer_arm(s->timer[i], (uint64_t)i);
	s->act = remove_all;
	loop_turn(s->loop, -1);
	expect(s, "0");
}

/* Pipe 0 hands its descriptor number on; the new watch asks on its own. */
static void
recycle(struct scene *s, int who)
{
	if (who != 0)
		return;
	watch_remove(s->watch[1]);
	assert_int_equal(dup2(s->read_fd[2], s->read_fd[1]), s->read_fd[1]);
	s->watch[1] =
	    loop_watch(s->loop, s->read_fd[1], POLLIN, on_ready, &s->who[1]);
	s->act = NULL;
}

static void
test_descriptor_used_again(void **state)
{
	struct scene *s = *state;

	fill(s, 0);
	fill(s, 1);
	s->act = recycle;
	loop_turn(s->loop, -1);
	expect(s, "a");
	loop_turn(s->loop, -1);
	expect(s, "a");
}

static void
mute_second(struct scene *s, int who)
{
	(void)who;
	watch_events(s->watch[1], 0);
}

static void
test_mute_inside(void **state)
{
	struct scene *s = *state;

	fill(s, 0);
	fill(s, 1);
	s->act = mute_second;
	loop_turn(s->loop, -1);
	expect(s, "a");
}

static void
once_more(struct scene *s, int who)
{
	if (who == 0)
		watch_again(s->watch[0], POLLOUT);
	if (who == 0 && s->len > 1)
		s->act = NULL;
}

/* A second helping comes at the next turn, without sleep, and last. */
static void
test_again(void **state)
{
	struct scene *s = *state;
	char c;

	fill(s, 0);
	s->act = once_more;
	loop_turn(s->loop, -1);
	expect(s, "a");
	assert_int_equal(read(s->read_fd[0], &c, 1), 1);
	fill(s, 1);
	fill(s, 2);
	s->act = NULL;
	loop_turn(s->loop, -1);
	expect(s, "bca");
	assert_int_equal(s->last_revents, POLLOUT);
	loop_turn(s->loop, -1);
	expect(s, "bc");
}

static void
test_timers_in_order(void **state)
{
	struct scene *s = *state;
	uint64_t now = clock_mono_ms();

	timer_arm(s->timer[2], now + 5);
	timer_arm(s->timer[0], now + 10);
	timer_arm(s->timer[1], now + 1);
	assert_true(timer_is_armed(s->timer[0]));
	while (s->len < 3)
		loop_turn(s->loop, -1);
	expect(s, "120");
	assert_true(clock_mono_ms() >= now + 10);
	assert_false(timer_is_armed(s->timer[0]));
	/* The same time: in the order they were armed. Again: replaces. */
	timer_arm(s->timer[0], 1);
	timer_arm(s->timer[2], 1);
	timer_arm(s->timer[1], 1);
	timer_arm(s->timer[0], 1);
	timer_disarm(s->timer[2]);
	loop_turn(s->loop, -1);
	expect(s, "10");
}

static void
rearm(struct scene *s, int who)
{
	timer_arm(s->timer[who], 0);
}

/* A timer that is always due gets one go a turn; others live beside it. */
static void
test_timer_does_not_starve(void **state)
{
	struct scene *s = *state;

	timer_arm(s->timer[0], 0);
	timer_arm(s->timer[1], 1);
	fill(s, 2);
	s->act = NULL;
	loop_turn(s->loop, -1);
	expect(s, "c01");
	s->act = rearm;
	watch_events(s->watch[2], 0);
	timer_arm(s->timer[0], 0);
	timer_arm(s->timer[1], 0);
	loop_turn(s->loop, -1);
	expect(s, "01");
	loop_turn(s->loop, -1);
	expect(s, "01");
}

static void
arm_soon(void *arg)
{
	struct scene *s = arg;

	if (s->len == 0)
		timer_arm(s->timer[0], clock_mono_ms() + 1);
}

/* What the hook arms counts for the sleep that follows it. */
static void
test_hook_before_sleep(void **state)
{
	struct scene *s = *state;

	loop_before_sleep(s->loop, arm_soon, s);
	while (s->len == 0)
		loop_turn(s->loop, -1);
	expect(s, "0");
}

static void
stop_at_third(struct scene *s, int who)
{
	if (s->len == 3)
		loop_stop(s->loop);
	else
		timer_arm(s->timer[who], 0);
}

static void
test_run_and_stop(void **state)
{
	struct scene *s = *state;

	s->act = stop_at_third;
	timer_arm(s->timer[0], 0);
	loop_run(s->loop);
	expect(s, "000");
	/* It can be run again. */
	timer_arm(s->timer[1], 0);
	loop_run(s->loop);
	expect(s, "111");
}

static void
nothing(int number)
{
	(void)number;
}

/* A signal ends the sleep and harms nobody. */
static void
test_interrupted(void **state)
{
	struct scene *s = *state;
	struct sigaction action = {.sa_handler = nothing}, before;
	struct itimerval often = {{0, 20000}, {0, 20000}}, never = {0};

	sigaction(SIGALRM, &action, &before);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	loop_turn(s->loop, -1);
	expect(s, "");
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
}

static void
add_more(struct scene *s, int who)
{
	static struct watch *more[100];

	if (who == 0) {
		for (size_t i = 0; i < COUNT(more); i++)
			more[i] = loop_watch(s->loop, s->read_fd[2], POLLIN,
			    on_ready, &s->who[2]);
		watch_events(s->watch[0], 0);
	} else {
		for (size_t i = 0; i < COUNT(more); i++)
			watch_remove(more[i]);
		s->act = NULL;
		watch_events(s->watch[2], 0);
	}
}

static void
test_add_inside(void **state)
{
	struct scene *s = *state;

	fill(s, 0);
	s->act = add_more;
	loop_turn(s->loop, -1);
	expect(s, "a");
	fill(s, 2);
	loop_turn(s->loop, -1);
	expect(s, "c");
	loop_turn(s->loop, 0);
	expect(s, "");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_ready),
	    CASE(test_remove_inside),
	    CASE(test_remove_inside_timer),
	    CASE(test_descriptor_used_again),
	    CASE(test_mute_inside),
	    CASE(test_again),
	    CASE(test_timers_in_order),
	    CASE(test_timer_does_not_starve),
	    CASE(test_hook_before_sleep),
	    CASE(test_run_and_stop),
	    CASE(test_interrupted),
	    CASE(test_add_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
