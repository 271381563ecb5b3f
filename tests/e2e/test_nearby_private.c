/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the network sees of somebody who announces in private: everything that
 * goes over the cable, while marks are made anew more often than they usually
 * are. And what it sees of somebody who announces nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/util.h"
#include "tests/e2e/mdns.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/neighbourhood.h"
#include "tests/e2e/pausing.h"

enum {
	OFTEN_MS = 2000, /* stands for ten minutes */
	MARKS = 4,
	SALT_DIGITS = 32,
	KEY_BYTES = 32,
	SALTS_MAX = 64,
	PART = 9, /* bytes of a key */
};

/* Nowhere else in what goes over the cable. */
#define NAME "Hildegunde"

static bool allowed; /* found out once, in main */

/* The key on somebody's screen, as 64 digits. */
static void
key_of(struct person *p, char out[2 * KEY_BYTES + 1])
{
	size_t len = 0;
	char row[SCREEN_ROW_MAX];
	int at;

	assert_true(person_sees(p, "      key "));
	at = screen_find(p->screen, "      key ", NULL);
	for (int i = 0; i < 2; i++) {
		screen_row_text(p->screen, at + i, row);
		for (const char *c = row + sizeof("      key ") - 1;
		     *c != '\0' && len < 2 * KEY_BYTES; c++) {
			if (isxdigit((unsigned char)*c))
				out[len++] = *c;
		}
	}
	out[len] = '\0';
	assert_int_equal(len, 2 * KEY_BYTES);
}

/* As text in any case, and as bytes. */
static void
lacks(const char *frames, size_t len, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i + size <= len; i++) {
		if (strncasecmp(frames + i, text, size) == 0)
			fail_msg("'%s' went over the cable", text);
	}
}

static void
lacks_bytes(const char *frames, size_t len, const uint8_t *bytes, size_t size)
{
	assert_null(memmem(frames, len, bytes, size));
}

/* Of three bytes in a row base64 makes four characters, wherever it began. */
static void
write_base64(const uint8_t *bytes, char *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i + 3 <= PART; i += 3) {
		uint32_t three = (uint32_t)bytes[i] << 16 |
				 (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6)
			*out++ = letters[three >> shift & 63];
	}
	*out = '\0';
}

/* No nine bytes of it in a row: raw, as hex, in groups, or as base64. */
static void
lacks_key(const char *frames, size_t len, const char *digits)
{
	uint8_t key[KEY_BYTES];
	char text[2 * PART + 1], groups[3 * PART];

	for (size_t i = 0; i < KEY_BYTES; i++) {
		const char byte[] = {digits[2 * i], digits[2 * i + 1], '\0'};

		key[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	for (size_t i = 0; i + PART <= KEY_BYTES; i++) {
		size_t at = 0;

		lacks_bytes(frames, len, key + i, PART);
		memcpy(text, digits + 2 * i, 2 * PART);
		text[2 * PART] = '\0';
		lacks(frames, len, text);
		for (size_t k = 0; k < 2 * PART; k++) {
			if (k > 0 && (2 * i + k) % 4 == 0)
				groups[at++] = ' ';
			groups[at++] = text[k];
		}
		groups[at] = '\0';
		lacks(frames, len, groups);
		write_base64(key + i, text);
		lacks_bytes(frames, len, (const uint8_t *)text, strlen(text));
	}
}

/* How many salts there were, each counted once. */
static size_t
count_salts(const char *frames, size_t len)
{
	static const char mark[] = "\x22s=";
	char salts[SALTS_MAX][SALT_DIGITS];
	size_t count = 0;
	const char *at = frames;

	while (
	    (at = memmem(at, len - (size_t)(at - frames), mark, 3)) != NULL) {
		size_t i = 0;

		at += 3;
		while (i < count && memcmp(salts[i], at, SALT_DIGITS) != 0)
			i++;
		if (i == count && count < SALTS_MAX)
			memcpy(salts[count++], at, SALT_DIGITS);
	}
	return count;
}

/* Beto knows her, and she has never been seen by Carla. */
static void
get_to_know(struct neighbourhood *h, struct person *ana, struct person *beto)
{
	neighbour_start(h, NETNS_BETO, beto, "beto", NULL);
	assert_true(person_sees(beto, "waiting for a call"));
	neighbour_start(h, NETNS_ANA, ana, NAME,
	    (const char *const[]){"--announce=off", NULL});
	assert_true(person_sees(ana, "nearby;"));
	person_type(ana, "/connect beto");
	assert_true(person_sees(beto, NAME " knocks"));
	person_type(beto, "/accept");
	assert_true(person_sees(ana, "connected with beto"));
	assert_true(person_quits(ana));
	assert_true(person_sees(beto, NAME " left"));
	assert_int_equal(screen_count(beto->screen, "nearby;"), 0);
}

static void
test_private(void **state)
{
	static const char *const hidden[] = {"--announce=private", NULL};
	struct person ana = {0}, beto = {0}, carla = {0};
	const char *env[3] = {NULL};
	struct neighbourhood h;
	struct capture *capture;
	char digits[2 * KEY_BYTES + 1];
	char *frames;
	size_t len;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	get_to_know(&h, &ana, &beto);
	neighbour_start(&h, NETNS_BETO, &carla, "carla", NULL);
	assert_true(person_sees(&carla, "beto"));

	capture = capture_start(h.net, NETNS_BETO);
	env[0] = avahi_env(h.avahi[NETNS_ANA])[0];
	env[1] = text_of("CHARLA_ANNOUNCE_MS=%d", OFTEN_MS);
	ana.env = env;
	neighbour_start(&h, NETNS_ANA, &ana, NAME, hidden);
	key_of(&ana, digits);
	assert_true(person_sees(&beto, NAME "  known, UNVERIFIED"));
	assert_true(person_sees(&ana, "carla"));
	for (int i = 0; i < MARKS; i++) {
		pause_ms(OFTEN_MS);
		/* Nobody left and came in between. */
		assert_int_equal(screen_count(beto.screen, NAME "  known"), 1);
	}
	assert_int_equal(screen_count(carla.screen, NAME), 0);
	frames = capture_end(capture, &len);
	assert_true(len > 0);
	assert_in_range(count_salts(frames, len), MARKS - 1, SALTS_MAX - 1);
	lacks(frames, len, NAME);
	lacks_key(frames, len, digits);
	free(frames);

	/* In the open again: the capture is not blind. */
	capture = capture_start(h.net, NETNS_BETO);
	person_type(&ana, "/set announce on");
	assert_true(person_sees(&carla, NAME "  new"));
	frames = capture_end(capture, &len);
	assert_non_null(memmem(frames, len, NAME, strlen(NAME)));
	assert_non_null(memmem(frames, len, digits, 2 * KEY_BYTES));
	free(frames);
	person_type(&ana, "/set announce off");
	assert_true(person_sees_no(&carla, NAME));
	person_release(&carla);
	person_release(&ana);
	person_release(&beto);
	neighbourhood_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_private)};

	allowed = avahi_allowed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
