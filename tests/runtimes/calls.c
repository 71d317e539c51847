// SPDX-License-Identifier: GPL-2.0-only
/*
 * C's ways to write the file TEXT into SLOT, for `run.py`: calls CALL.  Standard error
 * is the slot already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[1 << 21];

int main(int argc, char **argv)
{
	const char *call = argc == 2 ? argv[1] : "";
	FILE *in = fopen(getenv("TEXT"), "r"), *out;
	size_t length;

	if (!in)
		return 1;
	length = fread(text, 1, sizeof(text) - 1, in);
	if (!strncmp(call, "stderr", 6)) {
		if (!strcmp(call, "stderr fprintf"))
			return fprintf(stderr, "%s", text) < 0;
		/* What every program does with a message of several parts. */
		return fputs("program: ", stderr) < 0 || fputs(text, stderr) < 0;
	}
	out = fopen(getenv("SLOT"), !strcmp(call, "append") ? "a" : "w");
	if (!out || fwrite(text, 1, length, out) != length || fflush(out))
		return 1;
	if (!strcmp(call, "sync") && fsync(fileno(out)))
		return 1;
	return fclose(out) != 0;
}
