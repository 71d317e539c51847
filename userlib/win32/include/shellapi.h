/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions of the shell that console programs use: a command line split into arguments. */
#ifndef MAILSLOT_WIN32_SHELLAPI_H
#define MAILSLOT_WIN32_SHELLAPI_H

#include "windef.h"

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR line, int *count);

MAILSLOT_WIN32_END

#endif /* MAILSLOT_WIN32_SHELLAPI_H */
