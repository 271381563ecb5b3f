/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From words to roots. A name that is there is meant as it stands, whatever
 * it holds; only what is no name can be a pattern.
 */
#include "net/walk_internal.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

/* A copy without the backslashes that take a meaning away. */
static char *
unescape(const char *word)
{
	char *plain = str_dup(word);
	char *to = plain;

	for (; *word != '\0'; word++) {
		if (word[0] == '\\' && word[1] != '\0')
			word++;
		*to++ = *word;
	}
	*to = '\0';
	return plain;
}

static bool
is_pattern(const char *word)
{
	for (; *word != '\0'; word++) {
		if (word[0] == '\\' && word[1] != '\0')
			word++;
		else if (strchr("*?[", *word) != NULL)
			return true;
	}
	return false;
}

static int
fail_pattern(const char *pattern, struct fault *f)
{
	char *shown = fsys_show(pattern);

	*f = (struct fault){.why = WHY_GONE};
	reason_set(&f->reason,
	    _("nothing has a name like '%s'; check the pattern"), shown);
	free(shown);
	return ERR_IO;
}

static int
add_matches(struct walk_roots *roots, const char *pattern,
    const atomic_bool *stop, struct fault *f)
{
	const size_t before = roots->count;
	glob_t found = {.gl_pathc = 0};
	int r = 0;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == GLOB_NOSPACE)
		fatal("out of memory");
	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++) {
		r = atomic_load(stop)
			? ERR_AGAIN
			: walk_roots_add(roots, found.gl_pathv[i], false, f);
	}
	globfree(&found);
	if (r == 0 && roots->count == before)
		return fail_pattern(pattern, f);
	return r;
}

static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

static int
add_word(struct walk_roots *roots, const char *word, bool patterns,
    const atomic_bool *stop, struct fault *f)
{
	char *plain = patterns ? unescape(word) : str_dup(word);
	char *shown;
	struct stat st;
	int r;

	if (lstat(plain, &st) == 0) {
		r = walk_roots_add(roots, plain, true, f);
	} else if (patterns && is_missing(errno) && is_pattern(word)) {
		r = add_matches(roots, word, stop, f);
	} else {
		int error = errno;

		shown = fsys_show(plain);
		r = walk_fail(f, shown, error);
		free(shown);
	}
	free(plain);
	return r;
}

int
walk_words(const char *const *words, size_t count, bool patterns,
    const atomic_bool *stop, struct walk_roots *out, struct fault *f)
{
	for (size_t i = 0; i < count; i++) {
		int r = atomic_load(stop)
			    ? ERR_AGAIN
			    : add_word(out, words[i], patterns, stop, f);

		if (r < 0)
			return r;
	}
	return walk_roots_complete(out, f);
}
