/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/growing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

static void
take_claims(struct growing *g, const struct frame_claims *claims)
{
	struct wire_claim c;

	assert_true(claims->upto > g->upto || claims->count > 0 ||
		    claims->upto == filelist_count(g->list));
	assert_true(claims->upto <= filelist_count(g->list));
	assert_true(claims->count <= WIRE_CLAIMS_MAX);
	for (size_t i = 0; i < claims->count; i++) {
		wire_claim_get(claims->bytes + i * WIRE_CLAIM_LEN, &c);
		assert_true(c.entry >= g->upto && c.entry < claims->upto);
		assert_false(g->entries[c.entry].claimed);
		g->entries[c.entry].claimed = true;
		g->entries[c.entry].offset = c.offset;
		memcpy(g->entries[c.entry].hash, c.hash, WIRE_HASH_LEN);
	}
	g->claims += claims->count;
	g->claimings++;
	g->upto = claims->upto;
}

static void
take_progress(struct growing *g, const struct tree_progress *p)
{
	assert_true(p->entry >= g->progress.entry);
	assert_true(p->files >= g->progress.files);
	assert_true(p->bytes >= g->progress.bytes);
	assert_true(p->skipped <= p->bytes);
	assert_true(p->bytes <= filelist_size(g->list));
	g->progress = *p;
}

static void
on_event(void *arg, const struct incoming_event *event)
{
	struct growing *g = arg;

	assert_int_equal(g->stored + g->failed, 0);
	switch (event->type) {
	case INCOMING_READY:
		fail_msg("a tree is never ready");
		break;
	case INCOMING_CLAIMS:
		take_claims(g, event->claims);
		break;
	case INCOMING_DRAINED:
		assert_false(g->is_stuck);
		g->drained += event->len;
		take_progress(g, &event->progress);
		break;
	case INCOMING_STORED:
		assert_false(g->is_stuck);
		g->stored++;
		g->path = str_dup(event->path);
		g->counts = event->counts;
		g->unnamed = str_dup(event->counts.first_unnamed);
		take_progress(g, &event->progress);
		break;
	case INCOMING_STUCK:
		g->stuck++;
		g->is_stuck = true;
		g->missing = event->missing;
		g->why = event->why;
		g->reason = *event->reason;
		break;
	case INCOMING_UNSTUCK:
		assert_true(g->is_stuck);
		g->unstuck++;
		g->is_stuck = false;
		break;
	case INCOMING_FAILED:
		g->failed++;
		g->why = event->why;
		g->reason = *event->reason;
		break;
	}
}

void
growing_begin(struct growing *g)
{
	const struct worker_config config = {.name = "disk"};

	*g = (struct growing){0};
	g->folder = scratch_new();
	g->in = scratch_path(g->folder, "in");
	g->disk = worker_new(&config);
	g->hashes = XXH3_createState();
	XXH3_128bits_reset(g->hashes);
	growing_new_list(g);
}

static void
free_list(struct growing *g)
{
	filelist_unref(g->list);
	free(g->entries);
	g->list = NULL;
	g->entries = NULL;
}

void
growing_new_list(struct growing *g)
{
	free_list(g);
	g->list = filelist_new();
}

/* Nothing was told yet, and nothing sent. */
static void
start_over(struct growing *g)
{
	const struct growing next = {.folder = g->folder,
	    .in = g->in,
	    .disk = g->disk,
	    .as = g->as,
	    .keep_mode = g->keep_mode,
	    .list = g->list,
	    .entries = g->entries,
	    .hashes = g->hashes};
	char part[INCOMING_PART_MAX];

	memcpy(part, g->part, sizeof(part));
	free(g->stream);
	free(g->unnamed);
	free(g->path);
	*g = next;
	memcpy(g->part, part, sizeof(part));
	XXH3_128bits_reset(g->hashes);
	for (size_t i = 0; i < filelist_count(g->list); i++)
		g->entries[i].claimed = false;
}

static void
let_go(struct growing *g, bool keep)
{
	incoming_free(g->incoming, keep);
	scratch_settle(g->disk);
	start_over(g);
}

void
growing_forget(struct growing *g)
{
	let_go(g, false);
}

void
growing_keep(struct growing *g)
{
	let_go(g, true);
}

void
growing_end(struct growing *g)
{
	growing_forget(g);
	free_list(g);
	worker_free(g->disk);
	XXH3_freeState(g->hashes);
	free(g->as);
	free(g->in);
	scratch_free(g->folder);
}

