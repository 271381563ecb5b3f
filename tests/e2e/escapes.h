/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that charla may send to a terminal. A strict reader: what is not
 * in its tables is a fault, whoever it came from.
 */
#ifndef CHARLA_TESTS_ESCAPES_H
#define CHARLA_TESTS_ESCAPES_H

#include <stdbool.h>
#include <stddef.h>

/* Of a terminal with this many rows and columns; prints the first fault. */
bool escapes_are_ours(const char *bytes, size_t len, int rows, int cols);

#endif
