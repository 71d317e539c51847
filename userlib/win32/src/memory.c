// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Heaps, and the Global and Local families on the process's heap.  Memory is
 * malloc's; a header in front of each block knows its size and its heap, so that
 * HeapSize is exact and HeapDestroy frees what is left.  All blocks stand in a table by
 * their addresses: a pointer that is not there is nobody's, and is never looked into.
 */
#include "internal.h"
#include <pthread.h>

struct heap;

/**
 * struct block - what is in front of a block's memory
 * @heap: whose it is
 * @size: what was asked for
 * @next: the next one in the heap
 * @prev: the one before
 * @next_here: the next one in the same place of the table
 */
struct block {
	struct heap *heap;
	size_t size;
	struct block *next;
	struct block *prev;
	struct block *next_here;
} __attribute__((aligned(16)));

struct heap {
	struct block blocks;	/* head of the list of blocks: under lock */
};

/*
 * Zeroes behind each block, as the granularity of Windows' heaps has them behind those
 * that are zeroed: programs print a buffer up to the first.
 */
#define ZEROES	8

static struct heap process_heap = {
	.blocks = { .next = &process_heap.blocks, .prev = &process_heap.blocks },
};

/* All lists of blocks, and this table. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct block *first_places[256];
static struct block **places = first_places;
static size_t place_count = ARRAYSIZE(first_places);
static size_t block_count;

static struct block *block_of(const void *memory)
{
	return (struct block *)((uintptr_t)memory - sizeof(struct block));
}

static struct block **place_of(const struct block *b)
{
	uintptr_t hash = (uintptr_t)b / sizeof(void *) / 2 * 0x9e3779b97f4a7c15u >> 20;

	return &places[hash % place_count];
}

/* The table stays as it is if there is no memory, and only gets slower. */
static void grow(void)
{
	size_t old_count = place_count;
	struct block **old = places, **larger, *b, *next;

	larger = calloc(4 * old_count, sizeof(struct block *));
	if (!larger)
		return;
	places = larger;
	place_count = 4 * old_count;
	for (size_t i = 0; i < old_count; i++) {
		for (b = old[i]; b; b = next) {
			next = b->next_here;
			b->next_here = *place_of(b);
			*place_of(b) = b;
		}
	}
	if (old != first_places)
		free(old);
}

static void link_block(struct heap *heap, struct block *b)
{
	pthread_mutex_lock(&lock);
	if (block_count++ > 2 * place_count)
		grow();
	b->heap = heap;
	b->next = heap->blocks.next;
	b->prev = &heap->blocks;
	b->next->prev = b;
	heap->blocks.next = b;
	b->next_here = *place_of(b);
	*place_of(b) = b;
	pthread_mutex_unlock(&lock);
}

/*
 * The caller holds the lock.  Return where the table has the block of @memory, or the end of its
 * place.
 */
static struct block **find(const void *memory)
{
	struct block **p = place_of(block_of(memory));

	while (*p && *p != block_of(memory))
		p = &(*p)->next_here;
	return p;
}

/* Take a block out.  Return NULL if the memory is no block, or a block of another heap. */
static struct block *unlink_block(struct heap *heap, const void *memory)
{
	struct block **p, *b;

	pthread_mutex_lock(&lock);
	p = find(memory);
	b = *p;
	if (b && b->heap != heap)
		b = NULL;
	if (b) {
		*p = b->next_here;
		b->next->prev = b->prev;
		b->prev->next = b->next;
		block_count--;
	}
	pthread_mutex_unlock(&lock);
	return b;
}

/* Get the size of a block.  Return false if the block does not belong to this heap. */
static bool size_of(const struct heap *heap, const void *memory, size_t *size)
{
	struct block *b;
	bool found;

	pthread_mutex_lock(&lock);
	b = *find(memory);
	found = b && b->heap == heap;
	if (found)
		*size = b->size;
	pthread_mutex_unlock(&lock);
	return found;
}

static bool too_large(size_t size)
{
	return size > SIZE_MAX - sizeof(struct block) - ZEROES;
}

static void set_size(struct block *b, size_t size)
{
	b->size = size;
	memset((char *)(b + 1) + size, 0, ZEROES);
}

static void *allocate(struct heap *heap, size_t size, bool zero)
{
	struct block *b;

	if (too_large(size))
		return NULL;
	b = zero ? calloc(1, sizeof(*b) + size + ZEROES) : malloc(sizeof(*b) + size + ZEROES);
	if (!b)
		return NULL;
	set_size(b, size);
	link_block(heap, b);
	return b + 1;
}

static bool release(struct heap *heap, void *memory)
{
	struct block *b = unlink_block(heap, memory);

	if (!b)
		return false;
	free(b);
	return true;
}

/* On failure return NULL and set @error; the old block stays as it was. */
static void *reallocate(struct heap *heap, void *memory, size_t size, bool zero, DWORD *error)
{
	struct block *b, *moved;
	size_t old;

	*error = ERROR_NOT_ENOUGH_MEMORY;
	if (too_large(size))
		return NULL;
	b = unlink_block(heap, memory);
	if (!b) {
		*error = ERROR_INVALID_HANDLE;
		return NULL;
	}
	old = b->size;
	moved = realloc(b, sizeof(*b) + size + ZEROES);
	if (!moved) {
		link_block(heap, b);
		return NULL;
	}
	if (zero && size > old)
		memset((char *)(moved + 1) + old, 0, size - old);
	set_size(moved, size);
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
		release(heap, heap->blocks.next + 1);
	free(heap);
	return TRUE;
}

/* Heap functions that fail set no last error, as on Windows. */
LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T size)
{
	return heap ? allocate(heap, size, flags & HEAP_ZERO_MEMORY) : NULL;
}

LPVOID WINAPI HeapReAlloc(HANDLE heap, DWORD flags, LPVOID memory, SIZE_T size)
{
	size_t old;
	DWORD error;

	if (!heap || !memory)
		return NULL;
	if ((flags & HEAP_REALLOC_IN_PLACE_ONLY) && (!size_of(heap, memory, &old) || size > old))
		return NULL;
	return reallocate(heap, memory, size, flags & HEAP_ZERO_MEMORY, &error);
}

BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory)
{
	(void)flags;
	if (!heap)
		return fail(ERROR_INVALID_HANDLE);
	return !memory || release(heap, memory) ? TRUE : fail(ERROR_INVALID_PARAMETER);
}

SIZE_T WINAPI HeapSize(HANDLE heap, DWORD flags, LPCVOID memory)
{
	size_t size;

	(void)flags;
	return heap && memory && size_of(heap, memory, &size) ? size : (SIZE_T)-1;
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
	DWORD error = ERROR_INVALID_HANDLE;
	void *moved = NULL;

	if (flags & GMEM_MODIFY && memory)
		return memory;
	if (memory)
		moved = reallocate(&process_heap, memory, size, flags & GMEM_ZEROINIT, &error);
	if (!moved)
		SetLastError(error);
	return moved;
}

/* The handle again: it could not be freed. */
HGLOBAL WINAPI GlobalFree(HGLOBAL memory)
{
	if (!memory || release(&process_heap, memory))
		return NULL;
	SetLastError(ERROR_INVALID_HANDLE);
	return memory;
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
	size_t size;

	if (memory && size_of(&process_heap, memory, &size))
		return size;
	SetLastError(ERROR_INVALID_HANDLE);
	return 0;
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
