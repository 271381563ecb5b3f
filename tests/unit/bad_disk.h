/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk with a damaged place, as far as a process can tell. */
#ifndef CHARLA_TESTS_BAD_DISK_H
#define CHARLA_TESTS_BAD_DISK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The check in a process where reading any file at offset from, or behind it,
 * says EIO. False with a line where that is not possible.
 */
bool on_bad_disk(uint32_t from, void (*check)(void));

#endif
