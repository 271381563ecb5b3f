/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla-protocol(7) against the code: every number, every frame with its
 * fields, the bytes of the example.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/conn.h"
#include "net/filelist.h"
#include "net/record.h"
#include "net/session.h"
#include "net/wire.h"
#include "src/app_state.h"
#include "src/base/util.h"
#include "tests/unit/mdoc.h"

enum { NAME_MAX_LEN = 63, EXAMPLE_MAX = 4096, HEAD_LEN = 5, TYPES = 256 };

#define FRAME(name)                                                            \
	{                                                                      \
#name, FRAME_##name                                            \
	}
#define VALUE(name)                                                            \
	{                                                                      \
#name, name                                                    \
	}
static const struct {
	const char *name;
	long long value;
} constants[] = {FRAME(HELLO), FRAME(KNOCK), FRAME(MESSAGE), FRAME(ACK),
    FRAME(OFFER), FRAME(ANSWER), FRAME(DATA), FRAME(CREDIT), FRAME(DONE),
    FRAME(RESULT), FRAME(CANCEL), FRAME(PING), FRAME(PONG), FRAME(BYE),
    FRAME(BEGIN), FRAME(PAUSE), FRAME(RESUME), FRAME(CLAIMS),
    FRAME(PAIR_COMMIT), FRAME(PAIR_NONCE), FRAME(PAIR_REVEAL),
    FRAME(PAIR_AGREE), FRAME(TYPING), FRAME(PRESENCE), FRAME(KEEPING),

    VALUE(PURPOSE_TALK), VALUE(PURPOSE_DROP), VALUE(KNOCK_WAITING),
    VALUE(KNOCK_ACCEPTED), VALUE(KNOCK_REFUSED), VALUE(KNOCK_BUSY),
    VALUE(MESSAGE_TEXT), VALUE(MESSAGE_ACTION), VALUE(BYE_QUIT),
    VALUE(BYE_REFUSED), VALUE(BYE_BUSY), VALUE(BYE_VERSION),
    VALUE(BYE_PROTOCOL), VALUE(BYE_TIMEOUT), VALUE(BYE_DUPLICATE),
    VALUE(BYE_DIGITS), VALUE(BYE_PAIRING), VALUE(BYE_KEY),
    VALUE(CAPABILITY_VERIFIED), VALUE(WIRE_PAIR_LEN), VALUE(PAIRING_DIGITS),
    VALUE(WHY_NONE), VALUE(WHY_PERSON), VALUE(WHY_NAME), VALUE(WHY_DISK_FULL),
    VALUE(WHY_DENIED), VALUE(WHY_IO), VALUE(WHY_HASH), VALUE(WHY_CHANGED),
    VALUE(WHY_PROTOCOL), VALUE(WHY_TOO_MANY), VALUE(WHY_TOO_BIG),
    VALUE(WHY_HAVE), VALUE(WHY_TURN), VALUE(WHY_GONE), VALUE(ENTRY_FILE),
    VALUE(ENTRY_FOLDER), VALUE(ENTRY_LINK), VALUE(ENTRY_OTHER),

    VALUE(WIRE_PORT), VALUE(WIRE_KNOCK_FRAME_MAX), VALUE(WIRE_FRAME_MAX),
    VALUE(WIRE_NAME_MAX), VALUE(WIRE_TEXT_MAX), VALUE(WIRE_DATA_MAX),
    VALUE(WIRE_HASH_LEN), VALUE(WIRE_CLAIMS_MAX), VALUE(FILELIST_MAX),
    VALUE(FILELIST_ENTRIES_MAX), VALUE(FILELIST_PATH_MAX),
    VALUE(FILELIST_DEPTH_MAX), VALUE(RECORD_CHUNK_MAX), VALUE(FRAME_OPTIONAL),
    VALUE(TRANSFER_OPEN_MAX), VALUE(TRANSFER_WINDOW),
    VALUE(TRANSFER_CREDIT_STEP), VALUE(CONN_HANDSHAKE_MS),
    VALUE(SESSION_HELLO_MS), VALUE(SESSION_PING_MS), VALUE(SESSION_SILENCE_MS),
    VALUE(SESSION_PROBE_MS), VALUE(SESSION_QUEUE_MAX), VALUE(APP_STRANGERS_MAX),
    VALUE(APP_KNOCKS_MAX), VALUE(WIRE_VERSION_MIN), VALUE(WIRE_VERSION)};

