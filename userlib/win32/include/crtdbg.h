/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The assertions of Windows' debugging C library.  Its heap checks have no
 * counterpart here: build with -fsanitize=address.
 */
#ifndef MAILSLOT_WIN32_CRTDBG_H
#define MAILSLOT_WIN32_CRTDBG_H

#include "win32/std.h"
#ifdef __cplusplus
extern "C++" {
#endif
#include <assert.h>
#ifdef __cplusplus
}
#endif

#ifdef _DEBUG
#define _ASSERT(e)	assert(e)
#define _ASSERTE(e)	assert(e)
#else
#define _ASSERT(e)	((void)0)
#define _ASSERTE(e)	((void)0)
#endif

#endif /* MAILSLOT_WIN32_CRTDBG_H */
