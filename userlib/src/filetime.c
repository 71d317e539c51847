// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Times of slots as FILETIMEs: units of 100 ns since 1601.
 */
#include <sys/ioctl.h>

#include "end-object.h"
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

/* Return false if the kernel's nanoseconds, from 1677 to 2262, cannot express the time. */
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

/* Set one of the three times, unless it is 0 or not given. */
static DWORD set_time(const FILETIME *time, uint32_t bit, uint32_t *mask, __s64 *ns)
{
	if (!time || !to_units(time))
		return ERROR_SUCCESS;
	if (!to_ns(to_units(time), ns))
		return ERROR_INVALID_PARAMETER;
	*mask |= bit;
	return ERROR_SUCCESS;
}

/*
 * Set the time of the last access or the last write: -1 stops its updates, -2 lets them go
 * on, all others are times.
 */
static DWORD set_last(const FILETIME *time, uint32_t keep, uint32_t *flags, uint32_t bit,
		      uint32_t *mask, __s64 *ns)
{
	uint64_t units = time ? to_units(time) : 0;

	if (units == (uint64_t)-1)
		*flags |= keep;
	else if (units == (uint64_t)-2)
		*flags &= ~keep;
	else
		return set_time(time, bit, mask, ns);
	return ERROR_SUCCESS;
}

static DWORD set_times(struct end *end, const FILETIME *creation, const FILETIME *access,
		       const FILETIME *write)
{
	__s64 creation_ns = 0, read_ns = 0, write_ns = 0;
	struct mailslot_set_info set;
	uint32_t mask = 0, old, flags;
	struct mailslot_info info;
	DWORD error;

	error = slot_info(end, &info);
	if (error)
		return error;
	old = info.flags & (MAILSLOT_INFO_KEEP_READ_TIME | MAILSLOT_INFO_KEEP_WRITE_TIME);
	flags = old;
	error = set_time(creation, MAILSLOT_SET_CREATION_TIME, &mask, &creation_ns);
	if (!error)
		error = set_last(access, MAILSLOT_INFO_KEEP_READ_TIME, &flags,
				 MAILSLOT_SET_LAST_READ_TIME, &mask, &read_ns);
	if (!error)
		error = set_last(write, MAILSLOT_INFO_KEEP_WRITE_TIME, &flags,
				 MAILSLOT_SET_LAST_WRITE_TIME, &mask, &write_ns);
	if (error)
		return error;
	set = (struct mailslot_set_info) {
		.mask = mask | (flags != old ? MAILSLOT_SET_FLAGS : 0),
		.flags = flags != old ? flags : 0,
		.creation_time_ns = creation_ns,
		.last_read_time_ns = read_ns,
		.last_write_time_ns = write_ns,
	};
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
