/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions that console programs call around mailslots: time, threads,
 * processes, locks, memory, messages.  The mailslot functions, events, waits and
 * overlapped I/O are libmailslot's own and come with its header.
 */
#ifndef MAILSLOT_WIN32_WINBASE_H
#define MAILSLOT_WIN32_WINBASE_H

#include "windef.h"

MAILSLOT_WIN32_BEGIN

/* Time */

typedef struct _SYSTEMTIME {
	WORD wYear;
	WORD wMonth;
	WORD wDayOfWeek;
	WORD wDay;
	WORD wHour;
	WORD wMinute;
	WORD wSecond;
	WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef struct _TIME_ZONE_INFORMATION {
	LONG Bias;
	WCHAR StandardName[32];
	SYSTEMTIME StandardDate;
	LONG StandardBias;
	WCHAR DaylightName[32];
	SYSTEMTIME DaylightDate;
	LONG DaylightBias;
} TIME_ZONE_INFORMATION, *PTIME_ZONE_INFORMATION, *LPTIME_ZONE_INFORMATION;

MAILSLOT_WIN32_API void WINAPI Sleep(DWORD milliseconds);
MAILSLOT_WIN32_API DWORD WINAPI GetTickCount(void);
MAILSLOT_WIN32_API ULONGLONG WINAPI GetTickCount64(void);
MAILSLOT_WIN32_API BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count);
MAILSLOT_WIN32_API BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency);
MAILSLOT_WIN32_API void WINAPI GetSystemTime(LPSYSTEMTIME time);
MAILSLOT_WIN32_API void WINAPI GetLocalTime(LPSYSTEMTIME time);
MAILSLOT_WIN32_API void WINAPI GetSystemTimeAsFileTime(LPFILETIME time);
MAILSLOT_WIN32_API void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time);
MAILSLOT_WIN32_API BOOL WINAPI FileTimeToSystemTime(const FILETIME *file, LPSYSTEMTIME system);
MAILSLOT_WIN32_API BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *system, LPFILETIME file);
MAILSLOT_WIN32_API BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *file, LPFILETIME local);
MAILSLOT_WIN32_API BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *local, LPFILETIME file);
MAILSLOT_WIN32_API BOOL WINAPI SystemTimeToTzSpecificLocalTime(const TIME_ZONE_INFORMATION *zone,
							       const SYSTEMTIME *universal,
							       LPSYSTEMTIME local);
MAILSLOT_WIN32_API LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b);

/* Threads */

typedef DWORD (WINAPI *PTHREAD_START_ROUTINE)(LPVOID parameter);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;

#define CREATE_SUSPENDED	0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION	0x00010000
#define THREAD_PRIORITY_IDLE	(-15)
#define THREAD_PRIORITY_LOWEST	(-2)
#define THREAD_PRIORITY_BELOW_NORMAL	(-1)
#define THREAD_PRIORITY_NORMAL	0
#define THREAD_PRIORITY_ABOVE_NORMAL	1
#define THREAD_PRIORITY_HIGHEST	2
#define THREAD_PRIORITY_TIME_CRITICAL	15
#define THREAD_PRIORITY_ERROR_RETURN	0x7fffffff
#define STILL_ACTIVE		259
#define TLS_OUT_OF_INDEXES	((DWORD)0xffffffff)

MAILSLOT_WIN32_API HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack,
					      LPTHREAD_START_ROUTINE routine, LPVOID parameter,
					      DWORD flags, LPDWORD id);
