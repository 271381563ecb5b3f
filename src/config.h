/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla.conf: lines "option = value", with the names of the command line.
 * Empty lines and those that begin with # mean nothing; blanks around names
 * and values do not count, and a value may stand in double quotes.
 */
#ifndef CHARLA_CONFIG_H
#define CHARLA_CONFIG_H

#include "src/options.h"

enum { CONFIG_MAX = 64 * 1024 }; /* bytes */

/* $XDG_CONFIG_HOME/charla/charla.conf or, with --data, in that folder. */
char *config_path(const struct options *o);

/*
 * Set in o what text says. NULL, or what is wrong with it: a line for each
 * mistake, with path and number; the rest is set. The caller frees.
 */
char *config_apply(struct options *o, const char *path, const char *text);
/*
 * The same from a file, which is looked for by --config and --data of o. One
 * that is not there is fine, unless --config named it. Blocks.
 */
char *config_read(struct options *o);

struct config_change {
	enum option_id id;
	char *value;
};

/*
 * text with these changes: a line that sets the option is replaced, the last
 * one where there are several; without one, a line is added. All others stay.
 * The caller frees.
 */
char *config_rewrite(
    const char *text, const struct config_change *changes, size_t count);
/*
 * Do that to a file, or make it (0600, its folder 0700). It is there whole,
 * or as it was. A symbolic link stays one. Blocks.
 */
int config_save(const char *path, const struct config_change *changes,
    size_t count, struct reason *why);

#endif
