// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Modules: the program itself is the one that there is.
 */
#include "internal.h"

/* Its address is the program's handle, as good as where Windows would have loaded it. */
static char program;

/* Is it the program's own name, with or without its extension? */
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
