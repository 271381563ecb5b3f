/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs that are no charla call, while two people talk and a file is on its
 * way: one line about each of them, its link is closed, and the two notice
 * nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"

enum {
	NOISE = 1024 * 1024,
	FILE_SIZE = 8 * 1024 * 1024,
	HELLO_SIZE = 517,
	AGAIN = 20,
	MANY = 200,
	CALM_MS = 300,
	TALL = 60,
	WIDE = 120,
};

/* What a browser says first where https is asked for; then come zeros. */
static const uint8_t browser_hello[HELLO_SIZE] = {
    0x16,
    0x03,
    0x01,
    0x02,
    0x00,
    0x01,
    0x00,
    0x01,
    0xfc,
    0x03,
    0x03,
    0x20,
    0xd0,
    0xfd,
    0xa5,
    0x7d,
    0x43,
    0x30,
    0xe1,
    0xeb,
    0x21,
    0x0f,
    0x41,
    0x4c,
    0x2b,
    0xe6,
    0xa9,
    0xcd,
    0x08,
    0x0b,
    0x6c,
    0x43,
    0xcb,
    0xde,
    0x30,
    0x7d,
    0x7c,
    0x27,
    0x78,
    0x36,
    0xa8,
    0x16,
    0xb9,
    0x20,
    0x06,
    0x0a,
    0x87,
    0x4c,
    0x19,
    0x1f,
    0x89,
    0xcf,
    0xfe,
    0x14,
    0x50,
    0x83,
    0xeb,
    0x98,
    0x7f,
    0xfe,
    0xe9,
    0x79,
    0x06,
    0x04,
    0x43,
    0x44,
    0xf8,
    0xb9,
    0xcc,
    0x84,
    0x37,
    0xfa,
    0x7a,
    0x33,
    0x62,
    0xc4,
    0x00,
    0x24,
    0x13,
    0x02,
    0x13,
    0x03,
    0x13,
    0x01,
    0xc0,
    0x2c,
    0xc0,
    0x30,
    0xc0,
    0x2b,
    0xc0,
    0x2f,
    0xcc,
    0xa9,
    0xcc,
    0xa8,
    0xc0,
    0x24,
    0xc0,
    0x28,
    0xc0,
    0x23,
    0xc0,
    0x27,
    0x00,
    0x9f,
    0x00,
    0x9e,
    0x00,
    0x6b,
    0x00,
    0x67,
    0x00,
    0xff,
    0x01,
    0x00,
    0x01,
    0x8f,
    0x00,
    0x00,
    0x00,
    0x0e,
    0x00,
    0x0c,
    0x00,
    0x00,
    0x09,
    0x61,
    0x6e,
    0x61,
    0x2e,
    0x6c,
    0x6f,
    0x63,
    0x61,
    0x6c,
    0x00,
    0x0b,
    0x00,
    0x04,
    0x03,
    0x00,
    0x01,
    0x02,
    0x00,
    0x0a,
    0x00,
    0x16,
    0x00,
    0x14,
    0x00,
    0x1d,
    0x00,
    0x17,
    0x00,
    0x1e,
    0x00,
    0x19,
    0x00,
    0x18,
    0x01,
    0x00,
    0x01,
    0x01,
    0x01,
    0x02,
    0x01,
    0x03,
    0x01,
    0x04,
    0x00,
    0x23,
    0x00,
    0x00,
    0x00,
    0x10,
    0x00,
    0x0e,
    0x00,
    0x0c,
    0x02,
    0x68,
    0x32,
    0x08,
    0x68,
    0x74,
    0x74,
    0x70,
    0x2f,
    0x31,
    0x2e,
    0x31,
    0x00,
    0x16,
    0x00,
    0x00,
    0x00,
    0x17,
    0x00,
    0x00,
    0x00,
    0x0d,
    0x00,
    0x2a,
    0x00,
    0x28,
    0x04,
    0x03,
    0x05,
    0x03,
    0x06,
    0x03,
    0x08,
    0x07,
    0x08,
    0x08,
    0x08,
    0x09,
    0x08,
    0x0a,
    0x08,
    0x0b,
    0x08,
    0x04,
    0x08,
    0x05,
    0x08,
    0x06,
    0x04,
    0x01,
    0x05,
    0x01,
    0x06,
    0x01,
    0x03,
    0x03,
    0x03,
    0x01,
    0x03,
    0x02,
    0x04,
    0x02,
    0x05,
    0x02,
    0x06,
    0x02,
    0x00,
    0x2b,
    0x00,
    0x05,
    0x04,
    0x03,
    0x04,
    0x03,
    0x03,
    0x00,
    0x2d,
    0x00,
    0x02,
    0x01,
    0x01,
    0x00,
    0x33,
    0x00,
    0x26,
    0x00,
    0x24,
    0x00,
    0x1d,
    0x00,
    0x20,
    0x3e,
    0x79,
    0x42,
    0x2f,
    0x58,
    0xc1,
    0x4c,
    0x16,
    0x52,
    0x96,
    0x38,
    0x24,
    0x65,
    0x76,
    0xc1,
    0xa5,
    0x5f,
    0x92,
    0xc7,
    0x5e,
    0x19,
    0xeb,
    0x6f,
    0xe1,
    0x61,
    0x51,
    0x98,
    0x21,
    0xdc,
    0x19,
    0x7a,
    0x24,
    0x00,
    0x15,
    0x00,
    0xd2,
};

