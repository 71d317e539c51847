// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access lists of security descriptors: whoever Windows would let write to a slot can write, and
 * nobody else. What Windows would do is said here a second time, by its own rule: for each right,
 * the first entry that names the user or one of the user's groups. The kernel is asked by opening
 * the slot as that user.
 */
#include <endian.h>
#include <grp.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "win32.h"

/* Accounts; none of them has to exist. */
enum { OWNER = 41000, USER_A, USER_B, STRANGER };
enum { OWN_GROUP = 42000, GROUP_A, GROUP_B, OTHER_GROUP };

#define R	GENERIC_READ
#define W	GENERIC_WRITE
#define RW	(R | W)

#define ALLOW	0
#define DENY	1

/* Whom an entry names: a SID of one or two numbers behind its authority. */
struct account {
	uint8_t authority;
	uint8_t count;
	uint32_t sub[2];
};

#define EVERYBODY	{ 1, 1, { 0 } }
#define CREATOR_OWNER	{ 3, 1, { 0 } }
#define CREATOR_GROUP	{ 3, 1, { 1 } }
#define SYSTEM		{ 5, 1, { 18 } }
#define UNIX_USER(uid)	{ 22, 2, { 1, uid } }
#define UNIX_GROUP(gid)	{ 22, 2, { 2, gid } }

struct entry {
	uint8_t type;
	DWORD mask;
	struct account account;
};

/* Who opens a slot. */
struct token {
	uid_t uid;
	gid_t gid;
	size_t n_groups;
	gid_t groups[3];
};

static const struct token owner_token = { OWNER, OWN_GROUP, 1, { GROUP_A } };

static const struct token tokens[] = {
	{ OWNER, OWN_GROUP, 1, { GROUP_A } },
	{ USER_A, OTHER_GROUP, 0, { 0 } },
	{ USER_A, GROUP_A, 0, { 0 } },
	{ USER_A, OTHER_GROUP, 2, { OWN_GROUP, GROUP_B } },
	{ USER_B, OTHER_GROUP, 0, { 0 } },
	{ USER_B, GROUP_B, 2, { GROUP_A, OWN_GROUP } },
	{ STRANGER, OTHER_GROUP, 0, { 0 } },
	{ STRANGER, OWN_GROUP, 0, { 0 } },
	{ STRANGER, GROUP_A, 0, { 0 } },
	{ STRANGER, GROUP_B, 0, { 0 } },
	{ STRANGER, OTHER_GROUP, 2, { OWN_GROUP, GROUP_A } },
	{ STRANGER, GROUP_A, 1, { GROUP_B } },
	{ STRANGER, OTHER_GROUP, 2, { GROUP_B, OWN_GROUP } },
	{ STRANGER, OTHER_GROUP, 3, { GROUP_B, OWN_GROUP, GROUP_A } },
};

#define N_TOKENS	(sizeof(tokens) / sizeof(tokens[0]))

/* Act as somebody, or as root again with NULL. */
static bool become(const struct token *token)
{
	static const struct token root;

	if (setresuid(-1, 0, -1))
		return false;
	if (!token)
		token = &root;
	return !setgroups(token->n_groups, token->groups) && !setresgid(-1, token->gid, -1) &&
	       !setresuid(-1, token->uid, -1);
}

static bool in_group(const struct token *token, gid_t gid)
{
	for (size_t i = 0; i < token->n_groups; i++)
		if (token->groups[i] == gid)
			return true;
	return token->gid == gid;
}

static bool names(const struct account *account, const struct token *token)
{
	switch (account->authority) {
	case 1:
		return true;
	case 3:
		return account->sub[0] == 0 ? token->uid == owner_token.uid :
					      in_group(token, owner_token.gid);
	case 22:
		return account->sub[0] == 1 ? token->uid == account->sub[1] :
					      in_group(token, account->sub[1]);
	default:
		return false;
	}
}

