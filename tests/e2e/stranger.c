/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/stranger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/stranger_internal.h"

enum { TURN_MS = 2 };

struct stranger *
stranger_new(const char *name)
{
	struct stranger *s = mem_zalloc(sizeof(*s));

	snprintf(s->name, sizeof(s->name), "%s", name);
	s->loop = loop_new();
	s->id = identity_temporary();
	s->tls = tls_context_new(s->id);
	s->epoch = clock_mono_ms() + 1;
	return s;
}

void
stranger_forgets(struct stranger *s)
{
	for (size_t i = 0; i < s->heard_count; i++)
		free(s->heard[i].bytes);
	s->heard_count = s->asked = 0;
}

void
stranger_free(struct stranger *s)
{
	if (s == NULL)
		return;
	stranger_goes(s);
	stranger_forgets(s);
	free(s->heard);
	free(s->credit);
	tls_context_free(s->tls);
	identity_free(s->id);
	loop_free(s->loop);
	free(s);
}

void
stranger_goes(struct stranger *s)
{
	conn_free(s->conn);
	s->conn = NULL;
	/* The loop frees what was in the middle of a callback. */
	loop_turn(s->loop, 0);
}

/* What is heard */

static void
note_credit(struct stranger *s, const struct frame_credit *credit)
{
	const size_t count = (size_t)credit->id + 1;

	if (count > s->credit_count) {
		s->credit = mem_realloc(s->credit, count * sizeof(*s->credit));
		memset(s->credit + s->credit_count, 0,
		    (count - s->credit_count) * sizeof(*s->credit));
		s->credit_count = count;
	}
	s->credit[credit->id] = credit->limit;
}

static void
keep(struct stranger *s, const struct frame *frame)
{
	struct heard *h;

	if (s->heard_count == s->heard_room) {
		s->heard_room = 2 * s->heard_room + 64;
		s->heard =
		    mem_realloc(s->heard, s->heard_room * sizeof(*s->heard));
	}
	h = &s->heard[s->heard_count++];
	*h = (struct heard){.frame = *frame};
	if (frame->type == FRAME_MESSAGE) {
		h->bytes =
		    str_ndup(frame->message.text, frame->message.text_len);
		h->frame.message.text = h->bytes;
	} else if (frame->type == FRAME_OFFER) {
		h->bytes = str_ndup(frame->offer.name, frame->offer.name_len);
		h->frame.offer.name = h->bytes;
	} else if (frame->type == FRAME_DATA) {
		h->bytes = mem_dup(frame->data.bytes, frame->data.len);
		h->frame.data.bytes = h->bytes;
	} else if (frame->type == FRAME_CLAIMS && frame->claims.count > 0) {
		h->bytes = mem_dup(
		    frame->claims.bytes, frame->claims.count * WIRE_CLAIM_LEN);
		h->frame.claims.bytes = h->bytes;
	}
}

void
stranger_put(struct stranger *s, const struct frame *frame)
{
	assert_int_equal(wire_put(conn_output(s->conn), frame), 0);
	conn_kick(s->conn);
}

static void
on_frame(struct stranger *s, const struct frame *frame)
{
	const struct frame pong = {.type = FRAME_PONG, .ping = frame->ping};

	if (frame->type == FRAME_PING)
		stranger_put(s, &pong);
	else if (frame->type == FRAME_CREDIT)
		note_credit(s, &frame->credit);
	if (frame->type != FRAME_PING && frame->type != FRAME_PONG)
		keep(s, frame);
}

void
stranger_on_conn(void *arg, const struct conn_event *event)
{
	struct stranger *s = arg;
	struct frame frame;
	int r;

	switch (event->type) {
	case CONN_UP:
		s->is_up = true;
		break;
	case CONN_INPUT:
		while ((r = wire_get(
			    conn_input(s->conn), WIRE_FRAME_MAX, &frame)) == 0)
			on_frame(s, &frame);
		assert_int_equal(r, ERR_AGAIN);
		break;
	case CONN_ROOM:
		break;
	case CONN_DOWN:
		s->is_down = true;
		break;
	}
}

