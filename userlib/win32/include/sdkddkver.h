/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Visual Studio's projects include this to say which Windows they are for.  Here
 * it only names the versions; nothing depends on them.
 */
#ifndef MAILSLOT_WIN32_SDKDDKVER_H
#define MAILSLOT_WIN32_SDKDDKVER_H

#define _WIN32_WINNT_WINXP	0x0501
#define _WIN32_WINNT_VISTA	0x0600
#define _WIN32_WINNT_WIN7	0x0601
#define _WIN32_WINNT_WIN8	0x0602
#define _WIN32_WINNT_WIN10	0x0a00

#endif /* MAILSLOT_WIN32_SDKDDKVER_H */
