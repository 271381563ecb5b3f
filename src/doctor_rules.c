/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering: what the firewalls of this machine say of themselves. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/child.h"
#include "src/base/file.h"
#include "src/base/util.h"
#include "src/doctor_firewall.h"
#include "src/doctor_iptables.h"
#include "src/doctor_look.h"

enum { ASK_MS = 3000, CONFIG_MAX = 64 * 1024 };

static void
ask_nft(struct doctor_firewall *f)
{
	static const char *const words[] = {
	    "nft", "-j", "list", "ruleset", NULL};
	char *text;

	switch (child_ask(words, ASK_MS, &text)) {
	case 0:
		f->rules = json_loads(text, 0, NULL);
		break;
	case CHILD_MISSING:
		f->state = FIREWALL_RULES_MISSING;
		break;
	default:
		break;
	}
	if (f->rules != NULL)
		f->state = FIREWALL_RULES_READ;
	else if (geteuid() == 0)
		f->state = FIREWALL_RULES_MISSING;
	free(text);
}

/* The rules of iptables, old and new; nft knows the new ones in part. */
static void
ask_iptables(struct doctor_firewall *f)
{
	static const char *const words[] = {"iptables", "-S", NULL};
	char *text;

	if (child_ask(words, ASK_MS, &text) == 0)
		f->iptables = iptables_rules(text);
	if (f->iptables != NULL && f->rules != NULL)
		nft_leave_out_iptables(f->rules);
	free(text);
}

/* Its settings can be read by all; what it lets in only by root. */
static void
ask_ufw(struct doctor_firewall *f)
{
	static const char *const words[] = {"ufw", "status", "verbose", NULL};
	size_t len;
	char *config = file_read("/etc/ufw/ufw.conf", CONFIG_MAX, &len);
	char *text;

	f->ufw = config != NULL && strstr(config, "\nENABLED=yes") != NULL;
	free(config);
	if (!f->ufw)
		return;
	if (child_ask(words, ASK_MS, &text) == 0) {
		f->ufw = strstr(text, "Status: active") != NULL;
		if (f->ufw)
			f->ufw_status = str_dup(text);
	}
	free(text);
}

/* NULL where it does not say. */
static char *
ask_firewalld_for(const char *what)
{
	const char *const words[] = {"firewall-cmd", what, NULL};
	char *text;

	if (child_ask(words, ASK_MS, &text) != 0)
		str_replace(&text, NULL);
	return text;
}

static void
ask_firewalld(struct doctor_firewall *f)
{
	char *state = ask_firewalld_for("--state");

	f->firewalld = state != NULL && strncmp(state, "running", 7) == 0;
	free(state);
	if (!f->firewalld)
		return;
	f->ports = ask_firewalld_for("--list-ports");
	f->services = ask_firewalld_for("--list-services");
}

void
doctor_look_at_firewall(const struct doctor_case *c,
    const struct survey_network *n, struct findings *out)
{
	struct doctor_firewall f = {
	    .port = c->port, .state = FIREWALL_RULES_DENIED};

	ask_nft(&f);
	ask_iptables(&f);
	ask_ufw(&f);
	if (!f.ufw)
		ask_firewalld(&f);
	doctor_judge_firewall(&f, n, out);
	json_decref(f.rules);
	json_decref(f.iptables);
	free(f.ufw_status);
	free(f.ports);
	free(f.services);
}
