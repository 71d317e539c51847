/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Standard I/O as Windows programs expect it, on the C library's streams.
 *
 * A stream of the C library is either narrow or wide from its first use on, and
 * output of the other kind is lost.  Here streams stay narrow (UTF-8) for ever and
 * the wide functions convert, so a program may mix them.  Formats mean what they
 * mean on Windows: %s and %c take wide arguments in the wide functions, %S and %C
 * the opposite kind, l is 32 bits, I64, I32 and I are sizes.
 *
 * Function-like macros, because programs say std::printf and attributes say
 * format(printf, ...).  Define MAILSLOT_WIN32_PLAIN_STDIO to keep the C library's.
 */
#ifndef MAILSLOT_WIN32_STDIO_H
#define MAILSLOT_WIN32_STDIO_H

#include "minwindef.h"

#ifndef _TRUNCATE
#define _TRUNCATE	((size_t)-1)
#endif

MAILSLOT_WIN32_BEGIN

#if !defined(__STDC_LIB_EXT1__) && !defined(MAILSLOT_WIN32_ERRNO_T)
#define MAILSLOT_WIN32_ERRNO_T
typedef int errno_t;
typedef size_t rsize_t;
#endif

/* Narrow output */
MAILSLOT_WIN32_API int win32_printf(const char *format, ...);
MAILSLOT_WIN32_API int win32_fprintf(FILE *stream, const char *format, ...);
MAILSLOT_WIN32_API int win32_sprintf(char *buffer, const char *format, ...);
MAILSLOT_WIN32_API int win32_snprintf(char *buffer, size_t size, const char *format, ...);
MAILSLOT_WIN32_API int win32_vprintf(const char *format, va_list arguments);
MAILSLOT_WIN32_API int win32_vfprintf(FILE *stream, const char *format, va_list arguments);
MAILSLOT_WIN32_API int win32_vsprintf(char *buffer, const char *format, va_list arguments);
MAILSLOT_WIN32_API int win32_vsnprintf(char *buffer, size_t size, const char *format,
				       va_list arguments);
MAILSLOT_WIN32_API int _snprintf(char *buffer, size_t size, const char *format, ...);
MAILSLOT_WIN32_API int _vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
MAILSLOT_WIN32_API int _scprintf(const char *format, ...);
MAILSLOT_WIN32_API int _vscprintf(const char *format, va_list arguments);
MAILSLOT_WIN32_API int sprintf_s(char *buffer, size_t size, const char *format, ...);
MAILSLOT_WIN32_API int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments);
MAILSLOT_WIN32_API int _snprintf_s(char *buffer, size_t size, size_t count, const char *format,
				   ...);
MAILSLOT_WIN32_API int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format,
				    va_list arguments);

