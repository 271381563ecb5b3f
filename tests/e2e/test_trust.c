/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that have changed, names that are not told by themselves, strangers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/stranger.h"

enum { TALL = 60, WIDE = 100 };

/*
 * ana is set up anew, and beto, who had verified her, calls: both screens
 * show both keys, and nothing goes on without a word of a person.
 */
static void
test_called_one_has_changed(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;

	(void)state;
	meet(&ana, &beto);
	both_verify(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_quits(&ana));
	remove_tree(ana.data);
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_call(&beto, "beto", &ana);

	assert_true(person_sees(&beto, "stopped: the key at"));
	assert_true(person_sees(&beto, "before  "));
	assert_true(person_sees(&beto, "of ana; first seen 20"));
	assert_true(person_sees(&beto, ", VERIFIED 20"));
	assert_true(person_sees(&beto, "now     "));
	assert_true(person_sees(&beto, "seen for the first time just now"));
	assert_true(person_sees(&beto, "/connect --new-key 127.0.0.1"));
	assert_true(person_sees(&ana, "called and stopped: over there"));
	assert_true(person_sees(&ana, "yours   "));
	assert_true(person_sees(&ana, "theirs  "));
	assert_int_equal(screen_count(ana.screen, "knocks"), 0);

	person_type(
	    &beto, text_of("/connect --new-key 127.0.0.1:%d", ana.port));
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	/* There are two anas now, and this one is not verified. */
	assert_true(person_sees(&beto, "connected with ana ["));
	assert_true(person_sees(&beto, "encrypted, UNVERIFIED"));
	part(&ana, &beto);
}

/*
 * The same where she had never called him, and so knows no key of that
 * address: who answers bears the name of somebody she knows.
 */
static void
test_answers_by_a_known_name(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;
	char address[32];

	(void)state;
	meet(&ana, &beto); /* he calls */
	both_verify(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	remove_tree(beto.data);
	person_start(&beto, "beto", NULL);
	assert_true(person_sees(&beto, "waiting for a call"));
	person_address(&beto, address);
	person_type(&ana, "/clear");
	person_type(&ana, text_of("/connect %s", address));
	assert_true(person_sees(&ana, "who answers there is not the beto"));
	assert_true(person_sees(&ana, "before  "));
	assert_true(person_sees(&ana, ", VERIFIED 20"));
	assert_true(person_sees(&ana, "now     "));
	assert_true(person_sees(&ana, "seen for the first time just now"));
	assert_true(
	    person_sees(&ana, text_of("/connect --new-key %s", address)));
	assert_true(person_sees(&ana, "not connected"));
	assert_int_equal(screen_count(ana.screen, "next try"), 0);
	assert_int_equal(screen_count(ana.screen, "ringing"), 0);
	assert_true(person_sees(&beto, "called and stopped: over there"));
	assert_true(person_sees(&beto, "yours   "));
	assert_true(person_sees(&beto, "theirs  "));

	person_type(&ana, text_of("/connect --new-key %s", address));
	assert_true(person_sees(&beto, "2: ana knocks"));
	/* A question went away just now: which one is said. */
	person_type(&beto, "/accept 2");
	assert_true(person_sees(&ana, "connected with beto ["));
	assert_true(person_sees(&ana, "encrypted, UNVERIFIED"));
	/* It is known by now, and is no news. */
	assert_true(person_quits(&beto));
	person_start(&beto, "beto", NULL);
	assert_true(
	    screen_wait_count(ana.screen, "] at 127.0.0.1, encrypted", 2, 0));
	part(&ana, &beto);
}

/* The other way round: who calls has another key than before. */
static void
test_caller_has_changed(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;

	(void)state;
	meet(&ana, &beto);
	both_verify(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	remove_tree(beto.data);
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "2: beto ["));
	assert_true(
	    person_sees(&ana, "stopped: this is not the beto you know"));
	assert_true(person_sees(&ana, "before  "));
	assert_true(person_sees(&ana, "of beto; first seen 20"));
	assert_true(person_sees(&ana, ", VERIFIED 20"));
	assert_true(person_sees(&ana, "now     "));
	assert_true(person_sees(&ana, "/accept --new-key 2"));

	person_type(&ana, "/accept 2");
	assert_true(person_sees(&ana, "comes with another key than the one"));
	person_type(&ana, "/accept");
	person_type(&ana, "/accept --new-key 7");
	assert_true(person_sees(&ana, "nobody knocks there whose key"));
	assert_int_equal(screen_count(ana.screen, "connected with beto ["), 0);
	person_type(&ana, "/accept --new-key 2");
	assert_true(person_sees(&ana, "connected with beto ["));
	assert_true(person_sees(&ana, "encrypted, UNVERIFIED"));
	/* What there is to do about that has not gone with the other talk. */
	assert_true(person_sees(&ana, "compare "));
	assert_true(person_sees(&beto, "connected with ana"));
	person_type(&beto, "it is me, with a new disk");
	assert_true(person_sees(&ana, "it is me, with a new disk"));
	part(&ana, &beto);
}

