/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is to be seen: the message log, the running transfers, the title and
 * the status. The controller writes it, the screen reads it. Every string
 * in it is clean (text_clean): this is the door between peers and people.
 */
#ifndef CHARLA_MODEL_H
#define CHARLA_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
};

struct line {
	enum line_kind kind;
	enum line_mark mark;
	bool action;     /* /me */
	int64_t time_ms; /* UTC */
	char *who;       /* LINE_OWN and LINE_PEER; else NULL */
	char *text;      /* may hold newlines */
};

enum row_state {
	ROW_WAITING, /* offered, not answered */
	ROW_RUNNING,
	ROW_CHECKING, /* all bytes there; verifying */
};

/* One transfer, as it is shown below the log. */
struct row {
	unsigned number; /* what /accept, /reject and /cancel take */
	bool incoming;
	enum row_state state;
	char *name;
	uint64_t size;     /* bytes */
	uint64_t done;     /* bytes */
	uint64_t begun_ms; /* clock_mono_ms(), when it began to run */
	uint64_t moved_ms; /* when done last grew, or it began to run */
	double rate;       /* bytes a second, smoothed; 0: not known yet */
	uint64_t sample_ms, sample_done; /* where the next sample begins */
};

struct title {
	char *who;   /* "charla", or the peer's name */
	char *where; /* its address, or empty */
	char *trust; /* trust and encryption, in words; never cut away */
};

struct model {
	struct line **lines;
	size_t line_count;
	size_t line_size;
	size_t cleared; /* lines before this are hidden by /clear */
	struct row *rows;
	size_t row_count;
	struct title title;
	char *status;     /* the link, in words */
	char *typing;     /* who is typing; NULL: nobody */
	uint64_t version; /* grows with every change */
};

void model_init(struct model *m);
void model_release(struct model *m);

/* Append a line; who and text are cleaned and copied. Returns its index. */
size_t model_add(struct model *m, enum line_kind kind, const char *who,
    const char *text, int64_t time_ms);
void model_mark(struct model *m, size_t line, enum line_mark mark);
void model_set_action(struct model *m, size_t line);
void model_clear(struct model *m);
/* These clean and copy; NULL or "" empties. No change, no new version. */
void model_title(
    struct model *m, const char *who, const char *where, const char *trust);
void model_status(struct model *m, const char *text);
void model_typing(struct model *m, const char *who);

/* The row with this number, or NULL. Valid until a row comes or goes. */
struct row *model_row(struct model *m, unsigned number);
struct row *model_add_row(struct model *m, unsigned number, bool incoming,
    const char *name, uint64_t size);
void model_remove_row(struct model *m, unsigned number);
/* Note progress: done bytes at now_ms; smooths the rate. */
void model_progress(
    struct model *m, unsigned number, uint64_t done, uint64_t now_ms);

#endif
