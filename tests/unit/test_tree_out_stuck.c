/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of a tree that vanish, change or cannot be read: before they are
 * opened, and in their middle. It waits, goes on as if nothing had been once
 * they are as they were, or goes on without them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/bad_disk.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"
#include "tests/unit/sending.h"
#include "tests/unit/stream.h"

enum {
	AHEAD = OUTGOING_AHEAD * OUTGOING_BLOCK,
	LARGE = AHEAD + 3 * OUTGOING_BLOCK,
	DAMAGED = 5 * OUTGOING_BLOCK, /* from here on the disk is bad */
};

/* What happens, happens to t/d/mark. */
static const struct stream_file files[] = {
    {"t/", 0},
    {"t/before", 100},
    {"t/d/", 0},
    {"t/d/beside", 50},
    {"t/d/mark", 3000},
    {"t/later", 7},
};

enum { BEFORE, BESIDE, MARK, LATER, ALL };

/* Something is moved away, and something else takes its place. */
struct harm {
	const char *place;
	/*
	 * Of plant; but s: a link to what was moved; +, -, t: a file with
	 * other bytes, and a byte more, or less, or another time; c: nothing
	 * is moved, but it is closed; 0: nothing takes its place.
	 */
	char kind;
	enum wire_why why;
	const char *word; /* of the sentence */
};

static const struct harm harms[] = {
    {"t/d/mark", 0, WHY_GONE, "not there any more; put it back"},
    {"t/d", 0, WHY_GONE, "not there"},
    {"t/d", 'f', WHY_GONE, "not there"},
    {"t/d/mark", 'u', WHY_GONE, "not there"},
    {"t/d", 's', WHY_CHANGED, "changed"},
    {"t/d/mark", 's', WHY_CHANGED, "changed"},
    {"t/d/mark", 'd', WHY_CHANGED, "changed"},
    {"t/d/mark", 'p', WHY_CHANGED, "changed"},
    {"t/d/mark", '+', WHY_CHANGED, "changed"},
    {"t/d/mark", '-', WHY_CHANGED, "changed"},
    {"t/d/mark", 't', WHY_CHANGED, "changed"},
    {"t/d/mark", 'c', WHY_DENIED, "no permission"},
    {"t/d", 'c', WHY_DENIED, "no permission"},
};

/* In the place of the file that was kept. */
static void
plant_other(const char *path, const char *kept, char kind)
{
	struct stat st;
	uint8_t *bytes;

	assert_int_equal(stat(kept, &st), 0);
	st.st_size += (kind == '+') - (kind == '-');
	bytes = scratch_bytes((size_t)st.st_size, 12345);
	scratch_write(path, bytes, (size_t)st.st_size);
	scratch_set_mtime(
	    path, st.st_mtim.tv_sec, st.st_mtim.tv_nsec + (kind == 't'));
	free(bytes);
}

static void
do_harm(const struct sending *s, const struct harm *harm)
{
	char *path = scratch_path(s->folder, harm->place);
	char *kept = scratch_path(s->folder, "kept");

	if (harm->kind == 'c') {
		assert_int_equal(chmod(path, 0), 0);
	} else {
		assert_int_equal(rename(path, kept), 0);
		if (harm->kind != 0 && strchr("+-t", harm->kind) != NULL)
			plant_other(path, kept, harm->kind);
		else if (harm->kind != 0)
			plant(path, harm->kind, kept);
	}
	free(kept);
	free(path);
}

static void
undo(const struct sending *s, const struct harm *harm)
{
	char *path = scratch_path(s->folder, harm->place);
	char *kept = scratch_path(s->folder, "kept");

	if (harm->kind == 'c') {
		assert_int_equal(chmod(path, 0755), 0);
	} else {
		if (harm->kind != 0)
			assert_int_equal(remove(path), 0);
		assert_int_equal(rename(kept, path), 0);
	}
	free(kept);
	free(path);
}

/* Root may read everything. */
static bool
does_harm(const struct harm *harm)
{
	return harm->kind != 'c' || geteuid() != 0;
}

static void
check_stuck(
    const struct sending *s, size_t times, enum wire_why why, const char *word)
{
	assert_int_equal(s->stuck, times);
	assert_int_equal(s->unstuck, 0);
	assert_int_equal(s->finished, 0);
	assert_int_equal(s->why, why);
	assert_non_null(strstr(s->reason.text, word));
	assert_non_null(strstr(s->reason.text, "'t/d/mark'"));
	assert_non_null(strstr(s->reason.text, "/resume goes on without it"));
}

