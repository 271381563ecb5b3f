/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One table says which fields a frame has and in which order; writing,
 * measuring and reading all walk it. Fields stand in the order of the
 * structs in wire.h. A message's text and a transfer's bytes are whatever is
 * left of the frame, so they come last and need no length of their own.
 */
#include "net/wire.h"

#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"

enum {
	LENGTH_LEN = 4,
	TYPE_LEN = 1,
	MAGIC_LEN = 6,
	COUNT_LEN = 2, /* in front of names and claims */
	FIELDS_MAX = 10,
	CLAIMS_FRAME_LEN =
	    TYPE_LEN + 4 + 4 + COUNT_LEN + WIRE_CLAIMS_MAX * WIRE_CLAIM_LEN,
};

_Static_assert((int)CLAIMS_FRAME_LEN <= (int)WIRE_FRAME_MAX,
    "the longest CLAIMS is no frame");

/* Says at once that whoever called speaks something else. */
static const char magic[MAGIC_LEN] = {'c', 'h', 'a', 'r', 'l', 'a'};

enum field_kind {
	FIELD_NONE,
	FIELD_MAGIC,
	FIELD_U8,
	FIELD_BOOL,
	FIELD_KNOCK,
	FIELD_KIND,
	FIELD_BYE,
	FIELD_WHY,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_HASH,
	FIELD_PAIR,
	FIELD_NAME,   /* u16 length and bytes */
	FIELD_CLAIMS, /* u16 count and as many times WIRE_CLAIM_LEN bytes */
	FIELD_TEXT,   /* the rest, may be empty */
	FIELD_DATA,   /* the rest, at least one byte */
};

struct field {
	enum field_kind kind;
	size_t at;     /* offset of the value, or of a pointer to it */
	size_t len_at; /* offset of its length, or of its count */
};

struct shape {
	enum frame_type type;
	struct field fields[FIELDS_MAX];
};

#define AT(kind, member)                                                       \
	{                                                                      \
		FIELD_##kind, offsetof(struct frame, member), 0                \
	}
#define BYTES(kind, member, length)                                            \
	{                                                                      \
		FIELD_##kind, offsetof(struct frame, member),                  \
		    offsetof(struct frame, length)                             \
	}

static const struct shape shapes[] = {
    {FRAME_HELLO,
	{{FIELD_MAGIC, 0, 0}, AT(U16, hello.version_min),
	    AT(U16, hello.version_max), AT(U8, hello.purpose),
	    AT(U32, hello.capabilities), AT(U64, hello.epoch),
	    AT(U64, hello.stored_epoch), AT(U64, hello.stored_seq),
	    AT(U16, hello.port), BYTES(NAME, hello.name, hello.name_len)}},
    {FRAME_KNOCK, {AT(KNOCK, knock)}},
    {FRAME_MESSAGE, {AT(U64, message.epoch), AT(U64, message.seq),
			AT(KIND, message.kind), AT(U64, message.time_ms),
			BYTES(TEXT, message.text, message.text_len)}},
    {FRAME_ACK, {AT(U64, ack.epoch), AT(U64, ack.seq)}},
    {FRAME_OFFER, {AT(U32, offer.id), AT(U64, offer.token), AT(U64, offer.size),
		      AT(U64, offer.mtime_ns), AT(U16, offer.mode),
		      AT(U32, offer.entries), AT(U32, offer.list_len),
		      BYTES(NAME, offer.name, offer.name_len)}},
    {FRAME_ANSWER,
	{AT(U32, answer.id), AT(BOOL, answer.accepted), AT(WHY, answer.why),
	    AT(U64, answer.offset), AT(HASH, answer.hash)}},
    {FRAME_BEGIN, {AT(U32, begin.id), AT(U64, begin.offset)}},
    {FRAME_DATA, {AT(U32, data.id), AT(U64, data.offset),
		     BYTES(DATA, data.bytes, data.len)}},
    {FRAME_CREDIT, {AT(U32, credit.id), AT(U64, credit.limit)}},
    {FRAME_DONE, {AT(U32, done.id), AT(HASH, done.hash)}},
    {FRAME_RESULT, {AT(U32, result.id), AT(WHY, result.why)}},
    {FRAME_CANCEL,
	{AT(U32, cancel.id), AT(BOOL, cancel.mine), AT(WHY, cancel.why)}},
    {FRAME_PAUSE, {AT(U32, pause.id), AT(BOOL, pause.mine), AT(WHY, pause.why),
		      AT(U64, pause.missing)}},
    {FRAME_RESUME, {AT(U32, resume.id), AT(BOOL, resume.mine)}},
    {FRAME_CLAIMS, {AT(U32, claims.id), AT(U32, claims.upto),
		       BYTES(CLAIMS, claims.bytes, claims.count)}},
    {FRAME_PAIR_COMMIT, {AT(PAIR, pair)}},
    {FRAME_PAIR_NONCE, {AT(PAIR, pair)}},
    {FRAME_PAIR_REVEAL, {AT(PAIR, pair)}},
    {FRAME_PAIR_AGREE, {{FIELD_NONE, 0, 0}}},
    {FRAME_PING, {AT(U64, ping)}},
    {FRAME_PONG, {AT(U64, ping)}},
    {FRAME_BYE, {AT(BYE, bye)}},
    {FRAME_TYPING, {AT(BOOL, typing)}},
    {FRAME_PRESENCE, {BYTES(NAME, presence.name, presence.name_len)}},
    {FRAME_KEEPING, {AT(BOOL, keeping)}},
};

