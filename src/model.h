/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is to be seen: the message log, the running transfers, the title and
 * the status. The controller writes it, the screen reads it. Every string
 * in it is clean (text_clean): this is the door between peers and people.
 *
 * The log has two parts. The past are the first past_end lines of the talk's
 * history; a stretch of them is in memory, the others can be had. The present
 * is what was added since: messages, and notices that no history holds. When
 * it grows beyond MODEL_PRESENT_MAX or MODEL_PRESENT_BYTES its older half
 * goes, and the messages of
 * that half belong to the past from then on.
 *
 * Positions count from 0 over both parts. Those of the present shift when it
 * gives lines away (model.shift); all begin anew with model_open (model.talk).
 */
#ifndef CHARLA_MODEL_H
#define CHARLA_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/model_pace.h"

enum {
	MODEL_PAST_MAX = 1024, /* lines of the past in memory */
	MODEL_PRESENT_MAX = 8192,
	MODEL_PRESENT_BYTES = 16 * 1024 * 1024, /* of their texts */
};

enum line_kind {
	LINE_OWN,
	LINE_PEER,
	LINE_NOTICE,   /* something happened */
	LINE_WARNING,  /* something the person must not miss */
	LINE_ERROR,    /* a command or a transfer failed */
	LINE_QUESTION, /* waits for /accept or /reject */
	LINE_HELP,     /* answers to commands; no time, columns kept */
};

enum line_mark {
	MARK_NONE,
	MARK_WAITING, /* not gone yet */
	MARK_SENT,    /* on its way */
	MARK_STORED,  /* stored by the other side */
	MARK_SEEN,    /* it came, and the other side keeps no history */
	MARK_BACK,    /* taken back before it went */
};

struct line {
	enum line_kind kind;
	enum line_mark mark;
	bool action;       /* /me */
	int64_t time_ms;   /* UTC */
	char *who;         /* LINE_OWN and LINE_PEER; else NULL */
	char *text;        /* may hold newlines */
	uint64_t number;   /* in the history; 0: in none, or not yet */
	bool awaits;       /* its number, which is to come */
	unsigned question; /* LINE_QUESTION: its number; 0: it is answered */
};

/* A line to be added: who and text are cleaned and copied. */
struct line_spec {
	enum line_kind kind;
	enum line_mark mark;
	bool action;
	int64_t time_ms;
	const char *who;
	const char *text; /* terminated */
	uint64_t number;
	bool awaits; /* model_set_number follows; it stays in the present */
	unsigned question;
};

enum row_state {
	ROW_WAITING,    /* offered, not answered */
	ROW_AWAY,       /* goes on when the other is connected again */
	ROW_CONTINUING, /* what is there already is being proven */
	ROW_RUNNING,
	ROW_PAUSED,   /* stands still, and note says why */
	ROW_CHECKING, /* all bytes there; verifying */
	ROW_QUEUED,   /* accepted; others go first */
};

/* One transfer, as it is shown below the log. */
struct row {
	unsigned number; /* what /accept, /reject and /cancel take */
	bool incoming;
	enum row_state state;
	char *name;
	char *note;     /* ROW_PAUSED: why; else NULL */
	uint32_t files; /* of a tree; 0: one file */
	uint32_t files_done;
	char *current;     /* of a tree: the file it is on; NULL: none yet */
	uint64_t size;     /* bytes */
	uint64_t done;     /* bytes, and those skipped */
	uint64_t skipped;  /* bytes that need not move: no rate comes of them */
	uint64_t begun_ms; /* clock_mono_ms(), when it began to run */
	uint64_t moved_ms; /* when done last grew, or it began to run */
	struct pace pace;  /* since it began to run */
};

struct title {
	char *who;   /* "charla", or the peer's name */
	char *where; /* its address, or empty */
	char *trust; /* trust and encryption, in words; never cut away */
};

/* Somebody on this network, who could be called. */
struct near {
	unsigned number; /* what /connect takes */
	char *name;      /* no other one on the screen is called so */
	char *trust;     /* in words */
	char *where;     /* an address, and how many more there are */
};

/* Lines that can be looked through, however many: not part of the log. */
struct listing {
	char *title; /* what they are */
	bool words;  /* a line too long lacks its end, not its middle */
	size_t count;
	/* Line number at, from 0: clean, one row. The caller frees. */
	char *(*line)(void *arg, size_t at);
	void *arg;
};

