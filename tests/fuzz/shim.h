/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kmod/ takes from the kernel, as far as its files need it to run in a process: included
 * before everything, with empty files in place of the kernel's headers.  There is one CPU and one
 * task at a time; sleeping and page faults run other calls (shim_sleep()), so that calls meet half
 * way in every order that the input asks for.  Work items run when the input says so, or when
 * somebody waits for them.  Locks are watched: taken twice, kept, slept under.
 */
#ifndef SHIM_H
#define SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <asm/ioctls.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef unsigned short umode_t;
typedef unsigned int gfp_t;
typedef s64 ktime_t;

#define ERESTARTSYS	512
#define ERESTARTNOHAND	514

#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define S64_MAX		INT64_MAX
#define KTIME_MAX	INT64_MAX
#define SZ_1M		(1UL << 20)
#define SZ_1G		(1UL << 30)
#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_MSEC	1000000L
#define PAGE_SHIFT	12
#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define MAX_RW_COUNT	(INT_MAX & PAGE_MASK)
#define BIT(n)		(1UL << (n))

#define KERNEL_VERSION(a, b, c)	(((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 13, 0)
#define CONFIG_MEMCG		1
#define CONFIG_64BIT		1
#define CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS	1
/* 1 for what is defined as 1 here, 0 for all else. */
#define SHIM_IS_1		0,
#define SHIM_SECOND(a, b, ...)	b
#define SHIM_PICK(junk)		SHIM_SECOND(junk 1, 0, 0)
#define SHIM_ENABLED(value)	SHIM_PICK(SHIM_IS_##value)
#define IS_ENABLED(option)	SHIM_ENABLED(option)

/* The compiler. */
#define __user
#define __rcu
#define __init
#define __exit
#define __releases(x)
#define __acquires(x)
#define __must_hold(x)
#define __must_check		__attribute__((warn_unused_result))
#undef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#define noinline		__attribute__((noinline))
#define __maybe_unused		__attribute__((unused))
#define __force
#define __aligned(n)		__attribute__((aligned(n)))
#define likely(x)		(x)
#define unlikely(x)		(x)
#define fallthrough		__attribute__((fallthrough))
#define cmpxchg(where, old, new) ({						\
	typeof(*(where)) old_ = (old);						\
										\
	__atomic_compare_exchange_n(where, &old_, new, false, __ATOMIC_SEQ_CST,	\
				    __ATOMIC_SEQ_CST);				\
	old_;									\
})
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, value)	((x) = (value))
#define data_race(x)		(x)
#define barrier()		do { } while (0)
/* Whoever shares memory with the kernel runs on another processor: it may come here, ... */
#define smp_mb()		shim_barrier()
/* ... or behind a look at what it has stored, ... */
#define smp_load_acquire(p)	({ typeof(*(p)) v_ = *(p); shim_loaded(p); v_; })
/* ... and sees what is stored as soon as it is. */
#define smp_store_release(p, v)	do { *(p) = (v); shim_stored(p); } while (0)
void shim_barrier(void);
void shim_loaded(void *p);
void shim_stored(void *p);
#define prefetch(x)		((void)(x))
#define prefetchw(x)		((void)(x))
#define static_assert(x)		_Static_assert(x, #x)
#define BUILD_BUG_ON(x)		_Static_assert(!(x), #x)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member)	((type *)((char *)(p) - offsetof(type, member)))

#define swap(a, b)		do { typeof(a) s_ = (a); (a) = (b); (b) = s_; } while (0)
#define min(a, b)		({ __auto_type a_ = (a); __auto_type b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)		({ __auto_type a_ = (a); __auto_type b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define ALIGN(x, a)		(((x) + ((typeof(x))(a) - 1)) & ~((typeof(x))(a) - 1))
#define roundup_pow_of_two(n)	((n) > 1 ? 1UL << (64 - __builtin_clzl((n) - 1)) : 1UL)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))

/* Never returns: the fuzzer keeps the input. */
void shim_fail(const char *what) __attribute__((noreturn));

#define WARN_ON(x)		({ bool w_ = (x); if (w_) shim_fail("WARN_ON " #x); w_; })
#define WARN_ON_ONCE(x)		WARN_ON(x)
#define shim_check(x)		do { if (!(x)) shim_fail(#x); } while (0)

