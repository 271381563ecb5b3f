/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frames of charla/1: structs to bytes and back. Pure. The wire is
 * described field by field in charla-protocol(7); change both together, and
 * bump WIRE_VERSION when an older charla could no longer understand.
 *
 *     u32 length of what follows | u8 type | fields
 */
#ifndef CHARLA_NET_WIRE_H
#define CHARLA_NET_WIRE_H

#include "net/buf.h"

enum {
	WIRE_VERSION_MIN = 1,
	WIRE_VERSION = 1,
	WIRE_PORT = 6973,

	WIRE_NAME_MAX = 255,         /* bytes: names of people and of files */
	WIRE_TEXT_MAX = 64 * 1024,   /* bytes of one message */
	WIRE_DATA_MAX = 64 * 1024,   /* bytes of file data in one frame */
	WIRE_KNOCK_FRAME_MAX = 4096, /* longest frame before a peer is known */
	WIRE_FRAME_MAX = 64 * 1024 + 64,
	WIRE_HASH_LEN = 16, /* XXH3-128, canonical (big-endian) */
	WIRE_PAIR_LEN = 32, /* bytes in a commitment, or in a nonce */
	WIRE_CLAIM_LEN = 4 + 8 + WIRE_HASH_LEN,
	WIRE_CLAIMS_MAX = 2048, /* in one frame */
};

/* Types from FRAME_OPTIONAL on may be skipped by who does not know them. */
enum frame_type {
	FRAME_HELLO = 1,
	FRAME_KNOCK = 2,
	FRAME_MESSAGE = 3,
	FRAME_ACK = 4,
	FRAME_OFFER = 5,
	FRAME_ANSWER = 6,
	FRAME_DATA = 7,
	FRAME_CREDIT = 8,
	FRAME_DONE = 9,
	FRAME_RESULT = 10,
	FRAME_CANCEL = 11,
	FRAME_PING = 12,
	FRAME_PONG = 13,
	FRAME_BYE = 14,
	FRAME_BEGIN = 15,
	FRAME_PAUSE = 16,
	FRAME_RESUME = 17,
	FRAME_CLAIMS = 18,
	FRAME_PAIR_COMMIT = 19,
	FRAME_PAIR_NONCE = 20,
	FRAME_PAIR_REVEAL = 21,
	FRAME_PAIR_AGREE = 22,
	FRAME_OPTIONAL = 128,
	FRAME_TYPING = 128,
	FRAME_PRESENCE = 129,
	FRAME_KEEPING = 130,
};

/* Bits in HELLO. */
enum wire_capability {
	/* The key of the receiver of this frame has been compared. */
	CAPABILITY_VERIFIED = 1,
};
enum wire_purpose { PURPOSE_TALK = 1, PURPOSE_DROP = 2 };
enum wire_knock {
	KNOCK_WAITING = 1, /* the person has been asked */
	KNOCK_ACCEPTED = 2,
	KNOCK_REFUSED = 3,
	KNOCK_BUSY = 4,
};
enum wire_kind { MESSAGE_TEXT = 1, MESSAGE_ACTION = 2 };
enum wire_bye {
	BYE_QUIT = 1,    /* the person left */
	BYE_REFUSED = 2, /* knock refused, or the key was not the known one */
	BYE_BUSY = 3,
	BYE_VERSION = 4,  /* no version in common */
	BYE_PROTOCOL = 5, /* the other broke the rules */
	BYE_TIMEOUT = 6,
	BYE_DUPLICATE = 7, /* two links to one peer: this one goes */
	BYE_DIGITS = 8,    /* the person sees other digits than the other */
	BYE_PAIRING =
	    9,        /* the digits cannot be trusted to be nobody's choice */
	BYE_KEY = 10, /* another key is known for what was called */
};
/* Why a transfer was refused, failed, was cancelled or is paused. */
enum wire_why {
	WHY_NONE = 0,
	WHY_PERSON = 1, /* somebody said so */
	WHY_NAME = 2,   /* the name cannot be a file's name here */
	WHY_DISK_FULL = 3,
	WHY_DENIED = 4,   /* no permission */
	WHY_IO = 5,       /* the disk reported an error */
	WHY_HASH = 6,     /* the bytes that arrived are not the bytes sent */
	WHY_CHANGED = 7,  /* the source changed while it was sent */
	WHY_PROTOCOL = 8, /* other bytes than agreed */
	WHY_TOO_MANY = 9, /* too many offers are open */
	WHY_TOO_BIG = 10, /* larger than a file can be here */
	WHY_HAVE = 11,    /* it is here already: verified and in place */
	WHY_TURN = 12,    /* others go first; it goes on by itself */
	WHY_GONE = 13,    /* the source is not there, or cannot be read */
};

struct frame_hello {
	uint16_t version_min, version_max;
	uint8_t purpose; /* enum wire_purpose */
	uint32_t capabilities;
	uint64_t epoch;        /* random, of this run of the sender; not 0 */
	uint64_t stored_epoch; /* the last message stored from you, by its */
	uint64_t stored_seq;   /* epoch and number; 0, 0: none */
	uint16_t port;         /* where the sender can be called; 0: nowhere */
	const char *name;      /* not terminated */
	size_t name_len;
};

