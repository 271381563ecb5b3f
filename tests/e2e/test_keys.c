/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input line, the log pane and the size of the window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/e2e/meeting.h"

static void
start(struct person *p)
{
	person_start(p, "ana", NULL);
	assert_true(person_sees(p, "waiting for a call"));
}

static void
test_paste_of_100_kb(void **state)
{
	enum { SIZE = 100 * 1024 };
	struct person ana = {0}, beto = {0};
	char *text = calloc(1, SIZE + 1);

	(void)state;
	meet(&ana, &beto);
	memset(text, 'x', SIZE);
	screen_paste(ana.screen, text);
	assert_true(person_sees(&ana, "/send"));
	assert_int_equal(screen_count(beto.screen, "xxx"), 0);
	screen_keys(ana.screen, KEYS_CTRL('c'));
	assert_true(person_sees_no(&ana, "> /send"));
	/* One that fits is inserted, not sent, and goes with Enter. */
	text[60 * 1024] = '\0';
	memcpy(text, "begin", 5);
	memcpy(text + strlen(text) - 7, "\nfinale", 7);
	screen_paste(ana.screen, text);
	assert_true(person_sees(&ana, "finale"));
	assert_int_equal(screen_count(beto.screen, "xxx"), 0);
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&beto, "finale"));
	free(text);
	part(&ana, &beto);
}

/* Pasted newlines run nothing and send nothing. */
static void
test_paste_never_sends(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_paste(ana.screen, "/quit\n");
	assert_true(person_sees(&ana, "> /quit"));
	screen_keys(ana.screen, KEYS_CTRL('c'));
	assert_true(person_sees_no(&ana, "> /quit"));
	screen_paste(ana.screen, "x\033[5~\007y\033[201~z");
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&beto, "x"));
	part(&ana, &beto);
}

static void
test_readline_keys(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "uno dos tres");
	assert_true(person_sees(&beto, "uno dos tres"));
	screen_keys(ana.screen, "cuatro \033.");
	assert_true(person_sees(&ana, "> cuatro tres"));
	screen_keys(ana.screen, "\033\177"); /* Alt-Backspace */
	assert_true(person_sees_no(&ana, "> cuatro tres"));
	screen_keys(ana.screen, KEYS_CTRL('_'));
	assert_true(person_sees(&ana, "> cuatro tres"));
	screen_keys(ana.screen, KEYS_CTRL('u'));
	screen_keys(ana.screen, KEYS_CTRL('r'));
	screen_keys(ana.screen, "dos");
	assert_true(person_sees(&ana, "reverse-i-search"));
	screen_keys(ana.screen, KEYS_CTRL('e'));
	assert_true(person_sees(&ana, "> uno dos tres"));
	part(&ana, &beto);
}

static void
test_history_is_kept(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana);
	person_type(&ana, "/help send");
	assert_true(person_sees(&ana, "offer files and folders"));
	assert_true(person_quits(&ana));
	start(&ana);
	screen_keys(ana.screen, KEYS_UP KEYS_UP);
	assert_true(person_sees(&ana, "> /help send"));
	person_release(&ana);
}

static void
test_vi_mode_and_inputrc(void **state)
{
	char dir[4096];
	const char *env[2] = {NULL, NULL};
	struct person ana = {.env = env};
	FILE *f;

	(void)state;
	make_temp_dir(dir, sizeof(dir));
	f = fopen(in_folder(dir, "inputrc"), "w");
	assert_non_null(f);
	fputs("$if charla\nset editing-mode vi\n\"\\eOQ\": \"from inputrc\"\n"
	      "$endif\n",
	    f);
	fclose(f);
	env[0] = text_of("INPUTRC=%s/inputrc", dir);
	start(&ana);
	screen_keys(ana.screen, "hola mundo");
	assert_true(person_sees(&ana, "> hola mundo"));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees(&ana, "[cmd]"));
	screen_keys(ana.screen, "0dw");
	assert_true(person_sees(&ana, "> mundo"));
	screen_keys(ana.screen, "A\033OQ");
	assert_true(person_sees(&ana, "> mundofrom inputrc"));
	person_release(&ana);
	remove_tree(dir);
}

static void
test_completion(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana);
	screen_keys(ana.screen, "/tr" KEYS_TAB);
	assert_true(person_sees(&ana, "> /transfers"));
	screen_keys(ana.screen, KEYS_CTRL('u'));
	assert_int_equal(mkdir(in_folder(ana.home, "una carpeta"), 0700), 0);
	make_file(in_folder(ana.home, "una carpeta/mi foto.jpg"), 10, 1);
	screen_keys(ana.screen, "/send ~/una" KEYS_TAB);
	assert_true(person_sees(&ana, "una carpeta/"));
	screen_keys(ana.screen, "mi" KEYS_TAB);
	assert_true(person_sees(&ana, "mi foto.jpg"));
	screen_keys(ana.screen, KEYS_CTRL('u'));
	screen_keys(ana.screen, "/c" KEYS_TAB);
	assert_true(person_sees(&ana, "/connect"));
	assert_true(person_sees(&ana, "/clear"));
	person_release(&ana);
}

