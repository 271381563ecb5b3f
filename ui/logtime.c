/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/logtime.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

/* 21 December 2025, 00:30 UTC: whatever the zone, a day has two digits. */
#define FIRST_MS INT64_C(1766277000000)

enum { MONTHS = 12, WEEK = 7, TIMES = 4 };

static const int64_t day_ms = INT64_C(86400000);

static int
columns_at(const char *format, int64_t time_ms)
{
	char text[TEXT_TIME_MAX], *clean;
	int columns;

	if (!text_time(format, time_ms, text))
		return 0;
	clean = text_clean(text, strlen(text), TEXT_LABEL);
	columns = text_columns(clean);
	free(clean);
	return columns;
}

/* A week of each month, at four times of the day. */
int
logtime_columns(const char *format)
{
	int most = 0;

	for (int n = 0; n < MONTHS * WEEK * TIMES; n++) {
		int month = n / (WEEK * TIMES), day = n / TIMES % WEEK;
		/* The twelfths of a year: days 19 to 28, one week in each. */
		int64_t days = month * INT64_C(365) / MONTHS + day;
		int columns = columns_at(format,
		    FIRST_MS + days * day_ms + n % TIMES * day_ms / TIMES);

		if (columns > most)
			most = columns;
	}
	return most < LOGTIME_MAX ? most : LOGTIME_MAX;
}

char *
logtime_text(const char *format, int64_t time_ms, int columns)
{
	char text[TEXT_TIME_MAX], *clean, *cut;

	/* Where there is nothing to be shown, it is "". */
	(void)text_time(format, time_ms, text);
	clean = text_clean(text, strlen(text), TEXT_LABEL);
	cut = text_cut(clean, columns, false);
	free(clean);
	return cut;
}
