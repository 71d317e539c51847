/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The _t names: wide functions with _UNICODE, narrow ones without.  A program
 * whose _tmain is wmain is started by libmailslot-wmain.
 */
#ifndef MAILSLOT_WIN32_TCHAR_H
#define MAILSLOT_WIN32_TCHAR_H

#include "win32/crt.h"
#include "winnt.h"

#ifdef _UNICODE
typedef wchar_t _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
typedef wint_t _TINT;
#define __T(x)	L ## x
/* name in the wide build, name in the narrow one */
#define MAILSLOT_WIN32_T(wide, narrow)	wide
#else
typedef char _TCHAR;
typedef signed char _TSCHAR;
typedef unsigned char _TUCHAR, _TXCHAR;
typedef int _TINT;
#define __T(x)	x
#define MAILSLOT_WIN32_T(wide, narrow)	narrow
#endif
#define _T(x)		__T(x)
#define _TEXT(x)	__T(x)
#define _TEOF		MAILSLOT_WIN32_T(WEOF, EOF)

#define _tmain		MAILSLOT_WIN32_T(wmain, main)

/* Output */
#define _tprintf	MAILSLOT_WIN32_T(wprintf, printf)
#define _tprintf_s	MAILSLOT_WIN32_T(wprintf_s, printf_s)
#define _ftprintf	MAILSLOT_WIN32_T(fwprintf, fprintf)
#define _ftprintf_s	MAILSLOT_WIN32_T(fwprintf_s, fprintf_s)
#define _stprintf	MAILSLOT_WIN32_T(_swprintf, sprintf)
#define _stprintf_s	MAILSLOT_WIN32_T(swprintf_s, sprintf_s)
#define _sntprintf	MAILSLOT_WIN32_T(_snwprintf, _snprintf)
#define _sntprintf_s	MAILSLOT_WIN32_T(_snwprintf_s, _snprintf_s)
#define _sctprintf	MAILSLOT_WIN32_T(_scwprintf, _scprintf)
#define _vtprintf	MAILSLOT_WIN32_T(vwprintf, vprintf)
#define _vftprintf	MAILSLOT_WIN32_T(vfwprintf, vfprintf)
#define _vstprintf	MAILSLOT_WIN32_T(_vswprintf, vsprintf)
#define _vstprintf_s	MAILSLOT_WIN32_T(vswprintf_s, vsprintf_s)
#define _vsntprintf	MAILSLOT_WIN32_T(_vsnwprintf, _vsnprintf)
#define _vsntprintf_s	MAILSLOT_WIN32_T(_vsnwprintf_s, _vsnprintf_s)
#define _vsctprintf	MAILSLOT_WIN32_T(_vscwprintf, _vscprintf)
#define _vtprintf_s	MAILSLOT_WIN32_T(vwprintf_s, vprintf_s)
#define _vftprintf_s	MAILSLOT_WIN32_T(vfwprintf_s, vfprintf_s)
#define _tcprintf	MAILSLOT_WIN32_T(_cwprintf, _cprintf)
#define _puttch		MAILSLOT_WIN32_T(_putwch, _putch)
#define _puttchar	MAILSLOT_WIN32_T(putwchar, putchar)
#define _puttc		MAILSLOT_WIN32_T(putwc, putc)
#define _fputtc		MAILSLOT_WIN32_T(fputwc, fputc)
#define _putts		MAILSLOT_WIN32_T(_putws, puts)
#define _fputts		MAILSLOT_WIN32_T(fputws, fputs)
#define _tperror	MAILSLOT_WIN32_T(_wperror, perror)

