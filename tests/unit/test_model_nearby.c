/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People nearby in the model: clean, copied, and no news without a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "src/base/util.h"
#include "src/model.h"

static void
test_clean(void **state)
{
	char name[] = "\x1b[2Jana\n", trust[] = "new", where[] = "10.0.0.1";
	struct near ana = {7, name, trust, where};
	struct model m;

	(void)state;
	model_init(&m);
	model_nearby(&m, &ana, 1);
	assert_int_equal(m.nearby_count, 1);
	assert_int_equal(m.nearby[0].number, 7);
	assert_string_equal(m.nearby[0].name, "␛[2Jana␊");
	name[5] = 'x';
	assert_string_equal(m.nearby[0].name, "␛[2Jana␊");
	model_release(&m);
}

static void
test_versions(void **state)
{
	char ana[] = "ana", beto[] = "beto", trust[] = "new", at[] = "10.0.0.1";
	char known[] = "known";
	const struct near lists[][2] = {
	    {{1, ana, trust, at}, {2, beto, trust, at}},
	    {{1, ana, trust, at}, {2, beto, known, at}},
	    {{3, ana, trust, at}, {2, beto, known, at}},
	    {{3, beto, trust, at}, {2, beto, known, at}},
	    {{3, beto, trust, known}, {2, beto, known, at}},
	};
	struct model m;
	uint64_t version;

	(void)state;
	model_init(&m);
	version = m.version;
	model_nearby(&m, NULL, 0);
	assert_int_equal(m.version, version);
	for (size_t i = 0; i < COUNT(lists); i++) {
		model_nearby(&m, lists[i], 2);
		assert_true(m.version > version);
		version = m.version;
		model_nearby(&m, lists[i], 2);
		assert_int_equal(m.version, version);
	}
	model_nearby(&m, lists[4], 1);
	assert_true(m.version > version);
	version = m.version;
	model_nearby(&m, NULL, 0);
	assert_true(m.version > version);
	model_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_versions),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("model nearby", tests, NULL, NULL);
}
