// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Results as Windows' functions return them: errors of system calls, and strings in the
 * caller's buffer.
 */
#include "internal.h"

DWORD error_from_errno(int error)
{
	switch (error) {
	case 0:
		return ERROR_SUCCESS;
	case ENOENT:
		return ERROR_FILE_NOT_FOUND;
	case ENOTDIR:
		return ERROR_PATH_NOT_FOUND;
	case EACCES:
	case EPERM:
		return ERROR_ACCESS_DENIED;
	case EBADF:
		return ERROR_INVALID_HANDLE;
	case ENOMEM:
		return ERROR_NOT_ENOUGH_MEMORY;
	case EMFILE:
	case ENFILE:
		return ERROR_TOO_MANY_OPEN_FILES;
	case EEXIST:
		return ERROR_ALREADY_EXISTS;
	case ENOEXEC:
		return ERROR_BAD_EXE_FORMAT;
	case ENAMETOOLONG:
		return ERROR_FILENAME_EXCED_RANGE;
	case EFAULT:
		return ERROR_NOACCESS;
	case EPIPE:
		return ERROR_NO_DATA;
	case ENOSPC:
		return ERROR_DISK_FULL;
	case EAGAIN:
		return ERROR_NO_SYSTEM_RESOURCES;
	case ESRCH:
	case EINVAL:
		return ERROR_INVALID_PARAMETER;
	default:
		return ERROR_GEN_FAILURE;
	}
}

DWORD store_a(const char *text, char *buffer, DWORD size)
{
	DWORD length = (DWORD)strlen(text);

	if (length >= size) {
		SetLastError(ERROR_INSUFFICIENT_BUFFER);
		return length + 1;
	}
	memcpy(buffer, text, length + 1);
	return length;
}

DWORD store_w(const char *text, wchar_t *buffer, DWORD size)
{
	size_t n = strlen(text);
	DWORD length = (DWORD)wide_from_utf8(NULL, 0, text, n, NULL);

	if (length >= size) {
		SetLastError(ERROR_INSUFFICIENT_BUFFER);
		return length + 1;
	}
	wide_from_utf8(buffer, size, text, n + 1, NULL);
	return length;
}

BOOL store_sized(const char *text, char *narrow, wchar_t *wide, LPDWORD size, DWORD error)
{
	DWORD length, given;
	char nothing;

	if (!size)
		return fail(ERROR_INVALID_PARAMETER);
	given = narrow || wide ? *size : 0;
	length = wide ? store_w(text, wide, given)
		      : store_a(text, narrow ? narrow : &nothing, given);
	*size = length;
	return length < given ? TRUE : fail(error);
}
