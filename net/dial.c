/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A dial waits, looks up, races its attempts, and rests once one of them has
 * connected. Every try looks the name up anew: the other machine may have
 * got another address. A lookup cannot be called back from its worker, so its
 * job lives on its own and forgets the dial that is freed meanwhile.
 */
#include "net/dial.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/util.h"

enum state { WAITING, FAILED, LOOKING_UP, RACING, RESTING };

struct lookup {
	struct dial *dial; /* NULL: nobody waits for it any more */
	struct target target;
	struct address_list found;
	int result;
	struct reason why;
};

struct attempt {
	struct dial *dial;
	struct address to;
	int fd;
	struct watch *watch;
	struct timer *timer;
};

struct dial {
	struct dial_config config;
	struct address_list several; /* count 0: there is a target */
	unsigned given;              /* of several: told, and not rejected */
	enum state state;
	struct timer *timer;   /* WAITING: the next try. FAILED: say so */
	struct timer *stagger; /* RACING: the next attempt */
	struct lookup *lookup;
	struct address_list found;
	size_t next; /* of found, to be attempted */
	struct attempt attempts[SOCK_ADDRESS_MAX];
	size_t active;
	uint64_t retry_ms;
	int error; /* the most telling one of this try */
	struct reason why;
};

static void
emit(struct dial *d, const struct dial_event *event)
{
	d->config.on_event(d->config.arg, event);
}

/* Ends an attempt; gives its descriptor back. */
static int
attempt_end(struct attempt *a)
{
	int fd = a->fd;

	watch_remove(a->watch);
	timer_remove(a->timer);
	*a = (struct attempt){.dial = a->dial, .fd = -1};
	if (fd >= 0)
		a->dial->active--;
	return fd;
}

static void
attempts_stop(struct dial *d)
{
	for (size_t i = 0; i < SOCK_ADDRESS_MAX; i++) {
		int fd = attempt_end(&d->attempts[i]);

		if (fd >= 0)
			close(fd);
	}
	timer_disarm(d->stagger);
}

/* Stop whatever is going on. */
static void
let_go(struct dial *d)
{
	attempts_stop(d);
	timer_disarm(d->timer);
	if (d->lookup)
		d->lookup->dial = NULL;
	d->lookup = NULL;
	d->given = 0;
}

/* The owner is told by the loop, not from inside what failed. */
static void
fail(struct dial *d)
{
	let_go(d);
	d->state = FAILED;
	timer_arm(d->timer, clock_mono_ms());
}

/* A machine that answers "no" tells more than silence does. */
static int
telling(int error)
{
	switch (error) {
	case 0:
		return 0;
	case ETIMEDOUT:
		return 2;
	case ENETUNREACH:
	case EAFNOSUPPORT:
	case EADDRNOTAVAIL:
		return 1; /* most often: no IPv6 here */
	case EHOSTUNREACH:
		return 3;
	case ECONNREFUSED:
		return 5;
	default:
		return 4;
	}
}

static void race(struct dial *d);

static void
attempt_failed(struct dial *d, int error)
{
	if (telling(error) > telling(d->error))
		d->error = error;
	race(d);
}

static void
attempt_won(struct attempt *a)
{
	struct dial *d = a->dial;
	struct address to = a->to;
	char text[SOCK_TEXT_MAX];
	int fd = attempt_end(a);

	if (d->several.count > 0) {
		d->given++;
	} else {
		attempts_stop(d);
		d->state = RESTING;
	}
	address_text(&to, text);
	emit(d, &(struct dial_event){.type = DIAL_CONNECTED,
		    .fd = fd,
		    .address = text,
		    .port = address_port(&to)});
}

static void
attempt_ready(void *arg, short revents)
{
	struct attempt *a = arg;
	struct dial *d = a->dial;
	int error = sock_connect_result(a->fd);

	(void)revents;
	if (error == 0) {
		attempt_won(a);
		return;
	}
	close(attempt_end(a));
	attempt_failed(d, error);
}

static void
attempt_timed_out(void *arg)
{
	struct attempt *a = arg;
	struct dial *d = a->dial;

	close(attempt_end(a));
	attempt_failed(d, ETIMEDOUT);
}

/* 0, or the errno of an address that cannot even be tried. */
static int
attempt_start(struct dial *d, size_t i)
{
	struct attempt *a = &d->attempts[i];
	int fd = sock_connect(&d->found.list[i]);

	if (fd < 0)
		return errno;
	a->to = d->found.list[i];
	a->fd = fd;
	a->watch = loop_watch(d->config.loop, fd, POLLOUT, attempt_ready, a);
	a->timer = loop_timer(d->config.loop, attempt_timed_out, a);
	timer_arm(a->timer, clock_mono_ms() + DIAL_ATTEMPT_MS);
	d->active++;
	return 0;
}

