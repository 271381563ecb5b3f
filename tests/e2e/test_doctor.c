/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla doctor and /doctor: what is well is called fine, and what keeps two
 * people from meeting is named, with what to do about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/piped.h"

/* What one run of charla doctor printed, and its exit status. */
struct answer {
	char text[8192];
	int status;
};

/* command ends in "charla doctor ...". */
static void
ask(struct answer *a, const char *command)
{
	FILE *f = popen(command, "r");
	size_t len;

	assert_non_null(f);
	len = fread(a->text, 1, sizeof(a->text) - 1, f);
	a->text[len] = '\0';
	a->status = pclose(f);
	assert_true(WIFEXITED(a->status));
	a->status = WEXITSTATUS(a->status);
	print_message("%s\n%s-> %d\n", command, a->text, a->status);
}

/* A row of it begins with state and holds words. */
static bool
says(const struct answer *a, const char *state, const char *words)
{
	char *text = str_dup(a->text), *rest = text, *row;
	bool found = false;

	while (!found && (row = strsep(&rest, "\n")) != NULL)
		found = strncmp(row, state, strlen(state)) == 0 &&
			strstr(row, words) != NULL;
	free(text);
	return found;
}

static int
listen_here(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* By this very program. */
static void
test_port_taken(void **state)
{
	struct answer a;
	int guard, fd;
	uint16_t port;

	(void)state;
	port = free_port(&guard);
	fd = listen_here(port);
	ask(&a, text_of("'%s' doctor --port %d", getenv("CHARLA"), port));
	assert_true(says(&a, "wrong", "another program, 'test_doctor'"));
	assert_int_equal(a.status, 1);
	close(fd);
	ask(&a, text_of("'%s' doctor --port %d", getenv("CHARLA"), port));
	assert_true(says(&a, "fine", text_of("port %d is free", port)));
	close(guard);
}

/* In the running program; and beside it, which is no fault. */
static void
test_running(void **state)
{
	struct person ana = {.cols = 160};
	struct answer a;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "/doctor");
	assert_true(person_sees(
	    &ana, text_of("port %d: this charla waits there", ana.port)));
	assert_true(person_sees(&ana, "doctor: "));
	ask(&a, text_of("'%s' doctor --port %d", getenv("CHARLA"), ana.port));
	assert_true(says(&a, "fine", "charla waits there already"));
	person_release(&ana);
}

static void
test_lines(void **state)
{
	static const struct piped_config config = {
	    .name = "ana", .input = "/doctor\n"};
	struct piped ana = {0};
	size_t len;

	(void)state;
	piped_start(&ana, &config);
	assert_true(piped_left(&ana, 0));
	assert_non_null(strstr(piped_output(&ana, &len), "doctor: "));
	piped_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_port_taken),
	    cmocka_unit_test(test_running),
	    cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
