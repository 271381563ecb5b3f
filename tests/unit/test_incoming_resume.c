/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file whose part was left goes on where it was, with the right bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { BLOCK = 256 * 1024, MIB = 1024 * 1024 };

/* Receive so much of a file of size bytes, and leave it. */
static void
begin(struct receiving *r, const uint8_t *bytes, size_t cut, size_t size)
{
	char *part;
	struct stat st;

	receiving_open(r, "file", size);
	receiving_write(r, bytes, cut);
	scratch_settle(r->disk);
	assert_int_equal(r->drained, cut);
	receiving_keep(r);
	part = receiving_part(r);
	assert_int_equal(lstat(part, &st), 0);
	assert_int_equal(st.st_size, cut);
	free(part);
}

/* It goes on behind these bytes. */
static void
check_ready(const struct receiving *r, const uint8_t *bytes, size_t offset)
{
	XXH128_canonical_t hash = {{0}};

	if (offset > 0)
		XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes, offset));
	assert_int_equal(r->failed, 0);
	assert_int_equal(r->ready, 1);
	assert_int_equal(r->offset, offset);
	assert_memory_equal(r->hash, hash.digest, WIRE_HASH_LEN);
}

/* The rest comes, and then it is the whole file and nothing else. */
static void
complete(struct receiving *r, const uint8_t *bytes, size_t size)
{
	receiving_write(r, bytes + r->offset, size - r->offset);
	receiving_finish(r, bytes, size);
	receiving_check(r, "file", bytes, size);
	assert_int_equal(scratch_count(r->in), 1);
	assert_int_equal(unlink(r->path), 0);
	receiving_forget(r);
}

static void
test_every_cut(void **state)
{
	static const size_t sizes[] = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1,
	    MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + BLOCK + 17};
	static const size_t cuts[] = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1,
	    MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + BLOCK + 16};
	uint8_t *bytes = scratch_bytes(4 * MIB, 31);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(sizes) * COUNT(cuts); i++) {
		const size_t size = sizes[i / COUNT(cuts)];
		const size_t cut = cuts[i % COUNT(cuts)];

		if (cut > size)
			continue;
		begin(&r, bytes, cut, size);
		receiving_resume(&r, "file", size);
		check_ready(&r, bytes, cut);
		complete(&r, bytes, size);
	}
	free(bytes);
	receiving_end(&r);
}

/* Again and again, a little more each time. */
static void
test_many_times(void **state)
{
	const size_t size = 2 * MIB, step = 300 * 1000;
	uint8_t *bytes = scratch_bytes(size, 37);
	struct receiving r;
	size_t at;

	(void)state;
	receiving_begin(&r);
	begin(&r, bytes, step, size);
	for (at = step; at + step < size; at += step) {
		receiving_resume(&r, "file", size);
		check_ready(&r, bytes, at);
		receiving_write(&r, bytes + at, step);
		receiving_keep(&r);
	}
	/* One time nothing comes at all. */
	receiving_resume(&r, "file", size);
	receiving_keep(&r);
	receiving_resume(&r, "file", size);
	check_ready(&r, bytes, at);
	complete(&r, bytes, size);
	free(bytes);
	receiving_end(&r);
}

/* What was handed over is kept, wherever it was when the link was lost. */
static void
test_kept_whole(void **state)
{
	static const size_t cuts[] = {1, BLOCK, 3 * BLOCK + 5, 2 * MIB};
	uint8_t *bytes = scratch_bytes(2 * MIB, 41);
	XXH128_canonical_t hash;
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(cuts); i++) {
		receiving_open(&r, "file", 2 * MIB);
		receiving_write(&r, bytes, cuts[i]);
		receiving_keep(&r);
		receiving_resume(&r, "file", 2 * MIB);
		check_ready(&r, bytes, cuts[i]);
		complete(&r, bytes, 2 * MIB);
	}
	/* And when everything was there; whether it got its name is luck. */
	XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes, 2 * MIB));
	receiving_open(&r, "file", 2 * MIB);
	receiving_write(&r, bytes, 2 * MIB);
	incoming_finish(r.incoming, hash.digest);
	receiving_keep(&r);
	receiving_resume(&r, "file", 2 * MIB);
	check_ready(&r, bytes, 2 * MIB);
	complete(&r, bytes, 2 * MIB);
	free(bytes);
	receiving_end(&r);
}

