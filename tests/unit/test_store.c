/* SPDX-License-Identifier: GPL-3.0-or-later */
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

/* Everything put is found again, in another life too. */
static void
test_remembers(void **state)
{
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	struct peer ana = {
	    .name = (char *)"Ana \xf0\x9f\x90\x88 %s'\"--",
	    .accepted = true,
	    .first_ms = 5,
	    .last_ms = 6,
	    .epoch = UINT64_MAX - 1,
	    .last_received = 7,
	    .last_sent = 8,
	};
	struct store_message m;
	struct dones dones = {0};
	struct opened o;
	uint64_t epoch;
	uint8_t key[STORE_KEY_LEN];

	(void)state;
	storing_key(ana.key, 'a');
	storing_key(key, 'b');
	storing_open(&o, path);
	assert_non_null(o.memory);
	assert_int_equal(o.memory->peer_count, 0);
	assert_int_equal(o.memory->pin_count, 0);
	epoch = o.memory->epoch;
	assert_true(epoch != 0);
	store_put_peer(o.store, &ana);
	store_put_pin(o.store, "192.168.1.2", ana.key);
	store_put_pin(o.store, "desk:7000", ana.key);
	store_put_pin(o.store, "desk:7000", key);
	m = storing_message('b', true, 3, "to a stranger");
	storing_put(o.store, &dones, 0, &m);
	store_close(o.store);
	assert_int_equal(dones.count, 1);
	assert_int_equal(o.failures + dones.bad, 0);

	storing_open(&o, path);
	assert_int_equal(o.memory->epoch, epoch);
	assert_int_equal(o.memory->peer_count, 2);
	assert_memory_equal(o.memory->peers[0].key, ana.key, STORE_KEY_LEN);
	assert_string_equal(o.memory->peers[0].name, ana.name);
	assert_true(o.memory->peers[0].accepted);
	assert_int_equal(o.memory->peers[0].first_ms, 5);
	assert_int_equal(o.memory->peers[0].last_ms, 6);
	assert_true(o.memory->peers[0].epoch == UINT64_MAX - 1);
	assert_int_equal(o.memory->peers[0].last_received, 7);
	assert_int_equal(o.memory->peers[0].last_sent, 8);
	assert_memory_equal(o.memory->peers[1].key, key, STORE_KEY_LEN);
	assert_false(o.memory->peers[1].accepted);
	assert_int_equal(o.memory->peers[1].last_sent, 3);
	assert_int_equal(o.memory->pin_count, 2);
	assert_string_equal(o.memory->pins[0].target, "192.168.1.2");
	assert_string_equal(o.memory->pins[1].target, "desk:7000");
	assert_memory_equal(o.memory->pins[1].key, key, STORE_KEY_LEN);
	store_close(o.store);
	free(path);
	scratch_free(folder);
}

/* Numbers only rise, but where the other side began a new store. */
static void
test_peer_numbers(void **state)
{
	static const struct {
		uint64_t epoch, received, sent;
		uint64_t epoch_after, received_after, sent_after;
	} steps[] = {
	    {0, 5, 5, 0, 5, 5},
	    {0, 4, 6, 0, 5, 6},
	    {11, 5, 1, 11, 5, 6},
	    {11, 2, 1, 11, 5, 6},
	    {0, 9, 1, 11, 9, 6},
	    {22, 1, 1, 22, 1, 6},
	    {22, UINT64_MAX, 1, 22, INT64_MAX, 6},
	};
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	struct opened o;

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		const struct peer p = {
		    .epoch = steps[i].epoch,
		    .last_received = steps[i].received,
		    .last_sent = steps[i].sent,
		};

		storing_open(&o, path);
		store_put_peer(o.store, &p);
		store_close(o.store);
		storing_open(&o, path);
		assert_int_equal(o.memory->peer_count, 1);
		assert_string_equal(o.memory->peers[0].name, "");
		assert_true(o.memory->peers[0].epoch == steps[i].epoch_after);
		assert_true(o.memory->peers[0].last_received ==
			    steps[i].received_after);
		assert_true(
		    o.memory->peers[0].last_sent == steps[i].sent_after);
		store_close(o.store);
	}
	free(path);
	scratch_free(folder);
}

