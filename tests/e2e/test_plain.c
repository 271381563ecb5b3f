/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode in pipes: a whole talk in lines, and what the end of them means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/piped.h"

enum { MB = 1000 * 1000 };

static void
wait_for_call(struct person *ana)
{
	person_start(ana, "ana", NULL);
	assert_true(person_sees(ana, "waiting for a call"));
}

/* They know each other: ana has let beto in before. */
static void
be_known(struct person *ana, struct piped *beto)
{
	wait_for_call(ana);
	piped_start(beto, &(struct piped_config){.name = "beto", .whom = ana});
	assert_true(person_sees(ana, "beto knocks"));
	person_type(ana, "/accept");
	assert_true(piped_says(beto, "trust: encrypted, UNVERIFIED"));
}

static void
end(struct person *ana, struct piped *beto)
{
	piped_release(beto);
	person_release(ana);
}

/* A painted charla at the one end, lines at the other. */
static void
test_talk(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};
	const char *there, *here;

	(void)state;
	be_known(&ana, &beto);
	piped_enter(&beto, "hola ana, \xc2\xbfqu\xc3\xa9 tal?");
	assert_true(person_sees(&ana, "beto: hola ana, \xc2\xbfqu\xc3\xa9"));
	assert_true(
	    piped_says(&beto, "you: hola ana, \xc2\xbfqu\xc3\xa9 tal?"));
	person_type(&ana, "muy bien");
	assert_true(piped_says(&beto, "ana: muy bien"));
	person_type(&ana, "/me waves");
	assert_true(piped_says(&beto, "* ana waves"));
	piped_enter(&beto, "/me waves back");
	assert_true(person_sees(&ana, "* beto waves back"));
	piped_enter(&beto, "//slash");
	assert_true(person_sees(&ana, "beto: /slash"));
	piped_enter(&beto, "/hlep");
	assert_true(piped_begins(&beto, "error: there is no command '/hlep'"));

	/* A file each way. */
	there = in_folder(ana.home, "from ana");
	make_file(there, MB, 1);
	person_type(&ana, text_of("/send '%s'", there));
	assert_true(piped_says(&beto,
	    "question 1: ana offers 'from ana' (1.0 MB); /accept 1 or "
	    "/reject 1"));
	piped_enter(&beto, "/accept 1");
	assert_true(piped_begins(&beto, "received, verified: "));
	assert_true(piped_says(&beto, "receiving from ana, 1.0 MB"));
	assert_true(
	    files_equal(there, in_folder(beto.person.downloads, "from ana")));
	here = in_folder(beto.person.home, "from beto");
	make_file(here, MB, 2);
	piped_enter(&beto, "/send from beto");
	assert_true(person_sees(&ana, "beto offers 'from beto'"));
	person_type(&ana, "/accept");
	assert_true(piped_begins(&beto, "ana received 'from beto', verified"));
	assert_true(files_equal(here, in_folder(ana.downloads, "from beto")));

	piped_ends(&beto);
	/* There was the mistyped command. */
	assert_true(piped_left(&beto, 3));
	assert_non_null(strstr(piped_errors(&beto), "not all"));
	end(&ana, &beto);
}

/* How many rows tell of it; all of them at steps of ten. */
static unsigned
count_steps(struct piped *p, const char *start)
{
	size_t len;
	const char *at = piped_output(p, &len);
	unsigned count = 0;
	unsigned long percent;
	char *rest;

	while ((at = strstr(at, start)) != NULL) {
		at += strlen(start) + strlen(", ");
		percent = strtoul(at, &rest, 10);
		if (strncmp(rest, " percent", strlen(" percent")) != 0)
			continue;
		assert_int_equal(rest[strlen(" percent")], '\n');
		assert_int_equal(percent % 10, 0);
		assert_in_range(percent, 10, 90);
		count++;
	}
	return count;
}

