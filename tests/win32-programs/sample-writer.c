// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that writes a message to a mailslot: each argument, or a default.
 */
#include <windows.h>
#include <tchar.h>
#include <stdio.h>

LPCTSTR SlotName = TEXT("\\\\.\\mailslot\\sample_mailslot");

BOOL WriteSlot(HANDLE hSlot, LPCTSTR lpszMessage)
{
    BOOL fResult;
    DWORD cbWritten;

    fResult = WriteFile(hSlot, lpszMessage, (DWORD) (lstrlen(lpszMessage) + 1) * sizeof(TCHAR),
        &cbWritten, (LPOVERLAPPED) NULL);
    if (!fResult)
    {
        _tprintf(TEXT("WriteFile failed with %lu.\n"), GetLastError());
        return FALSE;
    }
    _tprintf(TEXT("Wrote %lu characters.\n"), cbWritten / (DWORD) sizeof(TCHAR));
    return TRUE;
}

int _tmain(int argc, TCHAR *argv[])
{
    HANDLE hFile;
    int i;

    hFile = CreateFile(SlotName, GENERIC_WRITE, FILE_SHARE_READ, (LPSECURITY_ATTRIBUTES) NULL,
        OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, (HANDLE) NULL);
    if (hFile == INVALID_HANDLE_VALUE)
    {
        _tprintf(TEXT("CreateFile failed with %d.\n"), GetLastError());
        return 1;
    }
    if (argc < 2)
        WriteSlot(hFile, TEXT("A message."));
    for (i = 1; i < argc; i++)
        WriteSlot(hFile, argv[i]);
    CloseHandle(hFile);
    return 0;
}
