/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Local slots that messages from the network go into: their client ends, kept open.
 */
#ifndef TARGET_H
#define TARGET_H

#include <linux/mailslot.h>
#include <stdbool.h>

enum target_result {
	TARGET_DONE,
	TARGET_NO_SLOT,		/* the slot does not exist, or may not be written to */
	TARGET_FULL,
	TARGET_TOO_LONG,
	TARGET_ERROR,		/* errno */
};

struct targets;

struct targets *targets_make(void);
void targets_free(struct targets *targets);

/*
 * Write messages to the slot of this folded name, without waiting, as many as it takes now, from
 * the first on: *sent. The result is why the next one was not taken, or TARGET_DONE. One thread at
 * a time. Slots are looked for where home.h says, in whatever letters their names have there.
 */
enum target_result target_send(struct targets *targets, const char *name,
			       const struct mailslot_send_msg *messages, unsigned int count,
			       unsigned int *sent);

/*
 * Get the present state of the slot through its client end. Return false if there is no such slot.
 */
bool target_info(struct targets *targets, const char *name, struct mailslot_info *info);

#endif /* TARGET_H */
