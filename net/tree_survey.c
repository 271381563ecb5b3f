/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is here of a tree before its records come: files that were gathered
 * another time, and files of the same size in the places where ours belong. A
 * name proves nothing: each is looked at before it is opened and again when it
 * is open, and the hash tells the rest. It runs ahead of the stream, so that
 * the other side never waits for all of it, but not without bounds.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/tree_internal.h"
#include "src/base/util.h"

enum {
	/* What is done at once, so that others get a turn: as bytes hashed. */
	SURVEY_SLICE = 8 * 1024 * 1024,
	SURVEY_LOOK = 16 * 1024, /* so many are like one look at a name, */
	SURVEY_PASS = 128,       /* and like passing an entry by */
	SURVEY_READ = 1024 * 1024,
	SURVEY_CHOICES = 20, /* names a file may have got meanwhile */
};

static void
close_file(struct tree_survey_state *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	XXH3_freeState(s->claim.state);
	s->claim.state = NULL;
}

/* What is there of the file the survey is on is known: all of it is told. */
static void
claim_file(struct tree_in *t)
{
	struct tree_survey_state *s = &t->survey;
	struct wire_claim claim = {
	    .entry = (uint32_t)s->at, .offset = s->claim.size};

	part_digest(s->claim.state, s->claim.hash);
	memcpy(claim.hash, s->claim.hash, WIRE_HASH_LEN);
	wire_claim_put(s->bytes + s->frame.count * WIRE_CLAIM_LEN, &claim);
	s->frame.count++;
	t->need -= s->claim.size;
	if (!s->claim.staged) {
		XXH3_freeState(s->claim.state);
		s->claim.state = NULL;
	}
	tree_claims_add(&t->claims, &s->claim);
	s->claim.state = NULL;
	close_file(s);
	s->at++;
}

/* Was it like this all the time? What is staged is only ours to change. */
static bool
is_as_seen(const struct tree_survey_state *s)
{
	struct stat st;

	return s->claim.staged ||
	       (fstat(s->fd, &st) == 0 && tree_seen(&st) == s->claim.seen);
}

static void
give_up_file(struct tree_in *t)
{
	struct tree_survey_state *s = &t->survey;
	char name[TREE_STAGED_MAX];
	struct entry e;

	if (s->claim.staged) {
		filelist_entry(t->list, s->at, &e);
		tree_stage_name(&e, name);
		unlinkat(t->stage_fd, name, 0);
	}
	close_file(s);
	s->at++;
}

/* Some of the file that is open; the bytes that were read. */
static uint64_t
hash_some(struct tree_in *t)
{
	struct tree_survey_state *s = &t->survey;
	const uint64_t left = s->claim.size - s->read;
	const size_t len = left < SURVEY_READ ? (size_t)left : SURVEY_READ;
	uint8_t *bytes = mem_alloc(len + 1);
	ssize_t n = len > 0 ? fsys_read_at(s->fd, bytes, len, s->read) : 0;

	if (n > 0) {
		XXH3_128bits_update(s->claim.state, bytes, (size_t)n);
		s->read += (uint64_t)n;
	}
	free(bytes);
	if (s->read == s->claim.size && is_as_seen(s))
		claim_file(t);
	else if (n <= 0 || s->read == s->claim.size)
		give_up_file(t);
	return len;
}