/* Other bytes than were written: the hash tells, and it begins anew. */
static void
test_other_bytes(void **state)
{
	static const size_t places[] = {0, MIB - 1, MIB + BLOCK - 1};
	const size_t cut = MIB + BLOCK, size = 2 * MIB + 3;
	uint8_t *bytes = scratch_bytes(size, 43);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(places); i++) {
		XXH128_canonical_t hash;
		char *part;
		int fd;

		begin(&r, bytes, cut, size);
		part = receiving_part(&r);
		fd = open(part, O_WRONLY | O_CLOEXEC);
		assert_int_equal(
		    pwrite(fd, &(char){(char)(bytes[places[i]] ^ 1)}, 1,
			(off_t)places[i]),
		    1);
		close(fd);
		free(part);

		receiving_resume(&r, "file", size);
		assert_int_equal(r.offset, cut);
		XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes, cut));
		assert_memory_not_equal(r.hash, hash.digest, WIRE_HASH_LEN);
		incoming_restart(r.incoming);
		r.offset = 0;
		complete(&r, bytes, size);
	}

	/* Nobody asks for a new beginning: it is found out at the end. */
	begin(&r, bytes + 1, cut, size);
	receiving_resume(&r, "file", size);
	receiving_write(&r, bytes + cut, size - cut);
	receiving_finish(&r, bytes, size);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_HASH);
	assert_int_equal(scratch_count(r.in), 0);
	free(bytes);
	receiving_end(&r);
}

/* A new beginning is one also when the part then stays once more. */
static void
test_restart_is_kept(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 47);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	begin(&r, bytes + 1, MIB - 1, MIB);
	receiving_resume(&r, "file", MIB);
	incoming_restart(r.incoming);
	receiving_write(&r, bytes, 10);
	receiving_keep(&r);
	receiving_resume(&r, "file", MIB);
	check_ready(&r, bytes, 10);
	complete(&r, bytes, MIB);
	free(bytes);
	receiving_end(&r);
}

/* More than the file can have: ours, but not worth looking at. */
static void
test_larger_than_agreed(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 53);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t size = 0; size < MIB; size = size * 4 + 1) {
		begin(&r, bytes, size + 1, MIB);
		receiving_resume(&r, "file", size);
		check_ready(&r, bytes, 0);
		complete(&r, bytes, size);
	}
	free(bytes);
	receiving_end(&r);
}

static void
test_part_is_gone(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 59);
	struct receiving r;
	struct stat st;
	char *part;

	(void)state;
	receiving_begin(&r);
	begin(&r, bytes, BLOCK, MIB);
	part = receiving_part(&r);
	assert_int_equal(unlink(part), 0);
	receiving_resume(&r, "file", MIB);
	check_ready(&r, bytes, 0);
	/* Under the same name, so that it can be found again. */
	assert_int_equal(lstat(part, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	complete(&r, bytes, MIB);
	free(part);
	free(bytes);
	receiving_end(&r);
}

/* The folder was moved away: what is there now is the folder. */
static void
test_folder_is_gone(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 61);
	struct receiving r;
	char *moved;

	(void)state;
	receiving_begin(&r);
	moved = scratch_path(r.folder, "moved");
	begin(&r, bytes, BLOCK, MIB);
	assert_int_equal(rename(r.in, moved), 0);
	receiving_resume(&r, "file", MIB);
	check_ready(&r, bytes, 0);
	assert_int_equal(scratch_count(moved), 1);

	/* Moved while it is written to: it goes along. */
	scratch_free(moved);
	moved = scratch_path(r.folder, "moved");
	assert_int_equal(rename(r.in, moved), 0);
	assert_int_equal(mkdir(r.in, 0700), 0);
	receiving_write(&r, bytes, MIB);
	receiving_finish(&r, bytes, MIB);
	assert_int_equal(r.stored, 1);
	assert_int_equal(scratch_count(r.in), 0);
	assert_int_equal(scratch_count(moved), 1);

	/* Back again, with what was there. */
	receiving_forget(&r);
	begin(&r, bytes, BLOCK, MIB);
	str_replace(&r.in, scratch_path(r.folder, "again"));
	free(moved);
	moved = scratch_path(r.folder, "in");
	assert_int_equal(rename(moved, r.in), 0);
	receiving_resume(&r, "file", MIB);
	check_ready(&r, bytes, BLOCK);
	complete(&r, bytes, MIB);
	free(moved);
	free(bytes);
	receiving_end(&r);
}

