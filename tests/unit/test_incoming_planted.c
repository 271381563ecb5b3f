/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What else may be called like a part that was left: somebody's things, a
 * part that another charla is at, whatever a name given to incoming_discard
 * leads to. Only what is ours is written to, or removed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/planting.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { SIZE = 300 * 1000, SOMEBODY = 54321 };

static void
open_planted(struct receiving *r, bool resume)
{
	if (resume) {
		receiving_reopen(r, "file", 8);
	} else {
		/* The same name, as if it had been drawn twice. */
		const struct incoming_config config =
		    receiving_config(r, "file", 8);

		r->incoming = incoming_new(&config);
	}
	receiving_write(r, (const uint8_t *)"changed!", 8);
	receiving_finish(r, "changed!", 8);
	assert_int_equal(r->failed, 1);
	assert_int_equal(r->ready + r->stored, 0);
}

/* Whatever has the part's name: if it is not the part, it is not touched. */
static void
resume_among_planted(void)
{
	struct stat before, outside_before;
	struct receiving r;
	char *part, *outside;

	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	incoming_part_name(r.part);
	part = receiving_part(&r);
	outside = scratch_path(r.folder, "outside");
	scratch_write(outside, "precious", 8);
	/* 'o' is somebody else's file. */
	for (const char *kind = "dsnpulof"; *kind != '\0'; kind++) {
		if (*kind == 'o' && geteuid() != 0)
			continue;
		plant(part, *kind, outside);
		if (*kind == 'o')
			assert_int_equal(chown(part, SOMEBODY, SOMEBODY), 0);
		assert_int_equal(lstat(part, &before), 0);
		assert_int_equal(lstat(outside, &outside_before), 0);
		/* A file of ours may be gone on with, but is not a new one. */
		for (int resume = 0; resume < (*kind == 'f' ? 1 : 2);
		     resume++) {
			open_planted(&r, resume != 0);
			assert_int_equal(r.why, WHY_DENIED);
			assert_non_null(strstr(r.reason.text, r.part));
			receiving_forget(&r);
			planted_same(&before, part);
		}
		/* Let go of before it was looked at. */
		if (*kind != 'f') {
			receiving_reopen(&r, "file", 8);
			receiving_forget(&r);
			planted_same(&before, part);
		}
		planted_same(&outside_before, outside);
		assert_int_equal(scratch_count(r.in), 1);
		assert_int_equal(remove(part), 0);
	}
	free(part);
	free(outside);
	receiving_end(&r);
}

static void
test_planted(void **state)
{
	(void)state;
	resume_among_planted();
}

static void
test_planted_without_linux(void **state)
{
	(void)state;
	if (!on_old_kernel(resume_among_planted))
		skip();
}

/*
 * Something else at every moment under both names; until it is killed. No
 * second names of a file: who may give it one may write to it anyway.
 */
