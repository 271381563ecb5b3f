/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other side says it has of a tree: proven, file by file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/outgoing_internal.h"
#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/sending.h"
#include "tests/unit/stream.h"

enum { LARGE = 3 * OUTGOING_SLICE + 12345, SMALL = 4096 };

/* Every other entry of the list is in the way of nobody. */
static const struct stream_file files[] = {
    {"t/", 0},
    {"t/1", SMALL},
    {"t/2", LARGE},
    {"t/3/", 0},
    {"t/3/empty", 0},
    {"t/4", SMALL},
};

/* The first len bytes of a file, as a claim for it. */
static struct wire_claim
claim(const struct sending *s, const char *path, size_t len)
{
	struct wire_claim c = {.entry = stream_entry(s, path), .offset = len};
	char *at = scratch_path(s->folder, path);
	size_t size;
	char *data = scratch_read(at, &size);

	assert_true(len <= size);
	stream_hash(data, len, c.hash);
	free(data);
	free(at);
	return c;
}

static void
begin(struct sending *s)
{
	sending_begin(s);
	stream_plant(s, files, COUNT(files));
	stream_open(s, "t");
}

/* All is there, and nothing is sent. */
static void
test_all_there(void **state)
{
	struct sending s;
	struct stream stream;

	(void)state;
	begin(&s);
	{
		const struct wire_claim claims[] = {claim(&s, "t/1", SMALL),
		    claim(&s, "t/2", LARGE), claim(&s, "t/3/empty", 0),
		    claim(&s, "t/4", SMALL)};

		stream_claim(&s, claims, COUNT(claims));
	}
	/* Not even that, before it is started. */
	assert_int_equal(s.len, s.offer.list_len);
	sending_start(&s);
	stream_check(&s);
	stream_read(&stream, &s);
	for (size_t i = 0; i < stream.count; i++)
		assert_int_equal(stream.files[i].how, RECORD_SAME);
	assert_int_equal(
	    s.len, s.offer.list_len + stream.count * RECORD_SAME_LEN);
	assert_int_equal(s.progress.skipped, s.offer.size);
	stream_release(&stream);
	sending_end(&s);
}

/* Of one file any part, right or wrong; the others are sent whole. */
static void
test_parts(void **state)
{
	static const size_t offsets[] = {1, OUTGOING_BLOCK, OUTGOING_SLICE - 1,
	    OUTGOING_SLICE, 2 * OUTGOING_SLICE + 1, LARGE - 1, LARGE};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(offsets); i++) {
		const size_t offset = offsets[i / 2];
		const bool right = i % 2 == 0;
		struct stream stream;
		struct wire_claim c;
		struct sending s;

		begin(&s);
		c = claim(&s, "t/2", offset);
		if (!right)
			c.hash[WIRE_HASH_LEN - 1] ^= 1;
		stream_claim(&s, &c, 1);
		sending_start(&s);
		stream_check(&s);
		stream_read(&stream, &s);
		if (right && offset == LARGE) {
			assert_int_equal(stream.files[1].how, RECORD_SAME);
		} else {
			assert_int_equal(stream.files[1].how, RECORD_FILE);
			assert_int_equal(
			    stream.files[1].from, right ? offset : 0);
		}
		assert_int_equal(stream.files[0].from, 0);
		assert_int_equal(stream.files[3].from, 0);
		stream_release(&stream);
		sending_end(&s);
	}
}

/* Claims of what there is not, of no file, twice, not in order: of nothing. */
static void
test_nonsense(void **state)
{
	struct stream stream;
	struct sending s;

	(void)state;
	begin(&s);
	{
		struct wire_claim claims[] = {
		    {.entry = 0, .offset = 7}, /* a folder */
		    {.entry = stream_entry(&s, "t/2"), .offset = LARGE + 1},
		    claim(&s, "t/2", LARGE), /* again, and right */
		    claim(&s, "t/1", SMALL), /* too late */
		    {.entry = stream_entry(&s, "t/3/empty"), .offset = 1},
		    {.entry = stream_entry(&s, "t/4"), .offset = 0},
		    {.entry = s.offer.entries, .offset = 1},
		    {.entry = UINT32_MAX, .offset = UINT64_MAX},
		};

		stream_claim(&s, claims, COUNT(claims));
		/* There is nothing more to be told. */
		stream_claim(&s, &claims[3], 1);
	}
	sending_start(&s);
	stream_check(&s);
	stream_read(&stream, &s);
	for (size_t i = 0; i < stream.count; i++) {
		assert_int_equal(stream.files[i].how, RECORD_FILE);
		assert_int_equal(stream.files[i].from, 0);
	}
	stream_release(&stream);
	sending_end(&s);
}

/* Of an entry that they do not tell of yet. */
static void
test_too_early(void **state)
{
	uint8_t bytes[WIRE_CLAIM_LEN];
	struct stream stream;
	struct wire_claim c;
	struct sending s;

	(void)state;
	begin(&s);
	c = claim(&s, "t/4", SMALL);
	c.hash[0] ^= 1;
	wire_claim_put(bytes, &c);
	outgoing_claims(
	    s.outgoing, &(const struct frame_claims){
			    .upto = c.entry, .count = 1, .bytes = bytes});
	c.hash[0] ^= 1;
	stream_claim(&s, &c, 1);
	sending_start(&s);
	stream_check(&s);
	stream_read(&stream, &s);
	assert_int_equal(stream.files[3].how, RECORD_SAME);
	stream_release(&stream);
	sending_end(&s);
}

