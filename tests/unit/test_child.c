/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other programs: what they print, how they end, and when they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/child.h"

enum { LONG_MS = 60 * 1000, SHORT_MS = 50 };

static int
run(const char *script, int max_ms, char **out)
{
	const char *const words[] = {"sh", "-c", script, NULL};

	return child_ask(words, max_ms, out);
}

static void
test_output(void **state)
{
	static const char *const missing[] = {"no-such-program", NULL};
	char *out;

	(void)state;
	assert_int_equal(run("echo a; echo b >&2; exit 3", LONG_MS, &out), 3);
	assert_string_equal(out, "a\nb\n");
	free(out);
	assert_int_equal(run("cat", LONG_MS, &out), 0);
	assert_string_equal(out, "");
	free(out);
	assert_int_equal(
	    run("echo $LC_ALL; kill -9 $$", LONG_MS, &out), CHILD_LOST);
	assert_string_equal(out, "C\n");
	free(out);
	assert_int_equal(child_ask(missing, LONG_MS, &out), CHILD_MISSING);
	free(out);
}

/* More than a pipe holds. */
static void
test_large(void **state)
{
	char *out;

	(void)state;
	assert_int_equal(
	    run("head -c 1000000 /dev/zero | tr '\\0' x", LONG_MS, &out), 0);
	assert_int_equal(strlen(out), 1000000);
	free(out);
	assert_int_equal(run("yes", LONG_MS, &out), CHILD_LOST);
	free(out);
}

/* It does not end, with its output open and closed. */
static void
test_late(void **state)
{
	char *out;

	(void)state;
	assert_int_equal(
	    run("echo a; exec sleep 1000", SHORT_MS, &out), CHILD_LOST);
	free(out);
	assert_int_equal(
	    run("exec sleep 1000 >/dev/null 2>&1", SHORT_MS, &out), CHILD_LOST);
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_output),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
