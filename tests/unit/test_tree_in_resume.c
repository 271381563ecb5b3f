/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree that breaks off anywhere is gone on with: the result is the same, and
 * no byte that was there is sent again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

static void
add_small(struct growing *g)
{
	growing_text(g, "d/", "");
	growing_text(g, "d/a", "aaaaaaaaaa");
	growing_text(g, "d/b", "");
	growing_text(g, "d/c/", "");
	growing_text(g, "d/c/x", "xyz");
	growing_text(g, "d/e", "eeeeeeeeeeeeeeeeeeee");
	growing_text(g, "f", "f");
}

/* Bytes of files in the private folder. */
static uint64_t
gathered(const struct growing *g)
{
	char *part = growing_path(g, g->part);
	DIR *dir = opendir(part);
	const struct dirent *entry;
	uint64_t sum = 0;
	struct stat st;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		assert_int_equal(fstatat(dirfd(dir), entry->d_name, &st, 0), 0);
		if (S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_size;
	}
	closedir(dir);
	free(part);
	return sum;
}

/* Break off after cut bytes of the stream; then all of the rest. */
static void
cut_at(struct growing *g, size_t cut)
{
	const uint64_t all = filelist_size(g->list);
	uint64_t there;
	char *part;

	growing_open(g, false);
	scratch_settle(g->disk);
	growing_make(g);
	growing_hand(g, cut);
	growing_keep(g);
	there = gathered(g);
	growing_open(g, true);
	scratch_settle(g->disk);
	growing_send(g);
	assert_int_equal(g->sent, all - there);
	assert_int_equal(g->progress.skipped, there);
	growing_finish(g);
	growing_check(g);
	assert_int_equal(g->counts.files, filelist_files(g->list));
	assert_int_equal(g->counts.same + g->counts.renamed, 0);
	part = growing_path(g, g->part);
	assert_int_equal(access(part, F_OK), -1);
	free(part);
	growing_forget(g);
}

static void
test_every_byte(void **state)
{
	struct growing g;
	size_t len = 1;

	(void)state;
	growing_begin(&g);
	add_small(&g);
	for (size_t cut = 0; cut <= len; cut++) {
		char name[32];

		snprintf(name, sizeof(name), "in-%zu", cut);
		str_replace(&g.in, scratch_path(g.folder, name));
		if (cut == 0) {
			growing_open(&g, false);
			scratch_settle(g.disk);
			growing_make(&g);
			len = g.stream_len;
			growing_forget(&g);
		}
		cut_at(&g, cut);
	}
	growing_end(&g);
}

static void
test_large(void **state)
{
	static const size_t cuts[] = {300 * KIB, 1000 * KIB, 1024 * KIB + 30,
	    2000 * KIB, 3500 * KIB, 5000 * KIB};
	uint8_t *bytes = scratch_bytes(5 * MIB, 31);
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_add(&g, "a", bytes, MIB);
	growing_add(&g, "b", bytes + 1, 3 * MIB);
	growing_add(&g, "c", bytes + 2, MIB + 1);
	for (size_t i = 0; i < COUNT(cuts); i++) {
		char name[32];

		snprintf(name, sizeof(name), "in-%zu", i);
		str_replace(&g.in, scratch_path(g.folder, name));
		cut_at(&g, cuts[i]);
	}
	free(bytes);
	growing_end(&g);
}

/* What was gathered is not what is sent now: those bytes are void. */
static void
test_other_bytes(void **state)
{
	static const char *const texts[] = {
	    "aaaaaaaaaa", "AAAAAAAAAA", "aaaaaAAAAA"};
	struct growing g;

	(void)state;
	growing_begin(&g);
	for (size_t i = 0; i < COUNT(texts); i++) {
		for (size_t j = 0; j < COUNT(texts); j++) {
			growing_new_list(&g);
			growing_text(&g, "x", texts[i]);
			growing_open(&g, false);
			scratch_settle(g.disk);
			growing_make(&g);
			growing_hand(
			    &g, RECORD_FILE_LEN + RECORD_CHUNK_LEN + 7);
			growing_keep(&g);

			growing_new_list(&g);
			growing_text(&g, "x", texts[j]);
			growing_open(&g, true);
			scratch_settle(g.disk);
			assert_int_equal(g.claims, 1);
			assert_int_equal(g.entries[0].offset, 7);
			growing_send(&g);
			assert_int_equal(g.sent, i == j ? 3 : 10);
			growing_finish(&g);
			growing_check(&g);
			assert_int_equal(unlink(g.path), 0);
			growing_forget(&g);
		}
	}
	growing_end(&g);
}

