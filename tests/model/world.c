// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model as a whole: made, copied, and asked what it allows. An operation
 * that makes no sense now (a file that is not there, a process that sleeps) is
 * left out, so that any part of a sequence is a sequence.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "buffer.h"
#include "world.h"

struct world *world_new(void)
{
	struct world *world = calloc(1, sizeof(*world));
	unsigned int i, j;

	if (!world)
		abort();
	for (i = 0; i < NSLOT; i++) {
		world->queues[i] = calloc(MOST_MESSAGES, sizeof(struct message));
		if (!world->queues[i])
			abort();
	}
	for (i = 0; i <= NPROC; i++)
		for (j = 0; j < NREG; j++)
			world->procs[i].regs[j] = -1;
	world->procs[NPROC].alive = true;
	return world;
}

void world_free(struct world *world)
{
	unsigned int i;

	for (i = 0; i < NSLOT; i++)
		free(world->queues[i]);
	free(world);
}

void world_copy(struct world *to, const struct world *from)
{
	struct message *queues[NSLOT];
	unsigned int i;
	__u64 number;

	memcpy(queues, to->queues, sizeof(queues));
	*to = *from;
	memcpy(to->queues, queues, sizeof(queues));
	for (i = 0; i < NSLOT; i++) {
		const struct slot *slot = &from->slots[i];

		if (!slot->used || slot->dead)
			continue;
		for (number = slot->read; number < slot->written; number++)
			*queue_at(to, i, number) = *queue_at(from, i, number);
	}
}

static bool reg_free(const struct world *world, unsigned int proc, unsigned int reg)
{
	return reg < NREG && world->procs[proc].regs[reg] < 0;
}

static bool reg_used(const struct world *world, unsigned int proc, unsigned int reg)
{
	return reg < NREG && world->procs[proc].regs[reg] >= 0;
}

static bool room_for_slot(const struct world *world)
{
	unsigned int i, files = 0, slots = 0;

	for (i = 0; i < NSLOT; i++)
		slots += !world->slots[i].used;
	for (i = 0; i < NFILE; i++)
		files += !world->files[i].refs;
	return slots && files;
}

static bool create_allowed(const struct world *world, const struct op *op)
{
	size_t name = offsetof(struct mailslot_create, name);

	/* A name is left out whole or not cut. */
	if (op->size > name && op->size < sizeof(struct mailslot_create) &&
	    strnlen(name_bytes(op->name), MAILSLOT_NAME_SIZE) >= op->size - name)
		return false;
	return reg_free(world, op->proc, op->reg) && op->name < NNAMES && room_for_slot(world) &&
	       op->size <= sizeof(struct mailslot_create) + 64;
}

static bool open_allowed(const struct world *world, const struct op *op)
{
	bool reads = (op->flags & O_ACCMODE) == O_RDONLY && !(op->flags & O_TRUNC);

	return reg_free(world, op->proc, op->reg) && op->name < NNAMES &&
	       !name_verdict(op->name) && room_for_slot(world) &&
	       !(reads && name_is_directory(world, op->name));
}

/* What a batch stores or brings fits the process's memory. */
static bool batch_allowed(const struct op *op)
{
	__u64 bytes = (__u64)op->count * (op->length + REDZONE) +
		      (__u64)op->step * op->count * op->count / 2 + 8192;

	return op->count <= MAILSLOT_BATCH_MAX + 1 && op->reach <= MAILSLOT_BATCH_MAX &&
	       op->memory <= MEM_COLD && op->length + op->count * op->step <= LONGEST &&
	       op->size <= 128 && (op->kind == OP_SEND || bytes <= BUFFER_HUGE);
}

static bool sends_allowed(const struct world *world, const struct op *op, unsigned int count)
{
	int file = op->reg < NREG ? world->procs[op->proc].regs[op->reg] : -1;

	return file < 0 || slot_count(&world->slots[world->files[file].slot]) + count <
	       MOST_MESSAGES;
}

/*
 * Two processes that come into one line in one step come in an order that nothing
 * shows. So one SEND at the most stands in a line, and nobody returns to a line in
 * which others stand.
 */
static bool line_allows(const struct world *world, const struct op *op)
{
	int file = op->reg < NREG ? world->procs[op->proc].regs[op->reg] : -1;
	const struct slot *slot = file < 0 ? NULL : &world->slots[world->files[file].slot];
	unsigned int i;

	for (i = 0; slot && i < slot->nwriters; i++)
		if (world->procs[slot->writers[i]].op.kind == OP_SEND)
			return false;
	return true;
}

static bool restart_allowed(const struct world *world, unsigned int proc)
{
	const struct proc *p = &world->procs[proc];

	return p->state != IN_LINE ||
	       world->slots[world->files[p->regs[p->op.reg]].slot].nwriters == 1;
}

static bool controller_allowed(const struct world *world, const struct op *op)
{
	const struct proc *to = &world->procs[op->to % NPROC];

	if (op->proc != NPROC)
		return false;
	switch (op->kind) {
	case OP_SPAWN:
		return op->to < NPROC && !to->alive && op->how < NIDENT;
	case OP_KILL:
		return op->to < NPROC && to->alive;
	case OP_SIGNAL:
		return op->to < NPROC && to->alive && to->state != IDLE &&
		       (!op->how || restart_allowed(world, op->to));
	default:	/* OP_PARAMETER */
		return op->how < NPARAM;
	}
}

