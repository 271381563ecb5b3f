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
keep_bytes(struct sending *s, const struct block *block)
{
	while (s->len + block->len > s->room) {
		s->room = 2 * s->room + block->len;
		s->bytes = mem_realloc(s->bytes, s->room);
	}
	memcpy(s->bytes + s->len, block->bytes, block->len);
	s->len += block->len;
}

static void
consume(struct sending *s)
{
	const struct tree_progress before = s->progress;

	s->unconsumed--;
	outgoing_consumed(s->outgoing, &s->progress);
	assert_true(s->progress.files >= before.files);
	assert_true(s->progress.bytes >= before.bytes);
	assert_true(s->progress.skipped >= before.skipped);
	assert_true(s->progress.skipped <= s->progress.bytes);
	assert_true(s->progress.bytes <= s->offer.size);
}

static void
take_block(struct sending *s, struct block *block)
{
	assert_int_equal(block->used, 0);
	assert_null(block->next);
	assert_in_range(block->len, 1, OUTGOING_BLOCK);
	keep_bytes(s, block);
	free(block);
	s->unconsumed++;
	if (s->unconsumed > s->most_unconsumed)
		s->most_unconsumed = s->unconsumed;
	if (s->free_in_block) {
		outgoing_free(s->outgoing);
		s->outgoing = NULL;
	} else if (s->consume) {
		consume(s);
	}
}

static void
take_offer(struct sending *s, const struct outgoing_event *event)
{
	const size_t pending = worker_pending(s->disk);

	if (s->free_in_opened) {
		outgoing_free(s->outgoing);
		s->outgoing = NULL;
	}
	/* What the event points to is not let go of yet. */
	assert_int_equal(worker_pending(s->disk), pending);
	s->opened++;
	s->offer = *event->offer;
	assert_true(s->offer.name_len <= WIRE_NAME_MAX);
	memcpy(s->name, s->offer.name, s->offer.name_len);
	s->path = str_dup(event->paths[0]);
	s->path_count = event->path_count;
	s->note_count = event->note_count;
	assert_int_equal(event->list != NULL, s->offer.entries > 0);
	if (event->list != NULL)
		s->list = filelist_ref(event->list);
}

static void
take_fault(struct sending *s, const struct outgoing_event *event)
{
	s->why = event->why;
	s->reason = *event->reason;
	assert_int_not_equal(s->why, WHY_NONE);
}

void
sending_event(void *arg, const struct outgoing_event *event)
{
	struct sending *s = arg;

	assert_int_equal(s->failed, 0);
	assert_int_equal(s->finished, 0);
	assert_int_equal(s->opened == 0,
	    event->type == OUTGOING_OPENED || event->type == OUTGOING_FAILED);
	switch (event->type) {
	case OUTGOING_OPENED:
		take_offer(s, event);
		break;
	case OUTGOING_PROVEN:
		assert_int_equal(s->len, 0);
		s->proofs++;
		s->proven = event->proven;
		break;
	case OUTGOING_BLOCK_READY:
		take_block(s, event->block);
		break;
	case OUTGOING_STUCK:
		s->stuck++;
		take_fault(s, event);
		break;
	case OUTGOING_UNSTUCK:
		s->unstuck++;
		assert_true(s->unstuck <= s->stuck);
		break;
	case OUTGOING_FINISHED:
		s->finished++;
		memcpy(s->hash, event->hash, WIRE_HASH_LEN);
		s->left_out = event->left_out;
		break;
	case OUTGOING_FAILED:
		s->failed++;
		take_fault(s, event);
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

/* Forget what was sent last; the folder stays. */
void
sending_forget(struct sending *s)
{
	struct sending next = {.folder = s->folder, .disk = s->disk};

	outgoing_free(s->outgoing);
	scratch_settle(s->disk);
	filelist_unref(s->list);
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
sending_new(struct sending *s, const char *const *words, size_t count)
{
	const struct outgoing_config config = {
	    .disk = s->disk,
	    .words = words,
	    .word_count = count,
	    .keep_mode = s->keep_mode,
	    .on_event = sending_event,
	    .arg = s,
	};

	s->outgoing = outgoing_new(&config);
	assert_int_equal(s->opened + s->failed, 0);
}

void
sending_open(struct sending *s, const char *path)
{
	sending_new(s, &path, 1);
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

void
sending_start(struct sending *s)
{
	outgoing_start(s->outgoing);
	scratch_settle(s->disk);
}

void
sending_retry(struct sending *s)
{
	outgoing_retry(s->outgoing);
	scratch_settle(s->disk);
}

void
sending_leave_out(struct sending *s)
{
	outgoing_leave_out(s->outgoing);
	scratch_settle(s->disk);
}

void
sending_consume(struct sending *s)
{
	consume(s);
	scratch_settle(s->disk);
}
