/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_claims.h"

/* The bytes of every file in the tests, by transfer and offset. */
uint8_t
pair_byte(uint32_t id, uint64_t at)
{
	return (uint8_t)(at * 31 + (at >> 11) + id);
}

void
pair_hash(uint32_t id, uint8_t hash[WIRE_HASH_LEN])
{
	memset(hash, (int)(id & 0x7F), WIRE_HASH_LEN);
}

void
pair_proof(uint32_t id, uint64_t offset, uint8_t hash[WIRE_HASH_LEN])
{
	memset(hash, (int)(id | 0x80), WIRE_HASH_LEN);
	memcpy(hash, &offset, sizeof(offset));
}

/* FNV-1a, to compare traces only. */
static void
mix(struct side *side, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		side->trace = (side->trace ^ bytes[i]) * 1099511628211u;
}

static void
mix_number(struct side *side, uint64_t n)
{
	mix(side, &n, sizeof(n));
}

static void
record(struct side *side, const struct session_event *e)
{
	assert_int_equal(side->count[SESSION_ENDED], 0);
	side->count[e->type]++;
	side->last[e->type] = *e;
	mix_number(side, e->type);
	mix_number(side, e->epoch);
	mix_number(side, e->seq);
	mix_number(side, e->digits);
	mix_number(side, e->typing);
	mix_number(side, e->keeping);
	mix_number(side, e->bye);
	mix(side, e->data, e->data_len);
	mix(side, e->name, e->name_len);
	if (e->claims != NULL) {
		mix_number(side, e->claims->upto);
		mix(side, e->claims->bytes, e->claims->count * WIRE_CLAIM_LEN);
	}
	if (e->message != NULL) {
		mix_number(side, e->message->epoch);
		mix_number(side, e->message->seq);
		mix(side, e->message->text, e->message->text_len);
	}
	if (e->transfer != NULL) {
		side->transfer[e->type] = *e->transfer;
		mix_number(side, e->transfer->id);
		mix_number(side, e->transfer->state);
		mix_number(side, e->transfer->offset);
		mix_number(side, e->transfer->limit);
	}
}

static int
feed_block(struct side *side, uint32_t id, uint64_t left)
{
	size_t len = left < PAIR_BLOCK ? (size_t)left : PAIR_BLOCK;
	struct block *b = mem_alloc(sizeof(*b) + len);

	b->len = len;
	for (size_t i = 0; i < len; i++)
		b->bytes[i] = pair_byte(id, side->fed[id] + i);
	side->fed[id] += len;
	return session_feed(side->s, id, b);
}

int
side_feed(struct side *side, uint32_t id)
{
	const struct transfer *t = session_transfer(side->s, TRANSFER_OUT, id);
	bool listing = t != NULL && t->state == TRANSFER_OFFERED;
	uint64_t end = listing ? t->list_len : side->size[id];
	uint8_t hash[WIRE_HASH_LEN];
	int r;

	if (side->finished[id])
		return 0;
	if (side->fed[id] < end) {
		r = feed_block(side, id, end - side->fed[id]);
		if (r != 0 || side->fed[id] < end)
			return r;
	}
	if (listing)
		return 0;
	side->finished[id] = true;
	pair_hash(id, hash);
	return session_finish(side->s, id, hash);
}

int
side_begin(struct side *side, uint32_t id, bool proven)
{
	const struct transfer *t = session_transfer(side->s, TRANSFER_OUT, id);
	uint64_t offset = t != NULL && proven ? t->offset : 0;
	int r = session_begin(side->s, id, proven);

	if (r != 0)
		return r;
	side->fed[id] = offset;
	side_feed(side, id);
	return side_feed(side, id);
}

static bool
is_proven(const struct transfer *t)
{
	uint8_t hash[WIRE_HASH_LEN];

	pair_proof(t->id, t->offset, hash);
	return memcmp(hash, t->proof, WIRE_HASH_LEN) == 0;
}

static void
check_data(const struct session_event *e)
{
	uint64_t at = e->transfer->offset - e->data_len;

	for (size_t i = 0; i < e->data_len; i++)
		if (e->data[i] != pair_byte(e->transfer->id, at + i))
			fail_msg("wrong byte at %zu", (size_t)at + i);
}

