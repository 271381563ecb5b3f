/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/titletext.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/bidi.h"

enum { TITLE_PART_LEAST = 4 };

static const char separator[] = " · ";

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* The three parts that are there, one behind the other. */
static char *
join_title(const char *who, const char *where, const char *trust)
{
	return str_printf(" %s%s%s%s%s%s", who, bidi_close(who),
	    *who != '\0' && *where != '\0' ? separator : "", where,
	    (*who != '\0' || *where != '\0') && *trust != '\0' ? separator : "",
	    trust);
}

/* Parts of it, from the first on, go before the last one is cut. */
static char *
trust_alone(const char *trust, int columns)
{
	const char *rest;

	while (text_columns(trust) > columns &&
	       (rest = strstr(trust, ", ")) != NULL)
		trust = rest + 2;
	return text_cut(trust, columns, false);
}

/* Too wide: where gets shorter first and goes, then who; trust stays. */
char *
title_text(const struct title *title, int columns)
{
	const char *who = or_empty(title->who);
	const char *where = or_empty(title->where);
	const char *trust = or_empty(title->trust);
	char *text = join_title(who, where, trust);
	int over = text_columns(text) - columns;
	char *cut;
	int left;

	if (over <= 0)
		return text;
	free(text);
	left = text_columns(where) - over;
	if (left >= TITLE_PART_LEAST) {
		cut = text_cut(where, left, false);
		text = join_title(who, cut, trust);
		free(cut);
		return text;
	}
	text = join_title(who, "", trust);
	over = text_columns(text) - columns;
	if (over <= 0)
		return text;
	free(text);
	left = text_columns(who) - over;
	cut = left >= 2 ? text_cut(who, left, false) : str_dup("");
	text = join_title(cut, "", trust);
	free(cut);
	if (text_columns(text) <= columns)
		return text;
	free(text);
	return trust_alone(trust, columns);
}
