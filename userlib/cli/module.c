// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot load`, `unload` and `status`: the kernel module, through libkmod, and what may
 * be wrong with it said in words.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <dirent.h>
#include <jansson.h>
#include <libkmod.h>

#include "cli.h"
#include "describe.h"
#include "escape.h"
#include "holders.h"
#include "mounts.h"
#include "place.h"
#include "slots.h"
#include "text.h"

#define MODULE		"mailslot"
#define PARAMETERS	"/sys/module/" MODULE "/parameters"

/* The oldest kernel that the module is for. */
#define OLDEST_MAJOR	6
#define OLDEST_MINOR	1

static const char load_help[] =
	"usage: mailslot load [FILE] [PARAMETER=VALUE...]\n"
	"\n"
	"Loads the kernel module: the one installed for the running kernel, or FILE (a\n"
	"path with a slash or ending in .ko). When it is loaded already nothing is done.\n"
	"\n"
	"  -h, --help  this\n"
	"\n"
	"Parameters: default_queue_bytes, max_queue_bytes, max_slots, max_user_slots,\n"
	"max_user_bytes; mailslot(4) tells what they are.\n"
	"\n"
	"Exit status: 0 loaded; 4 no permission (root only), or not signed; 5 no such\n"
	"module, or not for this kernel.\n";

static const char unload_help[] =
	"usage: mailslot unload\n"
	"\n"
	"Takes the kernel module out. While a slot is open, or an instance is mounted,\n"
	"this is refused, and told who holds slots open and where instances are.\n"
	"\n"
	"  -h, --help  this\n"
	"\n"
	"Exit status: 0 not loaded any more; 1 in use; 4 no permission (root only).\n";

static const char status_help[] =
	"usage: mailslot status [-j]\n"
	"\n"
	"Tells whether the kernel module is loaded, which, with what parameters, where\n"
	"instances are mounted, in which directory slots are looked for (MAILSLOT_DIR,\n"
	"or /dev/mailslot), and how many slots and messages there are.\n"
	"\n"
	"  -j, --json  one object\n"
	"  -h, --help  this\n"
	"\n"
	"Exit status: 0 when it is loaded, 5 when not.\n";

/* Drop libkmod's own messages, which are meant for debugging libkmod. */
static void log_nothing(void *data, int priority, const char *file, int line, const char *fn,
			const char *format, va_list args)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)fn;
	(void)format;
	(void)args;
}

static struct kmod_module *find_module(struct kmod_ctx **ctx, const char *file)
{
	struct kmod_module *module;
	int err;

	*ctx = kmod_new(NULL, NULL);
	if (!*ctx)
		fail(EXIT_FAILED, "libkmod cannot be used");
	kmod_set_log_fn(*ctx, log_nothing, NULL);
	err = file ? kmod_module_new_from_path(*ctx, file, &module) :
		     kmod_module_new_from_name(*ctx, MODULE, &module);
	if (err == -ENOENT)
		fail(EXIT_NO_MODULE, "there is no file %s", file ?: MODULE);
	if (err)
		fail(EXIT_NO_MODULE, "%s: %s", file ?: MODULE, strerror(-err));
	return module;
}

static void release_module(struct kmod_ctx *ctx, struct kmod_module *module)
{
	kmod_module_unref(module);
	kmod_unref(ctx);
}

static bool is_loaded(const struct kmod_module *module)
{
	int state = kmod_module_get_initstate(module);

	return state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
}

static void refuse_old_kernel(const struct utsname *kernel)
{
	int major, minor;

	if (sscanf(kernel->release, "%d.%d", &major, &minor) != 2)
		return;
	if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
		fail(EXIT_NO_MODULE, "kernel %s is too old: mailslots take %d.%d or newer",
		     kernel->release, OLDEST_MAJOR, OLDEST_MINOR);
}