void
growing_entry(struct growing *g, const struct entry *e, const void *data)
{
	const size_t at = filelist_count(g->list);

	assert_int_equal(filelist_add(g->list, e), 0);
	/* It doubles. */
	if ((at & (at - 1)) == 0)
		g->entries = mem_realloc(
		    g->entries, (at == 0 ? 1 : 2 * at) * sizeof(*g->entries));
	g->entries[at] = (struct grown){.data = data};
}

static void
add(struct growing *g, const char *path, const void *data, size_t len,
    uint16_t mode)
{
	const size_t path_len = strlen(path);
	struct entry e = {
	    .kind = ENTRY_FILE,
	    .mode = mode,
	    .size = len,
	    .mtime_ns = GROWING_MTIME_S * 1000 * 1000 * 1000 + GROWING_MTIME_NS,
	    .path = path,
	    .path_len = path_len,
	};

	if (path[path_len - 1] == '/')
		e.kind = ENTRY_FOLDER;
	if (path[path_len - 1] == '@')
		e.kind = ENTRY_LINK;
	if (e.kind != ENTRY_FILE)
		e.path_len--;
	growing_entry(g, &e, data);
}

void
growing_add(struct growing *g, const char *path, const void *data, size_t len)
{
	const bool folder = path[strlen(path) - 1] == '/';

	add(g, path, data, len, folder ? 0755 : 0644);
}

void
growing_text(struct growing *g, const char *path, const char *text)
{
	growing_add(g, path, text, strlen(text));
}

void
growing_mode(struct growing *g, const char *path, uint16_t mode)
{
	add(g, path, "", 0, mode);
}

void
growing_open(struct growing *g, bool resume)
{
	const struct incoming_config config = {
	    .disk = g->disk,
	    .folder = g->in,
	    .name = g->as,
	    .part = g->part,
	    .resume = resume,
	    .keep_mode = g->keep_mode,
	    .list = g->list,
	    .on_event = on_event,
	    .arg = g,
	};

	if (!resume)
		incoming_part_name(g->part);
	g->incoming = incoming_new(&config);
}

/* Room for len bytes more at the end of stream. */
static uint8_t *
stream_end(struct growing *g, size_t len)
{
	if (g->stream_room - g->stream_len < len) {
		g->stream_room = 2 * (g->stream_room + len);
		g->stream = mem_realloc(g->stream, g->stream_room);
	}
	return g->stream + g->stream_len;
}

static void
digest(const void *data, size_t len, uint8_t hash[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(data, len));
	memcpy(hash, canonical.digest, WIRE_HASH_LEN);
}

static void
make_file(struct growing *g, const struct grown *file, uint64_t from,
    const struct entry *e, const uint8_t hash[WIRE_HASH_LEN])
{
	g->stream_len += record_put_file(stream_end(g, RECORD_FILE_LEN), from);
	g->sent += e->size - from;
	while (from < e->size) {
		size_t len = (size_t)(e->size - from);

		len = len < RECORD_CHUNK_MAX ? len : (size_t)RECORD_CHUNK_MAX;
		g->stream_len +=
		    record_put_chunk(stream_end(g, RECORD_CHUNK_LEN), len);
		memcpy(stream_end(g, len), file->data + from, len);
		g->stream_len += len;
		from += len;
	}
	g->stream_len += record_put_end(stream_end(g, RECORD_END_LEN), hash);
}

static void
make_record(struct growing *g, const struct grown *file, const struct entry *e)
{
	uint8_t hash[WIRE_HASH_LEN] = {0};
	uint64_t from = 0;

	if (file->gone != WHY_NONE) {
		g->stream_len += record_put_left_out(
		    stream_end(g, RECORD_LEFT_OUT_LEN), file->gone);
		XXH3_128bits_update(g->hashes, hash, WIRE_HASH_LEN);
		return;
	}
	if (file->claimed) {
		assert_true(file->offset <= e->size);
		assert_true(file->offset > 0 || e->size == 0);
		digest(file->data, (size_t)file->offset, hash);
		if (memcmp(hash, file->hash, WIRE_HASH_LEN) == 0)
			from = file->offset;
	}
	digest(file->data, (size_t)e->size, hash);
	if (file->claimed && from == e->size) {
		g->stream_len +=
		    record_put_same(stream_end(g, RECORD_SAME_LEN));
		g->same++;
	} else {
		make_file(g, file, from, e, hash);
	}
	XXH3_128bits_update(g->hashes, hash, WIRE_HASH_LEN);
}

