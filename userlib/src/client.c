// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Client ends: opening them, and waiting until a slot is there to be opened.  Writing to
 * them is in file.c.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "appear.h"
#include "end-object.h"
#include "home.h"
#include "lookup.h"

/* Open the slot, whatever the case of its name; -1 and errno. */
static int open_slot(const char *name, int flags)
{
	char path[LOOKUP_PATH_SIZE];
	int fd;

	lookup_path(name, path);
	fd = descriptor_open(path, flags);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (lookup_slot(name, path) == LOOKUP_SLOT)
		return descriptor_open(path, flags);
	errno = ENOENT;
	return -1;
}

/* Is the descriptor a client end, and of the slot whose node it was opened by? */
static bool is_slot(int fd, struct mailslot_info *info)
{
	struct stat st;

	return ioctl(fd, MAILSLOT_IOC_GET_INFO, info) >= 0 &&
	       !(info->flags & MAILSLOT_INFO_SERVER) && !fstat(fd, &st) &&
	       S_ISCHR(st.st_mode) && st.st_rdev == makedev(info->dev_major, info->dev_minor);
}

static DWORD open_client(const char *name, uint32_t rights, bool inherit, bool overlapped,
			 HANDLE *value)
{
	/* A descriptor of Linux' fourth mode, O_ACCMODE, can neither be read nor written. */
	static const int modes[] = { O_ACCMODE, O_RDONLY, O_WRONLY, O_RDWR };
	int flags = modes[!!(rights & HANDLE_READ) + 2 * !!(rights & HANDLE_WRITE)];
	struct mailslot_info info;
	struct handle *handle;
	int fd;

	flags |= O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
	flags |= (inherit ? 0 : O_CLOEXEC) | (overlapped ? O_APPEND : 0);
	fd = descriptor_raise(open_slot(name, flags));
	if (fd < 0)
		return error_from_errno(errno);
	if (!is_slot(fd, &info)) {
		close(fd);
		return ERROR_FILE_NOT_FOUND;
	}
	lib_lock_take();
	handle = end_add(fd, &info, rights);
	lib_lock_drop();
	if (!handle) {
		close(fd);
		return lib_last_error;
	}
	*value = handle_value(handle);
	return ERROR_SUCCESS;
}

/* Parse the name of a slot that a client can open; else return the error of CreateFile(). */
static DWORD parse_client_name(struct text text, char name[MAILSLOT_NAME_SIZE])
{
	char host[NAME_HOST_SIZE];
	enum name_place place;
	DWORD error = name_parse(text, &place, host, name);

	if (error == ERROR_INVALID_NAME && place == NAME_NOT_MAILSLOT)
		return ERROR_NOT_SUPPORTED;
	if (!error && place == NAME_REMOTE)
		return ERROR_REMOTE_MAILSLOTS_DEPRECATED;
	return error ? error : home_error();
}

static DWORD create_file(struct text text, DWORD access, LPSECURITY_ATTRIBUTES security,
			 DWORD disposition, DWORD flags, HANDLE *value)
{
	char name[MAILSLOT_NAME_SIZE], path[LOOKUP_PATH_SIZE];
	DWORD error;

	if (text_is_null(text))
		return ERROR_PATH_NOT_FOUND;
	if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING)
		return ERROR_INVALID_PARAMETER;
	error = parse_client_name(text, name);
	if (error)
		return error;
	if (disposition == CREATE_NEW)
		return lookup_slot(name, path) == LOOKUP_SLOT ? ERROR_FILE_EXISTS :
								ERROR_FILE_NOT_FOUND;
	error = open_client(name, handle_rights(access), security && security->bInheritHandle,
			    flags & FILE_FLAG_OVERLAPPED, value);
	/* Programs wait for a slot while the last error is 2: success must end that. */
	if (!error)
		lib_last_error = disposition == OPEN_ALWAYS || disposition == CREATE_ALWAYS ?
				 ERROR_ALREADY_EXISTS : ERROR_SUCCESS;
	return error;
}

LIB_EXPORT HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share,
				     LPSECURITY_ATTRIBUTES security, DWORD disposition,
				     DWORD flags, HANDLE template_file)
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	DWORD error = create_file(TEXT_A(name), access, security, disposition, flags, &handle);

	(void)share;
	(void)template_file;
	if (error)
		lib_fail(error);
	return handle;
}

LIB_EXPORT HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share,
				     LPSECURITY_ATTRIBUTES security, DWORD disposition,
				     DWORD flags, HANDLE template_file)
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	DWORD error = create_file(TEXT_W(name), access, security, disposition, flags, &handle);

	(void)share;
	(void)template_file;
	if (error)
		lib_fail(error);
	return handle;
}

struct arrival {
	const char *name;
	DWORD error;
};

/* Can the slot be opened for writing now, or will it never? */
static bool try_to_open(void *data)
{
	struct arrival *arrival = data;
	struct mailslot_info info;
	int fd;

	fd = open_slot(arrival->name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		arrival->error = error_from_errno(errno);
	} else {
		arrival->error = is_slot(fd, &info) ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND;
		close(fd);
	}
	return arrival->error != ERROR_FILE_NOT_FOUND && arrival->error != ERROR_ACCESS_DENIED;
}

/**
 * mailslot_wait() - wait until a slot can be opened for writing
 * @name: its name, as CreateFile() takes it
 * @milliseconds: how long to wait at the most; INFINITE
 *
 * Return: TRUE; else FALSE and the last error: 121 when there was no such slot in time, 5 when
 * there was one at the end, but no permission to write to it; or what CreateFile() says of a
 * name that is none.
 */
LIB_EXPORT BOOL mailslot_wait(LPCSTR name, DWORD milliseconds)
{
	char folded[MAILSLOT_NAME_SIZE];
	struct arrival arrival = { .name = folded };
	DWORD error;

	error = name ? parse_client_name(TEXT_A(name), folded) : ERROR_PATH_NOT_FOUND;
	if (error)
		return lib_fail(error);
	if (appear_wait(home_directory(), folded, true, try_to_open, &arrival,
			clock_deadline_ms(milliseconds)))
		return lib_result(arrival.error);
	return lib_fail(arrival.error == ERROR_ACCESS_DENIED ? ERROR_ACCESS_DENIED :
							       ERROR_SEM_TIMEOUT);
}
