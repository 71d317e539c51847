/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a Windows security descriptor means for a slot's node.
 */
#ifndef SECURITY_H
#define SECURITY_H

#include <sys/types.h>

#include "lib.h"

/**
 * struct permissions - of a slot's node
 * @mode: the mode
 * @exact: the mode is what a descriptor says, whatever the umask
 */
struct permissions {
	mode_t mode;
	bool exact;
};

DWORD security_permissions(LPSECURITY_ATTRIBUTES security, struct permissions *permissions);

#endif /* SECURITY_H */
