/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories under the names that Windows' C library gives their functions.
 */
#ifndef MAILSLOT_WIN32_DIRECT_H
#define MAILSLOT_WIN32_DIRECT_H

#include "win32/crt.h"
#ifdef __cplusplus
extern "C++" {
#endif
#include <unistd.h>
#ifdef __cplusplus
}
#endif

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API int _mkdir(const char *path);
MAILSLOT_WIN32_API int _wmkdir(const wchar_t *path);
MAILSLOT_WIN32_API int _wrmdir(const wchar_t *path);
MAILSLOT_WIN32_API int _wchdir(const wchar_t *path);
MAILSLOT_WIN32_API wchar_t *_wgetcwd(wchar_t *buffer, int size);

MAILSLOT_WIN32_END

#define _rmdir		rmdir
#define _chdir		chdir
#define _getcwd		getcwd

#endif /* MAILSLOT_WIN32_DIRECT_H */
