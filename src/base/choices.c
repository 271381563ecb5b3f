/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/choices.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

void
choices_add(struct choices *c, const char *word, const char *help)
{
	if (c->count == c->size) {
		c->size = c->size * 2 + 8;
		c->list = mem_realloc(c->list, c->size * sizeof(*c->list));
	}
	c->list[c->count++] = (struct choice){str_dup(word), str_dup(help)};
}

void
choices_add_if(
    struct choices *c, const char *prefix, const char *word, const char *help)
{
	if (strncmp(word, prefix, strlen(prefix)) == 0)
		choices_add(c, word, help);
}

void
choices_release(struct choices *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->list[i].word);
		free(c->list[i].help);
	}
	free(c->list);
	memset(c, 0, sizeof(*c));
}