#define ERR_PTR(e)		((void *)(long)(e))
#define PTR_ERR(p)		((long)(p))
#define IS_ERR(p)		((unsigned long)(p) >= -4095UL)
#define IS_ERR_OR_NULL(p)	(!(p) || IS_ERR(p))

/* Memory: every allocation may be made to fail, and all of it is counted. */
#define GFP_KERNEL		1
#define GFP_ATOMIC		2
#define GFP_KERNEL_ACCOUNT	1
#define GFP_NOWAIT		2
#define __GFP_NOWARN		0
#define __GFP_ZERO		4
#define __GFP_NOFAIL		8
#define SLAB_ACCOUNT		0
#define SLAB_HWCACHE_ALIGN	0

struct kmem_cache {
	size_t size;
};

void *shim_alloc(size_t size, gfp_t gfp);
void shim_free(const void *p);
unsigned long __get_free_page(gfp_t gfp);
void free_page(unsigned long page);
#define kmemleak_alloc(p, size, min_count, gfp)	do { } while (0)
#define kmemleak_free(p)	do { } while (0)

/* Pages that are mapped one behind the other, in any order, and to which a program may get. */
struct page *alloc_page(gfp_t gfp);
void __free_page(struct page *page);
void *vmap(struct page **list, unsigned int count, unsigned long flags, int protection);
void vunmap(const void *address);
#define VM_MAP			1
#define VM_USERMAP		2
#define PAGE_KERNEL		0

struct vm_area_struct {
	unsigned long vm_flags, vm_pgoff, pages;
};

#define VM_READ			1
#define VM_WRITE		2
#define VM_EXEC			4
#define VM_SHARED		8
#define VM_MAYREAD		0x10
#define VM_MAYWRITE		0x20
#define VM_MAYEXEC		0x40
#define VM_MAYSHARE		0x80
#define vma_pages(vma)		((vma)->pages)
#define vm_flags_clear(vma, flags)	((void)((vma)->vm_flags &= ~(unsigned long)(flags)))
int remap_vmalloc_range(struct vm_area_struct *vma, void *address, unsigned long pgoff);

#define kvmalloc_array(n, size, gfp)	shim_alloc((n) * (size), gfp)
#define kvfree(p)		shim_free(p)
#define kmalloc(size, gfp)	shim_alloc(size, gfp)
#define kzalloc(size, gfp)	shim_alloc(size, (gfp) | __GFP_ZERO)
#define kfree(p)		shim_free(p)
char *kstrdup(const char *s, gfp_t gfp);

struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, int flags,
				     void *ctor);
#define kmem_cache_destroy(cache)		shim_free(cache)
#define kmem_cache_alloc(cache, gfp)		shim_alloc((cache)->size, gfp)
#define kmem_cache_zalloc(cache, gfp)		shim_alloc((cache)->size, (gfp) | __GFP_ZERO)
#define kmem_cache_free(cache, p)		((void)(cache), shim_free(p))

/* Locks. */
typedef struct {
	bool held;
} spinlock_t;

struct mutex {
	bool held;
};

#define DEFINE_SPINLOCK(name)	spinlock_t name
#define spin_lock_irqsave(lock, flags)		((void)((flags) = 0), spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags)	((void)(flags), spin_unlock(lock))
void spin_lock_init(spinlock_t *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
bool spin_trylock(spinlock_t *lock);
/* Who would wait for one gets a signal. */
static inline void mutex_init(struct mutex *mutex)
{
	mutex->held = false;
}

static inline bool mutex_trylock(struct mutex *mutex)
{
	bool was_held = mutex->held;

	mutex->held = true;
	return !was_held;
}

#define mutex_lock_interruptible(mutex)	(mutex_trylock(mutex) ? 0 : -EINTR)
static inline void mutex_unlock(struct mutex *mutex)
{
	shim_check(mutex->held);
	mutex->held = false;
}

#define mutex_destroy(mutex)		shim_check(!(mutex)->held)
void shim_might_sleep(const char *where);
#define lockdep_assert_held(lock)	shim_check((lock)->held)
void cond_resched(void);
#define might_sleep()			shim_might_sleep("might_sleep")

void rcu_read_lock(void);
void rcu_read_unlock(void);
struct rcu_head {
	struct rcu_head *next;
	void (*function)(struct rcu_head *head);	/* NULL: to be freed */
	void *object;
};

#define kfree_rcu(p, member)	((p)->member.object = (p), call_rcu(&(p)->member, NULL))
void call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *head));
void rcu_barrier(void);
/* All who read have been through. */
void shim_grace_period(void);

