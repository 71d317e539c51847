/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Security descriptors from text.  What of them a slot can follow is in docs/porting.rst.
 */
#ifndef MAILSLOT_WIN32_SDDL_H
#define MAILSLOT_WIN32_SDDL_H

#include "windef.h"

#define SDDL_REVISION_1	1
#define SDDL_REVISION	SDDL_REVISION_1

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API BOOL WINAPI
ConvertStringSecurityDescriptorToSecurityDescriptorA(LPCSTR text, DWORD revision,
						     PSECURITY_DESCRIPTOR *descriptor,
						     PULONG size);
MAILSLOT_WIN32_API BOOL WINAPI
ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR text, DWORD revision,
						     PSECURITY_DESCRIPTOR *descriptor,
						     PULONG size);

MAILSLOT_WIN32_END

#define ConvertStringSecurityDescriptorToSecurityDescriptor \
	MAILSLOT_WIN32_AW(ConvertStringSecurityDescriptorToSecurityDescriptor)

#endif /* MAILSLOT_WIN32_SDDL_H */
