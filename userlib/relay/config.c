// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A configuration in memory: what it allows, and its end.  config-read.c makes it.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"

static void free_list(char **list)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

static void free_exports(struct config *config)
{
	size_t i;

	for (i = 0; i < config->export_count; i++) {
		free(config->exports[i].name);
		free_list(config->exports[i].from);
	}
	free(config->exports);
	free(config->sorted);
}

static void free_remotes(struct config *config)
{
	size_t i;

	for (i = 0; i < config->remote_count; i++) {
		free(config->remotes[i].place);
		free(config->remotes[i].name);
		free(config->remotes[i].slot);
	}
	free(config->remotes);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	free_exports(config);
	free_remotes(config);
	free_list(config->servers);
	free(config->directory);
	free(config->state);
	free(config->socket);
	free(config->user);
	free(config->password_file);
	free(config->nkey);
	free(config->nkey_seed_file);
	free(config->credentials_file);
	free(config->ca_file);
	free(config->certificate_file);
	free(config->key_file);
	free(config->server_name);
	free(config);
}

/* Plain names come first, by name; exports that are equal so far keep the order of the file. */
static int compare_exports(const void *left, const void *right)
{
	const struct config_export *const *l = left, *const *r = right;
	bool l_pattern = address_is_pattern((*l)->name), r_pattern = address_is_pattern((*r)->name);
	int order = l_pattern - r_pattern;

	if (!order && !l_pattern)
		order = strcmp((*l)->name, (*r)->name);
	return order ? order : (*l > *r) - (*l < *r);
}

bool config_sort(struct config *config)
{
	size_t i;

	config->sorted = calloc(config->export_count + 1, sizeof(config->sorted[0]));
	if (!config->sorted)
		return false;
	for (i = 0; i < config->export_count; i++) {
		config->sorted[i] = &config->exports[i];
		config->plain_count += !address_is_pattern(config->exports[i].name);
	}
	qsort(config->sorted, config->export_count, sizeof(config->sorted[0]), compare_exports);
	return true;
}

static bool takes(const struct config_export *export, const struct subject *subject)
{
	char **from = export->from;

	if (export->delivery != subject->delivery ||
	    !(subject->to.form == ADDRESS_HOST ? export->host : export->domain))
		return false;
	while (*from && !address_matches(*from, subject->sender))
		from++;
	return *from;
}

/* The first of config->sorted whose plain name is not before the name. */
static size_t find_plain(const struct config *config, const char *name)
{
	size_t low = 0, high = config->plain_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(config->sorted[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A thousand plain names cost ten comparisons; each pattern before the answer costs one. */
const struct config_export *config_find_export(const struct config *config,
					       const struct subject *subject)
{
	const struct config_export *found = NULL, *export;
	const char *name = subject->to.name;
	size_t i;

	/* A message that came from the network must not be sent on. */
	if (!strncmp(name, CONFIG_REMOTE, strlen(CONFIG_REMOTE)))
		return NULL;
	for (i = find_plain(config, name); !found && i < config->plain_count; i++) {
		if (strcmp(config->sorted[i]->name, name))
			break;
		if (takes(config->sorted[i], subject))
			found = config->sorted[i];
	}
	for (i = config->plain_count; i < config->export_count; i++) {
		export = config->sorted[i];
		if (found && found < export)
			break;
		if (takes(export, subject) && address_matches(export->name, name))
			return export;
	}
	return found;
}

bool config_allows(const struct config_remote *remote, const struct address *address)
{
	return remote->form == address->form && address_matches(remote->place, address->place) &&
	       address_matches(remote->name, address->name);
}
