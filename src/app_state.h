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
#include "net/incoming.h"
#include "net/netwatch.h"
#include "net/outgoing.h"
#include "net/session.h"
#include "src/app.h"
#include "src/base/worker.h"
#include "src/drafts.h"
#include "src/neighbours.h"
#include "src/paths.h"
#include "src/people.h"
#include "ui/ui.h"

enum {
	APP_STRANGERS_MAX = 4, /* callers who have not said HELLO yet */
	APP_KNOCKS_A_MINUTE = 10,
	APP_RENAMES_A_MINUTE = 10,
	APP_TOLD = 16, /* lines about strangers, remembered */
	APP_OFFERS_A_MINUTE = 200,
	APP_CALLERS_MAX = 32,           /* incoming links in any state */
	APP_BUSY_AGAIN_MS = 300 * 1000, /* no second line about one caller */
	APP_GONE_MS = 3000, /* a question that went might be meant */
	APP_KNOCKS_MAX = 4, /* callers who wait for an answer */
	APP_OUTBOX_MAX = 10000,
	APP_ARRIVALS = 1024,
	APP_URLS = 50,
	APP_EPOCHS_MAX = 64,                 /* new ones in one session */
	APP_RECEIVING_MAX = 8 * 1024 * 1024, /* bytes on their way to disk */
	APP_LISTS_MAX = 64 * 1024 * 1024,    /* bytes of lists offered to us */
	APP_AUTO_OFFERS = 100,     /* that /accept from takes by itself, */
	APP_AUTO_FILES = 10000,    /* and files and folders in them */
	APP_TYPING_SEND_MS = 3000, /* say again that we still type */
	APP_TYPING_IDLE_MS = 5000, /* no key for so long: not typing */
	APP_TYPING_SHOW_MS = 8000, /* no word for so long: not typing */
	APP_TOGETHER_MS = 5000,    /* two links this close are one meeting */
	APP_CALL_BACK_MS = 2000,   /* the side that was called calls later */
	APP_DATE_MAX = 32,
	APP_SEEK_MS = 3000, /* then a name may well be a host's */
};

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
	struct known *before; /* LINK_KNOCKING: see app_key.h */
	uint64_t opened_ms;   /* clock_mono_ms() */
	uint64_t serial;      /* never the same for two links */
	/* Caller: one person is wanted, and this may be them. */
	bool candidate;
	uint16_t dialled;     /* caller: the port, if it is known */
	struct stream theirs; /* the last of our messages they have, by HELLO */
	struct stream stored; /* the last of theirs, to be told; or none */
	uint16_t port;        /* where they can be called, by HELLO */
	bool ringing;         /* we call: they have been asked */
	bool digits_shown, warned, agreement_noted; /* app_verify.c's */
	bool met;          /* theirs was compared with our record */
	unsigned epochs;   /* that were new to us */
	uint64_t ahead_ms; /* so much later is their clock, at least */
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
	bool resting;
	/*
	 * One person is meant, wherever they are: app_call_person.c. Then
	 * target is what they are called; nothing is pinned.
	 */
	bool person;
	bool reached;              /* somebody has answered there: key */
	struct fingerprint key;    /* whose it is, where person or reached */
	struct address_list at;    /* where they may be */
	struct address_list wrong; /* of that, where others answered */
	uint64_t wrong_ms;         /* when the last of them did */
	bool quiet;                /* nobody typed this call */
	bool named;   /* what was typed may be a name, seen later on */
	bool seeking; /* for a moment that is likelier than a host */
};

/* An own message that the other side has not stored. */
struct waiting {
	struct waiting *next;
	struct app *app;
	struct known *to;
	struct stream name; /* its epoch and number */
	bool kept;          /* our store has it: it is shown, and may be sent */
	uint8_t kind;
	int64_t time_ms;
	char *text;
	uint64_t number;  /* of its line in the history; 0: not there */
	uint64_t line;    /* its id in the model, where number is 0 */
	uint64_t sent_on; /* serial of the link it was last sent on; 0: none */
	bool old;         /* of an earlier run: it may have gone then */
	unsigned ticket;  /* what /outbox calls it */
};

struct outbox {
	struct waiting *first;
	size_t count;
	unsigned tickets;
	bool stuck; /* the session's queue was full */
};

