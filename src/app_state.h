/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The controller's own state, shared by the app_*.c files: links to peers,
 * the call under way, messages that wait, files on their way. All of it is
 * used on the loop's thread only.
 */
#ifndef CHARLA_APP_STATE_H
#define CHARLA_APP_STATE_H

#include "net/conn.h"
#include "net/dial.h"
#include "net/session.h"
#include "src/app.h"
#include "src/base/worker.h"
#include "src/paths.h"
#include "src/people.h"
#include "ui/ui.h"

enum {
	APP_STRANGERS_MAX = 4, /* callers who have not said HELLO yet */
	APP_KNOCKS_A_MINUTE = 10,
	APP_RENAMES_A_MINUTE = 10,
	APP_OFFERS_A_MINUTE = 200,
	APP_CALLERS_MAX = 32,           /* incoming links in any state */
	APP_BUSY_AGAIN_MS = 300 * 1000, /* no second line about one caller */
	APP_GONE_MS = 3000, /* a question that went might be meant */
	APP_KNOCKS_MAX = 4, /* callers who wait for an answer */
	APP_OUTBOX_MAX = 10000,
	APP_TYPING_SEND_MS = 3000, /* say again that we still type */
	APP_TYPING_IDLE_MS = 5000, /* no key for so long: not typing */
	APP_TYPING_SHOW_MS = 8000, /* no word for so long: not typing */
	APP_TOGETHER_MS = 5000,    /* two links this close are one meeting */
};

/* Message numbers beyond this fit no database. */
#define APP_SEQ_MAX ((uint64_t)INT64_MAX / 2)

enum link_state {
	LINK_HANDSHAKE, /* TLS */
	LINK_GREETING,  /* HELLO is awaited, or the answer to our knock */
	LINK_KNOCKING,  /* they wait for our /accept: question */
	LINK_OPEN,
	LINK_CLOSING, /* the session has ended; the last bytes leave */
	LINK_DOWN,    /* to be freed before the loop sleeps */
};

/* One connection and the session on it. */
struct link {
	struct link *next;
	struct app *app;
	struct conn *conn;
	struct session *session; /* NULL until TLS is up */
	struct timer *timer;     /* the session's deadline */
	enum session_role role;
	enum link_state state;
	bool finishing; /* conn_finish was called */
	bool ended;     /* its end has been dealt with */
	struct fingerprint key;
	struct known *known;  /* NULL: a stranger */
	char *name;           /* as the peer said it; not clean */
	char *label;          /* what the screen calls them */
	unsigned question;    /* LINK_KNOCKING */
	uint64_t opened_ms;   /* clock_mono_ms() */
	uint64_t serial;      /* never the same for two links */
	uint64_t peer_stored; /* last number of ours they have, per HELLO */
};

/* The target we call until it answers. */
struct call {
	struct dial *dial;
	struct link *link; /* while connected, or becoming so */
	char *target;      /* as text, normalised: what is pinned */
	struct target where;
	char *address; /* numeric, of the last connection */
	char *status;  /* how it goes, in words */
	bool new_key;  /* the person said to go on */
};

/* An own message that the other side has not stored. */
enum waiting_state {
	WAITING_UNSTORED, /* our store is at it, or to is not known yet */
	WAITING_STORED,   /* our store holds it: it may be sent */
	WAITING_BROKEN,   /* our store failed: it stays here */
};

struct waiting {
	struct waiting *next;
	struct app *app;
	enum waiting_state state;
	unsigned keeping; /* times it is being put into the store */
	bool from_store;  /* of an earlier run: it may have been sent */
	struct known *to; /* NULL: whoever answers the call under way */
	uint64_t seq;     /* 0 as long as to is NULL */
	uint8_t kind;
	int64_t time_ms;
	char *text;
	size_t line;      /* in the model */
	uint64_t sent_on; /* serial of the link it was last sent on; 0: none */
};

struct outbox {
	struct waiting *first;
	size_t count;
	bool stuck; /* the session's queue was full */
};

/* One file on its way, or offered. */
struct drop {
	struct drop *next;
	struct app *app;
	struct link *link;
	enum transfer_dir dir;
	uint32_t id;     /* the session's; 0 before it is offered */
	unsigned number; /* the person's */
	bool running;
	struct outgoing *outgoing;
	struct incoming *incoming;
	char *name;  /* as it is on the wire */
	char *shown; /* clean */
	uint64_t size;
	uint64_t drained; /* incoming: bytes our disk has */
	int64_t mtime_ms;
	uint16_t mode;
	uint64_t begun_ms, noted_ms;
};

/* At most so many lines a minute about people nobody knows. */
struct limiter {
	uint64_t since_ms;
	unsigned count;
};

