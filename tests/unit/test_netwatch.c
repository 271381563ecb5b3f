/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes of a network, made with ip(8) in a network of our own: it lives as
 * long as the process that a test starts for it. That the clock is set, or
 * the machine wakes up, is not tested: there is no clock of our own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/netwatch.h"
#include "src/base/util.h"

enum { PATIENCE_MS = 60 * 1000, NO_NETWORK = 99 };

static void
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	(void)!write(fd, text, strlen(text));
	close(fd);
}

/* Who is not root becomes it in there. */
static bool
enter_network(void)
{
	char uid_map[64], gid_map[64];

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", (unsigned)geteuid());
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWNET) < 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			return false;
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/uid_map", uid_map);
		write_text("/proc/self/gid_map", gid_map);
	}
	return system("{ ip link set lo up && ip link add v0 type veth "
		      "peer name v1 && ip link del v0; } >/dev/null 2>&1") == 0;
}

/* Run a check in there; skip the test where there can be none. */
static void
in_network(void (*check)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!enter_network())
			_exit(NO_NETWORK);
		/* A failure leaves through cmocka, with another status. */
		check();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_NETWORK) {
		print_message("skipped: no network of our own to change "
			      "(no ip or veth, or not allowed)\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
ip(const char *arguments)
{
	char *command = str_printf("ip %s", arguments);

	assert_int_equal(system(command), 0);
	free(command);
}

struct scene {
	struct loop *loop;
	struct netwatch *watch;
	unsigned changes;
	bool free_inside;
};

static void
on_change(void *arg)
{
	struct scene *s = arg;

	s->changes++;
	if (s->free_inside) {
		netwatch_free(s->watch);
		s->watch = NULL;
	}
}

static void
scene_begin(struct scene *s)
{
	*s = (struct scene){.loop = loop_new()};
	s->watch = netwatch_new(s->loop, on_change, s);
	assert_non_null(s->watch);
}

static void
scene_end(struct scene *s)
{
	netwatch_free(s->watch);
	loop_free(s->loop);
}

static void
until(struct scene *s, unsigned changes)
{
	uint64_t end = clock_mono_ms() + PATIENCE_MS;

	while (s->changes < changes) {
		loop_turn(s->loop, 100);
		if (clock_mono_ms() > end)
			fail_msg("no change %u was told", changes);
	}
}

static void
check_tells(void)
{
	static const char *const changes[] = {
	    "addr add 127.1.1.1/32 dev lo",
	    "addr del 127.1.1.1/32 dev lo",
	    "link add v0 type veth peer name v1",
	    "link set v0 up",
	    "addr add 10.9.9.1/24 dev v0",
	    "route add 10.10.0.0/16 dev v0",
	    "route del 10.10.0.0/16",
	    "link set v0 down",
	    "link del v0",
	};
	struct scene s;

	scene_begin(&s);
	for (size_t i = 0; i < COUNT(changes); i++) {
		unsigned before = s.changes;

		ip(changes[i]);
		/* Told by the loop, when it has settled. */
		assert_int_equal(s.changes, before);
		until(&s, before + 1);
	}
	scene_end(&s);
}

static void
test_tells(void **state)
{
	(void)state;
	in_network(check_tells);
}

/* Nothing changes, and nothing wakes us: one turn sleeps all its time. */
static void
check_silence(void)
{
	enum { SLEEP_MS = 300 };
	struct scene s;
	uint64_t begun;

	scene_begin(&s);
	begun = clock_mono_ms();
	loop_turn(s.loop, SLEEP_MS);
	assert_true(clock_mono_ms() - begun >= SLEEP_MS - 1);
	assert_int_equal(s.changes, 0);

	/* The same when something had changed. */
	ip("addr add 127.1.1.1/32 dev lo");
	until(&s, 1);
	begun = clock_mono_ms();
	loop_turn(s.loop, SLEEP_MS);
	assert_true(clock_mono_ms() - begun >= SLEEP_MS - 1);
	assert_int_equal(s.changes, 1);
	scene_end(&s);
}

static void
test_silence(void **state)
{
	(void)state;
	in_network(check_silence);
}

/* Several changes close by are one. */
static void
check_burst(void)
{
	static const char add[] =
	    "for i in 1 2 3 4 5 6 7 8 9 10; do "
	    "echo addr add 127.1.1.$i/32 dev lo; done | ip -batch -";
	struct scene s;

	scene_begin(&s);
	assert_int_equal(system(add), 0);
	until(&s, 1);
	loop_turn(s.loop, 2 * NETWATCH_SETTLE_MS);
	assert_int_equal(s.changes, 1);
	scene_end(&s);
}

static void
test_burst(void **state)
{
	(void)state;
	in_network(check_burst);
}

/* More than the kernel keeps for us: it is told, and goes on. */
static void
check_flood(void)
{
	static const char add[] =
	    "i=0; while [ $i -lt 3000 ]; do "
	    "echo addr add 127.1.$((i / 250)).$((i % 250 + 1))/32 dev lo; "
	    "i=$((i + 1)); done | ip -batch -";
	struct scene s;
	unsigned before;

	scene_begin(&s);
	assert_int_equal(system(add), 0);
	until(&s, 1);
	/* What was kept for us is read; then it is silent. */
	do {
		before = s.changes;
		loop_turn(s.loop, 2 * NETWATCH_SETTLE_MS);
	} while (s.changes > before);
	ip("addr add 127.2.1.1/32 dev lo");
	until(&s, before + 1);
	scene_end(&s);
}

static void
test_flood(void **state)
{
	(void)state;
	in_network(check_flood);
}

/* A network that never comes to rest does not put it off for ever. */
static void
check_never_at_rest(void)
{
	uint64_t end = clock_mono_ms() + PATIENCE_MS;
	struct scene s;

	scene_begin(&s);
	while (s.changes < 3) {
		ip("addr add 127.1.1.1/32 dev lo");
		loop_turn(s.loop, 0);
		ip("addr del 127.1.1.1/32 dev lo");
		loop_turn(s.loop, 0);
		assert_true(clock_mono_ms() < end);
	}
	scene_end(&s);
}

static void
test_never_at_rest(void **state)
{
	(void)state;
	in_network(check_never_at_rest);
}

static void
check_free_inside(void)
{
	struct scene s;

	scene_begin(&s);
	s.free_inside = true;
	ip("addr add 127.1.1.1/32 dev lo");
	until(&s, 1);
	assert_null(s.watch);
	ip("addr del 127.1.1.1/32 dev lo");
	loop_turn(s.loop, 10);
	assert_int_equal(s.changes, 1);
	scene_end(&s);

	/* While a change is about to be told. */
	scene_begin(&s);
	ip("addr add 127.1.1.1/32 dev lo");
	loop_turn(s.loop, 10);
	scene_end(&s);
	netwatch_free(NULL);
}

static void
test_free_inside(void **state)
{
	(void)state;
	in_network(check_free_inside);
}

static struct sockaddr_storage
address_of(const char *text)
{
	struct sockaddr_storage address = {
	    .ss_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET};
	struct sockaddr_in6 *in6 = (void *)&address;
	struct sockaddr_in *in = (void *)&address;

	assert_int_equal(
	    inet_pton(address.ss_family, text,
		address.ss_family == AF_INET6 ? (void *)&in6->sin6_addr
					      : (void *)&in->sin_addr),
	    1);
	return address;
}

/* A socket that is connected from here to there; nothing is sent. Or -1. */
static int
connected(const char *here, const char *there)
{
	struct sockaddr_storage from = address_of(here);
	struct sockaddr_storage to = address_of(there);
	int fd = socket(from.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* The same place in both families. */
	((struct sockaddr_in *)&to)->sin_port = htons(9);
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0) {
		close(fd);
		return -1;
	}
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void
test_path_here(void **state)
{
	static const char *const hosts[] = {
	    "127.0.0.1", "127.0.0.2", "127.255.1.1", "::1", "::ffff:127.0.0.1"};
	int pair[2];

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		int fd = connected(hosts[i], hosts[i]);

		if (fd < 0)
			continue; /* no IPv6 here */
		if (!netwatch_path_is_up(fd))
			fail_msg("%s", hosts[i]);
		close(fd);
	}
	/* Nobody can tell. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(netwatch_path_is_up(pair[0]));
	close(pair[0]);
	close(pair[1]);
	assert_true(netwatch_path_is_up(-1));
}

/* A carrier takes its time to come and go; then it is told, too. */
static void
expect_path(struct scene *s, int fd, bool up)
{
	uint64_t end = clock_mono_ms() + PATIENCE_MS;
	unsigned before = s->changes;

	while (netwatch_path_is_up(fd) != up || s->changes == before) {
		loop_turn(s->loop, 100);
		if (clock_mono_ms() > end)
			fail_msg("the path is not %s", up ? "up" : "down");
	}
}

static void
check_path(void)
{
	struct scene s;
	int lo, v4, v6;

	ip("link add v0 type veth peer name v1");
	ip("link set v1 up");
	ip("link set v0 up");
	ip("addr add 10.9.9.1/24 dev v0");
	ip("addr add 10.9.9.2/24 dev v0");
	scene_begin(&s);
	ip("addr add 2001:db8::1/64 dev v0 nodad");
	lo = connected("127.0.0.1", "127.0.0.1");
	v4 = connected("10.9.9.1", "10.9.9.7");
	v6 = connected("2001:db8::1", "2001:db8::7");
	assert_true(netwatch_path_is_up(lo));
	expect_path(&s, v4, true);
	assert_true(v6 < 0 || netwatch_path_is_up(v6));

	/* Another address on the same interface is another path. */
	ip("addr del 10.9.9.1/24 dev v0");
	expect_path(&s, v4, false);
	assert_true(v6 < 0 || netwatch_path_is_up(v6));
	ip("addr add 10.9.9.1/24 dev v0");
	expect_path(&s, v4, true);

	/* The cable is pulled, at the other end. */
	ip("link set v1 down");
	expect_path(&s, v4, false);
	assert_false(v6 >= 0 && netwatch_path_is_up(v6));
	assert_true(netwatch_path_is_up(lo));
	ip("link set v1 up");
	expect_path(&s, v4, true);

	ip("link set v0 down");
	expect_path(&s, v4, false);
	ip("link del v0");
	expect_path(&s, v4, false);
	ip("link set lo down");
	expect_path(&s, lo, false);
	scene_end(&s);
}

static void
test_path(void **state)
{
	(void)state;
	in_network(check_path);
}

/* The same link-local address on two interfaces: two paths. */
static void
check_zones(void)
{
	struct sockaddr_storage address = address_of("fe80::7");
	struct sockaddr_in6 *at = (void *)&address;
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct scene s;

	if (fd < 0)
		return; /* no IPv6 here */
	ip("link add v0 type veth peer name v1");
	ip("link set v0 up");
	ip("link set v1 up");
	scene_begin(&s);
	ip("addr add fe80::7/64 dev v0 nodad");
	ip("addr add fe80::7/64 dev v1 nodad");
	at->sin6_scope_id = if_nametoindex("v0");
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof(*at)), 0);
	expect_path(&s, fd, true);
	ip("addr del fe80::7/64 dev v0");
	expect_path(&s, fd, false);
	scene_end(&s);
	close(fd);
}

static void
test_zones(void **state)
{
	(void)state;
	in_network(check_zones);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tells),
	    cmocka_unit_test(test_silence),
	    cmocka_unit_test(test_burst),
	    cmocka_unit_test(test_flood),
	    cmocka_unit_test(test_never_at_rest),
	    cmocka_unit_test(test_free_inside),
	    cmocka_unit_test(test_path_here),
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_zones),
	};

	return cmocka_run_group_tests_name("netwatch", tests, NULL, NULL);
}
