/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The console: standard handles, its text and colours, its code page, Ctrl+C.
 * A terminal speaks UTF-8 here, so that is the one code page there is.
 */
#ifndef MAILSLOT_WIN32_WINCON_H
#define MAILSLOT_WIN32_WINCON_H

#include "windef.h"

#define STD_INPUT_HANDLE	((DWORD)-10)
#define STD_OUTPUT_HANDLE	((DWORD)-11)
#define STD_ERROR_HANDLE	((DWORD)-12)

#define CTRL_C_EVENT		0
#define CTRL_BREAK_EVENT	1
#define CTRL_CLOSE_EVENT	2
#define CTRL_LOGOFF_EVENT	5
#define CTRL_SHUTDOWN_EVENT	6

#define ENABLE_PROCESSED_INPUT	0x0001
#define ENABLE_LINE_INPUT	0x0002
#define ENABLE_ECHO_INPUT	0x0004
#define ENABLE_PROCESSED_OUTPUT	0x0001
#define ENABLE_WRAP_AT_EOL_OUTPUT	0x0002
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING	0x0004

#define FOREGROUND_BLUE		0x0001
#define FOREGROUND_GREEN	0x0002
#define FOREGROUND_RED		0x0004
#define FOREGROUND_INTENSITY	0x0008
#define BACKGROUND_BLUE		0x0010
#define BACKGROUND_GREEN	0x0020
#define BACKGROUND_RED		0x0040
#define BACKGROUND_INTENSITY	0x0080

MAILSLOT_WIN32_BEGIN

typedef BOOL (WINAPI *PHANDLER_ROUTINE)(DWORD type);

MAILSLOT_WIN32_API HANDLE WINAPI GetStdHandle(DWORD which);
MAILSLOT_WIN32_API BOOL WINAPI WriteConsoleA(HANDLE console, const void *text, DWORD length,
					     LPDWORD written, LPVOID reserved);
MAILSLOT_WIN32_API BOOL WINAPI WriteConsoleW(HANDLE console, const void *text, DWORD length,
					     LPDWORD written, LPVOID reserved);
MAILSLOT_WIN32_API BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleTitleA(LPCSTR title);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleTitleW(LPCWSTR title);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleTextAttribute(HANDLE console, WORD attributes);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE routine, BOOL add);
MAILSLOT_WIN32_API UINT WINAPI GetConsoleCP(void);
MAILSLOT_WIN32_API UINT WINAPI GetConsoleOutputCP(void);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleCP(UINT code_page);
MAILSLOT_WIN32_API BOOL WINAPI SetConsoleOutputCP(UINT code_page);
MAILSLOT_WIN32_API BOOL WINAPI Beep(DWORD frequency, DWORD milliseconds);

MAILSLOT_WIN32_END

#define WriteConsole	MAILSLOT_WIN32_AW(WriteConsole)
#define SetConsoleTitle	MAILSLOT_WIN32_AW(SetConsoleTitle)

#endif /* MAILSLOT_WIN32_WINCON_H */
