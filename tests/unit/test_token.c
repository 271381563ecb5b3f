/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/token.h"

#define BYTES(literal) literal, sizeof(literal) - 1

enum { START = 1000, LARGE = 1024 * 1024 };

/* Tokens as text: "T<a> C<\x0d> ..."; | marks what only time gave. */
struct trace {
	char text[4096];
	size_t len;
};

static void
trace_add(struct trace *trace, const char *s, size_t len)
{
	assert_true(trace->len + len < sizeof(trace->text));
	memcpy(trace->text + trace->len, s, len);
	trace->len += len;
	trace->text[trace->len] = '\0';
}

static void
trace_token(struct trace *trace, const struct token *token)
{
	static const char *const names[] = {[TOKEN_TEXT] = "T",
	    [TOKEN_CONTROL] = "C",
	    [TOKEN_ESCAPE] = "E",
	    [TOKEN_META] = "M",
	    [TOKEN_SEQUENCE] = "S",
	    [TOKEN_META_SEQUENCE] = "MS",
	    [TOKEN_PASTE] = "P",
	    [TOKEN_REPORT] = "R"};
	const char *name = names[token->type];
	char hex[8];
	size_t i;

	if (trace->len > 0)
		trace_add(trace, " ", 1);
	trace_add(trace, name, strlen(name));
	trace_add(trace, "<", 1);
	for (i = 0; i < token->len; i++) {
		unsigned char c = (unsigned char)token->bytes[i];

		if (c == 0x1B) {
			trace_add(trace, "^", 1);
		} else if (c < 0x20 || c >= 0x7F) {
			snprintf(hex, sizeof(hex), "\\%02x", c);
			trace_add(trace, hex, 3);
		} else {
			trace_add(trace, token->bytes + i, 1);
		}
	}
	trace_add(trace, ">", 1);
}

static void
drain(struct tokenizer *t, uint64_t now, struct trace *trace)
{
	struct token token;

	while (tokenizer_next(t, now, &token))
		trace_token(trace, &token);
}

/* Let time pass until nothing waits for it. */
static void
expire(struct tokenizer *t, struct trace *trace)
{
	while (tokenizer_deadline(t) != 0) {
		trace_add(trace, "|", 1);
		drain(t, tokenizer_deadline(t), trace);
	}
}

struct token_case {
	const char *bytes;
	size_t len;
	const char *want;
};

