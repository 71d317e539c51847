/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes of unknown origin as text that does nothing to a terminal.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdio.h>

void escape_print(FILE *to, const char *bytes, size_t length);
size_t escape_size(size_t length);
void escape_store(char *text, const char *bytes, size_t length);
int escape_width(const char *text);
int escape_fit(const char *text, int columns);

#endif /* ESCAPE_H */
