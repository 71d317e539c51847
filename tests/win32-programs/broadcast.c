// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program as many were written: started with the word "server" it reads announcements and
 * prints them, without it announces its computer to its domain.
 */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static int Serve(int announcements)
{
    HANDLE slot = CreateMailslot("\\\\.\\mailslot\\Announce", 0, 60000, NULL);
    char text[425];
    DWORD size;

    if (slot == INVALID_HANDLE_VALUE)
        return 1;
    for (; announcements; announcements--) {
        if (!ReadFile(slot, text, sizeof(text) - 1, &size, NULL)) {
            printf("error %lu\n", (unsigned long) GetLastError());
            return 1;
        }
        text[size] = '\0';
        printf("%s\n", text);
        fflush(stdout);
    }
    CloseHandle(slot);
    return 0;
}

static int Announce(void)
{
    char computer[MAX_COMPUTERNAME_LENGTH + 1], text[100];
    DWORD size = sizeof(computer), written;
    HANDLE all;

    all = CreateFile("\\\\*\\mailslot\\Announce", GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING,
        FILE_ATTRIBUTE_NORMAL, NULL);
    if (all == INVALID_HANDLE_VALUE || !GetComputerName(computer, &size)) {
        printf("error %lu\n", (unsigned long) GetLastError());
        return 1;
    }
    wsprintf(text, "%s is here", computer);
    if (!WriteFile(all, text, (DWORD) strlen(text), &written, NULL)) {
        printf("error %lu\n", (unsigned long) GetLastError());
        return 1;
    }
    printf("announced: %s\n", text);
    CloseHandle(all);
    return 0;
}

int main(int argc, char **argv)
{
    return argc > 1 && !strcmp(argv[1], "server") ? Serve(argc > 2 ? atoi(argv[2]) : 1) : Announce();
}
