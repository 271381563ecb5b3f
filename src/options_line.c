/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, by getopt, whose tables are made from ours. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/options.h"

enum {
	LONG = 256, /* what getopt returns for row 0's long name */
	SHORT_MAX = 64,
};

_Static_assert((int)SHORT_MAX > 2 * (int)OPTION_COUNT + 1,
    "room for every short name, its colon, the first colon and the end");

struct getopt_tables {
	char shorts[SHORT_MAX];
	struct option longs[OPTION_COUNT + 1];
};

static int
argument_of(const struct option_row *row)
{
	if (row->argument != NULL)
		return required_argument;
	return row->type == OPTION_ON_OFF ? optional_argument : no_argument;
}

static void
make_tables(struct getopt_tables *t)
{
	size_t len = 0;

	*t = (struct getopt_tables){0};
	/* A missing argument is ':', not '?'. */
	t->shorts[len++] = ':';
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_table[i];

		t->longs[i] = (struct option){
		    .name = row->long_name,
		    .has_arg = argument_of(row),
		    .val = LONG + (int)i,
		};
		if (row->short_name != 0)
			t->shorts[len++] = row->short_name;
		if (row->short_name != 0 && row->argument != NULL)
			t->shorts[len++] = ':';
	}
}

/* The row that getopt speaks of; OPTION_COUNT where it is none. */
static enum option_id
find_row(int val)
{
	if (val >= LONG && val < LONG + OPTION_COUNT)
		return (enum option_id)(val - LONG);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (val != 0 && option_table[i].short_name == val)
			return (enum option_id)i;
	}
	return OPTION_COUNT;
}

/* word: the argument getopt has just read. */
static int
complain(int found, const char *word, struct reason *why)
{
	const enum option_id id = find_row(optopt);

	if (found == ':')
		reason_set(why,
		    _("option '%s' needs %s after it; try charla --help"),
		    option_table[id].long_name, option_table[id].argument);
	else if (id != OPTION_COUNT)
		reason_set(why,
		    _("option '%s' takes no value; try charla --help"),
		    option_table[id].long_name);
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
	if (optind < argc && strcmp(argv[optind], OPTIONS_DOCTOR) == 0) {
		o->doctor = true;
		optind++;
	}
	if (optind < argc)
		str_replace(&o->peer, str_dup(argv[optind++]));
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
		/* By itself, what can be on or off is on. */
		if (option_set(o, find_row(found),
			optarg != NULL ? optarg : "on", why) < 0)
			return ERR_INVALID;
	}
	return take_peer(o, argc, argv, why);
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
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *r = &option_table[i];
		size_t len = strlen("-x, --") + strlen(r->long_name);

		if (r->argument != NULL)
			len += 1 + strlen(r->argument);
		width = len > width ? len : width;
	}

	fputs(_("usage: charla [OPTION]... [PEER]\n"
		"       charla doctor [OPTION]... [PEER]\n"
		"Talk with one person on your network, and send each other "
		"files.\n\n"),
	    out);
	fprintf(out, "  %-*s  %s\n", (int)width, "PEER",
	    _("call HOST, HOST:PORT or [IPV6]:PORT; else wait"));
	fprintf(out, "  %-*s  %s\n", (int)width, OPTIONS_DOCTOR,
	    _("look for what may keep you from meeting, and end"));
	for (size_t i = 0; i < OPTION_COUNT; i++)
		print_row(out, &option_table[i], (int)width);
	fputs(_("\nWhat has no value is on, and --title=off turns it off. "
		"All but a few can stand\nin charla.conf, too. In the program, "
		"/help lists the commands.\n"),
	    out);
	if (fclose(out) != 0)
		fatal("out of memory");
	return text;
}
