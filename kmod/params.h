/* SPDX-License-Identifier: GPL-2.0-only */
/* The properties of a slot that is to be made. */
#ifndef MAILSLOT_PARAMS_H
#define MAILSLOT_PARAMS_H

#include <linux/mailslot.h>
#include <linux/types.h>

struct mailslot_quota;

struct mailslot_params {
	const char *name;		/* mailslot_name_check() accepted it */
	u64 queue_bytes;
	u64 read_timeout;
	u32 max_message_size;
	umode_t mode;
	bool whole;
	bool ring;
	bool exempt;			/* from the user's limits */
	struct mailslot_quota *quota;	/* of an instance, or NULL */
};

int mailslot_params_queue_bytes(u64 *bytes);
int mailslot_params_fill(struct mailslot_params *params, const struct mailslot_create *request);
int mailslot_params_default(struct mailslot_params *params, const char *name);

#endif
