/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Windows' master header for console programs around mailslots.  Definitions are
 * in the headers it includes; docs/porting.rst says what is there and what is not.
 */
#ifndef MAILSLOT_WIN32_WINDOWS_H
#define MAILSLOT_WIN32_WINDOWS_H

#include "win32/std.h"
#include "windef.h"
#include "winbase.h"
#include "winerror.h"
#include "wincon.h"
#include "winnls.h"
#include "winuser.h"
#ifndef WIN32_LEAN_AND_MEAN
#include "mmsystem.h"
#include "shellapi.h"
#endif
#include "win32/crt.h"

#endif /* MAILSLOT_WIN32_WINDOWS_H */
