// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names and places: computer, user, environment, directory; debug output.
 */
#include "internal.h"
#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

/*
 * The name by which other computers address this one: what the relay calls it, or else the
 * host's without its domain; in capitals, as a NetBIOS name is.
 */
void system_computer_name(char name[HOST_NAME_MAX + 1])
{
	DWORD error = GetLastError();

	if (!mailslot_relay_names(name, NULL)) {
		if (gethostname(name, HOST_NAME_MAX + 1))
			strcpy(name, "localhost");
		name[HOST_NAME_MAX] = '\0';
		name[strcspn(name, ".")] = '\0';
		SetLastError(error);
	}
	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
}

BOOL WINAPI GetComputerNameA(LPSTR name, LPDWORD size)
{
	char text[HOST_NAME_MAX + 1];

	system_computer_name(text);
	return store_sized(text, name, NULL, size, ERROR_BUFFER_OVERFLOW);
}

BOOL WINAPI GetComputerNameW(LPWSTR name, LPDWORD size)
{
	char text[HOST_NAME_MAX + 1];

	system_computer_name(text);
	return store_sized(text, NULL, name, size, ERROR_BUFFER_OVERFLOW);
}

/* GetUserName alone counts the NUL in the size that it returns. */
static BOOL user_name(char *narrow, wchar_t *wide, LPDWORD size)
{
	char buffer[1024], number[16];
	struct passwd entry, *found = NULL;
	const char *name = number;

	snprintf(number, sizeof(number), "%u", (unsigned int)geteuid());
	if (!getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer), &found) && found)
		name = entry.pw_name;
	if (!store_sized(name, narrow, wide, size, ERROR_INSUFFICIENT_BUFFER))
		return FALSE;
	++*size;
	return TRUE;
}

BOOL WINAPI GetUserNameA(LPSTR name, LPDWORD size)
{
	return user_name(name, NULL, size);
}

BOOL WINAPI GetUserNameW(LPWSTR name, LPDWORD size)
{
	return user_name(NULL, name, size);
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR value, DWORD size)
{
	const char *text = name ? getenv(name) : NULL;

	if (!text)
		return (DWORD)fail(ERROR_ENVVAR_NOT_FOUND);
	return store_a(text, value, size);
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR value, DWORD size)
{
	char *narrow = utf8_dup(name);
	const char *text = narrow ? getenv(narrow) : NULL;

	free(narrow);
	if (!text)
		return (DWORD)fail(ERROR_ENVVAR_NOT_FOUND);
	return store_w(text, value, size);
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value)
{
	if (!name)
		return fail(ERROR_INVALID_PARAMETER);
	if (value ? setenv(name, value, 1) : unsetenv(name))
		return fail(error_from_errno(errno));
	return TRUE;
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value)
{
	char *narrow_name, *narrow_value;
	BOOL ok = FALSE;

	if (!utf8_dup_or_fail(name, &narrow_name))
		return FALSE;
	if (utf8_dup_or_fail(value, &narrow_value)) {
		ok = SetEnvironmentVariableA(narrow_name, narrow_value);
		free(narrow_value);
	}
	free(narrow_name);
	return ok;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD size, LPSTR directory)
{
	char *text = getcwd(NULL, 0);
	DWORD length;

	if (!text)
		return (DWORD)fail(error_from_errno(errno));
	length = store_a(text, directory, size);
	free(text);
	return length;
}

DWORD WINAPI GetCurrentDirectoryW(DWORD size, LPWSTR directory)
{
	char *text = getcwd(NULL, 0);
	DWORD length;

	if (!text)
		return (DWORD)fail(error_from_errno(errno));
	length = store_w(text, directory, size);
	free(text);
	return length;
}

/* No debugger can read the text here, so it is written to the system's log. */
void WINAPI OutputDebugStringA(LPCSTR text)
{
	if (text)
		syslog(LOG_USER | LOG_DEBUG, "%s", text);
}

void WINAPI OutputDebugStringW(LPCWSTR text)
{
	char *narrow = utf8_dup(text);

	OutputDebugStringA(narrow);
	free(narrow);
}
