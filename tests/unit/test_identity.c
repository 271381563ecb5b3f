/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

struct place {
	char *folder, *key;
};

static int
set_up(void **state)
{
	struct place *p = mem_zalloc(sizeof(*p));

	p->folder = scratch_new();
	p->key = scratch_path(p->folder, "key.pem");
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	scratch_free(p->folder);
	free(p->key);
	free(p);
	return 0;
}

static struct fingerprint
open_key(const char *path)
{
	struct identity *id = NULL;
	struct reason why = {""};
	struct fingerprint fp;

	if (identity_open(path, &id, &why) != 0)
		fail_msg("%s", why.text);
	fp = *identity_fingerprint(id);
	identity_free(id);
	return fp;
}

/* The key is refused with words that name it, and its file stays as it is. */
static void
expect_refusal(const char *path, int r, const char *words)
{
	struct identity *id = NULL;
	struct reason why = {""};
	struct stat before, after;
	char *content, *later;
	size_t len;

	assert_int_equal(lstat(path, &before), 0);
	content = S_ISREG(before.st_mode) ? scratch_read(path, &len) : NULL;
	assert_int_equal(identity_open(path, &id, &why), r);
	assert_null(id);
	assert_non_null(strstr(why.text, path));
	assert_non_null(strstr(why.text, words));
	assert_int_equal(lstat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mode, after.st_mode);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	if (!content)
		return;
	later = scratch_read(path, &len);
	assert_string_equal(content, later);
	free(content);
	free(later);
}

