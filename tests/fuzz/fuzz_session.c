/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A session and a peer that says anything. The first byte chooses our role,
 * whether an honest HELLO and knock came before, and how the rest is read:
 * as one stream, or as pieces of which each has a length, and something that
 * we do after it.
 */
#include <stdlib.h>
#include <string.h>

#include "net/session.h"
#include "src/base/util.h"

enum {
	FLAG_LISTENER = 1,
	FLAG_PROLOGUE = 2,
	FLAG_PIECES = 4,

	ACTS = 13,
	ACT_HOLD = 0xF0, /* from here on: pauses and the limit */

	BLOCK = 70 * 1000, /* more than a frame holds */
	INPUT_MAX = 1024 * 1024,
	OUTPUT_MAX = SESSION_QUEUE_MAX + 1024 * 1024,
};

struct fuzz {
	struct session *s;
	struct buf in, out;
	uint64_t now_ms;
	uint64_t seq, token;
	bool ended;
	size_t open_in; /* offers we know of that have not ended */
	uint32_t last_in, last_out;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
feed(struct fuzz *f, uint32_t id)
{
	static const uint8_t hash[WIRE_HASH_LEN];
	const struct transfer *t = session_transfer(f->s, TRANSFER_OUT, id);
	struct block *b;

	if (t == NULL || t->size == t->fed) {
		session_finish(f->s, id, hash);
		return;
	}
	b = mem_zalloc(sizeof(*b) + BLOCK);
	b->len = t->size - t->fed < BLOCK ? (size_t)(t->size - t->fed) : BLOCK;
	session_feed(f->s, id, b);
}

static void
check_bounds(const struct transfer *t)
{
	must(t->offset <= t->limit && t->limit <= t->size);
	if (t->dir == TRANSFER_OUT) {
		must(t->offset <= t->fed && t->fed <= t->size);
		return;
	}
	must(t->stored <= t->offset);
	must(t->limit - t->stored <= TRANSFER_WINDOW);
}

/* Say that we have some of it, if the size allows. */
static int
accept_some(struct fuzz *f, const struct transfer *t, uint64_t some)
{
	static const uint8_t hash[WIRE_HASH_LEN];

	if (some == 0 || some > t->size)
		return session_accept(f->s, t->id);
	return session_accept_from(f->s, t->id, some, hash);
}

/* What to do with an offer is in its number. */
static void
on_offer(struct fuzz *f, const struct transfer *t)
{
	f->open_in++;
	f->last_in = t->id;
	must(f->open_in <= TRANSFER_OPEN_MAX);
	must(t->token >= 1 && t->token <= INT64_MAX);
	if (t->id % 4 == 0)
		return;
	if (t->id % 4 != 1) {
		uint64_t some = t->id % 4 == 3 ? t->size - t->id % 8 : 0;

		must(accept_some(f, t, some) == 0 || session_is_ended(f->s));
		return;
	}
	if (session_refuse(f->s, t->id, WHY_PERSON) == 0)
		f->open_in--;
}

/* Whether the proof is right is in it; some take time to compare. */
static void
on_answer(struct fuzz *f, const struct transfer *t)
{
	uint32_t id = t->id;

	if (t->state == TRANSFER_PROVING) {
		must(t->offset >= 1 && t->offset <= t->size);
		if (t->proof[0] % 3 == 0)
			return;
		must(session_begin(f->s, id, t->proof[0] % 3 == 1) == 0);
	}
	feed(f, id);
}

static void
on_begin(const struct transfer *t)
{
	must(t->state == TRANSFER_RECEIVING);
	must(t->offset == t->stored);
	check_bounds(t);
}

static void
on_data(struct fuzz *f, const struct session_event *e)
{
	const struct transfer *t = e->transfer;

	check_bounds(t);
	must(e->data_len >= 1 && e->data_len <= WIRE_DATA_MAX);
	if (t->id % 3 != 0)
		session_drained(f->s, t->id, e->data_len);
}

static void
on_event(void *arg, const struct session_event *e)
{
	struct fuzz *f = arg;
	const struct transfer *t = e->transfer;

	must(!f->ended);
	switch (e->type) {
	case SESSION_HELLO:
		must(e->hello->name_len <= WIRE_NAME_MAX);
		must(e->hello->epoch != 0);
		must((e->hello->stored_epoch == 0) ==
		     (e->hello->stored_seq == 0));
		session_knock(f->s, KNOCK_ACCEPTED);
		break;
	case SESSION_MESSAGE:
		must(e->message->epoch != 0);
		must(e->message->seq >= 1 && e->message->seq <= INT64_MAX);
		must(e->message->text_len <= WIRE_TEXT_MAX);
		session_ack(f->s, e->message->epoch, e->message->seq);
		break;
	case SESSION_ACK:
		must(e->epoch != 0 && e->seq >= 1 && e->seq <= INT64_MAX);
		break;
	case SESSION_OFFER:
		on_offer(f, t);
		break;
	case SESSION_ANSWER:
		on_answer(f, t);
		break;
	case SESSION_BEGIN:
		on_begin(t);
		break;
	case SESSION_WANT:
		check_bounds(t);
		feed(f, t->id);
		break;
	case SESSION_DATA:
		on_data(f, e);
		break;
	case SESSION_DONE:
		must(t->offset == t->size);
		if (session_result(f->s, t->id, WHY_NONE) == 0)
			f->open_in--;
		break;
	case SESSION_PAUSE:
		must(t->paused_there && t->pause_why != WHY_NONE);
		must(t->state != TRANSFER_OFFERED && !transfer_ended(t));
		break;
	case SESSION_RESUME:
		must(!t->paused_there);
		break;
	case SESSION_CANCEL:
		must(transfer_ended(t));
		if (t->dir == TRANSFER_IN)
			f->open_in--;
		break;
	case SESSION_ENDED:
		f->ended = true;
		break;
	default:
		break;
	}
}

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
	    .epoch = 1 + f->seq / 4,
	    .seq = f->seq,
	    .kind = MESSAGE_TEXT,
	    .text = (const char *)data,
	    .text_len = len,
	};

	f->seq++;
	session_message(f->s, &m);
}

