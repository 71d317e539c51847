/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The syntax and the meaning of single values in a configuration. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include <stdint.h>

#include "address.h"

/* May the option, which there is, have this value?  Returns NULL, or why not. */
const char *config_check(const char *option, const char *value);

/* Return a decimal number of 1 to INT64_MAX; 0 if the text is no such number. */
int64_t config_number(const char *text);
/*
 * Copy a host's name or a pattern of such names, folded.  Return NULL, or why the text is refused.
 */
const char *config_hosts(char hosts[MAILSLOT_NAME_SIZE], const char *text);
/* Parse "all", "domain NAME" or "host NAME".  Return NULL, or why the text is none of them. */
const char *config_to(const char *text, enum address_form *form, char to[MAILSLOT_NAME_SIZE]);
/*
 * Has each '[' of the pattern its ']'?  fnmatch(3) takes a '[' that nothing closes for the
 * character itself, which nobody means who writes a pattern.
 */
bool config_sets_close(const char *pattern);

#endif /* CONFIG_VALUE_H */
