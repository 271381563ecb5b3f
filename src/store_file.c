/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite reads a database in WAL mode only with the two files beside it: the
 * log, which may hold commits, and an index into it. A look must not make
 * them, and must not miss what is in the log.
 */
#include "src/store_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

enum { STORE_FILE_MIN = 512 }; /* bytes of the smallest SQLite file */

static int
fail(const struct store_db *db, int error, struct reason *why)
{
	bool denied = error == EACCES || error == EPERM || error == EROFS;

	if (denied)
		reason_set(why,
		    _("no permission to write '%s'; mend the permissions of "
		      "the file and its folder, or choose another folder "
		      "with --data"),
		    db->path);
	else
		reason_set(why,
		    _("cannot open '%s' (%s); mend that, or choose another "
		      "folder with --data"),
		    db->path, strerror(error));
	store_db_hint(db, denied && access(db->path, R_OK) == 0, why);
	return denied ? ERR_DENIED : ERR_IO;
}

/* A file that is there already. */
static int
check_there(
    const struct store_db *db, const struct stat *st, struct reason *why)
{
	int r = ERR_INVALID;

	if (!S_ISREG(st->st_mode)) {
		reason_set(why,
		    _("'%s' is not a file; move it away, or choose another "
		      "folder with --data"),
		    db->path);
	} else if (st->st_uid != geteuid()) {
		reason_set(why,
		    _("'%s' belongs to another user; choose a folder of "
		      "your own with --data"),
		    db->path);
		r = ERR_DENIED;
	} else if (st->st_size > 0 && st->st_size < STORE_FILE_MIN) {
		/* SQLite takes some of these for new ones, and fills them. */
		reason_set(why,
		    _("'%s' is damaged: it is too short; move it away to "
		      "begin a new one, or bring back a copy"),
		    db->path);
	} else {
		return 0;
	}
	store_db_hint(db, false, why);
	return r;
}

int
store_file_check(struct store_db *db, bool writable, struct reason *why)
{
	struct stat st;
	int r;

	db->fresh = false;
	if (stat(db->path, &st) < 0) {
		db->fresh = errno == ENOENT;
		return db->fresh ? 0 : fail(db, errno, why);
	}
	r = check_there(db, &st, why);
	if (r == 0 && access(db->path, writable ? R_OK | W_OK : R_OK) < 0)
		r = fail(db, errno, why);
	return r;
}

int
store_file_make(const struct store_db *db, struct reason *why)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = open(db->path, flags, 0600);
	struct stat st;
	int error = 0;

	if (fd >= 0) {
		/* The umask may have taken even that. */
		if (fchmod(fd, 0600) < 0)
			error = errno;
		close(fd);
	} else if (errno != EEXIST || stat(db->path, &st) < 0 ||
		   ((st.st_mode & 077) != 0 && chmod(db->path, 0600) < 0)) {
		error = errno;
	}
	return error != 0 ? fail(db, error, why) : 0;
}

/* How many bytes are in the file beside path; -1: there is none. */
static int64_t
size_beside(const char *path, const char *ending)
{
	char *beside = str_printf("%s%s", path, ending);
	struct stat st;
	int64_t size = stat(beside, &st) == 0 ? (int64_t)st.st_size : -1;

	free(beside);
	return size;
}

/* https://www.sqlite.org/uri.html; every byte that may mean something is %. */
static char *
make_uri(const char *path, const char *options)
{
	char *escaped = mem_alloc(3 * strlen(path) + 1), *uri;
	size_t len = 0;

	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < 0x80 && isalnum(c))
			escaped[len++] = (char)c;
		else
			len += (size_t)snprintf(
			    escaped + len, sizeof("%00"), "%%%02X", c);
	}
	escaped[len] = '\0';
	uri = str_printf("file:%s?mode=ro&%s", escaped, options);
	free(escaped);
	return uri;
}

int
store_file_peek(
    const struct store_db *db, struct store_db *look, struct reason *why)
{
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
	bool log = size_beside(db->path, "-wal") > 0;
	bool index = size_beside(db->path, "-shm") >= 0;
	char *uri;
	int r;

	*look = (struct store_db){
	    .file = db->file,
	    .path = str_dup(db->path),
	    .look = true,
	    .look_makes_index = log && !index,
	};
	/*
	 * An index that a crash left behind may fit its log no longer; then
	 * SQLite has to be free to make it anew.
	 */
	uri = make_uri(db->path, log ? "" : "immutable=1");
	r = store_db_connect(look, uri, flags, why);
	free(uri);
	return r;
}

/* SQLite leaves an index that it made for a reader. */
void
store_file_peeked(struct store_db *look)
{
	char *index = str_printf("%s-shm", look->path);
	bool made = look->look_makes_index;

	store_db_close(look);
	if (made)
		unlink(index);
	free(index);
}
