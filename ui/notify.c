/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/notify.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

/* Bytes of a text that are looked at: more do not fit into a sentence. */
enum { NOTIFY_TEXT_MAX = 4 * NOTIFY_COLUMNS };

void
notify_release(struct notify *n)
{
	free(n->text);
	n->text = NULL;
}

void
notify_forget(struct notify *n)
{
	memset(n->counts, 0, sizeof(n->counts));
	str_replace(&n->text, NULL);
}

static size_t
total(const struct notify *n)
{
	size_t sum = 0;

	for (size_t i = 0; i < NEWS_KINDS; i++)
		sum += n->counts[i];
	return sum;
}

/* Several lines become one; who says something stands in front of it. */
static char *
in_words(const struct news *news)
{
	char *text = str_ndup(news->text, strnlen(news->text, NOTIFY_TEXT_MAX));
	char *words;

	for (char *s = text; *s != '\0'; s++) {
		if (*s == '\n' || *s == '\t')
			*s = ' ';
	}
	if (news->who == NULL)
		return text;
	words =
	    str_printf(news->action ? "* %s %s" : "%s: %s", news->who, text);
	free(text);
	return words;
}

void
notify_add(struct notify *n, const struct news *news)
{
	n->counts[news->kind]++;
	/* Of several, only the number is told. */
	str_replace(&n->text, total(n) == 1 ? in_words(news) : NULL);
}

uint64_t
notify_deadline(const struct notify *n)
{
	if (total(n) == 0)
		return 0;
	return n->told ? n->told_ms + NOTIFY_EVERY_MS : 1;
}

static char *
one_text(enum news_kind kind)
{
	static const char *const texts[] = {
	    [NEWS_MESSAGE] = N_("new message"),
	    [NEWS_QUESTION] = N_("new question"),
	    [NEWS_DONE] = N_("a transfer is done"),
	    [NEWS_TROUBLE] = N_("something went wrong"),
	};

	return str_dup(_(texts[kind]));
}

static char *
count_text(enum news_kind kind, size_t n)
{
	switch (kind) {
	case NEWS_MESSAGE:
		return str_printf(
		    ngettext("%zu new message", "%zu new messages", n), n);
	case NEWS_QUESTION:
		return str_printf(
		    ngettext("%zu new question", "%zu new questions", n), n);
	case NEWS_DONE:
		return str_printf(
		    ngettext("%zu transfer done", "%zu transfers done", n), n);
	case NEWS_TROUBLE:
	case NEWS_KINDS:
		break;
	}
	return str_printf(ngettext("%zu problem", "%zu problems", n), n);
}

static char *
sentence(const struct notify *n, bool say_text)
{
	const bool single = total(n) == 1;
	char *text = NULL;

	if (single && say_text && n->text != NULL)
		return str_dup(n->text);
	for (int i = 0; i < NEWS_KINDS; i++) {
		enum news_kind kind = (enum news_kind)i;
		char *part;

		if (n->counts[i] == 0)
			continue;
		part = single ? one_text(kind) : count_text(kind, n->counts[i]);
		if (text != NULL)
			str_replace(&text, str_printf("%s, %s", text, part));
		else
			text = str_dup(part);
		free(part);
	}
	return text;
}

char *
notify_take(struct notify *n, bool say_text, uint64_t now_ms)
{
	uint64_t due = notify_deadline(n);
	char *text, *clean, *cut;

	if (due == 0 || now_ms < due)
		return NULL;
	text = sentence(n, say_text);
	clean = text_clean(text, strlen(text), TEXT_LABEL);
	cut = text_cut(clean, NOTIFY_COLUMNS, false);
	free(clean);
	free(text);
	notify_forget(n);
	n->told = true;
	n->told_ms = now_ms;
	return cut;
}
