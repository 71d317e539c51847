// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that makes access lists of entries and of older lists, and asks for the
 * identifiers of well-known accounts.  TAP on standard output.
 */
#include <windows.h>
#include <aclapi.h>
#include <stdio.h>
#include <string.h>
#include <tchar.h>

#include "check.h"

static SID_IDENTIFIER_AUTHORITY unixAuthority = { { 0, 0, 0, 0, 0, 22 } };

/* The user with this number. */
static PSID User(DWORD uid)
{
    static BYTE sids[8][SECURITY_MAX_SID_SIZE];
    static int next;
    PSID made = NULL, kept = sids[next++ % 8];

    if (AllocateAndInitializeSid(&unixAuthority, 2, 1, uid, 0, 0, 0, 0, 0, 0, &made))
        memcpy(kept, made, GetLengthSid(made));
    FreeSid(made);
    return kept;
}

static EXPLICIT_ACCESS Entry(ACCESS_MODE mode, DWORD mask, PSID sid)
{
    EXPLICIT_ACCESS entry;

    memset(&entry, 0, sizeof(entry));
    entry.grfAccessMode = mode;
    entry.grfAccessPermissions = mask;
    BuildTrusteeWithSid(&entry.Trustee, sid);
    return entry;
}

/* Is entry @i of the list of this type, for this mask and user? */
static BOOL Is(PACL acl, WORD i, BYTE type, DWORD mask, DWORD uid)
{
    BYTE *at = (BYTE *) (acl + 1);
    ACCESS_ALLOWED_ACE *entry;

    if (i >= acl->AceCount)
        return FALSE;
    while (i-- > 0)
        at += ((ACE_HEADER *) at)->AceSize;
    entry = (ACCESS_ALLOWED_ACE *) at;
    return entry->Header.AceType == type && entry->Mask == mask && EqualSid(&entry->SidStart, User(uid));
}

static PACL OldList(void)
{
    static DWORD room[64];
    PACL acl = (PACL) room;

    InitializeAcl(acl, sizeof(room), ACL_REVISION);
    AddAccessDeniedAce(acl, ACL_REVISION, GENERIC_READ, User(1));
    AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_READ, User(2));
    AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_WRITE, User(1));
    return acl;
}

static void TestOrder(void)
{
    EXPLICIT_ACCESS entries[2];
    PACL acl = NULL;

    entries[0] = Entry(GRANT_ACCESS, GENERIC_WRITE, User(3));
    entries[1] = Entry(DENY_ACCESS, GENERIC_ALL, User(4));
    CHECK(SetEntriesInAcl(2, entries, OldList(), &acl) == ERROR_SUCCESS);
    CHECK(acl && acl->AceCount == 5 && acl->AclRevision == ACL_REVISION);
    CHECK(Is(acl, 0, ACCESS_DENIED_ACE_TYPE, GENERIC_ALL, 4));
    CHECK(Is(acl, 1, ACCESS_DENIED_ACE_TYPE, GENERIC_READ, 1));
    CHECK(Is(acl, 2, ACCESS_ALLOWED_ACE_TYPE, GENERIC_WRITE, 3));
    CHECK(Is(acl, 3, ACCESS_ALLOWED_ACE_TYPE, GENERIC_READ, 2));
    CHECK(Is(acl, 4, ACCESS_ALLOWED_ACE_TYPE, GENERIC_WRITE, 1));
    CHECK(acl->AclSize == sizeof(ACL) + 5 * 24);
    LocalFree(acl);
    Report("new denials first, new permissions before old ones");
}

static void TestReplacing(void)
{
    EXPLICIT_ACCESS entry = Entry(SET_ACCESS, GENERIC_ALL, User(1));
    PACL acl = NULL;

    CHECK(SetEntriesInAcl(1, &entry, OldList(), &acl) == ERROR_SUCCESS);
    CHECK(acl && acl->AceCount == 2);
    CHECK(Is(acl, 0, ACCESS_ALLOWED_ACE_TYPE, GENERIC_ALL, 1));
    CHECK(Is(acl, 1, ACCESS_ALLOWED_ACE_TYPE, GENERIC_READ, 2));
    LocalFree(acl);
    entry = Entry(REVOKE_ACCESS, 0, User(1));
    CHECK(SetEntriesInAcl(1, &entry, OldList(), &acl) == ERROR_SUCCESS);
    CHECK(acl && acl->AceCount == 2);
    CHECK(Is(acl, 0, ACCESS_DENIED_ACE_TYPE, GENERIC_READ, 1));
    CHECK(Is(acl, 1, ACCESS_ALLOWED_ACE_TYPE, GENERIC_READ, 2));
    LocalFree(acl);
    CHECK(SetEntriesInAcl(0, NULL, OldList(), &acl) == ERROR_SUCCESS);
    CHECK(acl && acl->AceCount == 3);
    LocalFree(acl);
    Report("SET_ACCESS replaces, REVOKE_ACCESS takes permissions away");
}

