/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of a stranger share. */
#ifndef CHARLA_TESTS_STRANGER_INTERNAL_H
#define CHARLA_TESTS_STRANGER_INTERNAL_H

#include "net/conn.h"
#include "tests/e2e/stranger.h"

enum { STRANGER_DEADLINE_MS = 20 * 1000 };

/* A frame that came; what it points to is kept with it. */
struct heard {
	struct frame frame;
	void *bytes;
};

struct stranger {
	char name[64];
	struct loop *loop;
	struct identity *id;
	struct tls_context *tls;
	struct conn *conn; /* NULL: none */
	bool is_up, is_down;
	uint64_t epoch, seq;
	uint32_t last_id;
	unsigned words;

	struct heard *heard;
	size_t heard_count, heard_room;
	size_t asked; /* frames before this one were asked for */
	/* Of each offer, by its id. */
	uint64_t *credit;
	size_t credit_count;
};

/* Read and write what can be now, here and on all screens. */
void stranger_turn(struct stranger *s);
/* When a wait that begins now is over. */
uint64_t stranger_deadline(void);
void stranger_put(struct stranger *s, const struct frame *frame);
/* The next message, to be sent with others; false: there is no room for it. */
bool stranger_queues_text(struct stranger *s, const char *text);
void stranger_on_conn(void *arg, const struct conn_event *event);
/* Nothing more is to be said about this offer. */
bool stranger_is_over(const struct stranger *s, uint32_t id);

#endif
