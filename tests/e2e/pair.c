/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "tests/e2e/meeting.h"

void
pair_call(struct pair *p)
{
	const char *const extra[] = {"--bind", "127.0.0.2",
	    text_of("127.0.0.1:%u", (unsigned)proxy_port(p->proxy)), NULL};

	person_start(&p->beto, "beto", extra);
}

static void
say_hello(struct person *p)
{
	person_type(p, "hola");
	assert_true(screen_wait_count(p->screen, "\xe2\x9c\x93", 1, 0));
}

void
pair_meet(struct pair *p)
{
	person_start(&p->ana, "ana", NULL);
	assert_true(person_sees(&p->ana, "waiting for a call"));
	p->proxy = proxy_start(p->ana.port);
	pair_call(p);
	assert_true(person_sees(&p->ana, "beto knocks"));
	person_type(&p->ana, "/accept");
	assert_true(person_sees(&p->beto, "connected with ana"));
	say_hello(&p->ana);
	say_hello(&p->beto);
}

void
pair_end(struct pair *p)
{
	part(&p->ana, &p->beto);
	proxy_free(p->proxy);
	p->proxy = NULL;
}

static bool
has_left_or_asks(void *arg)
{
	struct screen *s = arg;

	return !screen_is_alive(s) || screen_find(s, "/quit again", NULL) >= 0;
}

void
person_leaves(struct person *p)
{
	int status = -1;

	person_type(p, "/quit");
	assert_true(
	    screen_wait_for(has_left_or_asks, p->screen, "leaves or asks", 0));
	if (screen_is_alive(p->screen))
		person_type(p, "/quit");
	assert_true(screen_wait_exit(p->screen, 0, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	person_dies(p);
}
