// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that does to threads what one thread can do to another, and calls
 * the functions whose names end in Ex.  TAP on standard output.
 */
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <tchar.h>

#include "check.h"

static LONG order[4], calls;

static VOID CALLBACK Note(ULONG_PTR argument)
{
    if (calls < 4)
        order[calls++] = (LONG)argument;
}

static DWORD WINAPI Alertable(LPVOID argument)
{
    // what was queued before the thread began has run
    *(LONG *)argument = calls;
    return SleepEx(30000, TRUE);
}

static DWORD WINAPI Idle(LPVOID argument)
{
    SetEvent((HANDLE)argument);
    return WaitForSingleObject(GetCurrentProcess(), 0) + 1;
}

static void TestApc(void)
{
    LONG before = -1;
    HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, Alertable, &before, CREATE_SUSPENDED, NULL);
    DWORD code;

    CHECK(QueueUserAPC(Note, thread, 1) != 0);
    CHECK(QueueUserAPC(Note, thread, 2) != 0);
    ResumeThread(thread);
    while (*(volatile LONG *)&before < 0)
        Sleep(1);
    CHECK(before == 2 && order[0] == 1 && order[1] == 2);
    CHECK(QueueUserAPC(Note, thread, 3) != 0);
    CHECK(WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 && calls == 3 && order[2] == 3);
    CHECK(GetExitCodeThread(thread, &code) && code == WAIT_IO_COMPLETION);
    CHECK(!QueueUserAPC(Note, thread, 4) && GetLastError() == ERROR_GEN_FAILURE);
    CHECK(!QueueUserAPC(Note, event, 4) && GetLastError() == ERROR_INVALID_HANDLE);
    CloseHandle(thread);
    // to oneself
    CHECK(QueueUserAPC(Note, GetCurrentThread(), 5) != 0 && calls == 3);
    CHECK(WaitForSingleObjectEx(event, 0, FALSE) == WAIT_TIMEOUT && calls == 3);
    CHECK(WaitForSingleObjectEx(event, 1000, TRUE) == WAIT_IO_COMPLETION && calls == 4 && order[3] == 5);
    CloseHandle(event);
    Report("QueueUserAPC");
}

static HANDLE slot;
static LONG came_back;
static HANDLE mutex;

static DWORD WINAPI ReadForever(LPVOID argument)
{
    char text[8];
    DWORD read;
    BOOL ok;

    SetEvent((HANDLE)argument);
    ok = ReadFile(slot, text, sizeof(text), &read, NULL);
    InterlockedIncrement(&came_back);
    return ok ? 0 : GetLastError();
}

static DWORD WINAPI SleepForever(LPVOID argument)
{
    WaitForSingleObject(mutex, INFINITE);
    SetEvent((HANDLE)argument);
    Sleep(INFINITE);
    InterlockedIncrement(&came_back);
    return 1;
}

static HANDLE Begin(LPTHREAD_START_ROUTINE routine)
{
    HANDLE ready = CreateEvent(NULL, TRUE, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, routine, ready, 0, NULL);

    WaitForSingleObject(ready, INFINITE);
    Sleep(100);
    CloseHandle(ready);
    return thread;
}

