/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way out, in a folder of its own. */
#ifndef CHARLA_TESTS_SENDING_H
#define CHARLA_TESTS_SENDING_H

#include "net/outgoing.h"

/* The file, and all that was told about it. */
struct sending {
	char *folder;
	struct worker *disk;
	struct outgoing *outgoing;
	size_t opened, proofs, finished, failed;
	bool proven;
	size_t unconsumed, most_unconsumed;
	bool consume;       /* every block at once */
	bool free_in_block; /* outgoing_free from the callback */
	struct frame_offer offer;
	int64_t mtime_ns;
	char *path; /* as it was told */
	char name[WIRE_NAME_MAX + 1];
	uint8_t *bytes;
	size_t len;
	uint8_t hash[WIRE_HASH_LEN];
	enum wire_why why;
	struct reason reason;
};

void sending_begin(struct sending *s);
void sending_end(struct sending *s);
/* Let go of the last file; the folder stays. */
void sending_forget(struct sending *s);
/* Returns when it is open, or has failed. */
void sending_open(struct sending *s, const char *path);
/* The same for folder/name. */
void sending_open_name(struct sending *s, const char *name);
/* What a callback of outgoing_new is; arg is a struct sending. */
void sending_event(void *arg, const struct outgoing_event *event);

#endif
