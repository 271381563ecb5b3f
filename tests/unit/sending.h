/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something on its way out, in a folder of its own. */
#ifndef CHARLA_TESTS_SENDING_H
#define CHARLA_TESTS_SENDING_H

#include "net/outgoing.h"

/* What is sent, and all that was told about it. */
struct sending {
	char *folder;
	struct worker *disk;
	struct outgoing *outgoing;
	bool keep_mode;
	size_t opened, proofs, stuck, unstuck, finished, failed;
	bool proven;
	size_t unconsumed, most_unconsumed;
	bool consume; /* every block at once */
	/* outgoing_free from the callback. */
	bool free_in_opened, free_in_block;
	struct frame_offer offer;
	char name[WIRE_NAME_MAX + 1];
	char *path; /* of the first root */
	size_t path_count, note_count;
	struct filelist *list;
	struct tree_progress progress; /* of the last block consumed */
	uint8_t *bytes;
	size_t len, room;
	uint8_t hash[WIRE_HASH_LEN];
	uint32_t left_out;
	/* Of the last time that it failed or got stuck. */
	enum wire_why why;
	struct reason reason;
};

void sending_begin(struct sending *s);
void sending_end(struct sending *s);
/* Let go of what was sent last; the folder stays. */
void sending_forget(struct sending *s);
/* Does not wait for anything. */
void sending_new(struct sending *s, const char *const *words, size_t count);
/* Returns when it is open, or has failed. */
void sending_open(struct sending *s, const char *path);
/* The same for folder/name. */
void sending_open_name(struct sending *s, const char *name);
/* Start it, or have it tried again, and wait until there is nothing to do. */
void sending_start(struct sending *s);
void sending_retry(struct sending *s);
void sending_leave_out(struct sending *s);
/* One block, where they are not consumed by themselves. */
void sending_consume(struct sending *s);
/* What a callback of outgoing_new is; arg is a struct sending. */
void sending_event(void *arg, const struct outgoing_event *event);

#endif
