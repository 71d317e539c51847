/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GUIDs: 128-bit names, their comparison and their definition.
 */
#ifndef MAILSLOT_WIN32_GUIDDEF_H
#define MAILSLOT_WIN32_GUIDDEF_H

#include "win32/std.h"

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
	uint32_t Data1;
	uint16_t Data2;
	uint16_t Data3;
	uint8_t Data4[8];
} GUID;
#endif

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID, *LPIID, CLSID, *LPCLSID, FMTID, UUID;

#ifdef __cplusplus
#define REFGUID		const GUID &
#define REFIID		const IID &
#define REFCLSID	const CLSID &
#define REFFMTID	const FMTID &
extern "C++" {
inline int IsEqualGUID(const GUID &a, const GUID &b)
{
	return !memcmp(&a, &b, sizeof(GUID));
}
inline bool operator==(const GUID &a, const GUID &b)
{
	return IsEqualGUID(a, b) != 0;
}
inline bool operator!=(const GUID &a, const GUID &b)
{
	return !IsEqualGUID(a, b);
}
}
#define MAILSLOT_WIN32_GUID	extern "C" const GUID
#else
#define REFGUID		const GUID *
#define REFIID		const IID *
#define REFCLSID	const CLSID *
#define REFFMTID	const FMTID *
#define IsEqualGUID(a, b)	(!memcmp((a), (b), sizeof(GUID)))
#define MAILSLOT_WIN32_GUID	extern const GUID
#endif

#define IsEqualIID(a, b)	IsEqualGUID(a, b)
#define IsEqualCLSID(a, b)	IsEqualGUID(a, b)

#endif /* MAILSLOT_WIN32_GUIDDEF_H */

/* Outside, as initguid.h defines INITGUID and then takes this header once more. */
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	MAILSLOT_WIN32_GUID __attribute__((weak)) name; \
	const GUID name = { l, w1, w2, { b1, b2, b3, b4, b5, b6, b7, b8 } }
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	MAILSLOT_WIN32_GUID name
#endif
