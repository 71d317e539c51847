/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of instances share. An instance is a mount of the file system "mailslot". Each
 * test has a mount namespace of its own with a small tree of directories, where an instance is
 * mounted on "a"; so whatever a test mounts is gone with it. No test is in here.
 */
#ifndef MAILSLOT_INSTANCE_H
#define MAILSLOT_INSTANCE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

static inline const char *instance_missing(void);
#define MISSING()	instance_missing()

#include "adversary.h"
#include <dirent.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/statfs.h>

/* How long a directory that CREATE made may stay after its last slot. */
#define SOON_NS		(5 * NSEC_PER_SEC)

/* The exit status of a child that finds no user namespaces. */
#define NO_NAMESPACES	77

#define OVERFLOW_ID	65534

/* Whether FILE has a line that ends in TEXT. */
static inline bool has_line(const char *path, const char *text)
{
	char line[1024];
	size_t length;
	bool found = false;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		length = strlen(line);
		found = length >= strlen(text) && !strcmp(line + length - strlen(text), text);
	}
	fclose(file);
	return found;
}

static inline const char *instance_missing(void)
{
	return has_line("/proc/filesystems", "\tmailslot") ? NULL :
	       "the file system mailslot is not in /proc/filesystems";
}

/* The directory of this test's tree. */
static char instance_base[32];

/* Paths in this test's tree: the eight that were made last are valid. */
static inline const char *path_of(const char *format, ...)
{
	static __thread char paths[8][1024];
	static __thread unsigned int next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];
	int length = snprintf(path, sizeof(paths[0]), "%s/", instance_base);
	va_list args;

	va_start(args, format);
	vsnprintf(path + length, sizeof(paths[0]) - length, format, args);
	va_end(args);
	return path;
}

/* The path of a name in the instance on "a", and in that on "b". */
static inline const char *in(const char *name)
{
	return path_of("a/%s", name);
}

static inline const char *in_b(const char *name)
{
	return path_of("b/%s", name);
}

/* Mounts a new instance on a directory of the tree; options may be NULL. */
static inline int mount_instance(const char *place, unsigned long flags, const char *options)
{
	return R(mount("mailslot", path_of("%s", place), "mailslot", flags, options));
}

static inline int remount(const char *place, const char *options)
{
	return mount_instance(place, MS_REMOUNT, options);
}

static inline int unmount(const char *place, int flags)
{
	return R(umount2(path_of("%s", place), flags));
}

/* The line of /proc/self/mountinfo that tells of the mount on PATH, if there is one. */
static inline bool mount_line(const char *path, char *line, size_t size)
{
	char place[1024];
	bool found = false;
	FILE *file;

	file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		return false;
	while (!found && fgets(line, size, file))
		found = sscanf(line, "%*s %*s %*s %*s %1023s", place) == 1 && !strcmp(place, path);
	fclose(file);
	return found;
}

/* The server end of a new slot, made by open(2). */
static inline int make_slot(const char *path, int flags, mode_t mode)
{
	return R(open(path, O_CREAT | O_EXCL | O_CLOEXEC | flags, mode));
}

/* The server end of a new slot that everybody may write to, and whose reads do not wait. */
static inline int make_public(const char *path)
{
	mode_t mask = umask(0);
	int server = make_slot(path, O_RDONLY | O_NONBLOCK, 0666);

	umask(mask);
	return server;
}

static inline int open_client(const char *path, int flags)
{
	return R(open(path, flags | O_CLOEXEC));
}

