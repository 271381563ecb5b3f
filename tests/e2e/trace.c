/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A call that others got in between is told in two lines, "<unfinished ...>"
 * and "<... resumed>"; the number of a line is its place in time.
 */
#include "tests/e2e/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"

enum { THREADS_MAX = 16, LINE_MAX_LEN = 8192 };

const char trace_options[] =
    "-f -y -s 0 -e trace=fsync,fdatasync,sendto,sendmsg,recvfrom,recvmsg,"
    "read,write,pwrite64,rename,renameat,renameat2,link,linkat";

/* The call that a thread is in. */
struct thread {
	long id;
	char *text; /* NULL: in none */
	size_t begun;
};

bool
trace_works(void)
{
	return system("strace -f -qq -o /dev/null true >/dev/null 2>&1") == 0;
}

long
trace_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : 0;
}

static enum trace_kind
kind_of(const char *text)
{
	static const struct {
		const char *begin;
		enum trace_kind kind;
	} kinds[] = {
	    {"fsync(", TRACE_SYNC},
	    {"fdatasync(", TRACE_SYNC},
	    {"recv", TRACE_IN},
	    {"read(", TRACE_IN},
	    {"send", TRACE_OUT},
	    {"write(", TRACE_OUT},
	    {"pwrite64(", TRACE_OUT},
	    {"rename", TRACE_NAME},
	    {"link", TRACE_NAME},
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strncmp(text, kinds[i].begin, strlen(kinds[i].begin)) == 0)
			return kinds[i].kind;
	}
	return TRACE_OTHER;
}

/* text is taken over. */
static void
add(struct trace *t, char *text, size_t begun, size_t ended)
{
	const char *equals = strrchr(text, '=');
	long result = equals ? strtol(equals + 1, NULL, 10) : -1;

	if (result < 0) {
		free(text);
		return;
	}
	if (t->count == t->size) {
		t->size = t->size * 2 + 256;
		t->calls = mem_realloc(t->calls, t->size * sizeof(*t->calls));
	}
	t->calls[t->count++] = (struct trace_call){
	    .kind = kind_of(text),
	    .text = text,
	    .result = result,
	    .begun = begun,
	    .ended = ended,
	};
}

static struct thread *
thread_of(struct thread *threads, long id)
{
	for (size_t i = 0; i < THREADS_MAX; i++) {
		if (threads[i].id == id || threads[i].id == 0) {
			threads[i].id = id;
			return &threads[i];
		}
	}
	harness_fail("trace: more than %d threads", THREADS_MAX);
}

static void
take_line(
    struct trace *t, struct thread *threads, const char *line, size_t place)
{
	char *text;
	struct thread *thread = thread_of(threads, strtol(line, &text, 10));
	char *cut, *resumed;

	text += strspn(text, " ");
	if ((cut = strstr(text, " <unfinished ...>")) != NULL) {
		free(thread->text);
		thread->text = str_ndup(text, (size_t)(cut - text));
		thread->begun = place;
	} else if (strncmp(text, "<... ", 5) == 0 &&
		   (resumed = strstr(text, " resumed>")) != NULL) {
		if (thread->text == NULL)
			return; /* begun before what is looked at */
		add(t,
		    str_printf(
			"%s%s", thread->text, resumed + strlen(" resumed>")),
		    thread->begun, place);
		free(thread->text);
		thread->text = NULL;
	} else {
		add(t, str_dup(text), place, place);
	}
}

void
trace_load(struct trace *t, const char *path, long from)
{
	struct thread threads[THREADS_MAX] = {0};
	char line[LINE_MAX_LEN];
	FILE *f = fopen(path, "r");
	size_t place = 0;

	*t = (struct trace){0};
	assert_non_null(f);
	assert_int_equal(fseek(f, from, SEEK_SET), 0);
	while (fgets(line, sizeof(line), f) != NULL)
		take_line(t, threads, line, ++place);
	fclose(f);
	for (size_t i = 0; i < THREADS_MAX; i++)
		free(threads[i].text);
}

void
trace_free(struct trace *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->calls[i].text);
	free(t->calls);
}

bool
trace_is(const struct trace_call *call, enum trace_kind kind, const char *name)
{
	return call->kind == kind && strstr(call->text, name) != NULL;
}

const struct trace_call *
trace_next(
    const struct trace *t, size_t after, enum trace_kind kind, const char *name)
{
	const struct trace_call *first = NULL;

	for (size_t i = 0; i < t->count; i++) {
		const struct trace_call *call = &t->calls[i];

		if (call->begun > after && trace_is(call, kind, name) &&
		    (first == NULL || call->begun < first->begun))
			first = call;
	}
	return first;
}

bool
trace_synced(
    const struct trace *t, const char *name, size_t after, size_t before)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct trace_call *call = &t->calls[i];

		if (trace_is(call, TRACE_SYNC, name) && call->begun > after &&
		    call->ended < before)
			return true;
	}
	return false;
}
