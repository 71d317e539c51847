/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of libkernel32 share: how a function of a Windows name is exported and
 * how the function of the same name in the libraries below is called, what a call leaves
 * in errno, and texts of 16-bit units.
 */
#ifndef KERNEL32_H
#define KERNEL32_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAILSLOT_WIN32_PLAIN_STDIO
#include <windows.h>

/*
 * An exported function and the one that it calls have one name, and differ in their
 * version: real_X is the X of libmailslot or of libmailslot-win32.
 */
#define MAILSLOT	"LIBMAILSLOT_0.1"
#define WIN32		"LIBMAILSLOT_WIN32_0"

#define IMPORT(name, version) \
	extern __typeof__(name) real_##name; \
	__asm__(".symver real_" #name ", " #name "@" version)

#define EXPORTS(type, name, parameters) \
	__attribute__((visibility("default"))) type kernel32_##name parameters __asm__(#name); \
	type kernel32_##name parameters

/*
 * A function that changes nothing on its way: @end is what becomes of its result, by one
 * of the end_ functions.
 */
#define FORWARD(end, name, version, parameters, arguments) \
	IMPORT(name, version); \
	EXPORTS(end##_type, name, parameters) \
	{ \
		int saved = errno; \
	\
		return end(real_##name arguments, saved); \
	}

#define FORWARD_VOID(name, version, parameters, arguments) \
	IMPORT(name, version); \
	EXPORTS(void, name, parameters) \
	{ \
		int saved = errno; \
	\
		real_##name arguments; \
		errno = saved; \
	}

IMPORT(GetLastError, MAILSLOT);
IMPORT(SetLastError, MAILSLOT);

/*
 * Run-time systems of other languages read errno after a call and nothing else: a call
 * that failed leaves the last error there, and any other call what was there before.
 */
static inline void end(bool failed, int saved)
{
	errno = failed ? (int)real_GetLastError() : saved;
}

/*
 * BOOL and DWORD are returned in a whole register, as callers exist that read eight bytes.
 */
typedef uintptr_t end_bool_type;
typedef uintptr_t end_wait_type;
typedef uintptr_t end_value_type;
typedef HANDLE end_handle_type;
typedef void *end_memory_type;
typedef void *end_freed_type;
typedef SIZE_T end_size_type;

/* FALSE, or a count of 0, is a failure. */
static inline uintptr_t end_bool(uint32_t value, int saved)
{
	end(!value, saved);
	return value;
}

/* WAIT_FAILED, which is also what functions return that count threads' suspensions. */
static inline uintptr_t end_wait(uint32_t value, int saved)
{
	end(value == WAIT_FAILED, saved);
	return value;
}

/* Every value is a good one. */
static inline uintptr_t end_value(uintptr_t value, int saved)
{
	errno = saved;
	return value;
}

static inline HANDLE end_handle(HANDLE handle, int saved)
{
	end(!handle || handle == INVALID_HANDLE_VALUE, saved);
	return handle;
}

static inline void *end_memory(void *memory, int saved)
{
	end(!memory, saved);
	return memory;
}

/* The function returns what could not be freed. */
static inline void *end_freed(void *memory, int saved)
{
	end(memory, saved);
	return memory;
}

static inline SIZE_T end_size(SIZE_T size, int saved)
{
	end(!size || size == (SIZE_T)-1, saved);
	return size;
}

/*
 * A function that makes an object or opens the one that is there: its success has a last
 * error of its own, which is 0 or ERROR_ALREADY_EXISTS, and only the latter is for errno.
 */
static inline void begin_created(void)
{
	real_SetLastError(ERROR_SUCCESS);
}

static inline HANDLE end_created(HANDLE handle, int saved)
{
	end(!handle || handle == INVALID_HANDLE_VALUE ||
	    real_GetLastError() == ERROR_ALREADY_EXISTS, saved);
	return handle;
}

/* text.c */

/**
 * struct text - a wide string that a caller gave, as the libraries below take it
 * @wide: its characters, and what ends them; NULL when the caller gave NULL
 * @copy: the memory to be freed, if there is any
 */
struct text {
	const wchar_t *wide;
	wchar_t *copy;
};

/* The caller's string, of units of either width; false and last error 8: no memory. */
bool text_take(struct text *text, const void *given);
/* @count units of 16 bits, whatever they are. */
bool text_take_units(struct text *text, const void *units, size_t count);
void text_drop(struct text *text);

/* How many units a string has, of either width. */
size_t text_length(const void *given);

/*
 * @length characters as units of 16 bits; returns how many units they are, of which the
 * first @room are stored.
 */
size_t text_units(uint16_t *units, size_t room, const wchar_t *wide, size_t length);

#endif /* KERNEL32_H */