/* It may have been made ready for its name: then it is private again. */
static void
test_private_again(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 67);
	struct receiving r;
	struct stat st;
	char *part;

	(void)state;
	receiving_begin(&r);
	begin(&r, bytes, BLOCK, MIB);
	part = receiving_part(&r);
	assert_int_equal(chmod(part, 0644), 0);
	receiving_resume(&r, "file", MIB);
	assert_int_equal(lstat(part, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	complete(&r, bytes, MIB);
	free(part);
	free(bytes);
	receiving_end(&r);
}

/* What is there already needs no room. */
static void
test_room(void **state)
{
	const size_t size = 2 * MIB + MIB / 2;
	uint8_t *bytes = scratch_bytes(size, 71);
	struct receiving r;
	char *other;

	(void)state;
	receiving_begin(&r);
	if (!receiving_small_disk(&r)) {
		free(bytes);
		receiving_end(&r);
		skip();
	}
	begin(&r, bytes, 2 * MIB, size);
	receiving_resume(&r, "file", size);
	check_ready(&r, bytes, 2 * MIB);
	complete(&r, bytes, size);

	/* A whole file is no help where all of it has to come again. */
	receiving_whole(&r, "file", bytes, size);
	receiving_keep(&r);
	receiving_resume(&r, "file", size);
	assert_int_equal(r.offset, size);
	incoming_restart(r.incoming);
	scratch_settle(r.disk);
	receiving_check_stuck(&r, 1, WHY_DISK_FULL, "are missing");
	receiving_forget(&r);
	assert_int_equal(scratch_count(r.in), 1);
	other = scratch_path(r.in, "file");
	assert_int_equal(unlink(other), 0);
	free(other);

	/* But the rest does. */
	begin(&r, bytes, 2 * MIB, size);
	other = scratch_path(r.in, "other");
	scratch_write(other, bytes, 3 * BLOCK);
	receiving_resume(&r, "file", size);
	receiving_check_stuck(&r, 1, WHY_DISK_FULL, "262.1 kB are missing");
	assert_int_equal(r.missing, BLOCK);
	assert_int_equal(unlink(other), 0);
	receiving_retry(&r);
	assert_int_equal(r.unstuck, 1);
	check_ready(&r, bytes, 2 * MIB);
	complete(&r, bytes, size);
	free(other);
	free(bytes);
	assert_int_equal(umount(r.in), 0);
	receiving_end(&r);
}

/* Let go of at any moment, with or without what is there. */
static void
test_let_go(void **state)
{
	const size_t size = 6 * MIB, cut = 5 * MIB;
	uint8_t *bytes = scratch_bytes(size, 73);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (unsigned i = 0; i < 8; i++) {
		const bool keep = (i & 1) != 0;
		const unsigned stage = i / 2;

		begin(&r, bytes, cut, size);
		/* Stage 3 is ready; the others hear of nothing any more. */
		if (stage == 3)
			receiving_resume(&r, "file", size);
		else
			receiving_reopen(&r, "file", size);
		for (unsigned turn = 0; turn < stage && stage < 3; turn++)
			scratch_turn(r.disk);
		incoming_free(r.incoming, keep);
		r.incoming = NULL;
		scratch_settle(r.disk);
		assert_int_equal(r.ready, stage == 3);
		assert_int_equal(scratch_count(r.in), keep);
		receiving_forget(&r);
		if (keep) {
			receiving_resume(&r, "file", size);
			check_ready(&r, bytes, cut);
			receiving_forget(&r);
		}
		assert_int_equal(scratch_count(r.in), 0);
	}
	free(bytes);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_many_times),
	    cmocka_unit_test(test_kept_whole),
	    cmocka_unit_test(test_other_bytes),
	    cmocka_unit_test(test_restart_is_kept),
	    cmocka_unit_test(test_larger_than_agreed),
	    cmocka_unit_test(test_part_is_gone),
	    cmocka_unit_test(test_folder_is_gone),
	    cmocka_unit_test(test_private_again),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("resume", tests, NULL, NULL);
}