MAILSLOT_WIN32_API DECLSPEC_NORETURN void WINAPI ExitThread(DWORD code);
MAILSLOT_WIN32_API BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code);
MAILSLOT_WIN32_API DWORD WINAPI ResumeThread(HANDLE thread);
MAILSLOT_WIN32_API DWORD WINAPI GetThreadId(HANDLE thread);
MAILSLOT_WIN32_API DWORD WINAPI GetCurrentThreadId(void);
MAILSLOT_WIN32_API HANDLE WINAPI GetCurrentThread(void);
MAILSLOT_WIN32_API BOOL WINAPI SetThreadPriority(HANDLE thread, int priority);
MAILSLOT_WIN32_API int WINAPI GetThreadPriority(HANDLE thread);
MAILSLOT_WIN32_API BOOL WINAPI SwitchToThread(void);
MAILSLOT_WIN32_API BOOL WINAPI TerminateThread(HANDLE thread, DWORD code);
MAILSLOT_WIN32_API DWORD WINAPI QueueUserAPC(PAPCFUNC routine, HANDLE thread, ULONG_PTR argument);
MAILSLOT_WIN32_API BOOL WINAPI CancelSynchronousIo(HANDLE thread);
MAILSLOT_WIN32_API DWORD WINAPI TlsAlloc(void);
MAILSLOT_WIN32_API LPVOID WINAPI TlsGetValue(DWORD index);
MAILSLOT_WIN32_API BOOL WINAPI TlsSetValue(DWORD index, LPVOID value);
MAILSLOT_WIN32_API BOOL WINAPI TlsFree(DWORD index);

/* Processes */

typedef struct _STARTUPINFOA {
	DWORD cb;
	LPSTR lpReserved;
	LPSTR lpDesktop;
	LPSTR lpTitle;
	DWORD dwX;
	DWORD dwY;
	DWORD dwXSize;
	DWORD dwYSize;
	DWORD dwXCountChars;
	DWORD dwYCountChars;
	DWORD dwFillAttribute;
	DWORD dwFlags;
	WORD wShowWindow;
	WORD cbReserved2;
	LPBYTE lpReserved2;
	HANDLE hStdInput;
	HANDLE hStdOutput;
	HANDLE hStdError;
} STARTUPINFOA, *LPSTARTUPINFOA;

typedef struct _STARTUPINFOW {
	DWORD cb;
	LPWSTR lpReserved;
	LPWSTR lpDesktop;
	LPWSTR lpTitle;
	DWORD dwX;
	DWORD dwY;
	DWORD dwXSize;
	DWORD dwYSize;
	DWORD dwXCountChars;
	DWORD dwYCountChars;
	DWORD dwFillAttribute;
	DWORD dwFlags;
	WORD wShowWindow;
	WORD cbReserved2;
	LPBYTE lpReserved2;
	HANDLE hStdInput;
	HANDLE hStdOutput;
	HANDLE hStdError;
} STARTUPINFOW, *LPSTARTUPINFOW;

typedef struct _PROCESS_INFORMATION {
	HANDLE hProcess;
	HANDLE hThread;
	DWORD dwProcessId;
	DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;

#define STARTF_USESHOWWINDOW	0x00000001
#define STARTF_USESTDHANDLES	0x00000100
#define SW_HIDE			0
#define SW_SHOWNORMAL		1
#define SW_SHOW			5
#define DEBUG_PROCESS		0x00000001
#define DETACHED_PROCESS	0x00000008
#define CREATE_NEW_CONSOLE	0x00000010
#define NORMAL_PRIORITY_CLASS	0x00000020
#define IDLE_PRIORITY_CLASS	0x00000040
#define HIGH_PRIORITY_CLASS	0x00000080
#define REALTIME_PRIORITY_CLASS	0x00000100
#define BELOW_NORMAL_PRIORITY_CLASS	0x00004000
#define ABOVE_NORMAL_PRIORITY_CLASS	0x00008000
#define CREATE_NEW_PROCESS_GROUP	0x00000200
#define CREATE_UNICODE_ENVIRONMENT	0x00000400
#define CREATE_NO_WINDOW	0x08000000

MAILSLOT_WIN32_API BOOL WINAPI CreateProcessA(LPCSTR program, LPSTR command_line,
					      LPSECURITY_ATTRIBUTES process_attributes,
					      LPSECURITY_ATTRIBUTES thread_attributes,
					      BOOL inherit_handles, DWORD flags,
					      LPVOID environment, LPCSTR directory,
					      LPSTARTUPINFOA startup,
					      LPPROCESS_INFORMATION information);
MAILSLOT_WIN32_API BOOL WINAPI CreateProcessW(LPCWSTR program, LPWSTR command_line,
					      LPSECURITY_ATTRIBUTES process_attributes,
					      LPSECURITY_ATTRIBUTES thread_attributes,
					      BOOL inherit_handles, DWORD flags,
					      LPVOID environment, LPCWSTR directory,
					      LPSTARTUPINFOW startup,
					      LPPROCESS_INFORMATION information);
MAILSLOT_WIN32_API DECLSPEC_NORETURN void WINAPI ExitProcess(UINT code);
MAILSLOT_WIN32_API BOOL WINAPI TerminateProcess(HANDLE process, UINT code);
MAILSLOT_WIN32_API BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code);
MAILSLOT_WIN32_API HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id);
MAILSLOT_WIN32_API DWORD WINAPI GetProcessId(HANDLE process);
MAILSLOT_WIN32_API DWORD WINAPI GetCurrentProcessId(void);
MAILSLOT_WIN32_API BOOL WINAPI SetPriorityClass(HANDLE process, DWORD priority);
MAILSLOT_WIN32_API DWORD WINAPI GetPriorityClass(HANDLE process);
MAILSLOT_WIN32_API void WINAPI GetStartupInfoA(LPSTARTUPINFOA startup);
MAILSLOT_WIN32_API void WINAPI GetStartupInfoW(LPSTARTUPINFOW startup);
MAILSLOT_WIN32_API LPSTR WINAPI GetCommandLineA(void);
MAILSLOT_WIN32_API LPWSTR WINAPI GetCommandLineW(void);
MAILSLOT_WIN32_API HMODULE WINAPI GetModuleHandleA(LPCSTR name);
MAILSLOT_WIN32_API HMODULE WINAPI GetModuleHandleW(LPCWSTR name);
MAILSLOT_WIN32_API DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR name, DWORD size);
MAILSLOT_WIN32_API DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR name, DWORD size);
MAILSLOT_WIN32_API DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR value, DWORD size);
MAILSLOT_WIN32_API DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR value, DWORD size);
MAILSLOT_WIN32_API BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value);
MAILSLOT_WIN32_API BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
MAILSLOT_WIN32_API DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR directory);
MAILSLOT_WIN32_API DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR directory);

