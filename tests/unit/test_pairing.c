/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The six digits: what they are made of, in what order, and that nobody in
 * between can choose them.
 */
#include "net/pairing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_actor.h"

enum { RUNS = 1000, TRIES = 50, SEED = 6973 };

static void
random_bytes(struct dice *dice, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)roll(dice, 256);
}

/* The example of charla-protocol(7); the sums are those of sha256sum(1). */
static const uint8_t example_commit[PAIRING_LEN] = {0x1f, 0x1b, 0xd1, 0x8b,
    0x65, 0x52, 0x33, 0x54, 0x43, 0x89, 0x28, 0x38, 0x35, 0x71, 0xf7, 0xdb,
    0x34, 0x73, 0xaa, 0x7b, 0x38, 0xef, 0xb8, 0xf6, 0xe5, 0x54, 0xda, 0x6e,
    0x6a, 0xe8, 0xa7, 0x78};
enum { EXAMPLE_DIGITS = 730024 };

static void
make_example(struct pairing_binding *binding, uint8_t caller[PAIRING_LEN],
    uint8_t listener[PAIRING_LEN])
{
	for (uint8_t i = 0; i < PAIRING_LEN; i++)
		binding->exporter[i] = i;
	memset(binding->caller, 0xaa, PAIRING_LEN);
	memset(binding->listener, 0xbb, PAIRING_LEN);
	memset(caller, 0x22, PAIRING_LEN);
	memset(listener, 0x11, PAIRING_LEN);
}

static void
test_example(void **state)
{
	struct pairing_binding binding;
	uint8_t caller[PAIRING_LEN], listener[PAIRING_LEN], out[PAIRING_LEN];
	char text[PAIRING_TEXT_MAX];

	(void)state;
	make_example(&binding, caller, listener);
	pairing_commitment(&binding, listener, out);
	assert_memory_equal(out, example_commit, PAIRING_LEN);
	assert_int_equal(
	    pairing_digits(&binding, caller, listener), EXAMPLE_DIGITS);
	pairing_text(EXAMPLE_DIGITS, text);
	assert_string_equal(text, "730 024");
	pairing_text(0, text);
	assert_string_equal(text, "000 000");
	pairing_text(PAIRING_DIGITS - 1, text);
	assert_string_equal(text, "999 999");
}

/* Two who have begun, with bytes of one connection. */
struct two {
	struct pairing caller, listener;
	uint8_t commit[PAIRING_LEN];
};

static void
begin(struct two *t, struct dice *dice)
{
	struct pairing_binding binding;
	uint8_t nonce[PAIRING_LEN];

	random_bytes(dice, (uint8_t *)&binding, sizeof(binding));
	random_bytes(dice, nonce, sizeof(nonce));
	pairing_init(&t->caller, &binding, nonce);
	random_bytes(dice, nonce, sizeof(nonce));
	pairing_init(&t->listener, &binding, nonce);
	pairing_begin_caller(&t->caller);
	pairing_begin_listener(&t->listener, t->commit);
}

static void
test_honest(void **state)
{
	struct dice dice = {SEED};
	unsigned last = PAIRING_DIGITS, repeated = 0;

	(void)state;
	for (int i = 0; i < RUNS; i++) {
		uint8_t caller[PAIRING_LEN], listener[PAIRING_LEN];
		struct two t;

		begin(&t, &dice);
		assert_int_equal(
		    pairing_commit(&t.caller, t.commit, caller), 0);
		assert_int_equal(
		    pairing_nonce(&t.listener, caller, listener), 0);
		assert_int_equal(pairing_reveal(&t.caller, listener), 0);
		assert_int_equal(t.caller.digits, t.listener.digits);
		assert_in_range(t.caller.digits, 0, PAIRING_DIGITS - 1);
		repeated += t.caller.digits == last;
		last = t.caller.digits;
	}
	assert_int_equal(repeated, 0);
}

