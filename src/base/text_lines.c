/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of several lines, as files and people hold them. */
#include "src/base/text.h"

#include <string.h>

#include "src/base/util.h"

static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F);
}

char *
text_typed(const char *s, size_t len)
{
	/* One bad byte becomes the three of U+FFFD. */
	char *out = mem_alloc(len * 3 + 1);
	size_t n = 0, used;
	uint32_t cp;

	for (size_t at = 0; at < len; at += used) {
		used = text_decode(s + at, len - at, &cp);
		if (cp == '\r') {
			if (at + 1 < len && s[at + 1] == '\n')
				continue;
			cp = '\n';
		}
		if (!is_control(cp) || cp == '\n' || cp == '\t')
			n += text_encode(cp, out + n);
	}
	while (n > 0 && out[n - 1] == '\n')
		n--;
	out[n] = '\0';
	return out;
}

char *
text_escape(const char *s)
{
	char *out = mem_alloc(strlen(s) * 2 + 1);
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s == '\\' || *s == '\n') {
			out[n++] = '\\';
			out[n++] = *s == '\n' ? 'n' : '\\';
		} else {
			out[n++] = *s;
		}
	}
	out[n] = '\0';
	return out;
}

char *
text_unescape(const char *s, size_t len)
{
	char *out = mem_alloc(len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bool pair = s[i] == '\\' && i + 1 < len &&
			    (s[i + 1] == 'n' || s[i + 1] == '\\');

		if (pair)
			out[n++] = s[++i] == 'n' ? '\n' : '\\';
		else
			out[n++] = s[i];
	}
	out[n] = '\0';
	return out;
}
