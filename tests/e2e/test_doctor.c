/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla doctor and /doctor: what is well is called fine, and what keeps two
 * people from meeting is named, with what to do about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/neighbourhood.h"
#include "tests/e2e/piped.h"

enum { SETTLED_MS = 30 * 1000 };

static bool allowed; /* namespaces and Avahi; found out once, in main */

/* What one run of charla doctor printed, and its exit status. */
struct answer {
	char text[8192];
	int status;
};

/* command ends in "charla doctor ...". */
static void
ask(struct answer *a, const char *command)
{
	FILE *f = popen(command, "r");
	size_t len;

	assert_non_null(f);
	len = fread(a->text, 1, sizeof(a->text) - 1, f);
	a->text[len] = '\0';
	a->status = pclose(f);
	assert_true(WIFEXITED(a->status));
	a->status = WEXITSTATUS(a->status);
	printf("%s\n%s-> %d\n", command, a->text, a->status);
}

/* charla doctor on a machine; its home is a new one. */
static void
ask_there(struct answer *a, struct neighbourhood *h, int machine,
    const char *arguments)
{
	char home[4096];

	make_temp_dir(home, sizeof(home));
	ask(a,
	    text_of("HOME='%s' LANG=C.UTF-8 TERM=xterm %s nsenter -t %d -n "
		    "-- '%s' doctor %s",
		home, avahi_env(h->avahi[machine])[0],
		(int)netns_pid(h->net, machine), getenv("CHARLA"), arguments));
	remove_tree(home);
}

/* A row of it begins with state and holds words. */
static bool
says(const struct answer *a, const char *state, const char *words)
{
	char *text = str_dup(a->text), *rest = text, *row;
	bool found = false;

	while (!found && (row = strsep(&rest, "\n")) != NULL)
		found = strncmp(row, state, strlen(state)) == 0 &&
			strstr(row, words) != NULL;
	free(text);
	return found;
}

static int
listen_here(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* By this very program. */
static void
test_port_taken(void **state)
{
	struct answer a;
	int guard, fd;
	uint16_t port;

	(void)state;
	port = free_port(&guard);
	fd = listen_here(port);
	ask(&a, text_of("'%s' doctor --port %d", getenv("CHARLA"), port));
	assert_true(says(&a, "wrong", "another program, 'test_doctor'"));
	assert_int_equal(a.status, 1);
	close(fd);
	ask(&a, text_of("'%s' doctor --port %d", getenv("CHARLA"), port));
	assert_true(says(&a, "fine", text_of("port %d is free", port)));
	close(guard);
}

/* In the running program; and beside it, which is no fault. */
static void
test_running(void **state)
{
	struct person ana = {.cols = 160};
	struct answer a;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "/doctor");
	assert_true(person_sees(
	    &ana, text_of("port %d: this charla waits there", ana.port)));
	assert_true(person_sees(&ana, "doctor: "));
	ask(&a, text_of("'%s' doctor --port %d", getenv("CHARLA"), ana.port));
	assert_true(says(&a, "fine", "charla waits there already"));
	person_release(&ana);
}

static void
test_lines(void **state)
{
	static const struct piped_config config = {
	    .name = "ana", .input = "/doctor\n"};
	struct piped ana = {0};
	size_t len;

	(void)state;
	piped_start(&ana, &config);
	assert_true(piped_left(&ana, 0));
	assert_non_null(strstr(piped_output(&ana, &len), "doctor: "));
	piped_release(&ana);
}

/* What a fault on ana's machine makes of its charla doctor. */
struct fault {
	const char *commands; /* that stage it, on her machine */
	const char *arguments;
	const char *words; /* of a row that says wrong */
	const char *more;  /* of another one, or NULL */
};

static void
named(const struct fault *f)
{
	struct neighbourhood h;
	struct answer a;

	if (!allowed)
		skip();
	neighbourhood_open(&h);
	netns_run(h.net, NETNS_ANA, f->commands);
	ask_there(&a, &h, NETNS_ANA, f->arguments);
	assert_true(says(&a, "wrong", f->words));
	if (f->more != NULL)
		assert_true(says(&a, "wrong", f->more));
	assert_int_equal(a.status, 1);
	neighbourhood_close(&h);
}

