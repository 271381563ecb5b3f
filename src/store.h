/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What charla remembers, in SQLite (WAL, synchronous FULL): known peers,
 * pinned targets, messages. One worker thread owns the database; whatever
 * is queued goes in one transaction, and every done callback runs on the
 * loop's thread after the commit that holds its change is synced.
 */
#ifndef CHARLA_STORE_H
#define CHARLA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct store;

enum { STORE_KEY_LEN = 32, STORE_SCHEMA = 1 };

/* A person we accepted, or called. The key is the fingerprint. */
struct peer {
	uint8_t key[STORE_KEY_LEN];
	char *name;                /* as they said it last, cleaned by nobody */
	bool accepted;             /* may come in without a knock */
	int64_t first_ms, last_ms; /* UTC */
	/*
	 * Of their store, as they said it last; 0: not known. Their numbers
	 * begin again with a new one, so it belongs to last_received.
	 */
	uint64_t epoch;
	uint64_t last_received; /* highest message number stored from them */
	uint64_t last_sent;     /* highest number given to one of ours */
};

/* The key seen when calling a target ("host" or "host:port"). */
struct pin {
	char *target;
	uint8_t key[STORE_KEY_LEN];
};

struct store_message {
	uint8_t key[STORE_KEY_LEN];
	bool own;
	uint64_t seq;
	/*
	 * Theirs: the number of the one before it, 0 for none. Where our
	 * store lacks that one, this one is refused: a gap is never hidden.
	 */
	uint64_t previous;
	uint8_t kind; /* enum wire_kind's numbers */
	bool stored;  /* own: the other side has it */
	int64_t time_ms;
	const char *text;
	size_t text_len;
};

/* Everything the program needs at the start; lives as long as the store. */
struct store_memory {
	uint64_t epoch;
	struct peer *peers;
	size_t peer_count;
	struct pin *pins;
	size_t pin_count;
};

/*
 * Start opening; path NULL keeps everything in memory. opened runs on the
 * loop's thread: memory is NULL and why says what to do where it failed;
 * the file is then left as it is. Files are made with mode 0600.
 */
struct store *store_open(const char *path,
    void (*opened)(
	void *arg, const struct store_memory *memory, const struct reason *why),
    void *arg);
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

/*
 * Insert or update by key. last_sent is only ever raised, and last_received
 * too while epoch stays (0 keeps the one that is known); with a new epoch
 * last_received becomes what is given.
 */
void store_put_peer(struct store *s, const struct peer *peer);
/* Insert or replace by target. */
void store_put_pin(
    struct store *s, const char *target, const uint8_t key[STORE_KEY_LEN]);
/*
 * Also raises the peer's last_sent or last_received. One that is there
 * already (key, own, seq; and epoch, for theirs) changes nothing and is ok.
 * seq is 1 to 2^63 - 1.
 */
void store_put_message(struct store *s, const struct store_message *message,
    store_done *done, void *arg);
/* Own messages to key up to seq are stored by the other side. */
void store_mark_stored(
    struct store *s, const uint8_t key[STORE_KEY_LEN], uint64_t seq);

/*
 * Own messages to key that the other side has not stored, oldest first.
 * each and end run on the loop's thread; ok = false: nothing was loaded. Where
 * they cannot be read, the failed hook runs, then end.
 */
void store_load_waiting(struct store *s, const uint8_t key[STORE_KEY_LEN],
    void (*each)(void *arg, const struct store_message *message),
    void (*end)(void *arg, bool ok), void *arg);

#endif
