/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"

enum { NAMES = 48, ROWS = 50, COLS = 200 };

#define BAD(label, text)                                                       \
	{                                                                      \
		label, text, sizeof(text) - 1, false, false                    \
	}
#define GOOD_PATH(label, text)                                                 \
	{                                                                      \
		label, text, sizeof(text) - 1, false, true                     \
	}
#define GOOD(label, text)                                                      \
	{                                                                      \
		label, text, sizeof(text) - 1, true, true                      \
	}

static const struct hostile_name fixed[] = {
    BAD("up", "../e"),
    BAD("up twice", "../../e"),
    BAD("down and up", "sub/../../e"),
    BAD("absolute", "/etc/passwd"),
    BAD("two slashes", "//tmp/a"),
    BAD("a slash alone", "/"),
    GOOD_PATH("a folder in front", "sub/e"),
    BAD("a slash behind", "e/"),
    BAD("a dot in front", "./e"),
    BAD("two slashes inside", "sub//e"),
    BAD("a NUL", "a\0b"),
    BAD("a NUL behind", "a\0"),
    BAD("empty", ""),
    BAD("dot", "."),
    BAD("dots", ".."),
    BAD("newline", "a\nb"),
    BAD("carriage return", "kept.txt\rb"),
    BAD("tab", "a\tb"),
    BAD("bell", "a\ab"),
    BAD("delete", "a\177b"),
    BAD("title", "\033]0;owned\007"),
    BAD("clear screen", "\033[2J\033[Howned"),
    BAD("clipboard", "\033]52;c;b3duZWQ=\007"),
    BAD("link", "\033]8;;http://owned/\033\\x"),
    BAD("a lone byte", "a\xff"),
    BAD("a slash, too long", "a\xc0\xaf"
			     "b"),
    BAD("a dot, too long", "\xc0\xae\xc0\xae"),
    BAD("half a character", "a\xe2\x82"),
    BAD("a surrogate", "\xed\xa0\x80"),
    BAD("beyond Unicode", "\xf4\x90\x80\x80"),
    GOOD("CSI in one character", "a\xc2\x9b"
				 "2Jb"),
    GOOD("right to left", "cod\xe2\x80\xaegpj.exe"),
    GOOD("dots behind", "report..."),
    GOOD("blanks behind", "report  "),
    GOOD("a blank", " "),
    GOOD("a drive", "C:\\x"),
    GOOD("backslashes", "..\\..\\e"),
    GOOD("three dots", "..."),
    GOOD("an option", "-rf"),
    GOOD("a home", "~"),
    GOOD("a shell", "$(touch owned);`x`|&"),
    GOOD("a format", "%n%s%s%s%n"),
    GOOD("a device", "CON"),
    GOOD("invisible", "\xe2\x80\x8b"),
};

const struct hostile_name *
hostile_names(size_t *count)
{
	static struct hostile_name all[NAMES];
	size_t n = COUNT(fixed);

	_Static_assert(COUNT(fixed) + 2 <= NAMES, "there is room");
	memcpy(all, fixed, sizeof(fixed));
	all[n] = (struct hostile_name){"255 bytes", "", 255, true, true};
	memset(all[n++].name, 'n', 255);
	all[n] = (struct hostile_name){"256 bytes", "", 256, false, false};
	memset(all[n++].name, 'n', 256);
	*count = n;
	return all;
}

/* The scene */

/* So nobody is nearby, whatever runs on this machine. */
static const char *const no_bus[] = {
    "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent", NULL};

void
scene_open(struct scene *s)
{
	struct person *ana = &s->ana;

	*s = (struct scene){.ana = {.rows = ROWS, .cols = COLS, .env = no_bus}};
	person_start(ana, "ana", NULL);
	assert_true(person_sees(ana, "waiting for a call"));
	/* It would come in the middle of something. */
	assert_true(person_sees(ana, "names of people nearby are not seen"));
	s->mallory = stranger_new("mallory");
	stranger_meets(s->mallory, ana);
	make_file(in_folder(ana->home, "canary"), 1000, 1);
	mkdir(ana->downloads, 0700);
	assert_int_equal(mkdir(in_folder(ana->downloads, "sub"), 0755), 0);
	make_file(in_folder(ana->downloads, "kept.txt"), 2000, 2);
	make_file(in_folder(ana->downloads, "sub/kept too"), 3000, 3);
}

void
scene_close(struct scene *s)
{
	stranger_free(s->mallory);
	person_release(&s->ana);
}

struct frame_offer
scene_offer(struct scene *s, const char *name, size_t len, uint64_t size)
{
	return (struct frame_offer){
	    .id = stranger_next_id(s->mallory),
	    .token = ++s->token,
	    .size = size,
	    .mtime_ns = 1600000000000000000,
	    .mode = 0777,
	    .name = name,
	    .name_len = len,
	};
}

uint32_t
scene_offers(struct scene *s, const char *name, uint64_t size)
{
	const struct frame_offer offer =
	    scene_offer(s, name, strlen(name), size);

	stranger_offers(s->mallory, &offer);
	return offer.id;
}

uint32_t
scene_offers_tree(
    struct scene *s, const struct buf *list, uint32_t entries, uint64_t size)
{
	struct frame_offer offer = scene_offer(s, "tree", 4, size);

	offer.entries = entries;
	offer.list_len = (uint32_t)buf_len(list);
	stranger_offers(s->mallory, &offer);
	stranger_streams(
	    s->mallory, offer.id, 0, buf_data(list), buf_len(list));
	return offer.id;
}

void
scene_accepts(struct scene *s)
{
	assert_true(person_sees(&s->ana, "question: /accept"));
	person_type(&s->ana, "/accept");
	assert_true(person_sees_no(&s->ana, "question: /accept"));
}

void
scene_clears(struct scene *s)
{
	person_type(&s->ana, "/clear");
	screen_wait_quiet(s->ana.screen, 50, 0);
}

/* A line begins with the time of the day. */
static bool
begins_line(const char *row)
{
	return strlen(row) > 5 && row[2] == ':' && row[0] >= '0' &&
	       row[0] <= '2';
}

int
scene_lines(struct scene *s)
{
	char row[SCREEN_ROW_MAX];
	int count = 0;

	for (int i = 1; i < ROWS - 1; i++)
		count += begins_line(screen_row_text(s->ana.screen, i, row));
	return count;
}

bool
scene_has_lines(struct scene *s, int count)
{
	screen_wait_quiet(s->ana.screen, 50, 0);
	if (scene_lines(s) == count)
		return true;
	print_error("%d lines instead of %d\n", scene_lines(s), count);
	screen_dump(s->ana.screen, stderr);
	return false;
}

void
scene_shows_nothing_of(struct scene *s, const struct hostile_name *n)
{
	static const char *const never[] = {"\xc2\x9b", "\xe2\x80\xae"};
	struct screen_modes modes;

	screen_modes(s->ana.screen, &modes);
	assert_null(strstr(modes.title, "owned"));
	assert_int_equal(modes.bells, 0);
	for (size_t i = 0; i < COUNT(never); i++)
		assert_false(screen_output_has(
		    s->ana.screen, never[i], strlen(never[i])));
	for (size_t i = 0; !n->legal && i < n->len; i++) {
		const uint8_t c = (uint8_t)n->name[i];

		if (c < ' ' || c == 0x7f || c >= 0x80) {
			assert_false(
			    screen_output_has(s->ana.screen, n->name, n->len));
			return;
		}
	}
}
