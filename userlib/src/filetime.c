// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Times of slots as FILETIMEs: units of 100 ns since 1601.
 */
#include <sys/ioctl.h>

#include "slot.h"

/* From 1601-01-01 to 1970-01-01. */
#define UNITS_TO_1970	116444736000000000LL
#define NS_PER_UNIT	100

static FILETIME from_ns(int64_t ns)
{
	int64_t units = ns / NS_PER_UNIT - (ns % NS_PER_UNIT < 0) + UNITS_TO_1970;

	return (FILETIME){
		.dwLowDateTime = (DWORD)units,
		.dwHighDateTime = (DWORD)((uint64_t)units >> 32),
	};
}

static uint64_t to_units(const FILETIME *time)
{
	return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

/* False: the kernel's nanoseconds, from 1677 to 2262, cannot express it. */
static bool to_ns(uint64_t units, __s64 *ns)
{
	int64_t since_1970 = (int64_t)units - UNITS_TO_1970;

	if (units > INT64_MAX)
		return false;
	return !__builtin_mul_overflow(since_1970, (int64_t)NS_PER_UNIT, ns);
}

LIB_EXPORT BOOL WINAPI GetFileTime(HANDLE file, LPFILETIME creation, LPFILETIME access,
				   LPFILETIME write)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct mailslot_info info;
	struct handle *handle;
	struct end *end;

	lib_lock_take();
	end = end_find(file, &handle);
	if (end)
		error = slot_info(end, &info);
	lib_lock_drop();
	if (error)
		return lib_fail(error);
	if (creation)
		*creation = from_ns(info.creation_time_ns);
	if (access)
		*access = from_ns(info.last_read_time_ns);
	if (write)
		*write = from_ns(info.last_write_time_ns);
	return TRUE;
}

/*
 * Last access and last write are what happened last; all that can be set is whether
 * they go on: -1 stops them, -2 lets them go on, 0 leaves them be.
 */
static DWORD set_keep(const FILETIME *time, uint32_t flag, uint32_t *flags)
{
	uint64_t units = time ? to_units(time) : 0;

	if (!units)
		return ERROR_SUCCESS;
	if (units == (uint64_t)-1)
		*flags |= flag;
	else if (units == (uint64_t)-2)
		*flags &= ~flag;
	else
		return ERROR_NOT_SUPPORTED;
	return ERROR_SUCCESS;
}

static DWORD set_times(struct end *end, const FILETIME *creation, const FILETIME *access,
		       const FILETIME *write)
{
	struct mailslot_set_info set = { .mask = 0 };
	struct mailslot_info info;
	uint32_t old;
	DWORD error;

	error = slot_info(end, &info);
	if (error)
		return error;
	old = info.flags & (MAILSLOT_INFO_KEEP_READ_TIME | MAILSLOT_INFO_KEEP_WRITE_TIME);
	set.flags = old;
	error = set_keep(access, MAILSLOT_INFO_KEEP_READ_TIME, &set.flags);
	if (!error)
		error = set_keep(write, MAILSLOT_INFO_KEEP_WRITE_TIME, &set.flags);
	if (error)
		return error;
	if (set.flags != old)
		set.mask |= MAILSLOT_SET_FLAGS;
	else
		set.flags = 0;
	if (creation && to_units(creation)) {
		if (!to_ns(to_units(creation), &set.creation_time_ns))
			return ERROR_INVALID_PARAMETER;
		set.mask |= MAILSLOT_SET_CREATION_TIME;
	}
	return ioctl(end->base.fd, MAILSLOT_IOC_SET_INFO, &set) < 0 ? error_from_errno(errno) :
								     ERROR_SUCCESS;
}

LIB_EXPORT BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *creation, const FILETIME *access,
				   const FILETIME *write)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;
	struct end *end;

	lib_lock_take();
	end = end_find(file, &handle);
	if (end)
		error = end->server ? set_times(end, creation, access, write) :
				      ERROR_ACCESS_DENIED;
	lib_lock_drop();
	return lib_result(error);
}
