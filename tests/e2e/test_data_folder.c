/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folders and files that cannot be used: charla says so in one plain line and
 * ends, leaves everything as it is, and where it is only the history that is
 * wrong, --incognito starts nevertheless.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "tests/e2e/meeting.h"

enum { NOBODY = 65534, OLD_LINES = 50 };

/* Somebody who has talked already; charla's stderr goes to a file. */
struct place {
	char folder[4096];
	struct person ana;
	char history[8192]; /* data/charla.db */
};

static const char *program; /* what $CHARLA was at first */

static void
place_begin(struct place *p)
{
	struct person beto = {0};
	const char *script;
	FILE *f;

	*p = (struct place){.ana = {.port = 0}};
	make_temp_dir(p->folder, sizeof(p->folder));
	setenv("CHARLA", program, 1);
	meet(&p->ana, &beto);
	for (int i = 0; i < OLD_LINES; i++)
		person_type(&p->ana, text_of("old line %d", i));
	assert_true(person_sees(&beto, text_of("old line %d", OLD_LINES - 1)));
	assert_true(person_quits(&p->ana));
	person_release(&beto);
	snprintf(p->history, sizeof(p->history), "%s",
	    in_folder(p->ana.data, "charla.db"));
	script = in_folder(p->folder, "charla");
	f = fopen(script, "w");
	assert_non_null(f);
	fprintf(
	    f, "#!/bin/sh\nexec '%s' \"$@\" 2>'%s/said'\n", program, p->folder);
	fclose(f);
	assert_int_equal(chmod(script, 0700), 0);
	setenv("CHARLA", script, 1);
}

static void
place_end(struct place *p)
{
	person_release(&p->ana);
	remove_tree(p->folder);
	setenv("CHARLA", program, 1);
}

/* It ends with status 1 and one line for a person, which holds words. */
static void
refuses(struct place *p, const char *words)
{
	const char *path = in_folder(p->folder, "said");
	char line[4096] = "", more[16];
	int status = -1;
	FILE *f;

	person_start(&p->ana, "ana", NULL);
	assert_true(screen_wait_exit(p->ana.screen, 0, &status));
	person_dies(&p->ana);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	print_message("%s", line);
	assert_memory_equal(line, "charla: ", 8);
	if (strstr(line, words) == NULL)
		fail_msg("it does not say '%s'", words);
	assert_null(fgets(more, sizeof(more), f));
	fclose(f);
}

static void
starts_incognito(struct place *p)
{
	static const char *const incognito[] = {"--incognito", NULL};

	person_start(&p->ana, "ana", incognito);
	assert_true(person_sees(&p->ana, "waiting for beto"));
	assert_true(person_sees(&p->ana, ", incognito"));
	assert_true(person_quits(&p->ana));
}

/* The history is what is wrong: it stays so, and the rest goes on. */
static void
history_is_refused(struct place *p, const char *words)
{
	const char *copy = in_folder(p->folder, "copy");

	assert_int_equal(system(text_of("rm -rf '%s' && cp -a '%s' '%s'", copy,
			     p->ana.data, copy)),
	    0);
	refuses(p, words);
	starts_incognito(p);
	assert_int_equal(
	    system(text_of(
		"diff -r -x '*-wal' -x '*-shm' '%s' '%s'", p->ana.data, copy)),
	    0);
}

static void
test_truncated_history(void **state)
{
	struct place p;
	struct stat st;

	(void)state;
	place_begin(&p);
	assert_int_equal(stat(p.history, &st), 0);
	assert_int_equal(truncate(p.history, st.st_size / 2), 0);
	history_is_refused(&p, "is damaged");
	assert_int_equal(truncate(p.history, 100), 0);
	history_is_refused(&p, "is damaged");
	place_end(&p);
}

