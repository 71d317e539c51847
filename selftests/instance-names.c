// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names in an instance: which there may be, directories that mkdir(2) makes, taking a name away,
 * and what cannot be done with one. Who may do so is told in instance-perms.c, CREATE in
 * instance-create.c.
 */
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include "instance.h"

#define NAME_MOST	(MAILSLOT_NAME_SIZE - 1)
#define DEEPEST		8

/*
 * Which names there are.
 */

static const char * const accepted[] = {
	"x", "...", "..x", "x..", ".x", "x.", "-", "x y", " ", "x\\y", "x!y", "x:y", "x*?y", "x%sy",
	"\"'$`", "~", "\xc2\xa0", "\xc3\xa9", "\xdf\xbf", "\xe0\xa0\x80", "\xe2\x82\xac",
	"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf0\x90\x80\x80", "\xf0\x9f\x93\xac",
	"\xf4\x8f\xbf\xbd",
};

static const char * const refused[] = {
	"\x7f", "x\x7f", "x\ny", "\t", "\x1bx", "\x01", "x\x1f", "\xc2\x80", "x\xc2\x85",
	"\xc2\x9f", "\x80", "\xbf", "x\x80y", "\xc0\x80", "\xc1\xbf", "\xc0\xaf",
	"\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
	"\xed\xad\xbf", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
	"\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xc3", "\xe2\x82", "\xe2", "\xf0\x9f\x93",
	"\xf0\x9f", "\xf0", "\xc3x", "\xe2\x82x", "\xe2x", "\xf0\x9f\x93x", "\xc3\xc3\xa9",
};

TEST_F(instance, good_names)
{
	size_t i;
	int server;

	for (i = 0; i < ARRAY_SIZE(accepted); i++) {
		server = make_slot(in(accepted[i]), O_RDONLY, 0600);
		EXPECT_LE(0, server)
			TH_LOG("name %zu, %s", i, accepted[i]);
		EXPECT_TRUE(is_node(in(accepted[i])));
		close(server);
		server = create_in(accepted[i]);
		EXPECT_LE(0, server)
			TH_LOG("name %zu, %s", i, accepted[i]);
		EXPECT_TRUE(is_node(in(accepted[i])));
		close(server);
		EXPECT_EQ(0, R(mkdir(in(accepted[i]), 0755)));
		EXPECT_EQ(0, R(rmdir(in(accepted[i]))));
	}
	EXPECT_EQ(0, count_entries(in("")));
}

TEST_F(instance, bad_names_are_einval)
{
	long before = slots_free();
	size_t i;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(-EINVAL, make_slot(in(refused[i]), O_RDONLY, 0600))
			TH_LOG("name %zu", i);
		EXPECT_EQ(-EINVAL, make_slot(path_of("a/d/%s", refused[i]), O_RDWR, 0600))
			TH_LOG("name %zu", i);
		EXPECT_EQ(-EINVAL, R(mkdir(in(refused[i]), 0755)))
			TH_LOG("name %zu", i);
		EXPECT_EQ(-EINVAL, create_in(refused[i]))
			TH_LOG("name %zu", i);
	}
	EXPECT_EQ(1, count_entries(in("")));
	EXPECT_EQ(0, count_entries(in("d")));
	EXPECT_EQ(before - 1, slots_free());
}

/* Paths that only CREATE sees whole. */
TEST_F(instance, bad_paths_are_einval)
{
	static const char * const paths[] = {
		"", "/", "//", "/x", "x/", "x//y", "x/y/", ".", "..", "./x", "../x", "x/.", "x/..",
		"x/./y", "x/../y", "x/\t", "x\n/y", "\xc3/x", "x/\xff/y",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++)
		EXPECT_EQ(-EINVAL, create_in(paths[i]))
			TH_LOG("path %zu", i);
	EXPECT_EQ(0, count_entries(in("")));
}