void
growing_make(struct growing *g)
{
	struct entry e;

	for (; g->next < g->upto; g->next++) {
		filelist_entry(g->list, g->next, &e);
		if (e.kind == ENTRY_FILE)
			make_record(g, &g->entries[g->next], &e);
	}
}

void
growing_hand(struct growing *g, size_t len)
{
	uint8_t *bytes = g->stream;
	size_t left;

	assert_true(len <= g->stream_len);
	left = g->stream_len - len;
	for (size_t at = 0; at < len;) {
		const size_t n =
		    len - at < WIRE_DATA_MAX ? len - at : (size_t)WIRE_DATA_MAX;

		incoming_write(g->incoming, bytes + at, n);
		at += n;
	}
	g->handed += len;
	memmove(bytes, bytes + len, left);
	g->stream_len = left;
}

void
growing_send(struct growing *g)
{
	do {
		growing_make(g);
		if (g->stream_len > 0)
			growing_hand(g, g->stream_len);
		scratch_settle(g->disk);
	} while (g->next < g->upto && g->failed + g->is_stuck == 0);
}

void
growing_tell_hash(struct growing *g)
{
	XXH128_canonical_t hash;

	XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(g->hashes));
	incoming_finish(g->incoming, hash.digest);
}

void
growing_finish(struct growing *g)
{
	growing_tell_hash(g);
	scratch_settle(g->disk);
}

void
growing_whole(struct growing *g)
{
	growing_open(g, false);
	scratch_settle(g->disk);
	growing_send(g);
	growing_finish(g);
}

void
growing_whole_well(struct growing *g)
{
	growing_whole(g);
	growing_check(g);
}

void
growing_retry(struct growing *g)
{
	incoming_retry(g->incoming);
	scratch_settle(g->disk);
}

char *
growing_path(const struct growing *g, const char *path)
{
	return scratch_path(g->in, path);
}

static void
check_entry(struct growing *g, const struct entry *e, const struct grown *file)
{
	char *name = str_ndup(e->path, e->path_len);
	char *path = growing_path(g, name);
	struct stat st;
	size_t len;
	char *got;

	if (e->kind == ENTRY_FOLDER) {
		assert_int_equal(lstat(path, &st), 0);
		assert_true(S_ISDIR(st.st_mode));
	} else if (e->kind == ENTRY_FILE && file->gone == WHY_NONE) {
		got = scratch_read(path, &len);
		assert_non_null(got);
		assert_int_equal(len, e->size);
		assert_memory_equal(got, file->data, len);
		free(got);
	} else {
		assert_int_equal(lstat(path, &st), -1);
	}
	free(path);
	free(name);
}

void
growing_check(struct growing *g)
{
	struct entry e;

	if (g->failed + g->is_stuck > 0)
		fail_msg("%s", g->reason.text);
	assert_int_equal(g->stored, 1);
	assert_int_equal(g->drained, g->handed);
	assert_int_equal(g->progress.files, filelist_files(g->list));
	assert_int_equal(g->progress.bytes, filelist_size(g->list));
	assert_int_equal(g->progress.entry, filelist_count(g->list));
	for (size_t i = 0; i < filelist_count(g->list); i++) {
		filelist_entry(g->list, i, &e);
		check_entry(g, &e, &g->entries[i]);
	}
}

void
growing_check_text(struct growing *g, const char *path, const char *text)
{
	char *whole = growing_path(g, path);
	size_t len;
	char *got = scratch_read(whole, &len);

	if (got == NULL)
		fail_msg("no %s", whole);
	assert_string_equal(got, text);
	free(got);
	free(whole);
}

void
growing_check_failed(
    const struct growing *g, enum wire_why why, const char *word)
{
	assert_int_equal(g->stored, 0);
	assert_int_equal(g->failed, 1);
	assert_int_equal(g->why, why);
	if (strstr(g->reason.text, word) == NULL)
		fail_msg("no '%s' in: %s", word, g->reason.text);
}

void
growing_check_stuck(
    const struct growing *g, size_t count, enum wire_why why, const char *word)
{
	assert_int_equal(g->stored + g->failed, 0);
	assert_true(g->is_stuck);
	assert_int_equal(g->stuck, count);
	assert_int_equal(g->why, why);
	if (strstr(g->reason.text, word) == NULL)
		fail_msg("no '%s' in: %s", word, g->reason.text);
}
