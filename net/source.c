/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base is how far a lost file had come, and where it goes on. Opened again it
 * is read up to there and has to have the same hash, unless nothing speaks
 * against it being the very same file: then the hash of before goes on.
 */
#include "net/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "src/base/util.h"

enum {
	SOURCE_SCRATCH = 256 * 1024, /* bytes compared at once */
	SOURCE_LARGE = 1024 * 1024,  /* worth a word to the kernel */
	SECOND_NS = 1000 * 1000 * 1000,
};

void
source_init(struct source *s)
{
	*s = (struct source){.fd = -1};
	s->hash = XXH3_createState();
	if (s->hash == NULL)
		fatal("out of memory");
}

static void
close_file(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void
source_release(struct source *s)
{
	close_file(s);
	XXH3_freeState(s->hash);
	free(s->scratch);
}

static void
rewind_to_start(struct source *s)
{
	XXH3_128bits_reset(s->hash);
	s->got = 0;
}

void
source_begin(struct source *s, uint64_t size, int64_t mtime_ns)
{
	close_file(s);
	s->size = size;
	s->mtime_ns = mtime_ns;
	s->base = 0;
	s->sure = s->settled = s->intact = false;
	rewind_to_start(s);
}

bool
source_claim(
    struct source *s, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	if (offset > s->size)
		return false;
	s->base = offset;
	memcpy(s->base_hash, hash, WIRE_HASH_LEN);
	s->settled = false;
	return true;
}

/* Of what was read so far. */
static void
hash_now(const struct source *s, uint8_t hash[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(s->hash));
	memcpy(hash, canonical.digest, WIRE_HASH_LEN);
}

void
source_let_go(struct source *s)
{
	close_file(s);
	if (s->settled) {
		s->base = s->got;
		hash_now(s, s->base_hash);
		s->sure = s->intact = true;
	}
	if (s->error == SOURCE_CHANGED)
		s->intact = false;
	s->settled = false;
}

static int
fail(struct source *s, int error)
{
	s->error = error;
	return ERR_IO;
}

int64_t
source_mtime_ns(const struct stat *st)
{
	const int64_t seconds = st->st_mtim.tv_sec;

	if (seconds > INT64_MAX / SECOND_NS - 1)
		return INT64_MAX;
	if (seconds < INT64_MIN / SECOND_NS)
		return INT64_MIN;
	return seconds * SECOND_NS + st->st_mtim.tv_nsec;
}

/* Is it what it has to be? */
static int
check(struct source *s, struct stat *st)
{
	if (fstat(s->fd, st) < 0)
		return fail(s, errno);
	if (!S_ISREG(st->st_mode) || (uint64_t)st->st_size != s->size ||
	    source_mtime_ns(st) != s->mtime_ns)
		return fail(s, SOURCE_CHANGED);
	return 0;
}

int
source_attach(struct source *s, int fd)
{
	struct stat st;

	if (fd < 0)
		return fail(s, errno);
	s->fd = fd;
	s->error = 0;
	if (check(s, &st) < 0) {
		close_file(s);
		return ERR_IO;
	}
	if (s->size > SOURCE_LARGE)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	s->settled = s->intact && st.st_dev == s->dev && st.st_ino == s->ino;
	if (!s->settled)
		rewind_to_start(s);
	s->intact = false;
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	return 0;
}

/* Read up to base: go on behind it, or at 0. 0 bytes are always the same. */
static int
compare(struct source *s)
{
	uint8_t hash[WIRE_HASH_LEN];

	hash_now(s, hash);
	if (s->base > 0 && memcmp(hash, s->base_hash, WIRE_HASH_LEN) != 0) {
		if (s->sure)
			return fail(s, SOURCE_CHANGED);
		rewind_to_start(s);
	}
	s->settled = true;
	return 0;
}

int
source_settle(struct source *s, size_t *budget)
{
	if (s->settled)
		return 0;
	while (s->got < s->base) {
		uint64_t len = s->base - s->got;

		if (*budget == 0)
			return ERR_AGAIN;
		if (len > SOURCE_SCRATCH)
			len = SOURCE_SCRATCH;
		if (len > *budget)
			len = *budget;
		if (s->scratch == NULL)
			s->scratch = mem_alloc(SOURCE_SCRATCH);
		if (source_read(s, s->scratch, (size_t)len) < 0)
			return ERR_IO;
		*budget -= (size_t)len;
	}
	return compare(s);
}

int
source_read(struct source *s, void *data, size_t len)
{
	uint8_t *at = data;
	size_t done = 0;

	while (done < len) {
		ssize_t n =
		    fsys_read_at(s->fd, at + done, len - done, s->got + done);

		if (n < 0)
			return fail(s, errno);
		if (n == 0)
			return fail(s, SOURCE_CHANGED);
		done += (size_t)n;
	}
	XXH3_128bits_update(s->hash, data, len);
	s->got += len;
	return 0;
}

int
source_finish(struct source *s, uint8_t hash[WIRE_HASH_LEN])
{
	struct stat st;

	if (check(s, &st) < 0)
		return ERR_IO;
	hash_now(s, hash);
	close_file(s);
	return 0;
}
