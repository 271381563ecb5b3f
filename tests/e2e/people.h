/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Persons with charla in front of them: a screen, a home, a port, all on
 * loopback. The program is $CHARLA. A person may leave and come back: home
 * and port stay until person_release.
 *
 *     struct person maria = {0}, nils = {0};
 *     person_start(&maria, "maria", NULL);
 *     person_call(&nils, "nils", &maria);
 */
#ifndef CHARLA_TESTS_PEOPLE_H
#define CHARLA_TESTS_PEOPLE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/e2e/harness.h"

/* Zero it before the first start. */
struct person {
	struct screen *screen; /* NULL: charla is not running */
	char name[64];
	char home[PATH_MAX];
	char data[PATH_MAX + 16];      /* --data: home/data */
	char downloads[PATH_MAX + 16]; /* --dir: home/downloads */
	uint16_t port;
	int port_guard; /* holds the port against other test programs */
	/* Set these before the start, or leave them. */
	int rows, cols;
	const char *const *env; /* as in struct screen_config */
	bool everywhere;        /* no --bind: on all addresses */
	bool started;
};

/* A home and a port, which the start would give otherwise. */
void person_settle(struct person *p, const char *name);
/*
 * charla --name NAME --data HOME/data --dir HOME/downloads --port PORT
 * --bind 127.0.0.1, then extra (NULL-terminated; may be NULL). Where extra
 * has --bind, ours is left out.
 */
void person_start(
    struct person *p, const char *name, const char *const extra[]);
/* The same, calling somebody who listens. */
void person_call(struct person *p, const char *name, const struct person *whom);
/* "127.0.0.1:PORT", to be called by. */
void person_address(const struct person *p, char out[static 32]);

/*
 * Type text, then Enter, each once the program has read what came before:
 * fingers are slower than a paste.
 */
void person_type(struct person *p, const char *text);
/* screen_wait_text and screen_wait_gone with the usual deadline. */
bool person_sees(struct person *p, const char *text);
bool person_sees_no(struct person *p, const char *text);
/* /quit, and wait; true where it ended with status 0. */
bool person_quits(struct person *p);
/* kill -9: no goodbye. */
void person_dies(struct person *p);
/* The same, and its home goes too. May be called twice. */
void person_release(struct person *p);

/* A TCP port of 127.0.0.1 that nobody uses, and a guard to close later. */
uint16_t free_port(int *guard);

#endif
