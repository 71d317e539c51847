// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module itself: it does not go while anybody has any end open, it goes after the
 * last one closed, it comes back, and its parameters are what they were given as.
 *
 * The module comes back from the file that MAILSLOT_MODULE names in the environment, or
 * from where modprobe finds it.
 */
#include <libkmod.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "mailslot_test.h"

static struct kmod_module *open_module(struct kmod_ctx *ctx)
{
	const char *path = getenv("MAILSLOT_MODULE");
	struct kmod_module *module = NULL;

	if (path ? kmod_module_new_from_path(ctx, path, &module) :
		   kmod_module_new_from_name(ctx, "mailslot", &module))
		return NULL;
	return module;
}

static int load(const char *options)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *module = open_module(ctx);
	int ret = -ENOENT;

	if (module && kmod_module_get_path(module))
		ret = kmod_module_insert_module(module, 0, options);
	if (module)
		kmod_module_unref(module);
	kmod_unref(ctx);
	return ret;
}

static int unload(void)
{
	return R(syscall(SYS_delete_module, "mailslot", O_NONBLOCK));
}

static bool loaded(void)
{
	return !access("/sys/module/mailslot", F_OK);
}

/* What the last close left to do is done in a moment, not at once: RCU, work items. */
static int unload_soon(void)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	int ret;

	do {
		ret = unload();
		if (ret != -EAGAIN && ret != -EBUSY)
			return ret;
		sleep_ns(NSEC_PER_MSEC);
	} while (now_ns(CLOCK_MONOTONIC) < end);
	return ret;
}

static const char * const names[] = {
	"max_slots", "max_user_slots", "max_user_bytes", "default_queue_bytes", "max_queue_bytes",
	"uevents",
};

/* The module's parameters as a line for load(). */
static void parameters(char *line, size_t size)
{
	size_t i, used = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		used += snprintf(line + used, size - used, "%s%s=%llu", i ? " " : "", names[i],
				 parameter_get(names[i]));
}

/* However a test ends, the module is back as it was. */
FIXTURE(module)
{
	char parameters[512];
};

FIXTURE_SETUP(module)
{
	struct kmod_ctx *ctx;
	struct kmod_module *module;
	bool found;

	if (geteuid())
		SKIP(return, "only root loads modules");
	ctx = kmod_new(NULL, NULL);
	module = open_module(ctx);
	found = module && kmod_module_get_path(module) &&
		!access(kmod_module_get_path(module), R_OK);
	kmod_unref(ctx);
	if (!found)
		SKIP(return, "no module to load again: name it in MAILSLOT_MODULE");
	if (!loaded())
		SKIP(return, "not a module here");
	parameters(self->parameters, sizeof(self->parameters));
}

FIXTURE_TEARDOWN_PARENT(module)
{
	char now[512];

	parameters(now, sizeof(now));
	if (loaded() && strcmp(now, self->parameters))
		unload_soon();
	if (!loaded())
		load(self->parameters);
}

TEST_F(module, server_holds_it)
{
	struct mailslot_create args = create_args(NULL);
	int copy, server = create_slot(&args);

	ASSERT_LE(0, server);
	EXPECT_EQ(-EAGAIN, unload());
	copy = dup(server);
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(-EAGAIN, unload());
	EXPECT_LE(0, client_open(args.name, O_WRONLY));
	EXPECT_EQ(0, close(copy));
}

TEST_F(module, client_holds_it)
{
	struct mailslot_create args = create_args(NULL);
	int server = create_slot(&args), client;

	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(-EAGAIN, unload());
	/* The slot is gone; the client is not. */
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(-EAGAIN, unload());
	EXPECT_EQ(MAILSLOT_INFO_GONE, info_of(client).flags);
	EXPECT_EQ(0, close(client));
	EXPECT_EQ(0, unload_soon());
	EXPECT_FALSE(loaded());
	EXPECT_EQ(-1, access(MAILSLOT_CONTROL, F_OK));
	EXPECT_EQ(-1, access("/sys/class/mailslot", F_OK));
}

TEST_F(module, control_holds_it)
{
	int control = control_open();

	ASSERT_LE(0, control);
	EXPECT_EQ(-EAGAIN, unload());
	EXPECT_EQ(0, close(control));
	EXPECT_EQ(0, unload_soon());
}

/* An end in flight between two processes is held by neither. */
TEST_F(module, passed_server_holds_it)
{
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int ends[2], server = create_named(NULL);

	ASSERT_LE(0, server);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	memcpy(CMSG_DATA(&control.align), &server, sizeof(server));
	ASSERT_EQ(1, sendmsg(ends[0], &msg, 0));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(-EAGAIN, unload());
	EXPECT_EQ(0, close(ends[0]));
	EXPECT_EQ(0, close(ends[1]));
	EXPECT_EQ(0, unload_soon());
}

TEST_F(module, waiting_reader_holds_it)
{
	struct mailslot_create args = create_args(NULL);
	int server, status;
	char byte;
	pid_t pid;

	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(read(server, &byte, 1));
	EXPECT_EQ(0, close(server));
	ASSERT_TRUE(wait_asleep(pid, pid, SYS_read));
	EXPECT_EQ(-EAGAIN, unload());
	EXPECT_EQ(0, kill(pid, SIGKILL));
	status = child_status(pid);
	EXPECT_EQ(128 + SIGKILL, status);
	EXPECT_EQ(0, unload_soon());
}

