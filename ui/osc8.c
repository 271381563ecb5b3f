/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/osc8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/style.h"

/* Cursor, attributes and what else is set: DECSC and DECRC. */
static const char save[] = "\0337", restore[] = "\0338";

void
osc8_clear(struct osc8 *o)
{
	for (size_t i = 0; i < o->count; i++) {
		free(o->parts[i].text);
		free(o->parts[i].url);
	}
	o->count = 0;
}

void
osc8_release(struct osc8 *o)
{
	osc8_clear(o);
	free(o->parts);
	memset(o, 0, sizeof(*o));
}

static bool
is_printable(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] <= ' ' || s[i] >= 0x7F)
			return false;
	}
	return len > 0;
}

void
osc8_add(
    struct osc8 *o, const struct osc8_part *where, size_t len, size_t url_len)
{
	struct osc8_part *part;

	if (url_len > OSC8_MAX || !is_printable(where->text, len) ||
	    !is_printable(where->url, url_len))
		return;
	if (o->count == o->size) {
		o->size = o->size * 2 + 8;
		o->parts = mem_realloc(o->parts, o->size * sizeof(*o->parts));
	}
	part = &o->parts[o->count++];
	*part = *where;
	part->text = str_ndup(where->text, len);
	part->url = str_ndup(where->url, url_len);
}

uint64_t
osc8_mix(uint64_t sum, uint64_t value)
{
	/* The multiplier of Knuth's 64-bit generator. */
	sum = (sum ^ value) * UINT64_C(6364136223846793005);
	return sum ^ sum >> 29;
}

static uint64_t
mix_text(uint64_t sum, const char *text)
{
	for (; *text != '\0'; text++)
		sum = osc8_mix(sum, (uint8_t)*text);
	return osc8_mix(sum, 0);
}

uint64_t
osc8_sum(const struct osc8 *o, const uint64_t *row_sums, int rows)
{
	uint64_t sum = 1;
	int last = -1;

	for (size_t i = 0; i < o->count; i++) {
		const struct osc8_part *p = &o->parts[i];

		if (p->row > last)
			last = p->row;
		sum =
		    osc8_mix(sum, (uint64_t)p->row << 32 ^ (unsigned)p->column);
		sum = osc8_mix(sum, p->style);
		sum = mix_text(sum, p->text);
		sum = mix_text(sum, p->url);
	}
	for (int row = 0; row <= last && row < rows; row++)
		sum = osc8_mix(sum, row_sums[row]);
	return sum;
}

/* SGR (ECMA-48, 8.3.117) for what ncurses drew there. */
static void
print_style(FILE *out, unsigned style, bool colours)
{
	unsigned colour = (style & TERM_COLOUR_MASK) >> TERM_COLOUR_SHIFT;

	fputs("\033[0", out);
	if (style & TERM_BOLD)
		fputs(";1", out);
	if (style & TERM_DIM)
		fputs(";2", out);
	if (style & TERM_UNDERLINE)
		fputs(";4", out);
	if (style & TERM_REVERSE)
		fputs(";7", out);
	if (colours && colour > 0)
		fprintf(out, ";3%u", colour);
	fputc('m', out);
}

char *
osc8_bytes(const struct osc8 *o, bool colours)
{
	char *bytes = NULL;
	size_t len;
	FILE *out;

	if (o->count == 0)
		return NULL;
	out = open_memstream(&bytes, &len);
	if (out == NULL)
		return NULL;
	fputs(save, out);
	for (size_t i = 0; i < o->count; i++) {
		const struct osc8_part *p = &o->parts[i];

		fprintf(out, "\033[%d;%dH", p->row + 1, p->column + 1);
		print_style(out, p->style, colours);
		fprintf(out, "\033]8;id=charla%u;%s\033\\%s\033]8;;\033\\",
		    (unsigned)p->id, p->url, p->text);
	}
	fputs(restore, out);
	if (fclose(out) != 0) {
		free(bytes);
		return NULL;
	}
	return bytes;
}
