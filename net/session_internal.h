/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a session share; nobody else includes this. */
#ifndef CHARLA_NET_SESSION_INTERNAL_H
#define CHARLA_NET_SESSION_INTERNAL_H

#include "net/session.h"

enum session_phase {
	PHASE_HELLO, /* nothing heard yet; only HELLO may come */
	PHASE_KNOCK, /* the listener has not decided */
	PHASE_OPEN,
	PHASE_ENDED,
};

/* What a message is known by. 0, 0: none. */
struct message_name {
	uint64_t epoch, seq;
};

struct pace {
	uint64_t rate;  /* bytes per second; 0: no limit */
	uint64_t have;  /* thousandths of a byte that may leave, ... */
	uint64_t at_ms; /* ... at this time */
	bool held;      /* it ended the last session_output */
};

struct session {
	enum session_role role;
	enum session_phase phase;
	void (*on_event)(void *arg, const struct session_event *event);
	void *arg;
	unsigned depth; /* callbacks running: free no transfer now */
	bool in_input;  /* a nested call from a callback returns at once */
	bool in_output;
	bool overrun;     /* the queue was full: the end is due */
	bool rung;        /* KNOCK_WAITING has passed */
	struct buf queue; /* everything but file data */

	bool verified; /* by us, before this session */
	struct pairing pairing;

	struct message_name last_out, last_in; /* last message each way */
	struct message_name acked;             /* last one we said is stored */

	/* Both lists by enum transfer_dir, oldest first: ids ascend. */
	struct transfer *transfers[2];
	uint32_t last_id[2]; /* highest ever offered */
	uint32_t turn;       /* whose DATA left last */
	struct pace pace;

	uint64_t born_ms;
	uint64_t heard_ms;
	size_t unread;    /* bytes of a frame that is not whole yet */
	bool asked;       /* a PING has left since we last heard anything */
	bool probing;     /* asked, and what leaves is no sign of life */
	uint64_t lost_ms; /* where asked: when to give up */
	uint64_t ping, ping_ms; /* our last PING; 0: none awaited */
	bool measures;          /* one is due to leave, for its time alone */
	uint64_t round_trip_ms;
};

/* Nothing is emitted after SESSION_ENDED. Transfers may be gone after. */
void session_emit(struct session *s, const struct session_event *event);
/* Free the transfers that have ended, unless a callback may hold one. */
void session_reap(struct session *s);
/* The end, once. by_us: the peer is told why. */
void session_end(struct session *s, enum wire_bye bye, bool by_us);
/* We have no version in common. */
void session_end_version(struct session *s, const struct frame_hello *hello);
/* Queue what the owner says: ERR_FULL leaves a reserve for session_reply. */
int session_put(struct session *s, const struct frame *frame);
/*
 * Queue what the protocol needs to go on. Where even the reserve is full, the
 * peer makes us talk without listening: ERR_FULL, and the session ends, but
 * not inside a call of the owner, who would not expect it there.
 */
int session_reply(struct session *s, const struct frame *frame);

/* The end that session_reply asked for. */
void session_check_overrun(struct session *s);

/* HELLO to ACK, TYPING to KEEPING. 0 or ERR_PROTO. */
int session_talk_frame(struct session *s, const struct frame *frame);
/* HELLO was heard: the comparison begins, where one is needed. */
void session_pairing_begin(struct session *s, uint32_t their_capabilities);
/* PAIR_COMMIT to PAIR_AGREE. 0 or ERR_PROTO. */
int session_pairing_frame(struct session *s, const struct frame *frame);
/* OFFER to CANCEL, BEGIN to CLAIMS. 0 or ERR_PROTO. */
int session_transfer_frame(struct session *s, const struct frame *frame);
/* NULL where there is none, it has ended, or the session is not open. */
struct transfer *session_find(
    const struct session *s, enum transfer_dir dir, uint32_t id);
bool session_is_full(const struct session *s, enum transfer_dir dir);
/* Is it a token, and of no transfer that has not ended? */
bool session_token_is_free(
    const struct session *s, enum transfer_dir dir, uint64_t token);
/* Does it say that it is a tree, or that it is none, in all its fields? */
bool session_offer_is_sound(const struct frame_offer *offer);
bool session_offer_is_too_big(const struct frame_offer *offer);
struct transfer *session_add(
    struct session *s, enum transfer_dir dir, const struct frame_offer *offer);
int session_reply_refusal(struct session *s, uint32_t id, enum wire_why why);
int session_reply_credit(struct session *s, uint32_t id, uint64_t limit);
/* t is cancelled already: t->why. */
int session_reply_cancel(struct session *s, const struct transfer *t);
/* Append one DATA frame; false when there is none to send now. */
bool session_send_data(struct session *s, struct buf *out);
/* When the next one may leave; 0: now, UINT64_MAX: there is none. */
uint64_t session_data_due(const struct session *s);

/* Time has passed. */
void session_refill(struct session *s, uint64_t now_ms);
/* Of len bytes of a file, so many go into the next frame. */
size_t session_cut(const struct session *s, size_t len);
/* When len bytes, as session_cut gave them, may leave; 0: now. */
uint64_t session_due(const struct session *s, size_t len);
/* They have left. */
void session_spend(struct session *s, size_t len);

void session_alive_init(struct session *s, uint64_t now_ms);
/* Bytes came in. */
void session_heard(struct session *s, uint64_t now_ms);
/* File data left: there was room because the other side took what left. */
void session_sent(struct session *s, uint64_t now_ms);
void session_pong(struct session *s, uint64_t value, uint64_t now_ms);
/* Queue the PING that measures, where one is due. */
void session_measure(struct session *s, uint64_t now_ms);

#endif
