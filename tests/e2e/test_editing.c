/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the input line, each by what it does to a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/meeting.h"

enum { INPUT_ROW = 23 };

/* Everything begins with this line, the cursor at its end. */
#define BEGIN "uno dos tres"

struct key_case {
	const char *name;
	const char *keys;
	const char *line; /* without the prompt */
	const char *text; /* typed before, in the place of BEGIN; or NULL */
};

struct wanted {
	struct person *who;
	char row[SCREEN_ROW_MAX];
};

static bool
row_is(void *arg)
{
	const struct wanted *w = arg;
	char row[SCREEN_ROW_MAX];

	return strcmp(screen_row_text(w->who->screen, INPUT_ROW, row),
		   w->row) == 0;
}

/* Exactly this stands behind the prompt; blanks at its end do not show. */
static bool
line_is(struct person *p, const char *line)
{
	struct wanted w = {.who = p};
	size_t len = strlen(line);

	while (len > 0 && line[len - 1] == ' ')
		len--;
	snprintf(w.row, sizeof(w.row), "> %.*s", (int)len, line);
	if (len == 0)
		w.row[1] = '\0';
	return screen_wait_for(row_is, &w, w.row, 0);
}

/* Two lines are in the history. */
static void
start(struct person *p, const char *const *env)
{
	p->env = env;
	person_start(p, "ana", NULL);
	assert_true(person_sees(p, "waiting for a call"));
	person_type(p, "/nick alpha beta gamma");
	assert_true(person_sees(p, "you are called alpha beta gamma"));
	person_type(p, "/nick delta epsilon");
	assert_true(person_sees(p, "you are called delta epsilon"));
}

static void
begin_case(struct person *p, const struct key_case *c)
{
	const char *text = c->text != NULL ? c->text : BEGIN;

	screen_keys(p->screen, text);
	assert_true(line_is(p, text));
}

static void
end_case(struct person *p, const struct key_case *c)
{
	if (!line_is(p, c->line))
		fail_msg("%s: not '%s'", c->name, c->line);
	screen_keys(p->screen, KEYS_CTRL('c'));
	assert_true(line_is(p, ""));
}

static const struct key_case emacs[] = {
    {"C-a", "\001X", "Xuno dos tres", NULL},
    {"C-e", "\001\005X", "uno dos tresX", NULL},
    {"C-b", "\002X", "uno dos treXs", NULL},
    {"C-f", "\001\006X", "uXno dos tres", NULL},
    {"M-b", "\033bX", "uno dos Xtres", NULL},
    {"M-f", "\001\033fX", "unoX dos tres", NULL},
    {"C-d", "\001\004", "no dos tres", NULL},
    {"DEL", "\177", "uno dos tre", NULL},
    {"C-h", "\010", "uno dos tre", NULL},
    {"C-t", "\024", "uno dos trse", NULL},
    {"M-t", "\033t", "uno tres dos", NULL},
    {"M-u is ours", "\033b\033uX", "uno dos Xtres", NULL},
    {"M-c", "\001\033c", "Uno dos tres", NULL},
    {"C-k", "\001\033f\013", "uno", NULL},
    {"C-u", "\033b\025", "tres", NULL},
    {"C-w", "\027", "uno dos ", NULL},
    {"C-w is up to a blank", "\027", "uno ", "uno a-b"},
    {"M-DEL is not", "\033\177", "uno a-", "uno a-b"},
    {"M-d", "\001\033d", " dos tres", NULL},
    {"C-x DEL", "\030\177X", "X", NULL},
    {"C-y", "\027\031\031", "uno dos trestres", NULL},
    {"M-y", "\027\001\033d\005\031\033y", " dos tres", NULL},
    {"C-_", "\027\037", "uno dos tres", NULL},
    {"C-x C-u", "\027\030\025", "uno dos tres", NULL},
    {"M-r", "\020X\033r", "/nick delta epsilon", NULL},
    {"C-r", "\022alph\005", "/nick alpha beta gamma", NULL},
    {"C-r C-r", "\022nick\022\005", "/nick alpha beta gamma", NULL},
    {"C-r C-g", "\022alph\007", "uno dos tres", NULL},
    {"M-.", " \033.", "uno dos tres epsilon", NULL},
    {"M-. M-.", " \033.\033.", "uno dos tres gamma", NULL},
    {"M-_", " \033_", "uno dos tres epsilon", NULL},
    {"M-C-y", " \033\031", "uno dos tres delta", NULL},
    {"C-p", "\020", "/nick delta epsilon", NULL},
    {"C-n", "\020\016", "uno dos tres", NULL},
    {"Up", "\033[A\033[A", "/nick alpha beta gamma", NULL},
    {"Up, in the other mode", "\033OA", "/nick delta epsilon", NULL},
    {"Down", "\033[A\033[A\033[B", "/nick delta epsilon", NULL},
    {"M-< leaves the line alone", "\033<X", "uno dos tresX", NULL},
    {"M-> too", "\033>X", "uno dos tresX", NULL},
    {"M-3 C-b", "\0333\002X", "uno dos tXres", NULL},
    {"M-1 M-2 C-b", "\0331\0332\002X", "Xuno dos tres", NULL},
    {"M-4 x", "\0334x", "uno dos tresxxxx", NULL},
    {"M-- M-c", "\033-\033c", "uno dos Tres", NULL},
    {"C-g ends an argument", "\0333\007X", "uno dos tresX", NULL},
    {"C-]", "\001\035dX", "uno Xdos tres", NULL},
    {"M-C-]", "\033\035dX", "uno Xdos tres", NULL},
    {"M-\\", "\033\\X", "unoX", "uno   "},
    {"C-x C-x", "\001\033 \005\030\030X", "Xuno dos tres", NULL},
    {"C-x ( ) e", "\030(ab\030)\030e", "uno dos tresabab", NULL},
    {"C-q", "\021\001", "uno dos tres^A", NULL},
    {"C-v", "\026\033", "uno dos tres^[", NULL},
    {"Home", "\033[HX", "Xuno dos tres", NULL},
    {"Home of others", "\033[1~X", "Xuno dos tres", NULL},
    {"End", "\001\033[FX", "uno dos tresX", NULL},
    {"End of others", "\001\033[4~X", "uno dos tresX", NULL},
    {"Left", "\033[DX", "uno dos treXs", NULL},
    {"Right", "\001\033OCX", "uXno dos tres", NULL},
    {"Delete", "\033[H\033[3~", "no dos tres", NULL},
    {"Ctrl-Left", "\033[1;5DX", "uno dos Xtres", NULL},
    {"Ctrl-Right", "\001\033[1;5CX", "unoX dos tres", NULL},
    {"Alt-Left", "\033[1;3DX", "uno dos Xtres", NULL},
    {"Alt-Right", "\001\033[1;3CX", "unoX dos tres", NULL},
    {"Tab", "\tX", "/transfers X", "/tr"},
    {"wide", "\002X", "日本X語", "日本語"},
    {"accents", "\177", "caf", "café"},
};

