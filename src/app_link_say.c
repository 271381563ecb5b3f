/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a link ended, in words. */
#include "src/app_link_say.h"

#include <stdlib.h>

#include "src/app_key.h"
#include "src/app_stranger.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

static char *
version_words(const struct link *l, const struct frame_hello *hello)
{
	if (hello != NULL && hello->version_min > WIRE_VERSION)
		return str_printf(
		    _("%s uses a newer charla (it speaks version %d and later, "
		      "this one %d): this one has to be updated"),
		    l->label, hello->version_min, WIRE_VERSION);
	if (hello != NULL && hello->version_max < WIRE_VERSION_MIN)
		return str_printf(
		    _("%s uses an older charla (it speaks version %d, this one "
		      "%d): that one has to be updated"),
		    l->label, hello->version_max, WIRE_VERSION_MIN);
	return str_printf(_("%s uses a charla of another version; the older "
			    "one of the two has to be updated"),
	    l->label);
}

/* Why the link ended, for a person. The caller frees; NULL: not worth it. */
char *
link_end_words(const struct link *l, const struct session_event *event)
{
	bool by_us = event->by_us;

	switch (event->bye) {
	case BYE_QUIT:
		return by_us ? NULL : str_printf(_("%s left"), l->label);
	case BYE_REFUSED:
		if (by_us)
			return NULL;
		return str_printf(
		    l->opened_ms ? _("%s hung up") : _("%s said no"), l->label);
	case BYE_BUSY:
		return by_us ? NULL
			     : str_printf(_("%s is busy: talking to somebody "
					    "else"),
				   l->label);
	case BYE_VERSION:
		return version_words(l, event->hello);
	case BYE_TIMEOUT:
		return by_us ? str_printf(_("nothing heard from %s for %d s: "
					    "the link is lost"),
				   l->label, SESSION_SILENCE_MS / 1000)
			     : str_printf(_("%s heard nothing from here for "
					    "%d s: the link is lost"),
				   l->label, SESSION_SILENCE_MS / 1000);
	case BYE_DUPLICATE:
		return NULL;
	case BYE_DIGITS:
		return by_us ? NULL
			     : str_printf(_("%s sees other digits than you: "
					    "the link was closed, for somebody "
					    "may be in between and read along"),
				   l->label);
	case BYE_PAIRING:
		return str_printf(
		    _("the digits for comparing keys with %s did not come "
		      "about as they have to, so somebody may be in between: "
		      "the link was closed"),
		    l->label);
	case BYE_KEY: /* key_say_refused has the words */
		return by_us ? NULL
			     : str_printf(_("%s knows another key for what was "
					    "called"),
				   l->label);
	case BYE_PROTOCOL:
		break;
	}
	return by_us ? str_printf(_("%s sent something that is not charla's "
				    "language: the link was closed"),
			   l->label)
		     : str_printf(_("%s did not understand this charla: the "
				    "link was closed"),
			   l->label);
}

bool
link_end_is_final(enum wire_bye bye, bool by_us)
{
	return (bye == BYE_REFUSED && !by_us) || bye == BYE_VERSION ||
	       bye == BYE_DIGITS || bye == BYE_PAIRING || bye == BYE_KEY;
}

/* Somebody who was not let in, or not yet. */
static void
say_stranger_end(struct link *l, const char *words, enum wire_bye bye)
{
	struct app *app = l->app;

	/* The other link of somebody who is here is no news. */
	if (l->role != SESSION_LISTENER || door_rival(l) != NULL)
		return;
	if (bye == BYE_KEY)
		key_say_refused(l);
	else if (words != NULL && link_end_is_final(bye, true))
		stranger_say(app, LINE_WARNING, "%s", words);
	else if (l->name == NULL)
		stranger_say(app, LINE_NOTICE,
		    _("somebody at %s connected and left without saying who"),
		    conn_address(l->conn));
}

void
link_say_end(struct link *l, bool was_open, bool knocked, const char *words,
    enum wire_bye bye)
{
	struct app *app = l->app;
	/* Who hung up on our call is told of there. */
	bool told = app->call != NULL && app->call->link == l &&
		    !app->call->quiet && link_end_is_final(bye, false);

	if (was_open && words != NULL && !told)
		app_say(app,
		    link_end_is_final(bye, true) ? LINE_WARNING : LINE_NOTICE,
		    "%s", words);
	else if (knocked && bye == BYE_DUPLICATE)
		return; /* they are here by another link, and are told of */
	else if (knocked && !link_end_is_final(bye, true))
		app_say(app, LINE_NOTICE, _("%s no longer knocks"), l->label);
	else if (!was_open && (l->name == NULL || words != NULL))
		say_stranger_end(l, words, bye);
}
