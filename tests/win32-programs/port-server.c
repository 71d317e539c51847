// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: a server that keeps eight reads under way on a completion port and
 * lets a few threads serve them.
 */
#include <winsock2.h>
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <tchar.h>

#define READS       8
#define WORKERS     3
#define MESSAGES    200
#define KEY_SLOT    1
#define KEY_STOP    2

typedef struct _REQUEST
{
    OVERLAPPED overlapped;
    TCHAR text[64];
} REQUEST;

static LPCTSTR name = TEXT("\\\\.\\mailslot\\port\\server");
static HANDLE slot, port;
static LONG received, sum, aborted, others;

static BOOL Start(REQUEST *request)
{
    ZeroMemory(&request->overlapped, sizeof(OVERLAPPED));
    return ReadFile(slot, request->text, sizeof(request->text), NULL, &request->overlapped) ||
        GetLastError() == ERROR_IO_PENDING;
}

static unsigned __stdcall Worker(void *argument)
{
    HANDLE done = (HANDLE) argument;
    LPOVERLAPPED overlapped;
    ULONG_PTR key;
    DWORD bytes;
    REQUEST *request;
    int number;

    for (;;)
    {
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);

        if (ok && key == KEY_STOP)
            return 0;
        if (overlapped == NULL)
            return GetLastError();
        request = CONTAINING_RECORD(overlapped, REQUEST, overlapped);
        if (!ok)
        {
            if (GetLastError() == ERROR_OPERATION_ABORTED && key == KEY_SLOT && bytes == 0)
                InterlockedIncrement(&aborted);
            else
                InterlockedIncrement(&others);
            continue;
        }
        if (_stscanf(request->text, TEXT("number %d"), &number) == 1 &&
            bytes == (lstrlen(request->text) + 1) * sizeof(TCHAR))
            InterlockedExchangeAdd(&sum, number);
        if (InterlockedIncrement(&received) == MESSAGES)
            SetEvent(done);
        if (!Start(request))
            InterlockedIncrement(&others);
    }
}

int _tmain(void)
{
    static REQUEST requests[READS];
    HANDLE workers[WORKERS], client, done;
    OVERLAPPED_ENTRY entries[READS];
    TCHAR text[64];
    DWORD written;
    ULONG count;
    int i;

    slot = CreateMailslot(name, 0, MAILSLOT_WAIT_FOREVER, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WORKERS);
    if (slot == INVALID_HANDLE_VALUE || port == NULL)
        return 1;
    if (CreateIoCompletionPort(slot, port, KEY_SLOT, 0) != port)
        return 2;
    done = CreateEvent(NULL, TRUE, FALSE, NULL);
    for (i = 0; i < READS; i++)
        if (!Start(&requests[i]))
            return 3;
    for (i = 0; i < WORKERS; i++)
        workers[i] = (HANDLE) _beginthreadex(NULL, 0, Worker, done, 0, NULL);

    client = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    for (i = 1; i <= MESSAGES; i++)
    {
        wsprintf(text, TEXT("number %d"), i);
        if (!WriteFile(client, text, (lstrlen(text) + 1) * sizeof(TCHAR), &written, NULL))
            return 4;
    }
    FlushFileBuffers(client);
    CloseHandle(client);
    if (WaitForSingleObject(done, 60000) != WAIT_OBJECT_0)
        return 5;
    for (i = 0; i < WORKERS; i++)
        PostQueuedCompletionStatus(port, 0, KEY_STOP, NULL);
    WaitForMultipleObjects(WORKERS, workers, TRUE, INFINITE);
    _tprintf(TEXT("%ld messages, sum %ld\n"), received, sum);

    // the reads that are still under way end with the slot
    CloseHandle(slot);
    if (!GetQueuedCompletionStatusEx(port, entries, READS, &count, 1000, FALSE))
        return 6;
    for (i = 0; i < (int) count; i++)
        if (entries[i].lpCompletionKey == KEY_SLOT && entries[i].dwNumberOfBytesTransferred == 0)
            aborted++;
    _tprintf(TEXT("%ld reads ended with the slot, %ld failed otherwise\n"), aborted, others);
    if (!GetQueuedCompletionStatusEx(port, entries, READS, &count, 10, FALSE))
        _tprintf(TEXT("then error %lu\n"), GetLastError());
    CloseHandle(port);
    return 0;
}
