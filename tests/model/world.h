/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: all that the contract says there is (slots, files, processes, what
 * waits where), and what it says a call does. It knows no system call and nothing
 * of how the module works inside: it is written from uapi/linux/mailslot.h,
 * docs/mailslot.rst and docs/design.rst.
 *
 * Where the contract leaves a choice, the model takes what the module did as its
 * guide and says whether that was one of the choices.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "op.h"

#define NSLOT		32	/* alive, or dead with clients */
#define NFILE		128
#define NFLIGHT		4	/* files in a socket */
#define MOST_MESSAGES	2048	/* in a slot; no sequence goes beyond */
#define PAGE		4096U

/* What the module did. */
struct result {
	long ret;		/* value or -errno */
	__s64 began_ns;		/* CLOCK_MONOTONIC, of waits that end */
	__s64 ended_ns;
	int fd_flags;		/* CREATE, OPEN: F_GETFD, F_GETFL, fstat() */
	int file_flags;
	__u32 node_mode;
	__u32 node_uid;
	__u32 node_gid;
	__u32 node_major;
	__u32 node_minor;
	int number;		/* FIONREAD */
	short revents;
	struct mailslot_info info;
	unsigned char beyond[64];	/* what follows it, GET_INFO of a longer structure */
	struct { __u32 events, reg; } events[NREG];	/* ret of them */
};

struct message {
	__u32 offset;		/* bytes of the pool */
	__u32 length;
	__u32 pid, uid, gid;
	__s64 lo, hi;		/* it was queued in between, ns since 1970 */
};

struct span {
	__s64 lo, hi;		/* a time known only so well */
};

struct slot {
	bool used;
	bool dead;
	bool exempt;
	bool unsure;		/* the limit on bytes was changed since it was made */
	bool order_known;	/* of the readers asleep */
	bool claimed;		/* a RECEIVE is under way */
	__u32 name;
	__u32 uid, gid, mode;	/* of the node */
	__u32 owner;
	__u32 max_message_size;
	__u64 queue_bytes;
	__u64 read_timeout_ns;
	__u32 flags;		/* MAILSLOT_INFO_KEEP_* */
	__u32 major, minor;
	__u32 clients;
	__u32 files;		/* that refer to it */
	struct span created, last_read, last_write;
	__u64 written, read;
	__u64 bytes_written, bytes_read;
	__u64 charged;		/* queued bytes, costs included */
	/* What its pages may be: see pages.c. */
	__u64 bytes;		/* of what is queued, records included */
	__u64 packed;		/* the same, of messages of at most a page */
	__u64 since_empty;	/* the same, of all that came since it was empty */
	__u64 linked_pages;	/* the most that the longer ones take */
	/* Processes asleep, in order. */
	__u32 nreaders, nwriters;
	__u8 readers[NPROC], writers[NPROC];
};

struct file {
	__u32 refs;		/* registers and flights; 0: free */
	bool server;
	bool nonblock;
	bool can_read, can_write;
	__u32 slot;
	__u32 uid, gid;		/* of who opened it */
	__u64 opened;		/* the how manieth open it was */
	__u64 need;		/* room that was refused it */
};

struct watch {			/* an epoll entry */
	bool used;
	bool edge;		/* EPOLLET */
	bool due;		/* an edge must be reported, if it holds still */
	bool armed;		/* a client: it was seen without room */
	bool loose;		/* it has room since a smaller message of its own entered */
	__u32 events;
};

enum state { IDLE, RUNNABLE, READING, IN_LINE, POLLING };

struct proc {
	bool alive;
	bool entered;		/* its message was queued while it stood in line */
	bool refused;		/* or became too long to ever enter */
	bool nonblock;		/* its SEND does not wait */
	__u8 interrupted;	/* by a signal: 1, or 2 when the call starts again */
	enum state state;
	__u32 identity;
	__u32 umask;
	__u32 pid;
	int regs[NREG];		/* of the files, or -1 */
	struct watch watches[NREG];
	struct op op;		/* under way */
	unsigned int done;	/* messages of its batch */
	__u64 wait_ns;		/* of the wait it is in */
	__u64 there;		/* RECEIVE: number of the last message when it began */
	const struct result *actual;	/* NULL: it sleeps still */
	const unsigned char *area;	/* what the call stored: see buffer.h */
};