/* An item "NAME (NUMBER)". */
struct constant {
	char name[NAME_MAX_LEN + 1];
	long long value;
};

static bool
read_constant(const struct mdoc_row *row, struct constant *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t len = strspn(row->text, letters);
	const char *number = row->text + len + strlen(" (");
	char *end;

	*out = (struct constant){.value = -1};
	if (row->list < 0 || len == 0 || len > NAME_MAX_LEN ||
	    strncmp(row->text + len, " (", strlen(" (")) != 0)
		return false;
	memcpy(out->name, row->text, len);
	out->value = strtoll(number, &end, 10);
	return end > number && strcmp(end, ")") == 0;
}

static size_t
count_constant(const struct mdoc *page, const char *name, long long value)
{
	struct constant c;
	size_t count = 0;

	for (size_t i = 0; i < page->count; i++)
		count += read_constant(&page->rows[i], &c) &&
			 strcmp(c.name, name) == 0 && c.value == value;
	return count;
}

static void
test_constants(void **state)
{
	const struct mdoc *page = *state;
	size_t wrong = 0, documented = 0;
	struct constant c;

	for (size_t i = 0; i < COUNT(constants); i++) {
		if (count_constant(
			page, constants[i].name, constants[i].value) != 1) {
			print_error("charla-protocol.7 should say once: "
				    "%s (%lld)\n",
			    constants[i].name, constants[i].value);
			wrong++;
		}
	}
	for (size_t i = 0; i < page->count; i++)
		documented += read_constant(&page->rows[i], &c);
	assert_int_equal(wrong, 0);
	assert_int_equal(documented, COUNT(constants));
}

/* A frame of this type that can be sent; a zeroed one where none is. */
static struct frame
sample(uint8_t type)
{
	struct frame f = {.type = type};

	switch (type) {
	case FRAME_KNOCK:
		f.knock = KNOCK_WAITING;
		break;
	case FRAME_MESSAGE:
		f.message.kind = MESSAGE_TEXT;
		break;
	case FRAME_DATA:
		f.data.bytes = (const uint8_t *)"x";
		f.data.len = 1;
		break;
	case FRAME_BYE:
		f.bye = BYE_QUIT;
		break;
	default:
		break;
	}
	return f;
}

/* Bytes that the frame takes, or 0 where it cannot be sent. */
static size_t
encoded_len(const struct frame *f)
{
	struct buf out;
	size_t len;

	buf_init(&out, EXAMPLE_MAX);
	len = wire_put(&out, f) == 0 ? buf_len(&out) : 0;
	buf_release(&out);
	return len;
}

static bool
is_frame(const struct mdoc_row *row, struct constant *c)
{
	if (strcmp(row->section, "FRAMES") != 0 || row->depth != 1)
		return false;
	assert_true(read_constant(row, c));
	assert_in_range(c->value, 0, TYPES - 1);
	return true;
}

/* What the second column says, in bytes of the sample. */
static size_t
field_len(const struct mdoc_row *row, uint8_t type)
{
	static const struct {
		const char *size;
		size_t len;
	} sizes[] = {{"u8", 1}, {"u16", 2}, {"u32", 4}, {"u64", 8}, {"i64", 8},
	    {"6 bytes", 6}, {"16 bytes", 16}, {"32 bytes", 32}, {"name", 2},
	    {"claims", 2}};
	const char *size = strchr(row->text, '\t');
	size_t len = size != NULL ? strcspn(++size, "\t") : 0;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		if (strlen(sizes[i].size) == len &&
		    strncmp(sizes[i].size, size, len) == 0)
			return sizes[i].len;
	}
	if (len == 4 && strncmp(size, "rest", len) == 0)
		return type == FRAME_DATA ? 1 : 0;
	fail_msg("charla-protocol.7: how long is '%s'?", row->text);
	return 0;
}

static void
test_frames(void **state)
{
	const struct mdoc *page = *state;
	bool documented[TYPES] = {false};
	struct constant c;

	for (size_t i = 0; i < page->count; i++) {
		struct frame f;
		size_t len = HEAD_LEN;

		if (!is_frame(&page->rows[i], &c))
			continue;
		documented[c.value] = true;
		f = sample((uint8_t)c.value);
		while (i + 1 < page->count && page->rows[i + 1].depth == 2)
			len += field_len(&page->rows[++i], f.type);
		if (len != encoded_len(&f))
			fail_msg("charla-protocol.7: the fields of %s take "
				 "%zu bytes, not %zu",
			    c.name, encoded_len(&f), len);
	}
	for (int type = 0; type < TYPES; type++) {
		struct frame f = sample((uint8_t)type);

		assert_int_equal(documented[type], encoded_len(&f) > 0);
	}
}

