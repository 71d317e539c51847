/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A slot in words and in JSON, for list and info.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <jansson.h>

#include "holders.h"
#include "slots.h"

char *describe_readers(const struct slot *slot, const struct holders *holders);
json_t *describe_slot(const struct slot *slot, const struct holders *holders);
json_t *describe_time(int64_t ns);
json_t *describe_limit(uint64_t value, uint64_t none);
void describe_print(json_t *value, size_t flags);

#endif /* DESCRIBE_H */
