/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that are not what was agreed: nothing of the tree is kept. */
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
#include <unistd.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

/* What a sender may put together, for files "a" (abc), "b" (empty), "c" (x). */
struct made {
	uint8_t bytes[1024];
	size_t len;
	struct XXH3_state_s *hashes;
};

static void
hash_of(const char *text, uint8_t out[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(text, strlen(text)));
	memcpy(out, canonical.digest, WIRE_HASH_LEN);
}

static void
put_end(struct made *m, const char *text)
{
	uint8_t hash[WIRE_HASH_LEN];

	hash_of(text, hash);
	XXH3_128bits_update(m->hashes, hash, WIRE_HASH_LEN);
	m->len += record_put_end(m->bytes + m->len, hash);
}

static void
put_bytes(struct made *m, const char *text)
{
	if (*text == '\0')
		return;
	m->len += record_put_chunk(m->bytes + m->len, strlen(text));
	memcpy(m->bytes + m->len, text, strlen(text));
	m->len += strlen(text);
}

static void
put_file(struct made *m, const char *text)
{
	m->len += record_put_file(m->bytes + m->len, 0);
	put_bytes(m, text);
	put_end(m, text);
}

/*
 * One letter for each thing that is put: A, B, C: the right file; s: same; l:
 * left out; the others: see there.
 */
static void
put(struct made *m, const char *script)
{
	static const uint8_t none[WIRE_HASH_LEN];

	for (; *script != '\0'; script++) {
		switch (*script) {
		case 'A':
			put_file(m, "abc");
			break;
		case 'B':
			put_file(m, "");
			break;
		case 'C':
			put_file(m, "x");
			break;
		case 's':
			m->len += record_put_same(m->bytes + m->len);
			break;
		case 'l':
			m->len +=
			    record_put_left_out(m->bytes + m->len, WHY_GONE);
			XXH3_128bits_update(m->hashes, none, WIRE_HASH_LEN);
			break;
		case 'v': /* void */
			m->len += record_put_file(m->bytes + m->len, 0);
			m->len +=
			    record_put_void(m->bytes + m->len, WHY_CHANGED);
			XXH3_128bits_update(m->hashes, none, WIRE_HASH_LEN);
			break;
		case 'm': /* one byte more than it has */
			m->len += record_put_file(m->bytes + m->len, 0);
			put_bytes(m, "abc");
			put_bytes(m, "d");
			break;
		case 'M': /* the same in one */
			put_file(m, "abcd");
			break;
		case 'w': /* one byte less */
			put_file(m, "ab");
			break;
		case 'h': /* the wrong hash */
			m->len += record_put_file(m->bytes + m->len, 0);
			put_bytes(m, "abd");
			put_end(m, "abc");
			break;
		case 'f': /* from where nothing is */
			m->len += record_put_file(m->bytes + m->len, 1);
			put_bytes(m, "bc");
			put_end(m, "abc");
			break;
		case 'F': /* from beyond it */
			m->len +=
			    record_put_file(m->bytes + m->len, UINT64_MAX);
			put_end(m, "abc");
			break;
		case 'e': /* from its end */
			m->len += record_put_file(m->bytes + m->len, 3);
			put_end(m, "abc");
			break;
		case '9': /* no record */
			m->bytes[m->len++] = 9;
			break;
		case '_': /* it breaks off in a record */
			m->len--;
			break;
		case '!': /* the hash of all is another */
			XXH3_128bits_update(m->hashes, none, 1);
			break;
		default:
			fail_msg("no '%c'", *script);
		}
	}
}

static void
send_script(struct growing *g, const char *script)
{
	XXH128_canonical_t hash;
	struct made m = {.hashes = XXH3_createState()};

	XXH3_128bits_reset(m.hashes);
	put(&m, script);
	incoming_write(g->incoming, m.bytes, m.len);
	XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(m.hashes));
	XXH3_freeState(m.hashes);
	incoming_finish(g->incoming, hash.digest);
	scratch_settle(g->disk);
}

