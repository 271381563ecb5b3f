/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Announcements: what is written is read again, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/announce.h"
#include "net/identity.h"
#include "src/base/err.h"
#include "src/base/text.h"
#include "src/base/util.h"

#define KEY_TEXT                                                               \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SALT_TEXT "00112233445566778899aabbccddeeff"

static struct announcement
open_as(const char *name)
{
	struct announcement a = {0};

	for (size_t i = 0; i < sizeof(a.key); i++)
		a.key[i] = (uint8_t)i;
	snprintf(a.name, sizeof(a.name), "%s", name);
	return a;
}

/* Write it, under label, and read it. */
static int
there_and_back(
    const struct announcement *a, const char *label, struct announcement *out)
{
	char text[ANNOUNCE_STRINGS_MAX][ANNOUNCE_STRING_MAX];
	struct announce_string strings[ANNOUNCE_STRINGS_MAX];
	size_t count = announce_write(a, label, text);

	assert_in_range(count, 2, ANNOUNCE_STRINGS_MAX);
	for (size_t i = 0; i < count; i++) {
		assert_in_range(strlen(text[i]), 1, ANNOUNCE_STRING_MAX - 1);
		strings[i] = (struct announce_string){text[i], strlen(text[i])};
	}
	return announce_parse(out, label, strings, count);
}

static void
test_open(void **state)
{
	static const char *const names[] = {
	    "ana", "Ana María", "日本 🎉", " ", "a\nb", "\x1b[2J", "%n%s"};
	char label[ANNOUNCE_LABEL_MAX], expected[ANNOUNCE_LABEL_MAX];
	struct announcement out;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct announcement a = open_as(names[i]);

		announce_label(&a, label);
		snprintf(expected, sizeof(expected), "%s [%02x%02x %02x%02x]",
		    names[i], a.key[0], a.key[1], a.key[2], a.key[3]);
		assert_string_equal(label, expected);
		assert_int_equal(there_and_back(&a, label, &out), 0);
		assert_false(out.hidden);
		assert_string_equal(out.name, names[i]);
		assert_memory_equal(out.key, a.key, sizeof(a.key));
		/* Somebody else had the name first. */
		assert_int_equal(there_and_back(&a, "ana #2", &out), 0);
		assert_string_equal(out.name, names[i]);
	}
}

/* The label ends between characters; the whole name goes another way. */
static void
test_long_names(void **state)
{
	char name[ANNOUNCE_NAME_MAX], label[ANNOUNCE_LABEL_MAX];
	struct announcement a, out;

	(void)state;
	for (size_t len = 60; len + 2 < sizeof(name); len += 2) {
		for (size_t i = 0; i < len; i += 2)
			memcpy(name + i, "ñ", 2);
		name[len] = '\0';
		a = open_as(name);
		announce_label(&a, label);
		assert_true(text_is_utf8(label, strlen(label)));
		assert_in_range(strlen(label), 60, ANNOUNCE_LABEL_MAX - 1);
		assert_int_equal(there_and_back(&a, label, &out), 0);
		assert_true(text_is_utf8(out.name, strlen(out.name)));
		assert_memory_equal(out.name, name, strlen(out.name));
		assert_in_range(strlen(out.name), len < 252 ? len : 252, len);
	}
}

static void
test_hidden(void **state)
{
	struct announcement a = {.hidden = true}, out;
	struct fingerprint key = {{7}}, other = {{8}};
	char label[ANNOUNCE_LABEL_MAX];
	uint8_t mark[MARK_LEN];

	(void)state;
	memset(a.salt, 0xab, sizeof(a.salt));
	fingerprint_mark(&key, a.salt, a.mark);
	announce_label(&a, label);
	assert_string_equal(label, "abababababababababababababababab");
	assert_int_equal(there_and_back(&a, label, &out), 0);
	assert_true(out.hidden);
	assert_string_equal(out.name, "");
	fingerprint_mark(&key, out.salt, mark);
	assert_memory_equal(mark, out.mark, sizeof(mark));
	/* Another key, and another salt, make another mark. */
	fingerprint_mark(&other, out.salt, mark);
	assert_memory_not_equal(mark, out.mark, sizeof(mark));
	out.salt[15] ^= 1;
	fingerprint_mark(&key, out.salt, mark);
	assert_memory_not_equal(mark, out.mark, sizeof(mark));
}

