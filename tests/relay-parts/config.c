// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relay's configuration, as userlib/relay/config*.c read and apply it: each option and its
 * default, each refused input with its line and reason, which export takes which message.
 */
#include <fcntl.h>
#include <grp.h>
#include <sanitizer/lsan_interface.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "../../selftests/harness.h"

#define LETTERS_50 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
#define LETTERS_200 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50
#define PLACE_63 "a23456789b123456789c123456789d123456789e123456789f123456789g123"
#define NKEY "UABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVW"

/* What a file must have at least: line 1. */
#define HEAD "host = \"alpha\" servers = {\"nats://127.0.0.1:4222\"}\n"

static const char *machine = "Alpha.example.com";

/* In the place of the C library's. */
int gethostname(char *name, size_t size)
{
	snprintf(name, size, "%s", machine);
	return 0;
}

/* A directory with a configuration in it, and what the relay says of it. */
FIXTURE(config) {
	char directory[64];
	char file[80], said[80];
	struct config *config;
};

FIXTURE_SETUP(config)
{
	strcpy(self->directory, "/tmp/relay-config.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->directory));
	snprintf(self->file, sizeof(self->file), "%s/relay.conf", self->directory);
	snprintf(self->said, sizeof(self->said), "%s/said", self->directory);
	self->config = NULL;
}

FIXTURE_TEARDOWN(config)
{
	config_free(self->config);
	self->config = NULL;
	unlink(self->file);
	unlink(self->said);
	rmdir(self->directory);
	EXPECT_EQ(0, __lsan_do_recoverable_leak_check());
}

static bool write_file(const char *file, const char *text, size_t size)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool fine = fd >= 0 && write(fd, text, size) == (ssize_t)size;

	if (fd >= 0)
		close(fd);
	return fine;
}

/* Read the file; what is said meanwhile on standard error goes to said[]. */
static struct config *read_config(const char *file, const char *said_file, char said[2048])
{
	int before = dup(STDERR_FILENO), fd;
	struct config *config;
	ssize_t length;

