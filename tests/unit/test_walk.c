/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/walk.h"
#include "tests/unit/scratch.h"
#include "tests/unit/walking.h"

static void
test_file(void **state)
{
	struct walking s;
	struct entry entry;

	(void)state;
	walking_open(&s);
	walking_make("f=hello");
	scratch_set_mtime("f", -5, 250);
	chmod("f", 04751);
	walking_walk(&s, false, WORDS("f"));
	walking_lists(&s, "f=5\n");
	assert_int_equal(s.walk.note_count, 0);
	assert_int_equal(filelist_count(s.walk.list), 1);
	filelist_entry(s.walk.list, 0, &entry);
	assert_int_equal(entry.mode, 0751);
	assert_int_equal(entry.mtime_ns, -5 * 1000000000LL + 250);
	walking_close(&s);
}

static void
test_tree(void **state)
{
	struct walking s;
	struct entry entry;

	(void)state;
	walking_open(&s);
	walking_make("t/");
	walking_make("t/b!=1");
	walking_make("t/b/");
	walking_make("t/b/z=22");
	walking_make("t/b/empty/");
	walking_make("t/b.txt=");
	walking_make("t/A=333");
	walking_make("t/.hidden=4444");
	walking_make("t/\xc3\xa9t\xc3\xa9/");
	scratch_set_mtime("t/\xc3\xa9t\xc3\xa9", 1700000000, 123456789);
	chmod("t/\xc3\xa9t\xc3\xa9", 0750);
	walking_walk(&s, false, WORDS("t"));
	walking_lists(&s, "t/\n"
			  "t/.hidden=4\n"
			  "t/A=3\n"
			  "t/b/\n"
			  "t/b/empty/\n"
			  "t/b/z=2\n"
			  "t/b!=1\n"
			  "t/b.txt=0\n"
			  "t/\xc3\xa9t\xc3\xa9/\n");
	assert_int_equal(s.walk.note_count, 0);
	assert_int_equal(filelist_size(s.walk.list), 10);
	filelist_entry(s.walk.list, filelist_count(s.walk.list) - 1, &entry);
	assert_int_equal(entry.mode, 0750);
	assert_int_equal(entry.mtime_ns, 1700000000123456789LL);
	walking_close(&s);
}

static void
test_empty_folder(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("d/");
	walking_walk(&s, false, WORDS("d"));
	walking_lists(&s, "d/\n");
	walking_close(&s);
}

/* Listed, never followed, never opened: a FIFO would block for ever. */
static void
test_kinds(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("out/");
	walking_make("out/secret=x");
	walking_make("t/");
	walking_make("t/a@out");
	walking_make("t/b@../out/secret");
	walking_make("t/c@nowhere");
	walking_make("t/d@d");
	walking_make("t/e@.");
	walking_make("t/fifo|");
	walking_make("t/sub/");
	walking_make("t/sub/file=1");
	walking_make("t/sub/socket$");
	walking_walk(&s, false, WORDS("t"));
	walking_lists(&s, "t/\n"
			  "t/a@\n"
			  "t/b@\n"
			  "t/c@\n"
			  "t/d@\n"
			  "t/e@\n"
			  "t/fifo?\n"
			  "t/sub/\n"
			  "t/sub/file=1\n"
			  "t/sub/socket?\n");
	walking_notes(&s,
	    "5 symbolic links are listed, not sent (t/a, t/b, ...)\n"
	    "2 pipes, sockets or devices are listed, not sent (t/fifo, "
	    "t/sub/socket)\n");
	walking_close(&s);
}

static void
test_one_of_a_kind(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("t/");
	walking_make("t/l@x");
	walking_make("t/p|");
	walking_make("t/\xff=1");
	walking_walk(&s, false, WORDS("t"));
	walking_lists(&s, "t/\nt/l@\nt/p?\n");
	walking_notes(&s,
	    "1 symbolic link is listed, not sent (t/l)\n"
	    "1 pipe, socket or device is listed, not sent (t/p)\n"
	    "1 name holds bytes that are no text, so this is not sent "
	    "(t/\xef\xbf\xbd); rename it first\n");
	walking_close(&s);
}

static void
test_names(void **state)
{
	struct walking s;
	char name[256], made[300], listed[600];

	(void)state;
	walking_open(&s);
	memset(name, 'n', 255);
	name[255] = '\0';
	snprintf(made, sizeof(made), "t/%s=1", name);
	walking_make("t/");
	walking_make(made);
	walking_make("t/ =1");
	walking_make("t/a b=1");
	walking_make("t/[x]*?=1");
	walking_make("t/back\\slash=1");
	walking_make("t/...=1");
	walking_make("t/new\nline=1");
	walking_make("t/es\033c/");
	walking_make("t/es\033c/file=1");
	walking_make("t/bad\xc0\xaf=1");
	walking_walk(&s, false, WORDS("t"));
	snprintf(listed, sizeof(listed),
	    "t/\nt/ =1\nt/...=1\nt/[x]*?=1\nt/a b=1\nt/back\\slash=1\n"
	    "t/%s=1\n",
	    name);
	walking_lists(&s, listed);
	/* The marks of the sanitiser, not the bytes. */
	walking_notes(&s,
	    "3 names hold bytes that are no text, so these are not sent "
	    "(t/bad\xef\xbf\xbd\xef\xbf\xbd, t/es\xe2\x90\x9b"
	    "c, ...); rename them first\n");
	walking_close(&s);
}

