// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes userlib/relay/config*.c, and libconfuse behind them.  An input is a file.  One that is
 * refused has one line said of it, one that is not has none; what was read is what the rest of the
 * relay relies on; and a valid file is read the same before and after.
 */
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"

static void fail(const char *what)
{
	fprintf(stdout, "FAILED: %s\n", what);
	abort();
}

/* In the place of the C library's, which reads files. */
struct group *getgrnam(const char *name)
{
	static struct group ops = { .gr_name = "ops", .gr_gid = 7 };

	return strcmp(name, ops.gr_name) ? NULL : &ops;
}

int gethostname(char *name, size_t size)
{
	snprintf(name, size, "alpha.example");
	return 0;
}

/* "FILE: " or "FILE:LINE: " and a reason. */
static bool is_one_line(const char *said, const char *file)
{
	size_t length = strlen(file);

	return !strncmp(said, file, length) && said[length] == ':' && strlen(said) > length + 3 &&
	       strchr(said, '\n') == said + strlen(said) - 1;
}

/* Read the bytes as a file; what is said on standard error goes to *said. */
static struct config *read_bytes(const void *data, size_t size, char **said)
{
	static int fd = -1;
	static char file[32];
	struct config *config;
	FILE *before = stderr;
	size_t length;

	if (fd < 0) {
		fd = memfd_create("relay.conf", MFD_CLOEXEC);
		snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		fail("no file");
	stderr = open_memstream(said, &length);
	config = config_read(file);
	fclose(stderr);
	stderr = before;
	if (config ? length != 0 : !is_one_line(*said, file))
		fail("there is not one line");
	return config;
}

static void check_slot_name(const char *name)
{
	char again[MAILSLOT_NAME_SIZE];

	if (address_name(again, name) || strcmp(again, name))
		fail("a name is none");
}

static void check_export(const struct config *config, const struct config_export *export)
{
	struct subject subject = { .delivery = export->delivery, .sender = "alpha" };
	const struct config_export *found;

	check_slot_name(export->name);
	if (!export->from[0] || (!export->host && !export->domain))
		fail("an export takes nothing");
	if (address_is_pattern(export->name) || address_is_pattern(export->from[0])) {
		if (export->delivery == DELIVERY_STORED)
			fail("a stored export is a pattern");
		return;
	}
	if (export->delivery == DELIVERY_STORED && export->domain)
		fail("a stored export takes what is sent to a domain");
	/* Itself, or one that is before it in the file. */
	strcpy(subject.sender, export->from[0]);
	strcpy(subject.to.name, export->name);
	subject.to.form = export->host ? ADDRESS_HOST : ADDRESS_DOMAIN;
	found = config_find_export(config, &subject);
	if (!found || found > export)
		fail("an export is not found");
}

static void check_remote(const struct config *config, const struct config_remote *remote)
{
	const struct config_remote *other;
	struct address address = { .form = remote->form };

	check_slot_name(remote->slot);
	if (strncmp(remote->slot, CONFIG_REMOTE, strlen(CONFIG_REMOTE)))
		fail("a remote's slot is elsewhere");
	if (remote->framed != address_is_pattern(remote->slot))
		fail("frames are where no pattern is");
	if (remote->delivery == DELIVERY_STORED && remote->form != ADDRESS_HOST)
		fail("a message to a domain is stored");
	for (other = config->remotes; other < remote; other++)
		if (!strcmp(other->slot, remote->slot))
			fail("two remotes have one slot");
	if (remote->framed)
		return;
	strcpy(address.place, remote->place);
	strcpy(address.name, remote->name);
	if (!config_allows(remote, &address))
		fail("a remote does not allow itself");
}

static void check_config(const struct config *config)
{
	char place[ADDRESS_PLACE_SIZE];
	size_t i;

	if (!address_place(place, config->host) || !address_place(place, config->domain) ||
	    !strcmp(config->host, config->domain))
		fail("host or domain is none");
	if (!config->servers[0] || !config->directory || !config->state || !config->socket)
		fail("something has no default");
	if (!config->user != !config->password_file || !config->nkey != !config->nkey_seed_file ||
	    !config->certificate_file != !config->key_file)
		fail("one of two is missing");
	if (config->stream_messages < 1 || config->stream_bytes < 1 || config->stream_age_s < 1 ||
	    config->stream_age_s > INT64_MAX / 1000000000 || config->replicas < 1)
		fail("a number is none");
	for (i = 0; i < config->export_count; i++)
		check_export(config, &config->exports[i]);
	for (i = 0; i < config->remote_count; i++)
		check_remote(config, &config->remotes[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char valid[] = "servers = \"nats://a\"";
	char *said = NULL;
	struct config *config = read_bytes(data, size, &said);

	if (config)
		check_config(config);
	config_free(config);
	free(said);
	config = read_bytes(valid, strlen(valid), &said);
	if (!config || strcmp(config->servers[0], "nats://a"))
		fail("a file has left something behind");
	config_free(config);
	free(said);
	return 0;
}
