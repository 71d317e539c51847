// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Options by getopt_long(), and the numbers in them.  Its own messages are not used: they
 * would print what the user gave as it is.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The next option's letter, or -1.  Shows the help and leaves, if that is asked for. */
int option_next(int argc, char **argv, const char *letters, const struct option *options,
		const char *help)
{
	int c;

	opterr = 0;
	c = getopt_long(argc, argv, letters, options, NULL);
	switch (c) {
	case 'h':
		fputs(help, stdout);
		stdout_flush();
		exit(EXIT_OK);
	case ':':
		usage("option '%s' wants a value", argv[optind - 1]);
	case '?':
		if (!optopt)
			usage("no option '%s'", argv[optind - 1]);
		if (!strncmp(argv[optind - 1], "--", 2) && strchr(argv[optind - 1], '='))
			usage("option '%s' takes no value", argv[optind - 1]);
		usage("no option '-%c'", optopt);
	default:
		return c;
	}
}

static uint64_t whole(const char *text, char **end)
{
	if (!isdigit((unsigned char)*text))
		usage("'%s' is not a number", text);
	errno = 0;
	return strtoull(text, end, 10);
}

uint64_t option_count(const char *text)
{
	char *end;
	uint64_t value = whole(text, &end);

	if (errno || *end)
		usage("'%s' is not a number", text);
	return value;
}

/* Bytes, or K, M, G of 1024. */
uint64_t option_size(const char *text, uint64_t most)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	uint64_t value = whole(text, &end);
	unsigned int shift = 0;

	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		end++;
	}
	if (*end)
		usage("'%s' is not a size: bytes, or with K, M or G", text);
	if (errno || value > most >> shift)
		usage("'%s' is more than the %llu bytes that there can be", text,
		      (unsigned long long)most);
	return value << shift;
}

/* Nanoseconds of "2", "0.25" or "forever"; rounded up, so that a wait is never early. */
uint64_t option_seconds(const char *text)
{
	uint64_t seconds, ns = 0, more = 0, unit = NS_PER_S;
	char *end;

	if (!strcmp(text, "forever"))
		return MAILSLOT_WAIT_FOREVER_NS;
	seconds = *text == '.' ? errno = 0, end = (char *)text, 0 : whole(text, &end);
	if (*end == '.') {
		bool some = end != text;

		for (end++; isdigit((unsigned char)*end); end++) {
			some = true;
			unit /= 10;
			ns += unit * (uint64_t)(*end - '0');
			if (!unit && *end != '0')
				more = 1;
		}
		if (!some)
			usage("'%s' is not a number of seconds", text);
	}
	if (errno || *end)
		usage("'%s' is not a number of seconds", text);
	if (seconds >= MAILSLOT_WAIT_FOREVER_NS / NS_PER_S)
		usage("'%s' seconds are too many: say 'forever'", text);
	return seconds * NS_PER_S + ns + more;
}

uint32_t option_mode(const char *text)
{
	char *end;
	unsigned long mode;

	errno = 0;
	mode = strtoul(text, &end, 8);
	if (!isdigit((unsigned char)*text) || errno || *end || mode > 0777)
		usage("'%s' is not a mode: 0 to 777, octal", text);
	return (uint32_t)mode;
}
