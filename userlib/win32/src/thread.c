// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Threads and their handles.  A handle is signalled when its thread has ended and
 * nothing of it goes on any more: its I/O is cancelled, its mutexes are free.
 */
#include "internal.h"
#include "mutex.h"
#include "thread.h"
#include <libmailslot-object.h>
#include <process.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <unistd.h>

struct thread {
	struct mailslot_object *object;	/* the thread's own hold on it */
	HANDLE own;			/* what GetCurrentThread returns; its own affair */
	LPTHREAD_START_ROUTINE routine;
	void *parameter;
	HANDLE close_at_end;		/* _beginthread: the thread closes its own handle */
	pid_t id;
	pthread_t thread;
	uint64_t number;		/* libmailslot's */
	int queued;			/* a routine was queued before it ran: atomic */
	sem_t started;			/* posted once: id is known */
	sem_t go;			/* posted once: run */
	int suspended;			/* CREATE_SUSPENDED and not resumed yet: atomic */
	DWORD code;			/* under the library's lock, as are done and priority */
	bool done;
	bool terminated;
	int priority;
};

/* NULL in threads that CreateThread did not make, until GetCurrentThread does. */
static __thread struct thread *self;

/* Has the end of those threads seen to. */
static pthread_key_t adopted_key;

static int thread_acquire(void *data)
{
	return ((struct thread *)data)->done;
}

static void thread_destroy(void *data)
{
	struct thread *t = data;

	sem_destroy(&t->started);
	sem_destroy(&t->go);
	free(t);
}

static const struct mailslot_object_type thread_type = {
	.acquire = thread_acquire,
	.destroy = thread_destroy,
};

static int set_code(void *data, void *code)
{
	struct thread *t = data;

	if (!t->terminated)
		t->code = *(DWORD *)code;
	return 0;
}

static int set_done(void *data, void *unused)
{
	(void)unused;
	((struct thread *)data)->done = true;
	return 0;
}

static int get_code(void *data, void *code)
{
	struct thread *t = data;

	*(DWORD *)code = t->done ? t->code : STILL_ACTIVE;
	return 0;
}