static const struct token_case cases[] = {
    {BYTES(""), ""},
    /* characters */
    {BYTES("a"), "T<a>"},
    {BYTES("ab "), "T<a> T<b> T< >"},
    {BYTES("\xc3\xa9z"), "T<\\c3\\a9> T<z>"},
    {BYTES("\xf0\x9f\x98\x80"), "T<\\f0\\9f\\98\\80>"},
    {BYTES("\xc3"), ""},
    {BYTES("\xe2\x82"), ""},
    {BYTES("\xf0\x9f\x98"), ""},
    {BYTES("\xc3z"), "T<\\c3> T<z>"},
    {BYTES("\xe2\x82z"), "T<\\e2> T<\\82> T<z>"},
    {BYTES("\xe2\x82\xe2\x82\xac"), "T<\\e2> T<\\82> T<\\e2\\82\\ac>"},
    {BYTES("\xff\x80"), "T<\\ff> T<\\80>"},
    {BYTES("\xc0\xaf"), "T<\\c0> T<\\af>"},
    {BYTES("\xed\xa0\x80"), "T<\\ed> T<\\a0> T<\\80>"},
    {BYTES("\xe0\x80\xaf"), "T<\\e0> T<\\80> T<\\af>"},
    {BYTES("\xf5"), "T<\\f5>"},
    {BYTES("\xc3\033x"), "T<\\c3> M<^x>"},
    /* controls */
    {BYTES("\0\x01\r\n\t\x7f"),
	"C<\\00> C<\\01> C<\\0d> C<\\0a> C<\\09> C<\\7f>"},
    /* ESC and what follows it */
    {BYTES("\033"), "| E<^>"},
    {BYTES("\033f"), "M<^f>"},
    {BYTES("\033\r"), "M<^\\0d>"},
    {BYTES("\033\x7f"), "M<^\\7f>"},
    {BYTES("\033\x18"), "M<^\\18>"},
    {BYTES("\033\xc3\xa9"), "M<^\\c3\\a9>"},
    {BYTES("\033\xff"), "M<^\\ff>"},
    {BYTES("\033\xc3"), "| E<^>"},
    {BYTES("\033\033"), "| M<^^>"},
    {BYTES("\033\033f"), "E<^> M<^f>"},
    {BYTES("\033\033\033"), "E<^>| M<^^>"},
    /* sequences */
    {BYTES("\033[A"), "S<^[A>"},
    {BYTES("\033[1;5C"), "S<^[1;5C>"},
    {BYTES("\033[3~x"), "S<^[3~> T<x>"},
    {BYTES("\033[13;2u"), "S<^[13;2u>"},
    {BYTES("\033[27;2;13~"), "S<^[27;2;13~>"},
    {BYTES("\033[2 q"), "S<^[2 q>"},
    {BYTES("\033[Z\033[Z"), "S<^[Z> S<^[Z>"},
    {BYTES("\033[R"), "S<^[R>"},
    {BYTES("\033[c"), "S<^[c>"},
    {BYTES("\033[[A"), "S<^[[A>"},
    {BYTES("\033[[Ex"), "S<^[[E> T<x>"},
    {BYTES("\033OP"), "S<^OP>"},
    {BYTES("\033OA"), "S<^OA>"},
    {BYTES("\033O5Cx"), "S<^O5C> T<x>"},
    {BYTES("\033O1;2P"), "S<^O1;2P>"},
    {BYTES("\033\033[C"), "MS<^^[C>"},
    {BYTES("\033\033[1;5C"), "MS<^^[1;5C>"},
    {BYTES("\033\033OC"), "MS<^^OC>"},
    {BYTES("\033\033\033[C"), "E<^> MS<^^[C>"},
    /* Alt and a character that begins sequences */
    {BYTES("\033["), "| M<^[>"},
    {BYTES("\033O"), "| M<^O>"},
    {BYTES("\033]"), "| M<^]>"},
    {BYTES("\033P"), "| M<^P>"},
    {BYTES("\033_"), "| M<^_>"},
    {BYTES("\033^"), "| M<^^>"},
    {BYTES("\033[["), "| M<^[> T<[>"},
    {BYTES("\033[\r"), "M<^[> C<\\0d>"},
    {BYTES("\033O\r"), "M<^O> C<\\0d>"},
    {BYTES("\033]\r"), "M<^]> C<\\0d>"},
    {BYTES("\033[\033[A"), "M<^[> S<^[A>"},
    {BYTES("\033]\033"), "| M<^]> E<^>"},
    {BYTES("\033\033["), "| E<^> M<^[>"},
    /* broken off */
    {BYTES("\033[1;"), "| S<^[1;>"},
    {BYTES("\033[3$"), "| S<^[3$>"},
    {BYTES("\033O5"), "| S<^O5>"},
    {BYTES("\033[1;5\x18x"), "R<^[1;5> C<\\18> T<x>"},
    {BYTES("\033[1\x1ax"), "R<^[1> C<\\1a> T<x>"},
    {BYTES("\033[1\033[A"), "R<^[1> S<^[A>"},
    {BYTES("\033[1\xc3\xa9"), "R<^[1> T<\\c3\\a9>"},
    {BYTES("\033O5\r"), "R<^O5> C<\\0d>"},
    {BYTES("\033]0;a\x18z"), "R<^]0;a> C<\\18> T<z>"},
    {BYTES("\033]0;a\rz"), "R<^]0;a> C<\\0d> T<z>"},
    {BYTES("\033P1\033[A"), "R<^P1> S<^[A>"},
    {BYTES("\033]0;a"), "| R<^]0;a>"},
    {BYTES("\033]0;a\033"), "| R<^]0;a> E<^>"},
    /* reports */
    {BYTES("\033[I\033[O"), "R<^[I> R<^[O>"},
    {BYTES("\033[<64;10;5M"), "R<^[<64;10;5M>"},
    {BYTES("\033[<0;1;1mx"), "R<^[<0;1;1m> T<x>"},
    {BYTES("\033[M !!x"), "R<^[M !!> T<x>"},
    {BYTES("\033[M\xff\xff\xffx"), "R<^[M\\ff\\ff\\ff> T<x>"},
    {BYTES("\033[M"), "| R<^[M>"},
    {BYTES("\033[M \r"), "R<^[M > C<\\0d>"},
    {BYTES("\033[24;80R"), "R<^[24;80R>"},
    {BYTES("\033[?2026;2$y"), "R<^[?2026;2$y>"},
    {BYTES("\033[4;1$y"), "R<^[4;1$y>"},
    {BYTES("\033[?62;22c"), "R<^[?62;22c>"},
    {BYTES("\033[>0;379;0c"), "R<^[>0;379;0c>"},
    {BYTES("\033[0n"), "R<^[0n>"},
    {BYTES("\033[8;24;80t"), "R<^[8;24;80t>"},
    {BYTES("\033]11;rgb:0/0/0\a!"), "R<^]11;rgb:0/0/0\\07> T<!>"},
    {BYTES("\033]11;rgb:0/0/0\033\\!"), "R<^]11;rgb:0/0/0^\\> T<!>"},
    {BYTES("\033P>|xterm(379)\033\\"), "R<^P>|xterm(379)^\\>"},
    {BYTES("\033_Gi=1;OK\033\\"), "R<^_Gi=1;OK^\\>"},
    {BYTES("\033^a\xc3\xa9\033\\"), "R<^^a\\c3\\a9^\\>"},
    {BYTES("\033\033[I"), "E<^> R<^[I>"},
    {BYTES("\033\033]1\a"), "E<^> R<^]1\\07>"},
    /* pastes */
    {BYTES("\033[200~hi\033[201~x"), "P<hi> T<x>"},
    {BYTES("\033[200~\033[201~"), "P<>"},
    {BYTES("a\033[200~b\033[201~\033[A"), "T<a> P<b> S<^[A>"},
    {BYTES("\033[200~a\r\nb\rc\nd\r\r\ne\033[201~"),
	"P<a\\0ab\\0ac\\0ad\\0a\\0ae>"},
    {BYTES("\033[200~a\tb\0\x01\x7f\bc\033[201~"), "P<a\\09bc>"},
    {BYTES("\033[200~\033[5~x\033[201~"), "P<[5~x>"},
    {BYTES("\033[200~\033[20\033[201~"), "P<[20>"},
    {BYTES("\033[200~\033\033[201~"), "P<>"},
    {BYTES("\033[200~\033[200~a\033[201~"), "P<[200~a>"},
    {BYTES("\033[200~a\xc2\x9b"
	   "5m\xc3\xa9\033[201~"),
	"P<a5m\\c3\\a9>"},
    {BYTES("\033[200~\xc2\xc2\x9b\x9b!\033[201~"), "P<!>"},
    {BYTES("\033[200~\xc2\0\x9b!\033[201~"), "P<!>"},
    {BYTES("\033[200~\xff\033[201~"), "P<\\ff>"},
    {BYTES("\033[200~lost"), "| P<lost>"},
    {BYTES("\033[200~lost\033[20"), "| P<lost>"},
    {BYTES("\033[200~"), "| P<>"},
    {BYTES("\033[201~x"), "R<^[201~> T<x>"},
    {BYTES("\033\033[200~a\033[201~"), "E<^> P<a>"},
};

