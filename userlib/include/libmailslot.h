/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmailslot: the Win32 mailslot functions on Linux mailslots.
 *
 * Types, constants and prototypes of what the library exports, with the names
 * Windows gives them, and a few functions of our own (mailslot_*).  It includes
 * nothing of Windows' and shadows no header: windows.h and its kind are in an
 * include directory of their own, built on this file.
 */
#ifndef LIBMAILSLOT_H
#define LIBMAILSLOT_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef WINAPI
#define WINAPI
#endif

#ifndef FALSE
#define FALSE	0
#endif
#ifndef TRUE
#define TRUE	1
#endif

typedef int BOOL;
typedef uint32_t DWORD;
typedef int32_t LONG;
typedef uintptr_t ULONG_PTR;
typedef wchar_t WCHAR;
typedef void *HANDLE;

typedef BOOL *LPBOOL;
typedef DWORD *LPDWORD;
typedef void *LPVOID;
typedef const void *LPCVOID;
typedef HANDLE *LPHANDLE;
typedef const char *LPCSTR;
typedef const WCHAR *LPCWSTR;

/*
 * A handle is a small positive number.  That of a mailslot is the number of its
 * file descriptor, so an inheritable handle keeps its value in child programs.
 */
#define INVALID_HANDLE_VALUE		((HANDLE)(intptr_t)-1)

typedef struct _SECURITY_ATTRIBUTES {
	DWORD nLength;
	LPVOID lpSecurityDescriptor;
	BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

typedef struct _OVERLAPPED {
	ULONG_PTR Internal;		/* the status: STATUS_PENDING until completion */
	ULONG_PTR InternalHigh;		/* bytes carried */

	__extension__ union {
		__extension__ struct {
			DWORD Offset;		/* ignored on mailslots */
			DWORD OffsetHigh;
		};
		LPVOID Pointer;
	};
	HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

/* A packet of a completion port, as GetQueuedCompletionStatusEx takes it. */
typedef struct _OVERLAPPED_ENTRY {
	ULONG_PTR lpCompletionKey;
	LPOVERLAPPED lpOverlapped;
	ULONG_PTR Internal;		/* the status */
	DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

/* 100 ns units since 1601-01-01 UTC */
typedef struct _FILETIME {
	DWORD dwLowDateTime;
	DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef void (*LPOVERLAPPED_COMPLETION_ROUTINE)(DWORD error, DWORD bytes, LPOVERLAPPED overlapped);

#define MAILSLOT_WAIT_FOREVER		((DWORD)-1)
#define MAILSLOT_NO_MESSAGE		((DWORD)-1)

/* Last errors */
#define ERROR_SUCCESS			0
#define NO_ERROR			0
#define ERROR_INVALID_FUNCTION		1
#define ERROR_FILE_NOT_FOUND		2
#define ERROR_PATH_NOT_FOUND		3
#define ERROR_TOO_MANY_OPEN_FILES	4
#define ERROR_ACCESS_DENIED		5
#define ERROR_INVALID_HANDLE		6
#define ERROR_NOT_ENOUGH_MEMORY		8
#define ERROR_INVALID_DATA		13
#define ERROR_GEN_FAILURE		31
#define ERROR_HANDLE_EOF		38
#define ERROR_NOT_SUPPORTED		50
#define ERROR_BAD_NETPATH		53
#define ERROR_FILE_EXISTS		80
#define ERROR_INVALID_PARAMETER		87
#define ERROR_SEM_TIMEOUT		121
#define ERROR_INSUFFICIENT_BUFFER	122
#define ERROR_INVALID_NAME		123
#define ERROR_ALREADY_EXISTS		183
#define ERROR_FILENAME_EXCED_RANGE	206
#define ERROR_ABANDONED_WAIT_0		735
#define ERROR_OPERATION_ABORTED		995
#define ERROR_IO_INCOMPLETE		996
#define ERROR_IO_PENDING		997
#define ERROR_NOACCESS			998
#define ERROR_NOT_FOUND			1168
#define ERROR_INVALID_ACL		1336
#define ERROR_INVALID_SECURITY_DESCR	1338
#define ERROR_NO_SYSTEM_RESOURCES	1450
#define ERROR_REMOTE_MAILSLOTS_DEPRECATED 3025

/* OVERLAPPED.Internal while the operation is under way */
#define STATUS_PENDING			((DWORD)0x00000103)
#define HasOverlappedIoCompleted(o) \
	(*(volatile ULONG_PTR *)&(o)->Internal != STATUS_PENDING)

/* Access rights */
#define GENERIC_READ			0x80000000U
#define GENERIC_WRITE			0x40000000U
#define GENERIC_EXECUTE			0x20000000U
#define GENERIC_ALL			0x10000000U
#define SYNCHRONIZE			0x00100000U
#define FILE_READ_DATA			0x00000001U
#define FILE_WRITE_DATA			0x00000002U
#define FILE_APPEND_DATA		0x00000004U
#define EVENT_MODIFY_STATE		0x00000002U
#define EVENT_ALL_ACCESS		0x001F0003U

/* CreateFile */
#define FILE_SHARE_READ			0x00000001U
#define FILE_SHARE_WRITE		0x00000002U
#define FILE_SHARE_DELETE		0x00000004U
#define CREATE_NEW			1
#define CREATE_ALWAYS			2
#define OPEN_EXISTING			3
#define OPEN_ALWAYS			4
#define TRUNCATE_EXISTING		5
#define FILE_ATTRIBUTE_NORMAL		0x00000080U
#define FILE_FLAG_OVERLAPPED		0x40000000U

/* GetFileType */
#define FILE_TYPE_UNKNOWN		0x0000U
#define FILE_TYPE_DISK			0x0001U
#define FILE_TYPE_CHAR			0x0002U
#define FILE_TYPE_PIPE			0x0003U
#define FILE_TYPE_REMOTE		0x8000U

/* Handles */
#define HANDLE_FLAG_INHERIT		0x00000001U
#define HANDLE_FLAG_PROTECT_FROM_CLOSE	0x00000002U
#define DUPLICATE_CLOSE_SOURCE		0x00000001U
#define DUPLICATE_SAME_ACCESS		0x00000002U

/* Waits */
#define INFINITE			0xFFFFFFFFU
#define MAXIMUM_WAIT_OBJECTS		64
#define WAIT_OBJECT_0			0x00000000U
#define WAIT_ABANDONED_0		0x00000080U
#define WAIT_ABANDONED			WAIT_ABANDONED_0
#define WAIT_IO_COMPLETION		0x000000C0U
#define WAIT_TIMEOUT			258U
#define WAIT_FAILED			0xFFFFFFFFU

/* Mailslots */
HANDLE WINAPI CreateMailslotA(LPCSTR name, DWORD max_message_size, DWORD read_timeout,
			      LPSECURITY_ATTRIBUTES security);
HANDLE WINAPI CreateMailslotW(LPCWSTR name, DWORD max_message_size, DWORD read_timeout,
			      LPSECURITY_ATTRIBUTES security);
BOOL WINAPI GetMailslotInfo(HANDLE mailslot, LPDWORD max_message_size, LPDWORD next_size,
			    LPDWORD message_count, LPDWORD read_timeout);
BOOL WINAPI SetMailslotInfo(HANDLE mailslot, DWORD read_timeout);

/* Files */
HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
			  DWORD disposition, DWORD flags, HANDLE template_file);
HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
			  DWORD disposition, DWORD flags, HANDLE template_file);
BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD size, LPDWORD read, LPOVERLAPPED overlapped);
BOOL WINAPI ReadFileEx(HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped,
		       LPOVERLAPPED_COMPLETION_ROUTINE routine);
BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD written,
		      LPOVERLAPPED overlapped);
