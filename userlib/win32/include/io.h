/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Low-level I/O under Windows' names.  Text and binary are the same here, and the
 * streams take wide text in any mode, so _setmode has nothing to change.
 */
#ifndef MAILSLOT_WIN32_IO_H
#define MAILSLOT_WIN32_IO_H

#include "win32/crt.h"
#ifdef __cplusplus
extern "C++" {
#endif
#include <fcntl.h>
#include <unistd.h>
#ifdef __cplusplus
}
#endif

#define _O_RDONLY	O_RDONLY
#define _O_WRONLY	O_WRONLY
#define _O_RDWR		O_RDWR
#define _O_CREAT	O_CREAT
#define _O_TRUNC	O_TRUNC
#define _O_APPEND	O_APPEND
#define _O_EXCL		O_EXCL
#define _O_TEXT		0x4000
#define _O_BINARY	0x8000
#define _O_WTEXT	0x10000
#define _O_U16TEXT	0x20000
#define _O_U8TEXT	0x40000

MAILSLOT_WIN32_BEGIN

/* The mode that was set before; -1 and EINVAL for a mode that is none. */
MAILSLOT_WIN32_API int _setmode(int fd, int mode);
MAILSLOT_WIN32_API intptr_t _get_osfhandle(int fd);

MAILSLOT_WIN32_END

#define _read		read
#define _write		write
#define _close		close
#define _isatty		isatty
#define _access		access
#define _dup		dup
#define _dup2		dup2

#endif /* MAILSLOT_WIN32_IO_H */
