// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lines for the log.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"

static bool levels;

void log_begin(void)
{
	levels = getenv("JOURNAL_STREAM");
}

void log_line(const char *level, const char *format, ...)
{
	char line[1024];
	va_list list;
	int length;

	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	/* Write each line in one call, because several threads write. */
	length = dprintf(STDERR_FILENO, "%s%s%s\n", levels ? level : "",
			 levels ? "" : "mailslot-relay: ", line);
	(void)length;
}
