/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about a machine and its network, and the lines made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <locale.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/doctor.h"

/* There is one finding, in this state, with these words. Empties it. */
static void
is_one(struct findings *f, enum finding_state state, const char *words)
{
	if (f->count != 1 || f->list[0].state != state ||
	    strstr(f->list[0].text, words) == NULL)
		fail_msg("%zu, not '%s': %s", f->count, words,
		    f->count > 0 ? f->list[0].text : "");
	findings_release(f);
}

static struct address
address(const char *text)
{
	struct target t = {.port = 6973};
	struct address a;

	memcpy(t.host, text, strlen(text) + 1);
	assert_true(address_of(&t, &a));
	return a;
}

static void
add_link(struct survey_network *n, const char *name, bool running)
{
	struct survey_link *l = &n->links[n->link_count++];

	memcpy(l->name, name, strlen(name) + 1);
	l->running = running;
	l->loopback = strcmp(name, "lo") == 0;
	l->ordinary = name[0] != 't' && !l->loopback;
}

/* To the last link. */
static void
add_address(struct survey_network *n, const char *text, unsigned prefix)
{
	n->addresses[n->address_count++] = (struct survey_address){
	    .link = n->link_count - 1, .at = address(text), .prefix = prefix};
}

static void
add_route(
    struct survey_network *n, const char *link, const char *net, unsigned bits)
{
	struct survey_route *r = &n->routes[n->route_count++];

	memcpy(r->link, link, strlen(link) + 1);
	r->net = ntohl(inet_addr(net));
	r->mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
	r->gateway = bits == 0;
	n->routes_known = true;
}

static void
begin(struct survey_network *n)
{
	memset(n, 0, sizeof(*n));
	add_link(n, "lo", true);
	add_address(n, "127.0.0.1", 8);
}

static struct survey_network net;

static const struct {
	const char *link, *address;
	unsigned prefix;
	const char *route;
	unsigned bits;
	enum finding_state state;
	const char *words;
} links[] = {
    {"eth0", "192.168.1.20", 24, "192.168.1.0", 24, FINDING_FINE,
	"network eth0: 192.168.1.20/24"},
    {"eth0", "192.168.1.20", 24, "192.168.0.0", 16, FINDING_FINE, "eth0"},
    {"eth0", "192.168.1.20", 24, "192.168.2.0", 24, FINDING_WRONG,
	"sudo ip route add 192.168.1.0/24 dev eth0"},
    {"eth0", "192.168.1.20", 24, "192.168.1.0", 25, FINDING_WRONG, "no route"},
    {"eth0", "192.168.1.20", 24, "0.0.0.0", 0, FINDING_WRONG, "no route"},
    {"eth0", "192.168.1.20", 32, NULL, 0, FINDING_WRONG,
	"eth0: wrong prefix: with 192.168.1.20/32"},
    {"eth0", "192.168.1.20", 7, NULL, 0, FINDING_WRONG, "wrong prefix"},
    {"eth0", "192.168.1.20", 0, NULL, 0, FINDING_WRONG, "wrong prefix"},
    {"eth0", "192.168.1.0", 24, NULL, 0, FINDING_WRONG, "no machine can have"},
    {"eth0", "192.168.1.255", 24, NULL, 0, FINDING_WRONG,
	"no machine can have"},
    {"eth0", "192.168.1.255", 16, "192.168.0.0", 16, FINDING_FINE, "eth0"},
    {"eth0", "10.0.0.0", 31, "10.0.0.0", 31, FINDING_FINE, "eth0"},
    {"eth0", "fd00::1", 128, NULL, 0, FINDING_FINE, "fd00::1/128"},
    {"tun0", "10.8.0.2", 32, NULL, 0, FINDING_FINE, "tun0"},
};

static void
test_links(void **state)
{
	struct findings f = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(links); i++) {
		begin(&net);
		add_link(&net, links[i].link, true);
		add_address(&net, links[i].address, links[i].prefix);
		if (links[i].route != NULL)
			add_route(
			    &net, links[i].link, links[i].route, links[i].bits);
		doctor_judge_links(&net, &f);
		is_one(&f, links[i].state, links[i].words);
	}
}