/* As many components as a path may have, and one more. */
static void
test_deep(void **state)
{
	char path[2 * FILELIST_DEPTH_MAX + 8] = "d/";
	struct walking s;

	(void)state;
	walking_open(&s);
	for (int depth = 1; depth < FILELIST_DEPTH_MAX; depth++) {
		walking_make(path);
		strcat(path, "d/");
	}
	path[strlen(path) - 1] = '=';
	walking_make(path);
	walking_walk(&s, false, WORDS("d"));
	assert_int_equal(filelist_count(s.walk.list), FILELIST_DEPTH_MAX);
	assert_int_equal(filelist_files(s.walk.list), 1);

	path[strlen(path) - 1] = '\0';
	assert_int_equal(unlink(path), 0);
	strcat(path, "/");
	walking_make(path);
	walking_walk(&s, false, WORDS("d"));
	assert_int_equal(filelist_count(s.walk.list), FILELIST_DEPTH_MAX);
	assert_int_equal(filelist_files(s.walk.list), 0);

	strcat(path, "x=");
	walking_make(path);
	walking_fails(&s, false, WORDS("d"), WHY_TOO_BIG,
	    "the folders in 'd' are nested too deep to be sent as they are; "
	    "pack it with tar first and send that");
	walking_close(&s);
}

/* Longer than a path may be, though not deep. */
static void
test_long(void **state)
{
	struct walking s;
	char name[256], *half;
	enum { LEVELS = 17, HALF = 9 };

	(void)state;
	walking_open(&s);
	memset(name, 'n', 255);
	name[255] = '\0';
	for (int i = 0; i < LEVELS; i++) {
		assert_int_equal(mkdir(name, 0700), 0);
		assert_int_equal(chdir(name), 0);
	}
	assert_int_equal(chdir(s.folder), 0);
	walking_fails(&s, false, WORDS(name), WHY_TOO_BIG, NULL);
	assert_non_null(strstr(s.fault.reason.text, "nested too deep"));

	/* In two, so that it can be removed by its path. */
	half = scratch_path(s.folder, "half");
	for (int i = 0; i < HALF; i++)
		assert_int_equal(chdir(name), 0);
	assert_int_equal(rename(name, half), 0);
	assert_int_equal(chdir(s.folder), 0);
	free(half);
	walking_close(&s);
}

static void
test_many(void **state)
{
	enum { FILES = 20 * 1000 };
	struct walking s;
	struct entry entry;
	char made[32];

	(void)state;
	walking_open(&s);
	walking_make("t/");
	for (unsigned i = 0; i < FILES; i++) {
		/* Not in the order in which they are made. */
		snprintf(made, sizeof(made), "t/%05u=", i * 7919u % FILES);
		walking_make(made);
	}
	walking_walk(&s, false, WORDS("t"));
	assert_int_equal(filelist_count(s.walk.list), FILES + 1);
	assert_int_equal(filelist_files(s.walk.list), FILES);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(made, sizeof(made), "t/%05u", i);
		filelist_entry(s.walk.list, i + 1, &entry);
		assert_int_equal(entry.path_len, strlen(made));
		assert_memory_equal(entry.path, made, strlen(made));
	}
	walking_close(&s);
}

/* What stop finds true at once touches nothing. */
static void
test_stop(void **state)
{
	struct walking s;
	struct fault f = {.why = WHY_HASH};
	atomic_bool stop;
	const char *words[] = {"t", "missing"};

	(void)state;
	walking_open(&s);
	walking_make("t/");
	atomic_init(&stop, true);
	memset(&s.walk, 0xff, sizeof(s.walk));
	assert_int_equal(
	    walk_run(words, 2, true, &stop, &s.walk, &f), ERR_AGAIN);
	assert_int_equal(f.why, WHY_HASH);
	assert_string_equal(f.reason.text, "");
	assert_null(s.walk.list);
	assert_null(s.walk.paths);
	assert_int_equal(s.walk.path_count, 0);
	assert_int_equal(s.walk.note_count, 0);
	walking_close(&s);
}

