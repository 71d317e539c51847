// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Accounts: their names and their security identifiers. Windows' own accounts are those that every
 * machine has; users and groups of this machine are S-1-22-1-UID and S-1-22-2-GID, as Samba writes
 * them.
 */
#include "sid.h"
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#define UNIX_AUTHORITY	22
#define UNIX_USER	1
#define UNIX_GROUP	2

#define GROUP	SidTypeWellKnownGroup
#define ALIAS	SidTypeAlias
#define LABEL	SidTypeLabel

static const char nt[] = "NT AUTHORITY", builtin[] = "BUILTIN", label[] = "Mandatory Label";

static const struct account accounts[] = {
	{ "WD", WinWorldSid, GROUP, 1, 1, { 0 }, "", "Everyone" },
	{ "", WinLocalSid, GROUP, 2, 1, { 0 }, "", "LOCAL" },
	{ "CO", WinCreatorOwnerSid, GROUP, 3, 1, { 0 }, "", "CREATOR OWNER" },
	{ "CG", WinCreatorGroupSid, GROUP, 3, 1, { 1 }, "", "CREATOR GROUP" },
	{ "OW", WinCreatorOwnerRightsSid, GROUP, 3, 1, { 4 }, "", "OWNER RIGHTS" },
	{ "NU", WinNetworkSid, GROUP, 5, 1, { 2 }, nt, "NETWORK" },
	{ "", WinBatchSid, GROUP, 5, 1, { 3 }, nt, "BATCH" },
	{ "IU", WinInteractiveSid, GROUP, 5, 1, { 4 }, nt, "INTERACTIVE" },
	{ "SU", WinServiceSid, GROUP, 5, 1, { 6 }, nt, "SERVICE" },
	{ "AN", WinAnonymousSid, GROUP, 5, 1, { 7 }, nt, "ANONYMOUS LOGON" },
	{ "ED", WinEnterpriseControllersSid, GROUP, 5, 1, { 9 }, nt,
	  "ENTERPRISE DOMAIN CONTROLLERS" },
	{ "PS", WinSelfSid, GROUP, 5, 1, { 10 }, nt, "SELF" },
	{ "AU", WinAuthenticatedUserSid, GROUP, 5, 1, { 11 }, nt, "Authenticated Users" },
	{ "RC", WinRestrictedCodeSid, GROUP, 5, 1, { 12 }, nt, "RESTRICTED" },
	{ "SY", WinLocalSystemSid, GROUP, 5, 1, { 18 }, nt, "SYSTEM" },
	{ "LS", WinLocalServiceSid, GROUP, 5, 1, { 19 }, nt, "LOCAL SERVICE" },
	{ "NS", WinNetworkServiceSid, GROUP, 5, 1, { 20 }, nt, "NETWORK SERVICE" },
	{ "BA", WinBuiltinAdministratorsSid, ALIAS, 5, 2, { 32, 544 }, builtin, "Administrators" },
	{ "BU", WinBuiltinUsersSid, ALIAS, 5, 2, { 32, 545 }, builtin, "Users" },
	{ "BG", WinBuiltinGuestsSid, ALIAS, 5, 2, { 32, 546 }, builtin, "Guests" },
	{ "PU", WinBuiltinPowerUsersSid, ALIAS, 5, 2, { 32, 547 }, builtin, "Power Users" },
	{ "AO", WinBuiltinAccountOperatorsSid, ALIAS, 5, 2, { 32, 548 }, builtin,
	  "Account Operators" },
	{ "SO", WinBuiltinSystemOperatorsSid, ALIAS, 5, 2, { 32, 549 }, builtin,
	  "Server Operators" },
	{ "PO", WinBuiltinPrintOperatorsSid, ALIAS, 5, 2, { 32, 550 }, builtin,
	  "Print Operators" },
	{ "BO", WinBuiltinBackupOperatorsSid, ALIAS, 5, 2, { 32, 551 }, builtin,
	  "Backup Operators" },
	{ "RE", WinBuiltinReplicatorSid, ALIAS, 5, 2, { 32, 552 }, builtin, "Replicator" },
	{ "RD", WinBuiltinRemoteDesktopUsersSid, ALIAS, 5, 2, { 32, 555 }, builtin,
	  "Remote Desktop Users" },
	{ "NO", WinBuiltinNetworkConfigurationOperatorsSid, ALIAS, 5, 2, { 32, 556 }, builtin,
	  "Network Configuration Operators" },
	{ "AC", WinBuiltinAnyPackageSid, GROUP, 15, 2, { 2, 1 }, "APPLICATION PACKAGE AUTHORITY",
	  "ALL APPLICATION PACKAGES" },
	{ "LW", WinLowLabelSid, LABEL, 16, 1, { 4096 }, label, "Low Mandatory Level" },
	{ "ME", WinMediumLabelSid, LABEL, 16, 1, { 8192 }, label, "Medium Mandatory Level" },
	{ "HI", WinHighLabelSid, LABEL, 16, 1, { 12288 }, label, "High Mandatory Level" },
	{ "SI", WinSystemLabelSid, LABEL, 16, 1, { 16384 }, label, "System Mandatory Level" },
};

