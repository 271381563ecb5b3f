/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/incoming.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum { SOURCE_MODE_BITS = 0777 };

/* In path: what stands behind the last slash. */
static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void
source_init(struct source *s, const char *path)
{
	*s = (struct source){.fd = -1};
	s->path = str_dup(path);
	s->shown = fsys_show(path);
	s->name = last_component(s->path);
}

void
source_close(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	XXH3_freeState(s->hash);
	s->hash = NULL;
}

void
source_release(struct source *s)
{
	source_close(s);
	free(s->path);
	free(s->shown);
}

static int
fail_changed(const struct source *s, struct fault *f)
{
	f->why = WHY_CHANGED;
	reason_set(&f->reason,
	    _("'%s' was changed while it was sent; send it again when nothing "
	      "writes to it"),
	    s->shown);
	return ERR_IO;
}

static int
fail(const struct source *s, int error, struct fault *f)
{
	f->why = fsys_why(error);
	if (error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG)
		reason_set(&f->reason,
		    _("there is no file '%s'; check the "
		      "name"),
		    s->shown);
	else if (error == EACCES || error == EPERM)
		reason_set(&f->reason,
		    _("no permission to read '%s'; ask its owner, or make a "
		      "copy you may read"),
		    s->shown);
	else if (error == ELOOP)
		reason_set(&f->reason,
		    _("'%s' is a link that leads nowhere; name the file "
		      "itself"),
		    s->shown);
	else
		reason_set(&f->reason,
		    _("cannot read '%s' (%s); check the disk it is on"),
		    s->shown, strerror(error));
	return ERR_IO;
}

/* Files only: the rest has no end, or no bytes, or wakes a device. */
static int
check_kind(const struct source *s, const struct stat *st, struct fault *f)
{
	if (S_ISREG(st->st_mode))
		return 0;
	f->why = WHY_DENIED;
	if (S_ISDIR(st->st_mode))
		reason_set(&f->reason,
		    _("'%s' is a folder; only files can be sent, so pack it "
		      "into one first (tar, zip)"),
		    s->shown);
	else
		reason_set(&f->reason,
		    _("'%s' is a pipe, a socket or a device; only files can "
		      "be sent"),
		    s->shown);
	return ERR_IO;
}

static int
check_name(const struct source *s, struct fault *f)
{
	if (incoming_check_name(s->name, strlen(s->name)) == 0)
		return 0;
	f->why = WHY_NAME;
	reason_set(&f->reason,
	    _("the name of '%s' holds bytes that are no text; rename it "
	      "first"),
	    s->shown);
	return ERR_IO;
}

/* So that it is the same file in another folder, another day. */
static int
make_absolute(struct source *s)
{
	char *folder;

	if (s->path[0] == '/')
		return 0;
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		return -1;
	str_replace(
	    &s->path, str_printf("%s/%s",
			  strcmp(folder, "/") == 0 ? "" : folder, s->path));
	s->name = last_component(s->path);
	free(folder);
	return 0;
}

int
source_open(struct source *s, struct fault *f)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct stat st;

	/* Looked at before it is opened: to open a device may act on it. */
	if (stat(s->path, &st) < 0)
		return fail(s, errno, f);
	if (check_kind(s, &st, f) < 0 || check_name(s, f) < 0)
		return ERR_IO;
	s->fd = open(s->path, flags);
	if (s->fd < 0 || fstat(s->fd, &st) < 0 || make_absolute(s) < 0)
		return fail(s, errno, f);
	if (check_kind(s, &st, f) < 0)
		return ERR_IO;

	(void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	s->size = (uint64_t)st.st_size;
	s->mtime_s = st.st_mtim.tv_sec;
	s->mtime_ns = st.st_mtim.tv_nsec;
	s->mode = (uint16_t)(st.st_mode & SOURCE_MODE_BITS);
	s->hash = XXH3_createState();
	if (s->hash == NULL)
		fatal("out of memory");
	XXH3_128bits_reset(s->hash);
	return 0;
}

int
source_read(struct source *s, void *data, size_t len, struct fault *f)
{
	uint8_t *at = data;
	size_t left = len;

	while (left > 0) {
		ssize_t n = read(s->fd, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(s, errno, f);
		if (n == 0)
			return fail_changed(s, f);
		at += n;
		left -= (size_t)n;
	}
	XXH3_128bits_update(s->hash, data, len);
	s->got += len;
	return 0;
}

int
source_rewind(struct source *s, struct fault *f)
{
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return fail(s, errno, f);
	XXH3_128bits_reset(s->hash);
	s->got = 0;
	return 0;
}

void
source_hash(const struct source *s, uint8_t hash[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(s->hash));
	memcpy(hash, canonical.digest, WIRE_HASH_LEN);
}

/* In units of which a second has so many. */
static int64_t
mtime_in(const struct source *s, int64_t units)
{
	const int64_t part = s->mtime_ns / (1000 * 1000 * 1000 / units);

	if (s->mtime_s > INT64_MAX / units - 1)
		return INT64_MAX;
	if (s->mtime_s < INT64_MIN / units)
		return INT64_MIN;
	return s->mtime_s * units + part;
}

int64_t
source_mtime_ns(const struct source *s)
{
	return mtime_in(s, 1000 * 1000 * 1000);
}

int64_t
source_mtime_ms(const struct source *s)
{
	return mtime_in(s, 1000);
}

int
source_finish(struct source *s, uint8_t hash[WIRE_HASH_LEN], struct fault *f)
{
	struct stat now;

	if (fstat(s->fd, &now) < 0)
		return fail(s, errno, f);
	if ((uint64_t)now.st_size != s->size ||
	    now.st_mtim.tv_sec != s->mtime_s ||
	    now.st_mtim.tv_nsec != s->mtime_ns)
		return fail_changed(s, f);
	source_hash(s, hash);
	return 0;
}
