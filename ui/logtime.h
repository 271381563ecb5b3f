/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time in front of a line, as the person wants it. Pure. */
#ifndef CHARLA_UI_LOGTIME_H
#define CHARLA_UI_LOGTIME_H

#include <stdint.h>

enum { LOGTIME_MAX = 20 }; /* columns */

/*
 * Columns of what the format can yield: the names of days and months differ,
 * and so do the hours of some. 0: it yields nothing.
 */
int logtime_columns(const char *format);
/* At most so many columns; the caller frees. */
char *logtime_text(const char *format, int64_t time_ms, int columns);

#endif
