// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * _splitpath and _makepath in both kinds of characters.
 */
#include "internal.h"
#include <win32/crt.h>

#define PARTS		NAME(parts)

#define CHAR_T		char
#define TEXT_T(c)	c
#define NAME(name)	_##name
#define LENGTH		strlen
#define COPY		memcpy
#include "paths-form.h"
#undef CHAR_T
#undef TEXT_T
#undef NAME
#undef LENGTH
#undef COPY

#define CHAR_T		wchar_t
#define TEXT_T(c)	L##c
#define NAME(name)	_w##name
#define LENGTH		wcslen
#define COPY		wmemcpy
#include "paths-form.h"