/* Wide output */
MAILSLOT_WIN32_API int win32_wprintf(const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_fwprintf(FILE *stream, const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_swprintf(wchar_t *buffer, size_t size, const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_vwprintf(const wchar_t *format, va_list arguments);
MAILSLOT_WIN32_API int win32_vfwprintf(FILE *stream, const wchar_t *format, va_list arguments);
MAILSLOT_WIN32_API int win32_vswprintf(wchar_t *buffer, size_t size, const wchar_t *format,
				       va_list arguments);
MAILSLOT_WIN32_API int _swprintf(wchar_t *buffer, const wchar_t *format, ...);
MAILSLOT_WIN32_API int _vswprintf(wchar_t *buffer, const wchar_t *format, va_list arguments);
MAILSLOT_WIN32_API int _snwprintf(wchar_t *buffer, size_t size, const wchar_t *format, ...);
MAILSLOT_WIN32_API int _vsnwprintf(wchar_t *buffer, size_t size, const wchar_t *format,
				   va_list arguments);
MAILSLOT_WIN32_API int _scwprintf(const wchar_t *format, ...);
MAILSLOT_WIN32_API int _vscwprintf(const wchar_t *format, va_list arguments);
MAILSLOT_WIN32_API int swprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, ...);
MAILSLOT_WIN32_API int vswprintf_s(wchar_t *buffer, size_t size, const wchar_t *format,
				   va_list arguments);
MAILSLOT_WIN32_API int _snwprintf_s(wchar_t *buffer, size_t size, size_t count,
				    const wchar_t *format, ...);
MAILSLOT_WIN32_API int _vsnwprintf_s(wchar_t *buffer, size_t size, size_t count,
				     const wchar_t *format, va_list arguments);
MAILSLOT_WIN32_API wint_t win32_fputwc(wchar_t c, FILE *stream);
MAILSLOT_WIN32_API int win32_fputws(const wchar_t *text, FILE *stream);
MAILSLOT_WIN32_API size_t win32_fwrite_wide(const wchar_t *text, size_t length, FILE *stream);
MAILSLOT_WIN32_API int _putws(const wchar_t *text);
MAILSLOT_WIN32_API void _wperror(const wchar_t *text);

/* Input */
MAILSLOT_WIN32_API wint_t win32_fgetwc(FILE *stream);
MAILSLOT_WIN32_API wint_t win32_ungetwc(wint_t c, FILE *stream);
MAILSLOT_WIN32_API wchar_t *win32_fgetws(wchar_t *buffer, int size, FILE *stream);
MAILSLOT_WIN32_API char *gets_s(char *buffer, size_t size);
MAILSLOT_WIN32_API wchar_t *_getws_s(wchar_t *buffer, size_t size);

/*
 * The scanf family.  The l of %ld is 32 bits as well, unless the argument is the
 * address of a long, which is larger here: @longs has bit n set when argument n of
 * the call is one.
 */
MAILSLOT_WIN32_API int win32_scanf(unsigned int longs, const char *format, ...);
MAILSLOT_WIN32_API int win32_fscanf(unsigned int longs, FILE *stream, const char *format, ...);
MAILSLOT_WIN32_API int win32_sscanf(unsigned int longs, const char *text, const char *format, ...);
MAILSLOT_WIN32_API int win32_wscanf(unsigned int longs, const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_fwscanf(unsigned int longs, FILE *stream, const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_swscanf(unsigned int longs, const wchar_t *text,
				     const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_scanf_s(unsigned int longs, const char *format, ...);
MAILSLOT_WIN32_API int win32_fscanf_s(unsigned int longs, FILE *stream, const char *format, ...);
MAILSLOT_WIN32_API int win32_sscanf_s(unsigned int longs, const char *text, const char *format,
				      ...);
MAILSLOT_WIN32_API int win32_wscanf_s(unsigned int longs, const wchar_t *format, ...);
MAILSLOT_WIN32_API int win32_fwscanf_s(unsigned int longs, FILE *stream, const wchar_t *format,
				       ...);
MAILSLOT_WIN32_API int win32_swscanf_s(unsigned int longs, const wchar_t *text,
				       const wchar_t *format, ...);

/* Files by name */
MAILSLOT_WIN32_API errno_t fopen_s(FILE **stream, const char *name, const char *mode);
MAILSLOT_WIN32_API FILE *_wfopen(const wchar_t *name, const wchar_t *mode);
MAILSLOT_WIN32_API errno_t _wfopen_s(FILE **stream, const wchar_t *name, const wchar_t *mode);
MAILSLOT_WIN32_API FILE *win32_fopen(const char *name, const char *mode);

MAILSLOT_WIN32_END

#define printf_s(...)	win32_printf(__VA_ARGS__)
#define fprintf_s(...)	win32_fprintf(__VA_ARGS__)
#define vprintf_s(...)	win32_vprintf(__VA_ARGS__)
#define vfprintf_s(...)	win32_vfprintf(__VA_ARGS__)
#define wprintf_s(...)	win32_wprintf(__VA_ARGS__)
#define fwprintf_s(...)	win32_fwprintf(__VA_ARGS__)
#define vwprintf_s(...)	win32_vwprintf(__VA_ARGS__)
#define vfwprintf_s(...)	win32_vfwprintf(__VA_ARGS__)

#ifdef __cplusplus
/* The address of a long among the arguments, told by their types. */
extern "C++" {
namespace mailslot_win32 {
template<class T> struct is_long { static const unsigned int value = 0; };
template<> struct is_long<long *> { static const unsigned int value = 1; };
template<> struct is_long<unsigned long *> { static const unsigned int value = 1; };
template<class... A> struct longs { static const unsigned int value = 0; };
template<class T, class... A> struct longs<T, A...> {
	static const unsigned int value = is_long<T>::value | longs<A...>::value << 1;
};
}
#define MAILSLOT_WIN32_SCANNER(name, function) \
template<class... A> inline int name(A... a) \
{ \
	return ::function(mailslot_win32::longs<A...>::value, a...); \
} \
namespace std { using ::name; }
MAILSLOT_WIN32_SCANNER(scanf_s, win32_scanf_s)
MAILSLOT_WIN32_SCANNER(fscanf_s, win32_fscanf_s)
MAILSLOT_WIN32_SCANNER(sscanf_s, win32_sscanf_s)
MAILSLOT_WIN32_SCANNER(wscanf_s, win32_wscanf_s)
MAILSLOT_WIN32_SCANNER(fwscanf_s, win32_fwscanf_s)
MAILSLOT_WIN32_SCANNER(swscanf_s, win32_swscanf_s)
MAILSLOT_WIN32_SCANNER(win32_scan, win32_scanf)
MAILSLOT_WIN32_SCANNER(win32_fscan, win32_fscanf)
MAILSLOT_WIN32_SCANNER(win32_sscan, win32_sscanf)
MAILSLOT_WIN32_SCANNER(win32_wscan, win32_wscanf)
MAILSLOT_WIN32_SCANNER(win32_fwscan, win32_fwscanf)
MAILSLOT_WIN32_SCANNER(win32_swscan, win32_swscanf)

/* Windows' templates for the functions that take a size: it is that of the array. */
template<size_t N> inline int sprintf_s(char (&buffer)[N], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = ::vsprintf_s(buffer, N, format, arguments);
	va_end(arguments);
	return n;
}
template<size_t N> inline int _snprintf_s(char (&buffer)[N], size_t count, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = ::_vsnprintf_s(buffer, N, count, format, arguments);
	va_end(arguments);
	return n;
}
template<size_t N> inline int swprintf_s(wchar_t (&buffer)[N], const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = ::vswprintf_s(buffer, N, format, arguments);
	va_end(arguments);
	return n;
}
template<size_t N> inline int _snwprintf_s(wchar_t (&buffer)[N], size_t count,
					   const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = ::_vsnwprintf_s(buffer, N, count, format, arguments);
	va_end(arguments);
	return n;
}
template<size_t N> inline int vsprintf_s(char (&buffer)[N], const char *format, va_list arguments)
{
	return ::vsprintf_s(buffer, N, format, arguments);
}
template<size_t N> inline int vswprintf_s(wchar_t (&buffer)[N], const wchar_t *format,
					  va_list arguments)
{
	return ::vswprintf_s(buffer, N, format, arguments);
}
template<size_t N> inline char *gets_s(char (&buffer)[N])
{
	return ::gets_s(buffer, N);
}
template<size_t N> inline wchar_t *_getws_s(wchar_t (&buffer)[N])
{
	return ::_getws_s(buffer, N);
}
/* Accept swprintf without a size, too, as it was before C99: some programs still call it so. */
inline int win32_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = ::_vswprintf(buffer, format, arguments);
	va_end(arguments);
	return n;
}
}
#else
#define MAILSLOT_WIN32_LONG(x, n) \
	(__extension__((unsigned int)(__builtin_types_compatible_p(__typeof__((x) + 0), long *) || \
	 __builtin_types_compatible_p(__typeof__((x) + 0), unsigned long *)) << (n)))
#define MAILSLOT_WIN32_LONGS(...) \
	MAILSLOT_WIN32_LONGS_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
#define MAILSLOT_WIN32_LONGS_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, ...) \
	(MAILSLOT_WIN32_LONG(b, 1) | MAILSLOT_WIN32_LONG(c, 2) | MAILSLOT_WIN32_LONG(d, 3) | \
	 MAILSLOT_WIN32_LONG(e, 4) | MAILSLOT_WIN32_LONG(f, 5) | MAILSLOT_WIN32_LONG(g, 6) | \
	 MAILSLOT_WIN32_LONG(h, 7) | MAILSLOT_WIN32_LONG(i, 8) | MAILSLOT_WIN32_LONG(j, 9) | \
	 MAILSLOT_WIN32_LONG(k, 10) | MAILSLOT_WIN32_LONG(l, 11) | MAILSLOT_WIN32_LONG(m, 12) | \
	 MAILSLOT_WIN32_LONG(n, 13) | MAILSLOT_WIN32_LONG(o, 14) | MAILSLOT_WIN32_LONG(p, 15) | \
	 MAILSLOT_WIN32_LONG(q, 16) | MAILSLOT_WIN32_LONG(r, 17))
#define scanf_s(...)	win32_scanf_s(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define fscanf_s(...)	win32_fscanf_s(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define sscanf_s(...)	win32_sscanf_s(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define wscanf_s(...)	win32_wscanf_s(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define fwscanf_s(...)	win32_fwscanf_s(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define swscanf_s(...)	win32_swscanf_s(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#endif

#ifndef MAILSLOT_WIN32_PLAIN_STDIO

#ifdef __cplusplus
extern "C++" {
namespace std {
using ::win32_printf;
using ::win32_fprintf;
using ::win32_sprintf;
using ::win32_snprintf;
using ::win32_vprintf;
using ::win32_vfprintf;
using ::win32_vsprintf;
using ::win32_vsnprintf;
using ::win32_wprintf;
using ::win32_fwprintf;
using ::win32_swprintf;
using ::win32_vwprintf;
using ::win32_vfwprintf;
using ::win32_vswprintf;
using ::win32_fputwc;
using ::win32_fputws;
using ::win32_fgetwc;
using ::win32_ungetwc;
using ::win32_fgetws;
using ::win32_fopen;
}
}
#endif

#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#define printf(...)	win32_printf(__VA_ARGS__)
#define fprintf(...)	win32_fprintf(__VA_ARGS__)
#define sprintf(...)	win32_sprintf(__VA_ARGS__)
#define snprintf(...)	win32_snprintf(__VA_ARGS__)
#define vprintf(...)	win32_vprintf(__VA_ARGS__)
#define vfprintf(...)	win32_vfprintf(__VA_ARGS__)
#define vsprintf(...)	win32_vsprintf(__VA_ARGS__)
#define vsnprintf(...)	win32_vsnprintf(__VA_ARGS__)
#undef wprintf
#undef fwprintf
#undef swprintf
#undef vwprintf
#undef vfwprintf
#undef vswprintf
#define wprintf(...)	win32_wprintf(__VA_ARGS__)
#define fwprintf(...)	win32_fwprintf(__VA_ARGS__)
#define swprintf(...)	win32_swprintf(__VA_ARGS__)
#define vwprintf(...)	win32_vwprintf(__VA_ARGS__)
#define vfwprintf(...)	win32_vfwprintf(__VA_ARGS__)
#define vswprintf(...)	win32_vswprintf(__VA_ARGS__)
#undef putwchar
#undef putwc
#undef fputwc
#undef fputws
#define putwchar(c)	win32_fputwc((c), stdout)
#define putwc(c, f)	win32_fputwc((c), (f))
#define fputwc(c, f)	win32_fputwc((c), (f))
#define fputws(s, f)	win32_fputws((s), (f))
#undef getwchar
#undef getwc
#undef fgetwc
#undef ungetwc
#undef fgetws
#define getwchar()	win32_fgetwc(stdin)
#define getwc(f)	win32_fgetwc(f)
#define fgetwc(f)	win32_fgetwc(f)
#define ungetwc(c, f)	win32_ungetwc((c), (f))
#define fgetws(s, n, f)	win32_fgetws((s), (n), (f))
#undef fopen
#define fopen(n, m)	win32_fopen((n), (m))
#undef scanf
#undef fscanf
#undef sscanf
#undef wscanf
#undef fwscanf
#undef swscanf
#ifdef __cplusplus
#define scanf(...)	win32_scan(__VA_ARGS__)
#define fscanf(...)	win32_fscan(__VA_ARGS__)
#define sscanf(...)	win32_sscan(__VA_ARGS__)
#define wscanf(...)	win32_wscan(__VA_ARGS__)
#define fwscanf(...)	win32_fwscan(__VA_ARGS__)
#define swscanf(...)	win32_swscan(__VA_ARGS__)
#else
#define scanf(...)	win32_scanf(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define fscanf(...)	win32_fscanf(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define sscanf(...)	win32_sscanf(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define wscanf(...)	win32_wscanf(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define fwscanf(...)	win32_fwscanf(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#define swscanf(...)	win32_swscanf(MAILSLOT_WIN32_LONGS(__VA_ARGS__), __VA_ARGS__)
#endif

#endif /* MAILSLOT_WIN32_PLAIN_STDIO */

#endif /* MAILSLOT_WIN32_STDIO_H */
