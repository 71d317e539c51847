/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of events, and the FIFOs that stand for them.
 */
#ifndef EVENT_NAME_H
#define EVENT_NAME_H

#include <limits.h>

#include "name.h"

#define EVENT_NAME_SIZE (NAME_MAX + 1)

struct event_name_new {
	bool manual;
	bool initial;
};

DWORD event_name_encode(struct text text, char file[EVENT_NAME_SIZE]);
int event_name_open(const char *file, const struct event_name_new *new, bool *manual,
		    bool *existed);
void event_name_forget(const char *file);
char *event_name_of(int fd, bool *manual);

#endif /* EVENT_NAME_H */