enum parameter {
	PARAM_DEFAULT_QUEUE_BYTES,
	PARAM_MAX_QUEUE_BYTES,
	PARAM_MAX_SLOTS,
	PARAM_MAX_USER_SLOTS,
	PARAM_MAX_USER_BYTES,
	NPARAM,
};

struct world {
	struct slot slots[NSLOT];
	struct file files[NFILE];
	struct proc procs[NPROC + 1];	/* the last one is the controller */
	int flights[NFLIGHT];
	unsigned int nflights;
	__u64 parameters[NPARAM];
	__u32 alive;		/* slots, those of others included */
	__u64 opened;		/* client ends, ever */
	__s64 before_ns, after_ns;	/* CLOCK_REALTIME around the operation */
	bool went_on;		/* a SEND whose message was queued for it in line goes on */
	unsigned int wrong;	/* a rule that is wrong on purpose: see rules.c */
	char why[256];		/* the first difference */
	struct message *queues[NSLOT];	/* MOST_MESSAGES each, of own memory */
};

#define WRONG_RULES	16

enum step { STEP_DONE, STEP_MORE, STEP_BLOCK, STEP_WRONG };

struct world *world_new(void);
void world_free(struct world *world);
void world_copy(struct world *to, const struct world *from);

/* Can @op be done at all now? What cannot is left out, by model and executor alike. */
bool world_allows(const struct world *world, const struct op *op);

/* Would it wait, with nobody else about? */
bool world_blocks(const struct world *world, const struct op *op);

/* The process begins op; then it goes on, as far as it goes in one step. */
void world_begin(struct world *world, const struct op *op, const struct result *actual,
		 const unsigned char *area);
enum step world_advance(struct world *world, unsigned int proc);

/* A difference, printf-like. */
__attribute__((format(printf, 2, 3)))
enum step world_wrong(struct world *world, const char *format, ...);

/* names.c: what is known of names, by index. */
#define BASE_NAMES	12	/* the valid ones come first */
#define NNAMES		42

void names_init(void);
const char *name_bytes(unsigned int name);	/* MAILSLOT_NAME_SIZE of them */
int name_verdict(unsigned int name);		/* 0 or -errno, by the contract's rules */
bool name_below(unsigned int name, unsigned int directory);
bool name_valid_path(unsigned int name);

/* files.c: who the identities are. */
extern const __u32 identity_ids[NIDENT];	/* uid and gid alike */
bool identity_in_group(unsigned int identity, __u32 gid);

/* pages.c: how many pages a slot's queue takes, between what and what. */
__u64 pages_under_way(__u32 length);
void pages_add(struct slot *slot, __u32 length);
void pages_del(struct slot *slot, __u32 length);
__u64 pages_least(const struct slot *slot);
__u64 pages_most(const struct slot *slot);

/* queue.c: a slot's messages, its line, and who is told. */
static inline struct message *queue_at(const struct world *world, unsigned int slot, __u64 number)
{
	return &world->queues[slot][number % MOST_MESSAGES];
}

static inline __u64 slot_count(const struct slot *slot)
{
	return slot->written - slot->read;
}

struct slot *file_slot(struct world *world, const struct file *file);
struct file *proc_file(struct world *world, unsigned int proc, unsigned int reg);
__u32 slot_longest(const struct slot *slot);
bool slot_fits(const struct slot *slot, __u32 length);
void queue_put(struct world *world, unsigned int file, unsigned int proc, __u32 offset,
	       __u32 length);
void queue_refused(struct world *world, unsigned int file, __u32 length);
void queue_take(struct world *world, unsigned int slot);
void slot_die(struct world *world, unsigned int slot);
long queue_bytes_verdict(const struct world *world, __u64 *bytes);
void queue_serve_line(struct world *world, unsigned int slot);
void line_leave(struct world *world, unsigned int slot, unsigned int proc);
void readers_leave(struct slot *slot, unsigned int proc);
short file_events(struct world *world, const struct file *file);

/* files.c: files come and go, and slots with them. */
int file_new(struct world *world, bool server, unsigned int slot);
void file_put(struct world *world, int file);
void reg_close(struct world *world, unsigned int proc, unsigned int reg);
bool name_is_directory(const struct world *world, __u32 name);
enum step files_advance(struct world *world, unsigned int proc);

/* rules.c */
enum step ends(struct world *world, struct proc *p, long want);
enum step ends_either(struct world *world, struct proc *p, long want, long other);

#endif