/* Numbers that are atomic where there is more than one CPU. */
typedef struct { int value; } atomic_t;
typedef struct { long value; } atomic_long_t;
typedef struct { int value; } refcount_t;

struct kref {
	refcount_t refcount;
};

#define ATOMIC_INIT(n)		{ (n) }
#define atomic_read(a)		((a)->value)
#define atomic_set(a, n)	((void)((a)->value = (n)))
#define atomic_inc(a)		((void)(a)->value++)
#define atomic_dec(a)		((void)(a)->value--)
#define atomic_dec_and_test(a)	(!--(a)->value)
#define atomic_xchg(a, n)	({ int old_ = (a)->value; (a)->value = (n); old_; })
#define atomic_long_read(a)	((a)->value)
#define atomic_long_add(n, a)	((void)((a)->value += (n)))
#define atomic_long_sub(n, a)	((void)((a)->value -= (n)))
static inline bool atomic_try_cmpxchg(atomic_t *a, int *old, int new)
{
	if (a->value != *old) {
		*old = a->value;
		return false;
	}
	a->value = new;
	return true;
}

static inline bool atomic_long_try_cmpxchg(atomic_long_t *a, long *old, long new)
{
	if (a->value != *old) {
		*old = a->value;
		return false;
	}
	a->value = new;
	return true;
}

#define refcount_set(r, n)	((void)((r)->value = (n)))
static inline void refcount_inc(refcount_t *r)
{
	shim_check(r->value > 0);
	r->value++;
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	return r->value && r->value++;
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	shim_check(r->value > 0);
	return !--r->value;
}

#define kref_init(k)		refcount_set(&(k)->refcount, 1)
#define kref_get(k)		refcount_inc(&(k)->refcount)
static inline void kref_put(struct kref *kref, void (*release)(struct kref *kref))
{
	if (refcount_dec_and_test(&kref->refcount))
		release(kref);
}

/* Lists. */
struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)		struct list_head name = { &(name), &(name) }
static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add(struct list_head *new, struct list_head *head)
{
	new->next = head->next;
	new->prev = head;
	head->next->prev = new;
	head->next = new;
}

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	list_add(new, head->prev);
}

static inline void list_del(struct list_head *entry)
{
	shim_check(entry->next->prev == entry && entry->prev->next == entry);
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
	entry->next = NULL;
	entry->prev = NULL;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	INIT_LIST_HEAD(entry);
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline void list_splice_tail_init(struct list_head *from, struct list_head *to)
{
	while (!list_empty(from))
		list_move_tail(from->next, to);
}

#define list_for_each(at, head)	for (at = (head)->next; at != (head); at = at->next)
#define list_entry(p, type, member)		container_of(p, type, member)
#define list_first_entry(head, type, member)	container_of((head)->next, type, member)
#define list_last_entry(head, type, member)	container_of((head)->prev, type, member)
#define list_next_entry(pos, member)		\
	container_of((pos)->member.next, typeof(*(pos)), member)
#define list_first_entry_or_null(head, type, member)	\
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_for_each_entry(pos, head, member)				\
	for (pos = list_first_entry(head, typeof(*pos), member);	\
	     &pos->member != (head); pos = list_next_entry(pos, member))
#define list_for_each_entry_safe(pos, n, head, member)			\
	for (pos = list_first_entry(head, typeof(*pos), member),	\
	     n = list_next_entry(pos, member);				\
	     &pos->member != (head); pos = n, n = list_next_entry(n, member))

/* A tree that nobody balances. */
struct rb_node {
	struct rb_node *rb_left, *rb_right, *parent;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT			((struct rb_root){ NULL })
#define rb_entry(p, type, member)	container_of(p, type, member)
void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link);
#define rb_insert_color(node, root)	((void)(node))
void rb_erase(struct rb_node *node, struct rb_root *root);

struct rb_root_cached {
	struct rb_root rb_root;
};

#define RB_ROOT_CACHED		((struct rb_root_cached){ { NULL } })
#define RB_CLEAR_NODE(node)	((node)->parent = (node))
#define RB_EMPTY_NODE(node)	((node)->parent == (node))
#define rb_entry_safe(p, type, member)	\
	({ struct rb_node *p_ = (p); p_ ? rb_entry(p_, type, member) : NULL; })
struct rb_node *rb_first_cached(const struct rb_root_cached *tree);
void rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
		   bool (*less)(struct rb_node *a, const struct rb_node *b));
