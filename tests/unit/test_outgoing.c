/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/outgoing.h"
#include "src/base/util.h"
#include "tests/unit/scratch.h"

/* One file on its way out, and all that was told about it. */
struct sending {
	char *folder;
	struct worker *disk;
	struct outgoing *outgoing;
	size_t opened, finished, failed;
	size_t unconsumed, most_unconsumed;
	bool consume;       /* every block at once */
	bool free_in_block; /* outgoing_free from the callback */
	struct frame_offer offer;
	char name[WIRE_NAME_MAX + 1];
	uint8_t *bytes;
	size_t len;
	uint8_t hash[WIRE_HASH_LEN];
	enum wire_why why;
	struct reason reason;
};

static void
take_block(struct sending *s, struct block *block)
{
	assert_int_equal(block->used, 0);
	assert_null(block->next);
	s->bytes = mem_realloc(s->bytes, s->len + block->len);
	memcpy(s->bytes + s->len, block->bytes, block->len);
	s->len += block->len;
	free(block);
	s->unconsumed++;
	if (s->unconsumed > s->most_unconsumed)
		s->most_unconsumed = s->unconsumed;
	if (s->free_in_block) {
		outgoing_free(s->outgoing);
		s->outgoing = NULL;
	} else if (s->consume) {
		s->unconsumed--;
		outgoing_consumed(s->outgoing);
	}
}

static void
on_event(void *arg, const struct outgoing_event *event)
{
	struct sending *s = arg;

	assert_int_equal(s->failed, 0);
	assert_int_equal(s->finished, 0);
	switch (event->type) {
	case OUTGOING_OPENED:
		s->opened++;
		s->offer = *event->offer;
		assert_true(s->offer.name_len <= WIRE_NAME_MAX);
		memcpy(s->name, s->offer.name, s->offer.name_len);
		break;
	case OUTGOING_BLOCK_READY:
		assert_int_equal(s->opened, 1);
		take_block(s, event->block);
		break;
	case OUTGOING_FINISHED:
		s->finished++;
		memcpy(s->hash, event->hash, WIRE_HASH_LEN);
		break;
	case OUTGOING_FAILED:
		s->failed++;
		s->why = event->why;
		s->reason = *event->reason;
		break;
	}
}

static void
begin(struct sending *s)
{
	const struct worker_config config = {.name = "disk"};

	*s = (struct sending){.consume = true};
	s->folder = scratch_new();
	s->disk = worker_new(&config);
}

/* Forget the last file; the folder stays. */
static void
forget(struct sending *s)
{
	struct sending next = {.folder = s->folder, .disk = s->disk};

	outgoing_free(s->outgoing);
	scratch_settle(s->disk);
	free(s->bytes);
	next.consume = true;
	*s = next;
}

static void
end(struct sending *s)
{
	forget(s);
	worker_free(s->disk);
	scratch_free(s->folder);
}

static void
open_path(struct sending *s, const char *path)
{
	s->outgoing = outgoing_new(s->disk, path, on_event, s);
	assert_int_equal(s->opened + s->failed, 0);
	scratch_settle(s->disk);
	assert_int_equal(s->opened + s->failed, 1);
}

static void
open_name(struct sending *s, const char *name)
{
	char *path = scratch_path(s->folder, name);

	open_path(s, path);
	free(path);
}

static void
put(struct sending *s, const char *name, const void *data, size_t len)
{
	char *path = scratch_path(s->folder, name);

	scratch_write(path, data, len);
	free(path);
}

static void
check_hash(const struct sending *s, const void *data, size_t len)
{
	XXH128_canonical_t hash;

	XXH128_canonicalFromHash(&hash, XXH3_128bits(data, len));
	assert_memory_equal(s->hash, hash.digest, WIRE_HASH_LEN);
}

