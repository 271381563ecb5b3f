/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What firewalls print of themselves, and the line that opens one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/doctor_firewall.h"
#include "src/doctor_iptables.h"

#define UFW(rows)                                                              \
	"Status: active\n\nTo                         Action      From\n"      \
	"--                         ------      ----\n" rows

static const struct {
	const char *status;
	enum passage passage;
} ufw[] = {
    {"Status: active\n", PASSAGE_CLOSED},
    {"Status: active\nDefault: deny (incoming), allow (outgoing)\n",
	PASSAGE_CLOSED},
    {"Status: active\nDefault: allow (incoming), allow (outgoing)\n",
	PASSAGE_OPEN},
    {"Status: active\nDefault: allow (incoming)\n"
     "6973 DENY IN Anywhere\n",
	PASSAGE_CLOSED},
    {UFW("6973/tcp                   ALLOW       Anywhere\n"), PASSAGE_OPEN},
    {UFW("6973                       ALLOW IN    Anywhere\n"), PASSAGE_OPEN},
    {UFW("6973/tcp                   LIMIT       Anywhere\n"), PASSAGE_OPEN},
    {UFW("6973/udp                   ALLOW       Anywhere\n"), PASSAGE_CLOSED},
    {UFW("6973/tcp (v6)              ALLOW       Anywhere (v6)\n"),
	PASSAGE_CLOSED},
    {UFW("6973/tcp                   ALLOW OUT   Anywhere\n"), PASSAGE_CLOSED},
    {UFW("6970:6980/tcp              ALLOW       Anywhere\n"), PASSAGE_OPEN},
    {UFW("22/tcp                     ALLOW       Anywhere\n"), PASSAGE_CLOSED},
    {UFW("Anywhere                   ALLOW       192.168.1.0/24\n"),
	PASSAGE_NARROW},
    {UFW("6973                       ALLOW       10.0.0.7\n"
	 "6973/tcp                   ALLOW       Anywhere\n"),
	PASSAGE_OPEN},
    {UFW("6973                       REJECT      Anywhere\n"
	 "6973/tcp                   ALLOW       Anywhere\n"),
	PASSAGE_CLOSED},
};

static void
test_ufw(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ufw); i++) {
		if (ufw_passage(ufw[i].status, 6973) != ufw[i].passage)
			fail_msg("%s: %d", ufw[i].status,
			    (int)ufw_passage(ufw[i].status, 6973));
	}
}

static void
test_firewalld(void **state)
{
	(void)state;
	assert_true(firewalld_has_port("6973/tcp\n", 6973, "tcp"));
	assert_true(firewalld_has_port("22/tcp 1025-65535/tcp\n", 6973, "tcp"));
	assert_false(firewalld_has_port("1025-65535/udp\n", 6973, "tcp"));
	assert_false(firewalld_has_port("\n", 6973, "tcp"));
	assert_false(firewalld_has_port("697/tcp 69730/tcp\n", 6973, "tcp"));
	assert_true(firewalld_has_service("ssh mdns\n", "mdns"));
	assert_false(firewalld_has_service("ssh mdns2\n", "mdns"));
}

static void
judge(const struct doctor_firewall *f, struct findings *out)
{
	static struct survey_network n;
	struct target t = {"192.168.1.20", 6973};

	memset(&n, 0, sizeof(n));
	memcpy(n.links[0].name, "eth0", sizeof("eth0"));
	n.links[0].running = true;
	n.link_count = n.address_count = 1;
	n.addresses[0].prefix = 24;
	assert_true(address_of(&t, &n.addresses[0].at));
	doctor_judge_firewall(f, &n, out);
}

static void
ends(const struct findings *f, size_t i, const char *words)
{
	const char *text = f->list[i].text;
	const size_t len = strlen(text), want = strlen(words);

	if (len < want || strcmp(text + len - want, words) != 0)
		fail_msg("'%s' does not end so: %s", text, words);
}

/* Closed to both, and it depends on who keeps the rules what opens it. */
static void
test_lines(void **state)
{
	struct doctor_firewall f = {.port = 7000};
	struct findings all = {0};

	(void)state;
	f.iptables = iptables_rules("-P INPUT DROP\n");
	judge(&f, &all);
	assert_int_equal(findings_wrong(&all), 2);
	ends(&all, 0, "sudo iptables -I INPUT -p tcp --dport 7000 -j ACCEPT");
	ends(&all, 1, "sudo iptables -I INPUT -p udp --dport 5353 -j ACCEPT");
	findings_release(&all);
	f.ufw = true;
	judge(&f, &all);
	ends(&all, 0, "sudo ufw allow 7000/tcp");
	ends(&all, 1, "sudo ufw allow 5353/udp");
	findings_release(&all);
	f.ufw = false;
	f.firewalld = true;
	judge(&f, &all);
	ends(&all, 0, "sudo firewall-cmd --add-port=7000/tcp");
	ends(&all, 1, "sudo firewall-cmd --add-service=mdns");
	findings_release(&all);
	json_decref(f.iptables);
}

/* Nobody but root may read: by what they say of themselves, or not at all. */
static void
test_not_root(void **state)
{
	struct doctor_firewall f = {
	    .port = 6973, .state = FIREWALL_RULES_DENIED};
	struct findings all = {0};

	(void)state;
	judge(&f, &all);
	assert_int_equal(all.list[0].state, FINDING_UNKNOWN);
	ends(&all, 0, "sudo charla doctor");
	findings_release(&all);
	f.state = FIREWALL_RULES_MISSING;
	judge(&f, &all);
	assert_int_equal(all.list[0].state, FINDING_UNKNOWN);
	findings_release(&all);
	f.ufw = true;
	judge(&f, &all);
	assert_int_equal(all.list[0].state, FINDING_UNKNOWN);
	ends(&all, 0, "sudo ufw allow 6973/tcp");
	findings_release(&all);
	f.ufw = false;
	f.firewalld = true;
	f.ports = (char *)"6973/tcp\n";
	f.services = (char *)"mdns\n";
	judge(&f, &all);
	assert_int_equal(all.list[0].state, FINDING_FINE);
	findings_release(&all);
	f.services = (char *)"ssh\n";
	judge(&f, &all);
	assert_int_equal(all.count, 1);
	ends(&all, 0, "sudo firewall-cmd --add-service=mdns");
	findings_release(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ufw),
	    cmocka_unit_test(test_firewalld),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_not_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