/* What was entered in plain mode and waits: app_lines.c. */
struct lines {
	struct entered *first;
	size_t bytes;
	bool said; /* that there is nobody yet */
};

/* A search in the history: what was found, newest first. */
struct search {
	char *words; /* NULL: none under way */
	uint64_t *numbers;
	size_t count, at;
};

enum drop_state {
	DROP_OPENING,  /* out: the file is being opened */
	DROP_OFFERED,  /* waits for an answer; in: ours, a question */
	DROP_ACCEPTED, /* runs, or will when the link is there again */
	DROP_STORED,   /* in: in place; the record of that is on its way */
	DROP_GIVEN_UP, /* by a person; the other side does not know yet */
};

/* One file on its way, or offered. It outlives links. */
struct drop {
	struct drop *next;
	struct app *app;
	struct known *who;
	struct link *link; /* NULL: not in any session just now */
	enum transfer_dir dir;
	enum drop_state state;
	uint32_t id;       /* the session's; 0: not offered in it */
	uint64_t token;    /* the same over all sessions; 0: not known yet */
	unsigned number;   /* the person's */
	bool recorded;     /* the store knows it */
	bool begun;        /* bytes have moved, or will at once */
	bool earlier;      /* begun in an earlier run */
	bool listing;      /* in, a tree: its list is on its way */
	bool answered;     /* out, ACCEPTED: in this session */
	uint64_t tried_on; /* out: serial of the link it was last offered on */
	struct outgoing *outgoing;
	struct incoming *incoming;
	char *name;  /* as it is on the wire */
	char *shown; /* clean */
	/* out: the sources, absolute; while OPENING as they were typed. */
	char **paths;
	size_t path_count;
	char *whole; /* out, OPENING: the words as one path; NULL: no more */
	char *folder, *part; /* in: where it is until it is whole */
	char *as;            /* in: what it shall be called; NULL: its name */
	char *place;         /* in: where it is, once it is whole */

	uint32_t entries;      /* of a tree; 0: one file */
	struct filelist *list; /* of a tree; NULL: not known in this run */
	uint32_t list_len, offered_entries; /* listing: as it was offered */
	uint64_t offered_size;
	uint8_t list_hash[WIRE_HASH_LEN];
	uint8_t agreed[WIRE_HASH_LEN]; /* in: of the list that got a yes */
	uint8_t *look; /* in: what is there under its names; NULL: not known */
	struct tree_progress progress;
	struct incoming_counts counts; /* STORED */
	uint32_t left_out;             /* out, a tree: files that did not go */
	uint8_t hash[WIRE_HASH_LEN];   /* hashed: of a file that is whole */
	bool hashed;

	uint64_t size;
	uint64_t done;    /* bytes, as the row shows them */
	uint64_t resumed; /* bytes that were there when it went on */
	int64_t mtime_ns;
	uint16_t mode;
	int64_t time_ms; /* UTC: when it was offered first */
	uint64_t begun_ms, noted_ms;

	/* app_pause.c's: why it stands still, if it does. */
	bool queued;       /* out: others go first */
	bool paused;       /* a person here said so */
	bool paused_there; /* the other side did, for pause_why */
	bool stuck;        /* our disk does not take or give it: stuck_why */
	enum wire_why pause_why, stuck_why;
	uint64_t missing;       /* stuck: bytes of room; 0: not known */
	uint64_t missing_there; /* paused_there: the same */
	uint64_t stuck_ms;      /* when it was told last; 0: never */
};

/*
 * What has arrived: where the other side did not hear of it, the offer comes
 * again. The newest ones are enough.
 */
struct arrival {
	const struct known *who;
	uint64_t token;
};

/* A line about a caller who did not get in: app_stranger.c's. */
struct told {
	char *text;
	uint64_t ms; /* clock_mono_ms() */
};

/* At most so many lines a minute about people nobody knows. */
struct limiter {
	uint64_t since_ms;
	unsigned count;
};

struct app {
	struct options *options;
	bool chosen[OPTION_COUNT]; /* with /set, and not saved */
	struct paths paths;
	bool guest;
	bool keeping; /* what is said goes into the history */
	char *name;   /* ours */
	struct loop *loop;
	struct worker *disk, *resolver;
	struct identity *identity;
	struct tls_context *tls;
	struct store *store;
	const struct store_memory *memory; /* NULL: not ready */
	uint64_t epoch;
	struct reason store_trouble; /* what was said last about it */
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
	struct netwatch *netwatch;
	struct nearby *nearby;
	struct neighbours neighbours;
	struct timer *nearby_timer;
	enum nearby_state nearby_told;
	bool nearby_lost;

