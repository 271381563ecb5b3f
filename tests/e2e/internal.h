/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the harness share. */
#ifndef CHARLA_TESTS_INTERNAL_H
#define CHARLA_TESTS_INTERNAL_H

#include <vterm.h>

#include "tests/e2e/harness.h"

/* Bytes that grow at the end. */
struct bytes {
	char *data;
	size_t len, size;
};

struct screen {
	struct screen *next; /* the live ones */
	char *name;
	char *home;
	bool own_home;

	pid_t pid;
	bool ended;
	int status; /* waitpid's, when ended */

	int master;
	bool stalled;
	int slave; /* kept open, so that its settings can be looked at */
	struct termios before;

	VTerm *vterm;
	VTermScreen *picture;
	int rows, cols;
	VTermPos cursor;
	bool alternate, cursor_visible;
	int mouse;
	unsigned bells;
	struct bytes title;

	struct bytes output; /* everything, as it came */
	uint64_t last_output_ms;
	struct bytes typed; /* not yet taken by the pty */
	size_t typed_done;
};

_Noreturn void harness_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
uint64_t harness_now_ms(void);
void screen_dump_all(FILE *out);
/* Bytes that the pty has not taken yet. */
size_t screen_typed_left(const struct screen *s);

void bytes_add(struct bytes *b, const char *data, size_t len);

/* harness_picture.c: the terminal model. */
void picture_open(struct screen *s);
void picture_close(struct screen *s);
void picture_feed(struct screen *s, const char *data, size_t len);

/* harness_child.c: fork, the pty, the environment. */
void child_start(struct screen *s, const struct screen_config *config);
/* Collect its status if it ended. */
void child_look(struct screen *s);
void child_kill(struct screen *s);

#endif
