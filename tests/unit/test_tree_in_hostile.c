/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nothing of a tree gets out of the download folder, and nothing that is
 * there, or outside, is opened, replaced or touched: whatever the list says,
 * whatever has the names, and whoever changes them meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"

/* An entry as it comes over the wire. */
static size_t
put_entry(uint8_t *out, enum entry_kind kind, const char *path, size_t len)
{
	memset(out, 0, 1 + 2 + 8 + 8 + 2);
	out[0] = (uint8_t)kind;
	out[2] = kind == ENTRY_FOLDER ? 0xff : 0xa4;
	out[19] = (uint8_t)(len >> 8);
	out[20] = (uint8_t)len;
	memcpy(out + 21, path, len);
	return 21 + len;
}

/* No such path gets into a list; so there is nothing to receive. */
static void
test_paths(void **state)
{
	static const struct {
		const char *path;
		size_t len;
	} cases[] = {
#define PATH(text) {text, sizeof(text) - 1}
	    PATH(""), PATH("."), PATH(".."), PATH("/"), PATH("../e"),
	    PATH("d/.."), PATH("d/../e"), PATH("d/../../e"), PATH("d/."),
	    PATH("d/./e"), PATH("d//e"), PATH("d/"), PATH("d/e/"),
	    PATH("/etc/passwd"), PATH("//tmp/a"), PATH("d/a\0b"), PATH("d/\0"),
	    PATH("d/a\n"), PATH("d/\x1b]0;x\x07"), PATH("d/\x7f"),
	    PATH("d/latin\xe9"), PATH("d/\xc0\xaf"),
	    PATH("d/\xc0\xae\xc0\xae/e"), PATH("d/\xed\xa0\x80"),
	    PATH("other/e"), /* its folder is not in the list */
#undef PATH
	};
	uint8_t bytes[1024];
	char longest[300];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "d/", 2);
	for (size_t i = 0; i <= COUNT(cases); i++) {
		const char *path = i < COUNT(cases) ? cases[i].path : longest;
		const size_t path_len = i < COUNT(cases) ? cases[i].len : 258;

		for (int kind = ENTRY_FILE; kind <= ENTRY_OTHER; kind++) {
			struct filelist *l = filelist_new();
			size_t len = put_entry(bytes, ENTRY_FOLDER, "d", 1);
			struct entry e = {.kind = (enum entry_kind)kind,
			    .path = path,
			    .path_len = path_len};

			assert_int_equal(filelist_feed(l, bytes, len), 0);
			len = put_entry(bytes, e.kind, path, path_len);
			assert_true(filelist_feed(l, bytes, len) < 0);
			assert_int_equal(filelist_count(l), 1);
			filelist_unref(l);

			l = filelist_new();
			assert_true(filelist_add(l, &e) < 0);
			assert_int_equal(filelist_count(l), 0);
			filelist_unref(l);
		}
	}
}

/* Outside: a folder with a file of the right name, size and bytes. */
struct outside {
	char *folder, *file, *other;
	struct stat was_folder, was_file, was_other;
	struct timespec read;
};

static void
outside_begin(struct outside *o, const char *scratch)
{
	/* Read long ago: so any reading shows, also with relatime. */
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 2}};

	o->folder = scratch_path(scratch, "outside");
	o->file = scratch_path(o->folder, "x");
	o->other = scratch_path(scratch, "other");
	assert_int_equal(mkdir(o->folder, 0700), 0);
	scratch_write(o->file, "canary", 6);
	scratch_write(o->other, "canary", 6);
	assert_int_equal(utimensat(AT_FDCWD, o->file, times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, o->other, times, 0), 0);
	assert_int_equal(lstat(o->folder, &o->was_folder), 0);
	assert_int_equal(lstat(o->file, &o->was_file), 0);
	assert_int_equal(lstat(o->other, &o->was_other), 0);
}

