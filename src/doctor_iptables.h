/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules as iptables-save writes them, made into those of nft. Pure. */
#ifndef CHARLA_DOCTOR_IPTABLES_H
#define CHARLA_DOCTOR_IPTABLES_H

#include <jansson.h>

/*
 * text: what "iptables -S" prints. As nft_passage takes them; NULL where
 * there is nothing in it.
 */
json_t *iptables_rules(const char *text);

#endif
