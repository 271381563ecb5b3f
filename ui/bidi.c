/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/bidi.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

/* U+200E. */
static const char mark[] = "\xe2\x80\x8e";

/*
 * The blocks whose characters have R or AL for their class unless something
 * else is said (DerivedBidiClass.txt).
 */
static const struct {
	uint32_t first, last;
} rtl[] = {
    {0x0590, 0x08FF},
    {0xFB1D, 0xFDFF},
    {0xFE70, 0xFEFF},
    {0x10800, 0x10FFF},
    {0x1E800, 0x1EFFF},
};

static bool
is_rtl(uint32_t cp)
{
	for (size_t i = 0; i < COUNT(rtl); i++) {
		if (cp >= rtl[i].first && cp <= rtl[i].last)
			return true;
	}
	return false;
}

bool
bidi_is_rtl(const char *text)
{
	size_t len = strlen(text), at = 0;
	uint32_t cp;

	while (at < len) {
		at += text_decode(text + at, len - at, &cp);
		if (is_rtl(cp))
			return true;
	}
	return false;
}

const char *
bidi_close(const char *text)
{
	return bidi_is_rtl(text) ? mark : "";
}