/* Each calls from an address of its own: "127.69.0.NUMBER". */
static int
call(const struct person *p, unsigned number)
{
	struct sockaddr_in from = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(0x7f450000u + number)};
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(p->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

/* All of it, as far as it is taken. */
static void
pour(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

/* Until it is closed over there. */
static size_t
drain(int fd)
{
	char bytes[4096];
	size_t sum = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		sum += (size_t)n;
	close(fd);
	return sum;
}

struct caller {
	const void *bytes;
	size_t len;
	bool tls; /* gets an alert; else it gets nothing at all */
};

static void
make_noise(uint8_t *noise)
{
	uint32_t x = 6973;

	for (size_t i = 0; i < NOISE; i++) {
		x = x * 1664525u + 1013904223u;
		noise[i] = (uint8_t)(x >> 24);
	}
	/* Else it might begin as TLS does, once in 65,536 times. */
	noise[0] = 'z';
}

static const char *
line_about(unsigned number, bool tls)
{
	return tls ? text_of("a caller from 127.69.0.%u did not get through",
			 number)
		   : text_of("a program at 127.69.0.%u called that is not "
			     "charla",
			 number);
}

/* A word each way. */
static void
still_talk(struct person *ana, struct person *beto, unsigned number)
{
	person_type(beto, text_of("unharmed %u", number));
	person_type(ana, text_of("as ever %u", number));
	assert_true(person_sees(ana, text_of("beto: unharmed %u", number)));
	assert_true(person_sees(beto, text_of("ana: as ever %u", number)));
}

static void
comes_and_goes(struct person *ana, const struct caller *c, unsigned number)
{
	int fd = call(ana, number);
	size_t got;

	pour(fd, c->bytes, c->len);
	assert_true(person_sees(ana, line_about(number, c->tls)));
	got = drain(fd);
	if (c->tls)
		assert_in_range(got, 0, 64);
	else
		assert_int_equal(got, 0);
}

static void
test_callers_that_are_none(void **state)
{
	static const uint8_t telnet[] = {0xff, 0xfb, 0x1f, 0xff, 0xfb, 0x20,
	    0xff, 0xfb, 0x18, 0xff, 0xfb, 0x27, 0xff, 0xfd, 0x01};
	static const char get[] = "GET / HTTP/1.1\r\nHost: ana\r\n\r\n";
	static const char ssh[] = "SSH-2.0-OpenSSH_9.2\r\n";
	uint8_t *noise = mem_alloc(NOISE), *like_tls = mem_alloc(NOISE);
	const struct caller callers[] = {
	    {"hola", 4, false},
	    {get, sizeof(get) - 1, false},
	    {telnet, sizeof(telnet), false},
	    {ssh, sizeof(ssh) - 1, false},
	    {noise, NOISE, false},
	    {browser_hello, sizeof(browser_hello), true},
	    {like_tls, NOISE, true},
	};
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;
	const char *file;

	(void)state;
	make_noise(noise);
	make_noise(like_tls);
	memcpy(like_tls, "\x16\x03\x01", 3);
	meet(&ana, &beto);
	file = in_folder(beto.home, "book.bin");
	make_file(file, FILE_SIZE, 1);
	/* Slow enough to be under way all the time. */
	person_type(&beto, "/limit 100k");
	person_type(&beto, "/send book.bin");
	assert_true(person_sees(&ana, "beto offers 'book.bin'"));
	person_type(&ana, "/accept");
	assert_true(screen_wait_text(ana.screen, "kB/s", 0));
	for (unsigned i = 0; i < COUNT(callers); i++) {
		comes_and_goes(&ana, &callers[i], i + 1);
		still_talk(&ana, &beto, i + 1);
	}
	assert_true(screen_wait_row(ana.screen, 0, "beto", 0));
	for (unsigned i = 0; i < COUNT(callers); i++)
		assert_int_equal(
		    screen_count(ana.screen, text_of("127.69.0.%u ", i + 1)),
		    1);
	assert_int_equal(screen_count(ana.screen, "received, verified"), 0);
	person_type(&beto, "/limit off");
	assert_true(person_sees(&ana, "received, verified"));
	assert_true(files_equal(in_folder(beto.home, "book.bin"),
	    in_folder(ana.downloads, "book.bin")));
	free(noise);
	free(like_tls);
	part(&ana, &beto);
}

/* Who calls again and again is told of once. */
static void
test_again_and_again(void **state)
{
	const struct caller get = {"GET / HTTP/1.1\r\n\r\n", 18, false};
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;

	(void)state;
	meet(&ana, &beto);
	for (int i = 0; i < AGAIN; i++)
		comes_and_goes(&ana, &get, 1);
	/* Another one is news. */
	comes_and_goes(&ana, &get, 2);
	still_talk(&ana, &beto, 0);
	assert_true(screen_wait_quiet(ana.screen, CALM_MS, 0));
	assert_int_equal(screen_count(ana.screen, line_about(1, false)), 1);
	assert_int_equal(screen_count(ana.screen, line_about(2, false)), 1);
	assert_int_equal(screen_count(ana.screen, "many callers"), 0);
	part(&ana, &beto);
}

/* From many addresses: few lines, and the talk goes on. */
static void
test_many(void **state)
{
	struct person ana = {.rows = TALL, .cols = WIDE}, beto = ana;

	(void)state;
	meet(&ana, &beto);
	for (unsigned i = 0; i < MANY; i++) {
		int fd = call(&ana, i + 1);

		pour(fd, (const uint8_t *)"hola", 4);
		close(fd);
	}
	assert_true(person_sees(&ana, "many callers did not get through"));
	still_talk(&ana, &beto, 0);
	assert_true(screen_count(ana.screen, "that is not charla") < 10);
	assert_int_equal(screen_count(ana.screen, "many callers"), 1);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_callers_that_are_none),
	    cmocka_unit_test(test_again_and_again),
	    cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
