/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links on the screen. ncurses knows nothing of them: it draws their text,
 * and then the same cells are written once more, as links. Pure: bytes out.
 *
 * Terminals move links when they scroll, and lose them where cells are
 * written over; so all in view are written anew whenever anything around
 * them was drawn.
 */
#ifndef CHARLA_UI_OSC8_H
#define CHARLA_UI_OSC8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OSC8_MAX = 2000 }; /* bytes of an address; VTE takes 2083 */

struct osc8_part {
	int row, column;
	unsigned style;
	uint32_t id; /* that of the parts of one link */
	char *text;  /* printable ASCII, all of one row */
	char *url;
};

/* A zeroed one is empty. */
struct osc8 {
	struct osc8_part *parts;
	size_t count, size;
};

void osc8_clear(struct osc8 *o);
void osc8_release(struct osc8 *o);
/*
 * len bytes of a link were drawn; url has url_len bytes. What is too long, or
 * not printable ASCII, is left out.
 */
void osc8_add(
    struct osc8 *o, const struct osc8_part *where, size_t len, size_t url_len);
/*
 * A sum over the links and over the rows down to the last of them, to be
 * compared with the last frame's. row_sums: one of each row, made of what is
 * drawn there by osc8_mix.
 */
uint64_t osc8_sum(const struct osc8 *o, const uint64_t *row_sums, int rows);
uint64_t osc8_mix(uint64_t sum, uint64_t value);
/*
 * The bytes that make them links; the cursor and its attributes are as before
 * in the end. colours: the terminal has them. NULL where there is none; the
 * caller frees.
 */
char *osc8_bytes(const struct osc8 *o, bool colours);

#endif