static void
test_no_links(void **state)
{
	struct findings f = {0};

	(void)state;
	begin(&net);
	doctor_judge_links(&net, &f);
	is_one(&f, FINDING_WRONG, "there is no network here");
	net.down = 1;
	doctor_judge_links(&net, &f);
	is_one(&f, FINDING_WRONG, "no network is up");
	add_link(&net, "eth0", false);
	add_address(&net, "10.0.0.1", 24);
	doctor_judge_links(&net, &f);
	is_one(&f, FINDING_WRONG, "eth0 has nobody at its other end");
	add_link(&net, "eth1", true);
	doctor_judge_links(&net, &f);
	is_one(&f, FINDING_WRONG, "eth1 is up and has no address");
}

static const struct {
	const char *address, *link;
	int error; /* -1: not called */
	enum finding_state state;
	const char *words;
} peers[] = {
    {"192.168.1.31", "", 0, FINDING_FINE, "X: port 6973 is open"},
    {"192.168.1.31", "eth0", ECONNREFUSED, FINDING_WRONG, "nobody waits at it"},
    {"192.168.1.31", "eth0", ETIMEDOUT, FINDING_WRONG,
	"X is there, on the network eth0, and does not answer"},
    {"192.168.1.31", "", ETIMEDOUT, FINDING_WRONG, "no answer at port 6973"},
    {"192.168.1.31", "", EHOSTUNREACH, FINDING_WRONG, "nobody has this"},
    {"10.0.0.1", "", ENETUNREACH, FINDING_WRONG, "X: no route"},
    {"10.0.0.1", "", EPERM, FINDING_WRONG, "lets no call out"},
    {"10.0.0.1", "", EIO, FINDING_WRONG, "X: "},
    {"192.168.2.7", "eth0", ENETUNREACH, FINDING_WRONG,
	"X: wrong prefix: it is on the network eth0, too, but outside of "
	"192.168.1.20/24"},
    {"192.168.2.7", "eth0", 0, FINDING_WRONG, "X: wrong prefix"},
    {"192.168.2.7", "eth0", -1, FINDING_WRONG, "X: wrong prefix"},
    {"192.168.2.7", "eth1", -1, FINDING_WRONG, "has no IPv4 address"},
    {"fe80::2%lo", "", ECONNREFUSED, FINDING_WRONG, "nobody waits"},
};

static void
test_peers(void **state)
{
	struct findings f = {0};
	char label[] = "X";

	(void)state;
	begin(&net);
	add_link(&net, "eth0", true);
	add_address(&net, "192.168.1.20", 24);
	for (size_t i = 0; i < COUNT(peers); i++) {
		struct doctor_peer p = {.label = label,
		    .at = address(peers[i].address),
		    .called = peers[i].error >= 0,
		    .error = peers[i].error};

		memcpy(p.link, peers[i].link, strlen(peers[i].link) + 1);
		doctor_judge_peer(&net, &p, &f);
		is_one(&f, peers[i].state, peers[i].words);
	}
}

static const struct {
	struct doctor_port port;
	enum finding_state state;
	const char *words;
} ports[] = {
    {{.port = 6973}, FINDING_FINE, "port 6973 is free"},
    {{.port = 6973, .ours = true}, FINDING_FINE, "this charla waits there"},
    {{.port = 6973, .error = EADDRINUSE, .holder = {7, "charla"}}, FINDING_FINE,
	"charla waits there already (process 7)"},
    {{.port = 6973, .error = EADDRINUSE, .holder = {7, "py\033[1m"}},
	FINDING_WRONG,
	"another program, 'py\xe2\x90\x9b[1m' (process 7); end it, or choose"},
    {{.port = 6973, .error = EADDRINUSE}, FINDING_WRONG, "of another user"},
    {{.port = 80, .error = EACCES}, FINDING_WRONG, "from 1024 up"},
    {{.port = 6973, .error = EADDRNOTAVAIL}, FINDING_WRONG, "none of this"},
    {{.port = 6973, .error = EIO}, FINDING_WRONG, "cannot wait there"},
};

static void
test_port(void **state)
{
	struct findings f = {0};
	struct doctor_port linked = {.port = 6973, .ours = true};

	(void)state;
	for (size_t i = 0; i < COUNT(ports); i++) {
		doctor_judge_port(&ports[i].port, &f);
		is_one(&f, ports[i].state, ports[i].words);
	}
	linked.called_by = "192.168.1.20";
	doctor_judge_port(&linked, &f);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.list[1].state, FINDING_UNKNOWN);
	assert_non_null(
	    strstr(f.list[1].text, "run: charla doctor 192.168.1.20"));
	findings_release(&f);
	linked.linked = "beto";
	linked.came_in = true;
	doctor_judge_port(&linked, &f);
	assert_non_null(strstr(f.list[1].text, "beto has called you here"));
	findings_release(&f);
	linked.came_in = false;
	doctor_judge_port(&linked, &f);
	assert_non_null(strstr(f.list[1].text, "the way to beto works"));
	findings_release(&f);
	linked.only_here = true;
	doctor_judge_port(&linked, &f);
	assert_int_equal(f.list[1].state, FINDING_WRONG);
	assert_non_null(strstr(f.list[1].text, "from this machine only"));
	findings_release(&f);
}