/* Locks */

/*
 * Opaque here, and large enough for a recursive pthread mutex; a static object
 * has to be initialised before use, as on Windows.
 */
typedef struct _RTL_CRITICAL_SECTION {
	union {
		long align;
		char bytes[64];
	} opaque;
} RTL_CRITICAL_SECTION, CRITICAL_SECTION, *PRTL_CRITICAL_SECTION, *PCRITICAL_SECTION,
	*LPCRITICAL_SECTION;

typedef struct _RTL_SRWLOCK {
	union {
		long align;
		char bytes[64];
	} opaque;
} RTL_SRWLOCK, SRWLOCK, *PRTL_SRWLOCK, *PSRWLOCK;

typedef struct _RTL_CONDITION_VARIABLE {
	union {
		long align;
		char bytes[64];
	} opaque;
} RTL_CONDITION_VARIABLE, CONDITION_VARIABLE, *PRTL_CONDITION_VARIABLE, *PCONDITION_VARIABLE;

#define SRWLOCK_INIT			{ { 0 } }
#define CONDITION_VARIABLE_INIT		{ { 0 } }

MAILSLOT_WIN32_API void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section);
MAILSLOT_WIN32_API BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section,
								     DWORD spins);
MAILSLOT_WIN32_API BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins,
							   DWORD flags);
MAILSLOT_WIN32_API void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section);
MAILSLOT_WIN32_API BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section);
MAILSLOT_WIN32_API void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section);
MAILSLOT_WIN32_API void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section);
MAILSLOT_WIN32_API void WINAPI InitializeSRWLock(PSRWLOCK lock);
MAILSLOT_WIN32_API void WINAPI AcquireSRWLockExclusive(PSRWLOCK lock);
MAILSLOT_WIN32_API void WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock);
MAILSLOT_WIN32_API void WINAPI AcquireSRWLockShared(PSRWLOCK lock);
MAILSLOT_WIN32_API void WINAPI ReleaseSRWLockShared(PSRWLOCK lock);
MAILSLOT_WIN32_API void WINAPI InitializeConditionVariable(PCONDITION_VARIABLE condition);
MAILSLOT_WIN32_API BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE condition,
							LPCRITICAL_SECTION section,
							DWORD milliseconds);
MAILSLOT_WIN32_API void WINAPI WakeConditionVariable(PCONDITION_VARIABLE condition);
MAILSLOT_WIN32_API void WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE condition);

