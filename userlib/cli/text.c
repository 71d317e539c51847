// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Text in new memory, which the caller frees.
 */
#include <stdarg.h>
#include <string.h>

#include "cli.h"
#include "escape.h"
#include "text.h"

char *text_of(const char *format, ...)
{
	va_list list;
	char *text;

	va_start(list, format);
	if (vasprintf(&text, format, list) < 0)
		text = NULL;
	va_end(list);
	return text ?: strcpy(must_allocate(NULL, 1), "");
}

/* The bytes escaped. */
char *text_escaped(const char *bytes, size_t length)
{
	char *text = must_allocate(NULL, escape_size(length));

	escape_store(text, bytes, length);
	return text;
}
