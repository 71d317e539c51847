// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The line that the relay writes before a message from another machine: "HOST UID
 * SECONDS.NANOSECONDS" and '\n'.  The line is taken only as the relay writes it: each field once,
 * one space between two, nine digits of nanoseconds.
 */
#include <string.h>

#include "lib.h"

#define NS_PER_S	1000000000ULL

/* What is left of the line. */
struct line {
	const char *at;
	const char *end;
};

static bool skip(struct line *line, char c)
{
	if (line->at == line->end || *line->at != c)
		return false;
	line->at++;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_host(struct line *line, char host[MAILSLOT_HOST_SIZE])
{
	size_t length = 0;

	while (line->at + length < line->end && strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.",
						       line->at[length] ?: ' '))
		length++;
	if (!length || length >= MAILSLOT_HOST_SIZE)
		return false;
	memcpy(host, line->at, length);
	host[length] = '\0';
	line->at += length;
	return true;
}

/* A number without a sign and without zeros before it. */
static bool read_number(struct line *line, uint64_t most, uint64_t *number)
{
	const char *first = line->at;

	*number = 0;
	while (line->at < line->end && is_digit(*line->at)) {
		unsigned int digit = (unsigned int)(*line->at - '0');

		if (*number > (most - digit) / 10)
			return false;
		*number = *number * 10 + digit;
		line->at++;
	}
	return line->at > first && (*first != '0' || line->at == first + 1);
}

static bool read_nanoseconds(struct line *line, uint64_t *ns)
{
	*ns = 0;
	for (int i = 0; i < 9; i++) {
		if (line->at == line->end || !is_digit(*line->at))
			return false;
		*ns = *ns * 10 + (uint64_t)(*line->at++ - '0');
	}
	return true;
}

/* A clock may stand before 1970, which a minus says of the whole time. */
static bool read_time(struct line *line, int64_t *time_ns)
{
	bool negative = skip(line, '-');
	uint64_t seconds, ns;

	/* The times at both ends, of 2^63 ns, are 9223372036 seconds and some. */
	if (!read_number(line, INT64_MAX / NS_PER_S, &seconds) || !skip(line, '.') ||
	    !read_nanoseconds(line, &ns))
		return false;
	ns += seconds * NS_PER_S;
	if (ns > (uint64_t)INT64_MAX + negative || (negative && !ns))
		return false;
	*time_ns = negative ? -1 - (int64_t)(ns - 1) : (int64_t)ns;
	return true;
}

LIB_EXPORT BOOL mailslot_parse_origin(const void *message, DWORD size,
				      struct mailslot_origin *origin, LPDWORD offset)
{
	struct line line = { .at = message, .end = (const char *)message + size };
	struct mailslot_origin found = { 0 };
	uint64_t uid;

	if (!message || !origin || !offset)
		return lib_fail(ERROR_INVALID_PARAMETER);
	if (!read_host(&line, found.host) || !skip(&line, ' ') ||
	    !read_number(&line, UINT32_MAX, &uid) || !skip(&line, ' ') ||
	    !read_time(&line, &found.time_ns) || !skip(&line, '\n'))
		return lib_fail(ERROR_INVALID_DATA);
	found.uid = (uint32_t)uid;
	*origin = found;
	*offset = (DWORD)(line.at - (const char *)message);
	return TRUE;
}
