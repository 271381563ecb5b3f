/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a call, and of a question by multicast, through rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/doctor_iptables.h"
#include "src/doctor_nft.h"

/* 192.168.1.20, and the group of multicast DNS. */
#define OWN   0xc0a80114U
#define GROUP 0xe00000fbU

static const struct packet call = {
    .link = "eth0", .port = 6973, .to = OWN, .beside = OWN};
static const struct packet asking = {
    .link = "eth0", .udp = true, .port = 5353, .to = GROUP, .beside = OWN};

/* ' for ", which are many. The caller frees. */
static json_t *
tree(const char *text)
{
	char *copy = str_dup(text);
	json_t *j;

	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	j = json_loads(copy, 0, NULL);
	if (j == NULL)
		fail_msg("no JSON: %s", copy);
	free(copy);
	return j;
}

#define CHAIN(policy)                                                          \
	"{'chain':{'family':'inet','table':'filter','name':'input',"           \
	"'type':'filter','hook':'input','prio':0,'policy':'" policy "'}}"
#define OTHER(name)                                                            \
	"{'chain':{'family':'inet','table':'filter','name':'" name "'}}"
#define RULE_IN(chain, statements)                                             \
	"{'rule':{'family':'inet','table':'filter','chain':'" chain            \
	"','expr':[" statements "]}}"
#define RULE(statements) RULE_IN("input", statements)
#define MATCH(op, left, right)                                                 \
	"{'match':{'op':'" op "','left':" left ",'right':" right "}}"
#define DPORT(protocol)                                                        \
	"{'payload':{'protocol':'" protocol "','field':'dport'}}"
#define IP(field) "{'payload':{'protocol':'ip','field':'" field "'}}"
#define META(key) "{'meta':{'key':'" key "'}}"
#define STATE     "{'ct':{'key':'state'}}"
#define ACCEPT    "{'accept':null}"
#define DROP      "{'drop':null}"

struct way {
	const char *chains; /* or, where rules is NULL, all there is */
	const char *rules;
	enum passage call, asking;
};

/* One chain that drops, and this rule in it. */
#define LETS(statements, call, asking)                                         \
	{                                                                      \
		CHAIN("drop"), RULE(statements), PASSAGE_##call,               \
		    PASSAGE_##asking                                           \
	}
/* One chain that accepts. */
#define STOPS(statements, call, asking)                                        \
	{                                                                      \
		CHAIN("accept"), RULE(statements), PASSAGE_##call,             \
		    PASSAGE_##asking                                           \
	}

