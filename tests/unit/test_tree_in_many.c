/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees as large as they come: the time grows with them, and nothing else
 * does: neither memory, nor open files, nor what waits in between.
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

#include "net/tree_in.h"
#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

enum {
	FOLDERS = 100,
	FILES = 1000, /* in each of them */
	AHEAD = TREE_IN_AHEAD,
	MEMORY_KIB = 48 * 1024,
	OPEN_MAX_FEW = 40,
};

static const uint8_t content[] = "some bytes, the same in many of them";

static void
add_many(struct growing *g)
{
	char path[64];

	growing_text(g, "d/", "");
	for (int i = 0; i < FOLDERS; i++) {
		snprintf(path, sizeof(path), "d/%03d/", i);
		growing_text(g, path, "");
		for (int j = 0; j < FILES; j++) {
			snprintf(path, sizeof(path), "d/%03d/%04d", i, j);
			/* Pages are dear where a disk is memory. */
			growing_add(g, path, content,
			    j % 10 == 0 ? sizeof(content) : 0);
		}
	}
}

/* The most memory this process ever had. */
static long
memory_kib(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long kib = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return kib;
}

/* A sanitizer has much of its own. */
static void
check_memory(long before)
{
#ifdef __SANITIZE_ADDRESS__
	(void)before;
#else
	assert_true(memory_kib() - before < MEMORY_KIB);
#endif
}

static void
settle_with_few_open(struct growing *g)
{
	while (worker_pending(g->disk) > 0) {
		scratch_turn(g->disk);
		assert_true(scratch_count("/proc/self/fd") < OPEN_MAX_FEW);
	}
}

/* Records as far as claims allow; not all at once. */
static void
send_in_rounds(struct growing *g, size_t entries)
{
	size_t last;

	do {
		last = g->claims;
		growing_make(g);
		growing_hand(g, g->stream_len);
		settle_with_few_open(g);
		assert_true(g->claims - last <= AHEAD);
	} while (g->next < g->upto && g->next < entries);
}

static void
test_many(void **state)
{
	struct growing g;
	char *d;
	long before;

	(void)state;
	growing_begin(&g);
	add_many(&g);
	assert_int_equal(filelist_files(g.list), FOLDERS * FILES);
	growing_open(&g, false);
	settle_with_few_open(&g);
	/* Nothing is there: it is told in one word. */
	assert_int_equal(g.claimings, 1);
	assert_int_equal(g.upto, filelist_count(g.list));
	growing_make(&g);
	before = memory_kib();
	growing_hand(&g, g.stream_len / 3 * 2);
	settle_with_few_open(&g);
	growing_keep(&g);

	/* Two thirds of it are gathered; the claims wait for their records. */
	growing_open(&g, true);
	settle_with_few_open(&g);
	assert_int_equal(g.claims, AHEAD);
	send_in_rounds(&g, SIZE_MAX);
	assert_true(g.claims > FOLDERS * FILES / 2);
	assert_true(g.sent < filelist_size(g.list) / 2);
	growing_tell_hash(&g);
	settle_with_few_open(&g);
	growing_check(&g);
	assert_int_equal(g.counts.files, FOLDERS * FILES);
	assert_int_equal(scratch_count(g.in), 1);
	growing_forget(&g);

	/* And all of it is in place. */
	growing_open(&g, false);
	settle_with_few_open(&g);
	assert_int_equal(g.claims, AHEAD);
	send_in_rounds(&g, SIZE_MAX);
	growing_tell_hash(&g);
	settle_with_few_open(&g);
	growing_check(&g);
	assert_int_equal(g.counts.same, FOLDERS * FILES);
	check_memory(before);
	d = growing_path(&g, "d");
	assert_int_equal(scratch_count(d), FOLDERS);
	free(d);
	growing_end(&g);
}

/* As deep as a list can be, twice. */
static void
test_deep(void **state)
{
	char path[2 * FILELIST_DEPTH_MAX + 1] = "";
	struct growing g;

	(void)state;
	growing_begin(&g);
	for (size_t i = 0; i + 1 < FILELIST_DEPTH_MAX; i++) {
		memcpy(path + 2 * i, "d/", 3);
		growing_text(&g, path, "");
	}
	memcpy(path + strlen(path), "x", 2);
	growing_text(&g, path, "deep");
	for (int i = 0; i < 2; i++) {
		growing_whole_well(&g);
		assert_int_equal(g.same, i);
		growing_check_text(&g, path, "deep");
		growing_forget(&g);
	}
	growing_end(&g);
}

/* Paths as long as a list can hold them. */
static void
test_long_paths(void **state)
{
	char path[FILELIST_PATH_MAX + 2];
	struct growing g;
	size_t at = 0;

	(void)state;
	growing_begin(&g);
	/* 15 folders and a file, of 255 bytes each. */
	for (int i = 0; i < 15; i++) {
		memset(path + at, 'a' + i, 255);
		at += 255;
		path[at++] = '/';
		path[at] = '\0';
		growing_text(&g, path, "");
	}
	memset(path + at, 'x', 255);
	path[at + 255] = '\0';
	growing_text(&g, path, "long");
	for (int i = 0; i < 2; i++) {
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.same, i);
		growing_forget(&g);
	}
	growing_end(&g);
}

/* It is not the disk that is tested: one that is memory is faster. */
static void
use_fast_disk(void)
{
	if (access("/dev/shm", R_OK | W_OK | X_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_long_paths),
	};

	use_fast_disk();
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree many", tests, NULL, NULL);
}
