/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charla against openssl(1): what gets through the handshake, what does not. */
#include "net/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/sock.h"
#include "src/base/util.h"
#include "tests/unit/conn_pair.h"
#include "tests/unit/scratch.h"

enum { ARGS_MAX = 32, HEARD_MAX = 64 * 1024 };

/* openssl(1) as a child: what we type to it, and what it has said. */
struct child {
	pid_t pid;
	int in, out;
	char heard[HEARD_MAX];
	size_t len;
};

struct scene {
	struct pair *pair;
	struct child child;
	char *folder;
};

/* Runs "openssl words...", the words split at spaces. */
static void
start(struct scene *s, const char *words)
{
	char *copy = str_dup(words), *rest = NULL,
	     *args[ARGS_MAX] = {"openssl"};
	int in[2], out[2], n = 1;

	for (char *w = strtok_r(copy, " ", &rest); w && n < ARGS_MAX - 1;
	     w = strtok_r(NULL, " ", &rest))
		args[n++] = w;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC | O_NONBLOCK), 0);
	s->child = (struct child){.in = in[1], .out = out[0]};
	s->child.pid = fork();
	assert_true(s->child.pid >= 0);
	if (s->child.pid == 0) {
		if (chdir(s->folder) < 0)
			_exit(126);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		fcntl(STDOUT_FILENO, F_SETFL, 0);
		execvp(args[0], args);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	free(copy);
}

static void
type(struct scene *s, const char *text)
{
	assert_int_equal(write(s->child.in, text, strlen(text)), strlen(text));
}

/* Turns until the child has said word. */
static void
hear(struct scene *s, const char *word)
{
	uint64_t end = clock_mono_ms() + PAIR_PATIENCE_MS;
	struct child *c = &s->child;

	while (!strstr(c->heard, word)) {
		ssize_t n = read(
		    c->out, c->heard + c->len, sizeof(c->heard) - 1 - c->len);

		if (n > 0)
			c->len += (size_t)n;
		if (clock_mono_ms() > end)
			fail_msg("not heard: %s; but: %s", word, c->heard);
		loop_turn(s->pair->loop, 10);
	}
}

static void
stop(struct scene *s)
{
	if (s->child.pid <= 0)
		return;
	close(s->child.in);
	close(s->child.out);
	kill(s->child.pid, SIGTERM);
	waitpid(s->child.pid, NULL, 0);
	s->child.pid = 0;
}

static void
make(struct scene *s, const char *words)
{
	int status;

	start(s, words);
	close(s->child.in);
	close(s->child.out);
	assert_int_equal(waitpid(s->child.pid, &status, 0), s->child.pid);
	s->child.pid = 0;
	assert_int_equal(status, 0);
}

static int
set_up(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));
	void *pair;

	pair_set_up(&pair);
	s->pair = pair;
	s->folder = scratch_new();
	*state = s;
	make(s, "req -x509 -newkey ed25519 -nodes -keyout key.pem -out "
		"cert.pem -subj /CN=throwaway -days 2");
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;
	void *pair = s->pair;

	stop(s);
	pair_tear_down(&pair);
	scratch_free(s->folder);
	free(s);
	return 0;
}

/* Listens, lets openssl s_client with these words call, and picks up. */
static void
called_by(struct scene *s, const char *words)
{
	int fds[SOCK_LISTEN_MAX], fd = -1;
	uint64_t end = clock_mono_ms() + PAIR_PATIENCE_MS;
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	struct address from;
	struct reason why;
	char *all;

	assert_int_equal(sock_listen("127.0.0.1", 0, fds, &why), 1);
	assert_int_equal(getsockname(fds[0], (struct sockaddr *)&at, &len), 0);
	all = str_printf("s_client -connect 127.0.0.1:%u %s",
	    (unsigned)ntohs(at.sin_port), words);
	start(s, all);
	while (fd < 0 && clock_mono_ms() < end) {
		loop_turn(s->pair->loop, 5);
		fd = sock_accept(fds[0], &from);
	}
	assert_true(fd >= 0);
	close(fds[0]);
	side_open(s->pair, 1, fd, 0);
	free(all);
}