static const struct way ways[] = {
    {"{'metainfo':{}}", NULL, PASSAGE_OPEN, PASSAGE_OPEN},
    {CHAIN("accept"), NULL, PASSAGE_OPEN, PASSAGE_OPEN},
    {CHAIN("drop"), NULL, PASSAGE_CLOSED, PASSAGE_CLOSED},
    {"{'chain':{'family':'ip6','table':'t','name':'c','hook':'input',"
     "'policy':'drop'}}",
	NULL, PASSAGE_OPEN, PASSAGE_OPEN},
    {"{'chain':{'family':'inet','table':'t','name':'c','hook':'forward',"
     "'policy':'drop'}}",
	NULL, PASSAGE_OPEN, PASSAGE_OPEN},

    LETS(MATCH("==", DPORT("tcp"), "6973") "," ACCEPT, OPEN, CLOSED),
    LETS(MATCH("==", DPORT("tcp"), "22") "," ACCEPT, CLOSED, CLOSED),
    LETS(MATCH("==", DPORT("udp"), "5353") ",{'counter':null}," ACCEPT, CLOSED,
	OPEN),
    LETS(MATCH("==", DPORT("th"), "{'set':[22,6973,5353]}") "," ACCEPT, OPEN,
	OPEN),
    LETS(
	MATCH("==", DPORT("tcp"), "{'set':[{'range':[6000,7000]}]}") "," ACCEPT,
	OPEN, CLOSED),
    LETS(MATCH("==", DPORT("tcp"), "{'range':[1,1024]}") "," ACCEPT, CLOSED,
	CLOSED),
    LETS(MATCH(">=", DPORT("tcp"), "1024") "," ACCEPT, OPEN, CLOSED),
    LETS(MATCH("<", DPORT("tcp"), "1024") "," ACCEPT, CLOSED, CLOSED),
    LETS(MATCH("!=", DPORT("tcp"), "22") "," ACCEPT, OPEN, CLOSED),
    STOPS(MATCH("==", DPORT("tcp"), "6973") "," DROP, CLOSED, OPEN),
    STOPS(MATCH("==", DPORT("tcp"), "6973") ",{'reject':null}", CLOSED, OPEN),
    STOPS(MATCH("!=", DPORT("tcp"), "22") "," DROP, CLOSED, OPEN),

    LETS(MATCH("==", META("iifname"), "'eth0'") "," ACCEPT, OPEN, OPEN),
    LETS(MATCH("==", META("iifname"), "'lo'") "," ACCEPT, CLOSED, CLOSED),
    LETS(MATCH("==", META("iifname"), "{'set':['wlan0','eth*']}") "," ACCEPT,
	OPEN, OPEN),
    STOPS(MATCH("!=", META("iifname"), "'lo'") "," DROP, CLOSED, CLOSED),
    LETS(MATCH("==", META("l4proto"), "'tcp'") "," ACCEPT, OPEN, CLOSED),
    LETS(MATCH("==", META("l4proto"), "{'set':['icmp','udp']}") "," ACCEPT,
	CLOSED, OPEN),
    LETS(MATCH("==", META("l4proto"), "6") "," ACCEPT, OPEN, CLOSED),
    LETS(MATCH("==", META("nfproto"), "'ipv6'") "," ACCEPT, CLOSED, CLOSED),
    LETS(MATCH("==", META("pkttype"), "'multicast'") "," ACCEPT, CLOSED, OPEN),
    LETS(MATCH("==", META("mark"), "1") "," ACCEPT, NARROW, NARROW),
    STOPS(MATCH("==", META("mark"), "1") "," DROP, OPEN, OPEN),

    LETS(MATCH("in", STATE, "['established','related']") "," ACCEPT, CLOSED,
	CLOSED),
    LETS(MATCH("in", STATE, "'new'") "," ACCEPT, OPEN, OPEN),
    LETS(MATCH("==", STATE, "{'set':['established','new']}") "," ACCEPT, OPEN,
	OPEN),
    STOPS(MATCH("in", STATE, "'invalid'") "," DROP, OPEN, OPEN),
    LETS(MATCH("==",
	     "{'&':[{'payload':{'protocol':'tcp','field':'flags'}},"
	     "['fin','syn']]}",
	     "'syn'") "," ACCEPT,
	OPEN, CLOSED),
    LETS("{'limit':{'rate':3}}," ACCEPT, OPEN, OPEN),
    STOPS("{'limit':{'rate':3,'inv':true}}," DROP, OPEN, OPEN),

    /* Whom it comes from is known only as far as the network. */
    LETS(MATCH("==", IP("saddr"),
	     "{'prefix':{'addr':'192.168.0.0','len':16}}") "," ACCEPT,
	OPEN, OPEN),
    LETS(MATCH("==", IP("saddr"),
	     "{'prefix':{'addr':'10.0.0.0','len':8}}") "," ACCEPT,
	NARROW, NARROW),
    LETS(MATCH("==", IP("saddr"), "'192.168.1.31'") "," ACCEPT, NARROW, NARROW),
    LETS(MATCH("==", IP("saddr"), "'192.168.1.20'") "," ACCEPT, NARROW, NARROW),
    STOPS(MATCH("==", IP("saddr"), "'192.168.1.31'") "," DROP, OPEN, OPEN),
    LETS(MATCH("==", IP("daddr"), "'224.0.0.251'") "," ACCEPT, CLOSED, OPEN),
    LETS(MATCH("==", IP("daddr"), "'192.168.1.20'") "," ACCEPT, OPEN, CLOSED),
    LETS(MATCH("==", IP("protocol"), "'udp'") "," ACCEPT, CLOSED, OPEN),
    LETS(MATCH("==", "{'payload':{'protocol':'ip6','field':'saddr'}}",
	     "{'prefix':{'addr':'fe80::','len':10}}") "," ACCEPT,
	CLOSED, CLOSED),
    LETS(MATCH("==", "{'fib':{'result':'type','flags':['daddr']}}",
	     "'local'") "," ACCEPT,
	OPEN, CLOSED),
    LETS("{'xt':{'type':'match','name':'geoip'}}," ACCEPT, NARROW, NARROW),

    /* Sets and maps, with names and without. */
    LETS(MATCH("==", DPORT("tcp"), "'@ports'") "," ACCEPT "]}},"
					       "{'set':{'name':'ports','elem':["
					       "22,{'range':[6970,6980]}",
	OPEN, CLOSED),
    LETS("{'vmap':{'key':" DPORT("tcp") ",'data':{'set':[[22,{'drop':null}],"
					"[6973,{'accept':null}]]}}}",
	OPEN, CLOSED),
    LETS("{'vmap':{'key':" DPORT(
	     "tcp") ",'data':'@m'}}]}},"
		    "{'map':{'name':'m','elem':[[6973,{'accept':null}]",
	OPEN, CLOSED),
    LETS("{'vmap':{'key':" STATE ",'data':{'set':[['established',"
	 "{'accept':null}],['new',{'drop':null}]]}}}",
	CLOSED, CLOSED),

    /* Other chains. */
    {CHAIN("drop") "," OTHER("lan"),
	RULE("{'jump':{'target':'lan'}}") "," RULE_IN(
	    "lan", MATCH("==", DPORT("tcp"), "6973") "," ACCEPT),
	PASSAGE_OPEN, PASSAGE_CLOSED},
    {CHAIN("drop") "," OTHER("lan"),
	RULE("{'jump':{'target':'lan'}}") "," RULE(ACCEPT) "," RULE_IN(
	    "lan", "{'return':null}") "," RULE_IN("lan", DROP),
	PASSAGE_OPEN, PASSAGE_OPEN},
    /* Who goes does not come back: the policy is next. */
    {CHAIN("drop") "," OTHER("lan"),
	RULE("{'goto':{'target':'lan'}}") "," RULE(ACCEPT), PASSAGE_CLOSED,
	PASSAGE_CLOSED},
    /* A chain that calls itself comes to an end. */
    {CHAIN("drop") "," OTHER("lan"),
	RULE("{'jump':{'target':'lan'}}") "," RULE_IN(
	    "lan", "{'jump':{'target':'lan'}}") "," RULE(ACCEPT),
	PASSAGE_OPEN, PASSAGE_OPEN},
    /* Accepted by one is not accepted by the next. */
    {"{'chain':{'family':'ip','table':'a','name':'c','hook':'input',"
     "'policy':'accept'}}," CHAIN("drop"),
	RULE(MATCH("==", DPORT("tcp"), "22") "," ACCEPT), PASSAGE_CLOSED,
	PASSAGE_CLOSED},
};

