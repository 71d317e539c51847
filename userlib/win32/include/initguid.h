/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This header makes DEFINE_GUID define GUIDs; before, it only declares them. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
