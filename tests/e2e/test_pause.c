/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers that stand still: by a person's word, or for want of room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"
#include "tests/e2e/trees.h"

enum { FILE_SIZE = 48 * 1024 * 1024, ROOM = 32 };

/* Slow enough for a person to say something meanwhile. */
static void
begin(struct person *ana, struct person *beto)
{
	make_file(in_folder(ana->home, "large.bin"), FILE_SIZE, 5);
	person_type(ana, "/limit 2M");
	person_type(ana, text_of("/send %s/large.bin", ana->home));
	assert_true(person_sees(beto, "question: /accept"));
	person_type(beto, "/accept");
	assert_true(person_sees(ana, "%  "));
}

static void
arrives(struct person *ana, struct person *beto)
{
	assert_true(person_sees(ana, "beto received 'large.bin', verified"));
	assert_true(files_equal(in_folder(ana->home, "large.bin"),
	    in_folder(beto->downloads, "large.bin")));
	assert_int_equal(count_files(beto->downloads, NULL), 1);
}

static void
test_by_either_side(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	begin(&ana, &beto);
	person_type(&ana, "/pause");
	assert_true(person_sees(&beto, "paused by ana"));
	person_type(&beto, "/resume");
	assert_true(person_sees(&beto, "only they can go on"));
	person_type(&beto, "/pause");
	assert_true(person_sees(&ana, "'large.bin' paused by beto"));
	person_type(&ana, "/resume");
	assert_true(person_sees(&ana, "MB  paused by beto"));
	/* Both have to go on with it. */
	person_type(&beto, "still talking");
	assert_true(person_sees(&ana, "still talking"));
	person_type(&ana, "/limit off");
	person_type(&beto, "/resume");
	arrives(&ana, &beto);
	part(&ana, &beto);
}

/* A pause is a person's word: a lost link does not end it. */
static void
test_pause_outlives_the_link(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	begin(&ana, &beto);
	person_type(&ana, "/limit off");
	person_type(&ana, "/pause");
	assert_true(person_sees(&beto, "paused by ana"));
	person_dies(&beto);
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "connected with ana"));
	assert_true(person_sees(&beto, "paused by ana"));
	person_type(&ana, "/resume");
	arrives(&ana, &beto);
	part(&ana, &beto);
}

static char mounted[PATH_MAX + 16];

static int
unmount(void **state)
{
	(void)state;
	if (mounted[0] != '\0')
		umount2(mounted, MNT_DETACH);
	mounted[0] = '\0';
	return 0;
}

static bool
may_mount(void)
{
	if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return true;
	print_message("mounting is not allowed: skipped\n");
	return false;
}

/* They meet, and beto's downloads have ROOM MiB in all. */
static void
meet_with_small_disk(struct person *ana, struct person *beto)
{
	person_start(beto, "beto", NULL);
	assert_true(person_sees(beto, "waiting for a call"));
	assert_int_equal(mkdir(beto->downloads, 0700), 0);
	snprintf(mounted, sizeof(mounted), "%s", beto->downloads);
	assert_int_equal(mount("charla-test", mounted, "tmpfs", 0,
			     text_of("size=%dm,mode=0700", ROOM)),
	    0);
	person_call(ana, "ana", beto);
	assert_true(person_sees(beto, "ana knocks"));
	person_type(beto, "/accept");
	assert_true(person_sees(ana, "connected with beto"));
}

/* The disk over there is smaller than the file; then it is not any more. */
static void
test_full_disk(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	if (!may_mount())
		skip();
	meet_with_small_disk(&ana, &beto);
	make_file(in_folder(beto.downloads, "in the way"), 20 << 20, 1);
	assert_int_equal(mount("charla-test", mounted, "tmpfs", MS_REMOUNT,
			     "size=56m,mode=0700"),
	    0);
	begin(&ana, &beto);
	person_type(&ana, "/limit off");
	assert_true(person_sees(&beto, "paused: "));
	assert_true(person_sees(&beto, "of room missing"));
	assert_true(person_sees(&ana, "disk full on the other side, "));
	person_type(&ana, "no hurry");
	assert_true(person_sees(&beto, "ana: no hurry"));
	assert_int_equal(unlink(in_folder(beto.downloads, "in the way")), 0);
	arrives(&ana, &beto);
	part(&ana, &beto);
}

/* In the middle nobody may write there any more; then they may again. */
static void
test_read_only_disk(void **state)
{
	struct person ana = {0}, beto = {0};
	const char *room = text_of("size=%dm,mode=0700", 2 * ROOM);

	(void)state;
	if (!may_mount())
		skip();
	meet_with_small_disk(&ana, &beto);
	assert_int_equal(
	    mount("charla-test", mounted, "tmpfs", MS_REMOUNT, room), 0);
	begin(&ana, &beto);
	person_type(&ana, "/pause");
	assert_true(person_sees(&beto, "paused by ana"));
	/* A file that is open for writing keeps the disk as it is. */
	person_dies(&beto);
	assert_int_equal(mount("charla-test", mounted, "tmpfs",
			     MS_REMOUNT | MS_RDONLY, room),
	    0);
	person_call(&beto, "beto", &ana);
	person_type(&ana, "/limit off");
	person_type(&ana, "/resume");
	assert_true(person_sees(&beto, "paused: "));
	assert_true(person_sees(&ana, "paused: no permission there"));
	person_type(&ana, "no hurry");
	assert_true(person_sees(&beto, "ana: no hurry"));
	assert_int_equal(count_files(beto.downloads, "large.bin"), 0);
	assert_int_equal(
	    mount("charla-test", mounted, "tmpfs", MS_REMOUNT, room), 0);
	arrives(&ana, &beto);
	part(&ana, &beto);
}

/* The same for a tree of files that fit one by one. */
static void
test_full_disk_and_a_tree(void **state)
{
	struct person ana = {.cols = 120}, beto = {.cols = 120};

	(void)state;
	if (!may_mount())
		skip();
	meet_with_small_disk(&ana, &beto);
	assert_int_equal(mkdir(in_folder(ana.home, "doc"), 0700), 0);
	for (int i = 0; i < 12; i++)
		make_file(in_folder(ana.home, text_of("doc/%d.bin", i)),
		    2 << 20, (unsigned)i);
	make_file(in_folder(beto.downloads, "in the way"), 20 << 20, 1);
	person_type(&ana, text_of("/send %s/doc", ana.home));
	assert_true(person_sees(&beto, "question: /accept"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&beto, "of room missing"));
	assert_true(person_sees(&ana, "disk full on the other side, "));
	person_type(&ana, "no hurry");
	assert_true(person_sees(&beto, "ana: no hurry"));
	assert_int_equal(unlink(in_folder(beto.downloads, "in the way")), 0);
	assert_true(person_sees(&ana, "beto received 'doc/', verified"));
	assert_true(trees_equal(
	    in_folder(ana.home, "doc"), in_folder(beto.downloads, "doc")));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_by_either_side),
	    cmocka_unit_test(test_pause_outlives_the_link),
	    cmocka_unit_test_teardown(test_full_disk, unmount),
	    cmocka_unit_test_teardown(test_full_disk_and_a_tree, unmount),
	    cmocka_unit_test_teardown(test_read_only_disk, unmount),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
