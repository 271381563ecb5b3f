/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session_claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "src/base/util.h"

/* What side_claim says of an entry. */
static void
make_claim(uint32_t id, uint32_t entry, uint8_t out[WIRE_CLAIM_LEN])
{
	struct wire_claim c = {.entry = entry, .offset = entry / 2};

	pair_proof(id, c.offset, c.hash);
	wire_claim_put(out, &c);
}

int
side_claim(struct side *side, uint32_t id, uint32_t upto)
{
	const struct transfer *t = session_transfer(side->s, TRANSFER_IN, id);
	uint32_t from = t != NULL ? t->claimed : upto;
	uint8_t *bytes = mem_zalloc((upto - from + 1) * (size_t)WIRE_CLAIM_LEN);
	struct frame_claims claims = {.upto = upto, .bytes = bytes};
	int r;

	for (uint32_t entry = from; entry < upto; entry++)
		if (entry % 2 == 0)
			make_claim(
			    id, entry, bytes + claims.count++ * WIRE_CLAIM_LEN);
	r = session_claims(side->s, id, &claims);
	free(bytes);
	return r;
}

void
assert_claims(const struct session_event *e)
{
	assert_int_equal(e->claims->upto, e->transfer->claimed);
	for (size_t i = 0; i < e->claims->count; i++) {
		const uint8_t *bytes = e->claims->bytes + i * WIRE_CLAIM_LEN;
		uint8_t right[WIRE_CLAIM_LEN];
		struct wire_claim c;

		wire_claim_get(bytes, &c);
		assert_int_equal(c.entry % 2, 0);
		make_claim(e->transfer->id, c.entry, right);
		assert_memory_equal(bytes, right, WIRE_CLAIM_LEN);
	}
}