/* Kept byte for byte, in order, until the other side has them. */
static void
test_waiting(void **state)
{
	struct store_message m;
	struct dones dones = {0};
	struct waiting w;
	struct opened o;
	uint8_t key[STORE_KEY_LEN];

	(void)state;
	storing_key(key, 'a');
	storing_open(&o, NULL);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, 0);

	m = storing_message('a', true, 2, "");
	storing_put(o.store, &dones, 0, &m);
	m = storing_message('a', true, 1, "nul \0 and \xff\xfe");
	m.text_len = sizeof("nul \0 and \xff\xfe") - 1;
	storing_put(o.store, &dones, 1, &m);
	m = storing_message('a', true, 3, "third");
	storing_put(o.store, &dones, 2, &m);
	m = storing_message('a', true, 4, "stored over there already");
	m.stored = true;
	storing_put(o.store, &dones, 3, &m);
	m = storing_message('a', false, 1, "theirs");
	storing_put(o.store, &dones, 4, &m);
	m = storing_message('b', true, 1, "to somebody else");
	storing_put(o.store, &dones, 5, &m);
	/* The text is copied: it may go. */
	m = storing_message('a', true, 5, "fifth");
	m.text = str_dup(m.text);
	storing_put(o.store, &dones, 6, &m);
	memset((char *)m.text, 'x', m.text_len);
	free((char *)m.text);

	storing_load(o.store, 'a', &w);
	assert_int_equal(dones.count, 7);
	assert_int_equal(dones.bad, 0);
	assert_int_equal(w.count, 4);
	assert_int_equal(w.seqs[0], 1);
	assert_int_equal(w.lens[0], 12);
	assert_memory_equal(w.texts[0], "nul \0 and \xff\xfe", 12);
	assert_int_equal(w.seqs[1], 2);
	assert_int_equal(w.lens[1], 0);
	assert_int_equal(w.seqs[2], 3);
	assert_int_equal(w.seqs[3], 5);
	assert_string_equal(w.texts[3], "fifth");

	store_mark_stored(o.store, key, 2);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, 2);
	assert_int_equal(w.seqs[0], 3);
	store_mark_stored(o.store, key, UINT64_MAX);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, 0);
	storing_load(o.store, 'b', &w);
	assert_int_equal(w.count, 1);
	assert_int_equal(o.failures, 0);
	store_close(o.store);
}

/* A message that comes twice is there once, and says so: it is safe. */
static void
test_duplicates(void **state)
{
	struct store_message m = storing_message('a', true, 1, "first");
	struct dones dones = {0};
	struct waiting w;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	storing_put(o.store, &dones, 0, &m);
	m = storing_message('a', true, 1, "another");
	storing_put(o.store, &dones, 1, &m);
	storing_load(o.store, 'a', &w);
	storing_put(o.store, &dones, 2, &m);
	storing_load(o.store, 'a', &w);
	assert_int_equal(dones.count, 3);
	assert_int_equal(dones.bad, 0);
	assert_int_equal(w.count, 1);
	assert_string_equal(w.texts[0], "first");
	store_close(o.store);
}

/* A message of theirs is refused while the one before it is missing. */
static void
test_no_gap(void **state)
{
	static const struct {
		uint64_t seq, previous;
		size_t bad; /* refused so far */
	} steps[] = {{1, 0, 0}, {3, 2, 1}, {2, 1, 1}, {3, 2, 1}, {9, 3, 1}};
	struct dones dones = {0};
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct store_message m =
		    storing_message('a', false, steps[i].seq, "x");

		m.previous = steps[i].previous;
		storing_put(o.store, &dones, i, &m);
		storing_wait(o.store, &dones.count, i + 1);
		assert_int_equal(dones.bad, steps[i].bad);
	}
	store_close(o.store);
}

/* A number that cannot be is refused, and its neighbours are not. */
static void
test_bad_number(void **state)
{
	static const uint64_t seqs[] = {
	    1, 0, UINT64_MAX, (uint64_t)INT64_MAX + 1, INT64_MAX, 2};
	struct dones dones = {0};
	struct waiting w;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < COUNT(seqs); i++) {
		const struct store_message m =
		    storing_message('a', true, seqs[i], "x");

		storing_put(o.store, &dones, i, &m);
	}
	storing_load(o.store, 'a', &w);
	assert_int_equal(dones.count, COUNT(seqs));
	assert_int_equal(dones.bad, 3);
	assert_int_equal(w.count, 3);
	assert_int_equal(w.seqs[2], INT64_MAX);
	store_close(o.store);
}