/* What has been looked at is opened, if it still is that. */
static bool
open_file(struct tree_in *t, int folder_fd, const char *name,
    const struct stat *looked, bool staged)
{
	struct tree_survey_state *s = &t->survey;
	struct stat st;

	s->fd = fsys_open_beneath(
	    folder_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (s->fd < 0)
		return false;
	if (fstat(s->fd, &st) < 0 || tree_seen(&st) != tree_seen(looked)) {
		close_file(s);
		return false;
	}
	s->read = 0;
	s->claim = (struct tree_claim){
	    .entry = (uint32_t)s->at,
	    .staged = staged,
	    .size = (uint64_t)st.st_size,
	    .seen = tree_seen(&st),
	    .state = part_new_hash(),
	};
	return true;
}

/* Gathered another time, perhaps not all of it. */
static bool
find_staged(struct tree_in *t, const struct entry *e)
{
	char name[TREE_STAGED_MAX];
	struct stat st;

	tree_stage_name(e, name);
	if (fstatat(t->stage_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
	    (uint64_t)st.st_size <= e->size &&
	    (st.st_size > 0 || e->size == 0) &&
	    open_file(t, t->stage_fd, name, &st, true))
		return true;
	/* It is of no use, and in the way. */
	unlinkat(t->stage_fd, name, 0);
	return false;
}

/*
 * Which of its names has a file that is as large? What goes on may have got
 * its name already, and not the first one: then its time is the same.
 */
static bool
choose_placed(struct tree_in *t, int folder_fd, const struct entry *e,
    unsigned *choice, struct stat *st)
{
	const struct timespec mtime = part_mtime(e->mtime_ns);
	const unsigned last = t->resumed ? SURVEY_CHOICES : 0;
	char listed[FILENAME_MAX_BYTES + 1], name[FILENAME_MAX_BYTES + 1];
	struct stat now;
	bool found = false;

	tree_name(t, e, listed);
	for (unsigned i = 0; i <= last; i++) {
		filename_choice(listed, i, name);
		if (fstatat(folder_fd, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
			break;
		if (!S_ISREG(now.st_mode) || (uint64_t)now.st_size != e->size)
			continue;
		const bool same_time = part_is_about(&now.st_mtim, &mtime);

		if (i > 0 && !same_time)
			continue;
		*choice = i;
		*st = now;
		found = true;
		if (same_time)
			break;
	}
	return found;
}

static bool
find_placed(struct tree_in *t, int folder_fd, const struct entry *e)
{
	char listed[FILENAME_MAX_BYTES + 1], name[FILENAME_MAX_BYTES + 1];
	struct stat st;
	unsigned choice;

	if (!choose_placed(t, folder_fd, e, &choice, &st))
		return false;
	tree_name(t, e, listed);
	filename_choice(listed, choice, name);
	if (!open_file(t, folder_fd, name, &st, false))
		return false;
	t->survey.claim.choice = choice;
	return true;
}

static uint64_t
look_at_file(struct tree_in *t, int folder_fd, const struct entry *e)
{
	t->need += e->size;
	if ((t->fresh || !find_staged(t, e)) &&
	    (folder_fd < 0 || !find_placed(t, folder_fd, e)))
		t->survey.at++;
	return t->fresh && folder_fd < 0 ? SURVEY_PASS : SURVEY_LOOK;
}

/* Where the folder is not there, nothing in it has to be looked for. */
static uint64_t
look_at_folder(struct tree_in *t, int folder_fd, const struct entry *e)
{
	struct tree_level level = {.fd = -1};
	char name[FILENAME_MAX_BYTES + 1];

	t->survey.at++;
	if (folder_fd >= 0) {
		tree_name(t, e, name);
		level.fd = tree_open_folder(folder_fd, name);
	}
	tree_path_enter(&t->survey.path, &level);
	return folder_fd < 0 ? SURVEY_PASS : SURVEY_LOOK;
}

static uint64_t
look_at(struct tree_in *t)
{
	struct tree_path *path = &t->survey.path;
	struct entry e;

	filelist_entry(t->list, t->survey.at, &e);
	(void)tree_path_leave(path, entry_depth(&e));
	if (e.kind == ENTRY_FILE)
		return look_at_file(t, tree_path_fd(path), &e);
	if (e.kind == ENTRY_FOLDER)
		return look_at_folder(t, tree_path_fd(path), &e);
	t->survey.at++;
	return SURVEY_PASS;
}

static bool
is_ended(const struct tree_in *t)
{
	return t->survey.at == t->count;
}

static bool
waits(const struct tree_in *t)
{
	return !is_ended(t) && tree_claims_left(&t->claims) >= TREE_IN_AHEAD;
}

static void
look_on(struct tree_in *t)
{
	struct tree_survey_state *s = &t->survey;
	uint64_t done = 0;

	while (!is_ended(t) && !waits(t) && done < SURVEY_SLICE &&
	       s->frame.count < WIRE_CLAIMS_MAX)
		done += s->fd >= 0 ? hash_some(t) : look_at(t);
}

/*
 * Nothing is told while nothing was found and it is not much to wait for: so
 * where nothing is there, one frame says so for all.
 */
static bool
is_worth_telling(const struct tree_in *t)
{
	const struct tree_survey_state *s = &t->survey;

	return s->frame.count > 0 ||
	       (s->at > s->told && (is_ended(t) || waits(t) || s->fd >= 0));
}

int
tree_in_survey(struct tree_in *t, enum tree_survey *state, struct fault *f)
{
	struct tree_survey_state *s = &t->survey;

	*state = SURVEY_ENDED;
	if (s->out)
		s->frame.count = 0;
	s->out = false;
	if (t->stage_fd < 0)
		return 0;
	look_on(t);
	/* Better to say it now than after an hour of writing. */
	if (is_ended(t) && !s->has_room) {
		tree_path_release(&s->path);
		if (tree_in_check_room(t, f) < 0)
			return ERR_IO;
		s->has_room = true;
	}
	if (!is_ended(t))
		*state = waits(t) ? SURVEY_WAITS : SURVEY_GOES_ON;
	if (is_worth_telling(t)) {
		s->out = true;
		s->told = s->at;
		s->frame.upto = (uint32_t)s->at;
		s->frame.bytes = s->bytes;
	}
	return 0;
}

const struct frame_claims *
tree_in_claims(const struct tree_in *t)
{
	return t->survey.out ? &t->survey.frame : NULL;
}