/* All is fine with ana's machine, and beto is seen and can be called. */
static bool
is_healthy(const struct answer *a, uint16_t port)
{
	return a->status == 0 && says(a, "doctor: nothing is wrong", "") &&
	       says(a, "fine", "network cable: 10.69.73.1/24") &&
	       says(a, "fine", "port 6973 is free") &&
	       says(a, "fine", text_of("port %d is open", port)) &&
	       says(a, "fine", "1 other machine has answered") &&
	       says(a, "fine", "Avahi runs; 1 person");
}

/*
 * Two machines and nothing wrong: both say so, of each other too, as soon as
 * each has told the other of itself. And where nobody waits, it says that.
 */
static void
test_healthy(void **state)
{
	struct person beto = {0};
	struct neighbourhood h;
	struct answer a;
	uint64_t until;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	assert_true(person_sees(&beto, "waiting for a call"));
	until = clock_mono_ms() + (uint64_t)deadline_scaled(SETTLED_MS);
	do
		ask_there(&a, &h, NETNS_ANA, "beto");
	while (!is_healthy(&a, beto.port) && clock_mono_ms() < until);
	assert_true(is_healthy(&a, beto.port));
	ask_there(&a, &h, NETNS_BETO, text_of("--port %d", beto.port));
	assert_int_equal(a.status, 0);
	person_release(&beto);
	ask_there(&a, &h, NETNS_ANA, NETNS_BETO_ADDRESS);
	assert_true(says(&a, "wrong", "refuses calls to port 6973"));
	assert_int_equal(a.status, 1);
	neighbourhood_close(&h);
}

/* Is there a firewall to stage a fault with? If not, it is printed. */
static bool
nft_allowed(void)
{
	if (system("unshare -n nft add table inet t 2>/dev/null") == 0)
		return true;
	print_message("nft is missing, or not allowed here: skipped\n");
	return false;
}

/*
 * In two running programs that are connected: the link proves the way it was
 * called, and no more. The talk goes on meanwhile.
 */
static void
test_linked(void **state)
{
	struct person ana = {.cols = 160}, beto = {.cols = 160};
	const char *extra[] = {NULL, NULL};
	struct neighbourhood h;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	extra[0] = text_of("10.69.73.1:%d", ana.port);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", extra);
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "connected with ana"));
	person_type(&ana, "/doctor");
	person_type(&beto, "/doctor");
	person_type(&ana, "while it looks");
	assert_true(person_sees(&beto, "while it looks"));
	assert_true(person_sees(&ana, "doctor: nothing is wrong"));
	assert_true(person_sees(
	    &ana, text_of("port %d is open to others: beto has called you here",
		      ana.port)));
	assert_true(person_sees(&beto, "doctor: nothing is wrong"));
	assert_true(person_sees(&beto, "the way to ana works"));
	person_release(&ana);
	person_release(&beto);
	neighbourhood_close(&h);
}

/*
 * By a firewall as people write them: it is named on the machine, missed from
 * the other one, and the line that is printed opens it.
 */