static void
in_one_piece(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct tokenizer *t = tokenizer_new();
		struct trace trace = {.len = 0};

		tokenizer_feed(t, cases[i].bytes, cases[i].len, START);
		drain(t, START, &trace);
		expire(t, &trace);
		if (strcmp(trace.text, cases[i].want) != 0)
			fail_msg("case %zu: %s, not %s", i, trace.text,
			    cases[i].want);
		tokenizer_free(t);
	}
}

/* Wherever read(2) cuts, and however often, the keys are the same. */
static void
in_pieces(void **state)
{
	size_t i, at, step;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		for (step = 1; step <= cases[i].len; step++) {
			struct tokenizer *t = tokenizer_new();
			struct trace trace = {.len = 0};
			uint64_t now = START;
			size_t len = cases[i].len;

			for (at = 0; at < len; at += step) {
				now += TOKEN_ESCAPE_MS - 1;
				tokenizer_feed(t, cases[i].bytes + at,
				    len - at < step ? len - at : step, now);
				drain(t, now, &trace);
			}
			expire(t, &trace);
			if (strcmp(trace.text, cases[i].want) != 0)
				fail_msg("case %zu by %zu: %s, not %s", i, step,
				    trace.text, cases[i].want);
			tokenizer_free(t);
		}
}

