/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of received files: none leads out of the folder, and nothing
 * that was there before is replaced, opened or touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/filename.h"
#include "net/fsys.h"
#include "src/base/util.h"
#include "tests/unit/planting.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

static void
test_check_name(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		int result;
	} cases[] = {
#define NAME(text, result) {text, sizeof(text) - 1, result}
	    NAME("", ERR_DENIED), NAME(".", ERR_DENIED), NAME("..", ERR_DENIED),
	    NAME("/", ERR_DENIED), NAME("../e", ERR_DENIED),
	    NAME("sub/../../e", ERR_DENIED), NAME("a/b", ERR_DENIED),
	    NAME("a/", ERR_DENIED), NAME("/etc/passwd", ERR_DENIED),
	    NAME("//tmp/a", ERR_DENIED), NAME("a\0b", ERR_DENIED),
	    NAME("\0", ERR_DENIED), NAME("a\n", ERR_DENIED),
	    NAME("a\tb", ERR_DENIED), NAME("\x1b]0;x\x07", ERR_DENIED),
	    NAME("\x7f", ERR_DENIED), NAME("latin\xe9", ERR_DENIED),
	    NAME("\xc0\xaf", ERR_DENIED),         /* an overlong '/' */
	    NAME("\xc0\xae\xc0\xae", ERR_DENIED), /* an overlong ".." */
	    NAME("\xed\xa0\x80", ERR_DENIED),     /* a surrogate */
	    NAME("...", 0), NAME(".hidden", 0), NAME("..a", 0), NAME("a..", 0),
	    NAME("end ", 0), NAME(" ", 0), NAME("-rf", 0), NAME("~", 0),
	    NAME("%n%s", 0), NAME("a\\b", 0), NAME("C:x", 0),
	    NAME("caf\xc3\xa9.txt", 0), NAME("\xe5\x86\x99\xe7\x9c\x9f.jpg", 0),
	    NAME("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", 0),
	    NAME("exe.\xe2\x80\xaegpj", 0), /* shown as "<U+202E>" */
#undef NAME
	};
	char longest[WIRE_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    incoming_check_name(cases[i].name, cases[i].len),
		    cases[i].result);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(incoming_check_name(longest, WIRE_NAME_MAX), 0);
	assert_int_equal(
	    incoming_check_name(longest, WIRE_NAME_MAX + 1), ERR_DENIED);
}

/* Names that are allowed arrive under just that name. */
static void
test_plain_names(void **state)
{
	static const char *const names[] = {"...", ".hidden", "..a", "end ",
	    " ", "-rf", "~", "%n%s", "a\\b", "caf\xc3\xa9.txt",
	    "\xe5\x86\x99\xe7\x9c\x9f.jpg", "exe.\xe2\x80\xaegpj"};
	char longest[WIRE_NAME_MAX + 1] = "";
	struct receiving r;
	char *path;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(names); i++) {
		path = scratch_path(r.in, names[i]);
		receiving_whole(&r, names[i], "abc", 3);
		assert_int_equal(r.stored, 1);
		assert_string_equal(r.path, path);
		assert_int_equal(access(path, F_OK), 0);
		free(path);
		receiving_forget(&r);
	}
	/* And the longest one twice. */
	memset(longest, 'a', WIRE_NAME_MAX);
	for (int i = 0; i < 2; i++) {
		receiving_whole(&r, longest, "abc", 3);
		assert_int_equal(r.stored, 1);
		receiving_forget(&r);
	}
	assert_int_equal(scratch_count(r.in), COUNT(names) + 2);
	receiving_end(&r);
}