	struct link *links;
	struct link *current;  /* the open one, or NULL */
	struct known *partner; /* whose talk is on the screen, or NULL */
	char *partner_label;
	int64_t lost_ms; /* UTC: the link to partner ended; 0: it did not */
	bool left;       /* because they left */
	uint64_t talk;   /* grows with every other partner */
	struct call *call;
	struct outbox outbox;
	struct search search;
	size_t searches; /* that the store is at */
	uint64_t link_serial;
	size_t receiving; /* messages our store is still at, */
	size_t receiving_bytes;
	struct drop *drops;
	struct drop *shown; /* whose list is on the screen, or NULL */
	struct help *help;  /* that is there, or NULL */
	uint64_t limit;     /* bytes of file data a second; 0: none */
	struct timer *stuck_timer;
	struct arrival arrivals[APP_ARRIVALS];
	char *urls[APP_URLS]; /* as /url has listed them, the newest first */
	size_t url_count;
	size_t arrival_count; /* ever; the places are used in turn */
	unsigned next_number; /* of questions and transfers */

	struct doctor *doctor; /* the worker of /doctor, once it was called */
	bool visiting;         /* it looks around */

	struct paste_file *paste_files; /* that go when we do */
	struct drafts drafts;           /* as the file has them, or soon will */
	struct timer *draft_timer;
	bool draft_due;        /* the timer is armed */
	bool draft_moves;      /* the line is on its way to another talk */
	struct editor *editor; /* has the line, or is about to; or NULL */

	bool typing_said; /* the other side believes that we type */
	uint64_t typing_said_ms;
	struct timer *typing_idle, *typing_shown;
	struct limiter strangers, knocks, renames, offers, comings;
	struct told told[APP_TOLD];
	uint64_t question_gone_ms;
	/* The digits that were shown last, whose, and when: app_verify.c's. */
	unsigned digits;
	struct fingerprint digits_key;
	uint64_t digits_ms;          /* clock_mono_ms(); 0: none yet */
	struct fingerprint busy_key; /* who was last told that we are busy */
	uint64_t busy_said_ms;
	bool plain;     /* lines instead of a screen, */
	bool batch;     /* and they come from no terminal */
	bool finishing; /* batch: all has been entered */
	bool failed;    /* something that was asked for did not come about */
	bool over;      /* the other side left, or does not want us */
	struct lines lines;
	bool status_stale;
	bool quit_asked, leaving;
	bool goodbye_said;
	struct timer *leave_timer;
	int status; /* exit status */
	struct reason *why;
};

/* Exit status of a batch of which not all was done. */
enum { APP_UNDONE = 3 };

/* app.c: is what is said put on record, if only in memory? */
bool app_records(const struct app *app);

