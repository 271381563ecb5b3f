/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/osc52.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

/* RFC 4648, section 4. out has room for 4 bytes for each 3 begun, and a 0. */
static void
encode(const uint8_t *data, size_t len, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t bits = (uint32_t)data[i] << 16;

		if (left > 1)
			bits |= (uint32_t)data[i + 1] << 8;
		if (left > 2)
			bits |= data[i + 2];
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = left > 1 ? digits[bits >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[bits & 63] : '=';
	}
	*out = '\0';
}

char *
osc52_bytes(const char *text, size_t len)
{
	char *base64 = mem_alloc((len + 2) / 3 * 4 + 1);
	char *bytes;

	encode((const uint8_t *)text, len, base64);
	bytes = str_printf("\033]52;c;%s\033\\", base64);
	free(base64);
	return bytes;
}
