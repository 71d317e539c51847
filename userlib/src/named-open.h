/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening objects with names, and closing them.
 */
#ifndef NAMED_OPEN_H
#define NAMED_OPEN_H

#include "named.h"

/* All with lib_lock held. */
struct mailslot_named *named_open(const char *kind, const char *file,
				  const struct mailslot_named_new *new, bool *existed);
struct mailslot_named *named_recover(int fd, const char *kind);
void named_close(struct mailslot_named *named);
const char *named_file(const struct mailslot_named *named);
void named_fork_child(void);

#endif /* NAMED_OPEN_H */
