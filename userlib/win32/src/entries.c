// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Access control lists made of entries that say what somebody is to have: aclapi.h. How new
 * entries and an old list become one is as Microsoft documents SetEntriesInAcl and ACCESS_MODE.
 */
#include "sid.h"
#include <aclapi.h>

/* An entry whose trustee is found. */
struct resolved {
	ACCESS_MODE mode;
	DWORD mask;
	BYTE flags;
	BYTE sid[SECURITY_MAX_SID_SIZE] DECLSPEC_ALIGN(4);
};

static DWORD resolve_name(const char *name, BYTE *sid)
{
	if (!name)
		return ERROR_INVALID_PARAMETER;
	if (strcasecmp(name, "CURRENT_USER"))
		return account_sid_of(name, sid);
	account_current_user(sid);
	return ERROR_SUCCESS;
}

static DWORD resolve(const EXPLICIT_ACCESSA *entry, bool wide, struct resolved *resolved)
{
	const TRUSTEEA *trustee = &entry->Trustee;
	DWORD error = ERROR_SUCCESS;
	char *narrow = NULL;

	resolved->mode = entry->grfAccessMode;
	resolved->mask = entry->grfAccessPermissions;
	resolved->flags = (BYTE)entry->grfInheritance;
	if (trustee->pMultipleTrustee || trustee->MultipleTrusteeOperation != NO_MULTIPLE_TRUSTEE)
		return ERROR_INVALID_PARAMETER;
	if (entry->grfAccessMode == SET_AUDIT_SUCCESS || entry->grfAccessMode == SET_AUDIT_FAILURE)
		return ERROR_NOT_SUPPORTED;
	if (entry->grfAccessMode < GRANT_ACCESS || entry->grfAccessMode > REVOKE_ACCESS)
		return ERROR_INVALID_PARAMETER;
	switch (trustee->TrusteeForm) {
	case TRUSTEE_IS_SID:
		if (!IsValidSid((PSID)trustee->ptstrName))
			return ERROR_INVALID_SID;
		memcpy(resolved->sid, trustee->ptstrName, GetLengthSid((PSID)trustee->ptstrName));
		return ERROR_SUCCESS;
	case TRUSTEE_IS_NAME:
		if (wide && !utf8_dup_or_fail((const void *)trustee->ptstrName, &narrow))
			return ERROR_NOT_ENOUGH_MEMORY;
		error = resolve_name(wide ? narrow : trustee->ptstrName, resolved->sid);
		free(narrow);
		return error;
	case TRUSTEE_IS_OBJECTS_AND_SID:
	case TRUSTEE_IS_OBJECTS_AND_NAME:
		return ERROR_NOT_SUPPORTED;	/* of a directory service */
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

static DWORD resolve_all(const EXPLICIT_ACCESSA *entries, ULONG n, bool wide,
			 struct resolved *resolved)
{
	DWORD error = ERROR_SUCCESS;

	for (ULONG i = 0; i < n && !error; i++)
		error = resolve(&entries[i], wide, &resolved[i]);
	return error;
}

/* Does a new entry take the place of this old one? */
static bool replaced(const ACCESS_ALLOWED_ACE *old, const struct resolved *entries, ULONG n)
{
	bool allows = old->Header.AceType == ACCESS_ALLOWED_ACE_TYPE;

	if (!allows && old->Header.AceType != ACCESS_DENIED_ACE_TYPE)
		return false;
	for (ULONG i = 0; i < n; i++) {
		ACCESS_MODE mode = entries[i].mode;

		if ((mode == SET_ACCESS || (mode == REVOKE_ACCESS && allows)) &&
		    EqualSid((PSID)entries[i].sid, (PSID)&old->SidStart))
			return true;
	}
	return false;
}

/*
 * Return the entry of an old list with this number, whose SID is complete; NULL if the list is
 * broken.
 */
static const ACCESS_ALLOWED_ACE *old_entry(PACL old, WORD number)
{
	const ACCESS_ALLOWED_ACE *entry = (const ACCESS_ALLOWED_ACE *)acl_entry(old, number);
	const size_t head = offsetof(ACCESS_ALLOWED_ACE, SidStart);

	if (!entry || !acl_entry(old, (WORD)(number + 1)) ||
	    entry->Header.AceSize < head + SID_SIZE(0) || !IsValidSid((PSID)&entry->SidStart) ||
	    entry->Header.AceSize < head + GetLengthSid((PSID)&entry->SidStart))
		return NULL;
	return entry;
}

/* Append the old entries that deny, or all others, except for entries that new ones replace. */
static DWORD append_old(PACL acl, PACL old, bool denied, const struct resolved *entries, ULONG n)
{
	for (WORD i = 0; old && i < old->AceCount; i++) {
		const ACCESS_ALLOWED_ACE *entry = old_entry(old, i);
		bool denies;

		if (!entry)
			return ERROR_INVALID_ACL;
		denies = entry->Header.AceType == ACCESS_DENIED_ACE_TYPE;
		if (denies != denied || replaced(entry, entries, n))
			continue;
		if (!acl_append(acl, entry->Header.AceType, entry->Header.AceFlags, entry->Mask,
				(PSID)&entry->SidStart))
			return GetLastError();
	}
	return ERROR_SUCCESS;
}

static DWORD append_new(PACL acl, bool denied, const struct resolved *entries, ULONG n)
{
	BYTE type = denied ? ACCESS_DENIED_ACE_TYPE : ACCESS_ALLOWED_ACE_TYPE;

	for (ULONG i = 0; i < n; i++) {
		bool denies = entries[i].mode == DENY_ACCESS;

		if (entries[i].mode == REVOKE_ACCESS || denies != denied)
			continue;
		if (!acl_append(acl, type, entries[i].flags, entries[i].mask,
				(PSID)entries[i].sid))
			return GetLastError();
	}
	return ERROR_SUCCESS;
}

/* New denials first, then the old ones; new permissions before the old ones. */
static DWORD merge(PACL acl, PACL old, const struct resolved *entries, ULONG n)
{
	DWORD error = append_new(acl, true, entries, n);

	if (!error)
		error = append_old(acl, old, true, entries, n);
	if (!error)
		error = append_new(acl, false, entries, n);
	if (!error)
		error = append_old(acl, old, false, entries, n);
	return error;
}

static DWORD set_entries(ULONG n, const EXPLICIT_ACCESSA *entries, bool wide, PACL old, PACL *list)
{
	struct resolved *resolved;
	DWORD error;
	PACL acl;

	if (!list || (n && !entries))
		return ERROR_INVALID_PARAMETER;
	resolved = calloc(n + 1UL, sizeof(*resolved));
	acl = LocalAlloc(LPTR, MAXWORD);
	error = resolved && acl ? resolve_all(entries, n, wide, resolved) : ERROR_NOT_ENOUGH_MEMORY;
	if (!error) {
		InitializeAcl(acl, MAXWORD, ACL_REVISION);
		error = merge(acl, old, resolved, n);
	}
	free(resolved);
	if (error) {
		LocalFree(acl);
		return error;
	}
	acl_shrink(acl);
	*list = acl;
	return ERROR_SUCCESS;
}

DWORD WINAPI SetEntriesInAclA(ULONG n, PEXPLICIT_ACCESSA entries, PACL old, PACL *list)
{
	return set_entries(n, entries, false, old, list);
}

DWORD WINAPI SetEntriesInAclW(ULONG n, PEXPLICIT_ACCESSW entries, PACL old, PACL *list)
{
	/* The two forms differ only in what the name points to. */
	return set_entries(n, (const EXPLICIT_ACCESSA *)(const void *)entries, true, old, list);
}

static void build_trustee(TRUSTEEA *trustee, TRUSTEE_FORM form, void *name)
{
	*trustee = (TRUSTEEA){ .TrusteeForm = form, .ptstrName = name };
}

VOID WINAPI BuildTrusteeWithSidA(PTRUSTEEA trustee, PSID sid)
{
	build_trustee(trustee, TRUSTEE_IS_SID, sid);
}

VOID WINAPI BuildTrusteeWithSidW(PTRUSTEEW trustee, PSID sid)
{
	build_trustee((TRUSTEEA *)(void *)trustee, TRUSTEE_IS_SID, sid);
}

VOID WINAPI BuildTrusteeWithNameA(PTRUSTEEA trustee, LPSTR name)
{
	build_trustee(trustee, TRUSTEE_IS_NAME, name);
}

VOID WINAPI BuildTrusteeWithNameW(PTRUSTEEW trustee, LPWSTR name)
{
	build_trustee((TRUSTEEA *)(void *)trustee, TRUSTEE_IS_NAME, name);
}

static void build_entry(EXPLICIT_ACCESSA *entry, void *name, DWORD mask, ACCESS_MODE mode,
			DWORD inheritance)
{
	entry->grfAccessPermissions = mask;
	entry->grfAccessMode = mode;
	entry->grfInheritance = inheritance;
	build_trustee(&entry->Trustee, TRUSTEE_IS_NAME, name);
}

VOID WINAPI BuildExplicitAccessWithNameA(PEXPLICIT_ACCESSA entry, LPSTR name, DWORD mask,
					 ACCESS_MODE mode, DWORD inheritance)
{
	build_entry(entry, name, mask, mode, inheritance);
}

VOID WINAPI BuildExplicitAccessWithNameW(PEXPLICIT_ACCESSW entry, LPWSTR name, DWORD mask,
					 ACCESS_MODE mode, DWORD inheritance)
{
	build_entry((EXPLICIT_ACCESSA *)(void *)entry, name, mask, mode, inheritance);
}