/* Steps of ten, not more than one a second. */
static void
test_steps(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	make_file(in_folder(beto.person.home, "large"), 3 * MB, 1);
	piped_enter(&beto, "/limit 1M");
	piped_enter(&beto, "/send large");
	assert_true(person_sees(&ana, "beto offers 'large'"));
	person_type(&ana, "/accept");
	piped_ends(&beto);
	assert_true(piped_left(&beto, 0));
	assert_true(piped_says(&beto, "sending large, 3.0 MB"));
	assert_in_range(count_steps(&beto, "sending large"), 1, 9);
	assert_true(piped_begins(&beto, "ana received 'large', verified"));
	end(&ana, &beto);
}

/* printf 'hola\n/send x\n' | charla --plain PEER, for the first time. */
static void
test_all_is_delivered(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	wait_for_call(&ana);
	person_settle(&beto.person, "beto");
	make_file(in_folder(beto.person.home, "x"), 100, 1);
	piped_start(&beto,
	    &(struct piped_config){
		.name = "beto", .whom = &ana, .input = "hola\n/send x\nadios"});
	assert_true(person_sees(&ana, "beto knocks"));
	assert_true(piped_says(
	    &beto, "nobody is here yet; it is said when somebody is"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&ana, "beto: hola"));
	assert_true(person_sees(&ana, "beto: adios"));
	assert_true(person_sees(&ana, "beto offers 'x'"));
	assert_true(screen_is_alive(beto.person.screen));
	person_type(&ana, "/accept");
	assert_true(piped_left(&beto, 0));
	assert_true(piped_says(&beto, "you: hola"));
	assert_true(piped_says(&beto, "the input has ended: leaving"));
	assert_string_equal(piped_errors(&beto), "");
	assert_true(person_sees(&ana, "beto left"));
	assert_true(files_equal(
	    in_folder(beto.person.home, "x"), in_folder(ana.downloads, "x")));
	end(&ana, &beto);
}

/* /quit in a pipe is its end, and what stands behind it is nothing. */
static void
test_quit_delivers(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	wait_for_call(&ana);
	piped_start(&beto, &(struct piped_config){.name = "beto",
			       .whom = &ana,
			       .input = "hola\n/quit\nnot this\n"});
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&ana, "beto: hola"));
	assert_true(piped_left(&beto, 0));
	assert_true(person_sees(&ana, "beto left"));
	assert_int_equal(screen_count(ana.screen, "not this"), 0);
	end(&ana, &beto);
}

static void
test_not_let_in(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	wait_for_call(&ana);
	piped_start(
	    &beto, &(struct piped_config){
		       .name = "beto", .whom = &ana, .input = "one\ntwo\n"});
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/reject");
	assert_true(piped_left(&beto, 3));
	assert_true(piped_says(&beto, "error: not done: one"));
	assert_true(piped_says(&beto, "error: not done: two"));
	end(&ana, &beto);
}

static void
test_file_not_wanted(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	make_file(in_folder(beto.person.home, "x"), 100, 1);
	piped_enter(&beto, "/send x");
	piped_ends(&beto);
	assert_true(person_sees(&ana, "beto offers 'x'"));
	person_type(&ana, "/reject");
	assert_true(piped_left(&beto, 3));
	assert_true(piped_says(&beto, "ana does not want 'x'"));
	end(&ana, &beto);
}

/* A message that cannot arrive any more waits for the next meeting. */
static void
test_they_leave(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	assert_true(person_quits(&ana));
	assert_true(piped_says(&beto, "ana left"));
	piped_enter(&beto, "too late");
	assert_true(piped_says(&beto, "you, not sent yet: too late"));
	piped_ends(&beto);
	assert_true(piped_left(&beto, 3));
	assert_true(piped_says(&beto,
	    "error: 1 message has not arrived; it goes at the next "
	    "meeting"));

	/* And there it goes. The earlier talk comes first. */
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "you are ana"));
	piped_start(
	    &beto, &(struct piped_config){
		       .name = "beto", .whom = &ana, .input = "in time\n"});
	assert_true(person_sees(&ana, "beto: too late"));
	assert_true(person_sees(&ana, "beto: in time"));
	assert_true(piped_left(&beto, 0));
	assert_true(piped_begins(&beto, "earlier, on "));
	assert_true(piped_says(&beto, "now:"));
	end(&ana, &beto);
}

