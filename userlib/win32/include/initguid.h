/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From here on DEFINE_GUID defines GUIDs, and does not only declare them.
 */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