/* The first line of a file of the kernel's, or "?". */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(line, (int)size, file))
		snprintf(line, size, "?");
	line[strcspn(line, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* EPERM has several reasons, and the kernel does not say which. Lockdown is one to load alone. */
static _Noreturn void fail_forbidden(bool load)
{
	const char *what = load ? "loading" : "unloading";
	char line[64];

	if (geteuid())
		fail(EXIT_DENIED, "%s a module takes root's rights", what);
	read_line("/proc/sys/kernel/modules_disabled", line, sizeof(line));
	if (!strcmp(line, "1"))
		fail(EXIT_DENIED, "%s is forbidden until the next boot (kernel.modules_disabled)",
		     what);
	read_line("/sys/kernel/security/lockdown", line, sizeof(line));
	if (load && (strstr(line, "[integrity]") || strstr(line, "[confidentiality]")))
		fail(EXIT_DENIED, "the kernel is locked down (Secure Boot): sign the module");
	fail(EXIT_DENIED, "%s is forbidden here: a container, or no CAP_SYS_MODULE", what);
}

static _Noreturn void fail_load(const char *file, int err, const struct utsname *kernel)
{
	switch (err) {
	case EPERM:
	case EACCES:
		fail_forbidden(true);
	case EKEYREJECTED:
	case ENOKEY:
		fail(EXIT_DENIED,
		     "the kernel loads only modules signed by a key that it trusts (Secure Boot): sign the module");
	case ENOENT:
		if (file)
			fail(EXIT_NO_MODULE, "%s has a symbol that the kernel does not know", file);
		fail(EXIT_NO_MODULE, "no module '" MODULE "' is installed in /lib/modules/%s",
		     kernel->release);
	case ENOEXEC:
	case ESRCH:
		fail(EXIT_NO_MODULE, "%s is not a module for kernel %s: build it for that one",
		     file ?: "what is installed", kernel->release);
	case EINVAL:
		fail(EXIT_FAILED, "the kernel refuses the module: the kernel's log says why");
	default:
		fail(EXIT_FAILED, "cannot load: %s", strerror(err));
	}
}

static bool is_file(const char *argument)
{
	size_t length = strlen(argument);

	return !strchr(argument, '=') &&
	       (strchr(argument, '/') || (length > 3 && !strcmp(argument + length - 3, ".ko")));
}

/* The parameters in one string, as the kernel takes them. */
static char *join(char **words, int count)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		fail(EXIT_FAILED, "no memory");
	for (int i = 0; i < count; i++) {
		if (!strchr(words[i], '=') || strpbrk(words[i], " \t\n\""))
			usage("'%s' is not PARAMETER=VALUE", words[i]);
		fprintf(to, "%s%s", i ? " " : "", words[i]);
	}
	if (fclose(to))
		fail(EXIT_FAILED, "no memory");
	return text;
}

int command_load(int argc, char **argv)
{
	static const struct option options[] = { OPTION_HELP, OPTIONS_END };
	struct kmod_module *module;
	struct utsname kernel;
	const char *file = NULL;
	struct kmod_ctx *ctx;
	char *parameters;
	int err;

	while (option_next(argc, argv, ":h", options, load_help) != -1)
		;
	if (optind < argc && is_file(argv[optind]))
		file = argv[optind++];
	parameters = join(argv + optind, argc - optind);
	uname(&kernel);
	refuse_old_kernel(&kernel);
	module = find_module(&ctx, file);
	if (is_loaded(module)) {
		complain("the module is loaded already");
		if (*parameters)
			fail(EXIT_FAILED, "its parameters are in " PARAMETERS);
		return EXIT_OK;
	}
	err = file ? kmod_module_insert_module(module, 0, parameters) :
		     kmod_module_probe_insert_module(module, 0, parameters, NULL, NULL, NULL);
	if (err && err != -EEXIST)
		fail_load(file, err < 0 ? -err : EINVAL, &kernel);
	free(parameters);
	release_module(ctx, module);
	return EXIT_OK;
}

static void complain_holder(const struct holder *holder)
{
	char path[32], name[64] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", holder->pid);
	file = fopen(path, "re");
	if (file && fgets(name, sizeof(name), file))
		name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
	complain("process %d (%s) has slot %s open to %s", holder->pid, name, holder->name,
		 holder->server ? "read" : "write");
}

static void complain_mount(void *data, const char *directory)
{
	(void)data;
	complain("an instance is mounted on %s", directory);
}

static _Noreturn void fail_busy(void)
{
	struct holders holders;

	holders_scan_all(&holders);
	for (size_t i = 0; i < holders.count; i++)
		complain_holder(&holders.all[i]);
	mounts_each(complain_mount, NULL);
	fail(EXIT_FAILED, "the module is in use");
}

int command_unload(int argc, char **argv)
{
	static const struct option options[] = { OPTION_HELP, OPTIONS_END };
	struct kmod_module *module;
	struct kmod_ctx *ctx;
	int err;

	while (option_next(argc, argv, ":h", options, unload_help) != -1)
		;
	if (optind < argc)
		usage("'%s' is too much", argv[optind]);
	module = find_module(&ctx, NULL);
	if (kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN)
		fail(EXIT_FAILED, "mailslots are built into this kernel");
	if (!is_loaded(module)) {
		complain("the module is not loaded");
		return EXIT_OK;
	}
	err = -kmod_module_remove_module(module, 0);
	if (err == EPERM)
		fail_forbidden(false);
	if (err == EAGAIN || err == EBUSY)
		fail_busy();
	if (err && err != ENOENT)
		fail(EXIT_FAILED, "cannot unload: %s", strerror(err));
	release_module(ctx, module);
	return EXIT_OK;
}

struct status {
	char version[64];
	char source[64];
	int references;
	bool builtin;
	struct slots slots;
	uint64_t messages;
	uint64_t bytes;
	json_t *parameters;
};

static void read_parameters(struct status *status)
{
	char path[sizeof(PARAMETERS) + 256], value[64];
	DIR *dir = opendir(PARAMETERS);
	struct dirent *entry;

	status->parameters = json_object();
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", PARAMETERS, entry->d_name);
		read_line(path, value, sizeof(value));
		json_object_set_new(status->parameters, entry->d_name,
				    json_integer((json_int_t)strtoull(value, NULL, 10)));
	}
	if (dir)
		closedir(dir);
}