static void wait_post(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

/* Is it still a handle of the thread, or has the program closed it? */
static bool is_own(const struct thread *t, HANDLE handle)
{
	struct mailslot_object *object =
		handle ? mailslot_object_get(handle, &thread_type) : NULL;

	if (object)
		mailslot_object_put(object);
	return object && object == t->object;
}

static void end(void *data)
{
	struct thread *t = data;
	struct mailslot_object *object = t->object;

	mailslot_thread_exit();
	mutex_abandon_all();
	if (t->close_at_end)
		CloseHandle(t->close_at_end);
	if (is_own(t, t->own))
		CloseHandle(t->own);
	mailslot_object_update(object, set_done, NULL);
	self = NULL;
	mailslot_object_put(object);
}

static void *start(void *data)
{
	struct thread *t = data;
	DWORD code;

	self = t;
	t->id = gettid();
	t->thread = pthread_self();
	t->number = mailslot_thread_number();
	sem_post(&t->started);
	pthread_cleanup_push(end, t);
	wait_post(&t->go);
	if (__atomic_load_n(&t->queued, __ATOMIC_SEQ_CST))
		SleepEx(0, TRUE);
	code = t->routine(t->parameter);
	mailslot_object_update(t->object, set_code, &code);
	pthread_cleanup_pop(1);
	return NULL;
}

/* Make a thread that has not begun yet, and its first handle. */
static struct thread *new_thread(bool inherit, HANDLE *handle)
{
	struct thread *t = calloc(1, sizeof(*t));

	if (!t) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	sem_init(&t->started, 0, 0);
	sem_init(&t->go, 0, 0);
	*handle = mailslot_object_create(&thread_type, t, -1, inherit);
	if (!*handle) {
		thread_destroy(t);
		return NULL;
	}
	t->object = mailslot_object_get(*handle, &thread_type);
	return t;
}

/* A thread that ExitThread ends runs its cleanup, like a thread that returns. */
static int make_pthread(struct thread *t, SIZE_T stack)
{
	pthread_attr_t attributes;
	size_t usual = 0;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	/* smaller ones are sized for Windows' functions, not for those here */
	if (!pthread_attr_getstacksize(&attributes, &usual) && stack > usual)
		pthread_attr_setstacksize(&attributes, (stack + 0xffff) & ~(SIZE_T)0xffff);
	error = pthread_create(&thread, &attributes, start, t);
	pthread_attr_destroy(&attributes);
	return error;
}

static HANDLE create(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack, LPTHREAD_START_ROUTINE routine,
		     LPVOID parameter, DWORD flags, LPDWORD id, bool close_at_end)
{
	struct thread *t;
	HANDLE handle;

	if (!routine || flags & ~(DWORD)(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION)) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	t = new_thread(attributes && attributes->bInheritHandle, &handle);
	if (!t)
		return NULL;
	t->routine = routine;
	t->parameter = parameter;
	t->suspended = flags & CREATE_SUSPENDED ? 1 : 0;
	if (close_at_end)
		t->close_at_end = handle;
	if (make_pthread(t, stack)) {
		mailslot_object_put(t->object);
		CloseHandle(handle);
		SetLastError(ERROR_MAX_THRDS_REACHED);
		return NULL;
	}
	wait_post(&t->started);
	if (id)
		*id = (DWORD)t->id;
	/* once it runs, it may end, and t with it */
	if (!(flags & CREATE_SUSPENDED))
		sem_post(&t->go);
	return handle;
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack,
			   LPTHREAD_START_ROUTINE routine, LPVOID parameter, DWORD flags,
			   LPDWORD id)
{
	return create(attributes, stack, routine, parameter, flags, id, false);
}

void WINAPI ExitThread(DWORD code)
{
	if (self)
		mailslot_object_update(self->object, set_code, &code);
	else
		mutex_abandon_all();
	pthread_exit(NULL);
}

/* The library's lock is held, so that the thread cannot end meanwhile. */
static int terminate(void *data, void *code)
{
	struct thread *t = data;

	if (t->done || t->terminated)
		return 0;
	t->code = *(DWORD *)code;
	t->terminated = true;
	pthread_cancel(t->thread);
	return 0;
}

/*
 * The thread ends where it waits, in the library or in the C library, or when it next
 * calls what might: nothing ends a thread that only computes.
 */
BOOL WINAPI TerminateThread(HANDLE thread, DWORD code)
{
	struct mailslot_object *object = mailslot_object_get(thread, &thread_type);
	struct thread *t;

	if (!object)
		return FALSE;
	t = mailslot_object_data(object);
	if (t == self) {
		mailslot_object_put(object);
		ExitThread(code);
	}
	mailslot_object_update(object, terminate, &code);
	mailslot_thread_end(t->number);
	mailslot_object_put(object);
	return TRUE;
}

uint64_t thread_number(HANDLE thread, bool queue)
{
	struct mailslot_object *object = mailslot_object_get(thread, &thread_type);
	struct thread *t;
	uint64_t number;

	if (!object)
		return 0;
	t = mailslot_object_data(object);
	if (queue)
		__atomic_store_n(&t->queued, 1, __ATOMIC_SEQ_CST);
	number = t->number;
	mailslot_object_put(object);
	return number;
}

BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code)
{
	struct mailslot_object *object;

	if (!code)
		return fail(ERROR_NOACCESS);
	object = mailslot_object_get(thread, &thread_type);
	if (!object)
		return FALSE;
	mailslot_object_update(object, get_code, code);
	mailslot_object_put(object);
	return TRUE;
}

/* How often it was suspended before: 1 or 0; -1 on failure. */
DWORD WINAPI ResumeThread(HANDLE thread)
{
	struct mailslot_object *object = mailslot_object_get(thread, &thread_type);
	struct thread *t;
	int before;

	if (!object)
		return (DWORD)-1;
	t = mailslot_object_data(object);
	before = __atomic_exchange_n(&t->suspended, 0, __ATOMIC_SEQ_CST);
	if (before)
		sem_post(&t->go);
	mailslot_object_put(object);
	return (DWORD)before;
}

DWORD WINAPI GetThreadId(HANDLE thread)
{
	struct mailslot_object *object = mailslot_object_get(thread, &thread_type);
	DWORD id;

	if (!object)
		return 0;
	id = (DWORD)((struct thread *)mailslot_object_data(object))->id;
	mailslot_object_put(object);
	return id;
}

static void make_adopted_key(void)
{
	pthread_key_create(&adopted_key, end);
}

/* A thread that was here before, as the first one, or that others made. */
static struct thread *adopt(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct thread *t;
	HANDLE handle;

	pthread_once(&once, make_adopted_key);
	t = new_thread(false, &handle);
	if (!t)
		return NULL;
	t->id = gettid();
	t->thread = pthread_self();
	t->number = mailslot_thread_number();
	t->own = handle;
	pthread_setspecific(adopted_key, t);
	self = t;
	return t;
}

/*
 * A handle that is as good as any, and the thread's for as long as it runs.  Windows'
 * means whichever thread uses it, so programs give others a duplicate, which they can
 * have of this one.
 */
HANDLE WINAPI GetCurrentThread(void)
{
	DWORD error = GetLastError();
	struct thread *t = self ? self : adopt();

	if (!t)
		return NULL;
	if (!is_own(t, t->own))
		t->own = mailslot_object_handle(t->object, FALSE);
	if (t->own)
		SetLastError(error);
	return t->own;
}

