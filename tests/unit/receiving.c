/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/receiving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

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
	case INCOMING_STUCK:
		r->stuck++;
		r->is_stuck = true;
		r->why = event->why;
		r->reason = *event->reason;
		r->missing = event->missing;
		break;
	case INCOMING_UNSTUCK:
		assert_true(r->is_stuck);
		r->unstuck++;
		r->is_stuck = false;
		break;
	case INCOMING_READY:
		assert_false(r->is_stuck);
		assert_int_equal(r->ready + r->drained, 0);
		r->ready++;
		r->offset = event->offset;
		memcpy(r->hash, event->hash, WIRE_HASH_LEN);
		break;
	case INCOMING_CLAIMS:
		fail_msg("a file has no claims");
		break;
	case INCOMING_DRAINED:
		assert_false(r->is_stuck);
		r->drained += event->len;
		break;
	case INCOMING_STORED:
		assert_false(r->is_stuck);
		r->stored++;
		r->path = str_dup(event->path);
		memcpy(r->stored_hash, event->hash, WIRE_HASH_LEN);
		break;
	case INCOMING_FAILED:
		r->failed++;
		r->why = event->why;
		r->reason = *event->reason;
		break;
	}
	if (r->free_in_event) {
		incoming_free(r->incoming, false);
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

static void
let_go(struct receiving *r, bool keep)
{
	struct receiving next = {
	    .folder = r->folder, .in = r->in, .disk = r->disk};

	incoming_free(r->incoming, keep);
	scratch_settle(r->disk);
	free(r->path);
	memcpy(next.part, r->part, sizeof(next.part));
	*r = next;
}

void
receiving_forget(struct receiving *r)
{
	let_go(r, false);
}

void
receiving_keep(struct receiving *r)
{
	let_go(r, true);
}

bool
receiving_small_disk(struct receiving *r)
{
	return receiving_small_disk_at(r->in);
}

bool
receiving_small_disk_at(const char *in)
{
	assert_int_equal(mkdir(in, 0700), 0);
	if (unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", in, "tmpfs", 0, "size=3m") == 0)
		return true;
	print_message(
	    "skipped: cannot mount a small disk (%s)\n", strerror(errno));
	return false;
}

char *
receiving_part(const struct receiving *r)
{
	return scratch_path(r->in, r->part);
}

void
receiving_end(struct receiving *r)
{
	receiving_forget(r);
	worker_free(r->disk);
	free(r->in);
	scratch_free(r->folder);
}

struct incoming_config
receiving_config(struct receiving *r, const char *name, uint64_t size)
{
	return (struct incoming_config){
	    .disk = r->disk,
	    .folder = r->in,
	    .name = name,
	    .part = r->part,
	    .size = size,
	    .mode = 0666,
	    .mtime_ns = RECEIVING_MTIME_NS,
	    .on_event = on_event,
	    .arg = r,
	};
}

void
receiving_open_as(struct receiving *r, const char *name, uint64_t size,
    uint16_t mode, int64_t mtime_ns)
{
	struct incoming_config config = receiving_config(r, name, size);

	incoming_part_name(r->part);
	config.mode = mode;
	config.mtime_ns = mtime_ns;
	r->incoming = incoming_new(&config);
}

void
receiving_reopen(struct receiving *r, const char *name, uint64_t size)
{
	struct incoming_config config = receiving_config(r, name, size);

	config.resume = true;
	r->incoming = incoming_new(&config);
}

void
receiving_resume(struct receiving *r, const char *name, uint64_t size)
{
	receiving_reopen(r, name, size);
	assert_int_equal(r->ready + r->failed + r->stuck, 0);
	scratch_settle(r->disk);
	assert_int_equal(r->ready + r->failed + r->stuck, 1);
}

void
receiving_open(struct receiving *r, const char *name, uint64_t size)
{
	receiving_open_as(r, name, size, 0666, RECEIVING_MTIME_NS);
}

void
receiving_retry(struct receiving *r)
{
	incoming_retry(r->incoming);
	scratch_settle(r->disk);
}

void
receiving_check_stuck(const struct receiving *r, size_t count,
    enum wire_why why, const char *word)
{
	assert_int_equal(r->stored + r->failed, 0);
	assert_true(r->is_stuck);
	assert_int_equal(r->stuck, count);
	assert_int_equal(r->why, why);
	assert_non_null(strstr(r->reason.text, word));
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

void
receiving_check(
    const struct receiving *r, const char *name, const void *data, size_t len)
{
	char *path = scratch_path(r->in, name);
	XXH128_canonical_t hash;
	size_t got_len;
	char *got = scratch_read(path, &got_len);

	assert_int_equal(r->failed, 0);
	assert_int_equal(r->stored, 1);
	assert_string_equal(r->path, path);
	assert_int_equal(r->offset + r->drained, len);
	XXH128_canonicalFromHash(&hash, XXH3_128bits(data, len));
	assert_memory_equal(r->stored_hash, hash.digest, WIRE_HASH_LEN);
	assert_non_null(got);
	assert_int_equal(got_len, len);
	assert_memory_equal(got, data, len);
	free(got);
	free(path);
}
