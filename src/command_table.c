/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/command_run.h"

/* clang-format off */
const struct command command_table[] = {
	{"help", "[COMMAND]", N_("list the commands, or explain one"),
	    false, true, COMMAND_COMMANDS, command_run_help},
	{"send", "PATH...", N_("offer files and folders; * and ? work as in a shell"),
	    true, true, COMMAND_PATHS, command_run_send},
	{"accept", "[N]", N_("let a caller in, or take files: N as NAME, N to DIR, all"),
	    false, true, COMMAND_ACCEPT, command_run_accept},
	{"reject", "[N]", N_("say no to a caller or a file"),
	    false, true, COMMAND_QUESTIONS, command_run_reject},
	{"show", "[N]", N_("look at the list of what is offered; Esc closes it"),
	    false, true, COMMAND_LISTS, command_run_show},
	{"cancel", "[N]", N_("end a transfer, on both sides"),
	    false, true, COMMAND_TRANSFERS, command_run_cancel},
	{"pause", "[N]", N_("let a transfer stand still, on both sides"),
	    false, true, COMMAND_RUNNING, command_run_pause},
	{"resume", "[N]", N_("go on with it"),
	    false, true, COMMAND_PAUSED, command_run_resume},
	{"limit", "RATE", N_("send files at no more than 500k or 10M a second; off"),
	    true, true, COMMAND_LIMITS, command_run_limit},
	{"transfers", "", N_("list what is offered and what is running"),
	    false, false, COMMAND_NOTHING, command_run_transfers},
	{"outbox", "[drop N]", N_("list what waits to be sent, or take one back"),
	    false, true, COMMAND_OUTBOX, command_run_outbox},
	{"search", "WORDS", N_("find words in the whole history; Ctrl-S goes on"),
	    true, true, COMMAND_NOTHING, command_run_search},
	{"log", "[on|off]", N_("keep the history, or nothing from here on"),
	    false, true, COMMAND_SWITCH, command_run_log},
	{"connect", "[--new-key] HOST", N_("call a name or an address, HOST:PORT too"),
	    true, true, COMMAND_CALLS, command_run_connect},
	{"disconnect", "", N_("hang up, or stop calling"),
	    false, false, COMMAND_NOTHING, command_run_disconnect},
	{"nick", "NAME", N_("change the name the other person sees"),
	    true, true, COMMAND_NOTHING, command_run_nick},
	{"me", "TEXT", N_("say what you are doing: /me waves"),
	    true, true, COMMAND_NOTHING, command_run_me},
	{"set", "[NAME [VALUE]]", N_("show or choose how charla works; save keeps it"),
	    false, true, COMMAND_OPTIONS, command_run_set},
	{"url", "", N_("list the links that were said, the newest first"),
	    false, false, COMMAND_NOTHING, command_run_url},
	{"copy", "[url] [N]", N_("their last message, or a link, to the clipboard"),
	    false, true, COMMAND_COPY, command_run_copy},
	{"clear", "", N_("empty the log pane; nothing is deleted"),
	    false, false, COMMAND_NOTHING, command_run_clear},
	{"quit", "", N_("leave; asks once while a transfer runs"),
	    false, false, COMMAND_NOTHING, command_run_quit},
};
/* clang-format on */
const size_t command_count = COUNT(command_table);
