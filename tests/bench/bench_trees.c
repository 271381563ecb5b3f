/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree of many small files over loopback, charla against rsync over ssh, in
 * turns, whole-process wall time as bench_transfer takes it; then the same
 * tree once more, when all of it is there. In the end, through a forwarder
 * that counts, the bytes that charla puts on the wire for either. FILES=10000,
 * SIZE=4096 (bytes of each), PAIRS=5, FOLDER=/dev/shm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/bench.h"
#include "tests/bench/many_files.h"
#include "tests/bench/sending.h"
#include "tests/bench/sshd.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"
#include "tests/e2e/trees.h"

enum { PAIRS_MAX = 100, COLS = 132 };

struct bench {
	char folder[4096];
	char from[4096 + 16];     /* holds the tree and nothing else */
	char by_rsync[4096 + 16]; /* and this what has arrived */
	char source[4096 + 32];
	long files;
	size_t size;
	struct sshd sshd;
	struct pair pair;
};

/* Seconds, of every pair. */
struct times {
	double rsync[PAIRS_MAX], charla[PAIRS_MAX];
};

static double
time_rsync(struct bench *b)
{
	double begin = bench_now(), took;

	bench_shell(text_of("rsync -a -e 'ssh %s' %s 127.0.0.1:%s/",
	    b->sshd.options, b->source, b->by_rsync));
	took = bench_now() - begin;
	assert_true(trees_equal(b->from, b->by_rsync));
	return took;
}

static double
time_charla(struct bench *b)
{
	struct pair *p = &b->pair;
	double took = send_process(&p->beto, &p->ana, b->source);

	assert_true(trees_equal(b->from, p->ana.downloads));
	return took;
}

static void
say(const struct bench *b, const char *label, double rsync, double charla)
{
	printf("%ld files of %zu bytes, %s: rsync %.2f s, charla %.2f s: "
	       "%.2f times as fast\n",
	    b->files, b->size, label, rsync, charla, rsync / charla);
	fflush(stdout);
}

static void
measure(struct bench *b, struct times *fresh, struct times *again, long i)
{
	assert_int_equal(mkdir(b->by_rsync, 0755), 0);
	fresh->rsync[i] = time_rsync(b);
	fresh->charla[i] = time_charla(b);
	say(b, "new  ", fresh->rsync[i], fresh->charla[i]);
	again->rsync[i] = time_rsync(b);
	again->charla[i] = time_charla(b);
	say(b, "again", again->rsync[i], again->charla[i]);
	remove_tree(b->by_rsync);
	remove_tree(in_folder(b->pair.ana.downloads, "source"));
}

static void
say_median(
    const struct bench *b, const char *label, struct times *times, long pairs)
{
	size_t count = (size_t)pairs;

	printf("median: ");
	say(b, label, bench_quantile(times->rsync, count, 0.5),
	    bench_quantile(times->charla, count, 0.5));
}

static void
count_bytes(struct bench *b, const char *label)
{
	struct pair *p = &b->pair;
	struct proxy_state before = proxy_look(p->proxy), after;

	send_and_wait(&p->beto, &p->ana, b->source);
	after = proxy_look(p->proxy);
	assert_true(trees_equal(b->from, p->ana.downloads));
	printf("on the wire, %s: %.1f kB there, %.1f kB back, for %.1f kB\n",
	    label, (double)(after.from_caller - before.from_caller) / 1e3,
	    (double)(after.from_called - before.from_called) / 1e3,
	    (double)b->files * (double)b->size / 1e3);
	fflush(stdout);
	person_type(&p->ana, "/clear");
	person_type(&p->beto, "/clear");
}

static void
run(void **state)
{
	static struct times fresh, again;
	struct bench *b = *state;
	struct pair *p = &b->pair;
	long pairs = bench_number("PAIRS", 5);

	assert_true(pairs > 0 && pairs <= PAIRS_MAX && b->files > 0);
	assert_int_equal(mkdir(b->from, 0755), 0);
	make_many_files(b->source, b->files, b->size);
	sshd_start(&b->sshd, b->folder);
	meet(&p->ana, &p->beto); /* the knock happens once */
	assert_true(person_quits(&p->beto));
	for (long i = 0; i < pairs; i++)
		measure(b, &fresh, &again, i);
	say_median(b, "new  ", &fresh, pairs);
	say_median(b, "again", &again, pairs);
	p->proxy = proxy_start(p->ana.port);
	pair_call(p);
	assert_true(person_sees(&p->beto, "connected with ana"));
	count_bytes(b, "new  ");
	count_bytes(b, "again");
}

static int
begin(void **state)
{
	static struct bench b;

	bench_use_folder();
	make_temp_dir(b.folder, sizeof(b.folder));
	snprintf(b.from, sizeof(b.from), "%s/from", b.folder);
	snprintf(b.source, sizeof(b.source), "%s/source", b.from);
	snprintf(b.by_rsync, sizeof(b.by_rsync), "%s/by-rsync", b.folder);
	b.files = bench_number("FILES", 10000);
	b.size = (size_t)bench_number("SIZE", 4096);
	b.pair.ana.cols = b.pair.beto.cols = COLS; /* no sentence is broken */
	*state = &b;
	return 0;
}

/* Also where the measuring has failed on the way. */
static int
end(void **state)
{
	struct bench *b = *state;

	pair_end(&b->pair);
	sshd_stop(&b->sshd);
	remove_tree(b->folder);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(run, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
