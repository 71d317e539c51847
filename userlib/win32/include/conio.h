/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys as they are pressed, and text straight to the terminal.  With standard
 * input redirected, a key is the next byte of it.
 */
#ifndef MAILSLOT_WIN32_CONIO_H
#define MAILSLOT_WIN32_CONIO_H

#include "win32/crt.h"

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API int _getch(void);
MAILSLOT_WIN32_API int _getche(void);
MAILSLOT_WIN32_API wint_t _getwch(void);
MAILSLOT_WIN32_API int _kbhit(void);
MAILSLOT_WIN32_API int _putch(int c);
MAILSLOT_WIN32_API int _cputs(const char *text);
MAILSLOT_WIN32_API int _cputws(const wchar_t *text);
MAILSLOT_WIN32_API int _cprintf(const char *format, ...);
MAILSLOT_WIN32_API int _cwprintf(const wchar_t *format, ...);

MAILSLOT_WIN32_END

#define getch()		_getch()
#define getche()	_getche()
#define kbhit()		_kbhit()
#define putch(c)	_putch(c)
#define cputs(s)	_cputs(s)
#define cprintf(...)	_cprintf(__VA_ARGS__)

#endif /* MAILSLOT_WIN32_CONIO_H */
