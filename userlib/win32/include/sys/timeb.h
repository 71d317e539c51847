/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The time with its milliseconds, as Windows' C library tells it; also under the names
 * that this header has elsewhere.
 */
#ifndef _SYS_TIMEB_H
#define _SYS_TIMEB_H

#include "../win32/crt.h"

struct _timeb {
	time_t time;		/* seconds since 1970-01-01 UTC */
	unsigned short millitm;
	short timezone;		/* minutes that UTC is ahead of local time, without summer time */
	short dstflag;		/* summer time is in force */
};

#define timeb		_timeb
#define __timeb64	_timeb
#define _timeb64	_timeb
#define __timeb32	_timeb
#define _ftime64	_ftime
#define _ftime32	_ftime
#define _ftime64_s	_ftime_s
#define _ftime32_s	_ftime_s
#define ftime(now)	_ftime(now)

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API void _ftime(struct _timeb *now);
MAILSLOT_WIN32_API errno_t _ftime_s(struct _timeb *now);

MAILSLOT_WIN32_END

#endif /* _SYS_TIMEB_H */
