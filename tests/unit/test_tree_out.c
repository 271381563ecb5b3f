/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees as they are sent: real files, the real worker, byte for byte. */
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

#include "src/base/util.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"
#include "tests/unit/sending.h"
#include "tests/unit/stream.h"

enum {
	/* Of a block, where a file is the first one in it. */
	FITS = OUTGOING_BLOCK - RECORD_FILE_LEN - RECORD_CHUNK_LEN,
};

static const struct stream_file nested[] = {
    {"tree/", 0},
    {"tree/a", 1},
    {"tree/a b", 4096},
    {"tree/deep/", 0},
    {"tree/deep/er/", 0},
    {"tree/deep/er/and/", 0},
    {"tree/deep/er/and/file", 70000},
    {"tree/deep/er/empty", 0},
    {"tree/deep/er/still", 17},
    {"tree/empty", 0},
    {"tree/empty folder/", 0},
    {"tree/z", 3},
};

static void
test_nested(void **state)
{
	struct sending s;
	char *link, *fifo;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, nested, COUNT(nested));
	link = scratch_path(s.folder, "tree/link");
	fifo = scratch_path(s.folder, "tree/deep/fifo");
	plant(link, 's', "/etc/passwd");
	plant(fifo, 'p', NULL);
	stream_open(&s, "tree");
	assert_string_equal(s.name, "tree");
	assert_int_equal(s.path_count, 1);
	assert_true(s.note_count > 0);
	assert_int_equal(s.offer.entries, COUNT(nested) + 2);
	assert_int_equal(s.offer.size, filelist_size(s.list));
	assert_int_equal(s.offer.mode, 0);
	assert_int_equal(s.offer.mtime_ns, 0);
	/* Nothing but the list leaves before it is wanted. */
	assert_int_equal(s.finished, 0);
	stream_start(&s);
	stream_check(&s);
	assert_int_equal(s.left_out, 0);
	assert_int_equal(s.stuck, 0);
	free(fifo);
	free(link);
	sending_end(&s);
}

/* Where blocks end: in a file, at its end, within the last part of it. */
static void
test_sizes(void **state)
{
	static const size_t around[] = {FITS, FITS - RECORD_END_LEN, FITS - 64,
	    2 * FITS, (OUTGOING_AHEAD + 1) * OUTGOING_BLOCK};
	struct sending s;

	(void)state;
	for (size_t i = 0; i < COUNT(around); i++) {
		for (size_t less = 0; less < 3; less++) {
			const struct stream_file files[] = {{"t/", 0},
			    {"t/1", around[i] - less}, {"t/2", 0},
			    {"t/3", around[i] + less}, {"t/4", 5}};

			sending_begin(&s);
			stream_plant(&s, files, COUNT(files));
			stream_open(&s, "t");
			stream_start(&s);
			stream_check(&s);
			sending_end(&s);
		}
	}
}

/* Many small ones are few blocks. */
static void
test_many(void **state)
{
	enum { FILES = 600, SIZE = 4096 };
	uint8_t *bytes = scratch_bytes(SIZE, 3);
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	path = scratch_path(s.folder, "tree");
	assert_int_equal(mkdir(path, 0755), 0);
	for (int i = 0; i < FILES; i++) {
		char *file = str_printf("%s/%d", path, i);

		scratch_write(file, bytes, SIZE);
		free(file);
	}
	s.consume = false;
	stream_open(&s, "tree");
	s.unconsumed = s.most_unconsumed = 0;
	stream_start(&s);
	assert_int_equal(s.most_unconsumed, OUTGOING_AHEAD);
	assert_true(s.len - s.offer.list_len >
		    OUTGOING_AHEAD * (size_t)(OUTGOING_BLOCK - SIZE));
	while (s.finished == 0)
		sending_consume(&s);
	assert_int_equal(s.most_unconsumed, OUTGOING_AHEAD);
	while (s.unconsumed > 0)
		sending_consume(&s);
	s.consume = true;
	stream_check(&s);
	free(path);
	free(bytes);
	sending_end(&s);
}

/* Several roots: files, folders, one named through a link. */
static void
test_roots(void **state)
{
	static const struct stream_file files[] = {{"here/", 0}, {"here/b", 5},
	    {"there/", 0}, {"there/a/", 0}, {"there/a/x", 6}, {"there/c", 7},
	    {"real", 8}};
	static const char *const names[] = {
	    "there/c", "here", "link", "there/a", "way"};
	char *paths[COUNT(names)];
	struct sending s;
	struct stream stream;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, files, COUNT(files));
	for (size_t i = 0; i < COUNT(names); i++)
		paths[i] = scratch_path(s.folder, names[i]);
	assert_int_equal(symlink("real", paths[2]), 0);
	assert_int_equal(symlink("there", paths[4]), 0);
	sending_new(&s, (const char *const *)paths, COUNT(names));
	scratch_settle(s.disk);
	assert_int_equal(s.opened, 1);
	assert_int_equal(s.path_count, COUNT(names));
	/* In the order of the list. */
	assert_string_equal(s.name, "a");
	assert_string_equal(s.path, paths[3]);
	outgoing_send_list(s.outgoing);
	stream_start(&s);
	assert_int_equal(s.finished, 1);
	assert_int_equal(s.left_out, 0);
	stream_read(&stream, &s);
	/* a/x, c, here/b, link, way/a/x, way/c */
	assert_int_equal(stream.count, 6);
	assert_int_equal(stream.files[0].len, 6);
	assert_int_equal(stream.files[1].len, 7);
	assert_int_equal(stream.files[2].len, 5);
	assert_int_equal(stream.files[3].len, 8);
	assert_int_equal(stream.files[4].len, 6);
	assert_int_equal(stream.files[5].len, 7);
	stream_release(&stream);
	for (size_t i = 0; i < COUNT(names); i++)
		free(paths[i]);
	sending_end(&s);
}

