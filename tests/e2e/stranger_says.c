/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's half that talks: how it gets in, and what it says. */
#include "tests/e2e/stranger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "net/sock.h"
#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/stranger_internal.h"

/* What is said */

static void
flush(struct stranger *s)
{
	const uint64_t end = stranger_deadline();

	while (!s->is_down && buf_len(conn_output(s->conn)) > 0) {
		stranger_turn(s);
		if (clock_mono_ms() > end)
			fail_msg("%s: nobody takes what is sent", s->name);
	}
}

void
stranger_says(struct stranger *s, const struct frame *frame)
{
	if (s->is_down)
		return;
	stranger_put(s, frame);
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

bool
stranger_streams(struct stranger *s, uint32_t id, uint64_t offset,
    const void *bytes, size_t len)
{
	struct frame f = {.type = FRAME_DATA};
	const uint8_t *at = bytes;
	uint64_t end = stranger_deadline();

	while (len > 0) {
		const uint64_t limit = credit_of(s, id);
		size_t n = len < WIRE_DATA_MAX ? len : WIRE_DATA_MAX;

		if (stranger_is_over(s, id))
			return false;
		if (limit <= offset) {
			if (clock_mono_ms() > end)
				fail_msg("%s: no credit for %u", s->name, id);
			stranger_turn(s);
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
		end = stranger_deadline();
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
	assert_int_equal(poll(&p, 1, STRANGER_DEADLINE_MS), 1);
	assert_int_equal(sock_connect_result(p.fd), 0);
	return p.fd;
}

static void
begin(struct stranger *s, enum tls_role role, int fd)
{
	const struct conn_config config = {
	    .loop = s->loop,
	    .tls = s->tls,
	    .role = role,
	    .fd = fd,
	    .address = "127.0.0.1",
	    .on_event = stranger_on_conn,
	    .arg = s,
	};
	const uint64_t end = stranger_deadline();

	stranger_goes(s);
	stranger_forgets(s);
	s->is_up = s->is_down = false;
	s->last_id = 0;
	s->credit_count = 0;
	s->conn = conn_new(&config);
	while (!s->is_up && !s->is_down && clock_mono_ms() < end)
		stranger_turn(s);
	assert_true(s->is_up);
}

void
stranger_connects(struct stranger *s, const struct person *whom)
{
	begin(s, TLS_CALLER, connected(whom));
}

void
stranger_is_called(struct stranger *s, int listening)
{
	const uint64_t end = stranger_deadline();
	int fd;

	while (
	    (fd = accept(listening, NULL, NULL)) < 0 && clock_mono_ms() < end)
		stranger_turn(s);
	assert_true(fd >= 0);
	assert_int_equal(
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
	begin(s, TLS_LISTENER, fd);
}

void
stranger_calls(struct stranger *s, const struct person *whom)
{
	const struct frame hello = {
	    .type = FRAME_HELLO,
	    .hello = {.version_min = WIRE_VERSION_MIN,
		.version_max = WIRE_VERSION,
		.purpose = PURPOSE_TALK,
		.epoch = s->epoch,
		.name = s->name,
		.name_len = strlen(s->name)},
	};

	stranger_connects(s, whom);
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

static struct frame
next_text(const struct stranger *s, const char *text)
{
	return (struct frame){
	    .type = FRAME_MESSAGE,
	    .message = {.epoch = s->epoch,
		.seq = s->seq + 1,
		.kind = MESSAGE_TEXT,
		.time_ms = 1,
		.text = text,
		.text_len = strlen(text)},
	};
}

bool
stranger_queues_text(struct stranger *s, const char *text)
{
	const struct frame f = next_text(s, text);

	if (wire_put(conn_output(s->conn), &f) != 0)
		return false;
	s->seq++;
	return true;
}

void
stranger_talks(struct stranger *s, struct person *with)
{
	const char *mine = text_of("word-%u-from-outside", ++s->words);
	const char *theirs = text_of("word-%u-from-inside", s->words);
	const struct frame f = next_text(s, mine);

	s->seq++;
	stranger_says(s, &f);
	assert_true(person_sees(with, mine));
	assert_true(stranger_hears(s, FRAME_ACK, 0, NULL));
	person_type(with, theirs);
	assert_true(hears_text(s, theirs));
}
