/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_iptables.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

enum { WORDS_MAX = 128 };

/* One rule, as it is written. */
struct rule {
	char *words[WORDS_MAX];
	size_t count, at;
	const char *protocol;
	json_t *statements; /* as nft would write them */
};

/* Cut at blanks; what stands in quotes is one word. */
static void
cut(struct rule *r, char *row)
{
	char *at = row;

	while (*at != '\0' && r->count < WORDS_MAX) {
		const char *ends = " ";

		at += strspn(at, " ");
		if (*at == '"') {
			at++;
			ends = "\"";
		}
		if (*at == '\0')
			break;
		r->words[r->count++] = at;
		at += strcspn(at, ends);
		if (*at != '\0')
			*at++ = '\0';
	}
}

/* The word at hand, and go on; "" at the end. */
static const char *
next(struct rule *r)
{
	return r->at < r->count ? r->words[r->at++] : "";
}

static void
put(struct rule *r, json_t *statement)
{
	json_array_append_new(r->statements, statement);
}

/* Takes over left and right. */
static void
put_match(struct rule *r, bool not, json_t *left, json_t *right)
{
	put(r, json_pack("{s:{s:s, s:o, s:o}}", "match", "op",
		   not ? "!=" : "==", "left", left, "right", right));
}

static json_t *
meta(const char *key)
{
	return json_pack("{s:{s:s}}", "meta", "key", key);
}

static json_t *
payload(const char *protocol, const char *field)
{
	return json_pack(
	    "{s:{s:s, s:s}}", "payload", "protocol", protocol, "field", field);
}

/* "10.0.0.0/8" */
static void
put_network(struct rule *r, bool not, const char *field, const char *text)
{
	size_t len = strcspn(text, "/");
	long bits = text[len] == '/' ? strtol(text + len + 1, NULL, 10) : 32;

	put_match(r, not, payload("ip", field),
	    json_pack("{s:{s:s%, s:i}}", "prefix", "addr", text, len, "len",
		(int)bits));
}

/* "22", "6000:7000", "22,80,6970:6980" */
static void
put_ports(struct rule *r, bool not, const char *field, const char *text)
{
	const bool udp = strcmp(r->protocol, "udp") == 0;
	char *copy = str_dup(text), *rest = copy, *word;
	json_t *ranges = json_array();

	while ((word = strsep(&rest, ",")) != NULL) {
		char *end;
		long low = strtol(word, &end, 10);
		long high = *end == ':' ? strtol(end + 1, NULL, 10) : low;

		json_array_append_new(ranges,
		    json_pack("{s:[i, i]}", "range", (int)low, (int)high));
	}
	put_match(r, not, payload(udp ? "udp" : "tcp", field),
	    json_pack("{s:o}", "set", ranges));
	free(copy);
}

