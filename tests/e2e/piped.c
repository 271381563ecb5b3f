/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/piped.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"

enum { OUTPUT_MAX = 16 * 1024 * 1024 };

/* In its home; lives until the next call. */
static const char *
home_path(const struct piped *p, const char *name)
{
	static char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/%s", p->person.home, name);
	return path;
}

static FILE *
open_to_write(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		harness_fail("%s: %s", path, strerror(errno));
	return f;
}

/* Stands in for charla, with its standard descriptors in the home. */
static void
write_wrapper(const char *path)
{
	FILE *f = open_to_write(path);

	fprintf(f,
	    "#!/bin/sh\n"
	    "exec '%s' --plain \"$@\" <\"$HOME/in\" >\"$HOME/out\" "
	    "2>\"$HOME/err\"\n",
	    getenv("CHARLA"));
	fclose(f);
	chmod(path, 0700);
}

static int
make_pipe(const char *path, int flags)
{
	int fd;

	unlink(path);
	if (mkfifo(path, 0600) < 0)
		harness_fail("mkfifo: %s", strerror(errno));
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		harness_fail("%s: %s", path, strerror(errno));
	return fd;
}

static void
write_input(const char *path, const char *text)
{
	FILE *f = open_to_write(path);

	fputs(text, f);
	fclose(f);
}

void
piped_start(struct piped *p, const struct piped_config *config)
{
	char *charla = str_dup(getenv("CHARLA"));
	char *wrapper;

	(void)signal(SIGPIPE, SIG_IGN);
	p->in = p->out = -1;
	person_settle(&p->person, config->name);
	p->person.env = config->env;
	wrapper = str_dup(home_path(p, "wrapper"));
	write_wrapper(wrapper);
	unlink(home_path(p, "in"));
	unlink(home_path(p, "out"));
	if (config->input_folder)
		mkdir(home_path(p, "in"), 0700);
	else if (config->input != NULL)
		write_input(home_path(p, "in"), config->input);
	else
		p->in = make_pipe(home_path(p, "in"), O_RDWR);
	if (config->output_pipe)
		p->out = make_pipe(home_path(p, "out"), O_RDONLY | O_NONBLOCK);
	if (config->output != NULL &&
	    symlink(config->output, home_path(p, "out")) < 0)
		harness_fail("symlink: %s", strerror(errno));
	setenv("CHARLA", wrapper, 1);
	if (config->whom != NULL)
		person_call(&p->person, config->name, config->whom);
	else
		person_start(&p->person, config->name, NULL);
	setenv("CHARLA", charla, 1);
	free(charla);
	free(wrapper);
}

void
piped_bytes(struct piped *p, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(p->in, bytes, len);

		if (n <= 0)
			harness_fail("writing: %s", strerror(errno));
		bytes += n;
		len -= (size_t)n;
	}
}

void
piped_enter(struct piped *p, const char *line)
{
	char *text = str_printf("%s\n", line);

	piped_bytes(p, text, strlen(text));
	free(text);
}

void
piped_ends(struct piped *p)
{
	if (p->in >= 0)
		close(p->in);
	p->in = -1;
}

static const char *
read_file(const char *path, char **bytes, size_t *len)
{
	FILE *f = fopen(path, "r");

	if (*bytes == NULL)
		*bytes = mem_alloc(OUTPUT_MAX + 1);
	*len = f != NULL ? fread(*bytes, 1, OUTPUT_MAX, f) : 0;
	(*bytes)[*len] = '\0';
	if (f != NULL)
		fclose(f);
	return *bytes;
}

const char *
piped_output(struct piped *p, size_t *len)
{
	static char *bytes; /* for the next call */

	return read_file(home_path(p, "out"), &bytes, len);
}

const char *
piped_errors(struct piped *p)
{
	static char *bytes;
	size_t len;

	return read_file(home_path(p, "err"), &bytes, &len);
}

/* What a wait below is about. */
struct row_wish {
	struct piped *p;
	const char *row;
	bool whole;
};

static bool
has_row(void *arg)
{
	struct row_wish *wish = arg;
	size_t len, wanted = strlen(wish->row);
	const char *text = piped_output(wish->p, &len);

	for (const char *row = text; row != NULL && *row != '\0';) {
		const char *end = strchr(row, '\n');

		if (end == NULL)
			return false; /* it is not whole yet */
		if (strncmp(row, wish->row, wanted) == 0 &&
		    (!wish->whole || row + wanted == end))
			return true;
		row = end + 1;
	}
	return false;
}

static bool
wait_row(struct row_wish *wish)
{
	char *what =
	    str_printf("%s says '%s'", wish->p->person.name, wish->row);
	bool ok = screen_wait_for(has_row, wish, what, 0);
	size_t len;

	if (!ok)
		fprintf(stderr, "---- it said:\n%s----\n",
		    piped_output(wish->p, &len));
	free(what);
	return ok;
}

bool
piped_says(struct piped *p, const char *row)
{
	struct row_wish wish = {p, row, true};

	return wait_row(&wish);
}

bool
piped_begins(struct piped *p, const char *start)
{
	struct row_wish wish = {p, start, false};

	return wait_row(&wish);
}

bool
piped_silent(struct piped *p, const char *row)
{
	struct row_wish wish = {p, row, true};

	return !has_row(&wish);
}

bool
piped_left(struct piped *p, int status)
{
	size_t len;
	const char *text;
	int ended;

	if (!screen_wait_exit(p->person.screen, 0, &ended))
		return false;
	person_dies(&p->person);
	text = p->out < 0 ? piped_output(p, &len) : "";
	if (p->out < 0 && memchr(text, '\033', len) != NULL) {
		fprintf(stderr, "an escape byte in:\n%s\n", text);
		return false;
	}
	if (WIFEXITED(ended) && WEXITSTATUS(ended) == status)
		return true;
	fprintf(stderr, "%s left with status 0x%x; it said:\n%s%s\n",
	    p->person.name, (unsigned)ended, text, piped_errors(p));
	return false;
}

void
piped_release(struct piped *p)
{
	piped_ends(p);
	if (p->out >= 0)
		close(p->out);
	p->out = -1;
	person_release(&p->person);
}
