/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The types of Windows' sockets and their last error, for programs that only name
 * them.  Sockets themselves are not here: the C library has its own.
 */
#ifndef MAILSLOT_WIN32_WINSOCK2_H
#define MAILSLOT_WIN32_WINSOCK2_H

#include "windef.h"

typedef UINT_PTR SOCKET;

#define INVALID_SOCKET		((SOCKET)~(SOCKET)0)
#define SOCKET_ERROR		(-1)
#define WSADESCRIPTION_LEN	256
#define WSASYS_STATUS_LEN	128

typedef struct WSAData {
	WORD wVersion;
	WORD wHighVersion;
	unsigned short iMaxSockets;
	unsigned short iMaxUdpDg;
	char *lpVendorInfo;
	char szDescription[WSADESCRIPTION_LEN + 1];
	char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

typedef struct _WSABUF {
	ULONG len;
	CHAR *buf;
} WSABUF, *LPWSABUF;

typedef OVERLAPPED WSAOVERLAPPED, *LPWSAOVERLAPPED;
typedef HANDLE WSAEVENT, *LPWSAEVENT;

MAILSLOT_WIN32_BEGIN

/* The last error of the thread, as GetLastError and SetLastError have it. */
MAILSLOT_WIN32_API int WINAPI WSAGetLastError(void);
MAILSLOT_WIN32_API void WINAPI WSASetLastError(int error);

MAILSLOT_WIN32_END

#endif /* MAILSLOT_WIN32_WINSOCK2_H */