/* The directory's name, a slash, and what is left for the slot's. */
TEST_F(instance, longest_names)
{
	char name[NAME_MOST + 2] = "";
	struct mailslot_create args;
	int server;

	memset(name, 'x', NAME_MOST);
	server = make_slot(in(name), O_RDONLY, 0600);
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in(name)));
	close(server);
	server = create_in(name);
	EXPECT_LE(0, server);
	close(server);
	EXPECT_EQ(0, R(mkdir(in(name), 0755)));
	/* In it there is no room for a slash and a name. */
	EXPECT_EQ(-ENAMETOOLONG, make_slot(path_of("a/%s/y", name), O_RDONLY, 0600));
	EXPECT_EQ(-ENAMETOOLONG, R(mkdir(path_of("a/%s/y", name), 0755)));
	EXPECT_EQ(0, count_entries(in(name)));
	EXPECT_EQ(0, R(rmdir(in(name))));
	name[NAME_MOST] = 'x';
	EXPECT_EQ(-ENAMETOOLONG, make_slot(in(name), O_RDONLY, 0600));
	EXPECT_EQ(-ENAMETOOLONG, R(mkdir(in(name), 0755)));
	args = create_args(NULL);
	memset(args.name, 'x', sizeof(args.name));
	EXPECT_EQ(-ENAMETOOLONG, create_at(in(""), &args));

	/* "d/" and 253 bytes are 255; the byte beyond is one too many. */
	name[NAME_MOST - 2] = '\0';
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	server = make_slot(path_of("a/d/%s", name), O_RDONLY, 0600);
	EXPECT_LE(0, server);
	close(server);
	server = create_named_at(in("d"), name);
	EXPECT_LE(0, server);
	close(server);
	EXPECT_EQ(0, R(mkdir(path_of("a/d/%s", name), 0755)));
	EXPECT_EQ(0, R(rmdir(path_of("a/d/%s", name))));
	name[NAME_MOST - 2] = 'x';
	name[NAME_MOST - 1] = '\0';
	EXPECT_EQ(-ENAMETOOLONG, make_slot(path_of("a/d/%s", name), O_RDONLY, 0600));
	EXPECT_EQ(-ENAMETOOLONG, R(mkdir(path_of("a/d/%s", name), 0755)));
	EXPECT_EQ(-ENAMETOOLONG, create_named_at(in("d"), name));
	EXPECT_EQ(0, count_entries(in("d")));
}

/* A name has 8 components at the most, however it is made. */
TEST_F(instance, deepest_names)
{
	char path[64] = "", *end = path;
	int i, server;

	for (i = 1; i < DEEPEST; i++) {
		end = stpcpy(end, i == 1 ? "x" : "/x");
		ASSERT_EQ(0, R(mkdir(in(path), 0755)));
	}
	strcpy(end, "/y");
	server = make_slot(in(path), O_RDONLY, 0600);
	EXPECT_LE(0, server);
	close(server);
	server = create_in(path);
	EXPECT_LE(0, server);
	close(server);
	EXPECT_EQ(0, R(mkdir(in(path), 0755)));
	strcat(path, "/z");
	EXPECT_EQ(-ENAMETOOLONG, make_slot(in(path), O_RDONLY, 0600));
	EXPECT_EQ(-ENAMETOOLONG, R(mkdir(in(path), 0755)));
	EXPECT_EQ(-ENAMETOOLONG, create_in(path));
	EXPECT_EQ(-ENAMETOOLONG, create_in("1/2/3/4/5/6/7/8/9"));
	server = create_in("1/2/3/4/5/6/7/8");
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in("1/2/3/4/5/6/7/8")));
	close(server);
	EXPECT_TRUE(disappears(in("1")));
}

/*
 * Directories of mkdir.
 */