#define GOOD "-tls1_3 -alpn charla/1 -cert cert.pem -key key.pem -quiet "

static bool
five_arrived(struct pair *p)
{
	return p->side[1].got_len >= 5;
}

static void
talk(struct scene *s)
{
	struct side *l = &s->pair->side[1];

	type(s, "hola\n");
	conn_pair_until(s->pair, five_arrived);
	assert_memory_equal(l->got, "hola\n", 5);
	assert_int_equal(buf_put(conn_output(l->conn), "buenas\n", 7), 0);
	conn_kick(l->conn);
	hear(s, "buenas\n");
}

static void
test_good_caller(void **state)
{
	struct scene *s = *state;
	char *path = scratch_path(s->folder, "key.pem");
	struct identity *id;
	struct reason why;

	called_by(s, GOOD);
	talk(s);
	/* We know it by the same key that it signs with. */
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(identity_open(path, &id, &why), 0);
	assert_true(fingerprint_equal(
	    identity_fingerprint(id), conn_fingerprint(s->pair->side[1].conn)));
	identity_free(id);
	free(path);
	conn_finish(s->pair->side[1].conn);
	conn_pair_until(s->pair, pair_listener_down);
	assert_int_equal(s->pair->side[1].fault, CONN_CLOSED);
}

static void
test_chacha20(void **state)
{
	called_by(*state, GOOD "-ciphersuites TLS_CHACHA20_POLY1305_SHA256");
	talk(*state);
}

static void
test_aes256(void **state)
{
	called_by(*state, GOOD "-ciphersuites TLS_AES_256_GCM_SHA384");
	talk(*state);
}

static void
test_several_protocols(void **state)
{
	called_by(*state, "-tls1_3 -alpn h2,charla/1,http/1.1 -cert cert.pem "
			  "-key key.pem -quiet");
	talk(*state);
}

static void
expect_refusal(struct scene *s, const char *words)
{
	called_by(s, words);
	conn_pair_until(s->pair, pair_listener_down);
	assert_int_equal(s->pair->side[1].fault, CONN_HANDSHAKE);
	assert_int_equal(s->pair->side[1].count[CONN_UP], 0);
	assert_int_equal(s->pair->side[1].got_len, 0);
}

static void
test_old_tls(void **state)
{
	struct scene *s = *state;

	expect_refusal(s, "-tls1_2 -alpn charla/1 -cert cert.pem -key key.pem "
			  "-quiet");
	assert_non_null(strstr(s->pair->side[1].why.text, "TLS 1.3"));
}

static void
test_no_certificate(void **state)
{
	struct scene *s = *state;

	expect_refusal(s, "-tls1_3 -alpn charla/1 -quiet");
	assert_non_null(strstr(s->pair->side[1].why.text, "without a key"));
}

static void
test_no_protocol(void **state)
{
	struct scene *s = *state;

	expect_refusal(s, "-tls1_3 -cert cert.pem -key key.pem -quiet");
	assert_non_null(strstr(s->pair->side[1].why.text, "not charla"));
}

static void
test_other_protocol(void **state)
{
	struct scene *s = *state;

	expect_refusal(s, "-tls1_3 -alpn charla/2,h2 -cert cert.pem -key "
			  "key.pem -quiet");
	assert_non_null(strstr(s->pair->side[1].why.text, "not charla"));
}

/* Only Ed25519: another kind of key has no place in a fingerprint. */
static void
test_other_key(void **state)
{
	struct scene *s = *state;

	make(s, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
		"-keyout ec.pem -out ec-cert.pem -subj /CN=x -days 2");
	expect_refusal(s, "-tls1_3 -alpn charla/1 -cert ec-cert.pem -key "
			  "ec.pem -quiet");
}