static void
escape_has_its_time(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct trace trace = {.len = 0};

	(void)state;
	assert_true(tokenizer_deadline(t) == 0);
	tokenizer_feed(t, "\033", 1, START);
	drain(t, START, &trace);
	assert_true(tokenizer_deadline(t) == START + TOKEN_ESCAPE_MS);
	drain(t, START + TOKEN_ESCAPE_MS - 1, &trace);
	assert_string_equal(trace.text, "");
	drain(t, START + TOKEN_ESCAPE_MS, &trace);
	assert_string_equal(trace.text, "E<^>");
	assert_true(tokenizer_deadline(t) == 0);
	tokenizer_free(t);
}

/* An answer may come in two pieces; nobody types one. */
static void
answer_has_more_time(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct trace trace = {.len = 0};
	uint64_t now = START;

	(void)state;
	tokenizer_feed(t, BYTES("\033]11;rgb:"), now);
	drain(t, now, &trace);
	assert_true(tokenizer_deadline(t) == now + TOKEN_PASTE_MS);
	now += TOKEN_PASTE_MS - 1;
	tokenizer_feed(t, BYTES("0/0/0\a"), now);
	drain(t, now, &trace);
	assert_string_equal(trace.text, "R<^]11;rgb:0/0/0\\07>");
	tokenizer_free(t);
}

