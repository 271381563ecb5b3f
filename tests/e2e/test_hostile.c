/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that lead astray, through every way a name can come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/meeting.h"

enum { PATH_ROOM = 1024, LIST_MAX = 64 * 1024 };

static const char five[] = "hola\n";
enum { FIVE = sizeof(five) - 1 };

/* What is, or is not, where the names of the corpus lead out of the home. */
static char *
outside_of(const struct scene *s)
{
	const char *const paths[] = {
	    "/etc/passwd", "/tmp/a", "/e", in_folder(s->ana.home, "../e")};
	char *text = str_dup("");

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct stat st = {0};
		const bool there = lstat(paths[i], &st) == 0;

		str_replace(
		    &text, str_printf("%s%s: %d, %llu, %lld\n", text, paths[i],
			       there, (unsigned long long)st.st_ino,
			       (long long)st.st_mtim.tv_sec));
	}
	return text;
}

/* The world before something happens, and whether it is the same after. */
struct before {
	char *home, *outside;
	bool loose;
};

static struct before
look(const struct scene *s, bool loose)
{
	return (struct before){
	    picture_of(s->ana.home, loose), outside_of(s), loose};
}

static void
check_same(const struct scene *s, struct before *b)
{
	assert_true(pictures_equal(b->home, picture_of(s->ana.home, b->loose)));
	assert_true(pictures_equal(b->outside, outside_of(s)));
}

/* A name that is longer than a name can be breaks the frame itself. */
static void
frame_is_refused(struct scene *s)
{
	assert_true(stranger_hears(s->mallory, FRAME_BYE, 0, NULL));
	assert_true(person_sees(&s->ana, "not charla's language"));
	assert_true(stranger_is_out(s->mallory));
	assert_true(scene_has_lines(s, 1));
	stranger_meets(s->mallory, &s->ana);
}

static void
test_bad_offer(void **state)
{
	struct scene s;
	size_t count;
	const struct hostile_name *names = hostile_names(&count);

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < count; i++) {
		const struct hostile_name *n = &names[i];
		struct frame_offer offer;
		struct before before;

		if (n->legal)
			continue;
		print_message("%s\n", n->label);
		scene_clears(&s);
		before = look(&s, false);
		offer = scene_offer(&s, n->name, n->len, FIVE);
		stranger_offers(s.mallory, &offer);
		if (n->len > WIRE_NAME_MAX) {
			frame_is_refused(&s);
		} else {
			assert_int_equal(
			    stranger_hears_why(s.mallory, offer.id), WHY_NAME);
			assert_true(person_sees(&s.ana, "refused"));
			assert_true(scene_has_lines(&s, 1));
		}
		scene_shows_nothing_of(&s, n);
		stranger_talks(s.mallory, &s.ana);
		check_same(&s, &before);
	}
	scene_close(&s);
}

/* The places in a list where a name can stand. */
enum place { PLACE_FILE, PLACE_FOLDER, PLACE_INSIDE, PLACES };

static uint32_t
offer_list(struct scene *s, const struct hostile_name *n, enum place place)
{
	char path[PATH_ROOM] = "tree/";
	struct buf list;
	uint32_t id, entries = 1;
	uint64_t size = FIVE;

	buf_init(&list, LIST_MAX);
	if (place == PLACE_FILE) {
		list_put(&list, ENTRY_FILE, FIVE, n->name, n->len);
	} else if (place == PLACE_FOLDER) {
		list_put(&list, ENTRY_FOLDER, 0, n->name, n->len);
		size = 0;
	} else {
		memcpy(path + 5, n->name, n->len);
		list_put(&list, ENTRY_FOLDER, 0, "tree", 4);
		list_put(&list, ENTRY_FILE, FIVE, path, 5 + n->len);
		entries = 2;
	}
	id = scene_offers_tree(s, &list, entries, size);
	buf_release(&list);
	return id;
}

