// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: a client that waits for its server to come up, sends a line per
 * argument, and says in words why it could not.
 */
#include <WINDOWS.H>
#include <TCHAR.H>
#include <stdio.h>
#include <stdlib.h>

static void Explain(LPCTSTR what, DWORD code)
{
    LPTSTR text = NULL;

    FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
        FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT),
        (LPTSTR) &text, 0, NULL);
    _tprintf(_T("%s: error %lu: %s"), what, code, text ? text : _T("?\n"));
    LocalFree(text);
}

static HANDLE Connect(LPCTSTR name, int tries)
{
    HANDLE slot;

    do
    {
        slot = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
            FILE_ATTRIBUTE_NORMAL, NULL);
        if (slot != INVALID_HANDLE_VALUE || GetLastError() != ERROR_FILE_NOT_FOUND)
            return slot;
        Sleep(100);
    } while (--tries > 0);
    return slot;
}

int __cdecl _tmain(int argc, TCHAR **argv)
{
    TCHAR name[MAX_PATH];
    HANDLE slot;
    DWORD written;
    int i;

    _stprintf_s(name, MAX_PATH, _T("\\\\.\\mailslot\\%s"), argc > 1 ? argv[1] : _T("app\\log"));
    slot = Connect(name, argc > 2 ? 50 : 1);
    if (slot == INVALID_HANDLE_VALUE)
    {
        Explain(_T("CreateFile"), GetLastError());
        return EXIT_FAILURE;
    }
    for (i = 2; i < argc; i++)
    {
        if (!WriteFile(slot, argv[i], (DWORD) (_tcslen(argv[i]) * sizeof(TCHAR)), &written, NULL))
            Explain(_T("WriteFile"), GetLastError());
    }
    CloseHandle(slot);
    return EXIT_SUCCESS;
}
