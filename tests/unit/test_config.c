/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "src/config.h"
#include "tests/unit/scratch.h"

static void
test_good(void **state)
{
	static const char text[] = "# a comment = 1\n"
				   "\n"
				   "  name =  Ana de la O \r\n"
				   "theme=dark\n"
				   "\ttime-format = \" %H.%M \"\n"
				   "mouse = on\n"
				   "title = off\n"
				   "dir = a = b\n"
				   "port = 7000\n"
				   "port = 7001";
	struct options o;

	(void)state;
	options_init(&o);
	assert_null(config_apply(&o, "x", text));
	assert_string_equal(o.name, "Ana de la O");
	assert_int_equal(o.theme, UI_THEME_DARK);
	assert_string_equal(o.time_format, " %H.%M ");
	assert_true(o.mouse);
	assert_false(o.title);
	assert_string_equal(o.dir, "a = b");
	assert_int_equal(o.port, 7001);
	options_release(&o);
}

static void
test_bad(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {"them = dark", "f:1: there is no option 'them'; is 'theme' meant"},
	    {"\n\nxyzzyxyzzy = 1", "f:3: there is no option 'xyzzyxyzzy'"},
	    {"theme = pink", "f:1: option 'theme' is one of auto, dark"},
	    {"theme",
		"f:1: option 'theme' needs a value, like 'theme = THEME'"},
	    {"mouse", "like 'mouse = on'"},
	    {"mouse =", "f:1: option 'mouse' is one of on, off, not ''"},
	    {"name =", "f:1: option 'name' needs NAME"},
	    {"= 3", "f:1: there is no option ''"},
	    {"help = on", "f:1: 'help' is for the command line only"},
	    {"data = /tmp", "f:1: 'data' is for the command line only"},
	    {"port = 0\nmouse = on\nat-once = x", "\nf:3: option 'at-once'"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options o;
		char *trouble;

		options_init(&o);
		trouble = config_apply(&o, "f", cases[i].text);
		assert_non_null(trouble);
		if (strstr(trouble, cases[i].says) == NULL)
			fail_msg("'%s' lacks '%s'", trouble, cases[i].says);
		free(trouble);
		options_release(&o);
	}
}

static void
test_rewrite(void **state)
{
	static const struct {
		const char *before;
		struct config_change change;
		const char *after;
	} cases[] = {
	    {"", {OPTION_THEME, (char *)"dark"}, "theme = dark\n"},
	    {"# mine", {OPTION_THEME, (char *)"dark"},
		"# mine\ntheme = dark\n"},
	    {"# mine\n\nport=1\n", {OPTION_PORT, (char *)"2"},
		"# mine\n\nport = 2\n"},
	    {"port=1\nport=2\nx", {OPTION_PORT, (char *)"3"},
		"port=1\nport = 3\nx"},
	    {"#port=1\n", {OPTION_PORT, (char *)"3"}, "#port=1\nport = 3\n"},
	    {"", {OPTION_TIME_FORMAT, (char *)""}, "time-format = \"\"\n"},
	    {"", {OPTION_TIME_FORMAT, (char *)"%H "},
		"time-format = \"%H \"\n"},
	    {"", {OPTION_DIR, (char *)"\"x\""}, "dir = \"\"x\"\"\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config_change *c = &cases[i].change;
		struct options o;
		char *after = config_rewrite(cases[i].before, c, 1), *value;

		assert_string_equal(after, cases[i].after);
		/* What was written is read. */
		options_init(&o);
		free(config_apply(&o, "f", after));
		value = option_get(&o, c->id);
		assert_string_equal(value, c->value);
		free(value);
		free(after);
		options_release(&o);
	}
}

/* A new one is private; one that is there keeps its mode, a link stays one. */
static void
test_save(void **state)
{
	const struct config_change change = {OPTION_THEME, (char *)"dark"};
	char *top = scratch_new();
	char *link = scratch_path(top, "charla.conf");
	char *file = scratch_path(top, "deep/down/charla.conf");
	struct options o = {.config = file};
	struct reason why;
	struct stat st;
	size_t len;
	char *text;

	(void)state;
	assert_int_equal(config_save(file, &change, 1, &why), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(chmod(file, 0640), 0);
	assert_int_equal(symlink("deep/down/charla.conf", link), 0);
	assert_int_equal(config_save(link, &change, 1, &why), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	text = scratch_read(file, &len);
	assert_string_equal(text, "theme = dark\n");
	free(text);
	assert_null(config_read(&o));
	assert_int_equal(o.theme, UI_THEME_DARK);
	/* Nothing but the file is left. */
	*strrchr(file, '/') = '\0';
	assert_int_equal(scratch_count(file), 1);
	free(link);
	free(file);
	scratch_free(top);
}

static void
test_unreadable(void **state)
{
	char *top = scratch_new();
	char *file = scratch_path(top, "no.conf");
	struct options o = {.data = top};
	char *trouble = config_read(&o);

	(void)state;
	assert_null(trouble);
	o.config = file;
	trouble = config_read(&o);
	assert_non_null(strstr(trouble, "cannot read '"));
	free(trouble);
	/* Nobody writes into it, and it is not waited for. */
	assert_int_equal(mkfifo(file, 0600), 0);
	trouble = config_read(&o);
	assert_null(trouble);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	trouble = config_read(&o);
	assert_non_null(strstr(trouble, "Is a directory"));
	free(trouble);
	free(file);
	scratch_free(top);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_rewrite),
	    cmocka_unit_test(test_save),
	    cmocka_unit_test(test_unreadable),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