/*
 * Linux gives a thread a nice value: 0 is the process's own, and less takes a privilege
 * (5 without).  Real-time priorities are no match, as they starve whoever has none.
 */
static const struct {
	int priority;
	int nice;
} priorities[] = {
	{ THREAD_PRIORITY_IDLE, 19 },
	{ THREAD_PRIORITY_LOWEST, 10 },
	{ THREAD_PRIORITY_BELOW_NORMAL, 5 },
	{ THREAD_PRIORITY_NORMAL, 0 },
	{ THREAD_PRIORITY_ABOVE_NORMAL, -5 },
	{ THREAD_PRIORITY_HIGHEST, -10 },
	{ THREAD_PRIORITY_TIME_CRITICAL, -20 },
};

int thread_nice;

__attribute__((constructor)) static void note_own_nice(void)
{
	thread_nice = getpriority(PRIO_PROCESS, 0);
}

/*
 * The library's lock is held, so that the number cannot become another thread's.  Return an error.
 */
static int set_priority(void *data, void *priority)
{
	struct thread *t = data;
	size_t i = 0;

	while (i < ARRAYSIZE(priorities) && priorities[i].priority != *(int *)priority)
		i++;
	if (i == ARRAYSIZE(priorities))
		return ERROR_INVALID_PARAMETER;
	if (!t->done && setpriority(PRIO_PROCESS, (id_t)t->id, thread_nice + priorities[i].nice))
		return (int)error_from_errno(errno);
	t->priority = *(int *)priority;
	return ERROR_SUCCESS;
}

static int get_priority(void *data, void *unused)
{
	(void)unused;
	return ((struct thread *)data)->priority;
}

BOOL WINAPI SetThreadPriority(HANDLE thread, int priority)
{
	struct mailslot_object *object = mailslot_object_get(thread, &thread_type);
	int error;

	if (!object)
		return FALSE;
	error = mailslot_object_update(object, set_priority, &priority);
	mailslot_object_put(object);
	return error ? fail((DWORD)error) : TRUE;
}

int WINAPI GetThreadPriority(HANDLE thread)
{
	struct mailslot_object *object = mailslot_object_get(thread, &thread_type);
	int priority;

	if (!object)
		return THREAD_PRIORITY_ERROR_RETURN;
	priority = mailslot_object_update(object, get_priority, NULL);
	mailslot_object_put(object);
	return priority;
}

DWORD WINAPI GetCurrentThreadId(void)
{
	return (DWORD)gettid();
}

BOOL WINAPI SwitchToThread(void)
{
	return sched_yield() == 0;
}

/* process.h */

typedef unsigned int crt_routine(void *argument);

uintptr_t _beginthreadex(void *security, unsigned int stack, crt_routine *routine, void *argument,
			 unsigned int flags, unsigned int *id)
{
	return (uintptr_t)create(security, stack, (LPTHREAD_START_ROUTINE)routine, argument, flags,
				 id, false);
}

/* For a routine that returns nothing. */
struct plain {
	void (*routine)(void *argument);
	void *argument;
};

static DWORD WINAPI run_plain(LPVOID parameter)
{
	struct plain p = *(struct plain *)parameter;

	free(parameter);
	p.routine(p.argument);
	return 0;
}

uintptr_t _beginthread(void (*routine)(void *), unsigned int stack, void *argument)
{
	struct plain *p = malloc(sizeof(*p));
	HANDLE handle;

	if (!p) {
		errno = ENOMEM;
		return (uintptr_t)-1;
	}
	p->routine = routine;
	p->argument = argument;
	handle = create(NULL, stack, run_plain, p, 0, NULL, true);
	if (!handle) {
		free(p);
		errno = EAGAIN;
		return (uintptr_t)-1;
	}
	return (uintptr_t)handle;
}

void _endthreadex(unsigned int code)
{
	ExitThread(code);
}

void _endthread(void)
{
	ExitThread(0);
}

/* Thread local storage */

DWORD WINAPI TlsAlloc(void)
{
	pthread_key_t key;

	if (pthread_key_create(&key, NULL)) {
		SetLastError(ERROR_NO_SYSTEM_RESOURCES);
		return TLS_OUT_OF_INDEXES;
	}
	return key;
}

LPVOID WINAPI TlsGetValue(DWORD index)
{
	SetLastError(ERROR_SUCCESS);
	return pthread_getspecific(index);
}

BOOL WINAPI TlsSetValue(DWORD index, LPVOID value)
{
	return pthread_setspecific(index, value) ? fail(ERROR_INVALID_PARAMETER) : TRUE;
}

BOOL WINAPI TlsFree(DWORD index)
{
	return pthread_key_delete(index) ? fail(ERROR_INVALID_PARAMETER) : TRUE;
}
