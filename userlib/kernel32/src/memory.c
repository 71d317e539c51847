// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The heaps, the Global and the Local family.
 */
#include <string.h>

#include "kernel32.h"

FORWARD(end_memory, GlobalAlloc, WIN32, (UINT flags, SIZE_T size), (flags, size))
FORWARD(end_memory, GlobalReAlloc, WIN32, (HGLOBAL memory, SIZE_T size, UINT flags),
	(memory, size, flags))
FORWARD(end_freed, GlobalFree, WIN32, (HGLOBAL memory), (memory))
FORWARD(end_memory, GlobalLock, WIN32, (HGLOBAL memory), (memory))
FORWARD(end_bool, GlobalUnlock, WIN32, (HGLOBAL memory), (memory))
FORWARD(end_size, GlobalSize, WIN32, (HGLOBAL memory), (memory))
FORWARD(end_memory, LocalAlloc, WIN32, (UINT flags, SIZE_T size), (flags, size))
FORWARD(end_memory, LocalReAlloc, WIN32, (HLOCAL memory, SIZE_T size, UINT flags),
	(memory, size, flags))
FORWARD(end_freed, LocalFree, WIN32, (HLOCAL memory), (memory))
FORWARD(end_memory, LocalLock, WIN32, (HLOCAL memory), (memory))
FORWARD(end_bool, LocalUnlock, WIN32, (HLOCAL memory), (memory))
FORWARD(end_size, LocalSize, WIN32, (HLOCAL memory), (memory))

FORWARD(end_memory, GetProcessHeap, WIN32, (void), ())
FORWARD(end_memory, HeapCreate, WIN32, (DWORD options, SIZE_T initial, SIZE_T maximum),
	(options, initial, maximum))
FORWARD(end_bool, HeapDestroy, WIN32, (HANDLE heap), (heap))
FORWARD(end_memory, HeapAlloc, WIN32, (HANDLE heap, DWORD flags, SIZE_T size),
	(heap, flags, size))
FORWARD(end_memory, HeapReAlloc, WIN32, (HANDLE heap, DWORD flags, LPVOID memory, SIZE_T size),
	(heap, flags, memory, size))
FORWARD(end_bool, HeapFree, WIN32, (HANDLE heap, DWORD flags, LPVOID memory),
	(heap, flags, memory))
FORWARD(end_size, HeapSize, WIN32, (HANDLE heap, DWORD flags, LPCVOID memory),
	(heap, flags, memory))

/* Windows exports these two beside the macros of its headers. */
EXPORTS(void, RtlMoveMemory, (void *to, const void *from, SIZE_T size))
{
	memmove(to, from, size);
}

EXPORTS(void, RtlZeroMemory, (void *memory, SIZE_T size))
{
	memset(memory, 0, size);
}
