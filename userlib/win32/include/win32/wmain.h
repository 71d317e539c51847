/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wmain is an entry point, so one that ends without a return succeeds.  The compilers
 * here promise that of main alone: in C++ they take the end of another function for
 * unreachable, and the program runs into what lies behind it.
 *
 * So the compiler is shown a main, whose name in the object file is wmain;
 * libmailslot-wmain calls that.  What stood before wmain in the source (its result's
 * type, extern "C") declares a function that nobody defines.  clang takes no main
 * with wide arguments, and keeps the function as it is.
 */
#ifndef MAILSLOT_WIN32_WMAIN_H
#define MAILSLOT_WIN32_WMAIN_H

#if !defined(__clang__) && !defined(MAILSLOT_WIN32_PLAIN_WMAIN)

#pragma GCC diagnostic ignored "-Wmain"

#ifdef __cplusplus
/* Whatever the result, as C++ has no other main; void wmain succeeds, too. */
#define wmain(...) \
	mailslot_win32_wmain(void); \
	int main(__VA_ARGS__) __asm__("wmain"); \
	int main(__VA_ARGS__)
#else
#if __STDC_VERSION__ > 201710L
#define MAILSLOT_WIN32_WMAIN_PARAMETERS(...)	__VA_ARGS__
#else
/* Leave out parameter names without types, which only a definition may have. */
#define MAILSLOT_WIN32_WMAIN_PARAMETERS(...)
#endif
#define wmain(...) \
	mailslot_win32_wmain(void); \
	__typeof__(mailslot_win32_wmain()) \
	main(MAILSLOT_WIN32_WMAIN_PARAMETERS(__VA_ARGS__)) __asm__("wmain"); \
	__typeof__(mailslot_win32_wmain()) main(__VA_ARGS__)
#endif

#endif

#endif
