/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/termname.h"
#include "ui/theme.h"

enum { COLOURS = 7 };

/* xterm's colours 1 to 6, and those of the Linux console. */
static const unsigned palettes[][COLOURS] = {
    {0, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD},
    {0, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA},
};

/* WCAG 2's relative luminance of one byte of a colour. */
static double
linear(unsigned byte)
{
	double part = byte / 255.0;

	return part <= 0.04045 ? part / 12.92
			       : pow((part + 0.055) / 1.055, 2.4);
}

static double
luminance(unsigned rgb)
{
	return 0.2126 * linear(rgb >> 16 & 0xFF) +
	       0.7152 * linear(rgb >> 8 & 0xFF) + 0.0722 * linear(rgb & 0xFF);
}

/* WCAG 2's contrast ratio, 1 to 21. */
static double
contrast(unsigned a, unsigned b)
{
	double light = fmax(luminance(a), luminance(b));
	double dark = fmin(luminance(a), luminance(b));

	return (light + 0.05) / (dark + 0.05);
}

static void
assert_legible(enum palette palette, enum role role, unsigned background)
{
	unsigned style = theme_style(palette, role);
	unsigned colour = (style & TERM_COLOUR_MASK) >> TERM_COLOUR_SHIFT;

	for (size_t i = 0; i < COUNT(palettes) && colour > 0; i++) {
		double ratio = contrast(palettes[i][colour], background);

		/* What is bold is also brighter, or heavier. */
		if (ratio < (style & TERM_BOLD ? 2.5 : 2.7))
			fail_msg("palette %d, role %d: contrast %.1f",
			    (int)palette, (int)role, ratio);
	}
}

static void
test_every_colour_can_be_read(void **state)
{
	(void)state;
	for (enum role role = 0; role < ROLE_COUNT; role++) {
		assert_legible(PALETTE_DARK, role, 0x000000);
		assert_legible(PALETTE_LIGHT, role, 0xFFFFFF);
		assert_legible(PALETTE_BOTH, role, 0x000000);
		assert_legible(PALETTE_BOTH, role, 0xFFFFFF);
	}
}

static void
test_mono_has_no_colour(void **state)
{
	(void)state;
	for (enum role role = 0; role < ROLE_COUNT; role++)
		assert_int_equal(
		    theme_style(PALETTE_MONO, role) & TERM_COLOUR_MASK, 0);
}

/* Colour only adds: the attributes are those of mono, or more. */
static void
test_attributes_do_not_depend_on_colours(void **state)
{
	(void)state;
	for (enum role role = 0; role < ROLE_COUNT; role++) {
		unsigned mono = theme_style(PALETTE_MONO, role);

		for (enum palette p = 0; p < PALETTE_COUNT; p++)
			assert_int_equal(
			    theme_style(p, role) & ~(unsigned)TERM_COLOUR_MASK,
			    mono);
	}
}

static void
test_no_color(void **state)
{
	(void)state;
	for (enum palette p = 0; p < PALETTE_COUNT; p++) {
		assert_int_equal(theme_palette(p, NULL), p);
		assert_int_equal(theme_palette(p, ""), p);
		assert_int_equal(theme_palette(p, "1"), PALETTE_MONO);
		assert_int_equal(theme_palette(p, "0"), PALETTE_MONO);
	}
}

static void
test_colorfgbg(void **state)
{
	static const struct {
		const char *value;
		enum palette want;
	} cases[] = {
	    {NULL, PALETTE_BOTH},
	    {"", PALETTE_BOTH},
	    {"15", PALETTE_BOTH},
	    {"15;0", PALETTE_DARK},
	    {"7;0", PALETTE_DARK},
	    {"0;15", PALETTE_LIGHT},
	    {"0;7", PALETTE_LIGHT},
	    {"15;8", PALETTE_DARK},
	    {"0;9", PALETTE_LIGHT},
	    {"0;default;15", PALETTE_LIGHT},
	    {"12;default;4", PALETTE_DARK},
	    {"default;default", PALETTE_BOTH},
	    {"0;16", PALETTE_BOTH},
	    {"0;99999999999999999999", PALETTE_BOTH},
	    {"0;-1", PALETTE_BOTH},
	    {"0; 15", PALETTE_BOTH},
	    {"0;15x", PALETTE_BOTH},
	    {"0;", PALETTE_BOTH},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    theme_of_variable(cases[i].value), cases[i].want);
}

