/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a cell looks: attributes and at most one colour. Pure. */
#ifndef CHARLA_UI_STYLE_H
#define CHARLA_UI_STYLE_H

enum term_style {
	TERM_PLAIN = 0,
	TERM_BOLD = 1,
	TERM_DIM = 2,
	TERM_REVERSE = 4,
	TERM_UNDERLINE = 8,
	/*
	 * By the numbers of ECMA-48, of the eight that every palette has; not
	 * there on terminals without. Black, white and the eight bright ones
	 * are left out: in many palettes they are the background or a grey.
	 */
	TERM_RED = 1 << 4,
	TERM_GREEN = 2 << 4,
	TERM_YELLOW = 3 << 4,
	TERM_BLUE = 4 << 4,
	TERM_MAGENTA = 5 << 4,
	TERM_CYAN = 6 << 4,
	TERM_COLOUR_MASK = 7 << 4,
};

enum { TERM_COLOUR_SHIFT = 4 };

#endif
