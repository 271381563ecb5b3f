/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What charla remembers, in SQLite (WAL, synchronous FULL), in two files:
 * who is known, and what was said. One worker thread owns both; whatever is
 * queued goes in one transaction for each file, and every done callback runs
 * on the loop's thread after the commit that holds its change is synced.
 *
 * The history is one talk for each peer. Its lines are numbered from 1
 * without gaps, in the order in which they were put, so that any stretch of
 * it can be had by number.
 *
 * A message is known by who wrote it, its epoch and its number in that epoch
 * (seq). An epoch is random and belongs to one run of one charla, so no two
 * messages share a name, whatever becomes of a database or its backups.
 */
#ifndef CHARLA_STORE_H
#define CHARLA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct store;

enum {
	STORE_KEY_LEN = 32,
	STORE_HASH_LEN = 16,
	STORE_SCHEMA = 4,
	STORE_FOUND_MAX = 1000,
	STORE_PLACES_MAX = 8, /* of one key; older ones go */
};

/* How far the messages of one epoch of a peer have come here. */
struct stream {
	uint64_t epoch;
	uint64_t last; /* highest seq that a commit holds */
};

/* A person we accepted, or called. The key is the fingerprint. */
struct peer {
	uint8_t key[STORE_KEY_LEN];
	char *name;          /* as they said it last, cleaned by nobody */
	char *own_name;      /* what we call them instead; NULL: nothing */
	bool accepted;       /* may come in without a knock */
	bool verified;       /* their key was compared, and is the right one */
	bool blocked;        /* never let in, and not shown */
	int64_t verified_ms; /* UTC; 0: not known when */
	/* When the digits were not the same the last time; 0: they never were.
	 */
	int64_t marked_ms;
	int64_t first_ms, last_ms; /* UTC */
	/* From the history, where it is there; store_put_peer ignores them. */
	bool unlisted;          /* has a talk, and is in no list of peers */
	uint64_t lines;         /* lines of the talk */
	struct stream *streams; /* one for each epoch of theirs */
	size_t stream_count;
	struct stream received; /* their message that was stored last */
};

/* The key seen when calling a target ("host" or "host:port"). */
struct pin {
	char *target;
	uint8_t key[STORE_KEY_LEN];
};

/* Where somebody was once: "host" or "host:port", numeric. */
struct place {
	char *target;
	uint8_t key[STORE_KEY_LEN];
	int64_t seen_ms; /* UTC */
};

enum store_kind {
	/* 1 and 2 are enum wire_kind's. */
	STORE_NOTE = 16,       /* what happened: a file that arrived, say */
	STORE_TAKEN_BACK = 17, /* an own message that never went */
};

/* One line of a talk. */
struct store_line {
	uint8_t key[STORE_KEY_LEN];
	bool own;
	uint64_t epoch, seq; /* 0, 0: a note; else 1 to 2^63 - 1 */
	/*
	 * Theirs, when it is put: the seq before it in its epoch, 0 for none.
	 * Where our store lacks that one, this one is refused: a gap is never
	 * hidden.
	 */
	uint64_t previous;
	uint8_t kind; /* enum store_kind */
	bool stored;  /* own: the other side has it */
	bool seen;    /* own, stored: but it keeps no history */
	int64_t time_ms;
	const char *text; /* as it came, cleaned by nobody */
	size_t text_len;
	uint64_t number; /* of the line, when it is loaded */
};

enum store_transfer_state {
	STORE_TRANSFER_OPEN = 1, /* out: offered, or to be offered */
	STORE_TRANSFER_RUNNING,  /* accepted, not whole yet */
	STORE_TRANSFER_DONE,     /* verified and in place */
	STORE_TRANSFER_GIVEN_UP, /* by a person, not told to the other yet */
	STORE_TRANSFER_ENDED,    /* refused, failed, or given up and told */
};

/* A transfer that may outlive its link, and the program. */
struct store_transfer {
	uint8_t key[STORE_KEY_LEN];
	bool outgoing;
	uint64_t token; /* random, from who offers; not 0; at most 2^63 - 1 */
	enum store_transfer_state state;
	char *name;   /* as it is on the wire */
	char *folder; /* in: where it goes, absolute */
	char *part;   /* in: the part file's name in folder */
	/* out: the sources, absolute; at least one. in: none */
	char **paths;
	size_t path_count;
	/* A tree: its entries, and the hash of its list. 0: one file. */
	uint32_t entries;
	uint8_t list_hash[STORE_HASH_LEN];
	char *as; /* in: the name it shall get; NULL: its own */
	uint64_t size;
	int64_t mtime_ns; /* of the source, since 1970; in: as offered */
	uint16_t mode;
	int64_t time_ms; /* UTC: when it was offered */
};

