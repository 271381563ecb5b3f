/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shells complete every option there is, with its values, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/options.h"
#include "tests/unit/scratch.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";

static char *
read_file(const char *name)
{
	const char *top = getenv("CHARLA_TOP");
	char *path =
	    str_printf("%s/completions/%s", top != NULL ? top : ".", name);
	size_t len;
	char *text = scratch_read(path, &len);

	assert_non_null(text);
	free(path);
	return text;
}

/* Every word behind mark is a long name; which ones are there? */
static void
check_names(const char *file, const char *mark)
{
	bool there[OPTION_COUNT] = {false};
	char *text = read_file(file);

	for (const char *at = text; (at = strstr(at, mark)) != NULL;) {
		enum option_id id;
		size_t len;

		at += strlen(mark);
		len = strspn(at, letters);
		id =
		    len > 0 && *at != '-' ? option_find(at, len) : OPTION_COUNT;
		if (id != OPTION_COUNT)
			there[id] = true;
		else if (len > 0 && *at != '-')
			fail_msg("%s: there is no option '%.*s'", file,
			    (int)len, at);
	}
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!there[i])
			fail_msg(
			    "%s lacks '%s'", file, option_table[i].long_name);
	}
	free(text);
}

/* "auto dark light mono", just like this. */
static void
check_values(const char *file)
{
	char *text = read_file(file);

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const char *const *value = option_table[i].choices;
		char *all;

		if (value == NULL)
			continue;
		all = str_dup(*value);
		while (*++value != NULL)
			str_replace(&all, str_printf("%s %s", all, *value));
		if (strstr(text, all) == NULL)
			fail_msg("%s lacks '%s'", file, all);
		free(all);
	}
	free(text);
}

/* What can stand in the place of whom to call. */
static void
check_doctor(const char *file)
{
	char *text = read_file(file);

	if (strstr(text, OPTIONS_DOCTOR) == NULL)
		fail_msg("%s lacks '%s'", file, OPTIONS_DOCTOR);
	free(text);
}

static void
test_shells(void **state)
{
	(void)state;
	check_names("charla.bash", "--");
	check_values("charla.bash");
	check_doctor("charla.bash");
	check_names("_charla", "--");
	check_values("_charla");
	check_doctor("_charla");
	check_names("charla.fish", " -l ");
	check_values("charla.fish");
	check_doctor("charla.fish");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_shells)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
