/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A sentence that does not fit is cut. */
void
reason_set(struct reason *why, const char *fmt, ...)
{
	va_list ap;

	why->text[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
}

_Noreturn void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("charla: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}
