/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The links of a frame, and whether they have to be written anew. Pure. */
#ifndef CHARLA_UI_TERM_LINKS_H
#define CHARLA_UI_TERM_LINKS_H

#include "ui/osc8.h"

/* A zeroed one is ready. */
struct term_links {
	struct osc8 links;  /* in this frame */
	uint64_t written;   /* sum of those that are on the terminal; 0: none */
	uint64_t *row_sums; /* of what is drawn in each row of this frame */
	int rows;
};

void term_links_release(struct term_links *l);
/* A frame of so many rows begins. */
void term_links_begin(struct term_links *l, int rows);
/* A cell is drawn: what it holds in a number. */
void term_links_cell(struct term_links *l, int row, uint64_t cell);
/* Nothing of what is on the terminal is known any more. */
void term_links_forget(struct term_links *l);
/*
 * What is to be written behind the frame, or NULL: the links stand there.
 * ncurses may have scrolled or written over them to draw something else; the
 * caller frees.
 */
char *term_links_bytes(struct term_links *l, bool colours);

#endif