TEST_F(instance, directories_stay)
{
	struct stat st;
	int server;

	act_as(ALICE, FRIENDS);
	ASSERT_EQ(0, mkdir(in("d"), 0750));
	ASSERT_EQ(0, mkdir(in("d/e"), 0777));
	server = make_public(in("d/e/slot"));
	act_as(0, 0);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, stat(in("d"), &st));
	EXPECT_EQ(S_IFDIR | 0750, st.st_mode);
	EXPECT_EQ(ALICE, st.st_uid);
	EXPECT_EQ(FRIENDS, st.st_gid);
	EXPECT_EQ(-ENOTEMPTY, R(rmdir(in("d"))));
	EXPECT_EQ(-ENOTEMPTY, R(rmdir(in("d/e"))));
	EXPECT_EQ(-EEXIST, R(mkdir(in("d"), 0755)));
	EXPECT_EQ(0, close(server));
	sleep_ns(NSEC_PER_SEC / 2);
	EXPECT_EQ(0, count_entries(in("d/e")));
	EXPECT_EQ(0, R(rmdir(in("d/e"))));
	EXPECT_EQ(0, R(rmdir(in("d"))));
	EXPECT_EQ(0, count_entries(in("")));
}

TEST_F(instance, directories_are_no_slots)
{
	int server = make_public(in("slot"));

	ASSERT_LE(0, server);
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	EXPECT_EQ(-EEXIST, R(mkdir(in("slot"), 0755)));
	EXPECT_EQ(-ENOTDIR, R(rmdir(in("slot"))));
	EXPECT_EQ(-EISDIR, R(unlink(in("d"))));
	EXPECT_EQ(-ENOTDIR, R(mkdir(in("slot/x"), 0755)));
	EXPECT_EQ(-ENOTDIR, make_slot(in("slot/x"), O_RDONLY, 0600));
	EXPECT_EQ(-EISDIR, open_client(in("d"), O_WRONLY));
	EXPECT_EQ(-ENOENT, make_slot(in("missing/x"), O_RDONLY, 0600));
}

/* One may stand in a directory that is removed, and make nothing there. */
TEST_F(instance, nothing_is_made_in_a_removed_directory)
{
	struct mailslot_create one = create_args("slot"), two = create_args("x/slot");
	long before = slots_free();
	int directory;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	directory = open_directory(in("d"));
	ASSERT_LE(0, directory);
	ASSERT_EQ(0, rmdir(in("d")));
	EXPECT_EQ(-ENOENT, R(openat(directory, "slot", O_CREAT | O_EXCL | O_RDONLY, 0600)));
	EXPECT_EQ(-ENOENT, R(mkdirat(directory, "x", 0755)));
	EXPECT_EQ(-ENOENT, R(ioctl(directory, MAILSLOT_IOC_CREATE, &one)));
	EXPECT_EQ(-ENOENT, R(ioctl(directory, MAILSLOT_IOC_CREATE, &two)));
	EXPECT_EQ(0, count_entries(in("")));
	/* It counts as long as somebody has it open. */
	EXPECT_EQ(0, close(directory));
	EXPECT_EQ(before, slots_free());
}

/*
 * Taking a name away.
 */

TEST_F(instance, unlink_leaves_the_slot)
{
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);
	int again, other;

	ASSERT_LE(0, client);
	ASSERT_EQ(0, R(unlink(in("slot"))));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_EQ(-ENOENT, open_client(in("slot"), O_WRONLY));
	EXPECT_EQ(-ENOENT, R(unlink(in("slot"))));
	EXPECT_TRUE(carries(client, server));
	EXPECT_EQ(0, info_of(client).flags);
	/* Whoever takes the name has another slot, and keeps it when the first one dies. */
	again = make_public(in("slot"));
	ASSERT_LE(0, again);
	other = open_client(in("slot"), O_WRONLY);
	EXPECT_TRUE(carries(other, again));
	EXPECT_TRUE(carries(client, server));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(is_dead(client));
	EXPECT_TRUE(is_node(in("slot")));
	EXPECT_TRUE(carries(other, again));
}

