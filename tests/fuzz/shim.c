// SPDX-License-Identifier: GPL-2.0-only
/* The kernel as far as kmod/ needs it in a process: see shim.h.  Who calls is not here. */
#include <stdarg.h>
#include <stdio.h>

#include "fuzz.h"
#include "name-table.h"
#include "node.h"
#include "slot.h"
#include "slot-table.h"
#include "turn.h"
#include "user.h"

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define check_initialised(p, n)	__msan_check_mem_is_initialized(p, n)
#endif
#endif
#ifndef check_initialised
#define check_initialised(p, n)	((void)(p), (void)(n))
#endif

struct shim shim;
struct user_namespace init_user_ns;
struct task_struct *shim_current = &shim.tasks[0];

void shim_fail(const char *what)
{
	fprintf(stderr, "FAILED: %s\n", what);
	abort();
}

/* Memory. */
bool shim_alloc_fails(gfp_t gfp)
{
	if (!(gfp & GFP_ATOMIC))
		shim_might_sleep("an allocation");
	if (gfp & __GFP_NOFAIL)
		return false;
	return shim.fail_alloc && !--shim.fail_alloc;
}

void *shim_alloc(size_t size, gfp_t gfp)
{
	void *p;

	if (shim_alloc_fails(gfp))
		return NULL;
	p = malloc(size);
	if (gfp & __GFP_ZERO)
		memset(p, 0, size);
	shim.allocated++;
	return p;
}

void shim_free(const void *p)
{
	shim.allocated -= !!p;
	free((void *)p);
}

unsigned long __get_free_page(gfp_t gfp)
{
	void *p = NULL;

	if (shim_alloc_fails(gfp) || posix_memalign(&p, PAGE_SIZE, PAGE_SIZE))
		return 0;
	shim.allocated++;
	return (unsigned long)p;
}

void free_page(unsigned long page)
{
	shim_check(page % PAGE_SIZE == 0);
	shim_free((void *)page);
}

char *kstrdup(const char *s, gfp_t gfp)
{
	size_t size = strlen(s) + 1;
	char *copy = shim_alloc(size, gfp);

	return copy ? memcpy(copy, s, size) : NULL;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, int flags,
				     void *ctor)
{
	struct kmem_cache *cache = shim_alloc(sizeof(*cache), __GFP_NOFAIL);

	cache->size = size;
	return cache;
}

/* Locks: spinning for ever is what a second taking would be. */
void shim_might_sleep(const char *where)
{
	if (shim.spinlocks || shim.faults_off || shim.rcu)
		shim_fail(where);
}

void cond_resched(void)
{
	shim_might_sleep("cond_resched");
	if (!shim.resched)
		return;
	shim.rescheduled++;
	shim_sleep();
	shim.rescheduled--;
}

void spin_lock_init(spinlock_t *lock)
{
	lock->held = false;
}

void spin_lock(spinlock_t *lock)
{
	shim_check(!lock->held);
	lock->held = true;
	shim.spinlocks++;
}

void spin_unlock(spinlock_t *lock)
{
	shim_check(lock->held);
	lock->held = false;
	shim.spinlocks--;
}

bool spin_trylock(spinlock_t *lock)
{
	if (lock->held)
		return false;
	spin_lock(lock);
	return true;
}

void rcu_read_lock(void)
{
	shim.rcu++;
}

void rcu_read_unlock(void)
{
	shim_check(shim.rcu > 0);
	shim.rcu--;
}

static struct rcu_head *rcu_waiting;

void call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *head))
{
	head->function = function;
	shim_check(function || head->object);
	head->next = rcu_waiting;
	rcu_waiting = head;
}

void shim_grace_period(void)
{
	shim_might_sleep("a grace period");
	while (rcu_waiting) {
		struct rcu_head *head = rcu_waiting;

		rcu_waiting = head->next;
		if (head->function)
			head->function(head);
		else
			shim_free(head->object);
	}
}

