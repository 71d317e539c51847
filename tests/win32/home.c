// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the library makes and finds slots: in the instance that MAILSLOT_DIR names, or in
 * /dev/mailslot, which may be an instance as well.  The library reads the environment as it is
 * loaded, so each question is put to this program, started anew.
 */
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include "win32.h"

#define NOBODY	65534
#define LONG	30000
#define LONGEST	(PATH_MAX - 1 - MAILSLOT_NAME_SIZE)

/* As the program that is asked: make a slot, whose node is to be @node; 0 or the last error. */
static int make_here(const char *name, const char *node)
{
	struct stat st;

	if (!is_handle(make_slot(name, 0, 0)))
		return (int)GetLastError();
	return !stat(node, &st) && S_ISCHR(st.st_mode) ? 0 : 255;
}

/* Find a slot, in both ways that there are; 0 or the last error. */
static int find_here(const char *name)
{
	DWORD error = is_handle(open_client(name)) ? 0 : GetLastError();
	bool waited = mailslot_wait(name, 0);

	if (!error)
		return waited ? 0 : 255;
	if (waited || GetLastError() != (error == ERROR_FILE_NOT_FOUND ? ERROR_SEM_TIMEOUT : error))
		return 255;
	return (int)error;
}

/* A mount namespace of the test's own; "a" and "b" below its directory are instances. */
FIXTURE(home) {
	char base[32];
	char a[40];
	char b[40];
	bool made;
};

static bool has_instances(void)
{
	char line[64];
	bool found = false;
	FILE *file = fopen("/proc/filesystems", "r");

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, "\tmailslot\n");
	if (file)
		fclose(file);
	return found;
}

static int mount_on(const char *path)
{
	return mount("mailslot", path, "mailslot", 0, NULL);
}

FIXTURE_SETUP(home)
{
	if (!has_instances() || geteuid())
		SKIP(return, "no file system of slots, or not by root");
	ASSERT_EQ(0, unsetenv("MAILSLOT_DIR"));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	while (is_instance(MAILSLOT_DIR))
		ASSERT_EQ(0, umount2(MAILSLOT_DIR, MNT_DETACH));
	strcpy(self->base, "/tmp/home-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->base));
	ASSERT_EQ(0, mount("home", self->base, "tmpfs", 0, NULL));
	snprintf(self->a, sizeof(self->a), "%s/a", self->base);
	snprintf(self->b, sizeof(self->b), "%s/b", self->base);
	ASSERT_EQ(0, mkdir(self->a, 0755));
	ASSERT_EQ(0, mkdir(self->b, 0755));
	ASSERT_EQ(0, mount_on(self->a));
	ASSERT_EQ(0, mount_on(self->b));
	self->made = !mkdir(MAILSLOT_DIR, 0755);
}

FIXTURE_TEARDOWN(home)
{
	umount2(MAILSLOT_DIR, MNT_DETACH);
	if (self->made)
		rmdir(MAILSLOT_DIR);
	umount2(self->base, MNT_DETACH);
	rmdir(self->base);
}

/* What the program answers whose environment has this MAILSLOT_DIR, or none. */
static DWORD ask(const char *program, const char *directory, const char *what, const char *name,
		 const char *node)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (directory)
			setenv("MAILSLOT_DIR", directory, 1);
		execl(program, "home", what, name, node, NULL);
		_exit(254);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? (DWORD)WEXITSTATUS(status) :
								       POISON;
}

static DWORD make_in(const char *directory, const char *node)
{
	return ask("/proc/self/exe", directory, "make", NAME, node);
}

static DWORD find_in(const char *directory)
{
	return ask("/proc/self/exe", directory, "find", NAME, NULL);
}

/* The path of a name in a directory, until the next call. */
static const char *in(const char *directory, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

/* The server end of a slot that open(2) makes. */
static int server_in(const char *directory, const char *name)
{
	return open(in(directory, name), O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0666);
}

TEST_F(home, slots_are_in_the_instance_named)
{
	EXPECT_EQ(0, make_in(self->a, in(self->a, "test")));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, find_in(self->a));
	ASSERT_LE(0, server_in(self->a, "Test"));
	EXPECT_EQ(0, find_in(self->a));
	EXPECT_EQ(ERROR_ALREADY_EXISTS, make_in(self->a, ""));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, find_in(self->b));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, find_in(NULL));
	EXPECT_EQ(0, make_in(self->b, in(self->b, "test")));
}

TEST_F(home, classic_slots_are_not_found_in_an_instance)
{
	ASSERT_LE(0, native_slot("test"));
	EXPECT_EQ(0, find_in(NULL));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, find_in(self->a));
	EXPECT_EQ(0, make_in(self->a, in(self->a, "test")));
}

