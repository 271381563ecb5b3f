/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The half in the test program: one order, one answer, over a socket pair. */
#include "tests/e2e/proxy.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/people.h"
#include "tests/e2e/proxy_child.h"

enum { BACKLOG = 64 };

struct proxy {
	pid_t pid;
	int control;
	uint16_t port;
	int port_guard;
};

static int
listen_on(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int yes = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		harness_fail("proxy, port %u: %s", port, strerror(errno));
	return fd;
}

struct proxy *
proxy_start(uint16_t target_port)
{
	struct proxy *p = mem_zalloc(sizeof(*p));
	int pair[2], listener;

	p->port = free_port(&p->port_guard);
	listener = listen_on(p->port);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		harness_fail("socketpair: %s", strerror(errno));
	p->pid = fork();
	if (p->pid < 0)
		harness_fail("fork: %s", strerror(errno));
	if (p->pid == 0) {
		close(pair[0]);
		proxy_child_run(pair[1], listener, target_port);
	}
	close(pair[1]);
	close(listener);
	p->control = pair[0];
	return p;
}

void
proxy_free(struct proxy *p)
{
	if (p == NULL)
		return;
	close(p->control);
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	close(p->port_guard);
	free(p);
}

uint16_t
proxy_port(const struct proxy *p)
{
	return p->port;
}

static struct proxy_state
order(struct proxy *p, enum proxy_verb verb, uint64_t value)
{
	struct proxy_order what = {.verb = verb, .value = value};
	struct proxy_state state = {0};

	if (send(p->control, &what, sizeof(what), MSG_NOSIGNAL) < 0 ||
	    recv(p->control, &state, sizeof(state), 0) != sizeof(state))
		harness_fail("the proxy has ended");
	return state;
}

void
proxy_cut(struct proxy *p, bool reset)
{
	order(p, PROXY_CUT, reset);
}

void
proxy_hole(struct proxy *p, bool on)
{
	order(p, PROXY_HOLE, on);
}

void
proxy_hole_after(struct proxy *p, uint64_t bytes)
{
	order(p, PROXY_HOLE_AFTER, bytes);
}

void
proxy_rate(struct proxy *p, uint64_t bytes)
{
	order(p, PROXY_RATE, bytes);
}

struct proxy_state
proxy_look(struct proxy *p)
{
	return order(p, PROXY_LOOK, 0);
}

bool
proxy_is_hole(void *arg)
{
	return proxy_look(arg).hole;
}
