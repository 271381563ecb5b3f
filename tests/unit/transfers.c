/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/transfers.h"

#include "src/base/util.h"

struct transfer *
file_offered(enum transfer_dir dir, uint64_t size)
{
	struct frame_offer offer = {.id = 1, .token = 1, .size = size};

	return transfer_new(dir, &offer);
}

struct transfer *
tree_offered(enum transfer_dir dir, uint32_t entries, uint32_t list_len)
{
	struct frame_offer offer = {
	    .id = 1, .token = 1, .entries = entries, .list_len = list_len};

	return transfer_new(dir, &offer);
}

struct block *
new_block(size_t len)
{
	struct block *b = mem_zalloc(sizeof(*b) + len);

	b->len = len;
	return b;
}

int
on_answered(
    struct transfer *t, bool accepted, enum wire_why why, uint64_t offset)
{
	struct frame_answer answer = {
	    .accepted = accepted, .why = (uint8_t)why, .offset = offset};

	return transfer_on_answer(t, &answer);
}
