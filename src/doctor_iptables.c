/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_iptables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

enum { WORDS_MAX = 128 };

/* One rule, as it is written. */
struct rule {
	char *words[WORDS_MAX];
	size_t count, at;
	const char *protocol;
	FILE *out; /* its statements, behind each other */
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

/* A string of JSON. Names in rules hold nothing that has to be escaped. */
static void
put_word(FILE *out, const char *word)
{
	fputc('"', out);
	for (; *word != '\0'; word++) {
		if ((unsigned char)*word >= ' ' && *word != '"' &&
		    *word != '\\')
			fputc(*word, out);
	}
	fputc('"', out);
}

static void
put_match(struct rule *r, bool not, const char *left)
{
	fprintf(r->out, ",{\"match\":{\"op\":\"%s\",\"left\":%s,\"right\":",
	    not ? "!=" : "==", left);
}

/* "10.0.0.0/8" */
static void
put_network(struct rule *r, bool not, const char *field, const char *text)
{
	char *left = str_printf(
	    "{\"payload\":{\"protocol\":\"ip\",\"field\":\"%s\"}}", field);
	size_t len = strcspn(text, "/");
	char *address = str_ndup(text, len);
	long bits = text[len] == '/' ? strtol(text + len + 1, NULL, 10) : 32;

	put_match(r, not, left);
	fputs("{\"prefix\":{\"addr\":", r->out);
	put_word(r->out, address);
	fprintf(r->out, ",\"len\":%ld}}}}", bits);
	free(address);
	free(left);
}

/* "22", "6000:7000", "22,80,6970:6980" */
static void
put_ports(struct rule *r, bool not, const char *field, const char *text)
{
	char *left = str_printf("{\"payload\":{\"protocol\":\"%s\","
				"\"field\":\"%s\"}}",
	    strcmp(r->protocol, "udp") == 0 ? "udp" : "tcp", field);
	char *copy = str_dup(text), *rest = copy, *word;
	const char *comma = "";

	put_match(r, not, left);
	fputs("{\"set\":[", r->out);
	while ((word = strsep(&rest, ",")) != NULL) {
		char *end;
		long low = strtol(word, &end, 10);
		long high = *end == ':' ? strtol(end + 1, NULL, 10) : low;

		fprintf(r->out, "%s{\"range\":[%ld,%ld]}", comma, low, high);
		comma = ",";
	}
	fputs("]}}}", r->out);
	free(copy);
	free(left);
}

/* "NEW,ESTABLISHED", in small letters. */
static void
put_states(struct rule *r, bool not, const char *left, const char *text)
{
	char *copy = str_dup(text), *rest = copy, *word;
	const char *comma = "";

	for (char *c = copy; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	put_match(r, not, left);
	fputs("[", r->out);
	while ((word = strsep(&rest, ",")) != NULL) {
		fputs(comma, r->out);
		put_word(r->out, word);
		comma = ",";
	}
	fputs("]}}", r->out);
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
	put_match(r, not, "{\"meta\":{\"key\":\"iifname\"}}");
	put_word(r->out, name);
	fputs("}}", r->out);
	free(name);
}

/* What leads on: a verdict, or another chain. */
static void
put_target(struct rule *r, const char *name, const char *how)
{
	static const char *const harmless[] = {
	    "LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", NULL};

	if (strcmp(name, "ACCEPT") == 0)
		fputs(",{\"accept\":null}", r->out);
	else if (strcmp(name, "DROP") == 0 || strcmp(name, "REJECT") == 0)
		fputs(",{\"drop\":null}", r->out);
	else if (strcmp(name, "RETURN") == 0)
		fputs(",{\"return\":null}", r->out);
	else if (!is_one_of(name, harmless)) {
		fprintf(r->out, ",{\"%s\":{\"target\":", how);
		put_word(r->out, name);
		fputs("}}", r->out);
	}
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
		put_match(r, not, "{\"meta\":{\"key\":\"l4proto\"}}");
		put_word(r->out, r->protocol);
		fputs("}}", r->out);
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
		put_states(r, not, "{\"ct\":{\"key\":\"state\"}}", next(r));
	} else if (strcmp(word, "--dst-type") == 0) {
		put_states(r, not,
		    "{\"fib\":{\"result\":\"type\",\"flags\":[\"daddr\"]}}",
		    next(r));
	} else if (strcmp(word, "--pkt-type") == 0) {
		put_states(r, not, "{\"meta\":{\"key\":\"pkttype\"}}", next(r));
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

static void
put_rule(struct rule *r, const char *chain)
{
	bool not = false;

	fputs(",{\"rule\":{\"family\":\"ip\",\"table\":\"filter\",\"chain\":",
	    r->out);
	put_word(r->out, chain);
	fputs(",\"expr\":[{\"counter\":null}", r->out);
	while (r->at < r->count) {
		const char *word = next(r);

		if (strcmp(word, "!") == 0) {
			not = true;
			continue;
		}
		/* What we do not know leaves the rule open. */
		if (!put_option(r, word, not ))
			fputs(",{\"unknown\":null}", r->out);
		not = false;
	}
	fputs("]}}", r->out);
}

static void
put_row(FILE *out, char *row)
{
	struct rule r = {.protocol = "", .out = out};
	const char *what, *chain;

	cut(&r, row);
	what = next(&r);
	chain = next(&r);
	if (strcmp(what, "-A") == 0) {
		put_rule(&r, chain);
	} else if (strcmp(what, "-P") == 0 && strcmp(chain, "INPUT") == 0) {
		fprintf(out,
		    ",{\"chain\":{\"family\":\"ip\",\"table\":\"filter\","
		    "\"name\":\"INPUT\",\"hook\":\"input\","
		    "\"policy\":\"%s\"}}",
		    strcmp(next(&r), "DROP") == 0 ? "drop" : "accept");
	}
}

struct json *
iptables_rules(const char *text)
{
	char *made = NULL, *copy = str_dup(text), *rest = copy, *row;
	size_t len;
	FILE *out = open_memstream(&made, &len);
	struct json *rules = NULL;

	if (out != NULL) {
		fputs("{\"nftables\":[null", out);
		while ((row = strsep(&rest, "\n")) != NULL)
			put_row(out, row);
		fputs("]}", out);
		if (fclose(out) == 0)
			rules = json_parse(made, len);
	}
	free(made);
	free(copy);
	return rules;
}
