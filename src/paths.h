/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where things are kept: the XDG base directories, or one folder for all
 * (--data). Folders are made 0700, and one that others can write is told.
 */
#ifndef CHARLA_PATHS_H
#define CHARLA_PATHS_H

#include "src/base/err.h"

struct paths {
	char *data;      /* folder: $XDG_DATA_HOME/charla, or DIR */
	char *state;     /* folder: $XDG_STATE_HOME/charla, or DIR */
	char *key;       /* data/key.pem */
	char *peers;     /* data/peers.db */
	char *database;  /* state/charla.db */
	char *history;   /* state/input-history */
	char *drafts;    /* state/drafts */
	char *downloads; /* where received files go; not made here */
	int lock_fd;     /* held while we live; -1: somebody else has it */
};

/*
 * Find and make the folders and try the lock (data/lock, flock). data_dir
 * and downloads_dir come from the command line, or are NULL. A relative
 * path is made absolute. Downloads: downloads_dir, else XDG_DOWNLOAD_DIR of
 * user-dirs.dirs, else ~/Downloads. Returns 0 even where
 * the lock is taken (lock_fd is -1 then: run as a guest).
 */
int paths_open(struct paths *p, const char *data_dir, const char *downloads_dir,
    struct reason *why);
/* Only find them: nothing is made or locked. */
int paths_find(struct paths *p, const char *data_dir, const char *downloads_dir,
    struct reason *why);
void paths_release(struct paths *p);
/* $XDG_CONFIG_HOME/charla; not made. The caller frees. */
char *paths_config_folder(void);
/*
 * What a person gave, ~ made real, absolute; the caller frees *out.
 * ERR_NOT_FOUND, with why, where the current folder is gone.
 */
int paths_absolute(const char *given, char **out, struct reason *why);
/* "~/Downloads/x" for what lies in the home folder; the caller frees. */
char *paths_show(const char *path);
/* A leading ~ or ~user made real; the caller frees. */
char *paths_expand(const char *path);

#endif
