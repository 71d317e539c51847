// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program that handle.c hands its handles to: it knows their numbers, nothing else.
 * Exit status 0: all is as it should be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmailslot.h>

static int server(HANDLE handle)
{
	char buffer[64];
	DWORD n, timeout, flags;

	if (!GetHandleInformation(handle, &flags) || flags != HANDLE_FLAG_INHERIT)
		return 1;
	if (!GetMailslotInfo(handle, NULL, NULL, NULL, &timeout))
		return 2;
	if (!ReadFile(handle, buffer, sizeof(buffer), &n, NULL) || n != 12 ||
	    memcmp(buffer, "to the child", 12))
		return 3;
	if (ReadFile(handle, buffer, sizeof(buffer), &n, NULL) ||
	    GetLastError() != ERROR_SEM_TIMEOUT)
		return 4;
	return WriteFile(handle, "x", 1, &n, NULL) || GetLastError() != ERROR_ACCESS_DENIED ? 5 : 0;
}

static int client(HANDLE handle)
{
	char byte;
	DWORD n;

	if (!WriteFile(handle, "from the child", 14, &n, NULL) || n != 14)
		return 1;
	return ReadFile(handle, &byte, 1, &n, NULL) || GetLastError() != ERROR_ACCESS_DENIED;
}

/* Only on a handle opened with FILE_FLAG_OVERLAPPED does a write pend. */
static int overlapped(HANDLE handle)
{
	OVERLAPPED overlapped = { .hEvent = NULL };
	static char message[60000];
	DWORD n;

	while (WriteFile(handle, message, sizeof(message), &n, &overlapped))
		;
	if (GetLastError() == ERROR_NO_SYSTEM_RESOURCES)
		return 2;
	return GetLastError() != ERROR_IO_PENDING;
}

static int fails(HANDLE handle, DWORD reading, DWORD writing)
{
	char byte;
	DWORD n;

	if (ReadFile(handle, &byte, 1, &n, NULL) || GetLastError() != reading)
		return 1;
	return WriteFile(handle, "x", 1, &n, NULL) || GetLastError() != writing ? 2 : 0;
}

static int event(HANDLE handle, DWORD second)
{
	if (WaitForSingleObject(handle, 0) != WAIT_TIMEOUT || !SetEvent(handle))
		return 1;
	if (WaitForSingleObject(handle, 0) != WAIT_OBJECT_0)
		return 2;
	if (WaitForSingleObject(handle, 0) != second)
		return 3;
	return !SetEvent(handle);
}

int main(int argc, char **argv)
{
	HANDLE handle = (HANDLE)(intptr_t)(argc == 3 ? atoi(argv[2]) : 0);
	const char *what = argv[1];

	if (argc != 3)
		return 100;
	if (!strcmp(what, "server"))
		return server(handle);
	if (!strcmp(what, "client"))
		return client(handle);
	if (!strcmp(what, "overlapped"))
		return overlapped(handle);
	if (!strcmp(what, "none"))
		return fails(handle, ERROR_ACCESS_DENIED, ERROR_ACCESS_DENIED);
	if (!strcmp(what, "reader"))
		return fails(handle, ERROR_INVALID_PARAMETER, ERROR_ACCESS_DENIED);
	if (!strcmp(what, "manual"))
		return event(handle, WAIT_OBJECT_0);
	if (!strcmp(what, "automatic"))
		return event(handle, WAIT_TIMEOUT);
	return 100;
}