#define rb_erase_cached(node, tree)	rb_erase(node, &(tree)->rb_root)

/* Lists that need no lock. */
struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define LLIST_HEAD(name)	struct llist_head name
/* Was it empty? */
static inline bool llist_add(struct llist_node *new, struct llist_head *head)
{
	new->next = head->first;
	head->first = new;
	return !new->next;
}

static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = NULL;
	return first;
}

/* Work items, each of which runs in a task of its own with nobody else. */
struct work_struct {
	void (*function)(struct work_struct *work);
	struct work_struct *next;
	bool pending;
};

struct workqueue_struct;
#define DECLARE_WORK(name, f)	struct work_struct name = { .function = (f) }
#define WQ_UNBOUND		1
#define WQ_MEM_RECLAIM		2
struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int most);
void destroy_workqueue(struct workqueue_struct *queue);
bool schedule_work(struct work_struct *work);
#define queue_work(queue, work)	((void)(queue), schedule_work(work))
void flush_work(struct work_struct *work);
/* All that is pending. */
void shim_work(void);

struct completion {
	bool done;
};

#define init_completion(c)	((void)((c)->done = false))
#define complete(c)		((void)((c)->done = true))
void wait_for_completion(struct completion *completion);

/* Few slots at a time. */
#define SHIM_MINORS	64
#define MINORBITS	20
#define MINORMASK	((1U << MINORBITS) - 1)
#define MAJOR(dev)	((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev)	((unsigned int)((dev) & MINORMASK))
#define MKDEV(ma, mi)	(((ma) << MINORBITS) | (mi))

struct xarray {
	void *entries[SHIM_MINORS];
	bool taken[SHIM_MINORS];
};

#define DEFINE_XARRAY_ALLOC(name)	struct xarray name
#define XA_LIMIT(a, b)		0
int shim_xa_alloc(struct xarray *xa, u32 *id, gfp_t gfp);
#define xa_alloc_cyclic(xa, id, entry, limit, next, gfp)	\
	((void)*(next), shim_xa_alloc(xa, id, gfp))
#define xa_store(xa, id, entry, gfp)	((xa)->entries[id] = (entry))
#define xa_load(xa, id)			((id) < SHIM_MINORS ? (xa)->entries[id] : NULL)
#define xa_erase(xa, id)		((xa)->taken[id] = false, (xa)->entries[id] = NULL)
#define xa_destroy(xa)			((void)(xa))
#define XA_PRESENT			0
static inline void *shim_xa_find(void **entries, unsigned long *id)
{
	for (; *id < SHIM_MINORS; (*id)++)
		if (entries[*id])
			return entries[*id];
	return NULL;
}

#define xa_find(xa, id, most, filter)	shim_xa_find((void **)(xa)->entries, id)
#define xa_for_each(xa, id, entry)					\
	for (id = 0; id < SHIM_MINORS; id++)				\
		if (((entry) = (xa)->entries[id]))

/* Tasks: one runs; the others sleep in it, one below the other. */
typedef struct { unsigned int val; } kuid_t;
typedef struct { unsigned int val; } kgid_t;
#define KUIDT_INIT(n)		((kuid_t){ n })
#define KGIDT_INIT(n)		((kgid_t){ n })
#define GLOBAL_ROOT_UID		((kuid_t){ 0 })
#define uid_eq(a, b)		((a).val == (b).val)
#define uid_lt(a, b)		((a).val < (b).val)
#define gid_eq(a, b)		((a).val == (b).val)

struct cred {
	kuid_t euid;
	kgid_t egid;
};

struct pid {
	int references;
};

struct user_namespace {
	struct user_namespace *parent;
	kuid_t owner;
};

struct cgroup_subsys_state {
	u64 serial_nr;
};

struct signal_struct {
	unsigned int flags;
	int group_exit_code;
};

#define SIGNAL_GROUP_EXIT	4
#define PF_EXITING		4

struct task_struct {
	bool interrupted, killed, woken, timed, in_execve;
	unsigned int flags;
	struct signal_struct signal[1];
	u64 timer_slack_ns;
	struct pid pids[4];
	unsigned int process;		/* which of these it is */
	struct cred cred;
	struct user_namespace *user_ns;
	struct cgroup_subsys_state memcg;
};

