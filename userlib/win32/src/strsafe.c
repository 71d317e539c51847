// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * StringCch* and StringCb*.  The functions are those of strsafe-form.h, made once
 * for narrow characters and once for wide ones.
 */
#include "internal.h"
#include <win32/stdio.h>
#include <strsafe.h>

#define char_t		char
#define FORM(name)	name ## A
#define LENGTH		strnlen
#define COPY		memcpy
#define FORMAT		format_narrow
#define GETC()		getchar()
#define END_OF_FILE	EOF
#define GETC_T		int
#include "strsafe-form.h"

#define char_t		wchar_t
#define FORM(name)	name ## W
#define LENGTH		wcsnlen
#define COPY		wmemcpy
#define FORMAT		format_wide
#define GETC()		utf8_getc(stdin)
#define END_OF_FILE	WEOF
#define GETC_T		wint_t
#include "strsafe-form.h"
