// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Modules: the program itself is the only one.
 */
#include "internal.h"
#include <unistd.h>

/* The address of this byte is the program's handle, as Windows' would be where it was loaded. */
static char program;

/* The program's file; fails for any module but the program. */
static BOOL program_file(HMODULE module, char path[PATH_MAX])
{
	ssize_t n;

	if (module && module != (HMODULE)(void *)&program)
		return fail(ERROR_MOD_NOT_FOUND);
	n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	if (n < 0)
		return fail(error_from_errno(errno));
	path[n] = '\0';
	return TRUE;
}

/* A name that is too long is cut to the size, which is then returned. */
DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR name, DWORD size)
{
	char path[PATH_MAX];
	DWORD length;

	if (!program_file(module, path))
		return 0;
	length = store_a(path, name, size);
	if (length < size || !size)
		return min(length, size);
	memcpy(name, path, size - 1);
	name[size - 1] = '\0';
	return size;
}

DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR name, DWORD size)
{
	char path[PATH_MAX];
	DWORD length;

	if (!program_file(module, path))
		return 0;
	length = store_w(path, name, size);
	if (length < size || !size)
		return min(length, size);
	wide_from_utf8(name, size - 1, path, strlen(path), NULL);
	name[size - 1] = L'\0';
	return size;
}

/* Is the name the program's own, with or without its extension? */
static bool is_program(const char *name)
{
	char path[PATH_MAX];
	const char *file;
	size_t length;

	if (!GetModuleFileNameA(NULL, path, PATH_MAX))
		return false;
	file = strpbrk(name, "/\\") ? path : strrchr(path, '/') + 1;
	length = strlen(file);
	return !strncasecmp(name, file, length) &&
	       (!name[length] || !strcasecmp(name + length, ".exe"));
}

HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
	if (!name || is_program(name))
		return (HMODULE)(void *)&program;
	SetLastError(ERROR_MOD_NOT_FOUND);
	return NULL;
}

HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
	HMODULE module;
	char *narrow;

	if (!utf8_dup_or_fail(name, &narrow))
		return NULL;
	module = GetModuleHandleA(narrow);
	free(narrow);
	return module;
}