struct pid_namespace;
extern struct user_namespace init_user_ns;
struct pid_namespace *get_pid_ns(struct pid_namespace *ns);
void put_pid_ns(struct pid_namespace *ns);
struct user_namespace *get_user_ns(struct user_namespace *ns);
void put_user_ns(struct user_namespace *ns);

extern struct task_struct *shim_current;
#define current			shim_current
#define TASK_INTERRUPTIBLE	1
#define TASK_UNINTERRUPTIBLE	2
#define TASK_KILLABLE		2
#define TASK_RUNNING		0
#define TASK_FREEZABLE		4
#define set_current_state(state)	((void)(state), current->woken = false)
#define __set_current_state(state)	((void)(state))
#define signal_pending(task)		((task)->interrupted)
#define fatal_signal_pending(task)	((task)->killed)
#define get_task_struct(task)		(task)
#define put_task_struct(task)		((void)(task))
#define wake_up_process(task)		((task)->woken = true)
#define task_tgid(task)			(&(task)->pids[(task)->process % 4])
#define task_active_pid_ns(task)	((struct pid_namespace *)NULL)
#define current_user_ns()		(current->user_ns)
#define task_css(task, id)		(&(task)->memcg)
#define current_umask()			022
#define current_euid()			(current->cred.euid)
#define current_fsuid()			(current->cred.euid)
#define current_fsgid()			(current->cred.egid)
#define current_cred()			(&current->cred)
#define CAP_SYS_RESOURCE		24
#define ns_capable_noaudit(ns, cap)	((void)(cap), current->cred.euid.val == 0)
#define from_kuid_munged(ns, id)	((void)(ns), (id).val)
#define from_kgid_munged(ns, id)	((void)(ns), (id).val)
static inline struct pid *get_pid(struct pid *pid)
{
	pid->references++;
	return pid;
}

static inline void put_pid(struct pid *pid)
{
	if (!pid)
		return;
	shim_check(pid->references > 0);
	pid->references--;
}

static inline int pid_nr_ns(struct pid *pid, struct pid_namespace *ns)
{
	shim_check(pid->references > 0);
	return 1000;
}

void schedule(void);
#define HRTIMER_MODE_ABS	0
#define HRTIMER_MODE_REL	1
#define CLOCK_MONOTONIC		1
/* A timer that runs out when nobody else wakes its sleeper; who has none gets a signal then. */
struct hrtimer_sleeper {
	bool timer;
	struct task_struct *task;
};

#define hrtimer_setup_sleeper_on_stack(sleeper, clock, mode)	\
	((void)(*(sleeper) = (struct hrtimer_sleeper){ .task = current }))
#define hrtimer_set_expires(timer, time)			((void)(time))
#define hrtimer_sleeper_start_expires(sleeper, mode)		\
	((void)((sleeper)->timer = true, (sleeper)->task->timed = true))
#define hrtimer_cancel(running)					\
	((void)(*(running) = false, current->timed = false))
#define destroy_hrtimer_on_stack(running)			shim_check(!*(running))
int schedule_hrtimeout_range(ktime_t *deadline, u64 slack, int mode);

ktime_t ktime_get(void);
s64 ktime_get_real_ns(void);
#define ktime_get_ns()			((u64)ktime_get())
#define ns_to_ktime(ns)			((ktime_t)(ns))
#define ktime_add_ns(t, ns)		((t) + (s64)(ns))
static inline ktime_t ktime_add_safe(ktime_t a, ktime_t b)
{
	s64 sum;

	return __builtin_add_overflow(a, b, &sum) || sum < 0 ? KTIME_MAX : sum;
}

#define HZ			250
#define INITIAL_JIFFIES		0UL
#define jiffies			((unsigned long)(shim_now() / 64))
#define time_after_eq(a, b)	((long)((a) - (b)) >= 0)
s64 shim_now(void);

/* Who polls: entries on wait queues.  Nobody runs for it, but who is not woken is noticed. */
typedef struct {
	spinlock_t lock;	/* of the entries */
	struct list_head head;
} wait_queue_head_t;

struct file;
/* How many entries a call of poll leaves on the wait queue. */
struct poll_table_struct {
	unsigned int count;
};

#define init_waitqueue_head(queue)	\
	(spin_lock_init(&(queue)->lock), INIT_LIST_HEAD(&(queue)->head))