/* The next attempt, or the end of this try when there is nothing left. */
static void
race(struct dial *d)
{
	while (d->next < d->found.count) {
		int error = attempt_start(d, d->next++);

		if (error == 0) {
			timer_arm(d->stagger,
			    clock_mono_ms() + (d->several.count > 0
						      ? DIAL_SEVERAL_MS
						      : DIAL_STAGGER_MS));
			return;
		}
		if (telling(error) > telling(d->error))
			d->error = error;
	}
	timer_disarm(d->stagger);
	if (d->active > 0 || d->given > 0)
		return;
	reason_set(&d->why, "%s", sock_error_text(d->error));
	fail(d);
}

static void
stagger_over(void *arg)
{
	race(arg);
}

/* The addresses are known, or why not. */
static void
go_on(struct dial *d, int result)
{
	if (result < 0) {
		fail(d);
		return;
	}
	d->next = 0;
	d->error = 0;
	d->state = RACING;
	race(d);
}

/* On the resolver's thread. */
static void
look_up(void *arg)
{
	struct lookup *l = arg;

	l->result = sock_resolve(&l->target, &l->found, &l->why);
}

static void
looked_up(void *arg)
{
	struct lookup *l = arg;
	struct dial *d = l->dial;

	if (d) {
		d->lookup = NULL;
		if (l->result == 0)
			d->found = l->found;
		else
			d->why = l->why;
		go_on(d, l->result);
	}
	free(l);
}

static void
queue_lookup(struct dial *d)
{
	struct lookup *l = mem_zalloc(sizeof(*l));

	l->dial = d;
	l->target = d->config.target;
	d->lookup = l;
	d->state = LOOKING_UP;
	worker_add(d->config.resolver, look_up, looked_up, l);
}

static void
try_now(struct dial *d)
{
	const struct target *target = &d->config.target;

	/* An address must not wait behind a name that nobody answers for. */
	if (d->several.count > 0) {
		d->found = d->several;
		go_on(d, 0);
	} else if (target_is_numeric(target)) {
		go_on(d, sock_resolve(target, &d->found, &d->why));
	} else {
		queue_lookup(d);
	}
	/* Last: the owner may free d. */
	emit(d, &(struct dial_event){.type = DIAL_TRYING, .fd = -1});
}

static void
wait_on(struct dial *d)
{
	uint64_t wait = d->retry_ms;
	struct reason why = d->why; /* the owner may free d meanwhile */

	d->retry_ms =
	    wait * 2 > DIAL_RETRY_MAX_MS ? DIAL_RETRY_MAX_MS : wait * 2;
	d->state = WAITING;
	timer_arm(d->timer, clock_mono_ms() + wait);
	emit(d, &(struct dial_event){.type = DIAL_WAITING,
		    .fd = -1,
		    .why = why.text,
		    .retry_ms = wait});
}

static void
timer_fired(void *arg)
{
	struct dial *d = arg;

	if (d->state == FAILED)
		wait_on(d);
	else
		try_now(d);
}

struct dial *
dial_new(const struct dial_config *config)
{
	struct dial *d = mem_zalloc(sizeof(*d));

	d->config = *config;
	d->config.addresses = NULL;
	if (config->addresses != NULL)
		d->several = *config->addresses;
	d->retry_ms = DIAL_RETRY_FIRST_MS;
	d->timer = loop_timer(config->loop, timer_fired, d);
	d->stagger = loop_timer(config->loop, stagger_over, d);
	for (size_t i = 0; i < SOCK_ADDRESS_MAX; i++)
		d->attempts[i] = (struct attempt){.dial = d, .fd = -1};
	d->state = WAITING;
	timer_arm(d->timer, clock_mono_ms() + config->delay_ms);
	return d;
}

void
dial_free(struct dial *d)
{
	if (!d)
		return;
	let_go(d);
	timer_remove(d->timer);
	timer_remove(d->stagger);
	free(d);
}

void
dial_retry(struct dial *d, const char *why, bool worked)
{
	if (worked)
		d->retry_ms = DIAL_RETRY_FIRST_MS;
	reason_set(&d->why, "%s", why);
	fail(d);
}

void
dial_now(struct dial *d)
{
	if (d->state == LOOKING_UP || d->state == RESTING || d->given > 0)
		return;
	attempts_stop(d);
	d->state = WAITING;
	timer_arm(d->timer, clock_mono_ms());
}

const struct target *
dial_target(const struct dial *d)
{
	return &d->config.target;
}

void
dial_set_addresses(struct dial *d, const struct address_list *addresses)
{
	d->several = *addresses;
}

void
dial_take(struct dial *d)
{
	let_go(d);
	d->state = RESTING;
}

void
dial_reject(struct dial *d, const char *why)
{
	if (d->given == 0)
		return;
	d->given--;
	if (d->state != RACING || d->given > 0 || d->active > 0)
		return;
	if (d->next < d->found.count) {
		race(d);
		return;
	}
	reason_set(&d->why, "%s", why);
	fail(d);
}
