/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose key it is, and what the person makes of it. */
#ifndef CHARLA_APP_VERIFY_H
#define CHARLA_APP_VERIFY_H

#include "src/app_state.h"

/* Fill in what the comparison of keys needs; the link is up. */
void verify_config(const struct link *l, struct session_config *config);
/* The digits are there; the other side has agreed, or has said no. */
void verify_digits(struct link *l);
void verify_heard(struct link *l);
void verify_refused(struct link *l);
/* Tell what is to be compared, once, when the person knows of the link. */
void verify_show(struct link *l);
/* cleared: what was told about it before is not on the screen any more. */
void verify_opened(struct link *l, bool cleared);
/* For the title. */
const char *verify_trust(const struct link *l);

#endif
