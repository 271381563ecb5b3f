/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store as a whole: what it remembers, batches, and disks that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sqlite3.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

enum { EPOCH = 77 };

/* Everything put is found again, in another life too. */
static void
test_remembers(void **state)
{
	char *folder = scratch_new();
	struct peer ana = {
	    .name = (char *)"Ana \xf0\x9f\x90\x88 %s'\"--",
	    .accepted = true,
	    .verified = true,
	    .first_ms = 5,
	    .last_ms = 6,
	};
	const struct peer *found;
	struct opened o;
	uint8_t key[STORE_KEY_LEN];

	(void)state;
	storing_key(ana.key, 'a');
	storing_key(key, 'b');
	storing_open(&o, folder);
	assert_non_null(o.memory);
	assert_int_equal(o.memory->peer_count, 0);
	assert_int_equal(o.memory->pin_count, 0);
	store_put_peer(o.store, &ana);
	store_put_pin(o.store, "192.168.1.2", ana.key);
	store_put_pin(o.store, "desk:7000", ana.key);
	store_put_pin(o.store, "desk:7000", key);
	store_close(o.store);
	assert_int_equal(o.failures, 0);

	storing_open(&o, folder);
	assert_int_equal(o.memory->peer_count, 1);
	found = storing_peer(&o, 'a');
	assert_string_equal(found->name, ana.name);
	assert_true(found->accepted);
	assert_true(found->verified);
	assert_int_equal(found->first_ms, 5);
	assert_int_equal(found->last_ms, 6);
	assert_int_equal(found->lines + found->stream_count, 0);
	assert_int_equal(found->received.epoch + found->received.last, 0);
	assert_int_equal(o.memory->pin_count, 2);
	assert_string_equal(o.memory->pins[0].target, "192.168.1.2");
	assert_string_equal(o.memory->pins[1].target, "desk:7000");
	assert_memory_equal(o.memory->pins[1].key, key, STORE_KEY_LEN);

	/* The newest word about a peer stands; no name is a name. */
	ana.name = NULL;
	ana.accepted = false;
	ana.verified = false;
	ana.last_ms = 7;
	store_put_peer(o.store, &ana);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(o.memory->peer_count, 1);
	found = storing_peer(&o, 'a');
	assert_string_equal(found->name, "");
	assert_false(found->accepted);
	assert_false(found->verified);
	assert_int_equal(found->last_ms, 7);
	store_close(o.store);
	scratch_free(folder);
}

/* How far each run of theirs has come, and which was the last. */
static void
test_streams(void **state)
{
	static const struct {
		uint64_t epoch, seq;
		bool keep;
	} steps[] = {
	    {11, 1, true}, {11, 2, true}, {INT64_MAX, 5, true}, {22, 1, false},
	    {11, 4, true}, {11, 2, true}, /* again: it does not count */
	};
	static const struct stream after[] = {{11, 4}, {INT64_MAX, 5}, {22, 1}};
	char *folder = scratch_new();
	const struct peer *peer;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (size_t i = 0; i < COUNT(steps); i++) {
		const struct store_line line =
		    storing_line('a', false, steps[i].epoch, steps[i].seq, "x");

		if (steps[i].keep)
			storing_keep(o.store, &line);
		else
			storing_pass(o.store, &line);
	}
	/* Own ones are no news to us. */
	{
		const struct store_line own =
		    storing_line('a', true, EPOCH, 3, "own");

		storing_keep(o.store, &own);
	}
	store_close(o.store);

	/* Whoever has a talk is there, be they in the list or not. */
	storing_open(&o, folder);
	peer = storing_peer(&o, 'a');
	assert_non_null(peer);
	assert_string_equal(peer->name, "");
	assert_false(peer->accepted);
	assert_false(peer->verified);
	assert_int_equal(peer->lines, 5);
	assert_int_equal(peer->stream_count, COUNT(after));
	for (size_t i = 0; i < COUNT(after); i++) {
		assert_int_equal(peer->streams[i].epoch, after[i].epoch);
		assert_int_equal(peer->streams[i].last, after[i].last);
	}
	assert_int_equal(peer->received.epoch, 11);
	assert_int_equal(peer->received.last, 4);
	store_close(o.store);
	scratch_free(folder);
}

