/* SPDX-License-Identifier: GPL-2.0-only */
/* The limits of one user: slots, the memory of their queues and of messages not queued yet. */
#ifndef MAILSLOT_USER_H
#define MAILSLOT_USER_H

#include <linux/gfp.h>
#include <linux/uidgid.h>

struct mailslot_turn;
struct mailslot_user;

kuid_t mailslot_user_payer(kuid_t uid);
bool mailslot_user_exempt(void);
bool mailslot_user_is(const struct mailslot_user *user, kuid_t uid, bool exempt);
struct mailslot_user *mailslot_user_get(kuid_t uid, bool exempt, gfp_t flags);
void mailslot_user_put(struct mailslot_user *user);
struct mailslot_turn *mailslot_user_turn(struct mailslot_user *user);

struct mailslot_user *mailslot_user_add_slot(kuid_t uid, bool exempt);
void mailslot_user_del_slot(struct mailslot_user *user);
struct mailslot_user *mailslot_user_keep_slot(kuid_t uid, bool exempt);
void mailslot_user_unkeep_slot(struct mailslot_user *user);
bool mailslot_user_may_open(kuid_t uid, bool exempt);

int mailslot_user_charge(struct mailslot_user *user, unsigned long pages);
void mailslot_user_uncharge(struct mailslot_user *user, unsigned long pages);
int mailslot_user_charge_unsent(struct mailslot_user *user, unsigned long pages);
void mailslot_user_uncharge_unsent(struct mailslot_user *user, unsigned long pages);

#endif
