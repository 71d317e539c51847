// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Win32 names of mailslots, \\.\mailslot\[path\]name in either width, taken apart
 * and folded to one case.  No file system here: lookup.c has that.
 */
#include <fnmatch.h>
#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include <wctype.h>

#include "name.h"
#include "utf8.h"

static int32_t utf8_next(const char **at)
{
	static const int32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*at;
	int more, i;
	int32_t c;

	if (s[0] < 0x80) {
		*at += s[0] != 0;
		return s[0];
	}
	if ((s[0] & 0xe0) == 0xc0)
		more = 1;
	else if ((s[0] & 0xf0) == 0xe0)
		more = 2;
	else if ((s[0] & 0xf8) == 0xf0)
		more = 3;
	else
		return TEXT_BAD;
	c = s[0] & (0x3f >> more);
	for (i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return TEXT_BAD;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return TEXT_BAD;
	*at += more + 1;
	return c;
}

/* A pair of surrogates, as text that came from Windows may hold, is one character. */
static int32_t wide_next(const WCHAR **at)
{
	const WCHAR *s = *at;
	uint32_t c = (uint32_t)s[0];

	if (!c)
		return TEXT_END;
	if (c >= 0xd800 && c <= 0xdbff) {
		uint32_t low = (uint32_t)s[1];

		if (low < 0xdc00 || low > 0xdfff)
			return TEXT_BAD;
		*at += 2;
		return (int32_t)(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
	}
	if (c > 0x10ffff || (c >= 0xdc00 && c <= 0xdfff))
		return TEXT_BAD;
	*at += 1;
	return (int32_t)c;
}

/* The next character; TEXT_END and TEXT_BAD do not move on. */
int32_t text_next(struct text *text)
{
	if (text->utf8)
		return utf8_next(&text->utf8);
	return text->wide ? wide_next(&text->wide) : TEXT_END;
}

/* The program's own locale must not decide which slots it finds. */
static pthread_once_t fold_once = PTHREAD_ONCE_INIT;
static locale_t fold_locale;

static void fold_init(void)
{
	fold_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

/*
 * Return one representative of all cases of a character.  The conversion goes through upper case,
 * as Windows compares, so that both small sigmas become equal.  ASCII characters fold only to
 * ASCII, so that no Turkish i or Kelvin sign appears in a name that had none.
 */
int32_t name_fold(int32_t c)
{
	wint_t folded;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	pthread_once(&fold_once, fold_init);
	if (!fold_locale)
		return c;
	folded = towlower_l(towupper_l((wint_t)c, fold_locale), fold_locale);
	return folded < 0x80 ? c : (int32_t)folded;
}

static bool is_slash(int32_t c)
{
	return c == '\\' || c == '/';
}

/* C0, DEL and C1, which the kernel takes in no name. */
static bool is_control(int32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0);
}

/*
 * Read a component up to a slash or the end, folded.  Return the character that ended the
 * component, or TEXT_BAD. Characters that do not fit are dropped; *length shows that they were too
 * many.
 */
static int32_t read_component(struct text *text, char *out, size_t room, size_t *length)
{
	char bytes[4];
	int32_t c;

	*length = 0;
	while ((c = text_next(text)) > 0 && !is_slash(c)) {
		size_t n = utf8_put(bytes, (uint32_t)name_fold(c));

		if (*length + n < room)
			memcpy(out + *length, bytes, n);
		*length += n;
		if (is_control(c))
			return TEXT_BAD;
	}
	out[*length < room ? *length : 0] = '\0';
	return c;
}

/* "localhost" or this machine's name, with its domain or without. */
static bool is_own_host(const char *host)
{
	char raw[256] = "", own[256];
	struct text text = TEXT_A(raw);
	size_t length;

	if (!strcmp(host, "localhost"))
		return true;
	if (gethostname(raw, sizeof(raw) - 1))
		return false;
	if (read_component(&text, own, sizeof(own), &length) != TEXT_END || !length ||
	    length >= sizeof(own))
		return false;
	if (!strcmp(host, own))
		return true;
	own[strcspn(own, ".")] = '\0';
	return own[0] && !strcmp(host, own);
}

static enum name_place host_place(const char *host)
{
	if (!strcmp(host, ".") || !strcmp(host, "?"))
		return NAME_LOCAL;
	return is_own_host(host) ? NAME_OWN_HOST : NAME_REMOTE;
}

/* The path\name part: at least one component, repeated slashes count once. */
static DWORD parse_path(struct text *text, char name[MAILSLOT_NAME_SIZE])
{
	char component[MAILSLOT_NAME_SIZE];
	size_t used = 0, length;
	int32_t end;

	do {
		end = read_component(text, component, sizeof(component), &length);
		if (end == TEXT_BAD)
			return ERROR_INVALID_NAME;
		if (!length) {
			if (end == TEXT_END)
				return ERROR_INVALID_NAME;
			continue;
		}
		if (used + !!used + length >= MAILSLOT_NAME_SIZE)
			return ERROR_FILENAME_EXCED_RANGE;
		if (!strcmp(component, ".") || !strcmp(component, ".."))
			return ERROR_INVALID_NAME;
		if (used)
			name[used++] = '/';
		memcpy(name + used, component, length);
		used += length;
	} while (end != TEXT_END);
	name[used] = '\0';
	return ERROR_SUCCESS;
}

/**
 * name_parse() - take a Win32 name of a mailslot apart
 * @text: the name; not NULL
 * @place: set to whose slot it names; NAME_NOT_MAILSLOT comes with an error
 * @host: set to the part before \mailslot, folded, unless @place is NAME_NOT_MAILSLOT
 * @name: set to the kernel's name of it, folded
 *
 * Return: 0; 3 for an empty name, 123 for a bad one, 206 for one too long.
 */
DWORD name_parse(struct text text, enum name_place *place, char host[NAME_HOST_SIZE],
		 char name[MAILSLOT_NAME_SIZE])
{
	char device[16];
	struct text at = text;
	size_t length;
	int32_t end;

	*place = NAME_NOT_MAILSLOT;
	if (text_next(&at) == TEXT_END)
		return ERROR_PATH_NOT_FOUND;
	at = text;
	if (!is_slash(text_next(&at)) || !is_slash(text_next(&at)))
		return ERROR_INVALID_NAME;
	end = read_component(&at, host, NAME_HOST_SIZE, &length);
	if (end <= 0 || !length || length >= NAME_HOST_SIZE)
		return ERROR_INVALID_NAME;
	end = read_component(&at, device, sizeof(device), &length);
	if (end == TEXT_BAD || length >= sizeof(device) || strcmp(device, "mailslot"))
		return ERROR_INVALID_NAME;
	*place = host_place(host);
	return end == TEXT_END ? ERROR_INVALID_NAME : parse_path(&at, name);
}

/* Is the node's name the folded component of @length bytes, in some case? */
bool name_matches(const char *node, const char *folded, size_t length)
{
	struct text text = TEXT_A(node);
	size_t used = 0;
	char bytes[4];
	int32_t c;

	while ((c = text_next(&text)) > 0) {
		size_t n = utf8_put(bytes, (uint32_t)name_fold(c));

		if (n > length - used || memcmp(folded + used, bytes, n))
			return false;
		used += n;
	}
	return c == TEXT_END && used == length;
}

/* Is the folded name what the folded pattern, one of fnmatch(3), means? */
bool name_fits(const char *pattern, const char *name)
{
	locale_t own = (locale_t)0;
	bool fits;

	pthread_once(&fold_once, fold_init);
	if (fold_locale)
		own = uselocale(fold_locale);
	fits = !fnmatch(pattern, name, 0);
	if (own)
		uselocale(own);
	return fits;
}
