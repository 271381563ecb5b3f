/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla(1) lists the options, commands and keys that there are, written as
 * the program itself writes them, and no others; so does charla.conf(5).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/command.h"
#include "src/options.h"
#include "tests/unit/mdoc.h"
#include "ui/ui.h"

/* Items of a section's list that begin with start: what to compare with. */
struct part {
	const char *page;
	const char *section;
	int list;
	const char *start;
};

static bool
is_of(const struct mdoc_row *row, const struct part *part)
{
	return strcmp(row->section, part->section) == 0 &&
	       row->list == part->list && row->depth == 1 &&
	       strncmp(row->text, part->start, strlen(part->start)) == 0;
}

static size_t
count_of(const struct mdoc *page, const struct part *part, const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < page->count; i++)
		count += is_of(&page->rows[i], part) &&
			 strcmp(page->rows[i].text, text) == 0;
	return count;
}

static bool
contains(char *const *texts, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(texts[i], text) == 0)
			return true;
	}
	return false;
}

/* Says everything that differs; takes the strings over. */
static void
assert_same(const struct part *part, char **texts, size_t count)
{
	struct mdoc page;
	size_t wrong = 0;

	mdoc_read(&page, part->page);
	for (size_t i = 0; i < count; i++) {
		size_t n = count_of(&page, part, texts[i]);

		if (n != 1) {
			print_error("%s, %s: '%s' is there %zu times\n",
			    part->page, part->section, texts[i], n);
			wrong++;
		}
	}
	for (size_t i = 0; i < page.count; i++) {
		if (is_of(&page.rows[i], part) &&
		    !contains(texts, count, page.rows[i].text)) {
			print_error("%s, %s: there is no '%s'\n", part->page,
			    part->section, page.rows[i].text);
			wrong++;
		}
	}
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
	mdoc_release(&page);
	assert_int_equal(wrong, 0);
}

static void
test_options(void **state)
{
	const struct part part = {"man/charla.1", "OPTIONS", 0, "-"};
	char **texts = mem_alloc(OPTION_COUNT * sizeof(*texts));

	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *o = &option_table[i];
		const char *argument = o->argument != NULL ? o->argument : "";
		const char *space = *argument != '\0' ? " " : "";
		char letter[] = "-x, ";

		letter[1] = o->short_name;
		texts[i] =
		    str_printf("%s--%s%s%s", o->short_name != 0 ? letter : "",
			o->long_name, space, argument);
	}
	assert_same(&part, texts, OPTION_COUNT);
}

/* What can stand in charla.conf, as "option = VALUE". */
static void
test_config(void **state)
{
	const struct part part = {"man/charla.conf.5", "OPTIONS", 0, ""};
	char **texts = mem_alloc(OPTION_COUNT * sizeof(*texts));
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *o = &option_table[i];

		if (o->where & OPTION_NO_FILE)
			continue;
		texts[count++] = str_printf("%s = %s", o->long_name,
		    o->argument != NULL ? o->argument : "on | off");
	}
	assert_same(&part, texts, count);
}

static void
test_commands(void **state)
{
	const struct part part = {"man/charla.1", "COMMANDS", 0, ""};
	char **texts = mem_alloc(command_count * sizeof(*texts));

	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];

		texts[i] = str_printf("/%s%s%s", c->name,
		    *c->synopsis != '\0' ? " " : "", c->synopsis);
	}
	assert_same(&part, texts, command_count);
}

static void
test_keys(void **state)
{
	const struct part part = {"man/charla.1", "KEY BINDINGS", 0, ""};
	char **texts = mem_alloc(ui_key_count * sizeof(*texts));

	(void)state;
	for (size_t i = 0; i < ui_key_count; i++)
		texts[i] =
		    str_printf("%s (%s)", ui_keys[i].name, ui_keys[i].function);
	assert_same(&part, texts, ui_key_count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_options),
	    cmocka_unit_test(test_config),
	    cmocka_unit_test(test_commands),
	    cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
