/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two persons who meet, and what they find in their folders afterwards. */
#ifndef CHARLA_TESTS_MEETING_H
#define CHARLA_TESTS_MEETING_H

#include "tests/e2e/people.h"

/* ana waits, beto calls, ana says /accept; both see the other. */
void meet(struct person *ana, struct person *beto);
/* Both have compared the digits; until both titles say VERIFIED. */
void both_verify(struct person *ana, struct person *beto);
/* Both leave, and their homes go. */
void part(struct person *ana, struct person *beto);

/* A file of size bytes that differ with seed; ends the test on failure. */
void make_file(const char *path, size_t size, unsigned seed);
bool files_equal(const char *a, const char *b);
/* Regular files in folder whose names hold part; NULL: all. */
int count_files(const char *folder, const char *part);
/* "FOLDER/NAME"; lives until the 8th next call. */
const char *in_folder(const char *folder, const char *name);
/* A script at path that runs $CHARLA under strace; the record: PATH.trace. */
void write_strace_wrapper(const char *path, const char *options);
/* text with %d numbers replaced; like printf into a static buffer. */
const char *text_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
