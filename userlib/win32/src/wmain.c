// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The main of programs that have a wmain: the arguments made wide.  A small archive
 * of its own, so that it is linked only where the program defines no main.
 */
#define MAILSLOT_WIN32_PLAIN_STDIO
#define MAILSLOT_WIN32_PLAIN_WMAIN
#include <windows.h>
#include <unistd.h>

#define PUBLIC	__attribute__((visibility("default")))

/*
 * In C++ the function's name tells its parameters, and programs write them in
 * several ways; a parameter too many does no harm.
 */
typedef int wmain_t(int argc, wchar_t **argv, wchar_t **envp);
__attribute__((weak)) wmain_t wmain;
__attribute__((weak)) wmain_t wmain_none __asm__("_Z5wmainv");
__attribute__((weak)) wmain_t wmain_argv __asm__("_Z5wmainiPPw");
__attribute__((weak)) wmain_t wmain_argv_const __asm__("_Z5wmainiPPKw");
__attribute__((weak)) wmain_t wmain_const_argv __asm__("_Z5wmainiPKPw");
__attribute__((weak)) wmain_t wmain_const_argv_const __asm__("_Z5wmainiPKPKw");
__attribute__((weak)) wmain_t wmain_envp __asm__("_Z5wmainiPPwS0_");
__attribute__((weak)) wmain_t wmain_envp_const __asm__("_Z5wmainiPPKwS1_");

static wmain_t *find_wmain(void)
{
	wmain_t *const forms[] = {
		wmain, wmain_argv, wmain_none, wmain_argv_const, wmain_envp, wmain_envp_const,
		wmain_const_argv, wmain_const_argv_const,
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i])
			return forms[i];
	return NULL;
}

/* The wide arguments live as long as the program, which does not start without memory. */
static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory) {
		fputs("No memory for the arguments.\n", stderr);
		exit(127);
	}
	return memory;
}

static wchar_t *wide_string(const char *string)
{
	int size = MultiByteToWideChar(CP_UTF8, 0, string, -1, NULL, 0);
	wchar_t *wide = allocate((size_t)size, sizeof(*wide));

	MultiByteToWideChar(CP_UTF8, 0, string, -1, wide, size);
	return wide;
}

static wchar_t **wide_strings(char **strings)
{
	wchar_t **wide;
	size_t n = 0;

	while (strings[n])
		n++;
	wide = allocate(n + 1, sizeof(*wide));
	for (size_t i = 0; i < n; i++)
		wide[i] = wide_string(strings[i]);
	return wide;
}

PUBLIC int main(int argc, char **argv)
{
	wmain_t *program = find_wmain();
	wchar_t **wide_argv, **wide_envp;

	if (!program) {
		fputs("This program has no entry point.\n", stderr);
		return 127;
	}
	wide_argv = wide_strings(argv);
	wide_envp = wide_strings(environ);
	return program(argc, wide_argv, wide_envp);
}
