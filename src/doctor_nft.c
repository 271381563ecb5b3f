/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_nft.h"

#include <limits.h>
#include <string.h>

#include "src/doctor_nft_match.h"

enum { JUMPS_MAX = 16 }; /* the kernel's own bound */

enum verdict {
	VERDICT_NONE, /* go on */
	VERDICT_ACCEPT,
	VERDICT_DROP,
	VERDICT_RETURN,
};

/* One way of reading the rules: what we cannot know is a no, or a yes. */
struct walk {
	json_t *rules;
	const struct packet *packet;
	bool hopeful; /* what is open fits where that lets the packet in */
	unsigned depth;
};

/* In which chain. */
struct place {
	const char *family, *table, *chain;
};

static bool
is_at(json_t *rule, const struct place *at)
{
	return nft_is(rule, "family", at->family) &&
	       nft_is(rule, "table", at->table) &&
	       nft_is(rule, "chain", at->chain);
}

static enum verdict walk_chain(struct walk *w, const struct place *at);

/* What the chain that is jumped to comes to, seen from where it was called. */
static enum verdict
follow(struct walk *w, const struct place *at, json_t *jump, bool comes_back)
{
	const struct place there = {
	    at->family, at->table, nft_text(jump, "target")};
	enum verdict verdict;

	if (there.chain == NULL || w->depth == JUMPS_MAX)
		return VERDICT_NONE;
	w->depth++;
	verdict = walk_chain(w, &there);
	w->depth--;
	if (verdict == VERDICT_NONE || verdict == VERDICT_RETURN)
		return comes_back ? VERDICT_NONE : VERDICT_RETURN;
	return verdict;
}

/* A statement that decides; false: it is none. */
static bool
decides(struct walk *w, const struct place *at, json_t *statement,
    enum verdict *out)
{
	const char *name;
	json_t *part = nft_member(statement, &name);

	if (part == NULL)
		return false;
	if (strcmp(name, "accept") == 0)
		*out = VERDICT_ACCEPT;
	else if (strcmp(name, "drop") == 0 || strcmp(name, "reject") == 0)
		*out = VERDICT_DROP;
	else if (strcmp(name, "return") == 0)
		*out = VERDICT_RETURN;
	else if (strcmp(name, "continue") == 0)
		*out = VERDICT_NONE;
	else if (strcmp(name, "jump") == 0)
		*out = follow(w, at, part, true);
	else if (strcmp(name, "goto") == 0)
		*out = follow(w, at, part, false);
	else
		return false;
	return true;
}

/* A map from what a packet has to what happens. */
static enum verdict
look_up(struct walk *w, const struct place *at, json_t *map)
{
	json_t *left = json_object_get(map, "key");
	json_t *pairs = json_object_get(map, "data"), *pair;
	const char *name = json_string_value(pairs);
	enum verdict verdict = VERDICT_NONE;
	size_t i;

	pairs = name != NULL && name[0] == '@'
		    ? nft_named(w->rules, "map", name + 1)
		    : json_object_get(pairs, "set");
	json_array_foreach(pairs, i, pair)
	{
		if (nft_fits(w->rules, w->packet, left,
			json_array_get(pair, 0)) == FIT_YES &&
		    decides(w, at, json_array_get(pair, 1), &verdict))
			return verdict;
	}
	return VERDICT_NONE;
}

/* Statements that ask for nothing. */
static bool
is_harmless(const char *name)
{
	static const char *const names[] = {
	    "counter", "log", "comment", "mangle", "notrack", "meter", "set"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static enum fit
fit_of(const struct walk *w, const char *name, json_t *part)
{
	if (strcmp(name, "match") == 0)
		return nft_match(w->rules, w->packet, part);
	/* Nobody is above a rate with the first packet. */
	if (strcmp(name, "limit") == 0)
		return json_is_true(json_object_get(part, "inv")) ? FIT_NO
								  : FIT_YES;
	return is_harmless(name) ? FIT_YES : FIT_OPEN;
}

/* Where the rule would lead if all that is open in it fitted. */
static enum verdict
walk_rule(struct walk *w, const struct place *at, json_t *rule)
{
	json_t *statements = json_object_get(rule, "expr"), *statement;
	enum verdict verdict = VERDICT_NONE;
	bool open = false;
	size_t i;

	json_array_foreach(statements, i, statement)
	{
		const char *name;
		json_t *part = nft_member(statement, &name);
		enum fit fit;

		if (part == NULL)
			continue;
		if (strcmp(name, "vmap") == 0) {
			verdict = look_up(w, at, part);
			break;
		}
		if (decides(w, at, statement, &verdict))
			break;
		fit = fit_of(w, name, part);
		if (fit == FIT_NO)
			return VERDICT_NONE;
		open = open || fit == FIT_OPEN;
	}
	if (open && !(w->hopeful && (verdict == VERDICT_ACCEPT ||
					verdict == VERDICT_RETURN)))
		return VERDICT_NONE;
	return verdict;
}

static enum verdict
walk_chain(struct walk *w, const struct place *at)
{
	json_t *all = json_object_get(w->rules, "nftables");
	enum verdict verdict = VERDICT_NONE;

	for (size_t i = 0; i < json_array_size(all) && verdict == VERDICT_NONE;
	     i++) {
		json_t *rule = json_object_get(json_array_get(all, i), "rule");

		if (rule != NULL && is_at(rule, at))
			verdict = walk_rule(w, at, rule);
	}
	return verdict;
}

/* A chain that packets for this machine go through. */
static bool
is_entrance(json_t *chain)
{
	return nft_is(chain, "hook", "input") &&
	       nft_text(chain, "table") != NULL &&
	       nft_text(chain, "name") != NULL &&
	       (nft_is(chain, "family", "ip") ||
		   nft_is(chain, "family", "inet"));
}

/* One that drops it ends its way; accepting is for this chain only. */
static bool
passes(json_t *rules, const struct packet *packet, bool hopeful,
    struct nft_gate *gate)
{
	json_t *all = json_object_get(rules, "nftables"), *one;
	struct walk w = {rules, packet, hopeful, 0};
	size_t i;

	json_array_foreach(all, i, one)
	{
		json_t *chain = json_object_get(one, "chain");
		struct place at;
		enum verdict verdict;

		if (!is_entrance(chain))
			continue;
		at = (struct place){nft_text(chain, "family"),
		    nft_text(chain, "table"), nft_text(chain, "name")};
		verdict = walk_chain(&w, &at);
		if (verdict == VERDICT_ACCEPT ||
		    (verdict != VERDICT_DROP &&
			!nft_is(chain, "policy", "drop")))
			continue;
		*gate = (struct nft_gate){at.family, at.table, at.chain};
		return false;
	}
	return true;
}

enum passage
nft_passage(json_t *rules, const struct packet *packet, struct nft_gate *gate)
{
	struct nft_gate closed, hopeful;

	if (passes(rules, packet, false, gate != NULL ? gate : &closed))
		return PASSAGE_OPEN;
	return passes(rules, packet, true, &hopeful) ? PASSAGE_NARROW
						     : PASSAGE_CLOSED;
}

void
nft_leave_out_iptables(json_t *rules)
{
	json_t *all = json_object_get(rules, "nftables"), *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		json_t *chain = json_object_get(one, "chain");

		if (nft_is(chain, "family", "ip") &&
		    nft_is(chain, "table", "filter") &&
		    nft_is(chain, "name", "INPUT"))
			json_object_del(one, "chain");
	}
}
