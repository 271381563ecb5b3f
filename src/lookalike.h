/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Characters that a person takes for others: letters of other scripts that
 * look the same, letters that are written in two ways, and blanks. Not a
 * whole table of confusables (Unicode TS 39), but what names are made of:
 * Latin, Greek, Cyrillic, Armenian. Pure.
 */
#ifndef CHARLA_LOOKALIKE_H
#define CHARLA_LOOKALIKE_H

#include <stdbool.h>
#include <stdint.h>

/* Nothing is to be seen where it stands. */
bool lookalike_is_blank(uint32_t c);
/* It takes no room either. */
bool lookalike_is_nothing(uint32_t c);
/* The letter it looks like, for one without case (towlower); else itself. */
uint32_t lookalike_of(uint32_t c);
/*
 * "e" and the acute for a Latin "é" without case, as it can be written, too;
 * else itself, and no mark (0).
 */
uint32_t lookalike_base(uint32_t c, uint32_t *mark);

#endif
