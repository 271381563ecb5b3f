/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys run which function, as they are bound at this moment. */
#include <stdio.h>
#include <stdlib.h>

#include <readline/readline.h>

#include "src/base/util.h"
#include "ui/input_state.h"
#include "ui/keyname.h"

static char *
bound_in(rl_command_func_t *run, Keymap map)
{
	char **sequences = rl_invoking_keyseqs_in_map(run, map);
	char *names = keyname_list(sequences);

	for (size_t i = 0; sequences != NULL && sequences[i] != NULL; i++)
		free(sequences[i]);
	free(sequences);
	return names;
}

char *
input_bound(const char *function)
{
	rl_command_func_t *run = rl_named_function(function);
	char *insert, *command, *both;

	if (run == NULL)
		return NULL;
	if (rl_editing_mode != 0)
		return bound_in(run, emacs_standard_keymap);
	insert = bound_in(run, vi_insertion_keymap);
	command = bound_in(run, vi_movement_keymap);
	if (insert != NULL || command == NULL) {
		free(command);
		return insert;
	}
	both = str_printf("[cmd] %s", command);
	free(command);
	return both;
}
