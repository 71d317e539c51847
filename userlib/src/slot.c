// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Slots: making them, and what can be asked and set.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "end-object.h"
#include "home.h"
#include "lookup.h"
#include "posix-acl.h"
#include "security.h"
#include "slot.h"

#define NS_PER_MS	1000000

/* Win32 timeouts are milliseconds; the one that is all ones has no end. */
static uint64_t timeout_to_ns(DWORD milliseconds)
{
	return milliseconds == MAILSLOT_WAIT_FOREVER ? MAILSLOT_WAIT_FOREVER_NS :
						       (uint64_t)milliseconds * NS_PER_MS;
}

/*
 * Round up, as a timeout must not become shorter, and keep a timeout that has an end apart
 * from the one that has none.
 */
static DWORD timeout_from_ns(uint64_t ns)
{
	uint64_t milliseconds = ns / NS_PER_MS + (ns % NS_PER_MS != 0);

	if (ns == MAILSLOT_WAIT_FOREVER_NS)
		return MAILSLOT_WAIT_FOREVER;
	return milliseconds < MAILSLOT_WAIT_FOREVER ? (DWORD)milliseconds :
						      MAILSLOT_WAIT_FOREVER - 1;
}

static DWORD saturate(uint64_t value)
{
	return value < UINT32_MAX ? (DWORD)value : UINT32_MAX;
}

/* Ask the kernel what the slot of an end is.  With lib_lock held. */
DWORD slot_info(struct end *end, struct mailslot_info *info)
{
	return ioctl(end->base.fd, MAILSLOT_IOC_GET_INFO, info) < 0 ? error_from_errno(errno) :
								      ERROR_SUCCESS;
}

static DWORD create_error(int err)
{
	switch (err) {
	case EINVAL:
		return ERROR_INVALID_NAME;
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case ENOTTY:
		return ERROR_NOT_SUPPORTED;	/* no module, or no instance any more */
	case EROFS:
		return ERROR_ACCESS_DENIED;
	default:
		return error_from_errno(err);
	}
}

/* The server's descriptor, or -1 and errno. */
static int create(struct mailslot_create *request, bool instance)
{
	int at, fd;

	if (instance)
		at = descriptor_open(home_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else
		at = descriptor_open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	if (at < 0)
		return -1;
	do {
		fd = ioctl(at, MAILSLOT_IOC_CREATE, request);
	} while (fd < 0 && (errno == EINTR || descriptor_make_room(errno)));
	descriptor_close(at);
	return descriptor_raise(fd);
}

/*
 * Did the slot get its node?  A file that was left in the node's place hides the slot from
 * clients.  If there is nothing, /dev shows no devices, as in a container, and the slot works
 * by its descriptor.
 */
static bool node_is_ours(const char *path, const struct mailslot_info *info)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT;
	return S_ISCHR(st.st_mode) && st.st_rdev == makedev(info->dev_major, info->dev_minor);
}

static DWORD finish_node(const char *name, const struct mailslot_info *info,
			 const struct permissions *permissions)
{
	char path[LOOKUP_PATH_SIZE];

	lookup_path(name, path);
	if (!node_is_ours(path, info))
		return ERROR_ALREADY_EXISTS;
	if (permissions->exact && chmod(path, permissions->mode) && errno != ENOENT)
		return error_from_errno(errno);
	return ERROR_SUCCESS;
}

/*
 * The mode to make a node of an instance with, so that nobody ever has more than a descriptor says:
 * until its list is set, the umask and the default list of the directory have their part. What
 * others may do, named accounts may not all do; what the owning group may do, accounts of the
 * default list could do as well.
 */
static mode_t first_mode(const struct permissions *permissions)
{
	mode_t others = permissions->mode & 7;

	if (!permissions->exact)
		return permissions->mode;
	if (posix_acl_is_needed(permissions))
		return permissions->mode & 0700;
	return permissions->mode & (0700 | others << 3 | others);
}

static HANDLE add_server(int fd, const char *name, const struct permissions *permissions,
			 bool instance)
{
	struct mailslot_info info;
	struct handle *handle;
	DWORD error;

	if (ioctl(fd, MAILSLOT_IOC_GET_INFO, &info) < 0)
		error = error_from_errno(errno);
	else if (instance)
		error = permissions->exact ? posix_acl_set(fd, permissions) : ERROR_SUCCESS;
	else
		error = finish_node(name, &info, permissions);
	if (error) {
		lib_fail(error);
		return NULL;
	}
	lib_lock_take();
	handle = end_add(fd, &info, HANDLE_READ, NULL);
	lib_lock_drop();
	return handle ? handle_value(handle) : NULL;
}

