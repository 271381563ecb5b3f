/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may keep two people from meeting: facts about this machine and its
 * network, judged into lines for a person. Judging is pure; the facts are
 * gathered by doctor_look.
 */
#ifndef CHARLA_DOCTOR_H
#define CHARLA_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/survey.h"

enum finding_state {
	FINDING_FINE,
	FINDING_WRONG,
	FINDING_UNKNOWN, /* nobody could tell; that is no fault */
};

struct finding {
	enum finding_state state;
	char *text; /* one sentence; what to do is in it */
};

/* Zeroed, it is empty. */
struct findings {
	struct finding *list;
	size_t count;
};

void findings_add(struct findings *f, enum finding_state state, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* Behind the others; from is empty then. */
void findings_move(struct findings *from, struct findings *to);
void findings_release(struct findings *f);
size_t findings_wrong(const struct findings *f);
/* "fine     ...", as it is printed; the caller frees. */
char *finding_line(const struct finding *f);
/* The last line: "all is fine", or how much is not. The caller frees. */
char *findings_sum(const struct findings *f);

/* The port others call. */
struct doctor_port {
	uint16_t port;
	bool ours; /* this very program waits there */
	int error; /* of an attempt to wait there; 0: it is free */
	struct survey_holder holder;
	bool only_here; /* bound to an address of this machine alone */
	/* Somebody is connected; NULL: nobody. */
	const char *linked;
	bool came_in;          /* they have called us */
	const char *called_by; /* what others type to call; NULL: not known */
};
void doctor_judge_port(const struct doctor_port *p, struct findings *out);

/* Interfaces, addresses, prefixes and routes. */
void doctor_judge_links(const struct survey_network *n, struct findings *out);

/* Somebody at an address: given, connected, or seen nearby. */
struct doctor_peer {
	char *label; /* the address, or who it is and the address */
	struct address at;
	bool called;
	int error; /* called: what came of it */
	/* On which link it was heard, whatever the prefixes say; "": none. */
	char link[SURVEY_NAME_MAX];
};
/* Is a's network one that this machine has an address in? */
bool doctor_covers(const struct survey_network *n, const struct address *a);
void doctor_judge_peer(const struct survey_network *n,
    const struct doctor_peer *p, struct findings *out);

void doctor_judge_multicast(
    const struct survey_multicast *list, size_t count, struct findings *out);

enum doctor_avahi {
	DOCTOR_AVAHI_UNBUILT,
	DOCTOR_AVAHI_ABSENT,
	DOCTOR_AVAHI_SLOW,
	DOCTOR_AVAHI_READY,
};
/* seen: people, not addresses. */
void doctor_judge_avahi(
    enum doctor_avahi state, size_t seen, struct findings *out);

struct doctor_clock {
	int64_t utc_ms;
	const char *linked; /* somebody whose clock */
	uint64_t ahead_ms;  /* is later by that, at least; 0: not known */
};
void doctor_judge_clock(const struct doctor_clock *c, struct findings *out);

enum { DOCTOR_ROOM_MIN = 100 * 1000 * 1000 }; /* bytes */

/* A folder charla uses, or will make. */
struct doctor_folder {
	const char *what, *path;
	const char *option; /* that chooses another one */
	bool private;       /* nobody else may write there */
	int error;          /* of looking at it: an errno */
	bool exists, is_folder, own;
	unsigned mode;
	bool writable; /* it, or the folder it would be made in */
	uint64_t room; /* bytes */
};
void doctor_judge_folder(const struct doctor_folder *f, struct findings *out);
void doctor_judge_key(const char *path, unsigned mode, struct findings *out);

struct doctor_terminal {
	char *type; /* TERM */
	bool terminal;
	bool paintable;
	struct reason why; /* not paintable, and that is a surprise */
	int rows, columns; /* 0: not known */
	int colours;       /* -1: not known */
};
void doctor_judge_terminal(
    const struct doctor_terminal *t, struct findings *out);
/* letters: what the locale asks for, "UTF-8" where all is well. */
void doctor_judge_letters(const char *letters, struct findings *out);

#endif