/* A name, a text, data or claims: how many units at most, ... */
static size_t
most_of(enum field_kind kind)
{
	switch (kind) {
	case FIELD_NAME:
		return WIRE_NAME_MAX;
	case FIELD_CLAIMS:
		return WIRE_CLAIMS_MAX;
	case FIELD_TEXT:
		return WIRE_TEXT_MAX;
	default:
		return WIRE_DATA_MAX;
	}
}

/* ... of so many bytes, ... */
static size_t
unit_of(enum field_kind kind)
{
	return kind == FIELD_CLAIMS ? WIRE_CLAIM_LEN : 1;
}

/* ... and does their number stand in front of them? */
static bool
is_counted(enum field_kind kind)
{
	return kind == FIELD_NAME || kind == FIELD_CLAIMS;
}

/* Ends with a FIELD_NONE or after FIELDS_MAX. NULL: no such type. */
static const struct field *
fields_of(uint8_t type)
{
	size_t i;

	for (i = 0; i < COUNT(shapes); i++)
		if (shapes[i].type == type)
			return shapes[i].fields;
	return NULL;
}

/*
 * Bring a byte with a meaning into its range, or ERR_PROTO where that
 * cannot be: a newer version may know more reasons, not more answers.
 */
static int
settle(enum field_kind kind, uint8_t *v)
{
	switch (kind) {
	case FIELD_BOOL:
		return *v <= 1 ? 0 : ERR_PROTO;
	case FIELD_KNOCK:
		return *v >= KNOCK_WAITING && *v <= KNOCK_BUSY ? 0 : ERR_PROTO;
	case FIELD_KIND:
		if (*v != MESSAGE_TEXT && *v != MESSAGE_ACTION)
			*v = MESSAGE_TEXT;
		return 0;
	case FIELD_BYE:
		if (*v < BYE_QUIT || *v > BYE_KEY)
			*v = BYE_PROTOCOL;
		return 0;
	case FIELD_WHY:
		if (*v > WHY_GONE)
			*v = WHY_IO;
		return 0;
	default:
		return 0;
	}
}

