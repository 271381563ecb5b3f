/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Something else stands already under the name of what comes; or the name was
 * typed, and is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/meeting.h"

/* The canary at ana's home is as long: it might be taken for the file. */
enum { SIZE = 1000, LIST_MAX = 4096 };

static const char bytes[SIZE] = "not the canary";

enum plant { PIPE, LINK, LINK_TO_NOTHING, SOCKET, FOLDER, PLANTS };
static const char *const plants[] = {
    "a pipe", "a link", "a link to nothing", "a socket", "a folder"};

static void
plant_socket(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(strlen(path) < sizeof(a.sun_path));
	memcpy(a.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);
}

static void
plant_it(const struct scene *s, enum plant plant, const char *path)
{
	if (plant == PIPE)
		assert_int_equal(mkfifo(path, 0644), 0);
	else if (plant == LINK)
		assert_int_equal(
		    symlink(in_folder(s->ana.home, "canary"), path), 0);
	else if (plant == LINK_TO_NOTHING)
		assert_int_equal(
		    symlink(in_folder(s->ana.home, "nothing"), path), 0);
	else if (plant == SOCKET)
		plant_socket(path);
	else
		assert_int_equal(mkdir(path, 0755), 0);
}

static void
check_bytes(const char *path)
{
	char there[SIZE + 1];
	struct stat st;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(there, 1, sizeof(there), f), SIZE);
	fclose(f);
	assert_memory_equal(there, bytes, SIZE);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void
test_file(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (enum plant plant = 0; plant < PLANTS; plant++) {
		const char *path = in_folder(s.ana.downloads, "planted.txt");
		const char *got = in_folder(s.ana.downloads, "planted (1).txt");
		uint32_t id = scene_offers(&s, "planted.txt", SIZE);
		char *before;

		print_message("%s\n", plants[plant]);
		plant_it(&s, plant, path);
		before = picture_of(s.ana.home, true);
		scene_accepts(&s);
		scene_sends(&s, id, bytes, SIZE);
		assert_true(scene_arrives(&s, id));
		check_bytes(got);
		unlink(got);
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, true)));
		assert_int_equal(remove(path), 0);
	}
	stranger_talks(s.mallory, &s.ana);
	scene_close(&s);
}

/* "FOLDER" and "FOLDER/FILE" arrive; nothing of it is there already. */
static void
give_tree(struct scene *s, const char *folder, const char *file)
{
	const char *path = text_of("%s/%s", folder, file);
	struct stream st;
	struct buf list;
	uint32_t id;

	buf_init(&list, LIST_MAX);
	stream_init(&st);
	list_put(&list, ENTRY_FOLDER, 0, folder, strlen(folder));
	list_put(&list, ENTRY_FILE, SIZE, path, strlen(path));
	stream_file(&st, bytes, SIZE);
	id = scene_offers_tree(s, &list, 2, SIZE);
	scene_accepts(s);
	scene_is_accepted(s, id, NULL);
	/* A claim would have told the hash of what the link leads to. */
	assert_int_equal(scene_hears_claims(s, id, 2), 0);
	scene_sends_stream(s, id, buf_len(&list), &st);
	assert_true(scene_arrives(s, id));
	stream_release(&st);
	buf_release(&list);
}

static void
test_file_of_a_tree(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	for (enum plant plant = 0; plant < PLANTS; plant++) {
		const char *path = in_folder(s.ana.downloads, "sub/planted");
		const char *got = in_folder(s.ana.downloads, "sub/planted (1)");
		char *before;

		print_message("%s\n", plants[plant]);
		plant_it(&s, plant, path);
		before = picture_of(s.ana.home, true);
		give_tree(&s, "sub", "planted");
		check_bytes(got);
		unlink(got);
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, true)));
		assert_int_equal(remove(path), 0);
	}
	stranger_talks(s.mallory, &s.ana);
	scene_close(&s);
}