static void
test_port_blocked(void **state)
{
	struct person ana = {0};
	struct neighbourhood h;
	struct answer a;
	char *line;

	(void)state;
	if (!allowed || !nft_allowed())
		skip();
	neighbourhood_open(&h);
	netns_run(h.net, NETNS_ANA,
	    "nft -f - <<END\n"
	    "table inet filter {\n"
	    "  chain input {\n"
	    "    type filter hook input priority 0; policy drop;\n"
	    "    ct state vmap { established : accept, related : accept, "
	    "invalid : drop }\n"
	    "    iifname lo accept\n"
	    "    meta l4proto { icmp, ipv6-icmp } accept\n"
	    "    tcp dport { 22, 80 } accept\n"
	    "    udp dport 5353 accept\n"
	    "  }\n"
	    "}\n"
	    "END\n");
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	ask_there(&a, &h, NETNS_ANA, text_of("--port %d", ana.port));
	assert_true(says(&a, "wrong",
	    text_of("firewall of this machine keeps out calls to TCP port %d",
		ana.port)));
	assert_non_null(strstr(a.text, "doctor: 1 thing is wrong"));
	assert_int_equal(a.status, 1);
	line = strstr(a.text, "run: sudo ");
	assert_non_null(line);
	line += strlen("run: sudo ");
	line = str_ndup(line, strcspn(line, "\n"));

	ask_there(&a, &h, NETNS_BETO, text_of("10.69.73.1:%d", ana.port));
	assert_true(says(&a, "wrong",
	    text_of("10.69.73.1 is there, on the network cable, and does not "
		    "answer at port %d",
		ana.port)));
	assert_int_equal(a.status, 1);

	netns_run(h.net, NETNS_ANA, line);
	free(line);
	ask_there(&a, &h, NETNS_ANA, text_of("--port %d", ana.port));
	assert_true(says(&a, "fine", "no firewall of this machine"));
	assert_int_equal(a.status, 0);
	ask_there(&a, &h, NETNS_BETO, text_of("10.69.73.1:%d", ana.port));
	assert_int_equal(a.status, 0);
	person_release(&ana);
	neighbourhood_close(&h);
}

/* In another way of writing it: iptables, and to all but one network. */
static void
test_some_blocked(void **state)
{
	(void)state;
	if (!nft_allowed())
		skip();
	named(&(struct fault){
	    "nft add table ip filter && "
	    "nft \"add chain ip filter INPUT { type filter hook input "
	    "priority 0; policy drop; }\" && "
	    "nft add rule ip filter INPUT udp dport 5353 accept && "
	    "nft add rule ip filter INPUT ip saddr 192.168.7.7 tcp dport 6973 "
	    "accept",
	    "",
	    "lets in only some calls to TCP port 6973; to let all in, run: "
	    "sudo iptables -I INPUT -p tcp --dport 6973 -j ACCEPT",
	    NULL});
}

static void
test_multicast_blocked(void **state)
{
	(void)state;
	if (!nft_allowed())
		skip();
	named(&(struct fault){"nft add table inet t && "
			      "nft \"add chain inet t i { type filter hook "
			      "input priority 0; policy accept; }\" && "
			      "nft add rule inet t i udp dport 5353 drop",
	    "", "multicast does not come in on cable",
	    "run: sudo nft insert rule inet t i udp dport 5353 accept"});
}

static void
test_no_route(void **state)
{
	(void)state;
	named(&(struct fault){"ip route flush dev cable", NETNS_BETO_ADDRESS,
	    "cable: no route: the system has 10.69.73.1/24",
	    "10.69.73.2: no route"});
	named(&(struct fault){
	    "ip link set cable down", "", "no network is up", NULL});
}

static void
test_wrong_prefix(void **state)
{
	(void)state;
	named(&(struct fault){"ip addr flush dev cable && "
			      "ip addr add 10.69.73.1/32 dev cable",
	    "", "cable: wrong prefix: with 10.69.73.1/32", NULL});
	named(&(struct fault){"ip addr flush dev cable && "
			      "ip addr add 10.69.73.130/25 dev cable",
	    NETNS_BETO_ADDRESS,
	    "10.69.73.2: wrong prefix: it is on the network cable, too, but "
	    "outside of 10.69.73.130/25",
	    NULL});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_port_taken),
	    cmocka_unit_test(test_running),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_healthy),
	    cmocka_unit_test(test_linked),
	    cmocka_unit_test(test_port_blocked),
	    cmocka_unit_test(test_some_blocked),
	    cmocka_unit_test(test_multicast_blocked),
	    cmocka_unit_test(test_no_route),
	    cmocka_unit_test(test_wrong_prefix),
	};

	allowed = avahi_allowed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
