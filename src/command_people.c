/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands about people. */
#include "src/app.h"
#include "src/command_run.h"

void
command_run_peers(struct app *app, const char *argument)
{
	(void)argument;
	app_list_peers(app);
}

void
command_run_rename(struct app *app, const char *argument)
{
	app_rename(app, argument);
}

void
command_run_forget(struct app *app, const char *argument)
{
	app_forget(app, argument);
}

void
command_run_block(struct app *app, const char *argument)
{
	app_block(app, argument);
}

void
command_run_unblock(struct app *app, const char *argument)
{
	app_unblock(app, argument);
}