static void make_sid(SID *sid, BYTE authority, BYTE count, const DWORD *subs)
{
	memset(sid, 0, SID_SIZE(count));
	sid->Revision = SID_REVISION;
	sid->SubAuthorityCount = count;
	sid->IdentifierAuthority.Value[5] = authority;
	for (BYTE i = 0; i < count; i++)
		sid->SubAuthority[i] = subs[i];
}

const struct account *account_by_letters(const char *letters)
{
	for (size_t i = 0; i < ARRAYSIZE(accounts); i++)
		if (accounts[i].letters[0] && !strncmp(letters, accounts[i].letters, 2))
			return &accounts[i];
	return NULL;
}

void account_sid(const struct account *account, PSID sid)
{
	make_sid(sid, account->authority, account->count, account->sub);
}

/* Use the number, because the user's name may be one of Windows' own, or the user may have none. */
void account_current_user(PSID sid)
{
	const DWORD subs[] = { UNIX_USER, geteuid() };

	make_sid(sid, UNIX_AUTHORITY, 2, subs);
}

BOOL WINAPI CreateWellKnownSid(WELL_KNOWN_SID_TYPE type, PSID domain, PSID sid, DWORD *size)
{
	DWORD given;

	(void)domain;
	if (!size)
		return fail(ERROR_INVALID_PARAMETER);
	given = sid ? *size : 0;
	for (size_t i = 0; i < ARRAYSIZE(accounts); i++) {
		if (accounts[i].type != type)
			continue;
		*size = (DWORD)SID_SIZE(accounts[i].count);
		if (given < *size)
			return fail(ERROR_INSUFFICIENT_BUFFER);
		account_sid(&accounts[i], sid);
		return TRUE;
	}
	return fail(ERROR_INVALID_PARAMETER);
}

/* The account that a name or an identifier leads to. */
struct found {
	BYTE sid[SECURITY_MAX_SID_SIZE] DECLSPEC_ALIGN(4);
	char domain[HOST_NAME_MAX + 1];
	char name[256];
	SID_NAME_USE use;
};

static void find_known(const struct account *account, struct found *found)
{
	account_sid(account, found->sid);
	strcpy(found->domain, account->domain);
	strcpy(found->name, account->name);
	found->use = account->use;
}

static void find_unix(DWORD kind, DWORD id, const char *name, struct found *found)
{
	const DWORD subs[] = { kind, id };

	make_sid((SID *)found->sid, UNIX_AUTHORITY, 2, subs);
	system_computer_name(found->domain);
	snprintf(found->name, sizeof(found->name), "%s", name);
	found->use = kind == UNIX_USER ? SidTypeUser : SidTypeAlias;
}

/* Room for an entry of the user or group database, some of which have thousands of members. */
#define ENTRY_SIZE	(1024 * 1024)

