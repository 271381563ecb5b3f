/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/qr.h"

#include <stdlib.h>
#include <string.h>

#ifdef CHARLA_QR
#include <qrencode.h>
#endif

#include "src/base/util.h"

void
qr_release(struct qr *qr)
{
	for (size_t i = 0; i < qr->count; i++)
		free(qr->rows[i]);
	free(qr->rows);
	*qr = (struct qr){0};
}

#ifdef CHARLA_QR

enum {
	/*
	 * The standard wants four modules of margin; two are what 24 rows
	 * leave room for, and more than cameras need.
	 */
	MARGIN = 2,
	BLOCK_BYTES = 3, /* of a half block in UTF-8 */
};

/* Is there light: in the margin, and where a module is not dark? */
static bool
is_light(const QRcode *code, int row, int column)
{
	row -= MARGIN;
	column -= MARGIN;
	if (row < 0 || column < 0 || row >= code->width ||
	    column >= code->width)
		return true;
	/* The lowest bit is the module, the others say what it is part of. */
	return (code->data[row * code->width + column] & 1) == 0;
}

static char *
draw_row(const QRcode *code, int top, bool light)
{
	static const char *const blocks[2][2] = {{" ", "▄"}, {"▀", "█"}};
	int size = code->width + 2 * MARGIN;
	char *text = mem_zalloc((size_t)size * BLOCK_BYTES + 1);
	char *end = text;

	for (int column = 0; column < size; column++) {
		/* What is drawn is what the background is not. */
		bool upper = is_light(code, top, column) != light;
		bool lower = is_light(code, top + 1, column) != light;

		/* Below the last row there is no half of another one. */
		if (top + 1 == size)
			lower = false;
		end = stpcpy(end, blocks[upper][lower]);
	}
	return text;
}

bool
qr_draw(struct qr *qr, const char *text, bool light)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 0);
	int size;

	*qr = (struct qr){0};
	if (code == NULL)
		return false;
	size = code->width + 2 * MARGIN;
	qr->columns = size;
	qr->rows = mem_alloc((size_t)(size + 1) / 2 * sizeof(char *));
	for (int top = 0; top < size; top += 2)
		qr->rows[qr->count++] = draw_row(code, top, light);
	QRcode_free(code);
	return true;
}

#else

bool
qr_draw(struct qr *qr, const char *text, bool light)
{
	(void)text;
	(void)light;
	*qr = (struct qr){0};
	return false;
}

#endif