void rcu_barrier(void)
{
	shim_grace_period();
}

/* Work items. */
struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int most)
{
	return shim_alloc(1, GFP_KERNEL | __GFP_NOFAIL);
}

void destroy_workqueue(struct workqueue_struct *queue)
{
	shim_work();
	shim_free(queue);
}

bool schedule_work(struct work_struct *work)
{
	if (work->pending)
		return false;
	work->pending = true;
	work->next = NULL;
	if (shim.work)
		shim.last_work->next = work;
	else
		shim.work = work;
	shim.last_work = work;
	return true;
}

void shim_work(void)
{
	struct task_struct *task = current;

	shim_might_sleep("work");
	/* A worker that runs already finds what has come meanwhile. */
	if (shim.working)
		return;
	shim.working++;
	shim_current = &shim.worker;
	while (shim.work) {
		struct work_struct *work = shim.work;

		shim.work = work->next;
		work->pending = false;
		work->function(work);
		shim_check(!shim.spinlocks && !shim.rcu);
	}
	shim_current = task;
	shim.working--;
}

void flush_work(struct work_struct *work)
{
	shim_work();
	shim_check(!work->pending);
}

/* Others may come first, or be waiting already. */
void wait_for_completion(struct completion *completion)
{
	shim_might_sleep("wait_for_completion");
	shim_check(!shim.working);
	shim_sleep();
	shim_work();
	shim_check(completion->done);
}

/* The tree. */
void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	*node = (struct rb_node){ .parent = parent };
	*link = node;
}

static void rb_replace(struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	struct rb_node *parent = old->parent;

	if (!parent)
		root->rb_node = new;
	else if (parent->rb_left == old)
		parent->rb_left = new;
	else
		parent->rb_right = new;
	if (new)
		new->parent = parent;
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *next = node->rb_right;

	if (!node->rb_left || !next) {
		rb_replace(node, node->rb_left ? node->rb_left : next, root);
		return;
	}
	while (next->rb_left)
		next = next->rb_left;
	if (next->parent != node) {
		rb_replace(next, next->rb_right, root);
		next->rb_right = node->rb_right;
		next->rb_right->parent = next;
	}
	rb_replace(node, next, root);
	next->rb_left = node->rb_left;
	next->rb_left->parent = next;
}

struct rb_node *rb_first_cached(const struct rb_root_cached *tree)
{
	struct rb_node *node = tree->rb_root.rb_node;

	while (node && node->rb_left)
		node = node->rb_left;
	return node;
}

void rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
		   bool (*less)(struct rb_node *a, const struct rb_node *b))
{
	struct rb_node **link = &tree->rb_root.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = less(node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
}

int shim_xa_alloc(struct xarray *xa, u32 *id, gfp_t gfp)
{
	if (shim_alloc_fails(gfp))
		return -ENOMEM;
	for (*id = 0; *id < SHIM_MINORS; (*id)++) {
		if (!xa->taken[*id]) {
			xa->taken[*id] = true;
			return 0;
		}
	}
	return -EBUSY;
}

/* Namespaces. */
static void *namespace_get(void *ns)
{
	shim.namespaces++;
	return ns;
}

static void namespace_put(void)
{
	shim_check(shim.namespaces > 0);
	shim.namespaces--;
}

struct pid_namespace *get_pid_ns(struct pid_namespace *ns)
{
	return namespace_get(ns);
}

void put_pid_ns(struct pid_namespace *ns)
{
	namespace_put();
}

struct user_namespace *get_user_ns(struct user_namespace *ns)
{
	return namespace_get(ns);
}

void put_user_ns(struct user_namespace *ns)
{
	namespace_put();
}

/* docs/ring.rst: the kernel's head moves over so many messages at the most for one look. */
void shim_received(bool ring)
{
	shim_check(!ring || ++shim.received <= 128);
}

/* Time and sleep.  A sleeper whom nobody woke gets a signal: there is nobody left to wake it. */
ktime_t ktime_get(void)
{
	return ++shim.now;
}

s64 shim_now(void)
{
	return shim.now;
}

s64 ktime_get_real_ns(void)
{
	return 1000000 + ++shim.now;
}

void schedule(void)
{
	shim_might_sleep("schedule");
	shim_sleep();
	if (!current->woken && !current->timed)
		current->interrupted = true;
}

int schedule_hrtimeout_range(ktime_t *deadline, u64 slack, int mode)
{
	shim_might_sleep("schedule_hrtimeout_range");
	shim_sleep();
	if (current->woken)
		return -EINTR;
	if (shim.now % 4 == 0) {
		current->interrupted = true;
		return -EINTR;
	}
	shim.now = max(shim.now, *deadline);
	return 0;
}

/* User memory. */
void pagefault_disable(void)
{
	shim.faults_off++;
}

void pagefault_enable(void)
{
	shim_check(shim.faults_off > 0);
	shim.faults_off--;
}

bool shim_access(unsigned long address, size_t size)
{
	if (!shim.faults_off)
		shim_might_sleep("user memory");
	return size <= USER_END && address <= USER_END - size;
}

bool shim_window_open(unsigned long address, size_t size)
{
	shim_check(!shim.window);
	if (!shim_access(address, size))
		return false;
	shim.window = true;
	shim.window_begin = address;
	shim.window_end = address + size;
	return true;
}

void shim_window_close(void)
{
	shim_check(shim.window);
	shim.window = false;
}

void shim_window_check(unsigned long address, size_t size)
{
	shim_check(shim.window && address >= shim.window_begin &&
		   address + size <= shim.window_end);
}

/* The byte at @address as the running task may touch it; NULL: it may not, now or ever. */
static u8 *user_byte(unsigned long address, bool write)
{
	struct arena *arena = &shim.arenas[current - shim.tasks];
	unsigned long offset = address - ARENA_BASE;
	enum page_state *state;

	if (offset >= ARENA_SIZE)
		return NULL;
	state = &arena->pages[offset / PAGE_SIZE];
	if (*state == PAGE_SWAPPED || *state == PAGE_STUCK) {
		bool stuck = *state == PAGE_STUCK;

		if (shim.faults_off)
			return NULL;
		shim_might_sleep("a page fault");
		*state = PAGE_THERE;
		if (stuck && !shim.window)
			shim_sleep();
	}
	if (*state == PAGE_ABSENT || (write && *state == PAGE_READ_ONLY))
		return NULL;
	return &arena->memory[offset];
}

unsigned long shim_read(void *to, unsigned long from, size_t size)
{
	struct arena *arena = &shim.arenas[current - shim.tasks];
	u8 *out = to;

	if (!shim_access(from, size))
		return size;
	for (; size; size--, from++, out++) {
		u8 *byte = user_byte(from, false);

		if (!byte)
			break;
		*out = *byte;
		/* Another thread: who reads twice reads something else. */
		if (arena->pages[(from - ARENA_BASE) / PAGE_SIZE] == PAGE_CHANGING)
			*byte += 0x35;
	}
	return size;
}

unsigned long shim_write(unsigned long to, const void *from, size_t size)
{
	const u8 *in = from;

	check_initialised(from, size);
	if (!shim_access(to, size))
		return size;
	for (; size; size--, to++, in++) {
		u8 *byte = user_byte(to, true);

		if (!byte)
			break;
		*byte = *in;
	}
	return size;
}

unsigned long clear_user(void *to, unsigned long size)
{
	static const u8 zero;
	unsigned long at = (unsigned long)to;

	for (; size; size--, at++)
		if (shim_write(at, &zero, 1))
			break;
	return size;
}

int copy_struct_from_user(void *to, size_t known, const void *from, size_t size)
{
	size_t common = min(size, known), i;
	u8 byte;

	memset(to, 0, known);
	for (i = common; i < size; i++) {
		if (shim_read(&byte, (unsigned long)from + i, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return copy_from_user(to, from, common) ? -EFAULT : 0;
}

int check_zeroed_user(const void *from, size_t size)
{
	unsigned long at = (unsigned long)from;
	u8 byte;

	for (; size; size--, at++) {
		if (shim_read(&byte, at, 1))
			return -EFAULT;
		if (byte)
			return 0;
	}
	return 1;
}

/* Who polls. */
static void entry_remove(struct entry *entry)
{
	if (entry->file)
		list_del(&entry->link);
	entry->file = NULL;
}

void poll_wait(struct file *file, wait_queue_head_t *queue, struct poll_table_struct *table)
{
	unsigned int i;

	for (i = 0; table && i < table->count; i++) {
		struct entry *entry = &shim.entries[shim.entry++ % SHIM_ENTRIES];

		entry_remove(entry);
		spin_lock(&queue->lock);
		entry->file = file;
		entry->woken = false;
		list_add_tail(&entry->link, &queue->head);
		spin_unlock(&queue->lock);
	}
}

void shim_wake(wait_queue_head_t *queue, unsigned int events)
{
	struct entry *entry;

	shim_check(events);
	spin_lock(&queue->lock);
	list_for_each_entry(entry, &queue->head, link)
		entry->woken = true;
	spin_unlock(&queue->lock);
}

static size_t iter_copy(void *kernel, size_t size, struct iov_iter *iter, bool in)
{
	size_t done = 0;

	while (done < size && iter->count) {
		size_t piece = min(size - done, iter->count), left;
		unsigned long user = (unsigned long)iter->ubuf + iter->iov_offset;

		if (iter->pieces) {
			if (iter->iov_offset == iter->pieces->length) {
				iter->pieces++;
				iter->iov_offset = 0;
				continue;
			}
			piece = min(piece, iter->pieces->length - iter->iov_offset);
			user = (unsigned long)iter->pieces->base + iter->iov_offset;
		}
		left = in ? shim_read(kernel + done, user, piece) :
			    shim_write(user, kernel + done, piece);
		done += piece - left;
		iter->iov_offset += piece - left;
		iter->count -= piece - left;
		if (left)
			break;
	}
	return done;
}

size_t copy_from_iter(void *to, size_t size, struct iov_iter *from)
{
	return iter_copy(to, size, from, true);
}

size_t copy_to_iter(const void *from, size_t size, struct iov_iter *to)
{
	return iter_copy((void *)from, size, to, false);
}

/* Files. */
struct file *shim_file(const struct file_operations *ops, void *data, unsigned int flags)
{
	struct file *file = shim_alloc(sizeof(*file), GFP_KERNEL | __GFP_ZERO);

	if (!file)
		return ERR_PTR(-ENFILE);
	file->f_op = ops;
	file->private_data = data;
	file->f_flags = flags;
	file->f_cred = &current->cred;
	file->references = 1;
	return file;
}

struct file *mailslot_inode_file(const struct file_operations *ops, void *data, unsigned int flags)
{
	return shim_file(ops, data, flags);
}

void fput(struct file *file)
{
	unsigned int i;

	shim_might_sleep("fput");
	shim_check(file->references > 0);
	if (--file->references)
		return;
	for (i = 0; i < SHIM_ENTRIES; i++)
		if (shim.entries[i].file == file)
			entry_remove(&shim.entries[i]);
	file->f_op->release(&file->inode, file);
	shim_free(file);
}

int get_unused_fd_flags(unsigned int flags)
{
	int fd;

	for (fd = 0; fd < SHIM_FILES; fd++) {
		if (!shim.taken[fd]) {
			shim.taken[fd] = true;
			return fd;
		}
	}
	return -EMFILE;
}

void put_unused_fd(int fd)
{
	shim_check(shim.taken[fd] && !shim.files[fd]);
	shim.taken[fd] = false;
}

void fd_install(int fd, struct file *file)
{
	shim_check(shim.taken[fd] && !shim.files[fd]);
	shim.files[fd] = file;
}

void seq_printf(struct seq_file *m, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	check_initialised(line, strlen(line));
}

void cdev_init(struct cdev *cdev, const struct file_operations *operations)
{
	shim.control_fops = operations;
}

struct shrinker *shrinker_alloc(unsigned int flags, const char *format, ...)
{
	return shim_alloc(sizeof(struct shrinker), __GFP_NOFAIL | __GFP_ZERO);
}

void shrinker_register(struct shrinker *shrinker)
{
	shim.shrinker = shrinker;
}

void put_device(struct device *dev)
{
	dev->release(dev);
}

/* In place of node.c: a device is there or could not be made, and nobody else holds it. */
struct mailslot_node {
	struct mailslot_slot slot;
	struct mailslot_name name;
	struct device dev;
};

static struct mailslot_node *to_node(struct mailslot_slot *slot)
{
	return container_of(slot, struct mailslot_node, slot);
}

struct node_job {
	struct mailslot_job job;
	struct device *dev;
	int err;
};

static void node_make(struct mailslot_job *job)
{
	struct node_job *self = container_of(job, struct node_job, job);

	shim_check(current == &shim.worker && !self->dev->added);
	self->err = shim_alloc_fails(GFP_KERNEL) ? -ENOMEM : 0;
	self->dev->added = !self->err;
}

static void node_remove(struct mailslot_job *job)
{
	struct node_job *self = container_of(job, struct node_job, job);

	shim_check(current == &shim.worker && self->dev->added);
	self->dev->added = false;
}

static int node_run(struct mailslot_slot *slot, void (*run)(struct mailslot_job *job))
{
	struct node_job self = { .job.run = run, .dev = &to_node(slot)->dev };

	mailslot_turn_run(mailslot_user_turn(slot->user), &self.job);
	return self.err;
}

static void node_gone(struct mailslot_slot *slot)
{
	if (to_node(slot)->dev.added)
		node_run(slot, node_remove);
	mailslot_name_release(&to_node(slot)->name);
}

static void node_release(struct mailslot_slot *slot)
{
	kfree(slot->name);
	mailslot_slot_free(slot);
}

static struct mailslot_home node_home = {
	.remove = node_gone,
	.release = node_release,
};

struct mailslot_slot *mailslot_node_create(const struct mailslot_params *params)
{
	const char *name = kstrdup(params->name, GFP_KERNEL);
	struct mailslot_slot *slot;
	int err;

	if (!name)
		return ERR_PTR(-ENOMEM);
	slot = mailslot_slot_create(params, &node_home);
	if (IS_ERR(slot)) {
		kfree(name);
		return slot;
	}
	slot->name = name;
	shim_slot_made(slot);
	to_node(slot)->name.text = slot->name;
	err = mailslot_name_reserve(&to_node(slot)->name);
	if (!err)
		return slot;
	mailslot_slot_abandon(slot);
	return ERR_PTR(err);
}

void mailslot_node_abandon(struct mailslot_slot *slot)
{
	mailslot_name_release(&to_node(slot)->name);
	mailslot_slot_abandon(slot);
}

int mailslot_node_publish(struct mailslot_slot *slot)
{
	mailslot_slot_publish(slot);
	return node_run(slot, node_make);
}

struct mailslot_slot *mailslot_node_slot(const struct inode *inode)
{
	return mailslot_slot_find(inode->minor, &node_home);
}

int mailslot_nodes_init(const struct file_operations *operations)
{
	node_home.cache = kmem_cache_create("node", sizeof(struct mailslot_node), 0, 0, NULL);
	return 0;
}

void mailslot_nodes_exit(void)
{
	kmem_cache_destroy(node_home.cache);
}