/* Nobody looked in the meantime; it was a key of its own all the same. */
static void
too_late_is_another_key(void **state)
{
	static const struct {
		const char *first, *then, *want;
	} late[] = {
	    {"\033", "f", "E<^> T<f>"},
	    {"\033", "[A", "E<^> T<[> T<A>"},
	    {"\033[", "A", "M<^[> T<A>"},
	    {"\033[1;5", "C", "S<^[1;5> T<C>"},
	    {"\033\033", "[A", "M<^^> T<[> T<A>"},
	    {"\033\033[", "A", "E<^> M<^[> T<A>"},
	    {"\033\xc3", "\xa9", "E<^> T<\\c3\\a9>"},
	    {"\xc3", "\xa9", "T<\\c3\\a9>"},
	    {"\033]1", "2\a", "R<^]1> T<2> C<\\07>"},
	    {"\033[200~a", "b\033[201~c", "P<a> T<b> R<^[201~> T<c>"},
	    {"\033[200~a\033[20", "1~c", "P<a> T<1> T<~> T<c>"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(late); i++) {
		struct tokenizer *t = tokenizer_new();
		struct trace trace = {.len = 0};
		uint64_t now = START;

		tokenizer_feed(t, late[i].first, strlen(late[i].first), now);
		drain(t, now, &trace);
		assert_string_equal(trace.text, "");
		now += TOKEN_PASTE_MS;
		tokenizer_feed(t, late[i].then, strlen(late[i].then), now);
		drain(t, now, &trace);
		if (strcmp(trace.text, late[i].want) != 0)
			fail_msg("case %zu: %s, not %s", i, trace.text,
			    late[i].want);
		assert_true(tokenizer_deadline(t) == 0);
		tokenizer_free(t);
	}
}

/* A token that nobody has fetched yet is due at once. */
static void
unfetched_is_due(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct token token;

	(void)state;
	tokenizer_feed(t, "ab", 2, START);
	assert_true(tokenizer_deadline(t) == START);
	assert_true(tokenizer_next(t, START, &token));
	assert_true(tokenizer_deadline(t) == START);
	assert_true(tokenizer_next(t, START, &token));
	assert_true(tokenizer_deadline(t) == 0);
	assert_false(tokenizer_next(t, START, &token));
	tokenizer_free(t);
}

/* Too long for a sequence: all of it is a report, and the end is found. */
static void
endless_sequences(void **state)
{
	static const struct {
		const char *begin, *body, *end;
	} ends[] = {
	    {"\033[", "1;", "R"},
	    {"\033]0;", "x", "\a"},
	    {"\033P", "\xc3\xa9", "\033\\"},
	};
	struct token token;
	size_t i, k, seen, step;

	(void)state;
	for (i = 0; i < COUNT(ends); i++)
		for (step = 1; step < 700; step += 23) {
			struct tokenizer *t = tokenizer_new();
			char *all = str_dup(ends[i].begin);
			size_t len, at;

			for (k = 0; k < 500; k++)
				str_replace(&all,
				    str_printf("%s%s", all, ends[i].body));
			str_replace(&all, str_printf("%s%s", all, ends[i].end));
			len = strlen(all);
			seen = 0;
			for (at = 0; at < len; at += step) {
				tokenizer_feed(t, all + at,
				    len - at < step ? len - at : step, START);
				while (tokenizer_next(t, START, &token)) {
					assert_int_equal(
					    token.type, TOKEN_REPORT);
					assert_memory_equal(
					    token.bytes, all + seen, token.len);
					seen += token.len;
				}
			}
			assert_int_equal(seen, len);
			tokenizer_feed(t, "R", 1, START);
			assert_true(tokenizer_next(t, START, &token));
			assert_int_equal(token.type, TOKEN_TEXT);
			tokenizer_free(t);
			free(all);
		}
}

/* An end that never comes does not take the keyboard away. */
static void
endless_string_is_given_up(void **state)
{
	struct tokenizer *t = tokenizer_new();
	struct trace trace = {.len = 0};
	char junk[2 * TOKEN_SEQUENCE_MAX];

	(void)state;
	memset(junk, 'x', sizeof(junk));
	tokenizer_feed(t, "\033]", 2, START);
	tokenizer_feed(t, junk, sizeof(junk), START);
	drain(t, START, &trace);
	assert_true(tokenizer_deadline(t) == 0);
	trace.len = 0;
	tokenizer_feed(t, "a", 1, START + TOKEN_PASTE_MS);
	drain(t, START + TOKEN_PASTE_MS, &trace);
	assert_string_equal(trace.text, "T<a>");
	tokenizer_free(t);
}

/* Would take hours if a token cost more than its own length. */
static void
large_input(void **state)
{
	static const char *const parts[] = {
	    "x", "\033[A", "\xe2\x82\xac", "\r", "\033f"};
	struct tokenizer *t = tokenizer_new();
	char *all = mem_alloc(LARGE);
	struct token token;
	size_t i, len, at, tokens;

	(void)state;
	for (i = 0; i < COUNT(parts); i++) {
		len = strlen(parts[i]);
		for (at = 0; at + len <= LARGE; at += len)
			memcpy(all + at, parts[i], len);
		tokenizer_feed(t, all, at, START);
		for (tokens = 0; tokenizer_next(t, START, &token); tokens++)
			assert_int_equal(token.len, len);
		assert_int_equal(tokens, LARGE / len);
	}
	/* Fed faster than fetched. */
	for (at = 0; at < LARGE; at++) {
		tokenizer_feed(t, "ab", 2, START);
		assert_true(tokenizer_next(t, START, &token));
	}
	for (tokens = 0; tokenizer_next(t, START, &token);)
		tokens++;
	assert_int_equal(tokens, LARGE);
	free(all);
	tokenizer_free(t);
	tokenizer_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(in_one_piece),
	    cmocka_unit_test(in_pieces),
	    cmocka_unit_test(escape_has_its_time),
	    cmocka_unit_test(answer_has_more_time),
	    cmocka_unit_test(too_late_is_another_key),
	    cmocka_unit_test(unfetched_is_due),
	    cmocka_unit_test(endless_sequences),
	    cmocka_unit_test(endless_string_is_given_up),
	    cmocka_unit_test(large_input),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
