/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The TCHAR types and TEXT(), the wide integers, access rights, security
 * descriptors as far as a mailslot's permissions need them, and the Interlocked
 * family, which is the compiler's own atomics under other names.
 */
#ifndef MAILSLOT_WIN32_WINNT_H
#define MAILSLOT_WIN32_WINNT_H

#include "guiddef.h"
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
#define SE_SACL_PRESENT		0x0010
#define SE_DACL_AUTO_INHERIT_REQ	0x0100
#define SE_DACL_AUTO_INHERITED	0x0400
#define SE_DACL_PROTECTED	0x1000
#define SE_SELF_RELATIVE	0x8000

#define FILE_READ_EA		0x00000008
#define FILE_WRITE_EA		0x00000010
#define FILE_EXECUTE		0x00000020
#define FILE_READ_ATTRIBUTES	0x00000080
#define FILE_WRITE_ATTRIBUTES	0x00000100
#define FILE_ALL_ACCESS		0x001f01ff
#define FILE_GENERIC_READ	0x00120089
#define FILE_GENERIC_WRITE	0x00120116
#define FILE_GENERIC_EXECUTE	0x001200a0
#define STANDARD_RIGHTS_READ	READ_CONTROL
#define STANDARD_RIGHTS_WRITE	READ_CONTROL
#define STANDARD_RIGHTS_EXECUTE	READ_CONTROL
#define STANDARD_RIGHTS_ALL	0x001f0000
#define SPECIFIC_RIGHTS_ALL	0x0000ffff
#define MAXIMUM_ALLOWED		0x02000000
#define ACCESS_SYSTEM_SECURITY	0x01000000

