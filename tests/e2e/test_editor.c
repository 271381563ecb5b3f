/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input line in the person's own editor, which is a script here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/beside.h"
#include "tests/e2e/meeting.h"

/* A folder with the script in it, and the environment that names it. */
struct desk {
	char folder[4096];
	const char *env[3];
};

static void
set_desk(struct desk *d, const char *variable, const char *script)
{
	static char value[4200];
	const char *path;
	FILE *f;

	make_temp_dir(d->folder, sizeof(d->folder));
	path = in_folder(d->folder, "editor");
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\ndesk='%s'\n%s\n", d->folder, script);
	fclose(f);
	assert_int_equal(chmod(path, 0755), 0);
	snprintf(value, sizeof(value), "%s=%s", variable, path);
	d->env[0] = value;
	d->env[1] = d->env[2] = NULL;
}

static void
start_with(
    struct person *p, struct desk *d, const char *script, const char *more)
{
	set_desk(d, "EDITOR", script);
	d->env[1] = more;
	p->env = d->env;
	person_start(p, "ana", NULL);
	assert_true(person_sees(p, "waiting for a call"));
}

static void
start(struct person *p, struct desk *d, const char *script)
{
	start_with(p, d, script, NULL);
}

static void
end(struct person *p, struct desk *d)
{
	person_release(p);
	remove_tree(d->folder);
}

static void
open_editor(struct person *p)
{
	screen_keys(p->screen, KEYS_CTRL('x'));
	screen_keys(p->screen, KEYS_CTRL('e'));
}

/* Folders of editors in the data folder. */
static int
left_over(const struct person *p)
{
	DIR *dir = opendir(p->data);
	const struct dirent *entry;
	int count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += strncmp(entry->d_name, "edit-", 5) == 0;
	if (dir != NULL)
		closedir(dir);
	return count;
}

static bool
is_there(void *arg)
{
	return access(arg, F_OK) == 0;
}

static bool
nothing_left(void *arg)
{
	return left_over(arg) == 0;
}

static void
wait_file(const struct desk *d, const char *name)
{
	char *path = strdup(in_folder(d->folder, name));

	assert_true(screen_wait_for(is_there, path, name, 0));
	free(path);
}

static void
touch(const struct desk *d, const char *name)
{
	make_file(in_folder(d->folder, name), 0, 1);
}

/* What comes back is one step for undo, and is not sent. */
static void
test_round_trip(void **state)
{
	struct person ana = {0}, beto = {0};
	struct desk d;

	(void)state;
	set_desk(&d, "EDITOR",
	    "stat -c %a \"$1\" >\"$desk/mode\"\n"
	    "sed 's/uno/1/; $a tres' \"$1\" >\"$1.new\"; mv \"$1.new\" \"$1\"");
	ana.env = d.env;
	meet(&ana, &beto);
	screen_keys(ana.screen, "uno dos");
	open_editor(&ana);
	assert_true(person_sees(&ana, "1 dos⏎"));
	assert_true(screen_wait_for(nothing_left, &ana, "no folder", 0));
	assert_int_equal(screen_count(beto.screen, "1 dos"), 0);
	screen_keys(ana.screen, KEYS_CTRL('_'));
	assert_true(person_sees(&ana, "> uno dos"));
	assert_true(person_sees_no(&ana, "tres"));
	open_editor(&ana);
	assert_true(person_sees(&ana, "1 dos⏎"));
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&beto, "1 dos"));
	assert_true(person_sees(&beto, "tres"));
	part(&ana, &beto);
	remove_tree(d.folder);
}

/* Messages come in meanwhile, and nothing of charla's is drawn. */
static void
test_links_go_on(void **state)
{
	struct person ana = {0}, beto = {0};
	struct desk d;
	size_t before, after;

	(void)state;
	set_desk(&d, "VISUAL",
	    "printf 'THE EDITOR\\n'; : >\"$desk/runs\"\n"
	    "while [ ! -e \"$desk/go\" ]; do sleep 0.02; done\n"
	    "printf 'written' >\"$1\"");
	ana.env = d.env;
	meet(&ana, &beto);
	open_editor(&ana);
	wait_file(&d, "runs");
	assert_true(screen_wait_text(ana.screen, "THE EDITOR", 0));
	screen_output(ana.screen, &before);
	person_type(&beto, "while you write");
	/* Acknowledged: it is in the store over there. */
	assert_true(person_sees(&beto, "✓ beto> while you write"));
	screen_output(ana.screen, &after);
	assert_int_equal(before, after);
	touch(&d, "go");
	assert_true(person_sees(&ana, "beto: while you write"));
	assert_true(person_sees(&ana, "> written"));
	part(&ana, &beto);
	remove_tree(d.folder);
}

static void
test_failures(void **state)
{
	static const struct {
		const char *script, *said;
	} cases[] = {
	    {"echo other >\"$1\"; exit 3", "ended with status 3"},
	    {"kill -9 $$", "was ended by signal 9"},
	    {"rm \"$1\"", "cannot read"},
	};
	struct desk d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A sentence with a path in it stays in one row. */
		struct person ana = {.cols = 160};

		start(&ana, &d, cases[i].script);
		screen_keys(ana.screen, "as it was");
		open_editor(&ana);
		assert_true(person_sees(&ana, cases[i].said));
		assert_true(person_sees(&ana, "line is as it was"));
		assert_true(person_sees(&ana, "> as it was"));
		screen_keys(ana.screen, "!");
		assert_true(person_sees(&ana, "> as it was!"));
		assert_true(screen_wait_for(nothing_left, &ana, "gone", 0));
		end(&ana, &d);
	}
}