/* Nothing to come back with: no ticket is ever handed out. */
static void
test_no_tickets(void **state)
{
	struct scene *s = *state;
	char *path = scratch_path(s->folder, "session.pem"), *session;
	size_t len;

	called_by(s, GOOD "-sess_out session.pem");
	talk(s);
	conn_finish(s->pair->side[1].conn);
	conn_pair_until(s->pair, pair_listener_down);
	stop(s);
	session = scratch_read(path, &len);
	assert_null(session);
	free(session);
	free(path);
}

/* The sending key is renewed, and the other side told so. */
static void
test_key_update(void **state)
{
	struct scene *s = *state;

	tls_context_renew_after(s->pair->tls[1], 1);
	called_by(s, GOOD "-msg");
	talk(s);
	assert_null(strstr(s->child.heard, "KeyUpdate"));
	assert_int_equal(
	    buf_put(conn_output(s->pair->side[1].conn), "otra\n", 5), 0);
	conn_kick(s->pair->side[1].conn);
	hear(s, "KeyUpdate");
	hear(s, "otra\n");
}

/* We call openssl s_server with these words. */
static void
calls(struct scene *s, const char *words)
{
	struct address to = {.len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (struct sockaddr_in *)&to.storage;
	char *all = str_printf("s_server -accept 127.0.0.1:0 -naccept 1 -cert "
			       "cert.pem -key key.pem %s",
	    words);
	char *port;
	int fd;

	start(s, all);
	hear(s, "ACCEPT 127.0.0.1:");
	hear(s, "\n");
	port = strstr(s->child.heard, "127.0.0.1:") + 10;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in->sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	fd = sock_connect(&to);
	assert_true(fd >= 0);
	side_open(s->pair, 0, fd, 0);
	free(all);
}

static bool
caller_up(struct pair *p)
{
	return p->side[0].count[CONN_UP] || p->side[0].count[CONN_DOWN];
}

static void
test_good_listener(void **state)
{
	struct scene *s = *state;

	calls(s, "-tls1_3 -alpn charla/1 -Verify 1");
	conn_pair_until(s->pair, caller_up);
	assert_int_equal(s->pair->side[0].count[CONN_UP], 1);
	assert_int_equal(
	    buf_put(conn_output(s->pair->side[0].conn), "hola\n", 5), 0);
	conn_kick(s->pair->side[0].conn);
	hear(s, "hola\n");
}

static void
expect_listener_refused(struct scene *s, const char *words)
{
	calls(s, words);
	conn_pair_until(s->pair, pair_caller_down);
	assert_int_equal(s->pair->side[0].count[CONN_UP], 0);
	assert_int_equal(s->pair->side[0].fault, CONN_HANDSHAKE);
}

static void
test_listener_without_protocol(void **state)
{
	expect_listener_refused(*state, "-tls1_3");
}

static void
test_listener_of_other_protocol(void **state)
{
	expect_listener_refused(*state, "-tls1_3 -alpn h2");
}

static void
test_old_listener(void **state)
{
	expect_listener_refused(*state, "-tls1_2 -alpn charla/1");
}

/* Refused only after its own handshake was done, as TLS 1.3 has it. */
static void
test_refused_late(void **state)
{
	struct scene *s = *state;

	calls(s, "-tls1_3 -alpn charla/1 -Verify 1 -verify_return_error "
		 "-client_sigalgs ECDSA+SHA256");
	conn_pair_until(s->pair, pair_caller_down);
	assert_int_equal(s->pair->side[0].fault, CONN_HANDSHAKE);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_good_caller),
	    CASE(test_chacha20),
	    CASE(test_aes256),
	    CASE(test_several_protocols),
	    CASE(test_old_tls),
	    CASE(test_no_certificate),
	    CASE(test_no_protocol),
	    CASE(test_other_protocol),
	    CASE(test_other_key),
	    CASE(test_no_tickets),
	    CASE(test_key_update),
	    CASE(test_good_listener),
	    CASE(test_listener_without_protocol),
	    CASE(test_listener_of_other_protocol),
	    CASE(test_old_listener),
	    CASE(test_refused_late),
	};

	signal(SIGPIPE, SIG_IGN);
	if (system("openssl version >/dev/null 2>&1") != 0) {
		puts("skipped: there is no openssl(1) here");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
