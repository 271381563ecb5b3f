/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks that do not take every name, or take two for the same: the calls are
 * answered as they would, on their way to the system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

struct names {
	const char *refused; /* bytes that are in none of them */
	size_t longest;      /* 0: as long as any */
	bool plain;          /* ASCII only */
	bool folds;          /* a and A are one */
};

/*
 * Set while the worker is idle, and used by it; the calls below take no
 * argument for it.
 */
static struct names disk;

static bool
is_refused(const char *name)
{
	errno = ENAMETOOLONG;
	if (disk.longest > 0 && strlen(name) > disk.longest)
		return true;
	errno = EINVAL;
	if (disk.refused != NULL && strpbrk(name, disk.refused) != NULL)
		return true;
	errno = EILSEQ;
	for (; disk.plain && *name != '\0'; name++) {
		if ((uint8_t)*name > 0x7f)
			return true;
	}
	return false;
}

/* Is there something that such a disk takes for it? */
static bool
is_taken(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	bool taken = false;

	while (dir != NULL && !taken && (entry = readdir(dir)) != NULL)
		taken = strcasecmp(entry->d_name, name) == 0;
	if (dir != NULL)
		closedir(dir);
	return taken;
}

/* These take the place of the C library's. */
int
renameat2(
    int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	if (is_refused(to))
		return -1;
	if (disk.folds && is_taken(to_fd, to)) {
		errno = EEXIST;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

/* Such disks know no links. */
int
linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	(void)from_fd;
	(void)from;
	(void)to_fd;
	(void)to;
	(void)flags;
	errno = EPERM;
	return -1;
}

int
mkdirat(int fd, const char *name, mode_t mode)
{
	if (is_refused(name))
		return -1;
	return (int)syscall(SYS_mkdirat, fd, name, mode);
}

static void
next_folder(struct growing *g)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	char name[] = "in-?";

	for (size_t i = 0; letters[i] != '\0'; i++) {
		name[3] = letters[i];
		str_replace(&g->in, scratch_path(g->folder, name));
		if (access(g->in, F_OK) < 0)
			return;
	}
	fail_msg("no name is left");
}

/* Names that the disk cannot hold are written in a way that it can. */
static void
test_unnamed(void **state)
{
	static const char fat[] = "\"*:<>?\\|";
	static const struct {
		const char *name, *got;
		bool plain;
	} cases[] = {
	    {"a:b?.txt", "a_b_.txt", false},
	    {"q\"u*o<t>e|\\", "q_u_o_t_e__", false},
	    {"end:. .", "end____", false},
	    {"caf\xc3\xa9:", "caf\xc3\xa9_", false},
	    {"caf\xc3\xa9.txt", "caf__.txt", true},
	    {"caf\xc3\xa9: (1)!.t", "caf___ (1)_.t", true},
	};
	struct growing g;
	char *path;

	(void)state;
	growing_begin(&g);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char inner[64];

		disk = (struct names){0};
		disk.refused = fat;
		disk.plain = cases[i].plain;
		next_folder(&g);
		growing_new_list(&g);
		growing_text(&g, cases[i].name, "abc");
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.counts.files, 1);
		assert_int_equal(g.counts.unnamed, 1);
		assert_string_equal(g.unnamed, cases[i].name);
		growing_check_text(&g, cases[i].got, "abc");
		path = growing_path(&g, cases[i].got);
		assert_string_equal(g.path, path);
		free(path);
		/* The same name is taken now. */
		growing_forget(&g);
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.counts.renamed, 1);
		growing_forget(&g);

		/* And as a folder, with something in it. */
		next_folder(&g);
		growing_new_list(&g);
		snprintf(inner, sizeof(inner), "%s/", cases[i].name);
		growing_text(&g, inner, "");
		snprintf(inner, sizeof(inner), "%s/x", cases[i].name);
		growing_text(&g, inner, "x");
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.counts.files, 1);
		assert_int_equal(g.counts.unnamed, 1);
		snprintf(inner, sizeof(inner), "%s/x", cases[i].got);
		growing_check_text(&g, inner, "x");
		growing_forget(&g);
	}
	growing_end(&g);
}

static void
test_too_long(void **state)
{
	static const char tail[] = ".tar.gz";
	char name[251] = "";
	struct growing g;

	(void)state;
	growing_begin(&g);
	memset(name, 'n', sizeof(name) - 1);
	memcpy(name + sizeof(name) - sizeof(tail), tail, sizeof(tail));
	for (int i = 0; i < 2; i++) {
		disk = (struct names){0};
		disk.longest = 143;
		next_folder(&g);
		growing_new_list(&g);
		/* Without an end that says what it is. */
		if (i == 1)
			memset(name, '.', 1);
		if (i == 1)
			memset(name + 1, 'n', sizeof(name) - 2);
		growing_text(&g, name, "abc");
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.counts.unnamed, 1);
		assert_string_equal(g.unnamed, name);
		assert_int_equal(strlen(strrchr(g.path, '/') + 1), 120);
		if (i == 0)
			assert_string_equal(g.path + strlen(g.path) - 3, ".gz");
		growing_forget(&g);
	}
	growing_end(&g);
}

/* Where two names are one, the second file is put beside the first. */
static void
test_folding(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "README", "1");
	growing_text(&g, "ReadMe", "2");
	growing_text(&g, "a/", "");
	growing_text(&g, "a/X.txt", "3");
	growing_text(&g, "a/x.TXT", "4");
	growing_text(&g, "readme", "5");
	disk = (struct names){0};
	disk.folds = true;
	growing_whole(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.files, 5);
	assert_int_equal(g.counts.renamed, 3);
	growing_check_text(&g, "README", "1");
	growing_check_text(&g, "ReadMe (1)", "2");
	growing_check_text(&g, "readme (2)", "5");
	growing_check_text(&g, "a/X.txt", "3");
	growing_check_text(&g, "a/x (1).TXT", "4");
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unnamed),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_folding),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree unnamed", tests, NULL, NULL);
}
