/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the commands share; nobody else includes it. */
#ifndef CHARLA_COMMAND_RUN_H
#define CHARLA_COMMAND_RUN_H

#include "src/command.h"

/* Between words. */
#define COMMAND_BLANKS " \t\n"

/* The command with exactly this name, or NULL. */
const struct command *command_find(const char *name, size_t len);
/*
 * An optional number: 0 where there is none; false, and it was told, where it
 * is no number.
 */
bool command_number(struct app *app, const char *argument, unsigned *number);

void command_run_help(struct app *app, const char *argument);
void command_run_keys(struct app *app, const char *argument);
void command_run_send(struct app *app, const char *argument);
void command_run_accept(struct app *app, const char *argument);
void command_run_reject(struct app *app, const char *argument);
void command_run_show(struct app *app, const char *argument);
void command_run_cancel(struct app *app, const char *argument);
void command_run_pause(struct app *app, const char *argument);
void command_run_resume(struct app *app, const char *argument);
void command_run_limit(struct app *app, const char *argument);
void command_run_transfers(struct app *app, const char *argument);
void command_run_outbox(struct app *app, const char *argument);
void command_run_search(struct app *app, const char *argument);
void command_run_log(struct app *app, const char *argument);
void command_run_connect(struct app *app, const char *argument);
void command_run_disconnect(struct app *app, const char *argument);
void command_run_fingerprint(struct app *app, const char *argument);
void command_run_verify(struct app *app, const char *argument);
void command_run_peers(struct app *app, const char *argument);
void command_run_rename(struct app *app, const char *argument);
void command_run_forget(struct app *app, const char *argument);
void command_run_block(struct app *app, const char *argument);
void command_run_unblock(struct app *app, const char *argument);
void command_run_nick(struct app *app, const char *argument);
void command_run_me(struct app *app, const char *argument);
void command_run_set(struct app *app, const char *argument);
void command_run_url(struct app *app, const char *argument);
void command_run_copy(struct app *app, const char *argument);
void command_run_doctor(struct app *app, const char *argument);
void command_run_clear(struct app *app, const char *argument);
void command_run_quit(struct app *app, const char *argument);

#endif
