/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/err.h"
#include "src/base/i18n.h"

/* A size of 0 gets a block too: NULL would mean "no memory". */
static size_t
at_least_one(size_t size)
{
	return size > 0 ? size : 1;
}

static _Noreturn void
out_of_memory(void)
{
	fatal("%s", _("out of memory"));
}

void *
mem_alloc(size_t size)
{
	void *p = malloc(at_least_one(size));

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_zalloc(size_t size)
{
	void *p = calloc(1, at_least_one(size));

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_realloc(void *old, size_t size)
{
	void *p = realloc(old, at_least_one(size));

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_dup(const void *data, size_t size)
{
	void *copy = mem_alloc(size);

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

char *
str_dup(const char *s)
{
	return s == NULL ? NULL : str_ndup(s, strlen(s));
}

/* At most len bytes of s, and never past its end. */
char *
str_ndup(const char *s, size_t len)
{
	char *copy;

	len = len > 0 ? strnlen(s, len) : 0;
	copy = mem_alloc(len + 1);
	if (len > 0)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
str_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0)
		out_of_memory();
	return s;
}

void
str_replace(char **s, char *copy)
{
	free(*s);
	*s = copy;
}

static int64_t
clock_ms(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		fatal("%s", _("the system's clock cannot be read"));
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

uint64_t
clock_mono_ms(void)
{
	return (uint64_t)clock_ms(CLOCK_MONOTONIC);
}

int64_t
clock_utc_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

bool
add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
	if (a > UINT64_MAX - b)
		return false;
	*sum = a + b;
	return true;
}
