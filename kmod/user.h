/* SPDX-License-Identifier: GPL-2.0-only */
/* What one user may take: slots, the memory of their queues and of messages under way. */
#ifndef MAILSLOT_USER_H
#define MAILSLOT_USER_H

#include <linux/uidgid.h>

struct mailslot_user;

struct mailslot_user *mailslot_user_add_slot(kuid_t uid, bool exempt);
void mailslot_user_del_slot(struct mailslot_user *user);
struct mailslot_user *mailslot_user_get(kuid_t uid, bool exempt);
void mailslot_user_put(struct mailslot_user *user);

int mailslot_user_charge(struct mailslot_user *user, unsigned long pages);
void mailslot_user_uncharge(struct mailslot_user *user, unsigned long pages);
int mailslot_user_charge_unsent(struct mailslot_user *user, unsigned long pages);
void mailslot_user_uncharge_unsent(struct mailslot_user *user, unsigned long pages);

#endif
