/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A yes to what is offered: as it is, with another name, in another folder,
 * all of it; or beforehand, from somebody whose key was compared, up to a
 * bound that is used up.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

static struct drop *
question(struct app *app, unsigned number)
{
	struct drop *d = files_question(app, number);

	if (d == NULL)
		app_say(app, LINE_ERROR,
		    _("nothing is offered with the number %u"), number);
	return d;
}

void
app_accept_all(struct app *app)
{
	struct drop *d;
	unsigned count = 0;

	while ((d = files_question(app, 0)) != NULL) {
		files_answer(d, true);
		count++;
	}
	if (count == 0)
		app_say(
		    app, LINE_ERROR, "%s", _("nothing is offered just now"));
}

void
app_accept_as(struct app *app, unsigned number, const char *name)
{
	struct drop *d = question(app, number);

	if (d == NULL)
		return;
	if (d->list != NULL && filelist_roots(d->list) > 1) {
		app_say(app, LINE_ERROR,
		    _("there are several in it, and one name is not enough; "
		      "/accept %u to DIR puts them into a folder"),
		    number);
		return;
	}
	if (incoming_check_name(name, strlen(name)) < 0) {
		app_say(app, LINE_ERROR, "%s",
		    _("no file can have that name; a name has up to 255 "
		      "bytes and no '/'"));
		return;
	}
	str_replace(&d->as, str_dup(name));
	files_answer(d, true);
}

/* As a shell would take it, from the folder that charla was started in. */
static char *
absolute(const char *path)
{
	char *expanded = paths_expand(path);
	char *here, *whole;

	if (expanded[0] == '/')
		return expanded;
	here = getcwd(NULL, 0);
	if (here == NULL) {
		free(expanded);
		return NULL;
	}
	whole = str_printf("%s/%s", here, expanded);
	free(here);
	free(expanded);
	return whole;
}

void
app_accept_to(struct app *app, unsigned number, const char *folder)
{
	struct drop *d = question(app, number);
	char *path;

	if (d == NULL)
		return;
	if (folder[0] == '\0') {
		app_say(app, LINE_ERROR,
		    _("which folder? /accept %u to . means the one charla was "
		      "started in"),
		    number);
		return;
	}
	path = absolute(folder);
	if (path == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("the folder charla was started in is gone; say the "
		      "whole path, with a / in front"));
		return;
	}
	/* Of a tree that changed: what has arrived is in the other folder. */
	if (d->part != NULL && strcmp(d->folder, path) != 0)
		incoming_discard(app->disk, d->folder, d->part);
	str_replace(&d->folder, path);
	files_answer(d, true);
}

/* The one who is called so; NULL: it has been told. */
static struct known *
by_name(struct app *app, const char *name)
{
	const struct somebody *one;
	struct somebodies all;
	struct known *k = NULL;

	somebodies_list(app, &all);
	one = somebody_meant(app, &all, name);
	if (one != NULL && one->known == NULL)
		app_say(app, LINE_ERROR,
		    _("%s is new; connect and compare keys first"), one->label);
	else if (one != NULL)
		k = one->known;
	somebodies_release(&all);
	return k;
}

void
app_accept_from(struct app *app, const char *name, uint64_t bytes)
{
	struct known *k = by_name(app, name);
	char size[TEXT_SIZE_MAX];
	char *label;

	if (k == NULL)
		return;
	label = people_label(&app->people, k->peer.name, k->peer.key);
	text_size(bytes, size);
	if (bytes > 0 && !k->peer.verified) {
		app_say(app, LINE_ERROR,
		    _("the key of %s was never compared, so it may be "
		      "anybody's; only from people who are verified files "
		      "are taken without a question"),
		    label);
		free(label);
		return;
	}
	k->auto_bytes = bytes;
	k->auto_offers = bytes > 0 ? APP_AUTO_OFFERS : 0;
	k->auto_files = bytes > 0 ? APP_AUTO_FILES : 0;
	if (bytes == 0)
		app_say(app, LINE_NOTICE,
		    _("you are asked about what %s offers"), label);
	else
		app_say(app, LINE_NOTICE,
		    _("up to %s in %d offers from %s are taken without a "
		      "question, until you leave; nothing is ever opened"),
		    size, APP_AUTO_OFFERS, label);
	free(label);
}

bool
accept_by_itself(struct drop *d)
{
	struct known *k = d->who;
	/* Empty ones weigh nothing, and fill a disk all the same. */
	const uint32_t files = d->entries > 0 ? d->entries : 1;
	char *size;

	if (k->auto_offers == 0 || !k->peer.verified ||
	    d->size > k->auto_bytes || files > k->auto_files)
		return false;
	k->auto_offers--;
	k->auto_files -= files;
	k->auto_bytes -= d->size;
	size = files_size_text(d);
	app_say(d->app, LINE_NOTICE,
	    _("%u: '%s' (%s) from %s is taken without a question"), d->number,
	    d->shown, size, d->link->label);
	free(size);
	receive_accept(d);
	return true;
}
