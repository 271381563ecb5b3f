/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "ui/history.h"

struct place {
	char *dir, *path;
	char **entries;
	size_t count;
};

static int
set_up(void **state)
{
	struct place *p = mem_zalloc(sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	p->dir = str_printf("%s/charla-XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	p->path = str_printf("%s/input-history", p->dir);
	*state = p;
	return 0;
}

static void
forget(struct place *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->entries[i]);
	free(p->entries);
	p->entries = NULL;
	p->count = 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	forget(p);
	unlink(p->path);
	rmdir(p->dir);
	free(p->path);
	free(p->dir);
	free(p);
	return 0;
}

static void
collect(void *arg, const char *entry)
{
	struct place *p = arg;

	p->entries = mem_realloc(p->entries, (p->count + 1) * sizeof(char *));
	p->entries[p->count++] = str_dup(entry);
}

static bool
load(struct place *p)
{
	forget(p);
	return history_file_load(p->path, collect, p);
}

static void
write_file(const struct place *p, const char *bytes, size_t len)
{
	FILE *f = fopen(p->path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static off_t
file_size(const struct place *p)
{
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	return st.st_size;
}

static unsigned
file_mode(const struct place *p)
{
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	return st.st_mode & 0777;
}

static void
test_every_text_comes_back(void **state)
{
	static const char *const texts[] = {
	    "hello",
	    "two\nlines",
	    "\n",
	    "back\\slash",
	    "\\n is no newline",
	    "ends in \\",
	    "\\\\n",
	    "#1234567890",
	    "  spaces  ",
	    "tab\there",
	    "ñandú 日本 👋",
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(texts); i++)
		assert_true(history_file_append(p->path, texts[i]));
	assert_true(load(p));
	assert_int_equal(p->count, COUNT(texts));
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_string_equal(p->entries[i], texts[i]);
}

static void
test_no_file_is_no_history(void **state)
{
	struct place *p = *state;

	assert_false(load(p));
	assert_int_equal(p->count, 0);
}

static void
test_no_folder_fails_quietly(void **state)
{
	struct place *p = *state;
	char *path = str_printf("%s/not-there/history", p->dir);

	assert_false(history_file_append(path, "x"));
	free(path);
}

static void
test_only_the_owner_may_read(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	struct place *p = *state;
	mode_t before = umask(0);

	for (size_t i = 0; i < COUNT(masks); i++) {
		umask(masks[i]);
		assert_true(history_file_append(p->path, "x"));
		assert_int_equal(file_mode(p), 0600);
		unlink(p->path);
	}
	umask(before);
	write_file(p, "x\n", 2);
	assert_int_equal(chmod(p->path, 0644), 0);
	assert_true(load(p));
	assert_int_equal(file_mode(p), 0600);
}

static void
test_long_files_are_cut_to_the_newest(void **state)
{
	struct place *p = *state;
	char expected[32];

	for (int i = 0; i < HISTORY_ENTRIES_MAX + 7; i++) {
		snprintf(expected, sizeof(expected), "entry %d", i);
		assert_true(history_file_append(p->path, expected));
	}
	for (int turn = 0; turn < 2; turn++) {
		assert_true(load(p));
		assert_int_equal(p->count, HISTORY_ENTRIES_MAX);
		assert_string_equal(p->entries[0], "entry 7");
		assert_string_equal(
		    p->entries[HISTORY_ENTRIES_MAX - 1], expected);
		assert_int_equal(file_mode(p), 0600);
	}
	assert_true(history_file_append(p->path, "after"));
	assert_true(load(p));
	assert_string_equal(p->entries[p->count - 1], "after");
}

static void
test_huge_files_give_their_end(void **state)
{
	struct place *p = *state;
	char *line = mem_alloc(100001);
	FILE *f;

	memset(line, 'x', 100000);
	line[100000] = '\n';
	f = fopen(p->path, "w");
	assert_non_null(f);
	for (int i = 0; i < 60; i++)
		fwrite(line, 1, 100001, f);
	fputs("the last\n", f);
	fclose(f);
	assert_true(load(p));
	assert_true(p->count > 30 && p->count < 60);
	assert_int_equal(strlen(p->entries[0]), 100000);
	assert_string_equal(p->entries[p->count - 1], "the last");
	assert_true(file_size(p) <= HISTORY_FILE_MAX);
	free(line);
}

static void
test_a_torn_end_does_not_spoil_the_next(void **state)
{
	struct place *p = *state;

	write_file(p, "whole\nto", 8);
	assert_true(load(p));
	assert_int_equal(p->count, 2);
	assert_true(history_file_append(p->path, "next"));
	assert_true(load(p));
	assert_int_equal(p->count, 3);
	assert_string_equal(p->entries[1], "to");
	assert_string_equal(p->entries[2], "next");
}

static void
test_damaged_lines_are_left_out(void **state)
{
	static const char bytes[] = "good\n\nnul\0l\nbad \xff\xfe\nfine\n";
	struct place *p = *state;

	write_file(p, bytes, sizeof(bytes) - 1);
	assert_true(load(p));
	assert_int_equal(p->count, 2);
	assert_string_equal(p->entries[0], "good");
	assert_string_equal(p->entries[1], "fine");
}

static void
test_nothing_else_stays_in_the_folder(void **state)
{
	struct place *p = *state;
	struct dirent *entry;
	int files = 0;
	DIR *dir;

	write_file(p, "no end", 6);
	assert_true(load(p));
	dir = opendir(p->dir);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		files += entry->d_name[0] != '.';
	closedir(dir);
	assert_int_equal(files, 1);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_PLACE(test_every_text_comes_back),
	    IN_PLACE(test_no_file_is_no_history),
	    IN_PLACE(test_no_folder_fails_quietly),
	    IN_PLACE(test_only_the_owner_may_read),
	    IN_PLACE(test_long_files_are_cut_to_the_newest),
	    IN_PLACE(test_huge_files_give_their_end),
	    IN_PLACE(test_a_torn_end_does_not_spoil_the_next),
	    IN_PLACE(test_damaged_lines_are_left_out),
	    IN_PLACE(test_nothing_else_stays_in_the_folder),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
