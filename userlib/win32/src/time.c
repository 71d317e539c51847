// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Clocks, and the three ways Windows writes a moment: FILETIME (100 ns units since
 * 1601 UTC), SYSTEMTIME and ticks.
 */
#include "internal.h"

#define TICKS_PER_SECOND	10000000LL
#define SECONDS_TO_1970		11644473600LL
/* The last year that SYSTEMTIME can say. */
#define LAST_YEAR		30827

static struct timespec now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts;
}

static void put_filetime(LPFILETIME file, long long ticks)
{
	file->dwLowDateTime = (DWORD)ticks;
	file->dwHighDateTime = (DWORD)((unsigned long long)ticks >> 32);
}

static long long get_filetime(const FILETIME *file)
{
	return (long long)((unsigned long long)file->dwHighDateTime << 32 | file->dwLowDateTime);
}

static long long ticks_of(const struct timespec *ts)
{
	return (ts->tv_sec + SECONDS_TO_1970) * TICKS_PER_SECOND + ts->tv_nsec / 100;
}

static void put_systemtime(LPSYSTEMTIME system, const struct tm *tm, long milliseconds)
{
	system->wYear = (WORD)(tm->tm_year + 1900);
	system->wMonth = (WORD)(tm->tm_mon + 1);
	system->wDayOfWeek = (WORD)tm->tm_wday;
	system->wDay = (WORD)tm->tm_mday;
	system->wHour = (WORD)tm->tm_hour;
	system->wMinute = (WORD)tm->tm_min;
	system->wSecond = (WORD)tm->tm_sec;
	system->wMilliseconds = (WORD)milliseconds;
}

/* Get the seconds since 1970 of a broken-down UTC time. Return false if there is no such moment. */
static bool seconds_of(const SYSTEMTIME *system, time_t *seconds)
{
	struct tm tm = {
		.tm_year = system->wYear - 1900,
		.tm_mon = system->wMonth - 1,
		.tm_mday = system->wDay,
		.tm_hour = system->wHour,
		.tm_min = system->wMinute,
		.tm_sec = system->wSecond,
	};
	struct tm given = tm;

	if (system->wYear < 1601 || system->wYear > LAST_YEAR || system->wMilliseconds > 999)
		return false;
	*seconds = timegm(&tm);
	/* timegm() takes the 31st of June for the 1st of July */
	return tm.tm_mon == given.tm_mon && tm.tm_mday == given.tm_mday &&
	       tm.tm_hour == given.tm_hour && tm.tm_min == given.tm_min &&
	       tm.tm_sec == given.tm_sec;
}

void WINAPI Sleep(DWORD milliseconds)
{
	SleepEx(milliseconds, FALSE);
}

ULONGLONG WINAPI GetTickCount64(void)
{
	struct timespec ts = now(CLOCK_BOOTTIME);

	return (ULONGLONG)ts.tv_sec * 1000 + (ULONGLONG)ts.tv_nsec / 1000000;
}

DWORD WINAPI GetTickCount(void)
{
	return (DWORD)GetTickCount64();
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count)
{
	struct timespec ts = now(CLOCK_MONOTONIC);

	if (!count)
		return fail(ERROR_NOACCESS);
	count->QuadPart = ts.tv_sec * 1000000000LL + ts.tv_nsec;
	return TRUE;
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
	if (!frequency)
		return fail(ERROR_NOACCESS);
	frequency->QuadPart = 1000000000LL;
	return TRUE;
}

void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time)
{
	struct timespec ts = now(CLOCK_REALTIME);

	put_filetime(time, ticks_of(&ts));
}

void WINAPI GetSystemTimeAsFileTime(LPFILETIME time)
{
	GetSystemTimePreciseAsFileTime(time);
}

void WINAPI GetSystemTime(LPSYSTEMTIME time)
{
	struct timespec ts = now(CLOCK_REALTIME);
	struct tm tm;

	gmtime_r(&ts.tv_sec, &tm);
	put_systemtime(time, &tm, ts.tv_nsec / 1000000);
}

void WINAPI GetLocalTime(LPSYSTEMTIME time)
{
	struct timespec ts = now(CLOCK_REALTIME);
	struct tm tm;

	localtime_r(&ts.tv_sec, &tm);
	put_systemtime(time, &tm, ts.tv_nsec / 1000000);
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *file, LPSYSTEMTIME system)
{
	long long ticks = get_filetime(file);
	time_t seconds;
	struct tm tm;

	if (ticks < 0)
		return fail(ERROR_INVALID_PARAMETER);
	seconds = ticks / TICKS_PER_SECOND - SECONDS_TO_1970;
	if (!gmtime_r(&seconds, &tm) || tm.tm_year + 1900 > LAST_YEAR)
		return fail(ERROR_INVALID_PARAMETER);
	put_systemtime(system, &tm, (long)(ticks % TICKS_PER_SECOND / 10000));
	return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *system, LPFILETIME file)
{
	time_t seconds;

	if (!seconds_of(system, &seconds))
		return fail(ERROR_INVALID_PARAMETER);
	put_filetime(file, (seconds + SECONDS_TO_1970) * TICKS_PER_SECOND +
			   system->wMilliseconds * 10000LL);
	return TRUE;
}

/* Use the difference in force now, as on Windows, and not that of the moment that is converted. */
static long long local_offset(void)
{
	time_t seconds = now(CLOCK_REALTIME).tv_sec;
	struct tm tm;

	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff * TICKS_PER_SECOND;
}

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *file, LPFILETIME local)
{
	long long ticks = get_filetime(file);

	if (ticks < 0)
		return fail(ERROR_INVALID_PARAMETER);
	put_filetime(local, ticks + local_offset());
	return TRUE;
}

BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *local, LPFILETIME file)
{
	long long ticks = get_filetime(local);

	if (ticks < 0)
		return fail(ERROR_INVALID_PARAMETER);
	put_filetime(file, ticks - local_offset());
	return TRUE;
}

/* Support only the zone of this machine, which NULL means. */
BOOL WINAPI SystemTimeToTzSpecificLocalTime(const TIME_ZONE_INFORMATION *zone,
					    const SYSTEMTIME *universal, LPSYSTEMTIME local)
{
	WORD milliseconds = universal->wMilliseconds;
	time_t seconds;
	struct tm tm;

	if (zone)
		return fail(ERROR_NOT_SUPPORTED);
	if (!seconds_of(universal, &seconds) || !localtime_r(&seconds, &tm))
		return fail(ERROR_INVALID_PARAMETER);
	put_systemtime(local, &tm, milliseconds);
	return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b)
{
	unsigned long long x = (unsigned long long)get_filetime(a);
	unsigned long long y = (unsigned long long)get_filetime(b);

	return x < y ? -1 : x > y;
}

static struct timespec started;

__attribute__((constructor)) static void remember_start(void)
{
	started = now(CLOCK_MONOTONIC);
}

clock_t clock(void)
{
	struct timespec ts = now(CLOCK_MONOTONIC);

	return (ts.tv_sec - started.tv_sec) * 1000 + (ts.tv_nsec - started.tv_nsec) / 1000000;
}
