/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths, pipes, the environment and wide names in Windows' C library, and what else
 * tchar.h has a name for.
 */
#ifndef MAILSLOT_WIN32_FILES_H
#define MAILSLOT_WIN32_FILES_H

#include "win32/stdio.h"

#define _stricoll	strcasecmp
#define _wcsicoll	wcscasecmp
#define _fdopen		fdopen

MAILSLOT_WIN32_BEGIN

/* Any part may be NULL; / and \ separate directories alike. */
MAILSLOT_WIN32_API void _splitpath(const char *path, char *drive, char *dir, char *name, char *ext);
MAILSLOT_WIN32_API void _wsplitpath(const wchar_t *path, wchar_t *drive, wchar_t *dir,
				    wchar_t *name, wchar_t *ext);
MAILSLOT_WIN32_API errno_t _splitpath_s(const char *path, char *drive, size_t drive_size, char *dir,
					size_t dir_size, char *name, size_t name_size, char *ext,
					size_t ext_size);
MAILSLOT_WIN32_API errno_t _wsplitpath_s(const wchar_t *path, wchar_t *drive, size_t drive_size,
					 wchar_t *dir, size_t dir_size, wchar_t *name,
					 size_t name_size, wchar_t *ext, size_t ext_size);
MAILSLOT_WIN32_API void _makepath(char *path, const char *drive, const char *dir, const char *name,
				  const char *ext);
MAILSLOT_WIN32_API void _wmakepath(wchar_t *path, const wchar_t *drive, const wchar_t *dir,
				   const wchar_t *name, const wchar_t *ext);
MAILSLOT_WIN32_API errno_t _makepath_s(char *path, size_t size, const char *drive, const char *dir,
				       const char *name, const char *ext);
MAILSLOT_WIN32_API errno_t _wmakepath_s(wchar_t *path, size_t size, const wchar_t *drive,
					const wchar_t *dir, const wchar_t *name,
					const wchar_t *ext);

MAILSLOT_WIN32_API FILE *_popen(const char *command, const char *mode);
MAILSLOT_WIN32_API FILE *_wpopen(const wchar_t *command, const wchar_t *mode);
/* Return the exit status of the command, or 128 and the number of the signal that ended it. */
MAILSLOT_WIN32_API int _pclose(FILE *stream);

MAILSLOT_WIN32_API FILE *_wfreopen(const wchar_t *name, const wchar_t *mode, FILE *stream);
MAILSLOT_WIN32_API FILE *_wfdopen(int fd, const wchar_t *mode);
MAILSLOT_WIN32_API int _wremove(const wchar_t *path);
MAILSLOT_WIN32_API int _wrename(const wchar_t *from, const wchar_t *to);
MAILSLOT_WIN32_API int _wunlink(const wchar_t *path);
MAILSLOT_WIN32_API int _waccess(const wchar_t *path, int mode);

MAILSLOT_WIN32_API int _putenv(const char *setting);
MAILSLOT_WIN32_API int _wputenv(const wchar_t *setting);
MAILSLOT_WIN32_API errno_t _putenv_s(const char *name, const char *value);
MAILSLOT_WIN32_API errno_t _wputenv_s(const wchar_t *name, const wchar_t *value);
MAILSLOT_WIN32_API errno_t _wgetenv_s(size_t *length, wchar_t *buffer, size_t size,
				      const wchar_t *name);
MAILSLOT_WIN32_API errno_t _wdupenv_s(wchar_t **buffer, size_t *length, const wchar_t *name);

MAILSLOT_WIN32_API wchar_t *_wctime(const time_t *time);
MAILSLOT_WIN32_API wchar_t *_wasctime(const struct tm *tm);
MAILSLOT_WIN32_API errno_t _wctime_s(wchar_t *buffer, size_t size, const time_t *time);
MAILSLOT_WIN32_API errno_t _wasctime_s(wchar_t *buffer, size_t size, const struct tm *tm);

/* wcstok as it was before it took a place to keep its state in */
MAILSLOT_WIN32_API wchar_t *win32_wcstok(wchar_t *text, const wchar_t *delimiters);
MAILSLOT_WIN32_API char *_strset(char *s, int c);
MAILSLOT_WIN32_API char *_strnset(char *s, int c, size_t count);
MAILSLOT_WIN32_API wchar_t *_wcsset(wchar_t *s, wchar_t c);
MAILSLOT_WIN32_API wchar_t *_wcsnset(wchar_t *s, wchar_t c, size_t count);
MAILSLOT_WIN32_API errno_t _strlwr_s(char *s, size_t size);
MAILSLOT_WIN32_API errno_t _strupr_s(char *s, size_t size);
MAILSLOT_WIN32_API errno_t _wcslwr_s(wchar_t *s, size_t size);
MAILSLOT_WIN32_API errno_t _wcsupr_s(wchar_t *s, size_t size);
MAILSLOT_WIN32_API wchar_t *_wcserror(int error);
MAILSLOT_WIN32_API errno_t _wcserror_s(wchar_t *buffer, size_t size, int error);
MAILSLOT_WIN32_API wchar_t *_i64tow(long long value, wchar_t *buffer, int radix);
MAILSLOT_WIN32_API wchar_t *_ui64tow(unsigned long long value, wchar_t *buffer, int radix);
MAILSLOT_WIN32_API wint_t _putwch(wchar_t c);

MAILSLOT_WIN32_END

#endif /* MAILSLOT_WIN32_FILES_H */
