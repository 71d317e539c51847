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

#include <sys/types.h>

#include <libmailslot.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mailslot_object;
struct mailslot_named;

/* What @acquire may return beside 0 and positive numbers. */
#define MAILSLOT_OBJECT_ABANDONED	(-1)

/**
 * struct mailslot_object_type - what a kind of object does
 * @acquire: is the object signalled?  If so, take it for the thread that
 *	mailslot_object_taker() names (count a semaphore down, reset what resets
 *	itself) and return a positive number, or MAILSLOT_OBJECT_ABANDONED if that
 *	was from an owner that ended with it: the wait then returns WAIT_ABANDONED_0
 *	and its index.  The calling thread is the one that waits, or one whose
 *	release satisfies the wait.  Called with the library's lock held: it must
 *	neither block nor call the library, but for mailslot_object_taker().  NULL:
 *	signalled while its file descriptor polls readable.
 * @release: undo one @acquire (a wait for all that could not take the rest).
 *	Under the lock as well.  NULL: nothing to undo.
 * @prepare: the calling thread is about to wait for the object.  Under the lock.
 *	NULL: nothing to do.
 * @unused: the last handle is closed and no wait uses the object: from now on no
 *	function may be given it.  Under the lock.  NULL: nothing to do.
 * @named: the name that the object has, in whose line its waits stand, or NULL.  Under
 *	the lock.  NULL: objects of this kind have no names.
 * @destroy: the object is @unused, later and without the lock: free @data.  NULL:
 *	nothing to do.
 * @read: ReadFile on a handle: store the count, return a Win32 error code (0:
 *	done).  Called without the lock.  NULL: ReadFile fails with 6.
 * @write: WriteFile likewise.
 *
 * Addresses of types identify kinds: keep them static.
 */
struct mailslot_object_type {
	int (*acquire)(void *data);
	void (*release)(void *data);
	void (*prepare)(void *data);
	void (*unused)(void *data);
	struct mailslot_named *(*named)(void *data);
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
 * runs under), then satisfy the waits for the object that can be, first come first
 * served, before the lock is dropped.  @change must neither block nor call the library,
 * but for mailslot_object_signal().  Returns what @change returned.  @object may be
 * NULL: @change then runs on NULL, and that is all.
 */
int mailslot_object_update(struct mailslot_object *object, int (*change)(void *data, void *arg),
			   void *arg);

/* Within @change: satisfy the waits for another object, too, whose state changed. */
void mailslot_object_signal(struct mailslot_object *object);

/* Within @acquire and @release: the id of the thread that the object is taken for. */
pid_t mailslot_object_taker(void);

/**
 * struct mailslot_named_new - what a new named object shall be
 * @count: how often it can be taken
 * @maximum: how often at most
 * @manual: taking it does not count down
 * @owned: somebody owns it while it is taken: a mutex, whose maker owns it if @count is 0
 */
struct mailslot_named_new {
	LONG count;
	LONG maximum;
	BOOL manual;
	BOOL owned;
};

/*
 * Open a name of a kind ("mutex", "semaphore"), which processes of the user share, or make
 * it unless @new is NULL.  @existed tells whether somebody had it open.  NULL and the last
 * error on failure.  Neither this nor mailslot_named_close() is for @change and its kind.
 */
struct mailslot_named *mailslot_named_open(const char *kind, LPCSTR name,
					   const struct mailslot_named_new *new_one, BOOL *existed);
void mailslot_named_close(struct mailslot_named *named);

/*
 * A new descriptor for a handle to the object, readable while the object can be taken, but
 * for mutexes.  -1 and the last error on failure.
 */
int mailslot_named_fd(struct mailslot_named *named);

/* The same for all that were opened by the same name. */
const char *mailslot_named_key(struct mailslot_named *named);

/*
 * The following four are for @acquire, @release and @change.
 *
 * Take it: as @acquire.  Let go of it: one that was taken from an owner that ended with it
 * becomes so again with @abandoned.  Add to its count: a Win32 error; @previous, unless
 * NULL, is set to the count before.  Does this process own the mutex?
 */
int mailslot_named_take(struct mailslot_named *named);
void mailslot_named_untake(struct mailslot_named *named, BOOL abandoned);
DWORD mailslot_named_post(struct mailslot_named *named, LONG count, LONG *previous);
BOOL mailslot_named_owned(struct mailslot_named *named);

/*
 * What the end of a thread does, done now: cancel the I/O the calling thread issued
 * (995) and drop its completion routines.  It happens by itself when a thread ends;
 * call it to have it done before a thread's handle is signalled.
 */
void mailslot_thread_exit(void);

/* The calling thread, by a number that no other thread gets; 0: no memory. */
uint64_t mailslot_thread_number(void);

/*
 * Have a thread run @routine in its next alertable wait, in order with its completion
 * routines.  Returns a Win32 error code: 31 when the thread has ended.
 */
DWORD mailslot_thread_queue(uint64_t number, void (*routine)(ULONG_PTR argument),
			    ULONG_PTR argument);

/*
 * End the ReadFile that a thread waits in, with 995.  Returns a Win32 error code: 1168
 * when the thread waits in none.
 */
DWORD mailslot_thread_cancel(uint64_t number);

/*
 * After pthread_cancel(): the thread's waits in the library end, and the thread with
 * them.  The library holds cancellation off until then.
 */
void mailslot_thread_end(uint64_t number);

#ifdef __cplusplus
}
#endif

#endif /* LIBMAILSLOT_OBJECT_H */