/* The bytes a field takes, or ERR_INVALID where nobody would read it so. */
static int
measure(const struct frame *frame, const struct field *field, size_t *total)
{
	const char *from = (const char *)frame;
	uint8_t value, settled;
	size_t len;

	switch (field->kind) {
	case FIELD_NONE:
		return 0;
	case FIELD_MAGIC:
		*total += MAGIC_LEN;
		return 0;
	case FIELD_U16:
		*total += 2;
		return 0;
	case FIELD_U32:
		*total += 4;
		return 0;
	case FIELD_U64:
		*total += 8;
		return 0;
	case FIELD_HASH:
		*total += WIRE_HASH_LEN;
		return 0;
	case FIELD_PAIR:
		*total += WIRE_PAIR_LEN;
		return 0;
	case FIELD_NAME:
	case FIELD_CLAIMS:
	case FIELD_TEXT:
	case FIELD_DATA:
		memcpy(&len, from + field->len_at, sizeof(len));
		if (len > most_of(field->kind) ||
		    (len == 0 && field->kind == FIELD_DATA))
			return ERR_INVALID;
		*total += len * unit_of(field->kind);
		*total += is_counted(field->kind) ? COUNT_LEN : 0;
		return 0;
	default:
		value = settled = (uint8_t)from[field->at];
		if (settle(field->kind, &settled) < 0 || settled != value)
			return ERR_INVALID;
		*total += 1;
		return 0;
	}
}

/* Cannot fail: the room was measured before. */
static void
put_field(struct buf *out, const struct frame *frame, const struct field *field)
{
	const char *from = (const char *)frame, *bytes;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	size_t len;

	switch (field->kind) {
	case FIELD_NONE:
		break;
	case FIELD_MAGIC:
		buf_put(out, magic, MAGIC_LEN);
		break;
	case FIELD_U16:
		memcpy(&u16, from + field->at, sizeof(u16));
		buf_put_u16(out, u16);
		break;
	case FIELD_U32:
		memcpy(&u32, from + field->at, sizeof(u32));
		buf_put_u32(out, u32);
		break;
	case FIELD_U64:
		memcpy(&u64, from + field->at, sizeof(u64));
		buf_put_u64(out, u64);
		break;
	case FIELD_HASH:
		buf_put(out, from + field->at, WIRE_HASH_LEN);
		break;
	case FIELD_PAIR:
		buf_put(out, from + field->at, WIRE_PAIR_LEN);
		break;
	case FIELD_NAME:
	case FIELD_CLAIMS:
	case FIELD_TEXT:
	case FIELD_DATA:
		memcpy(&bytes, from + field->at, sizeof(bytes));
		memcpy(&len, from + field->len_at, sizeof(len));
		if (is_counted(field->kind))
			buf_put_u16(out, (uint16_t)len);
		buf_put(out, bytes, len * unit_of(field->kind));
		break;
	default:
		buf_put_u8(out, (uint8_t)from[field->at]);
		break;
	}
}

int
wire_put(struct buf *out, const struct frame *frame)
{
	const struct field *fields = fields_of(frame->type);
	size_t len = TYPE_LEN, i;
	int r = fields == NULL ? ERR_INVALID : 0;

	for (i = 0; r == 0 && i < FIELDS_MAX; i++)
		r = measure(frame, &fields[i], &len);
	if (r < 0)
		return r;
	if (buf_room(out) < LENGTH_LEN + len)
		return ERR_FULL;
	buf_put_u32(out, (uint32_t)len);
	buf_put_u8(out, frame->type);
	for (i = 0; i < FIELDS_MAX; i++)
		put_field(out, frame, &fields[i]);
	return 0;
}

static int
get_magic(struct buf *in)
{
	char bytes[MAGIC_LEN];
	int r = buf_get(in, bytes, sizeof(bytes));

	return r == 0 && memcmp(bytes, magic, MAGIC_LEN) != 0 ? ERR_PROTO : r;
}

static int
get_claims(struct buf *in, const char **bytes, size_t *count)
{
	uint16_t u16;
	int r = buf_get_u16(in, &u16);

	if (r < 0)
		return r;
	if (u16 > WIRE_CLAIMS_MAX)
		return ERR_PROTO;
	*bytes = (const char *)buf_data(in);
	*count = u16;
	return buf_skip(in, *count * WIRE_CLAIM_LEN);
}

static int
get_rest(struct buf *in, enum field_kind kind, const char **bytes, size_t *len)
{
	*bytes = (const char *)buf_data(in);
	*len = buf_len(in);
	if (*len > most_of(kind) || (*len == 0 && kind == FIELD_DATA))
		return ERR_PROTO;
	return buf_skip(in, *len);
}