static inline int open_directory(const char *path)
{
	return R(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* CREATE on a directory of an instance: the server end, or -errno. */
static inline int create_at(const char *directory, const struct mailslot_create *args)
{
	int fd = open_directory(directory), server;

	if (fd < 0)
		return fd;
	server = R(ioctl(fd, MAILSLOT_IOC_CREATE, args));
	close(fd);
	return server;
}

static inline int create_named_at(const char *directory, const char *name)
{
	struct mailslot_create args = create_args(name);

	return create_at(directory, &args);
}

/* CREATE in the instance on "a". */
static inline int create_in(const char *name)
{
	return create_named_at(in(""), name);
}

static inline bool exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static inline bool is_directory(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static inline bool is_node(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISCHR(st.st_mode);
}

/* Waits until what CREATE made has disappeared. */
static inline bool disappears(const char *path)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + SOON_NS * harness_slowness();

	while (exists(path)) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/* What is in a directory, without "." and ".."; -errno. */
static inline int count_entries(const char *path)
{
	struct dirent *entry;
	int count = 0;
	DIR *directory;

	directory = opendir(path);
	if (!directory)
		return -errno;
	while ((entry = readdir(directory)))
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(directory);
	return count;
}

static inline struct statfs stats_of(const char *place)
{
	struct statfs stats;

	memset(&stats, POISON, sizeof(stats));
	if (statfs(path_of("%s", place), &stats))
		memset(&stats, POISON, sizeof(stats));
	return stats;
}

/* How much of max_slots is left in the instance on "a", which has to be mounted with a limit. */
static inline long slots_free(void)
{
	return stats_of("a").f_ffree;
}

/* A directory that CREATE made counts until the last that is to be done for it. */
static inline bool slots_free_become(const char *place, long count)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + SOON_NS * harness_slowness();

	while ((long)stats_of(place).f_ffree != count) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/* A message goes from one end to the other. */
static inline bool carries(int client, int server)
{
	char byte = 0;

	return R(write(client, "c", 1)) == 1 && R(read(server, &byte, 1)) == 1 && byte == 'c';
}

/* The slot of this client end is dead. */
static inline bool is_dead(int client)
{
	return R(write(client, "x", 1)) == -EPIPE &&
	       (poll_now(client, POLLOUT) & (POLLHUP | POLLERR)) == (POLLHUP | POLLERR) &&
	       info_of(client).flags & MAILSLOT_INFO_GONE;
}

/* How many mounts and open files keep the module. */
static inline long module_users(void)
{
	char text[32];

	return slurp("/sys/module/mailslot/refcnt", text, sizeof(text)) < 0 ? -1 : atol(text);
}

/* What the last user left to do is done soon, not at once. */
static inline bool module_users_become(long count)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (module_users() != count) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/*
 * A child that is root in a user namespace and a mount namespace of its own, and the user outside.
 * 0 in the child.
 */
static inline pid_t fork_container(uid_t uid)
{
	char map[32];
	pid_t pid;

	pid = fork();
	if (pid)
		return pid;
	if (become(uid, FRIENDS))
		_exit(78);
	/* Files in /proc of a process that has changed its user are root's otherwise. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		_exit(NO_NAMESPACES);
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (write_text("/proc/self/setgroups", "deny") || write_text("/proc/self/uid_map", map))
		_exit(78);
	snprintf(map, sizeof(map), "0 %u 1", FRIENDS);
	if (write_text("/proc/self/gid_map", map))
		_exit(78);
	return 0;
}

/* A mount namespace of its own with the tree in it: "a", "b", "c" to mount on, "tmp" for files. */
static inline int make_tree(void)
{
	static const char * const places[] = { "a", "b", "c", "tmp" };
	size_t i;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", instance_base, "tmpfs", 0, "mode=0755"))
		return -errno;
	for (i = 0; i < ARRAY_SIZE(places); i++)
		if (mkdir(path_of("%s", places[i]), 0755))
			return -errno;
	return 0;
}

/* Every test finds an instance on "a", with more room than it needs, but a limit to count by. */
FIXTURE(instance)
{
	char base[sizeof(instance_base)];
};

FIXTURE_SETUP(instance)
{
	if (geteuid())
		SKIP(return, "only root mounts what others use");
	strcpy(instance_base, "/tmp/mailslot-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(instance_base));
	strcpy(self->base, instance_base);
	ASSERT_EQ(0, make_tree());
	ASSERT_EQ(0, mount_instance("a", 0, "max_slots=1000"));
	umask(022);
}

/* Outside that mount namespace the tree is one empty directory. */
FIXTURE_TEARDOWN_PARENT(instance)
{
	if (self->base[0])
		rmdir(self->base);
}

#endif /* MAILSLOT_INSTANCE_H */
