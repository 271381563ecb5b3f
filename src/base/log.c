/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum { LOG_LINE_MAX = 1024, LOG_STAMP_MAX = 40 };

/*
 * The one file-level variable of src/base: a diary is only worth having if
 * every line of the program can write to it. Set before any thread starts.
 */
static int diary = -1;

void
log_open(const char *path)
{
	if (path == NULL || diary >= 0)
		return;
	diary = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

int
log_fd(void)
{
	return diary;
}

/* "2025-01-31T12:00:00.123Z" */
static void
stamp(char out[LOG_STAMP_MAX])
{
	int64_t now = clock_utc_ms();
	time_t seconds = (time_t)(now / 1000);
	char text[24];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		text[0] = '\0';
	snprintf(out, LOG_STAMP_MAX, "%s.%03dZ", text, (int)(now % 1000));
}

/* One write(2) for a line, so that threads do not cut each other's. */
void
log_debug(const char *fmt, ...)
{
	char text[LOG_LINE_MAX], when[LOG_STAMP_MAX];
	char *clean, *line;
	int saved = errno;
	va_list ap;

	if (diary < 0)
		return;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	stamp(when);
	clean = text_clean(text, strlen(text), TEXT_LABEL);
	line = str_printf("%s %s\n", when, clean);
	if (write(diary, line, strlen(line)) < 0)
		text[0] = '\0'; /* nobody left to tell */
	free(line);
	free(clean);
	errno = saved;
}
