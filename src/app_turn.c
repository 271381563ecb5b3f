/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whose turn it is: of what the other side has accepted, only so many are
 * sent at once; the others are paused, in the order of their answers. One that
 * stands still for another reason gives its turn to the next.
 */
#include "src/app_state.h"

static bool
is_running(const struct drop *d)
{
	return d->dir == TRANSFER_OUT && d->state == DROP_ACCEPTED &&
	       d->link != NULL && d->id != 0 && d->answered && !pause_holds(d);
}

static bool
is_free(const struct app *app)
{
	unsigned running = 0;

	for (const struct drop *d = app->drops; d != NULL; d = d->next)
		running += is_running(d);
	return running < app->options->at_once;
}

void
turn_take(struct drop *d)
{
	d->queued = !is_free(d->app);
	d->answered = true;
	pause_tell(d);
	if (!d->queued)
		send_start(d);
}

void
turns_give(struct app *app)
{
	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (!d->queued || d->link == NULL)
			continue;
		if (!is_free(app))
			return;
		d->queued = false;
		pause_tell(d);
		drop_row(d);
		send_start(d);
	}
}
