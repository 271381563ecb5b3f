/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the hostile tests share: names that lead astray, lists written by
 * hand, pictures of a folder to compare, and a scene to play in.
 */
#ifndef CHARLA_TESTS_HOSTILE_H
#define CHARLA_TESTS_HOSTILE_H

#include "net/filelist.h"
#include "tests/e2e/stranger.h"

enum { HOSTILE_NAME_MAX = 256 };

struct hostile_name {
	const char *label; /* for messages */
	char name[HOSTILE_NAME_MAX];
	size_t len;
	bool legal;   /* must arrive just like this */
	bool as_path; /* several components: a path may be like this */
};
/* All of them; *count says how many. */
const struct hostile_name *hostile_names(size_t *count);

/* ana, and mallory whom she has let in. */
struct scene {
	struct person ana;
	struct stranger *mallory;
	uint64_t token; /* the last one that was used */
};
/* rows and cols of ana's screen are wide; she has files of her own. */
void scene_open(struct scene *s);
void scene_close(struct scene *s);
/* A new id and token; a file of this name and size. */
struct frame_offer scene_offer(
    struct scene *s, const char *name, size_t len, uint64_t size);
/* The same, said; returns the id. */
uint32_t scene_offers(struct scene *s, const char *name, uint64_t size);
/* Offer a tree with this list, and send the list; returns the id. */
uint32_t scene_offers_tree(
    struct scene *s, const struct buf *list, uint32_t entries, uint64_t size);
/* Wait for the question, say /accept N; N is that of the last question. */
void scene_accepts(struct scene *s);
/* The log is empty then. */
void scene_clears(struct scene *s);
/* Lines of the log, a line in several rows counted once. */
int scene_lines(struct scene *s);
/* When nothing more is written; prints the screen where it is another count. */
bool scene_has_lines(struct scene *s, int count);
/* A name never reached the terminal as it is. */
void scene_shows_nothing_of(struct scene *s, const struct hostile_name *n);

/* What mallory sends of a file; ana has accepted it, or does just now. */
void scene_is_accepted(struct scene *s, uint32_t id, struct frame *answer);
void scene_sends(struct scene *s, uint32_t id, const void *bytes, size_t len);
/* One DATA, with credit or without. */
void scene_says_data(struct scene *s, uint32_t id, uint64_t offset,
    const void *bytes, size_t len);
/* With the hash of these. */
void scene_says_done(
    struct scene *s, uint32_t id, const void *bytes, size_t len);
/* RESULT has come, and all is well. */
bool scene_arrives(struct scene *s, uint32_t id);

/* One entry more, whatever it says. */
void list_put(struct buf *list, uint8_t kind, uint64_t size, const char *path,
    size_t len);
void list_put_entry(struct buf *list, const struct entry *entry);
void hash_of(const void *bytes, size_t len, uint8_t out[WIRE_HASH_LEN]);

/* The records of a tree, and the hashes of its files. */
struct stream {
	struct buf bytes, hashes;
};
void stream_init(struct stream *st);
void stream_release(struct stream *st);
/* A whole file; the next three are its parts. */
void stream_file(struct stream *st, const void *bytes, size_t len);
void stream_begin(struct stream *st, uint64_t from);
void stream_chunk(struct stream *st, const void *bytes, size_t len);
/* With the hash of these. */
void stream_end(struct stream *st, const void *bytes, size_t len);
void stream_same(struct stream *st, const void *bytes, size_t len);
/* The claims of a tree that was accepted: so many. */
size_t scene_hears_claims(struct scene *s, uint32_t id, uint32_t entries);
/* All of it, behind a list of offset bytes, and DONE. */
void scene_sends_stream(
    struct scene *s, uint32_t id, uint64_t offset, const struct stream *st);

/*
 * Every name below root with its kind, inode, mode, size, time and content
 * (links, pipes and the like: what lstat says); HOME/data is left out. loose:
 * times of folders do not count. The caller frees.
 */
char *picture_of(const char *root, bool loose);
/* Prints what differs, frees both. */
bool pictures_equal(char *before, char *after);
/* Nothing called like a part file is in folder. */
bool no_parts(const char *folder);

#endif
