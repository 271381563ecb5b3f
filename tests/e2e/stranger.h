/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A peer made by hand, inside the test program: it calls a charla over real
 * TLS with a key of its own, says HELLO as it should, and from then on says
 * whatever the test likes, whether that makes sense or not. What the program
 * answers is kept, frame by frame, in the order in which it came.
 *
 * It answers PING by itself, and keeps to no rule but that.
 */
#ifndef CHARLA_TESTS_STRANGER_H
#define CHARLA_TESTS_STRANGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/wire.h"
#include "tests/e2e/people.h"

struct stranger;

/* A new key; it is called name. */
struct stranger *stranger_new(const char *name);
void stranger_free(struct stranger *s); /* NULL is fine */

/* Connect, and say nothing yet; what was heard before is forgotten. */
void stranger_connects(struct stranger *s, const struct person *whom);
/* Wait for a call at a listening socket that does not block, and take it. */
void stranger_is_called(struct stranger *s, int listening);
/* Connect, and say HELLO. */
void stranger_calls(struct stranger *s, const struct person *whom);
/* The same, and whom says /accept where they are asked; until both may talk. */
void stranger_meets(struct stranger *s, struct person *whom);
/* Let go of the connection, without a word. */
void stranger_goes(struct stranger *s);
/* Nothing comes any more; what was heard last is BYE, or it was cut off. */
bool stranger_is_out(struct stranger *s);

/* These return when all of it has left. A frame has to be a good one. */
void stranger_says(struct stranger *s, const struct frame *frame);
void stranger_sends(struct stranger *s, const void *bytes, size_t len);
/* Whatever its fields hold. */
void stranger_offers(struct stranger *s, const struct frame_offer *offer);
/*
 * DATA frames, the first one at offset, only as far as there is credit; false
 * where the transfer, or the talk, ended meanwhile.
 */
bool stranger_streams(struct stranger *s, uint32_t id, uint64_t offset,
    const void *bytes, size_t len);
/* The next id of an offer, 1 in each talk. */
uint32_t stranger_next_id(struct stranger *s);

/*
 * Wait for a frame of this type, with this id (0: any) where it has one, among
 * those that came after the last one that was asked for. out, where not NULL:
 * lives until stranger_forgets. False after the usual deadline.
 */
bool stranger_hears(
    struct stranger *s, uint8_t type, uint32_t id, struct frame *out);
/* So many came since stranger_forgets. */
size_t stranger_heard(struct stranger *s, uint8_t type, uint32_t id);
/* ANSWER that refuses, CANCEL, or RESULT with a reason: which reason? */
enum wire_why stranger_hears_why(struct stranger *s, uint32_t id);
void stranger_forgets(struct stranger *s);
/* Read what is there, for so long. */
void stranger_listens(struct stranger *s, int ms);

/* A word each way, seen and heard: the talk goes on. */
void stranger_talks(struct stranger *s, struct person *with);

#endif
