/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is known, in memory: the peers and pinned targets that the store
 * remembers, and what they are called on the screen. Pure.
 */
#ifndef CHARLA_PEOPLE_H
#define CHARLA_PEOPLE_H

#include "src/store.h"

struct known {
	struct peer peer; /* name and streams are owned here */
	/* The message of theirs that was kept last: what we acknowledge. */
	struct stream committed;
	uint64_t said; /* number of the last message to them, this run */

	uint64_t auto_bytes;  /* so much is taken without a question, ... */
	unsigned auto_offers; /* ... in so many offers, ... */
	unsigned auto_files;  /* ... of so many files and folders */
	bool hung_up;         /* we disconnected: they knock again */
	bool forgetful;       /* they keep no history of this talk */
	uint64_t doubled_ms;  /* when one of two links to them went; 0: never */
	bool forgotten; /* nobody any more, but for a talk in the history */
};

struct people {
	struct known **known; /* pointers stay valid until release */
	size_t known_count;
	struct pin *pins;
	size_t pin_count;
	struct place *places; /* of each key the newest first */
	size_t place_count;
};

void people_init(struct people *p);
void people_release(struct people *p);
void people_load(struct people *p, const struct store_memory *memory);

struct known *people_find(
    const struct people *p, const uint8_t key[STORE_KEY_LEN]);
struct known *people_add(struct people *p, const uint8_t key[STORE_KEY_LEN],
    const char *name, int64_t now_ms);
/* The one we talked to last, or NULL. */
struct known *people_last(const struct people *p);
/* Somebody else who bears this name (as it is shown), or NULL. */
struct known *people_namesake(
    const struct people *p, const char *name, const uint8_t key[STORE_KEY_LEN]);

/* The highest number of their messages of this epoch that came; 0: none. */
uint64_t known_heard(const struct known *k, uint64_t epoch);
void known_hear(struct known *k, uint64_t epoch, uint64_t seq);
/* It could not be kept: this one and those after it did not come. */
void known_unhear(struct known *k, uint64_t epoch, uint64_t seq);

/* The key pinned to target, or NULL. */
const uint8_t *people_pin(const struct people *p, const char *target);
void people_set_pin(
    struct people *p, const char *target, const uint8_t key[STORE_KEY_LEN]);

/* Somebody is, or was now, at target ("host" or "host:port", numeric). */
void people_set_place(struct people *p, const struct place *place);
/* Name, trust, pins, places: gone. What was heard of them stays. */
void people_forget(struct people *p, struct known *k);

/*
 * What the screen calls somebody: our own name for them; else theirs, clean
 * and short, and where somebody else who is known bears it too, with the
 * first digits of the key. The caller frees.
 */
char *people_label(
    const struct people *p, const char *name, const uint8_t key[STORE_KEY_LEN]);

/* "ana [0f3a 99c2]". The caller frees. */
char *people_told_apart(const char *name, const uint8_t key[STORE_KEY_LEN]);
/* The name, clean and short, as it is shown. The caller frees. */
char *people_shown(const char *name);
/* The same for all names that a person would take for one. Caller frees. */
char *people_skeleton(const char *name);
bool people_names_alike(const char *a, const char *b);

#endif