/* Somebody with another name, at an address that was called before. */
static void
test_address_has_changed(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;

	(void)state;
	meet(&ana, &beto); /* beto calls ana: he knows her address */
	assert_true(person_quits(&ana));
	assert_true(person_sees(&beto, "next try at"));
	person_type(&beto, "/disconnect");
	remove_tree(ana.data);
	snprintf(ana.name, sizeof(ana.name), "carla");
	person_start(&ana, "carla",
	    (const char *const[]){text_of("127.0.0.1:%d", beto.port), NULL});
	assert_true(person_sees(&beto, "carla knocks"));
	assert_true(person_sees(&beto, "this is not the ana you know"));
	assert_true(person_sees(&beto, "the address is the same"));
	person_type(&beto, "/reject");
	assert_true(person_sees(&ana, "said no"));
	part(&ana, &beto);
}

/* What a stranger is called on the screen of ana, who knows a beto. */
static const struct {
	const char *name;
	size_t len;
	const char *shown;
	bool apart; /* the digits of the key stand behind it */
} names[] = {
    {"beto", 4, "beto [", true},
    {" Beto ", 6, ": Beto [", true},
    {"beto [0123 4567]", 16, "beto [0123 4567] [", true},
    {"be\xe2\x80\x8bto", 7, "beto", false},
    {"ana", 3, "ana [", true}, /* that is me */
    {"", 0, "nameless", false},
    {"   ", 3, "nameless", false},
    {"\t\n", 2, " knocks", false},
    {"\033]0;owned\007", 10, "owned", false},
    {"\033[2Jx\033[5;7m", 11, "[2Jx", false},
    {"\xc2\x9b"
     "31mred",
	8, "31mred", false},
    {"\xe2\x80\xae"
     "otor",
	7, "otor", false},
    {"\xff\xfe\x80", 3, "\xef\xbf\xbd", false},
    {"%s%n%x", 6, "%s%n%x", false},
    {"../../x", 7, "../../x", false},
};

static void
say_hello(struct stranger *s, const char *name, size_t len, uint16_t min,
    uint16_t max)
{
	const struct frame hello = {
	    .type = FRAME_HELLO,
	    .hello = {.version_min = min,
		.version_max = max,
		.purpose = PURPOSE_TALK,
		.epoch = 1,
		.name = name,
		.name_len = len},
	};

	stranger_says(s, &hello);
}

static void
greet(struct stranger *s, const struct person *whom, const char *name,
    size_t len, uint16_t min, uint16_t max)
{
	stranger_connects(s, whom);
	say_hello(s, name, len, min, max);
}

static void
assert_harmless(struct person *p)
{
	static const char *const never[] = {
	    "\xc2\x9b", "\xe2\x80\xae", "\033]0;owned", "\033[5;7m"};
	struct screen_modes modes;

	screen_modes(p->screen, &modes);
	assert_null(strstr(modes.title, "owned"));
	assert_int_equal(modes.bells, 0);
	for (size_t i = 0; i < COUNT(never); i++)
		assert_false(
		    screen_output_has(p->screen, never[i], strlen(never[i])));
}

