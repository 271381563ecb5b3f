/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "src/base/util.h"
#include "src/command_run.h"

/* Commands that begin with prefix; slash goes in front of each. */
static void
complete_names(
    const char *prefix, const char *slash, char ***words, size_t *count)
{
	for (size_t i = 0; i < command_count; i++) {
		const char *name = command_table[i].name;

		if (strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		*words = mem_realloc(*words, (*count + 1) * sizeof(char *));
		(*words)[(*count)++] = str_printf("%s%s", slash, name);
	}
}

void
command_complete(
    const char *line, size_t start, char ***words, size_t *count, bool *paths)
{
	const struct command *c;

	*words = NULL;
	*count = 0;
	*paths = false;
	if (line[0] != '/' || line[1] == '/')
		return;
	if (start <= 1) {
		complete_names(line + 1, start == 0 ? "/" : "", words, count);
		return;
	}
	c = command_find(line + 1, strcspn(line + 1, COMMAND_BLANKS));
	if (c == NULL)
		return;
	if (c->words == COMMAND_PATHS) {
		*paths = true;
	} else if (c->words == COMMAND_COMMANDS) {
		const char *word = line + start;
		bool slash = *word == '/';

		complete_names(
		    word + (slash ? 1 : 0), slash ? "/" : "", words, count);
	}
}
