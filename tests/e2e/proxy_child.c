/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The half that forwards. A line has two ends, 0 the caller's and 1 the
 * called one's; flow[i] is what came from end i and has to go to the other.
 */
#include "tests/e2e/proxy_child.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/util.h"

enum {
	LIFE_S = 30 * 60,
	LINES_MAX = 32,
	FLOW_MAX = 256 * 1024,
	TURN_MS = 10, /* the rate is kept in steps of this */
};

struct flow {
	size_t start, end;
	bool ended; /* nothing more comes from that end */
	bool told;  /* and the other end knows */
	char bytes[FLOW_MAX];
};

struct line {
	bool used;
	int fds[2];
	struct flow flow[2];
};

struct child {
	uint16_t target;
	struct proxy_state state;
	uint64_t rate;      /* bytes a second; 0: no limit */
	uint64_t allowance; /* bytes of this turn */
	uint64_t turn_ms;
	uint64_t hole_after; /* bytes; 0: never */
	struct line lines[LINES_MAX];
};

static void
line_close(struct line *l, bool reset)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	for (int i = 0; i < 2; i++) {
		if (reset)
			setsockopt(l->fds[i], SOL_SOCKET, SO_LINGER, &now,
			    sizeof(now));
		else
			shutdown(l->fds[i], SHUT_RDWR);
		close(l->fds[i]);
	}
	l->used = false;
}

static void
line_open(struct child *c, int caller)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(c->target),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int called = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct line *l = c->lines;

	c->state.callers++;
	while (l < c->lines + LINES_MAX && l->used)
		l++;
	if (called < 0 || l == c->lines + LINES_MAX ||
	    (connect(called, (struct sockaddr *)&to, sizeof(to)) < 0 &&
		errno != EINPROGRESS)) {
		close(called);
		close(caller);
		return;
	}
	l->used = true;
	l->fds[0] = caller;
	l->fds[1] = called;
	for (int i = 0; i < 2; i++) {
		l->flow[i].start = l->flow[i].end = 0;
		l->flow[i].ended = l->flow[i].told = false;
	}
}

/* How much may be taken now. */
static size_t
allowance(const struct child *c, const struct flow *f)
{
	uint64_t most = FLOW_MAX - f->end;

	if (c->state.hole || f->ended)
		return 0;
	if (c->rate != 0 && c->allowance < most)
		most = c->allowance;
	if (c->hole_after != 0 && c->hole_after < most)
		most = c->hole_after;
	return (size_t)most;
}

static void
note_taken(struct child *c, int end, uint64_t taken)
{
	if (end == 0)
		c->state.from_caller += taken;
	else
		c->state.from_called += taken;
	c->allowance -= c->rate != 0 ? taken : 0;
	if (c->hole_after == 0)
		return;
	c->hole_after -= taken;
	if (c->hole_after == 0)
		c->state.hole = true;
}

/* False: that end is lost. */
static bool
take(struct child *c, struct line *l, int end)
{
	struct flow *f = &l->flow[end];
	size_t most = allowance(c, f);
	ssize_t got;

	if (most == 0)
		return true;
	got = recv(l->fds[end], f->bytes + f->end, most, 0);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0)
		f->ended = true;
	f->end += (size_t)got;
	note_taken(c, end, (uint64_t)got);
	return true;
}

/* False: the other end is lost. */
static bool
give(struct line *l, int end)
{
	struct flow *f = &l->flow[end];
	int to = l->fds[1 - end];
	ssize_t put = 0;

	if (f->end > f->start)
		put = send(
		    to, f->bytes + f->start, f->end - f->start, MSG_NOSIGNAL);
	if (put < 0)
		return errno == EAGAIN || errno == EINTR;
	f->start += (size_t)put;
	if (f->start < f->end)
		return true;
	f->start = f->end = 0;
	if (f->ended && !f->told) {
		f->told = true;
		shutdown(to, SHUT_WR);
	}
	return true;
}

static void
line_turn(struct child *c, struct line *l)
{
	for (int i = 0; i < 2; i++) {
		if (!take(c, l, i) || !give(l, i)) {
			line_close(l, true);
			return;
		}
	}
	if (l->flow[0].told && l->flow[1].told)
		line_close(l, false);
}

/* fd -1 where nothing is wanted: poll(2) would tell of a hang-up forever. */
static void
line_watch(const struct child *c, const struct line *l, struct pollfd fds[2])
{
	for (int i = 0; i < 2; i++) {
		const struct flow *away = &l->flow[1 - i];
		short events = 0;

		if (allowance(c, &l->flow[i]) > 0)
			events |= POLLIN;
		if (away->end > away->start)
			events |= POLLOUT;
		fds[i] = (struct pollfd){
		    .fd = l->used && !c->state.hole && events ? l->fds[i] : -1,
		    .events = events,
		};
	}
}

static void
obey(struct child *c, int control)
{
	struct proxy_order order;

	if (recv(control, &order, sizeof(order), 0) != sizeof(order))
		_exit(0);
	switch (order.verb) {
	case PROXY_LOOK:
		break;
	case PROXY_CUT:
		for (struct line *l = c->lines; l < c->lines + LINES_MAX; l++) {
			if (l->used)
				line_close(l, order.value != 0);
		}
		break;
	case PROXY_HOLE:
		c->state.hole = order.value != 0;
		c->hole_after = 0;
		break;
	case PROXY_HOLE_AFTER:
		c->hole_after = order.value;
		break;
	case PROXY_RATE:
		c->rate = order.value;
		c->allowance = 0;
		break;
	}
	if (send(control, &c->state, sizeof(c->state), MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void
refill(struct child *c)
{
	uint64_t now = clock_mono_ms();

	if (c->rate == 0 || now - c->turn_ms < TURN_MS)
		return;
	c->turn_ms = now;
	c->allowance = c->rate * TURN_MS / 1000;
}

void
proxy_child_run(int control, int listener, uint16_t target)
{
	struct child *c = mem_zalloc(sizeof(*c));
	struct pollfd fds[2 + 2 * LINES_MAX] = {
	    {.fd = control, .events = POLLIN},
	    {.fd = listener, .events = POLLIN},
	};

	alarm(LIFE_S);
	c->target = target;
	for (;;) {
		int caller;

		refill(c);
		for (int i = 0; i < LINES_MAX; i++)
			line_watch(c, &c->lines[i], fds + 2 + 2 * i);
		if (poll(fds, COUNT(fds), c->rate != 0 ? TURN_MS : -1) < 0)
			_exit(1);
		if (fds[0].revents != 0)
			obey(c, control);
		while ((caller = accept4(
			    listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
			line_open(c, caller);
		for (int i = 0; i < LINES_MAX && !c->state.hole; i++) {
			if (c->lines[i].used)
				line_turn(c, &c->lines[i]);
		}
	}
}