MAILSLOT_WIN32_API HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG count,
						  LONG maximum, LPCSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES attributes, LONG count,
						  LONG maximum, LPCWSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name);
MAILSLOT_WIN32_API BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous);
MAILSLOT_WIN32_API HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL owned,
					      LPCSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL owned,
					      LPCWSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name);
MAILSLOT_WIN32_API BOOL WINAPI ReleaseMutex(HANDLE mutex);

#define CREATE_EVENT_MANUAL_RESET	0x00000001
#define CREATE_EVENT_INITIAL_SET	0x00000002
#define CREATE_MUTEX_INITIAL_OWNER	0x00000001

MAILSLOT_WIN32_API HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name,
						DWORD flags, DWORD access);
MAILSLOT_WIN32_API HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name,
						DWORD flags, DWORD access);
MAILSLOT_WIN32_API HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name,
						DWORD flags, DWORD access);
MAILSLOT_WIN32_API HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name,
						DWORD flags, DWORD access);
MAILSLOT_WIN32_API HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG count,
						    LONG maximum, LPCSTR name, DWORD flags,
						    DWORD access);
MAILSLOT_WIN32_API HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG count,
						    LONG maximum, LPCWSTR name, DWORD flags,
						    DWORD access);
MAILSLOT_WIN32_API DWORD WINAPI SignalObjectAndWait(HANDLE signal, HANDLE wait, DWORD milliseconds,
						    BOOL alertable);

/* Timers, without names and without routines */

typedef void (APIENTRY *PTIMERAPCROUTINE)(LPVOID argument, DWORD low, DWORD high);

MAILSLOT_WIN32_API HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES attributes, BOOL manual,
						      LPCSTR name);
MAILSLOT_WIN32_API HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES attributes, BOOL manual,
						      LPCWSTR name);
MAILSLOT_WIN32_API BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER *due, LONG period,
						PTIMERAPCROUTINE routine, LPVOID argument,
						BOOL resume);
MAILSLOT_WIN32_API BOOL WINAPI CancelWaitableTimer(HANDLE timer);

/* Permissions */

MAILSLOT_WIN32_API BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor,
							    DWORD revision);
MAILSLOT_WIN32_API BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor,
							 BOOL present, PACL dacl, BOOL defaulted);
MAILSLOT_WIN32_API BOOL WINAPI AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority,
							BYTE count, DWORD sub0, DWORD sub1,
							DWORD sub2, DWORD sub3, DWORD sub4,
							DWORD sub5, DWORD sub6, DWORD sub7,
							PSID *sid);
MAILSLOT_WIN32_API PVOID WINAPI FreeSid(PSID sid);
MAILSLOT_WIN32_API BOOL WINAPI IsValidSid(PSID sid);
MAILSLOT_WIN32_API DWORD WINAPI GetLengthSid(PSID sid);
MAILSLOT_WIN32_API BOOL WINAPI EqualSid(PSID a, PSID b);
MAILSLOT_WIN32_API BOOL WINAPI InitializeAcl(PACL acl, DWORD size, DWORD revision);
MAILSLOT_WIN32_API BOOL WINAPI AddAccessAllowedAce(PACL acl, DWORD revision, DWORD mask, PSID sid);
MAILSLOT_WIN32_API BOOL WINAPI AddAccessAllowedAceEx(PACL acl, DWORD revision, DWORD flags,
						     DWORD mask, PSID sid);
MAILSLOT_WIN32_API BOOL WINAPI AddAccessDeniedAce(PACL acl, DWORD revision, DWORD mask, PSID sid);

MAILSLOT_WIN32_API BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE type, PSID domain, PSID sid,
						  DWORD *size);
MAILSLOT_WIN32_API BOOL WINAPI LookupAccountNameA(LPCSTR system, LPCSTR name, PSID sid,
						  LPDWORD size, LPSTR domain, LPDWORD domain_size,
						  PSID_NAME_USE use);
MAILSLOT_WIN32_API BOOL WINAPI LookupAccountNameW(LPCWSTR system, LPCWSTR name, PSID sid,
						  LPDWORD size, LPWSTR domain, LPDWORD domain_size,
						  PSID_NAME_USE use);