/* What is not there when its turn comes: nothing of it leaves. */
static void
open_harmed(struct sending *s, const struct harm *harm)
{
	struct stream stream;

	stream_plant(s, files, COUNT(files));
	stream_open(s, "t");
	/* Up to what comes before it. */
	outgoing_start(s->outgoing);
	outgoing_claims(
	    s->outgoing, &(const struct frame_claims){
			     .upto = stream_entry(s, "t/d/beside") + 1});
	scratch_settle(s->disk);
	assert_int_equal(s->progress.files, 2);
	do_harm(s, harm);
	stream_claim(s, NULL, 0);
	stream_read(&stream, s);
	assert_int_equal(stream.count, MARK);
	stream_release(&stream);
}

static void
test_harmed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(harms); i++) {
		const struct harm *harm = &harms[i];
		struct sending s;

		if (!does_harm(harm))
			continue;
		sending_begin(&s);
		open_harmed(&s, harm);
		check_stuck(&s, 1, harm->why, harm->word);
		sending_retry(&s);
		check_stuck(&s, 2, harm->why, harm->word);
		undo(&s, harm);
		assert_int_equal(s.stuck, 2);
		sending_retry(&s);
		assert_int_equal(s.stuck, 2);
		assert_int_equal(s.unstuck, 1);
		stream_check(&s);
		assert_int_equal(s.left_out, 0);
		sending_end(&s);
	}
}

static void
leave_out_harmed(const struct harm *harm)
{
	struct stream stream;
	struct sending s;

	sending_begin(&s);
	open_harmed(&s, harm);
	assert_int_equal(s.stuck, 1);
	sending_leave_out(&s);
	assert_int_equal(s.stuck, 1);
	assert_int_equal(s.unstuck, 1);
	assert_int_equal(s.finished, 1);
	assert_int_equal(s.left_out, 1);
	stream_read(&stream, &s);
	assert_int_equal(stream.count, ALL);
	assert_int_equal(stream.files[MARK].how, RECORD_LEFT_OUT);
	assert_int_equal(stream.files[MARK].why, s.why);
	assert_int_equal(stream.files[LATER].how, RECORD_FILE);
	stream_release(&stream);
	undo(&s, harm);
	stream_check(&s);
	sending_end(&s);
}

static void
test_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(harms); i++) {
		if (does_harm(&harms[i]))
			leave_out_harmed(&harms[i]);
	}
}

/* Nothing is followed there, either; only what that is called may differ. */
static void
harm_without_openat2(void)
{
	for (size_t i = 0; i < COUNT(harms); i++) {
		if (does_harm(&harms[i]))
			leave_out_harmed(&harms[i]);
	}
}

static void
test_old_kernel(void **state)
{
	(void)state;
	if (!on_old_kernel(harm_without_openat2))
		skip();
}

/* The root is another folder, or none; then it is the same one again. */
static void
test_root(void **state)
{
	static const struct harm roots[] = {
	    {"t", 0, WHY_GONE, "not there"},
	    {"t", 's', WHY_GONE, "not there"},
	    {"t", 'f', WHY_GONE, "not there"},
	    {"t", 'd', WHY_GONE, "not there"},
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(roots); i++) {
		const bool back = i % 2 == 1;
		struct sending s;

		sending_begin(&s);
		stream_plant(&s, files, COUNT(files));
		stream_open(&s, "t");
		do_harm(&s, &roots[i / 2]);
		stream_start(&s);
		assert_int_equal(s.stuck, 1);
		assert_int_equal(s.why, roots[i / 2].why);
		assert_non_null(strstr(s.reason.text, "'t/before'"));
		if (back) {
			undo(&s, &roots[i / 2]);
			sending_retry(&s);
		} else {
			sending_leave_out(&s);
			undo(&s, &roots[i / 2]);
		}
		assert_int_equal(s.stuck, 1);
		assert_int_equal(s.unstuck, 1);
		stream_check(&s);
		assert_int_equal(s.left_out, back ? 0 : ALL);
		sending_end(&s);
	}
}

/* It is there again just when it is given up: then it is sent. */
static void
test_back_in_time(void **state)
{
	struct sending s;

	(void)state;
	sending_begin(&s);
	open_harmed(&s, &harms[0]);
	undo(&s, &harms[0]);
	sending_leave_out(&s);
	assert_int_equal(s.unstuck, 1);
	stream_check(&s);
	assert_int_equal(s.left_out, 0);
	sending_end(&s);
}

/* Asked once, no other file is asked about. */
static void
test_many_left_out(void **state)
{
	static const char *const gone[] = {"t/before", "t/d/beside", "t/later"};
	struct stream stream;
	struct sending s;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, files, COUNT(files));
	stream_open(&s, "t");
	for (size_t i = 0; i < COUNT(gone); i++) {
		char *path = scratch_path(s.folder, gone[i]);

		assert_int_equal(remove(path), 0);
		free(path);
	}
	stream_start(&s);
	assert_int_equal(s.stuck, 1);
	sending_leave_out(&s);
	assert_int_equal(s.stuck, 1);
	assert_int_equal(s.unstuck, 1);
	stream_check(&s);
	assert_int_equal(s.left_out, COUNT(gone));
	stream_read(&stream, &s);
	for (int i = 0; i < ALL; i++)
		assert_int_equal(
		    stream.files[i].why, i == MARK ? WHY_NONE : WHY_GONE);
	stream_release(&stream);
	sending_end(&s);
}

