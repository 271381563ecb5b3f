/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that takes its time, for a program that is started with
 * LD_PRELOAD=$SLOW_WRITE (the library that slow_write.c becomes). Writes and
 * syncs take longer on descriptors of what lies in one folder:
 *
 *     SLOW_FOLDER  the folder, without symbolic links in its path
 *     SLOW_MS      how much longer each call takes, before it is made
 *     SLOW_TALLY   a file that holds one struct slow_tally, or nothing
 */
#ifndef CHARLA_TESTS_SLOW_WRITE_H
#define CHARLA_TESTS_SLOW_WRITE_H

#include <stdatomic.h>

/* What the disk has done so far; the file is mapped, so it is always true. */
struct slow_tally {
	atomic_ullong writes, syncs; /* calls that have succeeded */
	atomic_ullong bytes;
};

#endif