void
stranger_turn(struct stranger *s)
{
	loop_turn(s->loop, TURN_MS);
	screen_pump(0);
}

void
stranger_listens(struct stranger *s, int ms)
{
	const uint64_t end = clock_mono_ms() + (uint64_t)ms;

	do {
		stranger_turn(s);
	} while (clock_mono_ms() < end);
}

uint64_t
stranger_deadline(void)
{
	return clock_mono_ms() +
	       (uint64_t)deadline_scaled(STRANGER_DEADLINE_MS);
}

static bool
has_id(const struct frame *f, uint32_t id)
{
	switch (f->type) {
	case FRAME_ANSWER:
		return f->answer.id == id;
	case FRAME_DATA:
		return f->data.id == id;
	case FRAME_CREDIT:
		return f->credit.id == id;
	case FRAME_DONE:
		return f->done.id == id;
	case FRAME_RESULT:
		return f->result.id == id;
	case FRAME_CANCEL:
		return f->cancel.id == id;
	case FRAME_BEGIN:
		return f->begin.id == id;
	case FRAME_PAUSE:
		return f->pause.id == id;
	case FRAME_RESUME:
		return f->resume.id == id;
	case FRAME_CLAIMS:
		return f->claims.id == id;
	default:
		return false;
	}
}

static bool
fits(const struct frame *f, uint8_t type, uint32_t id)
{
	return f->type == type && (id == 0 || has_id(f, id));
}

bool
stranger_hears(struct stranger *s, uint8_t type, uint32_t id, struct frame *out)
{
	const uint64_t end = stranger_deadline();

	for (;;) {
		while (s->asked < s->heard_count) {
			const struct heard *h = &s->heard[s->asked++];

			if (!fits(&h->frame, type, id))
				continue;
			if (out != NULL)
				*out = h->frame;
			return true;
		}
		if (s->is_down || clock_mono_ms() > end)
			break;
		stranger_turn(s);
	}
	print_error("%s heard no frame of type %u, id %u%s\n", s->name, type,
	    id, s->is_down ? ": the connection is down" : "");
	screen_dump_all(stderr);
	return false;
}

size_t
stranger_heard(struct stranger *s, uint8_t type, uint32_t id)
{
	size_t count = 0;

	for (size_t i = 0; i < s->heard_count; i++)
		count += fits(&s->heard[i].frame, type, id);
	return count;
}

/* WHY_NONE: it says nothing of an end. */
static enum wire_why
why_of(const struct frame *f, uint32_t id)
{
	if (!has_id(f, id))
		return WHY_NONE;
	if (f->type == FRAME_ANSWER && !f->answer.accepted)
		return f->answer.why;
	if (f->type == FRAME_RESULT)
		return f->result.why;
	if (f->type == FRAME_CANCEL && !f->cancel.mine)
		return f->cancel.why;
	return WHY_NONE;
}

enum wire_why
stranger_hears_why(struct stranger *s, uint32_t id)
{
	const uint64_t end = stranger_deadline();

	do {
		for (size_t i = 0; i < s->heard_count; i++) {
			enum wire_why why = why_of(&s->heard[i].frame, id);

			if (why != WHY_NONE)
				return why;
		}
		stranger_turn(s);
	} while (clock_mono_ms() < end && !s->is_down);
	print_error("%s heard no end of %u\n", s->name, id);
	screen_dump_all(stderr);
	return WHY_NONE;
}

bool
stranger_is_out(struct stranger *s)
{
	const uint64_t end = stranger_deadline();

	while (!s->is_down && clock_mono_ms() < end)
		stranger_turn(s);
	return s->is_down;
}

bool
stranger_is_over(const struct stranger *s, uint32_t id)
{
	for (size_t i = 0; i < s->heard_count; i++) {
		if (why_of(&s->heard[i].frame, id) != WHY_NONE)
			return true;
	}
	return s->is_down;
}
