/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/sending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

static void
take_block(struct sending *s, struct block *block)
{
	assert_int_equal(block->used, 0);
	assert_null(block->next);
	s->bytes = mem_realloc(s->bytes, s->len + block->len);
	memcpy(s->bytes + s->len, block->bytes, block->len);
	s->len += block->len;
	free(block);
	s->unconsumed++;
	if (s->unconsumed > s->most_unconsumed)
		s->most_unconsumed = s->unconsumed;
	if (s->free_in_block) {
		outgoing_free(s->outgoing);
		s->outgoing = NULL;
	} else if (s->consume) {
		s->unconsumed--;
		outgoing_consumed(s->outgoing);
	}
}

void
sending_event(void *arg, const struct outgoing_event *event)
{
	struct sending *s = arg;

	assert_int_equal(s->failed, 0);
	assert_int_equal(s->finished, 0);
	switch (event->type) {
	case OUTGOING_OPENED:
		s->opened++;
		s->offer = *event->offer;
		assert_true(s->offer.name_len <= WIRE_NAME_MAX);
		memcpy(s->name, s->offer.name, s->offer.name_len);
		s->mtime_ns = event->mtime_ns;
		s->path = str_dup(event->path);
		break;
	case OUTGOING_PROVEN:
		assert_int_equal(s->opened, 1);
		assert_int_equal(s->len, 0);
		s->proofs++;
		s->proven = event->proven;
		break;
	case OUTGOING_BLOCK_READY:
		assert_int_equal(s->opened, 1);
		take_block(s, event->block);
		break;
	case OUTGOING_FINISHED:
		s->finished++;
		memcpy(s->hash, event->hash, WIRE_HASH_LEN);
		break;
	case OUTGOING_FAILED:
		s->failed++;
		s->why = event->why;
		s->reason = *event->reason;
		break;
	}
}

void
sending_begin(struct sending *s)
{
	const struct worker_config config = {.name = "disk"};

	*s = (struct sending){.consume = true};
	s->folder = scratch_new();
	s->disk = worker_new(&config);
}

/* Forget the last file; the folder stays. */
void
sending_forget(struct sending *s)
{
	struct sending next = {.folder = s->folder, .disk = s->disk};

	outgoing_free(s->outgoing);
	scratch_settle(s->disk);
	free(s->bytes);
	free(s->path);
	next.consume = true;
	*s = next;
}

void
sending_end(struct sending *s)
{
	sending_forget(s);
	worker_free(s->disk);
	scratch_free(s->folder);
}

void
sending_open(struct sending *s, const char *path)
{
	s->outgoing = outgoing_new(s->disk, path, sending_event, s);
	assert_int_equal(s->opened + s->failed, 0);
	scratch_settle(s->disk);
	assert_int_equal(s->opened + s->failed, 1);
}

void
sending_open_name(struct sending *s, const char *name)
{
	char *path = scratch_path(s->folder, name);

	sending_open(s, path);
	free(path);
}
