/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a file that was lost is read again, and when it need not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/source.h"
#include "src/base/util.h"
#include "tests/unit/scratch.h"

enum { SIZE = 10000, HALF = SIZE / 2, LITTLE = 1000 };

struct scene {
	char *folder, *path;
	uint8_t *bytes;
	uint8_t *read;
	struct source source;
};

static int
attach(struct scene *sc)
{
	return source_attach(
	    &sc->source, open(sc->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

static int
settle(struct scene *sc)
{
	size_t budget = SIZE;

	return source_settle(&sc->source, &budget);
}

static void
begin(struct scene *sc)
{
	struct stat st;

	sc->folder = scratch_new();
	sc->path = scratch_path(sc->folder, "file");
	sc->bytes = scratch_bytes(SIZE, 3);
	sc->read = mem_alloc(SIZE);
	scratch_write(sc->path, sc->bytes, SIZE);
	scratch_set_mtime(sc->path, 100, 7);
	assert_int_equal(stat(sc->path, &st), 0);
	source_init(&sc->source);
	source_begin(&sc->source, SIZE, source_mtime_ns(&st));
}

static void
end(struct scene *sc)
{
	source_release(&sc->source);
	free(sc->read);
	free(sc->bytes);
	free(sc->path);
	scratch_free(sc->folder);
}

static void
read_half(struct scene *sc)
{
	assert_int_equal(attach(sc), 0);
	assert_int_equal(settle(sc), 0);
	assert_int_equal(source_read(&sc->source, sc->read, HALF), 0);
	assert_memory_equal(sc->read, sc->bytes, HALF);
}

static void
read_rest(struct scene *sc)
{
	XXH128_canonical_t hash;
	uint8_t told[WIRE_HASH_LEN];

	assert_int_equal(sc->source.got, HALF);
	assert_int_equal(source_read(&sc->source, sc->read, HALF), 0);
	assert_memory_equal(sc->read, sc->bytes + HALF, HALF);
	assert_int_equal(source_finish(&sc->source, told), 0);
	XXH128_canonicalFromHash(&hash, XXH3_128bits(sc->bytes, SIZE));
	assert_memory_equal(told, hash.digest, WIRE_HASH_LEN);
}

/* It went, and is back: nothing is read twice. */
static void
test_the_very_same(void **state)
{
	struct scene sc;
	char *away;

	(void)state;
	begin(&sc);
	read_half(&sc);
	source_let_go(&sc.source);
	away = scratch_path(sc.folder, "away");
	assert_int_equal(rename(sc.path, away), 0);
	assert_int_equal(attach(&sc), ERR_IO);
	assert_int_equal(sc.source.error, ENOENT);
	assert_int_equal(source_why(&sc.source), WHY_GONE);
	source_let_go(&sc.source);
	assert_int_equal(rename(away, sc.path), 0);
	assert_int_equal(attach(&sc), 0);
	assert_true(sc.source.settled);
	assert_int_equal(sc.source.got, HALF);
	read_rest(&sc);
	free(away);
	end(&sc);
}

/* Another file with the same bytes is read up to there, bit by bit. */
static void
test_another(void **state)
{
	struct scene sc;
	size_t turns = 0;
	char *other;

	(void)state;
	begin(&sc);
	read_half(&sc);
	source_let_go(&sc.source);
	other = scratch_path(sc.folder, "other");
	scratch_write(other, sc.bytes, SIZE);
	scratch_set_mtime(other, 100, 7);
	assert_int_equal(rename(other, sc.path), 0);
	assert_int_equal(attach(&sc), 0);
	for (;;) {
		size_t budget = LITTLE;
		int r = source_settle(&sc.source, &budget);

		turns++;
		if (r == 0)
			break;
		assert_int_equal(r, ERR_AGAIN);
		assert_int_equal(budget, 0);
		/* Lost while it is compared, it is compared again. */
		if (turns == 2) {
			source_let_go(&sc.source);
			assert_int_equal(attach(&sc), 0);
			assert_false(sc.source.settled);
			assert_int_equal(sc.source.got, 0);
		}
	}
	assert_int_equal(turns, 2 + HALF / LITTLE);
	read_rest(&sc);
	free(other);
	end(&sc);
}

/* It was seen with another time: then even the very same is read again. */
static void
test_doubted(void **state)
{
	struct scene sc;
	int fd;

	(void)state;
	begin(&sc);
	read_half(&sc);
	source_let_go(&sc.source);
	scratch_set_mtime(sc.path, 200, 7);
	assert_int_equal(attach(&sc), ERR_IO);
	assert_int_equal(sc.source.error, SOURCE_CHANGED);
	source_let_go(&sc.source);
	fd = open(sc.path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "!", 1, 0), 1);
	scratch_set_mtime(sc.path, 100, 7);
	assert_int_equal(attach(&sc), 0);
	assert_false(sc.source.settled);
	assert_int_equal(settle(&sc), ERR_IO);
	assert_int_equal(sc.source.error, SOURCE_CHANGED);
	source_let_go(&sc.source);
	assert_int_equal(pwrite(fd, sc.bytes, 1, 0), 1);
	close(fd);
	scratch_set_mtime(sc.path, 100, 7);
	assert_int_equal(attach(&sc), 0);
	assert_int_equal(settle(&sc), 0);
	read_rest(&sc);
	end(&sc);
}

/* What is only said to be there may be wrong; what has left must be right. */
static void
test_claims(void **state)
{
	XXH128_canonical_t hash;
	struct scene sc;

	(void)state;
	begin(&sc);
	XXH128_canonicalFromHash(&hash, XXH3_128bits(sc.bytes, HALF));
	assert_false(source_claim(&sc.source, SIZE + 1, hash.digest));
	assert_true(source_claim(&sc.source, HALF, hash.digest));
	assert_int_equal(attach(&sc), 0);
	assert_int_equal(settle(&sc), 0);
	read_rest(&sc);

	source_begin(&sc.source, SIZE, sc.source.mtime_ns);
	assert_true(source_claim(&sc.source, HALF + 1, hash.digest));
	assert_int_equal(attach(&sc), 0);
	assert_int_equal(settle(&sc), 0);
	assert_int_equal(sc.source.got, 0);
	assert_int_equal(source_read(&sc.source, sc.read, HALF), 0);
	read_rest(&sc);
	end(&sc);
}

/* Neither a pipe nor a folder, whatever its size and time. */
static void
test_no_file(void **state)
{
	struct scene sc;
	struct stat st;

	(void)state;
	begin(&sc);
	str_replace(&sc.path, scratch_path(sc.folder, "other"));
	for (int folder = 0; folder < 2; folder++) {
		assert_int_equal(
		    folder ? mkdir(sc.path, 0700) : mkfifo(sc.path, 0600), 0);
		assert_int_equal(stat(sc.path, &st), 0);
		source_begin(
		    &sc.source, (uint64_t)st.st_size, source_mtime_ns(&st));
		assert_int_equal(attach(&sc), ERR_IO);
		assert_int_equal(sc.source.error, SOURCE_CHANGED);
		assert_int_equal(remove(sc.path), 0);
	}
	end(&sc);
}

/* What happened, to which file, and what the person can do now. */
static void
test_words(void **state)
{
	static const struct {
		int error;
		enum wire_why why;
		const char *words[3];
	} cases[] = {
	    {ENOENT, WHY_GONE,
		{"there is no file 'a/b'", "put it back, then /resume",
		    "/resume goes on without it"}},
	    {ENODEV, WHY_GONE, {"there is no file", "not there", "not there"}},
	    {ESTALE, WHY_GONE, {"there is no file", "not there", "not there"}},
	    {EACCES, WHY_DENIED,
		{"ask its owner", "make it readable, then /resume",
		    "make it readable, or /resume"}},
	    {ELOOP, WHY_CHANGED,
		{"send it again", "/cancel it", "goes on without it"}},
	    {SOURCE_CHANGED, WHY_CHANGED,
		{"just now", "since it was offered", "since it was offered"}},
	    {EIO, WHY_IO, {"check the disk", "then /resume", "or /resume"}},
	    {EMFILE, WHY_IO, {"(", "(", "("}},
	};
	struct source s;
	struct fault f;

	(void)state;
	source_init(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int use = SOURCE_OFFERED; use <= SOURCE_IN_TREE; use++) {
			s.error = cases[i].error;
			source_explain(&s, "a/b", (enum source_use)use, &f);
			assert_int_equal(f.why, cases[i].why);
			assert_non_null(
			    strstr(f.reason.text, cases[i].words[use]));
			assert_non_null(strstr(f.reason.text, "'a/b'"));
		}
		/* Nothing in a name reaches the terminal. */
		source_explain(&s, "\x1b[2J", SOURCE_ALONE, &f);
		assert_null(strchr(f.reason.text, '\x1b'));
	}
	source_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_very_same),
	    cmocka_unit_test(test_another),
	    cmocka_unit_test(test_doubted),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_no_file),
	    cmocka_unit_test(test_words),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
