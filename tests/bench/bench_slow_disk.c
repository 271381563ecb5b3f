/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file, and then a tree, go to somebody whose disk takes 2 s for each write
 * and each sync (tests/shim), so that neither is ever done. Meanwhile both
 * sides type to each other: from a key to its echo, from Enter to the other's
 * screen, and what both need of memory. SECONDS=60 (each), SLOW_MS=2000,
 * MIB=4096 (of holes), FILES=10000, FOLDER=/dev/shm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/many_files.h"
#include "tests/bench/typing.h"
#include "tests/e2e/meeting.h"
#include "tests/shim/slow_write.h"

enum {
	MIB = 1024 * 1024,
	FILE_SIZE = 4096,
	MESSAGE_GAP_MS = 100, /* as a rule, from one to the next */
	TEXT_MAX = 32,
};

static const char *const moments[] = {"start", "middle", "end"};
enum { MOMENTS = sizeof(moments) / sizeof(moments[0]) };

/* One who types, and what was measured there. */
struct side {
	struct typing typing;
	struct bench_samples keys, messages;
	long resident_kb[MOMENTS];
	unsigned long long sent; /* of both rounds; no two texts are the same */
};

/* What ana's disk has done. */
struct done {
	unsigned long long writes, syncs, bytes;
};

struct bench {
	struct person ana, beto;
	char folder[PATH_MAX];
	const struct slow_tally *disk; /* ana's */
	struct side sides[2];
};

static void
look_at_memory(struct bench *b, int moment)
{
	for (int i = 0; i < 2; i++) {
		struct side *side = &b->sides[i];
		pid_t pid = screen_pid(side->typing.person->screen);

		side->resident_kb[moment] = bench_resident_kb(pid);
	}
}

static void
write_message(struct side *side, struct side *other)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text), "%.1s%06llu", side->typing.person->name,
	    ++side->sent);
	for (const char *key = text; *key != '\0'; key++)
		bench_add(&side->keys, typing_key(&side->typing, *key));
	bench_add(&side->messages,
	    typing_enter(&side->typing, other->typing.person, text));
}

static void
talk_until(struct bench *b, double end)
{
	double next = bench_now();

	while (bench_now() < end) {
		write_message(&b->sides[0], &b->sides[1]);
		write_message(&b->sides[1], &b->sides[0]);
		for (next += MESSAGE_GAP_MS / 1e3; bench_now() < next;)
			screen_pump(1);
	}
}

static void
say_side(struct side *side, const char *role)
{
	const char *name = side->typing.person->name;

	bench_say(text_of("  %s (%s)", name, role), "keys", &side->keys);
	bench_say(
	    text_of("  %s (%s)", name, role), "messages", &side->messages);
	printf("  %s (%s): resident", name, role);
	for (int i = 0; i < MOMENTS; i++)
		printf("%s %ld kB at the %s", i > 0 ? "," : "",
		    side->resident_kb[i], moments[i]);
	printf("\n");
	side->keys.count = side->messages.count = 0;
}

static struct done
look_at_disk(const struct bench *b)
{
	return (struct done){
	    .writes = b->disk->writes,
	    .syncs = b->disk->syncs,
	    .bytes = b->disk->bytes,
	};
}

/* Begin a transfer, talk, and look around at its start, middle and end. */
static void
talk_meanwhile(struct bench *b, const char *path, double seconds)
{
	double begin;

	look_at_memory(b, 0);
	person_type(&b->beto, text_of("/send %s", path));
	assert_true(person_sees(&b->ana, "question: /accept"));
	person_type(&b->ana, "/accept");
	assert_true(person_sees_no(&b->ana, "question: /accept"));
	begin = bench_now();
	talk_until(b, begin + seconds / 2);
	look_at_memory(b, 1);
	talk_until(b, begin + seconds);
	look_at_memory(b, 2);
}

static void
measure(struct bench *b, const char *path, const char *what)
{
	long seconds = bench_number("SECONDS", 60);
	struct done before = look_at_disk(b), after;

	talk_meanwhile(b, path, (double)seconds);
	after = look_at_disk(b);
	printf("%s, for %ld s: ana's disk has done %llu writes, %llu bytes in "
	       "all, and %llu syncs\n",
	    what, seconds, after.writes - before.writes,
	    after.bytes - before.bytes, after.syncs - before.syncs);
	say_side(&b->sides[0], "receiving");
	say_side(&b->sides[1], "sending");
	fflush(stdout);
	assert_true(after.bytes > before.bytes);
	person_type(&b->beto, "/cancel");
	assert_true(person_sees(&b->ana, "beto cancelled"));
	person_type(&b->ana, "/clear");
	person_type(&b->beto, "/clear");
}

/* From ana's second start on the disk is slow: then it is known where it is. */
static void
start_on_slow_disk(struct bench *b)
{
	char *downloads;
	const char *env[5] = {NULL};

	assert_int_equal(mkdir(b->ana.downloads, 0700), 0);
	downloads = realpath(b->ana.downloads, NULL);
	assert_non_null(downloads);
	env[0] = text_of("LD_PRELOAD=%s", getenv("SLOW_WRITE"));
	env[1] = text_of("SLOW_FOLDER=%s", downloads);
	env[2] = text_of("SLOW_MS=%ld", bench_number("SLOW_MS", 2000));
	env[3] = text_of("SLOW_TALLY=%s", in_folder(b->folder, "tally"));
	b->ana.env = env;
	person_start(&b->ana, "ana", NULL);
	b->ana.env = NULL;
	free(downloads);
}

static void
meet_with_slow_disk(struct bench *b)
{
	meet(&b->ana, &b->beto);
	assert_true(person_quits(&b->beto));
	assert_true(person_quits(&b->ana));
	start_on_slow_disk(b);
	assert_true(person_sees(&b->ana, "waiting for beto"));
	person_call(&b->beto, "beto", &b->ana);
	assert_true(person_sees(&b->ana, "connected with beto"));
	assert_true(person_sees(&b->beto, "connected with ana"));
	b->sides[0].typing.person = &b->ana;
	b->sides[1].typing.person = &b->beto;
}

static void
run(void **state)
{
	struct bench *b = *state;
	char path[PATH_MAX];

	if (getenv("SLOW_WRITE") == NULL) {
		print_message("SLOW_WRITE does not name the slow disk\n");
		skip();
	}
	meet_with_slow_disk(b);
	snprintf(path, sizeof(path), "%s", in_folder(b->folder, "holes.bin"));
	make_file(path, 0, 0);
	assert_int_equal(
	    truncate(path, (off_t)bench_number("MIB", 4096) * MIB), 0);
	measure(b, path, "one file");
	snprintf(path, sizeof(path), "%s", in_folder(b->folder, "tree"));
	make_many_files(path, bench_number("FILES", 10000), FILE_SIZE);
	measure(b, path, "a tree");
}

/* An empty tally, mapped. */
static const struct slow_tally *
open_tally(const char *path)
{
	const size_t size = sizeof(struct slow_tally);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const void *at;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(at, MAP_FAILED);
	close(fd);
	return at;
}

static int
begin(void **state)
{
	static struct bench b;

	bench_use_folder();
	make_temp_dir(b.folder, sizeof(b.folder));
	b.disk = open_tally(in_folder(b.folder, "tally"));
	*state = &b;
	return 0;
}

/* Also where the measuring has failed on the way. */
static int
end(void **state)
{
	struct bench *b = *state;

	part(&b->ana, &b->beto);
	remove_tree(b->folder);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(run, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
