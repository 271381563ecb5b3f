/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every text a person reads goes through _(); N_() marks texts in tables. */
#ifndef CHARLA_BASE_I18N_H
#define CHARLA_BASE_I18N_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) (text)

#endif
