/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every frame there is, as a struct and as bytes: the promise of charla/1. For
 * tests.
 */
#ifndef CHARLA_TESTS_WIRE_GOLDEN_H
#define CHARLA_TESTS_WIRE_GOLDEN_H

#include "net/wire.h"

struct golden {
	struct frame frame;
	const char *bytes;
	size_t len;
	size_t least; /* bytes it cannot do without; the rest is a tail */
};

const struct golden *golden_frames(size_t *count);

void assert_bytes(const void *a, size_t a_len, const void *b, size_t b_len);
/* All fields, and the bytes that pointers lead to. */
void assert_frame(const struct frame *a, const struct frame *b);

#endif
