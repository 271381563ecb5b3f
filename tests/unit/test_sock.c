/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/sock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/util.h"

enum { PATIENCE_MS = 60 * 1000, DEFAULT_PORT = 6973 };

static void
test_parse(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		const char *back;
	} cases[] = {
	    {"ana.local", "ana.local", DEFAULT_PORT, "ana.local"},
	    {"ana", "ana", DEFAULT_PORT, "ana"},
	    {"  ana \n", "ana", DEFAULT_PORT, "ana"},
	    {"ana:7000", "ana", 7000, "ana:7000"},
	    {"ana:6973", "ana", DEFAULT_PORT, "ana"},
	    {"ana:1", "ana", 1, "ana:1"},
	    {"ana:65535", "ana", 65535, "ana:65535"},
	    {"ana:00080", "ana", 80, "ana:80"},
	    {"192.168.1.20", "192.168.1.20", DEFAULT_PORT, "192.168.1.20"},
	    {"10.0.0.1:99", "10.0.0.1", 99, "10.0.0.1:99"},
	    {"::1", "::1", DEFAULT_PORT, "::1"},
	    {"[::1]", "::1", DEFAULT_PORT, "::1"},
	    {"[::1]:7000", "::1", 7000, "[::1]:7000"},
	    {"2001:db8::7", "2001:db8::7", DEFAULT_PORT, "2001:db8::7"},
	    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", DEFAULT_PORT,
		"1:2:3:4:5:6:7:8"},
	    {"::ffff:10.0.0.1", "::ffff:10.0.0.1", DEFAULT_PORT,
		"::ffff:10.0.0.1"},
	    {"fe80::1%eth0", "fe80::1%eth0", DEFAULT_PORT, "fe80::1%eth0"},
	    {"[fe80::1%eth0]:7000", "fe80::1%eth0", 7000,
		"[fe80::1%eth0]:7000"},
	    {"casa-de-ñandú", "casa-de-ñandú", DEFAULT_PORT, "casa-de-ñandú"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char back[SOCK_HOST_MAX + 16];
		struct reason why = {""};
		struct target t;

		assert_int_equal(
		    target_parse(cases[i].text, DEFAULT_PORT, &t, &why), 0);
		assert_string_equal(t.host, cases[i].host);
		assert_int_equal(t.port, cases[i].port);
		target_text(&t, DEFAULT_PORT, back);
		assert_string_equal(back, cases[i].back);
		/* What is shown means the same when it is typed again. */
		assert_int_equal(target_parse(back, DEFAULT_PORT, &t, &why), 0);
		assert_string_equal(t.host, cases[i].host);
		assert_int_equal(t.port, cases[i].port);
	}
}

static void
test_parse_refuses(void **state)
{
	static const char *const cases[] = {"", "   ", ":7000", "[]", "[]:7000",
	    "ana:", "ana:0", "ana:65536", "ana:123456", "ana:-1", "ana:+1",
	    "ana: 1", "ana:7x", "ana:99999999999999999999", "[::1", "[::1]x",
	    "[::1]:", "[::1]7000", "::1]", "[ana]", "[ana]:7000", "[10.0.0.1]",
	    "a:b:c", ":::", "1:2:3:4:5:6:7:8:9", "ana bert", "ana\tx",
	    "ana/etc", "fe80::1%", "fe80::1", "[fe80::1]:7000", "ana\x1b[2J",
	    "::1%lo%lo:x:y/"};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target t = {.host = "untouched", .port = 7};
		struct reason why = {""};

		if (target_parse(cases[i], DEFAULT_PORT, &t, &why) !=
		    ERR_INVALID)
			fail_msg("'%s' was accepted", cases[i]);
		assert_string_not_equal(why.text, "");
		assert_string_equal(t.host, "untouched");
		assert_int_equal(t.port, 7);
	}
}

static void
test_parse_length(void **state)
{
	char text[SOCK_HOST_MAX + 8];
	struct reason why;
	struct target t;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[SOCK_HOST_MAX - 1] = '\0';
	assert_int_equal(target_parse(text, 1, &t, &why), 0);
	assert_string_equal(t.host, text);
	text[SOCK_HOST_MAX - 1] = 'a';
	text[SOCK_HOST_MAX] = '\0';
	assert_int_equal(target_parse(text, 1, &t, &why), ERR_INVALID);
	memcpy(text + SOCK_HOST_MAX, ":12345", 7);
	assert_int_equal(target_parse(text, 1, &t, &why), ERR_INVALID);
}

static void
resolve(const char *host, uint16_t port, struct address_list *out)
{
	struct target t = {.port = port};
	struct reason why;

	snprintf(t.host, sizeof(t.host), "%s", host);
	assert_int_equal(sock_resolve(&t, out, &why), 0);
	assert_true(out->count > 0);
}

