/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keyname.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum { ESC = 0x1B, DEL = 0x7F };

/* After ESC [ or ESC O, without modifiers. */
static const struct {
	const char *rest, *name;
} plain[] = {
    {"A", "Up"},
    {"B", "Down"},
    {"C", "Right"},
    {"D", "Left"},
    {"F", "End"},
    {"H", "Home"},
    {"P", "F1"},
    {"Q", "F2"},
    {"R", "F3"},
    {"S", "F4"},
    {"M", "Enter"},
    {"Z", "Shift-Tab"},
    {"1~", "Home"},
    {"2~", "Insert"},
    {"3~", "Delete"},
    {"4~", "End"},
    {"5~", "PgUp"},
    {"6~", "PgDn"},
    {"7~", "Home"},
    {"8~", "End"},
    {"7^", "Ctrl-Home"},
    {"8^", "Ctrl-End"},
    {"[A", "F1"},
    {"11~", "F1"},
    {"12~", "F2"},
    {"13~", "F3"},
    {"14~", "F4"},
    {"15~", "F5"},
    {"17~", "F6"},
    {"18~", "F7"},
    {"19~", "F8"},
    {"20~", "F9"},
    {"21~", "F10"},
    {"23~", "F11"},
    {"24~", "F12"},
    {"200~", "paste"},
};

/* By the number behind the semicolon, less one (xterm). */
static const char *const modifiers[] = {"", "Shift-", "Alt-", "Alt-Shift-",
    "Ctrl-", "Ctrl-Shift-", "Ctrl-Alt-", "Ctrl-Alt-Shift-"};

static void
add(char **text, const char *part)
{
	str_replace(text, str_printf("%s%s", *text, part));
}

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The byte that \C-x means. */
static char
control(char c)
{
	return c == '?' ? DEL : (char)(c & 0x1F);
}

/* One byte of a sequence as readline writes it; \M-x is two. */
static size_t
read_byte(const char *s, char out[2], size_t *count)
{
	size_t used = 1;

	*count = 1;
	out[0] = s[0];
	if (s[0] != '\\' || s[1] == '\0')
		return used;
	if (s[1] == 'C' && s[2] == '-' && s[3] != '\0') {
		/* \C-\M-x is not written by readline. */
		out[0] = control(s[3] == '\\' && s[4] != '\0' ? s[4] : s[3]);
		return s[3] == '\\' && s[4] != '\0' ? 5 : 4;
	}
	if (s[1] == 'M' && s[2] == '-' && s[3] != '\0') {
		size_t inner;
		char byte[2];

		out[0] = ESC;
		used = 3 + read_byte(s + 3, byte, &inner);
		out[1] = byte[0];
		*count = 2;
		return used;
	}
	if (is_octal(s[1]) && is_octal(s[2]) && is_octal(s[3])) {
		out[0] =
		    (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + s[3] - '0');
		return 4;
	}
	out[0] = s[1] == 'e' ? ESC : s[1] == 'd' ? DEL : s[1];
	return 2;
}

/* The bytes that are meant; the caller frees. */
static char *
decode(const char *s, size_t *len)
{
	char *out = mem_alloc(2 * strlen(s) + 1);
	size_t n = 0, count;
	char byte[2];

	while (*s != '\0') {
		s += read_byte(s, byte, &count);
		memcpy(out + n, byte, count);
		n += count;
	}
	out[n] = '\0';
	*len = n;
	return out;
}

/* What stands behind ESC [ or ESC O up to its last byte. */
static size_t
sequence_len(const char *s, size_t len)
{
	size_t n = len > 0 && s[0] == '[' ? 1 : 0;

	while (n < len && (unsigned char)s[n] < 0x40 && s[n] != '^')
		n++;
	return n < len ? n + 1 : 0;
}

static const char *
plain_name(const char *rest, size_t len)
{
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (strlen(plain[i].rest) == len &&
		    memcmp(plain[i].rest, rest, len) == 0)
			return plain[i].name;
	}
	return NULL;
}

