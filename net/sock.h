/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sockets, addresses and the words for what went wrong with them. Nothing
 * here blocks, but sock_resolve with a name, which is for a worker.
 */
#ifndef CHARLA_NET_SOCK_H
#define CHARLA_NET_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "src/base/err.h"

enum { SOCK_HOST_MAX = 256, SOCK_TEXT_MAX = 80, SOCK_ADDRESS_MAX = 32 };

/* What a person typed: HOST, HOST:PORT, [v6]:PORT, v6, v6%zone. */
struct target {
	char host[SOCK_HOST_MAX];
	uint16_t port;
};
/* ERR_INVALID with a sentence. default_port is used where none is given. */
int target_parse(const char *text, uint16_t default_port, struct target *out,
    struct reason *why);
/* "host", or "host:port" / "[v6]:port" where port is not default_port. */
void target_text(const struct target *t, uint16_t default_port,
    char out[SOCK_HOST_MAX + 16]);
/* Is it an address, not a name? Then nobody has to be asked for it. */
bool target_is_numeric(const struct target *t);

struct address {
	struct sockaddr_storage storage;
	socklen_t len;
};
/* Numeric, with a zone where there is one, without the port. */
void address_text(const struct address *a, char out[SOCK_TEXT_MAX]);
uint16_t address_port(const struct address *a);
bool address_equal(const struct address *a, const struct address *b);
/* A numeric target, zone included. False: it is a name, or no address. */
bool address_of(const struct target *t, struct address *out);

struct address_list {
	struct address list[SOCK_ADDRESS_MAX];
	size_t count;
};
/* Where it is not there yet, and there is room. */
void address_add(struct address_list *l, const struct address *a);
/*
 * Blocking, but for a numeric target: getaddrinfo, then RFC 8305, section 4
 * order (families taking turns, IPv6 first). ERR_NOT_FOUND with a sentence.
 */
int sock_resolve(
    const struct target *t, struct address_list *out, struct reason *why);

/* Is it a numeric address? ERR_INVALID with a sentence where not. */
int sock_check_address(const char *text, struct reason *why);
/*
 * Listen on port: every interface, IPv4 and IPv6, or only bind_text where
 * not NULL. Fills fds (close-on-exec, non-blocking), returns how many, or
 * ERR_BUSY (taken), ERR_DENIED, ERR_INVALID with a sentence that says what
 * to do.
 */
enum { SOCK_LISTEN_MAX = 2 };
int sock_listen(const char *bind_text, uint16_t port, int fds[SOCK_LISTEN_MAX],
    struct reason *why);
/* The next caller, or -1 (nobody, or not now). */
int sock_accept(int listen_fd, struct address *from);
/* Begin to connect; returns the descriptor or -1 with errno. */
int sock_connect(const struct address *to);
/* What connect came to: 0 or an errno. */
int sock_connect_result(int fd);
/* Options of every link: no delay, keepalive, little queued below us. */
void sock_tune(int fd);
/* "connection refused", "no route", "no answer", ... for errno values. */
const char *sock_error_text(int error);

/*
 * This machine's addresses another machine could call, in the order to show
 * them: private IPv4, other IPv4, global and unique-local IPv6, link-local
 * IPv6. No loopback unless there is nothing else. Each one is what the other
 * person would type (link-local ones end in % and the interface's name).
 */
size_t sock_own_addresses(char out[][SOCK_TEXT_MAX], size_t max);

/* From where others can call what listens on bind_text (NULL: everything). */
struct sock_reach {
	unsigned interface; /* index; 0: any */
	int family;         /* AF_INET, AF_INET6; AF_UNSPEC: any */
};
/* False: from nowhere else, for it is this machine's own business. */
bool sock_reach(const char *bind_text, struct sock_reach *out);

#endif
