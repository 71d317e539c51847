/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slot ends as objects behind handles.
 */
#ifndef END_OBJECT_H
#define END_OBJECT_H

#include "end.h"

extern const struct object_class end_class;

/* With lib_lock held. */
struct end *end_find(HANDLE value, struct handle **handle);
struct handle *end_add(int fd, const struct mailslot_info *info, uint32_t rights,
		       struct remote *remote);

#endif /* END_OBJECT_H */
