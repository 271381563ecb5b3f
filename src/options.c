/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/options.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/wire.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum {
	OPTIONS_NAME_CHARS = 64,
	OPTIONS_PORT_MAX = 65535,
	OPTIONS_AT_ONCE = 3,
	OPTIONS_AT_ONCE_MAX = 64,
	OPTIONS_LONG = 256, /* what getopt returns for row 0's long name */
	OPTIONS_SHORT_MAX = 32,
};

enum row {
	ROW_PORT,
	ROW_BIND,
	ROW_NAME,
	ROW_DIR,
	ROW_DATA,
	ROW_KEEP_MODE,
	ROW_AT_ONCE,
	ROW_INCOGNITO,
	ROW_HELP,
	ROW_VERSION,
	ROW_COUNT,
};

const struct option_row option_table[] = {
    [ROW_PORT] = {'p', "port", "PORT",
	N_("wait on this port of this machine (6973)")},
    [ROW_BIND] = {0, "bind", "ADDR",
	N_("wait on this address of this machine only")},
    [ROW_NAME] = {'n', "name", "NAME",
	N_("the name the other person sees (your login name)")},
    [ROW_DIR] = {0, "dir", "DIR",
	N_("where received files go (your download folder)")},
    [ROW_DATA] = {0, "data", "DIR",
	N_("keep the key and the history in this folder")},
    [ROW_KEEP_MODE] = {0, "keep-mode", NULL,
	N_("let programs stay programs, where both sides say so")},
    [ROW_AT_ONCE] = {0, "at-once", "N",
	N_("send so many at once, the others after them (3)")},
    [ROW_INCOGNITO] = {0, "incognito", NULL,
	N_("keep nothing of what is said, and show no history")},
    [ROW_HELP] = {'h', "help", NULL, N_("show this text and end")},
    [ROW_VERSION] = {'V', "version", NULL, N_("show the version and end")},
};
const size_t option_count = COUNT(option_table);

_Static_assert(COUNT(option_table) == ROW_COUNT, "every row is handled");

static int
set_port(struct options *o, const char *text, struct reason *why)
{
	char *end;
	unsigned long port;

	/* Digits only: strtoul would take blanks and signs. */
	errno = 0;
	port = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    port == 0 || port > OPTIONS_PORT_MAX) {
		reason_set(why,
		    _("'%s' is not a port; a port is a number from 1 to %d"),
		    text, OPTIONS_PORT_MAX);
		return ERR_INVALID;
	}
	o->port = (uint16_t)port;
	o->port_given = true;
	return 0;
}

static int
set_at_once(struct options *o, const char *text, struct reason *why)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || number == 0 ||
	    number > OPTIONS_AT_ONCE_MAX) {
		reason_set(why,
		    _("'%s' cannot be sent at once; a number from 1 to %d can"),
		    text, OPTIONS_AT_ONCE_MAX);
		return ERR_INVALID;
	}
	o->at_once = (unsigned)number;
	return 0;
}

static bool
is_control(uint32_t cp)
{
	return cp < ' ' || (cp >= 0x7f && cp < 0xa0);
}

int
options_check_name(const char *name, struct reason *why)
{
	const size_t len = strlen(name);
	size_t chars = 0;
	bool controls = false;
	uint32_t cp;

	for (size_t at = 0; at < len; chars++) {
		at += text_decode(name + at, len - at, &cp);
		controls = controls || is_control(cp);
	}
	if (chars > 0 && chars <= OPTIONS_NAME_CHARS && len <= WIRE_NAME_MAX &&
	    !controls && text_is_utf8(name, len))
		return 0;
	reason_set(why,
	    _("a name has 1 to %d characters, in UTF-8 and without control "
	      "characters; choose another"),
	    OPTIONS_NAME_CHARS);
	return ERR_INVALID;
}

char *
options_own_name(const struct options *o)
{
	const struct passwd *pw;
	struct reason why;

	if (o->name != NULL)
		return str_dup(o->name);
	pw = getpwuid(geteuid());
	if (pw != NULL && options_check_name(pw->pw_name, &why) == 0)
		return str_dup(pw->pw_name);
	return str_dup(_("somebody"));
}

static int
set_text(const char **out, enum row row, const char *text, struct reason *why)
{
	const struct option_row *r = &option_table[row];

	if (text[0] == '\0') {
		reason_set(why,
		    _("option '--%s' needs %s after it; try charla --help"),
		    r->long_name, r->argument);
		return ERR_INVALID;
	}
	*out = text;
	return 0;
}

static int
apply(struct options *o, enum row row, const char *text, struct reason *why)
{
	switch (row) {
	case ROW_PORT:
		return set_port(o, text, why);
	case ROW_BIND:
		return set_text(&o->bind, row, text, why);
	case ROW_NAME:
		o->name = text;
		return options_check_name(text, why);
	case ROW_DIR:
		return set_text(&o->dir, row, text, why);
	case ROW_DATA:
		return set_text(&o->data, row, text, why);
	case ROW_KEEP_MODE:
		o->keep_mode = true;
		return 0;
	case ROW_AT_ONCE:
		return set_at_once(o, text, why);
	case ROW_INCOGNITO:
		o->incognito = true;
		return 0;
	case ROW_HELP:
		o->help = true;
		return 0;
	case ROW_VERSION:
		o->version = true;
		return 0;
	case ROW_COUNT:
		break;
	}
	return ERR_INVALID;
}

