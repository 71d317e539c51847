// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Heaps, and the Global and Local families on the process's heap.  Memory is
 * malloc's; a header in front of each block knows its size and its heap, so that
 * HeapSize is exact and HeapDestroy frees what is left.
 */
#include "internal.h"
#include <pthread.h>

struct heap;

struct block {
	struct heap *heap;
	size_t size;
	struct block *next;
	struct block *prev;
} __attribute__((aligned(16)));

struct heap {
	pthread_mutex_t lock;
	struct block blocks;	/* head of the list of blocks: under lock */
};

static struct heap process_heap = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.blocks = { .next = &process_heap.blocks, .prev = &process_heap.blocks },
};

static void link_block(struct heap *heap, struct block *b)
{
	pthread_mutex_lock(&heap->lock);
	b->heap = heap;
	b->next = heap->blocks.next;
	b->prev = &heap->blocks;
	b->next->prev = b;
	heap->blocks.next = b;
	pthread_mutex_unlock(&heap->lock);
}

static void unlink_block(struct block *b)
{
	pthread_mutex_lock(&b->heap->lock);
	b->next->prev = b->prev;
	b->prev->next = b->next;
	pthread_mutex_unlock(&b->heap->lock);
}

static struct block *block_of(const void *memory)
{
	return (struct block *)((uintptr_t)memory - sizeof(struct block));
}

static void *allocate(struct heap *heap, size_t size, bool zero)
{
	struct block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = zero ? calloc(1, sizeof(*b) + size) : malloc(sizeof(*b) + size);
	if (!b)
		return NULL;
	b->size = size;
	link_block(heap, b);
	return b + 1;
}

static void release(void *memory)
{
	struct block *b = block_of(memory);

	unlink_block(b);
	free(b);
}

static void *reallocate(void *memory, size_t size, bool zero)
{
	struct block *b = block_of(memory), *moved;
	struct heap *heap = b->heap;
	size_t old = b->size;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	unlink_block(b);
	moved = realloc(b, sizeof(*b) + size);
	if (!moved) {
		link_block(heap, b);
		return NULL;
	}
	if (zero && size > old)
		memset((char *)(moved + 1) + old, 0, size - old);
	moved->size = size;
	link_block(heap, moved);
	return moved + 1;
}

HANDLE WINAPI GetProcessHeap(void)
{
	return &process_heap;
}

/* The sizes are advice: a heap here grows as memory allows. */
HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
	struct heap *heap = malloc(sizeof(*heap));

	(void)options;
	(void)initial;
	(void)maximum;
	if (!heap) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_init(&heap->lock, NULL);
	heap->blocks.next = &heap->blocks;
	heap->blocks.prev = &heap->blocks;
	return heap;
}

BOOL WINAPI HeapDestroy(HANDLE handle)
{
	struct heap *heap = handle;

	if (!heap || heap == &process_heap)
		return fail(ERROR_INVALID_HANDLE);
	while (heap->blocks.next != &heap->blocks)
		release(heap->blocks.next + 1);
	pthread_mutex_destroy(&heap->lock);
	free(heap);
	return TRUE;
}

/* As on Windows, a heap function that fails sets no last error. */
LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T size)
{
	return heap ? allocate(heap, size, flags & HEAP_ZERO_MEMORY) : NULL;
}

LPVOID WINAPI HeapReAlloc(HANDLE heap, DWORD flags, LPVOID memory, SIZE_T size)
{
	if (!heap || !memory)
		return NULL;
	if ((flags & HEAP_REALLOC_IN_PLACE_ONLY) && size > block_of(memory)->size)
		return NULL;
	return reallocate(memory, size, flags & HEAP_ZERO_MEMORY);
}

BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory)
{
	(void)flags;
	if (!heap)
		return fail(ERROR_INVALID_HANDLE);
	if (memory)
		release(memory);
	return TRUE;
}

SIZE_T WINAPI HeapSize(HANDLE heap, DWORD flags, LPCVOID memory)
{
	(void)flags;
	return heap && memory ? block_of(memory)->size : (SIZE_T)-1;
}

/*
 * Nothing moves here, so a movable block is its own address, locked or not, and
 * GlobalAlloc and LocalAlloc are the same.
 */
HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T size)
{
	void *memory = allocate(&process_heap, size, flags & GMEM_ZEROINIT);

	if (!memory)
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
	return memory;
}

HGLOBAL WINAPI GlobalReAlloc(HGLOBAL memory, SIZE_T size, UINT flags)
{
	void *moved;

	if (!memory) {
		SetLastError(ERROR_INVALID_HANDLE);
		return NULL;
	}
	if (flags & GMEM_MODIFY)
		return memory;
	moved = reallocate(memory, size, flags & GMEM_ZEROINIT);
	if (!moved)
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
	return moved;
}

HGLOBAL WINAPI GlobalFree(HGLOBAL memory)
{
	if (memory)
		release(memory);
	return NULL;
}

LPVOID WINAPI GlobalLock(HGLOBAL memory)
{
	return memory;
}

/* The lock count of a block that cannot move is always 0: TRUE, as for fixed ones. */
BOOL WINAPI GlobalUnlock(HGLOBAL memory)
{
	return memory ? TRUE : fail(ERROR_INVALID_HANDLE);
}

HGLOBAL WINAPI GlobalHandle(LPCVOID memory)
{
	return (HGLOBAL)(uintptr_t)memory;
}

SIZE_T WINAPI GlobalSize(HGLOBAL memory)
{
	if (!memory) {
		SetLastError(ERROR_INVALID_HANDLE);
		return 0;
	}
	return block_of(memory)->size;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size)
{
	return GlobalAlloc(flags, size);
}

HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T size, UINT flags)
{
	return GlobalReAlloc(memory, size, flags);
}

HLOCAL WINAPI LocalFree(HLOCAL memory)
{
	return GlobalFree(memory);
}

LPVOID WINAPI LocalLock(HLOCAL memory)
{
	return memory;
}

BOOL WINAPI LocalUnlock(HLOCAL memory)
{
	return GlobalUnlock(memory);
}

HLOCAL WINAPI LocalHandle(LPCVOID memory)
{
	return GlobalHandle(memory);
}

SIZE_T WINAPI LocalSize(HLOCAL memory)
{
	return GlobalSize(memory);
}