static void
test_resolve(void **state)
{
	static const char *const numeric[] = {
	    "127.0.0.1", "::1", "192.168.7.9", "2001:db8::7"};
	struct target unknown = {"name.invalid", 1};
	struct address_list l;
	struct reason why = {""};
	char text[SOCK_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(numeric); i++) {
		resolve(numeric[i], 7000, &l);
		assert_int_equal(l.count, 1);
		address_text(&l.list[0], text);
		assert_string_equal(text, numeric[i]);
	}
	/* Nothing twice; where both families are there, they take turns. */
	resolve("localhost", 7000, &l);
	for (size_t i = 1; i < l.count; i++)
		assert_memory_not_equal(
		    &l.list[0], &l.list[i], sizeof(l.list[0]));
	assert_int_equal(sock_resolve(&unknown, &l, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "'name.invalid'"));
}

/* An address is one however it is written, and nobody is asked for it. */
static void
test_numeric(void **state)
{
	static const struct {
		const char *host;
		bool numeric;
	} cases[] = {
	    {"127.0.0.1", true},
	    {"127.1", true},
	    {"0x7f000001", true},
	    {"192.168.7.9", true},
	    {"::1", true},
	    {"2001:db8::7", true},
	    {"::ffff:10.0.0.1", true},
	    {"fe80::1%lo", true},
	    {"fe80::1%nonet0", true},
	    {"localhost", false},
	    {"ana", false},
	    {"10.0.0.256", false},
	    {"10.0.0.1.local", false},
	    {"1.2.3.4.5", false},
	    {"cafe", false},
	    {"fe80%lo", false},
	};
	struct target link_local = {"fe80::1%lo", 7000};
	struct target unplugged = {"fe80::1%nonet0", 7000};
	struct address_list l;
	struct reason why = {""};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct target t = {.port = 1};

		snprintf(t.host, sizeof(t.host), "%s", cases[i].host);
		if (target_is_numeric(&t) != cases[i].numeric)
			fail_msg("'%s'", t.host);
	}
	resolve("127.1", 7000, &l);
	assert_int_equal(l.count, 1);
	if (sock_resolve(&link_local, &l, &why) == 0) {
		const struct sockaddr_in6 *in6 = (void *)&l.list[0].storage;

		assert_int_equal(l.count, 1);
		assert_true(in6->sin6_scope_id != 0);
		assert_int_equal(ntohs(in6->sin6_port), 7000);
	}
	assert_int_equal(sock_resolve(&unplugged, &l, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "interface 'nonet0'"));
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.ss_family == AF_INET6
			 ? ((struct sockaddr_in6 *)&a)->sin6_port
			 : ((struct sockaddr_in *)&a)->sin_port);
}

static void
wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