/* getopt's two tables, made from ours. */
struct getopt_tables {
	char shorts[OPTIONS_SHORT_MAX];
	struct option longs[ROW_COUNT + 1];
};

static void
make_tables(struct getopt_tables *t)
{
	size_t len = 0;

	*t = (struct getopt_tables){0};
	/* A missing argument is ':', not '?'. */
	t->shorts[len++] = ':';
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *r = &option_table[i];
		const bool takes = r->argument != NULL;

		t->longs[i] = (struct option){
		    .name = r->long_name,
		    .has_arg = takes ? required_argument : no_argument,
		    .val = OPTIONS_LONG + (int)i,
		};
		if (r->short_name != 0)
			t->shorts[len++] = r->short_name;
		if (r->short_name != 0 && takes)
			t->shorts[len++] = ':';
	}
}

_Static_assert((int)OPTIONS_SHORT_MAX > 2 * (int)ROW_COUNT + 1,
    "room for every short name, its colon, the first colon and the end");

/* The row that getopt speaks of; ROW_COUNT where it is none. */
static enum row
find_row(int val)
{
	if (val >= OPTIONS_LONG && val < OPTIONS_LONG + ROW_COUNT)
		return (enum row)(val - OPTIONS_LONG);
	for (size_t i = 0; i < option_count; i++) {
		if (val != 0 && option_table[i].short_name == val)
			return (enum row)i;
	}
	return ROW_COUNT;
}

/* word: the argument getopt has just read. */
static int
complain(int found, const char *word, struct reason *why)
{
	const enum row row = find_row(optopt);

	if (found == ':')
		reason_set(why,
		    _("option '--%s' needs %s after it; try charla --help"),
		    option_table[row].long_name, option_table[row].argument);
	else if (row != ROW_COUNT)
		reason_set(why,
		    _("option '--%s' takes no value; try charla --help"),
		    option_table[row].long_name);
	else if (optopt != 0)
		reason_set(
		    why, _("unknown option '-%c'; try charla --help"), optopt);
	else
		reason_set(
		    why, _("unknown option '%s'; try charla --help"), word);
	return ERR_INVALID;
}

static int
take_peer(struct options *o, int argc, char **argv, struct reason *why)
{
	if (optind < argc)
		o->peer = argv[optind++];
	if (o->peer != NULL && o->peer[0] == '\0') {
		reason_set(
		    why, _("the address to call is empty; try charla --help"));
		return ERR_INVALID;
	}
	if (optind < argc) {
		reason_set(why,
		    _("one address can be called, and '%s' is a second one; "
		      "try charla --help"),
		    argv[optind]);
		return ERR_INVALID;
	}
	return 0;
}

int
options_parse(struct options *o, int argc, char **argv, struct reason *why)
{
	struct options parsed = {.port = WIRE_PORT, .at_once = OPTIONS_AT_ONCE};
	struct getopt_tables t;
	int found;

	make_tables(&t);
	opterr = 0;
	optind = 0; /* begin anew: getopt remembers */
	for (;;) {
		found = getopt_long(argc, argv, t.shorts, t.longs, NULL);
		if (found == -1)
			break;
		if (found == '?' || found == ':')
			return complain(found, argv[optind - 1], why);
		if (apply(&parsed, find_row(found), optarg, why) < 0)
			return ERR_INVALID;
	}
	if (take_peer(&parsed, argc, argv, why) < 0)
		return ERR_INVALID;
	*o = parsed;
	return 0;
}

static void
print_row(FILE *out, const struct option_row *r, int width)
{
	char names[64];
	int len = 0;

	if (r->short_name != 0)
		len = snprintf(names, sizeof(names), "-%c, ", r->short_name);
	else
		len = snprintf(names, sizeof(names), "    ");
	snprintf(names + len, sizeof(names) - (size_t)len, "--%s%s%s",
	    r->long_name, r->argument != NULL ? " " : "",
	    r->argument != NULL ? r->argument : "");
	fprintf(out, "  %-*s  %s\n", width, names, _(r->help));
}

char *
options_help(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	size_t width = 0;

	if (out == NULL)
		fatal("out of memory");
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *r = &option_table[i];
		size_t len = strlen("-x, --") + strlen(r->long_name);

		if (r->argument != NULL)
			len += 1 + strlen(r->argument);
		width = len > width ? len : width;
	}

	fputs(_("usage: charla [OPTION]... [PEER]\n"
		"Talk with one person on your network, and send each other "
		"files.\n\n"),
	    out);
	fprintf(out, "  %-*s  %s\n", (int)width, "PEER",
	    _("whom to call (HOST, HOST:PORT, [IPV6]:PORT); else wait"));
	for (size_t i = 0; i < option_count; i++)
		print_row(out, &option_table[i], (int)width);
	fputs(_("\nIn the program, /help lists the commands.\n"), out);
	if (fclose(out) != 0)
		fatal("out of memory");
	return text;
}
