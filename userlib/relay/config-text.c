// SPDX-License-Identifier: LGPL-2.1-or-later
/* The text of a configuration, byte by byte.  The options are checked elsewhere. */
#include <string.h>

#include "config-text.h"

/* A list in a section: no configuration opens more braces at a time. */
#define DEPTH 2

enum token {
	TOKEN_NONE,
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_EQUALS,
	TOKEN_LIST,	/* a '{' behind an '=' */
	TOKEN_OTHER,
};

struct scan {
	char *at, *end;
	int line;
	int token_line;		/* of the last token */
	enum token last;
	unsigned int depth;
	int opened[DEPTH];	/* lines of the braces that are open */
};

static bool starts(const struct scan *scan, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(scan->end - scan->at) >= length && !memcmp(scan->at, text, length);
}

static void blank_line_comment(struct scan *scan)
{
	while (scan->at < scan->end && *scan->at != '\n')
		*scan->at++ = ' ';
}

static const char *blank_block_comment(struct scan *scan)
{
	int begun = scan->line;

	*scan->at++ = ' ';
	*scan->at++ = ' ';
	for (; scan->at < scan->end && !starts(scan, "*/"); scan->at++) {
		if (*scan->at == '\n')
			scan->line++;
		else
			*scan->at = ' ';
	}
	if (scan->at == scan->end) {
		scan->line = begun;
		return "nothing closes this comment";
	}
	*scan->at++ = ' ';
	*scan->at++ = ' ';
	return NULL;
}

/* Skip one character of a string, or an escape.  The closing '"' is the caller's. */
static const char *skip_character(struct scan *scan)
{
	unsigned char c = (unsigned char)*scan->at;

	if (c == '\n')
		return "the line ends inside a string";
	if (c < ' ' || c == 0x7f)
		return "a string holds a control character";
	if (starts(scan, "${"))
		return "a string holds \"${\", which would name a variable of the environment";
	if (c == '\\') {
		if (!starts(scan, "\\\"") && !starts(scan, "\\\\"))
			return "a '\\' in a string stands before '\"' or another '\\' only";
		scan->at++;
	}
	scan->at++;
	return NULL;
}

static const char *skip_string(struct scan *scan)
{
	const char *fault = NULL;

	scan->at++;
	while (!fault && scan->at < scan->end && *scan->at != '"')
		fault = skip_character(scan);
	if (fault)
		return fault;
	if (scan->at == scan->end)
		return "the file ends inside a string";
	scan->at++;
	scan->last = TOKEN_STRING;
	return NULL;
}

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static const char *open_brace(struct scan *scan)
{
	if (scan->depth == DEPTH)
		return "a '{' inside two others";
	scan->opened[scan->depth++] = scan->line;
	scan->last = scan->last == TOKEN_EQUALS ? TOKEN_LIST : TOKEN_OTHER;
	scan->at++;
	return NULL;
}

static const char *close_brace(struct scan *scan)
{
	if (!scan->depth)
		return "nothing opens the section or list that this '}' closes";
	if (scan->last == TOKEN_LIST)
		return "the list is empty";
	scan->depth--;
	scan->last = TOKEN_OTHER;
	scan->at++;
	return NULL;
}

static const char *skip_equals(struct scan *scan)
{
	if (scan->last != TOKEN_WORD)
		return "the name of an option, without quotation marks, must stand before '='";
	scan->last = TOKEN_EQUALS;
	scan->at++;
	return NULL;
}

static const char *skip_token(struct scan *scan)
{
	scan->token_line = scan->line;
	switch (*scan->at) {
	case '"':
		return skip_string(scan);
	case '{':
		return open_brace(scan);
	case '}':
		return close_brace(scan);
	case '=':
		return skip_equals(scan);
	case ',':
		scan->last = TOKEN_OTHER;
		scan->at++;
		return NULL;
	case '\0':
		return "the file holds a NUL";
	case '\'':
		return "a string stands in double quotation marks";
	}
	if (!in_word(*scan->at))
		return "a character that may stand in a string or comment only";
	while (scan->at < scan->end && in_word(*scan->at))
		scan->at++;
	scan->last = TOKEN_WORD;
	return NULL;
}

static const char *step(struct scan *scan)
{
	if (starts(scan, "\r\n"))
		*scan->at = ' ';
	if (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n') {
		scan->line += *scan->at++ == '\n';
		return NULL;
	}
	if (*scan->at == '#' || starts(scan, "//")) {
		blank_line_comment(scan);
		return NULL;
	}
	return starts(scan, "/*") ? blank_block_comment(scan) : skip_token(scan);
}

const char *config_text_check(char *text, size_t size, int *line)
{
	struct scan scan = { .at = text, .end = text + size, .line = 1, .token_line = 1 };
	const char *fault = NULL;

	while (!fault && scan.at < scan.end)
		fault = step(&scan);
	*line = fault ? scan.line : scan.token_line;
	if (fault || !scan.depth)
		return fault;
	*line = scan.opened[scan.depth - 1];
	return "nothing closes the section or list that this line opens";
}
