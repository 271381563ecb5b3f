/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/stranger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/conn.h"
#include "net/sock.h"
#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"

enum { DEADLINE_MS = 20 * 1000, TURN_MS = 2 };

/* A frame that came; what it points to is kept with it. */
struct heard {
	struct frame frame;
	void *bytes;
};

struct stranger {
	char name[64];
	struct loop *loop;
	struct identity *id;
	struct tls_context *tls;
	struct conn *conn; /* NULL: none */
	bool is_up, is_down;
	uint64_t epoch, seq;
	uint32_t last_id;
	unsigned words;

	struct heard *heard;
	size_t heard_count, heard_room;
	size_t asked; /* frames before this one were asked for */
	/* Of each offer, by its id. */
	uint64_t *credit;
	size_t credit_count;
};

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

static void
put(struct stranger *s, const struct frame *frame)
{
	assert_int_equal(wire_put(conn_output(s->conn), frame), 0);
	conn_kick(s->conn);
}

static void
on_frame(struct stranger *s, const struct frame *frame)
{
	const struct frame pong = {.type = FRAME_PONG, .ping = frame->ping};

	if (frame->type == FRAME_PING)
		put(s, &pong);
	else if (frame->type == FRAME_CREDIT)
		note_credit(s, &frame->credit);
	if (frame->type != FRAME_PING && frame->type != FRAME_PONG)
		keep(s, frame);
}

static void
on_conn(void *arg, const struct conn_event *event)
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

static void
turn(struct stranger *s)
{
	loop_turn(s->loop, TURN_MS);
	screen_pump(0);
}

void
stranger_listens(struct stranger *s, int ms)
{
	const uint64_t end = clock_mono_ms() + (uint64_t)ms;

	do {
		turn(s);
	} while (clock_mono_ms() < end);
}

static uint64_t
deadline(void)
{
	return clock_mono_ms() + (uint64_t)deadline_scaled(DEADLINE_MS);
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
	const uint64_t end = deadline();

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
		turn(s);
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
	const uint64_t end = deadline();

	do {
		for (size_t i = 0; i < s->heard_count; i++) {
			enum wire_why why = why_of(&s->heard[i].frame, id);

			if (why != WHY_NONE)
				return why;
		}
		turn(s);
	} while (clock_mono_ms() < end && !s->is_down);
	print_error("%s heard no end of %u\n", s->name, id);
	screen_dump_all(stderr);
	return WHY_NONE;
}

bool
stranger_is_out(struct stranger *s)
{
	const uint64_t end = deadline();

	while (!s->is_down && clock_mono_ms() < end)
		turn(s);
	return s->is_down;
}

/* What is said */

static void
flush(struct stranger *s)
{
	const uint64_t end = deadline();

	while (!s->is_down && buf_len(conn_output(s->conn)) > 0) {
		turn(s);
		if (clock_mono_ms() > end)
			fail_msg("%s: nobody takes what is sent", s->name);
	}
}

void
stranger_says(struct stranger *s, const struct frame *frame)
{
	if (s->is_down)
		return;
	put(s, frame);
	flush(s);
}

void
stranger_sends(struct stranger *s, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0 && !s->is_down) {
		struct buf *out = conn_output(s->conn);
		const size_t n = len < buf_room(out) ? len : buf_room(out);

		assert_int_equal(buf_put(out, at, n), 0);
		conn_kick(s->conn);
		flush(s);
		at += n;
		len -= n;
	}
}

void
stranger_offers(struct stranger *s, const struct frame_offer *offer)
{
	struct buf b;

	if (s->is_down)
		return;
	buf_init(&b, WIRE_FRAME_MAX);
	buf_put_u32(&b,
	    (uint32_t)(1 + 4 + 8 + 8 + 8 + 2 + 4 + 4 + 2 + offer->name_len));
	buf_put_u8(&b, FRAME_OFFER);
	buf_put_u32(&b, offer->id);
	buf_put_u64(&b, offer->token);
	buf_put_u64(&b, offer->size);
	buf_put_u64(&b, (uint64_t)offer->mtime_ns);
	buf_put_u16(&b, offer->mode);
	buf_put_u32(&b, offer->entries);
	buf_put_u32(&b, offer->list_len);
	buf_put_str(&b, offer->name, offer->name_len);
	stranger_sends(s, buf_data(&b), buf_len(&b));
	buf_release(&b);
}

uint32_t
stranger_next_id(struct stranger *s)
{
	return ++s->last_id;
}

static uint64_t
credit_of(const struct stranger *s, uint32_t id)
{
	return id < s->credit_count ? s->credit[id] : 0;
}

