/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is too long for one message becomes a file, and its /send is put into
 * the line: so a paste is never lost, whatever its size. Where nothing is
 * kept, the file goes when charla does.
 */
#include "src/app_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "src/dropped.h"
#include "ui/input.h"

enum { NAMES_MAX = 100, TIME_MAX = 32 };

/* One that is removed at the end. */
struct paste_file {
	struct paste_file *next;
	char *path;
};

struct job {
	struct app *app;
	char *folder, *text;
	size_t came;
	char *path; /* NULL: it could not be written */
	int error;
};

/* "pasted-20261128-163412.txt", with -2 where that is taken. */
static char *
name_file(const char *folder, unsigned number)
{
	char when[TIME_MAX] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(when, sizeof(when), "-%Y%m%d-%H%M%S", &tm);
	return number == 1
		   ? str_printf("%s/pasted%s.txt", folder, when)
		   : str_printf("%s/pasted%s-%u.txt", folder, when, number);
}

static void
run(void *arg)
{
	struct job *job = arg;
	size_t len = strlen(job->text);

	for (unsigned i = 1; i <= NAMES_MAX && job->path == NULL; i++) {
		char *path = name_file(job->folder, i);

		if (file_make(path, job->text, len, true)) {
			job->path = path;
			return;
		}
		job->error = errno;
		free(path);
		if (job->error != EEXIST)
			return;
	}
}

static void
offer(struct job *job)
{
	struct app *app = job->app;
	const char *path = job->path;
	char size[TEXT_SIZE_MAX], most[TEXT_SIZE_MAX];
	char *line = dropped_line(&path, 1);
	char *shown = paths_show(path);
	bool placed = ui_replace_line(app->ui, "", line);

	text_size(strlen(job->text), size);
	text_size(INPUT_LINE_MAX, most);
	if (!placed)
		ui_remember(app->ui, line);
	app_say(app, LINE_NOTICE,
	    placed ? _("that is %s, and one message holds %s: it is in %s "
		       "now, and Enter offers that file")
		   : _("that is %s, and one message holds %s: it is in %s "
		       "now; Up brings the /send of that file"),
	    size, most, shown);
	if (job->came > UI_PASTE_MAX) {
		text_size(job->came, size);
		app_say(app, LINE_WARNING,
		    _("only the beginning is there: %s is more than can be "
		      "pasted"),
		    size);
	}
	free(shown);
	free(line);
}

static void
done(void *arg)
{
	struct job *job = arg;
	struct app *app = job->app;
	struct paste_file *f;

	if (app->ui != NULL && job->path == NULL)
		app_say(app, LINE_ERROR,
		    _("what you pasted is too long for one message, and "
		      "cannot be written into '%s': %s"),
		    job->folder, strerror(job->error));
	else if (app->ui != NULL)
		offer(job);
	if (job->path != NULL && !app->keeping) {
		f = mem_alloc(sizeof(*f));
		*f = (struct paste_file){app->paste_files, job->path};
		app->paste_files = f;
		job->path = NULL;
	}
	free(job->path);
	free(job->folder);
	free(job->text);
	free(job);
}

void
paste_too_long(struct app *app, const char *text, size_t came)
{
	struct job *job = mem_zalloc(sizeof(*job));

	job->app = app;
	job->folder = str_dup(app->paths.state);
	job->text = str_dup(text);
	job->came = came;
	worker_add(app->disk, run, done, job);
}

void
paste_files_release(struct app *app)
{
	while (app->paste_files != NULL) {
		struct paste_file *f = app->paste_files;

		app->paste_files = f->next;
		unlink(f->path);
		free(f->path);
		free(f);
	}
}
