// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program as Microsoft's page on creating a mailslot describes it: the
 * calls, types and macros of its example.  As on Windows: no line knows of Linux.
 */
#include <windows.h>
#include <stdio.h>

HANDLE hSlot;

LPCTSTR SlotName = TEXT("\\\\.\\mailslot\\sample_mailslot");

BOOL WINAPI MakeSlot(LPCTSTR lpszSlotName)
{
    hSlot = CreateMailslot(lpszSlotName,
        0,                             // any size of message
        MAILSLOT_WAIT_FOREVER,         // reads wait
        (LPSECURITY_ATTRIBUTES) NULL); // default permissions

    if (hSlot == INVALID_HANDLE_VALUE)
    {
        printf("CreateMailslot failed with %d\n", GetLastError());
        return FALSE;
    }
    printf("Mailslot created.\n");
    return TRUE;
}

void main()
{
    if (!MakeSlot(SlotName))
        return;

    // once more: the name is taken
    MakeSlot(SlotName);
    CloseHandle(hSlot);
}
