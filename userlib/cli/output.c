// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Printing messages.  What comes from a slot was written by anybody, so text is escaped on
 * the way to a terminal, and what cannot be is refused there.
 */
#include <arpa/inet.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "escape.h"
#include "output.h"

static const char *const formats[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_RAW] = "raw",
	[FORMAT_LENGTH] = "length",
	[FORMAT_JSON] = "json",
	[FORMAT_HEX] = "hex",
};

enum format output_format(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(name, formats[i]))
			return (enum format)i;
	usage("'%s' is not a format: text, raw, length, json or hex", name);
}

/* Check that the options go together, and that they fit the place where the output goes. */
void output_check(struct output *output)
{
	bool binary = output->format == FORMAT_RAW || output->format == FORMAT_LENGTH;
	bool terminal = isatty(STDOUT_FILENO);

	if (binary && output->sender)
		usage("format %s has no place for the sender; json has", formats[output->format]);
	if (output->escape && output->format != FORMAT_TEXT)
		usage("--escape is for format text");
	if (binary && terminal)
		usage("format %s does not go to a terminal", formats[output->format]);
	output->escape |= terminal;
}

static const char *user_name(uint32_t uid)
{
	static char name[64];
	static uint32_t last = (uint32_t)-1;
	struct passwd *user;

	if (uid == last)
		return name;
	user = getpwuid(uid);
	if (user)
		snprintf(name, sizeof(name), "%s", user->pw_name);
	else
		snprintf(name, sizeof(name), "%u", uid);
	last = uid;
	return name;
}

/* 17 2026-11-22T10:31:07.250000+0100 4711 alice: */
static void print_sender(const struct mailslot_recv_msg *message)
{
	time_t seconds = (time_t)(message->time_ns / (int64_t)NS_PER_S);
	long rest = (long)(message->time_ns % (int64_t)NS_PER_S);
	char date[32], zone[16];
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(date, sizeof(date), "%FT%T", &tm) ||
	    !strftime(zone, sizeof(zone), "%z", &tm)) {
		date[0] = '\0';
		zone[0] = '\0';
	}
	printf("%llu %s.%06ld%s %u %s: ", (unsigned long long)message->sequence, date, rest / 1000,
	       zone, message->pid, user_name(message->uid));
}

static void print_text(const struct output *output, const char *bytes, size_t length)
{
	/* A line end at the end belongs to echo(1), not to the message's text. */
	bool ended = length && bytes[length - 1] == '\n';

	if (output->escape) {
		escape_print(stdout, bytes, length - ended);
		putchar('\n');
		return;
	}
	fwrite(bytes, 1, length, stdout);
	if (!ended)
		putchar('\n');
}

static char *hex(const char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	char *text = must_allocate(NULL, 2 * length + 1);

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[(unsigned char)bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	text[2 * length] = '\0';
	return text;
}

static void print_hex(const char *bytes, size_t length)
{
	char *text = hex(bytes, length);

	puts(text);
	free(text);
}

static void print_json(const struct mailslot_recv_msg *message, const char *bytes)
{
	json_t *object = json_object(), *text;

	json_object_set_new(object, "sequence", json_integer((json_int_t)message->sequence));
	json_object_set_new(object, "time_ns", json_integer(message->time_ns));
	json_object_set_new(object, "pid", json_integer(message->pid));
	json_object_set_new(object, "uid", json_integer(message->uid));
	json_object_set_new(object, "gid", json_integer(message->gid));
	json_object_set_new(object, "length", json_integer(message->length));
	/* NULL for what is not UTF-8. */
	text = json_stringn(bytes, message->length);
	if (text) {
		json_object_set_new(object, "text", text);
	} else {
		char *digits = hex(bytes, message->length);

		json_object_set_new(object, "hex", json_string(digits));
		free(digits);
	}
	if (json_dumpf(object, stdout, JSON_ENSURE_ASCII | JSON_COMPACT) && !ferror(stdout))
		fail(EXIT_FAILED, "no memory");
	putchar('\n');
	json_decref(object);
}

/* Errors of standard output are left to the caller that flushes it. */
void output_message(const struct output *output, const struct mailslot_recv_msg *message)
{
	const char *bytes = (const char *)(uintptr_t)message->buffer;
	uint32_t length = htonl(message->length);

	if (output->sender && output->format != FORMAT_JSON)
		print_sender(message);
	switch (output->format) {
	case FORMAT_TEXT:
		print_text(output, bytes, message->length);
		break;
	case FORMAT_LENGTH:
		fwrite(&length, 1, sizeof(length), stdout);
		__attribute__((fallthrough));
	case FORMAT_RAW:
		fwrite(bytes, 1, message->length, stdout);
		break;
	case FORMAT_JSON:
		print_json(message, bytes);
		break;
	case FORMAT_HEX:
		print_hex(bytes, message->length);
		break;
	}
}