static void
check_descriptor(int fd)
{
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* Connects to host:port, accepts on listen_fd, and sends a byte through. */
static void
call(const char *host, int listen_fd)
{
	struct address_list l;
	struct address from;
	char text[SOCK_TEXT_MAX], byte;
	int caller, callee;

	resolve(host, port_of(listen_fd), &l);
	assert_int_equal(sock_accept(listen_fd, &from), -1);
	caller = sock_connect(&l.list[0]);
	check_descriptor(caller);
	wait_for(caller, POLLOUT);
	assert_int_equal(sock_connect_result(caller), 0);
	wait_for(listen_fd, POLLIN);
	callee = sock_accept(listen_fd, &from);
	check_descriptor(callee);
	address_text(&from, text);
	assert_string_equal(text, host);
	sock_tune(caller);
	assert_int_equal(write(caller, "x", 1), 1);
	wait_for(callee, POLLIN);
	assert_int_equal(read(callee, &byte, 1), 1);
	close(caller);
	close(callee);
}

static bool
have_ipv6(void)
{
	struct reason why;
	int fds[SOCK_LISTEN_MAX];
	int n = sock_listen("::1", 0, fds, &why);

	if (n == 1)
		close(fds[0]);
	return n == 1;
}

/* Every interface, both families, on one port. */
static void
test_listen_everywhere(void **state)
{
	int fds[SOCK_LISTEN_MAX];
	struct reason why;
	int n = sock_listen(NULL, 0, fds, &why);

	(void)state;
	assert_true(n >= 1);
	assert_int_equal(n, have_ipv6() ? 2 : 1);
	for (int i = 0; i < n; i++)
		check_descriptor(fds[i]);
	if (n == 2) {
		assert_int_equal(port_of(fds[0]), port_of(fds[1]));
		call("::1", fds[0]);
	}
	call("127.0.0.1", fds[n - 1]);
	for (int i = 0; i < n; i++)
		close(fds[i]);
}

static void
test_listen_refusals(void **state)
{
	int fds[SOCK_LISTEN_MAX], more[SOCK_LISTEN_MAX];
	struct reason why = {""};
	char port[8];

	(void)state;
	assert_int_equal(sock_listen("127.0.0.1", 0, fds, &why), 1);
	snprintf(port, sizeof(port), "%u", (unsigned)port_of(fds[0]));
	assert_int_equal(
	    sock_listen("127.0.0.1", port_of(fds[0]), more, &why), ERR_BUSY);
	assert_non_null(strstr(why.text, port));
	assert_non_null(strstr(why.text, "--port"));
	/* One family taken is taken: nobody listens with half an ear. */
	assert_int_equal(
	    sock_listen(NULL, port_of(fds[0]), more, &why), ERR_BUSY);
	close(fds[0]);
	assert_int_equal(sock_listen("ana", 0, fds, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "'ana'"));
	assert_int_equal(sock_listen("", 0, fds, &why), ERR_INVALID);
	/* RFC 5737: nobody's address */
	assert_int_equal(sock_listen("203.0.113.7", 0, fds, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "--bind"));
}

/* After a talk the port is free again at once. */
static void
test_listen_again(void **state)
{
	int fds[SOCK_LISTEN_MAX];
	struct reason why;
	uint16_t port;

	(void)state;
	assert_int_equal(sock_listen("127.0.0.1", 0, fds, &why), 1);
	port = port_of(fds[0]);
	call("127.0.0.1", fds[0]);
	close(fds[0]);
	assert_int_equal(sock_listen("127.0.0.1", port, fds, &why), 1);
	close(fds[0]);
}

static void
test_connect_refused(void **state)
{
	int fds[SOCK_LISTEN_MAX], fd, error;
	struct address_list l;
	struct reason why;

	(void)state;
	assert_int_equal(sock_listen("127.0.0.1", 0, fds, &why), 1);
	resolve("127.0.0.1", port_of(fds[0]), &l);
	close(fds[0]);
	fd = sock_connect(&l.list[0]);
	if (fd < 0) {
		error = errno;
	} else {
		wait_for(fd, POLLOUT);
		error = sock_connect_result(fd);
		close(fd);
	}
	assert_int_equal(error, ECONNREFUSED);
	assert_string_equal(sock_error_text(error), "connection refused");
	assert_string_equal(sock_error_text(ETIMEDOUT), "no answer");
}

/* A socket that has called itself is nobody who answers. */
static void
test_connect_to_itself(void **state)
{
	struct address_list l;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	resolve("127.0.0.1", 0, &l);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&l.list[0].storage, l.list[0].len), 0);
	resolve("127.0.0.1", port_of(fd), &l);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&l.list[0].storage, l.list[0].len),
	    0);
	assert_int_equal(sock_connect_result(fd), ECONNREFUSED);
	close(fd);
}

static void
test_tune(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), value = 0;
	socklen_t len = sizeof(value);

	(void)state;
	sock_tune(fd);
	assert_int_equal(
	    getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), 0);
	assert_true(value != 0);
	assert_int_equal(
	    getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len), 0);
	assert_true(value != 0);
#ifdef TCP_NOTSENT_LOWAT
	assert_int_equal(
	    getsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, &len), 0);
	assert_int_equal(value, 256 * 1024);
#endif
#ifdef TCP_USER_TIMEOUT
	assert_int_equal(
	    getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &len), 0);
	assert_int_equal(value, 15000);
#endif
	close(fd);
}

/* Whatever the machine has: it can be typed, and loopback only when alone. */
static void
test_own_addresses(void **state)
{
	char own[16][SOCK_TEXT_MAX], one[1][SOCK_TEXT_MAX];
	size_t n = sock_own_addresses(own, COUNT(own));

	(void)state;
	assert_true(n <= COUNT(own));
	for (size_t i = 0; i < n; i++) {
		struct target t;
		struct reason why;

		assert_int_equal(target_parse(own[i], 1, &t, &why), 0);
		assert_string_equal(t.host, own[i]);
		if (strncmp(own[0], "127.", 4) != 0 &&
		    strcmp(own[0], "::1") != 0) {
			assert_string_not_equal(own[i], "127.0.0.1");
			assert_string_not_equal(own[i], "::1");
		}
		if (strncmp(own[i], "fe80:", 5) == 0)
			assert_non_null(strchr(own[i], '%'));
	}
	if (n > 0) {
		assert_int_equal(sock_own_addresses(one, 1), 1);
		assert_string_equal(one[0], own[0]);
	}
	assert_int_equal(sock_own_addresses(one, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_parse_refuses),
	    cmocka_unit_test(test_parse_length),
	    cmocka_unit_test(test_resolve),
	    cmocka_unit_test(test_numeric),
	    cmocka_unit_test(test_listen_everywhere),
	    cmocka_unit_test(test_listen_refusals),
	    cmocka_unit_test(test_listen_again),
	    cmocka_unit_test(test_connect_refused),
	    cmocka_unit_test(test_connect_to_itself),
	    cmocka_unit_test(test_tune),
	    cmocka_unit_test(test_own_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
