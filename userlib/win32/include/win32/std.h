/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The C headers that Windows' own headers bring in, taken in such a way that a
 * program may wrap #include <windows.h> in extern "C".  Only what the C library
 * offers is here; what Windows calls differently is in win32/crt.h.
 */
#ifndef MAILSLOT_WIN32_STD_H
#define MAILSLOT_WIN32_STD_H

#ifdef __cplusplus
/*
 * A later <cstdio> or <cwchar> would #undef the names that win32/stdio.h gives a
 * new meaning, so the C++ spellings have to come first.
 */
extern "C++" {
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <cwchar>
#include <cwctype>
#endif

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#ifdef __cplusplus
}
#endif

/* Exported by libmailslot-win32; everything else in it stays inside. */
#define MAILSLOT_WIN32_API	__attribute__((visibility("default")))

#ifdef __cplusplus
#define MAILSLOT_WIN32_BEGIN	extern "C" {
#define MAILSLOT_WIN32_END	}
#else
#define MAILSLOT_WIN32_BEGIN
#define MAILSLOT_WIN32_END
#endif

#endif /* MAILSLOT_WIN32_STD_H */
