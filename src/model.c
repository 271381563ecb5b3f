/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything but the log (model_log.c) and the transfers (model_rows.c).
 * Every change that can be seen makes version grow, and nothing else does:
 * the screen sleeps while it stands still.
 */
#include "src/model.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

static char *
clean(const char *s)
{
	return s == NULL ? str_dup("") : text_clean(s, strlen(s), TEXT_LABEL);
}

/* True where copy says something new. Takes copy over. */
static bool
replace(char **old, char *copy)
{
	bool same = strcmp(*old, copy) == 0;

	str_replace(old, copy);
	return !same;
}

void
model_init(struct model *m)
{
	*m = (struct model){.first_id = 1, .found = SIZE_MAX};
	m->title.who = str_dup("");
	m->title.where = str_dup("");
	m->title.trust = str_dup("");
	m->status = str_dup("");
}

void
model_release(struct model *m)
{
	model_open(m, 0);
	free(m->present);
	while (m->row_count > 0)
		model_remove_row(m, m->rows[0].number);
	free(m->rows);
	model_nearby(m, NULL, 0);
	free(m->list.title);
	free(m->title.who);
	free(m->title.where);
	free(m->title.trust);
	free(m->status);
	free(m->typing);
	*m = (struct model){0};
}

void
model_title(
    struct model *m, const char *who, const char *where, const char *trust)
{
	bool changed = false;

	changed |= replace(&m->title.who, clean(who));
	changed |= replace(&m->title.where, clean(where));
	changed |= replace(&m->title.trust, clean(trust));
	if (changed)
		m->version++;
}

void
model_status(struct model *m, const char *text)
{
	if (replace(&m->status, clean(text)))
		m->version++;
}

void
model_typing(struct model *m, const char *who)
{
	char *copy = NULL;

	if (who != NULL && who[0] != '\0')
		copy = clean(who);
	if (copy == NULL ? m->typing != NULL
			 : m->typing == NULL || strcmp(copy, m->typing) != 0)
		m->version++;
	str_replace(&m->typing, copy);
}

void
model_show_list(struct model *m, const struct listing *listing)
{
	model_hide_list(m);
	m->list = *listing;
	m->list.title = clean(listing->title);
	m->list_id++;
	m->version++;
}

void
model_hide_list(struct model *m)
{
	if (m->list.line == NULL)
		return;
	free(m->list.title);
	m->list = (struct listing){0};
	m->version++;
}
