// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instances among mounts and namespaces: unmounting with ends open, the module's own end, mounts
 * that refuse devices or writes, file systems on top, and containers whose root mounts its own.
 */
#include <sys/inotify.h>
#include <sys/sysmacros.h>
#include "instance.h"

/*
 * Unmounting.
 */

TEST_F(instance, open_ends_keep_the_mount_busy)
{
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);

	ASSERT_LE(0, client);
	EXPECT_EQ(-EBUSY, unmount("a", 0));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(-EBUSY, unmount("a", 0));
	EXPECT_EQ(0, close(client));
	EXPECT_EQ(0, unmount("a", 0));
	EXPECT_EQ(0, count_entries(in("")));
}

/* Directories keep nothing busy, those that mkdir made or CREATE did. */
TEST_F(instance, directories_do_not_keep_the_mount_busy)
{
	int server = create_in("x/y/slot");

	ASSERT_LE(0, server);
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	ASSERT_EQ(0, mkdir(in("d/e"), 0755));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(0, unmount("a", 0));
	ASSERT_EQ(0, mount_instance("a", 0, NULL));
	EXPECT_EQ(0, count_entries(in("")));
}

TEST_F(instance, lazy_unmount_leaves_ends_working)
{
	int server, client, again;
	long users;
	char path[64];

	EXPECT_EQ(0, unmount("a", 0));
	users = module_users();
	ASSERT_EQ(0, mount_instance("a", 0, NULL));
	server = make_public(in("slot"));
	client = open_client(in("slot"), O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(0, unmount("a", MNT_DETACH));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_TRUE(carries(client, server));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", client);
	again = open_client(path, O_WRONLY);
	EXPECT_LE(0, again);
	EXPECT_TRUE(carries(again, server));
	EXPECT_LT(users, module_users());
	EXPECT_EQ(0, close(again));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(is_dead(client));
	EXPECT_EQ(0, close(client));
	/* The super block has gone with the last of them. */
	EXPECT_TRUE(module_users_become(users));
}

TEST_F(instance, lazy_unmount_takes_names_and_directories_along)
{
	int servers[3];
	long users;

	EXPECT_EQ(0, unmount("a", 0));
	users = module_users();
	ASSERT_EQ(0, mount_instance("a", 0, NULL));
	servers[0] = create_in("x/y/slot");
	servers[1] = create_in("x/other");
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	servers[2] = make_public(in("d/slot"));
	ASSERT_LE(0, servers[0]);
	ASSERT_LE(0, servers[1]);
	ASSERT_LE(0, servers[2]);
	ASSERT_EQ(0, unlink(in("d/slot")));
	EXPECT_EQ(0, unmount("a", MNT_DETACH));
	EXPECT_EQ(0, close(servers[0]));
	EXPECT_EQ(0, close(servers[2]));
	EXPECT_EQ(0, close(servers[1]));
	EXPECT_TRUE(module_users_become(users));
}

/* What would unload the module if it were wrong is tried only where it is refused before. */
TEST_F(instance, module_stays_while_it_is_mounted)
{
	int server = make_public(in("slot"));

	ASSERT_LE(0, server);
	if (module_users() < 0)
		SKIP(return, "the module is part of the kernel");
	EXPECT_EQ(0, close(server));
	ASSERT_LT(0, module_users());
	EXPECT_EQ(-EAGAIN, R(syscall(SYS_delete_module, "mailslot", O_NONBLOCK)));
	server = make_public(in("slot"));
	EXPECT_EQ(0, unmount("a", MNT_DETACH));
	ASSERT_LT(0, module_users());
	EXPECT_EQ(-EAGAIN, R(syscall(SYS_delete_module, "mailslot", O_NONBLOCK)));
	EXPECT_LE(0, server);
}

/*
 * Mounts that refuse something, and file systems on top.
 */

/* Nothing is to appear, not even for a moment. */
TEST_F(instance, nodev_is_eacces_before_a_slot_exists)
{
	int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char events[1024];
	unsigned long before;

	ASSERT_LE(0, watcher);
	ASSERT_EQ(0, mount_instance("b", MS_NODEV, "max_slots=10"));
	before = stats_of("b").f_ffree;
	ASSERT_LE(0, inotify_add_watch(watcher, in_b(""), IN_CREATE | IN_DELETE | IN_MOVE));
	EXPECT_EQ(-EACCES, make_slot(in_b("slot"), O_RDONLY, 0666));
	EXPECT_EQ(-EACCES, make_slot(in_b("slot"), O_RDWR, 0666));
	EXPECT_EQ(-EACCES, create_named_at(in_b(""), "slot"));
	EXPECT_EQ(-EACCES, create_named_at(in_b(""), "x/slot"));
	EXPECT_EQ(-EAGAIN, R(read(watcher, events, sizeof(events))));
	EXPECT_EQ(0, count_entries(in_b("")));
	EXPECT_EQ(before, stats_of("b").f_ffree);
}

TEST_F(instance, nodev_bind_mount_refuses_clients)
{
	int server = make_public(in("slot")), client;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, R(mount(path_of("a"), path_of("b"), NULL, MS_BIND, NULL)));
	client = open_client(in_b("slot"), O_WRONLY);
	EXPECT_LE(0, client);
	ASSERT_EQ(0, R(mount(NULL, path_of("b"), NULL, MS_BIND | MS_REMOUNT | MS_NODEV, NULL)));
	EXPECT_EQ(-EACCES, open_client(in_b("slot"), O_WRONLY));
	EXPECT_EQ(-EACCES, make_slot(in_b("other"), O_RDONLY, 0600));
	EXPECT_FALSE(exists(in("other")));
	/* Those who are in stay in. */
	EXPECT_TRUE(carries(client, server));
	EXPECT_LE(0, open_client(in("slot"), O_WRONLY));
}