static void
add_three(struct growing *g)
{
	growing_text(g, "a", "abc");
	growing_text(g, "b", "");
	growing_text(g, "c", "x");
}

static void
test_scripts(void **state)
{
	static const struct {
		const char *script;
		enum wire_why why;
	} cases[] = {
	    {"ABC", WHY_NONE},
	    {"lll", WHY_NONE},
	    {"vvv", WHY_NONE},
	    {"AlC", WHY_NONE},
	    {"", WHY_PROTOCOL},
	    {"AB", WHY_PROTOCOL},
	    {"ABCC", WHY_PROTOCOL},
	    {"ABCl", WHY_PROTOCOL},
	    {"ABCs", WHY_PROTOCOL},
	    {"BAC", WHY_PROTOCOL},
	    {"sBC", WHY_PROTOCOL},
	    {"AsC", WHY_PROTOCOL},
	    {"mBC", WHY_PROTOCOL},
	    {"MBC", WHY_PROTOCOL},
	    {"wBC", WHY_PROTOCOL},
	    {"fBC", WHY_PROTOCOL},
	    {"FBC", WHY_PROTOCOL},
	    {"eBC", WHY_PROTOCOL},
	    {"AfC", WHY_PROTOCOL},
	    {"A9", WHY_PROTOCOL},
	    {"9", WHY_PROTOCOL},
	    {"AB9C", WHY_PROTOCOL},
	    {"ABC_", WHY_PROTOCOL},
	    {"ABv_", WHY_PROTOCOL},
	    {"ABl_", WHY_PROTOCOL},
	    {"hBC", WHY_HASH},
	    {"ABC!", WHY_HASH},
	};
	struct growing g;

	(void)state;
	growing_begin(&g);
	add_three(&g);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char name[32];

		snprintf(name, sizeof(name), "in-%zu", i);
		str_replace(&g.in, scratch_path(g.folder, name));
		growing_open(&g, false);
		scratch_settle(g.disk);
		send_script(&g, cases[i].script);
		if (cases[i].why == WHY_NONE) {
			assert_int_equal(g.stored, 1);
		} else {
			growing_check_failed(&g, cases[i].why,
			    cases[i].why == WHY_HASH ? "bytes" : "other files");
			assert_int_equal(scratch_count(g.in), 0);
		}
		/* What still comes is swallowed. */
		incoming_write(g.incoming, (const uint8_t *)"\3\3", 2);
		growing_forget(&g);
	}
	growing_end(&g);
}