/* Input */
#define _tscanf		MAILSLOT_WIN32_T(wscanf, scanf)
#define _tscanf_s	MAILSLOT_WIN32_T(wscanf_s, scanf_s)
#define _ftscanf	MAILSLOT_WIN32_T(fwscanf, fscanf)
#define _ftscanf_s	MAILSLOT_WIN32_T(fwscanf_s, fscanf_s)
#define _stscanf	MAILSLOT_WIN32_T(swscanf, sscanf)
#define _stscanf_s	MAILSLOT_WIN32_T(swscanf_s, sscanf_s)
#define _gettchar	MAILSLOT_WIN32_T(getwchar, getchar)
#define _gettc		MAILSLOT_WIN32_T(getwc, getc)
#define _fgettc		MAILSLOT_WIN32_T(fgetwc, fgetc)
#define _fgetts		MAILSLOT_WIN32_T(fgetws, fgets)
#define _getts_s	MAILSLOT_WIN32_T(_getws_s, gets_s)
#define _ungettc	MAILSLOT_WIN32_T(ungetwc, ungetc)
#define _tfopen		MAILSLOT_WIN32_T(_wfopen, fopen)
#define _tfopen_s	MAILSLOT_WIN32_T(_wfopen_s, fopen_s)
#define _gettch		MAILSLOT_WIN32_T(_getwch, _getch)
#define _tcputs		MAILSLOT_WIN32_T(_cputws, _cputs)

/* Strings */
#define _tcslen		MAILSLOT_WIN32_T(wcslen, strlen)
#define _tcsclen	MAILSLOT_WIN32_T(wcslen, strlen)
#define _tcsnlen	MAILSLOT_WIN32_T(wcsnlen, strnlen)
#define _tcscpy		MAILSLOT_WIN32_T(wcscpy, strcpy)
#define _tcscpy_s	MAILSLOT_WIN32_T(wcscpy_s, strcpy_s)
#define _tcsncpy	MAILSLOT_WIN32_T(wcsncpy, strncpy)
#define _tcsncpy_s	MAILSLOT_WIN32_T(wcsncpy_s, strncpy_s)
#define _tcscat		MAILSLOT_WIN32_T(wcscat, strcat)
#define _tcscat_s	MAILSLOT_WIN32_T(wcscat_s, strcat_s)
#define _tcsncat	MAILSLOT_WIN32_T(wcsncat, strncat)
#define _tcsncat_s	MAILSLOT_WIN32_T(wcsncat_s, strncat_s)
#define _tcscmp		MAILSLOT_WIN32_T(wcscmp, strcmp)
#define _tcsncmp	MAILSLOT_WIN32_T(wcsncmp, strncmp)
#define _tcsccmp	MAILSLOT_WIN32_T(wcscmp, strcmp)
#define _tcsicmp	MAILSLOT_WIN32_T(_wcsicmp, _stricmp)
#define _tcsnicmp	MAILSLOT_WIN32_T(_wcsnicmp, _strnicmp)
#define _tcschr		MAILSLOT_WIN32_T(wcschr, strchr)
#define _tcsrchr	MAILSLOT_WIN32_T(wcsrchr, strrchr)
#define _tcsstr		MAILSLOT_WIN32_T(wcsstr, strstr)
#define _tcspbrk	MAILSLOT_WIN32_T(wcspbrk, strpbrk)
#define _tcsspn		MAILSLOT_WIN32_T(wcsspn, strspn)
#define _tcscspn	MAILSLOT_WIN32_T(wcscspn, strcspn)
#define _tcstok_s	MAILSLOT_WIN32_T(wcstok_s, strtok_s)
#define _tcsdup		MAILSLOT_WIN32_T(_wcsdup, _strdup)
#define _tcslwr		MAILSLOT_WIN32_T(_wcslwr, _strlwr)
#define _tcsupr		MAILSLOT_WIN32_T(_wcsupr, _strupr)
#define _tcsrev		MAILSLOT_WIN32_T(_wcsrev, _strrev)
#define _tcscoll	MAILSLOT_WIN32_T(wcscoll, strcoll)
#define _tcsicoll	MAILSLOT_WIN32_T(_wcsicoll, _stricoll)
#define _tcsxfrm	MAILSLOT_WIN32_T(wcsxfrm, strxfrm)
#define _tcstok		MAILSLOT_WIN32_T(win32_wcstok, strtok)
#define _tcsnccpy	MAILSLOT_WIN32_T(wcsncpy, strncpy)
#define _tcsnccpy_s	MAILSLOT_WIN32_T(wcsncpy_s, strncpy_s)
#define _tcsnccat	MAILSLOT_WIN32_T(wcsncat, strncat)
#define _tcsnccmp	MAILSLOT_WIN32_T(wcsncmp, strncmp)
#define _tcsncicmp	MAILSLOT_WIN32_T(_wcsnicmp, _strnicmp)
#define _tcsnccnt	MAILSLOT_WIN32_T(wcsnlen, strnlen)
#define _tcsset		MAILSLOT_WIN32_T(_wcsset, _strset)
#define _tcsnset	MAILSLOT_WIN32_T(_wcsnset, _strnset)
#define _tcslwr_s	MAILSLOT_WIN32_T(_wcslwr_s, _strlwr_s)
#define _tcsupr_s	MAILSLOT_WIN32_T(_wcsupr_s, _strupr_s)
#define _tcserror	MAILSLOT_WIN32_T(_wcserror, strerror)
#define _tcserror_s	MAILSLOT_WIN32_T(_wcserror_s, strerror_s)

