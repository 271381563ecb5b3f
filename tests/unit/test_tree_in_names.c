/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that differ by little: all arrive. On a disk that takes some of them
 * for the same none replaces another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

/* e with an acute accent: as one character, and as two. */
#define NFC "caf\xc3\xa9"
#define NFD "cafe\xcc\x81"

static void
add_alike(struct growing *g)
{
	growing_text(g, "A/", "");
	growing_text(g, "A/README", "1");
	growing_text(g, "A/ReadMe", "2");
	growing_text(g, "A/readme", "3");
	growing_text(g, "B.txt", "4");
	growing_text(g, "a/", "");
	growing_text(g, "a/readme", "5");
	growing_text(g, "b.TXT", "6");
	growing_text(g, NFD, "7");
	growing_text(g, NFC, "8");
	growing_text(g, "end", "9");
	growing_text(g, "end ", "10");
	growing_text(g, "end.", "11");
}

enum { ALIKE_FILES = 11 };

static void
test_alike(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	add_alike(&g);
	growing_whole_well(&g);
	assert_int_equal(g.counts.files, ALIKE_FILES);
	assert_int_equal(g.counts.renamed, 0);
	growing_forget(&g);
	growing_whole_well(&g);
	assert_int_equal(g.counts.same, ALIKE_FILES);
	growing_end(&g);
}

/* FAT in a file, or a disk in memory that folds case. False: neither. */
static bool
mount_folding(const struct growing *g)
{
	char *shell = str_printf(
	    "{ cd '%s' && { mount -t tmpfs -o casefold,size=3m none in &&"
	    " chattr +F in || { truncate -s 4M fat && mkfs.vfat fat &&"
	    " mount -o loop,utf8 fat in; }; }; } >/dev/null 2>&1",
	    g->folder);
	bool done;

	assert_int_equal(mkdir(g->in, 0700), 0);
	done = unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	       system(shell) == 0;
	free(shell);
	return done;
}

/* Every text of it is in some file here; so many files there are. */
static void
check_texts(struct growing *g)
{
	for (int i = 1; i <= ALIKE_FILES; i++) {
		char *shell = str_printf(
		    "test \"$(grep -rlx '%d' '%s' | wc -l)\" = 1", i, g->in);

		assert_int_equal(system(shell), 0);
		free(shell);
	}
}

static void
test_folding_disk(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	if (!mount_folding(&g)) {
		print_message("skipped: cannot mount a disk that folds case\n");
		growing_end(&g);
		skip();
	}
	add_alike(&g);
	growing_whole(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.files, ALIKE_FILES);
	assert_true(g.counts.renamed > 0);
	check_texts(&g);
	growing_forget(&g);
	assert_int_equal(umount(g.in), 0);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alike),
	    cmocka_unit_test(test_folding_disk),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree names", tests, NULL, NULL);
}
