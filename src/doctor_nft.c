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
	const struct json *rules;
	const struct packet *packet;
	bool hopeful; /* what is open fits where that lets the packet in */
	unsigned depth;
};

/* In which chain. */
struct place {
	const char *family, *table, *chain;
};

static bool
is_at(const struct json *rule, const struct place *at)
{
	return json_is(json_get(rule, "family"), at->family) &&
	       json_is(json_get(rule, "table"), at->table) &&
	       json_is(json_get(rule, "chain"), at->chain);
}

static enum verdict walk_chain(struct walk *w, const struct place *at);

/* What the chain that is jumped to comes to, seen from where it was called. */
static enum verdict
follow(struct walk *w, const struct place *at, const struct json *jump,
    bool comes_back)
{
	const struct place there = {
	    at->family, at->table, json_text(json_get(jump, "target"))};
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
decides(struct walk *w, const struct place *at, const struct json *statement,
    enum verdict *out)
{
	const struct json *part = statement->first;

	if (statement->type != JSON_OBJECT || part == NULL)
		return false;
	if (strcmp(part->name, "accept") == 0)
		*out = VERDICT_ACCEPT;
	else if (strcmp(part->name, "drop") == 0 ||
		 strcmp(part->name, "reject") == 0)
		*out = VERDICT_DROP;
	else if (strcmp(part->name, "return") == 0)
		*out = VERDICT_RETURN;
	else if (strcmp(part->name, "continue") == 0)
		*out = VERDICT_NONE;
	else if (strcmp(part->name, "jump") == 0)
		*out = follow(w, at, part, true);
	else if (strcmp(part->name, "goto") == 0)
		*out = follow(w, at, part, false);
	else
		return false;
	return true;
}

/* A map from what a packet has to what happens. */
static enum verdict
look_up(struct walk *w, const struct place *at, const struct json *map)
{
	const struct json *left = json_get(map, "key");
	const struct json *data = json_get(map, "data");
	const struct json *pair = json_get(data, "set");
	enum verdict verdict = VERDICT_NONE;

	if (json_text(data) != NULL && data->string[0] == '@')
		pair = nft_named(w->rules, "map", data->string + 1);
	for (pair = pair != NULL ? pair->first : NULL; pair != NULL;
	     pair = pair->next) {
		const struct json *key = pair->first;

		if (key != NULL && key->next != NULL &&
		    nft_fits(w->rules, w->packet, left, key) == FIT_YES &&
		    decides(w, at, key->next, &verdict))
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
fit_of(const struct walk *w, const struct json *part)
{
	const struct json *inverse;

	if (strcmp(part->name, "match") == 0)
		return nft_match(w->rules, w->packet, part);
	if (strcmp(part->name, "limit") == 0) {
		/* Nobody is above a rate with the first packet. */
		inverse = json_get(part, "inv");
		return inverse != NULL && inverse->type == JSON_TRUE ? FIT_NO
								     : FIT_YES;
	}
	return is_harmless(part->name) ? FIT_YES : FIT_OPEN;
}

/* Where the rule would lead if all that is open in it fitted. */
static enum verdict
walk_rule(struct walk *w, const struct place *at, const struct json *rule)
{
	const struct json *statement = json_get(rule, "expr");
	enum verdict verdict = VERDICT_NONE;
	bool open = false;

	statement = statement != NULL ? statement->first : NULL;
	for (; statement != NULL; statement = statement->next) {
		const struct json *part = statement->first;
		enum fit fit;

		if (part == NULL || part->name == NULL)
			continue;
		if (strcmp(part->name, "vmap") == 0) {
			verdict = look_up(w, at, part);
			break;
		}
		if (decides(w, at, statement, &verdict))
			break;
		fit = fit_of(w, part);
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
	const struct json *all = json_get(w->rules, "nftables");
	enum verdict verdict = VERDICT_NONE;

	for (const struct json *j = all != NULL ? all->first : NULL;
	     j != NULL && verdict == VERDICT_NONE; j = j->next) {
		const struct json *rule = json_get(j, "rule");

		if (rule != NULL && is_at(rule, at))
			verdict = walk_rule(w, at, rule);
	}
	return verdict;
}

/* A chain that packets for this machine go through. */
static bool
is_entrance(const struct json *chain)
{
	const struct json *family = json_get(chain, "family");

	return json_is(json_get(chain, "hook"), "input") &&
	       json_text(json_get(chain, "table")) != NULL &&
	       json_text(json_get(chain, "name")) != NULL &&
	       (json_is(family, "ip") || json_is(family, "inet"));
}

/* One that drops it ends its way; accepting is for this chain only. */
static bool
passes(const struct json *rules, const struct packet *packet, bool hopeful,
    struct nft_gate *gate)
{
	const struct json *all = json_get(rules, "nftables");
	struct walk w = {rules, packet, hopeful, 0};

	for (const struct json *j = all != NULL ? all->first : NULL; j != NULL;
	     j = j->next) {
		const struct json *chain = json_get(j, "chain");
		struct place at;
		enum verdict verdict;

		if (chain == NULL || !is_entrance(chain))
			continue;
		at = (struct place){json_text(json_get(chain, "family")),
		    json_text(json_get(chain, "table")),
		    json_text(json_get(chain, "name"))};
		verdict = walk_chain(&w, &at);
		if (verdict == VERDICT_ACCEPT ||
		    (verdict != VERDICT_DROP &&
			!json_is(json_get(chain, "policy"), "drop")))
			continue;
		*gate = (struct nft_gate){at.family, at.table, at.chain};
		return false;
	}
	return true;
}

enum passage
nft_passage(const struct json *rules, const struct packet *packet,
    struct nft_gate *gate)
{
	struct nft_gate closed, hopeful;

	if (passes(rules, packet, false, gate != NULL ? gate : &closed))
		return PASSAGE_OPEN;
	return passes(rules, packet, true, &hopeful) ? PASSAGE_NARROW
						     : PASSAGE_CLOSED;
}

void
nft_leave_out_iptables(struct json *rules)
{
	const struct json *all = json_get(rules, "nftables");

	for (struct json *j = all != NULL ? all->first : NULL; j != NULL;
	     j = j->next) {
		const struct json *chain = json_get(j, "chain");

		if (json_is(json_get(chain, "family"), "ip") &&
		    json_is(json_get(chain, "table"), "filter") &&
		    json_is(json_get(chain, "name"), "INPUT")) {
			json_free(j->first);
			j->first = NULL;
		}
	}
}
