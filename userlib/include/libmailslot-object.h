/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmailslot's extension interface: other kinds of objects behind a HANDLE.
 *
 * A layer above the library (the porting headers' threads, processes, semaphores,
 * consoles) makes its objects known here; then WaitFor*, DuplicateHandle,
 * CloseHandle, Get/SetHandleInformation, ReadFile and WriteFile work on them.
 * Programs do not need this file.
 */
#ifndef LIBMAILSLOT_OBJECT_H
#define LIBMAILSLOT_OBJECT_H

#include <libmailslot.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mailslot_object;

/* What @acquire may return beside 0 and positive numbers. */
#define MAILSLOT_OBJECT_ABANDONED	(-1)

/**
 * struct mailslot_object_type - what a kind of object does
 * @acquire: is the object signalled?  If so, take it for the waiting thread
 *	(count a semaphore down, reset what resets itself) and return a positive
 *	number, or MAILSLOT_OBJECT_ABANDONED if that was from an owner that ended
 *	with it: the wait then returns WAIT_ABANDONED_0 and its index.  Called with
 *	the library's lock held: it must neither block nor call the library.  NULL:
 *	signalled while its file descriptor polls readable.
 * @release: undo one @acquire (a wait for all that could not take the rest).
 *	Under the lock as well.  NULL: nothing to undo.
 * @destroy: the last handle is closed and no wait uses the object: free @data.
 *	Called without the lock.  NULL: nothing to do.
 * @read: ReadFile on a handle: store the count, return a Win32 error code (0:
 *	done).  Called without the lock.  NULL: ReadFile fails with 6.
 * @write: WriteFile likewise.
 *
 * Addresses of types identify kinds: keep them static.
 */
struct mailslot_object_type {
	int (*acquire)(void *data);
	void (*release)(void *data);
	void (*destroy)(void *data);
	DWORD (*read)(void *data, void *buffer, DWORD size, DWORD *done);
	DWORD (*write)(void *data, const void *buffer, DWORD size, DWORD *done);
};

/*
 * Make an object with one handle.  With @fd >= 0 (a pidfd, a pipe, ...) the handle
 * is that number (a number below 3 is moved up) and owns it: closing the handle
 * closes it, and it is inheritable if @inherit.  With @fd == -1 the handle is a
 * number beyond those of file descriptors, of this process alone.
 * NULL and the last error on failure; @fd and @data then stay the caller's.
 */
HANDLE mailslot_object_create(const struct mailslot_object_type *type, void *data, int fd,
			      BOOL inherit);

/* Another handle to the object. */
HANDLE mailslot_object_handle(struct mailslot_object *object, BOOL inherit);

/*
 * The object behind a handle, held until mailslot_object_put(); NULL and last error
 * 6 when the handle is bad or of another type.
 */
struct mailslot_object *mailslot_object_get(HANDLE handle, const struct mailslot_object_type *type);
void mailslot_object_put(struct mailslot_object *object);
void *mailslot_object_data(struct mailslot_object *object);

/*
 * Run @change on the object's data with the library's lock held (the lock @acquire
 * runs under), then let all who wait for the object look at it again.  @change must
 * neither block nor call the library.  Returns what @change returned.
 */
int mailslot_object_update(struct mailslot_object *object, int (*change)(void *data, void *arg),
			   void *arg);

/*
 * What the end of a thread does, done now: cancel the I/O the calling thread issued
 * (995) and drop its completion routines.  It happens by itself when a thread ends;
 * call it to have it done before a thread's handle is signalled.
 */
void mailslot_thread_exit(void);

#ifdef __cplusplus
}
#endif

#endif /* LIBMAILSLOT_OBJECT_H */
