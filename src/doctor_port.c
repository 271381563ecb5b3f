/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The port that others call: is it there to be called? */
#include <errno.h>
#include <string.h>

#include "net/sock.h"
#include "src/base/i18n.h"
#include "src/doctor.h"

static bool
is_charla(const struct doctor_port *p)
{
	return strcmp(p->holder.name, "charla") == 0;
}

static void
judge_taken(const struct doctor_port *p, struct findings *out)
{
	const struct survey_holder *h = &p->holder;
	const unsigned port = p->port;

	if (h->name[0] == '\0')
		findings_add(out, FINDING_WRONG,
		    _("port %u is taken by a program of another user; end it, "
		      "or choose another port with --port"),
		    port);
	else if (is_charla(p))
		findings_add(out, FINDING_FINE,
		    _("port %u: charla waits there already (process %ld)"),
		    port, (long)h->pid);
	else
		findings_add(out, FINDING_WRONG,
		    _("port %u is taken by another program, '%s' (process "
		      "%ld); end it, or choose another port with --port"),
		    port, h->name, (long)h->pid);
}

static void
judge_here(const struct doctor_port *p, struct findings *out)
{
	const unsigned port = p->port;

	switch (p->error) {
	case 0:
		findings_add(out, FINDING_FINE,
		    _("port %u is free: charla can wait there"), port);
		break;
	case EADDRINUSE:
		judge_taken(p, out);
		break;
	case EACCES:
	case EPERM:
		findings_add(out, FINDING_WRONG,
		    _("port %u is kept for the system; choose one from 1024 up "
		      "with --port"),
		    port);
		break;
	case EADDRNOTAVAIL:
		findings_add(out, FINDING_WRONG,
		    _("port %u: the address given with --bind is none of this "
		      "machine's; choose one of its own, or leave it out"),
		    port);
		break;
	default:
		findings_add(out, FINDING_WRONG,
		    _("port %u: charla cannot wait there: %s"), port,
		    sock_error_text(p->error));
		break;
	}
}

/* What a running link proves, and no more. */
static void
judge_linked(const struct doctor_port *p, struct findings *out)
{
	if (p->came_in)
		findings_add(out, FINDING_FINE,
		    _("port %u is open to others: %s has called you here"),
		    (unsigned)p->port, p->linked);
	else
		findings_add(out, FINDING_FINE,
		    _("the way to %s works, as you have called there; whether "
		      "others get in here shows when somebody calls you"),
		    p->linked);
}

void
doctor_judge_port(const struct doctor_port *p, struct findings *out)
{
	const unsigned port = p->port;

	const bool waits = p->ours || is_charla(p);

	if (p->ours)
		findings_add(out, FINDING_FINE,
		    _("port %u: this charla waits there"), port);
	else
		judge_here(p, out);
	if (p->only_here)
		findings_add(out, FINDING_WRONG,
		    _("port %u can be called from this machine only, because "
		      "of --bind; leave that out to be called by others"),
		    port);
	else if (p->linked != NULL)
		judge_linked(p, out);
	else if (waits && p->called_by != NULL)
		findings_add(out, FINDING_UNKNOWN,
		    _("whether others get in there, only they can tell; let "
		      "one of them run: charla doctor %s"),
		    p->called_by);
}
