/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sshd of our own on a loopback port, with keys made for this run. */
#ifndef CHARLA_TESTS_SSHD_H
#define CHARLA_TESTS_SSHD_H

#include <stdint.h>
#include <sys/types.h>

struct sshd {
	pid_t pid; /* 0: not running */
	int port_guard;
	/* For scp -o and ssh -o: who we are, and no questions. */
	char options[8192];
};

/* Its keys and settings go into folder; ends the test on failure. */
void sshd_start(struct sshd *s, const char *folder);
/* Where it does not run, nothing happens. */
void sshd_stop(struct sshd *s);

#endif