#define waitqueue_active(queue)		(!list_empty(&(queue)->head))
void poll_wait(struct file *file, wait_queue_head_t *queue, struct poll_table_struct *table);
void shim_wake(wait_queue_head_t *queue, unsigned int events);
#define wake_up_interruptible_poll(queue, events)	shim_wake(queue, events)
/* All entries. */
#define __wake_up(queue, mode, count, key)		\
	do { shim_check((count) == 0); shim_wake(queue, (uintptr_t)(key)); } while (0)
#define poll_to_key(events)		((void *)(uintptr_t)(events))
#define wake_up_var(v)			((void)(v))
#define wait_var_event(v, condition)	shim_check(condition)

/* User memory: fuzz-module.c has it. */
unsigned long shim_read(void *to, unsigned long from, size_t size);
unsigned long shim_write(unsigned long to, const void *from, size_t size);
bool shim_access(unsigned long address, size_t size);
void pagefault_disable(void);
void pagefault_enable(void);
#define access_ok(p, size)		shim_access((unsigned long)(p), size)
#define u64_to_user_ptr(x)		((void *)(uintptr_t)(x))
#define copy_from_user(to, from, n)	shim_read(to, (unsigned long)(from), n)
#define _copy_from_user(to, from, n)	shim_read(to, (unsigned long)(from), n)
#define copy_to_user(to, from, n)	shim_write((unsigned long)(to), from, n)
#define _copy_to_user(to, from, n)	shim_write((unsigned long)(to), from, n)
#define __copy_from_user_inatomic(to, from, n)	shim_read(to, (unsigned long)(from), n)
#define __copy_to_user_inatomic(to, from, n)	shim_write((unsigned long)(to), from, n)
unsigned long clear_user(void *to, unsigned long size);
int copy_struct_from_user(void *to, size_t known, const void *from, size_t size);
int check_zeroed_user(const void *from, size_t size);
#define put_user(x, p)								\
	({									\
		typeof(*(p)) x_ = (x);						\
										\
		copy_to_user(p, &x_, sizeof(x_)) ? -EFAULT : 0;			\
	})

/* What is touched without a check must have been checked, and all such windows are closed. */
bool shim_window_open(unsigned long address, size_t size);
void shim_window_close(void);
void shim_window_check(unsigned long address, size_t size);
#define user_read_access_begin(p, n)	shim_window_open((unsigned long)(p), n)
#define user_write_access_begin(p, n)	shim_window_open((unsigned long)(p), n)
#define user_read_access_end()		shim_window_close()
#define user_write_access_end()		shim_window_close()
#define unsafe_get_user(x, p, label)						\
	do {									\
		typeof(x) x_;							\
										\
		shim_window_check((unsigned long)(p), sizeof(*(p)));		\
		if (shim_read(&x_, (unsigned long)(p), sizeof(*(p))))		\
			goto label;						\
		(x) = x_;							\
	} while (0)
#define unsafe_put_user(x, p, label)						\
	do {									\
		typeof(*(p)) x_ = (x);						\
										\
		shim_window_check((unsigned long)(p), sizeof(x_));		\
		if (shim_write((unsigned long)(p), &x_, sizeof(x_)))		\
			goto label;						\
	} while (0)

struct shim_iovec {
	void *base;
	size_t length;
};

struct iov_iter {
	void *ubuf;		/* NULL: pieces */
	size_t iov_offset;
	size_t count;
	const struct shim_iovec *pieces;
};

#define ITER_DEST	0
#define ITER_SOURCE	1
#define iter_is_ubuf(iter)	(!(iter)->pieces)
#define iov_iter_count(iter)	((iter)->count)
static inline void iov_iter_ubuf(struct iov_iter *iter, unsigned int direction, void *p, size_t n)
{
	*iter = (struct iov_iter){ .ubuf = p, .count = n };
}

size_t copy_from_iter(void *to, size_t size, struct iov_iter *from);
size_t copy_to_iter(const void *from, size_t size, struct iov_iter *to);
#define copy_from_iter_full(to, n, from)	(copy_from_iter(to, n, from) == (n))

/* Files and devices. */
struct inode {
	unsigned int minor;
};

struct file {
	void *private_data;
	unsigned int f_flags;
	unsigned int f_mode;
	const struct cred *f_cred;
	const struct file_operations *f_op;
	struct inode inode;
	int references;
	/* The judge's: the message that gathers in it. */
	struct sent *sent;
	u32 number;
};

struct kiocb {
	struct file *ki_filp;
	int ki_flags;
};