static void
test_history_of_a_newer_version(void **state)
{
	struct place p;
	sqlite3 *db = NULL;

	(void)state;
	place_begin(&p);
	assert_int_equal(sqlite3_open(p.history, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	history_is_refused(&p, "newer charla");
	place_end(&p);
}

static void
test_history_that_is_none(void **state)
{
	struct place p;
	sqlite3 *db = NULL;
	FILE *f;

	(void)state;
	place_begin(&p);
	f = fopen(p.history, "w");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		fputs("dear diary, ", f);
	fclose(f);
	history_is_refused(&p, "is damaged");
	/* A database, but not ours. */
	assert_int_equal(unlink(p.history), 0);
	assert_int_equal(sqlite3_open(p.history, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE stamps (country TEXT)",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	history_is_refused(&p, "another program");
	place_end(&p);
}

static void
test_folder_without_permission(void **state)
{
	struct place p;

	(void)state;
	if (geteuid() == 0) {
		print_message("root may write everywhere: skipped\n");
		skip();
	}
	place_begin(&p);
	assert_int_equal(chmod(p.ana.data, 0500), 0);
	refuses(&p, "permission");
	assert_int_equal(chmod(p.ana.data, 0700), 0);
	place_end(&p);
}

static bool
is_root(void)
{
	if (geteuid() == 0)
		return true;
	print_message("only root can arrange this: skipped\n");
	return false;
}

static void
test_files_of_another_user(void **state)
{
	struct place p;

	(void)state;
	if (!is_root())
		skip();
	place_begin(&p);
	assert_int_equal(chown(p.history, NOBODY, NOBODY), 0);
	history_is_refused(&p, "belongs to another user");
	assert_int_equal(
	    system(text_of("chown -R %d '%s'", NOBODY, p.ana.data)), 0);
	refuses(&p, "another user");
	place_end(&p);
}

/* Where something is mounted; a test that failed leaves it there. */
static char mounted[PATH_MAX + 16];

static void
unmount(void)
{
	if (mounted[0] != '\0')
		umount2(mounted, MNT_DETACH);
	mounted[0] = '\0';
}

/* Mounts of ours are seen by nobody else, and go with us. */
static bool
may_mount(void)
{
	if (unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return true;
	print_message("mounting is not allowed: skipped\n");
	return false;
}

/* The data folder, moved to a file system of its own. */
static void
mount_data(struct place *p, const char *options)
{
	const char *copy = in_folder(p->folder, "before");

	assert_int_equal(rename(p->ana.data, copy), 0);
	assert_int_equal(mkdir(p->ana.data, 0700), 0);
	assert_int_equal(
	    mount("charla-test", p->ana.data, "tmpfs", 0, options), 0);
	snprintf(mounted, sizeof(mounted), "%s", p->ana.data);
	assert_int_equal(
	    system(text_of("cp -a '%s/.' '%s'", copy, p->ana.data)), 0);
}

static void
test_read_only_folder(void **state)
{
	struct place p;

	(void)state;
	if (!is_root() || !may_mount())
		skip();
	place_begin(&p);
	mount_data(&p, "mode=0700");
	assert_int_equal(mount(NULL, p.ana.data, NULL,
			     MS_REMOUNT | MS_BIND | MS_RDONLY, NULL),
	    0);
	refuses(&p, "Read-only");
	unmount();
	place_end(&p);
}

static void
fill_up(const struct place *p)
{
	assert_int_equal(system(text_of("cat /dev/zero >'%s/ballast' "
					"2>/dev/null; test -s '%s/ballast'",
			     p->ana.data, p->ana.data)),
	    0);
}

static void
test_full_disk(void **state)
{
	struct place p;

	(void)state;
	if (!is_root() || !may_mount())
		skip();
	place_begin(&p);
	mount_data(&p, "mode=0700,size=1m");
	fill_up(&p);
	history_is_refused(&p, "full");
	/* With room again everything is as it was. */
	assert_int_equal(unlink(in_folder(p.ana.data, "ballast")), 0);
	person_start(&p.ana, "ana", NULL);
	assert_true(person_sees(&p.ana, text_of("old line %d", OLD_LINES - 1)));
	assert_true(person_sees(&p.ana, "waiting for beto"));
	/* And where it gets full meanwhile, nothing pretends to be kept. */
	fill_up(&p);
	for (int i = 0; i < 10; i++) {
		char text[9000];

		memset(text, 'x', sizeof(text));
		text[sizeof(text) - 1] = '\0';
		screen_paste(p.ana.screen, text);
		assert_true(screen_wait_read(p.ana.screen));
		screen_keys(p.ana.screen, KEYS_ENTER);
	}
	assert_true(person_sees(&p.ana, "could not be kept"));
	assert_int_equal(unlink(in_folder(p.ana.data, "ballast")), 0);
	person_type(&p.ana, "there is room again");
	assert_true(person_sees(&p.ana, "ana> there is room again"));
	assert_true(person_quits(&p.ana));
	unmount();
	place_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_truncated_history),
	    cmocka_unit_test(test_history_of_a_newer_version),
	    cmocka_unit_test(test_history_that_is_none),
	    cmocka_unit_test(test_folder_without_permission),
	    cmocka_unit_test(test_files_of_another_user),
	    cmocka_unit_test(test_read_only_folder),
	    cmocka_unit_test(test_full_disk),
	};

	char folder[4096];

	/* Registers the removal of folders, which has to come after ours. */
	make_temp_dir(folder, sizeof(folder));
	atexit(unmount);
	program = strdup(getenv("CHARLA"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
