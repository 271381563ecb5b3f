/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/paste.h"
#include "ui/token.h"

#define BYTES(literal) literal, sizeof(literal) - 1

enum { START = 1000 };

struct paste_case {
	const char *came;
	size_t len;
	const char *want;
};

static const struct paste_case cases[] = {
    {BYTES(""), ""},
    {BYTES("word"), "word"},
    {BYTES("a\r\nb\rc\nd"), "a\nb\nc\nd"},
    {BYTES("\r\r\n\n\r"), "\n\n\n\n"},
    {BYTES("\r\033\n"), "\n\n"},
    {BYTES("a\tb\0\a\b\v\f\x1f\x7f"), "a\tb"},
    {BYTES("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    {BYTES("\xc2\x80\xc2\x9f\xc2\xa0"), "\xc2\xa0"},
    {BYTES("\xc2\xc2\xc2\x85\x85\x85!"), "!"},
    {BYTES("\xc2\x1f\x85!"), "!"},
    {BYTES("\x85\xff"), "\x85\xff"},
    {BYTES("\033[31mred\033[0m"), "[31mred[0m"},
    {BYTES("\033[201;\033[20~\033[2"), "[201;[20~"},
};

static void
known_pastes(void **state)
{
	struct paste paste = {0};
	size_t i, at, step;
	bool ended;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		for (step = 1; step <= cases[i].len + 1; step++) {
			size_t left, used;

			paste_begin(&paste);
			for (at = 0; at < cases[i].len; at += used) {
				left = cases[i].len - at;
				used = paste_add(&paste, cases[i].came + at,
				    left < step ? left : step, &ended);
				assert_false(ended);
			}
			paste_end(&paste);
			if (paste.len != strlen(cases[i].want) ||
			    (paste.len > 0 && memcmp(paste.data, cases[i].want,
						  paste.len) != 0))
				fail_msg("case %zu by %zu", i, step);
			assert_int_equal(paste.came, cases[i].len);
		}
	paste_release(&paste);
	assert_null(paste.data);
}

static void
end_marker(void **state)
{
	struct paste paste = {0};
	bool ended;

	(void)state;
	paste_begin(&paste);
	assert_int_equal(paste_add(&paste, BYTES("ab\033[20"), &ended), 6);
	assert_false(ended);
	assert_int_equal(paste_add(&paste, BYTES("1~cd"), &ended), 2);
	assert_true(ended);
	assert_int_equal(paste.len, 2);
	assert_int_equal(paste.came, 2);
	paste_release(&paste);
}

static void
paste_has_its_time(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct token token;
	uint64_t now = START;
	int i;

	(void)state;
	tokenizer_feed(t, BYTES("\033[200~"), now);
	for (i = 0; i < 5; i++) {
		now += TOKEN_PASTE_MS - 1;
		tokenizer_feed(t, "x", 1, now);
		assert_false(tokenizer_next(t, now, &token));
		assert_true(tokenizer_deadline(t) == now + TOKEN_PASTE_MS);
	}
	assert_true(tokenizer_next(t, now + TOKEN_PASTE_MS, &token));
	assert_int_equal(token.type, TOKEN_PASTE);
	assert_int_equal(token.len, 5);
	assert_memory_equal(token.bytes, "xxxxx", 5);
	tokenizer_free(t);
}

static void
paste_is_counted(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct token token;

	(void)state;
	tokenizer_feed(t, BYTES("\033[200~a\r\n\033[5~\x01\033[201~"), START);
	assert_true(tokenizer_next(t, START, &token));
	assert_int_equal(token.type, TOKEN_PASTE);
	assert_int_equal(token.len, strlen("a\n[5~"));
	assert_int_equal(token.pasted, strlen("a\r\n\033[5~\x01"));
	tokenizer_free(t);
}

/* Feed a paste of count times part; the token is in *token. */
static void
large_paste(
    struct tokenizer *t, const char *part, size_t count, struct token *token)
{
	size_t len = strlen(part), i;

	tokenizer_feed(t, BYTES("\033[200~"), START);
	for (i = 0; i < count; i++) {
		tokenizer_feed(t, part, len, START);
		assert_false(tokenizer_next(t, START, token));
	}
	tokenizer_feed(t, BYTES("\033[201~"), START);
	assert_true(tokenizer_next(t, START, token));
	assert_int_equal(token->type, TOKEN_PASTE);
	assert_int_equal(token->pasted, len * count);
}

static void
paste_has_a_bound(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct token token;
	size_t euros = TOKEN_PASTE_MAX / 3;

	(void)state;
	large_paste(t, "0123456789abcdef", TOKEN_PASTE_MAX / 16, &token);
	assert_int_equal(token.len, TOKEN_PASTE_MAX);
	large_paste(t, "0123456789abcdef", TOKEN_PASTE_MAX / 16 + 1, &token);
	assert_int_equal(token.len, TOKEN_PASTE_MAX);
	/* Only whole characters are kept. */
	large_paste(t, "\xe2\x82\xac", euros + 10, &token);
	assert_int_equal(token.len, euros * 3);
	assert_memory_equal(token.bytes + token.len - 3, "\xe2\x82\xac", 3);
	/* And the next one starts afresh. */
	large_paste(t, "x", 1, &token);
	assert_int_equal(token.len, 1);
	tokenizer_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_pastes),
	    cmocka_unit_test(end_marker),
	    cmocka_unit_test(paste_has_its_time),
	    cmocka_unit_test(paste_is_counted),
	    cmocka_unit_test(paste_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