TEST_F(instance, read_only_mount_makes_nothing)
{
	int server = make_public(in("slot")), client;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, mkdir(in("d"), 0777));
	ASSERT_EQ(0, R(mount(path_of("a"), path_of("b"), NULL, MS_BIND, NULL)));
	ASSERT_EQ(0, R(mount(NULL, path_of("b"), NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL)));
	EXPECT_EQ(-EROFS, make_slot(in_b("other"), O_RDONLY, 0600));
	EXPECT_EQ(-EROFS, create_named_at(in_b(""), "other"));
	EXPECT_EQ(-EROFS, create_named_at(in_b(""), "x/other"));
	EXPECT_EQ(-EROFS, R(mkdir(in_b("e"), 0777)));
	EXPECT_EQ(-EROFS, R(rmdir(in_b("d"))));
	EXPECT_EQ(-EROFS, R(unlink(in_b("slot"))));
	EXPECT_EQ(2, count_entries(in("")));
	/* Devices are written all the same. */
	client = open_client(in_b("slot"), O_WRONLY);
	EXPECT_LE(0, client);
	EXPECT_TRUE(carries(client, server));
	/* And the slot dies all the same. */
	EXPECT_EQ(0, close(server));
	EXPECT_FALSE(exists(in_b("slot")));
}

TEST_F(instance, node_is_not_executed)
{
	int server = make_slot(in("slot"), O_RDONLY, 0777);

	ASSERT_LE(0, server);
	EXPECT_EQ(-EACCES, R(execl(in("slot"), "slot", NULL)));
}

static int mount_overlay(const char *lower)
{
	char options[1024];

	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 path_of("%s", lower), path_of("tmp/upper"), path_of("tmp/work"));
	return R(mount("overlay", path_of("c"), "overlay", 0, options));
}

TEST_F(instance, overlay_on_top_fails)
{
	ASSERT_EQ(0, mkdir(path_of("tmp/upper"), 0755));
	ASSERT_EQ(0, mkdir(path_of("tmp/work"), 0755));
	if (mount_overlay("b"))
		SKIP(return, "no overlay file system");
	ASSERT_EQ(0, unmount("c", 0));
	EXPECT_GT(0, mount_overlay("a"));
}