static void
test_scrolling(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	for (int i = 0; i < 60; i++)
		person_type(&ana, text_of("line %d.", i));
	assert_true(person_sees(&beto, "line 59."));
	screen_keys(beto.screen, KEYS_PAGE_UP);
	assert_true(person_sees_no(&beto, "line 59."));
	person_type(&ana, "news while away");
	assert_true(person_sees(&beto, "1 new line"));
	assert_int_equal(screen_count(beto.screen, "news while away"), 0);
	screen_keys(beto.screen, KEYS_PAGE_DOWN KEYS_PAGE_DOWN);
	assert_true(person_sees(&beto, "news while away"));
	assert_true(person_sees_no(&beto, "1 new line"));
	part(&ana, &beto);
}

/* A window taller than the usual 24 rows scrolls as one piece. */
static void
test_tall_window(void **state)
{
	enum { ROWS = 50, SAID = 120 };
	struct person ana = {.rows = ROWS}, beto = {.rows = ROWS};
	char row[SCREEN_ROW_MAX];
	size_t before, after;
	int last = -1;

	(void)state;
	meet(&ana, &beto);
	for (int i = 0; i < SAID; i++)
		person_type(&ana, text_of("say %d.", i));
	assert_true(person_sees(&beto, text_of("say %d.", SAID - 1)));
	assert_false(screen_output_has(beto.screen, "\033[1;24r", 7));
	assert_true(screen_wait_quiet(beto.screen, 100, 0));
	for (int r = 0; r < ROWS; r++) {
		const char *found =
		    strstr(screen_row_text(beto.screen, r, row), "say ");
		int number;

		if (found == NULL)
			continue;
		number = (int)strtol(found + 4, NULL, 10);
		assert_true(last == -1 || number == last + 1);
		last = number;
	}
	assert_int_equal(last, SAID - 1);
	/* Ctrl-L draws all of it again. */
	screen_output(beto.screen, &before);
	screen_keys(beto.screen, KEYS_CTRL('l'));
	assert_true(screen_wait_quiet(beto.screen, 500, 0));
	screen_output(beto.screen, &after);
	assert_true(after > before + ROWS);
	part(&ana, &beto);
}

/* Sizes one after the other while lines arrive; count of them. */
static void
storm(
    struct person *p, struct person *talking, const int (*sizes)[2], int count)
{
	enum { ROUNDS = 40 };

	for (int i = 0; i < ROUNDS * count; i++) {
		screen_resize(
		    p->screen, sizes[i % count][0], sizes[i % count][1]);
		if (i % 7 == 0)
			person_type(talking, text_of("storm %d", i));
		if (i % 3 == 0)
			screen_pump(1);
	}
	for (int i = 0; i < count; i++) {
		screen_resize(p->screen, sizes[i][0], sizes[i][1]);
		assert_true(screen_wait_quiet(p->screen, 80, 0));
		assert_true(screen_is_alive(p->screen));
	}
	screen_resize(p->screen, 24, 80);
	person_type(talking, "after the storm");
	assert_true(person_sees(p, "after the storm"));
	assert_true(person_sees(p, "connected with beto"));
}

/*
 * Wide characters come after the sizes of one column: libvterm 0.1.4 does
 * not survive one that arrives just when it has shrunk to that.
 */
static void
test_resize_storm(void **state)
{
	static const int tiny[][2] = {{1, 1}, {2, 2}, {3, 10}, {10, 3}, {1, 80},
	    {24, 1}, {5, 20}, {200, 1}, {24, 80}};
	static const int sizes[][2] = {{1, 2}, {2, 2}, {3, 10}, {10, 3},
	    {60, 200}, {24, 80}, {4, 200}, {200, 4}, {12, 40}, {500, 200}};
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	storm(&ana, &beto, tiny, sizeof(tiny) / sizeof(tiny[0]));
	person_type(&ana, "/clear");
	person_type(&beto,
	    "ancho: 日本語 y una línea más larga que la ventana, "
	    "con 🎉 y con acentos");
	assert_true(person_sees(&ana, "ancho: 日本語"));
	storm(&ana, &beto, sizes, sizeof(sizes) / sizeof(sizes[0]));
	assert_true(person_quits(&ana));
	part(&ana, &beto);
}

/* What a peer sends drives nothing. */
static void
test_peer_cannot_drive_the_terminal(void **state)
{
	struct person ana = {0}, beto = {0};
	struct screen_modes modes;

	(void)state;
	meet(&ana, &beto);
	/* Ctrl-V takes the next key as it is. */
	screen_keys(ana.screen, "a\026\033]0;owned\026\007b\026\033[31mc\r");
	person_type(&ana, "marker one");
	assert_true(person_sees(&beto, "marker one"));
	screen_modes(beto.screen, &modes);
	assert_null(strstr(modes.title, "owned"));
	assert_false(screen_output_has(beto.screen, "\033]0;owned", 10));
	assert_false(screen_output_has(beto.screen, "\033[31mc", 6));
	person_type(&ana, "exe.\xe2\x80\xaegpj");
	person_type(&ana, "marker two");
	assert_true(person_sees(&beto, "marker two"));
	assert_false(screen_output_has(beto.screen, "\xe2\x80\xae", 3));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paste_of_100_kb),
	    cmocka_unit_test(test_paste_never_sends),
	    cmocka_unit_test(test_readline_keys),
	    cmocka_unit_test(test_history_is_kept),
	    cmocka_unit_test(test_vi_mode_and_inputrc),
	    cmocka_unit_test(test_completion),
	    cmocka_unit_test(test_scrolling),
	    cmocka_unit_test(test_tall_window),
	    cmocka_unit_test(test_resize_storm),
	    cmocka_unit_test(test_peer_cannot_drive_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
