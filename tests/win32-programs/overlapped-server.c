// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: a server with several reads under way at once, waited for
 * together with a thread that sends and an event that stops it.
 */
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <tchar.h>

#define READS 4

static LPCTSTR name = _T("\\\\.\\mailslot\\overlapped\\server");

typedef struct
{
    OVERLAPPED overlapped;
    TCHAR text[100];
    BOOL pending;
} READ_REQUEST;

static unsigned __stdcall Sender(void *argument)
{
    HANDLE stop = (HANDLE) argument;
    HANDLE slot = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    TCHAR text[100];
    DWORD written;
    int i;

    for (i = 0; i < 10; i++)
    {
        wsprintf(text, _T("message %d from a thread"), i);
        if (!WriteFile(slot, text, (lstrlen(text) + 1) * sizeof(TCHAR), &written, NULL))
            return GetLastError();
        if (i % 3 == 0)
            Sleep(20);
    }
    SetEvent(stop);
    CloseHandle(slot);
    return 42;
}

static BOOL Start(HANDLE slot, READ_REQUEST *request)
{
    HANDLE event = request->overlapped.hEvent;

    ZeroMemory(&request->overlapped, sizeof(OVERLAPPED));
    request->overlapped.hEvent = event;
    request->pending = ReadFile(slot, request->text, sizeof(request->text), NULL, &request->overlapped) ||
        GetLastError() == ERROR_IO_PENDING;
    return request->pending;
}

int main(void)
{
    READ_REQUEST requests[READS];
    HANDLE handles[READS + 1];
    HANDLE slot, thread;
    unsigned id;
    DWORD code, bytes, which;
    int i, message, cancelled = 0, received = 0, which_ones = 0;

    slot = CreateMailslot(name, 0, MAILSLOT_WAIT_FOREVER, NULL);
    if (slot == INVALID_HANDLE_VALUE)
        return 1;
    for (i = 0; i < READS; i++)
    {
        requests[i].overlapped.hEvent = handles[i] = CreateEvent(NULL, TRUE, FALSE, NULL);
        if (!Start(slot, &requests[i]))
            return 2;
    }
    handles[READS] = CreateEvent(NULL, TRUE, FALSE, NULL);
    thread = (HANDLE) _beginthreadex(NULL, 0, Sender, handles[READS], 0, &id);

    for (;;)
    {
        which = WaitForMultipleObjects(READS + 1, handles, FALSE, 10000) - WAIT_OBJECT_0;
        if (which == READS && received < 10)
        {
            // what was sent before may still be on its way
            Sleep(10);
            continue;
        }
        if (which >= READS)
            break;
        if (!GetOverlappedResult(slot, &requests[which].overlapped, &bytes, FALSE))
            return 3;
        // the events say which reads are done, not in which order they were
        if (_stscanf(requests[which].text, _T("message %d from a thread"), &message) != 1)
            return 4;
        if (received++ == 0)
            _tprintf(_T("first: %s\n"), requests[which].text);
        which_ones |= 1 << message;
        Start(slot, &requests[which]);
    }
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CancelIo(slot);
    for (i = 0; i < READS; i++)
        if (!GetOverlappedResult(slot, &requests[i].overlapped, &bytes, TRUE) &&
            GetLastError() == ERROR_OPERATION_ABORTED)
            cancelled++;
    printf("received %d (%x), thread said %lu, cancelled %d\n", received, which_ones, code, cancelled);
    CloseHandle(thread);
    CloseHandle(slot);
    return 0;
}
