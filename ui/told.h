/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the terminal is told beside the screen: notifications while its window
 * has no focus, the title of the window, how far transfers are. It is written
 * between frames, and taken back with the screen.
 *
 * Whether the window has the focus is known from the first report on; a
 * terminal that never sends one gets no notifications, and no number in its
 * title, for its window might be looked at.
 */
#ifndef CHARLA_UI_TOLD_H
#define CHARLA_UI_TOLD_H

#include "src/model.h"
#include "ui/notify.h"
#include "ui/term.h"
#include "ui/ui.h"

enum focus { FOCUS_UNKNOWN, FOCUS_HERE, FOCUS_AWAY };

/* The first three are the owner's; the rest begins zeroed. */
struct told {
	struct term *term;
	const struct model *model;
	const struct ui_settings *settings;
	enum focus focus;
	struct notify notify;
	uint64_t version; /* of the model, when it was told of */
	bool stale;       /* something else changed since then */
	size_t unread;    /* what came while the focus was away */
	char *title;      /* of the window now; NULL: its own */
	bool title_saved; /* by us, on the terminal's stack */
	int percent;      /* told + 1; 0: none */
};

void told_release(struct told *t);
/* Is this report about the focus? Then it is taken. */
bool told_focus(struct told *t, const char *bytes, size_t len);
/* A key came: somebody is here. True where that was not known. */
bool told_key(struct told *t);
void told_news(struct told *t, const struct news *news);
/* The settings are others now. */
void told_set(struct told *t);
/* Everything that is to be told now, behind the last frame. */
void told_write(struct told *t, uint64_t now_ms);
/* When told_write has something by itself; 0: never. */
uint64_t told_deadline(const struct told *t);
/* The terminal was given back, and took all of it along. */
void told_left(struct told *t);

#endif
