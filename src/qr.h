/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A QR code in half blocks: two modules above each other in one character,
 * which a terminal shows as squares. Pure.
 */
#ifndef CHARLA_QR_H
#define CHARLA_QR_H

#include <stdbool.h>
#include <stddef.h>

struct qr {
	char **rows; /* of UTF-8 text, all of them columns wide */
	size_t count;
	int columns;
};

/*
 * text: capital letters, digits, blanks. light: it will be dark on a light
 * background. False where it cannot be drawn: no library, or too long.
 */
bool qr_draw(struct qr *qr, const char *text, bool light);
void qr_release(struct qr *qr);

#endif