/* "NEW,ESTABLISHED", in small letters. */
static void
put_states(struct rule *r, bool not, json_t *left, const char *text)
{
	char *copy = str_dup(text), *rest = copy, *word;
	json_t *states = json_array();

	for (char *c = copy; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	while ((word = strsep(&rest, ",")) != NULL)
		json_array_append_new(states, json_string(word));
	put_match(r, not, left, states);
	free(copy);
}

static bool
is_one_of(const char *word, const char *const *list)
{
	while (*list != NULL && strcmp(*list, word) != 0)
		list++;
	return *list != NULL;
}

/* eth+ is what nft writes eth*. */
static void
put_link(struct rule *r, bool not, const char *text)
{
	char *name = str_dup(text);
	size_t len = strlen(name);

	if (len > 0 && name[len - 1] == '+')
		name[len - 1] = '*';
	put_match(r, not, meta("iifname"), json_string(name));
	free(name);
}

/* What leads on: a verdict, or another chain. */
static void
put_target(struct rule *r, const char *name, const char *how)
{
	static const char *const harmless[] = {
	    "LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", NULL};

	if (strcmp(name, "ACCEPT") == 0)
		put(r, json_pack("{s:n}", "accept"));
	else if (strcmp(name, "DROP") == 0 || strcmp(name, "REJECT") == 0)
		put(r, json_pack("{s:n}", "drop"));
	else if (strcmp(name, "RETURN") == 0)
		put(r, json_pack("{s:n}", "return"));
	else if (!is_one_of(name, harmless))
		put(r, json_pack("{s:{s:s}}", how, "target", name));
	/* Its own options may follow. */
	r->at = r->count;
}

/* Matches that ask for nothing by themselves. */
static const char *const quiet[] = {"tcp", "udp", "conntrack", "state",
    "comment", "multiport", "addrtype", "limit", "pkttype", NULL};

/* False: it is an option we do not know. */
static bool
put_option(struct rule *r, const char *word, bool not )
{
	static const char *const with_number[] = {
	    "--limit", "--limit-burst", "--comment", NULL};

	if (strcmp(word, "-p") == 0) {
		r->protocol = next(r);
		put_match(r, not, meta("l4proto"), json_string(r->protocol));
	} else if (strcmp(word, "-i") == 0) {
		put_link(r, not, next(r));
	} else if (strcmp(word, "-s") == 0) {
		put_network(r, not, "saddr", next(r));
	} else if (strcmp(word, "-d") == 0) {
		put_network(r, not, "daddr", next(r));
	} else if (strcmp(word, "--dport") == 0 ||
		   strcmp(word, "--dports") == 0) {
		put_ports(r, not, "dport", next(r));
	} else if (strcmp(word, "--sport") == 0) {
		put_ports(r, not, "sport", next(r));
	} else if (strcmp(word, "--ctstate") == 0 ||
		   strcmp(word, "--state") == 0) {
		put_states(r, not, json_pack("{s:{s:s}}", "ct", "key", "state"),
		    next(r));
	} else if (strcmp(word, "--dst-type") == 0) {
		put_states(r, not,
		    json_pack("{s:{s:s}}", "fib", "result", "type"), next(r));
	} else if (strcmp(word, "--pkt-type") == 0) {
		put_states(r, not, meta("pkttype"), next(r));
	} else if (is_one_of(word, with_number)) {
		next(r);
	} else if (strcmp(word, "-m") == 0) {
		return is_one_of(next(r), quiet);
	} else if (strcmp(word, "-j") == 0) {
		put_target(r, next(r), "jump");
	} else if (strcmp(word, "-g") == 0) {
		put_target(r, next(r), "goto");
	} else {
		return false;
	}
	return true;
}

/* As nft would write it. */
static json_t *
rule_of(struct rule *r, const char *chain)
{
	bool not = false;

	r->statements = json_array();
	while (r->at < r->count) {
		const char *word = next(r);

		if (strcmp(word, "!") == 0) {
			not = true;
			continue;
		}
		/* What we do not know leaves the rule open. */
		if (!put_option(r, word, not ))
			put(r, json_pack("{s:n}", "unknown"));
		not = false;
	}
	return json_pack("{s:{s:s, s:s, s:s, s:o}}", "rule", "family", "ip",
	    "table", "filter", "chain", chain, "expr", r->statements);
}

static void
put_row(json_t *rules, char *row)
{
	struct rule r = {.protocol = ""};
	const char *what, *chain;

	cut(&r, row);
	what = next(&r);
	chain = next(&r);
	if (strcmp(what, "-A") == 0)
		json_array_append_new(rules, rule_of(&r, chain));
	else if (strcmp(what, "-P") == 0 && strcmp(chain, "INPUT") == 0)
		json_array_append_new(rules,
		    json_pack("{s:{s:s, s:s, s:s, s:s, s:s}}", "chain",
			"family", "ip", "table", "filter", "name", "INPUT",
			"hook", "input", "policy",
			strcmp(next(&r), "DROP") == 0 ? "drop" : "accept"));
}

json_t *
iptables_rules(const char *text)
{
	char *copy = str_dup(text), *rest = copy, *row;
	json_t *rules = json_array();

	while ((row = strsep(&rest, "\n")) != NULL)
		put_row(rules, row);
	free(copy);
	return json_pack("{s:o}", "nftables", rules);
}
