// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: a slot whose security descriptor is told on the command line, as
 * SDDL, or is built entry by entry without one.  It lives until standard input ends.
 */
#define _WIN32_WINNT 0x0501
#include <windows.h>
#include <sddl.h>
#include <stdio.h>
#include <tchar.h>

static SID_IDENTIFIER_AUTHORITY world = SECURITY_WORLD_SID_AUTHORITY;
static SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;

static PSECURITY_DESCRIPTOR Build(void)
{
    static SECURITY_DESCRIPTOR descriptor;
    PSID everyone = NULL, admins = NULL;
    PACL acl;
    DWORD size;

    if (!AllocateAndInitializeSid(&world, 1, SECURITY_WORLD_RID, 0, 0, 0, 0, 0, 0, 0, &everyone) ||
        !AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0,
            &admins))
        return NULL;
    size = sizeof(ACL) + 2 * (sizeof(ACCESS_ALLOWED_ACE) - sizeof(DWORD)) + GetLengthSid(everyone) +
        GetLengthSid(admins);
    acl = (PACL) LocalAlloc(LPTR, size);
    if (acl == NULL || !InitializeAcl(acl, size, ACL_REVISION) ||
        !AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_WRITE, everyone) ||
        !AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, admins))
        return NULL;
    FreeSid(everyone);
    FreeSid(admins);
    if (!InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE))
        return NULL;
    return &descriptor;
}

int _tmain(int argc, TCHAR *argv[])
{
    SECURITY_ATTRIBUTES attributes = { sizeof(SECURITY_ATTRIBUTES), NULL, FALSE };
    HANDLE slot;

    if (argc == 1)
        attributes.lpSecurityDescriptor = Build();
    else if (!ConvertStringSecurityDescriptorToSecurityDescriptor(argv[1], SDDL_REVISION_1,
            &attributes.lpSecurityDescriptor, NULL))
    {
        _tprintf(_T("descriptor: error %lu\n"), GetLastError());
        return 1;
    }
    slot = CreateMailslot(_T("\\\\.\\mailslot\\secured"), 0, 0, &attributes);
    if (slot == INVALID_HANDLE_VALUE)
    {
        _tprintf(_T("slot: error %lu\n"), GetLastError());
        return 2;
    }
    if (argc > 1)
        LocalFree(attributes.lpSecurityDescriptor);
    while (getchar() != EOF)
        ;
    CloseHandle(slot);
    return 0;
}
