// SPDX-License-Identifier: GPL-2.0-only
/* What a slot of the model holds, and who waits for room or for a message in it. */
#include <poll.h>
#include <string.h>

#include "world.h"

struct slot *file_slot(struct world *world, const struct file *file)
{
	return &world->slots[file->slot];
}

struct file *proc_file(struct world *world, unsigned int proc, unsigned int reg)
{
	int file = reg < NREG ? world->procs[proc].regs[reg] : -1;

	return file < 0 ? NULL : &world->files[file];
}

__u32 slot_longest(const struct slot *slot)
{
	__u64 longest = slot->queue_bytes - MAILSLOT_MESSAGE_COST;

	if (slot->max_message_size && slot->max_message_size < longest)
		longest = slot->max_message_size;
	return longest;
}

bool slot_fits(const struct slot *slot, __u32 length)
{
	return slot->charged + length + MAILSLOT_MESSAGE_COST <= slot->queue_bytes;
}

static bool watches(const struct world *world, unsigned int proc, unsigned int reg, int file)
{
	return world->procs[proc].watches[reg].used && world->procs[proc].regs[reg] == file;
}

/* Every watch of a file that @of says belongs to the slot's server or clients. */
static void watch_all(struct world *world, unsigned int slot, bool server)
{
	unsigned int proc, reg;

	for (proc = 0; proc < NPROC; proc++) {
		for (reg = 0; reg < NREG; reg++) {
			const struct file *file = proc_file(world, proc, reg);
			struct watch *watch = &world->procs[proc].watches[reg];

			if (watch->used && file && file->slot == slot && file->server == server)
				watch->due = true;
		}
	}
}

/* Room was refused: whoever watches that file is told when it is there. */
static void watch_refused(struct world *world, int file)
{
	unsigned int proc, reg;

	for (proc = 0; proc < NPROC; proc++)
		for (reg = 0; reg < NREG; reg++)
			if (watches(world, proc, reg, file))
				world->procs[proc].watches[reg].armed = true;
}

/* What was refused is forgotten when another message enters; no event tells that. */
static void watch_forgiven(struct world *world, int file)
{
	unsigned int proc, reg;

	for (proc = 0; proc < NPROC; proc++)
		for (reg = 0; reg < NREG; reg++)
			if (watches(world, proc, reg, file))
				world->procs[proc].watches[reg].loose = true;
}

void queue_refused(struct world *world, unsigned int file, __u32 length)
{
	world->files[file].need = length + (__u64)MAILSLOT_MESSAGE_COST;
	watch_refused(world, file);
}

void queue_put(struct world *world, unsigned int file, unsigned int proc, __u32 offset,
	       __u32 length)
{
	unsigned int index = world->files[file].slot;
	struct slot *slot = &world->slots[index];

	*queue_at(world, index, slot->written) = (struct message) {
		.offset = offset,
		.length = length,
		.pid = world->procs[proc].pid,
		.uid = world->files[file].uid,
		.gid = world->files[file].gid,
		.lo = world->before_ns,
		.hi = world->after_ns,
	};
	pages_add(slot, length);
	slot->written++;
	slot->bytes_written += length;
	slot->charged += length + MAILSLOT_MESSAGE_COST;
	if (!(slot->flags & MAILSLOT_INFO_KEEP_WRITE_TIME))
		slot->last_write = (struct span) { world->before_ns, world->after_ns };
	if (world->files[file].need)
		watch_forgiven(world, file);
	world->files[file].need = 0;
	watch_all(world, index, true);
}

void queue_take(struct world *world, unsigned int index)
{
	struct slot *slot = &world->slots[index];
	__u32 length = queue_at(world, index, slot->read)->length;

	slot->read++;
	slot->bytes_read += length;
	slot->charged -= length + MAILSLOT_MESSAGE_COST;
	pages_del(slot, length);
	if (!(slot->flags & MAILSLOT_INFO_KEEP_READ_TIME))
		slot->last_read = (struct span) { world->before_ns, world->after_ns };
	queue_serve_line(world, index);
}

/*
 * Room goes to the first in line, whatever its message's size; nobody overtakes. When the first
 * message has become too long to ever enter, its writer is told so.
 */
void queue_serve_line(struct world *world, unsigned int index)
{
	struct slot *slot = &world->slots[index];

	while (slot->nwriters) {
		struct proc *p = &world->procs[slot->writers[0]];
		__u32 length = p->op.kind == OP_SEND ? op_length(&p->op, p->done) : p->op.length;
		__u32 offset = p->op.kind == OP_SEND ? op_offset(&p->op, p->done) : p->op.offset;

		p->refused = length > slot_longest(slot) && world->wrong != 16;
		if (!p->refused && !slot_fits(slot, length))
			return;
		p->entered = !p->refused;
		if (p->entered)
			queue_put(world, p->regs[p->op.reg], slot->writers[0], offset, length);
		p->state = RUNNABLE;
		slot->nwriters--;
		memmove(slot->writers, slot->writers + 1, slot->nwriters);
	}
}

void line_leave(struct world *world, unsigned int index, unsigned int proc)
{
	struct slot *slot = &world->slots[index];
	unsigned int i;

	for (i = 0; i < slot->nwriters; i++) {
		if (slot->writers[i] != proc)
			continue;
		slot->nwriters--;
		memmove(slot->writers + i, slot->writers + i + 1, slot->nwriters - i);
		if (!slot->dead)
			queue_serve_line(world, index);
		return;
	}
}

void readers_leave(struct slot *slot, unsigned int proc)
{
	unsigned int i;

	for (i = 0; i < slot->nreaders; i++) {
		if (slot->readers[i] != proc)
			continue;
		slot->nreaders--;
		memmove(slot->readers + i, slot->readers + i + 1, slot->nreaders - i);
		break;
	}
	if (!slot->nreaders)
		slot->order_known = true;
}

/* The last server end is closed. */
void slot_die(struct world *world, unsigned int index)
{
	struct slot *slot = &world->slots[index];

	slot->dead = true;
	world->alive--;
	while (slot->nwriters)
		world->procs[slot->writers[--slot->nwriters]].state = RUNNABLE;
	watch_all(world, index, false);
}

/* What poll(2) says of a file now. */
short file_events(struct world *world, const struct file *file)
{
	const struct slot *slot = file_slot(world, file);
	__u64 need = file->need ? file->need : MAILSLOT_MESSAGE_COST;

	if (file->server)
		return slot_count(slot) ? POLLIN | POLLRDNORM : 0;
	if (slot->dead)
		return POLLHUP | POLLERR;
	/* What has become too long is not waited for. */
	if (need > slot_longest(slot) + (__u64)MAILSLOT_MESSAGE_COST)
		need = slot_longest(slot) + (__u64)MAILSLOT_MESSAGE_COST;
	if (slot->nwriters || slot->charged + need > slot->queue_bytes)
		return 0;
	return POLLOUT | POLLWRNORM;
}
