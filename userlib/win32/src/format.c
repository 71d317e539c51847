// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * printf formats as Windows reads them, put into the C library's language, which
 * then does the formatting.
 */
#include "internal.h"

struct out {
	char *text;
	size_t length;
	size_t size;
	bool failed;
};

static void put(struct out *o, const char *s, size_t n)
{
	if (o->failed)
		return;
	if (o->length + n + 1 > o->size) {
		size_t size = 2 * (o->length + n) + 32;
		char *text = realloc(o->text, size);

		if (!text) {
			o->failed = true;
			return;
		}
		o->text = text;
		o->size = size;
	}
	memcpy(o->text + o->length, s, n);
	o->length += n;
	o->text[o->length] = '\0';
}

static void put_string(struct out *o, const char *s)
{
	put(o, s, strlen(s));
}

/* The text between the precision and the letter of a conversion. */
enum size {
	LENGTH_NONE, LENGTH_HH, LENGTH_H, LENGTH_L, LENGTH_64, LENGTH_32, LENGTH_PTR, LENGTH_Z,
	LENGTH_T, LENGTH_LD, LENGTH_W,
};

static const struct {
	const char *text;
	enum size size;
} sizes[] = {
	{ "I64", LENGTH_64 }, { "I32", LENGTH_32 }, { "I", LENGTH_PTR }, { "hh", LENGTH_HH },
	{ "h", LENGTH_H },    { "ll", LENGTH_64 },  { "l", LENGTH_L },	 { "j", LENGTH_64 },
	{ "z", LENGTH_Z },    { "t", LENGTH_T },    { "L", LENGTH_LD },	 { "w", LENGTH_W },
};

static enum size take_size(const char **p)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = strlen(sizes[i].text);

		if (!strncmp(*p, sizes[i].text, n)) {
			*p += n;
			return sizes[i].size;
		}
	}
	return LENGTH_NONE;
}

/* Windows' long has 32 bits, as LONG and DWORD have here. */
static const char *integer_size(enum size size)
{
	switch (size) {
	case LENGTH_HH:
		return "hh";
	case LENGTH_H:
		return "h";
	case LENGTH_64:
		return "ll";
	case LENGTH_PTR:
	case LENGTH_Z:
		return "z";
	case LENGTH_T:
		return "t";
	default:
		return "";
	}
}

static bool wide_argument(char letter, enum size size, bool wide)
{
	if (size == LENGTH_H)
		return false;
	if (size == LENGTH_L || size == LENGTH_W)
		return true;
	return wide == (letter == 's' || letter == 'c');
}

static void put_conversion(struct out *o, const char *spec, size_t length, enum size size,
			   char letter, bool wide, bool *text)
{
	char lower;

	switch (letter) {
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		put(o, spec, length);
		put_string(o, integer_size(size));
		put(o, &letter, 1);
		break;
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		put(o, spec, length);
		if (size == LENGTH_LD)
			put(o, "L", 1);
		put(o, &letter, 1);
		break;
	case 's':
	case 'S':
	case 'c':
	case 'C':
		lower = (letter == 'S' || letter == 's') ? 's' : 'c';
		put(o, spec, length);
		if (wide_argument(letter, size, wide))
			put(o, "l", 1);
		if (wide_argument(letter, size, wide) != wide)
			*text = true;
		put(o, &lower, 1);
		break;
	case 'p':
		/* all its digits, in capitals, without 0x */
		put(o, spec, length);
		put_string(o, sizeof(void *) == 8 ? ".16llX" : ".8X");
		break;
	case '%':
		put_string(o, "%%");
		break;
	default:
		/* this is not a conversion: the letter stands for itself */
		if (letter)
			put(o, &letter, 1);
	}
}

char *format_translate(const char *format, bool wide, bool *text)
{
	struct out o = { 0 };
	const char *p = format;

	*text = false;
	put(&o, "", 0);
	while (*p) {
		const char *start = p;
		size_t length;
		enum size size;

		p += strcspn(p, "%");
		put(&o, start, (size_t)(p - start));
		if (!*p)
			break;
		start = p++;
		p += strspn(p, "-+ #0");
		p += strspn(p, "*0123456789");
		if (*p == '.')
			p += 1 + strspn(p + 1, "*0123456789");
		length = (size_t)(p - start);
		size = take_size(&p);
		put_conversion(&o, start, length, size, *p, wide, text);
		if (*p)
			p++;
	}
	if (o.failed) {
		free(o.text);
		errno = ENOMEM;
		return NULL;
	}
	return o.text;
}

char *format_narrow(const char *format, va_list arguments, int *length)
{
	struct utf8_locale locale;
	char *buffer = NULL;
	char *native;
	bool text;

	*length = -1;
	native = format_translate(format, false, &text);
	if (!native)
		return NULL;
	if (text)
		utf8_locale_enter(&locale);
	*length = vasprintf(&buffer, native, arguments);
	if (text)
		utf8_locale_leave(&locale);
	free(native);
	return *length < 0 ? NULL : buffer;
}

wchar_t *format_wide(const wchar_t *format, va_list arguments, int *length)
{
	struct utf8_locale locale;
	wchar_t *buffer = NULL, *wide_native = NULL;
	char *narrow, *native = NULL;
	FILE *memory = NULL;
	size_t size = 0;
	bool text;

	*length = -1;
	narrow = utf8_dup(format);
	if (narrow)
		native = format_translate(narrow, true, &text);
	if (native)
		wide_native = wide_dup(native);
	free(narrow);
	free(native);
	if (wide_native)
		memory = open_wmemstream(&buffer, &size);
	if (memory) {
		utf8_locale_enter(&locale);
		*length = vfwprintf(memory, wide_native, arguments);
		utf8_locale_leave(&locale);
		if (fclose(memory))
			*length = -1;
	}
	free(wide_native);
	if (*length < 0) {
		free(buffer);
		return NULL;
	}
	return buffer;
}