static void
test_emacs(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	for (size_t i = 0; i < sizeof(emacs) / sizeof(emacs[0]); i++) {
		begin_case(&ana, &emacs[i]);
		screen_keys(ana.screen, emacs[i].keys);
		end_case(&ana, &emacs[i]);
	}
	person_release(&ana);
}

/* From vi's command mode, the cursor on the last letter. */
static const struct key_case vi[] = {
    {"x", "x", "uno dos tre", NULL},
    {"X", "X", "uno dos trs", NULL},
    {"h", "hx", "uno dos trs", NULL},
    {"l", "0lx", "uo dos tres", NULL},
    {"0", "0x", "no dos tres", NULL},
    {"^", "^x", " no dos", " uno dos"},
    {"$", "0$x", "uno dos tre", NULL},
    {"w", "0wx", "uno os tres", NULL},
    {"W", "0Wx", "a-b d", "a-b cd"},
    {"b", "bx", "uno dos res", NULL},
    {"B", "Bx", "uno -b", "uno a-b"},
    {"e", "0ex", "un dos tres", NULL},
    {"E", "0Ex", "a- cd", "a-b cd"},
    {"|", "5|x", "uno os tres", NULL},
    {"f", "0fdx", "uno os tres", NULL},
    {"F", "Fdx", "uno os tres", NULL},
    {"t", "0tdx", "unodos tres", NULL},
    {"T", "Tdx", "uno ds tres", NULL},
    {";", "0fo;x", "uno ds tres", NULL},
    {",", "0fo;,x", "un dos tres", NULL},
    {"%", "0f(%x", "a (b", "a (b)"},
    {"i", "iX", "uno dos treXs", NULL},
    {"I", "IX", "Xuno dos tres", NULL},
    {"a", "0aX", "uXno dos tres", NULL},
    {"A", "AX", "uno dos tresX", NULL},
    {"D", "0wD", "uno ", NULL},
    {"C", "0wCX", "uno X", NULL},
    {"dw", "0dw", "dos tres", NULL},
    {"d2w", "0d2w", "tres", NULL},
    {"db", "db", "uno dos s", NULL},
    {"d$", "0wd$", "uno ", NULL},
    {"d0", "bd0", "tres", NULL},
    {"dd", "ddix", "x", NULL},
    {"cw", "0cwX", "X dos tres", NULL},
    {"cc", "ccX", "X", NULL},
    {"s", "0sX", "Xno dos tres", NULL},
    {"S", "SX", "X", NULL},
    {"r", "0rX", "Xno dos tres", NULL},
    {"R", "0RAB", "ABo dos tres", NULL},
    {"~", "0~", "Uno dos tres", NULL},
    {"3x", "03x", " dos tres", NULL},
    {"u", "0dwu", "uno dos tres", NULL},
    {"U", "0xxU", "uno dos tres", NULL},
    {".", "0x.", "o dos tres", NULL},
    {"yw p", "0yw$p", "uno dos tresuno ", NULL},
    {"yw P", "0ywP", "uno uno dos tres", NULL},
    {"k", "k", "/nick delta epsilon", NULL},
    {"j", "kj", "uno dos tres", NULL},
    {"/", "/alp\r", "/nick alpha beta gamma", NULL},
    {"Up", "\033[A", "/nick delta epsilon", NULL},
};