static void
test_bad_tree(void **state)
{
	struct scene s;
	size_t count;
	const struct hostile_name *names = hostile_names(&count);

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < count; i++) {
		const struct hostile_name *n = &names[i];
		struct before before;

		if (n->legal)
			continue;
		print_message("%s\n", n->label);
		before = look(&s, false);
		for (enum place place = 0; place < PLACES; place++) {
			scene_clears(&s);
			assert_int_equal(stranger_hears_why(s.mallory,
					     offer_list(&s, n, place)),
			    WHY_NAME);
			assert_true(person_sees(&s.ana, "refused"));
			assert_true(scene_has_lines(&s, 1));
			scene_shows_nothing_of(&s, n);
		}
		stranger_talks(s.mallory, &s.ana);
		check_same(&s, &before);
	}
	scene_close(&s);
}

/* It is there with these bytes, and takes no right to run; then it goes. */
static void
take_away(const char *path)
{
	char bytes[FIVE + 1] = "";
	struct stat st;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fread(bytes, 1, sizeof(bytes), f), FIVE);
	fclose(f);
	assert_string_equal(bytes, five);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07111, 0);
	assert_int_equal(unlink(path), 0);
}

static void
test_legal_offer(void **state)
{
	struct scene s;
	size_t count;
	const struct hostile_name *names = hostile_names(&count);

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < count; i++) {
		const struct hostile_name *n = &names[i];
		struct before before;
		uint32_t id;

		if (!n->legal)
			continue;
		print_message("%s\n", n->label);
		scene_clears(&s);
		before = look(&s, true);
		id = scene_offers(&s, n->name, FIVE);
		scene_accepts(&s);
		scene_sends(&s, id, five, FIVE);
		assert_true(scene_arrives(&s, id));
		take_away(in_folder(s.ana.downloads, n->name));
		check_same(&s, &before);
		scene_shows_nothing_of(&s, n);
	}
	stranger_talks(s.mallory, &s.ana);
	scene_close(&s);
}

/* NAME/NAME; where NAME is a path itself, only that. */
static void
give_tree(struct scene *s, const char *path)
{
	const size_t folder_len = (size_t)(strrchr(path, '/') - path);
	struct stream st;
	struct buf list;
	uint32_t id;

	buf_init(&list, LIST_MAX);
	stream_init(&st);
	list_put(&list, ENTRY_FOLDER, 0, path, folder_len);
	list_put(&list, ENTRY_FILE, FIVE, path, strlen(path));
	stream_file(&st, five, FIVE);
	id = scene_offers_tree(s, &list, 2, FIVE);
	scene_accepts(s);
	scene_is_accepted(s, id, NULL);
	assert_int_equal(scene_hears_claims(s, id, 2), 0);
	scene_sends_stream(s, id, buf_len(&list), &st);
	assert_true(scene_arrives(s, id));
	stream_release(&st);
	buf_release(&list);
}

static void
test_legal_tree(void **state)
{
	struct scene s;
	size_t count;
	const struct hostile_name *names = hostile_names(&count);

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < count; i++) {
		const struct hostile_name *n = &names[i];
		char path[PATH_ROOM];
		struct before before;

		if (!n->as_path)
			continue;
		print_message("%s\n", n->label);
		scene_clears(&s);
		before = look(&s, true);
		snprintf(path, sizeof(path), "%s%s%s", n->name,
		    n->legal ? "/" : "", n->legal ? n->name : "");
		give_tree(&s, path);
		take_away(in_folder(s.ana.downloads, path));
		if (n->legal)
			assert_int_equal(
			    rmdir(in_folder(s.ana.downloads, n->name)), 0);
		check_same(&s, &before);
		scene_shows_nothing_of(&s, n);
	}
	stranger_talks(s.mallory, &s.ana);
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_offer),
	    cmocka_unit_test(test_bad_tree),
	    cmocka_unit_test(test_legal_offer),
	    cmocka_unit_test(test_legal_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
