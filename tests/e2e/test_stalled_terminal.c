/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A terminal, or a pipe, that takes nothing more (Ctrl-S, a stopped reader, a
 * frozen ssh) stops neither files nor words nor the link: ana does not see what
 * she does, and all of it is done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/session.h"
#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pausing.h"
#include "tests/e2e/piped.h"

enum {
	FILE_SIZE = 8 * 1024 * 1024,
	LONG_TEXT = 900,
	LONG_TEXTS_MIN = 20, /* more than a pipe of PIPE_SIZE holds */
	LONG_TEXTS_MAX = 1000,
	PIPE_SIZE = 4096,
	ROWS = 24,
	COLS = 160,
};

static const char *const dumb[] = {"TERM=dumb", NULL};

struct scene {
	struct person seen;  /* ana at a terminal, */
	struct piped unseen; /* or with her output in a pipe */
	struct person *ana;
	struct person beto;
	bool piped, long_time;
	/* What was read of the pipe. */
	char *text;
	size_t len;
	const char *wanted;
};

/* ana, whatever she is at */

static bool
has_read(void *arg)
{
	struct scene *s = arg;
	ssize_t n;

	do {
		s->text = mem_realloc(s->text, s->len + PIPE_SIZE + 1);
		n = read(s->unseen.out, s->text + s->len, PIPE_SIZE);
		if (n > 0)
			s->len += (size_t)n;
		s->text[s->len] = '\0';
	} while (n > 0);
	return strstr(s->text, s->wanted) != NULL;
}

static bool
ana_sees(struct scene *s, const char *text)
{
	s->wanted = text;
	return s->piped ? screen_wait_for(has_read, s, text, 0)
			: person_sees(s->ana, text);
}

static void
ana_enters(struct scene *s, const char *text)
{
	if (s->piped)
		piped_enter(&s->unseen, text);
	else
		person_type(s->ana, text);
}

static bool
is_full(const struct scene *s)
{
	const char *path = in_folder(s->ana->home, "out");
	struct pollfd fd = {.events = POLLOUT};
	bool full;

	if (!s->piped)
		return screen_is_full(s->ana->screen);
	fd.fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd.fd >= 0);
	full = poll(&fd, 1, 0) == 0;
	close(fd.fd);
	return full;
}

static void
begin(struct scene *s, bool piped)
{
	const struct piped_config config = {.name = "ana", .output_pipe = true};

	s->piped = piped;
	s->ana = piped ? &s->unseen.person : &s->seen;
	s->beto.rows = s->seen.rows = ROWS;
	s->beto.cols = s->seen.cols = COLS;
	if (!piped) {
		meet(s->ana, &s->beto);
		return;
	}
	piped_start(&s->unseen, &config);
	assert_int_equal(
	    fcntl(s->unseen.out, F_SETPIPE_SZ, PIPE_SIZE), PIPE_SIZE);
	assert_true(ana_sees(s, "waiting for a call"));
	person_call(&s->beto, "beto", s->ana);
	assert_true(ana_sees(s, "beto knocks"));
	ana_enters(s, "/accept 1");
	assert_true(person_sees(&s->beto, "connected with ana"));
}

static void
end(struct scene *s)
{
	if (s->piped)
		piped_release(&s->unseen);
	else
		person_release(s->ana);
	person_release(&s->beto);
	free(s->text);
}

/* What happens */

/* Both files are on their way, too slowly to come to their end. */
static void
send_both_ways(struct scene *s)
{
	const char *from_ana = in_folder(s->ana->home, "from-ana.bin");
	const char *from_beto = in_folder(s->beto.home, "from-beto.bin");

	ana_enters(s, "/limit 200K");
	person_type(&s->beto, "/limit 200K");
	make_file(from_ana, FILE_SIZE, 1);
	make_file(from_beto, FILE_SIZE, 2);
	ana_enters(s, text_of("/send %s", from_ana));
	assert_true(person_sees(&s->beto, "offers 'from-ana.bin'"));
	person_type(&s->beto, "/accept");
	person_type(&s->beto, text_of("/send %s", from_beto));
	assert_true(ana_sees(s, "offers 'from-beto.bin'"));
	ana_enters(s, "/accept");
	assert_true(
	    screen_wait_count(s->beto.screen, "%", 2, 0)); /* in both rows */
}

static bool
is_stored(void *arg)
{
	const struct scene *s = arg;

	return screen_count(s->beto.screen, "›") == 0 &&
	       screen_count(s->beto.screen, "…") == 0;
}

/* beto says so much that ana's terminal takes no more of it. */
static void
fill(struct scene *s)
{
	char text[LONG_TEXT + 1];

	memset(text, 'm', LONG_TEXT);
	text[LONG_TEXT] = '\0';
	for (int i = 0; i < LONG_TEXTS_MIN || !is_full(s); i++) {
		assert_true(i < LONG_TEXTS_MAX);
		memset(text + LONG_TEXT / 2, 'a' + i % 26, LONG_TEXT / 2);
		person_type(&s->beto, text);
		assert_true(
		    screen_wait_for(is_stored, s, "ana has what was said", 0));
	}
}