MAILSLOT_WIN32_API BOOL WINAPI LookupAccountSidA(LPCSTR system, PSID sid, LPSTR name, LPDWORD size,
						 LPSTR domain, LPDWORD domain_size,
						 PSID_NAME_USE use);
MAILSLOT_WIN32_API BOOL WINAPI LookupAccountSidW(LPCWSTR system, PSID sid, LPWSTR name,
						 LPDWORD size, LPWSTR domain, LPDWORD domain_size,
						 PSID_NAME_USE use);

/* Exceptions, without handlers */

MAILSLOT_WIN32_API void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count,
					      const ULONG_PTR *arguments);

/* System */

typedef struct _SYSTEM_INFO {
	__extension__ union {
		DWORD dwOemId;
		__extension__ struct {
			WORD wProcessorArchitecture;
			WORD wReserved;
		};
	};
	DWORD dwPageSize;
	LPVOID lpMinimumApplicationAddress;
	LPVOID lpMaximumApplicationAddress;
	DWORD_PTR dwActiveProcessorMask;
	DWORD dwNumberOfProcessors;
	DWORD dwProcessorType;
	DWORD dwAllocationGranularity;
	WORD wProcessorLevel;
	WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

typedef enum _COMPUTER_NAME_FORMAT {
	ComputerNameNetBIOS,
	ComputerNameDnsHostname,
	ComputerNameDnsDomain,
	ComputerNameDnsFullyQualified,
	ComputerNamePhysicalNetBIOS,
	ComputerNamePhysicalDnsHostname,
	ComputerNamePhysicalDnsDomain,
	ComputerNamePhysicalDnsFullyQualified,
	ComputerNameMax
} COMPUTER_NAME_FORMAT;

MAILSLOT_WIN32_API void WINAPI GetSystemInfo(LPSYSTEM_INFO info);
MAILSLOT_WIN32_API void WINAPI GetNativeSystemInfo(LPSYSTEM_INFO info);
MAILSLOT_WIN32_API DWORD WINAPI GetVersion(void);
MAILSLOT_WIN32_API BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA version);
MAILSLOT_WIN32_API BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW version);
MAILSLOT_WIN32_API BOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT type, LPSTR name,
						  LPDWORD size);
MAILSLOT_WIN32_API BOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT type, LPWSTR name,
						  LPDWORD size);
MAILSLOT_WIN32_API int WINAPI MulDiv(int number, int numerator, int denominator);

/* Memory */

#define GMEM_FIXED		0x0000
#define GMEM_MOVEABLE		0x0002
#define GMEM_ZEROINIT		0x0040
#define GMEM_MODIFY		0x0080
#define GPTR			(GMEM_FIXED | GMEM_ZEROINIT)
#define GHND			(GMEM_MOVEABLE | GMEM_ZEROINIT)
#define LMEM_FIXED		0x0000
#define LMEM_MOVEABLE		0x0002
#define LMEM_ZEROINIT		0x0040
#define LMEM_MODIFY		0x0080
#define LPTR			(LMEM_FIXED | LMEM_ZEROINIT)
#define LHND			(LMEM_MOVEABLE | LMEM_ZEROINIT)
#define HEAP_NO_SERIALIZE	0x00000001
#define HEAP_GENERATE_EXCEPTIONS	0x00000004
#define HEAP_ZERO_MEMORY	0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY	0x00000010

