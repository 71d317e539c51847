/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The POSIX access control list of a slot's node in an instance.
 */
#ifndef POSIX_ACL_H
#define POSIX_ACL_H

#include "access.h"

bool posix_acl_is_needed(const struct permissions *permissions);
DWORD posix_acl_set(int fd, const struct permissions *permissions);

#endif /* POSIX_ACL_H */
