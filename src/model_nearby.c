/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The people nearby in it. */
#include "src/model.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

static char *
clean(const char *s)
{
	return text_clean(s, strlen(s), TEXT_LABEL);
}

static bool
same(const struct near *a, const struct near *b)
{
	return a->number == b->number && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->trust, b->trust) == 0 &&
	       strcmp(a->where, b->where) == 0;
}

static void
near_release(struct near *n)
{
	free(n->name);
	free(n->trust);
	free(n->where);
}

/* Takes the copies over, list included. */
static void
put(struct model *m, struct near *list, size_t count)
{
	bool changed = count != m->nearby_count;

	for (size_t i = 0; i < count && !changed; i++)
		changed = !same(&list[i], &m->nearby[i]);
	for (size_t i = 0; i < m->nearby_count; i++)
		near_release(&m->nearby[i]);
	free(m->nearby);
	m->nearby = list;
	m->nearby_count = count;
	if (changed)
		m->version++;
}

void
model_nearby(struct model *m, const struct near *list, size_t count)
{
	struct near *copy = count > 0 ? mem_alloc(count * sizeof(*copy)) : NULL;

	for (size_t i = 0; i < count; i++)
		copy[i] = (struct near){
		    .number = list[i].number,
		    .name = clean(list[i].name),
		    .trust = clean(list[i].trust),
		    .where = clean(list[i].where),
		};
	put(m, copy, count);
}
