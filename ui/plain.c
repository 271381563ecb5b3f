/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain mode's clockwork: what was entered goes up line by line; what is new
 * in the model goes down row by row, as far as standard output takes it. The
 * terminal, where there is one, stays as it is: its kernel edits the line.
 */
#include "ui/plain.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/plain_lines.h"
#include "ui/plain_log.h"
#include "ui/plain_news.h"
#include "ui/plain_out.h"

enum {
	READ_MAX = 64 * 1024,
	BURST_MS = 250, /* nobody has typed anything since */
	AT_ONCE = 1,    /* as a deadline */
};

struct plain {
	struct ui_config config;
	char *time_format;
	struct plain_lines lines;
	struct plain_log log;
	struct plain_news news;
	struct plain_out out;
	uint64_t version;   /* of the model, when all of it was written */
	uint64_t margin_ms; /* when the cursor was known to begin a row */
	bool person;        /* standard input is a terminal */
	bool more;          /* the output was full before all was written */
	bool told_gone;
	bool ended; /* nothing will come */
};

static void
line_entered(void *arg, const char *text)
{
	struct plain *p = arg;

	p->config.handler->line(p->config.arg, text);
}

static void
line_too_long(void *arg, size_t came)
{
	struct plain *p = arg;
	char size[TEXT_SIZE_MAX];
	char *text;

	text_size(came, size);
	text = str_printf(_("a line of %s was not taken: a message holds 64 "
			    "KiB; put it in a file and /send it"),
	    size);
	p->config.handler->refused(p->config.arg, text);
	free(text);
}

struct plain *
plain_open(const struct ui_config *config)
{
	struct plain *p = mem_zalloc(sizeof(*p));

	p->config = *config;
	p->person = isatty(STDIN_FILENO) != 0;
	p->margin_ms = clock_mono_ms();
	p->lines = (struct plain_lines){
	    .line = line_entered,
	    .too_long = line_too_long,
	    .arg = p,
	};
	p->log = (struct plain_log){
	    .handler = config->handler,
	    .arg = config->arg,
	    .echoed = p->person && isatty(STDOUT_FILENO),
	    .talk = config->model->talk,
	    .next_id = config->model->first_id,
	};
	plain_out_open(&p->out);
	plain_set(p, config->settings);
	return p;
}

void
plain_set(struct plain *p, const struct ui_settings *settings)
{
	str_replace(&p->time_format, str_dup(settings->time_format));
	p->log.time_format = p->time_format;
}

int
plain_input_fd(const struct plain *p)
{
	return p->ended ? -1 : STDIN_FILENO;
}

int
plain_output_fd(const struct plain *p)
{
	return p->out.fd;
}

bool
plain_wants_output(const struct plain *p)
{
	return plain_out_wants(&p->out);
}

bool
plain_is_busy(const struct plain *p)
{
	return !p->out.gone &&
	       (p->more || plain_log_is_busy(&p->log, p->config.model));
}

static bool
is_hung_up(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&in, 1, 0) < 0 || (in.revents & (POLLHUP | POLLERR)) != 0;
}

/* Ctrl-D at a terminal is a wish; the end of a file is a fact. */
static void
input_ended(struct plain *p)
{
	const struct ui_handler *handler = p->config.handler;

	plain_lines_end(&p->lines);
	if (!p->person) {
		p->ended = true;
		handler->ended(p->config.arg, NULL);
	} else if (is_hung_up()) {
		p->ended = true;
	} else {
		handler->leave(p->config.arg);
	}
}

static void
input_failed(struct plain *p, int error)
{
	struct reason why;

	p->ended = true;
	if (p->person)
		return; /* it was hung up */
	reason_set(&why, _("the input cannot be read: %s"), strerror(error));
	p->config.handler->ended(p->config.arg, &why);
}

void
plain_read(struct plain *p, uint64_t now_ms)
{
	char bytes[READ_MAX];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0) {
		input_failed(p, errno);
		return;
	}
	if (n == 0) {
		input_ended(p);
		return;
	}
	p->margin_ms = now_ms;
	plain_lines_feed(&p->lines, bytes, (size_t)n);
}

/* What a pipe's reader leaves behind is no fault, what a full disk does is. */
static void
look_whether_gone(struct plain *p)
{
	struct reason why;

	if (!p->out.gone || p->told_gone)
		return;
	p->told_gone = true;
	reason_set(&why, _("the output cannot be written: %s"),
	    strerror(p->out.error));
	p->config.handler->ended(
	    p->config.arg, p->out.error == EPIPE ? NULL : &why);
}

void
plain_write(struct plain *p)
{
	plain_out_write(&p->out, true);
}

uint64_t
plain_deadline(const struct plain *p)
{
	uint64_t holds = plain_log_holds(&p->log);

	if (p->out.gone || plain_out_wants(&p->out))
		return 0; /* POLLOUT comes first */
	if (p->more)
		return AT_ONCE;
	return holds != 0 ? holds : plain_news_deadline(&p->news);
}

/*
 * The kernel keeps what is being typed, and does not say whether there is
 * any. A row of ours may not end up behind it; so it begins with a newline
 * where something may be there.
 */
static void
begin_burst(struct plain *p, uint64_t now_ms)
{
	struct termios t;

	if (!p->log.echoed || now_ms < p->margin_ms + BURST_MS)
		return;
	if (tcgetattr(STDIN_FILENO, &t) == 0 && (t.c_lflag & ECHO) &&
	    (t.c_lflag & ICANON))
		plain_out_row(&p->out, "");
}

static char *
next_row(struct plain *p, uint64_t now_ms)
{
	const struct model *m = p->config.model;
	char *row = plain_log_next(&p->log, m, &p->news, now_ms);

	if (row == NULL && plain_log_holds(&p->log) == 0)
		row = plain_news_next(&p->news, m, now_ms);
	return row;
}

static void
write_news(struct plain *p, uint64_t now_ms)
{
	bool begun = false;
	char *row;

	p->more = true;
	while (plain_out_has_room(&p->out)) {
		row = next_row(p, now_ms);
		if (row == NULL) {
			p->more = false;
			break;
		}
		if (!begun)
			begin_burst(p, now_ms);
		begun = true;
		plain_out_row(&p->out, row);
		free(row);
	}
	if (begun)
		p->margin_ms = now_ms;
}

void
plain_draw(struct plain *p, uint64_t now_ms)
{
	const struct model *m = p->config.model;
	uint64_t due = plain_deadline(p);

	if (!p->out.gone && (p->more || p->version != m->version ||
				(due != 0 && now_ms >= due))) {
		write_news(p, now_ms);
		p->version = m->version;
	}
	if (!p->out.gone)
		plain_out_write(&p->out, false);
	look_whether_gone(p);
}

/* The last words, as long as somebody reads them. */
void
plain_close(struct plain *p)
{
	plain_log_end(&p->log, p->config.model, &p->news);
	do
		write_news(p, clock_mono_ms());
	while (plain_out_flush(&p->out) && p->more);
	plain_out_close(&p->out);
	plain_lines_release(&p->lines);
	plain_log_release(&p->log);
	plain_news_release(&p->news);
	free(p->time_format);
	free(p);
}
