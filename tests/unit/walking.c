/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/walking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"

void
walking_open(struct walking *s)
{
	*s = (struct walking){.folder = scratch_new()};
	s->came_from = getcwd(NULL, 0);
	assert_non_null(s->came_from);
	assert_int_equal(chdir(s->folder), 0);
}

void
walking_close(struct walking *s)
{
	walk_release(&s->walk);
	assert_int_equal(chdir(s->came_from), 0);
	free(s->came_from);
	scratch_free(s->folder);
}

static void
make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

void
walking_make(const char *what)
{
	char *path = str_dup(what);
	char *more = strpbrk(path, "=@");
	char *last = path + strlen(path) - 1;
	const char kind = more != NULL ? *more : *last;

	if (more != NULL)
		*more++ = '\0';
	else
		*last = '\0';
	switch (kind) {
	case '=':
		scratch_write(path, more, strlen(more));
		break;
	case '@':
		assert_int_equal(symlink(more, path), 0);
		break;
	case '/':
		assert_int_equal(mkdir(path, 0700), 0);
		break;
	case '|':
		assert_int_equal(mkfifo(path, 0600), 0);
		break;
	default:
		make_socket(path);
		break;
	}
	free(path);
}

/* The next descriptor that this process would get. */
static int
next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

static int
run(struct walking *s, bool patterns, const char *const *words)
{
	const int fd = next_descriptor();
	atomic_bool stop;
	size_t count = 0;
	int r;

	while (words[count] != NULL)
		count++;
	walk_release(&s->walk);
	memset(&s->walk, 0xff, sizeof(s->walk));
	atomic_init(&stop, false);
	r = walk_run(words, count, patterns, &stop, &s->walk, &s->fault);
	assert_int_equal(next_descriptor(), fd);
	return r;
}

void
walking_walk(struct walking *s, bool patterns, const char *const *words)
{
	int r = run(s, patterns, words);

	if (r != 0)
		fail_msg("'%s' failed: %s", words[0], s->fault.reason.text);
	assert_non_null(s->walk.list);
	assert_true(filelist_is_whole(s->walk.list));
	assert_int_equal(s->walk.path_count, filelist_roots(s->walk.list));
	for (size_t i = 0; i < s->walk.path_count; i++)
		assert_int_equal(s->walk.paths[i][0], '/');
}

void
walking_fails(struct walking *s, bool patterns, const char *const *words,
    enum wire_why why, const char *reason)
{
	int r = run(s, patterns, words);

	if (r == 0)
		fail_msg("'%s' did not fail", words[0]);
	assert_int_equal(r, ERR_IO);
	assert_int_equal(s->fault.why, why);
	if (reason != NULL)
		assert_string_equal(s->fault.reason.text, reason);
	assert_null(s->walk.list);
	assert_null(s->walk.paths);
	assert_int_equal(s->walk.path_count, 0);
	assert_int_equal(s->walk.note_count, 0);
}

void
walking_lists(const struct walking *s, const char *expected)
{
	static const char marks[] = " =/@?";
	char *listed = str_dup("");

	for (size_t i = 0; i < filelist_count(s->walk.list); i++) {
		struct entry entry;
		char size[32] = "";

		filelist_entry(s->walk.list, i, &entry);
		if (entry.kind == ENTRY_FILE)
			snprintf(size, sizeof(size), "%llu",
			    (unsigned long long)entry.size);
		str_replace(&listed,
		    str_printf("%s%.*s%c%s\n", listed, (int)entry.path_len,
			entry.path, marks[entry.kind], size));
	}
	assert_string_equal(listed, expected);
	free(listed);
}

void
walking_notes(const struct walking *s, const char *expected)
{
	char *notes = str_dup("");

	for (size_t i = 0; i < s->walk.note_count; i++)
		str_replace(
		    &notes, str_printf("%s%s\n", notes, s->walk.notes[i]));
	assert_string_equal(notes, expected);
	free(notes);
}

void
walking_paths(const struct walking *s, const char *expected)
{
	const size_t len = strlen(s->folder);
	char *paths = str_dup("");

	for (size_t i = 0; i < s->walk.path_count; i++) {
		const char *path = s->walk.paths[i];

		assert_true(strncmp(path, s->folder, len) == 0);
		str_replace(&paths,
		    str_printf("%s%s\n", paths,
			path[len] == '/' ? path + len + 1 : path + len));
	}
	assert_string_equal(paths, expected);
	free(paths);
}