/* Full queues, old clients, directories: nothing of it is there the next time. */
TEST_F(module, comes_and_goes)
{
	static char message[5000];
	int round, server, client, i;

	for (round = 0; round < 10; round++) {
		server = create_named("st-unload/x");
		ASSERT_LE(0, server);
		client = client_open("st-unload/x", O_WRONLY);
		ASSERT_LE(0, client);
		for (i = 0; i < 200; i++)
			EXPECT_EQ(i * 25, write(client, message, i * 25));
		EXPECT_EQ(-EAGAIN, unload());
		if (round % 2) {
			close(server);
			close(client);
		} else {
			close(client);
			close(server);
		}
		ASSERT_EQ(0, unload_soon());
		EXPECT_FALSE(loaded());
		ASSERT_EQ(0, load(self->parameters));
		EXPECT_EQ(0, access(MAILSLOT_CONTROL, R_OK | W_OK));
	}
}

/* Creators in full swing while the module is told to go: it goes between two of them, or not. */
static void *create_for_ever(void *argument)
{
	bool *stop = argument;
	int fd;

	while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
		fd = create_named("st-unload-race");
		if (fd >= 0)
			close(fd);
		else if (fd != -ENOENT && fd != -ENXIO && fd != -ENODEV)
			return (void *)(long)fd;
	}
	return NULL;
}

TEST_F(module, unload_races_with_creators)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + 3 * NSEC_PER_SEC;
	bool stop = false;
	pthread_t thread;
	int ret, went = 0;
	void *error;

	ASSERT_EQ(0, pthread_create(&thread, NULL, create_for_ever, &stop));
	while (now_ns(CLOCK_MONOTONIC) < end) {
		ret = unload();
		if (ret) {
			EXPECT_EQ(-EAGAIN, ret);
			continue;
		}
		went++;
		ASSERT_EQ(0, load(self->parameters));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, &error);
	EXPECT_EQ(0, (long)error);
	TH_LOG("unloaded %d times", went);
}

/* A path to a server end is no end: it holds nothing, and outlives the module. */
TEST_F(module, path_outlives_it)
{
	char path[64], target[64] = "";
	int round, server, place;
	struct stat st;

	for (round = 0; round < 2; round++) {
		server = create_named("st-unload-path");
		ASSERT_LE(0, server);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", server);
		place = open(path, O_PATH | O_CLOEXEC);
		ASSERT_LE(0, place);
		EXPECT_EQ(0, close(server));
		ASSERT_EQ(0, unload_soon());
		if (round) {
			ASSERT_EQ(0, load(self->parameters));
			server = create_named("st-unload-path");
			EXPECT_LE(0, server);
		}
		snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
		EXPECT_EQ(0, fstat(place, &st));
		EXPECT_EQ(S_IFCHR | 0400, st.st_mode);
		EXPECT_TRUE(never_opened(R(open(path, O_RDONLY))));
		EXPECT_EQ(-EPERM, R(fchmodat(AT_FDCWD, path, 0777, 0)));
		EXPECT_LT(0, readlink(path, target, sizeof(target) - 1));
		EXPECT_STREQ("anon_inode:[mailslot]", target);
		EXPECT_EQ(0, close(place));
		if (round)
			close(server);
		else
			ASSERT_EQ(0, load(self->parameters));
	}
}

static const char little[] =
	"max_slots=3 max_user_slots=2 max_user_bytes=9 default_queue_bytes=99 max_queue_bytes=999";

TEST_F(module, parameters)
{
	struct mailslot_create args = create_args(NULL);
	int server;

	ASSERT_EQ(0, unload_soon());
	ASSERT_EQ(0, load(little));
	EXPECT_EQ(3, parameter_get("max_slots"));
	EXPECT_EQ(2, parameter_get("max_user_slots"));
	EXPECT_EQ(9, parameter_get("max_user_bytes"));
	EXPECT_EQ(99, parameter_get("default_queue_bytes"));
	EXPECT_EQ(999, parameter_get("max_queue_bytes"));
	server = create_slot(&args);
	ASSERT_LE(0, server);
	EXPECT_EQ(99, info_of(server).queue_bytes);
	close(server);
	args.queue_bytes = 1000;
	EXPECT_EQ(-ERANGE, create_slot(&args));
}

TEST_F(module, bad_parameters)
{
	size_t i;
	char text[64];

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), PARAMETERS "%s", names[i]);
		EXPECT_EQ(0, access(text, R_OK | W_OK));
	}
	ASSERT_EQ(0, unload_soon());
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), "%s=many", names[i]);
		EXPECT_EQ(-EINVAL, load(text));
		EXPECT_FALSE(loaded());
	}
	/* A queue with no room for a message. */
	EXPECT_EQ(-EINVAL, load("default_queue_bytes=63"));
	EXPECT_FALSE(loaded());
}

/* What modinfo shows: a module without these taints the kernel or baffles its user. */
TEST_F(module, modinfo)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *module = open_module(ctx);
	struct kmod_list *list = NULL, *entry;
	bool license = false, author = false, description = false;
	size_t described = 0;

	ASSERT_FALSE(!module);
	ASSERT_LT(0, kmod_module_get_info(module, &list));
	kmod_list_foreach(entry, list) {
		const char *key = kmod_module_info_get_key(entry);
		const char *value = kmod_module_info_get_value(entry);

		license |= !strcmp(key, "license") && !strncmp(value, "GPL", 3);
		author |= !strcmp(key, "author");
		description |= !strcmp(key, "description");
		described += !strcmp(key, "parm");
	}
	EXPECT_TRUE(license);
	EXPECT_TRUE(author);
	EXPECT_TRUE(description);
	EXPECT_EQ(ARRAY_SIZE(names), described);
	kmod_module_info_free_list(list);
	kmod_unref(ctx);
}
