/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One talk with one peer over one connection: bytes in, bytes out, events
 * out. Pure: no socket, no file, no clock; time comes in as an argument.
 * The connection below has proven the peer's key; who that is and whether
 * it may enter is the caller's business.
 *
 * Both sides say HELLO at once. The listening side then answers the knock;
 * until it has accepted, anything but HELLO, KNOCK, PING, PONG, BYE and the
 * comparison of keys (pairing.h) ends the session. Frames leave in this order:
 * control and messages, in the order they were queued, then file data, the
 * transfers taking turns.
 */
#ifndef CHARLA_NET_SESSION_H
#define CHARLA_NET_SESSION_H

#include "net/pairing.h"
#include "net/transfer.h"

struct session;

enum session_role { SESSION_CALLER, SESSION_LISTENER };

enum {
	SESSION_HELLO_MS = 10 * 1000,   /* TLS and HELLO must be through */
	SESSION_PING_MS = 11 * 1000,    /* silence after which we ask */
	SESSION_SILENCE_MS = 15 * 1000, /* silence after which it is lost */
	SESSION_PROBE_MS = 3 * 1000, /* the same where the path is in doubt */
	SESSION_QUEUE_MAX = 4 * 1024 * 1024, /* control and messages queued */
};

enum session_event_type {
	SESSION_HELLO,   /* who it says it is: hello */
	SESSION_RINGING, /* we call: the other person has been asked */
	SESSION_OPEN,    /* both may talk now */
	/* digits: to be compared with those on the other screen */
	SESSION_DIGITS,
	SESSION_AGREE,   /* they are the same over there */
	SESSION_MESSAGE, /* message */
	/*
	 * epoch, seq: stored there, and all sent before. Only the owner knows
	 * whether such a message was ever sent.
	 */
	SESSION_ACK,
	SESSION_TYPING,     /* typing */
	SESSION_KEEPING,    /* keeping: does the other keep a history? */
	SESSION_ROUND_TRIP, /* session_round_trip_ms says another time */
	SESSION_PRESENCE,   /* name: the other is called this now */
	SESSION_OFFER,      /* offer */
	/*
	 * transfer: SENDING or REFUSED; or PROVING: t->offset bytes are there
	 * with the hash t->proof. Compare, then session_begin.
	 */
	SESSION_ANSWER,
	/* transfer: RECEIVING from t->offset on; 0: what is here is void */
	SESSION_BEGIN,
	SESSION_CLAIMS, /* transfer, claims: what they have of our tree */
	SESSION_WANT,   /* transfer: a block was used up, feed the next */
	/*
	 * transfer, data, data_len: write it, then drain. While it is OFFERED:
	 * bytes of the list of a tree; it is whole when offset is list_len.
	 */
	SESSION_DATA,
	SESSION_DONE,   /* transfer: all is here, check transfer->hash */
	SESSION_RESULT, /* transfer: COMPLETE or FAILED */
	SESSION_PAUSE,  /* transfer: paused_there now, or not as it was */
	SESSION_RESUME, /* transfer: not paused_there any more */
	/* transfer: CANCELLED by the other side, or for breaking its rules */
	SESSION_CANCEL,
	/*
	 * bye, by_us; the last event. Transfers end with it and say nothing
	 * of their own; session_output still has what is queued. With
	 * BYE_VERSION by us: hello, for its versions.
	 */
	SESSION_ENDED,
};

/* Pointers live until the callback returns. */
struct session_event {
	enum session_event_type type;
	const struct frame_hello *hello;
	const struct frame_message *message;
	const struct frame_offer *offer;
	const struct transfer *transfer;
	const struct frame_claims *claims;
	uint64_t epoch, seq;
	unsigned digits;
	bool typing, keeping;
	const char *name; /* not terminated */
	size_t name_len;
	const uint8_t *data;
	size_t data_len;
	enum wire_bye bye;
	bool by_us; /* we found the reason; otherwise the other said it */
};

struct session_config {
	enum session_role role;
	const char *name;                         /* ours, copied */
	uint64_t epoch, stored_epoch, stored_seq; /* as in HELLO */
	uint16_t port;
	bool verified; /* the other side's key has been compared, before */
	struct pairing_binding binding;
	uint8_t nonce[PAIRING_LEN]; /* random; never used twice */
	/* May call any session function but session_free. */
	void (*on_event)(void *arg, const struct session_event *event);
	void *arg;
};

/* Queues our HELLO. now_ms: clock_mono_ms(). */
struct session *session_new(
    const struct session_config *config, uint64_t now_ms);
void session_free(struct session *s);

/*
 * Read what arrived; whole frames are consumed, and events come out. After
 * an error of the peer the session has ended and everything is swallowed.
 */
void session_input(struct session *s, struct buf *in, uint64_t now_ms);
/*
 * Append frames until out holds at least want bytes or nothing is left to
 * say now. out must have room for want + WIRE_FRAME_MAX + 4. Control frames
 * are never held back by want.
 */
void session_output(
    struct session *s, struct buf *out, size_t want, uint64_t now_ms);
/*
 * True when session_output would add something. File data over the limit does
 * not count until the time has come and session_tick, or another call that
 * takes the time, has said so.
 */
bool session_has_output(const struct session *s);

