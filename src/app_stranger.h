/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said about callers who did not get in. */
#ifndef CHARLA_APP_STRANGER_H
#define CHARLA_APP_STRANGER_H

#include "src/app_state.h"

/* False, and one last line, where there were too many of these lately. */
bool stranger_may_be_told(struct app *app);
/* The same, and nobody was told this very text a few minutes ago. */
bool stranger_is_news(struct app *app, const char *text);
/* A line, if it is news. */
void stranger_say(struct app *app, enum line_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void strangers_release(struct app *app);

#endif