/* What of it was claimed decides what may come. */
static void
test_claimed(void **state)
{
	static const struct {
		const char *here; /* of "a", in its place or gathered */
		const char *script;
		enum wire_why why;
	} cases[] = {
	    {"abc", "sss", WHY_NONE},
	    {"abc", "ABC", WHY_NONE},
	    {"abc", "lll", WHY_NONE},
	    {"abc", "eBC", WHY_PROTOCOL}, /* there is no such part file */
	    {"abc", "fBC", WHY_PROTOCOL},
	    {"abd", "ABC", WHY_NONE},
	};
	struct growing g;
	uint8_t hash[WIRE_HASH_LEN];
	char *path, *beside;

	(void)state;
	growing_begin(&g);
	add_three(&g);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m = {.hashes = XXH3_createState()};
		XXH128_canonical_t all;
		char name[32];

		snprintf(name, sizeof(name), "in-%zu", i);
		str_replace(&g.in, scratch_path(g.folder, name));
		assert_int_equal(mkdir(g.in, 0700), 0);
		path = growing_path(&g, "a");
		scratch_write(path, cases[i].here, 3);
		str_replace(&path, growing_path(&g, "b"));
		scratch_write(path, "", 0);
		str_replace(&path, growing_path(&g, "c"));
		scratch_write(path, "x", 1);
		growing_open(&g, false);
		scratch_settle(g.disk);
		assert_int_equal(g.claims, 3);
		assert_int_equal(g.entries[1].offset, 0);
		hash_of("", hash);
		assert_memory_equal(g.entries[1].hash, hash, WIRE_HASH_LEN);
		if (strcmp(cases[i].script, "sss") == 0) {
			XXH3_128bits_reset(m.hashes);
			for (int j = 0; j < 3; j++)
				XXH3_128bits_update(
				    m.hashes, g.entries[j].hash, WIRE_HASH_LEN);
			put(&m, "");
			incoming_write(
			    g.incoming, (const uint8_t *)"\2\2\2", 3);
			XXH128_canonicalFromHash(
			    &all, XXH3_128bits_digest(m.hashes));
			incoming_finish(g.incoming, all.digest);
			scratch_settle(g.disk);
		} else {
			send_script(&g, cases[i].script);
		}
		XXH3_freeState(m.hashes);
		/* What was there is there, in any case. */
		growing_check_text(&g, "a", cases[i].here);
		if (cases[i].why == WHY_NONE)
			assert_int_equal(g.stored, 1);
		else
			growing_check_failed(&g, cases[i].why, "other files");
		beside = growing_path(&g, "a (1)");
		assert_int_equal(access(beside, F_OK) == 0,
		    g.stored == 1 && cases[i].script[0] == 'A');
		free(beside);
		free(path);
		growing_forget(&g);
	}
	growing_end(&g);
}

/* Of a file that was gathered in part: from there, or from 0. */
static void
test_gathered(void **state)
{
	static const struct {
		const char *script;
		enum wire_why why;
	} cases[] = {
	    {"fBC", WHY_NONE}, /* one byte is here */
	    {"ABC", WHY_NONE},
	    {"lll", WHY_NONE},
	    {"vBC", WHY_NONE},
	    {"sBC", WHY_PROTOCOL},
	    {"eBC", WHY_PROTOCOL},
	    {"FBC", WHY_PROTOCOL},
	};
	struct growing g;

	(void)state;
	growing_begin(&g);
	add_three(&g);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char name[32];

		snprintf(name, sizeof(name), "in-%zu", i);
		str_replace(&g.in, scratch_path(g.folder, name));
		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_make(&g);
		growing_hand(&g, RECORD_FILE_LEN + RECORD_CHUNK_LEN + 1);
		growing_keep(&g);
		growing_open(&g, true);
		scratch_settle(g.disk);
		assert_int_equal(g.claims, 1);
		assert_int_equal(g.entries[0].offset, 1);
		send_script(&g, cases[i].script);
		if (cases[i].why != WHY_NONE) {
			growing_check_failed(&g, cases[i].why, "other files");
			assert_int_equal(scratch_count(g.in), 0);
		} else {
			assert_int_equal(g.stored, 1);
			assert_int_equal(
			    scratch_count(g.in), 3 - g.counts.left_out);
		}
		growing_forget(&g);
	}
	growing_end(&g);
}

/* Records do not come before it is told what is here. */
static void
test_too_early(void **state)
{
	static const uint8_t records[] = {3, 1, 3, 1, 3, 1};
	struct growing g;

	(void)state;
	growing_begin(&g);
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof(name), "%d", i);
		growing_text(&g, name, "x");
	}
	growing_open(&g, false);
	/* Nobody has looked yet: that begins when it is told to be open. */
	incoming_write(g.incoming, records, sizeof(records));
	scratch_settle(g.disk);
	growing_check_failed(&g, WHY_PROTOCOL, "other files");
	assert_int_equal(scratch_count(g.in), 0);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scripts),
	    cmocka_unit_test(test_claimed),
	    cmocka_unit_test(test_gathered),
	    cmocka_unit_test(test_too_early),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree records", tests, NULL, NULL);
}
