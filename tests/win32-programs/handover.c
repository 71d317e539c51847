// SPDX-License-Identifier: GPL-2.0-only
/*
 * ReleaseSemaphore, SetEvent and ReleaseMutex satisfy who already waits, inside the call and first in, first out, as on
 * Windows: the releasing thread cannot take its own release back.  Each test runs on objects without a name, on named
 * ones, and on named ones whose waiters are processes of their own.  TAP on standard output; "#" lines hold the figures.
 */
#include <windows.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAITERS 8
#define TRIES   50

enum kind { SEMAPHORE, EVENT, MANUAL, MUTEX };

/* How the tests run: who waits, and on what. */
static const struct mode
{
    const char *title;
    bool named;
    bool processes;
} modes[] = {
    { "threads", false, false },
    { "threads, by name", true, false },
    { "processes", true, true },
}, *mode;

/* A waiter: a thread, or a process that opens the objects by their names. */
struct waiter
{
    pthread_t thread;
    pid_t pid;
    int count;
    const char *names[2];
    HANDLE handles[2];
    bool all;
    bool keeps;     /* a mutex: ends with it */
    DWORD timeout;
    atomic_int place;   /* among all that returned; 0: not yet */
    DWORD result;
    long long cpu;      /* nanoseconds that the wait took of the processor */
};

/* Shared by the processes. */
static struct board
{
    struct waiter waiters[WAITERS];
    atomic_int returned;
    atomic_int last, changes, turns;
} *board;

static int number, failed_here;

#define CHECK(what) \
    do { \
        if (!(what)) { \
            printf("# line %d: %s (last error %u)\n", __LINE__, #what, (unsigned int)GetLastError()); \
            failed_here++; \
        } \
    } while (0)

static void Report(const char *name)
{
    printf("%s %d - %s: %s\n", failed_here ? "not ok" : "ok", ++number, mode->title, name);
    fflush(stdout);
    failed_here = 0;
}

static HANDLE Make(enum kind kind, const char *name)
{
    if (!mode->named)
        name = NULL;
    switch (kind)
    {
    case SEMAPHORE:
        return CreateSemaphoreA(NULL, 0, 100, name);
    case MUTEX:
        return CreateMutexA(NULL, TRUE, name);
    default:
        return CreateEventA(NULL, kind == MANUAL, FALSE, name);
    }
}

static HANDLE Open(const char *name)
{
    if (name[0] == 's')
        return OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name);
    if (name[0] == 'm')
        return OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name);
    return OpenEventA(EVENT_ALL_ACCESS, FALSE, name);
}

