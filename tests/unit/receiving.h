/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way in, and all that was told about it. */
#ifndef CHARLA_TESTS_RECEIVING_H
#define CHARLA_TESTS_RECEIVING_H

#include <stdbool.h>

#include "net/incoming.h"

struct receiving {
	char *folder; /* a scratch folder; the file goes to folder/in */
	char *in;
	struct worker *disk;
	struct incoming *incoming;
	bool free_in_event; /* incoming_free from the next callback */
	size_t stored, failed;
	uint64_t drained;
	char *path;
	enum wire_why why;
	struct reason reason;
};

void receiving_begin(struct receiving *r);
void receiving_end(struct receiving *r);
/* Let go of the last file; the folders stay. */
void receiving_forget(struct receiving *r);

/* mode and mtime_ms are 0666 and 1234567891 where not said otherwise. */
void receiving_open(struct receiving *r, const char *name, uint64_t size);
void receiving_open_as(struct receiving *r, const char *name, uint64_t size,
    uint16_t mode, int64_t mtime_ms);
/* Hand over len bytes in frames, as the network does. */
void receiving_write(struct receiving *r, const uint8_t *data, size_t len);
/* Finish with the hash of these bytes, and wait. */
void receiving_finish(struct receiving *r, const void *data, size_t len);
/* All of it: open, write, finish. */
void receiving_whole(
    struct receiving *r, const char *name, const void *data, size_t len);

#endif
