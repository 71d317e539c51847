// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Complaints on standard error, and the end of the program.  Any text of a complaint may
 * come from elsewhere, so that the complaint is escaped as a whole.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "escape.h"

/* "mailslot", or "mailslot SUBCOMMAND" once that is known. */
const char *complain_command = "mailslot";

/* Called before a complaint is printed, to make it seen; may be NULL. */
void (*complain_prepare)(void);

static void complain_list(const char *format, va_list list)
{
	char *text;

	if (vasprintf(&text, format, list) < 0)
		return;
	if (complain_prepare)
		complain_prepare();
	/* Text that was printed before comes before, when both go to the same place. */
	fflush(stdout);
	fprintf(stderr, "%s: ", complain_command);
	escape_print(stderr, text, strlen(text));
	fputc('\n', stderr);
	free(text);
}

void complain(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain_list(format, list);
	va_end(list);
}

void fail(enum exit_code code, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain_list(format, list);
	va_end(list);
	exit(code);
}

void usage(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	complain_list(format, list);
	va_end(list);
	fprintf(stderr, "Try '%s --help'.\n", complain_command);
	exit(EXIT_USAGE);
}

/* A full disk or a closed pipe must not look like success. */
void stdout_flush(void)
{
	if (fflush(stdout) || ferror(stdout))
		fail(EXIT_FAILED, "standard output: %s", strerror(errno));
}
