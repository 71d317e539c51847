// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Security descriptors from text, "D:(A;;GA;;;WD)": SDDL without what only a domain or
 * a directory service knows.
 */
#include "sid.h"
#include <sddl.h>

struct two_letters {
	char letters[3];
	DWORD value;
};

static const struct two_letters types[] = {
	{ "A", ACCESS_ALLOWED_ACE_TYPE },
	{ "D", ACCESS_DENIED_ACE_TYPE },
	{ "AU", SYSTEM_AUDIT_ACE_TYPE },
	{ "ML", SYSTEM_MANDATORY_LABEL_ACE_TYPE },
};

static const struct two_letters flags[] = {
	{ "OI", OBJECT_INHERIT_ACE },
	{ "CI", CONTAINER_INHERIT_ACE },
	{ "NP", NO_PROPAGATE_INHERIT_ACE },
	{ "IO", INHERIT_ONLY_ACE },
	{ "ID", INHERITED_ACE },
	{ "SA", 0x40 },		/* audits of success */
	{ "FA", 0x80 },		/* and of failure */
};

static const struct two_letters rights[] = {
	{ "GA", GENERIC_ALL },
	{ "GR", GENERIC_READ },
	{ "GW", GENERIC_WRITE },
	{ "GX", GENERIC_EXECUTE },
	{ "RC", READ_CONTROL },
	{ "SD", DELETE },
	{ "WD", WRITE_DAC },
	{ "WO", WRITE_OWNER },
	{ "CC", 0x001 },
	{ "DC", 0x002 },
	{ "LC", 0x004 },
	{ "SW", 0x008 },
	{ "RP", 0x010 },
	{ "WP", 0x020 },
	{ "DT", 0x040 },
	{ "LO", 0x080 },
	{ "CR", 0x100 },
	{ "FA", FILE_ALL_ACCESS },
	{ "FR", FILE_GENERIC_READ },
	{ "FW", FILE_GENERIC_WRITE },
	{ "FX", FILE_GENERIC_EXECUTE },
	{ "KA", 0xf003f },
	{ "KR", 0x20019 },
	{ "KW", 0x20006 },
	{ "KX", 0x20019 },
	{ "NW", 1 },		/* of a mandatory label: no write up */
	{ "NR", 2 },
	{ "NX", 4 },
};

#define MAX_SID		SID_SIZE(SID_MAX_SUB_AUTHORITIES)

/* The result of parsing a text, and the present place in the text. */
struct parse {
	const char *at;
	SECURITY_DESCRIPTOR_CONTROL control;
	bool has_owner;
	bool has_group;
	BYTE owner[MAX_SID] DECLSPEC_ALIGN(4);
	BYTE group[MAX_SID] DECLSPEC_ALIGN(4);
	PACL dacl;
	PACL sacl;
};

/* Take a word of the table. Return false if the text has none there. */
static bool take_word(const char **at, const struct two_letters *table, size_t n, DWORD *value)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(table[i].letters);

		if (!strncmp(*at, table[i].letters, length)) {
			*value = table[i].value;
			*at += length;
			return true;
		}
	}
	return false;
}

static DWORD take_numbers(const char **at, SID *sid)
{
	unsigned long long authority;
	char *end;

	if (strncasecmp(*at, "S-1-", 4) || !isdigit((unsigned char)(*at)[4]))
		return ERROR_INVALID_SID;
	authority = strtoull(*at + 4, &end, 0);
	for (int i = 5; i >= 0; i--, authority >>= 8)
		sid->IdentifierAuthority.Value[i] = (BYTE)authority;
	while (end[0] == '-' && isdigit((unsigned char)end[1])) {
		unsigned long long sub = strtoull(end + 1, &end, 0);

		if (sid->SubAuthorityCount == SID_MAX_SUB_AUTHORITIES || sub > MAXDWORD)
			return ERROR_INVALID_SID;
		sid->SubAuthority[sid->SubAuthorityCount++] = (DWORD)sub;
	}
	*at = end;
	return sid->SubAuthorityCount && !authority ? ERROR_SUCCESS : ERROR_INVALID_SID;
}

