// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what in an instance: who takes a name away, access control lists of slots and of
 * directories, and directories that hand down their group.
 */
#include <endian.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/xattr.h>
#include "instance.h"

/* The directory is everybody's to write to, and has no sticky bit. */
TEST_F(instance, unlink_is_for_owners)
{
	int server, i;

	ASSERT_EQ(0, mount_instance("b", 0, "uid=12346"));
	for (i = 0; i < 4; i++) {
		act_as(ALICE, FRIENDS);
		server = make_public(in_b("slot"));
		ASSERT_LE(0, server);
		act_as(99999, FRIENDS);
		EXPECT_EQ(-EPERM, R(unlink(in_b("slot"))));
		EXPECT_TRUE(is_node(in_b("slot")));
		switch (i) {
		case 0:
			/* The slot's owner. */
			act_as(ALICE, BOB);
			EXPECT_EQ(0, R(unlink(in_b("slot"))));
			break;
		case 1:
			/* The directory's owner, whom the option names. */
			act_as(BOB, BOB);
			EXPECT_EQ(0, R(unlink(in_b("slot"))));
			break;
		case 2:
			/* CAP_FOWNER. */
			act_as(0, 0);
			EXPECT_EQ(0, R(unlink(in_b("slot"))));
			break;
		}
		act_as(0, 0);
		EXPECT_EQ(0, close(server));
		EXPECT_FALSE(exists(in_b("slot")));
	}
}

TEST_F(instance, rmdir_is_for_owners)
{
	act_as(ALICE, FRIENDS);
	ASSERT_EQ(0, R(mkdir(in("d"), 0777)));
	act_as(BOB, FRIENDS);
	EXPECT_EQ(-EPERM, R(rmdir(in("d"))));
	act_as(ALICE, BOB);
	EXPECT_EQ(0, R(rmdir(in("d"))));
	ASSERT_EQ(0, R(mkdir(in("d"), 0777)));
	act_as(0, 0);
	EXPECT_EQ(0, R(rmdir(in("d"))));
}

/* Nor does the owner take away what the mode of the directory keeps. */
TEST_F(instance, unlink_needs_the_right_to_write)
{
	int server;

	ASSERT_EQ(0, R(mkdir(in("d"), 0777)));
	ASSERT_EQ(0, chmod(in("d"), 0777));
	act_as(ALICE, FRIENDS);
	server = make_public(in("d/slot"));
	act_as(0, 0);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, chmod(in("d"), 0755));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EACCES, R(unlink(in("d/slot"))));
	act_as(0, 0);
	EXPECT_TRUE(is_node(in("d/slot")));
	/* Death asks nobody. */
	EXPECT_EQ(0, close(server));
	EXPECT_FALSE(exists(in("d/slot")));
}

/*
 * Access control lists, in the form that setxattr(2) takes.
 */

#define ACCESS		"system.posix_acl_access"
#define DEFAULT		"system.posix_acl_default"

struct acl {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entries[5];
};

static struct posix_acl_xattr_entry acl_entry(unsigned int tag, unsigned int rights, __u32 id)
{
	return (struct posix_acl_xattr_entry) {
		.e_tag = htole16(tag), .e_perm = htole16(rights), .e_id = htole32(id),
	};
}

/* Owner and a named user read and write, nobody else does anything. */
static struct acl acl_for(uid_t named, unsigned int owner)
{
	return (struct acl) {
		.header.a_version = htole32(POSIX_ACL_XATTR_VERSION),
		.entries = {
			acl_entry(ACL_USER_OBJ, owner, ACL_UNDEFINED_ID),
			acl_entry(ACL_USER, owner, named),
			acl_entry(ACL_GROUP_OBJ, 0, ACL_UNDEFINED_ID),
			acl_entry(ACL_MASK, owner, ACL_UNDEFINED_ID),
			acl_entry(ACL_OTHER, 0, ACL_UNDEFINED_ID),
		},
	};
}