struct model {
	uint64_t past_end; /* lines of the past; their numbers: 1 to this */
	struct line **past;
	size_t past_from; /* position of past[0] */
	size_t past_count;
	struct line **present;
	size_t present_count, present_size;
	size_t present_bytes;   /* of the texts */
	uint64_t first_id;      /* of present[0] */
	size_t questions;       /* lines of open ones, at most */
	size_t cleared;         /* positions before this are hidden by /clear */
	int64_t shift;          /* sum of all shifts of positions */
	size_t found;           /* position of the line that was searched for */
	uint64_t found_version; /* grows when the screen shall go there */
	uint64_t layout; /* grows when what stands at a position changes */
	uint64_t talk;   /* grows with model_open */

	struct listing list; /* line is NULL: none is shown */
	uint64_t list_id;    /* grows with every list that is shown */
	struct row *rows;
	size_t row_count;
	struct near *nearby; /* while somebody could be called */
	size_t nearby_count;
	struct title title;
	char *status;     /* the link, in words */
	char *typing;     /* who is typing; NULL: nobody */
	uint64_t version; /* grows with every change */
};

void model_init(struct model *m);
void model_release(struct model *m);

/* Another talk: forget all lines; past_end of its history are the past. */
void model_open(struct model *m, uint64_t past_end);
/* Append a line to the present. Returns its id, which never changes. */
uint64_t model_add(struct model *m, const struct line_spec *spec);
/* An id whose line is gone from the present is let go. */
void model_mark(struct model *m, uint64_t id, enum line_mark mark);
/* 0: it gets none after all. */
void model_set_number(struct model *m, uint64_t id, uint64_t number);
/* The same by the number in the history, in either part. */
void model_mark_number(struct model *m, uint64_t number, enum line_mark mark);
/* Those for which is_open says no are answered, or have gone. */
void model_settle_questions(
    struct model *m, bool (*is_open)(void *arg, unsigned number), void *arg);
/*
 * Lines of the past, numbered from specs[0].number on. They join the stretch
 * in memory where they touch it, else they take its place; what is farthest
 * from them goes where there would be more than MODEL_PAST_MAX. A line that
 * is in memory already is replaced; numbers beyond past_end are ignored.
 */
void model_fill(struct model *m, const struct line_spec *specs, size_t count);

/* Lines of both parts, in memory or not. */
size_t model_total(const struct model *m);
/* NULL: not in memory (or no such line). Valid until the model changes. */
const struct line *model_line(const struct model *m, size_t position);
/* Where the line with this number stands; SIZE_MAX: nowhere. */
size_t model_position(const struct model *m, uint64_t number);
/*
 * The screen shall show this position, even where /clear has hidden it;
 * SIZE_MAX: nothing is found.
 */
void model_find(struct model *m, size_t position);

/* Hide what is there now. */
void model_clear(struct model *m);
/* These clean and copy; NULL or "" empties. No change, no new version. */
void model_title(
    struct model *m, const char *who, const char *where, const char *trust);
void model_status(struct model *m, const char *text);
void model_typing(struct model *m, const char *who);

/* Instead of those before. Cleaned and copied. No change, no new version. */
void model_nearby(struct model *m, const struct near *list, size_t count);

/* The row with this number, or NULL. Valid until a row comes or goes. */
struct row *model_row(struct model *m, unsigned number);
struct row *model_add_row(struct model *m, unsigned number, bool incoming,
    const char *name, uint64_t size);
void model_remove_row(struct model *m, unsigned number);
/* A row that waits, in whatever way, has no pace. */
void model_row_state(struct model *m, unsigned number, enum row_state state);
/* Into ROW_PAUSED; note is cleaned and copied. */
void model_row_pause(struct model *m, unsigned number, const char *note);
/*
 * Note progress: done bytes at now_ms; keeps the pace. A row that is WAITING,
 * AWAY, CONTINUING, PAUSED or QUEUED runs from here on, at a pace that begins
 * anew.
 */
void model_progress(
    struct model *m, unsigned number, uint64_t done, uint64_t now_ms);
/* Before model_progress: of done, so many bytes need not move. */
void model_row_skipped(struct model *m, unsigned number, uint64_t skipped);
/* Of a tree; current is cleaned and copied, and may be NULL. */
void model_row_files(struct model *m, unsigned number, uint32_t files_done,
    uint32_t files, const char *current);

/*
 * Show a list in place of the log, until model_hide_list. The listing is
 * copied, its title cleaned; arg is the caller's and stays valid until then.
 * One that is shown already gives way: it was hidden by its owner before.
 */
void model_show_list(struct model *m, const struct listing *listing);
/* Without one, nothing happens. */
void model_hide_list(struct model *m);

#endif