MAILSLOT_WIN32_API HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size);
MAILSLOT_WIN32_API HGLOBAL WINAPI GlobalReAlloc(HGLOBAL memory, SIZE_T size, UINT flags);
MAILSLOT_WIN32_API HGLOBAL WINAPI GlobalFree(HGLOBAL memory);
MAILSLOT_WIN32_API LPVOID WINAPI GlobalLock(HGLOBAL memory);
MAILSLOT_WIN32_API BOOL WINAPI GlobalUnlock(HGLOBAL memory);
MAILSLOT_WIN32_API HGLOBAL WINAPI GlobalHandle(LPCVOID memory);
MAILSLOT_WIN32_API SIZE_T WINAPI GlobalSize(HGLOBAL memory);
MAILSLOT_WIN32_API HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size);
MAILSLOT_WIN32_API HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T size, UINT flags);
MAILSLOT_WIN32_API HLOCAL WINAPI LocalFree(HLOCAL memory);
MAILSLOT_WIN32_API LPVOID WINAPI LocalLock(HLOCAL memory);
MAILSLOT_WIN32_API BOOL WINAPI LocalUnlock(HLOCAL memory);
MAILSLOT_WIN32_API HLOCAL WINAPI LocalHandle(LPCVOID memory);
MAILSLOT_WIN32_API SIZE_T WINAPI LocalSize(HLOCAL memory);
MAILSLOT_WIN32_API HANDLE WINAPI GetProcessHeap(void);
MAILSLOT_WIN32_API HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum);
MAILSLOT_WIN32_API BOOL WINAPI HeapDestroy(HANDLE heap);
MAILSLOT_WIN32_API LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T size);
MAILSLOT_WIN32_API LPVOID WINAPI HeapReAlloc(HANDLE heap, DWORD flags, LPVOID memory, SIZE_T size);
MAILSLOT_WIN32_API BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory);
MAILSLOT_WIN32_API SIZE_T WINAPI HeapSize(HANDLE heap, DWORD flags, LPCVOID memory);

#define RtlZeroMemory(p, n)	memset((p), 0, (n))
#define RtlCopyMemory(d, s, n)	memcpy((d), (s), (n))
#define RtlMoveMemory(d, s, n)	memmove((d), (s), (n))
#define RtlFillMemory(p, n, c)	memset((p), (c), (n))
#define RtlEqualMemory(a, b, n)	(!memcmp((a), (b), (n)))
#define ZeroMemory		RtlZeroMemory
#define CopyMemory		RtlCopyMemory
#define MoveMemory		RtlMoveMemory
#define FillMemory		RtlFillMemory
#define SecureZeroMemory(p, n)	explicit_bzero((p), (n))

/* Strings */

MAILSLOT_WIN32_API int WINAPI lstrlenA(LPCSTR s);
MAILSLOT_WIN32_API int WINAPI lstrlenW(LPCWSTR s);
MAILSLOT_WIN32_API LPSTR WINAPI lstrcpyA(LPSTR d, LPCSTR s);
MAILSLOT_WIN32_API LPWSTR WINAPI lstrcpyW(LPWSTR d, LPCWSTR s);
MAILSLOT_WIN32_API LPSTR WINAPI lstrcpynA(LPSTR d, LPCSTR s, int size);
MAILSLOT_WIN32_API LPWSTR WINAPI lstrcpynW(LPWSTR d, LPCWSTR s, int size);
MAILSLOT_WIN32_API LPSTR WINAPI lstrcatA(LPSTR d, LPCSTR s);
MAILSLOT_WIN32_API LPWSTR WINAPI lstrcatW(LPWSTR d, LPCWSTR s);
MAILSLOT_WIN32_API int WINAPI lstrcmpA(LPCSTR a, LPCSTR b);
MAILSLOT_WIN32_API int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b);
MAILSLOT_WIN32_API int WINAPI lstrcmpiA(LPCSTR a, LPCSTR b);
MAILSLOT_WIN32_API int WINAPI lstrcmpiW(LPCWSTR a, LPCWSTR b);

/* Messages, names */

#define FORMAT_MESSAGE_ALLOCATE_BUFFER	0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS	0x00000200
#define FORMAT_MESSAGE_FROM_STRING	0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE	0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM	0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY	0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK	0x000000ff
#define MAX_COMPUTERNAME_LENGTH		15
#define UNLEN				256

MAILSLOT_WIN32_API DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD id,
					       DWORD language, LPSTR buffer, DWORD size,
					       va_list *arguments);
MAILSLOT_WIN32_API DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD id,
					       DWORD language, LPWSTR buffer, DWORD size,
					       va_list *arguments);
MAILSLOT_WIN32_API BOOL WINAPI GetComputerNameA(LPSTR name, LPDWORD size);
MAILSLOT_WIN32_API BOOL WINAPI GetComputerNameW(LPWSTR name, LPDWORD size);
MAILSLOT_WIN32_API BOOL WINAPI GetUserNameA(LPSTR name, LPDWORD size);
MAILSLOT_WIN32_API BOOL WINAPI GetUserNameW(LPWSTR name, LPDWORD size);
MAILSLOT_WIN32_API void WINAPI OutputDebugStringA(LPCSTR text);
MAILSLOT_WIN32_API void WINAPI OutputDebugStringW(LPCWSTR text);