/* HMAC-SHA256 over the purpose, its end, and the salt: by another program. */
static void
test_mark_is_hmac(void **state)
{
	static const uint8_t want[MARK_LEN] = {0xba, 0xbc, 0x20, 0x03, 0x62,
	    0x8a, 0x88, 0x2d, 0x1f, 0xd1, 0x9b, 0x71, 0x61, 0x7b, 0xd3, 0x0f};
	struct fingerprint key;
	uint8_t salt[MARK_SALT_LEN], mark[MARK_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(key.bytes); i++)
		key.bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)(0x11 * i);
	fingerprint_mark(&key, salt, mark);
	assert_memory_equal(mark, want, sizeof(mark));
}

struct parse_case {
	const char *strings[4];
	int result;
	const char *name; /* NULL: hidden */
};

static void
test_parse(void **state)
{
	static const struct parse_case cases[] = {
	    {{"v=1", "fp=" KEY_TEXT}, 0, "service"},
	    {{"fp=" KEY_TEXT, "V=2", "future=x"}, 0, "service"},
	    {{"v=1", "FP=" KEY_TEXT, "n=Ana"}, 0, "Ana"},
	    {{"v=1", "n=first", "fp=" KEY_TEXT, "n=second"}, 0, "first"},
	    {{"v=1", "fp=" KEY_TEXT, "n="}, 0, "service"},
	    {{"v=1", "s=" SALT_TEXT, "m=" SALT_TEXT}, 0, NULL},
	    {{"v=1", "s=" SALT_TEXT, "m=" SALT_TEXT, "fp=" KEY_TEXT}, 0,
		"service"},
	    {{"v=1"}, ERR_PROTO, NULL},
	    {{NULL}, ERR_PROTO, NULL},
	    {{"fp=" KEY_TEXT}, ERR_PROTO, NULL},
	    {{"v=1", "fp"}, ERR_PROTO, NULL},
	    {{"v=1", "fp="}, ERR_PROTO, NULL},
	    {{"v=1", "=", "fp=" KEY_TEXT "0"}, ERR_PROTO, NULL},
	    {{"v=1", "fp=" KEY_TEXT "00"}, ERR_PROTO, NULL},
	    {{"v=1", "fp=g" KEY_TEXT}, ERR_PROTO, NULL},
	    {{"v=1", "xfp=" KEY_TEXT}, ERR_PROTO, NULL},
	    {{"v=1", "s=" SALT_TEXT}, ERR_PROTO, NULL},
	    {{"v=1", "m=" SALT_TEXT}, ERR_PROTO, NULL},
	    {{"v=1", "s=" SALT_TEXT, "m=00"}, ERR_PROTO, NULL},
	    /* The first one counts, good or bad. */
	    {{"v=1", "fp=00", "fp=" KEY_TEXT}, ERR_PROTO, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct parse_case *c = &cases[i];
		struct announce_string strings[COUNT(c->strings)];
		struct announcement a;
		size_t count = 0;
		int r;

		while (count < COUNT(strings) && c->strings[count] != NULL) {
			strings[count] = (struct announce_string){
			    c->strings[count], strlen(c->strings[count])};
			count++;
		}
		r = announce_parse(&a, "service", strings, count);
		if (r != c->result)
			fail_msg("case %zu: %d", i, r);
		if (r == 0 && a.hidden != (c->name == NULL))
			fail_msg("case %zu: hidden", i);
		if (r == 0 && c->name != NULL)
			assert_string_equal(a.name, c->name);
	}
}

/* Whatever the bytes are: no more than its bounds, and it ends. */
static void
test_any_bytes(void **state)
{
	struct announce_string strings[3];
	char bytes[3][256];
	struct announcement a;
	unsigned x = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < COUNT(strings); i++) {
			static const char *const heads[] = {
			    "v=", "fp=", "n=", "s=", "m=", ""};
			const char *head = heads[x / 7 % COUNT(heads)];
			size_t len;

			for (size_t k = 0; k < sizeof(bytes[i]); k++) {
				x = x * 1103515245 + 12345;
				bytes[i][k] = (char)(x >> 16);
			}
			len = x % sizeof(bytes[i]);
			memcpy(bytes[i], head, strlen(head));
			strings[i] = (struct announce_string){bytes[i], len};
		}
		if (announce_parse(&a, "", strings, COUNT(strings)) == 0)
			assert_in_range(strlen(a.name), 0, sizeof(a.name) - 1);
	}
	/* A name may hold anything but an end. */
	strings[0] = (struct announce_string){"v=1", 3};
	strings[1] = (struct announce_string){"fp=" KEY_TEXT, 67};
	strings[2] = (struct announce_string){"n=a\0b", 5};
	assert_int_equal(announce_parse(&a, "whole", strings, 3), 0);
	assert_string_equal(a.name, "whole");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open),
	    cmocka_unit_test(test_long_names),
	    cmocka_unit_test(test_hidden),
	    cmocka_unit_test(test_mark_is_hmac),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests_name("announce", tests, NULL, NULL);
}