/* Byte for byte at the sizes where blocks begin and end. */
static void
test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, OUTGOING_BLOCK - 1, OUTGOING_BLOCK,
	    OUTGOING_BLOCK + 1, OUTGOING_AHEAD * OUTGOING_BLOCK - 1,
	    OUTGOING_AHEAD * OUTGOING_BLOCK,
	    OUTGOING_AHEAD * OUTGOING_BLOCK + 1, 5 * 1000 * 1000};
	struct sending s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t *bytes = scratch_bytes(sizes[i], 7);

		put(&s, "file", bytes, sizes[i]);
		open_name(&s, "file");
		assert_int_equal(s.offer.size, sizes[i]);
		outgoing_start(s.outgoing);
		scratch_settle(s.disk);
		assert_int_equal(s.failed, 0);
		assert_int_equal(s.finished, 1);
		assert_int_equal(s.len, sizes[i]);
		if (sizes[i] > 0)
			assert_memory_equal(s.bytes, bytes, sizes[i]);
		check_hash(&s, bytes, sizes[i]);
		free(bytes);
		forget(&s);
	}
	end(&s);
}

static void
test_offer(void **state)
{
	const struct timespec times[2] = {
	    {.tv_sec = 1}, {.tv_sec = 1234567, .tv_nsec = 891 * 1000 * 1000}};
	const char *name = "caf\xc3\xa9 \xe5\x86\x99\xe7\x9c\x9f.tar.gz";
	struct sending s;
	char *path;

	(void)state;
	begin(&s);
	put(&s, name, "abc", 3);
	path = scratch_path(s.folder, name);
	assert_int_equal(chmod(path, 0751), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	open_path(&s, path);
	assert_string_equal(s.name, name);
	assert_int_equal(s.offer.size, 3);
	assert_int_equal(s.offer.mode, 0751);
	assert_int_equal(s.offer.mtime_ms, 1234567891);
	/* Nothing is read before it is asked for. */
	assert_int_equal(s.len, 0);
	free(path);
	end(&s);
}

/* A network that stands still holds up at most OUTGOING_AHEAD blocks. */
static void
test_ahead(void **state)
{
	const size_t size = 3 * OUTGOING_AHEAD * OUTGOING_BLOCK;
	uint8_t *bytes = scratch_bytes(size, 3);
	struct sending s;

	(void)state;
	begin(&s);
	s.consume = false;
	put(&s, "file", bytes, size);
	open_name(&s, "file");
	outgoing_start(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.len, OUTGOING_AHEAD * OUTGOING_BLOCK);
	while (s.finished == 0) {
		assert_int_equal(s.failed, 0);
		s.unconsumed--;
		outgoing_consumed(s.outgoing);
		scratch_settle(s.disk);
	}
	assert_int_equal(s.len, size);
	assert_int_equal(s.most_unconsumed, OUTGOING_AHEAD);
	/* Those still to be consumed ask for nothing more. */
	outgoing_consumed(s.outgoing);
	scratch_settle(s.disk);
	free(bytes);
	end(&s);
}

static void
change_nothing(const char *path)
{
	(void)path;
}

static void
grow(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void
shrink(const char *path)
{
	assert_int_equal(truncate(path, OUTGOING_BLOCK), 0);
}

static void
shrink_to_nothing(const char *path)
{
	assert_int_equal(truncate(path, 0), 0);
}

/* Same size, other bytes; the clock of the file system may be coarse. */
static void
rewrite(const char *path)
{
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_OMIT}, {.tv_sec = 99}};
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void
test_changed(void **state)
{
	static const struct {
		void (*change)(const char *path);
		size_t failed;
	} cases[] = {{change_nothing, 0}, {grow, 1}, {shrink, 1},
	    {shrink_to_nothing, 1}, {rewrite, 1}};
	const size_t size = OUTGOING_AHEAD * OUTGOING_BLOCK + 10;
	uint8_t *bytes = scratch_bytes(size, 5);
	struct sending s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *path = scratch_path(s.folder, "file");

		s.consume = false;
		put(&s, "file", bytes, size);
		open_name(&s, "file");
		outgoing_start(s.outgoing);
		scratch_settle(s.disk);
		cases[i].change(path);
		outgoing_consumed(s.outgoing);
		scratch_settle(s.disk);
		assert_int_equal(s.failed, cases[i].failed);
		assert_int_equal(s.finished, 1 - cases[i].failed);
		if (cases[i].failed)
			assert_int_equal(s.why, WHY_CHANGED);
		free(path);
		forget(&s);
	}
	free(bytes);
	end(&s);
}

