/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short texts about sizes and times, and how alike two words are. */
#include "src/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/util.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* bytes in tenths of unit, rounded. */
static uint64_t
tenths_of(uint64_t bytes, uint64_t unit)
{
	uint64_t tenth = unit / 10;

	return bytes / tenth + (bytes % tenth >= tenth / 2 ? 1 : 0);
}

void
text_size(uint64_t bytes, char out[TEXT_SIZE_MAX])
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t unit = 1000, tenths;
	size_t i = 0;

	if (bytes < unit) {
		snprintf(out, TEXT_SIZE_MAX, "%u B", (unsigned)bytes);
		return;
	}
	/* 999,950 bytes are "1.0 MB", not "1000.0 kB". */
	while (i + 1 < COUNT(units) && tenths_of(bytes, unit) >= 10000) {
		unit *= 1000;
		i++;
	}
	tenths = tenths_of(bytes, unit);
	snprintf(out, TEXT_SIZE_MAX, "%" PRIu64 ".%u %s", tenths / 10,
	    (unsigned)(tenths % 10), units[i]);
}

void
text_duration(uint64_t seconds, char out[TEXT_DURATION_MAX])
{
	unsigned rest = (unsigned)(seconds % DAY);

	if (seconds < MINUTE)
		snprintf(out, TEXT_DURATION_MAX, "%u s", rest);
	else if (seconds < HOUR)
		snprintf(out, TEXT_DURATION_MAX, "%u min %02u s", rest / MINUTE,
		    rest % MINUTE);
	else if (seconds < DAY)
		snprintf(out, TEXT_DURATION_MAX, "%u h %02u min", rest / HOUR,
		    rest % HOUR / MINUTE);
	else
		snprintf(out, TEXT_DURATION_MAX, "%" PRIu64 " d %02u h",
		    seconds / DAY, rest / HOUR);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Three rows of the usual table: this one and the two above it. No pair is
 * edited after it was swapped (the "optimal string alignment" form).
 */
size_t
text_distance(const char *a, const char *b)
{
	size_t len = strlen(b), i, j, result;
	size_t *rows = mem_zalloc(3 * (len + 1) * sizeof(*rows));
	size_t *now = rows, *last = rows + len + 1, *before = last + len + 1;
	size_t *spare;

	for (j = 0; j <= len; j++)
		now[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++) {
		spare = before;
		before = last;
		last = now;
		now = spare;
		now[0] = i;
		for (j = 1; j <= len; j++) {
			now[j] = least(last[j], now[j - 1]) + 1;
			now[j] =
			    least(now[j], last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	result = now[len];
	free(rows);
	return result;
}

bool
text_time(const char *format, int64_t utc_ms, char out[static TEXT_TIME_MAX])
{
	const time_t seconds = (time_t)(utc_ms / 1000);
	struct tm tm;

	out[0] = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (localtime_r(&seconds, &tm) != NULL &&
	    strftime(out, TEXT_TIME_MAX, format, &tm) > 0)
		return true;
#pragma GCC diagnostic pop
	out[0] = '\0';
	return false;
}
