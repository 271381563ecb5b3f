/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two averages over time, not over samples: each sample weighs as much as
 * the time it stands for, and the less the longer ago it was. Divided by the
 * sum of the weights so far, they begin as the plain mean.
 *
 * The first follows the rate within seconds. The second is for what is left:
 * it is over a longer time, in which a stall counts for one second, since it
 * is no reason to think that it will go slower from here on. What is left is
 * counted down by the clock, and drawn towards bytes divided by that rate,
 * slowly enough that what comes and goes is not seen, and the more slowly
 * the more is left: there is time for it.
 */
#include "src/model_pace.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	RATE_TAU_MS = 3000,  /* how long the rate remembers */
	USUAL_TAU_MS = 8000, /* how long the usual one does */
};

/* In which time left comes near to what it should be: a part of itself. */
#define PULL       0.2
#define PULL_FAST  0.05 /* where it goes much faster than thought */
#define PULL_LEAST 2.0  /* seconds */

#define LEFT_LEAST 0.01                /* seconds; 0 is "not known" */
#define LEFT_LIMIT (100.0 * 24 * 3600) /* seconds; longer is a guess */

void
pace_begin(struct pace *p, uint64_t moved, uint64_t now_ms)
{
	*p = (struct pace){
	    .begun_ms = now_ms, .sample_ms = now_ms, .sample_moved = moved};
}

/*
 * An average over before_ms, and then value for elapsed_ms. 1 - exp(-t / tau)
 * is the sum of the weights over a time of t.
 */
static double
average(double mean, uint64_t before_ms, double value, uint64_t elapsed_ms,
    double tau_ms)
{
	double old = 1 - exp(-(double)before_ms / tau_ms);
	double new = 1 - exp(-(double)elapsed_ms / tau_ms);
	double sum = 1 - (1 - old) * (1 - new);

	return (mean * old * (1 - new) + value * new) / sum;
}

/* Between two times that a person is told, where the longer one is seconds. */
static uint64_t
step_below(uint64_t seconds)
{
	static const struct {
		uint64_t upto, step;
	} steps[] = {
	    {20, 1},
	    {2 * 60, 5},
	    {5 * 60, 10},
	    {10 * 60, 30},
	    {2 * 3600, 60},
	    {24 * 3600, 600},
	    {UINT64_MAX, 3600},
	};
	size_t i = 0;

	while (seconds > steps[i].upto)
		i++;
	return steps[i].step;
}

static void
tell(struct pace *p)
{
	uint64_t whole, step, told = p->seconds_left;

	if (!(p->left < LEFT_LIMIT)) {
		p->seconds_left = 0;
		return;
	}
	if (told == 0 || p->left <= (double)(told - step_below(told))) {
		whole = (uint64_t)ceil(p->left);
		step = step_below(whole);
		p->seconds_left = (whole + step - 1) / step * step;
	} else if (p->left > (double)(told + step_below(told + 1))) {
		p->seconds_left += step_below(told + 1);
	}
}

/* By so many seconds, and towards guess. */
static void
count_down(struct pace *p, double guess, double elapsed)
{
	double tau;

	if (p->left > 0) {
		p->left = fmax(p->left - elapsed, LEFT_LEAST);
		tau = p->left * (guess < p->left / 1.5 ? PULL_FAST : PULL);
		tau = fmax(tau, PULL_LEAST);
		p->left += (1 - exp(-elapsed / tau)) * (guess - p->left);
	} else {
		p->left = guess;
	}
	p->left = fmax(p->left, LEFT_LEAST);
	tell(p);
}

/* It moved by so many bytes, after still_ms. */
static void
go_on(struct pace *p, double bytes, uint64_t to_come)
{
	uint64_t elapsed_ms =
	    p->still_ms < PACE_STILL_MS ? p->still_ms : PACE_STILL_MS;
	double elapsed = (double)elapsed_ms / 1000;

	p->usual = average(
	    p->usual, p->going_ms, bytes / elapsed, elapsed_ms, USUAL_TAU_MS);
	p->going_ms += elapsed_ms;
	if (p->going_ms >= PACE_LEFT_MS)
		count_down(p, (double)to_come / p->usual, elapsed);
}

void
pace_note(struct pace *p, uint64_t moved, uint64_t to_come, uint64_t now_ms)
{
	bool first = !(p->rate > 0);
	uint64_t elapsed_ms;
	double bytes;

	if (now_ms < p->sample_ms + (first ? PACE_FIRST_MS : PACE_SAMPLE_MS))
		return;
	if (p->sample_moved > moved)
		p->sample_moved = moved;
	bytes = (double)(moved - p->sample_moved);
	elapsed_ms = now_ms - p->sample_ms;
	p->rate = average(p->rate, p->sample_ms - p->begun_ms,
	    bytes * 1000 / (double)elapsed_ms, elapsed_ms, RATE_TAU_MS);
	p->sample_ms = now_ms;
	p->sample_moved = moved;
	/* Buffers fill in the first one: it is not how it will go on. */
	if (first)
		return;
	p->still_ms += elapsed_ms;
	if (bytes > 0) {
		go_on(p, bytes, to_come);
		p->still_ms = 0;
	}
}

void
pace_spare(struct pace *p, uint64_t instead_of, uint64_t to_come)
{
	if (!(p->left > 0) || instead_of == 0)
		return;
	p->left *= (double)to_come / (double)instead_of;
	p->left = fmax(p->left, LEFT_LEAST);
	tell(p);
}