/* Who is not there yet is called until they are. */
static void
test_nobody_yet(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	piped_ends(&beto);
	assert_true(piped_left(&beto, 0));
	assert_true(person_quits(&ana));
	piped_start(
	    &beto, &(struct piped_config){
		       .name = "beto", .whom = &ana, .input = "hola\n"});
	assert_true(piped_says(&beto, "you, not sent yet: hola"));
	assert_true(piped_begins(&beto, "status: 127.0.0.1: next try at "));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "beto: hola"));
	assert_true(piped_left(&beto, 0));
	assert_true(piped_says(&beto, "the message that waited has arrived"));
	end(&ana, &beto);
}

static void
test_nothing_entered(void **state)
{
	struct piped beto = {0};

	(void)state;
	piped_start(&beto, &(struct piped_config){.name = "beto", .input = ""});
	assert_true(piped_left(&beto, 0));
	assert_true(piped_says(&beto, "you are beto"));
	piped_release(&beto);
}

/* What was said can be looked for from a script. */
static void
test_search(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	for (int i = 0; i < 12; i++)
		piped_enter(&beto, text_of("needle %d", i));
	piped_ends(&beto);
	assert_true(piped_left(&beto, 0));
	piped_start(&beto, &(struct piped_config){.name = "beto",
			       .input = "/search needle\n/search straw\n"});
	assert_true(piped_left(&beto, 0));
	assert_true(piped_says(
	    &beto, "'needle' is in 12 lines of this talk, the newest first:"));
	assert_true(piped_begins(&beto, "found, "));
	assert_true(piped_says(&beto, "'straw' is nowhere in this talk"));
	end(&ana, &beto);
}

/* A line that no message can hold is told, and the next one goes. */
static void
test_long_line(void **state)
{
	static char bytes[70 * 1000];
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	memset(bytes, 'x', sizeof(bytes));
	piped_bytes(&beto, bytes, sizeof(bytes));
	piped_enter(&beto, "");
	piped_bytes(&beto, "bad \xff byte\n", 11);
	assert_true(person_sees(&ana, "beto: bad \xef\xbf\xbd byte"));
	assert_true(
	    piped_begins(&beto, "error: a line of 70.0 kB was not taken"));
	piped_ends(&beto);
	assert_true(piped_left(&beto, 3));
	end(&ana, &beto);
}

/* What a peer writes cannot drive the terminal, nor pass for charla's. */
static void
test_nothing_passes_for_ours(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};

	(void)state;
	be_known(&ana, &beto);
	screen_paste(ana.screen, "one\nquestion 9: eve knocks; /accept 9");
	screen_wait_read(ana.screen);
	person_type(&ana, "");
	assert_true(piped_says(&beto, "ana: one"));
	assert_true(
	    piped_says(&beto, "ana: question 9: eve knocks; /accept 9"));
	person_type(&ana, "/nick you");
	assert_true(piped_says(&beto, "ana is now called you"));
	person_type(&ana, "hola");
	assert_true(piped_says(&beto, "'you': hola"));
	piped_ends(&beto);
	assert_true(piped_left(&beto, 0));
	end(&ana, &beto);
}

/* More than fits into a pipe, all at once, and nobody reads it. */
static char *
many_lines(size_t count)
{
	char *text = mem_alloc(count * 64 + 1);
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += (size_t)sprintf(text + len,
		    "line %zu of a flood, long enough to fill it\n", i);
	return text;
}

/* Read what there is until the row is there. */
struct reading {
	struct piped *p;
	char *text;
	size_t len;
	const char *row;
};

static bool
has_read(void *arg)
{
	struct reading *r = arg;
	ssize_t n;

	do {
		r->text = mem_realloc(r->text, r->len + 65536 + 1);
		n = read(r->p->out, r->text + r->len, 65536);
		if (n > 0)
			r->len += (size_t)n;
		r->text[r->len] = '\0';
	} while (n > 0);
	return strstr(r->text, r->row) != NULL;
}

/* More than a pipe and the log hold. */
enum { LINES = 20000, LINES_SLOW = 11000 };

