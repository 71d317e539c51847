// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that complains in a message box and by an exception.
 */
#include <windows.h>
#include <tchar.h>

#define MS_VC_EXCEPTION 0x406D1388

#pragma pack(push, 8)
typedef struct tagTHREADNAME_INFO
{
    DWORD dwType;
    LPCSTR szName;
    DWORD dwThreadID;
    DWORD dwFlags;
} THREADNAME_INFO;
#pragma pack(pop)

int _tmain(int argc, TCHAR *argv[])
{
    THREADNAME_INFO info = { 0x1000, "named", (DWORD) -1, 0 };
    int answer;

    _tprintf(_T("before\n"));
    answer = MessageBox(NULL, _T("Der Schlüssel fehlt."), _T("secured"), MB_YESNO | MB_ICONQUESTION | MB_DEFBUTTON2);
    _tprintf(_T("answer %d\n"), answer);
    if (MessageBox(NULL, _T("No caption"), NULL, MB_OK) != IDOK)
        return 1;
    // a debugger that is not there learns the thread's name
    RaiseException(MS_VC_EXCEPTION, 0, sizeof(info) / sizeof(ULONG_PTR), (ULONG_PTR *) &info);
    _tprintf(_T("named\n"));
    if (argc > 1 && !_tcscmp(argv[1], _T("raise")))
        RaiseException(0xE0000001, EXCEPTION_NONCONTINUABLE, 0, NULL);
    return 0;
}
