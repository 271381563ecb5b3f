/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the painted screen share; nobody else includes it. */
#ifndef CHARLA_UI_SCREEN_STATE_H
#define CHARLA_UI_SCREEN_STATE_H

#include "ui/bare.h"
#include "ui/input.h"
#include "ui/paint.h"
#include "ui/screen.h"
#include "ui/term.h"
#include "ui/theme.h"
#include "ui/told.h"

struct screen {
	struct ui_config config;
	struct ui_settings settings;
	char *time_format;
	enum palette background; /* what it is made for, if that is known */
	struct term *term;
	struct input *input;
	struct paint paint;
	struct told told;
	uint64_t drawn_version; /* of the model */
	uint64_t drawn_ms;
	uint64_t rows_due_ms;   /* 0: nothing moves by itself */
	uint64_t found_version; /* of the model, when it was drawn */
	struct {
		uint64_t layout; /* of the model, when they were asked for */
		size_t from, upto;
	} wanted;    /* lines of the past */
	bool dirty;  /* something but the model changed */
	bool urgent; /* by a key */
	struct bare bare;
	bool aside; /* the terminal is another program's for a while */
	bool ended; /* nothing will come from the keyboard */
};

/* From the settings, and from what the terminal said. */
void screen_choose_palette(struct screen *s);

/* screen_act.c: what a person does, and a terminal says; arg is the screen. */
void screen_command(void *arg, enum input_command command);
void screen_entered(void *arg, const char *text);
bool screen_escape(void *arg);
/* A key came: was it to end the bare view? Then it means nothing else. */
bool screen_wake(void *arg);
void screen_report(void *arg, const char *bytes, size_t len);
/* True where there was a list, and it is gone now. */
bool screen_close_list(struct screen *s);

#endif
