/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Standard output, written without ever waiting for its reader: what it does
 * not take is kept, up to a bound. Its flags, which we share with whoever
 * started us, stay as they are.
 */
#ifndef CHARLA_UI_PLAIN_OUT_H
#define CHARLA_UI_PLAIN_OUT_H

#include <stdbool.h>
#include <stddef.h>

/* While so many bytes wait, nothing should be added. */
enum { PLAIN_OUT_ENOUGH = 64 * 1024 };

struct plain_out {
	int fd;
	bool ours;    /* opened again, and it does not block */
	bool careful; /* it may block: little at a time, when poll(2) says so */
	bool gone;    /* nobody reads it any more, or it is full */
	int error;    /* gone: errno */
	char *data;
	size_t len, done, size;
};

void plain_out_open(struct plain_out *o);
void plain_out_close(struct plain_out *o);
/* Write all; waits as long as it goes on taking. False: it does not. */
bool plain_out_flush(struct plain_out *o);

/* text and a newline. */
void plain_out_row(struct plain_out *o, const char *text);
bool plain_out_has_room(const struct plain_out *o);
bool plain_out_wants(const struct plain_out *o);
/* polled: poll(2) has just said POLLOUT. */
void plain_out_write(struct plain_out *o, bool polled);

#endif
