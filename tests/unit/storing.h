/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store in a test: what it told, and waiting for it. */
#ifndef CHARLA_TESTS_STORING_H
#define CHARLA_TESTS_STORING_H

#include <sys/stat.h>

#include "src/store.h"

enum { STORING_MAX = 500, STORING_TEXT_MAX = 64 };

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
	uint64_t numbers[STORING_MAX];
	struct reason why;
};

/* A line as it was loaded; of a longer text the beginning. */
struct storing_line {
	struct store_line line;
	char text[STORING_TEXT_MAX];
};

/* What was loaded. */
struct lines {
	size_t count, ends;
	bool ok; /* what the last end said */
	struct store_met met;
	struct storing_line list[STORING_MAX];
};

/* A file as it was. */
struct snapshot {
	char *path;
	bool there;
	char *data; /* of a file */
	size_t len;
	struct stat st;
};

/* SQL of the test's own, on a file that may be new; one number for ask. */
void storing_run(const char *path, const char *sql);
int64_t storing_ask(const char *path, const char *sql);
/* What a table is made of, to be compared; the caller frees. */
char *storing_columns(const char *path, const char *table);

/* Fails the test where they differ in any field. */
void storing_same_transfer(
    const struct store_transfer *got, const struct store_transfer *want);

/* path is taken over. */
struct snapshot storing_snapshot(char *path);
/* The file is as it was, to the mode and the moment; forget it. */
void storing_unchanged(struct snapshot *before);

/* "peers.db" and "history.db" below folder; the caller frees. */
char *storing_peers_path(const char *folder);
char *storing_history_path(const char *folder);

/*
 * Returns when it is open, or has failed. folder has both files; NULL: both
 * are in memory.
 */
void storing_open(struct opened *o, const char *folder);
void storing_open_incognito(struct opened *o, const char *folder);
/* Dispatch until *count has reached want; fails the test after a minute. */
void storing_wait(struct store *s, const size_t *count, size_t want);
/* The peer that is known at the start; NULL: it is not. */
const struct peer *storing_peer(const struct opened *o, uint8_t who);

/* A key made of one byte. */
void storing_key(uint8_t key[STORE_KEY_LEN], uint8_t who);
/* A text message; with epoch and seq 0 a note. */
struct store_line storing_line(
    uint8_t who, bool own, uint64_t epoch, uint64_t seq, const char *text);
/* Put, and note index when it is done. */
void storing_put(struct store *s, struct dones *dones, size_t index,
    const struct store_line *line, bool keep);
/* Put, wait until it is done, which it has to be; its number. */
uint64_t storing_keep(struct store *s, const struct store_line *line);
/* The same, with nothing kept. */
void storing_pass(struct store *s, const struct store_line *line);

/* These wait for what they ask. */
void storing_load(struct store *s, uint8_t who, uint64_t from, uint64_t upto,
    struct lines *lines);
void storing_load_waiting(struct store *s, uint8_t who, struct lines *lines);
enum store_meeting storing_meet(struct store *s, uint8_t who, uint64_t epoch,
    uint64_t seq, struct lines *lines);
void storing_mark(struct store *s, uint8_t who, uint64_t epoch, uint64_t seq);
/* Fills numbers, which has room for STORE_FOUND_MAX; how many there are. */
size_t storing_search(
    struct store *s, uint8_t who, const char *words, uint64_t *numbers);
/* Is it told as done? */
bool storing_take_back(
    struct store *s, uint8_t who, uint64_t epoch, uint64_t seq);

#endif
