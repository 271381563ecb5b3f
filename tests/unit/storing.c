/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/storing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

enum { PATIENCE_MS = 60 * 1000, KIND_TEXT = 1 };

static void
on_opened(
    void *arg, const struct store_memory *memory, const struct reason *why)
{
	struct opened *o = arg;

	o->count++;
	o->memory = memory;
	if (memory == NULL)
		o->why = *why;
	else
		assert_null(why);
}

static void
on_failure(void *arg, bool ok, const struct reason *why)
{
	struct opened *o = arg;

	assert_false(ok);
	o->failures++;
	o->failure = *why;
}

void
storing_wait(struct store *s, const size_t *count, size_t want)
{
	struct pollfd p = {.fd = store_fd(s), .events = POLLIN};

	while (*count < want) {
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		store_dispatch(s);
	}
}

char *
storing_peers_path(const char *folder)
{
	return scratch_path(folder, "peers.db");
}

char *
storing_history_path(const char *folder)
{
	return scratch_path(folder, "history.db");
}

static void
open_store(struct opened *o, const char *folder, bool incognito)
{
	char *peers = folder != NULL ? storing_peers_path(folder) : NULL;
	char *history = folder != NULL ? storing_history_path(folder) : NULL;
	const struct store_config config = {
	    .peers_path = peers,
	    .history_path = history,
	    .incognito = incognito,
	    .opened = on_opened,
	    .arg = o,
	};

	*o = (struct opened){0};
	o->store = store_open(&config);
	/* The paths were copied. */
	free(peers);
	free(history);
	store_on_failure(o->store, on_failure, o);
	/* Nothing is told before the loop turns. */
	assert_int_equal(o->count, 0);
	storing_wait(o->store, &o->count, 1);
}

void
storing_open(struct opened *o, const char *folder)
{
	open_store(o, folder, false);
}

void
storing_open_incognito(struct opened *o, const char *folder)
{
	open_store(o, folder, true);
}

void
storing_key(uint8_t key[STORE_KEY_LEN], uint8_t who)
{
	memset(key, who, STORE_KEY_LEN);
}

const struct peer *
storing_peer(const struct opened *o, uint8_t who)
{
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	for (size_t i = 0; i < o->memory->peer_count; i++) {
		if (memcmp(o->memory->peers[i].key, key, sizeof(key)) == 0)
			return &o->memory->peers[i];
	}
	return NULL;
}

struct store_line
storing_line(
    uint8_t who, bool own, uint64_t epoch, uint64_t seq, const char *text)
{
	struct store_line line = {
	    .own = own,
	    .epoch = epoch,
	    .seq = seq,
	    .kind = seq != 0 ? KIND_TEXT : STORE_NOTE,
	    .time_ms = (int64_t)(seq % 1000),
	    .text = text,
	    .text_len = strlen(text),
	};

	storing_key(line.key, who);
	return line;
}

struct ticket {
	struct dones *dones;
	size_t index;
};

static void
on_put(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	struct ticket *t = arg;

	t->dones->numbers[t->dones->count] = number;
	t->dones->order[t->dones->count++] = t->index;
	if (ok) {
		assert_null(why);
	} else {
		assert_int_equal(number, 0);
		t->dones->bad++;
		t->dones->why = *why;
	}
	free(t);
}

void
storing_put(struct store *s, struct dones *dones, size_t index,
    const struct store_line *line, bool keep)
{
	struct ticket *t = mem_alloc(sizeof(*t));

	*t = (struct ticket){dones, index};
	store_put_line(s, line, keep, on_put, t);
}

static uint64_t
put_now(struct store *s, const struct store_line *line, bool keep)
{
	struct dones dones = {0};

	storing_put(s, &dones, 0, line, keep);
	storing_wait(s, &dones.count, 1);
	if (dones.bad > 0)
		fail_msg("not kept: %s", dones.why.text);
	return dones.numbers[0];
}

uint64_t
storing_keep(struct store *s, const struct store_line *line)
{
	return put_now(s, line, true);
}

void
storing_pass(struct store *s, const struct store_line *line)
{
	assert_int_equal(put_now(s, line, false), 0);
}

static void
on_line(void *arg, const struct store_line *line)
{
	struct lines *l = arg;
	struct storing_line *copy = &l->list[l->count++];
	size_t len = line->text_len;

	assert_int_equal(l->ends, 0);
	assert_true(l->count <= STORING_MAX);
	copy->line = *line;
	copy->line.text = NULL;
	if (len > STORING_TEXT_MAX - 1)
		len = STORING_TEXT_MAX - 1;
	memcpy(copy->text, line->text, len);
}

static void
on_end(void *arg, bool ok)
{
	struct lines *l = arg;

	l->ends++;
	l->ok = ok;
}

static void
on_met(void *arg, const struct store_met *met)
{
	struct lines *l = arg;

	if (met != NULL)
		l->met = *met;
	on_end(arg, met != NULL);
}

void
storing_load(struct store *s, uint8_t who, uint64_t from, uint64_t upto,
    struct lines *lines)
{
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	memset(lines, 0, sizeof(*lines));
	store_load_lines(s, key, from, upto, on_line, on_end, lines);
	storing_wait(s, &lines->ends, 1);
}

