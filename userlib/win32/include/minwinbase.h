/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection of the porting headers to libmailslot: this includes its header, which has the
 * mailslot functions and their structures, and adds the other names of those structures.
 */
#ifndef MAILSLOT_WIN32_MINWINBASE_H
#define MAILSLOT_WIN32_MINWINBASE_H

#include "minwindef.h"
#include <libmailslot.h>

typedef OVERLAPPED *POVERLAPPED;

#endif /* MAILSLOT_WIN32_MINWINBASE_H */
