/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers that outlive their link: written down and found again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

static struct store_transfer
make_transfer(uint8_t who, bool outgoing, uint64_t token, int state)
{
	struct store_transfer t = {
	    .outgoing = outgoing,
	    .token = token,
	    .state = (enum store_transfer_state)state,
	    .name = (char *)"a name",
	};

	storing_key(t.key, who);
	return t;
}

static void
put(struct store *s, const struct store_transfer *t)
{
	store_put_transfer(s, t, NULL, NULL);
}

/* Every field, with nothing in it, and with all that fits. */
static void
test_fields(void **state)
{
	char *folder = scratch_new();
	char *paths[] = {(char *)"/home/ana/caf\xe9 \xff'\"%s/x",
	    (char *)"/with\na newline", (char *)"", (char *)"/日本"};
	struct store_transfer all[] = {
	    make_transfer('a', true, 1, STORE_TRANSFER_OPEN),
	    make_transfer('a', false, INT64_MAX, STORE_TRANSFER_RUNNING),
	    make_transfer('b', true, 1, STORE_TRANSFER_GIVEN_UP),
	    make_transfer('b', true, 2, STORE_TRANSFER_RUNNING),
	};
	struct opened o;

	(void)state;
	all[0].paths = paths;
	all[0].path_count = 1;
	all[0].size = UINT64_MAX;
	all[0].mtime_ns = INT64_MIN;
	all[0].mode = 07777;
	all[0].time_ms = INT64_MAX;
	all[1].name = (char *)"";
	all[1].folder = (char *)"/home/beto/Downloads";
	all[1].part = (char *)".x.part";
	all[1].as = (char *)"another \xff\nname";
	all[1].mtime_ns = INT64_MAX;
	all[1].time_ms = -1;
	all[2].name = NULL;
	all[3].paths = paths;
	all[3].path_count = COUNT(paths);
	all[3].entries = UINT32_MAX;
	memcpy(all[3].list_hash, "\0\xff'\"hash of a li", STORE_HASH_LEN);
	storing_open(&o, folder);
	assert_int_equal(o.memory->transfer_count, 0);
	assert_int_equal(o.memory->arrived_count, 0);
	for (size_t i = 0; i < COUNT(all); i++)
		put(o.store, &all[i]);
	store_close(o.store);
	assert_int_equal(o.failures, 0);

	storing_open(&o, folder);
	assert_int_equal(o.memory->transfer_count, COUNT(all));
	for (size_t i = 0; i < COUNT(all); i++)
		storing_same_transfer(&o.memory->transfers[i], &all[i]);
	assert_int_equal(o.memory->arrived_count, 0);
	store_close(o.store);
	scratch_free(folder);
}

/* More than anybody types, and what is written over them. */
static void
test_many_paths(void **state)
{
	enum { MANY = 2000 };
	char *folder = scratch_new(), *paths[MANY];
	struct store_transfer t =
	    make_transfer('a', true, 1, STORE_TRANSFER_OPEN);
	struct opened o;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		paths[i] = str_printf("/a folder/%zu/%0*d", i, (int)i, 1);
	t.paths = paths;
	t.path_count = MANY;
	storing_open(&o, folder);
	put(o.store, &t);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(o.memory->transfer_count, 1);
	storing_same_transfer(&o.memory->transfers[0], &t);
	t.path_count = 2;
	put(o.store, &t);
	store_close(o.store);
	storing_open(&o, folder);
	storing_same_transfer(&o.memory->transfers[0], &t);
	store_close(o.store);
	for (size_t i = 0; i < MANY; i++)
		free(paths[i]);
	scratch_free(folder);
}

/* A file that somebody else wrote in: no path is lost, or made up. */
static void
test_damaged_paths(void **state)
{
	char *folder = scratch_new(), *history = storing_history_path(folder);
	char *paths[] = {(char *)"/a", (char *)"/b"};
	struct store_transfer t =
	    make_transfer('a', true, 1, STORE_TRANSFER_OPEN);
	struct opened o;

	(void)state;
	t.paths = paths;
	t.path_count = 2;
	storing_open(&o, folder);
	put(o.store, &t);
	store_close(o.store);
	storing_run(history, "UPDATE transfers SET paths = x'2f61002f62'");
	storing_open(&o, folder);
	storing_same_transfer(&o.memory->transfers[0], &t);
	store_close(o.store);
	free(history);
	scratch_free(folder);
}