static void TestCancel(void)
{
    HANDLE thread = Begin(ReadForever);
    DWORD code;

    CHECK(!CancelSynchronousIo(GetCurrentThread()) && GetLastError() == ERROR_NOT_FOUND);
    CHECK(!CancelSynchronousIo(slot) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(CancelSynchronousIo(thread));
    CHECK(WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == ERROR_OPERATION_ABORTED && came_back == 1);
    CHECK(!CancelSynchronousIo(thread) && GetLastError() == ERROR_NOT_FOUND);
    CloseHandle(thread);
    Report("CancelSynchronousIo");
}

static void TestTerminate(void)
{
    HANDLE thread = Begin(ReadForever), suspended;
    DWORD code, count;

    came_back = 0;
    CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    CHECK(TerminateThread(thread, 77));
    CHECK(WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == 77 && came_back == 0);
    CHECK(TerminateThread(thread, 78) && GetExitCodeThread(thread, &code) && code == 77);
    CloseHandle(thread);

    // its mutex is abandoned
    mutex = CreateMutex(NULL, FALSE, NULL);
    thread = Begin(SleepForever);
    CHECK(WaitForSingleObject(mutex, 0) == WAIT_TIMEOUT);
    CHECK(TerminateThread(thread, 5));
    CHECK(WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(mutex, 30000) == WAIT_ABANDONED);
    CHECK(GetExitCodeThread(thread, &code) && code == 5 && came_back == 0);
    CloseHandle(thread);
    CloseHandle(mutex);

    // one that has not begun never does
    suspended = CreateThread(NULL, 0, Idle, NULL, CREATE_SUSPENDED, NULL);
    CHECK(TerminateThread(suspended, 6));
    CHECK(WaitForSingleObject(suspended, 30000) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(suspended, &code) && code == 6);
    CloseHandle(suspended);
    CHECK(!TerminateThread(slot, 0) && GetLastError() == ERROR_INVALID_HANDLE);

    // no message went to the read that is no more
    CHECK(GetMailslotInfo(slot, NULL, NULL, &count, NULL) && count == 0);
    Report("TerminateThread");
}

static void TestCreateEx(void)
{
    HANDLE event, other, semaphore;
    LONG previous;

    event = CreateEventEx(NULL, NULL, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS);
    CHECK(event != NULL && WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0 && ResetEvent(event));
    CloseHandle(event);
    event = CreateEventEx(NULL, TEXT("names-event"), 0, EVENT_ALL_ACCESS);
    CHECK(event != NULL && GetLastError() == ERROR_SUCCESS && WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    other = CreateEventEx(NULL, TEXT("names-event"), 0, SYNCHRONIZE);
    CHECK(other != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
    CHECK(!SetEvent(other) && GetLastError() == ERROR_ACCESS_DENIED);
    CHECK(SetEvent(event) && WaitForSingleObject(other, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CloseHandle(other);
    CloseHandle(event);
    CHECK(!CreateEventEx(NULL, NULL, 4, EVENT_ALL_ACCESS) && GetLastError() == ERROR_INVALID_PARAMETER);

    mutex = CreateMutexEx(NULL, NULL, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS);
    CHECK(mutex != NULL && ReleaseMutex(mutex));
    CHECK(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
    CloseHandle(mutex);
    CHECK(!CreateMutexEx(NULL, NULL, 2, MUTEX_ALL_ACCESS) && GetLastError() == ERROR_INVALID_PARAMETER);

    semaphore = CreateSemaphoreEx(NULL, 1, 2, NULL, 0, SEMAPHORE_ALL_ACCESS);
    CHECK(semaphore != NULL && ReleaseSemaphore(semaphore, 1, &previous) && previous == 1);
    CloseHandle(semaphore);
    CHECK(!CreateSemaphoreEx(NULL, 1, 2, NULL, 1, SEMAPHORE_ALL_ACCESS) &&
        GetLastError() == ERROR_INVALID_PARAMETER);
    Report("CreateEventEx, CreateMutexEx, CreateSemaphoreEx");
}

static void TestSignalAndWait(void)
{
    HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL), full = CreateSemaphore(NULL, 1, 1, NULL);
    HANDLE semaphore = CreateSemaphore(NULL, 0, 1, NULL);

    mutex = CreateMutex(NULL, TRUE, NULL);
    CHECK(SignalObjectAndWait(event, event, 0, FALSE) == WAIT_OBJECT_0);
    CHECK(SignalObjectAndWait(semaphore, semaphore, 0, FALSE) == WAIT_OBJECT_0);
    CHECK(SignalObjectAndWait(mutex, event, 10, FALSE) == WAIT_TIMEOUT);
    CHECK(SignalObjectAndWait(mutex, event, 0, FALSE) == WAIT_FAILED && GetLastError() == ERROR_NOT_OWNER);
    CHECK(SignalObjectAndWait(full, event, 0, FALSE) == WAIT_FAILED && GetLastError() == ERROR_TOO_MANY_POSTS);
    CHECK(SignalObjectAndWait(slot, event, 0, FALSE) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(SignalObjectAndWait(event, NULL, 0, FALSE) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    calls = 0;
    QueueUserAPC(Note, GetCurrentThread(), 1);
    CHECK(SignalObjectAndWait(semaphore, event, 1000, TRUE) == WAIT_IO_COMPLETION && calls == 1);
    CloseHandle(event);
    CloseHandle(full);
    CloseHandle(semaphore);
    CloseHandle(mutex);
    Report("SignalObjectAndWait");
}

static void TestPriority(void)
{
    HANDLE process = GetCurrentProcess();

    CHECK(GetPriorityClass(process) == NORMAL_PRIORITY_CLASS);
    CHECK(!SetPriorityClass(process, 1) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(SetPriorityClass(process, BELOW_NORMAL_PRIORITY_CLASS));
    CHECK(GetPriorityClass(process) == BELOW_NORMAL_PRIORITY_CLASS);
    CHECK(SetPriorityClass(process, IDLE_PRIORITY_CLASS) && GetPriorityClass(process) == IDLE_PRIORITY_CLASS);
    CHECK(!SetPriorityClass(slot, IDLE_PRIORITY_CLASS) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!GetPriorityClass(slot) && GetLastError() == ERROR_INVALID_HANDLE);
    Report("SetPriorityClass, GetPriorityClass");
}

static void TestFiles(void)
{
    HANDLE client = CreateFile(TEXT("\\\\.\\mailslot\\threads"), GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL, NULL);
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE), event = CreateEvent(NULL, FALSE, FALSE, NULL);

    SetLastError(1);
    CHECK(GetFileType(slot) == FILE_TYPE_UNKNOWN && GetLastError() == NO_ERROR);
    SetLastError(1);
    CHECK(GetFileType(output) != FILE_TYPE_UNKNOWN && GetLastError() == NO_ERROR);
    CHECK(GetFileType(event) == FILE_TYPE_UNKNOWN && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(FlushFileBuffers(client));
    CHECK(!FlushFileBuffers(slot) && GetLastError() == ERROR_ACCESS_DENIED);
    CHECK(!FlushFileBuffers(event) && GetLastError() == ERROR_INVALID_HANDLE);
    if (GetFileType(output) == FILE_TYPE_CHAR)
        CHECK(!FlushFileBuffers(output) && GetLastError() == ERROR_INVALID_HANDLE);
    else
        CHECK(FlushFileBuffers(output));
    CloseHandle(client);
    CloseHandle(event);
    Report("GetFileType, FlushFileBuffers");
}

int _tmain(void)
{
    slot = CreateMailslot(TEXT("\\\\.\\mailslot\\threads"), 0, MAILSLOT_WAIT_FOREVER, NULL);
    if (slot == INVALID_HANDLE_VALUE)
        return 1;
    TestApc();
    TestCancel();
    TestTerminate();
    TestCreateEx();
    TestSignalAndWait();
    TestFiles();
    TestPriority();
    CloseHandle(slot);
    printf("1..%d\n", number);
    return 0;
}