/* Is a value under a name with this prefix? */
static bool
is_documented(const struct mdoc *page, const char *prefix, int value)
{
	struct constant c;

	for (size_t i = 0; i < page->count; i++) {
		if (strcmp(page->rows[i].section, "VALUES") == 0 &&
		    read_constant(&page->rows[i], &c) && c.value == value &&
		    strncmp(c.name, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

/* What may be sent is what stands in the page. */
static void
test_values(void **state)
{
	const struct mdoc *page = *state;

	for (int v = 0; v < TYPES; v++) {
		const uint8_t u8 = (uint8_t)v;
		struct frame knock = {.type = FRAME_KNOCK, .knock = u8};
		struct frame bye = {.type = FRAME_BYE, .bye = u8};
		struct frame message = {
		    .type = FRAME_MESSAGE, .message.kind = u8};
		struct frame result = {.type = FRAME_RESULT, .result.why = u8};

		assert_int_equal(
		    is_documented(page, "KNOCK_", v), encoded_len(&knock) > 0);
		assert_int_equal(
		    is_documented(page, "BYE_", v), encoded_len(&bye) > 0);
		assert_int_equal(is_documented(page, "MESSAGE_", v),
		    encoded_len(&message) > 0);
		assert_int_equal(
		    is_documented(page, "WHY_", v), encoded_len(&result) > 0);
	}
}

/* Bytes in hex, if the line holds nothing else. */
static bool
read_hex(const char *line, struct buf *out)
{
	char *end;

	if (strspn(line, " 0123456789abcdef") != strlen(line))
		return false;
	for (; *line != '\0'; line = end) {
		unsigned long byte = strtoul(line, &end, 16);

		assert_in_range(byte, 0, UINT8_MAX);
		assert_true(end > line);
		assert_int_equal(buf_put_u8(out, (uint8_t)byte), 0);
	}
	return true;
}

/* "ana: HELLO and so on": from the frame's name on; "" where there is none. */
static const char *
named_frame(const char *line)
{
	const char *colon = strstr(line, ": ");

	return colon != NULL ? colon + 2 : "";
}

/* The type of the frame with the name that label begins with. */
static long long
type_named(const char *label)
{
	size_t len = strcspn(label, " ");

	for (size_t i = 0; i < COUNT(constants); i++) {
		if (strlen(constants[i].name) == len &&
		    strncmp(constants[i].name, label, len) == 0)
			return constants[i].value;
	}
	return -1;
}

/* bytes are one frame, of the type that the label says, and are emptied. */
static void
check_example(const char *label, struct buf *bytes)
{
	struct buf copy;
	struct frame f;

	buf_init(&copy, EXAMPLE_MAX);
	assert_int_equal(buf_put(&copy, buf_data(bytes), buf_len(bytes)), 0);
	assert_int_equal(wire_get(&copy, WIRE_FRAME_MAX, &f), 0);
	assert_int_equal(buf_len(&copy), 0);
	assert_int_equal(f.type, type_named(label));
	assert_int_equal(wire_put(&copy, &f), 0);
	assert_int_equal(buf_len(&copy), buf_len(bytes));
	assert_memory_equal(buf_data(&copy), buf_data(bytes), buf_len(bytes));
	buf_release(&copy);
	buf_clear(bytes);
}

static void
test_example(void **state)
{
	const struct mdoc *page = *state;
	const char *label = "";
	struct buf bytes;

	buf_init(&bytes, EXAMPLE_MAX);
	for (size_t i = 0; i < page->count; i++) {
		const struct mdoc_row *row = &page->rows[i];

		if (strcmp(row->section, "EXAMPLES") != 0 || row->list != -1 ||
		    read_hex(row->text, &bytes))
			continue;
		if (*label != '\0')
			check_example(label, &bytes);
		label = named_frame(row->text);
	}
	check_example(label, &bytes);
	buf_release(&bytes);
}

static int
read_page(void **state)
{
	static struct mdoc page;

	mdoc_read(&page, "man/charla-protocol.7");
	*state = &page;
	return 0;
}

static int
release_page(void **state)
{
	mdoc_release(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_constants),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests(tests, read_page, release_page);
}