static DWORD take_sid(const char **at, BYTE bytes[MAX_SID])
{
	const struct account *account;
	SID *sid = (SID *)bytes;

	memset(bytes, 0, MAX_SID);
	sid->Revision = SID_REVISION;
	if ((*at)[0] == 'S' && (*at)[1] == '-')
		return take_numbers(at, sid);
	account = account_by_letters(*at);
	if (account) {
		account_sid(account, sid);
		*at += 2;
		return ERROR_SUCCESS;
	}
	if (isupper((unsigned char)(*at)[0]) && isupper((unsigned char)(*at)[1]))
		return ERROR_NONE_MAPPED;
	return ERROR_INVALID_PARAMETER;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

static DWORD take_rights(const char **at)
{
	DWORD mask = 0, right;
	char *end;

	if (isdigit((unsigned char)**at)) {
		mask = (DWORD)strtoul(*at, &end, 0);
		*at = end;
		return mask;
	}
	while (take_word(at, rights, ARRAYSIZE(rights), &right))
		mask |= right;
	return mask;
}

/* The rest of an entry: "type;flags;rights;;;sid)". */
static DWORD take_entry(const char **at, PACL acl)
{
	DWORD type, all = 0, flag, mask, error;
	BYTE sid[MAX_SID] DECLSPEC_ALIGN(4);

	/* OA and its kin are a directory's, X? have conditions. */
	if ((**at == 'O' || **at == 'X') && isupper((unsigned char)(*at)[1]))
		return ERROR_NOT_SUPPORTED;
	/* The longer ones first: AU begins as A does. */
	if (!take_word(at, types + 2, 2, &type) && !take_word(at, types, 2, &type))
		return ERROR_INVALID_PARAMETER;
	if (!take_char(at, ';'))
		return ERROR_INVALID_PARAMETER;
	while (take_word(at, flags, ARRAYSIZE(flags), &flag))
		all |= flag;
	if (!take_char(at, ';'))
		return ERROR_INVALID_PARAMETER;
	mask = take_rights(at);
	if (!take_char(at, ';'))
		return ERROR_INVALID_PARAMETER;
	if (!take_char(at, ';') || !take_char(at, ';'))
		return ERROR_NOT_SUPPORTED;	/* the GUID of an object */
	error = take_sid(at, sid);
	if (error)
		return error;
	if (!take_char(at, ')'))
		return ERROR_INVALID_PARAMETER;
	return acl_append(acl, (BYTE)type, (BYTE)all, mask, sid) ? ERROR_SUCCESS : GetLastError();
}

/* Take the flags of a list. "NO_ACCESS_CONTROL" means a list that is NULL. */
static bool take_list_flags(const char **at, SECURITY_DESCRIPTOR_CONTROL *control)
{
	static const char none[] = "NO_ACCESS_CONTROL";

	for (;;) {
		if (!strncmp(*at, none, strlen(none))) {
			*at += strlen(none);
			return false;
		} else if (take_char(at, 'P')) {
			*control |= SE_DACL_PROTECTED;
		} else if (!strncmp(*at, "AR", 2)) {
			*control |= SE_DACL_AUTO_INHERIT_REQ;
			*at += 2;
		} else if (!strncmp(*at, "AI", 2)) {
			*control |= SE_DACL_AUTO_INHERITED;
			*at += 2;
		} else {
			return true;
		}
	}
}

static DWORD take_list(const char **at, SECURITY_DESCRIPTOR_CONTROL *control, PACL *acl)
{
	DWORD error = ERROR_SUCCESS;

	*control = SE_DACL_PRESENT;
	if (!take_list_flags(at, control))
		return ERROR_SUCCESS;
	*acl = malloc(MAXWORD);
	if (!*acl)
		return ERROR_NOT_ENOUGH_MEMORY;
	InitializeAcl(*acl, MAXWORD, ACL_REVISION);
	while (!error && take_char(at, '('))
		error = take_entry(at, *acl);
	acl_shrink(*acl);
	return error;
}

/* Parse one part: "O:", "G:", "D:" or "S:", each of which may come once. */
static DWORD take_part(struct parse *p)
{
	SECURITY_DESCRIPTOR_CONTROL control;
	char part = *p->at;
	DWORD error;

	if (!part || p->at[1] != ':')
		return ERROR_INVALID_PARAMETER;
	p->at += 2;
	switch (part) {
	case 'O':
		if (p->has_owner)
			return ERROR_INVALID_PARAMETER;
		p->has_owner = true;
		return take_sid(&p->at, p->owner);
	case 'G':
		if (p->has_group)
			return ERROR_INVALID_PARAMETER;
		p->has_group = true;
		return take_sid(&p->at, p->group);
	case 'D':
		if (p->control & SE_DACL_PRESENT)
			return ERROR_INVALID_PARAMETER;
		error = take_list(&p->at, &control, &p->dacl);
		p->control |= control;
		return error;
	case 'S':
		if (p->control & SE_SACL_PRESENT)
			return ERROR_INVALID_PARAMETER;
		error = take_list(&p->at, &control, &p->sacl);
		/* the flags of this list are the other's, shifted */
		p->control |= (SECURITY_DESCRIPTOR_CONTROL)((control & SE_DACL_PRESENT) << 2 |
							    (control & ~SE_DACL_PRESENT) << 1);
		return error;
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

/*
 * Append a piece to a descriptor, or only count the piece. Return its offset, 0 if there is no
 * piece.
 */
static DWORD put(BYTE *descriptor, DWORD *used, const void *piece, DWORD size)
{
	DWORD at = *used;

	if (!piece)
		return 0;
	if (descriptor)
		memcpy(descriptor + at, piece, size);
	*used = (at + size + 3) & ~3U;
	return at;
}

static DWORD lay_out(const struct parse *p, BYTE *descriptor)
{
	SECURITY_DESCRIPTOR_RELATIVE head = {
		.Revision = SECURITY_DESCRIPTOR_REVISION,
		.Control = p->control | SE_SELF_RELATIVE,
	};
	const BYTE *owner = p->has_owner ? p->owner : NULL;
	const BYTE *group = p->has_group ? p->group : NULL;
	DWORD used = sizeof(head);

	head.Owner = put(descriptor, &used, owner, owner ? GetLengthSid((PSID)owner) : 0);
	head.Group = put(descriptor, &used, group, group ? GetLengthSid((PSID)group) : 0);
	head.Sacl = put(descriptor, &used, p->sacl, p->sacl ? p->sacl->AclSize : 0);
	head.Dacl = put(descriptor, &used, p->dacl, p->dacl ? p->dacl->AclSize : 0);
	if (descriptor)
		memcpy(descriptor, &head, sizeof(head));
	return used;
}

static DWORD convert(const char *text, PSECURITY_DESCRIPTOR *descriptor, PULONG size)
{
	struct parse p = { .at = text };
	DWORD error = ERROR_SUCCESS;
	BYTE *made;

	while (!error && *p.at)
		error = take_part(&p);
	if (!error) {
		made = LocalAlloc(LPTR, lay_out(&p, NULL));
		if (made && size)
			*size = lay_out(&p, NULL);
		if (made)
			lay_out(&p, made);
		else
			error = ERROR_NOT_ENOUGH_MEMORY;
		*descriptor = made;
	}
	free(p.dacl);
	free(p.sacl);
	return error;
}

BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorA(LPCSTR text, DWORD revision,
								 PSECURITY_DESCRIPTOR *descriptor,
								 PULONG size)
{
	DWORD error;

	if (!text || !descriptor)
		return fail(ERROR_INVALID_PARAMETER);
	if (revision != SDDL_REVISION_1)
		return fail(ERROR_UNKNOWN_REVISION);
	error = convert(text, descriptor, size);
	return error ? fail(error) : TRUE;
}

BOOL WINAPI ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR text, DWORD revision,
								 PSECURITY_DESCRIPTOR *descriptor,
								 PULONG size)
{
	char *narrow;
	BOOL ok;

	if (!utf8_dup_or_fail(text, &narrow))
		return FALSE;
	ok = ConvertStringSecurityDescriptorToSecurityDescriptorA(narrow, revision, descriptor,
								  size);
	free(narrow);
	return ok;
}
