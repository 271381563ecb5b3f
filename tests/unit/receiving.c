/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/receiving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

static void
on_event(void *arg, const struct incoming_event *event)
{
	struct receiving *r = arg;

	/* After either of these nothing follows. */
	assert_int_equal(r->stored + r->failed, 0);
	switch (event->type) {
	case INCOMING_DRAINED:
		r->drained += event->len;
		break;
	case INCOMING_STORED:
		r->stored++;
		r->path = str_dup(event->path);
		break;
	case INCOMING_FAILED:
		r->failed++;
		r->why = event->why;
		r->reason = *event->reason;
		break;
	}
	if (r->free_in_event) {
		incoming_free(r->incoming);
		r->incoming = NULL;
	}
}

void
receiving_begin(struct receiving *r)
{
	const struct worker_config config = {.name = "disk"};

	*r = (struct receiving){0};
	r->folder = scratch_new();
	r->in = scratch_path(r->folder, "in");
	r->disk = worker_new(&config);
}

void
receiving_forget(struct receiving *r)
{
	const struct receiving next = {
	    .folder = r->folder, .in = r->in, .disk = r->disk};

	incoming_free(r->incoming);
	scratch_settle(r->disk);
	free(r->path);
	*r = next;
}

void
receiving_end(struct receiving *r)
{
	receiving_forget(r);
	worker_free(r->disk);
	free(r->in);
	scratch_free(r->folder);
}

void
receiving_open_as(struct receiving *r, const char *name, uint64_t size,
    uint16_t mode, int64_t mtime_ms)
{
	const struct incoming_config config = {
	    .disk = r->disk,
	    .folder = r->in,
	    .name = name,
	    .size = size,
	    .mode = mode,
	    .mtime_ms = mtime_ms,
	    .on_event = on_event,
	    .arg = r,
	};

	r->incoming = incoming_new(&config);
}

void
receiving_open(struct receiving *r, const char *name, uint64_t size)
{
	receiving_open_as(r, name, size, 0666, 1234567891);
}

void
receiving_write(struct receiving *r, const uint8_t *data, size_t len)
{
	while (len > 0) {
		const size_t n =
		    len < WIRE_DATA_MAX ? len : (size_t)WIRE_DATA_MAX;

		incoming_write(r->incoming, data, n);
		data += n;
		len -= n;
	}
}

void
receiving_finish(struct receiving *r, const void *data, size_t len)
{
	XXH128_canonical_t hash;

	XXH128_canonicalFromHash(&hash, XXH3_128bits(data, len));
	incoming_finish(r->incoming, hash.digest);
	scratch_settle(r->disk);
}

void
receiving_whole(
    struct receiving *r, const char *name, const void *data, size_t len)
{
	receiving_open(r, name, len);
	receiving_write(r, data, len);
	receiving_finish(r, data, len);
}
