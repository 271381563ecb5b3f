/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small files, and the one that an editor is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/util.h"
#include "src/editfile.h"
#include "tests/unit/scratch.h"

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
test_small_files(void **state)
{
	char *home = scratch_new();
	char *path, *bytes;
	size_t len;
	mode_t mask = umask(077);

	(void)state;
	path = str_printf("%s/x", home);
	umask(0);
	assert_null(file_read(path, 10, &len));
	assert_true(file_make(path, "abc", 3, true));
	assert_int_equal(mode_of(path), 0600);
	assert_false(file_make(path, "other", 5, false));
	assert_int_equal(errno, EEXIST);
	bytes = file_read(path, 3, &len);
	assert_string_equal(bytes, "abc");
	free(bytes);
	assert_null(file_read(path, 2, &len));
	assert_int_equal(errno, EFBIG);
	assert_true(file_replace(path, "", 0));
	assert_int_equal(mode_of(path), 0600);
	bytes = file_read(path, 3, &len);
	assert_int_equal(len, 0);
	free(bytes);
	assert_null(file_read(home, 10, &len));
	free(path);
	umask(mask);
	scratch_free(home);
}

static void
test_edited(void **state)
{
	char *home = scratch_new();
	struct reason why;
	char *path = NULL, *text, *beside, *folder;

	(void)state;
	assert_int_equal(editfile_make(home, "hola\nmundo", &path, &why), 0);
	assert_int_equal(mode_of(path), 0600);
	folder = str_ndup(path, (size_t)(strrchr(path, '/') - path));
	assert_int_equal(mode_of(folder), 0700);
	assert_int_equal(editfile_read(path, &text, &why), 0);
	assert_string_equal(text, "hola\nmundo");
	free(text);
	/* An editor's copy goes with it. */
	beside = str_printf("%s~", path);
	assert_true(file_make(beside, "old", 3, false));
	assert_true(file_replace(path, "nuevo\r\n\r\n", 9));
	assert_int_equal(editfile_read(path, &text, &why), 0);
	assert_string_equal(text, "nuevo");
	free(text);
	editfile_remove(path);
	assert_int_not_equal(access(folder, F_OK), 0);
	assert_int_equal(editfile_read(path, &text, &why), ERR_IO);
	assert_non_null(strstr(why.text, path));
	free(beside);
	free(folder);
	free(path);
	assert_int_equal(editfile_make("/nowhere", "x", &path, &why), ERR_IO);
	scratch_free(home);
}

/* A process that is gone left something behind; ours is alive. */
static void
test_sweep(void **state)
{
	char *home = scratch_new();
	struct reason why;
	char *ours, *theirs, *folder, *other;
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	waitpid(gone, NULL, 0);
	assert_int_equal(editfile_make(home, "x", &ours, &why), 0);
	folder = str_printf("%s/edit-%ld-abcdef", home, (long)gone);
	assert_int_equal(mkdir(folder, 0700), 0);
	theirs = str_printf("%s/message.txt", folder);
	assert_true(file_make(theirs, "x", 1, false));
	other = str_printf("%s/edit-me", home);
	assert_int_equal(mkdir(other, 0700), 0);
	editfile_sweep(home);
	assert_int_equal(access(ours, F_OK), 0);
	assert_int_equal(access(other, F_OK), 0);
	assert_int_not_equal(access(folder, F_OK), 0);
	editfile_sweep("/nowhere");
	editfile_remove(ours);
	free(other);
	free(theirs);
	free(folder);
	free(ours);
	scratch_free(home);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_small_files),
	    cmocka_unit_test(test_edited),
	    cmocka_unit_test(test_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