/* Some kernels know no such lists at all. */
static bool no_acls(void)
{
	struct acl acl = acl_for(BOB, 7);

	return R(setxattr(path_of("tmp"), ACCESS, &acl, sizeof(acl), 0)) == -EOPNOTSUPP;
}

static int client_of(uid_t uid, const char *path)
{
	int client;

	act_as(uid, uid);
	client = open_client(path, O_WRONLY);
	act_as(0, 0);
	return client;
}

TEST_F(instance, acl_lets_a_named_user_write)
{
	struct acl acl = acl_for(BOB, 6), got;
	int server, client;
	struct stat st;

	if (no_acls())
		SKIP(return, "no access control lists");
	act_as(ALICE, FRIENDS);
	server = make_slot(in("slot"), O_RDONLY | O_NONBLOCK, 0600);
	act_as(0, 0);
	ASSERT_LE(0, server);
	EXPECT_EQ(-ENODATA, R(getxattr(in("slot"), ACCESS, &got, sizeof(got))));
	EXPECT_EQ(-EACCES, client_of(BOB, in("slot")));
	act_as(BOB, BOB);
	EXPECT_EQ(-EPERM, R(setxattr(in("slot"), ACCESS, &acl, sizeof(acl), 0)));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(0, R(setxattr(in("slot"), ACCESS, &acl, sizeof(acl), 0)));
	act_as(0, 0);
	memset(&got, POISON, sizeof(got));
	EXPECT_EQ(sizeof(got), R(getxattr(in("slot"), ACCESS, &got, sizeof(got))));
	EXPECT_EQ(0, memcmp(&acl, &got, sizeof(got)));
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(S_IFCHR | 0660, st.st_mode);
	client = client_of(BOB, in("slot"));
	ASSERT_LE(0, client);
	EXPECT_TRUE(carries(client, server));
	EXPECT_LE(0, client_of(ALICE, in("slot")));
	EXPECT_EQ(-EACCES, client_of(99999, in("slot")));
	/* The mask is the group's bits of the mode. */
	ASSERT_EQ(0, chmod(in("slot"), 0600));
	EXPECT_EQ(-EACCES, client_of(BOB, in("slot")));
	ASSERT_EQ(0, chmod(in("slot"), 0620));
	EXPECT_LE(0, client_of(BOB, in("slot")));
	EXPECT_EQ(0, R(removexattr(in("slot"), ACCESS)));
	EXPECT_EQ(-EACCES, client_of(BOB, in("slot")));
}

TEST_F(instance, acl_that_is_bad_is_einval)
{
	struct acl acl = acl_for(BOB, 6);
	int server = make_public(in("slot"));

	if (no_acls())
		SKIP(return, "no access control lists");
	ASSERT_LE(0, server);
	acl.entries[4].e_tag = htole16(0x40);
	EXPECT_EQ(-EINVAL, R(setxattr(in("slot"), ACCESS, &acl, sizeof(acl), 0)));
	acl = acl_for(BOB, 6);
	EXPECT_EQ(-EINVAL, R(setxattr(in("slot"), ACCESS, &acl, sizeof(acl) - 1, 0)));
	/* Only directories have lists that they hand down. */
	EXPECT_GT(0, setxattr(in("slot"), DEFAULT, &acl, sizeof(acl), 0));
}

