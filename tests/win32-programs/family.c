// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that starts itself again as its own child and hands it the
 * reading end of a mailslot, by the number of an inheritable handle.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>

static int Child(HANDLE slot)
{
    TCHAR text[100];
    DWORD read, flags;

    if (!GetHandleInformation(slot, &flags))
    {
        printf("child: error %lu\n", GetLastError());
        return 99;
    }
    printf("child: inheritable: %s\n", flags & HANDLE_FLAG_INHERIT ? "yes" : "no");
    if (!ReadFile(slot, text, sizeof(text) - sizeof(TCHAR), &read, NULL))
        return 98;
    text[read / sizeof(TCHAR)] = 0;
    _tprintf(_T("child: %s\n"), text);
    CloseHandle(slot);
    return 7;
}

static BOOL Run(LPTSTR program, HANDLE slot, BOOL inherit, LPDWORD code)
{
    STARTUPINFO startup = { sizeof(startup) };
    PROCESS_INFORMATION process;
    TCHAR line[MAX_PATH + 64];

    _stprintf_s(line, ARRAYSIZE(line), _T("\"%s\" child %d \"an argument with blanks\""), program,
        (int) (INT_PTR) slot);
    if (!CreateProcess(NULL, line, NULL, NULL, inherit, 0, NULL, NULL, &startup, &process))
    {
        printf("CreateProcess: error %lu\n", GetLastError());
        return FALSE;
    }
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return TRUE;
}

int _tmain(int argc, TCHAR *argv[])
{
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes), NULL, TRUE };
    LPCTSTR name = _T("\\\\.\\mailslot\\family");
    TCHAR program[MAX_PATH];
    HANDLE slot, client;
    LPCTSTR text = _T("from the parent");
    DWORD written, code;

    if (argc == 4 && !_tcscmp(argv[1], _T("child")) && !_tcscmp(argv[3], _T("an argument with blanks")))
        return Child((HANDLE) (INT_PTR) _ttoi(argv[2]));

    GetModuleFileName(NULL, program, MAX_PATH);
    slot = CreateMailslot(name, 0, 2000, &attributes);
    client = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (slot == INVALID_HANDLE_VALUE || client == INVALID_HANDLE_VALUE)
        return 1;
    WriteFile(client, text, lstrlen(text) * sizeof(TCHAR), &written, NULL);
    fflush(stdout);
    if (Run(program, slot, TRUE, &code))
        printf("parent: the child returned %lu\n", code);
    fflush(stdout);
    if (Run(program, slot, FALSE, &code))
        printf("parent: the other child returned %lu\n", code);
    SetHandleInformation(slot, HANDLE_FLAG_INHERIT, 0);
    fflush(stdout);
    if (Run(program, slot, TRUE, &code))
        printf("parent: the last child returned %lu\n", code);
    CloseHandle(client);
    CloseHandle(slot);
    return 0;
}
