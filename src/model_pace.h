/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast something moves and how long it will take, for a person to read.
 * Pure: time is an argument, in clock_mono_ms().
 */
#ifndef CHARLA_MODEL_PACE_H
#define CHARLA_MODEL_PACE_H

#include <stdint.h>

enum {
	PACE_FIRST_MS = 500,  /* of it: a shorter time says nothing */
	PACE_SAMPLE_MS = 100, /* between two looks at it */
	PACE_LEFT_MS = 1500,  /* after the first: what is left can be told */
	PACE_STILL_MS = 1000, /* without a byte: from here on no time of it */
};

/* A zeroed one knows nothing. */
struct pace {
	uint64_t begun_ms;
	uint64_t sample_ms, sample_moved; /* where the next sample begins */
	double rate;       /* bytes a second, smoothed; 0: not known yet */
	uint64_t still_ms; /* without a byte, up to the last sample */
	uint64_t going_ms; /* without such times */
	double usual;      /* the rate while it goes, smoothed for longer */
	double left;       /* seconds, smoothed; 0: not known yet */
	/*
	 * The same for a person: whole seconds below 20 s, then steps of 5 s
	 * and more, of which one is taken up only where left is more than a
	 * step above. 0: nobody can say.
	 */
	uint64_t seconds_left;
};

/* moved: bytes so far, of whatever begin; these are in no rate. */
void pace_begin(struct pace *p, uint64_t moved, uint64_t now_ms);
/* moved bytes by now, and so many to come. */
void pace_note(
    struct pace *p, uint64_t moved, uint64_t to_come, uint64_t now_ms);
/* So many are to come instead of so many: the others need not move. */
void pace_spare(struct pace *p, uint64_t instead_of, uint64_t to_come);

#endif
