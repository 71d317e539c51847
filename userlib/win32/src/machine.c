// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Information about the machine and the system: version, processors, names, and the clock of the
 * multimedia functions.
 */
#include "internal.h"
#include <mmsystem.h>
#include <unistd.h>

/*
 * Windows 8, which is what Windows 10 and 11 tell programs that do not say in a manifest
 * that they know newer ones.
 */
#define MAJOR	6
#define MINOR	2
#define BUILD	9200

DWORD WINAPI GetVersion(void)
{
	return MAJOR | MINOR << 8 | BUILD << 16;
}

/* All forms begin alike, and end alike behind the name of the service pack. */
BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA version)
{
	DWORD size = version ? version->dwOSVersionInfoSize : 0;

	if (size != sizeof(OSVERSIONINFOA) && size != sizeof(OSVERSIONINFOEXA))
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memset(version, 0, size);
	version->dwOSVersionInfoSize = size;
	version->dwMajorVersion = MAJOR;
	version->dwMinorVersion = MINOR;
	version->dwBuildNumber = BUILD;
	version->dwPlatformId = VER_PLATFORM_WIN32_NT;
	if (size == sizeof(OSVERSIONINFOEXA))
		((LPOSVERSIONINFOEXA)version)->wProductType = VER_NT_WORKSTATION;
	return TRUE;
}

BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW version)
{
	DWORD size = version ? version->dwOSVersionInfoSize : 0;

	if (size != sizeof(OSVERSIONINFOW) && size != sizeof(OSVERSIONINFOEXW))
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memset(version, 0, size);
	version->dwOSVersionInfoSize = size;
	version->dwMajorVersion = MAJOR;
	version->dwMinorVersion = MINOR;
	version->dwBuildNumber = BUILD;
	version->dwPlatformId = VER_PLATFORM_WIN32_NT;
	if (size == sizeof(OSVERSIONINFOEXW))
		((LPOSVERSIONINFOEXW)version)->wProductType = VER_NT_WORKSTATION;
	return TRUE;
}

static void describe_processor(LPSYSTEM_INFO info)
{
#if defined(__x86_64__)
	info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_AMD64;
	info->dwProcessorType = PROCESSOR_AMD_X8664;
	info->wProcessorLevel = 6;
#elif defined(__i386__)
	info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_INTEL;
	info->dwProcessorType = PROCESSOR_INTEL_PENTIUM;
	info->wProcessorLevel = 6;
#elif defined(__aarch64__)
	info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_ARM64;
#elif defined(__arm__)
	info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_ARM;
#else
	info->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_UNKNOWN;
#endif
}

/* Windows' granularity, which is a multiple of Linux' pages on every machine but few. */
#define GRANULARITY	0x10000

void WINAPI GetSystemInfo(LPSYSTEM_INFO info)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned int bits = 8 * sizeof(DWORD_PTR);
	DWORD page = (DWORD)sysconf(_SC_PAGESIZE);

	memset(info, 0, sizeof(*info));
	describe_processor(info);
	info->dwPageSize = page;
	info->dwAllocationGranularity = max(page, GRANULARITY);
	info->lpMinimumApplicationAddress = (LPVOID)(uintptr_t)GRANULARITY;
	info->lpMaximumApplicationAddress = (LPVOID)(bits == 64 ? (uintptr_t)0x7ffffffeffffULL :
								  (uintptr_t)0x7ffeffff);
	info->dwNumberOfProcessors = processors > 0 ? (DWORD)processors : 1;
	/* the mask has no room for more */
	info->dwActiveProcessorMask = info->dwNumberOfProcessors >= bits ?
		~(DWORD_PTR)0 : ((DWORD_PTR)1 << info->dwNumberOfProcessors) - 1;
}

void WINAPI GetNativeSystemInfo(LPSYSTEM_INFO info)
{
	GetSystemInfo(info);
}

/* The host's name, which may have its domain behind it, as far as it is asked for. */
static bool host_name(COMPUTER_NAME_FORMAT type, char name[HOST_NAME_MAX + 1])
{
	char *domain;

	if (gethostname(name, HOST_NAME_MAX + 1))
		strcpy(name, "localhost");
	name[HOST_NAME_MAX] = '\0';
	domain = strchr(name, '.');
	switch (type) {
	case ComputerNameNetBIOS:
	case ComputerNamePhysicalNetBIOS:
		system_computer_name(name);
		return true;
	case ComputerNameDnsHostname:
	case ComputerNamePhysicalDnsHostname:
		name[strcspn(name, ".")] = '\0';
		return true;
	case ComputerNameDnsDomain:
	case ComputerNamePhysicalDnsDomain:
		memmove(name, domain ? domain + 1 : "", domain ? strlen(domain) : 1);
		return true;
	case ComputerNameDnsFullyQualified:
	case ComputerNamePhysicalDnsFullyQualified:
		return true;
	default:
		return false;
	}
}

/* The size goes in with room for the NUL, and comes out without it, or as what it takes. */
static BOOL give_name(COMPUTER_NAME_FORMAT type, LPSTR narrow, LPWSTR wide, LPDWORD size)
{
	char name[HOST_NAME_MAX + 1], nothing;
	wchar_t wide_nothing;
	DWORD length, given, error = GetLastError();

	if (!size || !host_name(type, name))
		return fail(ERROR_INVALID_PARAMETER);
	given = narrow || wide ? *size : 0;
	if (wide)
		length = store_w(name, given ? wide : &wide_nothing, given);
	else
		length = store_a(name, given ? narrow : &nothing, given);
	*size = length;
	if (length >= given)
		return fail(ERROR_MORE_DATA);
	SetLastError(error);
	return TRUE;
}

BOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT type, LPSTR name, LPDWORD size)
{
	return give_name(type, name, NULL, size);
}

BOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT type, LPWSTR name, LPDWORD size)
{
	return give_name(type, NULL, name, size);
}

/* Rounded to the nearest; -1 for a result that has no room, and for a division by 0. */
int WINAPI MulDiv(int number, int numerator, int denominator)
{
	long long product = (long long)number * numerator, divisor = denominator, result;

	if (!divisor)
		return -1;
	if (divisor < 0) {
		product = -product;
		divisor = -divisor;
	}
	result = (product + (product < 0 ? -divisor : divisor) / 2) / divisor;
	return result > INT_MAX || result < INT_MIN ? -1 : (int)result;
}

#define PERIOD_MIN	1
#define PERIOD_MAX	1000000

DWORD WINAPI timeGetTime(void)
{
	return GetTickCount();
}

MMRESULT WINAPI timeBeginPeriod(UINT period)
{
	return period < PERIOD_MIN || period > PERIOD_MAX ? TIMERR_NOCANDO : TIMERR_NOERROR;
}

MMRESULT WINAPI timeEndPeriod(UINT period)
{
	return timeBeginPeriod(period);
}

MMRESULT WINAPI timeGetDevCaps(LPTIMECAPS caps, UINT size)
{
	if (!caps || size != sizeof(*caps))
		return TIMERR_NOCANDO;
	caps->wPeriodMin = PERIOD_MIN;
	caps->wPeriodMax = PERIOD_MAX;
	return TIMERR_NOERROR;
}
