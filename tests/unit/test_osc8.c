/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links and the clipboard, in the words of terminals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/osc52.h"
#include "ui/osc8.h"
#include "ui/style.h"

static void
add(struct osc8 *o, int row, int column, const char *text, const char *url)
{
	const struct osc8_part part = {
	    .row = row,
	    .column = column,
	    .style = TERM_UNDERLINE | TERM_CYAN,
	    .id = 7,
	    .text = (char *)text,
	    .url = (char *)url,
	};

	osc8_add(o, &part, strlen(text), strlen(url));
}

static void
assert_bytes(const struct osc8 *o, bool colours, const char *want)
{
	char *bytes = osc8_bytes(o, colours);

	assert_string_equal(bytes, want);
	free(bytes);
}

static void
test_link_bytes(void **state)
{
	struct osc8 o = {0};

	(void)state;
	assert_null(osc8_bytes(&o, true));
	add(&o, 2, 8, "http://a", "http://a.org");
	assert_bytes(&o, true,
	    "\0337\033[3;9H\033[0;4;36m\033]8;id=charla7;http://a.org\033\\"
	    "http://a\033]8;;\033\\\0338");
	add(&o, 3, 8, ".org", "http://a.org");
	assert_bytes(&o, false,
	    "\0337\033[3;9H\033[0;4m\033]8;id=charla7;http://a.org\033\\"
	    "http://a\033]8;;\033\\"
	    "\033[4;9H\033[0;4m\033]8;id=charla7;http://a.org\033\\"
	    ".org\033]8;;\033\\\0338");
	osc8_clear(&o);
	assert_null(osc8_bytes(&o, true));
	osc8_release(&o);
}

/* Nothing but printable ASCII reaches the terminal by this way. */
static void
test_bad_links_are_left_out(void **state)
{
	static const char *const bad[] = {"", "http://a b", "http://a\033\\",
	    "http://\a", "http://a\177", "http://\xc3\xb1", "http://a\n"};
	char *longer = mem_alloc(OSC8_MAX + 2);
	struct osc8 o = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		add(&o, 0, 0, "http://a", bad[i]);
		add(&o, 0, 0, bad[i], "http://a");
	}
	memset(longer, 'a', OSC8_MAX + 1);
	longer[OSC8_MAX + 1] = '\0';
	add(&o, 0, 0, "http://a", longer);
	assert_int_equal(o.count, 0);
	longer[OSC8_MAX] = '\0';
	add(&o, 0, 0, "http://a", longer);
	assert_int_equal(o.count, 1);
	osc8_release(&o);
	free(longer);
}

static void
test_sum_knows_what_is_around(void **state)
{
	uint64_t rows[4] = {1, 2, 3, 4}, sum;
	struct osc8 o = {0}, other = {0};

	(void)state;
	add(&o, 2, 8, "http://a", "http://a.org");
	add(&other, 2, 8, "http://a", "http://b.org");
	sum = osc8_sum(&o, rows, 4);
	assert_true(sum == osc8_sum(&o, rows, 4));
	assert_true(sum != osc8_sum(&other, rows, 4));
	/* Below the last link nothing matters. */
	rows[3]++;
	assert_true(sum == osc8_sum(&o, rows, 4));
	rows[0]++;
	assert_true(sum != osc8_sum(&o, rows, 4));
	rows[0]--;
	rows[2]++;
	assert_true(sum != osc8_sum(&o, rows, 4));
	osc8_release(&o);
	osc8_release(&other);
}

/* RFC 4648, section 10. */
static void
test_clipboard(void **state)
{
	static const struct {
		const char *text, *base64;
	} cases[] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"},
	    {"\xff\xfe\xfd\033\\", "//79G1w="},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *want = str_printf("\033]52;c;%s\033\\", cases[i].base64);
		char *got = osc52_bytes(cases[i].text, strlen(cases[i].text));

		assert_string_equal(got, want);
		free(got);
		free(want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_link_bytes),
	    cmocka_unit_test(test_bad_links_are_left_out),
	    cmocka_unit_test(test_sum_knows_what_is_around),
	    cmocka_unit_test(test_clipboard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
