// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Last errors, and what errno and NT status values are called in Win32.  Where one
 * errno means different things to different functions, the function says so itself;
 * here is what it means everywhere else.
 */
#include "lib.h"

__thread DWORD lib_last_error __attribute__((tls_model("initial-exec")));

LIB_EXPORT DWORD WINAPI GetLastError(void)
{
	return lib_last_error;
}

LIB_EXPORT void WINAPI SetLastError(DWORD error)
{
	lib_last_error = error;
}

DWORD error_from_errno(int err)
{
	switch (err) {
	case 0:
		return ERROR_SUCCESS;
	case EBADF:
	case ENOTTY:
		return ERROR_INVALID_HANDLE;
	case EACCES:
	case EPERM:
		return ERROR_ACCESS_DENIED;
	case EEXIST:
		return ERROR_ALREADY_EXISTS;
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case ENOTDIR:
	case EISDIR:
	case ELOOP:
		return ERROR_FILE_NOT_FOUND;
	case ENAMETOOLONG:
		return ERROR_FILENAME_EXCED_RANGE;
	case EPIPE:
		return ERROR_HANDLE_EOF;
	case ETIMEDOUT:
		return ERROR_SEM_TIMEOUT;
	case EFAULT:
		return ERROR_NOACCESS;
	case ENOMEM:
		return ERROR_NOT_ENOUGH_MEMORY;
	case EAGAIN:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
	case ENOSPC:
		return ERROR_NO_SYSTEM_RESOURCES;
	case EOPNOTSUPP:
		return ERROR_NOT_SUPPORTED;
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

/* The values of OVERLAPPED.Internal for each way in which an operation can end. */
static const struct {
	DWORD error;
	DWORD status;
} statuses[] = {
	{ ERROR_SUCCESS,		0x00000000 },	/* SUCCESS */
	{ ERROR_IO_INCOMPLETE,		STATUS_PENDING },
	{ ERROR_ACCESS_DENIED,		0xC0000022 },	/* ACCESS_DENIED */
	{ ERROR_INVALID_HANDLE,		0xC0000008 },	/* INVALID_HANDLE */
	{ ERROR_NOT_ENOUGH_MEMORY,	0xC0000017 },	/* NO_MEMORY */
	{ ERROR_HANDLE_EOF,		0xC0000011 },	/* END_OF_FILE */
	{ ERROR_NOT_SUPPORTED,		0xC00000BB },	/* NOT_SUPPORTED */
	{ ERROR_BAD_NETPATH,		0xC00000BE },	/* BAD_NETWORK_PATH */
	{ ERROR_INVALID_PARAMETER,	0xC000000D },	/* INVALID_PARAMETER */
	{ ERROR_SEM_TIMEOUT,		0xC00000B5 },	/* IO_TIMEOUT */
	{ ERROR_INSUFFICIENT_BUFFER,	0xC0000023 },	/* BUFFER_TOO_SMALL */
	{ ERROR_OPERATION_ABORTED,	0xC0000120 },	/* CANCELLED */
	{ ERROR_NOACCESS,		0xC0000005 },	/* ACCESS_VIOLATION */
	{ ERROR_NO_SYSTEM_RESOURCES,	0xC000009A },	/* INSUFFICIENT_RESOURCES */
};

DWORD error_to_status(DWORD error)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].error == error)
			return statuses[i].status;
	return 0xC0000001;	/* UNSUCCESSFUL */
}

DWORD error_from_status(DWORD status)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].error;
	return ERROR_INVALID_PARAMETER;
}