static void
test_names(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;
	struct stranger *s = stranger_new("-");
	char longest[256];

	(void)state;
	memset(longest, 'w', 255);
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	for (size_t i = 0; i <= COUNT(names); i++) {
		bool last = i == COUNT(names);
		const char *name = last ? longest : names[i].name;
		const char *question = text_of("%zu: ", i + 2);

		/* Ten knocks a minute are asked about. */
		if (i == 8) {
			assert_true(person_quits(&ana));
			person_start(&ana, "ana", NULL);
			assert_true(person_sees(&ana, "waiting for"));
		}
		question = text_of("%zu: ", i < 8 ? i + 2 : i - 7);
		greet(s, &ana, name, last ? 255 : names[i].len,
		    WIRE_VERSION_MIN, WIRE_VERSION);
		assert_true(stranger_hears(s, FRAME_KNOCK, 0, NULL));
		assert_true(
		    person_sees(&ana, last ? "wwwwwwww" : names[i].shown));
		assert_true(person_sees(&ana, question));
		if (!last && names[i].apart)
			assert_true(screen_count(ana.screen, "] knocks") > 0);
		/* The whole question stays on one row. */
		assert_true(screen_count(ana.screen, " knocks, from 127") > 0);
		assert_harmless(&ana);
		stranger_goes(s);
		assert_true(person_sees(&ana, "no longer knocks"));
		person_type(&ana, "/clear");
		assert_true(person_sees_no(&ana, "knocks"));
	}
	stranger_free(s);
	part(&ana, &beto);
}

/* Two at once with one name that nobody knows. */
static void
test_two_with_one_name(void **state)
{
	struct stranger *one = stranger_new("otto"),
			*two = stranger_new("otto");
	struct person ana = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	stranger_calls(one, &ana);
	assert_true(person_sees(&ana, "1: otto knocks"));
	stranger_calls(two, &ana);
	assert_true(person_sees(&ana, "2: otto ["));
	stranger_free(one);
	stranger_free(two);
	person_release(&ana);
}

static void
test_versions(void **state)
{
	struct stranger *s = stranger_new("future");
	struct person ana = {.cols = WIDE * 2};
	struct frame f;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	greet(s, &ana, "x", 1, WIRE_VERSION + 1, WIRE_VERSION + 5);
	assert_true(stranger_hears(s, FRAME_BYE, 0, &f));
	assert_int_equal(f.bye, BYE_VERSION);
	assert_true(person_sees(&ana, "127.0.0.1 uses a newer charla"));
	assert_true(person_sees(&ana, "this one has to be updated"));
	greet(s, &ana, "x", 1, 0, WIRE_VERSION_MIN - 1);
	assert_true(stranger_hears(s, FRAME_BYE, 0, &f));
	assert_int_equal(f.bye, BYE_VERSION);
	assert_true(person_sees(&ana, "127.0.0.1 uses an older charla"));
	assert_true(person_sees(&ana, "that one has to be updated"));
	/* One that speaks ours as well is as welcome as any. */
	greet(s, &ana, "x", 1, WIRE_VERSION_MIN, WIRE_VERSION + 5);
	assert_true(person_sees(&ana, "x knocks"));
	assert_int_equal(screen_count(ana.screen, "without saying who"), 0);
	stranger_free(s);
	person_release(&ana);
}

static int
listen_at(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* Whom one calls has another version: said once, and not called again. */
static void
test_versions_when_calling(void **state)
{
	static const struct {
		uint16_t min, max;
		const char *first, *second;
	} cases[] = {
	    {WIRE_VERSION + 1, WIRE_VERSION + 5, "127.0.0.1 uses a newer",
		"this one has to be updated"},
	    {0, WIRE_VERSION_MIN - 1, "127.0.0.1 uses an older",
		"that one has to be updated"},
	};
	struct person ana = {.cols = WIDE * 2};
	int guard, listening;
	uint16_t port = free_port(&guard);
	const char *address = text_of("127.0.0.1:%d", port);

	(void)state;
	listening = listen_at(port);
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct stranger *s = stranger_new("past and future");

		person_type(&ana, text_of("/connect --new-key %s", address));
		stranger_is_called(s, listening);
		say_hello(s, "x", 1, cases[i].min, cases[i].max);
		assert_true(stranger_hears(s, FRAME_BYE, 0, NULL));
		assert_true(person_sees(&ana, cases[i].first));
		assert_true(person_sees(&ana, cases[i].second));
		assert_true(person_sees(&ana, "not connected"));
		assert_int_equal(screen_count(ana.screen, "next try"), 0);
		assert_int_equal(screen_count(ana.screen, cases[i].second), 1);
		stranger_free(s);
	}
	close(listening);
	close(guard);
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_called_one_has_changed),
	    cmocka_unit_test(test_answers_by_a_known_name),
	    cmocka_unit_test(test_caller_has_changed),
	    cmocka_unit_test(test_address_has_changed),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_two_with_one_name),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_versions_when_calling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
