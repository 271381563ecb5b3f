/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/people.h"

static const uint8_t key_a[STORE_KEY_LEN] = {0xaa, 0x01, 0x02, 0x03};
static const uint8_t key_b[STORE_KEY_LEN] = {0xbb, 0x01, 0x02, 0x03};

static void
expect_label(const struct people *p, const char *name, const uint8_t *key,
    const char *expected)
{
	char *label = people_label(p, name, key);

	assert_string_equal(label, expected);
	free(label);
}

static void
test_same_name_other_key(void **state)
{
	struct people p;

	(void)state;
	people_init(&p);
	people_add(&p, key_a, "ana", 1);
	expect_label(&p, "ana", key_a, "ana");
	expect_label(&p, "bea", key_b, "bea");
	expect_label(&p, "ana", key_b, "ana [bb01 0203]");
	assert_ptr_equal(
	    people_namesake(&p, "ana", key_b), people_find(&p, key_a));
	assert_null(people_namesake(&p, "ana", key_a));
	people_release(&p);
}

/* What is shown of a name: one row, no blanks around it, never nothing. */
static void
test_labels(void **state)
{
	static const struct {
		const char *name, *label;
	} cases[] = {
	    {"ana", "ana"},
	    {"  ana  ", "ana"},
	    {"\t", "\xe2\x90\x89"},
	    {"", "nameless"},
	    {" \xe2\x80\x8d ", "nameless"},
	    {"\u00a0", "nameless"},
	    {"\u200c\u200c", "nameless"},
	    {"\u2800\u3000\u1160", "nameless"},
	    {"\u00a0ana\u2003", "ana"},
	    {"a\nb", "a\xe2\x90\x8a"
		     "b"},
	    {"\033[2J", "\xe2\x90\x9b[2J [bb01 0203]"},
	    /* It would pass for another ana otherwise. */
	    {"ana [aa01 0203]", "ana [aa01 0203] [bb01 0203]"},
	};
	struct people p;

	(void)state;
	people_init(&p);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_label(&p, cases[i].name, key_b, cases[i].label);
	people_release(&p);
}

/* What looks alike on the screen is alike. */
static void
test_names_that_look_alike(void **state)
{
	struct people p;

	(void)state;
	people_init(&p);
	people_add(&p, key_a, "ana", 1);
	assert_non_null(people_namesake(&p, "a\xe2\x80\x8dna", key_b));
	assert_non_null(people_namesake(&p, "a\xe2\x80\x8cna", key_b));
	assert_non_null(people_namesake(&p, " Ana ", key_b));
	assert_null(people_namesake(&p, "ana2", key_b));
	expect_label(&p, "", key_b, "nameless");
	expect_label(&p, "   ", key_b, "nameless");
	people_release(&p);
}

