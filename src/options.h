/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person can choose: one table for the command line, charla.conf,
 * /set, completion, --help and the checks of the man pages.
 */
#ifndef CHARLA_OPTIONS_H
#define CHARLA_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "ui/ui.h"

enum option_id {
	OPTION_PORT,
	OPTION_BIND,
	OPTION_ANNOUNCE,
	OPTION_NAME,
	OPTION_DIR,
	OPTION_DATA,
	OPTION_CONFIG,
	OPTION_KEEP_MODE,
	OPTION_AT_ONCE,
	OPTION_INCOGNITO,
	OPTION_PLAIN,
	OPTION_THEME,
	OPTION_TIME_FORMAT,
	OPTION_NOTIFY,
	OPTION_NOTIFY_TEXT,
	OPTION_MOUSE,
	OPTION_TITLE,
	OPTION_PROGRESS,
	OPTION_LINKS,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT,
};

/* What others on the network can see of us. */
enum option_announce {
	OPTION_ANNOUNCE_ON,
	OPTION_ANNOUNCE_PRIVATE,
	OPTION_ANNOUNCE_OFF,
};

/* Strings are the struct's own; NULL: not given. */
struct options {
	unsigned port;
	char *bind, *name, *dir, *data, *config;
	unsigned announce; /* enum option_announce */
	bool keep_mode;
	unsigned at_once; /* transfers that are sent at once */
	bool incognito, plain;
	unsigned theme; /* enum ui_theme */
	char *time_format;
	unsigned notify; /* enum ui_notify */
	bool notify_text, mouse, title, progress, links;
	bool help, version;
	bool doctor; /* "charla doctor": look around, and end */
	char *peer;  /* PEER of the command line */
};

enum option_type {
	OPTION_ON_OFF,
	OPTION_NUMBER,
	OPTION_TEXT,
	OPTION_CHOICE,
	OPTION_ACTION, /* takes no value, and is for the command line alone */
};

/* Bits of option_row.where. */
enum {
	OPTION_AT_START = 1,  /* /set can only keep it for the next start */
	OPTION_NO_FILE = 2,   /* not in charla.conf, and so not in /set */
	OPTION_CAN_EMPTY = 4, /* no text at all means something */
};

struct option_row {
	char short_name; /* 0: none */
	const char *long_name;
	const char *argument; /* "PORT"; NULL: on the command line none */
	const char *help;     /* N_() text */
	enum option_type type;
	unsigned where;
	size_t at;                  /* in struct options */
	unsigned least, most;       /* OPTION_NUMBER */
	const char *const *choices; /* OPTION_CHOICE: ends with NULL */
	/* OPTION_TEXT: ERR_INVALID, and a sentence. May be NULL. */
	int (*check)(const char *text, struct reason *why);
};
extern const struct option_row option_table[OPTION_COUNT];

/* With everything as it is where nobody chose anything. */
void options_init(struct options *o);
void options_release(struct options *o);

/* The row with exactly this long name; OPTION_COUNT: there is none. */
enum option_id option_find(const char *name, size_t len);
/* The one that was meant, perhaps; OPTION_COUNT: none is near. */
enum option_id option_nearest(const char *name);
/* ERR_INVALID with a sentence; then nothing has changed. */
int option_set(struct options *o, enum option_id id, const char *value,
    struct reason *why);
/* As option_set takes it; "" where nothing was chosen. The caller frees. */
char *option_get(const struct options *o, enum option_id id);
/* The values there are, where they can be told: ends with NULL. Or NULL. */
const char *const *option_values(enum option_id id);
struct ui_settings options_ui(const struct options *o);

/*
 * The command line on top of what o says. ERR_INVALID with one line for
 * standard error; o may be half changed then.
 */
int options_parse(struct options *o, int argc, char **argv, struct reason *why);
/* A person's name: 1 to 64 characters, no control ones. ERR_INVALID: why. */
int options_check_name(const char *name, struct reason *why);
/* name, else the login name, else "somebody"; the caller frees. */
char *options_own_name(const struct options *o);
/* In the place of PEER, or in front of it: struct options.doctor. */
#define OPTIONS_DOCTOR "doctor"
/* The text of --help; the caller frees. */
char *options_help(void);

#endif
