/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file over loopback, charla against scp, in turns, whole-process wall
 * time: from exec of the caller, through its key exchange, until the file
 * is in place and the caller has ended. For scp a sshd of our own runs on a
 * loopback port. MIB=1024, PAIRS=5, FOLDER=/dev/shm (a tmpfs with room for
 * twice the file).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/sending.h"
#include "tests/bench/sshd.h"
#include "tests/e2e/meeting.h"

enum { PAIRS_MAX = 100, MIB = 1024 * 1024 };

struct bench {
	char folder[4096];
	char file[4096 + 16];
	struct sshd sshd;
	struct person ana, beto;
};

static double
time_scp(struct bench *b)
{
	const char *target = in_folder(b->folder, "by-scp.bin");
	double begin = bench_now(), took;

	bench_shell(text_of(
	    "scp -q %s %s 127.0.0.1:%s", b->sshd.options, b->file, target));
	took = bench_now() - begin;
	assert_true(files_equal(b->file, target));
	unlink(target);
	return took;
}

static double
time_charla(struct bench *b)
{
	const char *target = in_folder(b->ana.downloads, "source.bin");
	double took = send_process(&b->beto, &b->ana, b->file);

	assert_true(files_equal(b->file, target));
	unlink(target);
	return took;
}

static void
run(void **state)
{
	struct bench *b = *state;
	long mib = bench_number("MIB", 1024);
	long pairs = bench_number("PAIRS", 5);
	double scp[PAIRS_MAX], charla[PAIRS_MAX];

	assert_true(pairs > 0 && pairs <= PAIRS_MAX && mib > 0);
	make_file(b->file, (size_t)mib * MIB, 1);
	sshd_start(&b->sshd, b->folder);
	meet(&b->ana, &b->beto); /* the knock happens once */
	assert_true(person_quits(&b->beto));
	for (long i = 0; i < pairs; i++) {
		scp[i] = time_scp(b);
		charla[i] = time_charla(b);
		printf("%ld MiB: scp %.2f s, charla %.2f s: %.2f times as "
		       "fast\n",
		    mib, scp[i], charla[i], scp[i] / charla[i]);
		fflush(stdout);
	}
	printf("median: scp %.2f s, charla %.2f s\n",
	    bench_quantile(scp, (size_t)pairs, 0.5),
	    bench_quantile(charla, (size_t)pairs, 0.5));
}

static int
begin(void **state)
{
	static struct bench b;

	bench_use_folder();
	make_temp_dir(b.folder, sizeof(b.folder));
	snprintf(b.file, sizeof(b.file), "%s/source.bin", b.folder);
	*state = &b;
	return 0;
}

/* Also where the measuring has failed on the way. */
static int
end(void **state)
{
	struct bench *b = *state;

	part(&b->ana, &b->beto);
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
