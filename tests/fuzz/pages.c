// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages, and the addresses at which they are mapped: the frames of a file in memory.  One frame may
 * be mapped twice, as a ring's are.  The memory beside a mapping faults, and so does that of a
 * mapping that is gone.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#define FRAMES		8192
/* The largest ring that the parameters let anybody make, its data mapped twice, and more. */
#define AREA_PAGES	2048
#define AREA_SIZE	(AREA_PAGES * PAGE_SIZE)

struct page {
	bool taken;
};

static struct page pages[FRAMES];
static unsigned int last_frame;
static int memory = -1;
static u8 *frames;		/* all of them, in order */

static u8 *areas;
static unsigned int mapped[SHIM_AREAS];		/* pages */
static unsigned int next_area;

static void *map(void *at, size_t size, int protection, int flags, int fd, size_t offset)
{
	void *p = mmap(at, size, protection, flags, fd, offset);

	shim_check(p != MAP_FAILED);
	return p;
}

static void pages_init(void)
{
	if (memory >= 0)
		return;
	memory = memfd_create("pages", MFD_CLOEXEC);
	shim_check(memory >= 0 && !ftruncate(memory, FRAMES * PAGE_SIZE));
	frames = map(NULL, FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	areas = map(NULL, SHIM_AREAS * AREA_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Frames one behind the other, mostly, so that few mappings have them all. */
static struct page *find_page(void)
{
	unsigned int i;

	for (i = 0; i < FRAMES; i++) {
		last_frame = (last_frame + 1) % FRAMES;
		if (!pages[last_frame].taken)
			return &pages[last_frame];
	}
	return NULL;
}

struct page *alloc_page(gfp_t gfp)
{
	struct page *page;

	if (shim_alloc_fails(gfp))
		return NULL;
	pages_init();
	page = find_page();
	if (!page)
		return NULL;
	memset(frames + (page - pages) * PAGE_SIZE, gfp & __GFP_ZERO ? 0 : 0xa5, PAGE_SIZE);
	page->taken = true;
	shim.allocated++;
	return page;
}

void __free_page(struct page *page)
{
	shim_check(page->taken);
	page->taken = false;
	shim.allocated--;
}

/* How many pages of the list stand one behind the other in the file? */
static unsigned int run_of(struct page **list, unsigned int count)
{
	unsigned int i;

	for (i = 1; i < count && list[i] == list[0] + i; i++)
		;
	return i;
}

static u8 *area_find(void)
{
	unsigned int i;

	for (i = 0; i < SHIM_AREAS; i++) {
		next_area = (next_area + 1) % SHIM_AREAS;
		if (!mapped[next_area])
			return areas + next_area * AREA_SIZE;
	}
	return NULL;
}

void *vmap(struct page **list, unsigned int count, unsigned long flags, int protection)
{
	unsigned int i, run;
	u8 *area;

	shim_might_sleep("vmap");
	if (shim_alloc_fails(GFP_KERNEL))
		return NULL;
	shim_check(count < AREA_PAGES);
	area = area_find();
	if (!area)
		return NULL;
	for (i = 0; i < count; i += run) {
		run = run_of(list + i, count - i);
		map(area + i * PAGE_SIZE, run * PAGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, memory, (list[i] - pages) * PAGE_SIZE);
	}
	mapped[next_area] = count;
	return area;
}

unsigned int shim_area(const void *address)
{
	return ((const u8 *)address - areas) / AREA_SIZE;
}

void vunmap(const void *address)
{
	unsigned int area = shim_area(address);

	shim_might_sleep("vunmap");
	shim_check(area < SHIM_AREAS && mapped[area] && address == areas + area * AREA_SIZE);
	shim_unmapped(area);
	map((void *)address, mapped[area] * PAGE_SIZE, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	mapped[area] = 0;
}

int remap_vmalloc_range(struct vm_area_struct *vma, void *address, unsigned long pgoff)
{
	unsigned int area = shim_area(address);

	shim_check(area < SHIM_AREAS && address == areas + area * AREA_SIZE);
	if (pgoff > mapped[area] || vma->pages > mapped[area] - pgoff)
		return -EINVAL;
	return 0;
}

/* The same input finds the same pages. */
void shim_pages_reset(void)
{
	last_frame = 0;
	next_area = 0;
}
