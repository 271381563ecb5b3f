/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file on its way out: its bytes, as they are, from where the other side
 * has proven to go on. Offered is what the file is when it is opened here.
 */
#include "net/outgoing_internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/util.h"

enum {
	FILE_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	FILE_MODE_BITS = 0777,
};

void
file_out_init(struct file_out *f)
{
	*f = (struct file_out){.path = NULL};
	source_init(&f->source);
}

void
file_out_release(struct file_out *f)
{
	source_release(&f->source);
	free(f->block);
}

int
file_out_open(
    struct file_out *f, const char *path, uint16_t *mode, struct fault *fault)
{
	const int fd = open(path, FILE_FLAGS);
	struct stat st;

	f->path = path;
	if (fd >= 0 && fstat(fd, &st) == 0) {
		source_begin(
		    &f->source, (uint64_t)st.st_size, source_mtime_ns(&st));
		*mode = (uint16_t)(st.st_mode & FILE_MODE_BITS);
	}
	if (source_attach(&f->source, fd) == 0)
		return 0;
	source_explain(&f->source, path, SOURCE_OFFERED, fault);
	return ERR_IO;
}

void
file_out_prove(
    struct file_out *f, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	f->proving = true;
	f->claim = offset;
	source_claim(&f->source, offset, hash);
}

void
file_out_start(struct file_out *f)
{
	f->started = true;
}

void
file_out_retry(struct file_out *f)
{
	f->stalled = false;
}

/* Stand where it goes on, in a file that is open. */
static int
get_ready(struct file_out *f, struct turn *turn)
{
	struct source *s = &f->source;
	size_t budget = OUTGOING_SLICE;
	int r = 0;

	if (s->fd < 0)
		r = source_attach(s, open(f->path, FILE_FLAGS));
	if (r == 0)
		r = source_settle(s, &budget);
	if (r == 0 && f->proving) {
		f->proving = f->stuck = false;
		turn->is_proof = true;
		turn->proven = s->got == f->claim;
	}
	return r;
}

/* The next block, and behind the last one the end. */
static int
read_on(struct file_out *f)
{
	struct source *s = &f->source;
	const uint64_t left = s->size - s->got;
	const size_t len =
	    left < OUTGOING_BLOCK ? (size_t)left : (size_t)OUTGOING_BLOCK;

	if (len > 0) {
		struct block *block = mem_alloc(sizeof(*block) + len);

		*block = (struct block){.len = len};
		if (source_read(s, block->bytes, len) < 0) {
			free(block);
			return ERR_IO;
		}
		f->block = block;
		f->stuck = false;
	}
	if (s->got < s->size)
		return 0;
	if (source_finish(s, f->hash) < 0)
		return ERR_IO;
	f->ended = true;
	f->stuck = false;
	return 0;
}

static enum turn_state
get_stuck(struct file_out *f, struct turn *turn)
{
	source_let_go(&f->source);
	source_explain(&f->source, f->path, SOURCE_ALONE, &turn->fault);
	f->stalled = f->stuck = true;
	return TURN_STUCK;
}

static enum turn_state
go_on(struct file_out *f, struct turn *turn)
{
	int r;

	if (f->ended)
		return TURN_END;
	if (f->stalled)
		return TURN_WAIT;
	if (f->block != NULL)
		return TURN_MORE;
	r = get_ready(f, turn);
	if (r == 0 && !f->started)
		return TURN_WAIT;
	if (r == 0)
		r = read_on(f);
	if (r == ERR_IO)
		return get_stuck(f, turn);
	return f->ended ? TURN_END : TURN_MORE;
}

void
file_out_turn(struct file_out *f, struct turn *turn)
{
	turn->state = go_on(f, turn);
	turn->fine = !f->stuck;
	memcpy(turn->hash, f->hash, WIRE_HASH_LEN);
	turn_hand_over(turn, &f->block, true);
}
