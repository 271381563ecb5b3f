/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a link ended, in words. */
#ifndef CHARLA_APP_LINK_SAY_H
#define CHARLA_APP_LINK_SAY_H

#include "src/app_state.h"

/* Why, for a person. The caller frees; NULL: not worth it. */
char *link_end_words(const struct link *l, const struct session_event *event);
/* Who calls does not do so again by themselves. */
bool link_end_is_final(enum wire_bye bye, bool by_us);
void link_say_end(struct link *l, bool was_open, bool knocked,
    const char *words, enum wire_bye bye);

#endif
