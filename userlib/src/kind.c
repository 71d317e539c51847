// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * GetFileType and FlushFileBuffers: the kind of file that a handle is, and flushing it.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "extension.h"
#include "handle.h"

/* A duplicate of the descriptor of a handle to a file; else -1 and the error. */
static int file_of(HANDLE value, uint32_t right, bool *is_end, DWORD *error)
{
	struct handle *handle;
	int fd = -1;

	*error = ERROR_INVALID_HANDLE;
	lib_lock_take();
	handle = handle_find(value);
	*is_end = handle && handle->object->class->kind == OBJECT_END;
	if (*is_end && right && !(handle_state(handle) & right))
		*error = ERROR_ACCESS_DENIED;
	else if (*is_end || (handle && extension_is_file(handle->object)))
		fd = descriptor_duplicate(handle->object->fd, false);
	lib_lock_drop();
	return fd;
}

static DWORD type_of_mode(mode_t mode)
{
	if (S_ISREG(mode) || S_ISDIR(mode) || S_ISBLK(mode))
		return FILE_TYPE_DISK;
	if (S_ISFIFO(mode) || S_ISSOCK(mode))
		return FILE_TYPE_PIPE;
	return S_ISCHR(mode) ? FILE_TYPE_CHAR : FILE_TYPE_UNKNOWN;
}

/**
 * GetFileType() - what kind of file a handle is
 * @file: the handle
 *
 * Windows names no kind for a mailslot (this library's own choice).
 *
 * Return: FILE_TYPE_DISK, FILE_TYPE_CHAR, FILE_TYPE_PIPE or FILE_TYPE_UNKNOWN; the last error is
 * then 0, or 6 when the handle is bad or no file's.
 */
LIB_EXPORT DWORD WINAPI GetFileType(HANDLE file)
{
	DWORD type = FILE_TYPE_UNKNOWN, error;
	struct stat st;
	bool is_end;
	int fd;

	fd = file_of(file, 0, &is_end, &error);
	if (fd >= 0) {
		if (!is_end && !fstat(fd, &st))
			type = type_of_mode(st.st_mode);
		close(fd);
		error = ERROR_SUCCESS;
	}
	lib_fail(error);
	return type;
}

/**
 * FlushFileBuffers() - have what was written be safe
 * @file: a client end, or a file or pipe behind a standard handle
 *
 * What WriteFile() accepted is in the slot and as safe as it will be.
 *
 * Return: TRUE, or FALSE and the last error: 5 for a handle that may not write, a server's among
 * them; 6 for a bad handle, one that is no file's, and a terminal.
 */
LIB_EXPORT BOOL WINAPI FlushFileBuffers(HANDLE file)
{
	bool is_end;
	DWORD error;
	int fd;

	fd = file_of(file, HANDLE_WRITE, &is_end, &error);
	if (fd < 0)
		return lib_fail(error);
	error = ERROR_SUCCESS;
	if (!is_end && isatty(fd))
		error = ERROR_INVALID_HANDLE;
	else if (!is_end && fsync(fd) && errno != EINVAL && errno != EROFS)
		error = error_from_errno(errno);
	close(fd);
	return lib_result(error);
}
