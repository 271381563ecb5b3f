/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/drafts.h"

static const uint8_t ana[DRAFTS_KEY_LEN] = {0xA1, 2, 3};
static const uint8_t beto[DRAFTS_KEY_LEN] = {0xBE, [31] = 0xFF};

#define ANA_HEX "a10203" /* and zeros */
#define ZEROS   "00000000000000000000000000000000000000000000000000000000"

static void
test_set(void **state)
{
	struct drafts d = {0};

	(void)state;
	assert_null(drafts_get(&d, ana));
	assert_false(drafts_set(&d, ana, ""));
	assert_true(drafts_set(&d, ana, "hola"));
	assert_false(drafts_set(&d, ana, "hola"));
	assert_true(drafts_set(&d, NULL, "nobody"));
	assert_true(drafts_set(&d, beto, "b"));
	assert_string_equal(drafts_get(&d, ana), "hola");
	assert_string_equal(drafts_get(&d, NULL), "nobody");
	assert_true(drafts_set(&d, ana, "adiós"));
	assert_string_equal(drafts_get(&d, ana), "adiós");
	assert_true(drafts_set(&d, NULL, ""));
	assert_null(drafts_get(&d, NULL));
	assert_string_equal(drafts_get(&d, beto), "b");
	drafts_release(&d);
	assert_null(drafts_get(&d, ana));
}

static void
test_bound(void **state)
{
	struct drafts d = {0};
	uint8_t key[DRAFTS_KEY_LEN] = {0};

	(void)state;
	for (int i = 0; i <= DRAFTS_MAX; i++) {
		key[0] = (uint8_t)(i + 1);
		drafts_set(&d, key, "x");
	}
	assert_int_equal(d.count, DRAFTS_MAX);
	assert_string_equal(drafts_get(&d, key), "x");
	key[0] = 1;
	assert_null(drafts_get(&d, key));
	drafts_release(&d);
}

static void
test_file(void **state)
{
	struct drafts d = {0}, again = {0};
	char *file;

	(void)state;
	drafts_set(&d, NULL, "a\nb\\n");
	drafts_set(&d, ana, "¿qué?");
	drafts_set(&d, beto, " x ");
	file = drafts_file(&d);
	assert_memory_equal(file, "- a\\nb\\\\n\n" ANA_HEX, 16);
	drafts_parse(&again, file, strlen(file));
	assert_int_equal(again.count, 3);
	assert_string_equal(drafts_get(&again, NULL), "a\nb\\n");
	assert_string_equal(drafts_get(&again, ana), "¿qué?");
	assert_string_equal(drafts_get(&again, beto), " x ");
	free(file);
	drafts_release(&again);
	drafts_release(&d);
	file = drafts_file(&d);
	assert_string_equal(file, "");
	free(file);
}

static void
test_damage(void **state)
{
	static const char file[] = "\n"
				   "-\n"
				   "- \n"
				   "-x y\n"
				   "zz0203" ZEROS "zz wrong\n"
				   "A10203" ZEROS "00 capitals\n"
				   "a10203" ZEROS "00\n"
				   "- bad \xff utf\n"
				   "- good\n"
				   "a10203" ZEROS "x short\n"
				   "- cut off";
	struct drafts d = {0};

	(void)state;
	drafts_parse(&d, file, sizeof(file) - 1);
	assert_int_equal(d.count, 1);
	assert_string_equal(drafts_get(&d, NULL), "good");
	drafts_release(&d);
	drafts_parse(&d, "- a\0b\n", 6);
	assert_int_equal(d.count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_set),
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_file),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
