/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store in a test: what it told, and waiting for it. */
#ifndef CHARLA_TESTS_STORING_H
#define CHARLA_TESTS_STORING_H

#include "src/store.h"

enum { STORING_MAX = 500 };

struct opened {
	struct store *store;
	size_t count;
	const struct store_memory *memory; /* NULL: it failed, see why */
	struct reason why;
	size_t failures;
	struct reason failure;
};

/* The results of puts, in the order they were told. */
struct dones {
	size_t count, bad;
	size_t order[STORING_MAX];
	struct reason why;
};

/* What load_waiting found. */
struct waiting {
	size_t count, ends;
	bool ok; /* what the last end said */
	uint64_t seqs[STORING_MAX];
	char texts[8][64];
	size_t lens[8];
};

/* Returns when it is open, or has failed. */
void storing_open(struct opened *o, const char *path);
/* Dispatch until *count has reached want; fails the test after a minute. */
void storing_wait(struct store *s, const size_t *count, size_t want);

/* A key made of one byte. */
void storing_key(uint8_t key[STORE_KEY_LEN], uint8_t who);
struct store_message storing_message(
    uint8_t who, bool own, uint64_t seq, const char *text);
/* Put, and note the number when it is done. */
void storing_put(struct store *s, struct dones *dones, size_t number,
    const struct store_message *m);
/* Load what waits for who, and wait for that. */
void storing_load(struct store *s, uint8_t who, struct waiting *w);
/* The callbacks for store_load_waiting; arg is a struct waiting. */
void storing_each(void *arg, const struct store_message *m);
void storing_end(void *arg, bool ok);

#endif
