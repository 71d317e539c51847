/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads as the C library of Windows starts them, and the process's number.
 */
#ifndef MAILSLOT_WIN32_PROCESS_H
#define MAILSLOT_WIN32_PROCESS_H

#include "win32/crt.h"
#ifdef __cplusplus
extern "C++" {
#endif
#include <unistd.h>
#ifdef __cplusplus
}
#endif

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API uintptr_t _beginthreadex(void *security, unsigned int stack,
					    unsigned int (__stdcall *routine)(void *),
					    void *argument, unsigned int flags, unsigned int *id);
MAILSLOT_WIN32_API uintptr_t _beginthread(void (__cdecl *routine)(void *), unsigned int stack,
					  void *argument);
MAILSLOT_WIN32_API DECLSPEC_NORETURN void _endthreadex(unsigned int code);
MAILSLOT_WIN32_API DECLSPEC_NORETURN void _endthread(void);

MAILSLOT_WIN32_END

#define _getpid		getpid

#endif /* MAILSLOT_WIN32_PROCESS_H */
