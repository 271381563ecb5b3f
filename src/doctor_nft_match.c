/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_nft_match.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, MULTICAST_BITS = 4 };

/* What is known of a packet, of the kind that a rule looks at. */
struct value {
	bool known;
	bool never;        /* a packet like this has no such thing */
	const char *text;  /* or */
	const char *other; /* another word for the same */
	bool number_known;
	uint32_t number;
	bool address; /* the number is an IPv4 address */
	bool about;   /* and only somebody beside it: networks can fit */
};

static bool
is_multicast(const struct packet *p)
{
	return p->to >> (32 - MULTICAST_BITS) == 0xe;
}

static struct value
number_value(uint32_t number)
{
	return (struct value){
	    .known = true, .number_known = true, .number = number};
}

static struct value
word_value(const char *text, const char *other)
{
	return (struct value){.known = true, .text = text, .other = other};
}

static struct value
protocol_value(const struct packet *p)
{
	struct value v = word_value(p->udp ? "udp" : "tcp", NULL);

	v.number_known = true;
	v.number = p->udp ? PROTOCOL_UDP : PROTOCOL_TCP;
	return v;
}

static struct value
meta_value(const struct packet *p, const char *key)
{
	if (strcmp(key, "iifname") == 0 || strcmp(key, "iif") == 0)
		return word_value(p->link, NULL);
	if (strcmp(key, "l4proto") == 0)
		return protocol_value(p);
	if (strcmp(key, "nfproto") == 0)
		return word_value("ipv4", NULL);
	if (strcmp(key, "protocol") == 0)
		return word_value("ip", NULL);
	if (strcmp(key, "pkttype") == 0)
		return is_multicast(p) ? word_value("multicast", NULL)
				       : word_value("host", "unicast");
	return (struct value){0};
}

static struct value
ip_value(const struct packet *p, const char *field)
{
	struct value v = {0};

	if (strcmp(field, "protocol") == 0)
		return protocol_value(p);
	if (strcmp(field, "daddr") == 0)
		v = number_value(p->to);
	else if (strcmp(field, "saddr") == 0)
		v = number_value(p->beside);
	v.address = v.known;
	v.about = strcmp(field, "saddr") == 0;
	return v;
}

static struct value
payload_value(const struct packet *p, const struct json *payload)
{
	const char *protocol = json_text(json_get(payload, "protocol"));
	const char *field = json_text(json_get(payload, "field"));

	if (protocol == NULL || field == NULL)
		return (struct value){0};
	if (strcmp(protocol, "ip") == 0)
		return ip_value(p, field);
	if (strcmp(protocol, "ether") == 0 || strcmp(protocol, "vlan") == 0)
		return (struct value){0};
	if (strcmp(protocol, "th") != 0 &&
	    strcmp(protocol, p->udp ? "udp" : "tcp") != 0)
		return (struct value){.known = true, .never = true};
	if (strcmp(field, "dport") == 0)
		return number_value(p->port);
	/* Who speaks multicast DNS does so from its port. */
	if (strcmp(field, "sport") == 0 && p->udp)
		return number_value(p->port);
	return (struct value){0};
}

/* A call begins with "syn" alone. */
static struct value
flags_value(const struct packet *p, const struct json *payload)
{
	if (!json_is(json_get(payload, "field"), "flags"))
		return (struct value){0};
	return p->udp ? (struct value){.known = true, .never = true}
		      : word_value("syn", NULL);
}

static struct value
value_of(const struct packet *p, const struct json *left)
{
	const struct json *part = json_get(left, "&");
	const char *text = json_text(json_get(json_get(left, "meta"), "key"));

	/* Of the bits of a header only the flags of TCP are ever masked. */
	if (part != NULL)
		return flags_value(p, json_get(part->first, "payload"));

	if (text != NULL)
		return meta_value(p, text);
	part = json_get(left, "payload");
	if (part != NULL)
		return payload_value(p, part);
	text = json_text(json_get(json_get(left, "ct"), "key"));
	if (text != NULL && strcmp(text, "state") == 0)
		return word_value("new", NULL);
	text = json_text(json_get(json_get(left, "fib"), "result"));
	if (text != NULL && strcmp(text, "type") == 0)
		return word_value(
		    is_multicast(p) ? "multicast" : "local", NULL);
	return (struct value){0};
}

/* "10.1.2.3"; false where it is none. */
static bool
read_address(const char *text, uint32_t *out)
{
	uint32_t address = 0;
	char *end;

	for (int i = 0; i < 4; i++) {
		unsigned long byte;

		if (*text < '0' || *text > '9')
			return false;
		byte = strtoul(text, &end, 10);
		if (byte > 255 || *end != (i < 3 ? '.' : '\0'))
			return false;
		address = address << 8 | (uint32_t)byte;
		text = end + 1;
	}
	*out = address;
	return true;
}

static bool
number_of(const struct json *j, uint32_t *out)
{
	if (j == NULL)
		return false;
	if (j->type == JSON_STRING)
		return read_address(j->string, out);
	if (j->type != JSON_NUMBER || j->number < 0 || j->number > UINT32_MAX)
		return false;
	*out = (uint32_t)j->number;
	return true;
}

static enum fit
yes_or_no(bool yes)
{
	return yes ? FIT_YES : FIT_NO;
}

/* Of an address that is about the right one, only a network can be told. */
static enum fit
fits_number(const struct value *v, uint32_t low, uint32_t high)
{
	const bool inside = v->number >= low && v->number <= high;

	if (v->about)
		return inside && low != high ? FIT_YES : FIT_OPEN;
	return yes_or_no(inside);
}

