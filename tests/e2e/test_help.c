/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help over the log, the mouse, and pastes that are too long. */
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

#include "tests/e2e/beside.h"
#include "tests/e2e/meeting.h"

#define F1         "\033OP"
#define WHEEL_UP   "\033[<64;10;5M"
#define WHEEL_DOWN "\033[<65;10;5M"

static void
start(struct person *p, const char *const extra[])
{
	person_start(p, "ana", extra);
	assert_true(person_sees(p, "waiting for a call"));
}

static void
test_help(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_keys(ana.screen, F1);
	assert_true(person_sees(&ana, "keys and commands"));
	assert_true(person_sees(&ana, "/send PATH..."));
	assert_true(person_sees_no(&ana, "beto knocks"));
	/* The line is there all the time, and so are they. */
	screen_keys(ana.screen, "typed meanwhile");
	assert_true(person_sees(&ana, "> typed meanwhile"));
	person_type(&beto, "said meanwhile");
	assert_true(person_sees(&ana, "1 new line"));
	screen_keys(ana.screen, KEYS_PAGE_DOWN);
	assert_true(person_sees_no(&ana, "/send PATH..."));
	screen_keys(ana.screen, "\033[1;5F"); /* Ctrl-End */
	assert_true(person_sees(&ana, "read ~/.inputrc again"));
	assert_true(person_sees(&ana, "Ctrl-X Ctrl-R"));
	screen_keys(ana.screen, "\033[1;5H"); /* Ctrl-Home */
	assert_true(person_sees(&ana, "/send PATH..."));
	screen_keys(ana.screen, F1);
	assert_true(person_sees(&ana, "said meanwhile"));
	assert_true(person_sees_no(&ana, "keys and commands"));
	screen_keys(ana.screen, "\033?"); /* Alt-? */
	assert_true(person_sees(&ana, "keys and commands"));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees_no(&ana, "keys and commands"));
	assert_true(person_sees(&ana, "> typed meanwhile"));
	/* What a command brings is in the log. */
	screen_keys(ana.screen, KEYS_CTRL('c'));
	screen_keys(ana.screen, F1);
	assert_true(person_sees(&ana, "keys and commands"));
	person_type(&ana, "/help quit");
	assert_true(person_sees_no(&ana, "keys and commands"));
	part(&ana, &beto);
}

/* In the usual width nothing is cut off. */
static void
test_nothing_is_cut(void **state)
{
	struct person ana = {.rows = 100, .cols = 80};

	(void)state;
	start(&ana, NULL);
	screen_keys(ana.screen, F1);
	assert_true(person_sees(&ana, "read ~/.inputrc again"));
	assert_true(person_sees_no(&ana, "…"));
	person_release(&ana);
}

static void
test_keys(void **state)
{
	struct person ana = {.rows = 100};

	(void)state;
	start(&ana, NULL);
	person_type(&ana, "/keys");
	assert_true(person_sees(&ana, "the keys as they are bound now"));
	assert_true(person_sees(&ana, "Alt->, Ctrl-End"));
	assert_true(person_sees(&ana, "charla-scroll-bottom"));
	assert_true(person_sees(&ana, "reverse-search-history"));
	/* No key without a name where there is one with. */
	assert_int_equal(screen_count(ana.screen, "\\e["), 0);
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees_no(&ana, "the keys as they are bound now"));
	person_release(&ana);
}

static void
fill_log(struct person *p)
{
	for (int i = 0; i < 40; i++)
		person_type(p, text_of("/nick name %d.", i));
	assert_true(person_sees(p, "called name 39."));
}

static bool
mouse_is_on(void *arg)
{
	const struct person *p = arg;

	return screen_dec_mode(p->screen, 1000) &&
	       screen_dec_mode(p->screen, 1006);
}

static bool
mouse_is_off(void *arg)
{
	const struct person *p = arg;

	return !screen_dec_mode(p->screen, 1000) &&
	       !screen_dec_mode(p->screen, 1006);
}

static void
test_wheel(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	fill_log(&ana);
	assert_false(screen_dec_mode(ana.screen, 1000));
	/* What a terminal says unasked moves nothing. */
	screen_keys(ana.screen, WHEEL_UP);
	person_type(&ana, "/set mouse on");
	assert_true(screen_wait_for(mouse_is_on, &ana, "the mouse on", 0));
	assert_int_equal(screen_count(ana.screen, "more below"), 0);
	assert_true(screen_wait_quiet(ana.screen, 100, 0));
	screen_keys(ana.screen, "begun" WHEEL_UP WHEEL_UP);
	assert_true(person_sees(&ana, "more below"));
	assert_true(person_sees_no(&ana, "called name 39."));
	assert_true(person_sees(&ana, "called name 30."));
	screen_keys(ana.screen, WHEEL_UP WHEEL_DOWN WHEEL_DOWN WHEEL_DOWN);
	assert_true(person_sees(&ana, "called name 39."));
	assert_true(person_sees_no(&ana, "more below"));
	/* The list that is open, where there is one. */
	screen_keys(ana.screen, F1);
	assert_true(person_sees(&ana, "lines 1 to"));
	screen_keys(ana.screen, WHEEL_DOWN);
	assert_true(person_sees(&ana, "lines 4 to"));
	screen_keys(ana.screen, F1 "!");
	assert_true(person_sees(&ana, "> begun!"));
	screen_keys(ana.screen, KEYS_CTRL('c'));
	person_type(&ana, "/set mouse off");
	assert_true(screen_wait_for(mouse_is_off, &ana, "the mouse off", 0));
	person_release(&ana);
}

