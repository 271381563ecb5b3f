/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a program does to its terminal beside the screen: the title of the
 * window and the stack of titles, how far something is, the focus. Read from
 * its output, for the model keeps none of it.
 */
#ifndef CHARLA_TESTS_BESIDE_H
#define CHARLA_TESTS_BESIDE_H

#include "tests/e2e/harness.h"

/* For a program that is to die of a signal: the sanitizer would take it. */
#define ENV_MAY_CRASH                                                          \
	"ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:"          \
	"handle_abort=0:detect_leaks=0"

/* The window gets, or loses, the focus; only where reports were asked for. */
void beside_focus(struct screen *s, bool here);
/* Titles that were kept on the stack, and not taken back. */
int beside_titles(struct screen *s);
/* The last OSC 9;4: its percent, or -1: none, or taken away. */
int beside_progress(struct screen *s);
/* How often these bytes were written. */
int beside_count(struct screen *s, const char *bytes);
bool beside_wait_count(struct screen *s, const char *bytes, int count);
bool beside_wait_title(struct screen *s, const char *title);
/*
 * All of it is as before the program, and so are the screen, the cursor, the
 * modes and what stty says.
 */
bool beside_is_restored(struct screen *s);

#endif