/*
 * What a name is not for.
 */

TEST_F(instance, rename_is_eperm)
{
	int server = make_public(in("slot")), other = make_public(in("other"));

	ASSERT_LE(0, other);
	ASSERT_EQ(0, mkdir(in("d"), 0777));
	EXPECT_EQ(-EPERM, R(rename(in("slot"), in("new"))));
	EXPECT_EQ(-EPERM, R(rename(in("slot"), in("other"))));
	EXPECT_EQ(-EPERM, R(rename(in("slot"), in("d/slot"))));
	EXPECT_EQ(-EPERM, R(rename(in("d"), in("e"))));
	EXPECT_EQ(-EPERM, R(renameat2(AT_FDCWD, in("slot"), AT_FDCWD, in("other"),
				      RENAME_EXCHANGE)));
	EXPECT_EQ(-EPERM, R(renameat2(AT_FDCWD, in("slot"), AT_FDCWD, in("new"),
				      RENAME_NOREPLACE)));
	EXPECT_EQ(3, count_entries(in("")));
	EXPECT_TRUE(carries(open_client(in("slot"), O_WRONLY), server));
}

TEST_F(instance, link_is_eperm)
{
	int server = make_public(in("slot"));
	char path[64];

	ASSERT_LE(0, server);
	EXPECT_EQ(-EPERM, R(link(in("slot"), in("new"))));
	/* Nor does a slot come back that way whose name was taken away. */
	ASSERT_EQ(0, R(unlink(in("slot"))));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", server);
	EXPECT_GT(0, linkat(AT_FDCWD, path, AT_FDCWD, in("new"), AT_SYMLINK_FOLLOW));
	EXPECT_EQ(0, count_entries(in("")));
}

TEST_F(instance, symlink_is_eperm)
{
	EXPECT_EQ(-EPERM, R(symlink("slot", in("new"))));
	EXPECT_EQ(0, count_entries(in("")));
}

TEST_F(instance, mknod_is_eperm)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	long before = slots_free();
	int server = make_public(in("slot")), fd;
	struct stat st;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFREG | 0666, 0)));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), 0666, 0)));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFIFO | 0666, 0)));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFCHR | 0666, makedev(1, 3))));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFCHR | 0666, st.st_rdev)));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFBLK | 0666, makedev(7, 0))));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFSOCK | 0666, 0)));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFREG | 0666, 0)));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFIFO | 0666, 0)));
	act_as(0, 0);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, in("new"));
	EXPECT_EQ(-EPERM, R(bind(fd, (struct sockaddr *)&address, sizeof(address))));
	EXPECT_EQ(1, count_entries(in("")));
	EXPECT_EQ(before - 1, slots_free());
}

/* A directory's size is how many names have come to it, whoever made them and whatever went. */
TEST_F(instance, size_counts_names)
{
	int server, other;
	struct stat st;

	ASSERT_EQ(0, stat(in(""), &st));
	EXPECT_EQ(0, st.st_size);
	server = make_public(in("slot"));
	other = create_in("x/y/slot");
	ASSERT_LE(0, server);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	ASSERT_EQ(0, stat(in(""), &st));
	EXPECT_EQ(3, st.st_size);
	ASSERT_EQ(0, stat(in("x"), &st));
	EXPECT_EQ(1, st.st_size);
	EXPECT_EQ(-EEXIST, make_slot(in("slot"), O_RDONLY, 0600));
	EXPECT_EQ(-EEXIST, create_in("d"));
	close(server);
	ASSERT_EQ(0, rmdir(in("d")));
	ASSERT_EQ(0, stat(in(""), &st));
	EXPECT_EQ(3, st.st_size);
	EXPECT_LE(0, make_public(in("slot")));
	ASSERT_EQ(0, stat(in(""), &st));
	EXPECT_EQ(4, st.st_size);
}