/* As far as they have told, and not a file further; started first or last. */
static void
test_bit_by_bit(void **state)
{
	/* Files among so many entries. */
	static const size_t known[] = {0, 0, 1, 2, 2, 3, 4};

	(void)state;
	for (size_t early = 0; early <= COUNT(files); early++) {
		struct wire_claim four;
		struct stream stream;
		struct sending s;

		begin(&s);
		four = claim(&s, "t/4", SMALL);
		for (uint32_t upto = 0; upto <= COUNT(files); upto++) {
			uint8_t bytes[WIRE_CLAIM_LEN];
			const bool last = upto == COUNT(files);
			const struct frame_claims frame = {
			    .upto = last ? UINT32_MAX : upto,
			    .count = last,
			    .bytes = bytes,
			};

			wire_claim_put(bytes, &four);
			if (upto == early)
				sending_start(&s);
			outgoing_claims(s.outgoing, &frame);
			scratch_settle(s.disk);
			stream_read(&stream, &s);
			assert_int_equal(
			    stream.count, upto < early ? 0 : known[upto]);
			if (stream.count > 0)
				assert_true(
				    stream.files[stream.count - 1].ended);
			assert_int_equal(s.finished, last && upto >= early);
			stream_release(&stream);
		}
		stream_check(&s);
		sending_end(&s);
	}
}

/* What was claimed has changed here: it is not what was listed. */
static void
test_changed(void **state)
{
	struct wire_claim c;
	struct sending s;
	char *path;

	(void)state;
	begin(&s);
	path = scratch_path(s.folder, "t/1");
	c = claim(&s, "t/1", SMALL);
	stream_claim(&s, &c, 1);
	scratch_set_mtime(path, 1, 0);
	sending_start(&s);
	assert_int_equal(s.stuck, 1);
	assert_int_equal(s.why, WHY_CHANGED);
	sending_leave_out(&s);
	stream_check(&s);
	assert_int_equal(s.left_out, 1);
	free(path);
	sending_end(&s);
}

static struct filelist *
large_list(size_t count)
{
	struct filelist *list = filelist_new();
	struct entry entry = {.kind = ENTRY_FOLDER, .path = "t", .path_len = 1};

	assert_int_equal(filelist_add(list, &entry), 0);
	for (size_t i = 0; i < count; i++) {
		char *path = str_printf("t/%07zu", i);

		entry = (struct entry){.kind = ENTRY_FILE,
		    .size = 1,
		    .path = path,
		    .path_len = strlen(path)};
		assert_int_equal(filelist_add(list, &entry), 0);
		free(path);
	}
	return list;
}

/* Bytes of memory in use, where the C library tells; else 0. */
static size_t
memory_in_use(void)
{
#ifdef __GLIBC__
	const struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static void
claim_each(struct tree_out *t, size_t count)
{
	uint8_t *bytes = mem_alloc(WIRE_CLAIMS_MAX * WIRE_CLAIM_LEN);
	struct frame_claims frame = {.bytes = bytes};

	for (uint32_t i = 0; i < count; i++) {
		const struct wire_claim c = {.entry = i, .offset = 1};

		wire_claim_put(bytes + frame.count++ * WIRE_CLAIM_LEN, &c);
		frame.upto = i + 1;
		if (frame.count < WIRE_CLAIMS_MAX && frame.upto < count)
			continue;
		tree_out_claims(t, &frame);
		/* Said again, it is no more. */
		tree_out_claims(t, &frame);
		frame.count = 0;
	}
	free(bytes);
}

/*
 * However long the list, and all of it claimed: that, a block, and little
 * more. None of the files is there.
 */
static void
test_memory(void **state)
{
	enum { COUNT_LARGE = 100 * 1000, FIXED = 1024 * 1024, FOR_EACH = 29 };
	struct filelist *list = large_list(COUNT_LARGE);
	struct sending s;
	struct tree_out *t;
	struct turn turn;
	char *path;
	size_t before, after, most = 0;

	(void)state;
	sending_begin(&s);
	path = scratch_path(s.folder, "t");
	before = memory_in_use();
	t = tree_out_new(list, &path);
	claim_each(t, COUNT_LARGE + 1);
	tree_out_start(t);
	tree_out_retry(t, true);
	do {
		turn = (struct turn){.room = true};
		tree_out_turn(t, &turn);
		free(turn.block);
		after = memory_in_use();
		if (after > before && after - before > most)
			most = after - before;
	} while (turn.state == TURN_MORE);
	assert_int_equal(turn.state, TURN_END);
	assert_int_equal(turn.left_out, COUNT_LARGE);
	assert_int_equal(turn.progress.files, COUNT_LARGE);
	assert_int_equal(turn.progress.skipped, COUNT_LARGE);
	assert_true(most < FIXED + FOR_EACH * (size_t)COUNT_LARGE);
	tree_out_free(t);
	filelist_unref(list);
	free(path);
	sending_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_there),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_nonsense),
	    cmocka_unit_test(test_too_early),
	    cmocka_unit_test(test_bit_by_bit),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_memory),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
