/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects of extensions, for ReadFile and its kin.
 */
#ifndef EXTENSION_H
#define EXTENSION_H

#include "object.h"

/* All with lib_lock held. */
bool extension_is_file(const struct object *object);
DWORD extension_read(struct object *object, void *buffer, DWORD size, DWORD *done);
DWORD extension_write(struct object *object, const void *buffer, DWORD size, DWORD *done);

#endif /* EXTENSION_H */
