/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clock of the multimedia functions, in milliseconds.
 */
#ifndef MAILSLOT_WIN32_MMSYSTEM_H
#define MAILSLOT_WIN32_MMSYSTEM_H

#include "windef.h"

typedef UINT MMRESULT;

#define TIMERR_NOERROR	0
#define TIMERR_NOCANDO	97

typedef struct timecaps_tag {
	UINT wPeriodMin;
	UINT wPeriodMax;
} TIMECAPS, *PTIMECAPS, *LPTIMECAPS;

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API DWORD WINAPI timeGetTime(void);
/* Linux' timers are as fine as they can be: a period is checked, and changes nothing. */
MAILSLOT_WIN32_API MMRESULT WINAPI timeBeginPeriod(UINT period);
MAILSLOT_WIN32_API MMRESULT WINAPI timeEndPeriod(UINT period);
MAILSLOT_WIN32_API MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS caps, UINT size);

MAILSLOT_WIN32_END

#endif /* MAILSLOT_WIN32_MMSYSTEM_H */
