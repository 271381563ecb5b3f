/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session of the classroom program this one grew out of: one waits on
 * port 6973, the other calls, "hola" goes and "hola" comes back, a PDF of
 * 85,476 bytes is sent. Here both ways round.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"

enum { PDF_SIZE = 85476 };

/* An address of loopback that nobody else uses, so that 6973 is free. */
static const char waiting_address[] = "127.69.7.3";

static struct screen *
start(const char *name, const char *dir, const char *bind, const char *peer)
{
	const char *argv[] = {getenv("CHARLA"), "--name", name, "--data",
	    in_folder(dir, "data"), "--dir", in_folder(dir, "downloads"),
	    "--bind", bind, peer, NULL};
	struct screen_config config = {
	    .name = name, .argv = argv, .home = dir, .cwd = dir};

	return screen_start(&config);
}

static void
type(struct screen *s, const char *text)
{
	screen_keys(s, text);
	screen_keys(s, KEYS_ENTER);
}

/* from sends the file in its folder to to, and both are told. */
static void
send_pdf(struct screen *from, struct screen *to, const char *from_dir,
    const char *to_dir, const char *to_name)
{
	make_file(in_folder(from_dir, "apuntes.pdf"), PDF_SIZE, 7);
	type(from, "/send apuntes.pdf");
	assert_true(screen_wait_text(to, "'apuntes.pdf' (85.5 kB)", 0));
	type(to, "/accept");
	assert_true(screen_wait_text(to, "received, verified:", 0));
	assert_true(screen_wait_text(
	    from, text_of("%s received 'apuntes.pdf', verified", to_name), 0));
	assert_true(files_equal(in_folder(from_dir, "apuntes.pdf"),
	    in_folder(to_dir, "downloads/apuntes.pdf")));
}

/* Somebody may be using a real charla on this machine. */
static bool
port_is_free(void)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons(6973)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int yes = 1;
	bool is_free;

	assert_int_equal(inet_pton(AF_INET, waiting_address, &at.sin_addr), 1);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	is_free = bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		  listen(fd, 1) == 0;
	close(fd);
	if (!is_free)
		print_message("port 6973 is in use: skipped\n");
	return is_free;
}

static void
talk(const char *waiting, const char *calling, bool caller_sends)
{
	char dir_w[4096], dir_c[4096];
	struct screen *w, *c;

	if (!port_is_free())
		skip();
	make_temp_dir(dir_w, sizeof(dir_w));
	make_temp_dir(dir_c, sizeof(dir_c));
	w = start(waiting, dir_w, waiting_address, NULL);
	assert_true(screen_wait_text(w, "waiting for a call on port 6973", 0));
	assert_true(screen_wait_text(w, "charla 127.69.7.3", 0));
	c = start(calling, dir_c, "127.69.7.4", waiting_address);
	assert_true(screen_wait_text(w, "/accept 1", 0));
	type(w, "/accept");
	assert_true(screen_wait_text(c, "connected with", 0));
	type(c, "hola");
	assert_true(screen_wait_text(w, "hola", 0));
	type(w, "hola, soy yo");
	assert_true(screen_wait_text(c, "hola, soy yo", 0));
	if (caller_sends)
		send_pdf(c, w, dir_c, dir_w, waiting);
	else
		send_pdf(w, c, dir_w, dir_c, calling);
	type(c, "/quit");
	assert_true(screen_wait_exit(c, 0, NULL));
	type(w, "/quit");
	assert_true(screen_wait_exit(w, 0, NULL));
	screen_close_all();
	remove_tree(dir_w);
	remove_tree(dir_c);
}

static void
test_caller_sends(void **state)
{
	(void)state;
	talk("profe", "alumna", true);
}

static void
test_waiting_side_sends(void **state)
{
	(void)state;
	talk("alumna", "profe", false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_caller_sends),
	    cmocka_unit_test(test_waiting_side_sends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