static void
race(const char *part, const char *placed, const char *outside)
{
	/* Also where a failed check leaves it alone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		close(open(part, O_WRONLY | O_CREAT | O_EXCL, 0600));
		unlink(part);
		close(open(placed, O_WRONLY | O_CREAT | O_EXCL, 0600));
		(void)!symlink(outside, part);
		unlink(part);
		unlink(placed);
		mkfifo(part, 0600);
		mkfifo(placed, 0600);
		unlink(part);
		unlink(placed);
	}
}

static void
test_racer(void **state)
{
	struct receiving r;
	struct stat before;
	char *part, *placed, *outside, *content;
	size_t len;
	pid_t child;

	(void)state;
	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	incoming_part_name(r.part);
	part = receiving_part(&r);
	placed = scratch_path(r.in, "file");
	outside = scratch_path(r.folder, "outside");
	scratch_write(outside, "precious", 8);
	assert_int_equal(lstat(outside, &before), 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		race(part, placed, outside);
	for (int i = 0; i < 500; i++) {
		receiving_resume(&r, "file", 8);
		if (r.ready && r.offset < 8)
			receiving_write(&r, (const uint8_t *)"changed!",
			    8 - (size_t)r.offset);
		scratch_settle(r.disk);
		if (i % 2 == 0)
			receiving_keep(&r);
		else
			receiving_forget(&r);
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	content = scratch_read(outside, &len);
	assert_string_equal(content, "precious");
	planted_same(&before, outside);
	free(content);
	free(placed);
	free(part);
	free(outside);
	receiving_end(&r);
}

/* Another process has the part: it is theirs until they close it. */
static void
test_locked(void **state)
{
	uint8_t *bytes = scratch_bytes(SIZE, 103);
	struct receiving r;
	struct stat before;
	char *part;
	int fd;

	(void)state;
	receiving_begin(&r);
	receiving_open(&r, "file", SIZE);
	receiving_write(&r, bytes, SIZE / 2);
	scratch_settle(r.disk);
	part = receiving_part(&r);
	fd = open(part, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), -1);
	receiving_keep(&r);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
	assert_int_equal(lstat(part, &before), 0);

	receiving_resume(&r, "file", SIZE);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_DENIED);
	assert_non_null(strstr(r.reason.text, "another charla"));
	receiving_forget(&r);
	receiving_reopen(&r, "file", SIZE);
	receiving_forget(&r);
	incoming_discard(r.disk, r.in, r.part);
	scratch_settle(r.disk);
	planted_same(&before, part);

	close(fd);
	receiving_resume(&r, "file", SIZE);
	assert_int_equal(r.offset, SIZE / 2);
	fd = open(part, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), -1);
	close(fd);
	free(part);
	free(bytes);
	receiving_end(&r);
}

static void
check_discard(struct receiving *r, const char *name, bool removed)
{
	char *path = scratch_path(r->in, name);
	struct stat before;
	bool there = lstat(path, &before) == 0;

	incoming_discard(r->disk, r->in, name);
	scratch_settle(r->disk);
	if (removed)
		assert_int_equal(access(path, F_OK), -1);
	else if (there)
		planted_same(&before, path);
	free(path);
}

static void
test_discard(void **state)
{
	static const char *const others[] = {"file", ".charla-.part",
	    ".charla-0123456789abcde.part", ".charla-0123456789abcdef0.part",
	    ".charla-0123456789abcdeF.part", ".charla-0123456789abcdeg.part",
	    ".charla-0123456789abcdef", ".charla-0123456789abcdef.part~",
	    " .charla-0123456789abcdef.part", "charla-0123456789abcdef.part",
	    "sub/.charla-0123456789abcdef.part"};
	struct receiving r;
	char *path, *outside;

	(void)state;
	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	path = scratch_path(r.in, "sub");
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	for (size_t i = 0; i < COUNT(others); i++) {
		path = scratch_path(r.in, others[i]);
		scratch_write(path, "precious", 8);
		free(path);
		check_discard(&r, others[i], false);
	}
	check_discard(&r, "", false);
	check_discard(&r, ".", false);
	check_discard(&r, "..", false);
	check_discard(&r, "../in/.charla-0123456789abcdef.part", false);

	incoming_part_name(r.part);
	path = receiving_part(&r);
	outside = scratch_path(r.folder, "outside");
	scratch_write(outside, "precious", 8);
	/* An empty folder of ours may be one of a tree. */
	plant(path, 'd', outside);
	check_discard(&r, r.part, true);
	for (const char *kind = "snpulo"; *kind != '\0'; kind++) {
		if (*kind == 'o' && geteuid() != 0)
			continue;
		plant(path, *kind, outside);
		if (*kind == 'o')
			assert_int_equal(chown(path, SOMEBODY, SOMEBODY), 0);
		check_discard(&r, r.part, false);
		assert_int_equal(remove(path), 0);
	}
	plant(path, 'f', outside);
	check_discard(&r, r.part, true);
	/* It is gone, and so is the folder: nothing to say. */
	check_discard(&r, r.part, false);
	incoming_discard(r.disk, outside, r.part);
	incoming_discard(r.disk, "/nowhere", r.part);
	scratch_settle(r.disk);
	assert_int_equal(scratch_count(r.in), COUNT(others));
	free(path);
	free(outside);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_planted),
	    cmocka_unit_test(test_planted_without_linux),
	    cmocka_unit_test(test_racer),
	    cmocka_unit_test(test_locked),
	    cmocka_unit_test(test_discard),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("planted", tests, NULL, NULL);
}
