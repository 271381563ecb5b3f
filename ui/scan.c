/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequences as in ECMA-48 and xterm's ctlseqs. What a terminal says by
 * itself and what a person presses look alike, and are told apart by their
 * last byte; a private parameter (< = > ?) is never a key.
 */
#include "ui/scan.h"

#include <string.h>

#include "src/base/text.h"

enum { ESC = 0x1B, BEL = 0x07, DEL = 0x7F, MOUSE_LEN = 6 };

static const char paste_start[] = "\033[200~";
static const char paste_stop[] = "\033[201~";

static bool
in_range(uint8_t byte, uint8_t low, uint8_t high)
{
	return byte >= low && byte <= high;
}

static size_t
found(struct scan *scan, enum token_type type, size_t len)
{
	scan->type = type;
	return len;
}

/* Not yet whole: wait, or take the first len bytes as type. */
static size_t
unless_more(
    struct scan *scan, uint64_t wait_ms, enum token_type type, size_t len)
{
	if (scan->last)
		return found(scan, type, len);
	scan->wait_ms = wait_ms;
	return 0;
}

bool
scan_is_paste(const uint8_t *s, size_t len)
{
	return len == sizeof(paste_start) - 1 &&
	       memcmp(s, paste_start, len) == 0;
}

/* A control sequence of len bytes, the first two ESC [. */
static enum token_type
csi_type(const uint8_t *s, size_t len)
{
	uint8_t final = s[len - 1];
	bool bare = len == 3;

	if (in_range(s[2], '<', '?'))
		return TOKEN_REPORT;
	if (bare && (final == 'I' || final == 'O'))
		return TOKEN_REPORT; /* focus */
	if (!bare && (final == 'R' || final == 'c' || final == 'n' ||
			 final == 't' || (final == 'y' && s[len - 2] == '$')))
		return TOKEN_REPORT;
	if (len == sizeof(paste_stop) - 1 && memcmp(s, paste_stop, len) == 0)
		return TOKEN_REPORT; /* late, or of no paste */
	return TOKEN_SEQUENCE;
}

/* ESC [ M and three bytes: a mouse of old. */
static size_t
scan_mouse(struct scan *scan)
{
	size_t i;

	for (i = 3; i < MOUSE_LEN; i++) {
		if (i == scan->len)
			return unless_more(
			    scan, TOKEN_ESCAPE_MS, TOKEN_REPORT, i);
		if (scan->s[i] < 0x20)
			break;
	}
	return found(scan, TOKEN_REPORT, i);
}

static size_t
scan_csi(struct scan *scan)
{
	const uint8_t *s = scan->s;
	size_t i = 2;

	if (scan->len == 2)
		return unless_more(scan, TOKEN_ESCAPE_MS, TOKEN_META, 2);
	if (s[2] == 'M')
		return scan_mouse(scan);
	if (s[2] == '[') { /* the Linux console's function keys */
		if (scan->len == 3)
			return unless_more(
			    scan, TOKEN_ESCAPE_MS, TOKEN_META, 2);
		if (in_range(s[3], 0x40, 0x7E))
			return found(scan, TOKEN_SEQUENCE, 4);
		return found(scan, TOKEN_META, 2);
	}
	while (i < scan->len && i < TOKEN_SEQUENCE_MAX &&
	       in_range(s[i], 0x20, 0x3F))
		i++;
	if (i == TOKEN_SEQUENCE_MAX) {
		scan->skip = SKIP_CSI;
		return found(scan, TOKEN_REPORT, i);
	}
	/* rxvt's Shift-Delete, ESC [ 3 $, has no end but the pause. */
	if (i == scan->len)
		return unless_more(scan, TOKEN_ESCAPE_MS, TOKEN_SEQUENCE, i);
	if (in_range(s[i], 0x40, 0x7E))
		return found(scan, csi_type(s, i + 1), i + 1);
	/* Broken off by a control: no key, unless it was Alt-[ alone. */
	return found(scan, i == 2 ? TOKEN_META : TOKEN_REPORT, i);
}

static size_t
scan_ss3(struct scan *scan)
{
	const uint8_t *s = scan->s;
	size_t i = 2;

	while (i < scan->len && i < TOKEN_SEQUENCE_MAX &&
	       in_range(s[i], 0x30, 0x3B))
		i++;
	if (i == scan->len)
		return unless_more(scan, TOKEN_ESCAPE_MS,
		    i == 2 ? TOKEN_META : TOKEN_SEQUENCE, i);
	if (i < TOKEN_SEQUENCE_MAX && in_range(s[i], 0x20, 0x7E))
		return found(scan, TOKEN_SEQUENCE, i + 1);
	return found(scan, i == 2 ? TOKEN_META : TOKEN_REPORT, i);
}

