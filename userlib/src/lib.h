/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every file of libmailslot needs these: the export mark, errors, time and descriptors.
 * The lock is in lock.h, objects are in object.h.
 */
#ifndef LIB_H
#define LIB_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmailslot.h>

#define LIB_EXPORT __attribute__((visibility("default")))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* error.c */
extern __thread DWORD lib_last_error __attribute__((tls_model("initial-exec")));

static inline BOOL lib_fail(DWORD error)
{
	lib_last_error = error;
	return FALSE;
}

/* TRUE, or FALSE with the last error, from an error code. */
static inline BOOL lib_result(DWORD error)
{
	return error ? lib_fail(error) : TRUE;
}

DWORD error_from_errno(int err);
DWORD error_to_status(DWORD error);
DWORD error_from_status(DWORD status);

/* clock.c: CLOCK_MONOTONIC in nanoseconds */
#define NEVER UINT64_MAX

struct pollfd;
struct timespec;

uint64_t clock_now(void);
uint64_t clock_deadline_ns(uint64_t ns);
uint64_t clock_deadline_ms(DWORD milliseconds);
struct timespec *clock_left(uint64_t deadline, struct timespec *left);
void clock_pause(uint64_t deadline);
void clock_poll(struct pollfd *fds, unsigned int count, uint64_t deadline);

/* descriptor.c */
bool descriptor_make_room(int err);
int descriptor_open(const char *path, int flags);
void descriptor_close(int fd);
int descriptor_raise(int fd);
int descriptor_duplicate(int fd, bool inherit);
int descriptor_set_inherit(int fd, bool inherit);
bool descriptor_target(int fd, char *target, size_t size);

#endif /* LIB_H */
