/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/mdns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"

enum {
	FRAME_MAX = 65536,
	MDNS_PORT = 5353,
	PACKET_MAX = 1400,
	RECORD_ROOM = 400, /* of one person */
	TTL_S = 4500,
	PAUSE_US = 300, /* between packets: none shall be lost */
	TYPE_A = 1,
	TYPE_PTR = 12,
	TYPE_TXT = 16,
	TYPE_SRV = 33,
};

struct capture {
	pid_t pid;
	char folder[4096];
};

static void
enter(pid_t pid)
{
	int fd = open(text_of("/proc/%d/ns/net", (int)pid), O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		_exit(1);
	close(fd);
}

/* In the child, until it is killed. */
static _Noreturn void
copy_frames(pid_t machine, int ready, const char *path)
{
	static char frame[FRAME_MAX];
	struct sockaddr_ll at = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int out = open(path, O_WRONLY | O_CREAT, 0600);
	ssize_t n;
	int fd;

	enter(machine);
	fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	at.sll_ifindex = (int)if_nametoindex("cable");
	if (out < 0 || fd < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    write(ready, "", 1) != 1)
		_exit(1);
	while ((n = recv(fd, frame, sizeof(frame), 0)) >= 0) {
		if (write(out, frame, (size_t)n) != n)
			_exit(1);
	}
	_exit(1);
}

struct capture *
capture_start(struct netns *n, int machine)
{
	struct capture *c = mem_zalloc(sizeof(*c));
	int ready[2];
	char byte;

	make_temp_dir(c->folder, sizeof(c->folder));
	if (pipe2(ready, O_CLOEXEC) < 0)
		harness_fail("pipe: %s", strerror(errno));
	c->pid = fork();
	if (c->pid < 0)
		harness_fail("fork: %s", strerror(errno));
	if (c->pid == 0)
		copy_frames(netns_pid(n, machine), ready[1],
		    in_folder(c->folder, "frames"));
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		harness_fail("no capture");
	close(ready[0]);
	return c;
}

static char *
read_all(FILE *f, size_t *len)
{
	size_t size = 0, n;
	char *all = NULL;

	*len = 0;
	do {
		size += FRAME_MAX;
		all = mem_realloc(all, size);
		n = fread(all + *len, 1, size - *len, f);
		*len += n;
	} while (n > 0);
	fclose(f);
	return all;
}

char *
capture_end(struct capture *c, size_t *len)
{
	FILE *f = fopen(in_folder(c->folder, "frames"), "r");
	char *all;

	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	all = f != NULL ? read_all(f, len) : NULL;
	if (all == NULL)
		harness_fail("no capture");
	remove_tree(c->folder);
	free(c);
	return all;
}

/* A packet as it grows. */
struct packet {
	uint8_t bytes[PACKET_MAX];
	size_t len;
	unsigned records;
};

static void
put(struct packet *p, const void *bytes, size_t len)
{
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void
put16(struct packet *p, unsigned value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 8), (uint8_t)value};

	put(p, bytes, sizeof(bytes));
}

static void
put_label(struct packet *p, const char *label)
{
	const uint8_t len = (uint8_t)strlen(label);

	put(p, &len, 1);
	put(p, label, len);
}

/* name, "_charla", "_tcp", "local"; name may be NULL. */
static void
put_service(struct packet *p, const char *name)
{
	if (name != NULL)
		put_label(p, name);
	put_label(p, "_charla");
	put_label(p, "_tcp");
	put_label(p, "local");
	put(p, "", 1);
}

/* The rest of a record's head, and room for its length: where that is. */
static size_t
put_head(struct packet *p, unsigned type)
{
	put16(p, type);
	put16(p, 1);
	put16(p, 0);
	put16(p, TTL_S);
	put16(p, 0);
	p->records++;
	return p->len;
}

static void
end_record(struct packet *p, size_t at)
{
	size_t len = p->len - at;

	p->bytes[at - 2] = (uint8_t)(len >> 8);
	p->bytes[at - 1] = (uint8_t)len;
}

