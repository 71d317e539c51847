/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The meaning of a Windows security descriptor for a slot's node. */
#ifndef SECURITY_H
#define SECURITY_H

#include "access.h"

DWORD security_permissions(LPSECURITY_ATTRIBUTES security, struct permissions *permissions);

#endif /* SECURITY_H */