TEST_F(instance, handles_are_eopnotsupp)
{
	struct {
		struct file_handle handle;
		char space[MAX_HANDLE_SZ];
	} room = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int server = make_public(in("slot")), id;

	ASSERT_LE(0, server);
	if (name_to_handle_at(AT_FDCWD, path_of("tmp"), &room.handle, &id, 0))
		SKIP(return, "no handles, of no file system");
	room.handle.handle_bytes = MAX_HANDLE_SZ;
	EXPECT_EQ(-EOPNOTSUPP, R(name_to_handle_at(AT_FDCWD, in("slot"), &room.handle, &id, 0)));
	EXPECT_EQ(-EOPNOTSUPP, R(name_to_handle_at(AT_FDCWD, in(""), &room.handle, &id, 0)));
}

TEST_F(instance, path_descriptors_open_nothing)
{
	int server = make_public(in("slot")), place, client;
	struct stat st, again;
	char path[64];

	ASSERT_LE(0, server);
	place = open(in("slot"), O_PATH | O_CLOEXEC);
	ASSERT_LE(0, place);
	EXPECT_EQ(0, info_of(server).clients);
	EXPECT_EQ(-EBADF, R(write(place, "x", 1)));
	ASSERT_EQ(0, fstat(place, &st));
	ASSERT_EQ(0, stat(in("slot"), &again));
	EXPECT_EQ(again.st_ino, st.st_ino);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	client = open_client(path, O_WRONLY);
	EXPECT_LE(0, client);
	EXPECT_TRUE(carries(client, server));
}

/*
 * User namespaces.
 */

TEST_F(instance, containers_root_mounts_its_own)
{
	int server, client, status;
	struct stat st;
	pid_t pid;

	pid = fork_container(ALICE);
	ASSERT_LE(0, pid);
	if (!pid) {
		struct mailslot_recv_msg msg;

		ASSERT_EQ(0, mount_instance("b", 0, "max_slots=5"));
		ASSERT_EQ(0, stat(in_b(""), &st));
		EXPECT_EQ(0, st.st_uid);
		EXPECT_EQ(S_IFDIR | 0777, st.st_mode);
		server = make_public(in_b("slot"));
		ASSERT_LE(0, server);
		ASSERT_EQ(0, stat(in_b("slot"), &st));
		EXPECT_EQ(0, st.st_uid);
		EXPECT_EQ(0, st.st_gid);
		/* Devices are refused on most mounts of a container's root, not here. */
		client = open_client(in_b("slot"), O_WRONLY);
		ASSERT_LE(0, client);
		EXPECT_EQ(0, R(write(client, "", 0)));
		msg = recv_slot(NULL, 0);
		EXPECT_EQ(1, receive(server, &msg, 1, 0));
		EXPECT_EQ(0, msg.uid);
		EXPECT_EQ(0, msg.gid);
		EXPECT_EQ(-EBUSY, unmount("b", 0));
		close(client);
		client = create_named_at(in_b(""), "x/y");
		EXPECT_LE(0, client);
		close(client);
		close(server);
		EXPECT_EQ(0, remount("b", "max_slots=6"));
		EXPECT_EQ(6, stats_of("b").f_files);
		EXPECT_EQ(0, unmount("b", 0));
		_exit(0);
	}
	status = child_status(pid);
	if (status == NO_NAMESPACES)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(0, status);
}

