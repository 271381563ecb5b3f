/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Letting time go by: how long a fault lasts. Never for waiting until
 * something has happened; the waits of harness.h are for that.
 */
#ifndef CHARLA_TESTS_PAUSING_H
#define CHARLA_TESTS_PAUSING_H

#include <stdint.h>

/* All live screens are read meanwhile. */
void pause_ms(int ms);
/* clock_mono_ms() time; past is fine. */
void pause_until(uint64_t end_ms);

#endif
