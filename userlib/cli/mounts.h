/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The instances that are mounted where the caller sees them. */
#ifndef MOUNTS_H
#define MOUNTS_H

void mounts_each(void (*tell)(void *data, const char *directory), void *data);

#endif /* MOUNTS_H */