static bool windows_allows(const struct entry *entries, size_t n, const struct token *token,
			   DWORD right)
{
	for (size_t i = 0; i < n; i++)
		if ((entries[i].mask & right) && names(&entries[i].account, token))
			return entries[i].type == ALLOW;
	return false;
}

/* A descriptor with offsets, as programs get them from text. */
struct descriptor {
	uint8_t head[4];
	uint32_t offsets[4];
	struct {
		uint8_t revision;
		uint8_t zero;
		uint16_t size;
		uint16_t count;
		uint16_t zero2;
	} list;
	uint8_t entries[8192];
};

static void build(struct descriptor *descriptor, const struct entry *entries, size_t n)
{
	uint8_t *at = descriptor->entries;

	memset(descriptor, 0, sizeof(*descriptor));
	memcpy(descriptor->head, (uint8_t[]){ 1, 0, 0x04, 0x80 }, 4);
	descriptor->offsets[3] = offsetof(struct descriptor, list);
	for (size_t i = 0; i < n; i++) {
		const struct account *account = &entries[i].account;
		uint16_t size = 16 + 4 * account->count;

		at[0] = entries[i].type;
		memcpy(at + 2, &size, sizeof(size));
		memcpy(at + 4, &entries[i].mask, sizeof(entries[i].mask));
		at[8] = 1;
		at[9] = account->count;
		at[15] = account->authority;
		memcpy(at + 16, account->sub, 4 * account->count);
		at += size;
	}
	descriptor->list.revision = 2;
	descriptor->list.size = sizeof(descriptor->list) + (at - descriptor->entries);
	descriptor->list.count = n;
}

static HANDLE make_secured(const char *name, const struct entry *entries, size_t n)
{
	static struct descriptor descriptor;
	SECURITY_ATTRIBUTES security = { sizeof(security), &descriptor, FALSE };

	build(&descriptor, entries, n);
	return CreateMailslotA(name, 0, 0, &security);
}

/* Can somebody open the slot's node so? */
static bool can_open(const struct token *token, int flags)
{
	int fd;

	if (!become(token))
		return false;
	fd = open(NODE, flags);
	if (fd >= 0)
		close(fd);
	return become(NULL) && fd >= 0;
}

/* The tokens for which the kernel does otherwise than Windows would; the first is told. */
static size_t wrong_tokens(const struct entry *entries, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < N_TOKENS; i++) {
		bool w = windows_allows(entries, n, &tokens[i], W);
		bool rw = w && windows_allows(entries, n, &tokens[i], R);

		if (can_open(&tokens[i], O_WRONLY) == w && can_open(&tokens[i], O_RDWR) == rw)
			continue;
		if (!wrong++)
			printf("# uid %u gid %u and %zu groups: Windows says%s%s\n", tokens[i].uid,
			       tokens[i].gid, tokens[i].n_groups, w ? " write" : "",
			       rw ? " and read" : "");
	}
	return wrong;
}

static void print(const struct entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("# %s %s%s of %u-%u-%u\n", entries[i].type == ALLOW ? "allow" : "deny",
		       entries[i].mask & R ? "r" : "", entries[i].mask & W ? "w" : "",
		       entries[i].account.authority, entries[i].account.sub[0],
		       entries[i].account.count == 2 ? entries[i].account.sub[1] : 0);
}

/* Whose slots root tests, with the rights of root to come back to. */
FIXTURE(security) {
	bool instance;
};

FIXTURE_SETUP(security)
{
	if (geteuid())
		SKIP(return, "not by root, who can become others");
	self->instance = in_instance();
	ASSERT_TRUE(become(&owner_token));
}

FIXTURE_TEARDOWN(security)
{
	become(NULL);
}

