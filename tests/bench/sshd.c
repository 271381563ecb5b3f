/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/sshd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

enum { TRIES = 100 };

static void
write_config(const char *path, const char *folder, uint16_t port)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f,
	    "ListenAddress 127.0.0.1:%d\nHostKey %s/host\n"
	    "AuthorizedKeysFile %s/authorized\nPidFile none\n"
	    "StrictModes no\nUsePAM no\nPermitRootLogin yes\n"
	    "Subsystem sftp internal-sftp\n",
	    port, folder, folder);
	assert_int_equal(fclose(f), 0);
}

void
sshd_start(struct sshd *s, const char *folder)
{
	const char *config = in_folder(folder, "sshd_config");
	uint16_t port = free_port(&s->port_guard);

	snprintf(s->options, sizeof(s->options),
	    "-o Port=%d -o IdentityFile=%s/user -o StrictHostKeyChecking=no "
	    "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR",
	    port, folder);
	bench_shell(text_of("ssh-keygen -q -t ed25519 -N '' -f %s/host && "
			    "ssh-keygen -q -t ed25519 -N '' -f %s/user && "
			    "cp %s/user.pub %s/authorized && mkdir -p "
			    "/run/sshd",
	    folder, folder, folder, folder));
	write_config(config, folder, port);
	s->pid = fork();
	if (s->pid == 0) {
		execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config,
		    (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < TRIES; i++) {
		if (system(text_of("ssh-keyscan -p %d 127.0.0.1 "
				   ">/dev/null 2>&1",
			port)) == 0)
			return;
	}
	fail_msg("sshd does not answer; is openssh-server installed?");
}

void
sshd_stop(struct sshd *s)
{
	if (s->pid <= 0)
		return;
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
	close(s->port_guard);
}