/* A link to a folder outside is no folder: what belongs in it goes beside. */
static void
test_folder_of_a_tree(void **state)
{
	struct scene s;
	const char *outside, *path, *got;
	char *before;

	(void)state;
	scene_open(&s);
	outside = in_folder(s.ana.home, "outside");
	path = in_folder(s.ana.downloads, "tree");
	assert_int_equal(mkdir(outside, 0755), 0);
	make_file(in_folder(outside, "file"), SIZE, 4);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    symlink(i == 0 ? outside : "../nothing", path), 0);
		before = picture_of(s.ana.home, true);
		give_tree(&s, "tree", "file");
		got = in_folder(s.ana.downloads, "tree (1)/file");
		check_bytes(got);
		unlink(got);
		assert_int_equal(
		    rmdir(in_folder(s.ana.downloads, "tree (1)")), 0);
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, true)));
		assert_int_equal(unlink(path), 0);
	}
	stranger_talks(s.mallory, &s.ana);
	scene_close(&s);
}

static void
test_names_that_are_typed(void **state)
{
	static const char *const bad[] = {"../e", "/tmp/a", "sub/e", "e/", ".",
	    "..", "\"\"", "''", "./e", "../../e"};
	struct scene s;
	char *before, huge[300];
	uint32_t id;

	(void)state;
	scene_open(&s);
	before = picture_of(s.ana.home, true);
	id = scene_offers(&s, "typed.txt", SIZE);
	assert_true(person_sees(&s.ana, "question: /accept"));
	for (size_t i = 0; i < COUNT(bad); i++) {
		scene_clears(&s);
		person_type(&s.ana, text_of("/accept 2 as %s", bad[i]));
		assert_true(person_sees(&s.ana, "no file can have that name"));
		assert_true(scene_has_lines(&s, 1));
	}
	memset(huge, 'n', sizeof(huge));
	huge[256] = '\0';
	scene_clears(&s);
	person_type(&s.ana, text_of("/accept 2 as %s", huge));
	assert_true(person_sees(&s.ana, "no file can have that name"));
	/* No name, no folder, or a number that nobody asked about. */
	static const char *const none[] = {"/accept 2 as", "/accept 2 as ",
	    "/accept 2 to", "/accept 2 to \"\"", "/accept 99 as x",
	    "/accept 99 to x", "/accept -1 as x"};
	for (size_t i = 0; i < COUNT(none); i++) {
		scene_clears(&s);
		person_type(&s.ana, none[i]);
		assert_true(scene_has_lines(&s, 1));
	}
	assert_int_equal(stranger_heard(s.mallory, FRAME_ANSWER, id), 0);
	assert_true(person_sees(&s.ana, "question: /accept"));
	assert_true(pictures_equal(before, picture_of(s.ana.home, true)));
	person_type(&s.ana, "/accept 2 as good.txt");
	scene_sends(&s, id, bytes, SIZE);
	assert_true(scene_arrives(&s, id));
	check_bytes(in_folder(s.ana.downloads, "good.txt"));
	scene_close(&s);
}

/* A file is no folder, nor is a link to nothing. */
static void
test_folders_that_are_typed(void **state)
{
	static const char *const bad[] = {"canary", "canary/sub", "dangling"};
	struct scene s;

	(void)state;
	scene_open(&s);
	assert_int_equal(
	    symlink("nothing", in_folder(s.ana.home, "dangling")), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		char *before = picture_of(s.ana.home, false);
		uint32_t id = scene_offers(&s, "typed.txt", SIZE);
		struct frame f = {.type = FRAME_CANCEL};

		assert_true(person_sees(&s.ana, "question: /accept"));
		person_type(&s.ana, text_of("/accept %d to %s/%s", (int)i + 2,
					s.ana.home, bad[i]));
		assert_true(person_sees_no(&s.ana, "question: /accept"));
		assert_true(person_sees(&s.ana, bad[i]));
		f.cancel.id = id;
		f.cancel.mine = 1;
		f.cancel.why = WHY_PERSON;
		stranger_says(s.mallory, &f);
		stranger_talks(s.mallory, &s.ana);
		assert_true(person_sees_no(&s.ana, "verified"));
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, false)));
		scene_clears(&s);
	}
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_file),
	    cmocka_unit_test(test_file_of_a_tree),
	    cmocka_unit_test(test_folder_of_a_tree),
	    cmocka_unit_test(test_names_that_are_typed),
	    cmocka_unit_test(test_folders_that_are_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
