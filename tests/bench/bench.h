/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the measuring programs share: a clock, and a summary of figures. */
#ifndef CHARLA_TESTS_BENCH_H
#define CHARLA_TESTS_BENCH_H

#include <stddef.h>

/* Monotonic seconds. */
double bench_now(void);
/* The value below which share (0 to 1) of the count values are; sorts. */
double bench_quantile(double *values, size_t count, double share);
/* A number from the environment, or fallback. */
long bench_number(const char *name, long fallback);
/* Kilobytes resident, from /proc/PID/status; 0 where unknown. */
long bench_resident_kb(long pid);

#endif