/* Lists that a node's mode expresses, those that need more, and those that nothing expresses. */
static const struct {
	const char *what;
	struct entry entries[4];
	size_t n;
	enum { SAID_BY_MODE, SAID_BY_LIST, NOT_SAID } how;
} lists[] = {
	{ "everybody", { { ALLOW, RW, EVERYBODY } }, 1, SAID_BY_MODE },
	{ "nobody", { }, 0, SAID_BY_MODE },
	{ "own group writes", { { ALLOW, W, CREATOR_GROUP } }, 1, SAID_BY_MODE },
	{ "own group by its number", { { ALLOW, W, UNIX_GROUP(OWN_GROUP) } }, 1, SAID_BY_MODE },
	{ "owner by its number, and root", { { ALLOW, RW, UNIX_USER(OWNER) },
	  { ALLOW, RW, SYSTEM } }, 2, SAID_BY_MODE },
	{ "a named user", { { ALLOW, W, UNIX_USER(USER_A) } }, 1, SAID_BY_LIST },
	{ "a named group", { { ALLOW, RW, UNIX_GROUP(GROUP_B) } }, 1, SAID_BY_LIST },
	{ "all but a user", { { DENY, W, UNIX_USER(USER_A) },
	  { ALLOW, RW, EVERYBODY } }, 2, SAID_BY_LIST },
	{ "all but a group of the owner's", { { DENY, RW, UNIX_GROUP(GROUP_A) },
	  { ALLOW, W, EVERYBODY } }, 2, SAID_BY_LIST },
	{ "all but two groups, the owner in the second", { { DENY, W, UNIX_GROUP(OWN_GROUP - 1) },
	  { DENY, W, UNIX_GROUP(GROUP_A) }, { ALLOW, W, EVERYBODY } }, 3, SAID_BY_LIST },
	{ "a user of a group that is denied", { { ALLOW, W, UNIX_USER(USER_B) },
	  { DENY, W, UNIX_GROUP(GROUP_A) }, { ALLOW, W, EVERYBODY } }, 3, SAID_BY_LIST },
	{ "owner denied, named user allowed", { { DENY, RW, CREATOR_OWNER },
	  { ALLOW, W, UNIX_USER(USER_A) }, { ALLOW, R, EVERYBODY } }, 3, SAID_BY_LIST },
	{ "a group denied after everybody was allowed", { { ALLOW, W, EVERYBODY },
	  { DENY, W, UNIX_GROUP(GROUP_A) } }, 2, SAID_BY_LIST },
	/* The node cannot be given to a group that its owner is not in. */
	{ "all but a group of others", { { DENY, W, UNIX_GROUP(GROUP_B) },
	  { ALLOW, W, EVERYBODY } }, 2, NOT_SAID },
	{ "a denied group before an allowed one", { { DENY, W, UNIX_GROUP(GROUP_A) },
	  { ALLOW, W, UNIX_GROUP(GROUP_B) } }, 2, NOT_SAID },
	{ "a denied group before an allowed user", { { DENY, W, UNIX_GROUP(GROUP_A) },
	  { ALLOW, W, UNIX_USER(USER_A) } }, 2, NOT_SAID },
	{ "each of two groups has another right", { { ALLOW, W, UNIX_GROUP(GROUP_A) },
	  { ALLOW, R, UNIX_GROUP(GROUP_B) } }, 2, NOT_SAID },
	{ "own group denied before an allowed one", { { DENY, W, CREATOR_GROUP },
	  { ALLOW, W, UNIX_GROUP(GROUP_A) } }, 2, NOT_SAID },
	{ "root denied", { { DENY, W, UNIX_USER(0) } }, 1, NOT_SAID },
	{ "no user at all", { { ALLOW, W, UNIX_USER(UINT32_MAX) } }, 1, NOT_SAID },
	{ "neither a user nor a group", { { ALLOW, W, { 22, 2, { 3, 1 } } } }, 1, NOT_SAID },
	{ "an account of a domain", { { ALLOW, W, { 5, 2, { 21, 1 } } } }, 1, NOT_SAID },
};