static void
offer(struct fuzz *f, uint64_t size)
{
	struct frame_offer o = {
	    .token = ++f->token, .size = size, .name = "a", .name_len = 1};

	session_offer(f->s, &o, &f->last_out);
}

/* Now, where it was left for later; or our disk fails. */
static void
decide_in(struct fuzz *f, uint32_t id, uint64_t some)
{
	const struct transfer *t = session_transfer(f->s, TRANSFER_IN, id);

	if (t == NULL)
		return;
	if (t->state == TRANSFER_OFFERED)
		accept_some(f, t, some);
	else if (some == 0 && session_result(f->s, id, WHY_IO) == 0)
		f->open_in--;
}

static void
decide_out(struct fuzz *f, uint32_t id, bool proven)
{
	const struct transfer *t = session_transfer(f->s, TRANSFER_OUT, id);

	if (t == NULL || t->state != TRANSFER_PROVING)
		return;
	must(session_begin(f->s, id, proven) == 0);
	check_bounds(t);
	feed(f, id);
}

/* Either way, or with len even not any more. */
static void
hold(struct fuzz *f, uint8_t what, size_t len)
{
	bool out = what % 2 == 0;
	uint32_t id = (out ? f->last_out : f->last_in) - what / 2u % 2;
	enum transfer_dir dir = out ? TRANSFER_OUT : TRANSFER_IN;

	if (len % 2 == 0)
		session_resume(f->s, dir, id);
	else
		session_pause(f->s, dir, id, (enum wire_why)(len % 4));
}

/* Nobody is told to wake up at once, again and again. */
static void
limit(struct fuzz *f, size_t len)
{
	static const uint64_t rates[] = {0, 1, 10 * 1000, UINT64_MAX};

	session_limit(f->s, rates[len % COUNT(rates)]);
	session_tick(f->s, f->now_ms);
	speak(f, WIRE_DATA_MAX);
	must(f->ended || session_deadline(f->s) > f->now_ms);
}

static void
act_slow(struct fuzz *f, uint8_t what, size_t len)
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
		decide_in(f, f->last_in - what / 64u, len * len);
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
		act_slow(f, what, len);
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
		offer(f, (uint64_t)len * len * len);
		break;
	case 4:
		session_cancel(
		    f->s, TRANSFER_OUT, f->last_out - what / 64u, WHY_PERSON);
		break;
	case 5:
		if (session_cancel(f->s, TRANSFER_IN, f->last_in - what / 64u,
			WHY_PERSON) == 0)
			f->open_in--;
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
	offer(f, 0);
	offer(f, 3 * BLOCK);
	offer(f, INT64_MAX);
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
	struct fuzz f = {.now_ms = 1000, .seq = 1};
	struct session_config config = {
	    .role = SESSION_CALLER,
	    .name = "me",
	    .epoch = 1,
	    .on_event = on_event,
	    .arg = &f,
	};

	if (size < 1 || size > INPUT_MAX)
		return 0;
	if ((data[0] & FLAG_LISTENER) != 0)
		config.role = SESSION_LISTENER;
	f.s = session_new(&config, f.now_ms);
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
	must(session_is_ended(f.s) == f.ended);
	if (f.ended) {
		hear(&f, data, size);
		must(!session_has_output(f.s) && buf_len(&f.in) == 0);
	}
	session_free(f.s);
	buf_release(&f.in);
	buf_release(&f.out);
	return 0;
}
