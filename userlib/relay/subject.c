// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Subjects, encoded and decoded.  A decoded subject comes from another host and may hold anything.
 */
#include <stdint.h>
#include <string.h>

#include "subject.h"

static const char digits[] = "0123456789abcdef";
static const char *const classes[] = { "datagram", "stored" };
static const char *const forms[] = { "host", "domain" };

const char *subject_class(enum delivery delivery)
{
	return classes[delivery];
}

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static char *put_text(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length + 1);
	return at + length;
}

/* Write a name up to its NUL; a '/' begins the next token. */
static char *put_tokens(char *at, const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (is_plain(c)) {
			*at++ = *name;
		} else if (c == '/') {
			*at++ = '.';
		} else {
			*at++ = '=';
			*at++ = digits[c >> 4];
			*at++ = digits[c & 15];
		}
	}
	*at = '\0';
	return at;
}

void subject_token(char token[SUBJECT_TOKEN_SIZE], const char *place)
{
	put_tokens(token, place);
}

bool subject_encode(char text[SUBJECT_SIZE], const struct subject *subject)
{
	char *at = text;

	if (subject->to.form == ADDRESS_ALL)
		return false;
	at = put_text(at, "mailslot.");
	at = put_text(at, classes[subject->delivery]);
	at = put_text(at, ".");
	at = put_tokens(at, subject->sender);
	at = put_text(at, ".");
	at = put_text(at, forms[subject->to.form]);
	at = put_text(at, ".");
	at = put_tokens(at, subject->to.place);
	at = put_text(at, ".");
	put_tokens(at, subject->to.name);
	return true;
}

/* The value of a digit, or -1. */
static int digit(char c)
{
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/*
 * Read a byte of a token.  Return 0 for characters that put_tokens() does not write inside a token.
 */
static unsigned char get_byte(const char **at)
{
	const char *s = *at;
	int high, low;

	if (is_plain((unsigned char)*s)) {
		*at += 1;
		return (unsigned char)*s;
	}
	if (*s != '=')
		return 0;
	high = digit(s[1]);
	low = high < 0 ? -1 : digit(s[2]);
	if (low < 0 || is_plain((unsigned char)(high << 4 | low)) || (high << 4 | low) == '/')
		return 0;
	*at += 3;
	return (unsigned char)(high << 4 | low);
}

/* Read a token of at least one byte and the '.' or NUL behind it.  Returns its length, or 0. */
static size_t get_token(const char **at, char *out, size_t room)
{
	size_t length = 0;

	while (**at && **at != '.') {
		unsigned char c = get_byte(at);

		if (!c || length + 1 >= room)
			return 0;
		out[length++] = (char)c;
	}
	*at += **at == '.';
	out[length] = '\0';
	return length;
}

/* Return which of the two words the token is; -1 if it is neither. */
static int get_word(const char **at, const char *const words[2])
{
	char token[16];

	if (!get_token(at, token, sizeof(token)))
		return -1;
	if (!strcmp(token, words[0]))
		return 0;
	return strcmp(token, words[1]) ? -1 : 1;
}

static bool get_place(const char **at, char place[ADDRESS_PLACE_SIZE])
{
	char token[ADDRESS_PLACE_SIZE];

	return get_token(at, token, sizeof(token)) && address_place(place, token) &&
	       !strcmp(place, token);
}

/* The rest of the text is the slot's name, folded as the sender has folded it. */
static bool get_name(const char *at, char name[MAILSLOT_NAME_SIZE])
{
	char raw[MAILSLOT_NAME_SIZE];
	size_t used = 0, length;

	do {
		length = get_token(&at, raw + used, sizeof(raw) - used);
		if (!length)
			return false;
		used += length;
		raw[used++] = '/';
	} while (*at && used < sizeof(raw));
	/* The last token may have ended in a '.' with nothing behind it. */
	raw[used - 1] = '\0';
	return !*at && at[-1] != '.' && !address_name(name, raw) && !strcmp(name, raw);
}

bool subject_decode(const char *text, struct subject *subject)
{
	static const char start[] = "mailslot.";
	const char *at = text + sizeof(start) - 1;
	int class, form;

	if (strncmp(text, start, sizeof(start) - 1))
		return false;
	class = get_word(&at, classes);
	if (class < 0 || !get_place(&at, subject->sender))
		return false;
	form = get_word(&at, forms);
	if (form < 0 || !get_place(&at, subject->to.place))
		return false;
	subject->delivery = (enum delivery)class;
	subject->to.form = (enum address_form)form;
	return get_name(at, subject->to.name);
}
