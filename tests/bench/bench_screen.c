/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a key to its echo on a large terminal that is full of talk: while
 * nothing else happens, and while files (of holes) go and come. KEYS=5000 each,
 * ROWS=60, COLUMNS=200, MIB=2048, FOLDER=/dev/shm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/typing.h"
#include "tests/e2e/meeting.h"

enum { LINE_KEYS = 80, MIB = 1024 * 1024, DEADLINE_MS = 300 * 1000 };

static const char name[] = "holes.bin";

static size_t
keys_wanted(void)
{
	long wanted = bench_number("KEYS", 5000);

	return wanted < BENCH_SAMPLES_MAX ? (size_t)wanted : BENCH_SAMPLES_MAX;
}

/* One key; the line is emptied where it is long. */
static void
type_one(struct typing *t, struct bench_samples *keys)
{
	bench_add(keys, typing_key(t, (char)('a' + t->keys % 26)));
	if (t->keys == LINE_KEYS)
		typing_clear(t);
}

static void
fill_screen(struct person *a, struct person *b)
{
	for (int i = 0; i < a->rows; i++) {
		struct person *who = i % 2 == 0 ? a : b;
		struct person *other = i % 2 == 0 ? b : a;
		const char *text = text_of("%03d, and what one says when there "
					   "is much to be said, as now: a row "
					   "that is full of words, and so long "
					   "that it has to be wrapped, which "
					   "is where it ends http://a.example/",
		    i);

		person_type(who, text);
		assert_true(person_sees(other, text_of("%03d, and", i)));
	}
}

static void
measure_idle(struct person *who)
{
	static struct bench_samples keys;
	struct typing typing = {.person = who};

	while (keys.count < keys_wanted())
		type_one(&typing, &keys);
	if (typing.keys > 0)
		typing_clear(&typing);
	bench_say("while nothing else happens", "keys", &keys);
}

/* One transfer, from its first byte to its last. */
static void
type_meanwhile(struct person *from, struct person *to, struct person *who,
    struct bench_samples *keys)
{
	struct typing typing = {.person = who};

	person_type(from, text_of("/send %s", in_folder(from->home, name)));
	assert_true(person_sees(to, "question: /accept"));
	person_type(to, "/accept");
	assert_true(person_sees(from, "%"));
	assert_true(person_sees(to, "%"));
	while (screen_count(from->screen, "%") > 0)
		type_one(&typing, keys);
	if (typing.keys > 0)
		typing_clear(&typing);
	assert_true(screen_wait_text(
	    from->screen, text_of("received '%s'", name), DEADLINE_MS));
	unlink(in_folder(to->downloads, name));
}

static void
measure(struct person *from, struct person *to, struct person *who,
    const char *label)
{
	static struct bench_samples keys;
	const char *file = in_folder(from->home, name);
	const long mib = bench_number("MIB", 2048);

	keys.count = 0;
	make_file(file, 0, 0);
	assert_int_equal(truncate(file, (off_t)mib * MIB), 0);
	while (keys.count < keys_wanted()) {
		person_type(from, "/clear");
		person_type(to, "/clear");
		fill_screen(from, to);
		type_meanwhile(from, to, who, &keys);
	}
	bench_say(label, "keys", &keys);
}

static void
run(void **state)
{
	const int rows = (int)bench_number("ROWS", 60);
	const int columns = (int)bench_number("COLUMNS", 200);
	struct person ana = {.rows = rows, .cols = columns};
	struct person beto = {.rows = rows, .cols = columns};

	(void)state;
	bench_use_folder();
	meet(&ana, &beto);
	fill_screen(&ana, &beto);
	measure_idle(&ana);
	measure(&ana, &beto, &ana, "while sending");
	measure(&ana, &beto, &beto, "while receiving");
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
