// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program whose slot is to be written to by everybody: a security
 * descriptor with a NULL access list, as services set up.
 */
#include <windows.h>
#include <stdio.h>

int main()
{
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes;
    HANDLE slot;

    if (!InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !SetSecurityDescriptorDacl(&descriptor, TRUE, (PACL) NULL, FALSE))
        return 1;
    attributes.nLength = sizeof(attributes);
    attributes.lpSecurityDescriptor = &descriptor;
    attributes.bInheritHandle = FALSE;
    slot = CreateMailslot(TEXT("\\\\.\\mailslot\\everybody"), 424, MAILSLOT_WAIT_FOREVER, &attributes);
    if (slot == INVALID_HANDLE_VALUE)
        return 1;
    printf("open\n");
    fflush(stdout);
    getchar();
    CloseHandle(slot);
    return 0;
}
