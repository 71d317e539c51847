/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the text of a configuration may look like, before libconfuse sees it.
 *
 * libconfuse accepts text that it then reads unlike what the text says: a '*' outside quotation
 * marks is dropped, what follows the "//" of a URL is a comment, a section without its closing
 * brace ends with the file, "${NAME}" is replaced from the environment, a NUL ends a string.  And
 * each comment counts for one or two lines more.  So the text is checked, and comments are blanked.
 */
#ifndef CONFIG_TEXT_H
#define CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Check the text, and put spaces in the place of comments.  Returns NULL, or what is wrong in the
 * line *line, counted from 1.  Without a fault *line is the last line with more than a comment.
 */
const char *config_text_check(char *text, size_t size, int *line);

#endif /* CONFIG_TEXT_H */