static const struct {
	const char *bytes;
	enum palette want;
} answers[] = {
    {"\033]11;rgb:0000/0000/0000\033\\", PALETTE_DARK},
    {"\033]11;rgb:ffff/ffff/ffff\033\\", PALETTE_LIGHT},
    {"\033]11;rgb:FFFF/FFFF/FFFF\a", PALETTE_LIGHT},
    {"\033]11;rgb:ff/ff/ff\a", PALETTE_LIGHT},
    {"\033]11;rgb:f/f/f\a", PALETTE_LIGHT},
    {"\033]11;rgb:fff/fff/fff\a", PALETTE_LIGHT},
    {"\033]11;rgba:ffff/ffff/ffff/ffff\a", PALETTE_LIGHT},
    {"\033]11;rgba:0000/0000/0000/cccc\a", PALETTE_DARK},
    {"\033]11;rgb:fdf6/e3e3/d3d3\a", PALETTE_LIGHT}, /* solarized, light */
    {"\033]11;rgb:0000/2b2b/3636\a", PALETTE_DARK},  /* and dark */
    {"\033]11;rgb:0000/0000/ffff\a", PALETTE_DARK},
    {"\033]11;rgb:0000/ffff/0000\a", PALETTE_LIGHT},
    /* something else, or cut off */
    {"\033]10;rgb:ffff/ffff/ffff\a", PALETTE_BOTH},
    {"\033]11;rgb:ffff/ffff/ffff", PALETTE_BOTH},
    {"\033]11;rgb:ffff/ffff\a", PALETTE_BOTH},
    {"\033]11;rgb:ffff/ffff/\a", PALETTE_BOTH},
    {"\033]11;rgb://\a", PALETTE_BOTH},
    {"\033]11;rgb:fffff/fffff/fffff\a", PALETTE_BOTH},
    {"\033]11;rgb:gg/gg/gg\a", PALETTE_BOTH},
    {"\033]11;rgb:\a", PALETTE_BOTH},
    {"\033]11;?\a", PALETTE_BOTH},
    {"\033]11;\a", PALETTE_BOTH},
    {"\033]11;\033\\", PALETTE_BOTH},
    {"\033]11", PALETTE_BOTH},
    {"\033[I", PALETTE_BOTH},
    {"", PALETTE_BOTH},
};

static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		enum palette got =
		    theme_of_answer(answers[i].bytes, strlen(answers[i].bytes));

		if (got != answers[i].want)
			fail_msg("%zu: %s", i, answers[i].bytes + 1);
	}
}

/* Whatever a terminal sends: in a block of its own, for the sanitizers. */
static void
test_cut_and_flipped_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		size_t len = strlen(answers[i].bytes);

		for (size_t n = 0; n <= len; n++) {
			char *copy = mem_alloc(n + 1);

			memcpy(copy, answers[i].bytes, n);
			(void)theme_of_answer(copy, n);
			for (size_t at = 0; at < n; at++) {
				copy[at] ^= 0x5A;
				(void)theme_of_answer(copy, n);
				copy[at] ^= 0x5A;
			}
			free(copy);
		}
	}
}

static void
test_names_of_terminals(void **state)
{
	static const char *const silent[] = {"", "dumb", "linux",
	    "linux-16color", "vt100", "vt220", "vt52", "ansi", "cons25",
	    "sun-color", "eterm", "eterm-color", "wsvt25"};
	static const char *const fine[] = {"xterm", "xterm-256color", "tmux",
	    "screen", "screen-256color", "tmux-256color", "vte-256color", "vte",
	    "rxvt-unicode-256color", "foot", "xterm-kitty", "alacritty",
	    "st-256color", "konsole", "gnome", "mlterm", "iterm2"};

	(void)state;
	assert_false(termname_swallows_strings(NULL));
	for (size_t i = 0; i < COUNT(silent); i++)
		assert_false(termname_swallows_strings(silent[i]));
	for (size_t i = 0; i < COUNT(fine); i++)
		assert_true(termname_swallows_strings(fine[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_colour_can_be_read),
	    cmocka_unit_test(test_mono_has_no_colour),
	    cmocka_unit_test(test_attributes_do_not_depend_on_colours),
	    cmocka_unit_test(test_no_color),
	    cmocka_unit_test(test_colorfgbg),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_cut_and_flipped_answers),
	    cmocka_unit_test(test_names_of_terminals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
