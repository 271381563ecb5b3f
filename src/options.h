/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: one table for parsing, --help and the man page's check. */
#ifndef CHARLA_OPTIONS_H
#define CHARLA_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct options {
	uint16_t port; /* --port, default 6973 */
	bool port_given;
	const char *bind; /* --bind, or NULL */
	const char *name; /* --name, or NULL */
	const char *dir;  /* --dir, or NULL */
	const char *data; /* --data, or NULL */
	const char *peer; /* PEER, or NULL */
	bool incognito;
	bool keep_mode;
	unsigned at_once; /* transfers that are sent at once */
	bool help, version;
};

struct option_row {
	char short_name; /* 0: none */
	const char *long_name;
	const char *argument; /* "PORT", or NULL */
	const char *help;     /* N_() text */
};
extern const struct option_row option_table[];
extern const size_t option_count;

/* Strings point into argv. ERR_INVALID with one line for stderr. */
int options_parse(struct options *o, int argc, char **argv, struct reason *why);
/* A person's name: 1 to 64 characters, no control ones. ERR_INVALID: why. */
int options_check_name(const char *name, struct reason *why);
/* --name, else the login name, else "somebody"; the caller frees. */
char *options_own_name(const struct options *o);
/* The text of --help; the caller frees. */
char *options_help(void);

#endif
