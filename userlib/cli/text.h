/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text in new memory.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_escaped(const char *bytes, size_t length);

#endif /* TEXT_H */
