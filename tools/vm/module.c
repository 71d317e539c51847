// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads, unloads and looks for kernel modules through libkmod, for the test VM
 * and the tests.  No dependencies are followed: ours has none.
 *
 * usage: module load FILE [PARAMETER=VALUE...] | unload NAME | loaded NAME
 */
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int load(struct kmod_ctx *ctx, const char *path, char **parameters)
{
	char options[4096] = "";
	struct kmod_module *module;
	size_t used = 0;
	int ret;

	for (; *parameters; parameters++) {
		ret = snprintf(options + used, sizeof(options) - used, "%s%s",
			       used ? " " : "", *parameters);
		if (ret < 0 || (size_t)ret >= sizeof(options) - used)
			return -E2BIG;
		used += ret;
	}
	ret = kmod_module_new_from_path(ctx, path, &module);
	if (ret)
		return ret;
	ret = kmod_module_insert_module(module, 0, options);
	kmod_module_unref(module);
	return ret;
}

static int unload(struct kmod_module *module)
{
	return kmod_module_remove_module(module, O_NONBLOCK);
}

static int loaded(struct kmod_module *module)
{
	int state = kmod_module_get_initstate(module);

	return state == KMOD_MODULE_LIVE ? 0 : -ENOENT;
}

int main(int argc, char **argv)
{
	struct kmod_module *module;
	struct kmod_ctx *ctx;
	int ret;

	if (argc < 3) {
		fputs("usage: module load FILE [PARAMETER=VALUE...] | unload NAME | loaded NAME\n",
		      stderr);
		return 2;
	}
	ctx = kmod_new(NULL, NULL);
	if (!ctx) {
		perror("kmod_new");
		return 1;
	}
	if (!strcmp(argv[1], "load")) {
		ret = load(ctx, argv[2], argv + 3);
	} else {
		ret = kmod_module_new_from_name(ctx, argv[2], &module);
		if (!ret) {
			if (!strcmp(argv[1], "unload"))
				ret = unload(module);
			else if (!strcmp(argv[1], "loaded"))
				ret = loaded(module);
			else
				ret = -EINVAL;
			kmod_module_unref(module);
		}
	}
	if (ret)
		fprintf(stderr, "%s %s: %s\n", argv[1], argv[2], strerror(-ret));
	kmod_unref(ctx);
	return ret ? 1 : 0;
}
