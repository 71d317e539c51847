// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names of events, semaphores and mutexes, and the file names that stand for these names.  named.c
 * has the contents of the files.
 */
#include <stdio.h>
#include <string.h>

#include "event-name.h"
#include "utf8.h"

/*
 * The file name of an object: Local\ or Global\ before it is dropped, as there is one name
 * space here; what a file name cannot hold is written %XX.  Other backslashes are 3, as on
 * Windows, names too long 206.
 */
DWORD event_name_encode(struct text text, char file[EVENT_NAME_SIZE])
{
	static const char *const spaces[] = { "Local", "Global" };
	bool in_space = false;
	size_t used = 0, n;
	char bytes[13];
	int32_t c;

	while ((c = text_next(&text)) > 0) {
		if (c == '\\') {
			file[used] = '\0';
			if (in_space || (strcmp(file, spaces[0]) && strcmp(file, spaces[1])))
				return ERROR_PATH_NOT_FOUND;
			in_space = true;
			used = 0;
			continue;
		}
		if (c == '/' || c == '%' || c == '.' || c < ' ' || c == 0x7f)
			n = (size_t)snprintf(bytes, sizeof(bytes), "%%%02X", (unsigned int)c);
		else
			n = utf8_put(bytes, (uint32_t)c);
		if (used + n >= EVENT_NAME_SIZE)
			return ERROR_FILENAME_EXCED_RANGE;
		memcpy(file + used, bytes, n);
		used += n;
	}
	file[used] = '\0';
	return c == TEXT_END ? ERROR_SUCCESS : ERROR_INVALID_NAME;
}
