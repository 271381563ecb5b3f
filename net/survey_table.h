/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the kernel, as /proc writes them. */
#ifndef CHARLA_NET_SURVEY_TABLE_H
#define CHARLA_NET_SURVEY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Cut row into its first so many columns; false where there are fewer. */
static inline bool
survey_columns(char *row, char **columns, size_t want)
{
	size_t count = 0;

	while (count < want && row != NULL) {
		columns[count] = strsep(&row, " \t\n");
		count += *columns[count] != '\0';
	}
	return count == want;
}

#endif