/* The epoch is of the run, and never one that was before. */
static void
test_epoch(void **state)
{
	char *folder = scratch_new();
	uint64_t before = 0;
	struct opened o;

	(void)state;
	for (int i = 0; i < 3; i++) {
		storing_open(&o, folder);
		assert_true(o.memory->epoch != 0);
		assert_true(o.memory->epoch <= INT64_MAX);
		assert_true(o.memory->epoch != before);
		before = o.memory->epoch;
		store_close(o.store);
	}
	scratch_free(folder);
}

/* However they were grouped, they end in the order they were put. */
static void
test_order(void **state)
{
	char *folder = scratch_new();
	struct dones dones = {0};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (size_t i = 0; i < STORING_MAX; i++) {
		const struct store_line line =
		    storing_line('a', true, EPOCH, i + 1, "one of many");

		storing_put(o.store, &dones, i, &line, true);
	}
	store_close(o.store);
	assert_int_equal(dones.count, STORING_MAX);
	assert_int_equal(dones.bad, 0);
	for (size_t i = 0; i < STORING_MAX; i++) {
		assert_int_equal(dones.order[i], i);
		assert_int_equal(dones.numbers[i], i + 1);
	}

	storing_open(&o, folder);
	assert_int_equal(storing_peer(&o, 'a')->lines, STORING_MAX);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, STORING_MAX);
	store_close(o.store);
	scratch_free(folder);
}

static void
count_put(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	size_t *count = arg;

	(void)why;
	assert_true(ok);
	assert_int_equal(number, ++*count);
}

/* As many as an evening brings, queued at once, two people by turns. */
static void
test_many(void **state)
{
	enum { MANY = 10000 };
	char *folder = scratch_new();
	size_t counts[2] = {0};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (size_t i = 0; i < MANY; i++) {
		const struct store_line line = storing_line(
		    i % 2 == 0 ? 'a' : 'b', i % 3 == 0, EPOCH, i + 1, "word");

		store_put_line(o.store, &line, true, count_put, &counts[i % 2]);
	}
	storing_wait(o.store, &counts[0], MANY / 2);
	storing_wait(o.store, &counts[1], MANY / 2);
	storing_load(o.store, 'b', MANY / 2 - 1, UINT64_MAX, &lines);
	assert_int_equal(lines.count, 2);
	assert_int_equal(lines.list[1].line.seq, MANY);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(storing_peer(&o, 'a')->lines, MANY / 2);
	store_close(o.store);
	scratch_free(folder);
}

/* A disk that takes no more: told for each, and nothing half is kept. */
static void
test_disk_fails(void **state)
{
	char *folder = scratch_new(), *path = storing_history_path(folder);
	char *text = mem_zalloc(64 * 1024 + 1);
	struct rlimit before, limit;
	struct store_line line;
	struct dones dones = {0};
	struct lines lines;
	struct opened o;
	const struct peer nobody = {0};
	size_t safe;

	(void)state;
	memset(text, 'x', 64 * 1024);
	storing_open(&o, folder);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1024 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (size_t i = 0; i < 40; i++) {
		line = storing_line('a', true, EPOCH, i + 1, text);
		storing_put(o.store, &dones, i, &line, true);
	}
	storing_wait(o.store, &dones.count, 40);
	/* The other file has room: it is its own. */
	store_put_peer(o.store, &nobody);
	for (size_t i = 40; i < 80; i++) {
		line = storing_line('a', true, EPOCH, i + 1, text);
		storing_put(o.store, &dones, i, &line, true);
	}
	storing_wait(o.store, &dones.count, 80);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(dones.bad > 0);
	assert_int_equal(o.failures, 0);
	assert_non_null(strstr(dones.why.text, path));
	assert_non_null(strstr(dones.why.text, "charla --incognito"));
	safe = 80 - dones.bad;
	for (size_t i = 0; i < 80; i++)
		assert_int_equal(dones.order[i], i);

	/* With room again it goes on as if nothing had been. */
	line = storing_line('b', true, EPOCH, 1, "after");
	storing_keep(o.store, &line);
	storing_load(o.store, 'a', 1, UINT64_MAX, &lines);
	assert_int_equal(lines.count, safe);
	store_close(o.store);
	storing_open(&o, folder);
	storing_load_waiting(o.store, 'b', &lines);
	assert_int_equal(lines.count, 1);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, safe);
	assert_int_equal(o.memory->peer_count, safe > 0 ? 3 : 2);
	store_close(o.store);
	free(text);
	free(path);
	scratch_free(folder);
}