static void
take_data(struct side *side, const struct session_event *e)
{
	const struct transfer *t = e->transfer;
	uint32_t id = t->id;

	check_data(e);
	assert_int_equal(session_drained(side->s, id, e->data_len), 0);
	if (t->state != TRANSFER_OFFERED || t->offset < t->list_len)
		return;
	assert_int_equal(session_accept(side->s, id), 0);
	if (t->entries > 1)
		assert_int_equal(side_claim(side, id, t->entries / 2), 0);
	assert_int_equal(side_claim(side, id, t->entries), 0);
}

static void
behave(struct side *side, const struct session_event *e)
{
	uint32_t id = e->transfer != NULL ? e->transfer->id : 0;
	uint8_t hash[WIRE_HASH_LEN];

	switch (e->type) {
	case SESSION_HELLO:
		session_knock(side->s, KNOCK_ACCEPTED);
		break;
	case SESSION_OFFER:
		assert_int_equal(e->offer->entries > 0
				     ? session_take_list(side->s, id)
				     : session_accept(side->s, id),
		    0);
		break;
	case SESSION_ANSWER:
		if (e->transfer->state == TRANSFER_PROVING) {
			side_begin(side, id, is_proven(e->transfer));
		} else if (e->transfer->state == TRANSFER_SENDING) {
			side_feed(side, id);
			side_feed(side, id);
		}
		break;
	case SESSION_WANT:
		side_feed(side, id);
		break;
	case SESSION_DATA:
		take_data(side, e);
		break;
	case SESSION_CLAIMS:
		assert_claims(e);
		break;
	case SESSION_DONE:
		pair_hash(id, hash);
		assert_memory_equal(hash, e->transfer->hash, WIRE_HASH_LEN);
		assert_int_equal(session_result(side->s, id, WHY_NONE), 0);
		break;
	default:
		break;
	}
}

static void
on_event(void *arg, const struct session_event *e)
{
	struct side *side = arg;

	record(side, e);
	if (side->hook == NULL || !side->hook(side, e))
		behave(side, e);
}

void
side_init_trust(struct side *side, enum session_role role, uint64_t now_ms,
    const struct side_trust *trust)
{
	struct session_config config = {
	    .role = role,
	    .name = role == SESSION_CALLER ? "ana" : "berta",
	    .epoch = PAIR_EPOCH,
	    .stored_epoch = PAIR_STORED_EPOCH,
	    .stored_seq = PAIR_STORED_SEQ,
	    .port = (uint16_t)(PAIR_PORT + role),
	    .verified = trust->verified,
	    .binding = trust->binding,
	    .on_event = on_event,
	    .arg = side,
	};

	memcpy(config.nonce, trust->nonce, sizeof(config.nonce));
	memset(side, 0, sizeof(*side));
	buf_init(&side->wire, PAIR_WIRE_MAX);
	side->s = session_new(&config, now_ms);
}

void
side_init(struct side *side, enum session_role role, uint64_t now_ms)
{
	const struct side_trust trust = {.verified = true};

	side_init_trust(side, role, now_ms, &trust);
}

void
side_release(struct side *side)
{
	session_free(side->s);
	buf_release(&side->wire);
}

static uint32_t
offer_it(struct side *side, struct frame_offer *offer)
{
	uint32_t id = 0;

	offer->token = ++side->last_token;
	assert_int_equal(session_offer(side->s, offer, &id), 0);
	assert_in_range(id, 1, PAIR_FILES - 1);
	return id;
}

uint32_t
side_offer(struct side *side, uint64_t size)
{
	struct frame_offer offer = {
	    .size = size, .mode = 0644, .name = "a.txt", .name_len = 5};
	uint32_t id = offer_it(side, &offer);

	side->size[id] = size;
	return id;
}

uint32_t
side_announce_tree(
    struct side *side, uint32_t entries, uint32_t list_len, uint64_t more)
{
	struct frame_offer offer = {.size = more,
	    .mode = 0755,
	    .entries = entries,
	    .list_len = list_len,
	    .name = "folder",
	    .name_len = 6};
	uint32_t id = offer_it(side, &offer);

	side->size[id] = list_len + more;
	return id;
}

uint32_t
side_offer_tree(
    struct side *side, uint32_t entries, uint32_t list_len, uint64_t more)
{
	uint32_t id = side_announce_tree(side, entries, list_len, more);

	while (side->fed[id] < list_len)
		assert_int_equal(side_feed(side, id), 0);
	return id;
}

int
side_accept_from(struct side *side, uint32_t id, uint64_t offset)
{
	uint8_t hash[WIRE_HASH_LEN];

	pair_proof(id, offset, hash);
	return session_accept_from(side->s, id, offset, hash);
}