static void
test_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ways); i++) {
		const struct way *way = &ways[i];
		char *text = str_printf("{'nftables':[%s%s%s]}", way->chains,
		    way->rules != NULL ? "," : "",
		    way->rules != NULL ? way->rules : "");
		json_t *rules = tree(text);

		if (nft_passage(rules, &call, NULL) != way->call ||
		    nft_passage(rules, &asking, NULL) != way->asking)
			fail_msg("%s: %d %d", text,
			    (int)nft_passage(rules, &call, NULL),
			    (int)nft_passage(rules, &asking, NULL));
		json_decref(rules);
		free(text);
	}
	assert_int_equal(nft_passage(NULL, &call, NULL), PASSAGE_OPEN);
}

static void
test_gate(void **state)
{
	json_t *rules = tree("{'nftables':[" CHAIN("drop") "]}");
	struct nft_gate gate;

	(void)state;
	assert_int_equal(nft_passage(rules, &call, &gate), PASSAGE_CLOSED);
	assert_string_equal(gate.family, "inet");
	assert_string_equal(gate.table, "filter");
	assert_string_equal(gate.chain, "input");
	json_decref(rules);
}

/* Rules of iptables, as -S prints them. */
static const struct {
	const char *text;
	enum passage call, asking;
} saved[] = {
    {"", PASSAGE_OPEN, PASSAGE_OPEN},
    {"-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n", PASSAGE_OPEN,
	PASSAGE_OPEN},
    {"-P INPUT DROP\n", PASSAGE_CLOSED, PASSAGE_CLOSED},
    {"-P INPUT DROP\n"
     "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
     "-A INPUT -i lo -j ACCEPT\n"
     "-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT\n",
	PASSAGE_CLOSED, PASSAGE_CLOSED},
    {"-P INPUT DROP\n"
     "-A INPUT -p tcp -m state --state NEW -m tcp --dport 6973 -j ACCEPT\n",
	PASSAGE_OPEN, PASSAGE_CLOSED},
    {"-P INPUT DROP\n"
     "-A INPUT -p tcp -m multiport --dports 22,6970:6980 -m comment "
     "--comment \"a -j DROP\" -j ACCEPT\n",
	PASSAGE_OPEN, PASSAGE_CLOSED},
    {"-P INPUT DROP\n"
     "-A INPUT -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT\n"
     "-A INPUT -s 192.168.1.0/24 -p tcp -m tcp --dport 6973 -j ACCEPT\n",
	PASSAGE_OPEN, PASSAGE_OPEN},
    {"-P INPUT ACCEPT\n"
     "-A INPUT ! -i lo -p tcp -m tcp --dport 6973 -j REJECT --reject-with "
     "icmp-port-unreachable\n",
	PASSAGE_CLOSED, PASSAGE_OPEN},
    {"-P INPUT ACCEPT\n-A INPUT -i wl+ -j DROP\n", PASSAGE_OPEN, PASSAGE_OPEN},
    {"-P INPUT ACCEPT\n-A INPUT -i eth+ -j DROP\n", PASSAGE_CLOSED,
	PASSAGE_CLOSED},
    {"-P INPUT DROP\n-A INPUT -m geoip --source-country ES -j ACCEPT\n",
	PASSAGE_NARROW, PASSAGE_NARROW},
    {"-P INPUT ACCEPT\n-A INPUT -m recent --name x --rcheck -j DROP\n",
	PASSAGE_OPEN, PASSAGE_OPEN},
    /* The shape of ufw's, with a port that is allowed. */
    {"-P INPUT DROP\n-N ufw-before\n-N ufw-not-local\n-N ufw-user\n"
     "-A INPUT -j ufw-before\n"
     "-A INPUT -j ufw-user\n"
     "-A ufw-before -i lo -j ACCEPT\n"
     "-A ufw-before -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
     "-A ufw-before -m conntrack --ctstate INVALID -j DROP\n"
     "-A ufw-before -j ufw-not-local\n"
     "-A ufw-before -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT\n"
     "-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN\n"
     "-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN\n"
     "-A ufw-not-local -m limit --limit 3/min -j LOG --log-prefix \"[U] \"\n"
     "-A ufw-not-local -j DROP\n"
     "-A ufw-user -p tcp -m tcp --dport 6973 -j ACCEPT\n",
	PASSAGE_OPEN, PASSAGE_OPEN},
};

static void
test_iptables(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(saved); i++) {
		json_t *rules = iptables_rules(saved[i].text);

		assert_non_null(rules);
		if (nft_passage(rules, &call, NULL) != saved[i].call ||
		    nft_passage(rules, &asking, NULL) != saved[i].asking)
			fail_msg("%s: %d %d", saved[i].text,
			    (int)nft_passage(rules, &call, NULL),
			    (int)nft_passage(rules, &asking, NULL));
		json_decref(rules);
	}
}

static void
test_leave_out(void **state)
{
	json_t *rules =
	    tree("{'nftables':[{'chain':{'family':'ip','table':'filter',"
		 "'name':'INPUT','hook':'input','policy':'drop'}}]}");

	(void)state;
	assert_int_equal(nft_passage(rules, &call, NULL), PASSAGE_CLOSED);
	nft_leave_out_iptables(rules);
	assert_int_equal(nft_passage(rules, &call, NULL), PASSAGE_OPEN);
	json_decref(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ways),
	    cmocka_unit_test(test_gate),
	    cmocka_unit_test(test_iptables),
	    cmocka_unit_test(test_leave_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