TEST_F(instance, containers_root_has_no_rights_outside)
{
	int server = make_slot(in("slot"), O_RDONLY, 0600), status;
	pid_t pid;

	ASSERT_LE(0, server);
	pid = fork_container(ALICE);
	ASSERT_LE(0, pid);
	if (!pid) {
		/* The host's mount is locked in its place, and its limits are the host's. */
		EXPECT_EQ(-EINVAL, unmount("a", 0));
		EXPECT_EQ(-EINVAL, unmount("a", MNT_DETACH));
		EXPECT_EQ(-EPERM, remount("a", "max_slots=2000"));
		EXPECT_EQ(-EACCES, open_client(in("slot"), O_WRONLY));
		EXPECT_EQ(-EPERM, R(unlink(in("slot"))));
		EXPECT_EQ(-EPERM, R(chmod(in("slot"), 0666)));
		/* Its own has nothing of the host's. */
		ASSERT_EQ(0, mount_instance("b", 0, NULL));
		EXPECT_EQ(0, count_entries(in_b("")));
		EXPECT_EQ(-ENOENT, open_client(in_b("slot"), O_WRONLY));
		EXPECT_LE(0, make_public(in_b("slot")));
		/* Users that are not mapped cannot own it. */
		EXPECT_EQ(-EINVAL, mount_instance("c", 0, "uid=1"));
		EXPECT_EQ(-EINVAL, mount_instance("c", 0, "gid=1"));
		EXPECT_EQ(-EPERM, R(mknod(in_b("node"), S_IFCHR | 0666, makedev(1, 3))));
		_exit(0);
	}
	status = child_status(pid);
	if (status == NO_NAMESPACES)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(0, status);
	EXPECT_TRUE(is_node(in("slot")));
	EXPECT_EQ(1000, stats_of("a").f_files);
	EXPECT_EQ(1, count_entries(in("")));
}

/* The sender is told in the receiver's user namespace, in the slots of its own mount too. */
TEST_F(instance, senders_from_outside_a_container)
{
	int ready[2], go[2], server, client, status;
	struct mailslot_recv_msg msg;
	char path[1200], byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(ready) | pipe(go));
	pid = fork_container(ALICE);
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, mount_instance("b", 0, NULL));
		server = make_public(in_b("slot"));
		ASSERT_LE(0, server);
		ASSERT_EQ(1, write(ready[1], "1", 1));
		ASSERT_EQ(1, read(go[0], &byte, 1));
		/* Root of outside is nobody here; the user is root. */
		msg = recv_slot(NULL, 0);
		EXPECT_EQ(1, receive(server, &msg, 1, 0));
		EXPECT_EQ(OVERFLOW_ID, msg.uid);
		EXPECT_EQ(OVERFLOW_ID, msg.gid);
		msg = recv_slot(NULL, 0);
		EXPECT_EQ(1, receive(server, &msg, 1, 0));
		EXPECT_EQ(0, msg.uid);
		EXPECT_EQ(0, msg.gid);
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		status = child_status(pid);
		ASSERT_EQ(NO_NAMESPACES, status);
		SKIP(return, "no user namespaces");
	}
	snprintf(path, sizeof(path), "/proc/%d/root%s", pid, in_b("slot"));
	client = open_client(path, O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(0, R(write(client, "", 0)));
	close(client);
	act_as(ALICE, FRIENDS);
	client = open_client(path, O_WRONLY);
	act_as(0, 0);
	ASSERT_LE(0, client);
	EXPECT_EQ(0, R(write(client, "", 0)));
	ASSERT_EQ(1, write(go[1], "1", 1));
	EXPECT_EQ(0, child_status(pid));
	EXPECT_TRUE(is_dead(client));
}

/* With a container's last process all of its instance goes. */
TEST_F(instance, containers_instance_goes_with_it)
{
	long users = module_users();
	int status;
	pid_t pid;

	pid = fork_container(ALICE);
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, mount_instance("b", 0, NULL));
		EXPECT_LE(0, make_public(in_b("slot")));
		EXPECT_LE(0, create_named_at(in_b(""), "x/y/z"));
		EXPECT_EQ(0, mkdir(in_b("d"), 0755));
		raise(SIGKILL);
	}
	status = child_status(pid);
	if (status == NO_NAMESPACES)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(128 + SIGKILL, status);
	EXPECT_TRUE(module_users_become(users));
}

/* Mounting needs the right to mount. */
TEST_F(instance, users_do_not_mount_on_the_host)
{
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EPERM, mount_instance("b", 0, NULL));
	act_as(0, 0);
}
