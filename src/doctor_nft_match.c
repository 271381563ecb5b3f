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

json_t *
nft_member(json_t *object, const char **name)
{
	void *first = json_object_iter(object);

	if (first == NULL)
		return NULL;
	*name = json_object_iter_key(first);
	return json_object_iter_value(first);
}

const char *
nft_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool
nft_is(const json_t *object, const char *name, const char *text)
{
	const char *is = nft_text(object, name);

	return is != NULL && strcmp(is, text) == 0;
}

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
payload_value(const struct packet *p, json_t *payload)
{
	const char *protocol = nft_text(payload, "protocol");
	const char *field = nft_text(payload, "field");

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
flags_value(const struct packet *p, json_t *payload)
{
	if (!nft_is(payload, "field", "flags"))
		return (struct value){0};
	return p->udp ? (struct value){.known = true, .never = true}
		      : word_value("syn", NULL);
}

static struct value
value_of(const struct packet *p, json_t *left)
{
	json_t *part = json_object_get(left, "&");
	const char *text = nft_text(json_object_get(left, "meta"), "key");

	/* Of the bits of a header only the flags of TCP are ever masked. */
	if (part != NULL)
		return flags_value(
		    p, json_object_get(json_array_get(part, 0), "payload"));
	if (text != NULL)
		return meta_value(p, text);
	part = json_object_get(left, "payload");
	if (part != NULL)
		return payload_value(p, part);
	text = nft_text(json_object_get(left, "ct"), "key");
	if (text != NULL && strcmp(text, "state") == 0)
		return word_value("new", NULL);
	text = nft_text(json_object_get(left, "fib"), "result");
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
number_of(json_t *j, uint32_t *out)
{
	const json_int_t number = json_integer_value(j);

	if (json_is_string(j))
		return read_address(json_string_value(j), out);
	if (!json_is_integer(j) || number < 0 || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
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
fits_prefix(const struct value *v, json_t *prefix)
{
	json_t *len = json_object_get(prefix, "len");
	const json_int_t bits = json_integer_value(len);
	uint32_t low, rest;

	if (!v->address || !json_is_integer(len) || bits < 0 || bits > 32)
		return FIT_OPEN;
	/* One of IPv6, say. */
	if (!number_of(json_object_get(prefix, "addr"), &low))
		return FIT_NO;
	rest = bits == 0 ? UINT32_MAX : ~(UINT32_MAX << (32 - bits));
	return fits_number(v, low & ~rest, low | rest);
}

static enum fit
fits_range(const struct value *v, json_t *range)
{
	uint32_t low, high;

	if (!v->number_known || !number_of(json_array_get(range, 0), &low) ||
	    !number_of(json_array_get(range, 1), &high))
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

static enum fit fits(json_t *rules, const struct value *v, json_t *right);

static enum fit
fits_any(json_t *rules, const struct value *v, json_t *all)
{
	enum fit best = FIT_NO;

	for (size_t i = 0; i < json_array_size(all) && best != FIT_YES; i++) {
		enum fit one = fits(rules, v, json_array_get(all, i));

		best = one != FIT_NO ? one : best;
	}
	return best;
}

json_t *
nft_named(json_t *rules, const char *kind, const char *name)
{
	json_t *all = json_object_get(rules, "nftables"), *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		json_t *found = json_object_get(one, kind);

		if (nft_is(found, "name", name))
			return json_object_get(found, "elem");
	}
	return NULL;
}

/* "@name" is a set, and one that is empty, or not listed, holds nothing. */
static enum fit
fits_string(json_t *rules, const struct value *v, const char *text)
{
	return text[0] == '@'
		   ? fits_any(rules, v, nft_named(rules, "set", text + 1))
		   : fits_text(v, text);
}

static enum fit
fits_object(json_t *rules, const struct value *v, json_t *right)
{
	json_t *part;

	if ((part = json_object_get(right, "set")) != NULL)
		return fits(rules, v, part);
	if ((part = json_object_get(right, "range")) != NULL)
		return fits_range(v, part);
	if ((part = json_object_get(right, "prefix")) != NULL)
		return fits_prefix(v, part);
	part = json_object_get(json_object_get(right, "elem"), "val");
	return part != NULL ? fits(rules, v, part) : FIT_OPEN;
}

static enum fit
fits(json_t *rules, const struct value *v, json_t *right)
{
	uint32_t number;

	switch (json_typeof(right)) {
	case JSON_INTEGER:
		if (!v->number_known)
			return FIT_OPEN;
		return number_of(right, &number)
			   ? fits_number(v, number, number)
			   : FIT_NO;
	case JSON_STRING:
		return fits_string(rules, v, json_string_value(right));
	case JSON_ARRAY:
		return fits_any(rules, v, right);
	case JSON_OBJECT:
		return fits_object(rules, v, right);
	default:
		return FIT_OPEN;
	}
}

enum fit
nft_fits(
    json_t *rules, const struct packet *packet, json_t *left, json_t *right)
{
	const struct value v = value_of(packet, left);

	if (v.never)
		return FIT_NO;
	return v.known && right != NULL ? fits(rules, &v, right) : FIT_OPEN;
}

/* Smaller or larger than a number. */
static enum fit
compare(const struct value *v, const char *op, json_t *right)
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
nft_match(json_t *rules, const struct packet *packet, json_t *match)
{
	json_t *left = json_object_get(match, "left");
	json_t *right = json_object_get(match, "right");
	const char *op = nft_text(match, "op");
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