bool world_allows(const struct world *world, const struct op *op)
{
	const struct proc *p = &world->procs[op->proc];

	switch (op->kind) {
	case OP_SPAWN:
	case OP_KILL:
	case OP_SIGNAL:
	case OP_PARAMETER:
		return controller_allowed(world, op);
	default:
		if (op->proc >= NPROC || !p->alive || p->state != IDLE)
			return false;
	}
	switch (op->kind) {
	case OP_CREATE:
		return create_allowed(world, op);
	case OP_OPEN:
		return open_allowed(world, op);
	case OP_CLOSE:
	case OP_SETFL:
		return reg_used(world, op->proc, op->reg);
	case OP_DUP:
		return reg_used(world, op->proc, op->reg) && reg_free(world, op->proc, op->to);
	case OP_THROW:
		return reg_used(world, op->proc, op->reg) && world->nflights < NFLIGHT;
	case OP_CATCH:
		return reg_free(world, op->proc, op->reg) && world->nflights;
	case OP_READ:
		return op->reg < NREG && op->length <= LONGEST && op->memory < MEM_KINDS &&
		       op->how < HOW_KINDS && (op->memory != MEM_HALF || op->edge) &&
		       (op->memory != MEM_KERNEL || op->length) && op->count < 32;
	case OP_WRITE:
		return op->reg < NREG && op->length <= LONGEST && op->memory < MEM_KINDS &&
		       op->how < HOW_KINDS && (op->memory != MEM_HALF || op->edge) &&
		       (op->memory != MEM_KERNEL || op->length) && op->count < 32 &&
		       op->offset <= POOL_SIZE - LONGEST && sends_allowed(world, op, 1);
	case OP_SEND:
		return op->reg < NREG && batch_allowed(op) && line_allows(world, op) &&
		       sends_allowed(world, op, op->count);
	case OP_RECEIVE:
		return op->reg < NREG && batch_allowed(op);
	case OP_GET_INFO:
		return op->size <= sizeof(struct mailslot_info) + 64;
	case OP_SET_INFO:
		return op->size <= 128;
	case OP_FIONREAD:
	case OP_IOCTL:
	case OP_FSYNC:
	case OP_UMASK:
		return true;
	case OP_POLL:
		return op->reg < NREG;
	case OP_EPOLL_CTL:
		return reg_used(world, op->proc, op->reg) &&
		       (op->how != EPOLL_CTL_ADD) == p->watches[op->reg].used;
	case OP_EPOLL_WAIT:
		return true;
	case OP_CHMOD:
		return op->name < NNAMES && !name_verdict(op->name) && op->mode <= 0777 &&
		       !name_is_directory(world, op->name);
	case OP_IDENTITY:
		return op->how < NIDENT;
	case OP_FORK:
		return op->to < NPROC && !world->procs[op->to].alive;
	default:
		return false;
	}
}

static bool send_blocks(const struct slot *slot, const struct op *op)
{
	__u64 charged = slot->charged;
	unsigned int i;

	for (i = 0; i < op->count; i++) {
		charged += op_length(op, i) + (__u64)MAILSLOT_MESSAGE_COST;
		if (charged > slot->queue_bytes)
			return true;
	}
	return false;
}

bool world_blocks(const struct world *world, const struct op *op)
{
	int index = op->reg < NREG ? world->procs[op->proc].regs[op->reg] : -1;
	const struct file *file = index < 0 ? NULL : &world->files[index];
	const struct slot *slot = file ? &world->slots[file->slot] : NULL;
	__u64 wait;

	if (op->kind == OP_POLL)
		return op->wait == WAIT_FOREVER;
	if (!file || file->nonblock)
		return false;
	wait = slot->read_timeout_ns;
	/* A structure cut short has lost its flags and deadline, or some. */
	switch (op->kind) {
	case OP_RECEIVE:
		if (op->size < sizeof(struct mailslot_receive))
			return file->server && !slot_count(slot) && wait > SHORT_NS;
		if (op->wait)
			wait = wait_ns(op->wait);
		return file->server && !slot_count(slot) && wait > SHORT_NS &&
		       !(op->flags & MAILSLOT_RECEIVE_DONTWAIT);
	case OP_READ:
		return file->server && !slot_count(slot) && wait > SHORT_NS &&
		       op->how != HOW_NOWAIT;
	case OP_WRITE:
		return !file->server && !slot->dead && op->how != HOW_NOWAIT &&
		       op->length <= slot_longest(slot) && !slot_fits(slot, op->length);
	case OP_SEND:
		return !file->server && !slot->dead && send_blocks(slot, op) &&
		       (op->size < sizeof(struct mailslot_send) ||
			!(op->flags & MAILSLOT_SEND_DONTWAIT));
	default:
		return false;
	}
}

void world_begin(struct world *world, const struct op *op, const struct result *actual,
		 const unsigned char *area)
{
	struct proc *p = &world->procs[op->proc];

	p->op = *op;
	p->done = 0;
	p->entered = false;
	p->refused = false;
	p->interrupted = 0;
	p->actual = actual;
	p->area = area;
	p->state = RUNNABLE;
}