/* One key, made once, whatever the umask is; nothing beside it. */
static void
check_made_with(struct place *p, mode_t mask)
{
	struct fingerprint first, second;
	struct stat st;
	mode_t before = umask(mask);
	size_t len;
	char *text;

	unlink(p->key);
	first = open_key(p->key);
	umask(before);
	assert_int_equal(stat(p->key, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(scratch_count(p->folder), 1);
	text = scratch_read(p->key, &len);
	assert_int_equal(strncmp(text, "-----BEGIN PRIVATE KEY-----\n", 28), 0);
	second = open_key(p->key);
	assert_true(fingerprint_equal(&first, &second));
	free(text);
}

static void
test_made_and_kept(void **state)
{
	check_made_with(*state, 0);
	check_made_with(*state, 022);
	check_made_with(*state, 077);
	check_made_with(*state, 0777);
}

static void
test_every_key_is_another(void **state)
{
	struct place *p = *state;
	struct fingerprint first = open_key(p->key), second;
	struct identity *id = identity_temporary();

	assert_false(fingerprint_equal(&first, identity_fingerprint(id)));
	identity_free(id);
	unlink(p->key);
	second = open_key(p->key);
	assert_false(fingerprint_equal(&first, &second));
	identity_free(NULL);
}

static void
test_others_can_read(void **state)
{
	static const mode_t modes[] = {
	    0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777};
	struct place *p = *state;
	char *command = str_printf("chmod 600 '%s'", p->key);

	open_key(p->key);
	for (size_t i = 0; i < COUNT(modes); i++) {
		assert_int_equal(chmod(p->key, modes[i]), 0);
		expect_refusal(p->key, ERR_DENIED, command);
	}
	assert_int_equal(chmod(p->key, 0600), 0);
	open_key(p->key);
	assert_int_equal(chmod(p->key, 0400), 0);
	open_key(p->key);
	free(command);
}

static void
test_somebody_elses(void **state)
{
	struct place *p = *state;

	open_key(p->key);
	if (geteuid() != 0)
		skip(); /* only root can give a file away */
	assert_int_equal(chown(p->key, 12345, (gid_t)-1), 0);
	expect_refusal(p->key, ERR_DENIED, "another user");
}

static void
test_no_file(void **state)
{
	struct place *p = *state;
	struct identity *id = NULL;
	struct reason why;

	assert_int_equal(mkdir(p->key, 0700), 0);
	expect_refusal(p->key, ERR_DENIED, "no file");
	assert_int_equal(rmdir(p->key), 0);
	/* Must not wait for a writer either. */
	assert_int_equal(mkfifo(p->key, 0600), 0);
	assert_int_equal(identity_open(p->key, &id, &why), ERR_DENIED);
}

static void
put(const char *path, const char *text, size_t len)
{
	scratch_write(path, text, len);
	assert_int_equal(chmod(path, 0600), 0);
}

/* Another kind of key, an encrypted one, a public one, half of one, noise. */
static void
test_garbage(void **state)
{
	static const char *const texts[] = {
	    "",
	    "\n",
	    "not a key\n",
	    "-----BEGIN PRIVATE KEY-----\n",
	    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	    "-----END PUBLIC KEY-----\n",
	    /* X25519 */
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MC4CAQAwBQYDK2VuBCIEIKDi03uTQma/TriNUw/nlEjMjjOiX5Rcuye7P/T8s6pw\n"
	    "-----END PRIVATE KEY-----\n",
	    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgyMiaI39BFkwICCAAw\n"
	    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEC7kwI1r6QHLh+Dskn5F+D4EQF9e\n"
	    "lTp6ZCVFJRfhpkVHozV+JVT7IQ+ckir/RTRSLK8/UZ00HttNr3hYYzYmxGBPKq8r\n"
	    "YkG69kja/rfYHxtZBdk=\n"
	    "-----END ENCRYPTED PRIVATE KEY-----\n",
	};
	struct place *p = *state;
	char *big = mem_zalloc(100 * 1000);

	for (size_t i = 0; i < COUNT(texts); i++) {
		put(p->key, texts[i], strlen(texts[i]));
		expect_refusal(p->key, ERR_INVALID, "holds no key");
	}
	memset(big, 'A', 100 * 1000 - 1);
	put(p->key, big, 100 * 1000);
	expect_refusal(p->key, ERR_INVALID, "holds no key");
	free(big);
}

/* RFC 8410, 10.3: a key made by others, and its well-known public half. */
static void
test_known_key(void **state)
{
	static const char text[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
	    "-----END PRIVATE KEY-----\n";
	struct place *p = *state;
	struct fingerprint fp;
	char shown[FINGERPRINT_TEXT_MAX], brief[10];

	put(p->key, text, strlen(text));
	fp = open_key(p->key);
	fingerprint_text(&fp, shown);
	assert_string_equal(shown, "a1e9 1560 54e0 4fac 899a e9f2 7513 2cdc "
				   "07a5 dbc4 ea2c 2ad3 a1ff c6e0 d253 681f");
	fingerprint_short(&fp, brief);
	assert_string_equal(brief, "a1e9 1560");
}

/* A whole key, cut anywhere or with a bit turned, never crashes us. */
static void
test_damaged(void **state)
{
	struct place *p = *state;
	size_t len;
	char *text;

	open_key(p->key);
	text = scratch_read(p->key, &len);
	for (size_t i = 0; i < len; i++) {
		struct identity *id = NULL;
		struct reason why;

		put(p->key, text, i);
		if (identity_open(p->key, &id, &why) == 0)
			identity_free(id);
		text[i] ^= 1;
		put(p->key, text, len);
		if (identity_open(p->key, &id, &why) == 0)
			identity_free(id);
		text[i] ^= 1;
	}
	free(text);
}

static void
test_nowhere_to_keep_it(void **state)
{
	struct place *p = *state;
	char *path = scratch_path(p->folder, "missing/key.pem");
	struct identity *id = NULL;
	struct reason why = {""};

	assert_int_equal(identity_open(path, &id, &why), ERR_IO);
	assert_non_null(strstr(why.text, path));
	assert_int_equal(symlink("nowhere", p->key), 0);
	assert_int_equal(identity_open(p->key, &id, &why), ERR_IO);
	assert_int_equal(scratch_count(p->folder), 1);
	free(path);
}

static void
test_fingerprint_text(void **state)
{
	struct fingerprint a, b;
	char text[FINGERPRINT_TEXT_MAX], brief[10];

	(void)state;
	for (size_t i = 0; i < FINGERPRINT_LEN; i++)
		a.bytes[i] = (uint8_t)(i * 8 + 7);
	fingerprint_text(&a, text);
	assert_string_equal(text, "070f 171f 272f 373f 474f 575f 676f 777f "
				  "878f 979f a7af b7bf c7cf d7df e7ef f7ff");
	fingerprint_short(&a, brief);
	assert_string_equal(brief, "070f 171f");
	b = a;
	assert_true(fingerprint_equal(&a, &b));
	b.bytes[31] ^= 1;
	assert_false(fingerprint_equal(&a, &b));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_made_and_kept),
	    CASE(test_every_key_is_another),
	    CASE(test_others_can_read),
	    CASE(test_somebody_elses),
	    CASE(test_no_file),
	    CASE(test_garbage),
	    CASE(test_known_key),
	    CASE(test_damaged),
	    CASE(test_nowhere_to_keep_it),
	    cmocka_unit_test(test_fingerprint_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
