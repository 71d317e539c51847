// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Client ends: opening them, and waiting until a slot is there to be opened.  Writing to
 * them is in file.c.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "appear.h"
#include "end-object.h"
#include "home.h"
#include "lookup.h"
#include "remote.h"

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

/* Open the slot @name, or @remote, which was allocated and is taken over on success. */
static DWORD open_client(const char *name, struct remote *remote, uint32_t rights, bool inherit,
			 bool overlapped, HANDLE *value)
{
	/* A descriptor of Linux' fourth mode, O_ACCMODE, can neither be read nor written. */
	static const int modes[] = { O_ACCMODE, O_RDONLY, O_WRONLY, O_RDWR };
	int flags = modes[!!(rights & HANDLE_READ) + 2 * !!(rights & HANDLE_WRITE)];
	struct mailslot_info info;
	struct handle *handle;
	int fd;

	/* Nobody can read the relay's slots: the permission to write is all there is. */
	if (remote)
		flags = O_WRONLY;
	flags |= O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
	flags |= (inherit ? 0 : O_CLOEXEC) | (overlapped ? O_APPEND : 0);
	fd = descriptor_raise(open_slot(name, flags));
	if (fd < 0)
		return error_from_errno(errno);
	if (!lookup_opened(fd, &info)) {
		close(fd);
		return ERROR_FILE_NOT_FOUND;
	}
	lib_lock_take();
	handle = end_add(fd, &info, rights, remote);
	lib_lock_drop();
	if (!handle) {
		close(fd);
		return lib_last_error;
	}
	*value = handle_value(handle);
	return ERROR_SUCCESS;
}

/* The target of a client: a slot on this machine, or a slot on another machine. */
struct target {
	bool remote;
	char host[NAME_HOST_SIZE];
	char name[MAILSLOT_NAME_SIZE];
};

/* Parse the name of a slot that a client can open; else return the error of CreateFile(). */
static DWORD parse_target(struct text text, struct target *target)
{
	enum name_place place;
	DWORD error = name_parse(text, &place, target->host, target->name);

	if (error == ERROR_INVALID_NAME && place == NAME_NOT_MAILSLOT)
		return ERROR_NOT_SUPPORTED;
	target->remote = place == NAME_REMOTE && !remote_is_own_host(target->host);
	return error ? error : home_error();
}

static DWORD find_remote(const struct target *target, struct remote *remote)
{
	return remote_find(target->host, target->name, REMOTE_HOST | REMOTE_DOMAIN, remote);
}

/* Open a slot on another machine.  Never 2: some programs would wait for the slot to come. */
static DWORD open_remote(const struct target *target, DWORD disposition, uint32_t rights,
			 bool inherit, bool overlapped, HANDLE *value)
{
	struct remote *remote = malloc(sizeof(*remote));
	DWORD error = ERROR_NOT_ENOUGH_MEMORY;

	if (remote)
		error = find_remote(target, remote);
	if (!error && disposition == CREATE_NEW)
		error = ERROR_FILE_EXISTS;
	if (!error)
		error = open_client(remote->slot, remote, rights, inherit, overlapped, value);
	if (error)
		free(remote);
	return error == ERROR_FILE_NOT_FOUND ? ERROR_ACCESS_DENIED : error;
}

static DWORD open_local(const char *name, DWORD disposition, uint32_t rights, bool inherit,
			bool overlapped, HANDLE *value)
{
	char path[LOOKUP_PATH_SIZE];

	if (disposition == CREATE_NEW)
		return lookup_slot(name, path) == LOOKUP_SLOT ? ERROR_FILE_EXISTS :
								ERROR_FILE_NOT_FOUND;
	return open_client(name, NULL, rights, inherit, overlapped, value);
}

static DWORD create_file(struct text text, DWORD access, LPSECURITY_ATTRIBUTES security,
			 DWORD disposition, DWORD flags, HANDLE *value)
{
	bool inherit = security && security->bInheritHandle;
	bool overlapped = flags & FILE_FLAG_OVERLAPPED;
	struct target target;
	DWORD error;

	if (text_is_null(text))
		return ERROR_PATH_NOT_FOUND;
	if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING)
		return ERROR_INVALID_PARAMETER;
	error = parse_target(text, &target);
	if (error)
		return error;
	if (target.remote)
		error = open_remote(&target, disposition, handle_rights(access), inherit,
				    overlapped, value);
	else
		error = open_local(target.name, disposition, handle_rights(access), inherit,
				   overlapped, value);
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
	struct target target;
	DWORD error;
};

/* Can the slot be opened for writing now?  Else the error says why not. */
static DWORD try_to_open(const struct target *target)
{
	const char *name = target->name;
	struct mailslot_info info;
	struct remote remote;
	DWORD error;
	int fd;

	if (target->remote) {
		error = find_remote(target, &remote);
		if (error)
			return error;
		name = remote.slot;
	}
	fd = open_slot(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_from_errno(errno);
	error = lookup_opened(fd, &info) ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND;
	close(fd);
	return error;
}

/* Can the slot be opened now, or will it never? */
static bool has_arrived(void *data)
{
	struct arrival *arrival = data;

	arrival->error = try_to_open(&arrival->target);
	return arrival->error != ERROR_FILE_NOT_FOUND && arrival->error != ERROR_ACCESS_DENIED;
}

/**
 * mailslot_wait() - wait until a slot can be opened for writing
 * @name: its name, as CreateFile() takes it
 * @milliseconds: how long to wait at the most; INFINITE
 *
 * For a slot on another machine the relay has to be there, and the wait is for the relay to take
 * messages for the slot.
 *
 * Return: TRUE; else FALSE and the last error: 121 when there was no such slot in time, 5 when
 * there was one at the end, but no permission to write to it; or what CreateFile() says of a
 * name that is none.
 */
LIB_EXPORT BOOL mailslot_wait(LPCSTR name, DWORD milliseconds)
{
	struct arrival arrival;
	const char *watched = arrival.target.name;
	DWORD error;

	error = name ? parse_target(TEXT_A(name), &arrival.target) : ERROR_PATH_NOT_FOUND;
	if (error)
		return lib_fail(error);
	if (arrival.target.remote)
		watched = REMOTE_TOP;
	if (appear_wait(home_directory(), watched, true, has_arrived, &arrival,
			clock_deadline_ms(milliseconds)))
		return lib_result(arrival.error);
	return lib_fail(arrival.error == ERROR_ACCESS_DENIED ? ERROR_ACCESS_DENIED :
							       ERROR_SEM_TIMEOUT);
}
