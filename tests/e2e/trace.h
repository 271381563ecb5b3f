/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The record of a program under strace -f -y -s 0: which calls, on what, and
 * what was over before what began.
 */
#ifndef CHARLA_TESTS_TRACE_H
#define CHARLA_TESTS_TRACE_H

#include <stdbool.h>
#include <stddef.h>

enum trace_kind { TRACE_OTHER, TRACE_IN, TRACE_OUT, TRACE_SYNC, TRACE_NAME };

/* What strace is asked for, for write_strace_wrapper. */
extern const char trace_options[];

struct trace_call {
	enum trace_kind kind;
	char *text;          /* "fsync(7</some/file>) = 0" */
	long result;         /* bytes, for TRACE_IN and TRACE_OUT */
	size_t begun, ended; /* places in time; none are the same */
};

/* Calls that did not fail, in the order in which they ended. */
struct trace {
	struct trace_call *calls;
	size_t count, size;
};

/* Is strace there, and allowed? */
bool trace_works(void);
/* What has been recorded at path, from byte from on. */
void trace_load(struct trace *t, const char *path, long from);
void trace_free(struct trace *t);
/* Bytes of the record so far. */
long trace_size(const char *path);

/* The text of it names this. */
bool trace_is(
    const struct trace_call *call, enum trace_kind kind, const char *name);
/* The first such call that begins after a place in time, or NULL. */
const struct trace_call *trace_next(const struct trace *t, size_t after,
    enum trace_kind kind, const char *name);
/* Is there a sync of such a file that lies between the two? */
bool trace_synced(
    const struct trace *t, const char *name, size_t after, size_t before);

#endif
