/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charla doctor, on the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "net/loop.h"
#include "src/base/util.h"
#include "src/doctor_look.h"

static void
changed(void *arg)
{
	(void)arg;
}

enum { NEARBY_MS = 2000, NAME_MS = 5000, TURN_MS = 200 };

/* Whom a person named may be somebody who is seen in a moment. */
static bool
is_awaited(const struct doctor_case *c, const struct nearby *nearby)
{
	struct target target;
	struct reason why;
	size_t count;
	const struct sighting *seen = nearby_look(nearby, &count);

	if (c->peer == NULL ||
	    (target_parse(c->peer, c->port, &target, &why) == 0 &&
		target_is_numeric(&target)))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(seen[i].name, c->peer) == 0)
			return false;
	}
	return true;
}

/* Long enough for the first answers. */
static void
look_nearby(struct doctor_case *c)
{
	struct loop *loop = loop_new();
	const struct nearby_config config = {
	    .loop = loop,
	    .self = {.mode = NEARBY_SILENT},
	    .changed = changed,
	};
	struct nearby *nearby = nearby_new(&config);
	const uint64_t begun = clock_mono_ms();
	int left = NEARBY_MS;

	while (left > 0 && nearby_state(nearby) != NEARBY_ABSENT &&
	       nearby_state(nearby) != NEARBY_UNBUILT) {
		loop_turn(loop, left < TURN_MS ? left : TURN_MS);
		left = (is_awaited(c, nearby) ? NAME_MS : NEARBY_MS) -
		       (int)(clock_mono_ms() - begun);
	}
	doctor_case_nearby(c, nearby);
	nearby_free(nearby);
	loop_free(loop);
}

int
doctor_run(const struct options *o)
{
	struct findings all = {0};
	struct doctor_case c;
	int status;
	char *line;

	doctor_case_init(&c, o);
	doctor_look_at_terminal(&c.terminal, false);
	look_nearby(&c);
	doctor_look(&c, &all);
	for (size_t i = 0; i < all.count; i++) {
		line = finding_line(&all.list[i]);
		puts(line);
		free(line);
	}
	line = findings_sum(&all);
	puts(line);
	free(line);
	status = findings_wrong(&all) > 0 ? 1 : 0;
	findings_release(&all);
	doctor_case_release(&c);
	return status;
}