/* While nothing is wrong, or it is being tried, they mean nothing. */
static void
test_out_of_place(void **state)
{
	struct sending s;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, files, COUNT(files));
	stream_open(&s, "t");
	sending_retry(&s);
	sending_leave_out(&s);
	assert_int_equal(s.stuck + s.unstuck, 0);
	do_harm(&s, &harms[0]);
	stream_start(&s);
	assert_int_equal(s.stuck, 1);
	outgoing_retry(s.outgoing);
	outgoing_retry(s.outgoing);
	outgoing_retry(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.stuck, 2);
	/* That it was meant once more while it is tried, counts. */
	outgoing_retry(s.outgoing);
	outgoing_leave_out(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.stuck, 3);
	assert_int_equal(s.unstuck, 1);
	assert_int_equal(s.finished, 1);
	undo(&s, &harms[0]);
	stream_check(&s);
	sending_end(&s);
}

/* In the middle of a file */

static const struct stream_file large[] = {
    {"t/", 0},
    {"t/before", 100},
    {"t/d/", 0},
    {"t/d/beside", 50},
    {"t/d/mark", LARGE},
    {"t/later", 7},
};

/* The network stands still, and some of mark is on its way. */
static void
open_large(struct sending *s)
{
	sending_begin(s);
	stream_plant(s, large, COUNT(large));
	stream_open(s, "t");
	s->consume = false;
	stream_start(s);
	assert_int_equal(s->unconsumed, OUTGOING_AHEAD);
	assert_int_equal(s->stuck, 0);
}

static void
consume_all(struct sending *s)
{
	while (s->unconsumed > 0)
		sending_consume(s);
	s->consume = true;
}

/* It is open: where it is, and whether, is of no importance. */
static void
test_gone_while_open(void **state)
{
	static const char kinds[] = {0, 's', 'd', '-'};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct harm harm = {
		    .place = "t/d/mark", .kind = kinds[i]};
		struct sending s;

		open_large(&s);
		do_harm(&s, &harm);
		consume_all(&s);
		assert_int_equal(s.stuck, 0);
		undo(&s, &harm);
		stream_check(&s);
		assert_int_equal(s.left_out, 0);
		sending_end(&s);
	}
}

/* The file itself is written to; that can be undone. */
static void
write_to(const struct sending *s, off_t size, bool time)
{
	char *path = scratch_path(s->folder, "t/d/mark");
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, size), 0);
	scratch_set_mtime(
	    path, st.st_mtim.tv_sec, st.st_mtim.tv_nsec ^ (time ? 1 : 0));
	free(path);
}

/* As it was at first; another file, if other; one byte differs, if wrong. */
static void
write_again(const struct sending *s, bool other, off_t wrong)
{
	char *path = scratch_path(s->folder, "t/d/mark");
	uint8_t *bytes = scratch_bytes(LARGE, 4);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	if (wrong >= 0)
		bytes[wrong] ^= 1;
	if (other)
		assert_int_equal(unlink(path), 0);
	scratch_write(path, bytes, LARGE);
	scratch_set_mtime(path, 1000000 + 4, 1);
	free(bytes);
	free(path);
}

static const struct {
	off_t size;
	bool time;
} changes[] = {{0, false}, {1, false}, {AHEAD, false}, {LARGE - 1, false},
    {LARGE + 1, false}, {LARGE, true}};

static void
test_changed_in_the_middle(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(changes); i++) {
		struct sending s;

		open_large(&s);
		write_to(&s, changes[i / 2].size, changes[i / 2].time);
		consume_all(&s);
		check_stuck(&s, 1, WHY_CHANGED, "changed");
		sending_retry(&s);
		check_stuck(&s, 2, WHY_CHANGED, "changed");
		/* The same bytes, perhaps in a new file. */
		write_again(&s, i % 2 == 1, -1);
		sending_retry(&s);
		assert_int_equal(s.stuck, 2);
		assert_int_equal(s.unstuck, 1);
		stream_check(&s);
		assert_int_equal(s.left_out, 0);
		sending_end(&s);
	}
}

/* What has left is void then. */
static void
test_void(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct stream stream;
		struct sending s;

		open_large(&s);
		write_to(&s, changes[i].size, changes[i].time);
		consume_all(&s);
		sending_leave_out(&s);
		assert_int_equal(s.stuck, 1);
		assert_int_equal(s.unstuck, 1);
		assert_int_equal(s.left_out, 1);
		stream_check(&s);
		stream_read(&stream, &s);
		assert_int_equal(stream.files[MARK].how, RECORD_FILE);
		assert_int_equal(stream.files[MARK].why, WHY_CHANGED);
		assert_true(stream.files[MARK].len > 0);
		stream_release(&stream);
		sending_end(&s);
	}
}

