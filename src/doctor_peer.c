/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody at an address: can they be reached, and if not, why? */
#include <errno.h>
#include <string.h>

#include "net/ipv4.h"
#include "src/base/i18n.h"
#include "src/doctor.h"

/* An address of our own, on the network that a is in; NULL: there is none. */
static const struct survey_address *
own_beside(const struct survey_network *n, const struct address *a)
{
	for (size_t i = 0; i < n->address_count; i++) {
		const struct survey_address *own = &n->addresses[i];

		if (own->at.storage.ss_family == AF_INET &&
		    (ipv4_of(&own->at) & ipv4_mask(own->prefix)) ==
			(ipv4_of(a) & ipv4_mask(own->prefix)))
			return own;
	}
	return NULL;
}

bool
doctor_covers(const struct survey_network *n, const struct address *a)
{
	return a->storage.ss_family != AF_INET || own_beside(n, a) != NULL;
}

/* The IPv4 address that a link has, where it has one. */
static const struct survey_address *
own_on(const struct survey_network *n, const char *link)
{
	for (size_t i = 0; i < n->address_count; i++) {
		const struct survey_address *own = &n->addresses[i];

		if (own->at.storage.ss_family == AF_INET &&
		    strcmp(n->links[own->link].name, link) == 0)
			return own;
	}
	return NULL;
}

/* Heard on a link, and not in its network. */
static void
judge_prefix(const struct survey_network *n, const struct doctor_peer *p,
    struct findings *out)
{
	const struct survey_address *own = own_on(n, p->link);
	char text[SOCK_TEXT_MAX];

	if (own == NULL) {
		findings_add(out, FINDING_WRONG,
		    _("%s is on the network %s, where this machine has no IPv4 "
		      "address; set one in the settings of the network"),
		    p->label, p->link);
		return;
	}
	address_text(&own->at, text);
	findings_add(out, FINDING_WRONG,
	    _("%s: wrong prefix: it is on the network %s, too, but outside of "
	      "%s/%u, which this machine has there; both need addresses of one "
	      "network, with the same prefix (network mask)"),
	    p->label, p->link, text, own->prefix);
}

static void
judge_silence(const struct doctor_peer *p, struct findings *out)
{
	const unsigned port = address_port(&p->at);

	if (p->link[0] != '\0')
		findings_add(out, FINDING_WRONG,
		    _("%s is there, on the network %s, and does not answer at "
		      "port %u: a firewall there keeps you out, or its prefix "
		      "is wrong; charla doctor over there says which"),
		    p->label, p->link, port);
	else
		findings_add(out, FINDING_WRONG,
		    _("%s: no answer at port %u: the machine is off or "
		      "elsewhere, or a firewall keeps you out; run charla "
		      "doctor over there"),
		    p->label, port);
}

static void
judge_call(const struct doctor_peer *p, struct findings *out)
{
	const unsigned port = address_port(&p->at);

	switch (p->error) {
	case 0:
		findings_add(out, FINDING_FINE,
		    _("%s: port %u is open: somebody waits there"), p->label,
		    port);
		break;
	case ECONNREFUSED:
		findings_add(out, FINDING_WRONG,
		    _("%s is there, and refuses calls to port %u: nobody waits "
		      "at it; start charla over there, or ask for its port"),
		    p->label, port);
		break;
	case ENETUNREACH:
		findings_add(out, FINDING_WRONG,
		    _("%s: no route: none of this machine's networks leads "
		      "there; join the network it is in"),
		    p->label);
		break;
	case EHOSTUNREACH:
		findings_add(out, FINDING_WRONG,
		    _("%s: nobody has this address in the network: the machine "
		      "is off or elsewhere, or has another address by now"),
		    p->label);
		break;
	case EACCES:
	case EPERM:
		findings_add(out, FINDING_WRONG,
		    _("%s: a firewall of this machine lets no call out to port "
		      "%u; allow it there"),
		    p->label, port);
		break;
	case ETIMEDOUT:
		judge_silence(p, out);
		break;
	default:
		findings_add(out, FINDING_WRONG, "%s: %s", p->label,
		    sock_error_text(p->error));
		break;
	}
}

void
doctor_judge_peer(const struct survey_network *n, const struct doctor_peer *p,
    struct findings *out)
{
	if (p->link[0] != '\0' && !doctor_covers(n, &p->at))
		judge_prefix(n, p, out);
	else if (p->called)
		judge_call(p, out);
}