MAILSLOT_WIN32_END

#ifdef __cplusplus
/*
 * Programs count in an unsigned long, which is a DWORD on Windows and has 64 bits here.
 * Templates, because NULL would fit two functions.
 */
extern "C++" {

template <typename Count> struct mailslot_win32_count { };
template <> struct mailslot_win32_count<unsigned long> { typedef BOOL result; };

template <typename Count>
inline typename mailslot_win32_count<Count>::result
ReadFile(HANDLE file, LPVOID buffer, DWORD size, Count *read, LPOVERLAPPED overlapped)
{
	DWORD count = 0;
	BOOL done = ReadFile(file, buffer, size, &count, overlapped);

	if (read)
		*read = count;
	return done;
}

template <typename Count>
inline typename mailslot_win32_count<Count>::result
WriteFile(HANDLE file, LPCVOID buffer, DWORD size, Count *written, LPOVERLAPPED overlapped)
{
	DWORD count = 0;
	BOOL done = WriteFile(file, buffer, size, &count, overlapped);

	if (written)
		*written = count;
	return done;
}

}
#endif


#define STARTUPINFO		MAILSLOT_WIN32_AW(STARTUPINFO)
#define LPSTARTUPINFO		MAILSLOT_WIN32_AW(LPSTARTUPINFO)
#define CreateProcess		MAILSLOT_WIN32_AW(CreateProcess)
#define GetStartupInfo		MAILSLOT_WIN32_AW(GetStartupInfo)
#define GetCommandLine		MAILSLOT_WIN32_AW(GetCommandLine)
#define GetModuleFileName	MAILSLOT_WIN32_AW(GetModuleFileName)
#define GetModuleHandle		MAILSLOT_WIN32_AW(GetModuleHandle)
#define GetVersionEx		MAILSLOT_WIN32_AW(GetVersionEx)
#define GetComputerNameEx	MAILSLOT_WIN32_AW(GetComputerNameEx)
#define CreateEventEx		MAILSLOT_WIN32_AW(CreateEventEx)
#define CreateMutexEx		MAILSLOT_WIN32_AW(CreateMutexEx)
#define CreateSemaphoreEx	MAILSLOT_WIN32_AW(CreateSemaphoreEx)
#define GetEnvironmentVariable	MAILSLOT_WIN32_AW(GetEnvironmentVariable)
#define SetEnvironmentVariable	MAILSLOT_WIN32_AW(SetEnvironmentVariable)
#define GetCurrentDirectory	MAILSLOT_WIN32_AW(GetCurrentDirectory)
#define CreateSemaphore		MAILSLOT_WIN32_AW(CreateSemaphore)
#define OpenSemaphore		MAILSLOT_WIN32_AW(OpenSemaphore)
#define CreateMutex		MAILSLOT_WIN32_AW(CreateMutex)
#define CreateWaitableTimer	MAILSLOT_WIN32_AW(CreateWaitableTimer)
#define OpenMutex		MAILSLOT_WIN32_AW(OpenMutex)
#define lstrlen			MAILSLOT_WIN32_AW(lstrlen)
#define lstrcpy			MAILSLOT_WIN32_AW(lstrcpy)
#define lstrcpyn		MAILSLOT_WIN32_AW(lstrcpyn)
#define lstrcat			MAILSLOT_WIN32_AW(lstrcat)
#define lstrcmp			MAILSLOT_WIN32_AW(lstrcmp)
#define lstrcmpi		MAILSLOT_WIN32_AW(lstrcmpi)
#define FormatMessage		MAILSLOT_WIN32_AW(FormatMessage)
#define GetComputerName		MAILSLOT_WIN32_AW(GetComputerName)
#define GetUserName		MAILSLOT_WIN32_AW(GetUserName)
#define LookupAccountName	MAILSLOT_WIN32_AW(LookupAccountName)
#define LookupAccountSid	MAILSLOT_WIN32_AW(LookupAccountSid)
#define OutputDebugString	MAILSLOT_WIN32_AW(OutputDebugString)

#endif /* MAILSLOT_WIN32_WINBASE_H */