/* From now on nothing can be put into table of the file at path. */
static void
deny(const char *path, const char *table)
{
	char *sql = str_printf("CREATE TRIGGER deny BEFORE INSERT ON %s"
			       " BEGIN SELECT raise(FAIL, 'denied'); END",
	    table);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	free(sql);
}

/*
 * One change that fails takes its batch with it, in its file and in no other;
 * what is told is true.
 */
static void
test_batch_fails(void **state)
{
	enum { HALF = 50 };
	char *folder = scratch_new(), *history = storing_history_path(folder);
	char *peers = storing_peers_path(folder);
	const struct store_transfer transfer = {.token = 1, .state = 1};
	const uint8_t key[STORE_KEY_LEN] = {0};
	struct dones dones = {0};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	store_close(o.store);
	deny(history, "transfers");
	deny(peers, "peers");
	storing_open(&o, folder);
	for (size_t i = 0; i < 2 * HALF; i++) {
		const struct store_line line =
		    storing_line('a', true, EPOCH, i + 1, "x");

		if (i == HALF)
			store_put_transfer(o.store, &transfer, NULL, NULL);
		storing_put(o.store, &dones, i, &line, true);
	}
	store_put_pin(o.store, "desk", key);
	store_close(o.store);
	assert_int_equal(dones.count, 2 * HALF);
	assert_int_equal(o.failures, 1);
	assert_non_null(strstr(o.failure.text, "denied"));

	storing_open(&o, folder);
	assert_int_equal(o.memory->pin_count, 1);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, dones.count - dones.bad);
	/* The peers' file fails alone too. */
	memset(&dones, 0, sizeof(dones));
	{
		const struct store_line line =
		    storing_line('b', true, EPOCH, 1, "x");
		const struct peer nobody = {0};

		store_put_peer(o.store, &nobody);
		storing_put(o.store, &dones, 0, &line, true);
	}
	store_close(o.store);
	assert_int_equal(o.failures, 1);
	assert_null(strstr(o.failure.text, "--incognito"));
	assert_int_equal(dones.bad, 0);
	free(history);
	free(peers);
	scratch_free(folder);
}

static void
never_opened(
    void *arg, const struct store_memory *memory, const struct reason *why)
{
	(void)arg;
	(void)memory;
	(void)why;
	fail_msg("told after store_close");
}

/* Closed before it is open: what was put is kept all the same. */
static void
test_close_at_once(void **state)
{
	char *folder = scratch_new(), *path = storing_history_path(folder);
	const struct store_config config = {
	    .history_path = path,
	    .opened = never_opened,
	};
	const struct store_line line = storing_line('a', true, EPOCH, 1, "x");
	struct dones dones = {0};
	struct opened o = {0};
	struct lines lines;

	(void)state;
	o.store = store_open(&config);
	storing_put(o.store, &dones, 0, &line, true);
	store_close(o.store);
	assert_int_equal(dones.count, 1);
	assert_int_equal(dones.bad, 0);
	assert_int_equal(scratch_count(folder), 1);
	storing_open(&o, folder);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 1);
	store_close(o.store);
	store_close(NULL);
	free(path);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_remembers),
	    cmocka_unit_test(test_streams),
	    cmocka_unit_test(test_epoch),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_disk_fails),
	    cmocka_unit_test(test_batch_fails),
	    cmocka_unit_test(test_close_at_once),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