int
side_say(struct side *side, uint64_t seq, const char *text)
{
	return side_say_in(side, PAIR_EPOCH, seq, text);
}

int
side_say_in(struct side *side, uint64_t epoch, uint64_t seq, const char *text)
{
	struct frame_message m = {.epoch = epoch,
	    .seq = seq,
	    .kind = MESSAGE_TEXT,
	    .text = text,
	    .text_len = strlen(text)};

	return session_message(side->s, &m);
}

/* What a peer that follows no rules sends. */
void
side_receive(struct side *side, const struct frame *f)
{
	struct buf in;

	buf_init(&in, PAIR_WIRE_MAX);
	assert_int_equal(wire_put(&in, f), 0);
	session_input(side->s, &in, 0);
	assert_int_equal(buf_len(&in), 0);
	buf_release(&in);
}

void
pair_init(struct pair *p)
{
	p->now_ms = 1000;
	side_init(&p->caller, SESSION_CALLER, p->now_ms);
	side_init(&p->listener, SESSION_LISTENER, p->now_ms);
}

void
pair_release(struct pair *p)
{
	side_release(&p->caller);
	side_release(&p->listener);
}

/* One way, once. False when there was nothing to carry. */
bool
pair_carry(struct pair *p, struct side *from, struct side *to)
{
	session_output(from->s, &from->wire, PAIR_WANT, p->now_ms);
	if (buf_len(&from->wire) == 0)
		return false;
	session_input(to->s, &from->wire, p->now_ms);
	return true;
}

/* Both ways until both are silent. */
void
pair_pump(struct pair *p)
{
	bool moved = true;

	while (moved) {
		moved = pair_carry(p, &p->caller, &p->listener);
		moved |= pair_carry(p, &p->listener, &p->caller);
	}
}

void
pair_open(struct pair *p)
{
	pair_init(p);
	pair_pump(p);
	assert_true(session_is_open(p->caller.s));
	assert_true(session_is_open(p->listener.s));
}

struct frame
pair_frame(uint8_t type)
{
	struct frame f = {.type = type};

	switch (type) {
	case FRAME_HELLO:
		f.hello.version_min = WIRE_VERSION_MIN;
		f.hello.version_max = WIRE_VERSION;
		f.hello.purpose = PURPOSE_TALK;
		f.hello.capabilities = CAPABILITY_VERIFIED;
		f.hello.epoch = PAIR_EPOCH;
		f.hello.name = "x";
		f.hello.name_len = 1;
		break;
	case FRAME_KNOCK:
		f.knock = KNOCK_WAITING;
		break;
	case FRAME_MESSAGE:
		f.message.epoch = PAIR_EPOCH;
		f.message.seq = 1;
		f.message.kind = MESSAGE_TEXT;
		f.message.text = "x";
		f.message.text_len = 1;
		break;
	case FRAME_ACK:
		f.ack.epoch = PAIR_EPOCH;
		f.ack.seq = 1;
		break;
	case FRAME_OFFER:
		f.offer.id = 1;
		f.offer.token = 1;
		f.offer.name = "x";
		f.offer.name_len = 1;
		break;
	case FRAME_DATA:
		f.data.id = 1;
		f.data.bytes = (const uint8_t *)"x";
		f.data.len = 1;
		break;
	case FRAME_BYE:
		f.bye = BYE_QUIT;
		break;
	case FRAME_PRESENCE:
		f.presence.name = "x";
		f.presence.name_len = 1;
		break;
	default:
		break;
	}
	return f;
}

void
side_receive_hello(struct side *side, uint16_t min, uint16_t max)
{
	struct frame f = pair_frame(FRAME_HELLO);

	f.hello.version_min = min;
	f.hello.version_max = max;
	side_receive(side, &f);
}

/* The last frame it has to say is a BYE with this reason. */
static void
side_says_bye(struct side *side, enum wire_bye why)
{
	struct frame f = {0};

	session_output(side->s, &side->wire, PAIR_WANT, 0);
	while (wire_get(&side->wire, WIRE_FRAME_MAX, &f) == 0)
		;
	assert_int_equal(f.type, FRAME_BYE);
	assert_int_equal(f.bye, why);
}

void
side_assert_ended(struct side *side, enum wire_bye why)
{
	assert_int_equal(side->count[SESSION_ENDED], 1);
	assert_true(side->last[SESSION_ENDED].by_us);
	assert_int_equal(side->last[SESSION_ENDED].bye, why);
	side_says_bye(side, why);
}
