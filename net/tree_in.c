/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/tree_in.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/tree_internal.h"
#include "src/base/util.h"

size_t
tree_next_file(const struct tree_in *t, size_t at)
{
	struct entry e;

	for (; at < t->count; at++) {
		filelist_entry(t->list, at, &e);
		if (e.kind == ENTRY_FILE)
			break;
	}
	return at;
}

struct tree_in *
tree_in_new(
    const struct part_plan *plan, struct filelist *list, const char *root)
{
	struct tree_in *t = mem_zalloc(sizeof(*t));

	t->plan = plan;
	t->list = filelist_ref(list);
	t->root = str_dup(root);
	t->count = filelist_count(list);
	t->fates = mem_zalloc(t->count + 1);
	t->folder_fd = t->stage_fd = -1;
	t->survey.fd = t->writing.fd = -1;
	tree_path_init(&t->survey.path, -1);
	tree_path_init(&t->placing.path, -1);
	record_reader_init(&t->writing.reader);
	t->writing.all = part_new_hash();
	t->writing.at = tree_next_file(t, 0);
	t->progress.entry = (uint32_t)t->writing.at;
	return t;
}

void
tree_in_free(struct tree_in *t)
{
	if (t == NULL)
		return;
	tree_claims_release(&t->claims);
	XXH3_freeState(t->survey.claim.state);
	XXH3_freeState(t->writing.hash);
	XXH3_freeState(t->writing.all);
	filelist_unref(t->list);
	free(t->root);
	free(t->fates);
	free(t->same);
	free(t->first_unnamed);
	free(t->path);
	free(t);
}

static void
close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
tree_in_release(struct tree_in *t)
{
	close_one(&t->survey.fd);
	close_one(&t->writing.fd);
	tree_path_release(&t->survey.path);
	tree_path_release(&t->placing.path);
	close_one(&t->stage_fd);
	close_one(&t->folder_fd);
}

void
tree_in_remove(struct tree_in *t)
{
	if (t->stage_fd >= 0)
		tree_stage_remove(t);
	tree_in_release(t);
}

int
tree_in_open(struct tree_in *t, bool resume, struct fault *f)
{
	t->mask = fsys_umask();
	if (part_open_folder(t->plan, &t->folder_fd, f) < 0 ||
	    tree_stage_open(t, resume, f) < 0)
		return ERR_IO;
	tree_path_init(&t->survey.path, t->folder_fd);
	tree_path_init(&t->placing.path, t->folder_fd);
	return 0;
}

int
tree_in_check_room(const struct tree_in *t, struct fault *f)
{
	return part_room(t->plan, t->stage_fd, t->need, f);
}

const struct tree_progress *
tree_in_progress(const struct tree_in *t)
{
	return &t->progress;
}

const char *
tree_in_path(const struct tree_in *t)
{
	return t->path != NULL ? t->path : t->plan->folder;
}

const struct incoming_counts *
tree_in_counts(const struct tree_in *t)
{
	return &t->counts;
}

void
tree_name(const struct tree_in *t, const struct entry *e,
    char out[FILENAME_MAX_BYTES + 1])
{
	size_t len;
	const char *name = entry_name(e, &len);

	if (len == e->path_len && t->root != NULL) {
		name = t->root;
		len = strlen(name);
	}
	memcpy(out, name, len);
	out[len] = '\0';
}

uint64_t
tree_seen(const struct stat *st)
{
	const uint64_t what[] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino,
	    (uint64_t)st->st_size, (uint64_t)st->st_mtim.tv_sec,
	    (uint64_t)st->st_mtim.tv_nsec};

	return XXH3_64bits(what, sizeof(what));
}