TEST_F(security, lists)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		HANDLE slot;

		TH_LOG("%s", lists[i].what);
		ASSERT_TRUE(become(&owner_token));
		if (lists[i].how > (self->instance ? SAID_BY_LIST : SAID_BY_MODE)) {
			EXPECT_NO_HANDLE(ERROR_NOT_SUPPORTED,
					 make_secured(NAME, lists[i].entries, lists[i].n));
			/* The slot that was refused is gone. */
			EXPECT_EQ(-1, access(NODE, F_OK));
			continue;
		}
		slot = make_secured(NAME, lists[i].entries, lists[i].n);
		ASSERT_TRUE(is_handle(slot));
		EXPECT_EQ(0, wrong_tokens(lists[i].entries, lists[i].n));
		CloseHandle(slot);
	}
}

/* Every list of up to four entries is refused, or means what Windows means. */
TEST_F(security, any_list)
{
	static const struct account accounts[] = {
		EVERYBODY, CREATOR_OWNER, CREATOR_GROUP, UNIX_USER(USER_A), UNIX_USER(USER_B),
		UNIX_GROUP(GROUP_A), UNIX_GROUP(GROUP_B),
	};
	static const DWORD masks[] = { W, RW, R };
	unsigned int seed = 1, made = 0, rounds = 600;

	if (!self->instance)
		SKIP(return, "a node in /dev has a mode only");
	for (unsigned int round = 0; round < rounds; round++) {
		struct entry entries[4];
		size_t n = 1 + rand_r(&seed) % 4;
		HANDLE slot;

		for (size_t i = 0; i < n; i++)
			entries[i] = (struct entry){
				.type = rand_r(&seed) % 3 ? ALLOW : DENY,
				.mask = masks[rand_r(&seed) % 3],
				.account = accounts[rand_r(&seed) % 7],
			};
		ASSERT_TRUE(become(&owner_token));
		slot = make_secured(NAME, entries, n);
		if (!is_handle(slot)) {
			ASSERT_EQ(ERROR_NOT_SUPPORTED, GetLastError());
			continue;
		}
		made++;
		EXPECT_EQ(0, wrong_tokens(entries, n))
			print(entries, n);
		CloseHandle(slot);
	}
	TH_LOG("%u of %u lists can be expressed", made, rounds);
	EXPECT_LT(rounds / 2, made);
}

/* Root can give a node to any group, so that the list that others are refused can be expressed. */
TEST_F(security, root_gives_the_node_to_a_denied_group)
{
	const struct entry entries[] = {
		{ DENY, W, UNIX_GROUP(GROUP_B) }, { ALLOW, RW, EVERYBODY },
	};
	struct stat st;

	if (!self->instance)
		SKIP(return, "a node in /dev has a mode only");
	ASSERT_TRUE(become(NULL));
	ASSERT_TRUE(is_handle(make_secured(NAME, entries, 2)));
	EXPECT_EQ(0, wrong_tokens(entries, 2));
	ASSERT_EQ(0, stat(NODE, &st));
	EXPECT_EQ(GROUP_B, st.st_gid);
	EXPECT_EQ(0, st.st_uid);
}

/* Have the directory give new nodes to another group, and a stranger all rights. */
static bool set_directory(void)
{
	const struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[5];
	} defaults = { { htole32(POSIX_ACL_XATTR_VERSION) }, {
		{ htole16(ACL_USER_OBJ), htole16(7), ACL_UNDEFINED_ID },
		{ htole16(ACL_USER), htole16(7), htole32(STRANGER) },
		{ htole16(ACL_GROUP_OBJ), htole16(7), ACL_UNDEFINED_ID },
		{ htole16(ACL_MASK), htole16(7), ACL_UNDEFINED_ID },
		{ htole16(ACL_OTHER), htole16(7), ACL_UNDEFINED_ID },
	} };

	return become(NULL) && !setxattr(slot_directory(), "system.posix_acl_default", &defaults,
					 sizeof(defaults), 0) &&
	       !chown(slot_directory(), 0, OTHER_GROUP) && !chmod(slot_directory(), 02777);
}

