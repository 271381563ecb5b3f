/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/neighbourhood.h"

#include <string.h>

void
neighbourhood_open(struct neighbourhood *h)
{
	static const char *const hosts[] = {"desk", "laptop"};

	h->net = netns_new();
	for (int i = 0; i < NETNS_COUNT; i++)
		h->avahi[i] = avahi_new(h->net, i, hosts[i]);
	for (int i = 0; i < NETNS_COUNT; i++)
		avahi_wait(h->avahi[i]);
}

void
neighbourhood_close(struct neighbourhood *h)
{
	for (int i = 0; i < NETNS_COUNT; i++)
		avahi_free(h->avahi[i]);
	netns_free(h->net);
	memset(h, 0, sizeof(*h));
}

void
neighbour_start(struct neighbourhood *h, int machine, struct person *p,
    const char *name, const char *const extra[])
{
	p->everywhere = true;
	if (p->env == NULL)
		p->env = avahi_env(h->avahi[machine]);
	netns_person_with(h->net, machine, p, name, extra);
}
