/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes in, who does not, and what each of them is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/meeting.h"

static void
test_accept_is_remembered(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_sees(&ana, "encrypted, UNVERIFIED"));
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "connected with ana"));
	assert_int_equal(screen_count(ana.screen, "knocks"), 1);
	/* And the other way round: the called one calls. */
	assert_true(person_quits(&ana));
	assert_true(person_quits(&beto));
	person_start(&beto, "beto", NULL);
	assert_true(person_sees(&beto, "waiting for ana on port"));
	person_call(&ana, "ana", &beto);
	assert_true(person_sees(&beto, "connected with ana"));
	assert_int_equal(screen_count(beto.screen, "knocks"), 0);
	part(&ana, &beto);
}

static void
test_reject(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "beto knocks, from 127.0.0.1"));
	/* Nothing but the knock passes before the answer. */
	person_type(&beto, "let me in");
	person_type(&beto, "/send /etc/hostname");
	assert_true(person_sees(&beto, "nobody is here yet"));
	person_type(&ana, "/reject");
	assert_true(person_sees(&beto, "ana said no"));
	assert_true(person_sees(&ana, "beto was sent away"));
	assert_int_equal(screen_count(ana.screen, "let me in"), 0);
	part(&ana, &beto);
}

static void
test_busy(void **state)
{
	struct person ana = {0}, beto = {0}, carla = {0};

	(void)state;
	meet(&ana, &beto);
	person_call(&carla, "carla", &ana);
	assert_true(person_sees(&carla, "is busy"));
	assert_true(person_sees(&ana, "carla called from 127.0.0.1"));
	person_type(&beto, "still here");
	assert_true(person_sees(&ana, "still here"));
	/* It keeps trying, and gets to knock when ana is free. */
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "carla knocks"));
	person_release(&carla);
	part(&ana, &beto);
}

static void
test_changed_key(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_quits(&ana));
	remove_tree(ana.data);
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "stopped: the key at"));
	assert_true(person_sees(&beto, "before  "));
	assert_true(person_sees(&beto, "now     "));
	assert_int_equal(screen_count(ana.screen, "knocks"), 0);
	person_type(
	    &beto, text_of("/connect --new-key 127.0.0.1:%d", ana.port));
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "connected with ana"));
	part(&ana, &beto);
}

static void
test_known_name_other_key(void **state)
{
	struct person ana = {0}, beto = {0}, other = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	person_call(&other, "beto", &ana);
	assert_true(person_sees(&ana, "this is not the beto you know"));
	assert_true(person_sees(&ana, "beto ["));
	person_release(&other);
	part(&ana, &beto);
}

static void
test_hang_up_means_knock_again(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "/disconnect");
	assert_true(person_sees(&ana, "you hung up"));
	assert_true(person_sees(&beto, "ana hung up"));
	person_type(&beto, text_of("/connect 127.0.0.1:%d", ana.port));
	assert_true(person_sees(&ana, "2: beto knocks"));
	person_type(&ana, "/accept 2");
	assert_true(
	    screen_wait_count(ana.screen, "connected with beto at", 2, 0));
	part(&ana, &beto);
}

/* The second charla of one user finds the lock and runs as a guest. */
static void
test_guest(void **state)
{
	struct person ana = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));

	const char *argv[] = {getenv("CHARLA"), "--name", "ana2", "--data",
	    ana.data, "--bind", "127.0.0.1", "--port", text_of("%d", ana.port),
	    text_of("127.0.0.1:%d", ana.port), NULL};
	struct screen_config config = {.argv = argv, .home = ana.home};
	struct screen *s = screen_start(&config);

	assert_true(screen_wait_text(s, "guest", 0));
	assert_true(screen_wait_text(s, "is taken", 0));
	assert_true(person_sees(&ana, "ana2 knocks"));
	person_type(&ana, "/accept");
	assert_true(screen_wait_text(s, "connected with ana", 0));
	screen_keys(s, "hola from the same machine\r");
	assert_true(person_sees(&ana, "hola from the same machine"));
	screen_close(s);
	person_release(&ana);
}

static void
test_calling_oneself(void **state)
{
	struct person ana = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, text_of("/connect 127.0.0.1:%d", ana.port));
	assert_true(person_sees(&ana, "is this very charla"));
	person_release(&ana);
}

static void
test_taken_port(void **state)
{
	struct person ana = {0};
	const char *argv[] = {getenv("CHARLA"), "--data", NULL, "--bind",
	    "127.0.0.1", "--port", NULL, NULL};
	struct screen_config config = {.argv = argv};
	char dir[4096];
	struct screen *s;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	make_temp_dir(dir, sizeof(dir));
	argv[2] = dir;
	argv[6] = text_of("%d", ana.port);
	s = screen_start(&config);
	assert_true(screen_wait_text(s, "in use by another program", 0));
	screen_close(s);
	remove_tree(dir);
	person_release(&ana);
}

/* What a caller is told while nobody answers. */
static void
test_words_while_nobody_answers(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	assert_true(person_quits(&ana));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "refused"));
	assert_true(person_sees(&beto, "next try at"));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "connected with ana"));
	person_type(&beto, "/disconnect");
	person_type(&beto, "/connect nobody.invalid");
	assert_true(person_sees(&beto, "no such name"));
	person_type(&beto, "/connect [::1");
	person_type(&beto, "/connect 127.0.0.1:99999");
	assert_true(person_sees(&beto, "port"));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accept_is_remembered),
	    cmocka_unit_test(test_reject),
	    cmocka_unit_test(test_busy),
	    cmocka_unit_test(test_changed_key),
	    cmocka_unit_test(test_known_name_other_key),
	    cmocka_unit_test(test_hang_up_means_knock_again),
	    cmocka_unit_test(test_guest),
	    cmocka_unit_test(test_calling_oneself),
	    cmocka_unit_test(test_taken_port),
	    cmocka_unit_test(test_words_while_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