static void
test_stalled_reader(void **state)
{
	int lines = getenv("CHARLA_TEST_SLOW") ? LINES_SLOW : LINES;
	struct piped ana = {0}, beto = {0};
	char *flood = many_lines((size_t)lines);
	struct reading reading = {.p = &ana};

	(void)state;
	piped_start(
	    &ana, &(struct piped_config){.name = "ana", .output_pipe = true});
	reading.row = "waiting; the other";
	assert_true(screen_wait_for(has_read, &reading, "ana waits", 0));
	piped_start(
	    &beto, &(struct piped_config){
		       .name = "beto", .whom = &ana.person, .input = flood});
	reading.row = "question 1: beto knocks";
	assert_true(screen_wait_for(has_read, &reading, "knock", 0));
	piped_enter(&ana, "/accept 1");
	/* Nobody reads any more, but everything arrives and is kept. */
	assert_true(piped_left(&beto, 0));
	reading.row = text_of("beto: line %d of", lines - 1);
	assert_true(screen_wait_for(has_read, &reading, "the last line", 0));
	assert_non_null(strstr(reading.text, " lines were left out here"));
	assert_non_null(strstr(reading.text, "\nbeto: line 0 of a flood"));
	assert_null(memchr(reading.text, '\033', reading.len));
	piped_ends(&ana);
	assert_true(piped_left(&ana, 0));
	free(reading.text);
	free(flood);
	piped_release(&beto);
	piped_release(&ana);
}

/* charla | head -1 */
static void
test_reader_goes(void **state)
{
	struct person ana = {0};
	struct piped beto = {0};
	struct reading reading = {
	    .p = &beto, .row = "it is said when somebody is\n"};

	(void)state;
	wait_for_call(&ana);
	piped_start(
	    &beto, &(struct piped_config){
		       .name = "beto", .whom = &ana, .output_pipe = true});
	assert_true(person_sees(&ana, "beto knocks"));
	piped_enter(&beto, "hola");
	assert_true(screen_wait_for(has_read, &reading, "hola is taken", 0));
	free(reading.text);
	close(beto.out);
	beto.out = -1;
	unlink(in_folder(beto.person.home, "out"));
	/* What was entered before still goes. */
	person_type(&ana, "/accept");
	assert_true(person_sees(&ana, "beto: hola"));
	assert_true(piped_left(&beto, 0));
	end(&ana, &beto);
}

static void
test_full_disk(void **state)
{
	struct piped beto = {0};

	(void)state;
	if (access("/dev/full", W_OK) < 0)
		skip();
	piped_start(&beto,
	    &(struct piped_config){.name = "beto", .output = "/dev/full"});
	assert_true(piped_left(&beto, 1));
	assert_string_equal(piped_errors(&beto),
	    "charla: the output cannot be written: No space left on "
	    "device\n");
	piped_release(&beto);
}

static void
test_input_cannot_be_read(void **state)
{
	struct piped beto = {0};

	(void)state;
	person_settle(&beto.person, "beto");
	piped_start(&beto,
	    &(struct piped_config){.name = "beto", .input_folder = true});
	assert_true(piped_left(&beto, 1));
	assert_string_equal(piped_errors(&beto),
	    "charla: the input cannot be read: Is a directory\n");
	piped_release(&beto);
}

static void
test_signals(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct piped beto = {0};

		piped_start(&beto, &(struct piped_config){.name = "beto"});
		assert_true(piped_says(&beto, "you are beto"));
		screen_signal(beto.person.screen, signals[i]);
		assert_true(piped_left(&beto, 0));
		piped_release(&beto);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_talk),
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_all_is_delivered),
	    cmocka_unit_test(test_quit_delivers),
	    cmocka_unit_test(test_not_let_in),
	    cmocka_unit_test(test_file_not_wanted),
	    cmocka_unit_test(test_they_leave),
	    cmocka_unit_test(test_nobody_yet),
	    cmocka_unit_test(test_nothing_entered),
	    cmocka_unit_test(test_search),
	    cmocka_unit_test(test_long_line),
	    cmocka_unit_test(test_nothing_passes_for_ours),
	    cmocka_unit_test(test_stalled_reader),
	    cmocka_unit_test(test_reader_goes),
	    cmocka_unit_test(test_full_disk),
	    cmocka_unit_test(test_input_cannot_be_read),
	    cmocka_unit_test(test_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