/* On every way out the mouse is the terminal's again. */
static void
test_mouse_ends(void **state)
{
	static const int signals[] = {SIGTERM, SIGSEGV};
	static const char *const with_mouse[] = {"--mouse", NULL};
	static const char *const env[] = {"EDITOR=true", ENV_MAY_CRASH, NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct person ana = {.env = env};
		size_t len, before;

		start(&ana, with_mouse);
		assert_true(screen_wait_for(mouse_is_on, &ana, "on", 0));
		screen_output(ana.screen, &before);
		screen_keys(ana.screen, KEYS_CTRL('x'));
		screen_keys(ana.screen, KEYS_CTRL('e'));
		assert_true(screen_wait_quiet(ana.screen, 300, 0));
		assert_non_null(strstr(
		    screen_output(ana.screen, &len) + before, "\033[?1000l"));
		assert_true(screen_wait_for(mouse_is_on, &ana, "again", 0));
		screen_signal(ana.screen, signals[i]);
		assert_true(screen_wait_exit(ana.screen, 0, NULL));
		assert_false(screen_dec_mode(ana.screen, 1000));
		assert_false(screen_dec_mode(ana.screen, 1006));
		person_release(&ana);
	}
}

static void
click(struct person *p, int row, int column)
{
	char keys[64];

	snprintf(keys, sizeof(keys), "\033[<0;%d;%dM\033[<0;%d;%dm", column + 1,
	    row + 1, column + 1, row + 1);
	screen_keys(p->screen, keys);
}

static void
test_click(void **state)
{
	struct person ana = {0}, beto = {0};
	int row, column;

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(beto.home, "foto.jpg"), 1000, 1);
	person_type(&beto, "/send ~/foto.jpg");
	assert_true(person_sees(&ana, "beto offers"));
	person_type(&ana, "/set mouse on");
	row = screen_find(ana.screen, "beto offers", &column);
	screen_keys(ana.screen, "busy");
	assert_true(person_sees(&ana, "> busy"));
	click(&ana, row, column);
	screen_keys(ana.screen, "!");
	assert_true(person_sees(&ana, "> busy!"));
	screen_keys(ana.screen, KEYS_CTRL('c'));
	assert_true(person_sees_no(&ana, "> busy"));
	/* Elsewhere it means nothing. */
	click(&ana, row - 1, column);
	click(&ana, 0, 0);
	click(&ana, 500, 500);
	click(&ana, row, column);
	assert_true(person_sees(&ana, "> /accept 2"));
	/* It is only proposed. */
	assert_true(screen_wait_quiet(ana.screen, 100, 0));
	assert_int_equal(count_files(ana.downloads, "foto"), 0);
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&ana, "verified"));
	part(&ana, &beto);
}

/* Text of so many bytes, in lines. */
static char *
long_text(size_t size)
{
	char *text = malloc(size + 1);

	assert_non_null(text);
	for (size_t i = 0; i < size; i++)
		text[i] = i % 50 == 49 ? '\n' : (char)('a' + i * 7 % 26);
	text[size] = '\0';
	return text;
}

/* Of the paste in the data folder; the caller frees. NULL: none. */
static char *
pasted_file(const struct person *p)
{
	DIR *dir = opendir(p->data);
	const struct dirent *entry;
	char *path = NULL;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "pasted-", 7) == 0)
			path = strdup(in_folder(p->data, entry->d_name));
	}
	if (dir != NULL)
		closedir(dir);
	return path;
}

static bool
file_is(const char *path, const char *text)
{
	FILE *f = fopen(path, "r");
	size_t size = strlen(text), n;
	char *bytes = malloc(size + 2);
	bool same;

	assert_non_null(f);
	assert_non_null(bytes);
	n = fread(bytes, 1, size + 1, f);
	same = n == size && memcmp(bytes, text, size) == 0;
	free(bytes);
	fclose(f);
	return same;
}