/* The same for paths of several names. */
static void
check_paths(int fd)
{
	static const struct {
		const char *path;
		int error, or ;
	} cases[] = {
	    {"in/deep/file", 0, 0}, {"./in/deep/file", 0, 0}, {"in/deep", 0, 0},
	    {"in/../in/deep/file", EXDEV, EXDEV}, {"..", EXDEV, EXDEV},
	    {"in/..", EXDEV, EXDEV}, {"/etc/passwd", EXDEV, EXDEV},
	    {"", EXDEV, EXDEV}, {"in//deep/file", EXDEV, EXDEV},
	    {"in/deep/", EXDEV, EXDEV}, {"in/none/file", ENOENT, ENOENT},
	    {"in/deep/file/x", ENOTDIR, ENOTDIR},
	    {"in/inner/file", ELOOP, ENOTDIR}, /* a link to deep */
	    {"in/inner", ELOOP, ELOOP},
	    {"in/out/outside", ELOOP, ENOTDIR}, /* one that leads out */
	};
	int made;

	assert_int_equal(mkdirat(fd, "in", 0700), 0);
	assert_int_equal(mkdirat(fd, "in/deep", 0700), 0);
	assert_int_equal(symlinkat("deep", fd, "in/inner"), 0);
	assert_int_equal(symlinkat("../..", fd, "in/out"), 0);
	made = fsys_open_path(
	    fd, "in/deep/file", O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(made >= 0);
	close(made);
	for (size_t i = 0; i < COUNT(cases); i++) {
		made = fsys_open_path(fd, cases[i].path, O_RDONLY, 0);
		assert_int_equal(made >= 0, cases[i].error == 0);
		if (made < 0)
			assert_true(
			    errno == cases[i].error || errno == cases[i].or);
		else
			close(made);
	}
	assert_int_equal(
	    fsys_open_beneath(fd, "in/deep/file", O_RDONLY, 0), -1);
	assert_int_equal(errno, EXDEV);
}

/*
 * Should a bad name get past the check, the file system calls themselves do
 * not leave the folder.
 */
static void
check_no_way_out(void)
{
	char *folder = scratch_new(), *sub = scratch_path(folder, "sub");
	char *link = scratch_path(sub, "link");
	char *outside = scratch_path(folder, "outside");
	int fd;

	assert_int_equal(mkdir(sub, 0700), 0);
	scratch_write(outside, "abc", 3);
	assert_int_equal(symlink("../outside", link), 0);
	fd = open(sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(fsys_open_beneath(fd, "../outside", O_RDONLY, 0), -1);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(fsys_open_beneath(fd, outside, O_RDONLY, 0), -1);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(fsys_open_beneath(fd, "..", O_RDONLY, 0), -1);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(fsys_open_beneath(fd, "link", O_RDONLY, 0), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(
	    fsys_open_beneath(fd, "link", O_WRONLY | O_CREAT | O_EXCL, 0600),
	    -1);
	assert_int_equal(errno, EEXIST);

	check_paths(fd);

	close(fd);
	free(outside);
	free(link);
	free(sub);
	scratch_free(folder);
}

static void
test_no_way_out(void **state)
{
	(void)state;
	check_no_way_out();
}

/* Everything that can have a name, under the names that will be wanted. */
static const struct {
	const char *name;
	char kind;
} planted[] = {
    {"file.txt", 'f'},
    {"file (1).txt", 'd'},
    {"file (2).txt", 's'}, /* to a file outside */
    {"file (3).txt", 'n'}, /* to nowhere */
    {"file (4).txt", 'p'},
    {"file (5).txt", 'u'},
    {"file (6).txt", 'l'}, /* a second name of a file outside */
    {"file (7).txt", '0'}, /* read-only */
    {"other", 'f'},
};

static void
receive_among_planted(void)
{
	char *paths[COUNT(planted)], *outside, *expected, *content;
	struct stat before[COUNT(planted)], outside_before;
	struct receiving r;
	size_t len;

	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	outside = scratch_path(r.folder, "outside");
	scratch_write(outside, "precious", 8);
	for (size_t i = 0; i < COUNT(planted); i++) {
		paths[i] = scratch_path(r.in, planted[i].name);
		plant(paths[i], planted[i].kind, outside);
	}
	for (size_t i = 0; i < COUNT(planted); i++)
		assert_int_equal(lstat(paths[i], &before[i]), 0);
	assert_int_equal(lstat(outside, &outside_before), 0);

	/* One that fails, one that is let go, and one that arrives. */
	receiving_open(&r, "file.txt", 3);
	receiving_write(&r, (const uint8_t *)"abc", 3);
	receiving_finish(&r, "abd", 3);
	assert_int_equal(r.why, WHY_HASH);
	receiving_forget(&r);
	receiving_open(&r, "file.txt", 3);
	receiving_forget(&r);
	receiving_whole(&r, "file.txt", "abc", 3);

	expected = scratch_path(r.in, "file (8).txt");
	assert_int_equal(r.stored, 1);
	assert_string_equal(r.path, expected);
	content = scratch_read(expected, &len);
	assert_string_equal(content, "abc");
	assert_int_equal(scratch_count(r.in), COUNT(planted) + 1);
	/* in, outside */
	assert_int_equal(scratch_count(r.folder), 2);
	for (size_t i = 0; i < COUNT(planted); i++) {
		planted_same(&before[i], paths[i]);
		free(paths[i]);
	}
	planted_same(&outside_before, outside);

	free(content);
	free(expected);
	free(outside);
	receiving_end(&r);
}

static void
test_planted(void **state)
{
	(void)state;
	receive_among_planted();
}

static void
test_planted_without_linux(void **state)
{
	(void)state;
	if (!on_old_kernel(receive_among_planted) ||
	    !on_old_kernel(check_no_way_out))
		skip();
}

/* The folder's path leads elsewhere meanwhile: the folder is the same. */
static void
test_folder_swapped(void **state)
{
	struct receiving r;
	char *moved, *trap;

	(void)state;
	receiving_begin(&r);
	moved = scratch_path(r.folder, "moved");
	trap = scratch_path(r.folder, "trap");
	assert_int_equal(mkdir(trap, 0700), 0);
	receiving_open(&r, "file", 6);
	receiving_write(&r, (const uint8_t *)"abc", 3);
	scratch_settle(r.disk);
	assert_int_equal(rename(r.in, moved), 0);
	assert_int_equal(symlink("trap", r.in), 0);
	receiving_write(&r, (const uint8_t *)"def", 3);
	receiving_finish(&r, "abcdef", 6);
	assert_int_equal(r.stored, 1);
	assert_int_equal(scratch_count(trap), 0);
	assert_int_equal(scratch_count(moved), 1);
	free(moved);
	free(trap);
	receiving_end(&r);
}

/* When even the last number is taken, it is said, and nothing is lost. */
static void
test_all_taken(void **state)
{
	char choice[FILENAME_MAX_BYTES + 1];
	struct receiving r;
	char *path;

	(void)state;
	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	for (unsigned i = 0; i <= FILENAME_TRIES; i++) {
		filename_choice("f", i, choice);
		path = scratch_path(r.in, choice);
		scratch_write(path, "", 0);
		free(path);
	}
	receiving_whole(&r, "f", "abc", 3);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_NAME);
	assert_non_null(strstr(r.reason.text, "taken"));
	assert_int_equal(scratch_count(r.in), FILENAME_TRIES + 1);
	receiving_forget(&r);

	path = scratch_path(r.in, "f (10000)");
	assert_int_equal(unlink(path), 0);
	receiving_whole(&r, "f", "abc", 3);
	assert_int_equal(r.stored, 1);
	assert_string_equal(r.path, path);
	free(path);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check_name),
	    cmocka_unit_test(test_plain_names),
	    cmocka_unit_test(test_no_way_out),
	    cmocka_unit_test(test_planted),
	    cmocka_unit_test(test_planted_without_linux),
	    cmocka_unit_test(test_folder_swapped),
	    cmocka_unit_test(test_all_taken),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
