/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8, the one sanitiser, columns, and short texts about sizes and times.
 * Pure: no I/O. Widths come from wcwidth(3), which ncurses uses too, so
 * LC_CTYPE must be a UTF-8 locale before the first width is asked for.
 */
#ifndef CHARLA_BASE_TEXT_H
#define CHARLA_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode the character at s (len >= 1 bytes there). Returns the bytes used,
 * at least 1; *cp is U+FFFD where the bytes are not UTF-8 (RFC 3629:
 * overlong forms, surrogates and values over U+10FFFF are not).
 */
size_t text_decode(const char *s, size_t len, uint32_t *cp);
/* Encode cp; returns 1 to 4. A value that is no character gives U+FFFD. */
size_t text_encode(uint32_t cp, char out[4]);
bool text_is_utf8(const char *s, size_t len);

enum text_form {
	TEXT_LABEL, /* one line: newline and tab become visible marks too */
	TEXT_BLOCK, /* several lines: newline stays, tab becomes spaces */
};
/*
 * The sanitiser: what somebody else sent, made safe to show. Bad UTF-8
 * becomes U+FFFD; C0, C1, DEL, line/paragraph separators, bidi controls and
 * other invisible format characters become visible marks (control pictures
 * U+2400.. for C0 and DEL, "<U+202E>" style for the rest); ZWJ, variation
 * selectors, the keycap mark and skin tones, on whose width terminals
 * disagree, are dropped; unprintable (wcwidth < 0) becomes U+FFFD. Real
 * letters of any script stay. Returns a new string; the caller frees.
 */
char *text_clean(const char *s, size_t len, enum text_form form);

/*
 * A file's text as if it had been typed: UTF-8, CR LF and CR become LF,
 * other controls but tabs go, and newlines at the end. The caller frees.
 */
char *text_typed(const char *s, size_t len);
/* Several lines in one: \\n for a newline, \\\\ for a backslash; and back. */
char *text_escape(const char *s);
char *text_unescape(const char *s, size_t len);

/* Columns of one character: 0, 1 or 2. Controls count as 1. */
int text_width(uint32_t cp);
/*
 * The bytes of the next cluster at s: one character and the zero-width ones
 * that follow it, at most five characters. *width gets its columns (0 to 2).
 */
size_t text_cluster(const char *s, size_t len, int *width);
/* Columns of a whole clean string. */
int text_columns(const char *s);
/* Bytes of the longest run of whole clusters within columns. */
size_t text_fit(const char *s, int columns);
/*
 * s itself, or cut to columns with an ellipsis at the end, or in the middle
 * (middle = true keeps the start and the end: file names). Caller frees.
 */
char *text_cut(const char *s, int columns, bool middle);

enum { TEXT_SIZE_MAX = 32, TEXT_DURATION_MAX = 32, TEXT_TIME_MAX = 128 };
/* "0 B", "999 B", "1.2 kB", "85.5 kB", "4.3 GB": powers of 1000. */
void text_size(uint64_t bytes, char out[TEXT_SIZE_MAX]);
/* "5 s", "2 min 05 s", "3 h 07 min", "4 d 02 h". */
void text_duration(uint64_t seconds, char out[TEXT_DURATION_MAX]);

/*
 * A time on this machine's wall, in the words of strftime(3); format is the
 * person's own, never a peer's. False, and "": there is nothing to be shown.
 */
bool text_time(
    const char *format, int64_t utc_ms, char out[static TEXT_TIME_MAX]);

/* Damerau-Levenshtein distance in bytes, for "did you mean". */
size_t text_distance(const char *a, const char *b);

#endif
