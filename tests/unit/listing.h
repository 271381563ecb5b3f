/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists for tests, and the rules of a list said a second time. */
#ifndef CHARLA_TESTS_LISTING_H
#define CHARLA_TESTS_LISTING_H

#include "net/filelist.h"

/* Bytes of an entry before its path. */
enum { LISTING_HEAD_LEN = 1 + 2 + 8 + 8 + 2 };

/* Add one, with the fields that its kind has mostly; as filelist_add. */
int listing_add(struct filelist *l, enum entry_kind kind, const char *path);
/* A path with '/' at its end is a folder, with '@' a link; else a file. */
int listing_add_said(struct filelist *l, const char *path);
/* One with something of most kinds. */
struct filelist *listing_sample(void);

/* As the order is meant: component by component. */
int listing_compare(const char *a, size_t a_len, const char *b, size_t b_len);
/* Every rule of net/filelist.h, one by one. */
void listing_assert_rules(const struct filelist *l);
void listing_assert_same(const struct filelist *a, const struct filelist *b);

#endif
