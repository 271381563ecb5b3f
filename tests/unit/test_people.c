/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
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
	struct peer peer = {
	    .name = name, .accepted = true, .last_received = 7, .last_sent = 9};
	struct pin pin = {.target = target};
	struct store_memory memory = {
	    .peers = &peer, .peer_count = 1, .pins = &pin, .pin_count = 1};

	(void)state;
	memcpy(peer.key, key_a, STORE_KEY_LEN);
	memcpy(pin.key, key_a, STORE_KEY_LEN);
	people_init(&p);
	people_load(&p, &memory);
	assert_int_equal(people_find(&p, key_a)->committed, 7);
	assert_true(people_find(&p, key_a)->peer.accepted);
	assert_null(people_find(&p, key_b));
	assert_memory_equal(people_pin(&p, "host"), key_a, STORE_KEY_LEN);
	people_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_name_other_key),
	    cmocka_unit_test(test_names_that_look_alike),
	    cmocka_unit_test(test_pins),
	    cmocka_unit_test(test_load),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