static void
test_vi(void **state)
{
	char dir[4096];
	const char *env[2] = {NULL, NULL};
	struct person ana = {0};
	FILE *f;

	(void)state;
	make_temp_dir(dir, sizeof(dir));
	f = fopen(in_folder(dir, "inputrc"), "w");
	assert_non_null(f);
	fputs("set editing-mode vi\n", f);
	fclose(f);
	env[0] = text_of("INPUTRC=%s/inputrc", dir);
	start(&ana, env);
	for (size_t i = 0; i < sizeof(vi) / sizeof(vi[0]); i++) {
		assert_true(person_sees(&ana, "[ins]"));
		begin_case(&ana, &vi[i]);
		screen_keys(ana.screen, KEYS_ESCAPE);
		if (!person_sees(&ana, "[cmd]"))
			fail_msg("%s: no command mode", vi[i].name);
		screen_keys(ana.screen, vi[i].keys);
		end_case(&ana, &vi[i]);
	}
	/* R ends like the others. */
	screen_keys(ana.screen, BEGIN);
	assert_true(line_is(&ana, BEGIN));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees(&ana, "[cmd]"));
	screen_keys(ana.screen, "0RAB");
	assert_true(line_is(&ana, "ABo dos tres"));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees(&ana, "[cmd]"));
	screen_keys(ana.screen, "wx");
	assert_true(line_is(&ana, "ABo os tres"));
	person_release(&ana);
	remove_tree(dir);
}

/* Functions of ours on other keys, and keys that do something else. */
static void
test_inputrc(void **state)
{
	char dir[4096];
	const char *env[2] = {NULL, NULL};
	struct person ana = {0};
	FILE *f;

	(void)state;
	make_temp_dir(dir, sizeof(dir));
	f = fopen(in_folder(dir, "inputrc"), "w");
	assert_non_null(f);
	fputs("$if charla\n"
	      "\"\\e[15~\": charla-help\n"
	      "\"\\C-t\": charla-clear-line\n"
	      "\"\\C-o\": charla-insert-newline\n"
	      "\"\\e[17~\": \"from a macro \"\n"
	      "\"\\e[18~\": upcase-word\n"
	      "\"\\C-xh\": charla-help\n"
	      "\"\\eOP\": \"F1 is text\"\n"
	      "\"\\e[A\": history-search-backward\n"
	      "$endif\n"
	      "$if other\n\"\\e[18~\": \"not for us\"\n$endif\n",
	    f);
	fclose(f);
	env[0] = text_of("INPUTRC=%s/inputrc", dir);
	start(&ana, env);
	screen_keys(ana.screen, "\033[15~");
	assert_true(person_sees(&ana, "keys and commands"));
	screen_keys(ana.screen, "\033[15~");
	assert_true(person_sees_no(&ana, "keys and commands"));
	screen_keys(ana.screen, "\030h");
	assert_true(person_sees(&ana, "keys and commands"));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees_no(&ana, "keys and commands"));
	screen_keys(ana.screen, "\033[17~x\001\033[18~");
	assert_true(line_is(&ana, "FROM a macro x"));
	screen_keys(ana.screen, "\024");
	assert_true(line_is(&ana, ""));
	screen_keys(ana.screen, "a\017b");
	assert_true(person_sees(&ana, "2 lines"));
	screen_keys(ana.screen, "\024\033OP");
	assert_true(line_is(&ana, "F1 is text"));
	screen_keys(ana.screen, "\024/nick al\033[A");
	assert_true(line_is(&ana, "/nick alpha beta gamma"));
	/* What is bound now is what is listed. */
	screen_keys(ana.screen, "\024");
	person_type(&ana, "/keys");
	assert_true(person_sees(&ana, "charla-help"));
	assert_true(person_sees(&ana, "F5"));
	assert_true(person_sees(&ana, "Ctrl-X h"));
	person_release(&ana);
	remove_tree(dir);
}