static void
test_long_paste(void **state)
{
	struct person ana = {0}, beto = {0};
	char *text = long_text(2000 * 1000), *path;
	struct stat st;

	(void)state;
	meet(&ana, &beto);
	screen_paste(ana.screen, text);
	assert_true(person_sees(&ana, "> /send "));
	assert_true(person_sees(&ana, "one message holds"));
	path = pasted_file(&ana);
	assert_non_null(path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(file_is(path, text));
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&beto, "ana offers 'pasted-"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&beto, "verified"));
	assert_int_equal(count_files(beto.downloads, "pasted-"), 1);
	free(path);
	free(text);
	part(&ana, &beto);
}

/* What stands in the line stays there. */
static void
test_long_paste_behind_text(void **state)
{
	struct person ana = {0};
	char *text = long_text(70 * 1000), *path;

	(void)state;
	start(&ana, NULL);
	screen_keys(ana.screen, "begun");
	assert_true(person_sees(&ana, "> begun"));
	screen_paste(ana.screen, text);
	assert_true(person_sees(&ana, "Up brings the /send"));
	assert_true(person_sees(&ana, "> begun"));
	screen_keys(ana.screen, KEYS_UP);
	assert_true(person_sees(&ana, "> /send "));
	screen_keys(ana.screen, KEYS_DOWN);
	assert_true(person_sees(&ana, "> begun"));
	path = pasted_file(&ana);
	assert_non_null(path);
	assert_true(file_is(path, text));
	free(path);
	free(text);
	person_release(&ana);
}

static void
test_long_paste_incognito(void **state)
{
	static const char *const incognito[] = {"--incognito", NULL};
	struct person ana = {0};
	char *text = long_text(70 * 1000), *path;

	(void)state;
	start(&ana, incognito);
	screen_paste(ana.screen, text);
	assert_true(person_sees(&ana, "> /send "));
	path = pasted_file(&ana);
	assert_non_null(path);
	free(path);
	screen_signal(ana.screen, SIGTERM);
	assert_true(screen_wait_exit(ana.screen, 0, NULL));
	assert_null(pasted_file(&ana));
	free(text);
	person_release(&ana);
}

struct page {
	struct person *who;
	int row;
	char text[SCREEN_ROW_MAX];
};

static bool
has_turned(void *arg)
{
	struct page *page = arg;
	char row[SCREEN_ROW_MAX];

	screen_row_text(page->who->screen, page->row, row);
	return strcmp(row, page->text) != 0;
}

/* The row above the status has other words then. */
static void
turn_page(struct person *p)
{
	struct page page = {.who = p, .row = 21};

	screen_row_text(p->screen, page.row, page.text);
	screen_keys(p->screen, KEYS_TAB);
	assert_true(screen_wait_for(has_turned, &page, "another page", 0));
}

/* Words with what they are; Tab once more turns to those that did not fit. */
static void
test_choices(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_keys(ana.screen, "/" KEYS_TAB);
	assert_true(person_sees(&ana, "more: Tab"));
	assert_true(person_sees(&ana, "offer files and folders"));
	assert_int_equal(screen_count(ana.screen, "empty the log pane"), 0);
	for (int i = 0; i < 9; i++) {
		if (screen_count(ana.screen, "empty the log pane") > 0)
			break;
		turn_page(&ana);
	}
	assert_true(person_sees(&ana, "empty the log pane"));
	screen_keys(ana.screen, KEYS_CTRL('u'));
	assert_true(person_sees_no(&ana, "empty the log pane"));
	make_file(in_folder(beto.home, "uno.txt"), 10, 1);
	make_file(in_folder(beto.home, "dos.txt"), 10, 2);
	person_type(&beto, "/send ~/uno.txt");
	assert_true(person_sees(&ana, "'uno.txt'"));
	person_type(&beto, "/send ~/dos.txt");
	assert_true(person_sees(&ana, "'dos.txt'"));
	screen_keys(ana.screen, "/reject " KEYS_TAB);
	assert_true(person_sees(&ana, "↓ uno.txt, 10 B"));
	assert_true(person_sees(&ana, "↓ dos.txt, 10 B"));
	screen_keys(ana.screen, KEYS_CTRL('u'));
	screen_keys(ana.screen, "/accept from b" KEYS_TAB);
	assert_true(person_sees(&ana, "> /accept from beto"));
	screen_keys(ana.screen, KEYS_CTRL('u'));
	screen_keys(ana.screen, "/set mo" KEYS_TAB "o" KEYS_TAB);
	assert_true(person_sees(&ana, "as it is now"));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_help),
	    cmocka_unit_test(test_nothing_is_cut),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_wheel),
	    cmocka_unit_test(test_mouse_ends),
	    cmocka_unit_test(test_click),
	    cmocka_unit_test(test_long_paste),
	    cmocka_unit_test(test_long_paste_behind_text),
	    cmocka_unit_test(test_long_paste_incognito),
	    cmocka_unit_test(test_choices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
