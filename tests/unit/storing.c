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

#include "src/base/util.h"

enum { PATIENCE_MS = 60 * 1000 };

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

/* Dispatch until *count has reached want. */
void
storing_wait(struct store *s, const size_t *count, size_t want)
{
	struct pollfd p = {.fd = store_fd(s), .events = POLLIN};

	while (*count < want) {
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		store_dispatch(s);
	}
}

void
storing_open(struct opened *o, const char *path)
{
	*o = (struct opened){0};
	o->store = store_open(path, on_opened, o);
	store_on_failure(o->store, on_failure, o);
	/* Nothing is told before the loop turns. */
	assert_int_equal(o->count, 0);
	storing_wait(o->store, &o->count, 1);
}

void
storing_key(uint8_t key[STORE_KEY_LEN], uint8_t who)
{
	memset(key, who, STORE_KEY_LEN);
}

struct store_message
storing_message(uint8_t who, bool own, uint64_t seq, const char *text)
{
	struct store_message m = {
	    .own = own,
	    .seq = seq,
	    .kind = 1,
	    .time_ms = (int64_t)(seq % 1000),
	    .text = text,
	    .text_len = strlen(text),
	};

	storing_key(m.key, who);
	return m;
}

struct ticket {
	struct dones *dones;
	size_t number;
};

static void
on_done(void *arg, bool ok, const struct reason *why)
{
	struct ticket *t = arg;

	t->dones->order[t->dones->count++] = t->number;
	if (ok) {
		assert_null(why);
	} else {
		t->dones->bad++;
		t->dones->why = *why;
	}
	free(t);
}

void
storing_put(struct store *s, struct dones *dones, size_t number,
    const struct store_message *m)
{
	struct ticket *t = mem_alloc(sizeof(*t));

	*t = (struct ticket){dones, number};
	store_put_message(s, m, on_done, t);
}

void
storing_each(void *arg, const struct store_message *m)
{
	struct waiting *w = arg;

	assert_int_equal(w->ends, 0);
	assert_true(m->own);
	assert_false(m->stored);
	if (w->count < COUNT(w->texts) && m->text_len < 64) {
		memcpy(w->texts[w->count], m->text, m->text_len);
		w->lens[w->count] = m->text_len;
	}
	w->seqs[w->count++] = m->seq;
}

void
storing_end(void *arg, bool ok)
{
	struct waiting *w = arg;

	w->ends++;
	w->ok = ok;
}

void
storing_load(struct store *s, uint8_t who, struct waiting *w)
{
	uint8_t key[STORE_KEY_LEN];

	storing_key(key, who);
	*w = (struct waiting){0};
	store_load_waiting(s, key, storing_each, storing_end, w);
	storing_wait(s, &w->ends, 1);
}
