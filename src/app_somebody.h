/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everybody who has a name here: who is known, and who is nearby. */
#ifndef CHARLA_APP_SOMEBODY_H
#define CHARLA_APP_SOMEBODY_H

#include "src/app_state.h"

struct somebody {
	struct fingerprint key;
	struct known *known;          /* NULL: new */
	const struct neighbour *near; /* NULL: not nearby */
	char *label;                  /* nobody else is called so */
	const char *name;             /* as they say it */
};

struct somebodies {
	struct somebody *list;
	size_t count;
};

/*
 * Nearby first, by trust and number, then the others, who was there last
 * first. Valid until anything changes.
 */
void somebodies_list(const struct app *app, struct somebodies *all);
void somebodies_release(struct somebodies *all);

/*
 * Whom a person means by a number of the list nearby, by a label, or by a
 * name that only one of them has. ERR_NOT_FOUND; ERR_EXISTS: there are
 * several.
 */
int somebody_find(const struct somebodies *all, const char *text,
    const struct somebody **found);
/* The same; what it comes to is told, and NULL means that. */
const struct somebody *somebody_meant(
    struct app *app, const struct somebodies *all, const char *text);

/* "VERIFIED", "known, UNVERIFIED", "new", "blocked". */
const char *somebody_trust(const struct somebody *one);

#endif
