// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mailslots, client ends, reading, writing and overlapped operations.  Messages are bytes
 * and pass through as they are.
 */
#include "kernel32.h"

FORWARD(end_handle, CreateMailslotA, MAILSLOT,
	(LPCSTR name, DWORD max, DWORD timeout, LPSECURITY_ATTRIBUTES security),
	(name, max, timeout, security))

IMPORT(CreateMailslotW, MAILSLOT);
EXPORTS(HANDLE, CreateMailslotW,
	(const void *name, DWORD max, DWORD timeout, LPSECURITY_ATTRIBUTES security))
{
	HANDLE slot = INVALID_HANDLE_VALUE;
	int saved = errno;
	struct text text;

	if (text_take(&text, name))
		slot = real_CreateMailslotW(text.wide, max, timeout, security);
	text_drop(&text);
	return end_handle(slot, saved);
}

FORWARD(end_bool, GetMailslotInfo, MAILSLOT,
	(HANDLE slot, LPDWORD max, LPDWORD next, LPDWORD count, LPDWORD timeout),
	(slot, max, next, count, timeout))
FORWARD(end_bool, SetMailslotInfo, MAILSLOT, (HANDLE slot, DWORD timeout), (slot, timeout))

IMPORT(CreateFileA, MAILSLOT);
EXPORTS(HANDLE, CreateFileA,
	(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
	 DWORD disposition, DWORD flags, HANDLE template_file))
{
	int saved = errno;

	begin_created();
	return end_created(real_CreateFileA(name, access, share, security, disposition, flags,
					    template_file), saved);
}

IMPORT(CreateFileW, MAILSLOT);
EXPORTS(HANDLE, CreateFileW,
	(const void *name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
	 DWORD disposition, DWORD flags, HANDLE template_file))
{
	HANDLE file = INVALID_HANDLE_VALUE;
	int saved = errno;
	struct text text;

	begin_created();
	if (text_take(&text, name))
		file = real_CreateFileW(text.wide, access, share, security, disposition, flags,
					template_file);
	text_drop(&text);
	return end_created(file, saved);
}

FORWARD(end_bool, ReadFile, MAILSLOT,
	(HANDLE file, LPVOID buffer, DWORD size, LPDWORD done, LPOVERLAPPED overlapped),
	(file, buffer, size, done, overlapped))
FORWARD(end_bool, ReadFileEx, MAILSLOT,
	(HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped,
	 LPOVERLAPPED_COMPLETION_ROUTINE routine),
	(file, buffer, size, overlapped, routine))
FORWARD(end_bool, WriteFile, MAILSLOT,
	(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD done, LPOVERLAPPED overlapped),
	(file, buffer, size, done, overlapped))
FORWARD(end_bool, WriteFileEx, MAILSLOT,
	(HANDLE file, LPCVOID buffer, DWORD size, LPOVERLAPPED overlapped,
	 LPOVERLAPPED_COMPLETION_ROUTINE routine),
	(file, buffer, size, overlapped, routine))
FORWARD(end_bool, GetFileTime, MAILSLOT,
	(HANDLE file, LPFILETIME creation, LPFILETIME access, LPFILETIME write),
	(file, creation, access, write))
FORWARD(end_bool, SetFileTime, MAILSLOT,
	(HANDLE file, const FILETIME *creation, const FILETIME *access, const FILETIME *write),
	(file, creation, access, write))

FORWARD(end_bool, GetOverlappedResult, MAILSLOT,
	(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL wait),
	(file, overlapped, bytes, wait))
FORWARD(end_bool, GetOverlappedResultEx, MAILSLOT,
	(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, DWORD milliseconds, BOOL alertable),
	(file, overlapped, bytes, milliseconds, alertable))
FORWARD(end_bool, CancelIo, MAILSLOT, (HANDLE file), (file))
FORWARD(end_bool, CancelIoEx, MAILSLOT, (HANDLE file, LPOVERLAPPED overlapped),
	(file, overlapped))

FORWARD(end_memory, CreateIoCompletionPort, MAILSLOT,
	(HANDLE file, HANDLE port, ULONG_PTR key, DWORD threads), (file, port, key, threads))
FORWARD(end_bool, GetQueuedCompletionStatus, MAILSLOT,
	(HANDLE port, LPDWORD bytes, ULONG_PTR *key, LPOVERLAPPED *overlapped,
	 DWORD milliseconds),
	(port, bytes, key, overlapped, milliseconds))
FORWARD(end_bool, GetQueuedCompletionStatusEx, MAILSLOT,
	(HANDLE port, LPOVERLAPPED_ENTRY entries, DWORD count, LPDWORD removed,
	 DWORD milliseconds, BOOL alertable),
	(port, entries, count, removed, milliseconds, alertable))
FORWARD(end_bool, PostQueuedCompletionStatus, MAILSLOT,
	(HANDLE port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED overlapped),
	(port, bytes, key, overlapped))
FORWARD(end_bool, CancelSynchronousIo, WIN32, (HANDLE thread), (thread))
FORWARD(end_bool, FlushFileBuffers, MAILSLOT, (HANDLE file), (file))

/* FILE_TYPE_UNKNOWN is an answer and a failure; the last error tells which. */
IMPORT(GetFileType, MAILSLOT);
EXPORTS(uintptr_t, GetFileType, (HANDLE file))
{
	int saved = errno;
	uint32_t type;

	real_SetLastError(ERROR_SUCCESS);
	type = real_GetFileType(file);
	end(!type && real_GetLastError(), saved);
	return type;
}

FORWARD(end_bool, CloseHandle, MAILSLOT, (HANDLE handle), (handle))
FORWARD(end_bool, DuplicateHandle, MAILSLOT,
	(HANDLE source_process, HANDLE source, HANDLE target_process, LPHANDLE target,
	 DWORD access, BOOL inherit, DWORD options),
	(source_process, source, target_process, target, access, inherit, options))
FORWARD(end_bool, GetHandleInformation, MAILSLOT, (HANDLE handle, LPDWORD flags), (handle, flags))
FORWARD(end_bool, SetHandleInformation, MAILSLOT, (HANDLE handle, DWORD mask, DWORD flags),
	(handle, mask, flags))
FORWARD(end_handle, GetStdHandle, WIN32, (DWORD which), (which))
