/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs that find something; a failure of one is told to the hook too. */
#include "src/store.h"

#include "src/base/util.h"
#include "src/store_job.h"
#include "src/store_lines.h"
#include "src/store_meet.h"
#include "src/store_search.h"

static void
queue(struct store_job *job, void (*tell)(struct store_job *job), void *arg)
{
	job->tell = tell;
	job->hook = true;
	job->arg = arg;
	store_job_queue(job);
}

static void
keep_line(void *arg, const struct store_line *line)
{
	struct line_list *lines = arg;
	struct store_line *copy;

	if (lines->count == lines->size) {
		lines->size = lines->size > 0 ? 2 * lines->size : 16;
		lines->list = mem_realloc(
		    lines->list, lines->size * sizeof(*lines->list));
	}
	copy = &lines->list[lines->count++];
	*copy = *line;
	copy->text = mem_dup(line->text, line->text_len);
}

static void
tell_lines(const struct store_job *job)
{
	for (size_t i = 0; job->ok && i < job->lines.count; i++)
		job->each(job->arg, &job->lines.list[i]);
}

static void
tell_loaded(struct store_job *job)
{
	tell_lines(job);
	job->end(job->arg, job->ok);
}

static void
tell_met(struct store_job *job)
{
	tell_lines(job);
	job->end_met(job->arg, job->ok ? &job->met : NULL);
}

static void
tell_found(struct store_job *job)
{
	job->end_found(job->arg, job->ok ? job->numbers : NULL,
	    job->ok ? job->number_count : 0);
}

static int
load_waiting_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_lines_load_waiting(
	    db, job->key, keep_line, &job->lines, why);
}

void
store_load_waiting(struct store *s, const uint8_t key[STORE_KEY_LEN],
    void (*each)(void *arg, const struct store_line *line),
    void (*end)(void *arg, bool ok), void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, key, load_waiting_run);

	job->each = each;
	job->end = end;
	queue(job, tell_loaded, arg);
}

static int
meet_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	int r = store_meet_compare(db, job->key, &job->name, &job->met, why);

	return r < 0 ? r : load_waiting_run(db, job, why);
}

void
store_meet(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const struct stream *theirs,
    void (*each)(void *arg, const struct store_line *line),
    void (*end)(void *arg, const struct store_met *met), void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, key, meet_run);

	job->name = *theirs;
	job->each = each;
	job->end_met = end;
	queue(job, tell_met, arg);
}

static int
load_lines_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_lines_load(
	    db, job->key, job->from, job->upto, keep_line, &job->lines, why);
}

void
store_load_lines(struct store *s, const uint8_t key[STORE_KEY_LEN],
    uint64_t from, uint64_t upto,
    void (*each)(void *arg, const struct store_line *line),
    void (*end)(void *arg, bool ok), void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, key, load_lines_run);

	job->from = from;
	job->upto = upto;
	job->each = each;
	job->end = end;
	queue(job, tell_loaded, arg);
}

static int
search_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	job->numbers = mem_alloc(STORE_FOUND_MAX * sizeof(*job->numbers));
	return store_search_find(
	    db, job->key, job->words, job->numbers, &job->number_count, why);
}

void
store_search(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const char *words,
    void (*end)(void *arg, const uint64_t *numbers, size_t count), void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, key, search_run);

	job->words = str_dup(words);
	job->end_found = end;
	queue(job, tell_found, arg);
}
