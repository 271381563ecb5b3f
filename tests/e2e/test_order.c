/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is on the disk before what is told, seen through strace: a message is
 * synced before it is sent, synced over there before it is acknowledged, and
 * a file's bytes are synced before it gets its name.
 *
 * Messages are so long that the bytes they cost stand out from whatever else
 * is sent: typing, pings, acknowledgements.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/meeting.h"
#include "tests/e2e/trace.h"

enum { PROBES = 10, PROBE_LEN = 20000, FILE_SIZE = 3 * 1024 * 1024 };

/* How descriptors and files are named in a record. */
static const char any_socket[] = "<socket:";
static const char wal[] = "/charla.db-wal";
static const char part_file[] = ".part";

static char folder[4096];

static const char *program; /* what $CHARLA was at first */

struct talk {
	struct person ana, beto;
};

/* Both run under strace and have met. */
static void
start(struct talk *t)
{
	/* The leak check cannot trace a program that strace traces. */
	static const char *const env[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};

	if (!trace_works()) {
		print_message("strace is missing or not allowed: skipped\n");
		skip();
	}
	*t = (struct talk){.ana = {.env = env, .rows = 60, .cols = 500}};
	t->beto = t->ana;
	make_temp_dir(folder, sizeof(folder));
	setenv("CHARLA", program, 1);
	write_strace_wrapper(in_folder(folder, "ana"), trace_options);
	write_strace_wrapper(in_folder(folder, "beto"), trace_options);
	setenv("CHARLA", in_folder(folder, "ana"), 1);
	person_start(&t->ana, "ana", NULL);
	assert_true(person_sees(&t->ana, "waiting for a call"));
	setenv("CHARLA", in_folder(folder, "beto"), 1);
	person_call(&t->beto, "beto", &t->ana);
	assert_true(person_sees(&t->ana, "beto knocks"));
	person_type(&t->ana, "/accept");
	assert_true(person_sees(&t->beto, "connected with ana"));
	/* Once this has its mark, nothing of the meeting is on its way. */
	person_type(&t->beto, "hola");
	assert_true(screen_wait_count(t->beto.screen, "\xe2\x9c\x93", 1, 0));
}

static void
end(struct talk *t)
{
	assert_true(person_quits(&t->beto));
	assert_true(person_quits(&t->ana));
	part(&t->ana, &t->beto);
}

/* One at a time: each is stored over there before the next is typed. */
static void
send_probes(struct talk *t)
{
	static char text[PROBE_LEN + 1];

	for (int i = 0; i < PROBES; i++) {
		memset(text, 'a' + i, PROBE_LEN);
		person_type(&t->beto, "/clear");
		screen_paste(t->beto.screen, text);
		assert_true(screen_wait_read(t->beto.screen));
		screen_keys(t->beto.screen, KEYS_ENTER);
		assert_true(
		    screen_wait_count(t->beto.screen, "\xe2\x9c\x93", 1, 0));
	}
}

/* At the receiver: a probe is synced before the next thing leaves. */
static void
check_received(long from)
{
	struct trace t;
	size_t arrived = 0;
	int acks = 0;

	trace_load(&t, text_of("%s/ana.trace", folder), from);
	for (size_t i = 0; i < t.count; i++) {
		const struct trace_call *in = &t.calls[i], *out;

		if (!trace_is(in, TRACE_IN, any_socket))
			continue;
		arrived += (size_t)in->result;
		if (arrived < PROBE_LEN)
			continue;
		arrived = 0;
		out = trace_next(&t, in->ended, TRACE_OUT, any_socket);
		assert_non_null(out);
		assert_true(trace_synced(&t, wal, in->ended, out->begun));
		acks++;
	}
	trace_free(&t);
	assert_int_equal(acks, PROBES);
}

/* At the sender: it is synced between the last key and its way out. */
static void
check_sent(long from)
{
	struct trace t;
	size_t key = 0;
	int sent = 0;

	trace_load(&t, text_of("%s/beto.trace", folder), from);
	for (size_t i = 0; i < t.count; i++) {
		const struct trace_call *call = &t.calls[i];

		if (trace_is(call, TRACE_IN, "</dev/pts/"))
			key = call->ended;
		if (!trace_is(call, TRACE_OUT, any_socket) ||
		    call->result < PROBE_LEN / 2)
			continue;
		assert_true(trace_synced(&t, wal, key, call->begun));
		sent++;
	}
	trace_free(&t);
	assert_true(sent >= PROBES);
}

static void
test_messages(void **state)
{
	struct talk t;
	long ana_from, beto_from;

	(void)state;
	start(&t);
	ana_from = trace_size(text_of("%s/ana.trace", folder));
	beto_from = trace_size(text_of("%s/beto.trace", folder));
	send_probes(&t);
	check_received(ana_from);
	check_sent(beto_from);
	end(&t);
	remove_tree(folder);
}

/* Its bytes are synced between the last of them and its name. */
static void
check_named(void)
{
	struct trace t;
	size_t written = 0, last = 0;
	int named = 0;

	trace_load(&t, text_of("%s/ana.trace", folder), 0);
	for (size_t i = 0; i < t.count; i++) {
		const struct trace_call *call = &t.calls[i];

		if (trace_is(call, TRACE_OUT, part_file)) {
			written += (size_t)call->result;
			last = call->ended;
		}
		if (!trace_is(call, TRACE_NAME, part_file))
			continue;
		assert_true(written >= FILE_SIZE);
		assert_true(trace_synced(&t, part_file, last, call->begun));
		named++;
	}
	trace_free(&t);
	assert_int_equal(named, 1);
}

static void
test_file(void **state)
{
	struct talk t;

	(void)state;
	start(&t);
	make_file(in_folder(t.beto.home, "a.bin"), FILE_SIZE, 3);
	person_type(&t.beto, text_of("/send %s/a.bin", t.beto.home));
	assert_true(person_sees(&t.ana, "offers 'a.bin'"));
	person_type(&t.ana, "/accept");
	assert_true(person_sees(&t.beto, "ana received 'a.bin', verified"));
	end(&t);
	check_named();
	remove_tree(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_file),
	};

	program = strdup(getenv("CHARLA"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
