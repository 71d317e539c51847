// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that reads a mailslot as Microsoft's page on reading describes
 * it: it looks with GetMailslotInfo now and then, and reads with an event in an
 * OVERLAPPED.  It ends with the message "quit".
 */
#include <windows.h>
#include <tchar.h>
#include <stdio.h>
#include <strsafe.h>

HANDLE hSlot;
LPTSTR lpszSlotName = (LPTSTR) TEXT("\\\\.\\mailslot\\sample_mailslot");
BOOL fQuit = FALSE;

BOOL ReadSlot()
{
    DWORD cbMessage, cMessage, cbRead;
    BOOL fResult;
    LPTSTR lpszBuffer;
    TCHAR achID[80];
    DWORD cAllMessages;
    HANDLE hEvent;
    OVERLAPPED ov;

    cbMessage = cMessage = cbRead = 0;

    // the same name every time, never closed by some programs
    hEvent = CreateEvent(NULL, FALSE, FALSE, TEXT("ExampleSlot"));
    if (NULL == hEvent)
        return FALSE;
    ov.Offset = 0;
    ov.OffsetHigh = 0;
    ov.hEvent = hEvent;

    fResult = GetMailslotInfo(hSlot, (LPDWORD) NULL, &cbMessage, &cMessage, (LPDWORD) NULL);
    if (!fResult)
    {
        printf("GetMailslotInfo failed with %d.\n", GetLastError());
        return FALSE;
    }
    if (cbMessage == MAILSLOT_NO_MESSAGE)
        return TRUE;

    cAllMessages = cMessage;
    while (cMessage != 0)
    {
        StringCchPrintf((LPTSTR) achID, 80, TEXT("\nMessage #%d of %d\n"),
            cAllMessages - cMessage + 1, cAllMessages);

        lpszBuffer = (LPTSTR) GlobalAlloc(GPTR, lstrlen((LPTSTR) achID) * sizeof(TCHAR) + cbMessage);
        if (NULL == lpszBuffer)
            return FALSE;
        lpszBuffer[0] = '\0';

        fResult = ReadFile(hSlot, lpszBuffer, cbMessage, &cbRead, &ov);
        if (!fResult)
        {
            printf("ReadFile failed with %d.\n", GetLastError());
            GlobalFree((HGLOBAL) lpszBuffer);
            return FALSE;
        }
        if (lstrcmp(lpszBuffer, TEXT("quit")) == 0)
            fQuit = TRUE;
        StringCbCat(lpszBuffer, lstrlen((LPTSTR) achID) * sizeof(TCHAR) + cbMessage, (LPTSTR) achID);
        _tprintf(TEXT("Contents of the mailslot: %s\n"), lpszBuffer);
        GlobalFree((HGLOBAL) lpszBuffer);

        fResult = GetMailslotInfo(hSlot, (LPDWORD) NULL, &cbMessage, &cMessage, (LPDWORD) NULL);
        if (!fResult)
        {
            printf("GetMailslotInfo failed (%d)\n", GetLastError());
            return FALSE;
        }
    }
    CloseHandle(hEvent);
    return TRUE;
}

BOOL WINAPI MakeSlot(LPCTSTR lpszSlotName)
{
    hSlot = CreateMailslot(lpszSlotName, 0, MAILSLOT_WAIT_FOREVER, (LPSECURITY_ATTRIBUTES) NULL);
    if (hSlot == INVALID_HANDLE_VALUE)
    {
        printf("CreateMailslot failed with %d\n", GetLastError());
        return FALSE;
    }
    return TRUE;
}

int main()
{
    if (!MakeSlot(lpszSlotName))
        return 1;
    while (!fQuit)
    {
        if (!ReadSlot())
            return 1;
        Sleep(100);
    }
    return 0;
}
