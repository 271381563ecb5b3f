/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed and not entered is there again, in its own talk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"

static void
start(struct person *p, const char *const extra[])
{
	person_start(p, "ana", extra);
	assert_true(person_sees(p, "waiting for"));
}

static const char *
drafts_path(const struct person *p)
{
	return in_folder(p->data, "drafts");
}

/* The file holds this text; "": there is no file. */
static bool
file_holds(const struct person *p, const char *text)
{
	char bytes[4096] = "";
	FILE *f = fopen(drafts_path(p), "r");
	size_t n;

	if (f == NULL)
		return *text == '\0';
	n = fread(bytes, 1, sizeof(bytes) - 1, f);
	bytes[n] = '\0';
	fclose(f);
	return *text != '\0' && strstr(bytes, text) != NULL;
}

struct wanted {
	const struct person *who;
	const char *text;
};

static bool
holds(void *arg)
{
	const struct wanted *w = arg;

	return file_holds(w->who, w->text);
}

static void
wait_file(const struct person *p, const char *text)
{
	struct wanted w = {p, text};

	assert_true(screen_wait_for(holds, &w, "the file of drafts", 0));
}

static void
ends_by(struct person *p, int number)
{
	screen_signal(p->screen, number);
	assert_true(screen_wait_exit(p->screen, 0, NULL));
	screen_close(p->screen);
	p->screen = NULL;
}

static void
test_restart(void **state)
{
	struct person ana = {0};
	struct stat st;

	(void)state;
	start(&ana, NULL);
	screen_keys(ana.screen, "first\033\rsecond \\n");
	assert_true(person_sees(&ana, "second"));
	assert_true(person_sees(&ana, "2 lines, Enter sends them all"));
	ends_by(&ana, SIGTERM);
	assert_int_equal(stat(drafts_path(&ana), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	start(&ana, NULL);
	assert_true(person_sees(&ana, "> first⏎"));
	assert_true(person_sees(&ana, "second \\n"));
	/* Emptied, it is gone at once. */
	screen_keys(ana.screen, KEYS_CTRL('c'));
	wait_file(&ana, "");
	assert_true(person_quits(&ana));
	start(&ana, NULL);
	assert_int_equal(screen_count(ana.screen, "second"), 0);
	person_release(&ana);
}

/* No chance to write anything: what stood there for a moment is kept. */
static void
test_killed(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	screen_keys(ana.screen, "before the end");
	wait_file(&ana, "before the end");
	person_dies(&ana);
	start(&ana, NULL);
	assert_true(person_sees(&ana, "> before the end"));
	/* What is entered does not come back. */
	screen_keys(ana.screen, "\025/help" KEYS_ENTER);
	wait_file(&ana, "");
	person_dies(&ana);
	start(&ana, NULL);
	assert_int_equal(screen_count(ana.screen, "before the end"), 0);
	person_release(&ana);
}

/* An old line that is only looked at is not what was typed. */
static void
test_looking_back(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	person_type(&ana, "/help");
	screen_keys(ana.screen, "typed");
	wait_file(&ana, "typed");
	screen_keys(ana.screen, KEYS_UP);
	assert_true(person_sees(&ana, "> /help"));
	ends_by(&ana, SIGTERM);
	start(&ana, NULL);
	assert_true(person_sees(&ana, "> typed"));
	person_release(&ana);
}

static void
test_nothing_kept(void **state)
{
	static const char *const incognito[] = {"--incognito", NULL};
	struct person ana = {0};

	(void)state;
	start(&ana, incognito);
	screen_keys(ana.screen, "secret");
	assert_true(person_sees(&ana, "> secret"));
	ends_by(&ana, SIGTERM);
	assert_true(file_holds(&ana, ""));
	start(&ana, NULL);
	screen_keys(ana.screen, "known");
	wait_file(&ana, "known");
	screen_keys(ana.screen, KEYS_CTRL('a'));
	screen_keys(ana.screen, KEYS_CTRL('k'));
	person_type(&ana, "/log off");
	assert_true(person_sees(&ana, "nothing is kept"));
	screen_keys(ana.screen, "secret");
	assert_true(person_sees(&ana, "> secret"));
	ends_by(&ana, SIGTERM);
	assert_true(file_holds(&ana, ""));
	person_release(&ana);
}

/* Each talk has its own. */
static void
test_talks(void **state)
{
	struct person ana = {0}, beto = {0}, nils = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left at"));
	person_call(&nils, "nils", &ana);
	assert_true(person_sees(&ana, "nils knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&ana, "connected with nils at"));
	screen_keys(ana.screen, "for nils");
	assert_true(person_sees(&ana, "> for nils"));
	assert_true(person_quits(&nils));
	assert_true(person_sees(&ana, "nils left at"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "put aside"));
	assert_true(person_sees_no(&ana, "> for nils"));
	screen_keys(ana.screen, "for beto");
	assert_true(person_sees(&ana, "> for beto"));
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left at"));
	person_call(&nils, "nils", &ana);
	assert_true(person_sees(&ana, "> for nils"));
	/* And it is for who was talked to last. */
	ends_by(&ana, SIGTERM);
	start(&ana, NULL);
	assert_true(person_sees(&ana, "> for nils"));
	assert_true(person_quits(&nils));
	person_release(&nils);
	person_release(&beto);
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_restart),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_looking_back),
	    cmocka_unit_test(test_nothing_kept),
	    cmocka_unit_test(test_talks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
