/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the porting headers meet libmailslot: its header, which has the mailslot
 * functions and the structures they take, and the other names of those structures.
 */
#ifndef MAILSLOT_WIN32_MINWINBASE_H
#define MAILSLOT_WIN32_MINWINBASE_H

#include "minwindef.h"
#include <libmailslot.h>

typedef OVERLAPPED *POVERLAPPED;

#endif /* MAILSLOT_WIN32_MINWINBASE_H */
