// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A configuration from its file, by way of libconfuse.  Each value is checked where it stands, so
 * that a complaint names its line; which options exclude or need each other is checked when the
 * section or the file ends.
 */
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "config-text.h"
#include "config-value.h"

/* The largest size of a file that is read as a configuration. */
#define FILE_MAX (1 << 20)

/*
 * A bit in libconfuse's flags, of which it uses the low bits: the option is set, the section is
 * taken.
 */
#define SEEN (1 << 30)

/* libconfuse hands nothing of its caller's to callbacks, and its scanner is one for the process. */
static struct {
	const char *file;
	struct config *config;
	bool complained;
} reading;

__attribute__((format(printf, 2, 0)))
static void vcomplain(int line, const char *format, va_list arguments)
{
	if (reading.complained)
		return;
	reading.complained = true;
	fprintf(stderr, "%s:", reading.file);
	if (line)
		fprintf(stderr, "%d:", line);
	fputc(' ', stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

/* Say what is wrong, if nothing has been said yet.  Line 0 is the file as a whole. */
__attribute__((format(printf, 2, 3)))
static bool complain(int line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vcomplain(line, format, arguments);
	va_end(arguments);
	return false;
}

static void confuse_complains(cfg_t *cfg, const char *format, va_list arguments)
{
	vcomplain(cfg->line, format, arguments);
}

static bool no_memory(void)
{
	return complain(0, "no memory is left");
}

/* libconfuse calls this for each value; a list has more than one, and its first one is alone. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	const char *reason = config_check(opt->name, value);

	if (opt->flags & SEEN && cfg_opt_size(opt) == 1)
		complain(cfg->line, "%s is set twice", opt->name);
	else if (reason)
		complain(cfg->line, "%s, \"%s\": %s", opt->name, value, reason);
	opt->flags |= SEEN;
	*(const char **)result = value;
	return reading.complained ? -1 : 0;
}

static bool set_text(char **to, cfg_t *cfg, const char *option, const char *otherwise)
{
	const char *value = cfg_size(cfg, option) ? cfg_getstr(cfg, option) : otherwise;

	if (!value)
		return true;
	*to = strdup(value);
	return *to || no_memory();
}

/* All values of a list, NULL-ended. */
static char **get_list(cfg_t *cfg, const char *option)
{
	size_t count = cfg_size(cfg, option), i;
	char **list = calloc(count + 1, sizeof(*list));

	for (i = 0; list && i < count; i++) {
		char *copy = strdup(cfg_getnstr(cfg, option, i));

		if (!copy)
			no_memory();
		list[i] = copy;
	}
	if (!list)
		no_memory();
	return list;
}

static int64_t get_number(cfg_t *cfg, const char *option, int64_t otherwise)
{
	return cfg_size(cfg, option) ? config_number(cfg_getstr(cfg, option)) : otherwise;
}

static bool is_stored(cfg_t *section)
{
	return cfg_size(section, "class") && !strcmp(cfg_getstr(section, "class"), "stored");
}

/* The title of a section as a name of slots. */
static char *get_name(cfg_t *section)
{
	const char *title = cfg_title(section), *reason;
	char name[MAILSLOT_NAME_SIZE], *copy = NULL;

	reason = address_name(name, title);
	if (!reason && !config_sets_close(name))
		reason = "nothing closes a '['";
	if (!reason && (!strncmp(name, CONFIG_REMOTE, strlen(CONFIG_REMOTE)) ||
			!strcmp(name, "remote")))
		reason = "\"remote\" is the directory of slots on other machines";
	if (reason) {
		complain(section->line, "%s \"%s\": %s", cfg_name(section), title, reason);
	} else {
		copy = strdup(name);
		if (!copy)
			no_memory();
	}
	return copy;
}

/* Append one zeroed element to an array that holds @count elements. */
static void *grow(void *array, size_t count, size_t size)
{
	char *grown = reallocarray(array, count + 1, size);

	if (grown)
		memset(grown + count * size, 0, size);
	else
		no_memory();
	return grown;
}

/* Fold the patterns of hosts, which makes none longer. */
static void fold_list(char **from)
{
	char hosts[MAILSLOT_NAME_SIZE];

	for (; *from; from++)
		if (!config_hosts(hosts, *from))
			memcpy(*from, hosts, strlen(hosts) + 1);
}

static bool has_form(cfg_t *section, const char *form)
{
	size_t i;

	for (i = 0; i < cfg_size(section, "forms"); i++)
		if (!strcmp(cfg_getnstr(section, "forms", i), form))
			return true;
	return false;
}

/* A stored export has consumers of the server's, one for each host, so it is all plain names. */
static bool check_stored(cfg_t *section, const struct config_export *export)
{
	char **from;

	if (address_is_pattern(export->name))
		return complain(section->line, "export \"%s\": a pattern cannot be stored",
				export->name);
	for (from = export->from; *from; from++)
		if (address_is_pattern(*from))
			return complain(section->line,
					"export \"%s\": from is a pattern, \"%s\", and class is stored",
					export->name, *from);
	if (export->domain)
		return complain(section->line,
				"export \"%s\": a stored message is never to a domain",
				export->name);
	return true;
}

static bool check_export_unique(cfg_t *section, const struct config_export *export)
{
	const struct config_export *other;

	for (other = reading.config->exports; other < export; other++)
		if (other->delivery == export->delivery && !strcmp(other->name, export->name))
			return complain(section->line,
					"export \"%s\": another one has this name and class",
					export->name);
	return true;
}

static bool take_export(cfg_t *section)
{
	struct config *config = reading.config;
	struct config_export *export = grow(config->exports, config->export_count, sizeof(*export));

	if (!export)
		return false;
	config->exports = export;
	export += config->export_count++;
	export->name = get_name(section);
	if (!export->name)
		return false;
	if (!cfg_size(section, "from"))
		return complain(section->line, "export \"%s\": from is missing", export->name);
	export->from = get_list(section, "from");
	export->delivery = is_stored(section) ? DELIVERY_STORED : DELIVERY_DATAGRAM;
	export->host = has_form(section, "host") || !cfg_size(section, "forms");
	export->domain = has_form(section, "domain") ||
			 (!cfg_size(section, "forms") && export->delivery == DELIVERY_DATAGRAM);
	export->origin = cfg_size(section, "origin") &&
			 cfg_parse_boolean(cfg_getstr(section, "origin")) > 0;
	if (!export->from || reading.complained)
		return false;
	fold_list(export->from);
	if (export->delivery == DELIVERY_STORED && !check_stored(section, export))
		return false;
	return check_export_unique(section, export);
}

static const char *const forms[] = { "host/", "domain/", "all" };

/* Does one of the names lie below the other, or is it the other? */
static bool collide(const char *left, const char *right)
{
	size_t i = 0;

	while (left[i] && left[i] == right[i])
		i++;
	return (!left[i] && (!right[i] || right[i] == '/')) || (!right[i] && left[i] == '/');
}

static bool set_slot(cfg_t *section, struct config_remote *remote)
{
	const struct config_remote *other;
	char name[MAILSLOT_NAME_SIZE];
	const char *reason;

	if (asprintf(&remote->slot, CONFIG_REMOTE "%s%s/%s", forms[remote->form], remote->place,
		     remote->name) < 0) {
		remote->slot = NULL;
		return no_memory();
	}
	reason = address_name(name, remote->slot);
	if (reason)
		return complain(section->line, "remote \"%s\": its slot would be \"%s\": %s",
				remote->name, remote->slot, reason);
	for (other = reading.config->remotes; other < remote; other++)
		if (collide(other->slot, remote->slot))
			return complain(section->line,
					"remote \"%s\": its slot \"%s\" excludes \"%s\"",
					remote->name, remote->slot, other->slot);
	return true;
}

static bool take_remote(cfg_t *section, const char *name, size_t i)
{
	struct config *config = reading.config;
	struct config_remote *remote = grow(config->remotes, config->remote_count, sizeof(*remote));
	char to[MAILSLOT_NAME_SIZE];
	struct group *group;

	if (!remote)
		return false;
	config->remotes = remote;
	remote += config->remote_count++;
	config_to(cfg_getnstr(section, "to", i), &remote->form, to);
	remote->place = strdup(to);
	remote->name = strdup(name);
	if (!remote->place || !remote->name)
		return no_memory();
	remote->delivery = is_stored(section) ? DELIVERY_STORED : DELIVERY_DATAGRAM;
	if (remote->delivery == DELIVERY_STORED && remote->form != ADDRESS_HOST)
		return complain(section->line,
				"remote \"%s\": a stored message is never to a domain", name);
	remote->framed = address_is_pattern(to) || address_is_pattern(name);
	remote->queue_bytes = (uint64_t)get_number(section, "queue_bytes", 0);
	group = cfg_size(section, "group") ? getgrnam(cfg_getstr(section, "group")) : NULL;
	remote->group = group ? group->gr_gid : (gid_t)-1;
	return set_slot(section, remote);
}

static bool take_remotes(cfg_t *section)
{
	char *name = get_name(section);
	bool fine = name;
	size_t i;

	if (fine && !cfg_size(section, "to"))
		fine = complain(section->line, "remote \"%s\": to is missing", name);
	for (i = 0; fine && i < cfg_size(section, "to"); i++)
		fine = take_remote(section, name, i);
	free(name);
	return fine;
}

/* libconfuse calls this when a section ends; one with the title of another has taken its place. */
static int take_section(cfg_t *cfg, cfg_opt_t *opt)
{
	unsigned int i = 0;
	cfg_t *section;

	(void)cfg;
	do
		section = cfg_opt_getnsec(opt, i++);
	while (section->flags & SEEN);
	section->flags |= SEEN;
	if (!strcmp(opt->name, "export") ? take_export(section) : take_remotes(section))
		return 0;
	return -1;
}

static int take_stream(cfg_t *cfg, cfg_opt_t *opt)
{
	if (opt->flags & SEEN)
		complain(cfg->line, "there are two stream sections");
	opt->flags |= SEEN;
	return reading.complained ? -1 : 0;
}

static void set_stream(struct config *config, cfg_t *section)
{
	config->stream_messages = get_number(section, "messages", 1000000);
	config->stream_bytes = get_number(section, "bytes", 1 << 30);
	config->stream_age_s = get_number(section, "age", 7 * 24 * 3600);
	config->replicas = (int)get_number(section, "replicas", 1);
	config->in_memory = cfg_size(section, "storage") &&
			    !strcmp(cfg_getstr(section, "storage"), "memory");
}

/* The names of this host and of its domain. */
static bool set_names(struct config *config, cfg_t *cfg, int line)
{
	char machine[256] = "";

	if (cfg_size(cfg, "host")) {
		address_place(config->host, cfg_getstr(cfg, "host"));
	} else {
		gethostname(machine, sizeof(machine) - 1);
		machine[strcspn(machine, ".")] = '\0';
		if (config_check("host", machine))
			return complain(line, "host is missing, and this machine is \"%s\"",
					machine);
		address_place(config->host, machine);
	}
	address_place(config->domain,
		      cfg_size(cfg, "domain") ? cfg_getstr(cfg, "domain") : "workgroup");
	return strcmp(config->host, config->domain) ||
	       complain(line, "host and domain have one name, \"%s\"", config->host);
}

static bool is_tls(const char *server)
{
	return !strncmp(server, "tls:", strlen("tls:"));
}

static bool set_servers(struct config *config, cfg_t *cfg, int line)
{
	char **server;

	if (!cfg_size(cfg, "servers"))
		return complain(line, "servers is missing");
	config->servers = get_list(cfg, "servers");
	if (!config->servers || reading.complained)
		return false;
	for (server = config->servers; *server; server++) {
		bool tls = is_tls(*server);

		if (server > config->servers && tls != config->tls)
			return complain(line, "servers: all are tls://, or none is");
		config->tls = tls;
	}
	return true;
}

static bool both_or_none(cfg_t *cfg, const char *one, const char *other, int line)
{
	bool has_one = cfg_size(cfg, one), has_other = cfg_size(cfg, other);

	return has_one == has_other || complain(line, "%s is set, and %s is missing",
						has_one ? one : other, has_one ? other : one);
}

/* Check how the relay identifies itself to the server, and the server to the relay. */
static bool check_identity(cfg_t *cfg, bool tls, int line)
{
	static const char *const options[] = {
		"ca_file", "certificate_file", "key_file", "server_name"
	};
	size_t i;

	if (!both_or_none(cfg, "user", "password_file", line) ||
	    !both_or_none(cfg, "nkey", "nkey_seed_file", line) ||
	    !both_or_none(cfg, "certificate_file", "key_file", line))
		return false;
	if (cfg_size(cfg, "user") + cfg_size(cfg, "nkey") + cfg_size(cfg, "credentials_file") > 1)
		return complain(line, "user, nkey and credentials_file exclude each other");
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!tls && cfg_size(cfg, options[i]))
			return complain(line, "%s is set, and no server is tls://", options[i]);
	return true;
}

static bool set_texts(struct config *config, cfg_t *cfg)
{
	return set_text(&config->directory, cfg, "directory", "/dev/mailslot") &&
	       set_text(&config->state, cfg, "state", "/var/lib/mailslot-relay") &&
	       set_text(&config->socket, cfg, "socket", "/run/mailslot-relay/status") &&
	       set_text(&config->user, cfg, "user", NULL) &&
	       set_text(&config->password_file, cfg, "password_file", NULL) &&
	       set_text(&config->nkey, cfg, "nkey", NULL) &&
	       set_text(&config->nkey_seed_file, cfg, "nkey_seed_file", NULL) &&
	       set_text(&config->credentials_file, cfg, "credentials_file", NULL) &&
	       set_text(&config->ca_file, cfg, "ca_file", NULL) &&
	       set_text(&config->certificate_file, cfg, "certificate_file", NULL) &&
	       set_text(&config->key_file, cfg, "key_file", NULL) &&
	       set_text(&config->server_name, cfg, "server_name", NULL);
}

static bool finish(struct config *config, cfg_t *cfg, int line)
{
	if (!set_names(config, cfg, line) || !set_servers(config, cfg, line) ||
	    !check_identity(cfg, config->tls, line) || !set_texts(config, cfg))
		return false;
	set_stream(config, cfg_getsec(cfg, "stream"));
	return config_sort(config) || no_memory();
}

static cfg_t *make_cfg(void)
{
#define TEXT(name) CFG_STR_CB(name, NULL, CFGF_NODEFAULT, take_value)
#define LIST(name) CFG_STR_LIST_CB(name, NULL, CFGF_NODEFAULT, take_value)
	cfg_opt_t export[] = {
		LIST("from"), LIST("forms"), TEXT("class"), TEXT("origin"), CFG_END()
	};
	cfg_opt_t remote[] = {
		LIST("to"), TEXT("group"), TEXT("class"), TEXT("queue_bytes"), CFG_END()
	};
	cfg_opt_t stream[] = {
		TEXT("messages"), TEXT("bytes"), TEXT("age"), TEXT("replicas"), TEXT("storage"),
		CFG_END()
	};
	cfg_opt_t options[] = {
		TEXT("host"), TEXT("domain"), LIST("servers"), TEXT("user"), TEXT("password_file"),
		TEXT("nkey"), TEXT("nkey_seed_file"), TEXT("credentials_file"), TEXT("ca_file"),
		TEXT("certificate_file"), TEXT("key_file"), TEXT("server_name"), TEXT("directory"),
		TEXT("state"), TEXT("socket"), CFG_SEC("export", export, CFGF_MULTI | CFGF_TITLE),
		CFG_SEC("remote", remote, CFGF_MULTI | CFGF_TITLE),
		CFG_SEC("stream", stream, CFGF_NONE), CFG_END()
	};
#undef TEXT
#undef LIST
	cfg_t *cfg = cfg_init(options, CFGF_NONE);

	if (!cfg)
		return NULL;
	cfg_set_error_function(cfg, confuse_complains);
	cfg_set_validate_func(cfg, "export", take_section);
	cfg_set_validate_func(cfg, "remote", take_section);
	cfg_set_validate_func(cfg, "stream", take_stream);
	return cfg;
}

/* Fill the configuration.  The text holds no comment, and ends at the line. */
static bool parse(struct config *config, const char *text, int line)
{
	cfg_t *cfg = make_cfg();
	bool fine;

	if (!cfg)
		return no_memory();
	fine = cfg_parse_buf(cfg, text) == CFG_SUCCESS ||
	       complain(cfg->line, "the text cannot be read from here");
	fine = fine && finish(config, cfg, line);
	/* The scanner forgets here what a text with a fault has left in it. */
	cfg_free(cfg);
	return fine;
}

/*
 * Fill the room.  Return false when reading fails.  Set *size to the size of the file, up to the
 * room.
 */
static bool read_all(int fd, char *text, size_t room, size_t *size)
{
	ssize_t got;

	*size = 0;
	do {
		got = read(fd, text + *size, room - *size);
		if (got < 0)
			return complain(0, "%s", strerror(errno));
		*size += (size_t)got;
	} while (got && *size < room);
	return true;
}

/* The whole file, with a NUL behind it, or NULL. */
static char *read_file(const char *file, size_t *size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	bool fine = fd >= 0 || complain(0, "%s", strerror(errno));
	char *text = malloc(FILE_MAX + 1);

	if (!text)
		fine = no_memory();
	fine = fine && read_all(fd, text, FILE_MAX + 1, size);
	if (fine && *size > FILE_MAX)
		fine = complain(0, "the file is larger than a megabyte");
	if (fd >= 0)
		close(fd);
	if (fine) {
		text[*size] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

static bool fill(struct config *config)
{
	size_t size;
	char *text = read_file(reading.file, &size);
	const char *fault;
	bool fine;
	int line;

	if (!text)
		return false;
	fault = config_text_check(text, size, &line);
	fine = fault ? complain(line, "%s", fault) : parse(config, text, line);
	free(text);
	return fine;
}

struct config *config_read(const char *file)
{
	struct config *config = calloc(1, sizeof(*config));

	reading.file = file;
	reading.config = config;
	reading.complained = false;
	if (!config)
		no_memory();
	else if (fill(config))
		return config;
	config_free(config);
	return NULL;
}
