/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses compared and gathered, and from where a listener is reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "net/sock.h"
#include "src/base/util.h"

static bool
read_address(const char *host, uint16_t port, struct address *out)
{
	struct target target = {.port = port};

	snprintf(target.host, sizeof(target.host), "%s", host);
	return address_of(&target, out);
}

static void
test_compare(void **state)
{
	static const char *const hosts[] = {
	    "10.0.0.1", "10.0.0.2", "2001:db8::1", "fe80::1%1", "fe80::1%2"};
	struct address a, b;

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		for (size_t k = 0; k < COUNT(hosts); k++) {
			if (!read_address(hosts[i], 7000, &a) ||
			    !read_address(hosts[k], 7000, &b))
				continue;
			assert_int_equal(address_equal(&a, &b), i == k);
			assert_int_equal(address_port(&a), 7000);
			assert_true(read_address(hosts[k], 7001, &b));
			assert_false(address_equal(&a, &b));
		}
	}
	assert_false(read_address("ana", 7000, &a));
	assert_false(read_address("ana.local", 7000, &a));
	assert_false(read_address("10.0.0.999", 7000, &a));
}

static void
test_add(void **state)
{
	struct address_list list = {.count = 0};
	struct address a;

	(void)state;
	for (unsigned i = 0; i < 2 * SOCK_ADDRESS_MAX; i++) {
		char host[32];

		snprintf(host, sizeof(host), "10.0.1.%u", i / 2);
		assert_true(read_address(host, 7000, &a));
		address_add(&list, &a);
		assert_int_equal(list.count, i / 2 + 1);
	}
	assert_true(read_address("10.0.2.1", 7000, &a));
	address_add(&list, &a);
	assert_int_equal(list.count, SOCK_ADDRESS_MAX);
}

static void
test_reach(void **state)
{
	struct sock_reach reach;

	(void)state;
	assert_true(sock_reach(NULL, &reach));
	assert_int_equal(reach.family, AF_UNSPEC);
	assert_int_equal(reach.interface, 0);
	assert_true(sock_reach("0.0.0.0", &reach));
	assert_int_equal(reach.family, AF_INET);
	assert_true(sock_reach("::", &reach));
	assert_int_equal(reach.family, AF_INET6);
	assert_int_equal(reach.interface, 0);
	assert_false(sock_reach("127.0.0.1", &reach));
	assert_false(sock_reach("::1", &reach));
	assert_false(sock_reach("192.0.2.1", &reach)); /* not ours */
	assert_false(sock_reach("ana", &reach));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_add),
	    cmocka_unit_test(test_reach),
	};

	return cmocka_run_group_tests_name("sock reach", tests, NULL, NULL);
}