/* Every part counts: one other bit anywhere, and the digits are others. */
static void
test_every_bit_counts(void **state)
{
	struct {
		struct pairing_binding binding;
		uint8_t caller[PAIRING_LEN], listener[PAIRING_LEN];
	} in;
	uint8_t *bytes = (uint8_t *)&in;
	unsigned before, same = 0;

	(void)state;
	make_example(&in.binding, in.caller, in.listener);
	before = pairing_digits(&in.binding, in.caller, in.listener);
	for (size_t bit = 0; bit < 8 * sizeof(in); bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		same += pairing_digits(&in.binding, in.caller, in.listener) ==
			before;
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(same, 0);
}

/* A commitment is to one number, and to one connection. */
static void
test_tampered(void **state)
{
	struct dice dice = {SEED};
	uint8_t caller[PAIRING_LEN], listener[PAIRING_LEN];
	struct two t;

	(void)state;
	begin(&t, &dice);
	assert_int_equal(pairing_commit(&t.caller, t.commit, caller), 0);
	assert_int_equal(pairing_nonce(&t.listener, caller, listener), 0);
	for (size_t bit = 0; bit < 8 * PAIRING_LEN; bit++) {
		listener[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
		    pairing_reveal(&t.caller, listener), ERR_PROTO);
		listener[bit / 8] ^= (uint8_t)(1u << bit % 8);
		t.caller.commitment[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
		    pairing_reveal(&t.caller, listener), ERR_PROTO);
		t.caller.commitment[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(t.caller.state, PAIRING_WAIT_REVEAL);
	t.caller.binding.exporter[0] ^= 1;
	assert_int_equal(pairing_reveal(&t.caller, listener), ERR_PROTO);
	t.caller.binding.exporter[0] ^= 1;
	assert_int_equal(pairing_reveal(&t.caller, listener), 0);
}

enum step { COMMIT, NONCE, REVEAL, AGREE_THERE, AGREE, STEPS };

/* What the step comes to; the numbers are right. */
static int
take(struct pairing *p, enum step step, const struct two *t)
{
	uint8_t reply[PAIRING_LEN];

	switch (step) {
	case COMMIT:
		return pairing_commit(p, t->commit, reply);
	case NONCE:
		return pairing_nonce(p, t->caller.nonce, reply);
	case REVEAL:
		return pairing_reveal(p, t->listener.nonce);
	case AGREE_THERE:
		return pairing_agree_there(p);
	default:
		return pairing_agree(p);
	}
}

/* In each state, in each role, one step is right, and the others are not. */
static void
test_order(void **state)
{
	static const struct {
		bool listener;
		enum step steps[STEPS];
		size_t count;
	} ways[] = {
	    {false, {COMMIT, REVEAL, AGREE, AGREE_THERE}, 4},
	    {false, {COMMIT, REVEAL, AGREE_THERE, AGREE}, 4},
	    {true, {NONCE, AGREE_THERE, AGREE}, 3},
	    {true, {NONCE, AGREE, AGREE_THERE}, 3},
	};
	struct dice dice = {SEED};

	(void)state;
	for (size_t w = 0; w < COUNT(ways); w++) {
		struct two t = {0};
		struct pairing *p = ways[w].listener ? &t.listener : &t.caller;

		begin(&t, &dice);
		for (size_t i = 0; i <= ways[w].count; i++) {
			bool last = i == ways[w].count;

			for (int step = 0; step < STEPS; step++) {
				struct pairing copy = *p;
				bool right =
				    !last && step == (int)ways[w].steps[i];
				/* The two yeses come in any order. */
				bool either =
				    p->state == PAIRING_DONE &&
				    (step == AGREE ? !p->agreed
						   : step == AGREE_THERE &&
							 !p->agreed_there);
				int r = take(&copy, (enum step)step, &t);

				assert_int_equal(r == 0, right || either);
				if (r != 0)
					assert_memory_equal(
					    &copy, p, sizeof(copy));
			}
			assert_int_equal(pairing_agreed(p), last);
			if (!last)
				assert_int_equal(
				    take(p, ways[w].steps[i], &t), 0);
		}
	}
}

/* Where nothing is compared, nothing of it may come. */
static void
test_off(void **state)
{
	struct dice dice = {SEED};
	struct pairing off;
	struct two t;

	(void)state;
	begin(&t, &dice);
	pairing_init(&off, &t.caller.binding, t.caller.nonce);
	for (int step = 0; step < STEPS; step++)
		assert_int_not_equal(take(&off, (enum step)step, &t), 0);
	assert_int_equal(off.state, PAIRING_OFF);
}

/*
 * Somebody in between: to ana, who calls, it is a listener; to beto, whom she
 * meant, it is a caller. Neither of its connections is the other's.
 */
struct relay {
	struct pairing ana, beto;
	struct pairing_binding with_ana, with_beto;
	uint8_t to_ana[PAIRING_LEN]; /* its numbers */
	uint8_t to_beto[PAIRING_LEN];
	uint8_t beto_commit[PAIRING_LEN];
	struct dice *dice;
};

static void
get_in_between(struct relay *r, struct dice *dice)
{
	uint8_t nonce[PAIRING_LEN], own[PAIRING_LEN];

	r->dice = dice;
	random_bytes(dice, (uint8_t *)&r->with_ana, sizeof(r->with_ana));
	random_bytes(dice, (uint8_t *)&r->with_beto, sizeof(r->with_beto));
	random_bytes(dice, own, sizeof(own));
	memcpy(r->with_ana.listener, own, sizeof(own));
	memcpy(r->with_beto.caller, own, sizeof(own));
	random_bytes(dice, nonce, sizeof(nonce));
	pairing_init(&r->ana, &r->with_ana, nonce);
	random_bytes(dice, nonce, sizeof(nonce));
	pairing_init(&r->beto, &r->with_beto, nonce);
	pairing_begin_caller(&r->ana);
	pairing_begin_listener(&r->beto, r->beto_commit);
	random_bytes(dice, r->to_ana, PAIRING_LEN);
	random_bytes(dice, r->to_beto, PAIRING_LEN);
}

/* It says to ana what it has made up, as the rules are. */
static void
finish_ana(struct relay *r)
{
	uint8_t commit[PAIRING_LEN], reply[PAIRING_LEN];

	pairing_commitment(&r->with_ana, r->to_ana, commit);
	assert_int_equal(pairing_commit(&r->ana, commit, reply), 0);
	assert_int_equal(pairing_reveal(&r->ana, r->to_ana), 0);
}

static void
finish_beto(struct relay *r)
{
	uint8_t reply[PAIRING_LEN];

	assert_int_equal(pairing_nonce(&r->beto, r->to_beto, reply), 0);
}

/* ana's digits are known; which number of its own would make beto's so? */
static void
last_with_beto(struct relay *r)
{
	finish_ana(r);
	for (int i = 0; i < TRIES; i++) {
		uint8_t guess[PAIRING_LEN];

		/* beto's number is hidden in his commitment. */
		random_bytes(r->dice, guess, sizeof(guess));
		if (pairing_digits(&r->with_beto, r->to_beto, guess) ==
		    r->ana.digits)
			break;
		random_bytes(r->dice, r->to_beto, PAIRING_LEN);
	}
	finish_beto(r);
}

/* beto's digits are known; but ana names her number after the commitment. */
static void
last_with_ana(struct relay *r)
{
	finish_beto(r);
	for (int i = 0; i < TRIES; i++) {
		uint8_t guess[PAIRING_LEN];

		random_bytes(r->dice, guess, sizeof(guess));
		if (pairing_digits(&r->with_ana, guess, r->to_ana) ==
		    r->beto.digits)
			break;
		random_bytes(r->dice, r->to_ana, PAIRING_LEN);
	}
	finish_ana(r);
}

static void
test_relay(void **state)
{
	struct dice dice = {SEED};
	unsigned same[2] = {0};

	(void)state;
	for (int i = 0; i < 2 * RUNS; i++) {
		struct relay r;

		get_in_between(&r, &dice);
		if (i % 2 == 0)
			last_with_beto(&r);
		else
			last_with_ana(&r);
		assert_int_equal(r.ana.state, PAIRING_DONE);
		assert_int_equal(r.beto.state, PAIRING_DONE);
		same[i % 2] += r.ana.digits == r.beto.digits;
	}
	/* One in a million each time; these dice always fall like this. */
	assert_int_equal(same[0], 0);
	assert_int_equal(same[1], 0);
}

/* A number for which ana would see what beto sees; there are enough. */
static void
search(struct relay *r)
{
	uint64_t n = 0;

	do {
		n++;
		memcpy(r->to_ana, &n, sizeof(n));
	} while (pairing_digits(&r->with_ana, r->ana.nonce, r->to_ana) !=
		 r->beto.digits);
}

/*
 * It commits itself to anything, waits for everybody's numbers, and then
 * looks for the one that it would have needed: the commitment tells.
 */
static void
test_relay_chooses_last(void **state)
{
	struct dice dice = {SEED};

	(void)state;
	for (int i = 0; i < RUNS; i++) {
		uint8_t commit[PAIRING_LEN], reply[PAIRING_LEN];
		struct relay r;

		get_in_between(&r, &dice);
		finish_beto(&r);
		pairing_commitment(&r.with_ana, r.to_ana, commit);
		assert_int_equal(pairing_commit(&r.ana, commit, reply), 0);
		/* Once with all the patience: it does find one. */
		if (i == 0)
			search(&r);
		else
			random_bytes(&dice, r.to_ana, PAIRING_LEN);
		if (i == 0)
			assert_int_equal(
			    pairing_digits(&r.with_ana, reply, r.to_ana),
			    r.beto.digits);
		assert_int_equal(pairing_reveal(&r.ana, r.to_ana), ERR_PROTO);
		assert_int_equal(r.ana.state, PAIRING_WAIT_REVEAL);
	}
}

/* It hands on what each says: what was meant for it is not for another. */
static void
test_relay_hands_on(void **state)
{
	struct dice dice = {SEED};

	(void)state;
	for (int i = 0; i < RUNS; i++) {
		uint8_t nonce[PAIRING_LEN], reveal[PAIRING_LEN];
		struct relay r;

		get_in_between(&r, &dice);
		assert_int_equal(
		    pairing_commit(&r.ana, r.beto_commit, nonce), 0);
		assert_int_equal(pairing_nonce(&r.beto, nonce, reveal), 0);
		assert_int_equal(pairing_reveal(&r.ana, reveal), ERR_PROTO);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_example),
	    cmocka_unit_test(test_honest),
	    cmocka_unit_test(test_every_bit_counts),
	    cmocka_unit_test(test_tampered),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_off),
	    cmocka_unit_test(test_relay),
	    cmocka_unit_test(test_relay_chooses_last),
	    cmocka_unit_test(test_relay_hands_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
