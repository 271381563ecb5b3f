/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/pausing.h"

#include "src/base/util.h"
#include "tests/e2e/harness.h"

void
pause_until(uint64_t end_ms)
{
	uint64_t now;

	while ((now = clock_mono_ms()) < end_ms)
		screen_pump((int)(end_ms - now));
}

void
pause_ms(int ms)
{
	pause_until(clock_mono_ms() + (uint64_t)ms);
}
