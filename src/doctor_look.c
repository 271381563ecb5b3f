/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/wire.h"
#include "src/base/util.h"

enum { MULTICAST_MS = 2400 };

void
doctor_case_init(struct doctor_case *c, const struct options *o)
{
	*c = (struct doctor_case){
	    .port = (uint16_t)o->port,
	    .bind = str_dup(o->bind),
	    .peer = str_dup(o->peer),
	    .data = str_dup(o->data),
	    .dir = str_dup(o->dir),
	};
}

void
doctor_case_release(struct doctor_case *c)
{
	free(c->bind);
	free(c->peer);
	free(c->seen);
	free(c->data);
	free(c->dir);
	free(c->terminal.type);
	free(c->link_label);
	*c = (struct doctor_case){0};
}

void
doctor_case_nearby(struct doctor_case *c, const struct nearby *nearby)
{
	const struct sighting *seen = nearby_look(nearby, &c->seen_count);

	c->nearby = nearby_state(nearby);
	free(c->seen);
	c->seen = mem_alloc((c->seen_count + 1) * sizeof(*seen));
	if (c->seen_count > 0)
		memcpy(c->seen, seen, c->seen_count * sizeof(*seen));
}

/* 0 or an errno: what comes of waiting there, for a moment. */
static int
try_port(const struct doctor_case *c)
{
	int fds[SOCK_LISTEN_MAX];
	struct reason why;
	int n = sock_listen(c->bind, c->port, fds, &why);

	for (int i = 0; i < n; i++)
		close(fds[i]);
	switch (n) {
	case ERR_BUSY:
		return EADDRINUSE;
	case ERR_DENIED:
		return EACCES;
	case ERR_INVALID:
		return EADDRNOTAVAIL;
	default:
		return n > 0 ? 0 : EIO;
	}
}

/* What others call here by; NULL: nothing. The caller frees. */
static char *
own_call(const struct doctor_case *c)
{
	char own[1][SOCK_TEXT_MAX], text[SOCK_HOST_MAX + 16];
	struct target t = {.port = c->port};

	if (c->bind != NULL)
		snprintf(t.host, sizeof(t.host), "%s", c->bind);
	else if (sock_own_addresses(own, 1) == 1)
		memcpy(t.host, own[0], sizeof(own[0]));
	else
		return NULL;
	target_text(&t, WIRE_PORT, text);
	return str_dup(text);
}

static void
look_at_port(const struct doctor_case *c, struct findings *out)
{
	struct doctor_port port = {.port = c->port,
	    .ours = c->waiting,
	    .linked = c->link_label,
	    .came_in = c->link_came_in};
	struct sock_reach reach;
	char *called_by = own_call(c);

	if (!c->waiting)
		port.error = try_port(c);
	if (port.error == EADDRINUSE)
		survey_holder(c->port, &port.holder);
	port.only_here =
	    port.error != EADDRNOTAVAIL && !sock_reach(c->bind, &reach);
	port.called_by = called_by;
	doctor_judge_port(&port, out);
	free(called_by);
}

static void
look_at_multicast(const struct survey_network *n, struct findings *out)
{
	struct survey_multicast list[SURVEY_MULTICAST_MAX];
	size_t count = survey_multicast(n, list, MULTICAST_MS);

	doctor_judge_multicast(list, count, out);
}

void
doctor_look(const struct doctor_case *c, struct findings *out)
{
	struct survey_network *n = mem_alloc(sizeof(*n));

	if (survey_network(n)) {
		doctor_judge_links(n, out);
		doctor_look_for_people(c, n, out);
	}
	look_at_port(c, out);
	doctor_look_at_firewall(c, n, out);
	look_at_multicast(n, out);
	doctor_look_for_avahi(c, n, out);
	doctor_look_around(c, out);
	free(n);
}
