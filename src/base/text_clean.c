/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sanitiser. Each character is looked at by itself, so the result does
 * not depend on what stands around it, and cleaning twice changes nothing.
 */
#include "src/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "src/base/util.h"

enum { CONTROL_PICTURES = 0x2400, DEL_PICTURE = 0x2421, TAB_STOP = 8 };

struct range {
	uint32_t first, last;
};

/*
 * Shown as "<U+202E>": what reorders a line, breaks it, or is not seen at
 * all (Default_Ignorable_Code_Point of DerivedCoreProperties.txt, C1, the
 * separators). Not here: U+200C, which Persian and Hindi are written with,
 * the Hangul fillers of old jamo, U+0600 and its like, which are visible.
 */
static const struct range marked[] = {
    {0x0080, 0x009F},
    {0x00AD, 0x00AD},
    {0x034F, 0x034F},
    {0x061C, 0x061C},
    {0x17B4, 0x17B5},
    {0x180E, 0x180E},
    {0x200B, 0x200B},
    {0x200E, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0x3164, 0x3164},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},
    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF},
    {0xE01F0, 0xE0FFF},
};

/* Left out: terminals disagree about the width they give or take. */
static const struct range dropped[] = {
    {0x180B, 0x180D},
    {0x180F, 0x180F},
    {0x200D, 0x200D},
    {0x20E3, 0x20E3},
    {0xFE00, 0xFE0F},
    {0x1F3FB, 0x1F3FF},
    {0xE0100, 0xE01EF},
};

static bool
in_ranges(const struct range *table, size_t count, uint32_t cp)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (cp > table[middle].last)
			low = middle + 1;
		else if (cp < table[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

struct output {
	char *text;
	size_t len, size;
	size_t column; /* since the last newline; for tabs */
};

static void
append(struct output *out, const char *s, size_t len, size_t columns)
{
	while (out->size - out->len <= len) {
		out->size *= 2;
		out->text = mem_realloc(out->text, out->size);
	}
	memcpy(out->text + out->len, s, len);
	out->len += len;
	out->column += columns;
}

static void
append_cp(struct output *out, uint32_t cp)
{
	char bytes[4];
	size_t len = text_encode(cp, bytes);

	append(out, bytes, len, (size_t)text_width(cp));
}

static void
append_mark(struct output *out, uint32_t cp)
{
	char mark[16];
	int len = snprintf(mark, sizeof(mark), "<U+%04X>", (unsigned)cp);

	append(out, mark, (size_t)len, (size_t)len);
}

/* C0 and DEL. */
static void
append_control(struct output *out, uint32_t cp, enum text_form form)
{
	if (form == TEXT_BLOCK && cp == '\n') {
		append(out, "\n", 1, 0);
		out->column = 0;
	} else if (form == TEXT_BLOCK && cp == '\t') {
		do
			append(out, " ", 1, 1);
		while (out->column % TAB_STOP != 0);
	} else {
		append_cp(
		    out, cp == 0x7F ? DEL_PICTURE : CONTROL_PICTURES + cp);
	}
}

static void
append_clean(struct output *out, uint32_t cp, enum text_form form)
{
	if (cp < 0x20 || cp == 0x7F)
		append_control(out, cp, form);
	else if (cp < 0x7F)
		append_cp(out, cp);
	else if (in_ranges(dropped, COUNT(dropped), cp))
		return;
	else if (in_ranges(marked, COUNT(marked), cp))
		append_mark(out, cp);
	else if (wcwidth((wchar_t)cp) < 0)
		append_cp(out, 0xFFFD);
	else
		append_cp(out, cp);
}

char *
text_clean(const char *s, size_t len, enum text_form form)
{
	struct output out = {0};
	uint32_t cp;
	size_t i;

	out.size = len + 1;
	out.text = mem_alloc(out.size);
	for (i = 0; i < len;) {
		i += text_decode(s + i, len - i, &cp);
		append_clean(&out, cp, form);
	}
	out.text[out.len] = '\0';
	return out.text;
}