static void
outside_same(const struct outside *o)
{
	struct stat st;

	planted_same(&o->was_folder, o->folder);
	planted_same(&o->was_file, o->file);
	planted_same(&o->was_other, o->other);
	assert_int_equal(lstat(o->file, &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1);
	assert_int_equal(lstat(o->other, &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1);
}

static void
outside_end(struct outside *o)
{
	free(o->folder);
	free(o->file);
	free(o->other);
}

/*
 * s: a link to a folder outside with the same file in it; t: a link to a file
 * outside with the same bytes; the others: see planting.h.
 */
static void
plant_at(const struct outside *o, const char *path, char kind)
{
	if (kind == 's')
		assert_int_equal(symlink(o->folder, path), 0);
	else if (kind == 't')
		assert_int_equal(symlink(o->other, path), 0);
	else
		plant(path, kind, o->other);
}

static const char *const targets[] = {"d", "d/e", "d/e/f", "d/e/f/x"};

static void
make_above(struct growing *g, size_t target)
{
	char *path;

	assert_int_equal(mkdir(g->in, 0700), 0);
	for (size_t i = 0; i < target; i++) {
		path = growing_path(g, targets[i]);
		assert_int_equal(mkdir(path, 0700), 0);
		free(path);
	}
}

/* Where what was to be called targets[target] is: beside. */
static char *
beside(size_t target)
{
	char *at = str_dup("");

	for (size_t i = 0; i < COUNT(targets); i++)
		str_replace(&at, str_printf("%s%s%s%s", at, i > 0 ? "/" : "",
				     strrchr(targets[i], '/') != NULL
					 ? strrchr(targets[i], '/') + 1
					 : targets[i],
				     i == target ? " (1)" : ""));
	return at;
}

static void
receive_beside(struct growing *g, const struct outside *o, size_t target,
    char kind, unsigned number)
{
	const bool used = kind == 'd' && target + 1 < COUNT(targets);
	char *planted, *expected = beside(used ? SIZE_MAX : target);
	struct stat before;

	str_replace(
	    &g->in, str_printf("%s/in-%zu-%u", g->folder, target, number));
	make_above(g, target);
	planted = growing_path(g, targets[target]);
	plant_at(o, planted, kind);
	assert_int_equal(lstat(planted, &before), 0);

	growing_whole(g);
	assert_int_equal(g->stored, 1);
	assert_int_equal(g->claims, 0);
	assert_int_equal(g->counts.files, 1);
	growing_check_text(g, expected, "canary");
	if (!used)
		planted_same(&before, planted);
	outside_same(o);
	growing_forget(g);
	free(expected);
	free(planted);
}

/* Everything that can have a name, under each name that is wanted. */
static void
receive_among_planted(void)
{
	struct growing g;
	struct outside o;
	unsigned number = 0;

	growing_begin(&g);
	outside_begin(&o, g.folder);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/e/", "");
	growing_text(&g, "d/e/f/", "");
	growing_text(&g, "d/e/f/x", "canary");
	for (size_t i = 0; i < COUNT(targets); i++) {
		for (const char *kind = "stndpuf0"; *kind != '\0'; kind++)
			receive_beside(&g, &o, i, *kind, number++);
	}
	outside_end(&o);
	growing_end(&g);
}

static void
test_planted(void **state)
{
	(void)state;
	receive_among_planted();
}

static void
test_planted_without_linux(void **state)
{
	(void)state;
	if (!on_old_kernel(receive_among_planted))
		skip();
}

/* A link in a list is nothing that is made, nor anything gone through. */
static void
test_listed_link(void **state)
{
	struct growing g;
	struct outside o;
	struct filelist *l = filelist_new();
	uint8_t bytes[128];
	size_t len = put_entry(bytes, ENTRY_LINK, "d", 1);

	(void)state;
	len += put_entry(bytes + len, ENTRY_FILE, "d/x", 3);
	assert_true(filelist_feed(l, bytes, len) < 0);
	filelist_unref(l);

	growing_begin(&g);
	outside_begin(&o, g.folder);
	growing_text(&g, "l@", "");
	growing_text(&g, "x", "x");
	growing_whole_well(&g);
	assert_int_equal(scratch_count(g.in), 1);
	outside_same(&o);
	outside_end(&o);
	growing_end(&g);
}

enum { FLIPS = 100 * 1000 };

/* "d" is a folder, and then a link to a folder outside; and so on. */
struct racer {
	char *is, *other;
	atomic_bool over;
	atomic_uint flips;
};

static void
flip_slowly(const struct racer *r)
{
	char *third = str_printf("%s-third", r->other);

	(void)rename(r->is, third);
	(void)rename(r->other, r->is);
	(void)rename(third, r->other);
	free(third);
}

static void *
flip(void *arg)
{
	struct racer *r = arg;

	while (!atomic_load(&r->over)) {
		/* Where nothing can be exchanged, there is a gap between. */
		if (renameat2(AT_FDCWD, r->is, AT_FDCWD, r->other,
			RENAME_EXCHANGE) < 0)
			flip_slowly(r);
		atomic_fetch_add(&r->flips, 1);
	}
	return NULL;
}

static void
race(struct growing *g, const struct outside *o, struct racer *r)
{
	unsigned through = 0;

	for (unsigned i = 0; i < 200 || atomic_load(&r->flips) < FLIPS; i++) {
		const bool resume = i % 3 == 2;

		growing_open(g, resume);
		scratch_settle(g->disk);
		growing_send(g);
		if (i % 3 == 1) {
			growing_keep(g);
			continue;
		}
		growing_finish(g);
		through += g->stored > 0;
		growing_forget(g);
		if (i % 50 == 0)
			outside_same(o);
	}
	assert_true(through > 0);
}

static void
test_racer(void **state)
{
	struct growing g;
	struct outside o;
	struct racer r = {0};
	pthread_t thread;

	(void)state;
	growing_begin(&g);
	outside_begin(&o, g.folder);
	assert_int_equal(mkdir(g.in, 0700), 0);
	r.is = growing_path(&g, "d");
	r.other = scratch_path(g.folder, "flip");
	assert_int_equal(mkdir(r.is, 0700), 0);
	assert_int_equal(symlink(o.folder, r.other), 0);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/new", "new");
	growing_text(&g, "d/x", "canary");
	growing_text(&g, "y", "y");
	atomic_init(&r.over, false);
	assert_int_equal(pthread_create(&thread, NULL, flip, &r), 0);
	race(&g, &o, &r);
	atomic_store(&r.over, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	outside_same(&o);
	free(r.is);
	free(r.other);
	outside_end(&o);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_planted),
	    cmocka_unit_test(test_planted_without_linux),
	    cmocka_unit_test(test_listed_link),
	    cmocka_unit_test(test_racer),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree hostile", tests, NULL, NULL);
}
