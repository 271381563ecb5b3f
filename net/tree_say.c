/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said when a tree cannot be received, and a file could be. */
#include <errno.h>
#include <stdlib.h>

#include "net/tree_internal.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

int
tree_fail_records(struct fault *f)
{
	*f = (struct fault){.why = WHY_PROTOCOL};
	reason_set(&f->reason,
	    _("other files arrived than were agreed; nothing was kept, ask "
	      "for it again"));
	return ERR_IO;
}

int
tree_fail_hash(const struct entry *e, struct fault *f)
{
	char *path = str_ndup(e->path, e->path_len);
	char *shown = fsys_show(path);

	*f = (struct fault){.why = WHY_HASH};
	reason_set(&f->reason,
	    _("the bytes of '%s' that arrived are not the bytes that were "
	      "sent; nothing was kept, ask for it again"),
	    shown);
	free(shown);
	free(path);
	return ERR_IO;
}

int
tree_fail_entry(
    const struct tree_in *t, const struct entry *e, int error, struct fault *f)
{
	struct part_plan plan = *t->plan;
	char name[FILENAME_MAX_BYTES + 1];
	size_t name_len;
	char *folder = NULL;

	tree_name(t, e, name);
	entry_name(e, &name_len);
	if (name_len < e->path_len) {
		char *path = str_ndup(e->path, e->path_len - name_len - 1);

		folder = part_join(plan.folder, path);
		plan.folder = folder;
		free(path);
	}
	plan.name = name;
	part_fail_name(&plan, error, f);
	free(folder);
	return ERR_IO;
}
