// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the library's conversions of names, which take what any program hands them: mailslot
 * names and event names of either width, and the line of an origin.  Both widths must agree, what
 * is made must be what the kernel and the file system take, and folding must be done with after
 * once.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "event-name.h"
#include "lookup.h"
#include "name.h"

int mailslot_name_check(const char *name, size_t size);

static void fail(const char *what)
{
	fprintf(stderr, "FAILED: %s\n", what);
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		fail("there is no C.UTF-8 locale");
	return 0;
}

/* The library lets pass what the kernel refuses in one case: C1 control characters. */
static bool has_c1(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)name[0] == 0xc2 && (unsigned char)name[1] < 0xa0)
			return true;
	return false;
}

struct parsed {
	DWORD error;
	enum name_place place;
	char host[NAME_HOST_SIZE];
	char name[MAILSLOT_NAME_SIZE];
};

static void parse(struct text text, struct parsed *parsed)
{
	memset(parsed, 0, sizeof(*parsed));
	parsed->error = name_parse(text, &parsed->place, parsed->host, parsed->name);
	if (parsed->error)
		memset(parsed->name, 0, sizeof(parsed->name));
	if (parsed->place == NAME_NOT_MAILSLOT)
		memset(parsed->host, 0, sizeof(parsed->host));
}

/* A host that the library tells is folded, without a slash, and leads to the same place. */
static void check_host(const struct parsed *parsed)
{
	char again[NAME_HOST_SIZE + MAILSLOT_NAME_SIZE + 16];
	struct parsed twice;

	if (!parsed->host[0] || strpbrk(parsed->host, "/\\"))
		fail("the host is empty, or has a slash");
	if (!name_matches(parsed->host, parsed->host, strlen(parsed->host)))
		fail("the host is not folded");
	snprintf(again, sizeof(again), "//%s/mailslot/%s", parsed->host, parsed->name);
	parse(TEXT_A(again), &twice);
	if (twice.error || twice.place != parsed->place || strcmp(twice.host, parsed->host) ||
	    strcmp(twice.name, parsed->name))
		fail("a folded host folds to another");
}

static void check_parsed(const struct parsed *parsed)
{
	char again[MAILSLOT_NAME_SIZE + 16], path[LOOKUP_PATH_SIZE];
	struct parsed twice;
	const char *component = parsed->name;

	if (parsed->error)
		return;
	check_host(parsed);
	if (mailslot_name_check(parsed->name, sizeof(parsed->name)) && !has_c1(parsed->name))
		fail("the kernel refuses a name that the library made");
	lookup_path(parsed->name, path);
	if (strcmp(path + sizeof(MAILSLOT_DIR), parsed->name))
		fail("a path does not end in its name");
	snprintf(again, sizeof(again), "\\\\.\\mailslot\\%s", parsed->name);
	parse(TEXT_A(again), &twice);
	if (twice.error || strcmp(twice.name, parsed->name))
		fail("a folded name folds to another");
	while (*component) {
		size_t length = strcspn(component, "/");
		char node[MAILSLOT_NAME_SIZE];

		memcpy(node, component, length);
		node[length] = '\0';
		if (!name_matches(node, component, length))
			fail("a component does not match itself");
		component += length + !!component[length];
	}
}

static void check_event(const char *file, DWORD error)
{
	if (!error && (strlen(file) > NAME_MAX || strpbrk(file, "/.")))
		fail("an event's name is no file name");
}

static void either_width(const char *utf8, const WCHAR *wide)
{
	char file[EVENT_NAME_SIZE], other[EVENT_NAME_SIZE];
	struct parsed a, w;
	DWORD error;

	parse(TEXT_A(utf8), &a);
	parse(TEXT_W(wide), &w);
	if (memcmp(&a, &w, sizeof(a)))
		fail("the widths do not agree on a mailslot's name");
	error = event_name_encode(TEXT_A(utf8), file);
	if (error != event_name_encode(TEXT_W(wide), other) || (!error && strcmp(file, other)))
		fail("the widths do not agree on an event's name");
}

/* A line that is taken for an origin is the one that the relay would write of it. */
static void check_origin(const uint8_t *data, size_t size)
{
	struct mailslot_origin origin;
	uint8_t *message = malloc(size ? size : 1);
	DWORD offset = (DWORD)-1;
	char line[128];
	uint64_t ns;

	/* The sanitizer sees a look beyond the message. */
	memcpy(message, data, size);
	if (mailslot_parse_origin(message, (DWORD)size, &origin, &offset)) {
		ns = origin.time_ns < 0 ? -(uint64_t)origin.time_ns : (uint64_t)origin.time_ns;
		snprintf(line, sizeof(line), "%s %u %s%llu.%09llu\n", origin.host, origin.uid,
			 origin.time_ns < 0 ? "-" : "", (unsigned long long)(ns / 1000000000),
			 (unsigned long long)(ns % 1000000000));
		if (offset > size || strlen(line) != offset || memcmp(line, message, offset))
			fail("the origin is not what the line says");
	} else if (offset != (DWORD)-1) {
		fail("there is an offset without an origin");
	}
	free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *utf8 = malloc(size + 1), file[EVENT_NAME_SIZE];
	WCHAR *wide = calloc(size + 1, sizeof(WCHAR));
	struct parsed parsed;
	struct text text;
	size_t units, i;

	check_origin(data, size);
	memcpy(utf8, data, size);
	utf8[size] = '\0';
	utf8 = realloc(utf8, strlen(utf8) + 1);
	parse(TEXT_A(utf8), &parsed);
	check_parsed(&parsed);
	check_event(file, event_name_encode(TEXT_A(utf8), file));

	units = mbstowcs(NULL, utf8, 0);
	if (units != (size_t)-1) {
		WCHAR *same = malloc((units + 1) * sizeof(*same));

		mbstowcs((wchar_t *)same, utf8, units + 1);
		either_width(utf8, same);
		free(same);
	}

	/* Any code units at all, cut to what a caller's array has. */
	for (i = 0; i + 1 < size; i += 2)
		wide[i / 2] = (WCHAR)(data[i] << 8 | data[i + 1]);
	if (size > 5 && data[0] & 1)
		wide[1] = (WCHAR)((uint32_t)data[2] << 24 | data[3] << 16 | data[4]);
	wide = realloc(wide, (wcslen((wchar_t *)wide) + 1) * sizeof(*wide));
	parse(TEXT_W(wide), &parsed);
	check_parsed(&parsed);
	check_event(file, event_name_encode(TEXT_W(wide), file));

	text = TEXT_W(wide);
	while (text_next(&text) > 0)
		;
	free(utf8);
	free(wide);
	return 0;
}
