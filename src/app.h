/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The controller as main and the commands see it: what a person can ask for.
 * Every answer is a line in the log, so nothing here returns an error.
 */
#ifndef CHARLA_APP_H
#define CHARLA_APP_H

#include <stdbool.h>

#include "src/base/choices.h"
#include "src/base/err.h"
#include "src/model.h"
#include "src/options.h"

struct app;

/*
 * Take the data folder, open the screen, run until the person leaves.
 * Returns the exit status; where it is not 0, why says what happened.
 */
int app_run(struct options *options, struct reason *why);

/* Append a line to the log. */
void app_say(struct app *app, enum line_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void app_message(struct app *app, const char *text);
void app_action(struct app *app, const char *text);
/*
 * Offer what words mean: paths and patterns, as command_split gives them.
 * Where they are nothing, whole may be one path with blanks in it.
 */
void app_send(
    struct app *app, const char *const *words, size_t count, const char *whole);
/* number 0: the only open question; several: they are listed. */
void app_accept(struct app *app, unsigned number);
void app_reject(struct app *app, unsigned number);
/* A caller, although their key is not the one that was known before. */
void app_accept_new_key(struct app *app, unsigned number);
/* Every file that is offered. */
void app_accept_all(struct app *app);
/* With another name; into another folder. */
void app_accept_as(struct app *app, unsigned number, const char *name);
void app_accept_to(struct app *app, unsigned number, const char *folder);
/* What somebody offers from here on, up to so many bytes; 0: no more. */
void app_accept_from(struct app *app, const char *name, uint64_t bytes);
/* Open the list of a transfer; number 0: the only one, or close it. */
void app_show(struct app *app, unsigned number);
/* number 0: the only transfer. */
void app_cancel(struct app *app, unsigned number);
void app_pause(struct app *app, unsigned number);
void app_resume(struct app *app, unsigned number);
/* 0: none. */
void app_limit(struct app *app, uint64_t bytes_per_second);
void app_list_transfers(struct app *app);
void app_list_outbox(struct app *app);
/* Take a message back that has not gone. */
void app_drop_message(struct app *app, unsigned number);
/* "on", "off", or "" to be told which. */
void app_log(struct app *app, const char *argument);
void app_search(struct app *app, const char *words);
/* new_key: go on although the key is not the one seen there before. */
void app_connect(struct app *app, const char *target, bool new_key);
void app_disconnect(struct app *app);
/* Both keys; of whoever is there where name is "". */
void app_fingerprint(struct app *app, const char *name);
/* The digits on both screens are the same, or are not. */
void app_verify(struct app *app, bool same);
void app_list_peers(struct app *app);
/* "NAME NEW"; either may have blanks in it, and NEW quotes around it. */
void app_rename(struct app *app, const char *argument);
void app_forget(struct app *app, const char *name);
void app_block(struct app *app, const char *name);
void app_unblock(struct app *app, const char *name);
void app_set_name(struct app *app, const char *name);
/* "", "NAME", "NAME VALUE" or "save": what there is to choose, and choosing. */
void app_set(struct app *app, const char *argument);
/* List the links that were said. */
void app_urls(struct app *app);
/*
 * Into the clipboard: the other person's number-th message from the end; a
 * link of that list. 0: the newest.
 */
void app_copy_message(struct app *app, unsigned number);
void app_copy_url(struct app *app, unsigned number);
/* The keys that are bound, in place of the log. */
void app_keys(struct app *app);
/* Look for what may keep people from meeting, and say it. */
void app_doctor(struct app *app);
void app_clear(struct app *app);
/* Asks once while a transfer runs. */
void app_quit(struct app *app);

/* For Tab: the numbers of what there is, each with what it is. */
enum app_numbers {
	APP_NUMBERS_QUESTIONS,
	APP_NUMBERS_NEW_KEYS, /* callers with a changed key */
	APP_NUMBERS_OFFERS,   /* questions about files */
	APP_NUMBERS_LISTS,
	APP_NUMBERS_TRANSFERS,
	APP_NUMBERS_RUNNING,
	APP_NUMBERS_PAUSED,
	APP_NUMBERS_OUTBOX,
};
void app_number_choices(struct app *app, enum app_numbers which,
    const char *prefix, struct choices *out);
/* People by their names; word gets what stands in a name from skip on. */
void app_name_choices(
    struct app *app, const char *prefix, size_t skip, struct choices *out);
/* The same of those whom a command is about. */
enum app_people {
	APP_PEOPLE_CALL, /* not blocked; nearby with number and place */
	APP_PEOPLE_KNOWN,
	APP_PEOPLE_SEEN,
	APP_PEOPLE_BLOCKED,
};
void app_people_choices(struct app *app, enum app_people which,
    const char *prefix, size_t skip, struct choices *out);
/* Addresses that were called before. */
void app_call_choices(struct app *app, const char *prefix, struct choices *out);
/* The options of /set; the values of the one that is called name. */
void app_option_choices(
    struct app *app, const char *prefix, struct choices *out);
void app_value_choices(struct app *app, const char *name, size_t name_len,
    const char *prefix, struct choices *out);

#endif