typedef struct _SID_IDENTIFIER_AUTHORITY {
	BYTE Value[6];
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;

typedef struct _SID {
	BYTE Revision;
	BYTE SubAuthorityCount;
	SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
	DWORD SubAuthority[1];
} SID, *PISID;

#define SID_REVISION			1
#define SID_MAX_SUB_AUTHORITIES		15
#define SECURITY_MAX_SID_SIZE		68
#define SECURITY_NULL_SID_AUTHORITY	{ { 0, 0, 0, 0, 0, 0 } }
#define SECURITY_WORLD_SID_AUTHORITY	{ { 0, 0, 0, 0, 0, 1 } }
#define SECURITY_LOCAL_SID_AUTHORITY	{ { 0, 0, 0, 0, 0, 2 } }
#define SECURITY_CREATOR_SID_AUTHORITY	{ { 0, 0, 0, 0, 0, 3 } }
#define SECURITY_NT_AUTHORITY		{ { 0, 0, 0, 0, 0, 5 } }
#define SECURITY_MANDATORY_LABEL_AUTHORITY	{ { 0, 0, 0, 0, 0, 16 } }
#define SECURITY_NULL_RID		0x00000000
#define SECURITY_WORLD_RID		0x00000000
#define SECURITY_LOCAL_RID		0x00000000
#define SECURITY_CREATOR_OWNER_RID	0x00000000
#define SECURITY_CREATOR_GROUP_RID	0x00000001
#define SECURITY_NETWORK_RID		0x00000002
#define SECURITY_BATCH_RID		0x00000003
#define SECURITY_INTERACTIVE_RID	0x00000004
#define SECURITY_SERVICE_RID		0x00000006
#define SECURITY_ANONYMOUS_LOGON_RID	0x00000007
#define SECURITY_AUTHENTICATED_USER_RID	0x0000000b
#define SECURITY_LOCAL_SYSTEM_RID	0x00000012
#define SECURITY_LOCAL_SERVICE_RID	0x00000013
#define SECURITY_NETWORK_SERVICE_RID	0x00000014
#define SECURITY_BUILTIN_DOMAIN_RID	0x00000020
#define DOMAIN_ALIAS_RID_ADMINS		0x00000220
#define DOMAIN_ALIAS_RID_USERS		0x00000221
#define DOMAIN_ALIAS_RID_GUESTS		0x00000222
#define DOMAIN_ALIAS_RID_POWER_USERS	0x00000223

#define ACL_REVISION		2
#define ACL_REVISION_DS		4
#define MIN_ACL_REVISION	ACL_REVISION
#define MAX_ACL_REVISION	ACL_REVISION_DS
#define ACCESS_ALLOWED_ACE_TYPE	0x00
#define ACCESS_DENIED_ACE_TYPE	0x01
#define SYSTEM_AUDIT_ACE_TYPE	0x02
#define SYSTEM_MANDATORY_LABEL_ACE_TYPE	0x11
#define OBJECT_INHERIT_ACE	0x01
#define CONTAINER_INHERIT_ACE	0x02
#define NO_PROPAGATE_INHERIT_ACE	0x04
#define INHERIT_ONLY_ACE	0x08
#define INHERITED_ACE		0x10

typedef struct _ACE_HEADER {
	BYTE AceType;
	BYTE AceFlags;
	WORD AceSize;
} ACE_HEADER, *PACE_HEADER;

typedef struct _ACCESS_ALLOWED_ACE {
	ACE_HEADER Header;
	ACCESS_MASK Mask;
	DWORD SidStart;
} ACCESS_ALLOWED_ACE, *PACCESS_ALLOWED_ACE;

typedef struct _ACCESS_DENIED_ACE {
	ACE_HEADER Header;
	ACCESS_MASK Mask;
	DWORD SidStart;
} ACCESS_DENIED_ACE, *PACCESS_DENIED_ACE;

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

typedef struct _SECURITY_DESCRIPTOR_RELATIVE {
	BYTE Revision;
	BYTE Sbz1;
	SECURITY_DESCRIPTOR_CONTROL Control;
	DWORD Owner;
	DWORD Group;
	DWORD Sacl;
	DWORD Dacl;
} SECURITY_DESCRIPTOR_RELATIVE, *PISECURITY_DESCRIPTOR_RELATIVE;

typedef enum _SID_NAME_USE {
	SidTypeUser = 1,
	SidTypeGroup,
	SidTypeDomain,
	SidTypeAlias,
	SidTypeWellKnownGroup,
	SidTypeDeletedAccount,
	SidTypeInvalid,
	SidTypeUnknown,
	SidTypeComputer,
	SidTypeLabel,
} SID_NAME_USE, *PSID_NAME_USE;

/* The SIDs that CreateWellKnownSid() can make; it makes none of a domain. */
typedef enum {
	WinWorldSid = 1,
	WinLocalSid = 2,
	WinCreatorOwnerSid = 3,
	WinCreatorGroupSid = 4,
	WinNetworkSid = 9,
	WinBatchSid = 10,
	WinInteractiveSid = 11,
	WinServiceSid = 12,
	WinAnonymousSid = 13,
	WinEnterpriseControllersSid = 15,
	WinSelfSid = 16,
	WinAuthenticatedUserSid = 17,
	WinRestrictedCodeSid = 18,
	WinLocalSystemSid = 22,
	WinLocalServiceSid = 23,
	WinNetworkServiceSid = 24,
	WinBuiltinAdministratorsSid = 26,
	WinBuiltinUsersSid = 27,
	WinBuiltinGuestsSid = 28,
	WinBuiltinPowerUsersSid = 29,
	WinBuiltinAccountOperatorsSid = 30,
	WinBuiltinSystemOperatorsSid = 31,
	WinBuiltinPrintOperatorsSid = 32,
	WinBuiltinBackupOperatorsSid = 33,
	WinBuiltinReplicatorSid = 34,
	WinBuiltinRemoteDesktopUsersSid = 36,
	WinBuiltinNetworkConfigurationOperatorsSid = 37,
	WinLowLabelSid = 66,
	WinMediumLabelSid = 67,
	WinHighLabelSid = 68,
	WinSystemLabelSid = 69,
	WinCreatorOwnerRightsSid = 71,
	WinBuiltinAnyPackageSid = 84,
} WELL_KNOWN_SID_TYPE;

#define VER_PLATFORM_WIN32s	0
#define VER_PLATFORM_WIN32_WINDOWS	1
#define VER_PLATFORM_WIN32_NT	2
#define VER_NT_WORKSTATION	1
#define VER_NT_DOMAIN_CONTROLLER	2
#define VER_NT_SERVER		3
#define VER_SUITE_ENTERPRISE	0x0002
#define VER_SUITE_TERMINAL	0x0010
#define VER_SUITE_SINGLEUSERTS	0x0100

typedef struct _OSVERSIONINFOA {
	DWORD dwOSVersionInfoSize;
	DWORD dwMajorVersion;
	DWORD dwMinorVersion;
	DWORD dwBuildNumber;
	DWORD dwPlatformId;
	CHAR szCSDVersion[128];
} OSVERSIONINFOA, *POSVERSIONINFOA, *LPOSVERSIONINFOA;

typedef struct _OSVERSIONINFOW {
	DWORD dwOSVersionInfoSize;
	DWORD dwMajorVersion;
	DWORD dwMinorVersion;
	DWORD dwBuildNumber;
	DWORD dwPlatformId;
	WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXA {
	DWORD dwOSVersionInfoSize;
	DWORD dwMajorVersion;
	DWORD dwMinorVersion;
	DWORD dwBuildNumber;
	DWORD dwPlatformId;
	CHAR szCSDVersion[128];
	WORD wServicePackMajor;
	WORD wServicePackMinor;
	WORD wSuiteMask;
	BYTE wProductType;
	BYTE wReserved;
} OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;

typedef struct _OSVERSIONINFOEXW {
	DWORD dwOSVersionInfoSize;
	DWORD dwMajorVersion;
	DWORD dwMinorVersion;
	DWORD dwBuildNumber;
	DWORD dwPlatformId;
	WCHAR szCSDVersion[128];
	WORD wServicePackMajor;
	WORD wServicePackMinor;
	WORD wSuiteMask;
	BYTE wProductType;
	BYTE wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW;

#define OSVERSIONINFO		MAILSLOT_WIN32_AW(OSVERSIONINFO)
#define POSVERSIONINFO		MAILSLOT_WIN32_AW(POSVERSIONINFO)
#define LPOSVERSIONINFO		MAILSLOT_WIN32_AW(LPOSVERSIONINFO)
#define OSVERSIONINFOEX		MAILSLOT_WIN32_AW(OSVERSIONINFOEX)
#define POSVERSIONINFOEX	MAILSLOT_WIN32_AW(POSVERSIONINFOEX)
#define LPOSVERSIONINFOEX	MAILSLOT_WIN32_AW(LPOSVERSIONINFOEX)

#define PROCESSOR_ARCHITECTURE_INTEL	0
#define PROCESSOR_ARCHITECTURE_ARM	5
#define PROCESSOR_ARCHITECTURE_AMD64	9
#define PROCESSOR_ARCHITECTURE_ARM64	12
#define PROCESSOR_ARCHITECTURE_UNKNOWN	0xffff
#define PROCESSOR_INTEL_PENTIUM	586
#define PROCESSOR_AMD_X8664	8664

#define EXCEPTION_NONCONTINUABLE	0x1
#define EXCEPTION_MAXIMUM_PARAMETERS	15
#define STATUS_ACCESS_VIOLATION	((DWORD)0xc0000005)
#define STATUS_NO_MEMORY	((DWORD)0xc0000017)
#define STATUS_CONTROL_C_EXIT	((DWORD)0xc000013a)

typedef void (NTAPI *PAPCFUNC)(ULONG_PTR parameter);

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
