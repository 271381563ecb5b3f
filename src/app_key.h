/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key that is not the one that was there before, on either side. */
#ifndef CHARLA_APP_KEY_H
#define CHARLA_APP_KEY_H

#include "src/app_state.h"

/*
 * Who is there has a key that nobody knows, but the name, or the address, of
 * somebody who is known: who that is; else NULL.
 */
struct known *key_before(const struct link *l);
/* Both keys of a knock with l->before, and what can be done. */
void key_say_knock(const struct link *l);
/* We called, and the key is not the pinned one; they are told. */
void key_say_called(struct link *l, const uint8_t *pin);
/* We called, and this key is none that is known, but the name is. */
void key_say_answered(const struct link *l, const struct known *before);
/* Somebody called what is known to them under another key than ours. */
void key_say_refused(const struct link *l);

#endif