struct frame_message {
	uint64_t epoch;   /* of the run in which it was written; not 0 */
	uint64_t seq;     /* per direction and epoch, from 1 */
	uint8_t kind;     /* enum wire_kind */
	int64_t time_ms;  /* the sender's UTC clock */
	const char *text; /* UTF-8 by intent; whoever shows it cleans it */
	size_t text_len;
};

/* This message is safely stored, and so is all that was sent before it. */
struct frame_ack {
	uint64_t epoch;
	uint64_t seq;
};

struct frame_offer {
	uint32_t id; /* the sender's; from 1, never used again in a session */
	/*
	 * The same for as long as this transfer lives, over sessions and runs;
	 * random, 1 to 2^63 - 1.
	 */
	uint64_t token;
	uint64_t size;    /* bytes; of a tree: of all its files */
	int64_t mtime_ns; /* since 1970 UTC */
	uint16_t mode;    /* permission bits */
	/*
	 * A tree: so many entries, and so many bytes of list (filelist.h),
	 * which come as the first bytes of its DATA, before the ANSWER. 0, 0:
	 * one file.
	 */
	uint32_t entries;
	uint32_t list_len;
	const char *name; /* a label: last component only; its first root's */
	size_t name_len;
};

struct frame_answer {
	uint32_t id;
	uint8_t accepted; /* 0 or 1 */
	uint8_t why;      /* enum wire_why, where refused */
	/*
	 * Accepted: so many bytes are here already, and the hash of them
	 * (XXH3-128; all 0 where offset is 0). 0 for a tree: CLAIMS tell.
	 */
	uint64_t offset;
	uint8_t hash[WIRE_HASH_LEN];
};

/* To an ANSWER with an offset other than 0. */
struct frame_begin {
	uint32_t id;
	uint64_t offset; /* that of the ANSWER: proven; or 0: start over */
};

struct frame_data {
	uint32_t id;
	uint64_t offset;
	const uint8_t *bytes;
	size_t len;
};

struct frame_credit {
	uint32_t id;
	uint64_t limit; /* DATA may reach up to this offset; never shrinks */
};

struct frame_done {
	uint32_t id;
	uint8_t hash[WIRE_HASH_LEN];
};

struct frame_result {
	uint32_t id;
	uint8_t why; /* WHY_NONE: verified, synced and in place */
};

struct frame_cancel {
	uint32_t id;
	uint8_t mine; /* 1: a transfer I offered, 0: one you offered */
	uint8_t why;
};

/* No DATA until RESUME. Said again, it has another reason. */
struct frame_pause {
	uint32_t id;
	uint8_t mine; /* as in CANCEL */
	uint8_t why;
	uint64_t missing; /* bytes of room; 0: not known, or another reason */
};

struct frame_resume {
	uint32_t id;
	uint8_t mine;
};

/*
 * For a tree that was accepted: what is here of its entries, up to but
 * without number upto; nothing is, but for these. Entries from upto on have
 * to wait for the next CLAIMS.
 */
struct frame_claims {
	uint32_t id;
	uint32_t upto;
	size_t count;         /* at most WIRE_CLAIMS_MAX */
	const uint8_t *bytes; /* count * WIRE_CLAIM_LEN; wire_claim_get */
};

/* So many bytes of this file are here, and this is their hash. */
struct wire_claim {
	uint32_t entry;
	uint64_t offset; /* 1 to its size, or 0: an empty file is here */
	uint8_t hash[WIRE_HASH_LEN];
};

void wire_claim_put(uint8_t out[WIRE_CLAIM_LEN], const struct wire_claim *c);
void wire_claim_get(
    const uint8_t bytes[WIRE_CLAIM_LEN], struct wire_claim *out);

/* Pointers inside point into the buffer the frame was read from. */
struct frame {
	uint8_t type;
	union {
		struct frame_hello hello;
		uint8_t knock; /* enum wire_knock */
		struct frame_message message;
		struct frame_ack ack;
		struct frame_offer offer;
		struct frame_answer answer;
		struct frame_begin begin;
		struct frame_data data;
		struct frame_credit credit;
		struct frame_done done;
		struct frame_result result;
		struct frame_cancel cancel;
		struct frame_pause pause;
		struct frame_resume resume;
		struct frame_claims claims;
		uint8_t pair[WIRE_PAIR_LEN]; /* commitment, or nonce */
		uint64_t ping;               /* echoed in PONG */
		uint8_t bye;                 /* enum wire_bye */
		uint8_t typing;              /* 0 or 1 */
		uint8_t keeping; /* 0 or 1: does the sender keep a history? */
		struct {
			const char *name;
			size_t name_len;
		} presence;
	};
};

/* Append one frame. ERR_FULL, or ERR_INVALID where a field is over its cap. */
int wire_put(struct buf *out, const struct frame *frame);

/*
 * Read the next whole frame and consume it. frame_max caps its length, from
 * the length field alone, before anything else happens. ERR_AGAIN: more
 * bytes needed. ERR_PROTO: broken, or an unknown critical type. An unknown
 * optional frame is consumed and returned with its type and no fields.
 * Optional fields added at the end by a newer version are ignored.
 */
int wire_get(struct buf *in, size_t frame_max, struct frame *frame);

#endif
