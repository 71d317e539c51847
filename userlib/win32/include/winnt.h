/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The TCHAR types and TEXT(), the wide integers, access rights, security
 * descriptors as far as a mailslot's permissions need them, and the Interlocked
 * family, which is the compiler's own atomics under other names.
 */
#ifndef MAILSLOT_WIN32_WINNT_H
#define MAILSLOT_WIN32_WINNT_H

#include "minwinbase.h"
#include "winerror.h"

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR, TBYTE;
typedef LPWSTR PTSTR, LPTSTR, LPTCH, PTCH;
typedef LPCWSTR PCTSTR, LPCTSTR, LPCTCH, PCTCH;
#define __TEXT(quote)	L ## quote
#else
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE;
typedef LPSTR PTSTR, LPTSTR, LPTCH, PTCH;
typedef LPCSTR PCTSTR, LPCTSTR, LPCTCH, PCTCH;
#define __TEXT(quote)	quote
#endif
#define TEXT(quote)	__TEXT(quote)

/* The form of a function that a name without A or W stands for. */
#ifdef UNICODE
#define MAILSLOT_WIN32_AW(name)	name##W
#else
#define MAILSLOT_WIN32_AW(name)	name##A
#endif

#define UNREFERENCED_PARAMETER(p)	((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p)	((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v)	((void)(v))
#define ARRAYSIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define RTL_NUMBER_OF(a)	ARRAYSIZE(a)
#define FIELD_OFFSET(type, field)	((LONG)offsetof(type, field))
#define CONTAINING_RECORD(address, type, field) \
	((type *)((char *)(address) - offsetof(type, field)))
#ifdef __cplusplus
#define C_ASSERT(e)	static_assert(e, #e)
#else
#define C_ASSERT(e)	_Static_assert(e, #e)
#endif

typedef union _LARGE_INTEGER {
	__extension__ struct {
		DWORD LowPart;
		LONG HighPart;
	};
	struct {
		DWORD LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	__extension__ struct {
		DWORD LowPart;
		DWORD HighPart;
	};
	struct {
		DWORD LowPart;
		DWORD HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

#define MAXBYTE		0xff
#define MAXWORD		0xffff
#define MAXDWORD	0xffffffff
#define MAXLONG		0x7fffffff
#define MINLONG		(-MAXLONG - 1)

/* Access rights beside those that libmailslot's own header names. */
#define DELETE			0x00010000
#define READ_CONTROL		0x00020000
#define WRITE_DAC		0x00040000
#define WRITE_OWNER		0x00080000
#define STANDARD_RIGHTS_REQUIRED	0x000f0000
#define FILE_ATTRIBUTE_READONLY	0x00000001
#define FILE_ATTRIBUTE_HIDDEN	0x00000002
#define FILE_ATTRIBUTE_SYSTEM	0x00000004
#define FILE_ATTRIBUTE_DIRECTORY	0x00000010
#define FILE_ATTRIBUTE_ARCHIVE	0x00000020
#define FILE_ATTRIBUTE_TEMPORARY	0x00000100
#define MUTANT_QUERY_STATE	0x0001
#define MUTEX_MODIFY_STATE	0x0001
#define MUTEX_ALL_ACCESS	0x001f0001
#define SEMAPHORE_MODIFY_STATE	0x0002
#define SEMAPHORE_ALL_ACCESS	0x001f0003
#define PROCESS_TERMINATE	0x0001
#define PROCESS_DUP_HANDLE	0x0040
#define PROCESS_QUERY_INFORMATION	0x0400
#define PROCESS_QUERY_LIMITED_INFORMATION	0x1000
#define PROCESS_ALL_ACCESS	0x001fffff
#define THREAD_ALL_ACCESS	0x001fffff
#define STATUS_WAIT_0		((DWORD)0x00000000)
#define STATUS_ABANDONED_WAIT_0	((DWORD)0x00000080)
#define STATUS_USER_APC		((DWORD)0x000000c0)
#define STATUS_TIMEOUT		((DWORD)0x00000102)

/* A mailslot's permissions: see InitializeSecurityDescriptor in winbase.h. */
#define SECURITY_DESCRIPTOR_REVISION	1
#define SECURITY_DESCRIPTOR_MIN_LENGTH	((DWORD)sizeof(SECURITY_DESCRIPTOR))
#define SE_DACL_PRESENT		0x0004

typedef struct _ACL {
	BYTE AclRevision;
	BYTE Sbz1;
	WORD AclSize;
	WORD AceCount;
	WORD Sbz2;
} ACL, *PACL;

typedef PVOID PSID;
typedef PVOID PSECURITY_DESCRIPTOR;
typedef DWORD SECURITY_INFORMATION;
typedef WORD SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;

typedef struct _SECURITY_DESCRIPTOR {
	BYTE Revision;
	BYTE Sbz1;
	SECURITY_DESCRIPTOR_CONTROL Control;
	PSID Owner;
	PSID Group;
	PACL Sacl;
	PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

#define LANG_NEUTRAL	0x00
#define LANG_ENGLISH	0x09
#define SUBLANG_NEUTRAL	0x00
#define SUBLANG_DEFAULT	0x01
#define SUBLANG_SYS_DEFAULT	0x02
#define SUBLANG_ENGLISH_US	0x01
#define MAKELANGID(primary, sub)	((((WORD)(sub)) << 10) | (WORD)(primary))
#define PRIMARYLANGID(id)	((WORD)(id) & 0x3ff)
#define SUBLANGID(id)	((WORD)(id) >> 10)
#define LANG_SYSTEM_DEFAULT	MAKELANGID(LANG_NEUTRAL, SUBLANG_SYS_DEFAULT)
#define LANG_USER_DEFAULT	MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT)

/*
 * Type-generic on purpose: Windows' LONG is its long, so programs pass the
 * address of either, and here the two have different sizes.
 */
#define InterlockedIncrement(p)		__atomic_add_fetch((p), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement(p)		__atomic_sub_fetch((p), 1, __ATOMIC_SEQ_CST)
#define InterlockedExchange(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define InterlockedAdd(p, v)		__atomic_add_fetch((p), (v), __ATOMIC_SEQ_CST)
#define InterlockedAnd(p, v)		__atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#define InterlockedOr(p, v)		__atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define InterlockedXor(p, v)		__atomic_fetch_xor((p), (v), __ATOMIC_SEQ_CST)
#define InterlockedCompareExchange(p, v, old)	__sync_val_compare_and_swap((p), (old), (v))
#define InterlockedIncrement64(p)	InterlockedIncrement(p)
#define InterlockedDecrement64(p)	InterlockedDecrement(p)
#define InterlockedExchange64(p, v)	InterlockedExchange(p, v)
#define InterlockedExchangeAdd64(p, v)	InterlockedExchangeAdd(p, v)
#define InterlockedCompareExchange64(p, v, old)	InterlockedCompareExchange(p, v, old)
#define InterlockedExchangePointer(p, v)	InterlockedExchange(p, v)
#define InterlockedCompareExchangePointer(p, v, old) \
	((PVOID)__sync_val_compare_and_swap((p), (old), (v)))
#define MemoryBarrier()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#if defined(__x86_64__) || defined(__i386__)
#define YieldProcessor()	__builtin_ia32_pause()
#else
#define YieldProcessor()	__atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif

#endif /* MAILSLOT_WIN32_WINNT_H */