/* Folders nobody may look into are told of; what is beside them is sent. */
static void
test_denied(void **state)
{
	struct walking s;

	(void)state;
	if (geteuid() == 0)
		skip();
	walking_open(&s);
	walking_make("t/");
	walking_make("t/closed/");
	walking_make("t/closed/x=1");
	walking_make("t/listing/");
	walking_make("t/listing/x=1");
	walking_make("t/open/");
	walking_make("t/open/x=1");
	chmod("t/closed", 0);
	chmod("t/listing", 0400);
	walking_walk(&s, false, WORDS("t"));
	walking_lists(&s, "t/\nt/closed/\nt/listing/\nt/open/\nt/open/x=1\n");
	walking_notes(&s,
	    "no permission to look into 2 folders (t/closed, t/listing); "
	    "what is in them is not sent\n");
	chmod("t/listing", 0700);
	walking_walk(&s, false, WORDS("t"));
	walking_notes(&s,
	    "no permission to look into 1 folder (t/closed); what is in it "
	    "is not sent\n");

	chmod("t", 0);
	walking_fails(&s, false, WORDS("t"), WHY_DENIED,
	    "no permission to read 't'; ask its owner, or make a copy you "
	    "may read");
	walking_fails(&s, false, WORDS("t/open"), WHY_DENIED, NULL);
	walking_fails(&s, true, WORDS("t/op*"), WHY_DENIED, NULL);
	walking_make("file=1");
	chmod("file", 0);
	walking_fails(&s, false, WORDS("file"), WHY_DENIED,
	    "no permission to read 'file'; ask its owner, or make a copy you "
	    "may read");
	walking_close(&s);
}

struct racer {
	atomic_bool done;
	bool raced; /* the file system can exchange two names */
};

/* A folder becomes a link to another folder, and a folder again. */
static void *
race(void *arg)
{
	struct racer *racer = arg;

	while (!atomic_load(&racer->done)) {
		if (renameat2(AT_FDCWD, "t/flip", AT_FDCWD, "link",
			RENAME_EXCHANGE) == 0)
			racer->raced = true;
	}
	return NULL;
}

static bool
lists_secret(const struct filelist *l)
{
	struct entry entry;

	for (size_t i = 0; i < filelist_count(l); i++) {
		filelist_entry(l, i, &entry);
		if (memmem(entry.path, entry.path_len, "secret", 6) != NULL)
			return true;
	}
	return false;
}

/*
 * Whatever the link is when it is looked at, nothing outside is listed; be it
 * in a folder that is walked, or found by a pattern.
 */
static void
test_race(void **state)
{
	static const char *const words[] = {"t", "t/*"};
	enum { WALKS = 4000 };
	struct racer racer = {.raced = false};
	struct walking s;
	pthread_t thread;
	atomic_bool stop;
	int whole = 0;

	(void)state;
	walking_open(&s);
	walking_make("out/");
	walking_make("out/secret=x");
	walking_make("t/");
	walking_make("t/file=1");
	walking_make("t/flip/");
	walking_make("t/flip/file=1");
	walking_make("link@../out"); /* from where it gets */
	atomic_init(&stop, false);
	atomic_init(&racer.done, false);
	assert_int_equal(pthread_create(&thread, NULL, race, &racer), 0);
	for (int i = 0; i < WALKS; i++) {
		int r =
		    walk_run(&words[i % 2], 1, true, &stop, &s.walk, &s.fault);

		/* Only what a pattern found may be no folder any more. */
		assert_true(r == 0 || (r == ERR_IO && i % 2 == 1));
		if (r == 0)
			assert_false(lists_secret(s.walk.list));
		for (size_t j = 0; j < s.walk.note_count; j++)
			assert_null(strstr(s.walk.notes[j], "check the disk"));
		whole += r == 0;
		walk_release(&s.walk);
	}
	atomic_store(&racer.done, true);
	pthread_join(thread, NULL);
	assert_true(whole >= WALKS / 2);
	walking_close(&s);
	if (!racer.raced)
		skip();
}

/* Folders that come and go; without a descriptor, for those are counted. */
static void *
come_and_go(void *arg)
{
	struct racer *racer = arg;

	while (!atomic_load(&racer->done)) {
		mkdir("t/a", 0700);
		mkdir("t/a/b", 0700);
		mknod("t/a/b/c", S_IFREG | 0600, 0);
		unlink("t/a/b/c");
		rmdir("t/a/b");
		rmdir("t/a");
	}
	return NULL;
}

static void
test_moving(void **state)
{
	enum { WALKS = 2000 };
	struct racer racer = {.raced = false};
	struct walking s;
	pthread_t thread;

	(void)state;
	walking_open(&s);
	walking_make("t/");
	walking_make("t/z=1");
	atomic_init(&racer.done, false);
	assert_int_equal(pthread_create(&thread, NULL, come_and_go, &racer), 0);
	for (int i = 0; i < WALKS; i++) {
		walking_walk(&s, false, WORDS("t"));
		assert_in_range(filelist_count(s.walk.list), 2, 5);
		if (s.walk.note_count > 0)
			walking_notes(&s,
			    s.walk.notes[0][strlen(s.walk.notes[0]) - 2] == 'a'
				? "1 folder went away meanwhile (t/a)\n"
				: "1 folder went away meanwhile (t/a/b)\n");
	}
	atomic_store(&racer.done, true);
	pthread_join(thread, NULL);
	walking_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_file),
	    cmocka_unit_test(test_tree),
	    cmocka_unit_test(test_empty_folder),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_one_of_a_kind),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_stop),
	    cmocka_unit_test(test_denied),
	    cmocka_unit_test(test_race),
	    cmocka_unit_test(test_moving),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