/* name: "n=..." in so many bytes, where there is one. */
static void
put_person(
    struct packet *p, unsigned number, const char *name_string, size_t name_len)
{
	char name[64], key[80];
	size_t at;

	snprintf(name, sizeof(name), "flood %u", number);
	snprintf(key, sizeof(key), "fp=%08u%056u", number, number);
	put_service(p, NULL);
	at = put_head(p, TYPE_PTR);
	put_service(p, name);
	end_record(p, at);
	put_service(p, name);
	at = put_head(p, TYPE_SRV);
	put16(p, 0);
	put16(p, 0);
	put16(p, 6973);
	put_label(p, "flood");
	put_label(p, "local");
	put(p, "", 1);
	end_record(p, at);
	put_service(p, name);
	at = put_head(p, TYPE_TXT);
	put_label(p, "v=1");
	put_label(p, key);
	if (name_string != NULL) {
		const uint8_t len = (uint8_t)name_len;

		put(p, &len, 1);
		put(p, name_string, name_len);
	}
	end_record(p, at);
	put_label(p, "flood");
	put_label(p, "local");
	put(p, "", 1);
	at = put_head(p, TYPE_A);
	put(p, "\x0a\x45\x49\x02", 4);
	end_record(p, at);
}

static void
begin(struct packet *p)
{
	static const uint8_t response[12] = {0, 0, 0x84};

	p->len = 0;
	p->records = 0;
	put(p, response, sizeof(response));
}

static bool
send_packet(int fd, struct packet *p)
{
	struct sockaddr_in group = {.sin_family = AF_INET,
	    .sin_port = htons(MDNS_PORT),
	    .sin_addr.s_addr = inet_addr("224.0.0.251")};

	p->bytes[6] = (uint8_t)(p->records >> 8);
	p->bytes[7] = (uint8_t)p->records;
	usleep(PAUSE_US);
	return sendto(fd, p->bytes, p->len, 0, (struct sockaddr *)&group,
		   sizeof(group)) == (ssize_t)p->len;
}

static int
open_mdns(void)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons(MDNS_PORT)};
	struct ip_mreqn cable = {.imr_ifindex = (int)if_nametoindex("cable")};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), one = 1, ttl = 255;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &cable, sizeof(cable)) <
		0 ||
	    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl)) <
		0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return -1;
	return fd;
}

/* In the child. */
static _Noreturn void
flood(pid_t machine, unsigned first, unsigned count)
{
	static struct packet p;
	int fd;

	enter(machine);
	fd = open_mdns();
	if (fd < 0)
		_exit(1);
	begin(&p);
	for (unsigned i = first; i < first + count; i++) {
		put_person(&p, i, NULL, 0);
		if (p.len + RECORD_ROOM < PACKET_MAX && i + 1 < first + count)
			continue;
		if (!send_packet(fd, &p))
			_exit(1);
		begin(&p);
	}
	_exit(0);
}

static void
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (status != 0)
		harness_fail("what was to be announced was not");
}

void
mdns_flood(struct netns *n, int machine, unsigned first, unsigned count)
{
	pid_t pid = fork();

	if (pid < 0)
		harness_fail("fork: %s", strerror(errno));
	if (pid == 0)
		flood(netns_pid(n, machine), first, count);
	wait_for(pid);
}

/* In the child. */
static _Noreturn void
announce(pid_t machine, unsigned number, const char *name, size_t len)
{
	static struct packet p;
	char string[256] = "n=";
	int fd;

	enter(machine);
	fd = open_mdns();
	memcpy(string + 2, name, len);
	begin(&p);
	put_person(&p, number, string, len + 2);
	_exit(fd >= 0 && send_packet(fd, &p) ? 0 : 1);
}

void
mdns_announce(
    struct netns *n, int machine, unsigned number, const char *name, size_t len)
{
	pid_t pid = fork();

	if (pid < 0)
		harness_fail("fork: %s", strerror(errno));
	if (pid == 0)
		announce(netns_pid(n, machine), number, name, len);
	wait_for(pid);
}