struct seq_file;
struct file_lock;
typedef void *fl_owner_t;
struct file_operations {
	void *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	ssize_t (*read)(struct file *file, char *to, size_t size, loff_t *pos);
	ssize_t (*write)(struct file *file, const char *from, size_t size, loff_t *pos);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	__poll_t (*poll)(struct file *file, struct poll_table_struct *table);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*lock)(struct file *file, int cmd, struct file_lock *lock);
	int (*flock)(struct file *file, int cmd, struct file_lock *lock);
	int (*fsync)(struct file *file, loff_t start, loff_t end, int datasync);
	int (*flush)(struct file *file, fl_owner_t owner);
	void *splice_write;
	void (*show_fdinfo)(struct seq_file *m, struct file *file);
};

#define FMODE_WRITE		2
#define FMODE_NOWAIT		4
#define IOCB_NOWAIT		1
#define THIS_MODULE		NULL
#define compat_ptr_ioctl	NULL
#define stream_open(inode, file)	((void)(inode), (void)(file), 0)
#define fsnotify_modify(file)	shim_check((file)->f_mode & FMODE_WRITE)
#define file_inode(file)	(&(file)->inode)
#define file_count(file)	((file)->references)
#define iter_file_splice_write	NULL
#define iminor(inode)		((inode)->minor)
struct file *mailslot_inode_file(const struct file_operations *ops, void *data, unsigned int flags);
void fput(struct file *file);
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(int fd);
void fd_install(int fd, struct file *file);
void seq_printf(struct seq_file *m, const char *format, ...);

struct device {
	dev_t devt;
	void (*release)(struct device *dev);
	bool added;
};

void put_device(struct device *dev);

/* Control is made of these: what matters is which operations it has. */
struct cdev {
	void *owner;
};

struct class {
	const char *name;
	char *(*devnode)(const struct device *dev, umode_t *mode);
};

void cdev_init(struct cdev *cdev, const struct file_operations *operations);
#define cdev_add(cdev, first, count)			0
#define cdev_del(cdev)					((void)(cdev))
#define alloc_chrdev_region(first, base, count, name)	(*(first) = MKDEV(240, 0), 0)
#define unregister_chrdev_region(first, count)		((void)(first))
#define class_register(class)				((void)(class), 0)
#define class_unregister(class)				((void)(class))
#define device_create(class, parent, devt, data, name)	((struct device *)(class))
#define device_destroy(class, devt)			((void)(devt))

#define SHRINK_EMPTY	(~0UL - 1)
#define SHRINK_STOP	(~0UL)
struct shrink_control {
	unsigned long nr_to_scan;
};

struct shrinker {
	unsigned long (*count_objects)(struct shrinker *s, struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *s, struct shrink_control *sc);
};

struct shrinker *shrinker_alloc(unsigned int flags, const char *format, ...);
void shrinker_register(struct shrinker *shrinker);
#define shrinker_free(shrinker)	shim_free(shrinker)

/* A parameter is a symbol, so that an input may set it. */
#define module_param(name, type, perm)	type *const shim_parameter_##name = &(name)
#define module_param_cb(name, ops, value, perm)	\
	typeof(value) const shim_parameter_##name = (value)
#define __MODULE_PARM_TYPE(name, text)	struct shim_unused
/* Nor does it set one by text. */
struct kernel_param {
	void *arg;
};

struct kernel_param_ops {
	int (*set)(const char *value, const struct kernel_param *parameter);
	void *get;
};

#define param_get_ulong			NULL
#define kstrtoul(text, base, value)	((void)(text), *(value) = 0, 0)
#define MODULE_PARM_DESC(name, text)	struct shim_unused
#define module_init(f)
#define EXPORT_SYMBOL_GPL(s)

/* Nobody traces. */
#define MAILSLOT_TRACE_H
#define trace_mailslot_create(...)	do { } while (0)
#define trace_mailslot_destroy(...)	do { } while (0)
#define trace_mailslot_send(...)	do { } while (0)
/* But what a ring's reader has read is counted, as the kernel notices it. */
#define trace_mailslot_receive(slot, number, length)	shim_received((slot)->has_ring)
void shim_received(bool ring);
#define trace_mailslot_wait(...)	do { } while (0)
#define trace_mailslot_full(...)	do { } while (0)

/* What sleeps runs what comes next in the input, if anything does. */
void shim_sleep(void);

#endif /* SHIM_H */
