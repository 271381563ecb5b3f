/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/bad_disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "src/base/util.h"

enum { NOT_POSSIBLE = 99 };

#if defined(__linux__) && defined(SYS_pread64) && UINTPTR_MAX > UINT32_MAX
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { OFFSET_LOW = 0, OFFSET_HIGH = 4 };
#else
enum { OFFSET_LOW = 4, OFFSET_HIGH = 0 };
#endif

static int
damage(uint32_t from)
{
	enum { OFFSET = offsetof(struct seccomp_data, args[3]) };
	struct sock_filter code[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pread64, 0, 4),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OFFSET + OFFSET_HIGH),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OFFSET + OFFSET_LOW),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, from, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
	};
	const struct sock_fprog program = {
	    .len = (unsigned short)COUNT(code),
	    .filter = code,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static int
damage(uint32_t from)
{
	(void)from;
	return -1;
}
#endif

bool
on_bad_disk(uint32_t from, void (*check)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (damage(from) < 0)
			_exit(NOT_POSSIBLE);
		/* A failure leaves through cmocka, with another status. */
		check();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_POSSIBLE) {
		print_message("skipped: this system filters no calls\n");
		return false;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}