static void
test_no_editor(void **state)
{
	static const char *const env[] = {
	    "VISUAL=no-such-editor --wait", "EDITOR=false", NULL};
	struct person ana = {.env = env};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	open_editor(&ana);
	assert_true(
	    person_sees(&ana, "there is no editor 'no-such-editor --wait'"));
	person_release(&ana);
}

static void
test_vi_key(void **state)
{
	struct person ana = {0};
	struct desk d;
	FILE *f;

	(void)state;
	set_desk(&d, "EDITOR", "printf 'by v\\n\\n' >\"$1\"");
	f = fopen(in_folder(d.folder, "inputrc"), "w");
	assert_non_null(f);
	fputs("set editing-mode vi\n\"\\C-o\": edit-and-execute-command\n", f);
	fclose(f);
	d.env[1] = text_of("INPUTRC=%s/inputrc", d.folder);
	ana.env = d.env;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	screen_keys(ana.screen, "text");
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees(&ana, "[cmd]"));
	screen_keys(ana.screen, "v");
	assert_true(person_sees(&ana, "> by v"));
	screen_keys(ana.screen, "x");
	assert_true(person_sees_no(&ana, "> by v"));
	screen_keys(ana.screen, "u");
	assert_true(person_sees(&ana, "> by v"));
	screen_keys(ana.screen, "u");
	assert_true(person_sees(&ana, "> text"));
	/* The name that bash has for it. */
	screen_keys(ana.screen, "i\017");
	assert_true(person_sees(&ana, "> by v"));
	end(&ana, &d);
}

/* What runs until it is ended, and says so. */
#define WAITING                                                                \
	"echo saved >\"$1\"; trap 'touch \"$desk/told\"; exit 1' TERM\n"       \
	": >\"$desk/runs\"\nwhile :; do sleep 0.02; done"

static void
open_waiting(struct person *p, struct desk *d, const char *more)
{
	start_with(p, d, WAITING, more);
	screen_keys(p->screen, "begun");
	open_editor(p);
	wait_file(d, "runs");
	assert_int_equal(left_over(p), 1);
}

static void
test_leaving(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct person ana = {0};
		struct desk d;
		int status;

		open_waiting(&ana, &d, NULL);
		kill(screen_pid(ana.screen), signals[i]);
		assert_true(screen_wait_exit(ana.screen, 0, &status));
		assert_int_equal(status, 0);
		assert_int_equal(access(in_folder(d.folder, "told"), F_OK), 0);
		assert_int_equal(left_over(&ana), 0);
		assert_true(screen_termios_restored(ana.screen));
		end(&ana, &d);
	}
}

static void
test_crash(void **state)
{
	struct person ana = {0};
	struct desk d;
	int status;

	(void)state;
	open_waiting(&ana, &d, ENV_MAY_CRASH);
	kill(screen_pid(ana.screen), SIGSEGV);
	assert_true(screen_wait_exit(ana.screen, 0, &status));
	assert_int_equal(left_over(&ana), 0);
	end(&ana, &d);
}

/* Not even a chance to clean up: the next start does. */
static void
test_killed(void **state)
{
	struct person ana = {0};
	struct desk d;

	(void)state;
	open_waiting(&ana, &d, NULL);
	person_dies(&ana);
	assert_int_equal(left_over(&ana), 1);
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	assert_true(screen_wait_for(nothing_left, &ana, "gone", 0));
	end(&ana, &d);
}

/* Ctrl-C and Ctrl-\ in a cooked terminal are the editor's alone. */
static void
test_signal_keys(void **state)
{
	struct person ana = {0};
	struct desk d;

	(void)state;
	start(&ana, &d,
	    "trap ': >\"$desk/int\"' INT; trap ': >\"$desk/quit\"' QUIT\n"
	    ": >\"$desk/runs\"\n"
	    "until [ -e \"$desk/quit\" ]; do sleep 0.02; done\n"
	    "echo and quit >>\"$1\"");
	screen_keys(ana.screen, "kept");
	open_editor(&ana);
	wait_file(&d, "runs");
	screen_keys(ana.screen, KEYS_CTRL('c'));
	wait_file(&d, "int");
	screen_keys(ana.screen, KEYS_CTRL('\\'));
	assert_true(person_sees(&ana, "> kept⏎"));
	assert_true(person_sees(&ana, "and quit"));
	end(&ana, &d);
}

/* Too much for a message: it is offered as a file, and nothing is lost. */
static void
test_too_long(void **state)
{
	struct person ana = {0};
	struct desk d;

	(void)state;
	start(&ana, &d, "yes 'a line of text' | head -n 6000 >\"$1\"");
	open_editor(&ana);
	assert_true(person_sees(&ana, "> /send "));
	assert_int_equal(count_files(ana.data, "pasted-"), 1);
	end(&ana, &d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_links_go_on),
	    cmocka_unit_test(test_failures),
	    cmocka_unit_test(test_no_editor),
	    cmocka_unit_test(test_vi_key),
	    cmocka_unit_test(test_leaving),
	    cmocka_unit_test(test_crash),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_signal_keys),
	    cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
