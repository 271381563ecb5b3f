/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order on disk: a file's bytes are synced before it gets its name, and
 * the folder after. The calls that matter are noted down here on their way
 * to the system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

/*
 * f: a file is synced, d: a folder, r: a file gets another name. Written by
 * the worker, read when it is idle; the calls below take no argument for it.
 */
static char calls[64];

static void
note(char call)
{
	size_t len = strlen(calls);

	if (len + 1 < sizeof(calls))
		calls[len] = call;
}

/* These take the place of the C library's. */
int
fsync(int fd)
{
	struct stat st;

	note(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? 'd' : 'f');
	return (int)syscall(SYS_fsync, fd);
}

int
renameat2(
    int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	note('r');
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

static void
forget_calls(void)
{
	memset(calls, 0, sizeof(calls));
}

static void
test_order(void **state)
{
	uint8_t *bytes = scratch_bytes(1000, 107);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	forget_calls();
	receiving_whole(&r, "file", bytes, 1000);
	receiving_check(&r, "file", bytes, 1000);
	assert_string_equal(calls, "frd");
	receiving_forget(&r);

	/* A name that was taken costs another try, and nothing else. */
	forget_calls();
	receiving_whole(&r, "file", bytes, 1000);
	receiving_check(&r, "file (1)", bytes, 1000);
	assert_string_equal(calls, "frrd");
	receiving_forget(&r);

	/* The same for one that was left for a while. */
	receiving_open(&r, "other", 1000);
	receiving_write(&r, bytes, 500);
	receiving_keep(&r);
	receiving_resume(&r, "other", 1000);
	forget_calls();
	receiving_write(&r, bytes + 500, 500);
	receiving_finish(&r, bytes, 1000);
	receiving_check(&r, "other", bytes, 1000);
	assert_string_equal(calls, "frd");
	receiving_keep(&r);

	/* And for one that has its name already: who knows what was synced. */
	forget_calls();
	receiving_resume(&r, "other", 1000);
	receiving_finish(&r, bytes, 1000);
	receiving_check(&r, "other", bytes, 1000);
	assert_string_equal(calls, "fd");
	receiving_forget(&r);

	/* What is not right gets no name at all. */
	forget_calls();
	receiving_open(&r, "third", 1000);
	receiving_write(&r, bytes, 1000);
	receiving_finish(&r, bytes, 999);
	assert_int_equal(r.failed, 1);
	assert_string_equal(calls, "");
	free(bytes);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
