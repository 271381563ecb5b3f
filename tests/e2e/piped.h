/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person whose charla is no longer at a terminal: lines go in through a
 * pipe or come from a file, what it says goes into a file or a pipe. It has a
 * pty all the same, as its controlling terminal.
 */
#ifndef CHARLA_TESTS_PIPED_H
#define CHARLA_TESTS_PIPED_H

#include "tests/e2e/people.h"

struct piped {
	struct person person;
	int in;  /* to write to; -1: closed, or its input is a file */
	int out; /* to read from, where its output is a pipe; else -1 */
};

/* Zero it before. Input and output are pipes or files, in its home. */
struct piped_config {
	const char *name;
	const struct person *whom; /* who is called; NULL: it waits */
	const char *input;         /* all of it; NULL: through a pipe */
	bool input_folder;         /* it is a folder, by mistake */
	bool output_pipe;          /* which nobody reads by itself */
	const char *output;        /* something else to write to, or NULL */
	const char *const *env;
};
void piped_start(struct piped *p, const struct piped_config *config);

/* One line, and its newline. */
void piped_enter(struct piped *p, const char *line);
void piped_bytes(struct piped *p, const char *bytes, size_t len);
/* The end of its input. */
void piped_ends(struct piped *p);

/* What it has written into its file so far; lives until the next call. */
const char *piped_output(struct piped *p, size_t *len);
/* The same on standard error. */
const char *piped_errors(struct piped *p);
/* A whole row of its output is this one. */
bool piped_says(struct piped *p, const char *row);
/* A row begins with this. */
bool piped_begins(struct piped *p, const char *start);
/* It has said no such row. */
bool piped_silent(struct piped *p, const char *row);
/* It ends with this exit status, and has not written an escape byte. */
bool piped_left(struct piped *p, int status);
/* Its home goes, too. */
void piped_release(struct piped *p);

#endif