static int
get_bytes(struct buf *in, const struct field *field, char *to)
{
	const char *bytes = NULL;
	size_t len = 0;
	int r;

	if (field->kind == FIELD_NAME)
		r = buf_get_str(in, WIRE_NAME_MAX, &bytes, &len);
	else if (field->kind == FIELD_CLAIMS)
		r = get_claims(in, &bytes, &len);
	else
		r = get_rest(in, field->kind, &bytes, &len);
	memcpy(to + field->at, &bytes, sizeof(bytes));
	memcpy(to + field->len_at, &len, sizeof(len));
	return r;
}

/* in holds this frame and no more: ERR_AGAIN means that it is too short. */
static int
get_field(struct buf *in, struct frame *frame, const struct field *field)
{
	char *to = (char *)frame;
	uint8_t u8 = 0;
	uint16_t u16 = 0;
	uint32_t u32 = 0;
	uint64_t u64 = 0;
	int r;

	switch (field->kind) {
	case FIELD_NONE:
		return 0;
	case FIELD_MAGIC:
		return get_magic(in);
	case FIELD_U16:
		r = buf_get_u16(in, &u16);
		memcpy(to + field->at, &u16, sizeof(u16));
		return r;
	case FIELD_U32:
		r = buf_get_u32(in, &u32);
		memcpy(to + field->at, &u32, sizeof(u32));
		return r;
	case FIELD_U64:
		r = buf_get_u64(in, &u64);
		memcpy(to + field->at, &u64, sizeof(u64));
		return r;
	case FIELD_HASH:
		return buf_get(in, to + field->at, WIRE_HASH_LEN);
	case FIELD_PAIR:
		return buf_get(in, to + field->at, WIRE_PAIR_LEN);
	case FIELD_NAME:
	case FIELD_CLAIMS:
	case FIELD_TEXT:
	case FIELD_DATA:
		return get_bytes(in, field, to);
	default:
		r = buf_get_u8(in, &u8);
		if (r == 0)
			r = settle(field->kind, &u8);
		to[field->at] = (char)u8;
		return r;
	}
}

static int
get_frame(struct buf *in, struct frame *frame)
{
	const struct field *fields;
	size_t i;
	int r = buf_get_u8(in, &frame->type);

	if (r < 0)
		return r;
	fields = fields_of(frame->type);
	if (fields == NULL)
		return frame->type >= FRAME_OPTIONAL ? 0 : ERR_PROTO;
	for (i = 0; r == 0 && i < FIELDS_MAX; i++)
		r = get_field(in, frame, &fields[i]);
	return r;
}

int
wire_get(struct buf *in, size_t frame_max, struct frame *frame)
{
	struct frame got = {0};
	struct buf one;
	uint32_t len;

	if (buf_peek_u32(in, &len) < 0)
		return ERR_AGAIN;
	if (len == 0 || len > frame_max)
		return ERR_PROTO;
	if (buf_len(in) - LENGTH_LEN < len)
		return ERR_AGAIN;
	buf_view(&one, buf_data(in), LENGTH_LEN + (size_t)len);
	buf_skip(&one, LENGTH_LEN);
	if (get_frame(&one, &got) < 0)
		return ERR_PROTO;
	buf_skip(in, LENGTH_LEN + (size_t)len);
	*frame = got;
	return 0;
}

static uint8_t *
put_number(uint8_t *out, uint64_t v, size_t len)
{
	for (size_t i = len; i > 0; i--) {
		out[i - 1] = (uint8_t)v;
		v >>= 8;
	}
	return out + len;
}

void
wire_claim_put(uint8_t out[WIRE_CLAIM_LEN], const struct wire_claim *c)
{
	out = put_number(out, c->entry, sizeof(c->entry));
	out = put_number(out, c->offset, sizeof(c->offset));
	memcpy(out, c->hash, WIRE_HASH_LEN);
}

void
wire_claim_get(const uint8_t bytes[WIRE_CLAIM_LEN], struct wire_claim *out)
{
	struct buf b;

	buf_view(&b, bytes, WIRE_CLAIM_LEN);
	buf_get_u32(&b, &out->entry);
	buf_get_u64(&b, &out->offset);
	buf_get(&b, out->hash, WIRE_HASH_LEN);
}
