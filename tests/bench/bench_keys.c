/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a key to its echo on the terminal while a file is sent, on the
 * sending and on the receiving side. MIB=4096 (of holes), FOLDER=/dev/shm.
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

enum { LINE_KEYS = 40, MIB = 1024 * 1024, DEADLINE_MS = 300 * 1000 };

static void
measure(struct person *from, struct person *to, struct person *who,
    const char *label)
{
	static struct bench_samples keys;
	struct typing typing = {.person = who};
	const char *file = in_folder(from->home, "holes.bin");
	long mib = bench_number("MIB", 4096);

	keys.count = 0;
	make_file(file, 0, 0);
	assert_int_equal(truncate(file, (off_t)mib * MIB), 0);
	person_type(from, text_of("/send %s", file));
	assert_true(person_sees(to, "question: /accept"));
	person_type(to, "/accept");
	assert_true(person_sees(from, "%"));
	assert_true(person_sees(to, "%"));
	while (screen_count(from->screen, "%") > 0) {
		char key = (char)('a' + typing.keys % 26);

		bench_add(&keys, typing_key(&typing, key));
		if (typing.keys == LINE_KEYS)
			typing_clear(&typing);
	}
	if (typing.keys > 0)
		typing_clear(&typing);
	assert_true(screen_wait_text(
	    from->screen, "received 'holes.bin'", DEADLINE_MS));
	bench_say(label, "keys", &keys);
	unlink(in_folder(to->downloads, "holes.bin"));
	person_type(from, "/clear");
	person_type(to, "/clear");
}

static void
run(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	bench_use_folder();
	meet(&ana, &beto);
	measure(&ana, &beto, &ana, "while sending  ");
	measure(&ana, &beto, &beto, "while receiving");
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
