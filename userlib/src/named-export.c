// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Objects with names for extensions (libmailslot-object.h).
 */
#include "lock.h"
#include "named-open.h"

LIB_EXPORT struct mailslot_named *mailslot_named_open(const char *kind, LPCSTR name,
						      const struct mailslot_named_new *new_one,
						      BOOL *existed)
{
	struct mailslot_named *named;
	char file[EVENT_NAME_SIZE];
	DWORD error = event_name_encode(TEXT_A(name), file);
	bool was_there = false;

	if (error) {
		lib_fail(error);
		return NULL;
	}
	lib_lock_take();
	named = named_open(kind, file, new_one, &was_there);
	lib_lock_drop();
	if (!named)
		lib_fail(error_from_errno(errno));
	*existed = was_there;
	return named;
}

LIB_EXPORT void mailslot_named_close(struct mailslot_named *named)
{
	lib_lock_take();
	named_close(named);
	lib_lock_drop();
}

LIB_EXPORT int mailslot_named_fd(struct mailslot_named *named)
{
	int fd = descriptor_duplicate(named->fifo, false);

	if (fd < 0)
		lib_fail(error_from_errno(errno));
	return fd;
}

LIB_EXPORT const char *mailslot_named_key(struct mailslot_named *named)
{
	return named->file;
}

LIB_EXPORT int mailslot_named_take(struct mailslot_named *named)
{
	switch (named_take(named)) {
	case ACQUIRED:
		return 1;
	case ACQUIRED_ABANDONED:
		return MAILSLOT_OBJECT_ABANDONED;
	default:
		return 0;
	}
}

LIB_EXPORT void mailslot_named_untake(struct mailslot_named *named, BOOL abandoned)
{
	named_untake(named, abandoned);
}

LIB_EXPORT DWORD mailslot_named_post(struct mailslot_named *named, LONG count, LONG *previous)
{
	return named_post(named, count, previous);
}

LIB_EXPORT BOOL mailslot_named_owned(struct mailslot_named *named)
{
	return named_is_owned(named);
}