/* The same transfer is written again; it keeps its place. */
static void
test_update(void **state)
{
	char *folder = scratch_new();
	struct store_transfer first =
	    make_transfer('a', false, 7, STORE_TRANSFER_OPEN);
	/* Another direction, another peer: another transfer. */
	struct store_transfer other =
	    make_transfer('a', true, 7, STORE_TRANSFER_OPEN);
	struct store_transfer third =
	    make_transfer('b', false, 7, STORE_TRANSFER_OPEN);
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	put(o.store, &first);
	put(o.store, &other);
	put(o.store, &third);
	first.state = STORE_TRANSFER_RUNNING;
	first.name = (char *)"renamed";
	first.folder = (char *)"/tmp";
	first.part = (char *)"part";
	first.as = (char *)"as";
	first.entries = 3;
	first.list_hash[0] = 1;
	first.size = 5;
	first.mode = 0600;
	put(o.store, &first);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(o.memory->transfer_count, 3);
	storing_same_transfer(&o.memory->transfers[0], &first);
	storing_same_transfer(&o.memory->transfers[1], &other);
	storing_same_transfer(&o.memory->transfers[2], &third);

	/* Over: it is not under way any more. */
	first.state = STORE_TRANSFER_DONE;
	first.part = first.as = NULL;
	first.entries = 0;
	first.list_hash[0] = 0;
	other.state = STORE_TRANSFER_DONE;
	third.state = STORE_TRANSFER_ENDED;
	put(o.store, &first);
	put(o.store, &other);
	put(o.store, &third);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(o.memory->transfer_count, 0);
	assert_int_equal(o.memory->arrived_count, 1);
	storing_same_transfer(&o.memory->arrived[0], &first);
	store_close(o.store);
	scratch_free(folder);
}

/* Of what arrived the newest are known at the start. */
static void
test_arrived(void **state)
{
	enum { MANY = STORE_FOUND_MAX + 20 };
	char *folder = scratch_new();
	struct store_transfer t;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (uint64_t i = 1; i <= MANY; i++) {
		t = make_transfer('a', false, i, STORE_TRANSFER_DONE);
		put(o.store, &t);
	}
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(o.memory->arrived_count, STORE_FOUND_MAX);
	for (size_t i = 0; i < STORE_FOUND_MAX; i++)
		assert_int_equal(o.memory->arrived[i].token, MANY - i);
	store_close(o.store);
	scratch_free(folder);
}

static void
on_done(void *arg, bool ok, const struct reason *why)
{
	struct dones *dones = arg;

	assert_int_equal(ok, why == NULL);
	dones->count++;
	dones->bad += !ok;
}

/* A token that cannot be is refused alone. */
static void
test_tokens(void **state)
{
	static const uint64_t tokens[] = {
	    1, 0, (uint64_t)INT64_MAX + 1, UINT64_MAX, INT64_MAX};
	char *folder = scratch_new();
	struct dones dones = {0};
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (size_t i = 0; i < COUNT(tokens); i++) {
		const struct store_transfer t =
		    make_transfer('a', true, tokens[i], STORE_TRANSFER_OPEN);

		store_put_transfer(o.store, &t, on_done, &dones);
	}
	store_close(o.store);
	assert_int_equal(dones.count, COUNT(tokens));
	assert_int_equal(dones.bad, 3);
	storing_open(&o, folder);
	assert_int_equal(o.memory->transfer_count, 2);
	store_close(o.store);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_many_paths),
	    cmocka_unit_test(test_damaged_paths),
	    cmocka_unit_test(test_update),
	    cmocka_unit_test(test_arrived),
	    cmocka_unit_test(test_tokens),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name(
	    "store transfers", tests, NULL, NULL);
}
