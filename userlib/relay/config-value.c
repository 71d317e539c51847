// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Values of a configuration, each by itself.  A check returns NULL, or why the value is refused.
 */
#include <confuse.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "config-value.h"

/* JetStream counts the age in nanoseconds, in 63 bits. */
#define AGE_MAX (INT64_MAX / 1000000000)

static const char *check_text(const char *text)
{
	return *text ? NULL : "the value is empty";
}

static const char *check_path(const char *text)
{
	return *text == '/' ? NULL : "the path must be absolute";
}

static const char *check_socket(const char *text)
{
	if (strlen(text) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return "the path of a socket has at most 107 bytes";
	return check_path(text);
}

static const char *check_place(const char *text)
{
	char place[ADDRESS_PLACE_SIZE];

	return address_place(place, text) ?
		       NULL : "the name must be 1 to 63 letters, digits, '-', '_' and '.'";
}

static const char *check_host(const char *text)
{
	return strcasecmp(text, "localhost") ? check_place(text) :
					       "each machine is localhost to itself";
}

static const char *check_server(const char *text)
{
	size_t length = strlen("nats://");

	if (strncmp(text, "tls://", strlen("tls://")) == 0)
		length = strlen("tls://");
	else if (strncmp(text, "nats://", length))
		return "the address of a server begins with tls:// or nats://";
	text += length;
	if (!*text || *text == ':')
		return "the address of a server is a machine and a port";
	if (strchr(text, '@'))
		return "who the relay is belongs in user and password_file, not in the address";
	while (*text > ' ' && *text != ',' && *text != '/')
		text++;
	return *text ? "the address of a server is a machine and a port" : NULL;
}

static const char *check_nkey(const char *text)
{
	static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	return *text == 'U' && strlen(text) == 56 && strspn(text, base32) == 56 ?
		       NULL : "the public key of a user is 'U' and 55 characters of A-Z and 2-7";
}

static const char *check_bool(const char *text)
{
	return cfg_parse_boolean(text) < 0 ? "the value must be true or false" : NULL;
}

int64_t config_number(const char *text)
{
	unsigned long long value;

	if (!*text || text[strspn(text, "0123456789")])
		return 0;
	errno = 0;
	value = strtoull(text, NULL, 10);
	return errno || value > INT64_MAX ? 0 : (int64_t)value;
}

static const char *check_number(const char *text)
{
	return config_number(text) ? NULL : "the value must be a number of 1 to 2^63 - 1";
}

static const char *check_age(const char *text)
{
	int64_t age = config_number(text);

	return age && age <= AGE_MAX ? NULL : "the age must be 1 to 9223372036 seconds";
}

static const char *check_replicas(const char *text)
{
	int64_t replicas = config_number(text);

	return replicas && replicas <= 5 ? NULL : "there can be 1 to 5 replicas";
}

static const char *check_storage(const char *text)
{
	return strcmp(text, "file") && strcmp(text, "memory") ?
		       "the storage is \"file\" or \"memory\"" : NULL;
}

static const char *check_class(const char *text)
{
	return strcmp(text, "datagram") && strcmp(text, "stored") ?
		       "the class is \"datagram\" or \"stored\"" : NULL;
}

static const char *check_form(const char *text)
{
	return strcmp(text, "host") && strcmp(text, "domain") ?
		       "the forms are \"host\" and \"domain\"" : NULL;
}

static const char *check_group(const char *text)
{
	return getgrnam(text) ? NULL : "there is no such group";
}

/* Return what follows the ']' that closes a set of characters, or NULL. */
static const char *behind_set(const char *pattern)
{
	pattern += *pattern == '!' || *pattern == '^';
	pattern += *pattern == ']';
	while (*pattern && *pattern != ']') {
		char class[] = { pattern[1], ']', '\0' };

		/* A class in the set, as [:digit:]. */
		if (*pattern == '[' && class[0] && strchr(":.=", class[0])) {
			pattern = strstr(pattern + 2, class);
			if (!pattern)
				return NULL;
			pattern++;
		}
		pattern++;
	}
	return *pattern ? pattern + 1 : NULL;
}

bool config_sets_close(const char *pattern)
{
	while (pattern) {
		pattern = strchr(pattern, '[');
		if (!pattern)
			return true;
		pattern = behind_set(pattern + 1);
	}
	return false;
}

const char *config_hosts(char hosts[MAILSLOT_NAME_SIZE], const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.*?[]!^";
	const char *reason = address_is_pattern(text) ? NULL : check_place(text);

	if (!reason)
		reason = address_name(hosts, text);
	if (!reason && hosts[strspn(hosts, letters)])
		reason = "a pattern of hosts holds no other characters than \"a-z0-9-_.*?[]!^\"";
	if (!reason && !config_sets_close(hosts))
		reason = "nothing closes a '['";
	return reason;
}

static const char *check_from(const char *text)
{
	char hosts[MAILSLOT_NAME_SIZE];

	return config_hosts(hosts, text);
}

/* Return what follows a word and spaces, or NULL if the text does not begin with the word. */
static const char *behind(const char *text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(text, word, length) || text[length] != ' ')
		return NULL;
	return text + length + strspn(text + length, " ");
}

const char *config_to(const char *text, enum address_form *form, char to[MAILSLOT_NAME_SIZE])
{
	const char *rest = behind(text, "host");

	*form = ADDRESS_HOST;
	if (rest)
		return config_hosts(to, rest);
	*form = ADDRESS_DOMAIN;
	rest = behind(text, "domain");
	if (rest)
		return address_place(to, rest) ? NULL : "a domain has a plain name";
	*form = ADDRESS_ALL;
	*to = '\0';
	return strcmp(text, "all") ? "the value is all, domain NAME or host NAME" : NULL;
}

static const char *check_to(const char *text)
{
	char to[MAILSLOT_NAME_SIZE];
	enum address_form form;

	return config_to(text, &form, to);
}

static const struct {
	const char *option;
	const char *(*check)(const char *text);
} checks[] = {
	{ "host", check_host },
	{ "domain", check_host },
	{ "servers", check_server },
	{ "user", check_text },
	{ "password_file", check_path },
	{ "nkey", check_nkey },
	{ "nkey_seed_file", check_path },
	{ "credentials_file", check_path },
	{ "ca_file", check_path },
	{ "certificate_file", check_path },
	{ "key_file", check_path },
	{ "server_name", check_text },
	{ "directory", check_path },
	{ "state", check_path },
	{ "socket", check_socket },
	{ "from", check_from },
	{ "forms", check_form },
	{ "class", check_class },
	{ "origin", check_bool },
	{ "to", check_to },
	{ "group", check_group },
	{ "queue_bytes", check_number },
	{ "messages", check_number },
	{ "bytes", check_number },
	{ "age", check_age },
	{ "replicas", check_replicas },
	{ "storage", check_storage },
};

const char *config_check(const char *option, const char *value)
{
	size_t i = 0;

	while (strcmp(checks[i].option, option))
		i++;
	return checks[i].check(value);
}
