// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program in C++ that may run once only: the mailslot's name tells, and as
 * a second way, a mutex's.  A second instance hands its arguments to the first.
 */
extern "C" {
#include <windows.h>
#include <tchar.h>
}
#include <cstdio>
#include <string>

static const TCHAR slotName[] = _T("\\\\.\\mailslot\\single_instance");

int _tmain(int argc, TCHAR *argv[])
{
    HANDLE mutex = CreateMutex(NULL, FALSE, _T("Global\\single_instance"));
    bool second = GetLastError() == ERROR_ALREADY_EXISTS;
    HANDLE slot = CreateMailslot(slotName, 0, 10000, NULL);
    DWORD bytes;

    if (slot == INVALID_HANDLE_VALUE)
    {
        std::basic_string<TCHAR> all;

        std::printf("second: error %lu, mutex %s\n", GetLastError(), second ? "exists" : "is new");
        for (int i = 1; i < argc; i++)
            all = all + argv[i] + _T(";");
        slot = CreateFile(slotName, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        WriteFile(slot, all.c_str(), static_cast<DWORD>(all.size() * sizeof(TCHAR)), &bytes, NULL);
        CloseHandle(slot);
        CloseHandle(mutex);
        return 2;
    }

    TCHAR text[200] = {};

    std::printf("first: mutex %s\n", second ? "exists" : "is new");
    std::fflush(stdout);
    if (!ReadFile(slot, text, sizeof(text) - sizeof(TCHAR), &bytes, NULL))
        return 1;
    _tprintf(_T("first: got %s\n"), text);
    CloseHandle(slot);
    CloseHandle(mutex);
    return 0;
}
