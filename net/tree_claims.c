/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was told to be here of a tree, until its records have come. */
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "net/tree_internal.h"
#include "src/base/util.h"

enum { CLAIMS_FIRST = 64 };

size_t
tree_claims_left(const struct tree_claims *c)
{
	return c->count - c->first;
}

static void
make_room(struct tree_claims *c)
{
	const size_t left = tree_claims_left(c);

	/* Where most of it is behind, there is room at the beginning. */
	if (c->first > left) {
		memmove(c->all, c->all + c->first, left * sizeof(*c->all));
		c->first = 0;
		c->count = left;
		return;
	}
	c->room = c->room > 0 ? 2 * c->room : CLAIMS_FIRST;
	c->all = mem_realloc(c->all, c->room * sizeof(*c->all));
}

void
tree_claims_add(struct tree_claims *c, const struct tree_claim *claim)
{
	if (c->count == c->room)
		make_room(c);
	c->all[c->count++] = *claim;
}

struct tree_claim *
tree_claims_at(struct tree_claims *c, size_t entry)
{
	while (c->first < c->count && c->all[c->first].entry < entry)
		XXH3_freeState(c->all[c->first++].state);
	if (c->first == c->count || c->all[c->first].entry > entry)
		return NULL;
	return &c->all[c->first];
}

void
tree_claims_release(struct tree_claims *c)
{
	tree_claims_at(c, SIZE_MAX);
	free(c->all);
	*c = (struct tree_claims){0};
}