TEST_F(home, directory_of_an_instance)
{
	char below[64];

	snprintf(below, sizeof(below), "%s/below", self->a);
	ASSERT_EQ(0, mkdir(below, 0755));
	EXPECT_EQ(0, make_in(below, in(below, "test")));
	ASSERT_LE(0, server_in(self->a, "test"));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, find_in(below));
}

TEST_F(home, trailing_slashes_are_dropped)
{
	char slashes[64];

	snprintf(slashes, sizeof(slashes), "%s///", self->a);
	EXPECT_EQ(0, make_in(slashes, in(self->a, "test")));
	/* It is no name of an instance, but of the usual place. */
	EXPECT_EQ(0, make_in(MAILSLOT_DIR "//", MAILSLOT_DIR "/test"));
}

TEST_F(home, usual_place)
{
	EXPECT_EQ(0, make_in(NULL, MAILSLOT_DIR "/test"));
	EXPECT_EQ(0, make_in("", MAILSLOT_DIR "/test"));
	EXPECT_EQ(0, make_in(MAILSLOT_DIR, MAILSLOT_DIR "/test"));
	EXPECT_FALSE(is_instance(MAILSLOT_DIR));
}

TEST_F(home, anything_else_is_50)
{
	char none[64];
	const char *const homes[] = {
		self->base, none, "/dev", "/", "//", "/dev/null", "a", "./a", "dev/mailslot",
		"/dev/mailslot/x", "/dev/./mailslot",
	};

	snprintf(none, sizeof(none), "%s/none", self->base);
	/* Where "a" is an instance, and there are slots that nobody shall find. */
	ASSERT_EQ(0, chdir(self->base));
	ASSERT_LE(0, native_slot("test"));
	ASSERT_LE(0, server_in("a", "test"));
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		EXPECT_EQ(ERROR_NOT_SUPPORTED, find_in(homes[i])) {
			TH_LOG("MAILSLOT_DIR=%s", homes[i]);
		}
		EXPECT_EQ(ERROR_NOT_SUPPORTED,
			  ask("/proc/self/exe", homes[i], "make", SLOT "other", ""));
	}
	/* Names are looked at first. */
	EXPECT_EQ(ERROR_INVALID_NAME, ask("/proc/self/exe", "a", "make", "blah", ""));
	EXPECT_EQ(ERROR_PATH_NOT_FOUND, ask("/proc/self/exe", "a", "find", "", NULL));
}

TEST_F(home, longest)
{
	char longest[LONGEST + 2], node[PATH_MAX];
	size_t base = strlen(self->base);

	/* The same directory, behind as many slashes as it takes. */
	memset(longest, '/', sizeof(longest));
	memcpy(longest, self->base, base);
	strcpy(longest + LONGEST - 1, "a");
	ASSERT_EQ(LONGEST, strlen(longest));
	snprintf(node, sizeof(node), "%s/test", self->a);
	EXPECT_EQ(0, make_in(longest, node));
	ASSERT_LE(0, server_in(self->a, "test"));
	EXPECT_EQ(0, find_in(longest));
	strcpy(longest + LONGEST, "a");
	longest[LONGEST - 1] = '/';
	ASSERT_TRUE(is_instance(longest));
	EXPECT_EQ(ERROR_NOT_SUPPORTED, find_in(longest));
	EXPECT_EQ(ERROR_NOT_SUPPORTED, make_in(longest, ""));
}

/* With the longest name as well. */
TEST_F(home, longest_path)
{
	char longest[LONGEST + 1], name[sizeof(SLOT) + MAILSLOT_NAME_SIZE] = SLOT, *leaf;

	memset(longest, '/', sizeof(longest));
	memcpy(longest, self->base, strlen(self->base));
	strcpy(longest + LONGEST - 1, "a");
	leaf = name + strlen(name);
	memset(leaf, 'n', MAILSLOT_NAME_SIZE - 1);
	EXPECT_EQ(0, ask("/proc/self/exe", longest, "make", name, in(self->a, leaf)));
	leaf[0] = 'N';
	ASSERT_LE(0, server_in(self->a, leaf));
	EXPECT_EQ(0, ask("/proc/self/exe", longest, "find", name, NULL));
	EXPECT_EQ(ERROR_ALREADY_EXISTS, ask("/proc/self/exe", longest, "make", name, ""));
}

TEST_F(home, environment_is_read_once)
{
	ASSERT_EQ(0, setenv("MAILSLOT_DIR", self->a, 1));
	EXPECT_EQ(0, make_here(NAME, MAILSLOT_DIR "/test"));
}

