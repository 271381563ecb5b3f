/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/people.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"

enum {
	/* Below the ports that systems give to callers by themselves. */
	PORT_FIRST = 20000,
	PORT_LAST = 32000,
	ARGS_MAX = 32,
};

/* Nobody listens there, nobody is connected there. */
static bool
port_is_free(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_ANY)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_free;

	if (fd < 0)
		harness_fail("socket: %s", strerror(errno));
	is_free = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return is_free;
}

/*
 * A name in the kernel that one process can hold: two test programs at the
 * same time never take the same port, and nothing is left when one dies.
 * -1: somebody else holds it.
 */
static int
port_guard(uint16_t port)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len;

	if (fd < 0)
		harness_fail("socket: %s", strerror(errno));
	len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
	    "charla-test-port-%u", (unsigned)port);
	if (bind(fd, (struct sockaddr *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			    (size_t)len)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

uint16_t
free_port(int *guard)
{
	enum { PORTS = PORT_LAST - PORT_FIRST };
	unsigned start = (unsigned)getpid() % PORTS;

	for (unsigned i = 0; i < PORTS; i++) {
		uint16_t port = (uint16_t)(PORT_FIRST + (start + i) % PORTS);
		int fd = port_guard(port);

		if (fd < 0)
			continue;
		if (port_is_free(port)) {
			*guard = fd;
			return port;
		}
		close(fd);
	}
	harness_fail("no free port");
}

void
person_settle(struct person *p, const char *name)
{
	if (p->started)
		return;
	p->started = true;
	snprintf(p->name, sizeof(p->name), "%s", name);
	make_temp_dir(p->home, sizeof(p->home));
	snprintf(p->data, sizeof(p->data), "%s/data", p->home);
	snprintf(p->downloads, sizeof(p->downloads), "%s/downloads", p->home);
	p->port = free_port(&p->port_guard);
}

static bool
has_bind(const char *const extra[])
{
	for (size_t i = 0; extra != NULL && extra[i] != NULL; i++) {
		if (strncmp(extra[i], "--bind", 6) == 0)
			return true;
	}
	return false;
}

void
person_start(struct person *p, const char *name, const char *const extra[])
{
	const char *argv[ARGS_MAX + 1] = {getenv("CHARLA")};
	size_t count = 1;
	char port[8];

	if (argv[0] == NULL)
		harness_fail("CHARLA does not name the program to test");
	if (p->screen != NULL)
		harness_fail("%s is here already", p->name);
	person_settle(p, name);
	snprintf(port, sizeof(port), "%u", (unsigned)p->port);
	argv[count++] = "--name";
	argv[count++] = p->name;
	argv[count++] = "--data";
	argv[count++] = p->data;
	argv[count++] = "--dir";
	argv[count++] = p->downloads;
	argv[count++] = "--port";
	argv[count++] = port;
	if (!p->everywhere && !has_bind(extra)) {
		argv[count++] = "--bind";
		argv[count++] = "127.0.0.1";
	}
	for (size_t i = 0; extra != NULL && extra[i] != NULL; i++) {
		if (count == ARGS_MAX)
			harness_fail("more than %d arguments", ARGS_MAX);
		argv[count++] = extra[i];
	}
	argv[count] = NULL;
	p->screen = screen_start(&(struct screen_config){
	    .name = p->name,
	    .rows = p->rows,
	    .cols = p->cols,
	    .argv = argv,
	    .env = p->env,
	    .home = p->home,
	    .cwd = p->home,
	});
}

void
person_call(struct person *p, const char *name, const struct person *whom)
{
	char address[32];

	person_address(whom, address);
	person_start(p, name, (const char *const[]){address, NULL});
}

void
person_address(const struct person *p, char out[static 32])
{
	snprintf(out, 32, "127.0.0.1:%u", (unsigned)p->port);
}

void
person_type(struct person *p, const char *text)
{
	screen_keys(p->screen, text);
	screen_wait_read(p->screen);
	screen_keys(p->screen, KEYS_ENTER);
	screen_wait_read(p->screen);
}

bool
person_sees(struct person *p, const char *text)
{
	return screen_wait_text(p->screen, text, 0);
}

bool
person_sees_no(struct person *p, const char *text)
{
	return screen_wait_gone(p->screen, text, 0);
}

bool
person_quits(struct person *p)
{
	int status = -1;
	bool ended;

	person_type(p, "/quit");
	ended = screen_wait_exit(p->screen, 0, &status);
	if (ended && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
		fprintf(stderr, "%s left with status 0x%x\n", p->name,
		    (unsigned)status);
		screen_dump(p->screen, stderr);
		ended = false;
	}
	person_dies(p);
	return ended;
}

void
person_dies(struct person *p)
{
	screen_close(p->screen);
	p->screen = NULL;
}

void
person_release(struct person *p)
{
	if (!p->started)
		return;
	person_dies(p);
	remove_tree(p->home);
	close(p->port_guard);
	p->started = false;
}
