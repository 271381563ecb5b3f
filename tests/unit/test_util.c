/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/log.h"
#include "src/base/util.h"

static void
test_strings(void **state)
{
	char *s;

	(void)state;
	assert_null(str_dup(NULL));
	s = str_dup("abc");
	assert_string_equal(s, "abc");
	str_replace(&s, str_ndup("abc", 2));
	assert_string_equal(s, "ab");
	str_replace(&s, str_ndup("abc", 99));
	assert_string_equal(s, "abc");
	str_replace(&s, str_ndup(NULL, 0));
	assert_string_equal(s, "");
	str_replace(&s, str_printf("%s-%d", "x", 7));
	assert_string_equal(s, "x-7");
	str_replace(&s, NULL);
	assert_null(s);
}

static void
test_memory(void **state)
{
	unsigned char *p;
	size_t i;

	(void)state;
	p = mem_zalloc(64);
	for (i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
	p[0] = 9;
	p = mem_realloc(p, 4096);
	assert_int_equal(p[0], 9);
	free(p);
	p = mem_dup("ab", 2);
	assert_memory_equal(p, "ab", 2);
	free(p);
	/* no bytes are no reason to end the program */
	p = mem_dup(NULL, 0);
	p = mem_realloc(p, 0);
	assert_non_null(p);
	free(p);
}

static void
test_add(void **state)
{
	uint64_t sum = 5;

	(void)state;
	assert_true(add_u64(1, 2, &sum));
	assert_int_equal(sum, 3);
	assert_true(add_u64(UINT64_MAX, 0, &sum));
	assert_true(sum == UINT64_MAX);
	assert_false(add_u64(UINT64_MAX, 1, &sum));
	assert_false(add_u64(1, UINT64_MAX, &sum));
	assert_true(sum == UINT64_MAX);
}

static void
test_reason(void **state)
{
	char longer[2 * sizeof(struct reason)];
	struct reason why;

	(void)state;
	reason_set(&why, "%s: %d", "no", 7);
	assert_string_equal(why.text, "no: 7");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	reason_set(&why, "%s", longer);
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
}

/* A line a call, private, and nothing in it drives the reader's terminal. */
static void
test_log(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *path = str_printf("%s/charla-XXXXXX", tmp ? tmp : "/tmp");
	char text[256] = "";
	struct stat st;
	mode_t mask;
	char *file;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(path));
	file = str_printf("%s/log", path);
	log_open(NULL);
	assert_int_equal(log_fd(), -1);
	log_debug("nobody hears");
	mask = umask(0);
	log_open(file);
	umask(mask);
	assert_true(log_fd() >= 0);
	assert_int_equal(fcntl(log_fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	errno = EBUSY;
	log_debug("peer \"%s\"", "a\n\x1b[2Jb");
	assert_int_equal(errno, EBUSY);
	fd = open(file, O_RDONLY);
	assert_in_range(read(fd, text, sizeof(text) - 1), 1, 200);
	close(fd);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_null(strchr(text, 0x1B));
	assert_non_null(strstr(text, " peer \"a"));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(path), 0);
	free(file);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_add),
	    cmocka_unit_test(test_reason),
	    cmocka_unit_test(test_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