/* An empty file that is not empty any more. */
static void
test_empty_grows(void **state)
{
	struct sending s;
	char *path;

	(void)state;
	begin(&s);
	put(&s, "file", "", 0);
	path = scratch_path(s.folder, "file");
	open_path(&s, path);
	grow(path);
	outgoing_start(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.failed, 1);
	assert_int_equal(s.why, WHY_CHANGED);
	free(path);
	end(&s);
}

static void
check_refused(
    struct sending *s, const char *path, enum wire_why why, const char *word)
{
	open_path(s, path);
	assert_int_equal(s->failed, 1);
	assert_int_equal(s->why, why);
	assert_non_null(strstr(s->reason.text, word));
	forget(s);
}

/* Only files; the rest is told what it is, and never waits. */
static void
test_kinds(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char *fifo, *socket_path, *missing, *below, *slash, *dangling;
	struct sending s;
	int fd;

	(void)state;
	begin(&s);
	put(&s, "file", "abc", 3);
	fifo = scratch_path(s.folder, "fifo");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	socket_path = scratch_path(s.folder, "socket");
	assert_true(strlen(socket_path) < sizeof(address.sun_path));
	memcpy(address.sun_path, socket_path, strlen(socket_path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	dangling = scratch_path(s.folder, "dangling");
	assert_int_equal(symlink("nowhere", dangling), 0);
	missing = scratch_path(s.folder, "missing");
	below = scratch_path(s.folder, "file/below");
	slash = scratch_path(s.folder, "file/");

	check_refused(&s, s.folder, WHY_DENIED, "folder");
	check_refused(&s, "/", WHY_DENIED, "folder");
	check_refused(&s, fifo, WHY_DENIED, "pipe");
	check_refused(&s, socket_path, WHY_DENIED, "socket");
	check_refused(&s, "/dev/null", WHY_DENIED, "device");
	check_refused(&s, missing, WHY_IO, "no file");
	check_refused(&s, dangling, WHY_IO, "no file");
	check_refused(&s, below, WHY_IO, "no file");
	check_refused(&s, slash, WHY_IO, "no file");
	check_refused(&s, "", WHY_IO, "no file");

	close(fd);
	free(fifo);
	free(socket_path);
	free(missing);
	free(below);
	free(slash);
	free(dangling);
	end(&s);
}

static void
test_no_permission(void **state)
{
	struct sending s;
	char *path;

	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root may read everything\n");
		skip();
	}
	begin(&s);
	put(&s, "file", "abc", 3);
	path = scratch_path(s.folder, "file");
	assert_int_equal(chmod(path, 0), 0);
	check_refused(&s, path, WHY_DENIED, "permission");
	free(path);
	end(&s);
}

/* A name that the other side would have to refuse is not offered. */
static void
test_bad_names(void **state)
{
	static const char *const names[] = {"a\nb", "\x1b[2J", "latin\xe9"};
	struct sending s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < COUNT(names); i++) {
		char *path = scratch_path(s.folder, names[i]);

		scratch_write(path, "abc", 3);
		check_refused(&s, path, WHY_NAME, "rename");
		free(path);
	}
	end(&s);
}

/* Freed at any moment, nothing is told any more and nothing is leaked. */
static void
test_let_go(void **state)
{
	const size_t size = 2 * OUTGOING_AHEAD * OUTGOING_BLOCK;
	uint8_t *bytes = scratch_bytes(size, 9);
	struct sending s;
	char *path;

	(void)state;
	begin(&s);
	put(&s, "file", bytes, size);
	path = scratch_path(s.folder, "file");

	s.outgoing = outgoing_new(s.disk, path, on_event, &s);
	outgoing_free(s.outgoing);
	s.outgoing = NULL;
	scratch_settle(s.disk);
	assert_int_equal(s.opened, 0);

	open_path(&s, path);
	outgoing_start(s.outgoing);
	outgoing_free(s.outgoing);
	s.outgoing = NULL;
	scratch_settle(s.disk);
	assert_int_equal(s.len, 0);
	forget(&s);

	open_path(&s, path);
	s.free_in_block = true;
	outgoing_start(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.len, OUTGOING_BLOCK);
	assert_int_equal(s.finished, 0);

	outgoing_free(NULL);
	free(path);
	free(bytes);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_offer),
	    cmocka_unit_test(test_ahead),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_empty_grows),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_no_permission),
	    cmocka_unit_test(test_bad_names),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("outgoing", tests, NULL, NULL);
}