/* Another size or time is another file. */
static void
test_other_file(void **state)
{
	struct entry e = {.kind = ENTRY_FILE,
	    .mode = 0644,
	    .size = 4,
	    .mtime_ns = 1,
	    .path = "x",
	    .path_len = 1};
	struct growing g;

	(void)state;
	growing_begin(&g);
	for (int i = 0; i < 3; i++) {
		e.size = 4;
		e.mtime_ns = 1;
		growing_new_list(&g);
		growing_entry(&g, &e, (const uint8_t *)"abcde");
		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_send(&g);
		growing_keep(&g);
		e.size += i == 1;
		e.mtime_ns += i == 2;
		growing_new_list(&g);
		growing_entry(&g, &e, (const uint8_t *)"abcde");
		growing_open(&g, true);
		scratch_settle(g.disk);
		growing_send(&g);
		assert_int_equal(g.sent, i == 0 ? 0 : e.size);
		growing_finish(&g);
		/* What was of no use is gone, too. */
		growing_check(&g);
		assert_int_equal(scratch_count(g.in), 1);
		assert_int_equal(unlink(g.path), 0);
		growing_forget(&g);
	}
	growing_end(&g);
}

/* The private folder is gone, or all is in place already. */
static void
test_part_is_gone(void **state)
{
	struct growing g;
	char *shell;

	(void)state;
	growing_begin(&g);
	add_small(&g);
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_send(&g);
	growing_keep(&g);
	shell = str_printf("rm -r '%s/%s'", g.in, g.part);
	assert_int_equal(system(shell), 0);
	free(shell);
	growing_open(&g, true);
	scratch_settle(g.disk);
	assert_int_equal(g.claims, 0);
	growing_send(&g);
	growing_finish(&g);
	growing_check(&g);
	growing_keep(&g);

	growing_open(&g, true);
	scratch_settle(g.disk);
	growing_send(&g);
	assert_int_equal(g.sent, 0);
	growing_finish(&g);
	growing_check(&g);
	assert_int_equal(g.counts.same, filelist_files(g.list));
	assert_int_equal(scratch_count(g.in), 2);
	growing_end(&g);
}

/* While everything gets its name: some have it, some are gathered. */
static void
test_while_placing(void **state)
{
	enum { FILES = 2000 };
	char text[FILES][8], path[32];
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	for (int i = 0; i < FILES; i++) {
		snprintf(text[i], sizeof(text[i]), "%d", i);
		snprintf(path, sizeof(path), "d/%05d", i);
		growing_text(&g, path, text[i]);
	}
	for (int turns = 1; turns <= 3; turns++) {
		char *part, *d;
		size_t placed, left;

		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_send(&g);
		growing_tell_hash(&g);
		for (int i = 0; i < turns; i++)
			scratch_turn(g.disk);
		growing_keep(&g);
		part = growing_path(&g, g.part);
		d = growing_path(&g, "d");
		left = scratch_count(part);
		placed = left < FILES ? scratch_count(d) : 0;
		assert_int_equal(left + placed, FILES);
		assert_true(left > 0);

		growing_open(&g, true);
		scratch_settle(g.disk);
		assert_int_equal(g.claims, FILES);
		growing_send(&g);
		assert_int_equal(g.sent, 0);
		growing_finish(&g);
		growing_check(&g);
		assert_int_equal(g.counts.same, placed);
		assert_int_equal(g.counts.files, left);
		growing_forget(&g);
		free(part);
		free(d);
		part = str_printf("rm -r '%s'", g.in);
		assert_int_equal(system(part), 0);
		free(part);
	}
	growing_end(&g);
}

/*
 * It got another name, and nobody was there any more to tell: it is found
 * under that, and not sent again.
 */
static void
test_placed_under_another_name(void **state)
{
	static const char *const there[] = {"old", "old bytes", "new bytez"};
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/a.txt", "new bytes");
	for (size_t i = 0; i < COUNT(there); i++) {
		char name[32], *d, *a;

		snprintf(name, sizeof(name), "in-%zu", i);
		str_replace(&g.in, scratch_path(g.folder, name));
		assert_int_equal(mkdir(g.in, 0700), 0);
		d = growing_path(&g, "d");
		assert_int_equal(mkdir(d, 0700), 0);
		a = growing_path(&g, "d/a.txt");
		scratch_write(a, there[i], strlen(there[i]));
		growing_whole(&g);
		assert_int_equal(g.counts.renamed, 1);
		growing_check_text(&g, "d/a (1).txt", "new bytes");
		growing_keep(&g);

		growing_open(&g, true);
		scratch_settle(g.disk);
		growing_send(&g);
		assert_int_equal(g.sent, 0);
		growing_finish(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.counts.same, 1);
		assert_int_equal(g.counts.lost, 0);
		assert_int_equal(scratch_count(d), 2);
		growing_check_text(&g, "d/a.txt", there[i]);
		growing_forget(&g);
		free(d);
		free(a);
	}
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_byte),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_other_bytes),
	    cmocka_unit_test(test_other_file),
	    cmocka_unit_test(test_part_is_gone),
	    cmocka_unit_test(test_while_placing),
	    cmocka_unit_test(test_placed_under_another_name),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree resume", tests, NULL, NULL);
}
