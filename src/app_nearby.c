/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is nearby: looking, showing it while nobody is connected, and what is
 * announced of us. On the painted screen it is a table; where lines are all
 * there is, a line says who came and who went.
 */
#include "src/app_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	/* Who is away for less did not leave. */
	LEFT_MS = 3000,
	LINES_A_MINUTE = 20,
};

/* In a table of options, and in the mind of the thread. */
_Static_assert((int)OPTION_ANNOUNCE_ON == (int)NEARBY_OPEN &&
		   (int)OPTION_ANNOUNCE_PRIVATE == (int)NEARBY_HIDDEN &&
		   (int)OPTION_ANNOUNCE_OFF == (int)NEARBY_SILENT,
    "the modes are the same");

static bool
shows(const struct app *app)
{
	return app->current == NULL && app->call == NULL && !app->leaving;
}

void
nearby_show(struct app *app)
{
	struct somebodies all;
	struct near *list;
	size_t count = 0;

	if (!shows(app) || app->neighbours.count == 0) {
		model_nearby(&app->model, NULL, 0);
		return;
	}
	somebodies_list(app, &all);
	list = mem_alloc(all.count * sizeof(*list));
	for (size_t i = 0; i < all.count; i++) {
		const struct somebody *one = &all.list[i];

		if (one->near == NULL ||
		    (one->known != NULL && one->known->peer.blocked))
			continue;
		list[count++] = (struct near){
		    .number = one->near->number,
		    .name = one->label,
		    .trust = (char *)(uintptr_t)somebody_trust(one),
		    .where = one->near->where,
		};
	}
	model_nearby(&app->model, list, count);
	free(list);
	somebodies_release(&all);
}

static void
say_came(struct app *app, const struct somebody *one)
{
	app_say(app, LINE_NOTICE,
	    _("nearby: %u: %s at %s, %s; /connect %u calls"), one->near->number,
	    one->label, one->near->where, somebody_trust(one),
	    one->near->number);
}

static void
say_left(struct app *app, const struct neighbour *one)
{
	char *label = neighbour_label(&app->neighbours, one, &app->people);

	app_say(app, LINE_NOTICE, _("no longer nearby: %s"), label);
	free(label);
}

/* The entry that is the owner's to mark. */
static struct neighbour *
entry(struct app *app, const struct somebody *one)
{
	return one->near == NULL
		   ? NULL
		   : &app->neighbours.list[one->near - app->neighbours.list];
}

static void
tell_came(struct app *app)
{
	struct somebodies all;

	somebodies_list(app, &all);
	for (size_t i = 0; i < all.count; i++) {
		const struct somebody *one = &all.list[i];
		struct neighbour *near = entry(app, one);

		if (near == NULL || near->told ||
		    (one->known != NULL && one->known->peer.blocked))
			continue;
		near->told = true;
		if (limiter_allows(&app->comings, LINES_A_MINUTE))
			say_came(app, one);
	}
	somebodies_release(&all);
}

static void
tell_left(struct app *app, uint64_t now)
{
	uint64_t next = 0;

	for (size_t i = 0; i < app->neighbours.count; i++) {
		struct neighbour *one = &app->neighbours.list[i];

		if (one->gone_ms == 0 || !one->told)
			continue;
		if (now - one->gone_ms < LEFT_MS) {
			next = next == 0 || one->gone_ms < next ? one->gone_ms
								: next;
			continue;
		}
		one->told = false;
		if (limiter_allows(&app->comings, LINES_A_MINUTE))
			say_left(app, one);
	}
	if (next != 0)
		timer_arm(app->nearby_timer, next + LEFT_MS);
}

/* In lines, where there is no table. */
static void
tell(void *arg)
{
	struct app *app = arg;

	if (!app->plain || app->batch || !shows(app))
		return;
	tell_left(app, clock_mono_ms());
	tell_came(app);
}