/*
 * File data leaves at this many bytes per second at most, over all transfers;
 * 0: no limit, as in the beginning. The owner keeps calling session_output
 * whenever session_tick was due. What did not leave although it might have is
 * made up for, but no more of it than goes in a tenth of a second.
 */
void session_limit(struct session *s, uint64_t bytes_per_second);

/*
 * When session_tick wants to run, in clock_mono_ms() time; or UINT64_MAX. It
 * is also the time when the limit lets more file data leave: session_output
 * after session_tick has some then.
 */
uint64_t session_deadline(const struct session *s);
void session_tick(struct session *s, uint64_t now_ms);

/*
 * The path is in doubt (another address, a wake-up): ask now. Where nothing
 * is heard for SESSION_PROBE_MS, it is lost; sooner, if its silence is over
 * sooner. What leaves is no sign of life then. Another probe meanwhile changes
 * nothing, nor does one before HELLO was heard (SESSION_HELLO_MS holds).
 */
void session_probe(struct session *s, uint64_t now_ms);

bool session_is_open(const struct session *s);
bool session_is_ended(const struct session *s);
/*
 * Milliseconds of the last PING's way there and back; 0: none yet. The first
 * one leaves when the session opens, the others when they are needed to know
 * whether somebody is there.
 */
uint64_t session_round_trip_ms(const struct session *s);

/* Listener, after SESSION_HELLO. ACCEPTED opens, REFUSED and BUSY end. */
int session_knock(struct session *s, enum wire_knock answer);
/*
 * Say goodbye: a BYE is queued behind everything else, then it has ended, and
 * SESSION_ENDED comes out of this call (as it does out of session_knock).
 */
void session_bye(struct session *s, enum wire_bye why);

/* The person has compared the digits. ERR_INVALID before them, and twice. */
int session_agree(struct session *s);
/* Where the comparison stands; OFF where both sides have compared before. */
const struct pairing *session_pairing(const struct session *s);

/*
 * ERR_INVALID before SESSION_OPEN and after the end; ERR_FULL when the queue
 * is full. Numbers of messages must ascend within an epoch; another epoch may
 * begin at any number. Epochs are not 0, numbers are 1 to 2^63 - 1. An ack
 * that repeats the last one is let go.
 */
int session_message(struct session *s, const struct frame_message *message);
int session_ack(struct session *s, uint64_t epoch, uint64_t seq);
int session_typing(struct session *s, bool typing);
int session_keeping(struct session *s, bool keeping);
int session_presence(struct session *s, const char *name);

/*
 * Offer a file or a tree; *id identifies it from here on (offer->id is
 * ignored). ERR_FULL: too many are open, or the queue is full. ERR_INVALID also
 * where the token is out of range, or that of an offer that is open already.
 * The list of a tree is fed at once: exactly its list_len bytes before the
 * answer.
 *
 * What we end ourselves (refuse, result, cancel) comes with no event. On a
 * transfer that is not there (any more): ERR_NOT_FOUND.
 */
int session_offer(
    struct session *s, const struct frame_offer *offer, uint32_t *id);
int session_accept(struct session *s, uint32_t id);
/* A file of which offset bytes (1 to the size) are here, with this hash. */
int session_accept_from(struct session *s, uint32_t id, uint64_t offset,
    const uint8_t hash[WIRE_HASH_LEN]);
/* Incoming, a tree: let its list come, once; with the offer, or later. */
int session_take_list(struct session *s, uint32_t id);
/*
 * Incoming, a tree that was accepted; claims->id is ignored. Make few of them
 * before records come: a queue that is full of claims ends the session.
 */
int session_claims(
    struct session *s, uint32_t id, const struct frame_claims *claims);
/* Outgoing, PROVING: the hash was right, or everything has to be sent. */
int session_begin(struct session *s, uint32_t id, bool proven);
int session_refuse(struct session *s, uint32_t id, enum wire_why why);
/* Hand over the next block; it is taken over in any case. */
int session_feed(struct session *s, uint32_t id, struct block *b);
/* Every block was fed; the hash of all of them. */
int session_finish(
    struct session *s, uint32_t id, const uint8_t hash[WIRE_HASH_LEN]);
/* Our disk drained len bytes of an incoming transfer. */
int session_drained(struct session *s, uint32_t id, uint64_t len);
/* Incoming: WHY_NONE when verified, synced and in place. */
int session_result(struct session *s, uint32_t id, enum wire_why why);
int session_cancel(
    struct session *s, enum transfer_dir dir, uint32_t id, enum wire_why why);
/*
 * One that was accepted, either way (ERR_INVALID where it was not yet). While
 * we or the other side have paused it, no file data of it leaves there; what
 * is fed stays, and what was on its way still arrives. Paused again, it tells
 * the other side another reason. A resume of what we have not paused does
 * nothing; after any other, session_has_output may be true, so pump. Neither
 * outlives the session.
 */
int session_pause(struct session *s, enum transfer_dir dir, uint32_t id,
    enum wire_why why, uint64_t missing);
int session_resume(struct session *s, enum transfer_dir dir, uint32_t id);
/* NULL when there is none, or it has ended. */
const struct transfer *session_transfer(
    const struct session *s, enum transfer_dir dir, uint32_t id);

#endif
