/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sightings become people: one for each key, with numbers that stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/neighbours.h"

enum { PORT = 6973, SECOND = 1000 };

/* Somebody, whose key is one byte, at an address that is numeric. */
static struct sighting
seen(uint8_t who, const char *name, const char *host, uint16_t port)
{
	struct target target = {.port = port};
	struct sighting s = {.port = port, .hidden = name[0] == '\0'};

	s.key.bytes[0] = who;
	snprintf(s.name, sizeof(s.name), "%s", name);
	snprintf(s.where, sizeof(s.where), "%s", host);
	snprintf(target.host, sizeof(target.host), "%s", host);
	assert_true(address_of(&target, &s.at));
	return s;
}

static const struct neighbour *
find(const struct neighbours *n, uint8_t who)
{
	const struct fingerprint key = {{who}};

	return neighbours_find(n, &key);
}

static void
check_label(const struct neighbours *n, uint8_t who, const struct people *p,
    const char *want)
{
	char *label = neighbour_label(n, find(n, who), p);

	assert_string_equal(label, want);
	free(label);
}

/* Three interfaces, two families, one person. */
static void
test_one_for_each_key(void **state)
{
	const struct sighting all[] = {
	    seen(1, "ana", "fe80::1%1", PORT),
	    seen(2, "beto", "192.168.1.9", 7000),
	    seen(1, "ana", "2001:db8::1", PORT),
	    seen(1, "ana", "192.168.1.7", PORT),
	    seen(1, "ana", "203.0.113.1", PORT),
	    seen(1, "ana", "192.168.1.7", PORT),
	};
	struct neighbours n = {0};

	(void)state;
	neighbours_update(&n, all, COUNT(all), SECOND);
	assert_int_equal(n.count, 2);
	assert_int_equal(find(&n, 1)->at.count, 4);
	assert_string_equal(find(&n, 1)->where, "192.168.1.7, and 3 more");
	assert_string_equal(find(&n, 2)->where, "192.168.1.9:7000");
	assert_int_equal(find(&n, 1)->number, 1);
	assert_int_equal(find(&n, 2)->number, 2);
	assert_true(address_equal(&find(&n, 1)->at.list[0], &all[3].at));
	assert_true(address_equal(&find(&n, 1)->at.list[3], &all[0].at));
	/* The same at another port is another place. */
	assert_null(find(&n, 3));
	neighbours_release(&n);
}

/* A number is nobody else's for a while. */
static void
test_numbers(void **state)
{
	const struct sighting ana = seen(1, "ana", "10.0.0.1", PORT);
	const struct sighting beto = seen(2, "beto", "10.0.0.2", PORT);
	const struct sighting carla = seen(3, "carla", "10.0.0.3", PORT);
	const struct sighting both[] = {carla, beto};
	struct neighbours n = {0};
	uint64_t now = SECOND;

	(void)state;
	neighbours_update(&n, &ana, 1, now);
	neighbours_update(&n, &beto, 1, now += SECOND);
	assert_null(find(&n, 1));
	assert_null(neighbours_number(&n, 1));
	assert_int_equal(find(&n, 2)->number, 2);
	neighbours_update(&n, both, 2, now += SECOND);
	assert_int_equal(find(&n, 3)->number, 3);
	neighbours_update(&n, &ana, 1, now += SECOND);
	assert_int_equal(find(&n, 1)->number, 1);
	assert_ptr_equal(neighbours_number(&n, 1), find(&n, 1));
	neighbours_update(&n, NULL, 0, now += SECOND);
	neighbours_update(&n, &carla, 1, now += NEIGHBOUR_NUMBER_MS + 1);
	assert_int_equal(find(&n, 3)->number, 3); /* it was still there */
	neighbours_update(&n, both, 2, now += SECOND);
	assert_int_equal(find(&n, 2)->number, 1);
	assert_int_equal(n.count, 2);
	neighbours_release(&n);
}