static enum fit
fits_prefix(const struct value *v, const struct json *prefix)
{
	const struct json *len = json_get(prefix, "len");
	uint32_t low, rest;

	if (!v->address || len == NULL || len->type != JSON_NUMBER ||
	    len->number < 0 || len->number > 32)
		return FIT_OPEN;
	/* One of IPv6, say. */
	if (!number_of(json_get(prefix, "addr"), &low))
		return FIT_NO;
	rest = len->number < 1 ? UINT32_MAX
			       : ~(UINT32_MAX << (32 - (unsigned)len->number));
	return fits_number(v, low & ~rest, low | rest);
}

static enum fit
fits_range(const struct value *v, const struct json *range)
{
	uint32_t low, high;

	if (!v->number_known || range->first == NULL ||
	    !number_of(range->first, &low) ||
	    !number_of(range->first->next, &high))
		return FIT_OPEN;
	return fits_number(v, low, high);
}

/* eth* is a name that begins so. */
static bool
is_word(const char *word, const char *pattern)
{
	const size_t len = strlen(pattern);

	if (word == NULL)
		return false;
	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(word, pattern, len - 1) == 0;
	return strcmp(word, pattern) == 0;
}

static enum fit
fits_text(const struct value *v, const char *text)
{
	uint32_t number;

	if (v->text != NULL)
		return yes_or_no(
		    is_word(v->text, text) || is_word(v->other, text));
	if (!v->number_known)
		return FIT_OPEN;
	return read_address(text, &number) ? fits_number(v, number, number)
					   : FIT_NO;
}

static enum fit fits(
    const struct json *rules, const struct value *v, const struct json *right);

static enum fit
fits_any(
    const struct json *rules, const struct value *v, const struct json *first)
{
	enum fit best = FIT_NO;

	for (; first != NULL && best != FIT_YES; first = first->next) {
		enum fit one = fits(rules, v, first);

		best = one != FIT_NO ? one : best;
	}
	return best;
}

const struct json *
nft_named(const struct json *rules, const char *kind, const char *name)
{
	const struct json *all = json_get(rules, "nftables");

	for (const struct json *j = all != NULL ? all->first : NULL; j != NULL;
	     j = j->next) {
		const struct json *one = json_get(j, kind);

		if (json_is(json_get(one, "name"), name))
			return json_get(one, "elem");
	}
	return NULL;
}

/* One that is empty, or not listed, holds nothing. */
static enum fit
fits_named(const struct json *rules, const struct value *v, const char *name)
{
	const struct json *elements = nft_named(rules, "set", name);

	return elements != NULL ? fits_any(rules, v, elements->first) : FIT_NO;
}

static enum fit
fits(const struct json *rules, const struct value *v, const struct json *right)
{
	const struct json *part;

	switch (right->type) {
	case JSON_NUMBER:
		if (!v->number_known)
			return FIT_OPEN;
		return right->number < 0 || right->number > UINT32_MAX
			   ? FIT_NO
			   : fits_number(v, (uint32_t)right->number,
				 (uint32_t)right->number);
	case JSON_STRING:
		return right->string[0] == '@'
			   ? fits_named(rules, v, right->string + 1)
			   : fits_text(v, right->string);
	case JSON_ARRAY:
		return fits_any(rules, v, right->first);
	case JSON_OBJECT:
		break;
	default:
		return FIT_OPEN;
	}
	if ((part = json_get(right, "set")) != NULL)
		return part->type == JSON_ARRAY
			   ? fits_any(rules, v, part->first)
			   : fits(rules, v, part);
	if ((part = json_get(right, "range")) != NULL)
		return fits_range(v, part);
	if ((part = json_get(right, "prefix")) != NULL)
		return fits_prefix(v, part);
	if ((part = json_get(json_get(right, "elem"), "val")) != NULL)
		return fits(rules, v, part);
	return FIT_OPEN;
}

enum fit
nft_fits(const struct json *rules, const struct packet *packet,
    const struct json *left, const struct json *right)
{
	const struct value v = value_of(packet, left);

	if (v.never)
		return FIT_NO;
	return v.known && right != NULL ? fits(rules, &v, right) : FIT_OPEN;
}

/* Smaller or larger than a number. */
static enum fit
compare(const struct value *v, const char *op, const struct json *right)
{
	uint32_t number;

	if (!v->number_known || v->about || !number_of(right, &number))
		return FIT_OPEN;
	if (strcmp(op, "<") == 0)
		return yes_or_no(v->number < number);
	if (strcmp(op, ">") == 0)
		return yes_or_no(v->number > number);
	if (strcmp(op, "<=") == 0)
		return yes_or_no(v->number <= number);
	return strcmp(op, ">=") == 0 ? yes_or_no(v->number >= number)
				     : FIT_OPEN;
}

enum fit
nft_match(const struct json *rules, const struct packet *packet,
    const struct json *match)
{
	const struct json *left = json_get(match, "left");
	const struct json *right = json_get(match, "right");
	const char *op = json_text(json_get(match, "op"));
	const struct value v = value_of(packet, left);
	enum fit fit;

	if (op == NULL || right == NULL)
		return FIT_OPEN;
	if (v.never)
		return FIT_NO;
	if (op[0] == '<' || op[0] == '>')
		return compare(&v, op, right);
	fit = nft_fits(rules, packet, left, right);
	if (strcmp(op, "!=") != 0 || fit == FIT_OPEN)
		return fit;
	return yes_or_no(fit == FIT_NO);
}
