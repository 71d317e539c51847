// SPDX-License-Identifier: GPL-2.0-only
/*
 * Insertion and removal of the module with the first, second, third... allocation or
 * user copy failing.  A module that could not be inserted has left nothing behind, and
 * can be inserted; removal cannot fail.  Of insertion the sites below the module's
 * own function are tried: the others are the kernel's loader's.
 *
 * MAILSLOT_MODULE in the environment names the file.
 */
#include "nth.h"
#include "scene.h"

static int insert(int file, const char *options)
{
	return R(syscall(SYS_finit_module, file, options, 0));
}

static int delete(void)
{
	return R(syscall(SYS_delete_module, "mailslot", O_NONBLOCK));
}

/* What the last close left to do is done in a moment, not at once: RCU, work items. */
static int delete_soon(void)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	int ret;

	do {
		ret = delete();
		if (ret != -EAGAIN && ret != -EBUSY)
			return ret;
		sleep_ns(NSEC_PER_MSEC);
	} while (now_ns(CLOCK_MONOTONIC) < end);
	return ret;
}

static bool in_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "r");
	bool found = false;
	char line[256];

	while (!found && file && fgets(line, sizeof(line), file))
		found = strstr(line, text);
	if (file)
		fclose(file);
	return found;
}

/* What of the module there is; NULL when nothing is. */
static const char *remains(void)
{
	static const char * const places[] = {
		"/sys/module/mailslot", MAILSLOT_CONTROL, "/sys/class/mailslot",
		"/sys/class/mailslot-control", "/sys/kernel/slab/mailslot_node",
		"/sys/kernel/slab/mailslot_entry",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		if (!access(places[i], F_OK))
			return places[i];
	if (in_file("/proc/filesystems", "\tmailslot"))
		return "/proc/filesystems";
	return in_file("/proc/devices", " mailslot") ? "/proc/devices" : NULL;
}

static bool works(void)
{
	struct scene scene;

	scene_begin(&scene);
	scene_open(&scene, 0, 0, false);
	scene_send(&scene, 10);
	scene_settle(&scene);
	free(scene.in);
	free(scene.out);
	return !scene.wrong;
}

/* Where a function of the kernel begins and the next one does. */
static bool function_range(const char *name, unsigned long *start, unsigned long *end)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long address;
	char symbol[128];

	*start = 0;
	*end = ~0UL;
	if (!file)
		return false;
	while (fscanf(file, "%lx %*c %127s%*[^\n]", &address, symbol) == 2)
		if (!strcmp(symbol, name))
			*start = address;
	rewind(file);
	while (fscanf(file, "%lx %*c %127s%*[^\n]", &address, symbol) == 2)
		if (address > *start && address < *end)
			*end = address;
	fclose(file);
	return *start && *end != ~0UL;
}

FIXTURE(module)
{
	int nth;
	int file;
};

FIXTURE_SETUP(module)
{
	const char *path = getenv("MAILSLOT_MODULE");

	if (!nth_ready())
		SKIP(return, "this kernel injects no faults");
	self->file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (self->file < 0 || access("/sys/module/mailslot", F_OK))
		SKIP(return, "no module to insert again: name it in MAILSLOT_MODULE");
	self->nth = nth_open();
	ASSERT_LE(0, self->nth);
	ASSERT_EQ(0, delete_soon());
	ASSERT_EQ(NULL, remains());
}

FIXTURE_TEARDOWN(module)
{
	nth_everywhere();
	if (access("/sys/module/mailslot", F_OK))
		EXPECT_EQ(0, insert(self->file, ""));
}

/* Each insertion takes the debug kernel seconds on a busy host. */
TEST_F_TIMEOUT(module, insert, 600)
{
	unsigned long nth, start, end;
	bool came = true;
	int ret;

	ASSERT_TRUE(function_range("do_one_initcall", &start, &end));
	ASSERT_TRUE(nth_only_below(start, end));
	/* It loses a name of a slab cache when it cannot tell sysfs of it: no bug of ours. */
	ASSERT_TRUE(function_range("sysfs_slab_add", &start, &end));
	ASSERT_TRUE(nth_not_below(start, end));
	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		nth_arm(self->nth, nth);
		ret = insert(self->file, "");
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		if (ret) {
			ASSERT_TRUE(came && (ret == -ENOMEM || ret == -EFAULT))
				TH_LOG("site %lu: %d", nth, ret);
		} else {
			ASSERT_TRUE(works())
				TH_LOG("site %lu", nth);
			ASSERT_EQ(0, delete_soon());
		}
		ASSERT_EQ(NULL, remains())
			TH_LOG("site %lu: %s stayed", nth, remains());
		nth_tally->survived += came;
	}
	ksft_print_msg("%lu sites\n", nth - 2);
}

TEST_F(module, remove)
{
	unsigned long nth;
	bool came = true;
	int ret;

	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		ASSERT_EQ(0, insert(self->file, ""));
		nth_arm(self->nth, nth);
		ret = delete();
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		/* The name is copied from user memory. */
		if (ret) {
			ASSERT_TRUE(came && (ret == -EFAULT || ret == -ENOMEM))
				TH_LOG("site %lu: %d", nth, ret);
			ASSERT_TRUE(works());
			ASSERT_EQ(0, delete_soon());
		}
		ASSERT_EQ(NULL, remains())
			TH_LOG("site %lu: %s stayed", nth, remains());
		nth_tally->survived += came;
	}
	ksft_print_msg("%lu sites\n", nth - 2);
}