/* "1;5A" is A with a modifier, "5;5~" is 5~ with one, "13;2u" Enter. */
static char *
modified_name(const char *rest, size_t len)
{
	const char *mark = memchr(rest, ';', len);
	size_t number = mark != NULL ? (size_t)(mark - rest) : 0;
	char last = rest[len - 1];
	const char *name;
	char base[8];

	if (mark == NULL || number + 3 != len || number > 3 || mark[1] < '1' ||
	    mark[1] > '8')
		return NULL;
	if (last == 'u')
		name =
		    number == 2 && memcmp(rest, "13", 2) == 0 ? "Enter" : NULL;
	else if (last != '~')
		name = plain_name(rest + len - 1, 1);
	else {
		memcpy(base, rest, number);
		base[number] = '~';
		name = plain_name(base, number + 1);
	}
	return name == NULL
		   ? NULL
		   : str_printf("%s%s", modifiers[mark[1] - '1'], name);
}

/* ESC [ ... or ESC O ... at s; returns the bytes of it, or 0: no name. */
static size_t
name_sequence(const char *s, size_t len, char **out)
{
	const char *rest = s + 2;
	size_t rest_len;
	const char *name;
	char *made;

	if (len < 3 || s[0] != ESC || (s[1] != '[' && s[1] != 'O'))
		return 0;
	rest_len = sequence_len(rest, len - 2);
	if (rest_len == 0)
		return 0;
	name = plain_name(rest, rest_len);
	made = name != NULL ? str_dup(name) : modified_name(rest, rest_len);
	if (made == NULL)
		return 0;
	*out = made;
	return rest_len + 2;
}

/* A byte that is no part of anything longer. */
static char *
name_byte(char c)
{
	switch (c) {
	case ESC:
		return str_dup("Esc");
	case DEL:
		return str_dup("Backspace");
	case '\r':
		return str_dup("Enter");
	case '\t':
		return str_dup("Tab");
	case ' ':
		return str_dup("Space");
	case 0:
		return str_dup("Ctrl-Space");
	default:
		break;
	}
	if ((unsigned char)c < 0x20)
		return str_printf("Ctrl-%c", c + '@');
	return str_printf("%c", c);
}

/* ESC and a byte: the letters in capitals, as keys are written. */
static char *
name_meta(char c)
{
	char *name = name_byte(c), *out;

	if (islower((unsigned char)c))
		name[0] = (char)toupper((unsigned char)c);
	out = str_printf(
	    isupper((unsigned char)c) ? "Alt-Shift-%s" : "Alt-%s", name);
	free(name);
	return out;
}

/* The next key at s, which is no sequence; returns the bytes of it. */
static size_t
name_next(const char *s, size_t len, char **out)
{
	size_t used;
	char *inner;

	if (s[0] != ESC || len == 1) {
		*out = name_byte(s[0]);
		return 1;
	}
	used = name_sequence(s + 1, len - 1, &inner);
	if (used > 0) {
		*out = str_printf("Alt-%s", inner);
		free(inner);
		return used + 1;
	}
	*out = name_meta(s[1]);
	return 2;
}

char *
keyname_of(const char *sequence)
{
	char *text = str_dup(""), *bytes, *name;
	size_t len;

	bytes = decode(sequence, &len);
	/* readline writes one behind what is also the start of longer keys. */
	if (len > 1 && bytes[len - 1] == '\0')
		len--;
	for (size_t at = 0; at < len;) {
		bool nameless = bytes[at] == ESC && len - at > 2 &&
				(bytes[at + 1] == '[' || bytes[at + 1] == 'O');
		size_t used = name_sequence(bytes + at, len - at, &name);

		if (used == 0 && nameless) {
			str_replace(&text, NULL);
			break;
		}
		if (used == 0)
			used = name_next(bytes + at, len - at, &name);
		if (at > 0)
			add(&text, " ");
		at += used;
		add(&text, name);
		free(name);
	}
	free(bytes);
	return text;
}

/* Is it one of those that text holds already? */
static bool
holds(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, name)) != NULL; at++) {
		if ((at == text || (at[-1] == ' ' && at[-2] == ',')) &&
		    (at[len] == '\0' || at[len] == ','))
			return true;
	}
	return false;
}

char *
keyname_list(char *const *sequences)
{
	const char *nameless = NULL;
	char *text = NULL;

	for (; sequences != NULL && *sequences != NULL; sequences++) {
		char *name = keyname_of(*sequences);

		if (name == NULL)
			nameless = *sequences;
		else if (text == NULL)
			text = str_dup(name);
		else if (!holds(text, name))
			str_replace(&text, str_printf("%s, %s", text, name));
		free(name);
	}
	if (text == NULL && nameless != NULL)
		text = text_clean(nameless, strlen(nameless), TEXT_LABEL);
	return text;
}