static void read_status(struct status *status, const struct kmod_module *module)
{
	read_line("/sys/module/" MODULE "/version", status->version, sizeof(status->version));
	read_line("/sys/module/" MODULE "/srcversion", status->source, sizeof(status->source));
	status->references = kmod_module_get_refcnt(module);
	status->builtin = kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN;
	read_parameters(status);
	slots_read(&status->slots, false);
	for (size_t i = 0; i < status->slots.count; i++) {
		status->messages += status->slots.all[i].messages;
		status->bytes += status->slots.all[i].bytes;
	}
}

static void print_line(const char *key, const char *text)
{
	printf("%-20s ", key);
	escape_print(stdout, text, strlen(text));
	putchar('\n');
}

static void print_mount(void *data, const char *directory)
{
	(void)data;
	print_line("instance on", directory);
}

static void print_status(const struct status *status)
{
	const char *key;
	json_t *value;

	printf("%-20s %s\n", "module", status->builtin ? "built in" : "loaded");
	printf("%-20s %s\n", "version", status->version);
	printf("%-20s %s\n", "source version", status->source);
	if (status->references >= 0)
		printf("%-20s %d\n", "ends open", status->references);
	mounts_each(print_mount, NULL);
	print_line("slots are in", place_directory());
	printf("%-20s %zu\n", "slots", status->slots.count);
	printf("%-20s %llu\n", "messages", (unsigned long long)status->messages);
	printf("%-20s %llu\n", "bytes", (unsigned long long)status->bytes);
	json_object_foreach(status->parameters, key, value)
		printf("%-20s %lld\n", key, (long long)json_integer_value(value));
}

/* A path need not be UTF-8. */
static json_t *json_path(const char *path)
{
	char *escaped;
	json_t *string = json_string(path);

	if (string)
		return string;
	escaped = text_escaped(path, strlen(path));
	string = json_string(escaped);
	free(escaped);
	return string;
}

static void add_mount(void *array, const char *directory)
{
	json_array_append_new(array, json_path(directory));
}

static void print_status_json(const struct status *status)
{
	json_t *object = json_object(), *instances = json_array();

	json_object_set_new(object, "loaded", json_true());
	json_object_set_new(object, "builtin", json_boolean(status->builtin));
	json_object_set_new(object, "version", json_string(status->version));
	json_object_set_new(object, "source_version", json_string(status->source));
	json_object_set_new(object, "ends_open", status->references < 0 ? json_null() :
						 json_integer(status->references));
	mounts_each(add_mount, instances);
	json_object_set_new(object, "instances", instances);
	json_object_set_new(object, "directory", json_path(place_directory()));
	json_object_set_new(object, "slots", json_integer((json_int_t)status->slots.count));
	json_object_set_new(object, "messages", json_integer((json_int_t)status->messages));
	json_object_set_new(object, "bytes", json_integer((json_int_t)status->bytes));
	json_object_set(object, "parameters", status->parameters);
	describe_print(object, JSON_INDENT(2));
}

int command_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' }, OPTION_HELP, OPTIONS_END
	};
	struct status status = { 0 };
	struct kmod_module *module;
	struct kmod_ctx *ctx;
	bool json = false;
	int c;

	while ((c = option_next(argc, argv, ":jh", options, status_help)) != -1)
		json = true;
	if (optind < argc)
		usage("'%s' is too much", argv[optind]);
	module = find_module(&ctx, NULL);
	if (!is_loaded(module)) {
		if (json)
			describe_print(json_pack("{sb}", "loaded", 0), JSON_INDENT(2));
		else
			puts("module               not loaded");
		release_module(ctx, module);
		return EXIT_NO_MODULE;
	}
	read_status(&status, module);
	if (json)
		print_status_json(&status);
	else
		print_status(&status);
	json_decref(status.parameters);
	slots_free(&status.slots);
	release_module(ctx, module);
	return EXIT_OK;
}