static void TestErrors(void)
{
    EXPLICIT_ACCESS entry = Entry(GRANT_ACCESS, GENERIC_ALL, User(1));
    PACL acl = NULL, old;
    TCHAR nobody[] = _T("no such account"), system[] = _T("NT AUTHORITY\\SYSTEM"), me[] = _T("CURRENT_USER");

    CHECK(SetEntriesInAcl(1, &entry, NULL, NULL) == ERROR_INVALID_PARAMETER);
    CHECK(SetEntriesInAcl(1, NULL, NULL, &acl) == ERROR_INVALID_PARAMETER);
    entry.grfAccessMode = NOT_USED_ACCESS;
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_INVALID_PARAMETER);
    entry.grfAccessMode = SET_AUDIT_FAILURE;
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_NOT_SUPPORTED);
    entry.grfAccessMode = GRANT_ACCESS;
    entry.Trustee.TrusteeForm = TRUSTEE_BAD_FORM;
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_INVALID_PARAMETER);
    entry.Trustee.TrusteeForm = TRUSTEE_IS_OBJECTS_AND_SID;
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_NOT_SUPPORTED);
    BuildTrusteeWithName(&entry.Trustee, nobody);
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_NONE_MAPPED);
    entry.Trustee.MultipleTrusteeOperation = TRUSTEE_IS_IMPERSONATE;
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_INVALID_PARAMETER);
    entry = Entry(GRANT_ACCESS, GENERIC_ALL, NULL);
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_INVALID_SID);
    entry = Entry(GRANT_ACCESS, GENERIC_ALL, User(1));
    old = OldList();
    ((ACE_HEADER *) (old + 1))->AceSize = 12;
    CHECK(SetEntriesInAcl(1, &entry, old, &acl) == ERROR_INVALID_ACL);
    old = OldList();
    ((ACE_HEADER *) (old + 1))->AceSize = 0xfff0;
    CHECK(SetEntriesInAcl(1, &entry, old, &acl) == ERROR_INVALID_ACL);
    CHECK(acl == NULL);
    BuildExplicitAccessWithName(&entry, system, GENERIC_ALL, GRANT_ACCESS, NO_INHERITANCE);
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_SUCCESS);
    LocalFree(acl);
    BuildExplicitAccessWithName(&entry, me, GENERIC_ALL, GRANT_ACCESS, NO_INHERITANCE);
    CHECK(SetEntriesInAcl(1, &entry, NULL, &acl) == ERROR_SUCCESS);
    CHECK(acl && acl->AceCount == 1 && Is(acl, 0, ACCESS_ALLOWED_ACE_TYPE, GENERIC_ALL, 0));
    LocalFree(acl);
    Report("entries that are none");
}

static void TestWellKnown(void)
{
    static SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = 0;
    PSID admins = NULL;

    CHECK(!CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, NULL, &size));
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER && size == 16);
    CHECK(CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size) && size == 16);
    CHECK(AllocateAndInitializeSid(&nt, 2, 32, 544, 0, 0, 0, 0, 0, 0, &admins) && EqualSid(sid, admins));
    FreeSid(admins);
    size = sizeof(sid);
    CHECK(CreateWellKnownSid(WinWorldSid, NULL, sid, &size) && size == 12 && sid[7] == 1);
    CHECK(!CreateWellKnownSid((WELL_KNOWN_SID_TYPE) 0x7fff, NULL, sid, &size));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(!CreateWellKnownSid(WinWorldSid, NULL, sid, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
    Report("CreateWellKnownSid");
}

static void TestLookup(void)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    TCHAR domain[64], name[64], computer[64];
    DWORD size = sizeof(sid), domainSize = 64, nameSize = 64, computerSize = 64;
    SID_NAME_USE use;

    CHECK(GetComputerName(computer, &computerSize));
    CHECK(LookupAccountName(computer, _T("root"), sid, &size, domain, &domainSize, &use));
    CHECK(use == SidTypeUser && !_tcscmp(domain, computer) && EqualSid(sid, User(0)));
    size = sizeof(sid);
    domainSize = 1;
    CHECK(!LookupAccountName(_T(""), _T("root"), sid, &size, domain, &domainSize, &use));
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER && domainSize == computerSize + 1 && size == 16);
    size = 15;
    domainSize = 64;
    CHECK(!LookupAccountName(NULL, _T("root"), sid, &size, domain, &domainSize, &use));
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER && size == 16);
    CHECK(!LookupAccountName(_T("\\\\elsewhere"), _T("root"), sid, &size, domain, &domainSize, &use));
    CHECK(GetLastError() == RPC_S_SERVER_UNAVAILABLE);
    CHECK(!LookupAccountName(NULL, NULL, sid, &size, domain, &domainSize, &use));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    domainSize = 64;
    CHECK(!LookupAccountSid(NULL, User(0xfffffffe), name, &nameSize, domain, &domainSize, &use));
    CHECK(GetLastError() == ERROR_NONE_MAPPED);
    memset(sid, 0, sizeof(sid));
    CHECK(!LookupAccountSid(NULL, sid, name, &nameSize, domain, &domainSize, &use));
    CHECK(GetLastError() == ERROR_INVALID_SID);
    Report("LookupAccountName and LookupAccountSid");
}

int _tmain(void)
{
    TestOrder();
    TestReplacing();
    TestErrors();
    TestWellKnown();
    TestLookup();
    printf("1..%d\n", number);
    return 0;
}
