/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes as a peer may send them. The first one says in what pieces they
 * arrive, the second how long a frame may be; the rest is the stream.
 * Whatever is read can be written, and read again as the same frame.
 */
#include <stdlib.h>
#include <string.h>

#include "net/wire.h"
#include "src/base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_inside(const struct buf *in, const void *bytes, size_t len)
{
	const uint8_t *start = in->bytes;

	check((const uint8_t *)bytes >= start);
	check((size_t)((const uint8_t *)bytes - start) + len <= in->end);
}

/* Pointers of a frame lie in the buffer it came from. */
static void
check_pointers(const struct buf *in, const struct frame *f)
{
	if (f->type == FRAME_HELLO)
		check_inside(in, f->hello.name, f->hello.name_len);
	else if (f->type == FRAME_OFFER)
		check_inside(in, f->offer.name, f->offer.name_len);
	else if (f->type == FRAME_PRESENCE)
		check_inside(in, f->presence.name, f->presence.name_len);
	else if (f->type == FRAME_MESSAGE)
		check_inside(in, f->message.text, f->message.text_len);
	else if (f->type == FRAME_DATA)
		check_inside(in, f->data.bytes, f->data.len);
	else if (f->type == FRAME_CLAIMS)
		check_inside(
		    in, f->claims.bytes, f->claims.count * WIRE_CLAIM_LEN);
}

/* Every claim can be written as it was read. */
static void
check_claims(const struct frame_claims *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		const uint8_t *bytes = claims->bytes + i * WIRE_CLAIM_LEN;
		uint8_t again[WIRE_CLAIM_LEN];
		struct wire_claim c;

		wire_claim_get(bytes, &c);
		wire_claim_put(again, &c);
		check(memcmp(again, bytes, WIRE_CLAIM_LEN) == 0);
	}
}

static void
check_round_trip(const struct frame *frame, size_t frame_max)
{
	struct buf once, twice, view;
	struct frame again;

	buf_init(&once, WIRE_FRAME_MAX + 4);
	buf_init(&twice, WIRE_FRAME_MAX + 4);
	if (frame->type > FRAME_KEEPING) {
		check(wire_put(&once, frame) == ERR_INVALID);
		return;
	}
	check(wire_put(&once, frame) == 0);
	buf_view(&view, buf_data(&once), buf_len(&once));
	check(wire_get(&view, frame_max, &again) == 0);
	check(buf_len(&view) == 0);
	check(wire_put(&twice, &again) == 0);
	check(buf_len(&once) == buf_len(&twice));
	check(memcmp(buf_data(&once), buf_data(&twice), buf_len(&once)) == 0);
	buf_release(&once);
	buf_release(&twice);
}

/* Read what is whole; false when the stream is broken. */
static bool
read_frames(struct buf *in, size_t frame_max)
{
	struct frame frame;
	size_t before;
	int r;

	for (;;) {
		before = buf_len(in);
		r = wire_get(in, frame_max, &frame);
		if (r < 0)
			break;
		check(buf_len(in) < before);
		check_pointers(in, &frame);
		if (frame.type == FRAME_CLAIMS)
			check_claims(&frame.claims);
		check_round_trip(&frame, frame_max);
	}
	check(r == ERR_AGAIN || r == ERR_PROTO);
	check(buf_len(in) == before);
	return r == ERR_AGAIN;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t frame_max, piece, len;
	struct buf in;

	if (size < 2)
		return 0;
	piece = (size_t)data[0] + 1;
	frame_max = data[1] % 2 == 0 ? WIRE_KNOCK_FRAME_MAX : WIRE_FRAME_MAX;
	buf_init(&in, WIRE_FRAME_MAX + 4);
	for (data += 2, size -= 2; size > 0; data += len, size -= len) {
		len = piece < size ? piece : size;
		/* after ERR_AGAIN there is always room for what is missing */
		check(buf_room(&in) > 0);
		if (len > buf_room(&in))
			len = buf_room(&in);
		check(buf_put(&in, data, len) == 0);
		if (!read_frames(&in, frame_max))
			break;
	}
	buf_release(&in);
	return 0;
}
