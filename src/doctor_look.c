/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_look.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/util.h"

void
doctor_case_init(struct doctor_case *c, const struct options *o)
{
	*c = (struct doctor_case){
	    .port = (uint16_t)o->port,
	    .bind = str_dup(o->bind),
	};
}

void
doctor_case_release(struct doctor_case *c)
{
	free(c->bind);
	*c = (struct doctor_case){0};
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

static void
look_at_port(const struct doctor_case *c, struct findings *out)
{
	struct doctor_port port = {.port = c->port, .ours = c->waiting};
	struct sock_reach reach;

	if (!c->waiting)
		port.error = try_port(c);
	if (port.error == EADDRINUSE)
		survey_holder(c->port, &port.holder);
	port.only_here =
	    port.error != EADDRNOTAVAIL && !sock_reach(c->bind, &reach);
	doctor_judge_port(&port, out);
}

void
doctor_look(const struct doctor_case *c, struct findings *out)
{
	look_at_port(c, out);
}
