/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the other side says about transfers. Numbers of offers only grow, so
 * a frame about a transfer that has ended is told from one about a transfer
 * that never was: the first crossed the end on its way and means nothing, the
 * second is a broken rule. See session_transfer.c about pointers.
 */
#include "net/session_internal.h"
#include "src/base/err.h"

/* For a frame: 0 and t, NULL where it has ended; or ERR_PROTO. */
static int
look_up(const struct session *s, enum transfer_dir dir, uint32_t id,
    struct transfer **t)
{
	if (id == 0 || id > s->last_id[dir])
		return ERR_PROTO;
	*t = session_find(s, dir, id);
	return 0;
}

static void
emit(struct session *s, enum session_event_type type, const struct transfer *t)
{
	struct session_event e = {.type = type, .transfer = t};

	session_emit(s, &e);
}

/* The peer broke this transfer's rules: it ends, the session goes on. */
static void
fail(struct session *s, struct transfer *t)
{
	transfer_cancel(t, WHY_PROTOCOL);
	if (session_reply_cancel(s, t) == 0)
		emit(s, SESSION_CANCEL, t);
}

static int
on_offer(struct session *s, const struct frame_offer *offer)
{
	struct session_event e = {.type = SESSION_OFFER, .offer = offer};
	enum wire_why why = WHY_NONE;

	if (offer->id <= s->last_id[TRANSFER_IN] ||
	    !session_offer_is_sound(offer) ||
	    !session_token_is_free(s, TRANSFER_IN, offer->token))
		return ERR_PROTO;
	if (session_offer_is_too_big(offer))
		why = WHY_TOO_BIG;
	else if (session_is_full(s, TRANSFER_IN))
		why = WHY_TOO_MANY;
	if (why != WHY_NONE) {
		s->last_id[TRANSFER_IN] = offer->id;
		session_reply_refusal(s, offer->id, why);
		return 0;
	}
	e.transfer = session_add(s, TRANSFER_IN, offer);
	session_emit(s, &e);
	return 0;
}

static int
on_answer(struct session *s, const struct frame_answer *answer)
{
	struct transfer *t;
	int r = look_up(s, TRANSFER_OUT, answer->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_answer(t, answer) != 0)
		fail(s, t);
	else
		emit(s, SESSION_ANSWER, t);
	return 0;
}

/* The owner hears it first: it may want to end it instead. */
static int
on_begin(struct session *s, const struct frame_begin *begin)
{
	struct transfer *t;
	int r = look_up(s, TRANSFER_IN, begin->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_begin(t, begin->offset) != 0) {
		fail(s, t);
		return 0;
	}
	emit(s, SESSION_BEGIN, t);
	t = session_find(s, TRANSFER_IN, begin->id);
	if (t != NULL)
		session_reply_credit(s, t->id, t->limit);
	return 0;
}

static int
on_credit(struct session *s, const struct frame_credit *credit)
{
	struct transfer *t;
	int r = look_up(s, TRANSFER_OUT, credit->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_credit(t, credit->limit) != 0)
		fail(s, t);
	return 0;
}

static int
on_data(struct session *s, const struct frame_data *data)
{
	struct session_event e = {
	    .type = SESSION_DATA,
	    .data = data->bytes,
	    .data_len = data->len,
	};
	struct transfer *t;
	int r = look_up(s, TRANSFER_IN, data->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_data(t, data->offset, data->len) != 0) {
		fail(s, t);
		return 0;
	}
	e.transfer = t;
	session_emit(s, &e);
	return 0;
}

static int
on_done(struct session *s, const struct frame_done *done)
{
	struct transfer *t;
	int r = look_up(s, TRANSFER_IN, done->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_done(t, done->hash) != 0)
		fail(s, t);
	else
		emit(s, SESSION_DONE, t);
	return 0;
}

static int
on_claims(struct session *s, const struct frame_claims *claims)
{
	struct session_event e = {.type = SESSION_CLAIMS, .claims = claims};
	struct transfer *t;
	int r = look_up(s, TRANSFER_OUT, claims->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_claims(t, claims) != 0) {
		fail(s, t);
		return 0;
	}
	e.transfer = t;
	session_emit(s, &e);
	return 0;
}

static int
on_result(struct session *s, const struct frame_result *result)
{
	struct transfer *t;
	int r = look_up(s, TRANSFER_OUT, result->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_result(t, (enum wire_why)result->why) != 0)
		fail(s, t);
	else
		emit(s, SESSION_RESULT, t);
	return 0;
}

/* Whose offer it is, where the other side calls it its own or not. */
static enum transfer_dir
dir_of(uint8_t mine)
{
	return mine ? TRANSFER_IN : TRANSFER_OUT;
}

static int
on_pause(struct session *s, const struct frame_pause *pause)
{
	struct transfer *t, before;
	int r = look_up(s, dir_of(pause->mine), pause->id, &t);

	if (r != 0 || t == NULL)
		return r;
	before = *t;
	if (transfer_on_pause(t, (enum wire_why)pause->why, pause->missing) !=
	    0)
		fail(s, t);
	else if (!before.paused_there || t->pause_why != before.pause_why ||
		 t->pause_missing != before.pause_missing)
		emit(s, SESSION_PAUSE, t);
	return 0;
}

static int
on_resume(struct session *s, const struct frame_resume *resume)
{
	struct transfer *t;
	int r = look_up(s, dir_of(resume->mine), resume->id, &t);

	if (r != 0 || t == NULL)
		return r;
	if (transfer_on_resume(t))
		emit(s, SESSION_RESUME, t);
	return 0;
}

static int
on_cancel(struct session *s, const struct frame_cancel *cancel)
{
	struct transfer *t;
	int r = look_up(s, dir_of(cancel->mine), cancel->id, &t);

	if (r != 0 || t == NULL)
		return r;
	transfer_on_cancel(t, (enum wire_why)cancel->why);
	emit(s, SESSION_CANCEL, t);
	return 0;
}

int
session_transfer_frame(struct session *s, const struct frame *f)
{
	switch (f->type) {
	case FRAME_OFFER:
		return on_offer(s, &f->offer);
	case FRAME_ANSWER:
		return on_answer(s, &f->answer);
	case FRAME_BEGIN:
		return on_begin(s, &f->begin);
	case FRAME_DATA:
		return on_data(s, &f->data);
	case FRAME_CREDIT:
		return on_credit(s, &f->credit);
	case FRAME_DONE:
		return on_done(s, &f->done);
	case FRAME_RESULT:
		return on_result(s, &f->result);
	case FRAME_CANCEL:
		return on_cancel(s, &f->cancel);
	case FRAME_PAUSE:
		return on_pause(s, &f->pause);
	case FRAME_RESUME:
		return on_resume(s, &f->resume);
	case FRAME_CLAIMS:
		return on_claims(s, &f->claims);
	default:
		return ERR_PROTO;
	}
}