BOOL WINAPI WriteFileEx(HANDLE file, LPCVOID buffer, DWORD size, LPOVERLAPPED overlapped,
			LPOVERLAPPED_COMPLETION_ROUTINE routine);
BOOL WINAPI FlushFileBuffers(HANDLE file);
DWORD WINAPI GetFileType(HANDLE file);
BOOL WINAPI GetFileTime(HANDLE file, LPFILETIME creation, LPFILETIME access, LPFILETIME write);
BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *creation, const FILETIME *access,
			const FILETIME *write);

/* Overlapped operations */
BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL wait);
BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
				  DWORD milliseconds, BOOL alertable);
BOOL WINAPI CancelIo(HANDLE file);
BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped);

/* Completion ports */
HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads);
BOOL WINAPI GetQueuedCompletionStatus(HANDLE port, LPDWORD bytes, ULONG_PTR *key,
				      LPOVERLAPPED *overlapped, DWORD milliseconds);
BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries, DWORD count,
					LPDWORD removed, DWORD milliseconds, BOOL alertable);
BOOL WINAPI PostQueuedCompletionStatus(HANDLE port, DWORD bytes, ULONG_PTR key,
				       LPOVERLAPPED overlapped);

/* Handles */
BOOL WINAPI CloseHandle(HANDLE handle);
BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process,
			    LPHANDLE target, DWORD access, BOOL inherit, DWORD options);
BOOL WINAPI GetHandleInformation(HANDLE handle, LPDWORD flags);
BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags);
HANDLE WINAPI GetCurrentProcess(void);