static const struct {
	struct survey_multicast m;
	enum finding_state state;
	const char *words;
} multicasts[] = {
    {{.link = "e", .ways = {{true, 0, true}, {true, 0, true}}, .answers = 2},
	FINDING_FINE, "on e comes through: 2 other machines have"},
    {{.link = "e", .ways = {{true, 0, true}, {true, 0, false}}}, FINDING_FINE,
	"leaves here and comes in"},
    {{.link = "e", .ways = {{false, 0, false}, {true, 0, true}}}, FINDING_FINE,
	"leaves here"},
    {{.link = "e", .ways = {{true, 0, false}, {true, 0, false}}}, FINDING_WRONG,
	"does not come in on e"},
    {{.link = "e", .ways = {{true, EPERM, false}, {true, 0, false}}},
	FINDING_WRONG, "cannot leave on e: this machine does not allow it"},
    {{.link = "e", .ways = {{false, 0, false}, {true, ENETUNREACH, false}}},
	FINDING_WRONG, "cannot leave on e: no route"},
};

static void
test_multicast(void **state)
{
	struct findings f = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(multicasts); i++) {
		doctor_judge_multicast(&multicasts[i].m, 1, &f);
		is_one(&f, multicasts[i].state, multicasts[i].words);
	}
	doctor_judge_avahi(DOCTOR_AVAHI_ABSENT, 0, &f);
	is_one(&f, FINDING_WRONG, "sudo systemctl start avahi-daemon");
	doctor_judge_avahi(DOCTOR_AVAHI_UNBUILT, 0, &f);
	is_one(&f, FINDING_UNKNOWN, "without Avahi");
	doctor_judge_avahi(DOCTOR_AVAHI_SLOW, 0, &f);
	is_one(&f, FINDING_UNKNOWN, "not answered yet");
	doctor_judge_avahi(DOCTOR_AVAHI_READY, 0, &f);
	is_one(&f, FINDING_FINE, "nobody is nearby");
	doctor_judge_avahi(DOCTOR_AVAHI_READY, 2, &f);
	is_one(&f, FINDING_FINE, "2 people are seen");
}

#define GOOD                                                                   \
	.what = "key", .path = "/a", .option = "--data", .private = true,      \
	.exists = true, .is_folder = true, .own = true, .mode = 0700,          \
	.writable = true, .room = 2000000000

static const struct {
	struct doctor_folder folder;
	enum finding_state state;
	const char *words;
} folders[] = {
    {{GOOD}, FINDING_FINE, "key: /a, mode 0700, 2.0 GB free"},
    {{.what = "key", .path = "/a", .writable = true, .room = 2000000000},
	FINDING_FINE, "to be made when it is needed"},
    {{.what = "key", .path = "/a", .option = "--dir"}, FINDING_WRONG,
	"cannot be written to; mend that, or choose another with --dir"},
    {{.what = "key", .path = "/a", .option = "--dir", .error = EACCES},
	FINDING_WRONG, "Permission denied"},
};

static void
test_folders(void **state)
{
	struct doctor_folder d = {GOOD};
	struct findings f = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(folders); i++) {
		doctor_judge_folder(&folders[i].folder, &f);
		is_one(&f, folders[i].state, folders[i].words);
	}
	d.is_folder = false;
	doctor_judge_folder(&d, &f);
	is_one(&f, FINDING_WRONG, "is no folder");
	d.is_folder = true;
	d.own = false;
	doctor_judge_folder(&d, &f);
	is_one(&f, FINDING_WRONG, "belongs to another user");
	d.own = true;
	d.mode = 0770;
	doctor_judge_folder(&d, &f);
	is_one(&f, FINDING_WRONG, "run: chmod go-w '/a'");
	/* What is received may be for a group. */
	d.private = false;
	doctor_judge_folder(&d, &f);
	is_one(&f, FINDING_FINE, "mode 0770");
	d.room = DOCTOR_ROOM_MIN - 1;
	doctor_judge_folder(&d, &f);
	is_one(&f, FINDING_WRONG, "has only 100.0 MB left");
	doctor_judge_key("/k", 0600, &f);
	is_one(&f, FINDING_FINE, "for you alone");
	doctor_judge_key("/k", 0640, &f);
	is_one(&f, FINDING_WRONG, "run: chmod 600 '/k'");
}