/* What a person is told of Avahi: that it is not there, once. */
static void
tell_state(struct app *app)
{
	enum nearby_state state = nearby_state(app->nearby);
	enum nearby_state before = app->nearby_told;

	if (state == before || state == NEARBY_LOOKING)
		return;
	app->nearby_told = state;
	/* Who talks already does not ask for names; /peers says it too. */
	if (!shows(app))
		return;
	if (state == NEARBY_READY && app->nearby_lost) {
		app->nearby_lost = false;
		app_say(app, LINE_NOTICE, "%s",
		    _("Avahi is back: names of people nearby are seen again"));
	} else if (state == NEARBY_ABSENT &&
		   (before == NEARBY_READY || app->neighbours.count > 0)) {
		app->nearby_lost = true;
		app_say(app, LINE_NOTICE, "%s",
		    _("Avahi has stopped: names of people nearby are not seen "
		      "meanwhile; addresses work"));
	} else if (state == NEARBY_ABSENT && app->options->peer == NULL) {
		app_say(app, LINE_NOTICE, "%s",
		    _("names of people nearby are not seen: Avahi does not "
		      "run here; addresses work"));
	}
}

static void
on_nearby(void *arg)
{
	struct app *app = arg;
	size_t count;
	const struct sighting *seen = nearby_look(app->nearby, &count);

	neighbours_update(&app->neighbours, seen, count, clock_mono_ms());
	tell_state(app);
	tell(app);
	nearby_show(app);
	call_seen(app);
}

static void
describe(const struct app *app, struct nearby_self *self)
{
	/* For tests, which cannot wait until a mark is made anew. */
	const char *often = getenv("CHARLA_ANNOUNCE_MS");
	struct sock_reach reach;

	*self = (struct nearby_self){
	    .mode = (enum nearby_mode)app->options->announce,
	    .key = *identity_fingerprint(app->identity),
	    .hidden_ms = often != NULL ? (unsigned)strtoul(often, NULL, 10) : 0,
	};
	snprintf(self->name, sizeof(self->name), "%s", app->name);
	if (app->listen_count == 0 || app->leaving ||
	    !sock_reach(app->options->bind, &reach))
		return;
	self->port = (uint16_t)app->options->port;
	self->interface = reach.interface;
	self->family = reach.family;
}

void
nearby_refresh(struct app *app)
{
	struct nearby_self self;

	if (app->nearby == NULL)
		return;
	describe(app, &self);
	nearby_announce(app->nearby, &self);
}

static int
later(const void *a, const void *b)
{
	const struct known *const *one = a, *const *other = b;
	int64_t seen = (*one)->peer.last_ms;
	int64_t seen_other = (*other)->peer.last_ms;

	return seen == seen_other ? 0 : seen > seen_other ? -1 : 1;
}

/* Their marks are known; of very many people those seen last. */
void
nearby_know_people(struct app *app)
{
	const struct people *p = &app->people;
	struct known **known;
	struct fingerprint *keys;
	size_t count = 0;

	if (app->nearby == NULL)
		return;
	known = mem_dup(p->known, p->known_count * sizeof(struct known *));
	keys = mem_alloc(p->known_count * sizeof(*keys));
	if (p->known_count > 1)
		qsort(known, p->known_count, sizeof(struct known *), later);
	for (size_t i = 0; i < p->known_count; i++) {
		if (!known[i]->forgotten)
			memcpy(keys[count++].bytes, known[i]->peer.key,
			    FINGERPRINT_LEN);
	}
	nearby_know(app->nearby, keys, count);
	free(keys);
	free(known);
}

void
nearby_begin(struct app *app)
{
	struct nearby_config config = {
	    .loop = app->loop, .changed = on_nearby, .arg = app};

	describe(app, &config.self);
	app->nearby_timer = loop_timer(app->loop, tell, app);
	app->nearby = nearby_new(&config);
	app->nearby_told = NEARBY_STARTING;
	nearby_know_people(app);
	if (nearby_state(app->nearby) == NEARBY_UNBUILT &&
	    app->options->peer == NULL)
		app_say(app, LINE_NOTICE, "%s",
		    _("names of people nearby are not seen: this charla was "
		      "built without Avahi; addresses work"));
}

bool
nearby_may_come(const struct app *app)
{
	enum nearby_state state =
	    app->nearby != NULL ? nearby_state(app->nearby) : NEARBY_STARTING;

	return state == NEARBY_STARTING || state == NEARBY_LOOKING;
}

bool
nearby_works(const struct app *app)
{
	return nearby_may_come(app) ||
	       nearby_state(app->nearby) == NEARBY_READY;
}

void
nearby_end(struct app *app)
{
	nearby_free(app->nearby);
	app->nearby = NULL;
	timer_remove(app->nearby_timer);
	app->nearby_timer = NULL;
	neighbours_release(&app->neighbours);
}