TEST_F(home, instance_on_the_usual_place)
{
	ASSERT_TRUE(is_handle(make_slot(NAME, 0, 0)));
	ASSERT_EQ(0, mount_on(MAILSLOT_DIR));
	EXPECT_EQ(ERROR_FILE_NOT_FOUND, find_in(NULL));
	EXPECT_EQ(0, make_in(NULL, MAILSLOT_DIR "/test"));
	ASSERT_LE(0, server_in(MAILSLOT_DIR, "test"));
	EXPECT_EQ(0, find_in(NULL));
	EXPECT_EQ(0, find_in(MAILSLOT_DIR));
	EXPECT_EQ(ERROR_ALREADY_EXISTS, make_in(NULL, ""));
}

static void wait_for_slot(const char *name)
{
	_exit(mailslot_wait(name, LONG) ? 0 : (int)GetLastError());
}

/* A client that waits when the instance is not there yet meets its slot, before the wait ends. */
TEST_F(home, instance_that_comes)
{
	uint64_t began = now_ns();
	pid_t pid = fork();
	int status;

	ASSERT_LE(0, pid);
	if (!pid)
		wait_for_slot(NAME);
	sleep_ms(300);
	ASSERT_EQ(0, mount_on(MAILSLOT_DIR));
	sleep_ms(300);
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	ASSERT_LE(0, server_in(MAILSLOT_DIR, "test"));
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_GT(LONG * 1000000ULL, now_ns() - began);
}

TEST_F(home, exact_mode)
{
	/* The form that programs build in memory, with a list that is NULL. */
	struct {
		uint8_t revision;
		uint8_t reserved;
		uint16_t control;
		void *members[4];
	} descriptor = { .revision = 1, .control = 4 };
	SECURITY_ATTRIBUTES security = { sizeof(security), &descriptor, FALSE };
	struct stat st;

	ASSERT_EQ(0, mount_on(MAILSLOT_DIR));
	umask(077);
	ASSERT_TRUE(is_handle(CreateMailslotA(NAME, 0, 0, &security)));
	EXPECT_EQ(0, stat(NODE, &st));
	EXPECT_EQ(S_IFCHR | 0666, st.st_mode);
	ASSERT_TRUE(is_handle(make_slot(SLOT "masked", 0, 0)));
	EXPECT_EQ(0, stat(node_path("masked"), &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
}

TEST_F(home, mounts_that_forbid_are_5)
{
	ASSERT_EQ(0, mount("mailslot", MAILSLOT_DIR, "mailslot", MS_NODEV, NULL));
	EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED, make_slot(NAME, 0, 0));
	ASSERT_EQ(0, umount(MAILSLOT_DIR));
	ASSERT_EQ(0, mount("mailslot", MAILSLOT_DIR, "mailslot", MS_RDONLY, NULL));
	EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED, make_slot(NAME, 0, 0));
}

TEST_F(home, limit_of_the_instance_is_1450)
{
	ASSERT_EQ(0, mount("mailslot", MAILSLOT_DIR, "mailslot", 0, "max_slots=1"));
	ASSERT_TRUE(is_handle(make_slot(NAME, 0, 0)));
	EXPECT_NO_HANDLE(ERROR_NO_SYSTEM_RESOURCES, make_slot(SLOT "other", 0, 0));
}

/* Made by open(2), and handed to the library by its number. */
TEST_F(home, server_of_open_is_a_handle)
{
	HANDLE server, client;

	ASSERT_EQ(0, mount_on(MAILSLOT_DIR));
	server = (HANDLE)(intptr_t)open(NODE, O_CREAT | O_EXCL | O_RDWR, 0666);
	ASSERT_TRUE(is_handle(server));
	client = open_client(NAME);
	ASSERT_TRUE(is_handle(client));
	EXPECT_TRUE(send_text(client, "hello"));
	EXPECT_TRUE(next_is(server, "hello"));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, send_text(server, "x"));
	EXPECT_TRUE(SetMailslotInfo(server, 0));
	EXPECT_TRUE(CloseHandle(server));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(NAME));
}

static DWORD make_as_nobody(const char *program, const char *directory, const char *node)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY) ? 253 :
		      (int)ask(program, directory, "make", NAME, node));
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? (DWORD)WEXITSTATUS(status) :
								       POISON;
}

/* Its caller shall not say where it looks for slots. */
TEST_F(home, set_user_id_program_does_not_listen)
{
	char command[128], program[64];

	snprintf(program, sizeof(program), "%s/program", self->base);
	snprintf(command, sizeof(command), "cp /proc/%d/exe %s", getpid(), program);
	ASSERT_EQ(0, system(command));
	ASSERT_EQ(0, chmod(self->base, 0755));
	ASSERT_EQ(0, chmod(program, 0755));
	EXPECT_EQ(0, make_as_nobody(program, self->a, in(self->a, "test")));
	ASSERT_EQ(0, chmod(program, 04755));
	EXPECT_EQ(0, make_as_nobody(program, self->a, MAILSLOT_DIR "/test"));
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "make"))
		return make_here(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "find"))
		return find_here(argv[2]);
	return harness_run(argc, argv);
}