static bool find_user(const char *name, uid_t uid, char *buffer, struct found *found)
{
	struct passwd entry, *result = NULL;
	int error = name ? getpwnam_r(name, &entry, buffer, ENTRY_SIZE, &result)
			 : getpwuid_r(uid, &entry, buffer, ENTRY_SIZE, &result);

	if (error || !result)
		return false;
	find_unix(UNIX_USER, entry.pw_uid, entry.pw_name, found);
	return true;
}

static bool find_group(const char *name, gid_t gid, char *buffer, struct found *found)
{
	struct group entry, *result = NULL;
	int error = name ? getgrnam_r(name, &entry, buffer, ENTRY_SIZE, &result)
			 : getgrgid_r(gid, &entry, buffer, ENTRY_SIZE, &result);

	if (error || !result)
		return false;
	find_unix(UNIX_GROUP, entry.gr_gid, entry.gr_name, found);
	return true;
}

/* A name without a domain, or with this machine's, that of Windows or Samba's. */
static bool find_in_domain(const char *domain, const char *name, char *buffer, struct found *found)
{
	char computer[HOST_NAME_MAX + 1];
	bool users = true, groups = true;

	for (size_t i = 0; i < ARRAYSIZE(accounts); i++)
		if (!strcasecmp(accounts[i].name, name) &&
		    (!domain || !strcasecmp(accounts[i].domain, domain))) {
			find_known(&accounts[i], found);
			return true;
		}
	system_computer_name(computer);
	if (domain && strcmp(domain, ".") && strcasecmp(domain, computer)) {
		users = !strcasecmp(domain, "Unix User");
		groups = !strcasecmp(domain, "Unix Group");
	}
	return (users && find_user(name, 0, buffer, found)) ||
	       (groups && find_group(name, 0, buffer, found));
}

static bool find_name(const char *name, char *buffer, struct found *found)
{
	const char *slash = strchr(name, '\\');
	char domain[HOST_NAME_MAX + 1];

	if (!slash)
		return find_in_domain(NULL, name, buffer, found);
	if (slash - name > HOST_NAME_MAX)
		return false;
	memcpy(domain, name, (size_t)(slash - name));
	domain[slash - name] = '\0';
	return find_in_domain(domain, slash + 1, buffer, found);
}

static bool find_sid(PSID sid, char *buffer, struct found *found)
{
	const SID *s = sid;
	BYTE known[SECURITY_MAX_SID_SIZE] DECLSPEC_ALIGN(4);

	for (size_t i = 0; i < ARRAYSIZE(accounts); i++) {
		account_sid(&accounts[i], known);
		if (EqualSid(known, sid)) {
			find_known(&accounts[i], found);
			return true;
		}
	}
	if (s->SubAuthorityCount != 2)
		return false;
	make_sid((SID *)known, UNIX_AUTHORITY, 2, s->SubAuthority);
	if (!EqualSid(known, sid))
		return false;
	if (s->SubAuthority[0] == UNIX_USER)
		return find_user(NULL, s->SubAuthority[1], buffer, found);
	return s->SubAuthority[0] == UNIX_GROUP &&
	       find_group(NULL, s->SubAuthority[1], buffer, found);
}

static DWORD find(const char *name, PSID sid, struct found *found)
{
	char *buffer = malloc(ENTRY_SIZE);
	bool ok;

	if (!buffer)
		return ERROR_NOT_ENOUGH_MEMORY;
	ok = name ? find_name(name, buffer, found) : find_sid(sid, buffer, found);
	free(buffer);
	return ok ? ERROR_SUCCESS : ERROR_NONE_MAPPED;
}

/* Only this machine can be asked. */
static bool is_here(const char *system)
{
	char computer[HOST_NAME_MAX + 1];

	if (!system || !*system)
		return true;
	while (*system == '\\')
		system++;
	system_computer_name(computer);
	return !strcmp(system, ".") || !strcasecmp(system, computer);
}