static long long Cpu(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void *Wait(void *arg)
{
    struct waiter *w = (struct waiter *)arg;
    long long began = Cpu();

    w->result = WaitForMultipleObjects(w->count, w->handles, w->all, w->timeout);
    w->cpu = Cpu() - began;
    w->place = ++board->returned;
    if (w->names[0][0] == 'm' && w->result != WAIT_TIMEOUT && !w->keeps)
        ReleaseMutex(w->handles[0]);
    return NULL;
}

/* Do all threads of a process but the calling one sleep? */
static bool Sleeps(pid_t pid)
{
    char path[300], line[256], *state;
    struct dirent *task;
    bool sleep = true;
    FILE *file;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    tasks = opendir(path);
    while (tasks && (task = readdir(tasks)))
    {
        if (task->d_name[0] == '.' || atoi(task->d_name) == gettid())
            continue;
        snprintf(path, sizeof(path), "/proc/%d/task/%s/stat", pid, task->d_name);
        file = fopen(path, "r");
        if (!file)
            continue;
        state = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
        sleep &= state && (state[2] == 'S' || state[2] == 'Z');
        fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return sleep;
}

static void UntilAsleep(pid_t pid)
{
    int calm;

    for (calm = 0; calm < 5; calm++)
    {
        usleep(3000);
        if (!Sleeps(pid))
            calm = -1;
    }
}

/* Start the waiter of this number and see it asleep. */
static struct waiter *Start(int i, const struct waiter *what)
{
    struct waiter *w = &board->waiters[i];
    pid_t pid;
    int n;

    *w = *what;
    w->place = 0;
    if (!mode->processes)
    {
        pthread_create(&w->thread, NULL, Wait, w);
        UntilAsleep(getpid());
        return w;
    }
    fflush(stdout);
    /* the waiter is shared: a child that stored its 0 would store it over this */
    pid = fork();
    if (!pid)
    {
        for (n = 0; n < w->count; n++)
            w->handles[n] = Open(w->names[n]);
        Wait(w);
        _exit(0);
    }
    if (pid < 0)
        exit(1);
    w->pid = pid;
    usleep(2000);
    UntilAsleep(w->pid);
    return w;
}

static struct waiter *StartOne(int i, HANDLE handle, const char *name)
{
    const struct waiter what = { .count = 1, .names = { name }, .handles = { handle }, .timeout = 20000 };

    return Start(i, &what);
}

static DWORD End(struct waiter *w)
{
    if (mode->processes)
        waitpid(w->pid, NULL, 0);
    else
        pthread_join(w->thread, NULL);
    return w->place ? w->result : WAIT_FAILED;
}

static bool Release(enum kind kind, HANDLE handle)
{
    switch (kind)
    {
    case SEMAPHORE:
        return ReleaseSemaphore(handle, 1, NULL);
    case MUTEX:
        return ReleaseMutex(handle);
    default:
        return SetEvent(handle);
    }
}

/* The example of the fault: release, and try at once to have it back. */
static void TestOwnRelease(enum kind kind, const char *name)
{
    HANDLE handle = Make(kind, name);
    int wrong = 0, i;

    for (i = 0; i < TRIES; i++)
    {
        struct waiter *w = StartOne(0, handle, name);
        DWORD mine;

        CHECK(Release(kind, handle));
        mine = WaitForSingleObject(handle, 0);
        wrong += mine != WAIT_TIMEOUT && !(kind == MUTEX && w->place);
        if (mine == WAIT_OBJECT_0)
            Release(kind, handle);
        CHECK(End(w) == WAIT_OBJECT_0);
        if (kind == MUTEX)
            CHECK(WaitForSingleObject(handle, 20000) == WAIT_OBJECT_0);
    }
    printf("# %s %s: the releasing thread had its own release in %d of %d tries\n", mode->title, name, wrong, TRIES);
    CHECK(!wrong);
    CloseHandle(handle);
    Report(name);
}

static void TestOrder(enum kind kind, const char *name)
{
    HANDLE handle = Make(kind, name);
    int i;

    board->returned = 0;
    for (i = 0; i < WAITERS; i++)
        StartOne(i, handle, name);
    for (i = 0; i < WAITERS; i++)
    {
        CHECK(kind == MUTEX && i ? TRUE : Release(kind, handle));
        CHECK(End(&board->waiters[i]) == WAIT_OBJECT_0);
        CHECK(board->waiters[i].place == i + 1);
    }
    CloseHandle(handle);
    Report("first in, first out");
}

/* Several at once: those in front have them, what is left over stays. */
static void TestSeveral(const char *name)
{
    HANDLE handle = Make(SEMAPHORE, name);
    struct waiter *one, *two;
    LONG previous = -1;

    one = StartOne(0, handle, name);
    two = StartOne(1, handle, name);
    CHECK(ReleaseSemaphore(handle, 3, &previous) && previous == 0);
    CHECK(ReleaseSemaphore(handle, 1, &previous) && previous == 1);
    CHECK(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(handle, 0) == WAIT_TIMEOUT);
    CHECK(End(one) == WAIT_OBJECT_0 && End(two) == WAIT_OBJECT_0);
    CloseHandle(handle);
    Report("a semaphore released for more than wait");
}

/* Who gave up or died takes nothing: the release is the next one's, or stays. */
static void TestGivenUp(enum kind kind, const char *name)
{
    struct waiter what = { .count = 1, .names = { name }, .timeout = 300 };
    HANDLE handle = Make(kind, name);
    struct waiter *one, *two;

    what.handles[0] = handle;
    one = Start(0, &what);
    two = StartOne(1, handle, name);
    CHECK(End(one) == WAIT_TIMEOUT);
    CHECK(Release(kind, handle));
    CHECK(End(two) == WAIT_OBJECT_0);
    one = Start(0, &what);
    CHECK(End(one) == WAIT_TIMEOUT);
    CHECK(Release(kind, handle));
    CHECK(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
    if (mode->processes)
    {
        one = StartOne(0, handle, name);
        two = StartOne(1, handle, name);
        kill(one->pid, SIGKILL);
        waitpid(one->pid, NULL, 0);
        CHECK(Release(kind, handle));
        CHECK(WaitForSingleObject(handle, 0) == WAIT_TIMEOUT);
        CHECK(End(two) == WAIT_OBJECT_0);
        one = StartOne(0, handle, name);
        kill(one->pid, SIGKILL);
        waitpid(one->pid, NULL, 0);
        CHECK(Release(kind, handle));
        CHECK(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0);
    }
    CloseHandle(handle);
    Report("a waiter that is gone takes nothing");
}

/* A stopped process has what was handed to it; killed then, it leaves it to the next. */
static void TestStopped(const char *name)
{
    HANDLE handle = Make(SEMAPHORE, name);
    struct waiter *one, *two;

    one = StartOne(0, handle, name);
    two = StartOne(1, handle, name);
    kill(one->pid, SIGSTOP);
    CHECK(ReleaseSemaphore(handle, 1, NULL));
    CHECK(WaitForSingleObject(handle, 50) == WAIT_TIMEOUT);
    CHECK(!two->place);
    CHECK(ReleaseSemaphore(handle, 1, NULL));
    CHECK(End(two) == WAIT_OBJECT_0);
    two = StartOne(1, handle, name);
    kill(one->pid, SIGKILL);
    waitpid(one->pid, NULL, 0);
    CHECK(End(two) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(handle, 0) == WAIT_TIMEOUT);
    CloseHandle(handle);
    Report("a waiter that is stopped, then killed");
}

/* Who holds a mutex and dies leaves it to the first that waits, who is told. */
static void TestOwnerDied(const char *name)
{
    struct waiter what = { .count = 1, .names = { name }, .keeps = true, .timeout = 20000 };
    HANDLE handle = Make(MUTEX, name);
    struct waiter *owner, *one, *two;

    what.handles[0] = handle;
    owner = Start(0, &what);
    one = StartOne(1, handle, name);
    two = StartOne(2, handle, name);
    CHECK(ReleaseMutex(handle));
    CHECK(End(owner) == WAIT_OBJECT_0);
    CHECK(End(one) == WAIT_ABANDONED);
    CHECK(End(two) == WAIT_OBJECT_0);
    CHECK(one->place < two->place);
    CHECK(WaitForSingleObject(handle, 0) == WAIT_OBJECT_0 && ReleaseMutex(handle));
    CloseHandle(handle);
    Report("a mutex whose owner ended");
}

static void TestAll(const char *first, const char *second)
{
    struct waiter what = { .count = 2, .names = { first, second }, .all = true, .timeout = 20000 };
    enum kind kind = first[0] == 's' ? SEMAPHORE : EVENT;
    HANDLE semaphore = Make(kind, first), event = Make(EVENT, second);
    struct waiter *w;

    what.handles[0] = semaphore;
    what.handles[1] = event;
    w = Start(0, &what);
    CHECK(Release(kind, semaphore));
    CHECK(WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0);
    CHECK(Release(kind, semaphore));
    /* it sleeps, though one of the two is there */
    Sleep(400);
    CHECK(SetEvent(event));
    if (!mode->processes)
    {
        CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
        CHECK(WaitForSingleObject(semaphore, 0) == WAIT_TIMEOUT);
    }
    CHECK(End(w) == WAIT_OBJECT_0);
    CHECK(w->cpu < 100000000);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK(WaitForSingleObject(semaphore, 0) == WAIT_TIMEOUT);
    CloseHandle(semaphore);
    CloseHandle(event);
    Report("a wait for all");
}

/* One wait takes one of two. */
static void TestAny(const char *first, const char *second)
{
    struct waiter what = { .count = 2, .names = { first, second }, .timeout = 20000 };
    HANDLE events[2] = { Make(EVENT, first), Make(EVENT, second) };
    struct waiter *w;

    what.handles[0] = events[0];
    what.handles[1] = events[1];
    w = Start(0, &what);
    CHECK(SetEvent(events[1]));
    CHECK(WaitForSingleObject(events[1], 0) == WAIT_TIMEOUT);
    if (mode->processes)
        End(w);
    CHECK(SetEvent(events[0]));
    CHECK(WaitForSingleObject(events[0], 0) == WAIT_OBJECT_0);
    if (!mode->processes)
        End(w);
    CHECK(w->result == WAIT_OBJECT_0 + 1);
    CloseHandle(events[0]);
    CloseHandle(events[1]);
    Report("a wait for any takes one");
}

/* All who wait are let go by a manual event that is reset at once, and none by one that stays reset. */
static void TestManual(const char *name)
{
    HANDLE event = Make(MANUAL, name);
    int i;

    for (i = 0; i < 3; i++)
        StartOne(i, event, name);
    CHECK(SetEvent(event) && ResetEvent(event));
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    for (i = 0; i < 3; i++)
        CHECK(End(&board->waiters[i]) == WAIT_OBJECT_0);
    for (i = 0; i < 3; i++)
        StartOne(i, event, name);
    CHECK(PulseEvent(event));
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    for (i = 0; i < 3; i++)
        CHECK(End(&board->waiters[i]) == WAIT_OBJECT_0);
    CloseHandle(event);
    Report("a manual event, set and reset, and pulsed");
}

/* Two take turns on one mutex: each change of hands counts. */
static void *TakeTurns(void *arg)
{
    struct waiter *w = (struct waiter *)arg;
    int me = (int)w->timeout, i;

    for (i = 0; i < TRIES; i++)
    {
        WaitForSingleObject(w->handles[0], INFINITE);
        if (board->turns++ && board->last != me)
            board->changes++;
        board->last = me;
        /* long enough for the other to wait again, on a slow machine, too */
        Sleep(15);
        ReleaseMutex(w->handles[0]);
    }
    return NULL;
}

static void TestTurns(const char *name)
{
    HANDLE mutex = Make(MUTEX, name);
    pid_t pid;
    int i;

    board->changes = 0;
    board->turns = 0;
    for (i = 0; i < 2; i++)
    {
        struct waiter *w = &board->waiters[i];

        w->handles[0] = mutex;
        w->timeout = (DWORD)i;
        w->place = 1;
        if (!mode->processes)
        {
            pthread_create(&w->thread, NULL, TakeTurns, w);
            continue;
        }
        pid = fork();
        if (!pid)
        {
            w->handles[0] = Open(name);
            TakeTurns(w);
            _exit(0);
        }
        if (pid < 0)
            exit(1);
        w->pid = pid;
    }
    usleep(100000);
    CHECK(ReleaseMutex(mutex));
    for (i = 0; i < 2; i++)
        End(&board->waiters[i]);
    printf("# %s: two that take turns on one mutex changed %d times of %d\n", mode->title, board->changes,
           2 * TRIES - 1);
    /* half of them change without a rule; who is late to wait again misses a turn */
    CHECK(board->changes >= 3 * TRIES / 2);
    CloseHandle(mutex);
    Report("turns on one mutex");
}

int main(void)
{
    void *shared = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    size_t i;

    if (shared == MAP_FAILED)
        return 1;
    board = (struct board *)shared;
    alarm(280);
    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
    {
        mode = &modes[i];
        TestOwnRelease(SEMAPHORE, "semaphore");
        TestOwnRelease(EVENT, "event");
        TestOwnRelease(MUTEX, "mutex");
        TestOrder(SEMAPHORE, "semaphore");
        TestOrder(EVENT, "event");
        TestOrder(MUTEX, "mutex");
        TestSeveral("semaphore");
        TestGivenUp(SEMAPHORE, "semaphore");
        TestGivenUp(EVENT, "event");
        TestAll("semaphore", "event");
        TestAll("event 2", "event");
        TestAny("event", "event 2");
        TestManual("event");
        TestTurns("mutex");
        TestOwnerDied("mutex");
        if (mode->processes)
            TestStopped("semaphore");
    }
    printf("1..%d\n", number);
    return 0;
}
