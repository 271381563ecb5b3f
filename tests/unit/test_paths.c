/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/folder.h"
#include "src/base/util.h"
#include "src/paths.h"
#include "tests/unit/scratch.h"

/* A home of our own, and none of the caller's XDG variables. */
static int
setup(void **state)
{
	static const char *const variables[] = {"XDG_DATA_HOME",
	    "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DOWNLOAD_DIR"};
	char *home = scratch_new();

	for (size_t i = 0; i < COUNT(variables); i++)
		unsetenv(variables[i]);
	setenv("HOME", home, 1);
	*state = home;
	return 0;
}

static int
teardown(void **state)
{
	scratch_free(*state);
	return 0;
}

static void
check_path(const char *path, const char *folder, const char *name)
{
	char *want = scratch_path(folder, name);

	assert_string_equal(path, want);
	free(want);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
open_paths(struct paths *p, const char *data, const char *downloads)
{
	struct reason why = {""};

	if (paths_open(p, data, downloads, &why) < 0)
		fail_msg("%s", why.text);
}

static void
test_defaults(void **state)
{
	static const mode_t masks[] = {0, 077};
	const char *home = *state;
	const mode_t before = umask(0);
	struct paths p;
	struct stat st;

	for (size_t i = 0; i < COUNT(masks); i++) {
		char *lock;

		umask(masks[i]);
		open_paths(&p, NULL, NULL);
		check_path(p.data, home, ".local/share/charla");
		check_path(p.state, home, ".local/state/charla");
		check_path(p.key, home, ".local/share/charla/key.pem");
		check_path(p.peers, home, ".local/share/charla/peers.db");
		check_path(p.database, home, ".local/state/charla/charla.db");
		check_path(
		    p.history, home, ".local/state/charla/input-history");
		check_path(p.downloads, home, "Downloads");
		assert_true(p.lock_fd >= 0);
		assert_true(fcntl(p.lock_fd, F_GETFD) & FD_CLOEXEC);
		assert_int_equal(mode_of(p.data), 0700);
		assert_int_equal(mode_of(p.state), 0700);
		lock = scratch_path(p.data, "lock");
		assert_int_equal(mode_of(lock), 0600);
		free(lock);
		/* Not made before a file comes. */
		assert_int_equal(stat(p.downloads, &st), -1);
		paths_release(&p);
	}
	umask(before);
}

static void
test_xdg(void **state)
{
	const char *home = *state;
	char *data = scratch_path(home, "d"), *st = scratch_path(home, "s");
	struct paths p;

	setenv("XDG_DATA_HOME", data, 1);
	setenv("XDG_STATE_HOME", st, 1);
	open_paths(&p, NULL, NULL);
	check_path(p.data, data, "charla");
	check_path(p.state, st, "charla");
	paths_release(&p);

	/* Relative and empty ones do not count. */
	setenv("XDG_DATA_HOME", "d", 1);
	setenv("XDG_STATE_HOME", "", 1);
	open_paths(&p, NULL, NULL);
	check_path(p.data, home, ".local/share/charla");
	check_path(p.state, home, ".local/state/charla");
	paths_release(&p);
	free(data);
	free(st);
}

static void
test_given(void **state)
{
	const char *home = *state;
	char *data = scratch_path(home, "my/data");
	char *before = getcwd(NULL, 0);
	struct paths p;

	open_paths(&p, data, "/some/where");
	assert_string_equal(p.data, data);
	assert_string_equal(p.state, data);
	check_path(p.key, data, "key.pem");
	check_path(p.peers, data, "peers.db");
	check_path(p.database, data, "charla.db");
	assert_string_equal(p.downloads, "/some/where");
	paths_release(&p);

	assert_int_equal(chdir(home), 0);
	open_paths(&p, "my/data", "got");
	assert_string_equal(p.data, data);
	check_path(p.downloads, home, "got");
	paths_release(&p);
	open_paths(&p, "~/my/data", "~");
	assert_string_equal(p.data, data);
	assert_string_equal(p.downloads, home);
	paths_release(&p);

	/* A folder that is gone cannot be built upon. */
	{
		struct reason why;
		char *gone = scratch_path(home, "gone");

		assert_int_equal(mkdir(gone, 0700), 0);
		assert_int_equal(chdir(gone), 0);
		assert_int_equal(rmdir(gone), 0);
		assert_int_equal(
		    paths_open(&p, data, "x", &why), ERR_NOT_FOUND);
		assert_int_equal(p.lock_fd, -1);
		free(gone);
	}
	assert_int_equal(chdir(before), 0);
	free(before);
	free(data);
}

static void
test_user_dirs(void **state)
{
	static const struct {
		const char *text;
		const char *downloads; /* below home, or absolute */
	} cases[] = {
	    {"XDG_DOWNLOAD_DIR=\"$HOME/Descargas\"\n", "Descargas"},
	    {"# XDG_DOWNLOAD_DIR=\"$HOME/no\"\n"
	     "XDG_MUSIC_DIR=\"$HOME/M\"\n"
	     "\t XDG_DOWNLOAD_DIR=\"$HOME/a b/c\"\n"
	     "XDG_VIDEOS_DIR=\"$HOME/V\"\n",
		"a b/c"},
	    {"XDG_DOWNLOAD_DIR=\"/srv/in\"", "/srv/in"},
	    {"XDG_DOWNLOAD_DIR=\"$HOME/one\"\nXDG_DOWNLOAD_DIR=\"$HOME/two\"\n",
		"two"},
	    {"XDG_DOWNLOAD_DIR=\"$HOME/q\\\"\\$\\\\x\"\n", "q\"$\\x"},
	    {"XDG_DOWNLOAD_DIR=\"$HOME/no end", "no end"},
	    /* The home folder means none; other forms are not allowed. */
	    {"XDG_DOWNLOAD_DIR=\"$HOME/\"\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=\"$HOME\"\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=\"relative\"\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=\"\"\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=$HOME/x\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=\"$(reboot)\"\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=\"$USER/x\"\n", "Downloads"},
	    {"XDG_DOWNLOAD_DIR=\"\\", "Downloads"},
	    {"", "Downloads"},
	};
	const char *home = *state;
	char *config = scratch_path(home, ".config");
	char *file = scratch_path(config, "user-dirs.dirs");
	struct paths p;

	assert_int_equal(mkdir(config, 0700), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		scratch_write(file, cases[i].text, strlen(cases[i].text));
		open_paths(&p, NULL, NULL);
		if (cases[i].downloads[0] == '/')
			assert_string_equal(p.downloads, cases[i].downloads);
		else
			check_path(p.downloads, home, cases[i].downloads);
		paths_release(&p);
	}

	/* Another place for it; and --dir wins. */
	scratch_write(file, cases[2].text, strlen(cases[2].text));
	setenv("XDG_CONFIG_HOME", home, 1);
	open_paths(&p, NULL, NULL);
	check_path(p.downloads, home, "Downloads");
	paths_release(&p);
	setenv("XDG_CONFIG_HOME", config, 1);
	open_paths(&p, NULL, "/tmp");
	assert_string_equal(p.downloads, "/tmp");
	paths_release(&p);
	free(file);
	free(config);
}

/* Whoever comes second runs as a guest; when the first ends it is free. */
static void
test_lock(void **state)
{
	struct paths first, second;

	(void)state;
	open_paths(&first, NULL, NULL);
	assert_true(first.lock_fd >= 0);
	open_paths(&second, NULL, NULL);
	assert_int_equal(second.lock_fd, -1);
	assert_string_equal(first.data, second.data);
	paths_release(&second);
	open_paths(&second, NULL, NULL);
	assert_int_equal(second.lock_fd, -1);
	paths_release(&second);
	paths_release(&first);
	open_paths(&second, NULL, NULL);
	assert_true(second.lock_fd >= 0);
	paths_release(&second);
}

static void
check_refused(const char *data, const char *word)
{
	struct reason why = {""};
	struct paths p;

	assert_true(paths_open(&p, data, NULL, &why) < 0);
	assert_non_null(strstr(why.text, data));
	if (strstr(why.text, word) == NULL)
		fail_msg("'%s' lacks '%s'", why.text, word);
	assert_int_equal(p.lock_fd, -1);
	assert_null(p.data);
	paths_release(&p);
}

static void
test_open_to_others(void **state)
{
	const char *home = *state;
	char *data = scratch_path(home, "data");
	struct paths p;

	assert_int_equal(mkdir(data, 0700), 0);
	assert_int_equal(chmod(data, 0770), 0);
	check_refused(data, "chmod go-w '");
	assert_int_equal(chmod(data, 0702), 0);
	check_refused(data, "chmod go-w '");
	assert_int_equal(mode_of(data), 0702);
	/* To be read is no danger: what is in it is 0600. */
	assert_int_equal(chmod(data, 0755), 0);
	open_paths(&p, data, NULL);
	assert_int_equal(mode_of(data), 0755);
	paths_release(&p);
	free(data);
}

static void
test_unusable(void **state)
{
	const char *home = *state;
	char *file = scratch_path(home, "file");
	char *below = scratch_path(file, "below");
	char *data = scratch_path(home, "data");
	char *lock = scratch_path(data, "lock");

	scratch_write(file, "", 0);
	check_refused(file, "--data");
	check_refused(below, "--data");
	/* A planted link is not followed. */
	assert_int_equal(mkdir(data, 0700), 0);
	assert_int_equal(symlink("../file", lock), 0);
	check_refused(data, "lock");
	if (geteuid() == 0) {
		assert_int_equal(unlink(lock), 0);
		assert_int_equal(chown(data, 12345, (gid_t)-1), 0);
		check_refused(data, "another user");
	} else {
		check_refused("/root/charla-cannot-be-here", "--data");
	}
	free(file);
	free(below);
	free(data);
	free(lock);
}

static void
test_show(void **state)
{
	const char *home = *state;
	static const struct {
		const char *below; /* appended to home */
		const char *shown; /* NULL: as it is */
	} cases[] = {{"", "~"}, {"/x", "~/x"}, {"/a b/c", "~/a b/c"},
	    {"/", "~/"}, {"2/x", NULL}};
	char *shown, *path;

	for (size_t i = 0; i < COUNT(cases); i++) {
		path = str_printf("%s%s", home, cases[i].below);
		shown = paths_show(path);
		assert_string_equal(
		    shown, cases[i].shown != NULL ? cases[i].shown : path);
		free(shown);
		free(path);
	}
	shown = paths_show("/etc/passwd");
	assert_string_equal(shown, "/etc/passwd");
	free(shown);
	/* Everything lies below "/": then it says nothing. */
	setenv("HOME", "/", 1);
	shown = paths_show("/etc/passwd");
	assert_string_equal(shown, "/etc/passwd");
	free(shown);
}

static void
test_expand(void **state)
{
	static const char *const plain[] = {
	    "", "a~", "/~", "./~", "~no-such-user-here/x", "a/b"};
	const char *home = *state;
	const struct passwd *pw = getpwuid(0);
	char *path, *name;

	for (size_t i = 0; i < COUNT(plain); i++) {
		path = paths_expand(plain[i]);
		assert_string_equal(path, plain[i]);
		free(path);
	}
	path = paths_expand("~");
	assert_string_equal(path, home);
	free(path);
	path = paths_expand("~/a b");
	check_path(path, home, "a b");
	free(path);
	/* A slash too many in $HOME does not show. */
	name = str_printf("%s//", home);
	setenv("HOME", name, 1);
	free(name);
	path = paths_expand("~/x");
	check_path(path, home, "x");
	free(path);

	assert_non_null(pw);
	name = str_printf("~%s/x", pw->pw_name);
	path = paths_expand(name);
	check_path(path, pw->pw_dir, "x");
	free(path);
	free(name);
}

/* Without HOME, the password file says where home is. */
static void
test_no_home(void **state)
{
	const struct passwd *pw = getpwuid(geteuid());
	char *path;

	(void)state;
	if (pw == NULL) {
		print_message("skipped: this user is in no password file\n");
		skip();
	}
	unsetenv("HOME");
	path = paths_expand("~");
	assert_string_equal(path, pw->pw_dir);
	free(path);
	setenv("HOME", "relative", 1);
	path = paths_expand("~");
	assert_string_equal(path, pw->pw_dir);
	free(path);
}

static void
test_folder_make(void **state)
{
	const char *home = *state;
	static const char *const names[] = {
	    "a", "a", "b/c/d", "b/c/d/", "b//c///e", "link/f"};
	char *path;

	for (size_t i = 0; i < COUNT(names); i++) {
		path = scratch_path(home, names[i]);
		assert_int_equal(folder_make(path), 0);
		assert_int_equal(mode_of(path), 0700);
		free(path);
		path = scratch_path(home, "link");
		(void)!symlink("a", path);
		free(path);
	}
	path = scratch_path(home, "dangling");
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(folder_make(path), -1);
	free(path);
	assert_int_equal(folder_make(""), -1);
	assert_int_equal(folder_make("/"), 0);
}

int
main(void)
{
#define PATHS_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
	    PATHS_TEST(test_defaults),
	    PATHS_TEST(test_xdg),
	    PATHS_TEST(test_given),
	    PATHS_TEST(test_user_dirs),
	    PATHS_TEST(test_lock),
	    PATHS_TEST(test_open_to_others),
	    PATHS_TEST(test_unusable),
	    PATHS_TEST(test_show),
	    PATHS_TEST(test_expand),
	    PATHS_TEST(test_no_home),
	    PATHS_TEST(test_folder_make),
	};

	return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
