/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double
bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_quantile(double *values, size_t count, double share)
{
	size_t at = (size_t)((double)count * share);

	qsort(values, count, sizeof(*values), compare);
	return values[at < count ? at : count - 1];
}

long
bench_number(const char *name, long fallback)
{
	const char *text = getenv(name);

	return text != NULL ? strtol(text, NULL, 10) : fallback;
}

void
bench_use_folder(void)
{
	const char *where = getenv("FOLDER");

	setenv("TMPDIR", where != NULL ? where : "/dev/shm", 1);
}

void
bench_shell(const char *command)
{
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* A line "KEY 123 kB" of /proc/PID/status. */
static long
status_kb(long pid, const char *key)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtol(line + strlen(key), NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return kb;
}

long
bench_resident_kb(long pid)
{
	return status_kb(pid, "VmRSS:");
}

long
bench_peak_kb(long pid)
{
	return status_kb(pid, "VmHWM:");
}

void
bench_forget_peak(long pid)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/clear_refs", pid);
	f = fopen(path, "w");
	if (f == NULL)
		return;
	fputs("5", f); /* proc(5) */
	fclose(f);
}

/* One line of "PID (NAME) STATE ...", proc(5); 0: another name. */
static double
thread_seconds(const char *path, const char *name)
{
	enum { BEFORE_TIMES = 11 }; /* fields behind the name */
	char line[1024] = "", *begin, *at;
	unsigned long user, system;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return 0;
	begin = fgets(line, sizeof(line), f) != NULL ? strchr(line, '(') : NULL;
	at = begin != NULL ? strrchr(begin, ')') : NULL;
	fclose(f);
	if (at == NULL)
		return 0;
	*at = '\0';
	if (strcmp(begin + 1, name) != 0)
		return 0;
	for (int i = 0; i <= BEFORE_TIMES && at != NULL; i++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return 0;
	user = strtoul(at, &at, 10);
	system = strtoul(at, NULL, 10);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double
bench_thread_seconds(long pid, const char *name)
{
	char path[64];
	double seconds = 0;
	glob_t tasks;

	snprintf(path, sizeof(path), "/proc/%ld/task/*/stat", pid);
	if (glob(path, 0, NULL, &tasks) != 0)
		return 0;
	for (size_t i = 0; i < tasks.gl_pathc; i++)
		seconds += thread_seconds(tasks.gl_pathv[i], name);
	globfree(&tasks);
	return seconds;
}

void
bench_add(struct bench_samples *s, double ms)
{
	if (s->count < BENCH_SAMPLES_MAX)
		s->ms[s->count++] = ms;
}

void
bench_say(const char *label, const char *what, struct bench_samples *samples)
{
	if (samples->count == 0) {
		printf("%s: no %s\n", label, what);
		return;
	}
	printf("%s: %zu %s, median %.1f ms, 99 of 100 within %.1f ms, "
	       "worst %.1f ms\n",
	    label, samples->count, what,
	    bench_quantile(samples->ms, samples->count, 0.5),
	    bench_quantile(samples->ms, samples->count, 0.99),
	    bench_quantile(samples->ms, samples->count, 1));
	fflush(stdout);
}
