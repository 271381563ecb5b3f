/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The claims of each frame stand as they came, and go when all are taken. */
#include "net/claimed.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

struct claimed_part {
	struct claimed_part *next;
	size_t count, taken;
	uint8_t bytes[];
};

void
claimed_init(struct claimed *c)
{
	*c = (struct claimed){.first = NULL};
	c->end = &c->first;
}

static void
drop_first(struct claimed *c)
{
	struct claimed_part *first = c->first;

	c->first = first->next;
	if (c->first == NULL)
		c->end = &c->first;
	free(first);
}

void
claimed_release(struct claimed *c)
{
	while (c->first != NULL)
		drop_first(c);
}

/* Those of said that are in order, and of entries from next to upto. */
static struct claimed_part *
new_part(const struct frame_claims *said, uint32_t next, uint32_t upto)
{
	struct claimed_part *part =
	    mem_alloc(sizeof(*part) + said->count * WIRE_CLAIM_LEN);

	*part = (struct claimed_part){.count = 0};
	for (size_t i = 0; i < said->count; i++) {
		const uint8_t *bytes = said->bytes + i * WIRE_CLAIM_LEN;
		struct wire_claim claim;

		wire_claim_get(bytes, &claim);
		if (claim.entry < next || claim.entry >= upto)
			continue;
		next = claim.entry + 1;
		memcpy(part->bytes + part->count++ * WIRE_CLAIM_LEN, bytes,
		    WIRE_CLAIM_LEN);
	}
	return mem_realloc(part, sizeof(*part) + part->count * WIRE_CLAIM_LEN);
}

void
claimed_add(struct claimed *c, const struct frame_claims *said, size_t count)
{
	const uint32_t upto = said->upto < count ? said->upto : (uint32_t)count;
	struct claimed_part *part = new_part(said, c->upto, upto);

	if (upto > c->upto)
		c->upto = upto;
	if (part->count == 0) {
		free(part);
		return;
	}
	*c->end = part;
	c->end = &part->next;
}

bool
claimed_take(struct claimed *c, size_t entry, struct wire_claim *out)
{
	while (c->first != NULL) {
		struct claimed_part *part = c->first;

		wire_claim_get(part->bytes + part->taken * WIRE_CLAIM_LEN, out);
		if (out->entry > entry)
			return false;
		if (++part->taken == part->count)
			drop_first(c);
		if (out->entry == entry)
			return true;
	}
	return false;
}