/* What a directory hands down takes the umask's place, and the mode still limits it. */
TEST_F(instance, default_acl_is_inherited)
{
	struct acl acl = acl_for(BOB, 7), got;
	int servers[3];
	struct stat st;

	if (no_acls())
		SKIP(return, "no access control lists");
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	ASSERT_EQ(0, R(setxattr(in("d"), DEFAULT, &acl, sizeof(acl), 0)));
	umask(077);
	servers[0] = make_slot(in("d/open"), O_RDONLY | O_NONBLOCK, 0666);
	servers[1] = create_named_at(in("d"), "create");
	servers[2] = make_slot(in("d/mode"), O_RDONLY | O_NONBLOCK, 0606);
	ASSERT_LE(0, servers[0]);
	ASSERT_LE(0, servers[1]);
	ASSERT_LE(0, servers[2]);
	EXPECT_EQ(sizeof(got), R(getxattr(in("d/open"), ACCESS, &got, sizeof(got))));
	ASSERT_EQ(0, stat(in("d/open"), &st));
	EXPECT_EQ(S_IFCHR | 0660, st.st_mode);
	EXPECT_LE(0, client_of(BOB, in("d/open")));
	EXPECT_EQ(-EACCES, client_of(ALICE, in("d/open")));
	/* Its mode, 0600, has nothing for the mask. */
	EXPECT_EQ(-EACCES, client_of(BOB, in("d/create")));
	ASSERT_EQ(0, chmod(in("d/create"), 0660));
	EXPECT_LE(0, client_of(BOB, in("d/create")));
	EXPECT_EQ(-EACCES, client_of(BOB, in("d/mode")));
	/* Directories inherit, and hand on. */
	ASSERT_EQ(0, mkdir(in("d/e"), 0777));
	memset(&got, POISON, sizeof(got));
	EXPECT_EQ(sizeof(got), R(getxattr(in("d/e"), DEFAULT, &got, sizeof(got))));
	EXPECT_EQ(0, memcmp(&acl, &got, sizeof(got)));
	ASSERT_EQ(0, stat(in("d/e"), &st));
	EXPECT_EQ(S_IFDIR | 0770, st.st_mode);
	close(servers[0]);
	servers[0] = make_slot(in("d/e/slot"), O_RDONLY, 0660);
	ASSERT_LE(0, servers[0]);
	EXPECT_LE(0, client_of(BOB, in("d/e/slot")));
}

TEST_F(instance, set_gid_directory_hands_down_its_group)
{
	int by_open, by_create;
	struct stat st;

	ASSERT_EQ(0, mkdir(in("d"), 0777));
	ASSERT_EQ(0, chown(in("d"), 0, 4711));
	ASSERT_EQ(0, chmod(in("d"), 02777));
	act_as(ALICE, FRIENDS);
	by_open = make_slot(in("d/open"), O_RDONLY, 0600);
	by_create = create_in("d/create");
	ASSERT_EQ(0, R(mkdir(in("d/e"), 0755)));
	act_as(0, 0);
	ASSERT_LE(0, by_open);
	ASSERT_LE(0, by_create);
	ASSERT_EQ(0, stat(in("d/open"), &st));
	EXPECT_EQ(ALICE, st.st_uid);
	EXPECT_EQ(4711, st.st_gid);
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	ASSERT_EQ(0, stat(in("d/create"), &st));
	EXPECT_EQ(4711, st.st_gid);
	ASSERT_EQ(0, stat(in("d/e"), &st));
	EXPECT_EQ(4711, st.st_gid);
	EXPECT_EQ(S_IFDIR | 02755, st.st_mode);
}

TEST_F(instance, node_is_its_owners)
{
	int server, client;
	struct stat st;

	act_as(ALICE, FRIENDS);
	server = make_slot(in("slot"), O_RDONLY | O_NONBLOCK, 0600);
	act_as(BOB, BOB);
	EXPECT_EQ(-EPERM, R(chmod(in("slot"), 0666)));
	EXPECT_EQ(-EPERM, R(chown(in("slot"), BOB, -1)));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EPERM, R(chown(in("slot"), BOB, -1)));
	EXPECT_EQ(0, R(chmod(in("slot"), 0666)));
	act_as(0, 0);
	ASSERT_LE(0, server);
	client = client_of(BOB, in("slot"));
	EXPECT_LE(0, client);
	ASSERT_EQ(0, chmod(in("slot"), 0600));
	EXPECT_EQ(-EACCES, client_of(BOB, in("slot")));
	/* Who is in stays in. */
	EXPECT_TRUE(carries(client, server));
	/* A new owner may take the name away; the server is who has its end. */
	ASSERT_EQ(0, R(chown(in("slot"), BOB, BOB)));
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(BOB, st.st_uid);
	act_as(BOB, BOB);
	EXPECT_EQ(0, R(unlink(in("slot"))));
	act_as(0, 0);
	EXPECT_TRUE(carries(client, server));
}
