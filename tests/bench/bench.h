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
/* Temporary folders are made in $FOLDER, or in /dev/shm (a tmpfs). */
void bench_use_folder(void);
/* What a shell makes of it; ends the test where that fails. */
void bench_shell(const char *command);
/* Kilobytes resident, from /proc/PID/status; 0 where unknown. */
long bench_resident_kb(long pid);
/* The most so far, or since it was forgotten (Linux 4.0 forgets). */
long bench_peak_kb(long pid);
void bench_forget_peak(long pid);
/*
 * Seconds of processor time that threads of this name have taken, from
 * /proc/PID/task; 0 where unknown.
 */
double bench_thread_seconds(long pid, const char *name);

/* Milliseconds that something took, again and again. Zero it first. */
enum { BENCH_SAMPLES_MAX = 100000 };
struct bench_samples {
	double ms[BENCH_SAMPLES_MAX];
	size_t count;
};
/* One that finds no room is left out. */
void bench_add(struct bench_samples *s, double ms);
/* "LABEL: 99 WHAT, median 1.0 ms, ..." on stdout. */
void bench_say(
    const char *label, const char *what, struct bench_samples *samples);

#endif
