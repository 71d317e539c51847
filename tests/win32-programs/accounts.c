// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program: a slot that some accounts may write to and others may not. Accounts are
 * named on the command line, "+name" and "-name"; "=name" only tells what is known of one. The
 * slot lives until standard input ends.
 */
#include <windows.h>
#include <aclapi.h>
#include <stdio.h>
#include <tchar.h>

#define MAX_ENTRIES 16

static void PrintSid(PSID sid)
{
    SID *s = (SID *) sid;
    BYTE i;

    _tprintf(_T("S-%u-%u"), s->Revision, s->IdentifierAuthority.Value[5]);
    for (i = 0; i < s->SubAuthorityCount; i++)
        _tprintf(_T("-%lu"), s->SubAuthority[i]);
}

static BOOL Tell(LPTSTR name)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    TCHAR domain[64], back[64], backDomain[64];
    DWORD sidSize = 0, domainSize = 0, backSize = 64, backDomainSize = 64, needed;
    SID_NAME_USE use, backUse;

    /* Ask for the sizes, as all programs do. */
    if (LookupAccountName(NULL, name, NULL, &sidSize, NULL, &domainSize, &use))
        return FALSE;
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER)
    {
        _tprintf(_T("%s: error %lu\n"), name, GetLastError());
        return TRUE;
    }
    if (sidSize > sizeof(sid) || domainSize > 64)
        return FALSE;
    needed = domainSize;
    if (!LookupAccountName(NULL, name, sid, &sidSize, domain, &domainSize, &use))
        return FALSE;
    if (domainSize != needed - 1 || lstrlen(domain) != (int) domainSize || GetLengthSid(sid) != sidSize)
        return FALSE;
    if (!LookupAccountSid(NULL, sid, back, &backSize, backDomain, &backDomainSize, &backUse))
        return FALSE;
    if (backUse != use || lstrcmp(domain, backDomain) || lstrlen(back) != (int) backSize)
        return FALSE;
    _tprintf(_T("%s: use %d "), back, (int) use);
    PrintSid(sid);
    _tprintf(_T("\n"));
    return TRUE;
}

int _tmain(int argc, TCHAR *argv[])
{
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes = { sizeof(SECURITY_ATTRIBUTES), &descriptor, FALSE };
    EXPLICIT_ACCESS entries[MAX_ENTRIES];
    PACL acl = NULL;
    DWORD error;
    ULONG n = 0;
    HANDLE slot;
    int i;

    for (i = 1; i < argc && n < MAX_ENTRIES; i++)
    {
        LPTSTR name = argv[i] + 1;

        if (argv[i][0] == _T('='))
        {
            if (!Tell(name))
                return 3;
        }
        else
            BuildExplicitAccessWithName(&entries[n++], name, GENERIC_WRITE,
                argv[i][0] == _T('+') ? SET_ACCESS : DENY_ACCESS, NO_INHERITANCE);
    }
    if (n == 0)
        return 0;
    error = SetEntriesInAcl(n, entries, NULL, &acl);
    if (error != ERROR_SUCCESS)
    {
        _tprintf(_T("list: error %lu\n"), error);
        return 1;
    }
    if (!InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE))
        return 4;
    slot = CreateMailslot(_T("\\\\.\\mailslot\\accounts"), 0, 0, &attributes);
    if (slot == INVALID_HANDLE_VALUE)
    {
        _tprintf(_T("slot: error %lu\n"), GetLastError());
        return 2;
    }
    LocalFree(acl);
    while (getchar() != EOF)
        ;
    CloseHandle(slot);
    return 0;
}
