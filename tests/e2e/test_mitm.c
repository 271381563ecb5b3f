/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody in between, with real TLS on both sides: what two people see, a
 * thousand times what two sessions see, and that a verified key keeps them
 * out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/session.h"
#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/mitm.h"

enum {
	RUNS = 1000,
	DIGITS_LEN = 7, /* "123 456" */
	TURN_MS = 2,
	DEADLINE_MS = 20 * 1000,
};

static uint64_t
deadline(void)
{
	return clock_mono_ms() + (uint64_t)deadline_scaled(DEADLINE_MS);
}

static void
unblock(int fd)
{
	assert_int_equal(
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

/* Two sessions in this program, each at the end of a connection. */
struct end {
	struct identity *id;
	struct tls_context *tls;
	struct conn *conn;
	struct session *session;
	enum session_role role;
	unsigned digits; /* PAIRING_DIGITS: not there yet */
	bool ended;
	enum wire_bye bye;
};

static void
on_session(void *arg, const struct session_event *e)
{
	struct end *end = arg;

	if (e->type == SESSION_HELLO && end->role == SESSION_LISTENER)
		session_knock(end->session, KNOCK_ACCEPTED);
	if (e->type == SESSION_DIGITS)
		end->digits = e->digits;
	if (e->type == SESSION_ENDED) {
		end->ended = true;
		end->bye = e->bye;
	}
}

static void
begin_session(struct end *end)
{
	const uint8_t *own = identity_fingerprint(end->id)->bytes;
	const uint8_t *their = conn_fingerprint(end->conn)->bytes;
	bool calls = end->role == SESSION_CALLER;
	struct session_config config = {
	    .role = end->role,
	    .name = "-",
	    .epoch = 1,
	    .on_event = on_session,
	    .arg = end,
	};

	assert_true(conn_export(end->conn, config.binding.exporter));
	memcpy(config.binding.caller, calls ? own : their, PAIRING_LEN);
	memcpy(config.binding.listener, calls ? their : own, PAIRING_LEN);
	assert_int_equal(
	    getrandom(config.nonce, PAIRING_LEN, 0), (ssize_t)PAIRING_LEN);
	end->session = session_new(&config, clock_mono_ms());
}

static void
on_end(void *arg, const struct conn_event *event)
{
	struct end *end = arg;

	if (event->type == CONN_UP)
		begin_session(end);
	if (event->type == CONN_INPUT)
		session_input(
		    end->session, conn_input(end->conn), clock_mono_ms());
	if (event->type == CONN_DOWN)
		end->ended = true;
}

static void
open_end(struct end *end, struct loop *loop, int fd)
{
	const struct conn_config config = {
	    .loop = loop,
	    .tls = end->tls,
	    .role = end->role == SESSION_CALLER ? TLS_CALLER : TLS_LISTENER,
	    .fd = fd,
	    .address = "127.0.0.1",
	    .on_event = on_end,
	    .arg = end,
	};

	end->digits = PAIRING_DIGITS;
	end->ended = false;
	end->bye = BYE_QUIT;
	end->conn = conn_new(&config);
}

static void
pump_end(struct end *end)
{
	if (end->session == NULL || !session_has_output(end->session))
		return;
	session_output(end->session, conn_output(end->conn), CONN_OUT_LOW,
	    clock_mono_ms());
	conn_kick(end->conn);
}

static void
close_end(struct end *end)
{
	conn_free(end->conn);
	session_free(end->session);
	end->conn = NULL;
	end->session = NULL;
}

static void
socket_pair(int fds[2])
{
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	unblock(fds[0]);
	unblock(fds[1]);
}

/* The two of them, and who is between; nobody: m is NULL. */
struct triangle {
	struct loop *loop;
	struct identity *evil;
	struct end caller, listener;
	struct mitm *m;
};

static void
triangle_init(struct triangle *t)
{
	*t = (struct triangle){.loop = loop_new(),
	    .evil = identity_temporary(),
	    .caller = {.role = SESSION_CALLER},
	    .listener = {.role = SESSION_LISTENER}};
	t->caller.id = identity_temporary();
	t->listener.id = identity_temporary();
	t->caller.tls = tls_context_new(t->caller.id);
	t->listener.tls = tls_context_new(t->listener.id);
}

static void
triangle_release(struct triangle *t)
{
	tls_context_free(t->caller.tls);
	tls_context_free(t->listener.tls);
	identity_free(t->caller.id);
	identity_free(t->listener.id);
	identity_free(t->evil);
	loop_free(t->loop);
}

static bool
is_settled(const struct end *end)
{
	return end->ended || end->digits != PAIRING_DIGITS;
}

/* Until both have digits, or an end. */
static void
triangle_run(struct triangle *t, bool between, enum mitm_way way)
{
	const uint64_t end = deadline();
	int a[2], b[2];

	socket_pair(a);
	if (between) {
		const struct mitm_config config = {
		    .loop = t->loop, .id = t->evil, .way = way};
		struct mitm_config c = config;

		socket_pair(b);
		c.caller_fd = a[1];
		c.listener_fd = b[0];
		t->m = mitm_new(&c);
	}
	open_end(&t->caller, t->loop, a[0]);
	open_end(&t->listener, t->loop, between ? b[1] : a[1]);
	while (!is_settled(&t->caller) || !is_settled(&t->listener)) {
		if (clock_mono_ms() > end)
			fail_msg("nothing came of it");
		loop_turn(t->loop, TURN_MS);
		pump_end(&t->caller);
		pump_end(&t->listener);
	}
}

static void
triangle_over(struct triangle *t)
{
	close_end(&t->caller);
	close_end(&t->listener);
	mitm_free(t->m);
	t->m = NULL;
	loop_turn(t->loop, 0);
}

static void
test_nobody_between(void **state)
{
	struct triangle t;

	(void)state;
	triangle_init(&t);
	for (int i = 0; i < RUNS / 20; i++) {
		triangle_run(&t, false, MITM_OWN);
		assert_int_equal(t.caller.digits, t.listener.digits);
		triangle_over(&t);
	}
	triangle_release(&t);
}

/* It knows both, of course; what it cannot do is make them the same. */
static void
test_digits_differ(void **state)
{
	unsigned same = 0;
	struct triangle t;

	(void)state;
	triangle_init(&t);
	for (int i = 0; i < RUNS; i++) {
		triangle_run(&t, true, MITM_OWN);
		assert_int_equal(t.caller.digits, mitm_digits_of_caller(t.m));
		assert_int_equal(
		    t.listener.digits, mitm_digits_of_listener(t.m));
		same += t.caller.digits == t.listener.digits;
		triangle_over(&t);
	}
	/* By chance, once in a million times; twice in a thousand, never. */
	assert_in_range(same, 0, 1);
	triangle_release(&t);
}

/* Both other ways end where the caller looks at the commitment. */
static void
test_commitment_holds(void **state)
{
	static const enum mitm_way ways[] = {MITM_CHEATS, MITM_HANDS_ON};
	struct triangle t;

	(void)state;
	triangle_init(&t);
	for (size_t i = 0; i < COUNT(ways); i++) {
		for (int n = 0; n < RUNS; n++) {
			triangle_run(&t, true, ways[i]);
			assert_int_equal(t.caller.digits, PAIRING_DIGITS);
			assert_true(t.caller.ended);
			assert_int_equal(t.caller.bye, BYE_PAIRING);
			triangle_over(&t);
		}
	}
	triangle_release(&t);
}

/* Two real charlas, and a port of its own that beto believes to be ana's. */
struct scene {
	struct person ana, beto;
	struct loop *loop;
	struct identity *evil;
	int listening;
	struct mitm *m;
};

static void
listen_at(struct scene *s, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	s->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(s->listening >= 0);
	setsockopt(s->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(
	    bind(s->listening, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->listening, 4), 0);
	unblock(s->listening);
}

static int
call_ana(const struct scene *s)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(s->ana.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	unblock(fd);
	return fd;
}

/* The two programs and what is between them all go on. */
static void
turn(struct scene *s)
{
	loop_turn(s->loop, TURN_MS);
	screen_pump(0);
}

/* Until beto has called. */
static void
take_call(struct scene *s, enum mitm_way way)
{
	const uint64_t end = deadline();
	struct mitm_config config = {
	    .loop = s->loop, .id = s->evil, .caller_fd = -1, .way = way};

	while (config.caller_fd < 0 && clock_mono_ms() < end) {
		config.caller_fd = accept(s->listening, NULL, NULL);
		turn(s);
	}
	assert_true(config.caller_fd >= 0);
	unblock(config.caller_fd);
	config.listener_fd = call_ana(s);
	s->m = mitm_new(&config);
}

/* person_sees waits without us: it has to be asked for in turns. */
static void
sees(struct scene *s, struct person *p, const char *text)
{
	const uint64_t end = deadline();

	while (screen_count(p->screen, text) == 0) {
		if (clock_mono_ms() > end) {
			screen_dump_all(stderr);
			fail_msg("%s never sees '%s'", p->name, text);
		}
		turn(s);
	}
}

static void
types(struct scene *s, struct person *p, const char *text)
{
	person_type(p, text);
	turn(s);
}

static void
scene_init(struct scene *s)
{
	*s = (struct scene){
	    .loop = loop_new(), .evil = identity_temporary(), .listening = -1};
}

static void
scene_release(struct scene *s)
{
	mitm_free(s->m);
	loop_turn(s->loop, 0);
	part(&s->ana, &s->beto);
	if (s->listening >= 0)
		close(s->listening);
	identity_free(s->evil);
	loop_free(s->loop);
}

static void
read_digits(struct person *p, char out[DIGITS_LEN + 1])
{
	static const char word[] = "compare ";
	char row[SCREEN_ROW_MAX];
	const char *at;
	int line = screen_find(p->screen, word, NULL);

	assert_true(line >= 0);
	at = strstr(screen_row_text(p->screen, line, row), word);
	assert_non_null(at);
	memcpy(out, at + sizeof(word) - 1, DIGITS_LEN);
	out[DIGITS_LEN] = '\0';
	assert_true(isdigit((unsigned char)out[0]));
}

/* They talk, and it reads along; the digits give it away. */
static void
test_two_people_notice(void **state)
{
	char a[DIGITS_LEN + 1], b[DIGITS_LEN + 1];
	struct scene s;
	int guard;
	uint16_t port = free_port(&guard);

	(void)state;
	scene_init(&s);
	listen_at(&s, port);
	person_start(&s.ana, "ana", NULL);
	sees(&s, &s.ana, "waiting for a call");
	person_start(&s.beto, "beto",
	    (const char *const[]){text_of("127.0.0.1:%d", port), NULL});
	take_call(&s, MITM_OWN);
	sees(&s, &s.ana, "beto knocks");
	sees(&s, &s.beto, "ringing: ana");
	types(&s, &s.ana, "/accept");
	sees(&s, &s.ana, "connected with beto");
	sees(&s, &s.beto, "connected with ana");
	sees(&s, &s.ana, "encrypted, UNVERIFIED");
	types(&s, &s.beto, "nobody but us reads this");
	sees(&s, &s.ana, "nobody but us reads this");
	assert_int_equal(mitm_heard_from_caller(s.m, FRAME_MESSAGE), 1);
	sees(&s, &s.ana, "compare ");
	sees(&s, &s.beto, "compare ");
	read_digits(&s.ana, a);
	read_digits(&s.beto, b);
	assert_string_not_equal(a, b);

	types(&s, &s.ana, "/verify no");
	sees(&s, &s.ana, "the digits differ: the link to");
	sees(&s, &s.beto, "sees other digits than you");
	sees(&s, &s.ana, "not connected");
	assert_int_equal(screen_count(s.ana.screen, ", VERIFIED"), 0);
	assert_int_equal(screen_count(s.beto.screen, ", VERIFIED"), 0);
	scene_release(&s);
	close(guard);
}

/* Who hands on the comparison itself does not even get a talk. */
static void
test_hands_on(void **state)
{
	struct scene s;
	int guard;
	uint16_t port = free_port(&guard);

	(void)state;
	scene_init(&s);
	listen_at(&s, port);
	person_start(&s.ana, "ana", NULL);
	sees(&s, &s.ana, "waiting for a call");
	person_start(&s.beto, "beto",
	    (const char *const[]){text_of("127.0.0.1:%d", port), NULL});
	take_call(&s, MITM_HANDS_ON);
	sees(&s, &s.beto, "did not come about as they have");
	sees(&s, &s.ana, "did not come about as they have");
	assert_int_equal(screen_count(s.beto.screen, "compare "), 0);
	/* Nor does charla try again by itself. */
	assert_int_equal(screen_count(s.beto.screen, "next try"), 0);
	sees(&s, &s.beto, "calls again");
	scene_release(&s);
	close(guard);
}

/* They have compared keys; then it takes ana's place, and gets nothing. */
static void
test_verified(void **state)
{
	struct scene s;
	uint16_t port;
	int guard;

	(void)state;
	scene_init(&s);
	s.ana.rows = s.beto.rows = 50;
	meet(&s.ana, &s.beto);
	types(&s, &s.ana, "/verify");
	types(&s, &s.beto, "/verify");
	sees(&s, &s.ana, "encrypted, VERIFIED");
	sees(&s, &s.beto, "encrypted, VERIFIED");
	assert_true(person_quits(&s.beto));
	assert_true(person_quits(&s.ana));
	/* beto calls where ana was. */
	port = s.ana.port;
	s.ana.port = free_port(&guard);
	listen_at(&s, port);
	person_start(&s.ana, "ana", NULL);
	sees(&s, &s.ana, "waiting for");
	person_start(&s.beto, "beto",
	    (const char *const[]){text_of("127.0.0.1:%d", port), NULL});
	take_call(&s, MITM_OWN);
	sees(&s, &s.beto, "stopped: the key at");
	while (!mitm_is_over(s.m))
		turn(&s);
	assert_int_equal(mitm_heard_from_caller(s.m, FRAME_BYE), 1);
	assert_int_equal(mitm_heard_from_caller(s.m, FRAME_HELLO), 0);
	assert_int_equal(mitm_heard_from_caller(s.m, FRAME_MESSAGE), 0);
	assert_int_equal(screen_count(s.ana.screen, "connected with"), 0);
	assert_int_equal(screen_count(s.beto.screen, "connected with"), 0);
	/* ana has seen that somebody was there, and nothing else. */
	sees(&s, &s.ana, "called and stopped");
	scene_release(&s);
	close(guard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nobody_between),
	    cmocka_unit_test(test_digits_differ),
	    cmocka_unit_test(test_commitment_holds),
	    cmocka_unit_test(test_two_people_notice),
	    cmocka_unit_test(test_hands_on),
	    cmocka_unit_test(test_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
