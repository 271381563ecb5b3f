/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of app_state.h, which includes it, that is about transfers. */
#ifndef CHARLA_APP_TRANSFERS_H
#define CHARLA_APP_TRANSFERS_H

#include "src/app_state.h"

/* app_files.c: transfers, both ways */
void files_event(struct link *l, const struct session_event *event);
void files_load(struct app *app);
/* Offer on this link what waits, as far as there is room. */
void files_offer(struct link *l);
void files_link_down(struct link *l);
/* Another talk is on the screen: show its transfers. */
void files_show(struct app *app);
bool files_running(const struct app *app);
/* The open question with this number, or NULL. */
struct drop *files_question(struct app *app, unsigned number);
/* Of the person on the screen: how many run; *waiting: how many will. */
size_t files_count(const struct app *app, size_t *waiting);
size_t files_question_count(const struct app *app);
void files_answer(struct drop *d, bool yes);
void files_free(struct app *app);

/* app_accept.c: which questions get a yes, and by whom */
/* Take it without asking, where the person has said so; false: ask. */
bool accept_by_itself(struct drop *d);

/* app_show.c: the list of a transfer, on the screen */
void show_close(struct app *app);

/* app_drop.c: one transfer, and its record */
struct drop *drop_new(
    struct app *app, struct known *who, enum transfer_dir dir);
void drop_free(struct drop *d);
struct drop *drop_by_id(
    const struct link *l, enum transfer_dir dir, uint32_t id);
struct drop *drop_by_token(const struct app *app, const struct known *who,
    enum transfer_dir dir, uint64_t token);
/* Name, size, times, kind, from an offer. */
void drop_describe(struct drop *d, const struct frame_offer *offer);
/*
 * Take over a reference to the list of a tree: what it is called, its hash.
 * NULL: it is not known any more; the hash stays.
 */
void drop_set_list(struct drop *d, struct filelist *list);
void drop_set_paths(struct drop *d, const char *const *paths, size_t count);
/* Write its state into the store, unless nothing is kept. done may be NULL. */
void drop_record(struct drop *d, enum store_transfer_state state,
    store_done *done, void *arg);
/* For a job of the store: the drop may be gone when the job is done. */
struct drop_ticket *drop_ticket(const struct drop *d);
/* The drop, or NULL; the ticket is gone. */
struct drop *drop_redeem(struct drop_ticket *ticket);
/* Make its row what it should be: for the talk on the screen, accepted. */
void drop_row(struct drop *d);
void drop_progress(struct drop *d, uint64_t done);
void drop_tree_progress(struct drop *d, const struct tree_progress *p);
void drop_set_row(struct drop *d, enum row_state state);
/* It waits for another meeting. */
void drop_take_off_link(struct drop *d);
/* It is over, and its record too; the part file goes with it. */
void drop_end(struct drop *d, enum store_transfer_state state);
/* A person wants it no more, and the other side cannot be told now. */
void drop_give_up(struct drop *d);

/* app_offer.c: what is sent is opened, and offered */
/* Offer it on this link, for the first time or again. */
void offer_on(struct drop *d, struct link *l);
void offer_opened(struct drop *d, const struct outgoing_event *event);
void offer_failed(struct drop *d, const struct outgoing_event *event);
/* It is another one by now: end it there, and offer it as it is. */
void offer_anew(struct drop *d);

/* app_send.c, app_receive.c: the two ends of a transfer */
/* typed: the words may be patterns, and begin with ~; else they are paths. */
void send_open(
    struct drop *d, const char *const *words, size_t count, bool typed);
void send_event(struct drop *d, const struct session_event *event);
/* It is its turn. */
void send_start(struct drop *d);
void receive_event(struct drop *d, const struct session_event *event);
void receive_offer(struct link *l, const struct frame_offer *offer);
void receive_accept(struct drop *d);
/* What is here of it is void, and its folder open again. */
void receive_forget_part(struct drop *d);
/* A tree that was accepted: go on with it. */
void receive_go_on(struct drop *d);
/* A person has to say whether it is wanted. */
void receive_ask(struct drop *d);

/* app_list.c: the list of a tree that is offered to us */
/* False where it was refused. */
bool list_begin(struct drop *d, const struct frame_offer *offer);
void list_data(struct drop *d, const struct session_event *event);
void receive_note_arrival(
    struct app *app, const struct known *who, uint64_t token);

/* app_pause.c: transfers that stand still */
/* Show in its row why it does, or that it goes on. */
void pause_row(struct drop *d);
bool pause_holds(const struct drop *d);
/* Tell the other side whether it stands still here, and why. */
void pause_tell(struct drop *d);
void pause_off_link(struct drop *d);
void pause_heard(struct drop *d, const struct transfer *t);
void pause_stuck(struct drop *d, enum wire_why why, const struct reason *reason,
    uint64_t missing);
void pause_unstuck(struct drop *d);
void pause_init(struct app *app);
void pause_release(struct app *app);

/* app_turn.c: only so many are sent at once */
/* It was accepted: it starts, or waits for its turn. */
void turn_take(struct drop *d);
/* One of them runs no more: the next may start. */
void turns_give(struct app *app);

/* app_files_say.c: transfers in words */
/* ": and why", or "" where there is nothing to add. */
const char *files_why(enum wire_why why);
/* It is whole: where it lies, or who has it. */
void files_say_done(struct drop *d);
/* "5321 files, 120 MB", or "85.5 kB". The caller frees. */
char *files_size_text(const struct drop *d);

#endif
