/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The poll() loop: watched descriptors, timers, and one hook that runs just
 * before sleeping. Callbacks may add, change and remove any watch or timer,
 * their own included.
 */
#ifndef CHARLA_NET_LOOP_H
#define CHARLA_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct watch;
struct timer;

struct loop *loop_new(void);
/* Every watch and timer must have been removed. */
void loop_free(struct loop *loop);

/* events and revents are poll(2)'s. The descriptor stays the caller's. */
struct watch *loop_watch(struct loop *loop, int fd, short events,
    void (*ready)(void *arg, short revents), void *arg);
/* 0 keeps the watch and asks for nothing (not even POLLHUP). */
void watch_events(struct watch *w, short events);
/*
 * Call ready again with the given revents at the next turn, after everybody
 * else had theirs: for work that was cut off by its slice.
 */
void watch_again(struct watch *w, short revents);
void watch_remove(struct watch *w); /* NULL is fine */

/* A timer that is not armed. */
struct timer *loop_timer(
    struct loop *loop, void (*fired)(void *arg), void *arg);
/* Fire once at clock_mono_ms() >= at_ms. Arming again replaces. */
void timer_arm(struct timer *t, uint64_t at_ms);
void timer_disarm(struct timer *t);
bool timer_is_armed(const struct timer *t);
void timer_remove(struct timer *t); /* NULL is fine */

/*
 * Runs after all callbacks, just before poll(2) may sleep; and once more
 * where it asked for watch_again, after that was done.
 */
void loop_before_sleep(struct loop *loop, void (*hook)(void *arg), void *arg);
/* Until loop_stop. */
void loop_run(struct loop *loop);
/* One turn: hook, poll, callbacks. Sleeps at most max_ms (-1: no bound). */
void loop_turn(struct loop *loop, int max_ms);
void loop_stop(struct loop *loop);

#endif
