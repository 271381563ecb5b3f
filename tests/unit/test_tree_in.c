/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees that are received: all of it, under its names, with its times and
 * modes, or nothing of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

enum { BLOCK = 256 * 1024, MIB = 1024 * 1024 };

/* A tree with some of everything. bytes: 3 MiB. */
static void
add_some(struct growing *g, const uint8_t *bytes)
{
	growing_text(g, "alone.txt", "a file beside");
	growing_text(g, "photos/", "");
	growing_text(g, "photos/empty/", "");
	growing_text(g, "photos/gone@", "");
	growing_add(g, "photos/large", bytes, 2 * MIB + 7);
	growing_text(g, "photos/nothing", "");
	growing_text(g, "photos/sub/", "");
	growing_text(g, "photos/sub/deep/", "");
	growing_add(g, "photos/sub/deep/block", bytes + 1, BLOCK);
	growing_text(g, "photos/sub/x", "x");
	growing_text(g, "photos/sub-x", "-x");
	growing_text(g, "z", "z");
}

enum { SOME_FILES = 7 };

static void
check_times(struct growing *g, const char *path)
{
	char *whole = growing_path(g, path);
	struct stat st;

	assert_int_equal(lstat(whole, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, GROWING_MTIME_S);
	assert_int_equal(st.st_mtim.tv_nsec, GROWING_MTIME_NS);
	free(whole);
}

static void
test_some(void **state)
{
	static const char *const paths[] = {"alone.txt", "photos",
	    "photos/empty", "photos/large", "photos/nothing", "photos/sub",
	    "photos/sub/deep", "photos/sub/deep/block", "photos/sub/x"};
	uint8_t *bytes = scratch_bytes(3 * MIB, 3);
	struct growing g;
	char *first;

	(void)state;
	growing_begin(&g);
	add_some(&g, bytes);
	growing_whole_well(&g);
	/* One word says that nothing is there. */
	assert_int_equal(g.claimings, 1);
	assert_int_equal(g.claims, 0);
	assert_int_equal(g.counts.files, SOME_FILES);
	assert_int_equal(g.counts.same + g.counts.renamed + g.counts.lost +
			     g.counts.left_out + g.counts.unnamed,
	    0);
	assert_int_equal(g.progress.skipped, 0);
	first = growing_path(&g, "alone.txt");
	assert_string_equal(g.path, first);
	for (size_t i = 0; i < COUNT(paths); i++)
		check_times(&g, paths[i]);
	/* alone.txt, photos, z */
	assert_int_equal(scratch_count(g.in), 3);
	free(first);
	free(bytes);
	growing_end(&g);
}

/* Until all is there nothing has its name, and nobody else can look. */
static void
test_gathered_in_private(void **state)
{
	const mode_t before = umask(0);
	struct growing g;
	struct stat st;
	char *part;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a/", "");
	growing_text(&g, "a/x", "x");
	growing_text(&g, "a/y", "y");
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_send(&g);
	assert_int_equal(scratch_count(g.in), 1);
	part = growing_path(&g, g.part);
	assert_int_equal(lstat(part, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(scratch_count(part), 2);
	free(part);
	growing_forget(&g);
	assert_int_equal(scratch_count(g.in), 0);
	umask(before);
	growing_end(&g);
}

static void
test_modes(void **state)
{
	static const struct {
		const char *path;
		uint16_t mode;
		mode_t dropped, kept; /* with the umask 022 */
	} cases[] = {
	    {"d/", 0777, 0755, 0755},
	    {"d/p", 0600, 0600, 0600},
	    {"d/q", 0666, 0644, 0644},
	    {"d/r", 0, 0600, 0600},
	    {"d/s", 0777, 0644, 0755},
	    {"d/t", 0500, 0600, 0700},
	    {"e/", 0, 0700, 0700},
	    {"f/", 0710, 0710, 0710},
	};
	const mode_t before = umask(022);
	struct growing g;
	struct stat st;
	char *path;

	(void)state;
	growing_begin(&g);
	for (size_t i = 0; i < COUNT(cases); i++)
		growing_mode(&g, cases[i].path, cases[i].mode);
	for (int keep = 0; keep < 2; keep++) {
		str_replace(
		    &g.in, scratch_path(g.folder, keep ? "kept" : "dropped"));
		g.keep_mode = keep;
		growing_whole_well(&g);
		for (size_t i = 0; i < COUNT(cases); i++) {
			path = growing_path(&g, cases[i].path);
			assert_int_equal(stat(path, &st), 0);
			assert_int_equal(st.st_mode & 07777,
			    keep ? cases[i].kept : cases[i].dropped);
			free(path);
		}
		growing_forget(&g);
	}
	/* A umask that is of no use to anybody is none to us. */
	umask(0777);
	str_replace(&g.in, scratch_path(g.folder, "strange"));
	assert_int_equal(mkdir(g.in, 0), 0);
	assert_int_equal(chmod(g.in, 0700), 0);
	growing_new_list(&g);
	growing_mode(&g, "p", 0777);
	if (geteuid() == 0)
		growing_whole_well(&g);
	umask(before);
	path = growing_path(&g, "p");
	if (geteuid() == 0) {
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	free(path);
	growing_end(&g);
}

/* What could not be read over there is counted, and is not here. */
static void
test_left_out(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/a", "aaaa");
	growing_text(&g, "d/b", "bb");
	growing_text(&g, "d/c", "c");
	g.entries[1].gone = WHY_GONE;
	g.entries[3].gone = WHY_CHANGED;
	growing_whole_well(&g);
	assert_int_equal(g.counts.files, 1);
	assert_int_equal(g.counts.left_out, 2);
	assert_int_equal(g.progress.skipped, 5);
	growing_end(&g);
}

/* It breaks off over there in the middle of a file. */
static void
test_void(void **state)
{
	static const uint8_t none[WIRE_HASH_LEN];
	struct growing g;
	uint8_t record[64];
	size_t len;
	char *part;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a", "aaaa");
	growing_text(&g, "b", "b");
	growing_open(&g, false);
	scratch_settle(g.disk);
	len = record_put_file(record, 0);
	len += record_put_chunk(record + len, 3);
	memcpy(record + len, "aaa", 3);
	len += 3;
	incoming_write(g.incoming, record, len);
	scratch_settle(g.disk);
	assert_int_equal(g.progress.bytes, 3);
	assert_int_equal(g.progress.skipped, 0);
	len = record_put_void(record, WHY_CHANGED);
	incoming_write(g.incoming, record, len);
	scratch_settle(g.disk);
	assert_int_equal(g.progress.bytes, 4);
	assert_int_equal(g.progress.skipped, 4);
	part = growing_path(&g, g.part);
	assert_int_equal(scratch_count(part), 0);
	free(part);
	XXH3_128bits_update(g.hashes, none, WIRE_HASH_LEN);
	g.next = 1;
	growing_send(&g);
	growing_finish(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.left_out, 1);
	assert_int_equal(g.counts.files, 1);
	assert_int_equal(scratch_count(g.in), 1);
	growing_check_text(&g, "b", "b");
	growing_end(&g);
}

/* Only folders; and one word less than that. */
static void
test_no_files(void **state)
{
	struct growing g;
	char *d;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/e/", "");
	growing_text(&g, "l@", "");
	/* All at once: the other side need not wait for claims. */
	growing_open(&g, false);
	growing_finish(&g);
	g.progress.entry = 3;
	growing_check(&g);
	d = growing_path(&g, "d");
	assert_string_equal(g.path, d);
	free(d);
	growing_forget(&g);

	growing_new_list(&g);
	growing_text(&g, "l@", "");
	growing_whole(&g);
	assert_int_equal(g.stored, 1);
	assert_string_equal(g.path, g.in);
	growing_end(&g);
}

/* Its folder is renamed meanwhile: it goes on where it is. */
static void
test_folder_moved(void **state)
{
	struct growing g;
	char *moved, *trap;

	(void)state;
	growing_begin(&g);
	moved = scratch_path(g.folder, "moved");
	trap = scratch_path(g.folder, "trap");
	assert_int_equal(mkdir(trap, 0700), 0);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/x", "x");
	growing_open(&g, false);
	scratch_settle(g.disk);
	assert_int_equal(rename(g.in, moved), 0);
	assert_int_equal(symlink("trap", g.in), 0);
	growing_send(&g);
	growing_finish(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(scratch_count(trap), 0);
	str_replace(&g.in, moved);
	growing_check(&g);
	assert_int_equal(scratch_count(g.in), 1);
	free(trap);
	growing_end(&g);
}

/* Freed at any moment: no event, nothing left. */
static void
test_let_go(void **state)
{
	uint8_t *bytes = scratch_bytes(3 * MIB, 7);
	struct growing g;

	(void)state;
	growing_begin(&g);
	assert_int_equal(mkdir(g.in, 0700), 0);
	add_some(&g, bytes);
	for (int stage = 0; stage < 5; stage++) {
		growing_open(&g, false);
		if (stage > 0)
			scratch_settle(g.disk);
		growing_make(&g);
		if (stage > 1)
			growing_hand(&g, g.stream_len / 2);
		if (stage > 2)
			scratch_settle(g.disk);
		if (stage > 3)
			growing_hand(&g, g.stream_len);
		growing_forget(&g);
		assert_int_equal(scratch_count(g.in), 0);
	}
	free(bytes);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_some),
	    cmocka_unit_test(test_gathered_in_private),
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_left_out),
	    cmocka_unit_test(test_void),
	    cmocka_unit_test(test_no_files),
	    cmocka_unit_test(test_folder_moved),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree in", tests, NULL, NULL);
}
