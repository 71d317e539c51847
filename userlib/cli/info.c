// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot info`: all there is to know of one slot.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "describe.h"
#include "escape.h"
#include "name.h"
#include "slots.h"
#include "state.h"

static const char help[] =
	"usage: mailslot info [-j] NAME\n"
	"\n"
	"Shows what a slot is and holds. Times and the read timeout are shown to those\n"
	"who may open its node, the rest to everybody.\n"
	"\n"
	"  -j, --json  one object; times in nanoseconds since 1970\n"
	"  -h, --help  this\n"
	"\n"
	"Exit status: 0; 3 no such slot; 4 no permission, in an instance; 5 the module is\n"
	"not loaded; 7 something that is no slot has its place.\n";

/* Either right to the node will do. */
static bool ask(const char *name, struct mailslot_info *info)
{
	static const int modes[] = { O_RDONLY, O_WRONLY };
	bool foreign;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		fd = client_try(name, modes[i] | O_NONBLOCK, info, &foreign);
		if (fd >= 0) {
			close(fd);
			return true;
		}
		if (foreign)
			exit(EXIT_TAKEN);
		if (errno != EACCES && errno != EPERM)
			break;
	}
	return false;
}

/*
 * An instance tells the limits of a slot only to a user who may read the slot's directory or open
 * its node.
 */
static void know_limits(struct slot *slot, const struct mailslot_info *info)
{
	if (slot->queue_bytes)
		return;
	if (!info)
		fail(EXIT_DENIED, "no permission to open slot %s, nor to list its directory",
		     slot->name);
	slot->queue_bytes = info->queue_bytes;
	slot->max_message_size = info->max_message_size;
}

static const char *time_text(int64_t ns)
{
	static char text[64];
	time_t seconds = (time_t)(ns / (int64_t)NS_PER_S);
	long rest = (long)(ns % (int64_t)NS_PER_S);
	char date[32], zone[16];
	struct tm tm;

	if (rest < 0) {
		rest += (long)NS_PER_S;
		seconds--;
	}
	if (!localtime_r(&seconds, &tm) || !strftime(date, sizeof(date), "%F %T", &tm) ||
	    !strftime(zone, sizeof(zone), "%z", &tm))
		return "?";
	snprintf(text, sizeof(text), "%s.%06ld %s", date, rest / 1000, zone);
	return text;
}

static void line(const char *key, const char *value)
{
	printf("%-18s ", key);
	escape_print(stdout, value, strlen(value));
	putchar('\n');
}

static void line_number(const char *key, uint64_t value)
{
	printf("%-18s %llu\n", key, (unsigned long long)value);
}

static void print_node(const struct slot *slot)
{
	char text[64], *state = state_of_node(slot);

	snprintf(text, sizeof(text), "%u:%u", slot->major, slot->minor);
	line("device", text);
	if (state) {
		line("node", state);
		free(state);
		return;
	}
	line("owner", slot_owner(slot));
	line_number("group", slot->st.st_gid);
	snprintf(text, sizeof(text), "%04o", slot->st.st_mode & 07777);
	line("mode", text);
}

static void print_limits(const struct slot *slot, const struct mailslot_info *info)
{
	if (slot->max_message_size && slot->max_message_size != UINT32_MAX)
		line_number("max message size", slot->max_message_size);
	else
		line("max message size", "no limit but the queue's");
	line_number("queue bytes", slot->queue_bytes);
	if (!info)
		return;
	line("a message is", info->flags & MAILSLOT_INFO_WHOLE ?
	     "what a client writes until it closes" : "one write");
	if (info->flags & MAILSLOT_INFO_RING)
		line("its messages", "in a ring, which its reader maps");
	if (info->read_timeout_ns == MAILSLOT_WAIT_FOREVER_NS)
		line("read timeout", "none: reads wait for ever");
	else
		printf("%-18s %.9g s\n", "read timeout",
		       (double)info->read_timeout_ns / (double)NS_PER_S);
}

static void print_counts(const struct slot *slot, const struct mailslot_info *info)
{
	if (!slot->counted) {
		line("messages", "? (told to who may open the node)");
		return;
	}
	line_number("messages", slot->messages);
	line_number("bytes", slot->bytes);
	line("oldest", age_text(slot_age(slot)));
	if (info && info->next_message_size != MAILSLOT_NO_NEXT_MESSAGE)
		line_number("next message size", info->next_message_size);
	line_number("clients", slot->clients);
	line_number("messages written", slot->messages_written);
	line_number("messages read", slot->messages_read);
	line_number("bytes written", slot->bytes_written);
	line_number("bytes read", slot->bytes_read);
}

static void print_times(const struct mailslot_info *info)
{
	line("created", time_text(info->creation_time_ns));
	line("last read", info->messages_read ? time_text(info->last_read_time_ns) : "never");
	line("last write", info->messages_written ? time_text(info->last_write_time_ns) : "never");
}

static void print_text(const struct slot *slot, const struct holders *holders,
		       const struct mailslot_info *info)
{
	char *readers = describe_readers(slot, holders);

	line("name", slot->name);
	print_node(slot);
	print_limits(slot, info);
	print_counts(slot, info);
	if (info)
		print_times(info);
	line("readers", readers);
	free(readers);
}

static void print_json(const struct slot *slot, const struct holders *holders,
		       const struct mailslot_info *info)
{
	json_t *object = describe_slot(slot, holders);

	if (info) {
		json_object_set_new(object, "next_message_size",
				    describe_limit(info->next_message_size,
						   MAILSLOT_NO_NEXT_MESSAGE));
		json_object_set_new(object, "read_timeout_ns",
				    describe_limit(info->read_timeout_ns,
						   MAILSLOT_WAIT_FOREVER_NS));
		json_object_set_new(object, "whole",
				    json_boolean(info->flags & MAILSLOT_INFO_WHOLE));
		json_object_set_new(object, "ring",
				    json_boolean(info->flags & MAILSLOT_INFO_RING));
		json_object_set_new(object, "creation_time_ns",
				    json_integer(info->creation_time_ns));
		json_object_set_new(object, "last_read_time_ns",
				    json_integer(info->last_read_time_ns));
		json_object_set_new(object, "last_write_time_ns",
				    json_integer(info->last_write_time_ns));
	}
	describe_print(object, JSON_INDENT(2));
}

int command_info(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' }, OPTION_HELP, OPTIONS_END
	};
	struct mailslot_info answer, *info = NULL;
	struct holders holders;
	enum exit_code code;
	struct slot slot;
	bool json = false;
	const char *name;
	char *text;
	int c;

	while ((c = option_next(argc, argv, ":jh", options, help)) != -1)
		json = c == 'j';
	if (optind == argc)
		usage("which slot?");
	if (optind + 1 < argc)
		usage("'%s' is too much", argv[optind + 1]);
	name = name_argument(argv[optind]);
	/* Read the slot before its node is opened: the command itself is not to be counted. */
	if (!slot_read(name, &slot)) {
		code = state_of_name(name, &text);
		fail(code == EXIT_OK ? EXIT_NO_SLOT : code, "%s", text ?: "the slot has just come");
	}
	if (slot.node == NODE_OURS && ask(name, &answer))
		info = &answer;
	know_limits(&slot, info);
	holders_scan(&holders);
	if (json)
		print_json(&slot, &holders, info);
	else
		print_text(&slot, &holders, info);
	holders_free(&holders);
	return EXIT_OK;
}
