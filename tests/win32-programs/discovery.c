// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that announces itself to its whole domain by mailslot.  Current
 * Windows refuses that, and so it looks for peers on its own machine instead.
 */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

static HANDLE Open(LPCTSTR machine)
{
    TCHAR path[MAX_PATH];
    HANDLE slot;

    _sntprintf_s(path, MAX_PATH, _TRUNCATE, _T("\\\\%s\\mailslot\\discovery"), machine);
    slot = CreateFile(path, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    _tprintf(_T("%s: "), path);
    if (slot == INVALID_HANDLE_VALUE)
        printf("%s\n", GetLastError() == ERROR_REMOTE_MAILSLOTS_DEPRECATED ? "no remote mailslots" :
            GetLastError() == ERROR_FILE_NOT_FOUND ? "no peer" : "error");
    else
        printf("open\n");
    return slot;
}

int main()
{
    TCHAR computer[MAX_COMPUTERNAME_LENGTH + 1];
    DWORD size = ARRAYSIZE(computer), next, count;
    HANDLE server, client;
    TCHAR hello[100];

    Open(TEXT("*"));
    Open(TEXT("WORKGROUP"));
    Open(TEXT("."));

    server = CreateMailslot(TEXT("\\\\.\\mailslot\\Discovery"), 0, 0, NULL);
    if (server == INVALID_HANDLE_VALUE || !GetComputerName(computer, &size))
        return 1;
    client = Open(TEXT("localhost"));
    if (client == INVALID_HANDLE_VALUE)
        return 1;
    wsprintf(hello, TEXT("%s is here"), computer);
    WriteFile(client, hello, lstrlen(hello) * sizeof(TCHAR), &next, NULL);
    CloseHandle(client);
    if (!GetMailslotInfo(server, NULL, &next, &count, NULL))
        return 1;
    printf("%lu message of %lu characters\n", count, next / (DWORD) sizeof(TCHAR));
    ReadFile(server, hello, sizeof(hello), &next, NULL);
    _tprintf(TEXT("%.*s\n"), (int) (next / sizeof(TCHAR)), hello);
    CloseHandle(server);
    return 0;
}