/* One file is a file; so is the only one of many words. */
static void
test_one_file(void **state)
{
	static const struct stream_file file = {"file", 3};
	const char *twice[2];
	char *path;
	struct sending s;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, &file, 1);
	path = scratch_path(s.folder, "file");
	twice[0] = twice[1] = path;
	for (size_t count = 1; count <= 2; count++) {
		sending_new(&s, twice, count);
		scratch_settle(s.disk);
		assert_int_equal(s.opened, 1);
		assert_int_equal(s.offer.entries, 0);
		assert_null(s.list);
		assert_int_equal(s.offer.size, 3);
		/* What is of trees does nothing to it. */
		outgoing_send_list(s.outgoing);
		outgoing_claims(
		    s.outgoing, &(const struct frame_claims){.upto = 1});
		outgoing_leave_out(s.outgoing);
		scratch_settle(s.disk);
		assert_int_equal(s.len, 0);
		sending_start(&s);
		assert_int_equal(s.finished, 1);
		assert_int_equal(s.len, 3);
		sending_forget(&s);
	}
	free(path);
	sending_end(&s);
}

/* No files at all; then the list is all there is. */
static void
test_folders_only(void **state)
{
	static const struct stream_file files[] = {{"t/", 0}, {"t/u/", 0}};
	struct sending s;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, files, COUNT(files));
	stream_open(&s, "t");
	stream_start(&s);
	stream_check(&s);
	assert_int_equal(s.len, s.offer.list_len);
	sending_end(&s);
}

/* The execute bits are offered only where that is wanted; others always. */
static void
test_modes(void **state)
{
	static const struct stream_file files[] = {
	    {"t/", 0}, {"t/program", 3}, {"t/text", 3}};
	static const mode_t modes[] = {0755, 0750, 0644};
	struct sending s;
	struct entry entry;
	char *path;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, files, COUNT(files));
	for (size_t i = 0; i < COUNT(files); i++) {
		path = scratch_path(s.folder, files[i].path);
		assert_int_equal(chmod(path, modes[i]), 0);
		free(path);
	}
	for (int keep = 0; keep < 2; keep++) {
		s.keep_mode = keep;
		stream_open(&s, "t");
		filelist_entry(s.list, 0, &entry);
		assert_int_equal(entry.mode, 0755);
		filelist_entry(s.list, 1, &entry);
		assert_int_equal(entry.mode, keep ? 0750 : 0640);
		filelist_entry(s.list, 2, &entry);
		assert_int_equal(entry.mode, 0644);
		stream_start(&s);
		stream_check(&s);
		sending_forget(&s);
	}
	sending_end(&s);
}

/* A list of several blocks goes as the network takes it. */
static void
test_long_list(void **state)
{
	enum { ENTRIES = 9000, NAME = 250 };
	char name[NAME + 1];
	struct sending s;
	char *path;
	size_t len;

	(void)state;
	sending_begin(&s);
	path = scratch_path(s.folder, "t");
	assert_int_equal(mkdir(path, 0755), 0);
	for (int i = 0; i < ENTRIES; i++) {
		char *file;

		snprintf(name, sizeof(name), "%0*d", NAME, i);
		file = scratch_path(path, name);
		scratch_write(file, "", 0);
		free(file);
	}
	sending_open(&s, path);
	filelist_bytes(s.list, &len);
	assert_true(len > OUTGOING_AHEAD * (size_t)OUTGOING_BLOCK);
	s.consume = false;
	outgoing_send_list(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.len, OUTGOING_AHEAD * OUTGOING_BLOCK);
	while (s.unconsumed > 0)
		sending_consume(&s);
	assert_int_equal(s.len, len);
	assert_int_equal(s.progress.files, 0);
	s.consume = true;
	stream_start(&s);
	stream_check(&s);
	free(path);
	sending_end(&s);
}

/* Freed at any moment, nothing is told any more and nothing is leaked. */
static void
test_let_go(void **state)
{
	enum { MOMENTS = 40 };
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, nested, COUNT(nested));
	path = scratch_path(s.folder, "tree");
	for (int moment = 0; moment < MOMENTS; moment++) {
		sending_new(&s, (const char *const *)&path, 1);
		for (int i = 0; i < moment && s.finished == 0; i++) {
			if (worker_pending(s.disk) > 0)
				scratch_turn(s.disk);
			else if (s.len == 0)
				outgoing_send_list(s.outgoing);
			else if (i % 2 == 0)
				outgoing_claims(
				    s.outgoing, &(const struct frame_claims){
						    .upto = s.offer.entries});
			else
				outgoing_start(s.outgoing);
		}
		outgoing_free(s.outgoing);
		s.outgoing = NULL;
		scratch_settle(s.disk);
		sending_forget(&s);
	}
	s.free_in_opened = true;
	sending_open(&s, path);
	assert_string_equal(s.path, path);
	sending_forget(&s);
	stream_open(&s, "tree");
	s.free_in_block = true;
	stream_start(&s);
	assert_int_equal(s.finished, 0);
	free(path);
	sending_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nested),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_roots),
	    cmocka_unit_test(test_one_file),
	    cmocka_unit_test(test_folders_only),
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_long_list),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree_out", tests, NULL, NULL);
}
