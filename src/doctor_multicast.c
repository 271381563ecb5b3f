/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Being seen and seeing: multicast on each link, and Avahi. */
#include "src/base/i18n.h"
#include "src/doctor.h"

static bool
works(const struct survey_way *w)
{
	return w->tried && w->error == 0 && w->came_back;
}

static void
judge_working(const struct survey_multicast *m, struct findings *out)
{
	if (m->answers > 0)
		findings_add(out, FINDING_FINE,
		    ngettext("multicast on %s comes through: %u other machine "
			     "has answered",
			"multicast on %s comes through: %u other machines "
			"have answered",
			m->answers),
		    m->link, m->answers);
	else
		findings_add(out, FINDING_FINE,
		    _("multicast on %s leaves here and comes in; no other "
		      "machine has answered (there is none, or the network "
		      "keeps machines apart)"),
		    m->link);
}

static void
judge_broken(const struct survey_multicast *m, struct findings *out)
{
	int error = m->ways[SURVEY_IPV4].error;

	if (!m->ways[SURVEY_IPV4].tried)
		error = m->ways[SURVEY_IPV6].error;
	if (error != 0)
		findings_add(out, FINDING_WRONG,
		    _("multicast cannot leave on %s: %s; people nearby are not "
		      "seen there, and their addresses work"),
		    m->link, sock_error_text(error));
	else
		findings_add(out, FINDING_WRONG,
		    _("multicast does not come in on %s: a firewall of this "
		      "machine drops UDP port 5353; let it in, or people "
		      "nearby are not seen (their addresses work)"),
		    m->link);
}

void
doctor_judge_multicast(
    const struct survey_multicast *list, size_t count, struct findings *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct survey_multicast *m = &list[i];

		/* One of the two is enough to be seen by. */
		if (works(&m->ways[SURVEY_IPV4]) ||
		    works(&m->ways[SURVEY_IPV6]))
			judge_working(m, out);
		else
			judge_broken(m, out);
	}
}

void
doctor_judge_avahi(enum doctor_avahi state, size_t seen, struct findings *out)
{
	switch (state) {
	case DOCTOR_AVAHI_UNBUILT:
		findings_add(out, FINDING_UNKNOWN, "%s",
		    _("this charla was built without Avahi: people nearby are "
		      "not seen, and their addresses work"));
		break;
	case DOCTOR_AVAHI_ABSENT:
		findings_add(out, FINDING_WRONG, "%s",
		    _("Avahi does not run: people nearby are not seen, and "
		      "their addresses work; install avahi-daemon, or run: "
		      "sudo systemctl start avahi-daemon"));
		break;
	case DOCTOR_AVAHI_SLOW:
		findings_add(out, FINDING_UNKNOWN, "%s",
		    _("Avahi has not answered yet; if people nearby are not "
		      "seen, run: sudo systemctl restart avahi-daemon"));
		break;
	case DOCTOR_AVAHI_READY:
		if (seen == 0)
			findings_add(out, FINDING_FINE, "%s",
			    _("Avahi runs; nobody is nearby just now"));
		else
			findings_add(out, FINDING_FINE,
			    ngettext("Avahi runs; %zu person is seen nearby",
				"Avahi runs; %zu people are seen nearby", seen),
			    seen);
		break;
	}
}
