/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A path that is pasted, or dropped on the window, is offered to be sent
 * instead of being sent as words: the line becomes a /send, which the person
 * enters, or takes back. Whether it is one, the disk worker finds out.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/dropped.h"

struct paste {
	struct app *app;
	char *text;
	char **paths;
	size_t count;
	char *whole;        /* all of it may be one path, with blanks in it */
	bool exist, exists; /* the paths; the whole */
};

static bool
is_there(const char *path)
{
	char *real = paths_expand(path);
	bool there = access(real, F_OK) == 0;

	free(real);
	return there;
}

static void
look_run(void *arg)
{
	struct paste *p = arg;

	p->exists = p->whole != NULL && is_there(p->whole);
	p->exist = !p->exists && p->count > 0;
	for (size_t i = 0; i < p->count && p->exist; i++)
		p->exist = is_there(p->paths[i]);
}

static void
offer_line(
    struct app *app, const char *text, const char *const *paths, size_t count)
{
	char *line = dropped_line(paths, count);

	if (ui_replace_line(app->ui, text, line))
		app_say(app, LINE_NOTICE, "%s",
		    _("Enter offers it to the other person; Ctrl-_ makes it "
		      "words again"));
	free(line);
}

static void
look_done(void *arg)
{
	struct paste *p = arg;

	if (p->app->ui == NULL)
		p->exists = p->exist = false;
	if (p->exists)
		offer_line(p->app, p->text, (const char *const *)&p->whole, 1);
	else if (p->exist)
		offer_line(
		    p->app, p->text, (const char *const *)p->paths, p->count);
	dropped_free(p->paths, p->count, p->whole);
	free(p->text);
	free(p);
}

void
paste_heard(struct app *app, const char *text)
{
	struct paste *p;
	size_t count;
	char *whole;
	char **paths = dropped_paths(text, &count, &whole);

	if (paths == NULL && whole == NULL)
		return;
	p = mem_zalloc(sizeof(*p));
	*p = (struct paste){
	    .app = app,
	    .text = str_dup(text),
	    .paths = paths,
	    .count = count,
	    .whole = whole,
	};
	worker_add(app->disk, look_run, look_done, p);
}