static void
test_bounded(void **state)
{
	struct sighting *all = mem_zalloc((NEIGHBOURS_MAX + 10) * sizeof(*all));
	struct neighbours n = {0};

	(void)state;
	for (unsigned i = 0; i < NEIGHBOURS_MAX + 10; i++) {
		all[i] = seen(0, "x", "10.0.0.1", PORT);
		memcpy(all[i].key.bytes, &i, sizeof(i));
	}
	neighbours_update(&n, all, NEIGHBOURS_MAX + 10, SECOND);
	assert_int_equal(n.count, NEIGHBOURS_MAX);
	/* Others come: they take the places of those who went. */
	neighbours_update(&n, all + 10, NEIGHBOURS_MAX, 2 * SECOND);
	assert_int_equal(n.count, NEIGHBOURS_MAX);
	for (unsigned i = 10; i < NEIGHBOURS_MAX + 10; i++)
		assert_non_null(neighbours_find(&n, &all[i].key));
	for (size_t i = 1; i < n.count; i++)
		assert_true(n.list[i].number > n.list[i - 1].number);
	neighbours_release(&n);
	free(all);
}

/* So many addresses of one: as many as can be called at once. */
static void
test_many_addresses(void **state)
{
	struct sighting all[SOCK_ADDRESS_MAX + 5];
	struct neighbours n = {0};

	(void)state;
	for (unsigned i = 0; i < COUNT(all); i++) {
		char host[32];

		snprintf(host, sizeof(host), "2001:db8::%x", i + 1);
		all[i] = seen(1, "ana", host, PORT);
	}
	neighbours_update(&n, all, COUNT(all), SECOND);
	assert_int_equal(find(&n, 1)->at.count, SOCK_ADDRESS_MAX);
	neighbours_release(&n);
}

static void
test_names(void **state)
{
	const struct sighting all[] = {
	    seen(1, "Ana", "10.0.0.1", PORT),
	    seen(2, " ana\xe2\x80\x8d ", "10.0.0.2", PORT),
	    seen(3, "beto", "10.0.0.3", PORT),
	    seen(4, "\x1b[31mowned\xe2\x80\xae", "10.0.0.4", PORT),
	    seen(5, "   ", "10.0.0.5", PORT),
	};
	struct neighbours n = {0};
	struct people p;
	struct known *k;
	uint8_t key[STORE_KEY_LEN] = {1};

	(void)state;
	people_init(&p);
	neighbours_update(&n, all, COUNT(all), SECOND);
	check_label(&n, 1, &p, "Ana [0100 0000]");
	check_label(&n, 2, &p, "ana [0200 0000]");
	check_label(&n, 3, &p, "beto");
	check_label(&n, 4, &p, "␛[31mowned<U+202E> [0400 0000]");
	check_label(&n, 5, &p, "nameless");

	/* Who is known is called as they were; the other one is marked. */
	k = people_add(&p, key, "Ana", 1);
	check_label(&n, 1, &p, "Ana");
	check_label(&n, 2, &p, "ana [0200 0000]");
	str_replace(&k->peer.own_name, str_dup("Beto"));
	check_label(&n, 1, &p, "Beto");
	check_label(&n, 3, &p, "beto [0300 0000]");
	neighbours_release(&n);
	people_release(&p);
}

/* A mark names nobody: who is known has a name, and others none. */
static void
test_hidden(void **state)
{
	const struct sighting hidden = seen(1, "", "10.0.0.1", PORT);
	const struct sighting both[] = {
	    hidden, seen(1, "other", "10.0.0.9", PORT)};
	struct neighbours n = {0};
	struct people p;
	uint8_t key[STORE_KEY_LEN] = {1};

	(void)state;
	people_init(&p);
	people_add(&p, key, "ana", 1);
	neighbours_update(&n, &hidden, 1, SECOND);
	check_label(&n, 1, &p, "ana");
	/* What is announced of a known key does not rename it. */
	neighbours_update(&n, both, 2, SECOND);
	check_label(&n, 1, &p, "ana");
	people_forget(&p, people_find(&p, key));
	check_label(&n, 1, &p, "other");
	neighbours_release(&n);
	people_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_for_each_key),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_bounded),
	    cmocka_unit_test(test_many_addresses),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_hidden),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("neighbours", tests, NULL, NULL);
}
