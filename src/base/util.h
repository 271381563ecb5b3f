/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory, clocks and checked arithmetic. Allocation never returns NULL: it
 * ends the program, so anything a peer sizes is capped before it gets here.
 * The names avoid xmalloc and friends, which libreadline exports.
 */
#ifndef CHARLA_BASE_UTIL_H
#define CHARLA_BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_realloc(void *old, size_t size);
void *mem_dup(const void *data, size_t size);

/* Strings on the heap; the caller frees. str_dup(NULL) is NULL. */
char *str_dup(const char *s);
char *str_ndup(const char *s, size_t len);
char *str_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Free *s and put copy in its place (copy is taken over, may be NULL). */
void str_replace(char **s, char *copy);

/* Monotonic milliseconds since some start; for timers and rates. */
uint64_t clock_mono_ms(void);
/* Milliseconds since 1970-01-01 UTC; for what a person reads. */
int64_t clock_utc_ms(void);

/* False where the sum does not fit; then *sum is untouched. */
bool add_u64(uint64_t a, uint64_t b, uint64_t *sum);

#endif
