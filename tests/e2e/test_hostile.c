/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that lead astray, through every way a name can come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/meeting.h"

/* Nothing of it may come out of the program as it is. */
static void
check_screen(struct scene *s, const struct hostile_name *n)
{
	struct screen_modes modes;

	screen_modes(s->ana.screen, &modes);
	assert_null(strstr(modes.title, "owned"));
	assert_int_equal(modes.bells, 0);
	if (n->len == 0)
		return;
	for (size_t i = 0; i < n->len; i++) {
		const uint8_t c = (uint8_t)n->name[i];

		if (c < ' ' || c == 0x7f || c >= 0x80) {
			assert_false(
			    screen_output_has(s->ana.screen, n->name, n->len));
			return;
		}
	}
}

/* A name that is longer than a name can be breaks the frame itself. */
static void
frame_is_refused(struct scene *s)
{
	assert_true(stranger_hears(s->mallory, FRAME_BYE, 0, NULL));
	assert_true(person_sees(&s->ana, "not charla's language"));
	assert_true(stranger_is_out(s->mallory));
	assert_true(scene_has_lines(s, 1));
	stranger_meets(s->mallory, &s->ana);
}

static void
test_offer(void **state)
{
	struct scene s;
	size_t count;
	const struct hostile_name *names = hostile_names(&count);

	(void)state;
	scene_open(&s);
	for (size_t i = 0; i < count; i++) {
		const struct hostile_name *n = &names[i];
		struct frame_offer offer;
		char *before;

		if (n->legal)
			continue;
		print_message("%s\n", n->label);
		scene_clears(&s);
		before = picture_of(s.ana.home, false);
		offer = scene_offer(&s, n->name, n->len, 5);
		stranger_offers(s.mallory, &offer);
		if (n->len > WIRE_NAME_MAX) {
			frame_is_refused(&s);
		} else {
			assert_int_equal(
			    stranger_hears_why(s.mallory, offer.id), WHY_NAME);
			assert_true(person_sees(&s.ana, "refused"));
			assert_true(scene_has_lines(&s, 1));
		}
		check_screen(&s, n);
		stranger_talks(s.mallory, &s.ana);
		assert_true(
		    pictures_equal(before, picture_of(s.ana.home, false)));
	}
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
