// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: a server without events, whose reads end in a routine that runs
 * while it sleeps.
 */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

static LPCTSTR name = _T("\\\\.\\mailslot\\alertable");
static HANDLE slot;
static TCHAR buffer[64];
static int routines;
static BOOL done;

static VOID CALLBACK OnRead(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    routines++;
    if (error)
    {
        printf("routine: error %lu, %lu bytes\n", error, bytes);
        done = TRUE;
        return;
    }
    _tprintf(_T("routine: %.*s\n"), (int) (bytes / sizeof(TCHAR)), buffer);
    if (!ReadFileEx(slot, buffer, sizeof(buffer), overlapped, OnRead))
        done = TRUE;
}

static DWORD WINAPI Sender(LPVOID count)
{
    HANDLE client = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    TCHAR text[64];
    DWORD written;
    INT_PTR i;

    for (i = 1; i <= (INT_PTR) count; i++)
    {
        int length = wsprintf(text, TEXT("number %d"), (int) i);

        WriteFile(client, text, length * sizeof(TCHAR), &written, NULL);
    }
    CloseHandle(client);
    return 0;
}

int main()
{
    OVERLAPPED overlapped = { 0 };
    HANDLE thread;
    DWORD result;

    // reads give up after three quarters of a second without a message
    slot = CreateMailslot(name, 0, 750, NULL);
    if (slot == INVALID_HANDLE_VALUE || !ReadFileEx(slot, buffer, sizeof(buffer), &overlapped, OnRead))
    {
        printf("error %lu\n", GetLastError());
        return 1;
    }
    thread = CreateThread(NULL, 0, Sender, (LPVOID) 3, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    printf("not alertable: %d routines\n", routines);
    while (!done)
    {
        result = SleepEx(10000, TRUE);
        if (result != WAIT_IO_COMPLETION)
        {
            printf("SleepEx: %lu\n", result);
            return 1;
        }
    }
    printf("%d routines\n", routines);
    CloseHandle(thread);
    CloseHandle(slot);
    return 0;
}
