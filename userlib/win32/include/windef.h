/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Windows' basic definitions: minwindef.h and winnt.h together, and the names of
 * the window handles that some structures mention.  Nothing of the desktop.
 */
#ifndef MAILSLOT_WIN32_WINDEF_H
#define MAILSLOT_WIN32_WINDEF_H

#include "minwindef.h"
#include "winnt.h"

DECLARE_HANDLE(HWND);

typedef struct tagPOINT {
	LONG x;
	LONG y;
} POINT, *PPOINT, *LPPOINT;

/*
 * Templates are used in C++, because the C++ library calls functions of these names in the headers
 * that a program includes afterwards.
 */
#ifndef NOMINMAX
#ifdef __cplusplus
extern "C++" {
#include <type_traits>
template<class A, class B> inline typename std::common_type<A, B>::type min(A a, B b)
{
	return a < b ? a : b;
}
template<class A, class B> inline typename std::common_type<A, B>::type max(A a, B b)
{
	return a > b ? a : b;
}
}
#else
#ifndef max
#define max(a, b)	(((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b)	(((a) < (b)) ? (a) : (b))
#endif
#endif
#endif

#endif /* MAILSLOT_WIN32_WINDEF_H */