	fd = open(said_file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (before < 0 || fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		abort();
	config = config_read(file);
	fflush(stderr);
	if (dup2(before, STDERR_FILENO) < 0)
		abort();
	length = pread(fd, said, 2047, 0);
	said[length < 0 ? 0 : length] = '\0';
	close(fd);
	close(before);
	return config;
}

/* Read a text that is valid. */
static void accept_sized(struct __test_metadata *_metadata, FIXTURE_DATA(config) * self,
			 const char *text, size_t size)
{
	char said[2048];

	config_free(self->config);
	ASSERT_TRUE(write_file(self->file, text, size));
	self->config = read_config(self->file, self->said, said);
	EXPECT_STREQ("", said);
	ASSERT_NE(NULL, self->config);
}

static void accept(struct __test_metadata *_metadata, FIXTURE_DATA(config) * self, const char *text)
{
	accept_sized(_metadata, self, text, strlen(text));
}

TEST_F(config, defaults)
{
	const struct config *config;

	accept(_metadata, self, "servers = {\"tls://nats.example:4222\"}");
	config = self->config;
	EXPECT_STREQ("alpha", config->host);
	EXPECT_STREQ("workgroup", config->domain);
	EXPECT_STREQ("/dev/mailslot", config->directory);
	EXPECT_STREQ("/var/lib/mailslot-relay", config->state);
	EXPECT_STREQ("/run/mailslot-relay/status", config->socket);
	EXPECT_STREQ("tls://nats.example:4222", config->servers[0]);
	EXPECT_EQ(NULL, config->servers[1]);
	EXPECT_TRUE(config->tls);
	EXPECT_EQ(NULL, config->user);
	EXPECT_EQ(NULL, config->password_file);
	EXPECT_EQ(NULL, config->nkey);
	EXPECT_EQ(NULL, config->nkey_seed_file);
	EXPECT_EQ(NULL, config->credentials_file);
	EXPECT_EQ(NULL, config->ca_file);
	EXPECT_EQ(NULL, config->certificate_file);
	EXPECT_EQ(NULL, config->key_file);
	EXPECT_EQ(NULL, config->server_name);
	EXPECT_EQ(1000000, config->stream_messages);
	EXPECT_EQ(1 << 30, config->stream_bytes);
	EXPECT_EQ(604800, config->stream_age_s);
	EXPECT_EQ(1, config->replicas);
	EXPECT_FALSE(config->in_memory);
	EXPECT_EQ(0, config->export_count);
	EXPECT_EQ(0, config->remote_count);
}

TEST_F(config, texts)
{
	const struct config *config;

	accept(_metadata, self,
	       "host = Beta\ndomain = \"Sales.Example\"\nservers = {\"tls://a\", \"tls://b:1\",}\n"
	       "directory = \"/dev/slots\"\nstate = \"/s\"\nsocket = \"/r/status\"\n"
	       "user = \"b \\\"\\\\ #//\"\npassword_file = \"/p\"\n"
	       "ca_file = \"/ca\"\ncertificate_file = \"/cert\"\nkey_file = \"/key\"\n"
	       "server_name = \"nats.example\"\n");
	config = self->config;
	EXPECT_STREQ("beta", config->host);
	EXPECT_STREQ("sales.example", config->domain);
	EXPECT_STREQ("tls://a", config->servers[0]);
	EXPECT_STREQ("tls://b:1", config->servers[1]);
	EXPECT_EQ(NULL, config->servers[2]);
	EXPECT_STREQ("/dev/slots", config->directory);
	EXPECT_STREQ("/s", config->state);
	EXPECT_STREQ("/r/status", config->socket);
	EXPECT_STREQ("b \"\\ #//", config->user);
	EXPECT_STREQ("/p", config->password_file);
	EXPECT_STREQ("/ca", config->ca_file);
	EXPECT_STREQ("/cert", config->certificate_file);
	EXPECT_STREQ("/key", config->key_file);
	EXPECT_STREQ("nats.example", config->server_name);
}

TEST_F(config, nkey)
{
	accept(_metadata, self, HEAD "nkey = \"" NKEY "\" nkey_seed_file = \"/seed\"");
	EXPECT_STREQ(NKEY, self->config->nkey);
	EXPECT_STREQ("/seed", self->config->nkey_seed_file);
	EXPECT_FALSE(self->config->tls);
}

TEST_F(config, credentials)
{
	accept(_metadata, self, HEAD "credentials_file = \"/c\"");
	EXPECT_STREQ("/c", self->config->credentials_file);
}

TEST_F(config, stream)
{
	accept(_metadata, self,
	       HEAD "stream { messages = 9223372036854775807 bytes = 1 age = 9223372036\n"
	       "replicas = 5 storage = \"memory\" }");
	EXPECT_EQ(INT64_MAX, self->config->stream_messages);
	EXPECT_EQ(1, self->config->stream_bytes);
	EXPECT_EQ(9223372036, self->config->stream_age_s);
	EXPECT_EQ(5, self->config->replicas);
	EXPECT_TRUE(self->config->in_memory);
}

TEST_F(config, export_defaults)
{
	const struct config_export *export;

	accept(_metadata, self, HEAD "export \"Jobs\\\\Urgent\" { from = {\"Web-*\", \"BETA\"} }");
	ASSERT_EQ(1, self->config->export_count);
	export = self->config->exports;
	EXPECT_STREQ("jobs/urgent", export->name);
	EXPECT_STREQ("web-*", export->from[0]);
	EXPECT_STREQ("beta", export->from[1]);
	EXPECT_EQ(NULL, export->from[2]);
	EXPECT_TRUE(export->host);
	EXPECT_TRUE(export->domain);
	EXPECT_EQ(DELIVERY_DATAGRAM, export->delivery);
	EXPECT_FALSE(export->origin);
}

TEST_F(config, export_options)
{
	const struct config_export *export;

	accept(_metadata, self,
	       HEAD "export \"a\" { from = \"*\" forms = \"domain\" class = datagram\n"
	       "origin = yes }\nexport \"b\" { from = \"c\" class = stored forms = {host} origin = off }\n"
	       "export \"c\" { from = \"c\" class = stored origin = true }\n");
	ASSERT_EQ(3, self->config->export_count);
	export = self->config->exports;
	EXPECT_FALSE(export[0].host);
	EXPECT_TRUE(export[0].domain);
	EXPECT_TRUE(export[0].origin);
	EXPECT_EQ(DELIVERY_STORED, export[1].delivery);
	EXPECT_TRUE(export[1].host);
	EXPECT_FALSE(export[1].domain);
	EXPECT_FALSE(export[1].origin);
	EXPECT_TRUE(export[2].host);
	EXPECT_FALSE(export[2].domain);
	EXPECT_TRUE(export[2].origin);
}

TEST_F(config, remote_defaults)
{
	const struct config_remote *remote;

	accept(_metadata, self,
	       HEAD "remote \"Status\" { to = {\"all\", \"domain Sales\", \"host Beta\"} }");
	ASSERT_EQ(3, self->config->remote_count);
	remote = self->config->remotes;
	EXPECT_EQ(ADDRESS_ALL, remote[0].form);
	EXPECT_STREQ("", remote[0].place);
	EXPECT_STREQ("status", remote[0].name);
	EXPECT_STREQ("remote/all/status", remote[0].slot);
	EXPECT_FALSE(remote[0].framed);
	EXPECT_EQ((gid_t)-1, remote[0].group);
	EXPECT_EQ(DELIVERY_DATAGRAM, remote[0].delivery);
	EXPECT_EQ(0, remote[0].queue_bytes);
	EXPECT_EQ(ADDRESS_DOMAIN, remote[1].form);
	EXPECT_STREQ("sales", remote[1].place);
	EXPECT_STREQ("remote/domain/sales/status", remote[1].slot);
	EXPECT_EQ(ADDRESS_HOST, remote[2].form);
	EXPECT_STREQ("beta", remote[2].place);
	EXPECT_STREQ("remote/host/beta/status", remote[2].slot);
}

TEST_F(config, remote_options)
{
	const struct config_remote *remote;
	struct group *group = getgrgid(0);
	char text[512];

	ASSERT_NE(NULL, group);
	snprintf(text, sizeof(text),
		 HEAD "remote \"a\" { to = \"host   b\" class = stored\n"
		 "queue_bytes = 16777216 group = \"%s\" }",
		 group->gr_name);
	accept(_metadata, self, text);
	ASSERT_EQ(1, self->config->remote_count);
	remote = self->config->remotes;
	EXPECT_STREQ("b", remote->place);
	EXPECT_EQ(DELIVERY_STORED, remote->delivery);
	EXPECT_EQ(16777216, remote->queue_bytes);
	EXPECT_EQ(0, remote->group);
}

TEST_F(config, remote_patterns)
{
	const struct config_remote *remote;

	accept(_metadata, self,
	       HEAD "remote \"jobs/*\" { to = {\"host web-[0-9]\", \"all\"} }\n"
	       "remote \"plain\" { to = {\"host web-[0-9]\", \"host beta\"} }\n");
	ASSERT_EQ(4, self->config->remote_count);
	remote = self->config->remotes;
	EXPECT_STREQ("remote/host/web-[0-9]/jobs/*", remote[0].slot);
	EXPECT_TRUE(remote[0].framed);
	EXPECT_STREQ("remote/all/jobs/*", remote[1].slot);
	EXPECT_TRUE(remote[1].framed);
	EXPECT_STREQ("remote/host/web-[0-9]/plain", remote[2].slot);
	EXPECT_TRUE(remote[2].framed);
	EXPECT_FALSE(remote[3].framed);
}

/* libconfuse puts the second section in the place of the first when both have one title. */
TEST_F(config, sections_of_one_title)
{
	accept(_metadata, self,
	       HEAD "remote \"a\" { to = \"host b\" class = stored }\n"
	       "remote \"z\" { to = \"host z\" }\n"
	       "remote \"a\" { to = \"domain d\" }\nremote \"a\" { to = \"all\" }\n"
	       "export \"a\" { from = \"b\" class = stored }\nexport \"a\" { from = \"c\" }\n");
	ASSERT_EQ(4, self->config->remote_count);
	EXPECT_STREQ("remote/host/b/a", self->config->remotes[0].slot);
	EXPECT_EQ(DELIVERY_STORED, self->config->remotes[0].delivery);
	EXPECT_STREQ("remote/host/z/z", self->config->remotes[1].slot);
	EXPECT_EQ(DELIVERY_DATAGRAM, self->config->remotes[1].delivery);
	EXPECT_STREQ("remote/domain/d/a", self->config->remotes[2].slot);
	EXPECT_EQ(DELIVERY_DATAGRAM, self->config->remotes[2].delivery);
	EXPECT_STREQ("remote/all/a", self->config->remotes[3].slot);
	ASSERT_EQ(2, self->config->export_count);
	EXPECT_EQ(DELIVERY_STORED, self->config->exports[0].delivery);
	EXPECT_STREQ("b", self->config->exports[0].from[0]);
	EXPECT_EQ(DELIVERY_DATAGRAM, self->config->exports[1].delivery);
	EXPECT_STREQ("c", self->config->exports[1].from[0]);
}

TEST_F(config, comments_and_white_space)
{
	static const char text[] =
		"# ${HOME} \"\n//x\n/* two\n * lines \0 */host/**/=/* \" */alpha#\n\r\n"
		"\tservers\r\n=\n{\n# first\n\"nats://a\" // the \"only\" one\n,\n}\n/***/export a{from=b}";

	accept_sized(_metadata, self, text, sizeof(text) - 1);
	EXPECT_STREQ("alpha", self->config->host);
	EXPECT_STREQ("nats://a", self->config->servers[0]);
	ASSERT_EQ(1, self->config->export_count);
	EXPECT_STREQ("b", self->config->exports[0].from[0]);
}

TEST_F(config, names_that_just_fit)
{
	char text[1024];

	/* 255 bytes with "remote/host/b/", 8 components with "remote/all/". */
	snprintf(text, sizeof(text),
		 HEAD "remote \""
			LETTERS_200 "%.41s\" { to = \"host b\" }\n"
		 "remote \"1/2/3/4/5/6\" { to = \"all\" }\n", LETTERS_50);
	accept(_metadata, self, text);
	EXPECT_EQ(255, strlen(self->config->remotes[0].slot));
	EXPECT_STREQ("remote/all/1/2/3/4/5/6", self->config->remotes[1].slot);
}

TEST_F(config, names_that_do_not_collide)
{
	accept(_metadata, self,
	       HEAD "remote \"a\" { to = {\"host b\", \"host c\", \"domain b\", \"all\"} }\n"
	       "remote \"ab\" { to = \"host b\" }\nremote \"a!\" { to = \"host b\" }\n"
	       "export \"a\" { from = \"*\" }\nexport \"a/b\" { from = \"*\" }\n");
	EXPECT_EQ(6, self->config->remote_count);
}

static const char *found(const struct config *config, enum delivery delivery, const char *sender,
			 enum address_form form, const char *name)
{
	struct subject subject = { .delivery = delivery, .to.form = form };
	const struct config_export *export;

	strcpy(subject.sender, sender);
	strcpy(subject.to.place, "alpha");
	strcpy(subject.to.name, name);
	export = config_find_export(config, &subject);
	return export ? export->from[0] : "-";
}

/* Each export is known by the first host that it takes messages from. */
#define FOUND(who, delivery, sender, form, name)	\
	EXPECT_STREQ(who, found(self->config, DELIVERY_##delivery, sender, ADDRESS_##form, name))

TEST_F(config, find_nothing_by_default)
{
	accept(_metadata, self, HEAD);
	FOUND("-", DATAGRAM, "beta", HOST, "status");
}

TEST_F(config, find)
{
	accept(_metadata, self,
	       HEAD "export \"status\" { from = {\"w1\", \"web-*\"} }\n"
	       "export \"jobs/*\" { from = {\"w2\", \"*\"} }\n"
	       "export \"orders\" { from = {\"w3\", \"gamma\"} class = stored }\n"
	       "export \"here\" { from = {\"w4\", \"*\"} forms = host }\n"
	       "export \"all\" { from = {\"w5\", \"*\"} forms = domain }\n");
	FOUND("w1", DATAGRAM, "w1", HOST, "status");
	FOUND("w1", DATAGRAM, "web-7", DOMAIN, "status");
	FOUND("-", DATAGRAM, "beta", HOST, "status");
	FOUND("-", STORED, "web-7", HOST, "status");
	FOUND("-", DATAGRAM, "web-7", HOST, "status2");
	FOUND("-", DATAGRAM, "web-7", HOST, "statu");
	FOUND("w2", DATAGRAM, "beta", HOST, "jobs/a");
	FOUND("w2", DATAGRAM, "beta", HOST, "jobs/a/b");
	FOUND("-", DATAGRAM, "beta", HOST, "jobs");
	FOUND("w3", STORED, "gamma", HOST, "orders");
	FOUND("-", STORED, "beta", HOST, "orders");
	FOUND("-", DATAGRAM, "gamma", HOST, "orders");
	FOUND("-", STORED, "gamma", DOMAIN, "orders");
	FOUND("w4", DATAGRAM, "beta", HOST, "here");
	FOUND("-", DATAGRAM, "beta", DOMAIN, "here");
	FOUND("-", DATAGRAM, "beta", HOST, "all");
	FOUND("w5", DATAGRAM, "beta", DOMAIN, "all");
}

TEST_F(config, find_the_first)
{
	accept(_metadata, self,
	       HEAD "export \"b*\" { from = {\"w1\", \"x\"} }\n"
	       "export \"bb\" { from = {\"w2\", \"*\"} }\n"
	       "export \"*\" { from = {\"w3\", \"*\"} }\nexport \"aa\" { from = {\"w4\", \"*\"} }\n"
	       "export \"c?\" { from = {\"w5\", \"*\"} }\n");
	FOUND("w1", DATAGRAM, "x", HOST, "bb");
	FOUND("w2", DATAGRAM, "y", HOST, "bb");
	FOUND("w3", DATAGRAM, "y", HOST, "bc");
	FOUND("w3", DATAGRAM, "y", HOST, "aa");
	FOUND("w3", DATAGRAM, "y", HOST, "cc");
}

/* What came from the network would be sent on. */
TEST_F(config, find_no_remote)
{
	accept(_metadata, self, HEAD "export \"*\" { from = \"*\" }\n");
	FOUND("*", DATAGRAM, "beta", HOST, "remotes/all/x");
	FOUND("-", DATAGRAM, "beta", HOST, "remote/all/x");
	FOUND("-", DATAGRAM, "beta", DOMAIN, "remote/host/beta/x");
}

TEST_F(config, find_each_of_a_thousand)
{
	size_t size = 0, room = 1 << 17;
	char *text = malloc(room), name[16];
	int i;

	ASSERT_NE(NULL, text);
	size += (size_t)snprintf(text, room, HEAD);
	/* 617 and 1000 have no common factor, so that names stand in no order. */
	for (i = 0; i < 1000; i++)
		size += (size_t)snprintf(text + size, room - size,
					 "export \"n%d\" { from = {\"f%d\", \"*\"} }\n",
					 i * 617 % 1000, i * 617 % 1000);
	accept(_metadata, self, text);
	free(text);
	for (i = 0; i < 1000; i++) {
		char who[16];

		snprintf(name, sizeof(name), "n%d", i);
		snprintf(who, sizeof(who), "f%d", i);
		FOUND(who, DATAGRAM, "beta", HOST, name);
	}
	FOUND("-", DATAGRAM, "beta", HOST, "n1000");
	FOUND("-", DATAGRAM, "beta", HOST, "a");
	FOUND("-", DATAGRAM, "beta", HOST, "z");
}

static bool allowed(const struct config_remote *remote, enum address_form form, const char *place,
		    const char *name)
{
	struct address address = { .form = form };

	strcpy(address.place, place);
	strcpy(address.name, name);
	return config_allows(remote, &address);
}

TEST_F(config, allow)
{
	const struct config_remote *remote;

	accept(_metadata, self,
	       HEAD "remote \"jobs/*\" { to = {\"host web-*\", \"domain sales\", \"all\"} }");
	remote = self->config->remotes;
	EXPECT_TRUE(allowed(remote, ADDRESS_HOST, "web-1", "jobs/a"));
	EXPECT_FALSE(allowed(remote, ADDRESS_HOST, "beta", "jobs/a"));
	EXPECT_FALSE(allowed(remote, ADDRESS_HOST, "web-1", "job/a"));
	EXPECT_FALSE(allowed(remote, ADDRESS_DOMAIN, "web-1", "jobs/a"));
	EXPECT_TRUE(allowed(remote + 1, ADDRESS_DOMAIN, "sales", "jobs/a"));
	EXPECT_FALSE(allowed(remote + 1, ADDRESS_DOMAIN, "sale", "jobs/a"));
	EXPECT_FALSE(allowed(remote + 1, ADDRESS_HOST, "sales", "jobs/a"));
	EXPECT_TRUE(allowed(remote + 2, ADDRESS_ALL, "", "jobs/a"));
	EXPECT_FALSE(allowed(remote + 2, ADDRESS_ALL, "", "status"));
	EXPECT_FALSE(allowed(remote + 2, ADDRESS_DOMAIN, "", "jobs/a"));
}

/* Refused texts. */

FIXTURE(refused) {
	char directory[64];
	char file[80], said[80];
};

FIXTURE_VARIANT(refused) {
	int line;
	const char *reason;
	const char *text;
	size_t size;		/* 0: that of the text */
	const char *machine;
};

FIXTURE_SETUP(refused)
{
	strcpy(self->directory, "/tmp/relay-config.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->directory));
	snprintf(self->file, sizeof(self->file), "%s/relay.conf", self->directory);
	snprintf(self->said, sizeof(self->said), "%s/said", self->directory);
}

FIXTURE_TEARDOWN(refused)
{
	unlink(self->file);
	unlink(self->said);
	rmdir(self->directory);
	EXPECT_EQ(0, __lsan_do_recoverable_leak_check());
}

/* One line with the reason.  And a valid file is read behind it as ever. */
TEST_F(refused, refused)
{
	size_t size = variant->size ? variant->size : strlen(variant->text);
	char said[2048], expected[2048];
	struct config *config;

	if (variant->machine)
		machine = variant->machine;
	ASSERT_TRUE(write_file(self->file, variant->text, size));
	config = read_config(self->file, self->said, said);
	EXPECT_EQ(NULL, config);
	snprintf(expected, sizeof(expected), "%s:%d: %s\n", self->file, variant->line,
		 variant->reason);
	EXPECT_STREQ(expected, said);
	config_free(config);

	ASSERT_TRUE(write_file(self->file, HEAD, strlen(HEAD)));
	config = read_config(self->file, self->said, said);
	EXPECT_NE(NULL, config);
	EXPECT_STREQ("", said);
	config_free(config);
}

#define REFUSED(title, line_, text_, reason_)	\
	FIXTURE_VARIANT_ADD(refused, title) {	\
		.line = (line_), .text = (text_), .reason = (reason_),	\
	}

/* The text itself. */
REFUSED(string_to_the_end, 2, HEAD "\"x", "the file ends inside a string");
REFUSED(string_over_lines, 3, HEAD "user =\n\"a\nb\"", "the line ends inside a string");
REFUSED(string_tab, 2, HEAD "user = \"a\tb\"", "a string holds a control character");
REFUSED(string_delete, 2, HEAD "user = \"a\x7f\"", "a string holds a control character");
REFUSED(environment, 2, HEAD "user = \"a${HOME}\"",
	"a string holds \"${\", which would name a variable of the environment");
REFUSED(escape_n, 2, HEAD "user = \"a\\n\"",
	"a '\\' in a string stands before '\"' or another '\\' only");
REFUSED(escape_of_nul, 2, HEAD "user = \"a\\x00b\"",
	"a '\\' in a string stands before '\"' or another '\\' only");
REFUSED(escape_at_the_end, 2, HEAD "user = \"a\\",
	"a '\\' in a string stands before '\"' or another '\\' only");
REFUSED(single_quotes, 2, HEAD "user = 'a'", "a string stands in double quotation marks");
REFUSED(star_without_quotes, 2, HEAD "export \"a\" { from = * }",
	"a character that may stand in a string or comment only");
REFUSED(url_without_quotes, 1, "servers = { nats://a }",
	"a character that may stand in a string or comment only");
REFUSED(environment_without_quotes, 2, HEAD "user = ${HOME}",
	"a character that may stand in a string or comment only");
REFUSED(append, 2, HEAD "servers += {\"nats://b\"}",
	"a character that may stand in a string or comment only");
REFUSED(include, 2, HEAD "include(\"/etc/passwd\")",
	"a character that may stand in a string or comment only");
REFUSED(option_of_a_section, 2, HEAD "stream|bytes = 1",
	"a character that may stand in a string or comment only");
REFUSED(quoted_option, 2, HEAD "\"stream|bytes\" = 1",
	"the name of an option, without quotation marks, must stand before '='");
REFUSED(two_equals, 2, HEAD "user = = a",
	"the name of an option, without quotation marks, must stand before '='");
REFUSED(carriage_return, 2, HEAD "user\r= a",
	"a character that may stand in a string or comment only");
REFUSED(comment_not_closed, 3, HEAD "\nuser /* = \"a\"\n\n", "nothing closes this comment");
REFUSED(comment_closed_by_its_start, 2, HEAD "/*/", "nothing closes this comment");
REFUSED(brace_not_opened, 3, HEAD "\n}\n",
	"nothing opens the section or list that this '}' closes");
REFUSED(section_not_closed, 3, HEAD "\nexport \"a\" { from = {\"b\"}\n\n",
	"nothing closes the section or list that this line opens");
REFUSED(list_not_closed, 4, HEAD "export \"a\" {\n\nfrom = {\n\n\"b\"",
	"nothing closes the section or list that this line opens");
REFUSED(empty_list, 2, HEAD "export \"a\" { from = { } }", "the list is empty");
REFUSED(three_braces, 2, HEAD "export \"a\" { from = {{\"b\"}} }", "a '{' inside two others");

FIXTURE_VARIANT_ADD(refused, nul_byte) {
	.line = 2, .reason = "the file holds a NUL", .text = HEAD "user\0= a",
	.size = sizeof(HEAD "user\0= a") - 1,
};

FIXTURE_VARIANT_ADD(refused, nul_in_string) {
	.line = 2, .reason = "a string holds a control character", .text = HEAD "user = \"a\0b\"",
	.size = sizeof(HEAD "user = \"a\0b\"") - 1,
};

/* libconfuse's own, in the line where they are, behind comments. */
REFUSED(unknown_option, 5, "# a\n/* b */ // c\n" HEAD "#d\nhots = \"a\"", "no such option 'hots'");
REFUSED(option_behind_lines_of_comment, 4, "/*\n\n*/" HEAD "hots = a", "no such option 'hots'");
REFUSED(text_behind_lines_of_comment, 4, "/*\n\n*/" HEAD "user = 'a'",
	"a string stands in double quotation marks");
REFUSED(unknown_option_of_section, 4, HEAD "export \"a\" {\n# b\nfrm = \"x\" }",
	"no such option 'frm'");
REFUSED(option_elsewhere, 2, HEAD "from = \"x\"", "no such option 'from'");
REFUSED(unknown_section, 2, HEAD "exports \"a\" { }", "no such option 'exports'");
REFUSED(other_case, 2, HEAD "User = \"a\"", "no such option 'User'");
REFUSED(no_equals, 3, HEAD "user\n\"a\"", "missing equal sign after option 'user'");
REFUSED(no_value, 3, HEAD "user =\n}", "nothing opens the section or list that this '}' closes");
REFUSED(no_value_at_the_end, 2, HEAD "user =", "premature end of file");
REFUSED(comma_for_value, 2, HEAD "user = , ", "unexpected token ','");
REFUSED(list_for_scalar, 2, HEAD "user = { \"a\" }", "unexpected token '{'");
REFUSED(no_comma, 2, HEAD "export \"a\" { from = { \"b\" \"c\" } }", "unexpected token 'c'");
REFUSED(two_commas, 2, HEAD "export \"a\" { from = { \"b\" , , \"c\" } }", "unexpected token ','");
REFUSED(no_title, 2, HEAD "export { from = \"b\" }", "missing title for section 'export'");
REFUSED(no_brace, 2, HEAD "export \"a\" from = \"b\"",
	"missing opening brace for section 'export'");
REFUSED(title_of_stream, 2, HEAD "stream \"a\" { }", "missing opening brace for section 'stream'");
REFUSED(section_in_section, 2, HEAD "export \"a\" { stream { } }", "no such option 'stream'");

/* What is there twice. */
REFUSED(host_twice, 2, HEAD "host = \"alpha\"", "host is set twice");
REFUSED(servers_twice, 3, HEAD "\nservers = {\"nats://a\", \"nats://b\"}", "servers is set twice");
REFUSED(from_twice, 3, HEAD "export \"a\" { from = {\"b\", \"c\"}\nfrom = {\"d\"} }",
	"from is set twice");
REFUSED(class_twice, 2, HEAD "remote \"a\" { to = \"all\" class = datagram class = datagram }",
	"class is set twice");
REFUSED(stream_twice, 3, HEAD "stream { }\nstream { }", "there are two stream sections");
REFUSED(stream_option_twice, 3, HEAD "stream { bytes = 1\nbytes = 2 }", "bytes is set twice");
REFUSED(export_twice, 4, HEAD "export \"a\" { from = \"b\" }\nexport \"A\" {\nfrom = \"c\" }",
	"export \"a\": another one has this name and class");
REFUSED(export_twice_by_title, 3,
	HEAD "export \"a\" { from = \"b\" }\nexport \"a\" { from = \"c\" }",
	"export \"a\": another one has this name and class");
REFUSED(remote_twice, 3,
	HEAD "remote \"a\" { to = \"all\" }\nremote \"A\" { to = {\"host b\", \"all\"} }",
	"remote \"a\": its slot \"remote/all/a\" excludes \"remote/all/a\"");
REFUSED(to_twice_in_a_list, 2, HEAD "remote \"a\" { to = {\"host b\", \"host B\"} }",
	"remote \"a\": its slot \"remote/host/b/a\" excludes \"remote/host/b/a\"");
REFUSED(remote_below, 3, HEAD "remote \"a\" { to = \"all\" }\nremote \"a/b\" { to = \"all\" }",
	"remote \"a/b\": its slot \"remote/all/a/b\" excludes \"remote/all/a\"");
REFUSED(remote_above, 3, HEAD "remote \"a/b\" { to = \"all\" }\nremote \"a\" { to = \"all\" }",
	"remote \"a\": its slot \"remote/all/a\" excludes \"remote/all/a/b\"");

/* Values. */
#define PLACE_REASON "the name must be 1 to 63 letters, digits, '-', '_' and '.'"
#define SERVER_REASON "the address of a server is a machine and a port"
#define NUMBER_REASON "the value must be a number of 1 to 2^63 - 1"
#define AGE_REASON "the age must be 1 to 9223372036 seconds"
#define NKEY_REASON "the public key of a user is 'U' and 55 characters of A-Z and 2-7"

#define BAD_HOST(title, value, reason)	\
	REFUSED(title, 2, "servers = {\"nats://a\"}\nhost = \"" value "\"",	\
		"host, \"" value "\": " reason)
#define BAD_TOP(title, option, value, reason)	\
	REFUSED(title, 3, HEAD "\n" option " = \"" value "\"", option ", \"" value "\": " reason)
#define BAD_SERVER(title, value, reason)	\
	REFUSED(title, 2, "servers = {\"nats://a\",\n\"" value "\"}",	\
		"servers, \"" value "\": " reason)
#define BAD_STREAM(title, option, value, reason)	\
	REFUSED(title, 3, HEAD "stream {\n" option " = \"" value "\" }",	\
		option ", \"" value "\": " reason)
#define BAD_EXPORT(title, option, value, reason)	\
	REFUSED(title, 3, HEAD "export \"a\" {\n" option " = \"" value "\" }",	\
		option ", \"" value "\": " reason)
#define BAD_REMOTE(title, option, value, reason)	\
	REFUSED(title, 3, HEAD "remote \"a\" {\n" option " = \"" value "\" }",	\
		option ", \"" value "\": " reason)

BAD_HOST(host_empty, "", PLACE_REASON);
BAD_HOST(host_pattern, "web-*", PLACE_REASON);
BAD_HOST(host_too_long, PLACE_63 "4", PLACE_REASON);
BAD_HOST(host_two_dots, "..", PLACE_REASON);
BAD_HOST(host_localhost, "LocalHost", "each machine is localhost to itself");
BAD_TOP(domain_space, "domain", "a b", PLACE_REASON);
BAD_TOP(domain_localhost, "domain", "localhost", "each machine is localhost to itself");
BAD_SERVER(server_no_scheme, "a:4222", "the address of a server begins with tls:// or nats://");
BAD_SERVER(server_other_scheme, "http://a",
	   "the address of a server begins with tls:// or nats://");
BAD_SERVER(server_nothing, "nats://", SERVER_REASON);
BAD_SERVER(server_no_machine, "nats://:4222", SERVER_REASON);
BAD_SERVER(server_path, "nats://a/b", SERVER_REASON);
BAD_SERVER(server_space, "nats://a b", SERVER_REASON);
BAD_SERVER(server_two, "nats://a,b", SERVER_REASON);
BAD_SERVER(server_umlaut, "nats://\xc3\xa4", SERVER_REASON);
BAD_SERVER(server_password, "nats://u:p@a",
	   "who the relay is belongs in user and password_file, not in the address");
BAD_TOP(user_empty, "user", "", "the value is empty");
BAD_TOP(server_name_empty, "server_name", "", "the value is empty");
BAD_TOP(password_file_relative, "password_file", "p", "the path must be absolute");
BAD_TOP(nkey_seed_file_relative, "nkey_seed_file", "s", "the path must be absolute");
BAD_TOP(credentials_file_home, "credentials_file", "~/c", "the path must be absolute");
BAD_TOP(ca_file_empty, "ca_file", "", "the path must be absolute");
BAD_TOP(certificate_file_relative, "certificate_file", "c", "the path must be absolute");
BAD_TOP(key_file_relative, "key_file", "k", "the path must be absolute");
BAD_TOP(directory_relative, "directory", "dev", "the path must be absolute");
BAD_TOP(state_relative, "state", ".", "the path must be absolute");
BAD_TOP(socket_relative, "socket", "status", "the path must be absolute");
BAD_TOP(socket_too_long, "socket", "/" LETTERS_50 LETTERS_50 "abcdefg",
	"the path of a socket has at most 107 bytes");
BAD_TOP(nkey_seed, "nkey", "SUABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUV", NKEY_REASON);
BAD_TOP(nkey_short, "nkey", "UABC", NKEY_REASON);
BAD_TOP(nkey_long, "nkey", NKEY "A", NKEY_REASON);
BAD_TOP(nkey_lower_case, "nkey", "UaBCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVW",
	NKEY_REASON);
BAD_STREAM(messages_zero, "messages", "0", NUMBER_REASON);
BAD_STREAM(messages_negative, "messages", "-1", NUMBER_REASON);
BAD_STREAM(messages_empty, "messages", "", NUMBER_REASON);
BAD_STREAM(messages_hexadecimal, "messages", "0x10", NUMBER_REASON);
BAD_STREAM(messages_unit, "messages", "1k", NUMBER_REASON);
BAD_STREAM(messages_fraction, "messages", "1.5", NUMBER_REASON);
BAD_STREAM(messages_too_many, "messages", "9223372036854775808", NUMBER_REASON);
BAD_STREAM(bytes_far_too_many, "bytes", "99999999999999999999999", NUMBER_REASON);
BAD_STREAM(age_zero, "age", "0", AGE_REASON);
BAD_STREAM(age_too_long, "age", "9223372037", AGE_REASON);
BAD_STREAM(replicas_none, "replicas", "0", "there can be 1 to 5 replicas");
BAD_STREAM(replicas_six, "replicas", "6", "there can be 1 to 5 replicas");
BAD_STREAM(storage_disk, "storage", "disk", "the storage is \"file\" or \"memory\"");
BAD_EXPORT(from_empty, "from", "", PLACE_REASON);
BAD_EXPORT(from_space, "from", "a b", PLACE_REASON);
BAD_EXPORT(from_too_long, "from", PLACE_63 "4", PLACE_REASON);
BAD_EXPORT(from_slash, "from", "a/*",
	   "a pattern of hosts holds no other characters than \"a-z0-9-_.*?[]!^\"");
BAD_EXPORT(from_set_not_closed, "from", "web-[0-9", "nothing closes a '['");
BAD_EXPORT(from_pattern_too_long, "from",
	   LETTERS_200 LETTERS_50 "*12345",
	   "the name is longer than 255 bytes");
BAD_EXPORT(forms_all, "forms", "all", "the forms are \"host\" and \"domain\"");
BAD_EXPORT(class_other, "class", "Stored", "the class is \"datagram\" or \"stored\"");
BAD_EXPORT(origin_number, "origin", "1", "the value must be true or false");
BAD_REMOTE(to_host_alone, "to", "beta", "the value is all, domain NAME or host NAME");
BAD_REMOTE(to_all_and_more, "to", "all x", "the value is all, domain NAME or host NAME");
BAD_REMOTE(to_empty, "to", "", "the value is all, domain NAME or host NAME");
BAD_REMOTE(to_word_alone, "to", "host", "the value is all, domain NAME or host NAME");
BAD_REMOTE(to_no_host, "to", "host ", PLACE_REASON);
BAD_REMOTE(to_host_set_not_closed, "to", "host [a", "nothing closes a '['");
BAD_REMOTE(to_domain_pattern, "to", "domain s*", "a domain has a plain name");
BAD_REMOTE(to_no_domain, "to", "domain ", "a domain has a plain name");
BAD_REMOTE(queue_bytes_zero, "queue_bytes", "0", NUMBER_REASON);
BAD_REMOTE(group_unknown, "group", "no such group", "there is no such group");
BAD_REMOTE(group_number, "group", "0", "there is no such group");

/* Sections. */
#define BAD_NAME(title, name, reason)	\
	REFUSED(title, 3, HEAD "export \"" name "\" {\nfrom = \"a\" }",	\
		"export \"" name "\": " reason)

BAD_NAME(name_empty, "", "no slot can have that name");
BAD_NAME(name_two_dots, "a/../b", "no slot can have that name");
BAD_NAME(name_no_utf8, "\xff", "no slot can have that name");
BAD_NAME(name_too_long, LETTERS_200 LETTERS_50 "123456",
	 "the name is longer than 255 bytes");
BAD_NAME(name_nine_components, "1/2/3/4/5/6/7/8/9", "the name has more than 8 components");
BAD_NAME(name_set_not_closed, "a[", "nothing closes a '['");
BAD_NAME(name_inverted_set_not_closed, "a[!]", "nothing closes a '['");
BAD_NAME(name_class_not_closed, "a[[:alpha:]", "nothing closes a '['");
BAD_NAME(name_remote, "Remote", "\"remote\" is the directory of slots on other machines");
BAD_NAME(name_below_remote, "remote/all/x",
	 "\"remote\" is the directory of slots on other machines");
REFUSED(remote_name, 2, HEAD "remote \"remote/x\" { to = \"all\" }",
	"remote \"remote/x\": \"remote\" is the directory of slots on other machines");
REFUSED(no_from, 3, HEAD "export \"a\" {\n}", "export \"a\": from is missing");
REFUSED(no_to, 3, HEAD "remote \"a\" { class = stored\n}", "remote \"a\": to is missing");
REFUSED(stored_pattern, 2, HEAD "export \"a*\" { from = \"b\" class = stored }",
	"export \"a*\": a pattern cannot be stored");
REFUSED(stored_from_pattern, 2, HEAD "export \"a\" { from = {\"b\", \"c*\"} class = stored }",
	"export \"a\": from is a pattern, \"c*\", and class is stored");
REFUSED(stored_from_domain, 2,
	HEAD "export \"a\" { from = b class = stored forms = {host, domain} }",
	"export \"a\": a stored message is never to a domain");
REFUSED(stored_to_domain, 2, HEAD "remote \"a\" { to = {\"host b\", \"domain c\"} class = stored }",
	"remote \"a\": a stored message is never to a domain");
REFUSED(stored_to_all, 2, HEAD "remote \"a\" { to = \"all\" class = stored }",
	"remote \"a\": a stored message is never to a domain");
#define LETTERS_242 LETTERS_200 "abcdefghijabcdefghijabcdefghijabcdefghijab"
REFUSED(slot_too_long, 2, HEAD "remote \"" LETTERS_242 "\" { to = \"host b\" }",
	"remote \"" LETTERS_242 "\": its slot would be \"remote/host/b/" LETTERS_242
	"\": the name is longer than 255 bytes");
#define SIX "1/2/3/4/5/6"
REFUSED(slot_of_nine, 2, HEAD "remote \"" SIX "\" { to = \"host b\" }",
	"remote \"" SIX "\": its slot would be \"remote/host/b/" SIX
	"\": the name has more than 8 components");

/* The file as a whole: the last line with more than a comment. */
REFUSED(empty, 1, "", "servers is missing");
REFUSED(only_comments, 1, "# a\n# b\n", "servers is missing");
REFUSED(no_servers, 3, "# a\n\nhost = \"b\"\n\n# c\n", "servers is missing");
REFUSED(host_is_domain, 2, HEAD "domain = \"ALPHA\"", "host and domain have one name, \"alpha\"");
REFUSED(host_is_default_domain, 1, "host = workgroup servers = {\"nats://a\"}",
	"host and domain have one name, \"workgroup\"");
REFUSED(some_tls, 2, "servers = {\"tls://a\",\n\"nats://b\"}",
	"servers: all are tls://, or none is");
REFUSED(user_alone, 2, HEAD "user = \"a\"", "user is set, and password_file is missing");
REFUSED(password_alone, 2, HEAD "password_file = \"/a\"",
	"password_file is set, and user is missing");
REFUSED(nkey_alone, 2, HEAD "nkey = \"" NKEY "\"", "nkey is set, and nkey_seed_file is missing");
REFUSED(seed_alone, 2, HEAD "nkey_seed_file = \"/a\"",
	"nkey_seed_file is set, and nkey is missing");
#define TLS "host = alpha servers = {\"tls://a\"}\n"
REFUSED(certificate_alone, 2, TLS "certificate_file = \"/a\"",
	"certificate_file is set, and key_file is missing");
REFUSED(key_alone, 2, TLS "key_file = \"/a\"", "key_file is set, and certificate_file is missing");
#define EXCLUDE "user, nkey and credentials_file exclude each other"
REFUSED(user_and_nkey, 2, HEAD "user = a password_file = \"/b\" nkey = "
	NKEY " nkey_seed_file = \"/c\"",
	EXCLUDE);
REFUSED(user_and_credentials, 2, HEAD "user = a password_file = \"/b\" credentials_file = \"/c\"",
	EXCLUDE);
REFUSED(nkey_and_credentials, 2, HEAD "nkey = "
	NKEY " nkey_seed_file = \"/c\" credentials_file = \"/c\"",
	EXCLUDE);
REFUSED(ca_without_tls, 2, HEAD "ca_file = \"/a\"", "ca_file is set, and no server is tls://");
REFUSED(certificate_without_tls, 2, HEAD "certificate_file = \"/a\" key_file = \"/b\"",
	"certificate_file is set, and no server is tls://");
REFUSED(server_name_without_tls, 2, HEAD "server_name = \"a\"",
	"server_name is set, and no server is tls://");

FIXTURE_VARIANT_ADD(refused, machine_without_a_name) {
	.line = 2, .reason = "host is missing, and this machine is \"localhost\"",
	.text = "\nservers = {\"nats://a\"}", .machine = "localhost.localdomain",
};

FIXTURE_VARIANT_ADD(refused, machine_of_no_form) {
	.line = 1, .reason = "host is missing, and this machine is \"(none)\"",
	.text = "servers = {\"nats://a\"}", .machine = "(none)",
};

/* Files that cannot be read have no line. */
TEST_F(config, no_file)
{
	char said[2048], expected[256];

	EXPECT_EQ(NULL, read_config(self->file, self->said, said));
	snprintf(expected, sizeof(expected), "%s: No such file or directory\n", self->file);
	EXPECT_STREQ(expected, said);
}

TEST_F(config, directory_for_file)
{
	char said[2048], expected[256];

	EXPECT_EQ(NULL, read_config(self->directory, self->said, said));
	snprintf(expected, sizeof(expected), "%s: Is a directory\n", self->directory);
	EXPECT_STREQ(expected, said);
}

TEST_F(config, too_large)
{
	size_t size = (1 << 20) + 1;
	char *text = malloc(size), said[2048], expected[256];

	ASSERT_NE(NULL, text);
	memset(text, '\n', size);
	memcpy(text, HEAD, strlen(HEAD));
	ASSERT_TRUE(write_file(self->file, text, size));
	EXPECT_EQ(NULL, read_config(self->file, self->said, said));
	snprintf(expected, sizeof(expected), "%s: the file is larger than a megabyte\n",
		 self->file);
	EXPECT_STREQ(expected, said);
	/* With one byte less it is not. */
	accept_sized(_metadata, self, text, size - 1);
	free(text);
}

/* A text without an end of line, of just one page, has a NUL behind it nevertheless. */
TEST_F(config, page)
{
	char text[4097];

	memset(text, ' ', 4096);
	text[4096] = '\0';
	memcpy(text, HEAD, strlen(HEAD));
	text[4095] = '#';
	accept(_metadata, self, text);
}

/* The example and the manual page, which name each option that there is. */

#define EXAMPLE TOP "/system/relay.conf"
#define PAGE TOP "/docs/man/mailslot-relay.conf.5"
#define OPTIONS TOP "/userlib/relay/config-value.c"

static char *whole_file(const char *name)
{
	FILE *file = fopen(name, "r");
	char *text = NULL;
	size_t room = 0;

	if (!file || getdelim(&text, &room, '\0', file) < 0)
		abort();
	fclose(file);
	return text;
}

static bool has_word(const char *text, const char *word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	size_t length = strlen(word);
	const char *at;

	for (at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || !strchr(letters, at[-1])) && !strchr(letters, at[length]))
			return true;
	return false;
}

/* How many options of the table in config-value.c, with what follows, does the text name? */
static unsigned int count_named(const char *text, const char *behind)
{
	char *table = whole_file(OPTIONS), *line, *rest = table, option[32], named[40];
	unsigned int count = 0;

	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "\t{ \"%31[a-z_]\", check_", option) != 1)
			continue;
		snprintf(named, sizeof(named), "%s%s", option, behind);
		if (has_word(text, named))
			count++;
		else
			printf("# nothing about \"%s\"\n", named);
	}
	free(table);
	return count;
}

TEST(page_names_each_option)
{
	char *page = whole_file(PAGE);

	EXPECT_EQ(27, count_named(page, ""));
	free(page);
}

/* Options of the example that exclude those of the other lines. */
static const char *const identities[][2] = {
	{ "user", "password_file" }, { "nkey", "nkey_seed_file" }, { "credentials_file", "-" },
};

static bool is_other(const char *line, int identity)
{
	int i;

	for (i = 0; identity >= 0 && i < 3; i++)
		if (i != identity && (!strncmp(line, identities[i][0], strlen(identities[i][0])) ||
				      !strncmp(line, identities[i][1], strlen(identities[i][1]))))
			return true;
	return false;
}

/* The example without the '#' before options, but for the other identities.  -1: for none. */
static char *uncomment(int identity)
{
	char *text = whole_file(EXAMPLE), *result = malloc(strlen(text) + 1), *to = result, *line;
	char *rest = text;

	if (!result)
		abort();
	while ((line = strsep(&rest, "\n")) && rest) {
		bool option = line[0] == '#' && strchr("\t}abcdefghijklmnopqrstuvwxyz", line[1]);

		to += sprintf(to, "%s\n", line + (option && !is_other(line + 1, identity)));
	}
	free(text);
	return result;
}

TEST(example_names_each_option)
{
	char *text = uncomment(-1), *comment;

	/* Nothing but options is left. */
	while ((comment = strchr(text, '#')))
		memset(comment, ' ', strcspn(comment, "\n"));
	EXPECT_EQ(27, count_named(text, " ="));
	free(text);
}

TEST_F(config, example)
{
	char said[2048];

	self->config = read_config(EXAMPLE, self->said, said);
	EXPECT_STREQ("", said);
	ASSERT_NE(NULL, self->config);
	EXPECT_EQ(0, self->config->export_count);
	EXPECT_EQ(0, self->config->remote_count);
}

/* With each option that it has, and one identity after the other. */
TEST_F(config, example_in_full)
{
	int i;

	for (i = 0; i < 3; i++) {
		char *text = uncomment(i);

		accept(_metadata, self, text);
		free(text);
		EXPECT_EQ(2, self->config->export_count);
		EXPECT_EQ(5, self->config->remote_count);
		EXPECT_EQ(i == 0, !!self->config->user);
		EXPECT_EQ(i == 1, !!self->config->nkey);
		EXPECT_EQ(i == 2, !!self->config->credentials_file);
	}
}

int main(int argc, char **argv)
{
	return harness_run(argc, argv);
}
