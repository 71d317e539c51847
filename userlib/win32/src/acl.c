// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Security identifiers, access control lists and security descriptors as programs build them
 * in memory.  libmailslot decides what they mean for a slot.
 */
#include "sid.h"

BOOL WINAPI AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, BYTE count, DWORD sub0,
				     DWORD sub1, DWORD sub2, DWORD sub3, DWORD sub4, DWORD sub5,
				     DWORD sub6, DWORD sub7, PSID *sid)
{
	const DWORD subs[] = { sub0, sub1, sub2, sub3, sub4, sub5, sub6, sub7 };
	SID *made;

	if (!authority || !sid || count > ARRAYSIZE(subs))
		return fail(ERROR_INVALID_SID);
	made = malloc(SID_SIZE(ARRAYSIZE(subs)));
	if (!made)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	made->Revision = SID_REVISION;
	made->SubAuthorityCount = count;
	made->IdentifierAuthority = *authority;
	for (BYTE i = 0; i < count; i++)
		made->SubAuthority[i] = subs[i];
	*sid = made;
	return TRUE;
}

PVOID WINAPI FreeSid(PSID sid)
{
	free(sid);
	return NULL;
}

BOOL WINAPI IsValidSid(PSID sid)
{
	const SID *s = sid;

	return s && s->Revision == SID_REVISION && s->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

DWORD WINAPI GetLengthSid(PSID sid)
{
	return (DWORD)SID_SIZE(((const SID *)sid)->SubAuthorityCount);
}

BOOL WINAPI EqualSid(PSID a, PSID b)
{
	if (!IsValidSid(a) || !IsValidSid(b))
		return fail(ERROR_INVALID_SID);
	SetLastError(ERROR_SUCCESS);
	return GetLengthSid(a) == GetLengthSid(b) && !memcmp(a, b, GetLengthSid(a));
}

BOOL WINAPI InitializeAcl(PACL acl, DWORD size, DWORD revision)
{
	if (!acl || size > MAXWORD || (revision != ACL_REVISION && revision != ACL_REVISION_DS))
		return fail(ERROR_INVALID_PARAMETER);
	if (size < sizeof(*acl))
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memset(acl, 0, sizeof(*acl));
	acl->AclRevision = (BYTE)revision;
	acl->AclSize = (WORD)(size & ~3U);
	return TRUE;
}

/*
 * Return an entry, or the place for the next one if the list has no more; NULL if the list is
 * broken.
 */
BYTE *acl_entry(PACL acl, WORD number)
{
	BYTE *at = (BYTE *)(acl + 1), *end = (BYTE *)acl + acl->AclSize;

	for (WORD i = 0; i < number; i++) {
		WORD size;

		if (end - at < (ptrdiff_t)sizeof(ACE_HEADER))
			return NULL;
		size = ((ACE_HEADER *)at)->AceSize;
		if (size < sizeof(ACE_HEADER) || size > end - at)
			return NULL;
		at += size;
	}
	return at;
}

void acl_shrink(PACL acl)
{
	acl->AclSize = (WORD)(acl_entry(acl, acl->AceCount) - (BYTE *)acl);
}

BOOL acl_append(PACL acl, BYTE type, BYTE flags, ACCESS_MASK mask, PSID sid)
{
	size_t size = offsetof(ACCESS_ALLOWED_ACE, SidStart) + GetLengthSid(sid);
	ACCESS_ALLOWED_ACE *entry = (ACCESS_ALLOWED_ACE *)acl_entry(acl, acl->AceCount);

	if (!entry)
		return fail(ERROR_INVALID_ACL);
	if (size > (size_t)((BYTE *)acl + acl->AclSize - (BYTE *)entry))
		return fail(ERROR_ALLOTTED_SPACE_EXCEEDED);
	entry->Header.AceType = type;
	entry->Header.AceFlags = flags;
	entry->Header.AceSize = (WORD)size;
	entry->Mask = mask;
	memcpy(&entry->SidStart, sid, GetLengthSid(sid));
	acl->AceCount++;
	return TRUE;
}

static BOOL add(PACL acl, DWORD revision, BYTE type, DWORD flags, ACCESS_MASK mask, PSID sid)
{
	if (!acl || acl->AclRevision < ACL_REVISION || acl->AclRevision > ACL_REVISION_DS)
		return fail(ERROR_INVALID_ACL);
	if (!IsValidSid(sid))
		return fail(ERROR_INVALID_SID);
	if (revision != ACL_REVISION && revision != ACL_REVISION_DS)
		return fail(ERROR_REVISION_MISMATCH);
	if (!acl_append(acl, type, (BYTE)flags, mask, sid))
		return FALSE;
	if (revision > acl->AclRevision)
		acl->AclRevision = (BYTE)revision;
	return TRUE;
}

BOOL WINAPI AddAccessAllowedAce(PACL acl, DWORD revision, DWORD mask, PSID sid)
{
	return add(acl, revision, ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid);
}

BOOL WINAPI AddAccessAllowedAceEx(PACL acl, DWORD revision, DWORD flags, DWORD mask, PSID sid)
{
	return add(acl, revision, ACCESS_ALLOWED_ACE_TYPE, flags, mask, sid);
}

BOOL WINAPI AddAccessDeniedAce(PACL acl, DWORD revision, DWORD mask, PSID sid)
{
	return add(acl, revision, ACCESS_DENIED_ACE_TYPE, 0, mask, sid);
}

BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, DWORD revision)
{
	SECURITY_DESCRIPTOR *d = descriptor;

	if (!d || revision != SECURITY_DESCRIPTOR_REVISION)
		return fail(ERROR_INVALID_PARAMETER);
	memset(d, 0, sizeof(*d));
	d->Revision = SECURITY_DESCRIPTOR_REVISION;
	return TRUE;
}

BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL dacl,
				      BOOL defaulted)
{
	SECURITY_DESCRIPTOR *d = descriptor;

	(void)defaulted;
	if (!d || d->Revision != SECURITY_DESCRIPTOR_REVISION)
		return fail(ERROR_INVALID_PARAMETER);
	if (d->Control & SE_SELF_RELATIVE)
		return fail(ERROR_INVALID_SECURITY_DESCR);
	d->Control &= (SECURITY_DESCRIPTOR_CONTROL)~SE_DACL_PRESENT;
	if (present)
		d->Control |= SE_DACL_PRESENT;
	d->Dacl = present ? dacl : NULL;
	return TRUE;
}
