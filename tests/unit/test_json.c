/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/json.h"

static struct json *
parse(const char *text)
{
	return json_parse(text, strlen(text));
}

static void
test_values(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} cases[] = {
	    {"null", JSON_NULL},
	    {" true ", JSON_TRUE},
	    {"false\n", JSON_FALSE},
	    {"-12.5e1", JSON_NUMBER},
	    {"\"\"", JSON_STRING},
	    {"[]", JSON_ARRAY},
	    {"[ 1 , 2 ]", JSON_ARRAY},
	    {"{}", JSON_OBJECT},
	    {"{\"a\":{\"b\":[null]}}", JSON_OBJECT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json *j = parse(cases[i].text);

		assert_non_null(j);
		assert_int_equal(j->type, cases[i].type);
		json_free(j);
	}
}

static void
test_contents(void **state)
{
	struct json *j = parse("{\"a\": -12.5, \"b\": \"x\\\"\\\\\\n\\u00e9\", "
			       "\"c\": [1, \"two\", {}]}");
	const struct json *c;

	(void)state;
	assert_non_null(j);
	assert_true(json_get(j, "a")->number == -12.5);
	assert_string_equal(json_text(json_get(j, "b")), "x\"\\\n\xc3\xa9");
	c = json_get(j, "c");
	assert_int_equal((int)c->first->number, 1);
	assert_true(json_is(c->first->next, "two"));
	assert_null(c->first->next->next->next);
	assert_null(json_get(j, "d"));
	assert_null(json_get(c, "a"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_text(json_get(j, "a")));
	assert_false(json_is(NULL, ""));
	json_free(j);
}

static void
test_wrong(void **state)
{
	static const char *const cases[] = {"", " ", "nul", "[", "[1", "[1,",
	    "[1,]", "[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{a:1}",
	    "{\"a\":1,}", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"",
	    "\"\\u0000\"", "\"a\nb\"", "\"a\n\"", "\"\\x\"", "1 2", "--1",
	    "{\"a\":[{\"b\":\"c}]}"};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json *j = parse(cases[i]);

		if (j != NULL)
			fail_msg("'%s' is taken for JSON", cases[i]);
	}
	/* A NUL is no blank, and no number either. */
	assert_null(json_parse("1\0", 2));
	assert_null(json_parse("[1,\0]", 5));
}

static void
test_depth(void **state)
{
	char text[4 * JSON_DEPTH_MAX + 1] = "";
	struct json *j;

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	j = parse(text);
	assert_non_null(j);
	json_free(j);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	assert_null(parse(text));
}

/* Cut off anywhere, and with any byte changed: never more than a no. */
static void
test_damage(void **state)
{
	static const char whole[] =
	    "{\"a\": [1, -2.5e3, \"x\\u00e9\\\\y\", {\"b\": null}], "
	    "\"c\": true}";
	char text[sizeof(whole)];

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		char *part = mem_dup(whole, len + 1);

		part[len] = '\0';
		assert_null(json_parse(part, len));
		free(part);
	}
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		for (int byte = 0; byte < 256; byte++) {
			memcpy(text, whole, sizeof(whole));
			text[i] = (char)byte;
			json_free(json_parse(text, sizeof(whole) - 1));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_contents),
	    cmocka_unit_test(test_wrong),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