/* Numbers */
#define _ttoi		MAILSLOT_WIN32_T(_wtoi, atoi)
#define _tstoi		MAILSLOT_WIN32_T(_wtoi, atoi)
#define _ttol		MAILSLOT_WIN32_T(_wtol, atol)
#define _tstol		MAILSLOT_WIN32_T(_wtol, atol)
#define _ttoi64		MAILSLOT_WIN32_T(_wtoi64, _atoi64)
#define _tstof		MAILSLOT_WIN32_T(_wtof, atof)
#define _tcstol		MAILSLOT_WIN32_T(wcstol, strtol)
#define _tcstoul	MAILSLOT_WIN32_T(wcstoul, strtoul)
#define _tcstod		MAILSLOT_WIN32_T(wcstod, strtod)
#define _tcstoi64	MAILSLOT_WIN32_T(_wcstoi64, _strtoi64)
#define _tcstoui64	MAILSLOT_WIN32_T(_wcstoui64, _strtoui64)
#define _itot		MAILSLOT_WIN32_T(_itow, _itoa)
#define _itot_s		MAILSLOT_WIN32_T(_itow_s, _itoa_s)
#define _ltot		MAILSLOT_WIN32_T(_ltow, _ltoa)
#define _ltot_s		MAILSLOT_WIN32_T(_ltow_s, _ltoa_s)
#define _ultot		MAILSLOT_WIN32_T(_ultow, _ultoa)
#define _ultot_s	MAILSLOT_WIN32_T(_ultow_s, _ultoa_s)
#define _i64tot		MAILSLOT_WIN32_T(_i64tow, _i64toa)
#define _ui64tot	MAILSLOT_WIN32_T(_ui64tow, _ui64toa)
#define _ttof		MAILSLOT_WIN32_T(_wtof, atof)
#define _tstoi64	MAILSLOT_WIN32_T(_wtoi64, _atoi64)
#define _tcstof		MAILSLOT_WIN32_T(wcstof, strtof)
#define _tcstold	MAILSLOT_WIN32_T(wcstold, strtold)
#define _tcstoll	MAILSLOT_WIN32_T(wcstoll, strtoll)
#define _tcstoull	MAILSLOT_WIN32_T(wcstoull, strtoull)

/* Characters */
#define _istalpha	MAILSLOT_WIN32_T(iswalpha, isalpha)
#define _istalnum	MAILSLOT_WIN32_T(iswalnum, isalnum)
#define _istdigit	MAILSLOT_WIN32_T(iswdigit, isdigit)
#define _istxdigit	MAILSLOT_WIN32_T(iswxdigit, isxdigit)
#define _istspace	MAILSLOT_WIN32_T(iswspace, isspace)
#define _istpunct	MAILSLOT_WIN32_T(iswpunct, ispunct)
#define _istprint	MAILSLOT_WIN32_T(iswprint, isprint)
#define _istupper	MAILSLOT_WIN32_T(iswupper, isupper)
#define _istlower	MAILSLOT_WIN32_T(iswlower, islower)
#define _totupper	MAILSLOT_WIN32_T(towupper, toupper)
#define _totlower	MAILSLOT_WIN32_T(towlower, tolower)
#define _istcntrl	MAILSLOT_WIN32_T(iswcntrl, iscntrl)
#define _istgraph	MAILSLOT_WIN32_T(iswgraph, isgraph)
#define _istblank	MAILSLOT_WIN32_T(iswblank, isblank)