/* What the directory says of new nodes is not what the list says. */
TEST_F(security, directory_does_not_matter)
{
	const struct entry by_mode[] = { { ALLOW, W, CREATOR_GROUP } };
	const struct entry named[] = { { ALLOW, W, UNIX_USER(USER_A) } };
	struct stat st;
	HANDLE slot;

	if (!self->instance)
		SKIP(return, "a node in /dev has a mode only");
	ASSERT_TRUE(set_directory());
	ASSERT_TRUE(become(&owner_token));
	slot = make_secured(NAME, by_mode, 1);
	ASSERT_TRUE(is_handle(slot));
	EXPECT_EQ(0, wrong_tokens(by_mode, 1));
	ASSERT_EQ(0, stat(NODE, &st));
	EXPECT_EQ(OWN_GROUP, st.st_gid);
	EXPECT_EQ(S_IFCHR | 0220, st.st_mode);
	CloseHandle(slot);
	ASSERT_TRUE(become(&owner_token));
	ASSERT_TRUE(is_handle(make_secured(NAME, named, 1)));
	EXPECT_EQ(0, wrong_tokens(named, 1));
}

/* As many accounts as libmailslot takes, and one more. */
TEST_F(security, many_accounts)
{
	struct entry entries[66];
	size_t n = 0;

	if (!self->instance)
		SKIP(return, "a node in /dev has a mode only");
	for (; n < 64; n++)
		entries[n] = (struct entry){ ALLOW, W, UNIX_USER(STRANGER + 64 - n) };
	/* An account that is named twice is one. */
	entries[n++] = (struct entry){ DENY, R, UNIX_USER(STRANGER + 1) };
	entries[n] = (struct entry){ ALLOW, W, UNIX_GROUP(GROUP_B) };
	EXPECT_NO_HANDLE(ERROR_NOT_SUPPORTED, make_secured(NAME, entries, n + 1));
	ASSERT_TRUE(is_handle(make_secured(NAME, entries, n)));
	EXPECT_EQ(0, wrong_tokens(entries, n));
	for (size_t i = 0; i < 64; i++)
		EXPECT_TRUE(can_open(&(struct token){ STRANGER + 64 - i, OTHER_GROUP, 0, { 0 } },
				     O_WRONLY));
}

/* Run on to the entry of system call @nr; false: the child has ended. */
static bool run_to(pid_t pid, long nr)
{
	struct __ptrace_syscall_info info;
	int status;

	while (!ptrace(PTRACE_SYSCALL, pid, NULL, NULL) && waitpid(pid, &status, 0) == pid &&
	       WIFSTOPPED(status))
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) > 0 &&
		    info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == (uint64_t)nr)
			return true;
	return false;
}

/* How many have more rights than the list says while the node's own list is still to be set. */
static size_t early_rights(const struct entry *entries, size_t n)
{
	pid_t pid = fork();
	size_t wrong = 0;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		become(&owner_token);
		_exit(is_handle(make_secured(NAME, entries, n)) ? 0 : 1);
	}
	waitpid(pid, NULL, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD));
	if (!run_to(pid, SYS_fsetxattr) || access(NODE, F_OK))
		return N_TOKENS + 1;
	for (size_t i = 0; i < N_TOKENS; i++)
		if (tokens[i].uid != OWNER && can_open(&tokens[i], O_WRONLY) &&
		    !windows_allows(entries, n, &tokens[i], W))
			wrong++;
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	waitpid(pid, NULL, 0);
	return wrong;
}

TEST_F(security, nobody_has_more_meanwhile)
{
	const struct entry denied[] = {
		{ DENY, RW, UNIX_USER(STRANGER) }, { ALLOW, RW, EVERYBODY },
	};
	const struct entry own_group[] = { { ALLOW, RW, CREATOR_GROUP } };

	if (!self->instance)
		SKIP(return, "a node in /dev has a mode only");
	umask(0);
	ASSERT_TRUE(become(NULL));
	EXPECT_EQ(0, early_rights(denied, 2));
	ASSERT_TRUE(set_directory());
	EXPECT_EQ(0, early_rights(own_group, 1));
}

TEST_HARNESS_MAIN
