/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as a peer may send it. What comes out of the sanitiser is UTF-8,
 * holds nothing that drives a terminal, and fits where it is made to fit.
 * The first byte says how many columns there are.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_unsafe(uint32_t cp, enum text_form form)
{
	if (cp == '\n')
		return form == TEXT_LABEL;
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x61C ||
	       cp == 0x200E || cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

static void
check_clean(const char *clean, enum text_form form)
{
	size_t len = strlen(clean), i;
	uint32_t cp;
	char *again;

	check(text_is_utf8(clean, len));
	for (i = 0; i < len;) {
		i += text_decode(clean + i, len - i, &cp);
		check(!is_unsafe(cp, form));
	}
	again = text_clean(clean, len, form);
	check(strcmp(clean, again) == 0);
	free(again);
}

static void
check_columns(const char *clean, int columns)
{
	size_t len = strlen(clean), i, used, fit = text_fit(clean, columns);
	int total = 0, within = 0, width;

	for (i = 0; i < len; i += used) {
		used = text_cluster(clean + i, len - i, &width);
		check(used >= 1 && used <= len - i);
		check(width >= 0 && width <= 2);
		if (i < fit)
			within += width;
		/* what comes next did not fit */
		if (i == fit)
			check(total + width > columns);
		total += width;
	}
	check(total == text_columns(clean));
	check(fit <= len && within <= columns);
}

static void
check_cut(const char *clean, int columns, bool middle)
{
	char *cut = text_cut(clean, columns, middle);

	check(text_is_utf8(cut, strlen(cut)));
	check(text_columns(cut) <= columns);
	if (text_columns(clean) <= columns)
		check(strcmp(cut, clean) == 0);
	free(cut);
}

static void
check_raw(const char *s, size_t len)
{
	char bytes[4];
	bool valid = true;
	size_t i, used;
	uint32_t cp;

	for (i = 0; i < len; i += used) {
		used = text_decode(s + i, len - i, &cp);
		check(used >= 1 && used <= len - i && cp <= 0x10FFFF);
		if (text_encode(cp, bytes) != used ||
		    memcmp(bytes, s + i, used) != 0)
			valid = false;
	}
	check(valid == text_is_utf8(s, len));
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	check(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum text_form forms[] = {TEXT_LABEL, TEXT_BLOCK};
	const char *s = (const char *)data;
	int columns;
	char *clean;
	size_t i;

	if (size < 1)
		return 0;
	columns = data[0];
	check_raw(s + 1, size - 1);
	for (i = 0; i < 2; i++) {
		clean = text_clean(s + 1, size - 1, forms[i]);
		check_clean(clean, forms[i]);
		check_columns(clean, columns);
		check_cut(clean, columns, false);
		check_cut(clean, columns, true);
		free(clean);
	}
	return 0;
}
