/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of app_state.h, which includes it, that is about who meets whom. */
#ifndef CHARLA_APP_MEETING_H
#define CHARLA_APP_MEETING_H

#include "src/app_state.h"

/* app_listen.c: callers are taken in */
int door_listen(struct app *app);
void door_close(struct app *app);

/* app_door.c: who comes in */
/* Another live link to the same key, or NULL. */
struct link *door_rival(const struct link *l);
void door_hello(struct link *l, const struct frame_hello *hello);
/* new_key: let them in although l->before is set. */
void door_answer(struct link *l, bool let_in, bool new_key);
void door_opened(struct link *l);
void door_renamed(struct link *l, const char *name, size_t len);

/* app_nearby.c: who is on this network */
void nearby_begin(struct app *app);
void nearby_end(struct app *app);
/* What is announced of us may be something else now. */
void nearby_refresh(struct app *app);
/* There may be others now whose marks are to be known. */
void nearby_know_people(struct app *app);
/* Is it too early to say who is nearby? */
bool nearby_may_come(const struct app *app);
/* Will somebody be seen who comes later? */
bool nearby_works(const struct app *app);
/* Show who could be called, or nobody where that makes no sense now. */
void nearby_show(struct app *app);

/* app_call.c: whom we call */
/* named: what was typed may be a name of somebody who is seen later. */
void call_start(
    struct app *app, const struct target *target, bool new_key, bool named);
/* Nobody is there of this name, which is no host's: wait for them. */
void call_await(struct app *app, const char *name);
/* A new call, without a dial yet. */
struct call *call_new(struct app *app, const char *text);
/* The dial of the call, after so long; one that waits has none. */
void call_dial(struct app *app, uint64_t delay_ms);
/* The link to somebody who had called is lost: call them, too. */
void call_back(struct link *l);
void call_stop(struct app *app);
/* Do not wait for the next try. */
void call_hurry(struct app *app);
/* Does the key of a caller's link fit the pin? If not it has been told. */
bool call_key_fits(struct link *l);
/* Is this whom a person here calls just now? */
bool call_is_for(const struct app *app, const struct fingerprint *key);
/* The link of the call ended; why in words. */
void call_lost(struct app *app, const char *why, bool worked);
/* The link of the call is open: its key is pinned. */
void call_answered(struct link *l);
/* The peer of l is connected: a call to somebody else stops, to them rests. */
void call_yield(struct link *l);
/* Its peer is connected by another way: do not dial meanwhile. */
void call_rest(struct app *app);
/* What the status line says about it, or NULL. */
const char *call_status(const struct app *app);
/* Takes status over. */
void call_set_status(struct call *call, char *status);
/* "next try at 14:03:07; why"; the caller frees. */
char *call_next_try(const char *target, const char *why, uint64_t retry_ms);

/* app_call_person.c: somebody, at whatever address */
void call_person(
    struct app *app, const struct fingerprint *key, const char *label);
/* Who is nearby has changed: that may be whom the call waits for. */
void call_seen(struct app *app);
/* Where they may be, by now. False: nowhere, and the status says so. */
bool call_find_addresses(struct app *app);
/* A candidate has a key: is it the one? If not it is let go. */
bool call_proves(struct link *l);
/* A candidate came to nothing. */
void call_candidate_lost(struct link *l, const char *why);
void call_drop_candidates(struct app *app);
/* Where somebody was, of a link that is open. */
void call_note_place(struct link *l);

#endif