static void
test_person(void **state)
{
	char type[] = "xterm";
	struct doctor_terminal t = {.type = type,
	    .terminal = true,
	    .paintable = true,
	    .rows = 24,
	    .columns = 80,
	    .colours = 256};
	struct findings f = {0};

	(void)state;
	doctor_judge_terminal(&t, &f);
	is_one(
	    &f, FINDING_FINE, "TERM=xterm, 80 columns, 24 rows, 256 colours");
	t.colours = -1;
	doctor_judge_terminal(&t, &f);
	is_one(&f, FINDING_FINE, "no colours");
	t.columns = 20;
	doctor_judge_terminal(&t, &f);
	is_one(&f, FINDING_WRONG, "20 columns and 24 rows");
	t.rows = 0;
	doctor_judge_terminal(&t, &f);
	is_one(&f, FINDING_FINE, "does not say how large");
	t.paintable = false;
	doctor_judge_terminal(&t, &f);
	is_one(&f, FINDING_FINE, "gets lines");
	reason_set(&t.why, "not known here");
	doctor_judge_terminal(&t, &f);
	is_one(&f, FINDING_WRONG, "not known here");
	t.terminal = false;
	doctor_judge_terminal(&t, &f);
	is_one(&f, FINDING_UNKNOWN, "not written to one");
	doctor_judge_letters("UTF-8", &f);
	is_one(&f, FINDING_FINE, "UTF-8");
	doctor_judge_letters("ANSI_X3.4-1968", &f);
	is_one(&f, FINDING_WRONG, "export LANG=C.UTF-8");
}

static void
test_clock(void **state)
{
	struct doctor_clock c = {.utc_ms = INT64_C(1795896000000)};
	struct findings f = {0};

	(void)state;
	doctor_judge_clock(&c, &f);
	is_one(&f, FINDING_FINE, "the clock says 2026-11-28");
	c.linked = "beto";
	c.ahead_ms = 120 * 1000;
	doctor_judge_clock(&c, &f);
	is_one(&f, FINDING_FINE, "the clock says 2026-11-28");
	c.ahead_ms = 3600 * 1000;
	doctor_judge_clock(&c, &f);
	is_one(&f, FINDING_WRONG, "the one of beto is 1 h 00 min ahead");
	c.ahead_ms = 0;
	c.utc_ms = 0;
	doctor_judge_clock(&c, &f);
	is_one(&f, FINDING_WRONG, "1970");
	c.utc_ms = INT64_C(5000000000000);
	doctor_judge_clock(&c, &f);
	is_one(&f, FINDING_WRONG, "cannot be");
}

static void
test_lines(void **state)
{
	struct findings f = {0}, more = {0};
	char *text;

	(void)state;
	text = findings_sum(&f);
	assert_string_equal(text, "doctor: nothing is wrong");
	free(text);
	findings_add(&f, FINDING_FINE, "a");
	findings_add(&more, FINDING_WRONG, "b");
	findings_add(&more, FINDING_UNKNOWN, "c");
	findings_move(&more, &f);
	findings_move(&more, &f);
	assert_int_equal(f.count, 3);
	assert_int_equal(findings_wrong(&f), 1);
	text = finding_line(&f.list[0]);
	assert_string_equal(text, "fine     a");
	free(text);
	text = finding_line(&f.list[1]);
	assert_string_equal(text, "wrong    b");
	free(text);
	text = finding_line(&f.list[2]);
	assert_string_equal(text, "unknown  c");
	free(text);
	text = findings_sum(&f);
	assert_string_equal(text, "doctor: 1 thing is wrong");
	free(text);
	findings_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_no_links),
	    cmocka_unit_test(test_peers),
	    cmocka_unit_test(test_port),
	    cmocka_unit_test(test_multicast),
	    cmocka_unit_test(test_folders),
	    cmocka_unit_test(test_person),
	    cmocka_unit_test(test_clock),
	    cmocka_unit_test(test_lines),
	};

	setenv("TZ", "UTC", 1);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
