/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk side of a tree on its way in: the private folder its files are
 * gathered in, what of them is there already, the stream of records, and how
 * everything gets its name. Blocks: for a worker, a slice at a time.
 *
 * Nothing below the download folder is ever reached but by the descriptor of
 * the folder it is in, and no symbolic link there is followed.
 */
#ifndef CHARLA_NET_TREE_IN_H
#define CHARLA_NET_TREE_IN_H

#include "net/incoming.h"
#include "net/part.h"

struct tree_in;

/*
 * Claims that wait for their records. The queue of a session has room for so
 * many of all the transfers that may be open: they may come at once, over a
 * link that takes them slowly.
 */
enum { TREE_IN_AHEAD = 2048 };

/*
 * The plan is the caller's: folder, part, name (for sentences) and size (of
 * all files) count. A reference to the list is taken. root: what its only root
 * is to be called; NULL: as it is listed.
 */
struct tree_in *tree_in_new(
    const struct part_plan *plan, struct filelist *list, const char *root);
/* After one of the next two. */
void tree_in_free(struct tree_in *t);
/* Close; what is there stays. */
void tree_in_release(struct tree_in *t);
/* Close, and remove what was gathered. */
void tree_in_remove(struct tree_in *t);

/*
 * These return 0, or ERR_IO with f filled. Where f->passing is set the same
 * may be tried again, tree_in_open after tree_in_release. After another
 * failure only the functions above make sense.
 */
/* The folder to gather in: made, or with resume the one that is there. */
int tree_in_open(struct tree_in *t, bool resume, struct fault *f);

enum tree_survey { SURVEY_GOES_ON, SURVEY_WAITS, SURVEY_ENDED };
/*
 * Look at some more entries: what is here of them? At the end also whether
 * there is room for the rest. SURVEY_WAITS: when some records have come.
 */
int tree_in_survey(struct tree_in *t, enum tree_survey *state, struct fault *f);
/* What it found, until the next; NULL: nothing to tell yet. */
const struct frame_claims *tree_in_claims(const struct tree_in *t);

/*
 * The next bytes of the stream. *taken of them need not be given again, also
 * where it failed; but they have to stay where they are until it has worked.
 */
int tree_in_write(struct tree_in *t, const uint8_t *bytes, size_t len,
    size_t *taken, struct fault *f);
/* Is there room for what is still to come, as far as that is known? */
int tree_in_check_room(const struct tree_in *t, struct fault *f);
const struct tree_progress *tree_in_progress(const struct tree_in *t);

/*
 * All is here: compare, sync, give everything its name, sync. ERR_AGAIN: it
 * has done a slice of that.
 */
int tree_in_finish(
    struct tree_in *t, const uint8_t hash[WIRE_HASH_LEN], struct fault *f);
/* Then, as long as t: the path of the first root, and the counts. */
const char *tree_in_path(const struct tree_in *t);
const struct incoming_counts *tree_in_counts(const struct tree_in *t);

/* Remove what was gathered in part, where nobody is at it. */
void tree_discard(const char *folder, const char *part);

#endif
