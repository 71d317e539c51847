// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the functions of the porting headers do when memory runs out: each with its first,
 * second, third ... allocation failing.  It fails with an error that says so, or does all
 * that it should; nothing in between.  Every try is a process of its own.  TAP on
 * standard output.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <strsafe.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Allocations of this thread until one fails; 0: none does. */
static __thread unsigned int fail_at;
static __thread BOOL reached;

static BOOL Fails(void)
{
    if (!fail_at || --fail_at)
        return FALSE;
    reached = TRUE;
    errno = ENOMEM;
    return TRUE;
}

/* In the place of the C library's own, which remain under these names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
    return Fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return Fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return Fails() ? NULL : __libc_realloc(old, size);
}

/* Each stores whether the call succeeded, and returns whether that is true. */
static HANDLE made, thread;
static PROCESS_INFORMATION process;

static BOOL MakeMutex(void)
{
    made = CreateMutexW(NULL, TRUE, L"memory mutex");
    return made != NULL;
}

static BOOL IsMutex(void)
{
    HANDLE other = OpenMutexW(SYNCHRONIZE, FALSE, L"memory mutex");

    return other && ReleaseMutex(other) && CloseHandle(other);
}

static BOOL MakeSemaphore(void)
{
    made = CreateSemaphoreW(NULL, 1, 1, L"memory semaphore");
    return made != NULL;
}

static BOOL IsSemaphore(void)
{
    HANDLE other = OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, L"memory semaphore");

    return other && WaitForSingleObject(other, 0) == WAIT_OBJECT_0 && CloseHandle(other);
}

static BOOL MakeTimer(void)
{
    made = CreateWaitableTimer(NULL, FALSE, NULL);
    return made != NULL;
}

static BOOL IsTimer(void)
{
    LARGE_INTEGER now;

    now.QuadPart = -1;
    return SetWaitableTimer(made, &now, 0, NULL, NULL, FALSE) &&
        WaitForSingleObject(made, 60000) == WAIT_OBJECT_0;
}

static DWORD WINAPI ReturnSeven(LPVOID unused)
{
    UNREFERENCED_PARAMETER(unused);
    return 7;
}

static BOOL MakeThread(void)
{
    thread = CreateThread(NULL, 0, ReturnSeven, NULL, 0, NULL);
    return thread != NULL;
}

static BOOL IsThread(void)
{
    DWORD code;

    return WaitForSingleObject(thread, 60000) == WAIT_OBJECT_0 &&
        GetExitCodeThread(thread, &code) && code == 7;
}

static BOOL MakeCurrentThread(void)
{
    return GetCurrentThread() != NULL;
}

static BOOL IsCurrentThread(void)
{
    return GetThreadId(GetCurrentThread()) == GetCurrentThreadId();
}

static BOOL SetVariable(void)
{
    return SetEnvironmentVariableW(L"MAILSLOT_MEMORY", L"new");
}

static BOOL IsVariable(void)
{
    const char *value = getenv("MAILSLOT_MEMORY");

    return value && !strcmp(value, "new");
}

static BOOL IsOldVariable(void)
{
    const char *value = getenv("MAILSLOT_MEMORY");

    return value && !strcmp(value, "old");
}

/*
 * The program waits for this FIFO's other end to be opened, then exits with the number of
 * its arguments.
 */
static char gate[64];
static WCHAR line[256];

static BOOL MakeProcess(void)
{
    WCHAR copy[ARRAYSIZE(line)];
    WCHAR environment[] = L"A=1\0B=2\0";
    STARTUPINFOW startup;

    CopyMemory(copy, line, sizeof(line));
    ZeroMemory(&startup, sizeof(startup));
    startup.cb = sizeof(startup);
    return CreateProcessW(L"/bin/sh", copy, NULL, NULL, FALSE, CREATE_UNICODE_ENVIRONMENT,
        environment, L"/", &startup, &process);
}

static BOOL IsProcess(void)
{
    DWORD code;

    close(open(gate, O_WRONLY | O_CLOEXEC));
    return WaitForSingleObject(process.hProcess, 60000) == WAIT_OBJECT_0 &&
        GetExitCodeProcess(process.hProcess, &code) && code == 4;
}

/* Nothing was started, or it was ended. */
static BOOL IsNoProcess(void)
{
    int i, status;
    pid_t child;

    for (i = 0; i < 3000; i++)
    {
        child = waitpid(-1, &status, WNOHANG);
        if (child)
            return child < 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        Sleep(10);
    }
    return FALSE;
}

static BOOL Always(void)
{
    return TRUE;
}

static const struct
{
    const char *name;
    BOOL (*call)(void);
    BOOL (*done)(void);     /* what it should do is done */
    BOOL (*undone)(void);   /* all is as before */
} scenarios[] = {
    { "CreateMutexW", MakeMutex, IsMutex, Always },
    { "CreateSemaphoreW", MakeSemaphore, IsSemaphore, Always },
    { "CreateWaitableTimer", MakeTimer, IsTimer, Always },
    { "CreateThread", MakeThread, IsThread, Always },
    { "GetCurrentThread", MakeCurrentThread, IsCurrentThread, Always },
    { "SetEnvironmentVariableW", SetVariable, IsVariable, IsOldVariable },
    { "CreateProcessW", MakeProcess, IsProcess, IsNoProcess },
};

enum { RAN, FAILED, BAD };

static int Attempt(int i, unsigned int n)
{
    BOOL ok;
    DWORD error;

    setenv("MAILSLOT_MEMORY", "old", 1);
    SetLastError(ERROR_SUCCESS);
    fail_at = n;
    ok = scenarios[i].call();
    error = GetLastError();
    fail_at = 0;
    if (ok)
        return !scenarios[i].done() ? BAD : reached ? FAILED : RAN;
    if (error != ERROR_NOT_ENOUGH_MEMORY && error != ERROR_NO_SYSTEM_RESOURCES &&
        error != ERROR_MAX_THRDS_REACHED)
    {
        printf("# %s: error %lu\n", scenarios[i].name, error);
        return BAD;
    }
    return scenarios[i].undone() && scenarios[i].call() && scenarios[i].done() ? FAILED : BAD;
}

static int InChild(int i, unsigned int n)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (!child)
    {
        int outcome = Attempt(i, n);

        fflush(stdout);
        _exit(outcome);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return BAD;
    return WEXITSTATUS(status);
}

int main(void)
{
    int i;

    StringCchPrintfA(gate, ARRAYSIZE(gate), "/tmp/mailslot-memory-%d", getpid());
    StringCchPrintfW(line, ARRAYSIZE(line),
        L"sh -c \"read x < %hs; exit $#\" name one two three four", gate);
    if (mkfifo(gate, 0600))
    {
        perror(gate);
        return 1;
    }
    for (i = 0; i < (int)ARRAYSIZE(scenarios); i++)
    {
        int outcome = FAILED;
        unsigned int n;

        for (n = 1; outcome == FAILED && n < 1000; n++)
            outcome = InChild(i, n);
        if (outcome != RAN || n < 3)
            printf("# allocation %u\n", n - 1);
        printf("%s %d - %s without memory\n", outcome == RAN && n >= 3 ? "ok" : "not ok", i + 1,
            scenarios[i].name);
    }
    unlink(gate);
    printf("1..%d\n", i);
    return 0;
}