static HANDLE create_mailslot(struct text text, DWORD max_message_size, DWORD read_timeout,
			      LPSECURITY_ATTRIBUTES security)
{
	struct mailslot_create request = {
		.flags = MAILSLOT_CREATE_NONBLOCK |
			 (security && security->bInheritHandle ? MAILSLOT_CREATE_INHERIT : 0),
		.max_message_size = max_message_size,
		.read_timeout_ns = timeout_to_ns(read_timeout),
	};
	char host[NAME_HOST_SIZE], path[LOOKUP_PATH_SIZE];
	struct permissions permissions;
	enum name_place place;
	bool instance = false;
	DWORD error;
	HANDLE handle;
	int fd;

	error = text_is_null(text) ? ERROR_PATH_NOT_FOUND :
				     name_parse(text, &place, host, request.name);
	if (!error && place != NAME_LOCAL)
		error = ERROR_INVALID_NAME;
	if (!error)
		error = home_find(&instance);
	/* The kernel keeps folded names apart, but not those that native programs did not fold. */
	if (!error && lookup_slot(request.name, path) != LOOKUP_FREE)
		error = ERROR_ALREADY_EXISTS;
	if (!error)
		error = security_permissions(security, &permissions);
	if (!error && !instance && posix_acl_is_needed(&permissions))
		error = ERROR_NOT_SUPPORTED;
	if (error) {
		lib_fail(error);
		return INVALID_HANDLE_VALUE;
	}
	/*
	 * The umask removes bits from the mode of a node in /dev at first, so that nobody gets more
	 * rights.
	 */
	request.mode = instance ? first_mode(&permissions) : permissions.mode;
	fd = create(&request, instance);
	if (fd < 0) {
		lib_fail(create_error(errno));
		return INVALID_HANDLE_VALUE;
	}
	lookup_made(request.name);
	handle = add_server(fd, request.name, &permissions, instance);
	if (!handle) {
		close(fd);
		return INVALID_HANDLE_VALUE;
	}
	return handle;
}

LIB_EXPORT HANDLE WINAPI CreateMailslotA(LPCSTR name, DWORD max_message_size, DWORD read_timeout,
					 LPSECURITY_ATTRIBUTES security)
{
	return create_mailslot(TEXT_A(name), max_message_size, read_timeout, security);
}

LIB_EXPORT HANDLE WINAPI CreateMailslotW(LPCWSTR name, DWORD max_message_size, DWORD read_timeout,
					 LPSECURITY_ATTRIBUTES security)
{
	return create_mailslot(TEXT_W(name), max_message_size, read_timeout, security);
}

LIB_EXPORT BOOL WINAPI GetMailslotInfo(HANDLE mailslot, LPDWORD max_message_size,
				       LPDWORD next_size, LPDWORD message_count,
				       LPDWORD read_timeout)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct mailslot_info info;
	struct handle *handle;
	struct end *end;

	lib_lock_take();
	end = end_find(mailslot, &handle);
	if (end)
		error = slot_info(end, &info);
	lib_lock_drop();
	if (error)
		return lib_fail(error);
	if (max_message_size)
		*max_message_size = info.max_message_size;
	if (next_size)
		*next_size = info.next_message_size;
	if (message_count)
		*message_count = saturate(info.message_count);
	if (read_timeout)
		*read_timeout = timeout_from_ns(info.read_timeout_ns);
	return TRUE;
}

LIB_EXPORT BOOL WINAPI SetMailslotInfo(HANDLE mailslot, DWORD read_timeout)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT,
		.read_timeout_ns = timeout_to_ns(read_timeout),
	};
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;
	struct end *end;

	lib_lock_take();
	end = end_find(mailslot, &handle);
	if (end && !end->server)
		error = ERROR_ACCESS_DENIED;
	else if (end)
		error = ioctl(end->base.fd, MAILSLOT_IOC_SET_INFO, &set) < 0 ?
			error_from_errno(errno) : ERROR_SUCCESS;
	lib_lock_drop();
	return lib_result(error);
}