static bool
is_over(const struct stranger *s, uint32_t id)
{
	for (size_t i = 0; i < s->heard_count; i++) {
		if (why_of(&s->heard[i].frame, id) != WHY_NONE)
			return true;
	}
	return s->is_down;
}

bool
stranger_streams(struct stranger *s, uint32_t id, uint64_t offset,
    const void *bytes, size_t len)
{
	struct frame f = {.type = FRAME_DATA};
	const uint8_t *at = bytes;
	uint64_t end = deadline();

	while (len > 0) {
		const uint64_t limit = credit_of(s, id);
		size_t n = len < WIRE_DATA_MAX ? len : WIRE_DATA_MAX;

		if (is_over(s, id))
			return false;
		if (limit <= offset) {
			if (clock_mono_ms() > end)
				fail_msg("%s: no credit for %u", s->name, id);
			turn(s);
			continue;
		}
		if (n > limit - offset)
			n = (size_t)(limit - offset);
		f.data.id = id;
		f.data.offset = offset;
		f.data.bytes = at;
		f.data.len = n;
		stranger_says(s, &f);
		at += n;
		offset += n;
		len -= n;
		end = deadline();
	}
	return true;
}

/* Meeting */

static int
connected(const struct person *whom)
{
	struct target target = {.host = "127.0.0.1", .port = whom->port};
	struct address_list list;
	struct pollfd p = {.events = POLLOUT};
	struct reason why;

	assert_int_equal(sock_resolve(&target, &list, &why), 0);
	p.fd = sock_connect(&list.list[0]);
	assert_true(p.fd >= 0);
	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	assert_int_equal(sock_connect_result(p.fd), 0);
	return p.fd;
}

void
stranger_calls(struct stranger *s, const struct person *whom)
{
	const struct conn_config config = {
	    .loop = s->loop,
	    .tls = s->tls,
	    .role = TLS_CALLER,
	    .fd = connected(whom),
	    .address = "127.0.0.1",
	    .on_event = on_conn,
	    .arg = s,
	};
	const struct frame hello = {
	    .type = FRAME_HELLO,
	    .hello = {.version_min = WIRE_VERSION_MIN,
		.version_max = WIRE_VERSION,
		.purpose = PURPOSE_TALK,
		.epoch = s->epoch,
		.name = s->name,
		.name_len = strlen(s->name)},
	};
	const uint64_t end = deadline();

	stranger_goes(s);
	stranger_forgets(s);
	s->is_up = s->is_down = false;
	s->last_id = 0;
	s->credit_count = 0;
	s->conn = conn_new(&config);
	while (!s->is_up && !s->is_down && clock_mono_ms() < end)
		turn(s);
	assert_true(s->is_up);
	stranger_says(s, &hello);
	assert_true(stranger_hears(s, FRAME_HELLO, 0, NULL));
}

void
stranger_meets(struct stranger *s, struct person *whom)
{
	struct frame f;

	stranger_calls(s, whom);
	assert_true(stranger_hears(s, FRAME_KNOCK, 0, &f));
	if (f.knock == KNOCK_WAITING) {
		person_type(whom, "/accept");
		assert_true(stranger_hears(s, FRAME_KNOCK, 0, &f));
	}
	assert_int_equal(f.knock, KNOCK_ACCEPTED);
	assert_true(person_sees(whom, text_of("connected with %s", s->name)));
}

static bool
hears_text(struct stranger *s, const char *text)
{
	struct frame f, ack = {.type = FRAME_ACK};

	while (stranger_hears(s, FRAME_MESSAGE, 0, &f)) {
		ack.ack.epoch = f.message.epoch;
		ack.ack.seq = f.message.seq;
		stranger_says(s, &ack);
		if (strcmp(f.message.text, text) == 0)
			return true;
	}
	return false;
}

void
stranger_talks(struct stranger *s, struct person *with)
{
	const char *mine = text_of("word-%u-from-outside", ++s->words);
	const char *theirs = text_of("word-%u-from-inside", s->words);
	const struct frame f = {
	    .type = FRAME_MESSAGE,
	    .message = {.epoch = s->epoch,
		.seq = ++s->seq,
		.kind = MESSAGE_TEXT,
		.time_ms = 1,
		.text = mine,
		.text_len = strlen(mine)},
	};

	stranger_says(s, &f);
	assert_true(person_sees(with, mine));
	assert_true(stranger_hears(s, FRAME_ACK, 0, NULL));
	person_type(with, theirs);
	assert_true(hears_text(s, theirs));
}