/* Characters of one unit each: a narrow one is a byte of UTF-8. */
#define _istascii(c)	((unsigned int)(c) < 0x80)
#define _istlead(c)	((void)(c), 0)
#define _istleadbyte(c)	((void)(c), 0)
#define _tcsinc(s)	((s) + 1)
#define _tcsdec(s, p)	(&(p)[0] > &(s)[0] ? &(p)[0] - 1 : NULL)
#define _tcsninc(s, n)	((s) + (n))
#define _tcsnextc(s)	((unsigned int)(_TUCHAR)*(s))
#define _tclen(s)	((void)(s), (size_t)1)
#define _tccpy(d, s)	((void)(*(d) = *(s)))
#define _tccmp(a, b)	((int)(_TUCHAR)*(a) - (int)(_TUCHAR)*(b))

/* Files and directories */
#define _tfreopen	MAILSLOT_WIN32_T(_wfreopen, freopen)
#define _tfdopen	MAILSLOT_WIN32_T(_wfdopen, _fdopen)
#define _tpopen		MAILSLOT_WIN32_T(_wpopen, _popen)
#define _tremove	MAILSLOT_WIN32_T(_wremove, remove)
#define _trename	MAILSLOT_WIN32_T(_wrename, rename)
#define _tunlink	MAILSLOT_WIN32_T(_wunlink, _unlink)
#define _taccess	MAILSLOT_WIN32_T(_waccess, _access)
#define _tmkdir		MAILSLOT_WIN32_T(_wmkdir, _mkdir)
#define _trmdir		MAILSLOT_WIN32_T(_wrmdir, _rmdir)
#define _tchdir		MAILSLOT_WIN32_T(_wchdir, _chdir)
#define _tgetcwd	MAILSLOT_WIN32_T(_wgetcwd, _getcwd)
#define _tsplitpath	MAILSLOT_WIN32_T(_wsplitpath, _splitpath)
#define _tsplitpath_s	MAILSLOT_WIN32_T(_wsplitpath_s, _splitpath_s)
#define _tmakepath	MAILSLOT_WIN32_T(_wmakepath, _makepath)
#define _tmakepath_s	MAILSLOT_WIN32_T(_wmakepath_s, _makepath_s)

/* The rest */
#define _tgetenv	MAILSLOT_WIN32_T(_wgetenv, getenv)
#define _tgetenv_s	MAILSLOT_WIN32_T(_wgetenv_s, getenv_s)
#define _tdupenv_s	MAILSLOT_WIN32_T(_wdupenv_s, _dupenv_s)
#define _tputenv	MAILSLOT_WIN32_T(_wputenv, _putenv)
#define _tputenv_s	MAILSLOT_WIN32_T(_wputenv_s, _putenv_s)
#define _tctime		MAILSLOT_WIN32_T(_wctime, ctime)
#define _tctime_s	MAILSLOT_WIN32_T(_wctime_s, ctime_s)
#define _tasctime	MAILSLOT_WIN32_T(_wasctime, asctime)
#define _tasctime_s	MAILSLOT_WIN32_T(_wasctime_s, asctime_s)
#define _tsystem	MAILSLOT_WIN32_T(_wsystem, system)
#define _tstrdate	MAILSLOT_WIN32_T(_wstrdate, _strdate)
#define _tstrtime	MAILSLOT_WIN32_T(_wstrtime, _strtime)
#define _tcsftime	MAILSLOT_WIN32_T(wcsftime, strftime)
#define _tsetlocale	MAILSLOT_WIN32_T(_wsetlocale, setlocale)

#endif /* MAILSLOT_WIN32_TCHAR_H */