/* However they were grouped, they end in the order they were put. */
static void
test_order(void **state)
{
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	struct dones dones = {0};
	struct waiting w;
	struct opened o;

	(void)state;
	storing_open(&o, path);
	for (size_t i = 0; i < STORING_MAX; i++) {
		const struct store_message m =
		    storing_message('a', true, i + 1, "one of many");

		storing_put(o.store, &dones, i, &m);
	}
	store_close(o.store);
	assert_int_equal(dones.count, STORING_MAX);
	assert_int_equal(dones.bad, 0);
	for (size_t i = 0; i < STORING_MAX; i++)
		assert_int_equal(dones.order[i], i);

	storing_open(&o, path);
	assert_int_equal(o.memory->peers[0].last_sent, STORING_MAX);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, STORING_MAX);
	store_close(o.store);
	free(path);
	scratch_free(folder);
}

/* A disk that takes no more: told for each, and nothing half is kept. */
static void
test_disk_fails(void **state)
{
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	char *text = mem_zalloc(64 * 1024 + 1);
	struct rlimit before, limit;
	struct store_message m;
	struct dones dones = {0};
	struct waiting w;
	struct opened o;
	const struct peer nobody = {0};
	size_t safe;

	(void)state;
	memset(text, 'x', 64 * 1024);
	storing_open(&o, path);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1024 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (size_t i = 0; i < 40; i++) {
		m = storing_message('a', true, i + 1, text);
		storing_put(o.store, &dones, i, &m);
	}
	storing_wait(o.store, &dones.count, 40);
	store_put_peer(o.store, &nobody);
	for (size_t i = 40; i < 80; i++) {
		m = storing_message('a', true, i + 1, text);
		storing_put(o.store, &dones, i, &m);
	}
	storing_wait(o.store, &dones.count, 80);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(dones.bad > 0);
	assert_non_null(strstr(dones.why.text, path));
	safe = 80 - dones.bad;
	for (size_t i = 0; i < 80; i++)
		assert_int_equal(dones.order[i], i);

	/* With room again it goes on as if nothing had been. */
	m = storing_message('b', true, 1, "after");
	storing_put(o.store, &dones, 80, &m);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, safe);
	store_close(o.store);
	storing_open(&o, path);
	storing_load(o.store, 'b', &w);
	assert_int_equal(w.count, 1);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, safe);
	store_close(o.store);
	free(text);
	free(path);
	scratch_free(folder);
}

/* From now on no pin can be put into the store at path. */
static void
deny_pins(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
			     "CREATE TRIGGER deny BEFORE INSERT ON pins"
			     " BEGIN SELECT raise(FAIL, 'denied'); END",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* One change that fails takes its batch with it; what is told is true. */
static void
test_batch_fails(void **state)
{
	enum { HALF = 50 };
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	const uint8_t key[STORE_KEY_LEN] = {0};
	struct dones dones = {0};
	struct waiting w;
	struct opened o;

	(void)state;
	storing_open(&o, path);
	store_close(o.store);
	deny_pins(path);
	storing_open(&o, path);
	for (size_t i = 0; i < 2 * HALF; i++) {
		const struct store_message m =
		    storing_message('a', true, i + 1, "x");

		if (i == HALF)
			store_put_pin(o.store, "desk", key);
		storing_put(o.store, &dones, i, &m);
	}
	store_close(o.store);
	assert_int_equal(dones.count, 2 * HALF);
	assert_int_equal(o.failures, 1);
	assert_non_null(strstr(o.failure.text, "denied"));

	storing_open(&o, path);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, dones.count - dones.bad);
	store_close(o.store);
	free(path);
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
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	const struct store_message m = storing_message('a', true, 1, "x");
	struct dones dones = {0};
	struct opened o = {0};
	struct waiting w;

	(void)state;
	o.store = store_open(path, never_opened, NULL);
	storing_put(o.store, &dones, 0, &m);
	store_close(o.store);
	assert_int_equal(dones.count, 1);
	assert_int_equal(dones.bad, 0);
	storing_open(&o, path);
	storing_load(o.store, 'a', &w);
	assert_int_equal(w.count, 1);
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
	    cmocka_unit_test(test_peer_numbers),
	    cmocka_unit_test(test_waiting),
	    cmocka_unit_test(test_no_gap),
	    cmocka_unit_test(test_duplicates),
	    cmocka_unit_test(test_bad_number),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_disk_fails),
	    cmocka_unit_test(test_batch_fails),
	    cmocka_unit_test(test_close_at_once),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