/* app_say.c */
/* Somebody who looks elsewhere is told; lines tell of themselves. */
void app_tell(struct app *app, const struct news *news);
size_t app_question_count(const struct app *app);
void app_refresh_title(struct app *app);
/* The sentence of the status line is written anew before the loop sleeps, */
void app_refresh_status(struct app *app);
/* which is here. */
void app_settle_status(struct app *app);
/* A line with an open question. */
void app_say_question(struct app *app, unsigned number, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A key in two rows, behind a label of at most seven columns. */
void app_say_key(
    struct app *app, const char *label, const struct fingerprint *key);
/* "14:03:07" here, for a UTC time in milliseconds. */
void app_clock(int64_t utc_ms, char out[static 16]);
/* "2026-11-28 14:03" here; "?" where there is no such day. */
void app_date(int64_t utc_ms, char out[static APP_DATE_MAX]);
/* False where there were more than so many in the last minute. */
bool limiter_allows(struct limiter *limiter, unsigned a_minute);

/* app.c */
/* Say goodbye to everybody, then stop. */
void app_leave(struct app *app);
void app_fail(struct app *app, const struct reason *why);
/* What it has done is told on the loop's thread. */
struct watch *app_watch_worker(struct app *app, struct worker *worker);
/* A line that was entered, when it is its turn. */
void app_entered(struct app *app, const char *text);

/* app_lines.c: what is entered in plain mode */
void lines_add(struct app *app, const char *text);
/* No more will come: leave when all is done, or cannot be. */
void lines_ended(struct app *app);
bool lines_waiting(const struct app *app);
/* Run those whose turn it is. Before sleep. */
void lines_turn(struct app *app);
/* Say what was not done; then it is the exit status, too. */
void lines_leave(struct app *app);
void lines_free(struct app *app);

/* app_screen.c: what a person does there, and when it is drawn */
int app_screen_open(struct app *app);
void app_screen_draw(struct app *app);
void app_screen_close(struct app *app);

/* app_link.c: connections and what their sessions say */
struct link *link_new(
    struct app *app, enum session_role role, int fd, const char *address);
/* Send what is queued, arm the timer, free what is down. Before sleep. */
void links_settle(struct app *app);
/* Say goodbye; its end is dealt with as ours. */
void link_bye(struct link *l, enum wire_bye why);
/* The network may be another one, or we slept: find out now. */
void links_doubt(struct app *app);
void links_free(struct app *app);

/* app_talk.c: own messages */
void talk_say(struct app *app, enum wire_kind kind, const char *text);
void talk_opened(struct link *l);
void talk_acked(struct link *l, const struct stream *name);
/* Send what may be sent. */
void talk_flush(struct app *app);
void talk_link_down(struct link *l);
void waiting_free(struct waiting *w);
/* Messages for the person on the screen that have not left. */
size_t talk_waiting(const struct app *app);
/* Something typed has not left yet, and could. */
bool talk_pending(const struct app *app);
/* The mark of its line, where that is on the screen. */
void waiting_mark(const struct waiting *w, enum line_mark mark);
/* The mark of a line of the history that the store shows as not stored. */
enum line_mark talk_mark(const struct app *app, uint64_t number);
/* What waits for somebody is loaded, where it is not in memory yet. */
void talk_load(struct app *app, struct known *to);
void talk_release(struct app *app);

/* app_heard.c: what they write, and who is typing */
/* Tell what of theirs is on our disk, where it was not told yet. */
void heard_ack(struct link *l);
void heard_message(struct link *l, const struct frame_message *message);
void heard_typing(struct link *l, bool typing);
void heard_link_down(struct link *l);
void typing_edited(struct app *app, bool empty);
void heard_init(struct app *app);
void heard_release(struct app *app);

/* app_history.c: the talk on the screen, and what was said before */
/* Make this the talk on the screen. */
void history_show(struct app *app, struct known *who);
/* These positions of the past are wanted on the screen. */
void history_want(struct app *app, size_t from, size_t upto);
/* Keep a line about what happened in the talk with somebody. */
void history_note(struct app *app, struct known *who, const char *text);
bool history_search_next(struct app *app);
/* What the status line says about a search, or NULL; the caller frees. */
char *history_search_status(const struct app *app);
void history_search_stop(struct app *app);

/* app_copy.c: links and messages to take along */
void copy_release(struct app *app);

/* app_help.c: keys and commands, in place of the log */
void help_toggle(struct app *app);
/* For show_close. */
void help_close(struct app *app);

/* app_paste.c: a path that was pasted is offered to be sent */
void paste_heard(struct app *app, const char *text);

/* app_paste_file.c: so is what is too long for a message, as a file */
void paste_too_long(struct app *app, const char *text, size_t came);
void paste_files_release(struct app *app);

/* app_draft.c: what is typed, kept until it is entered */
/* Before the key is asked for: it is there when the talk is. */
void draft_init(struct app *app);
void draft_edited(struct app *app);
/* Write down what stands in the line. */
void draft_save(struct app *app);
/* Around a change of app->partner, and after the start. */
void draft_leave_talk(struct app *app);
void draft_enter_talk(struct app *app);
/* Of this talk nothing is kept from here on. */
void draft_forget(struct app *app);
void draft_release(struct app *app);

/* app_editor.c: the line in the person's editor */
void editor_init(struct app *app);
void editor_open(struct app *app, const char *line);
/* A child has ended or stopped. */
void editor_child(struct app *app);
/* The program is about to end, and so shall the editor. */
void editor_leave(struct app *app, bool now);
void editor_release(struct app *app);

/* app_doctor.c: a look around */
void doctor_release(struct app *app);

/* Meeting and transfers have pages of their own. */
#include "src/app_meeting.h"
#include "src/app_transfers.h"

#endif