/*
 * OSC, DCS, APC, PM, up to BEL or ESC \. No answer holds another control:
 * that is a person typing, after Alt-] and the like.
 */
static size_t
scan_string(struct scan *scan)
{
	const uint8_t *s = scan->s;
	enum token_type broken;
	size_t i = 2;

	while (i < scan->len && i < TOKEN_SEQUENCE_MAX && s[i] >= 0x20)
		i++;
	if (i == TOKEN_SEQUENCE_MAX) {
		scan->skip = SKIP_STRING;
		return found(scan, TOKEN_REPORT, i);
	}
	broken = i == 2 ? TOKEN_META : TOKEN_REPORT;
	if (i == scan->len || (s[i] == ESC && i + 1 == scan->len))
		return unless_more(
		    scan, i == 2 ? TOKEN_ESCAPE_MS : TOKEN_PASTE_MS, broken, i);
	if (s[i] == BEL)
		return found(scan, TOKEN_REPORT, i + 1);
	if (s[i] == ESC && s[i + 1] == '\\')
		return found(scan, TOKEN_REPORT, i + 2);
	return found(scan, broken, i);
}

/* The bytes the UTF-8 character that lead begins should have. */
static size_t
character_len(uint8_t lead)
{
	if (in_range(lead, 0xC2, 0xDF))
		return 2;
	if (in_range(lead, 0xE0, 0xEF))
		return 3;
	return in_range(lead, 0xF0, 0xF4) ? 4 : 1;
}

/* The bytes of the character at s, 1 where it is broken, 0: not whole. */
static size_t
scan_character(const uint8_t *s, size_t len)
{
	size_t want = character_len(s[0]), i;

	for (i = 1; i < want && i < len; i++)
		if (!in_range(s[i], 0x80, 0xBF))
			return 1;
	if (i < want)
		return 0;
	return text_is_utf8((const char *)s, want) ? want : 1;
}

static size_t scan_escape(struct scan *scan);

/* ESC ESC: Meta and a sequence, or two keys. */
static size_t
scan_escapes(struct scan *scan)
{
	struct scan inner = *scan;
	size_t len;

	if (scan->len == 2)
		return unless_more(scan, TOKEN_ESCAPE_MS, TOKEN_META, 2);
	if (scan->s[2] != '[' && scan->s[2] != 'O')
		return found(scan, TOKEN_ESCAPE, 1);
	inner.s++;
	inner.len--;
	len = scan_escape(&inner);
	if (len == 0) {
		scan->wait_ms = inner.wait_ms;
		return 0;
	}
	if (inner.type == TOKEN_SEQUENCE && !scan_is_paste(inner.s, len))
		return found(scan, TOKEN_META_SEQUENCE, len + 1);
	return found(scan, TOKEN_ESCAPE, 1);
}

static size_t
scan_escape(struct scan *scan)
{
	size_t len;

	if (scan->len == 1)
		return unless_more(scan, TOKEN_ESCAPE_MS, TOKEN_ESCAPE, 1);
	switch (scan->s[1]) {
	case '[':
		return scan_csi(scan);
	case 'O':
		return scan_ss3(scan);
	case ']':
	case 'P':
	case '_':
	case '^':
		return scan_string(scan);
	case ESC:
		return scan_escapes(scan);
	default:
		break;
	}
	len = scan_character(scan->s + 1, scan->len - 1);
	if (len == 0)
		return unless_more(scan, TOKEN_ESCAPE_MS, TOKEN_ESCAPE, 1);
	return found(scan, TOKEN_META, len + 1);
}

size_t
scan_rest(struct scan *scan, enum scan_skip *skip)
{
	const uint8_t *s = scan->s;
	bool csi = *skip == SKIP_CSI;
	size_t i = 0;

	while (
	    i < scan->len && (csi ? in_range(s[i], 0x20, 0x3F) : s[i] >= 0x20))
		i++;
	scan->type = TOKEN_REPORT;
	if (i == scan->len)
		return i;
	if (!csi && s[i] == ESC && i + 1 == scan->len && !scan->last) {
		scan->wait_ms = TOKEN_ESCAPE_MS;
		return i;
	}
	*skip = SKIP_NONE;
	if (csi ? in_range(s[i], 0x40, 0x7E) : s[i] == BEL)
		return i + 1;
	if (!csi && s[i] == ESC && i + 1 < scan->len && s[i + 1] == '\\')
		return i + 2;
	return i;
}

size_t
scan_key(struct scan *scan)
{
	if (scan->s[0] == ESC)
		return scan_escape(scan);
	if (scan->s[0] < 0x20 || scan->s[0] == DEL)
		return found(scan, TOKEN_CONTROL, 1);
	/* A character waits for its end as long as it takes. */
	scan->type = TOKEN_TEXT;
	return scan_character(scan->s, scan->len);
}