/* Keys that nobody has bound leave nothing behind. */
static void
test_unbound(void **state)
{
	static const char *const keys[] = {"\033[17~", "\033[18~", "\033[1;2D",
	    "\033[23;5~", "\033[1;6A", "\033OS", "\033[25~", "\033[5;3~",
	    "\033[<0;3;4M", "\033[<0;3;4m", "\033[I", "\033[O", "\033[?1;2c",
	    "\033]11;rgb:0000/0000/0000\033\\", "\033P1$r0m\033\\"};
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		screen_keys(ana.screen, "a");
		screen_keys(ana.screen, keys[i]);
		screen_keys(ana.screen, "b");
		assert_true(line_is(&ana, "ab"));
		screen_keys(ana.screen, KEYS_CTRL('c'));
		assert_true(line_is(&ana, ""));
	}
	person_release(&ana);
}

/* Escape by itself is nothing yet; with the key behind it, it is Alt. */
static void
test_escape(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	screen_keys(ana.screen, BEGIN);
	assert_true(line_is(&ana, BEGIN));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(screen_wait_read(ana.screen));
	screen_keys(ana.screen, "b");
	assert_true(screen_wait_read(ana.screen));
	screen_keys(ana.screen, "X");
	assert_true(line_is(&ana, "uno dos Xtres"));
	/* In a search it ends the search, and keeps what was found. */
	screen_keys(ana.screen, "\003\022alph");
	assert_true(person_sees(&ana, "reverse-i-search"));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(line_is(&ana, "/nick alpha beta gamma"));
	person_release(&ana);
}

static void
test_pastes(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana, NULL);
	screen_paste(ana.screen, "a\001\033[31mb\007\177c\x9b\td");
	assert_true(person_sees(&ana, "> a[31mbc"));
	screen_keys(ana.screen, KEYS_CTRL('c'));
	assert_true(line_is(&ana, ""));
	/* Its end inside: what follows is typed, and no marker is text. */
	screen_paste(ana.screen, "x\033[201~y");
	assert_true(line_is(&ana, "xy"));
	screen_keys(ana.screen, KEYS_CTRL('c'));
	assert_true(line_is(&ana, ""));
	/* Its end never comes: it is over when nothing more does. */
	screen_keys(ana.screen, "\033[200~without an end");
	assert_true(line_is(&ana, "without an end"));
	screen_keys(ana.screen, "!");
	assert_true(line_is(&ana, "without an end!"));
	screen_keys(ana.screen, KEYS_CTRL('c'));
	/* One undo takes all of it. */
	screen_keys(ana.screen, "a ");
	screen_paste(ana.screen, "b\nc\nd");
	assert_true(person_sees(&ana, "3 lines, Enter sends them all"));
	screen_keys(ana.screen, KEYS_CTRL('_'));
	assert_true(line_is(&ana, "a "));
	/* In a search it is one line of what is searched for. */
	screen_keys(ana.screen, KEYS_CTRL('r'));
	screen_paste(ana.screen, "beta\ngamma");
	assert_true(person_sees(&ana, "/nick alpha beta gamma"));
	person_release(&ana);
}

/* Several lines are one message, and Up and Down walk in them. */
static void
test_several_lines(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "said before");
	assert_true(person_sees(&beto, "said before"));
	screen_paste(ana.screen, "first line\nsecond\r\nthird one\r");
	assert_true(person_sees(&ana, "4 lines, Enter sends them all"));
	assert_int_equal(screen_count(beto.screen, "first line"), 0);
	screen_keys(ana.screen, KEYS_BACKSPACE KEYS_UP "!");
	assert_true(person_sees(&ana, "second!⏎"));
	screen_keys(ana.screen, KEYS_UP "?" KEYS_DOWN KEYS_DOWN ".");
	assert_true(person_sees(&ana, "> first? line⏎"));
	assert_true(person_sees(&ana, "third on.e"));
	screen_keys(ana.screen, KEYS_DOWN KEYS_UP KEYS_UP KEYS_UP);
	/* Above the first row is the history, and below the last. */
	assert_true(person_sees(&ana, "> said before"));
	screen_keys(ana.screen, KEYS_DOWN);
	assert_true(person_sees(&ana, "3 lines, Enter sends them all"));
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&beto, "first? line"));
	assert_true(person_sees(&beto, "second!"));
	assert_true(person_sees(&beto, "third on.e"));
	assert_true(person_sees_no(&ana, "Enter sends"));
	assert_int_equal(screen_count(beto.screen, "ana: "), 2);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_emacs),
	    cmocka_unit_test(test_vi),
	    cmocka_unit_test(test_inputrc),
	    cmocka_unit_test(test_unbound),
	    cmocka_unit_test(test_escape),
	    cmocka_unit_test(test_pastes),
	    cmocka_unit_test(test_several_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
