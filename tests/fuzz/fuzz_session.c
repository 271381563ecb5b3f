/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session and a peer that says anything. The first byte chooses our role,
 * whether an honest HELLO and knock came before, and how the rest is read:
 * as one stream, or as pieces of which each has a length, and something that
 * we do after it.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/fuzz/session_owner.h"

enum {
	FLAG_LISTENER = 1,
	FLAG_PROLOGUE = 2,
	FLAG_PIECES = 4,

	ACTS = 13,
	ACT_HOLD = 0xF0, /* from here on: pauses, the limit, trees */

	TREE_ENTRIES = 20,
	TREE_LIST = OWNER_BLOCK + 1000,
	INPUT_MAX = 1024 * 1024,
	OUTPUT_MAX = SESSION_QUEUE_MAX + 1024 * 1024,
};

struct fuzz {
	struct owner owner;
	struct session *s; /* the owner's */
	struct buf in, out;
	uint64_t now_ms;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hear(struct fuzz *f, const uint8_t *data, size_t len)
{
	if (buf_put(&f->in, data, len) != 0)
		return;
	session_input(f->s, &f->in, f->now_ms);
	must(buf_len(&f->in) <= WIRE_FRAME_MAX + 4);
}

static void
speak(struct fuzz *f, size_t want)
{
	session_output(f->s, &f->out, want, f->now_ms);
	must(buf_len(&f->out) <= SESSION_QUEUE_MAX + want + WIRE_FRAME_MAX + 4);
	buf_clear(&f->out);
}

static void
say(struct fuzz *f, const uint8_t *data, size_t len)
{
	struct frame_message m = {
	    .epoch = 1 + f->owner.seq / 4,
	    .seq = f->owner.seq,
	    .kind = MESSAGE_TEXT,
	    .text = (const char *)data,
	    .text_len = len,
	};

	f->owner.seq++;
	session_message(f->s, &m);
}

/* Now, where it was left for later; or our disk fails. */
static void
decide_in(struct fuzz *f, uint32_t id, uint64_t some)
{
	const struct transfer *t = session_transfer(f->s, TRANSFER_IN, id);

	if (t == NULL)
		return;
	if (t->state == TRANSFER_OFFERED)
		owner_accept(&f->owner, t, some);
	else if (some == 0 && session_result(f->s, id, WHY_IO) == 0)
		f->owner.open_in--;
}

static void
decide_out(struct fuzz *f, uint32_t id, bool proven)
{
	const struct transfer *t = session_transfer(f->s, TRANSFER_OUT, id);

	if (t == NULL || t->state != TRANSFER_PROVING)
		return;
	must(session_begin(f->s, id, proven) == 0);
	owner_check(t);
	owner_feed(&f->owner, id);
}

/* Either way, or with len even not any more. */
static void
hold(struct fuzz *f, uint8_t what, size_t len)
{
	bool out = what % 2 == 0;
	uint32_t id =
	    (out ? f->owner.last_out : f->owner.last_in) - what / 2u % 2;
	enum transfer_dir dir = out ? TRANSFER_OUT : TRANSFER_IN;

	if (len % 2 == 0)
		session_resume(f->s, dir, id);
	else
		session_pause(f->s, dir, id, (enum wire_why)(len % 4), 0);
}

/* Nobody is told to wake up at once, again and again. */
static void
limit(struct fuzz *f, size_t len)
{
	static const uint64_t rates[] = {0, 1, 10 * 1000, UINT64_MAX};

	session_limit(f->s, rates[len % COUNT(rates)]);
	session_tick(f->s, f->now_ms);
	speak(f, WIRE_DATA_MAX);
	must(f->owner.ended || session_deadline(f->s) > f->now_ms);
}

/* What claims we make is in the bytes. */
static void
claim(struct fuzz *f, const uint8_t *data, size_t len)
{
	uint32_t id = f->owner.last_in;
	const struct transfer *t = session_transfer(f->s, TRANSFER_IN, id);
	struct frame_claims claims = {
	    .count = len / WIRE_CLAIM_LEN, .bytes = data};

	if (t == NULL)
		return;
	claims.upto = t->claimed + 1 + (uint32_t)(len % WIRE_CLAIM_LEN);
	session_claims(f->s, id, &claims);
	t = session_transfer(f->s, TRANSFER_IN, id);
	if (t != NULL)
		owner_check(t);
}

static void
act_tree(struct fuzz *f, uint8_t what, const uint8_t *data, size_t len)
{
	switch (what % 4) {
	case 0:
		session_take_list(f->s, f->owner.last_in);
		break;
	case 1:
		claim(f, data, len);
		break;
	case 2:
		owner_offer(
		    &f->owner, len, (uint32_t)len % 5, 10 * (uint32_t)len);
		owner_feed(&f->owner, f->owner.last_out);
		break;
	default:
		break;
	}
}

static void
act_slow(struct fuzz *f, uint8_t what, const uint8_t *data, size_t len)
{
	switch ((what - ACT_HOLD) / 4) {
	case 0:
		hold(f, what, len);
		break;
	case 1:
		limit(f, len);
		break;
	case 2:
		f->now_ms += len;
		speak(f, WIRE_DATA_MAX);
		break;
	default:
		act_tree(f, what, data, len);
		break;
	}
}

/* What is rarer. */
static void
act_more(struct fuzz *f, uint8_t what, size_t len)
{
	switch (what % ACTS) {
	case 9:
		session_probe(f->s, f->now_ms);
		must(!session_is_open(f->s) ||
		     session_deadline(f->s) <= f->now_ms + SESSION_PROBE_MS);
		break;
	case 10:
		session_keeping(f->s, len % 2 != 0);
		session_typing(f->s, len % 2 == 0);
		break;
	case 11:
		decide_in(f, f->owner.last_in - what / 64u, len * len);
		break;
	case 12:
		decide_out(f, 1 + what / 64u, len % 2 == 0);
		break;
	default:
		break;
	}
}

/* Something that we do ourselves, at this moment. */
static void
act(struct fuzz *f, uint8_t what, const uint8_t *data, size_t len)
{
	if (what >= ACT_HOLD) {
		act_slow(f, what, data, len);
		return;
	}
	switch (what % ACTS) {
	case 0:
		speak(f, 1);
		break;
	case 1:
		speak(f, WIRE_DATA_MAX * 4);
		break;
	case 2:
		say(f, data, len);
		break;
	case 3:
		owner_offer(&f->owner, (uint64_t)len * len * len, 0, 0);
		break;
	case 4:
		session_cancel(f->s, TRANSFER_OUT,
		    f->owner.last_out - what / 64u, WHY_PERSON);
		break;
	case 5:
		if (session_cancel(f->s, TRANSFER_IN,
			f->owner.last_in - what / 64u, WHY_PERSON) == 0)
			f->owner.open_in--;
		break;
	case 6:
		f->now_ms += 1000u * len;
		session_tick(f->s, f->now_ms);
		break;
	case 7:
		f->now_ms = session_deadline(f->s);
		session_tick(f->s, f->now_ms);
		break;
	case 8:
		if (what / ACTS == 0)
			session_bye(f->s, BYE_QUIT);
		break;
	default:
		act_more(f, what, len);
		break;
	}
}

static void
prologue(struct fuzz *f, bool listener)
{
	struct frame hello = {
	    .type = FRAME_HELLO,
	    .hello = {.version_min = WIRE_VERSION_MIN,
		.version_max = WIRE_VERSION,
		.purpose = PURPOSE_TALK,
		.epoch = 1,
		.name = "peer",
		.name_len = 4},
	};
	struct frame knock = {.type = FRAME_KNOCK, .knock = KNOCK_ACCEPTED};
	struct buf b;

	buf_init(&b, 4096);
	must(wire_put(&b, &hello) == 0);
	if (!listener)
		must(wire_put(&b, &knock) == 0);
	hear(f, buf_data(&b), buf_len(&b));
	buf_release(&b);
	must(session_is_open(f->s));
	owner_offer(&f->owner, 0, 0, 0);
	owner_offer(&f->owner, 3 * OWNER_BLOCK, 0, 0);
	owner_offer(&f->owner, INT64_MAX, 0, 0);
	owner_offer(&f->owner, 1, TREE_ENTRIES, TREE_LIST);
	owner_feed(&f->owner, f->owner.last_out);
	owner_feed(&f->owner, f->owner.last_out);
}

static void
pieces(struct fuzz *f, const uint8_t *data, size_t size)
{
	while (size >= 2) {
		uint8_t what = data[0];
		size_t len = data[1];

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		hear(f, data, len);
		act(f, what, data, len);
		data += len;
		size -= len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = {.now_ms = 1000, .owner = {.seq = 1}};
	struct session_config config = {
	    .role = SESSION_CALLER,
	    .name = "me",
	    .epoch = 1,
	    .on_event = owner_on_event,
	    .arg = &f.owner,
	};

	if (size < 1 || size > INPUT_MAX)
		return 0;
	if ((data[0] & FLAG_LISTENER) != 0)
		config.role = SESSION_LISTENER;
	f.s = f.owner.s = session_new(&config, f.now_ms);
	buf_init(&f.in, INPUT_MAX);
	buf_init(&f.out, OUTPUT_MAX);
	if ((data[0] & FLAG_PROLOGUE) != 0)
		prologue(&f, config.role == SESSION_LISTENER);
	if ((data[0] & FLAG_PIECES) != 0)
		pieces(&f, data + 1, size - 1);
	else
		hear(&f, data + 1, size - 1);
	speak(&f, WIRE_DATA_MAX);
	speak(&f, WIRE_DATA_MAX);
	must(session_is_ended(f.s) == f.owner.ended);
	if (f.owner.ended) {
		hear(&f, data, size);
		must(!session_has_output(f.s) && buf_len(&f.in) == 0);
	}
	session_free(f.s);
	buf_release(&f.in);
	buf_release(&f.out);
	return 0;
}
