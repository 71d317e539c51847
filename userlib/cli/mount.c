// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot mount`: makes an instance. mount(8) does it as well, but leaves what is wrong with an
 * option in the kernel's log, and lets an instance hide slots, or vanish with them.
 *
 * The calls go by their numbers, as C libraries have had functions for them only since glibc 2.36.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/mount.h>

#include "cli.h"
#include "node.h"

static const char help[] =
	"usage: mailslot mount [-o OPTION[,OPTION...]] [DIRECTORY]\n"
	"\n"
	"Makes an instance: a file system of slots, empty, on /dev/mailslot or DIRECTORY.\n"
	"MAILSLOT_DIR tells programs of the latter; umount(8) takes it away. Takes root's\n"
	"rights, or a user namespace (unshare -Urm).\n"
	"\n"
	"  -o, --options=OPTIONS  separated by commas:\n"
	"      uid=N, gid=N       owner of the directory\n"
	"      mode=OCTAL         its permissions; default 0777\n"
	"      max_slots=N        slots and directories that there may be\n"
	"      max_bytes=SIZE     what all queues may hold\n"
	"      ro                 no slot can be made\n"
	"      nodev              no slot can be opened\n"
	"      noexec, nosuid     as of every mount\n"
	"  -h, --help             this\n"
	"\n"
	"Exit status: 0; 1 no such directory; 2 a wrong option; 4 no permission; 5 the\n"
	"module is not loaded; 7 an instance is there, or slots that it would hide.\n";

struct request {
	const char *directory;
	int context;		/* of fsopen(2) */
	unsigned int attributes;
};

/*
 * Return the text of the kernel for its last error. The first word of the text says that it is an
 * error, and which part reports it.
 */
static const char *reason(int context)
{
	static char text[512];
	int err = errno;
	ssize_t length = read(context, text, sizeof(text) - 1);
	const char *words = text;

	if (length <= 0)
		return strerror(err);
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!strncmp(words, "e ", 2))
		words += 2;
	if (!strncmp(words, "mailslot: ", 10))
		words += 10;
	return words;
}

static int configure(int context, unsigned int command, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, context, command, key, value, 0);
}

/* Set an attribute of the mount. Return false if the option belongs to the file system. */
static bool set_attribute(struct request *request, const char *option)
{
	static const struct {
		const char *name;
		unsigned int attribute;
	} attributes[] = {
		{ "ro", MOUNT_ATTR_RDONLY },
		{ "nodev", MOUNT_ATTR_NODEV },
		{ "noexec", MOUNT_ATTR_NOEXEC },
		{ "nosuid", MOUNT_ATTR_NOSUID },
	};

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (!strcmp(option, attributes[i].name)) {
			request->attributes |= attributes[i].attribute;
			return true;
		}
	}
	return false;
}

static void set_option(struct request *request, char *option)
{
	char *value = strchr(option, '=');

	if (set_attribute(request, option))
		return;
	if (value)
		*value++ = '\0';
	if (configure(request->context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, option,
		      value))
		usage("%s%s%s: %s", option, value ? "=" : "", value ?: "",
		      reason(request->context));
}

static void set_options(struct request *request, char *options)
{
	char *option;

	while ((option = strsep(&options, ",")))
		if (*option)
			set_option(request, option);
}

static _Noreturn void fail_forbidden(void)
{
	fail(EXIT_DENIED, "mounting takes root's rights, or a user namespace: unshare -Urm");
}

/*
 * Check whether the module is loaded first: for an unknown file system the kernel would try to load
 * a module, and a user who may mount need not be allowed to load one.
 */
static int open_context(void)
{
	int context;

	if (!node_module_loaded())
		node_no_module();
	context = (int)syscall(SYS_fsopen, "mailslot", FSOPEN_CLOEXEC);
	/* Set the text that /proc/mounts shows first; no option can replace it later. */
	if (context >= 0 && !configure(context, FSCONFIG_SET_STRING, "source", "mailslot"))
		return context;
	if (errno == EPERM)
		fail_forbidden();
	if (errno == ENODEV)
		fail(EXIT_FAILED, "the module that is loaded is too old for instances");
	fail(EXIT_FAILED, "%s", strerror(errno));
}

static void check_directory(const char *directory)
{
	struct statfs fs;
	struct stat st;

	if (!statfs(directory, &fs) && fs.f_type == MAILSLOT_SUPER_MAGIC)
		fail(EXIT_TAKEN, "an instance is on %s already: 'umount %s' takes it away",
		     directory, directory);
	if (!stat(directory, &st) && !S_ISDIR(st.st_mode))
		fail(EXIT_FAILED, "%s is no directory", directory);
}

static bool is_empty(const char *directory)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	bool empty = true;

	while (dir && empty && (entry = readdir(dir)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return empty;
}

/*
 * Make a new /dev/mailslot. The kernel removes the one that it made itself as soon as no slot is in
 * it, and what is mounted there goes with the directory, in every mount namespace.
 */
static void make_directory(void)
{
	if (!is_empty(MAILSLOT_DIR))
		fail(EXIT_TAKEN, "slots or files are in %s, and would be hidden", MAILSLOT_DIR);
	rmdir(MAILSLOT_DIR);
	if (mkdir(MAILSLOT_DIR, 0755) && errno != EEXIST)
		fail(errno == EACCES || errno == EPERM ? EXIT_DENIED : EXIT_FAILED, "%s: %s",
		     MAILSLOT_DIR, strerror(errno));
}

static int make_mount(const struct request *request)
{
	int mount;

	if (configure(request->context, FSCONFIG_CMD_CREATE, NULL, NULL))
		fail(EXIT_FAILED, "%s", reason(request->context));
	mount = (int)syscall(SYS_fsmount, request->context, FSMOUNT_CLOEXEC, request->attributes);
	if (mount < 0)
		fail(EXIT_FAILED, "%s", reason(request->context));
	return mount;
}

static void attach(int mount, const char *directory)
{
	bool own = !strcmp(directory, MAILSLOT_DIR);

	if (own)
		make_directory();
	if (!syscall(SYS_move_mount, mount, "", AT_FDCWD, directory,
		     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS))
		return;
	if (errno == ENOENT)
		fail(EXIT_FAILED, "there is no directory %s", directory);
	fail(errno == EACCES || errno == EPERM ? EXIT_DENIED : EXIT_FAILED, "%s: %s", directory,
	     strerror(errno));
}

/* Remove the slashes at the end, so that a directory has one spelling. */
static const char *directory_argument(char *given)
{
	size_t length = strlen(given);

	if (!length)
		usage("'' is no directory");
	while (length > 1 && given[length - 1] == '/')
		given[--length] = '\0';
	return given;
}

int command_mount(int argc, char **argv)
{
	static const struct option options[] = {
		{ "options", required_argument, NULL, 'o' }, OPTION_HELP, OPTIONS_END
	};
	struct request request = { .directory = MAILSLOT_DIR, .context = -1 };
	char **given = must_allocate(NULL, (size_t)argc * sizeof(*given));
	size_t count = 0;
	int c;

	while ((c = option_next(argc, argv, ":o:h", options, help)) != -1)
		given[count++] = optarg;
	if (optind < argc)
		request.directory = directory_argument(argv[optind++]);
	if (optind < argc)
		usage("'%s' is too much", argv[optind]);
	check_directory(request.directory);
	request.context = open_context();
	for (size_t i = 0; i < count; i++)
		set_options(&request, given[i]);
	attach(make_mount(&request), request.directory);
	return EXIT_OK;
}
