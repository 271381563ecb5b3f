/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/planting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

/* An address is short, whatever the path is: so by its folder's descriptor. */
static void
plant_socket(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *folder = str_ndup(path, (size_t)(name - path));
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int len = snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/%s", folder_fd, name);

	assert_in_range(len, 1, sizeof(address.sun_path) - 1);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(folder_fd);
	close(fd);
	free(folder);
}

void
plant(const char *path, char kind, const char *outside)
{
	switch (kind) {
	case 'd':
		assert_int_equal(mkdir(path, 0700), 0);
		break;
	case 's':
		assert_int_equal(symlink(outside, path), 0);
		break;
	case 'n':
		assert_int_equal(symlink("../made-by-accident", path), 0);
		break;
	case 'p':
		assert_int_equal(mkfifo(path, 0600), 0);
		break;
	case 'u':
		plant_socket(path);
		break;
	case 'l':
		assert_int_equal(link(outside, path), 0);
		break;
	default:
		scratch_write(path, "precious", 8);
		if (kind == '0')
			assert_int_equal(chmod(path, 0400), 0);
	}
}

void
planted_same(const struct stat *before, const char *path)
{
	struct stat now;

	assert_int_equal(lstat(path, &now), 0);
	assert_int_equal(now.st_ino, before->st_ino);
	assert_int_equal(now.st_mode, before->st_mode);
	assert_int_equal(now.st_size, before->st_size);
	assert_int_equal(now.st_nlink, before->st_nlink);
	assert_int_equal(now.st_mtim.tv_sec, before->st_mtim.tv_sec);
	assert_int_equal(now.st_mtim.tv_nsec, before->st_mtim.tv_nsec);
	assert_int_equal(now.st_ctim.tv_sec, before->st_ctim.tv_sec);
	assert_int_equal(now.st_ctim.tv_nsec, before->st_ctim.tv_nsec);
}

/* From now on openat2 and renameat2 say what they say on old kernels. */
static int
take_away_calls(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_openat2
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 2, 0),
#endif
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	const struct sock_fprog program = {
	    .len = (unsigned short)COUNT(code),
	    .filter = code,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

bool
on_old_kernel(void (*check)(void))
{
	enum { NO_FILTER = 99 };
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (take_away_calls() < 0)
			_exit(NO_FILTER);
		/* A failure leaves through cmocka, with another status. */
		check();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_FILTER) {
		print_message("skipped: this system filters no calls\n");
		return false;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}