static void
talk(struct scene *s, const char *word)
{
	ana_enters(s, text_of("%s-from-ana", word));
	assert_true(person_sees(&s->beto, text_of("ana: %s-from-ana", word)));
	person_type(&s->beto, text_of("%s-from-beto", word));
	assert_true(
	    person_sees(&s->beto, text_of("✓ beto> %s-from-beto", word)));
}

static bool
both_arrived(const struct scene *s)
{
	return files_equal(in_folder(s->ana->home, "from-ana.bin"),
		   in_folder(s->beto.downloads, "from-ana.bin")) &&
	       files_equal(in_folder(s->beto.home, "from-beto.bin"),
		   in_folder(s->ana->downloads, "from-beto.bin"));
}

static void
finish_both(struct scene *s)
{
	assert_int_equal(screen_count(s->beto.screen, "received"), 0);
	ana_enters(s, "/limit off");
	person_type(&s->beto, "/limit off");
	assert_true(person_sees(&s->beto, "received, verified"));
	assert_true(person_sees(&s->beto, "ana received 'from-beto.bin'"));
	assert_true(both_arrived(s));
}

/* So long that each side has asked the other whether it is there. */
static void
let_time_go_by(struct scene *s)
{
	pause_ms(SESSION_SILENCE_MS + 1000);
	assert_true(is_full(s));
	assert_int_equal(screen_count(s->beto.screen, "nothing heard"), 0);
}

/* All of it while nothing is read. */
static void
live_unseen(struct scene *s)
{
	send_both_ways(s);
	if (!s->piped)
		screen_stall(s->ana->screen, true);
	fill(s);
	talk(s, "one");
	finish_both(s);
	talk(s, "two");
	if (s->long_time)
		let_time_go_by(s);
	talk(s, "three");
	assert_true(is_full(s));
	if (!s->piped)
		screen_stall(s->ana->screen, false);
}

/* Every row; the caller frees. */
static char *
picture(struct screen *screen)
{
	char row[SCREEN_ROW_MAX];
	char *all = str_dup("");

	for (int i = 0; i < ROWS; i++)
		str_replace(&all,
		    str_printf("%s%s\n", all, screen_row_text(screen, i, row)));
	return all;
}

struct repaint {
	struct screen *screen;
	size_t before; /* bytes of output */
};

/* Each row takes a byte at the least. */
static bool
is_repainted(void *arg)
{
	struct repaint *r = arg;
	size_t after;

	screen_output(r->screen, &after);
	return after > r->before + ROWS;
}

/* What is there is what it would be if it were painted anew. */
static void
check_picture(struct scene *s)
{
	struct screen *screen = s->ana->screen;
	struct repaint repaint = {.screen = screen};
	char *was, *is;

	assert_true(screen_wait_quiet(screen, 100, 0));
	was = picture(screen);
	screen_output(screen, &repaint.before);
	screen_keys(screen, KEYS_CTRL('l'));
	assert_true(screen_wait_for(is_repainted, &repaint, "a repaint", 0));
	assert_true(screen_wait_quiet(screen, 100, 0));
	is = picture(screen);
	assert_string_equal(was, is);
	free(was);
	free(is);
}

static void
test_painted(void **state)
{
	struct scene s = {.long_time = true};

	(void)state;
	begin(&s, false);
	live_unseen(&s);
	assert_true(ana_sees(&s, "✓ ana> three-from-ana"));
	assert_true(ana_sees(&s, "beto: three-from-beto"));
	assert_true(ana_sees(&s, "beto received 'from-ana.bin'"));
	check_picture(&s);
	person_type(s.ana, "she sees it again");
	assert_true(ana_sees(&s, "✓ ana> she sees it again"));
	person_type(s.ana, "/quit");
	assert_true(screen_wait_exit(s.ana->screen, 0, NULL));
	assert_true(screen_termios_restored(s.ana->screen));
	end(&s);
}

static void
test_plain_terminal(void **state)
{
	struct scene s = {.seen.env = dumb};

	(void)state;
	begin(&s, false);
	live_unseen(&s);
	assert_true(ana_sees(&s, "beto: three-from-beto"));
	person_type(s.ana, "she sees it again");
	assert_true(person_sees(&s.beto, "ana: she sees it again"));
	assert_true(person_quits(s.ana));
	end(&s);
}

static void
test_pipe(void **state)
{
	struct scene s = {.long_time = true};

	(void)state;
	begin(&s, true);
	live_unseen(&s);
	assert_true(ana_sees(&s, "beto: three-from-beto"));
	/* Nothing was lost on the way, and nothing came twice. */
	for (const char *word = "one"; word != NULL;
	     word = strcmp(word, "one") == 0 ? "two" : NULL) {
		const char *row = text_of("beto: %s-from-beto\n", word);
		const char *at = strstr(s.text, row);

		assert_non_null(at);
		assert_null(strstr(at + 1, row));
	}
	piped_ends(&s.unseen);
	assert_true(piped_left(&s.unseen, 0));
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_painted),
	    cmocka_unit_test(test_plain_terminal),
	    cmocka_unit_test(test_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
