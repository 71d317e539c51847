// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Routines queued for a thread, and the end of a read that a thread waits in.
 */
#include "thread.h"
#include <libmailslot-object.h>

DWORD WINAPI QueueUserAPC(PAPCFUNC routine, HANDLE thread, ULONG_PTR argument)
{
	uint64_t number;
	DWORD error;

	if (!routine)
		return (DWORD)fail(ERROR_INVALID_PARAMETER);
	number = thread_number(thread, true);
	if (!number)
		return FALSE;
	error = mailslot_thread_queue(number, routine, argument);
	return error ? (DWORD)fail(error) : TRUE;
}

BOOL WINAPI CancelSynchronousIo(HANDLE thread)
{
	uint64_t number = thread_number(thread, false);
	DWORD error;

	if (!number)
		return FALSE;
	error = mailslot_thread_cancel(number);
	return error ? fail(error) : TRUE;
}