/* Events */
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, BOOL initial_state,
			   LPCSTR name);
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, BOOL initial_state,
			   LPCWSTR name);
HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name);
HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name);
BOOL WINAPI SetEvent(HANDLE event);
BOOL WINAPI ResetEvent(HANDLE event);
BOOL WINAPI PulseEvent(HANDLE event);

/* Waits */
DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable);
DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
				    DWORD milliseconds);
DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all,
				      DWORD milliseconds, BOOL alertable);
DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable);

/* Last error of the calling thread */
DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD error);

#ifdef UNICODE
#define CreateMailslot	CreateMailslotW
#define CreateFile	CreateFileW
#define CreateEvent	CreateEventW
#define OpenEvent	OpenEventW
#else
#define CreateMailslot	CreateMailslotA
#define CreateFile	CreateFileA
#define CreateEvent	CreateEventA
#define OpenEvent	OpenEventA
#endif

/*
 * Ours: what Windows has not.
 */

/* Who wrote a message, when, and its number in the slot (from 1, without gaps). */
struct mailslot_sender {
	uint64_t sequence;
	int64_t time_ns;	/* since 1970-01-01 UTC */
	uint32_t pid;		/* 0: not visible from here */
	uint32_t uid;
	uint32_t gid;
};

/*
 * As ReadFile without an OVERLAPPED, and stores who wrote the message.
 */
BOOL mailslot_read_from(HANDLE server, LPVOID buffer, DWORD size, LPDWORD read,
			struct mailslot_sender *sender);

/* Room for the name of a host or a domain of mailslot-relay(8), with its NUL. */
#define MAILSLOT_HOST_SIZE	64

/* Who wrote a message on another machine, and when, as that machine's relay says. */
struct mailslot_origin {
	int64_t time_ns;	/* since 1970-01-01 UTC, by the clock there */
	uint32_t uid;		/* a user of that machine */
	char host[MAILSLOT_HOST_SIZE];
};

/*
 * Read the line before a message from another machine, in a slot that the relay's configuration
 * exports with origin = true.  offset is set to where the message itself begins.  FALSE and last
 * error 13 when there is no such line.  The line is only worth something when the message comes
 * from the relay: its sender's uid (mailslot_read_from()) is that of the relay's user.
 */
BOOL mailslot_parse_origin(const void *message, DWORD size, struct mailslot_origin *origin,
			   LPDWORD offset);

/*
 * What the relay calls this host and its domain, in small letters; either may be NULL.  FALSE and
 * last error 3025 when there is no relay.
 */
BOOL mailslot_relay_names(char host[MAILSLOT_HOST_SIZE], char domain[MAILSLOT_HOST_SIZE]);

/*
 * The ring of a slot, which is read without system calls while messages are there.  One thread at a
 * time uses one.
 */
struct mailslot_ring;

/*
 * Map the ring of a slot that was made with MAILSLOT_CREATE_RING: server is a descriptor of its
 * server end, which stays the caller's and must stay open.  NULL and the last error: 87 when the
 * slot has no ring, 6 when it is no server end, 8, 50, 1450.
 */
struct mailslot_ring *mailslot_ring_open(int server);

/* Unmap it.  Messages that have not been released stay in the slot. */
void mailslot_ring_close(struct mailslot_ring *ring);

/* A descriptor to poll on, which stays the ring's: readable when there is a message to be read. */
int mailslot_ring_fd(const struct mailslot_ring *ring);

/*
 * The next message, in place, with its length and, unless sender is NULL, who sent it; NULL when
 * there is none now.  It is valid until mailslot_ring_release(), _wait() or _close().
 */
const void *mailslot_ring_next(struct mailslot_ring *ring, LPDWORD length,
			       struct mailslot_sender *sender);

/* Give back all messages that mailslot_ring_next() has returned. */
void mailslot_ring_release(struct mailslot_ring *ring);

/*
 * The same, then wait until there is a message.  FALSE and last error 121 when there is none in
 * time, 38 when the slot has died and all is read.
 */
BOOL mailslot_ring_wait(struct mailslot_ring *ring, DWORD milliseconds);

/*
 * The file descriptor behind a handle, to poll on; -1 and last error 6 when it has
 * none.  It stays the handle's: do not close it, close the handle.  A server's is
 * readable when a message waits, a client's writable when there is room.
 */
int mailslot_fd(HANDLE handle);

/*
 * Wait until a slot can be opened for writing, for a client that may be started before
 * its server.  FALSE and last error 121 when there is none in time, 5 when there is one
 * but this process may not write to it.
 */
BOOL mailslot_wait(LPCSTR name, DWORD milliseconds);

#ifdef __cplusplus
}
#endif

#endif /* LIBMAILSLOT_H */