/* Other characters, and what is to be seen is the same, or nearly. */
static void
test_lookalikes(void **state)
{
	static const struct {
		const char *name, *other;
		bool alike;
	} cases[] = {
	    {"beto", "b\u0435to", true}, /* Cyrillic e */
	    {"BETO", "\u0412\u0415\u0422\u041e", true},
	    {"ana", "\u0430n\u0430", true},
	    {"Nora", "N\u03bfra", true}, /* Greek omicron */
	    {"ana", "\uff41\uff4e\uff41", true},
	    {"ana", "an\u0251", true},
	    {"Jos\u00e9", "Jose\u0301", true},
	    {"Mu\u00f1oz", "MUN\u0303OZ", true},
	    {"Jos\u00e9", "Jose", false},
	    {"Mu\u00f1oz", "Munoz", false},
	    {"beto", "beto\u00a0", true},
	    {"beto", "\u2800beto", true},
	    {"ana mar\u00eda", "ana\u202fmar\u00eda", true},
	    {"beto", "be\u1160to", true},
	    {"beto", "\u200dBETO \u200c", true},
	    {"beto", "\u200c beto", true},
	    {"ana mar\u00eda", "ana \u200c mar\u00eda", true},
	    {"beto", "b e t o", false},
	    {"\u0412\u043e\u0432\u0430", "\u0432\u043e\u0432\u0430", true},
	    {"\u039d\u03af\u03ba\u03bf\u03c2", "\u03bd\u03af\u03ba\u03bf\u03c2",
		true},
	    {"\u65e5\u672c", "\u65e5\u6728", false},
	    {"beto", "bebo", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (people_names_alike(cases[i].name, cases[i].other) !=
		    cases[i].alike)
			fail_msg(
			    "'%s' and '%s'", cases[i].name, cases[i].other);
	}
}

static void
test_pins(void **state)
{
	struct people p;

	(void)state;
	people_init(&p);
	assert_null(people_pin(&p, "host"));
	people_set_pin(&p, "host", key_a);
	people_set_pin(&p, "host:7000", key_b);
	assert_memory_equal(people_pin(&p, "host"), key_a, STORE_KEY_LEN);
	people_set_pin(&p, "host", key_b);
	assert_memory_equal(people_pin(&p, "host"), key_b, STORE_KEY_LEN);
	assert_int_equal(p.pin_count, 2);
	people_release(&p);
}

static void
test_load(void **state)
{
	struct people p;
	char name[] = "ana", target[] = "host";
	struct stream streams[] = {{100, 5}, {200, 7}};
	struct peer peer = {
	    .name = name,
	    .accepted = true,
	    .lines = 12,
	    .streams = streams,
	    .stream_count = 2,
	    .received = {200, 7},
	};
	struct pin pin = {.target = target};
	struct store_memory memory = {
	    .peers = &peer, .peer_count = 1, .pins = &pin, .pin_count = 1};

	(void)state;
	memcpy(peer.key, key_a, STORE_KEY_LEN);
	memcpy(pin.key, key_a, STORE_KEY_LEN);
	people_init(&p);
	people_load(&p, &memory);
	assert_int_equal(people_find(&p, key_a)->committed.epoch, 200);
	assert_int_equal(people_find(&p, key_a)->committed.last, 7);
	assert_int_equal(people_find(&p, key_a)->peer.lines, 12);
	assert_true(people_find(&p, key_a)->peer.accepted);
	assert_null(people_find(&p, key_b));
	assert_memory_equal(people_pin(&p, "host"), key_a, STORE_KEY_LEN);
	people_release(&p);
}

/* Each epoch of theirs is counted by itself. */
static void
test_heard(void **state)
{
	struct stream stream = {100, 5};
	struct peer peer = {.streams = &stream, .stream_count = 1};
	struct store_memory memory = {.peers = &peer, .peer_count = 1};
	struct people p;
	struct known *k;

	(void)state;
	people_init(&p);
	people_load(&p, &memory);
	k = people_find(&p, peer.key);
	assert_int_equal(known_heard(k, 100), 5);
	assert_int_equal(known_heard(k, 300), 0);
	known_hear(k, 300, 2);
	known_hear(k, 100, 6);
	known_hear(k, 100, 4); /* never back */
	assert_int_equal(known_heard(k, 300), 2);
	assert_int_equal(known_heard(k, 100), 6);
	assert_int_equal(stream.last, 5); /* theirs, not ours */
	people_release(&p);
}

static void
test_last(void **state)
{
	struct people p;

	(void)state;
	people_init(&p);
	assert_null(people_last(&p));
	people_add(&p, key_a, "ana", 10);
	people_add(&p, key_b, "beto", 5);
	assert_ptr_equal(people_last(&p), people_find(&p, key_a));
	people_find(&p, key_b)->peer.last_ms = 11;
	assert_ptr_equal(people_last(&p), people_find(&p, key_b));
	people_release(&p);
}

/* Our own name for somebody stays, whatever they call themselves. */
static void
test_own_name(void **state)
{
	struct people p;
	struct known *k;

	(void)state;
	people_init(&p);
	k = people_add(&p, key_a, "ana", 1);
	k->peer.own_name = strdup("Ana, work");
	expect_label(&p, "ana", key_a, "Ana, work");
	expect_label(&p, "something else", key_a, "Ana, work");
	expect_label(&p, "ana", key_b, "ana");
	expect_label(&p, "ana, WORK", key_b, "ana, WORK [bb01 0203]");
	people_release(&p);
}

static void
set_place(struct people *p, const uint8_t *key, int i)
{
	char target[32];
	struct place place = {.target = target, .seen_ms = i};

	snprintf(target, sizeof(target), "10.0.0.%d", i);
	memcpy(place.key, key, STORE_KEY_LEN);
	people_set_place(p, &place);
}

/* The newest of each key first, each once, and not too many. */
static void
test_places(void **state)
{
	struct people p;
	size_t of_a = 0;

	(void)state;
	people_init(&p);
	for (int i = 0; i < STORE_PLACES_MAX + 3; i++) {
		set_place(&p, key_a, i);
		set_place(&p, key_b, i % 2);
	}
	set_place(&p, key_a, 5);
	assert_int_equal(p.place_count, STORE_PLACES_MAX + 2);
	for (size_t i = 0; i < p.place_count; i++) {
		if (memcmp(p.places[i].key, key_a, STORE_KEY_LEN) != 0)
			continue;
		if (of_a == 0)
			assert_string_equal(p.places[i].target, "10.0.0.5");
		if (of_a == 1)
			assert_string_equal(p.places[i].target, "10.0.0.10");
		of_a++;
	}
	assert_int_equal(of_a, STORE_PLACES_MAX);
	people_release(&p);
}

/* Nothing is left that says who it was, but what was heard of them. */
static void
test_forget(void **state)
{
	struct people p;
	struct known *k;

	(void)state;
	people_init(&p);
	k = people_add(&p, key_a, "ana", 10);
	people_add(&p, key_b, "beto", 5);
	k->peer.accepted = k->peer.verified = true;
	k->peer.own_name = strdup("Ana");
	known_hear(k, 100, 7);
	people_set_pin(&p, "host", key_a);
	people_set_pin(&p, "desk", key_b);
	set_place(&p, key_a, 1);
	set_place(&p, key_b, 2);
	people_forget(&p, k);
	assert_ptr_equal(people_find(&p, key_a), k);
	assert_true(k->forgotten);
	assert_false(k->peer.accepted || k->peer.verified);
	assert_null(people_pin(&p, "host"));
	assert_memory_equal(people_pin(&p, "desk"), key_b, STORE_KEY_LEN);
	assert_int_equal(p.place_count, 1);
	assert_null(people_namesake(&p, "ana", key_b));
	assert_ptr_equal(people_last(&p), people_find(&p, key_b));
	assert_int_equal(known_heard(k, 100), 7);
	people_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_name_other_key),
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_names_that_look_alike),
	    cmocka_unit_test(test_lookalikes),
	    cmocka_unit_test(test_pins),
	    cmocka_unit_test(test_load),
	    cmocka_unit_test(test_heard),
	    cmocka_unit_test(test_last),
	    cmocka_unit_test(test_own_name),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_forget),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