/* Everything the program needs at the start; lives as long as the store. */
struct store_memory {
	uint64_t epoch; /* of this run */
	/* Last those who have a talk and are in no list: without a name. */
	struct peer *peers;
	size_t peer_count;
	struct pin *pins;
	size_t pin_count;
	struct place *places; /* of each key the newest first */
	size_t place_count;
	/* OPEN, RUNNING and GIVEN_UP, oldest first. */
	struct store_transfer *transfers;
	size_t transfer_count;
	/* Tokens of what arrived lately: newest STORE_FOUND_MAX of DONE in. */
	struct store_transfer *arrived;
	size_t arrived_count;
};

struct store_config {
	const char *peers_path;   /* NULL: in memory */
	const char *history_path; /* NULL: in memory */
	/*
	 * Peers are read from peers_path where it is there, and nothing is
	 * written to either file.
	 */
	bool incognito;
	/*
	 * Runs on the loop's thread: memory is NULL and why says what to do
	 * where it failed; the files are then left as they are.
	 */
	void (*opened)(void *arg, const struct store_memory *memory,
	    const struct reason *why);
	void *arg;
};

/* Start opening. Files are made with mode 0600. */
struct store *store_open(const struct store_config *config);
/*
 * Finishes everything that is queued, runs its completions (but not opened),
 * then closes. Not from a callback of the store.
 */
void store_close(struct store *s);
/* For the loop: POLLIN means store_dispatch. */
int store_fd(const struct store *s);
void store_dispatch(struct store *s);

/*
 * Copies of everything are taken. ok = false: it is not on disk, and why
 * says so. done may be NULL; failures then go to the failed hook.
 */
typedef void store_done(void *arg, bool ok, const struct reason *why);
void store_on_failure(struct store *s, store_done *failed, void *arg);

/* Insert or update by key. */
void store_put_peer(struct store *s, const struct peer *peer);
/* Insert or replace by target. */
void store_put_pin(
    struct store *s, const char *target, const uint8_t key[STORE_KEY_LEN]);
void store_put_place(struct store *s, const struct place *place);
/* Out of the list, with pins and places; a talk stays in the history. */
void store_forget_peer(struct store *s, const uint8_t key[STORE_KEY_LEN]);

/*
 * number: of the line in its talk; 0 where ok is false, or nothing was kept.
 * A message that is there already (key, own, epoch, seq) changes nothing and
 * is ok, with the number that it has.
 */
typedef void store_put_done(
    void *arg, bool ok, uint64_t number, const struct reason *why);
/*
 * keep = false: note only that the message has come or gone (so that it comes
 * once), and nothing of what it says; number is 0.
 */
void store_put_line(struct store *s, const struct store_line *line, bool keep,
    store_put_done *done, void *arg);
/*
 * Own messages to key are stored by the other side, up to this one; kept =
 * false: they came, and the other side keeps no history.
 */
void store_mark_stored(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const struct stream *upto, bool kept);
/*
 * An own message that has not gone: the line stays as STORE_TAKEN_BACK,
 * stored, and without its text.
 */
void store_take_back(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const struct stream *message, store_done *done, void *arg);

/* How their record of our messages, from HELLO, compares with ours. */
enum store_meeting {
	STORE_MEET_SAME,   /* they have what we think, or more of it */
	STORE_MEET_NEW,    /* they remember nothing, and had something */
	STORE_MEET_BEHIND, /* they lost some that they had: these wait again */
	STORE_MEET_AHEAD,  /* they name a message that we do not remember */
};
struct store_met {
	enum store_meeting meeting;
	uint64_t again; /* STORE_MEET_BEHIND: how many wait again */
};
/*
 * Compare, mark what they have as stored (BEHIND: what they lost as not), and
 * load the own messages that they have not stored, oldest first. theirs is 0,
 * 0 where they have none. each and end run on the loop's thread; met is NULL
 * where it failed: then the failed hook runs before end.
 */
void store_meet(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const struct stream *theirs,
    void (*each)(void *arg, const struct store_line *line),
    void (*end)(void *arg, const struct store_met *met), void *arg);
/* The same messages, without a meeting. ok = false: nothing was loaded. */
void store_load_waiting(struct store *s, const uint8_t key[STORE_KEY_LEN],
    void (*each)(void *arg, const struct store_line *line),
    void (*end)(void *arg, bool ok), void *arg);
/* Lines from to upto, both included, in order. */
void store_load_lines(struct store *s, const uint8_t key[STORE_KEY_LEN],
    uint64_t from, uint64_t upto,
    void (*each)(void *arg, const struct store_line *line),
    void (*end)(void *arg, bool ok), void *arg);
/*
 * Lines that hold every one of the words (the last letters of a word may be
 * missing; case and accents do not count), newest first, at most
 * STORE_FOUND_MAX. numbers lives until end returns; NULL: it failed.
 */
void store_search(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const char *words,
    void (*end)(void *arg, const uint64_t *numbers, size_t count), void *arg);

/* Insert or update by key, outgoing and token. */
void store_put_transfer(struct store *s, const struct store_transfer *t,
    store_done *done, void *arg);

#endif
