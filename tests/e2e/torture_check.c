/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of it: has all arrived, and what is on the disks? */
#include "tests/e2e/torture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sqlite3.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pausing.h"

enum { SETTLE_MS = 120 * 1000, ANSWER_MS = 200 };

/* The numbers of one side's messages, in the order of a history. */
struct list {
	unsigned *numbers;
	size_t count, size;
};

static void
list_add(struct list *list, unsigned number)
{
	if (list->count == list->size) {
		list->size = list->size * 2 + 64;
		list->numbers = mem_realloc(
		    list->numbers, list->size * sizeof(*list->numbers));
	}
	list->numbers[list->count++] = number;
}

/* What one person's history holds of the messages of by. */
static struct list
read_history(const struct person *p, const struct side *by)
{
	static const char query[] = "SELECT text, waiting FROM lines"
				    " WHERE own = ? AND kind < 16"
				    " ORDER BY id";
	const char *path = in_folder(p->data, "charla.db");
	bool own = p == &by->person;
	struct list list = {0};
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;

	assert_int_equal(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
	assert_int_equal(sqlite3_prepare_v2(db, query, -1, &row, NULL), 0);
	sqlite3_bind_int(row, 1, own);
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(row, 0);

		if (text == NULL || text[0] != by->letter || text[1] != '-')
			fail_msg("%s: a line \"%s\" among those of %s", p->name,
			    text ? text : "", by->person.name);
		list_add(&list, (unsigned)strtoul(text + 2, NULL, 10));
		if (own && sqlite3_column_int(row, 1) != 0)
			fail_msg("%s: '%s' has no stored mark", p->name, text);
	}
	assert_int_equal(sqlite3_finalize(row), 0);
	sqlite3_close(db);
	return list;
}

/* All that is certain, once; what is not, at most once; in order. */
static void
check_list(const struct list *list, const struct side *by, const char *whose)
{
	unsigned last = 0;

	for (size_t i = 0; i <= list->count; i++) {
		bool end = i == list->count;
		unsigned number = end ? by->said + 1 : list->numbers[i];

		if (number <= last || (!end && number > by->said))
			fail_msg("%s: %s stands after %s", whose,
			    torture_words(by, number), torture_words(by, last));
		for (last++; last < number; last++) {
			if (!by->maybe[last])
				fail_msg("%s: %s is missing", whose,
				    torture_words(by, last));
		}
	}
}

static void
check_messages(struct torture *t, const struct side *by)
{
	const struct side *other = torture_other(t, by);
	struct list own = read_history(&by->person, by);
	struct list heard = read_history(&other->person, by);

	check_list(&own, by, text_of("history of %s", by->person.name));
	check_list(&heard, by, text_of("history of %s", other->person.name));
	assert_int_equal(own.count, heard.count);
	for (size_t i = 0; i < own.count; i++)
		assert_int_equal(own.numbers[i], heard.numbers[i]);
	printf(
	    "%zu of %u messages of %s\n", own.count, by->said, by->person.name);
	free(own.numbers);
	free(heard.numbers);
}

static bool
was_sent(const struct torture *t, int from, const char *name)
{
	for (size_t i = 0; i < t->parcel_count; i++) {
		if (t->parcels[i].from == from &&
		    strcmp(t->parcels[i].name, name) == 0)
			return true;
	}
	return false;
}

/* No second copies, no part files. */
static void
check_nothing_else(struct torture *t, int from)
{
	const char *folder = t->sides[!from].person.downloads;
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 &&
		    !was_sent(t, from, e->d_name))
			fail_msg("nobody sent %s/%s", folder, e->d_name);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
check_parcels(struct torture *t, int from)
{
	const struct person *sender = &t->sides[from].person;
	const struct person *receiver = &t->sides[!from].person;
	int arrived = 0;

	for (size_t i = 0; i < t->parcel_count; i++) {
		const struct parcel *p = &t->parcels[i];
		const char *there = in_folder(receiver->downloads, p->name);

		if (p->from != from)
			continue;
		if (access(there, F_OK) < 0) {
			if (!p->maybe)
				fail_msg("%s is missing", there);
			continue;
		}
		arrived++;
		if (!files_equal(in_folder(sender->home, p->name), there))
			fail_msg("%s differs from what was sent", there);
	}
	check_nothing_else(t, from);
	printf("%d files of %s\n", arrived, sender->name);
}

static void
check_processes(const struct side *s)
{
	int fd = open(in_folder(s->person.data, "lock"), O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	/* Each led a group of its own. */
	for (size_t i = 0; i < s->starts; i++) {
		if (kill(-s->pids[i], 0) == 0 || errno != ESRCH)
			fail_msg("a process of %s is left", s->person.name);
	}
}

void
torture_check(struct torture *t)
{
	for (int i = 0; i < 2; i++) {
		check_processes(&t->sides[i]);
		check_messages(t, &t->sides[i]);
		check_parcels(t, i);
	}
}

/* On the screen, too, each stands once and in order. */
static void
look_at_screen(const struct side *s, const struct side *by)
{
	const char *who = text_of(
	    "%s%s %c-", by->person.name, s == by ? ">" : ":", by->letter);
	char row[SCREEN_ROW_MAX];
	unsigned last = 0;

	for (int r = 0; r < s->person.rows; r++) {
		const char *found;
		unsigned number;

		screen_row_text(s->person.screen, r, row);
		found = strstr(row, who);
		if (found == NULL)
			continue;
		number = (unsigned)strtoul(found + strlen(who), NULL, 10);
		if (number <= last)
			fail_msg("screen of %s: %s below %s", s->person.name,
			    torture_words(by, number), torture_words(by, last));
		last = number;
	}
}

/* Has the last answer to /transfers and /outbox said that there is none? */
static bool
has_nothing_left(const struct side *s)
{
	struct screen *screen = s->person.screen;

	return screen_find(screen, "no transfers", NULL) >= 0 &&
	       screen_find(screen, "nothing is waiting", NULL) >= 0;
}

static void
ask(struct side *s)
{
	person_type(&s->person, "/clear");
	person_type(&s->person, "/transfers");
	person_type(&s->person, "/outbox");
	memset(s->answered, 0, sizeof(s->answered));
}

void
torture_settle(struct torture *t)
{
	struct side *ana = &t->sides[0], *beto = &t->sides[1];
	uint64_t end = clock_mono_ms() + (uint64_t)deadline_scaled(SETTLE_MS);
	bool settled = false;

	printf("until all has arrived\n");
	fflush(stdout);
	proxy_hole(t->proxy, false);
	proxy_rate(t->proxy, 0);
	for (int i = 0; i < 2; i++) {
		look_at_screen(&t->sides[i], ana);
		look_at_screen(&t->sides[i], beto);
	}
	while (!settled && clock_mono_ms() < end) {
		assert_true(torture_is_connected(t));
		ask(ana);
		ask(beto);
		pause_ms(ANSWER_MS);
		settled = has_nothing_left(ana) && has_nothing_left(beto);
		torture_answer(ana);
		torture_answer(beto);
	}
	if (settled)
		return;
	screen_dump(ana->person.screen, stderr);
	screen_dump(beto->person.screen, stderr);
	fail_msg("not everything has arrived");
}