/* Size and time are right again, and the bytes are not those that left. */
static void
test_other_bytes(void **state)
{
	static const off_t wrong[] = {0, AHEAD / 2};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct sending s;

		open_large(&s);
		write_to(&s, AHEAD, false);
		consume_all(&s);
		write_again(&s, i == 0, wrong[i]);
		sending_retry(&s);
		check_stuck(&s, 2, WHY_CHANGED, "changed");
		sending_retry(&s);
		check_stuck(&s, 3, WHY_CHANGED, "changed");
		write_again(&s, i == 1, -1);
		sending_retry(&s);
		assert_int_equal(s.unstuck, 1);
		stream_check(&s);
		assert_int_equal(s.left_out, 0);
		sending_end(&s);
	}
}

/* A place that cannot be read: what is before it has left. */
static void
damaged(void)
{
	struct stream stream;
	struct sending s;

	sending_begin(&s);
	stream_plant(&s, large, COUNT(large));
	stream_open(&s, "t");
	stream_start(&s);
	for (size_t i = 1; i <= 3; i++) {
		check_stuck(&s, i, WHY_IO, "cannot read");
		assert_true(s.progress.bytes > DAMAGED);
		assert_true(s.progress.bytes < DAMAGED + OUTGOING_BLOCK);
		if (i < 3)
			sending_retry(&s);
	}
	sending_leave_out(&s);
	assert_int_equal(s.unstuck, 1);
	stream_check(&s);
	assert_int_equal(s.left_out, 1);
	stream_read(&stream, &s);
	assert_int_equal(stream.files[MARK].why, WHY_IO);
	stream_release(&stream);
	sending_end(&s);
}

static void
test_damaged(void **state)
{
	(void)state;
	if (!on_bad_disk(DAMAGED, damaged))
		skip();
}

/* It can be tried although the network takes nothing just now. */
static void
test_no_room(void **state)
{
	static const struct stream_file some[] = {
	    {"t/", 0}, {"t/1", AHEAD}, {"t/2", 7}, {"t/3", 8}};
	struct sending s;
	char *path, *kept;

	(void)state;
	sending_begin(&s);
	stream_plant(&s, some, COUNT(some));
	path = scratch_path(s.folder, "t/2");
	kept = scratch_path(s.folder, "kept");
	assert_int_equal(rename(path, kept), 0);
	assert_int_equal(rename(kept, path), 0);
	stream_open(&s, "t");
	assert_int_equal(rename(path, kept), 0);
	s.consume = false;
	stream_start(&s);
	sending_consume(&s);
	assert_int_equal(s.unconsumed, OUTGOING_AHEAD);
	assert_int_equal(s.stuck, 1);
	sending_retry(&s);
	assert_int_equal(s.stuck, 2);
	assert_int_equal(rename(kept, path), 0);
	sending_retry(&s);
	assert_int_equal(s.stuck, 2);
	assert_int_equal(s.unstuck, 1);
	assert_int_equal(s.unconsumed, OUTGOING_AHEAD);
	assert_int_equal(s.finished, 0);
	consume_all(&s);
	assert_int_equal(s.most_unconsumed, OUTGOING_AHEAD);
	stream_check(&s);
	free(kept);
	free(path);
	sending_end(&s);
}

/* Let go of while it is stuck, or being tried. */
static void
test_let_go(void **state)
{
	struct sending s;
	size_t told;

	(void)state;
	for (int turns = 0; turns < 4; turns++) {
		open_large(&s);
		write_to(&s, AHEAD, false);
		consume_all(&s);
		write_again(&s, true, -1);
		outgoing_retry(s.outgoing);
		for (int i = 0; i < turns; i++)
			scratch_turn(s.disk);
		told = s.stuck + s.unstuck + s.finished + s.len;
		outgoing_free(s.outgoing);
		s.outgoing = NULL;
		scratch_settle(s.disk);
		assert_int_equal(
		    told, s.stuck + s.unstuck + s.finished + s.len);
		sending_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_harmed),
	    cmocka_unit_test(test_left_out),
	    cmocka_unit_test(test_old_kernel),
	    cmocka_unit_test(test_root),
	    cmocka_unit_test(test_back_in_time),
	    cmocka_unit_test(test_many_left_out),
	    cmocka_unit_test(test_out_of_place),
	    cmocka_unit_test(test_gone_while_open),
	    cmocka_unit_test(test_changed_in_the_middle),
	    cmocka_unit_test(test_void),
	    cmocka_unit_test(test_other_bytes),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree stuck", tests, NULL, NULL);
}
