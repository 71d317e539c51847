/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The basic types of Windows programs, the calling-convention words and the
 * small macros around them.  What libmailslot itself needs of these comes from
 * its own header; the rest is here.  No functions.
 */
#ifndef MAILSLOT_WIN32_MINWINDEF_H
#define MAILSLOT_WIN32_MINWINDEF_H

#include "win32/std.h"
#include "win32/wmain.h"
#include "sal.h"

/* Calling conventions: there is one. */
#define WINAPI
#define APIENTRY
#define CALLBACK
#define PASCAL
#define WINAPIV
#define NTAPI
#define STDMETHODCALLTYPE
#ifndef __cdecl
#define __cdecl
#endif
#define _cdecl
#define cdecl
#define CDECL
#define __stdcall
#define _stdcall
#define __fastcall
#define __vectorcall
#define __clrcall
#define FAR
#define NEAR
#define far
#define near
#define IN
#define OUT
#define OPTIONAL
#define CONST	const
#define VOID	void
#define FORCEINLINE	static __inline__ __attribute__((always_inline))
#define __forceinline	__inline__ __attribute__((always_inline))
#define _inline	__inline__
#ifndef __inline
#define __inline	__inline__
#endif
#define WINBASEAPI
#define WINUSERAPI
#define WINADVAPI
#define WINBOOL	BOOL

/* __declspec(x) becomes the gcc attribute that means the same. */
#ifndef __declspec
#define __declspec(x)	MAILSLOT_WIN32_DECLSPEC_ ## x
#endif
#define MAILSLOT_WIN32_DECLSPEC_dllexport	__attribute__((visibility("default")))
#define MAILSLOT_WIN32_DECLSPEC_dllimport
#define MAILSLOT_WIN32_DECLSPEC_noreturn	__attribute__((noreturn))
#define MAILSLOT_WIN32_DECLSPEC_noinline	__attribute__((noinline))
#define MAILSLOT_WIN32_DECLSPEC_thread		__thread
#define MAILSLOT_WIN32_DECLSPEC_align(n)	__attribute__((aligned(n)))
#define MAILSLOT_WIN32_DECLSPEC_deprecated	__attribute__((deprecated))
#define DECLSPEC_NORETURN	__attribute__((noreturn))
#define DECLSPEC_ALIGN(n)	__attribute__((aligned(n)))
#define DECLSPEC_IMPORT

/* The sized integers as keywords: `unsigned __int64' has to work. */
#define __int8	char
#define __int16	short
#define __int32	int
#define __int64	long long

#ifndef TRUE
#define TRUE	1
#endif
#ifndef FALSE
#define FALSE	0
#endif

#define MAX_PATH	260
#define _MAX_PATH	260
#define _MAX_FNAME	256
#define _MAX_DIR	256
#define _MAX_EXT	256
#define _MAX_DRIVE	3

typedef uint8_t BYTE;
typedef uint16_t WORD;
typedef uint32_t DWORD;
typedef int BOOL;
typedef void *PVOID;
typedef void *LPVOID;
typedef const void *LPCVOID;
typedef void *HANDLE;

typedef char CHAR, CCHAR;
typedef signed char INT8, *PINT8;
typedef unsigned char UCHAR, *PUCHAR, UINT8, *PUINT8;
typedef int16_t SHORT, *PSHORT, INT16, *PINT16;
typedef uint16_t USHORT, *PUSHORT, UINT16, *PUINT16;
typedef int32_t INT, *PINT, *LPINT, INT32, *PINT32, LONG32, *PLONG32;
typedef uint32_t UINT, *PUINT, *LPUINT, UINT32, *PUINT32, ULONG32, *PULONG32, DWORD32, *PDWORD32;
typedef int32_t LONG, *PLONG, *LPLONG, HRESULT, NTSTATUS;
typedef uint32_t ULONG, *PULONG;
typedef long long LONGLONG, *PLONGLONG, LONG64, *PLONG64, INT64, *PINT64;
typedef unsigned long long ULONGLONG, *PULONGLONG, DWORDLONG, *PDWORDLONG, ULONG64, *PULONG64,
	UINT64, *PUINT64, DWORD64, *PDWORD64, QWORD;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef BYTE BOOLEAN, *PBOOLEAN;
typedef BYTE *PBYTE, *LPBYTE;
typedef WORD *PWORD, *LPWORD;
typedef DWORD *PDWORD, *LPDWORD;
typedef BOOL *PBOOL, *LPBOOL;
typedef HANDLE *PHANDLE, *LPHANDLE;

typedef intptr_t INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR, SSIZE_T, *PSSIZE_T, LPARAM, LRESULT;
typedef uintptr_t UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR, SIZE_T,
	*PSIZE_T, WPARAM;

typedef wchar_t WCHAR;
typedef CHAR *PCHAR, *LPCH, *PCH, *LPSTR, *PSTR, *NPSTR;
typedef const CHAR *LPCCH, *PCCH, *LPCSTR, *PCSTR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *LPWSTR, *PWSTR, *NWPSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR;

typedef HANDLE HGLOBAL, HLOCAL, GLOBALHANDLE, LOCALHANDLE;
typedef WORD ATOM, LANGID;
typedef DWORD LCID, ACCESS_MASK, COLORREF, *LPCOLORREF;
typedef int HFILE;
typedef INT_PTR (WINAPI *FARPROC)(void);

#define DECLARE_HANDLE(name)	typedef struct name##__ { int unused; } *name

DECLARE_HANDLE(HINSTANCE);
DECLARE_HANDLE(HKEY);
typedef HINSTANCE HMODULE;

#define MAKEWORD(lo, hi)	((WORD)(((BYTE)(lo)) | ((WORD)((BYTE)(hi))) << 8))
#define MAKELONG(lo, hi)	((LONG)(((WORD)(lo)) | ((DWORD)((WORD)(hi))) << 16))
#define LOBYTE(w)	((BYTE)((w) & 0xff))
#define HIBYTE(w)	((BYTE)(((w) >> 8) & 0xff))
#define LOWORD(l)	((WORD)((l) & 0xffff))
#define HIWORD(l)	((WORD)(((l) >> 16) & 0xffff))

#endif /* MAILSLOT_WIN32_MINWINDEF_H */
