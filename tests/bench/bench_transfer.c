/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file over loopback, charla against scp, in turns, whole-process wall
 * time: from exec of the caller, through its key exchange, until the file
 * is in place and the caller has ended. For scp a sshd of our own runs on a
 * loopback port with keys made for this run. MIB=1024, PAIRS=5, FOLDER=
 * /dev/shm (a tmpfs with room for twice the file).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

enum { PAIRS_MAX = 100, MIB = 1024 * 1024, DEADLINE_MS = 300 * 1000 };

struct bench {
	char folder[4096];
	const char *file;
	pid_t sshd;
	uint16_t ssh_port;
	struct person ana, beto;
};

static void
shell(const char *command)
{
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

static void
start_sshd(struct bench *b)
{
	const char *dir = b->folder;
	const char *config = in_folder(dir, "sshd_config");
	int guard;
	FILE *f;

	b->ssh_port = free_port(&guard);
	close(guard);
	shell(text_of("ssh-keygen -q -t ed25519 -N '' -f %s/host && "
		      "ssh-keygen -q -t ed25519 -N '' -f %s/user && "
		      "cp %s/user.pub %s/authorized && mkdir -p /run/sshd",
	    dir, dir, dir, dir));
	f = fopen(config, "w");
	assert_non_null(f);
	fprintf(f,
	    "ListenAddress 127.0.0.1:%d\nHostKey %s/host\n"
	    "AuthorizedKeysFile %s/authorized\nPidFile none\n"
	    "StrictModes no\nUsePAM no\nPermitRootLogin yes\n"
	    "Subsystem sftp internal-sftp\n",
	    b->ssh_port, dir, dir);
	fclose(f);
	b->sshd = fork();
	if (b->sshd == 0) {
		execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config,
		    (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 100; i++) {
		if (system(text_of("ssh-keyscan -p %d 127.0.0.1 "
				   ">/dev/null 2>&1",
			b->ssh_port)) == 0)
			return;
	}
	fail_msg("sshd does not answer; is openssh-server installed?");
}

static double
time_scp(struct bench *b)
{
	const char *target = in_folder(b->folder, "by-scp.bin");
	double begin = bench_now(), took;

	shell(text_of("scp -q -P %d -i %s/user -o StrictHostKeyChecking=no "
		      "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
		      "%s 127.0.0.1:%s",
	    b->ssh_port, b->folder, b->file, target));
	took = bench_now() - begin;
	assert_true(files_equal(b->file, target));
	unlink(target);
	return took;
}

static double
time_charla(struct bench *b)
{
	const char *target = in_folder(b->ana.downloads, "source.bin");
	double begin = bench_now(), took;

	person_call(&b->beto, "beto", &b->ana);
	assert_true(person_sees(&b->beto, "connected with ana"));
	person_type(&b->beto, text_of("/send %s", b->file));
	assert_true(person_sees(&b->ana, "question: /accept"));
	person_type(&b->ana, "/accept");
	assert_true(
	    screen_wait_text(b->beto.screen, "ana received", DEADLINE_MS));
	assert_true(person_quits(&b->beto));
	took = bench_now() - begin;
	assert_true(files_equal(b->file, target));
	unlink(target);
	person_type(&b->ana, "/clear");
	return took;
}

static void
run(void **state)
{
	long mib = bench_number("MIB", 1024);
	long pairs = bench_number("PAIRS", 5);
	const char *where = getenv("FOLDER");
	double scp[PAIRS_MAX], charla[PAIRS_MAX];
	struct bench b = {0};

	(void)state;
	assert_true(pairs > 0 && pairs <= PAIRS_MAX && mib > 0);
	setenv("TMPDIR", where ? where : "/dev/shm", 1);
	make_temp_dir(b.folder, sizeof(b.folder));
	b.file = strdup(in_folder(b.folder, "source.bin"));
	make_file(b.file, (size_t)mib * MIB, 1);
	start_sshd(&b);
	meet(&b.ana, &b.beto); /* the knock happens once */
	assert_true(person_quits(&b.beto));
	for (long i = 0; i < pairs; i++) {
		scp[i] = time_scp(&b);
		charla[i] = time_charla(&b);
		printf("%ld MiB: scp %.2f s, charla %.2f s: %.2f times as "
		       "fast\n",
		    mib, scp[i], charla[i], scp[i] / charla[i]);
		fflush(stdout);
	}
	printf("median: scp %.2f s, charla %.2f s\n",
	    bench_quantile(scp, (size_t)pairs, 0.5),
	    bench_quantile(charla, (size_t)pairs, 0.5));
	part(&b.ana, &b.beto);
	kill(b.sshd, SIGTERM);
	waitpid(b.sshd, NULL, 0);
	remove_tree(b.folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
