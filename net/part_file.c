/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What files and folders are asked for, and what a received one gets. */
#include "net/part_internal.h"

#include <string.h>

#include <xxhash.h>

#include "src/base/util.h"

enum { NS_PER_S = 1000 * 1000 * 1000 };

_Static_assert((int)WIRE_HASH_LEN == (int)sizeof(XXH128_canonical_t),
    "the hash on the wire is XXH3-128");

struct timespec
part_mtime(int64_t mtime_ns)
{
	/* Older than the clock of all systems is as good as unknown. */
	const int64_t ns = mtime_ns < 0 ? 0 : mtime_ns;

	return (struct timespec){
	    .tv_sec = (time_t)(ns / NS_PER_S),
	    .tv_nsec = (long)(ns % NS_PER_S),
	};
}

mode_t
part_mode(uint16_t mode, bool keep_mode, mode_t mask)
{
	const mode_t kept = (mode_t)mode & (keep_mode ? 0777 : 0666);

	/* Whoever asked for the file can always read and replace it. */
	return (kept & ~mask) | S_IRUSR | S_IWUSR;
}

char *
part_join(const char *folder, const char *name)
{
	return str_printf("%s%s%s", folder,
	    folder[strlen(folder) - 1] == '/' ? "" : "/", name);
}

bool
part_is_about(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec / 2 == b->tv_sec / 2;
}

bool
part_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool
part_folder_is_gone(int folder_fd)
{
	struct stat st;

	return folder_fd < 0 ||
	       (fstat(folder_fd, &st) == 0 && st.st_nlink == 0);
}

struct XXH3_state_s *
part_new_hash(void)
{
	struct XXH3_state_s *state = XXH3_createState();

	if (state == NULL)
		fatal("out of memory");
	XXH3_128bits_reset(state);
	return state;
}

void
part_digest(const struct XXH3_state_s *state, uint8_t hash[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
	memcpy(hash, canonical.digest, WIRE_HASH_LEN);
}
