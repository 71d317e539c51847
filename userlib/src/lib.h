/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every file of libmailslot needs: the export mark, the library's lock,
 * errors, time and descriptors.  No objects: those are in object.h and on.
 */
#ifndef LIB_H
#define LIB_H

#include <errno.h>
#include <pthread.h>
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

/*
 * One lock for all that is shared: handles, objects, pended operations, waits.
 * It is never held while waiting, and a read or write that finds its message or
 * its room at once does not take it.  So what could contend for it sleeps and
 * wakes, which costs far more than the lock; in return cancelling, closing, thread
 * exit and fork meet no operation half way.
 */
extern pthread_mutex_t lib_lock;

/*
 * A thread is not cancelled (pthread_cancel) from lib_lock_take() to lib_lock_drop():
 * it would leave the lock taken, or an operation of its stack in line.  What sleeps in
 * between lets go of the lock only, by lib_lock_pause() and lib_lock_resume().
 */
void lib_lock_take(void);
/* Also destroys the objects whose last reference went meanwhile. */
void lib_lock_drop(void);
void lib_lock_pause(void);
void lib_lock_resume(void);
/* In a fork's two processes: it destroys nothing. */
void lib_lock_drop_forked(void);

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
int descriptor_raise(int fd);
int descriptor_duplicate(int fd, bool inherit);
int descriptor_set_inherit(int fd, bool inherit);
bool descriptor_target(int fd, char *target, size_t size);

#endif /* LIB_H */