struct app {
	const struct options *options;
	struct paths paths;
	bool guest;
	char *name; /* ours */
	struct loop *loop;
	struct worker *disk, *resolver;
	struct identity *identity;
	struct tls_context *tls;
	struct store *store;
	bool store_ready;
	uint64_t epoch;
	struct people people;
	struct model model;
	struct ui *ui;
	struct watch *input_watch, *output_watch, *signal_watch;
	struct watch *store_watch, *disk_watch, *resolver_watch;
	struct watch *listen_watch[SOCK_LISTEN_MAX];
	int listen_fds[SOCK_LISTEN_MAX];
	int listen_count;
	struct timer *listen_timer;
	struct timer *ui_timer;

	struct link *links;
	struct link *current;  /* the open one, or NULL */
	struct known *partner; /* of the talk, also while the link is down */
	char *partner_label;
	struct call *call;
	struct outbox outbox;
	uint64_t link_serial;
	size_t receiving; /* messages our store is still at */
	struct drop *drops;
	unsigned next_number; /* of questions and transfers */

	bool typing_said; /* the other side believes that we type */
	uint64_t typing_said_ms;
	struct timer *typing_idle, *typing_shown;
	struct limiter strangers, knocks, renames, offers;
	uint64_t question_gone_ms;
	struct fingerprint busy_key; /* who was last told that we are busy */
	uint64_t busy_said_ms;
	bool quit_asked, leaving;
	struct timer *leave_timer;
	int status; /* exit status */
	struct reason *why;
};

/* app_say.c */
size_t app_question_count(const struct app *app);
void app_refresh_title(struct app *app);
/* The sentence of the status line, from the state of everything. */
void app_refresh_status(struct app *app);
/* A key in two rows, behind a label of at most seven columns. */
void app_say_key(
    struct app *app, const char *label, const struct fingerprint *key);
/* False where there were more than so many in the last minute. */
bool limiter_allows(struct limiter *limiter, unsigned a_minute);
/* False, and one last line, when there were too many of these lately. */
bool app_may_report_stranger(struct app *app);

/* app.c */
/* Say goodbye to everybody, then stop. */
void app_leave(struct app *app);
void app_fail(struct app *app, const struct reason *why);

/* app_link.c: connections and what their sessions say */
struct link *link_new(
    struct app *app, enum session_role role, int fd, const char *address);
/* Send what is queued, arm the timer, free what is down. Before sleep. */
void links_settle(struct app *app);
/* Say goodbye; its end is dealt with as ours. */
void link_bye(struct link *l, enum wire_bye why);
void links_free(struct app *app);

/* app_door.c: who comes in */
int door_listen(struct app *app);
void door_close(struct app *app);
/* Another live link to the same key, or NULL. */
struct link *door_rival(const struct link *l);
void door_hello(struct link *l, const struct frame_hello *hello);
void door_answer(struct link *l, bool let_in);
void door_opened(struct link *l);
void door_renamed(struct link *l, const char *name, size_t len);

/* app_call.c: whom we call */
void call_start(struct app *app, const struct target *target, bool new_key);
void call_stop(struct app *app);
/* Does the key of a caller's link fit the pin? If not it has been told. */
bool call_key_fits(struct link *l);
/* The link of the call ended; why in words. */
void call_lost(struct app *app, const char *why, bool worked);
/* The link of the call is open: its key is pinned. */
void call_answered(struct link *l);
/* Its peer is connected by another way: do not dial meanwhile. */
void call_rest(struct app *app);
/* What the status line says about it, or NULL. */
const char *call_status(const struct app *app);

/* app_talk.c: messages */
void talk_say(struct app *app, enum wire_kind kind, const char *text);
void talk_opened(struct link *l);
void talk_message(struct link *l, const struct frame_message *message);
void talk_acked(struct app *app, const struct known *who, uint64_t seq);
/* Send what may be sent. */
void talk_flush(struct app *app);
void talk_edited(struct app *app, bool empty);
void talk_typing(struct link *l, bool typing);
void talk_link_down(struct link *l);
/* The call was given up: what waited for its answer goes. */
void talk_call_stopped(struct app *app, const char *target);
void talk_init(struct app *app);
void talk_release(struct app *app);

/* app_files.c: transfers */
void files_event(struct link *l, const struct session_event *event);
void files_link_down(struct link *l);
bool files_running(const struct app *app);
/* The open question with this number, or NULL. */
struct drop *files_question(struct app *app, unsigned number);
size_t files_question_count(const struct app *app);
void files_answer(struct drop *d, bool yes);
void files_free(struct app *app);

/* app_files_say.c: transfers in words */
/* ": and why", or "" where there is nothing to add. */
const char *files_why(enum wire_why why);
/* path: where an incoming one lies; NULL for an outgoing one. */
void files_say_done(const struct drop *d, const char *path);

#endif