DWORD account_sid_of(const char *name, PSID sid)
{
	struct found found;
	DWORD error = find(name, NULL, &found);

	if (!error)
		memcpy(sid, found.sid, GetLengthSid(found.sid));
	return error;
}

/* Store the SID that was found. If there is no room, store only its size. */
static BOOL store_sid(const struct found *found, PSID sid, LPDWORD size)
{
	DWORD given = sid ? *size : 0;

	*size = GetLengthSid((PSID)found->sid);
	if (given < *size)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	memcpy(sid, found->sid, *size);
	return TRUE;
}

static BOOL lookup_name(const char *system, const char *name, PSID sid, LPDWORD size,
			LPSTR narrow, LPWSTR wide, LPDWORD length, PSID_NAME_USE use)
{
	struct found found;
	DWORD error;
	BOOL ok;

	if (!name || !size || !length || !use)
		return fail(ERROR_INVALID_PARAMETER);
	if (!is_here(system))
		return fail(RPC_S_SERVER_UNAVAILABLE);
	error = find(name, NULL, &found);
	if (error)
		return fail(error);
	*use = found.use;
	/* Return both sizes, even if one of the two buffers is large enough. */
	ok = store_sid(&found, sid, size);
	return store_sized(found.domain, narrow, wide, length, ERROR_INSUFFICIENT_BUFFER) && ok;
}

BOOL WINAPI LookupAccountNameA(LPCSTR system, LPCSTR name, PSID sid, LPDWORD size, LPSTR domain,
			       LPDWORD domain_size, PSID_NAME_USE use)
{
	return lookup_name(system, name, sid, size, domain, NULL, domain_size, use);
}

BOOL WINAPI LookupAccountNameW(LPCWSTR system, LPCWSTR name, PSID sid, LPDWORD size,
			       LPWSTR domain, LPDWORD domain_size, PSID_NAME_USE use)
{
	char *narrow_system = NULL, *narrow_name = NULL;
	BOOL ok = utf8_dup_or_fail(system, &narrow_system) &&
		  utf8_dup_or_fail(name, &narrow_name) &&
		  lookup_name(narrow_system, narrow_name, sid, size, NULL, domain, domain_size,
			      use);

	free(narrow_system);
	free(narrow_name);
	return ok;
}

static BOOL lookup_sid(const char *system, PSID sid, struct found *found, PSID_NAME_USE use)
{
	DWORD error;

	if (!IsValidSid(sid))
		return fail(ERROR_INVALID_SID);
	if (!use)
		return fail(ERROR_INVALID_PARAMETER);
	if (!is_here(system))
		return fail(RPC_S_SERVER_UNAVAILABLE);
	error = find(NULL, sid, found);
	if (error)
		return fail(error);
	*use = found->use;
	return TRUE;
}

BOOL WINAPI LookupAccountSidA(LPCSTR system, PSID sid, LPSTR name, LPDWORD size, LPSTR domain,
			      LPDWORD domain_size, PSID_NAME_USE use)
{
	struct found found;
	BOOL ok;

	if (!lookup_sid(system, sid, &found, use))
		return FALSE;
	ok = store_sized(found.name, name, NULL, size, ERROR_INSUFFICIENT_BUFFER);
	return store_sized(found.domain, domain, NULL, domain_size, ERROR_INSUFFICIENT_BUFFER) &&
	       ok;
}

BOOL WINAPI LookupAccountSidW(LPCWSTR system, PSID sid, LPWSTR name, LPDWORD size, LPWSTR domain,
			      LPDWORD domain_size, PSID_NAME_USE use)
{
	struct found found;
	char *narrow;
	BOOL ok;

	if (!utf8_dup_or_fail(system, &narrow))
		return FALSE;
	ok = lookup_sid(narrow, sid, &found, use);
	free(narrow);
	if (!ok)
		return FALSE;
	ok = store_sized(found.name, NULL, name, size, ERROR_INSUFFICIENT_BUFFER);
	return store_sized(found.domain, NULL, domain, domain_size, ERROR_INSUFFICIENT_BUFFER) &&
	       ok;
}