void
storing_load_waiting(struct store *s, uint8_t who, struct lines *lines)
{
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	memset(lines, 0, sizeof(*lines));
	store_load_waiting(s, key, on_line, on_end, lines);
	storing_wait(s, &lines->ends, 1);
	for (size_t i = 0; i < lines->count; i++) {
		assert_true(lines->list[i].line.own);
		assert_false(lines->list[i].line.stored);
	}
}

enum store_meeting
storing_meet(struct store *s, uint8_t who, uint64_t epoch, uint64_t seq,
    struct lines *lines)
{
	const struct stream theirs = {epoch, seq};
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	memset(lines, 0, sizeof(*lines));
	store_meet(s, key, &theirs, on_line, on_met, lines);
	storing_wait(s, &lines->ends, 1);
	assert_true(lines->ok);
	return lines->met.meeting;
}

void
storing_mark(struct store *s, uint8_t who, uint64_t epoch, uint64_t seq)
{
	const struct stream upto = {epoch, seq};
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	store_mark_stored(s, key, &upto, true);
}

struct found {
	uint64_t *numbers;
	size_t count, ends;
};

static void
on_found(void *arg, const uint64_t *numbers, size_t count)
{
	struct found *f = arg;

	f->ends++;
	f->count = count;
	assert_non_null(numbers);
	assert_true(count <= STORE_FOUND_MAX);
	memcpy(f->numbers, numbers, count * sizeof(*numbers));
}

size_t
storing_search(
    struct store *s, uint8_t who, const char *words, uint64_t *numbers)
{
	struct found f = {.numbers = numbers};
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	store_search(s, key, words, on_found, &f);
	storing_wait(s, &f.ends, 1);
	return f.count;
}

static void
on_done(void *arg, bool ok, const struct reason *why)
{
	struct dones *dones = arg;

	dones->count++;
	assert_int_equal(ok, why == NULL);
	if (!ok)
		dones->bad++;
}

bool
storing_take_back(struct store *s, uint8_t who, uint64_t epoch, uint64_t seq)
{
	const struct stream message = {epoch, seq};
	struct dones dones = {0};
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	store_take_back(s, key, &message, on_done, &dones);
	storing_wait(s, &dones.count, 1);
	return dones.bad == 0;
}

void
storing_run(const char *path, const char *sql)
{
	char *error = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int64_t
storing_ask(const char *path, const char *sql)
{
	sqlite3_stmt *query;
	sqlite3 *db;
	int64_t answer;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	answer = sqlite3_column_int64(query, 0);
	sqlite3_finalize(query);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return answer;
}

char *
storing_columns(const char *path, const char *table)
{
	static const char sql[] =
	    "SELECT group_concat(name || ' ' || type || ' ' || \"notnull\""
	    " || ' ' || quote(dflt_value) || ' ' || pk, char(10))"
	    " FROM pragma_table_info(?1)";
	sqlite3_stmt *query;
	sqlite3 *db;
	char *answer;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
	sqlite3_bind_text(query, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	answer = str_dup((const char *)sqlite3_column_text(query, 0));
	assert_non_null(answer);
	sqlite3_finalize(query);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return answer;
}

static void
check_string(const char *got, const char *want)
{
	if (want == NULL)
		assert_null(got);
	else
		assert_string_equal(got, want);
}

void
storing_same_transfer(
    const struct store_transfer *got, const struct store_transfer *want)
{
	assert_memory_equal(got->key, want->key, STORE_KEY_LEN);
	assert_int_equal(got->outgoing, want->outgoing);
	assert_int_equal(got->token, want->token);
	assert_int_equal(got->state, want->state);
	check_string(got->name, want->name);
	check_string(got->folder, want->folder);
	check_string(got->part, want->part);
	assert_int_equal(got->path_count, want->path_count);
	for (size_t i = 0; i < want->path_count; i++)
		check_string(got->paths[i], want->paths[i]);
	assert_int_equal(got->entries, want->entries);
	assert_memory_equal(got->list_hash, want->list_hash, STORE_HASH_LEN);
	check_string(got->as, want->as);
	assert_true(got->size == want->size);
	assert_int_equal(got->mtime_ns, want->mtime_ns);
	assert_int_equal(got->mode, want->mode);
	assert_int_equal(got->time_ms, want->time_ms);
}

struct snapshot
storing_snapshot(char *path)
{
	struct snapshot s = {.path = path};

	s.there = lstat(path, &s.st) == 0;
	if (s.there && S_ISREG(s.st.st_mode))
		s.data = scratch_read(path, &s.len);
	return s;
}

void
storing_unchanged(struct snapshot *before)
{
	struct snapshot now = storing_snapshot(before->path);

	assert_int_equal(now.there, before->there);
	assert_int_equal(now.data == NULL, before->data == NULL);
	assert_int_equal(now.len, before->len);
	if (before->data != NULL) {
		assert_memory_equal(now.data, before->data, now.len);
		assert_int_equal(now.st.st_mode, before->st.st_mode);
		assert_int_equal(
		    now.st.st_mtim.tv_sec, before->st.st_mtim.tv_sec);
		assert_int_equal(
		    now.st.st_mtim.tv_nsec, before->st.st_mtim.tv_nsec);
	}
	free(now.data);
	free(before->data);
	free(before->path);
}
