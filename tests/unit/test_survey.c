/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at this very machine: loopback, a port that is ours, and one not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/survey.h"
#include "src/base/err.h"

enum { LONG_MS = 60 * 1000 };

static struct address
loopback(uint16_t port)
{
	struct target t = {.host = "127.0.0.1", .port = port};
	struct address a;

	assert_true(address_of(&t, &a));
	return a;
}

static uint16_t
port_of(int fd)
{
	struct address a = {.len = sizeof(a.storage)};

	assert_int_equal(
	    getsockname(fd, (struct sockaddr *)&a.storage, &a.len), 0);
	return address_port(&a);
}

static void
test_port(void **state)
{
	int fds[SOCK_LISTEN_MAX];
	struct survey_holder holder;
	struct address at;
	struct reason why;
	uint16_t port;

	(void)state;
	assert_int_equal(sock_listen("127.0.0.1", 0, fds, &why), 1);
	port = port_of(fds[0]);
	at = loopback(port);
	assert_int_equal(survey_call(&at, LONG_MS), 0);
	survey_holder(port, &holder);
	/* Where there is no /proc, nobody is to be seen. */
	if (access("/proc/net/tcp", R_OK) == 0) {
		assert_int_equal(holder.pid, getpid());
		assert_string_equal(holder.name, "test_survey");
	}
	close(fds[0]);
	assert_int_equal(survey_call(&at, LONG_MS), ECONNREFUSED);
	survey_holder(port, &holder);
	assert_int_equal(holder.pid, 0);
	assert_string_equal(holder.name, "");
}

static void
test_network(void **state)
{
	static struct survey_network n;
	char link[SURVEY_NAME_MAX];
	struct address at = loopback(1);
	bool found = false;

	(void)state;
	assert_true(survey_network(&n));
	for (size_t i = 0; i < n.address_count; i++) {
		const struct survey_address *a = &n.addresses[i];
		const struct survey_link *l = &n.links[a->link];

		if (!l->loopback || a->at.storage.ss_family != AF_INET)
			continue;
		found = true;
		assert_int_equal(a->prefix, 8);
		assert_false(l->ordinary);
		assert_true(l->running);
	}
	assert_true(found);
	assert_false(survey_is_neighbour(&at, link));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_port),
	    cmocka_unit_test(test_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
