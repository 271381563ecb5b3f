/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

void
findings_add(struct findings *f, enum finding_state state, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		fatal("%s", _("out of memory"));
	f->list = mem_realloc(f->list, (f->count + 1) * sizeof(*f->list));
	/* Names of programs and interfaces are others' words, too. */
	f->list[f->count++] = (struct finding){
	    .state = state,
	    .text = text_clean(text, (size_t)len, TEXT_LABEL),
	};
	free(text);
}

void
findings_move(struct findings *from, struct findings *to)
{
	if (from->count == 0)
		return;
	to->list = mem_realloc(
	    to->list, (to->count + from->count) * sizeof(*to->list));
	memcpy(to->list + to->count, from->list,
	    from->count * sizeof(*from->list));
	to->count += from->count;
	free(from->list);
	*from = (struct findings){0};
}

void
findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->list[i].text);
	free(f->list);
	*f = (struct findings){0};
}

size_t
findings_wrong(const struct findings *f)
{
	size_t wrong = 0;

	for (size_t i = 0; i < f->count; i++)
		wrong += f->list[i].state == FINDING_WRONG;
	return wrong;
}

static const char *
state_text(enum finding_state state)
{
	switch (state) {
	case FINDING_FINE:
		return _("fine");
	case FINDING_WRONG:
		return _("wrong");
	case FINDING_UNKNOWN:
		break;
	}
	return _("unknown");
}

char *
finding_line(const struct finding *f)
{
	const char *state = state_text(f->state);
	int gap = 9 - text_columns(state);

	return str_printf("%s%*s%s", state, gap > 1 ? gap : 1, "", f->text);
}

char *
findings_sum(const struct findings *f)
{
	size_t wrong = findings_wrong(f);

	if (wrong == 0)
		return str_dup(_("doctor: nothing is wrong"));
	return str_printf(ngettext("doctor: %zu thing is wrong",
			      "doctor: %zu things are wrong", wrong),
	    wrong);
}
