/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/pairing.h"

#include <stdio.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"

/* Different texts in front: no commitment is ever the hash of digits. */
static const char commit_label[] = "charla/1 pair commit";
static const char digits_label[] = "charla/1 pair code";

enum { HASHED_MAX = sizeof(commit_label) - 1 + 5 * PAIRING_LEN };
_Static_assert(sizeof(digits_label) <= sizeof(commit_label), "HASHED_MAX");
_Static_assert((int)PAIRING_LEN == (int)SHA256_LEN, "both are hashes");

/* b NULL: there is only a. */
static void
hash(const char *label, const struct pairing_binding *binding, const uint8_t *a,
    const uint8_t *b, uint8_t out[PAIRING_LEN])
{
	const uint8_t *parts[] = {
	    binding->exporter, binding->caller, binding->listener, a, b};
	uint8_t bytes[HASHED_MAX];
	size_t len = 0;

	/* Its bytes alone: the hash takes no terminator. */
	for (; label[len] != '\0'; len++)
		bytes[len] = (uint8_t)label[len];
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (parts[i] == NULL)
			continue;
		memcpy(bytes + len, parts[i], PAIRING_LEN);
		len += PAIRING_LEN;
	}
	sha256(bytes, len, out);
}

void
pairing_commitment(const struct pairing_binding *binding,
    const uint8_t listener_nonce[PAIRING_LEN], uint8_t commit[PAIRING_LEN])
{
	hash(commit_label, binding, listener_nonce, NULL, commit);
}

unsigned
pairing_digits(const struct pairing_binding *binding,
    const uint8_t caller_nonce[PAIRING_LEN],
    const uint8_t listener_nonce[PAIRING_LEN])
{
	uint8_t sum[PAIRING_LEN];
	uint64_t n = 0;

	hash(digits_label, binding, caller_nonce, listener_nonce, sum);
	for (size_t i = 0; i < sizeof(n); i++)
		n = n << 8 | sum[i];
	return (unsigned)(n % PAIRING_DIGITS);
}

void
pairing_text(unsigned digits, char out[PAIRING_TEXT_MAX])
{
	snprintf(out, PAIRING_TEXT_MAX, "%03u %03u", digits / 1000 % 1000,
	    digits % 1000);
}

void
pairing_init(struct pairing *p, const struct pairing_binding *binding,
    const uint8_t nonce[PAIRING_LEN])
{
	*p = (struct pairing){.state = PAIRING_OFF, .binding = *binding};
	memcpy(p->nonce, nonce, PAIRING_LEN);
}

void
pairing_begin_listener(struct pairing *p, uint8_t commit[PAIRING_LEN])
{
	p->state = PAIRING_WAIT_NONCE;
	pairing_commitment(&p->binding, p->nonce, commit);
}

void
pairing_begin_caller(struct pairing *p)
{
	p->state = PAIRING_WAIT_COMMIT;
}

int
pairing_commit(struct pairing *p, const uint8_t commit[PAIRING_LEN],
    uint8_t reply[PAIRING_LEN])
{
	if (p->state != PAIRING_WAIT_COMMIT)
		return ERR_PROTO;
	memcpy(p->commitment, commit, PAIRING_LEN);
	memcpy(reply, p->nonce, PAIRING_LEN);
	p->state = PAIRING_WAIT_REVEAL;
	return 0;
}

int
pairing_nonce(struct pairing *p, const uint8_t nonce[PAIRING_LEN],
    uint8_t reply[PAIRING_LEN])
{
	if (p->state != PAIRING_WAIT_NONCE)
		return ERR_PROTO;
	memcpy(reply, p->nonce, PAIRING_LEN);
	p->digits = pairing_digits(&p->binding, nonce, p->nonce);
	p->state = PAIRING_DONE;
	return 0;
}

int
pairing_reveal(struct pairing *p, const uint8_t nonce[PAIRING_LEN])
{
	uint8_t commit[PAIRING_LEN];

	if (p->state != PAIRING_WAIT_REVEAL)
		return ERR_PROTO;
	pairing_commitment(&p->binding, nonce, commit);
	/* All of it has been on the wire: nothing to hide by constant time. */
	if (memcmp(commit, p->commitment, PAIRING_LEN) != 0)
		return ERR_PROTO;
	p->digits = pairing_digits(&p->binding, p->nonce, nonce);
	p->state = PAIRING_DONE;
	return 0;
}

int
pairing_agree_there(struct pairing *p)
{
	if (p->state != PAIRING_DONE || p->agreed_there)
		return ERR_PROTO;
	p->agreed_there = true;
	return 0;
}

int
pairing_agree(struct pairing *p)
{
	if (p->state != PAIRING_DONE || p->agreed)
		return ERR_INVALID;
	p->agreed = true;
	return 0;
}

bool
pairing_agreed(const struct pairing *p)
{
	return p->agreed && p->agreed_there;
}
