/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person says about others: own names, blocks, and where they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

static void
put_peer(struct store *s, uint8_t who, const char *own_name, bool blocked)
{
	struct peer peer = {
	    .name = (char *)"x",
	    .own_name = (char *)(uintptr_t)own_name,
	    .blocked = blocked,
	};

	storing_key(peer.key, who);
	store_put_peer(s, &peer);
}

static void
put_place(struct store *s, uint8_t who, const char *target, int64_t seen_ms)
{
	struct place place = {
	    .target = (char *)(uintptr_t)target, .seen_ms = seen_ms};

	storing_key(place.key, who);
	store_put_place(s, &place);
}

static void
test_own_names(void **state)
{
	char *folder = scratch_new();
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	put_peer(o.store, 'a', "Ana, from work", false);
	put_peer(o.store, 'b', NULL, true);
	store_close(o.store);
	storing_open(&o, folder);
	assert_string_equal(storing_peer(&o, 'a')->own_name, "Ana, from work");
	assert_string_equal(storing_peer(&o, 'a')->name, "x");
	assert_false(storing_peer(&o, 'a')->blocked);
	assert_null(storing_peer(&o, 'b')->own_name);
	assert_true(storing_peer(&o, 'b')->blocked);
	/* The statement that had one is used again without. */
	put_peer(o.store, 'b', "B", false);
	put_peer(o.store, 'a', NULL, true);
	store_close(o.store);
	storing_open_incognito(&o, folder);
	assert_null(storing_peer(&o, 'a')->own_name);
	assert_true(storing_peer(&o, 'a')->blocked);
	assert_string_equal(storing_peer(&o, 'b')->own_name, "B");
	store_close(o.store);
	assert_int_equal(o.failures, 0);
	scratch_free(folder);
}

/* The newest of each, and no more than so many. */
static void
test_places(void **state)
{
	char *folder = scratch_new();
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (int i = 0; i < STORE_PLACES_MAX + 3; i++) {
		char *target = str_printf("10.0.0.%d", i);

		put_place(o.store, 'a', target, i);
		free(target);
	}
	put_place(o.store, 'b', "10.0.0.3", 1);
	put_place(o.store, 'a', "10.0.0.4", 100);
	put_place(o.store, 'a', "10.0.0.5", 1); /* it was there later */
	store_close(o.store);
	for (int incognito = 0; incognito < 2; incognito++) {
		if (incognito)
			storing_open_incognito(&o, folder);
		else
			storing_open(&o, folder);
		assert_int_equal(o.memory->place_count, STORE_PLACES_MAX + 1);
		assert_string_equal(o.memory->places[0].target, "10.0.0.4");
		assert_int_equal(o.memory->places[0].seen_ms, 100);
		assert_string_equal(o.memory->places[1].target, "10.0.0.10");
		assert_string_equal(o.memory->places[6].target, "10.0.0.5");
		assert_int_equal(o.memory->places[6].seen_ms, 5);
		assert_int_equal(o.memory->places[8].key[0], 'b');
		store_close(o.store);
	}
	scratch_free(folder);
}

/* All of it goes, of this one alone, and what was said stays. */
static void
test_forget(void **state)
{
	char *folder = scratch_new();
	struct opened o;
	const struct store_line line = storing_line('a', true, 7, 1, "hola");
	uint8_t a[STORE_KEY_LEN], b[STORE_KEY_LEN];

	(void)state;
	storing_key(a, 'a');
	storing_key(b, 'b');
	storing_open(&o, folder);
	for (uint8_t who = 'a'; who <= 'b'; who++) {
		put_peer(o.store, who, "N", false);
		put_place(o.store, who, "10.0.0.1", 1);
		store_put_pin(
		    o.store, who == 'a' ? "h" : "i", who == 'a' ? a : b);
	}
	storing_keep(o.store, &line);
	store_forget_peer(o.store, a);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(o.failures, 0);
	assert_int_equal(o.memory->peer_count, 2);
	assert_false(storing_peer(&o, 'b')->unlisted);
	assert_true(storing_peer(&o, 'a')->unlisted);
	assert_null(storing_peer(&o, 'a')->own_name);
	assert_int_equal(storing_peer(&o, 'a')->lines, 1);
	assert_int_equal(o.memory->pin_count, 1);
	assert_string_equal(o.memory->pins[0].target, "i");
	assert_int_equal(o.memory->place_count, 1);
	assert_int_equal(o.memory->places[0].key[0], 'b');
	store_close(o.store);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_own_names),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_forget),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store places", tests, NULL, NULL);
}
