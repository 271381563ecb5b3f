/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The key on disk. A file that is there is never written to, replaced or
 * removed, however broken it is: only its owner knows what it is worth.
 */
#include "net/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/tls_openssl.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum { KEY_FILE_MAX = 16 * 1024 };

static int
cannot_read(const char *path, struct reason *why)
{
	int error = errno;

	reason_set(
	    why, _("cannot read the key '%s': %s"), path, strerror(error));
	return error == EACCES || error == EPERM ? ERR_DENIED : ERR_IO;
}

static int
cannot_store(const char *path, struct reason *why)
{
	int error = errno;

	if (error == EEXIST)
		return ERR_EXISTS;
	reason_set(
	    why, _("cannot keep your key in '%s': %s"), path, strerror(error));
	return error == EACCES || error == EPERM ? ERR_DENIED : ERR_IO;
}

/* Somebody else who can read or replace the key could pass for us. */
static int
check_file(int fd, const char *path, struct reason *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return cannot_read(path, why);
	if (!S_ISREG(st.st_mode)) {
		reason_set(
		    why, _("'%s' should be your key, but is no file"), path);
		return ERR_DENIED;
	}
	if (st.st_uid != geteuid()) {
		reason_set(why,
		    _("the key '%s' belongs to another user; make it yours, "
		      "or move it away to get a new one"),
		    path);
		return ERR_DENIED;
	}
	if (st.st_mode & 077) {
		reason_set(why,
		    _("others can read your key; close it with: chmod 600 "
		      "'%s'"),
		    path);
		return ERR_DENIED;
	}
	return 0;
}

/* OpenSSL would ask for a password on the terminal. */
static int
no_password(char *buffer, int size, int writing, void *arg)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static EVP_PKEY *
parse_key(const char *text, size_t len)
{
	BIO *bio = BIO_new_mem_buf(text, (int)len);
	EVP_PKEY *key;

	if (!bio)
		fatal("OpenSSL is out of memory");
	key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	if (key && EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

static int
read_key(int fd, const char *path, EVP_PKEY **key, struct reason *why)
{
	char text[KEY_FILE_MAX];
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < sizeof(text)) {
		n = read(fd, text + len, sizeof(text) - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	if (n < 0)
		return cannot_read(path, why);
	*key = parse_key(text, len);
	OPENSSL_cleanse(text, sizeof(text));
	if (*key)
		return 0;
	reason_set(why,
	    _("'%s' holds no key that charla can read; bring it back from a "
	      "copy, or move it away to get a new one"),
	    path);
	return ERR_INVALID;
}

/* ERR_NOT_FOUND, without a sentence, where there is no such file. */
static int
load_key(const char *path, EVP_PKEY **key, struct reason *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0 && errno == ENOENT)
		return ERR_NOT_FOUND;
	if (fd < 0)
		return cannot_read(path, why);
	r = check_file(fd, path, why);
	if (r == 0)
		r = read_key(fd, path, key, why);
	close(fd);
	return r;
}

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return true;
}

static bool
write_key(int fd, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text;
	long len;
	bool ok;

	if (!bio ||
	    !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		fatal("OpenSSL cannot write a key");
	len = BIO_get_mem_data(bio, &text);
	/* Before the first byte of it: no umask may widen this. */
	ok = fchmod(fd, 0600) == 0 && write_all(fd, text, (size_t)len) &&
	     fsync(fd) == 0;
	BIO_free(bio);
	return ok;
}

/* Give the file its name, never in place of another. */
static bool
put_in_place(const char *temporary, const char *path)
{
	if (link(temporary, path) == 0) {
		unlink(temporary);
		return true;
	}
	/* A file system without hard links; nothing was there just now. */
	if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
		return rename(temporary, path) == 0;
	return false;
}

static void
sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
	    slash ? str_ndup(path, (size_t)(slash - path) + 1) : str_dup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

static int
store_in(int fd, const char *temporary, const char *path, EVP_PKEY *key,
    struct reason *why)
{
	int error;

	if (write_key(fd, key) && put_in_place(temporary, path)) {
		sync_folder_of(path);
		return 0;
	}
	error = errno;
	unlink(temporary);
	errno = error;
	return cannot_store(path, why);
}

/* ERR_EXISTS, without a sentence, when somebody else was quicker. */
static int
store_key(const char *path, EVP_PKEY *key, struct reason *why)
{
	unsigned nonce = 0;
	char *temporary;
	int fd, r;

	if (RAND_bytes((unsigned char *)&nonce, sizeof(nonce)) != 1)
		fatal("OpenSSL gives no random numbers");
	temporary = str_printf("%s.%08x", path, nonce);
	fd = open(temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		r = cannot_store(path, why);
	} else {
		r = store_in(fd, temporary, path, key, why);
		close(fd);
	}
	free(temporary);
	return r;
}

static int
create_key(const char *path, EVP_PKEY **key, struct reason *why)
{
	int r;

	*key = identity_make_key();
	r = store_key(path, *key, why);
	if (r < 0)
		EVP_PKEY_free(*key);
	return r;
}

int
identity_open(const char *path, struct identity **out, struct reason *why)
{
	EVP_PKEY *key = NULL;
	int r;

	openssl_start();
	r = load_key(path, &key, why);
	if (r == ERR_NOT_FOUND)
		r = create_key(path, &key, why);
	if (r == ERR_EXISTS)
		r = load_key(path, &key, why);
	/* Made by another just now, and gone again: a broken link. */
	if (r == ERR_NOT_FOUND)
		r = cannot_read(path, why);
	if (r == 0)
		*out = identity_around(key);
	return r;
}
