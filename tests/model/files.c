// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations of the model on files and processes rather than on messages: what
 * makes a slot, opens it, hands it on and closes it, and who may.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "world.h"

const __u32 identity_ids[NIDENT] = { 0, 60001, 60002 };

/* The third is in the group of the second. */
bool identity_in_group(unsigned int identity, __u32 gid)
{
	return identity_ids[identity] == gid || (identity == 2 && gid == identity_ids[1]);
}

int file_new(struct world *world, bool server, unsigned int slot)
{
	int i;

	for (i = 0; i < NFILE; i++)
		if (!world->files[i].refs)
			break;
	world->files[i] = (struct file) { .refs = 1, .server = server, .slot = slot };
	world->slots[slot].files++;
	if (!server) {
		world->slots[slot].clients++;
		world->files[i].opened = ++world->opened;
	}
	return i;
}

void file_put(struct world *world, int index)
{
	struct file *file = &world->files[index];
	struct slot *slot = &world->slots[file->slot];

	if (--file->refs)
		return;
	if (file->server)
		slot_die(world, file->slot);
	else
		slot->clients--;
	if (!--slot->files)
		slot->used = false;
}

void reg_close(struct world *world, unsigned int proc, unsigned int reg)
{
	struct proc *p = &world->procs[proc];
	int file = p->regs[reg];

	p->regs[reg] = -1;
	p->watches[reg].used = false;
	if (file >= 0)
		file_put(world, file);
}

static bool exempt(const struct proc *p)
{
	return !p->identity;
}

/* Whose slot is a dead one? Who opened the first of the client ends that keep it; or nobody's. */
static const struct file *keeper(const struct world *world, unsigned int slot)
{
	const struct file *first = NULL;
	unsigned int i;

	for (i = 0; i < NFILE; i++) {
		const struct file *file = &world->files[i];

		if (file->refs && !file->server && file->slot == slot &&
		    (!first || file->opened < first->opened))
			first = file;
	}
	return first;
}

/* Dead slots that count as slots of a user's; root's do not. */
static unsigned int kept_slots(const struct world *world, __u32 uid)
{
	unsigned int i, count = 0;

	for (i = 0; i < NSLOT; i++) {
		const struct file *first;

		if (!world->slots[i].used || !world->slots[i].dead)
			continue;
		first = keeper(world, i);
		count += first && first->uid == uid;
	}
	return world->wrong == 15 ? 0 : count;
}

static unsigned int user_slots(const struct world *world, __u32 uid)
{
	unsigned int i, count = kept_slots(world, uid);

	for (i = 0; i < NSLOT; i++) {
		const struct slot *slot = &world->slots[i];

		count += slot->used && !slot->dead && !slot->exempt && slot->owner == uid;
	}
	return count;
}

static int name_collides(const struct world *world, __u32 name)
{
	unsigned int i;

	for (i = 0; i < NSLOT; i++) {
		const struct slot *slot = &world->slots[i];

		if (!slot->used || slot->dead)
			continue;
		if (!strcmp(name_bytes(slot->name), name_bytes(name)) ||
		    (name_below(name, slot->name) && world->wrong != 4) ||
		    name_below(slot->name, name))
			return -EEXIST;
	}
	return 0;
}

/* What a queue holds of which a caller says the size. */
long queue_bytes_verdict(const struct world *world, __u64 *bytes)
{
	__u64 most = world->parameters[PARAM_MAX_QUEUE_BYTES];
	__u64 usual = world->parameters[PARAM_DEFAULT_QUEUE_BYTES];

	if (!*bytes)
		*bytes = usual < most ? usual : most;
	return *bytes < MAILSLOT_MESSAGE_COST || *bytes > most ? -ERANGE : 0;
}

/* The checks of CREATE, in the order of the document. */
static int create_verdict(const struct world *world, const struct proc *p, const struct op *op,
			  struct mailslot_create *create)
{
	__u64 most_slots = world->parameters[PARAM_MAX_USER_SLOTS];
	__u64 all_slots = world->parameters[PARAM_MAX_SLOTS];
	int err;

	if (world->wrong == 2)
		most_slots++;
	/* The last sixteenth of all slots is root's. */
	if (!exempt(p))
		all_slots -= all_slots / 16;
	if (op->request == REQ_NOWHERE && op->size)
		return -EFAULT;
	if (op->request == REQ_TAIL && op->size > sizeof(*create))
		return -E2BIG;
	*create = op_create(op, name_bytes(op->name));
	if (op->size < sizeof(*create))
		memset((char *)create + op->size, 0, sizeof(*create) - op->size);
	if (create->flags & ~MAILSLOT_CREATE_FLAGS || create->mode > 0777 || create->reserved)
		return -EINVAL;
	/* A structure that is cut short has no name. */
	err = create->name[0] ? name_verdict(op->name) : -EINVAL;
	if (err)
		return err;
	err = queue_bytes_verdict(world, &create->queue_bytes);
	if (err)
		return err;
	if (op->how == SCARCE_FDS)
		return -EMFILE;
	if (world->alive >= all_slots)
		return -ENOSPC;
	if (!exempt(p) && user_slots(world, identity_ids[p->identity]) >= most_slots)
		return -EDQUOT;
	err = name_collides(world, op->name);
	if (err)
		return err;
	return op->how == SCARCE_FILES && !exempt(p) ? -ENFILE : 0;
}

static bool node_is_right(struct world *world, const struct result *r, const struct slot *slot)
{
	unsigned int i;

	if (r->node_mode != (S_IFCHR | slot->mode) || r->node_uid != slot->uid ||
	    r->node_gid != slot->gid) {
		world_wrong(world, "the node is %o of %u:%u, should be %o of %u:%u", r->node_mode,
			    r->node_uid, r->node_gid, S_IFCHR | slot->mode, slot->uid, slot->gid);
		return false;
	}
	for (i = 0; i < NSLOT; i++) {
		const struct slot *other = &world->slots[i];

		if (other != slot && other->used && other->major == r->node_major &&
		    other->minor == r->node_minor) {
			world_wrong(world, "the minor %u is another slot's", r->node_minor);
			return false;
		}
	}
	return true;
}

static enum step create(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct result *r = p->actual;
	const struct op *op = &p->op;
	struct mailslot_create args;
	unsigned int index;
	struct slot *slot;
	int err = create_verdict(world, p, op, &args);

	if (err)
		return ends(world, p, err);
	if (r->ret < 0)
		return world_wrong(world, "CREATE gave %ld, should succeed", r->ret);
	for (index = 0; world->slots[index].used; index++)
		;
	slot = &world->slots[index];
	*slot = (struct slot) {
		.used = true,
		.exempt = exempt(p),
		.order_known = true,
		.name = op->name,
		.uid = identity_ids[p->identity],
		.gid = identity_ids[p->identity],
		.mode = args.mode & ~p->umask,
		.owner = identity_ids[p->identity],
		.max_message_size = args.max_message_size,
		.queue_bytes = args.queue_bytes,
		.read_timeout_ns = args.read_timeout_ns,
		.major = r->node_major,
		.minor = r->node_minor,
		.created = { world->before_ns, world->after_ns },
	};
	slot->last_read = slot->created;
	slot->last_write = slot->created;
	world->alive++;
	p->regs[op->reg] = file_new(world, true, index);
	world->files[p->regs[op->reg]].nonblock = args.flags & MAILSLOT_CREATE_NONBLOCK;
	world->files[p->regs[op->reg]].can_read = true;
	if (!node_is_right(world, r, slot))
		return STEP_WRONG;
	if (!(r->fd_flags & FD_CLOEXEC) != !!(args.flags & MAILSLOT_CREATE_INHERIT))
		return world_wrong(world, "close-on-exec is %d", r->fd_flags);
	if (!(r->file_flags & O_NONBLOCK) != !(args.flags & MAILSLOT_CREATE_NONBLOCK) ||
	    (r->file_flags & O_ACCMODE) != O_RDONLY)
		return world_wrong(world, "the server's file flags are %o", r->file_flags);
	return STEP_DONE;
}

/* The slot with that name, or -errno of a path lookup. */
static int find(const struct world *world, __u32 name)
{
	int err = -ENOENT;
	int i;

	for (i = 0; i < NSLOT; i++) {
		const struct slot *slot = &world->slots[i];

		if (!slot->used || slot->dead)
			continue;
		if (!strcmp(name_bytes(slot->name), name_bytes(name)))
			return i;
		if (name_below(slot->name, name))
			return -EISDIR;
		if (name_below(name, slot->name))
			err = -ENOTDIR;
	}
	return err;
}

bool name_is_directory(const struct world *world, __u32 name)
{
	return find(world, name) == -EISDIR;
}

static bool permitted(const struct proc *p, const struct slot *slot, bool reads, bool writes)
{
	unsigned int bits = (reads ? 4 : 0) | (writes ? 2 : 0), mode = slot->mode;

	if (!p->identity)
		return true;
	if (identity_ids[p->identity] == slot->uid)
		mode >>= 6;
	else if (identity_in_group(p->identity, slot->gid))
		mode >>= 3;
	return (mode & bits) == bits;
}

/* Whether a limit of none stops somebody who keeps none is left open. */
static bool keeps_too_many(const struct world *world, const struct proc *p)
{
	unsigned int kept = kept_slots(world, identity_ids[p->identity]);
	__u64 most = world->parameters[PARAM_MAX_USER_SLOTS];

	if (exempt(p) || kept < most)
		return false;
	return kept || p->actual->ret == -EDQUOT;
}

static enum step open_client(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	int access = op->flags & O_ACCMODE;
	bool reads = access != O_WRONLY, writes = access != O_RDONLY || op->flags & O_TRUNC;
	int index = find(world, op->name);
	struct file *file;

	if (index < 0)
		return ends(world, p, index);
	if (!permitted(p, &world->slots[index], reads, writes))
		return ends(world, p, -EACCES);
	if (keeps_too_many(world, p))
		return ends(world, p, -EDQUOT);
	if (p->actual->ret < 0)
		return world_wrong(world, "open gave %ld, should succeed", p->actual->ret);
	p->regs[op->reg] = file_new(world, false, index);
	file = &world->files[p->regs[op->reg]];
	file->can_read = reads;
	file->can_write = access != O_RDONLY;
	file->nonblock = op->flags & O_NONBLOCK;
	file->uid = identity_ids[p->identity];
	file->gid = identity_ids[p->identity];
	if (p->actual->node_major != world->slots[index].major ||
	    p->actual->node_minor != world->slots[index].minor)
		return world_wrong(world, "open gave the slot %u", p->actual->node_minor);
	return STEP_DONE;
}

static enum step change_mode(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	int index = find(world, p->op.name);

	if (index < 0)
		return ends(world, p, index);
	if (p->identity && identity_ids[p->identity] != world->slots[index].uid)
		return ends(world, p, -EPERM);
	world->slots[index].mode = p->op.mode;
	return ends(world, p, 0);
}

static void proc_clear(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	unsigned int i;

	for (i = 0; i < NSLOT; i++) {
		readers_leave(&world->slots[i], proc);
		line_leave(world, i, proc);
	}
	p->alive = false;
	p->state = IDLE;
	for (i = 0; i < NREG; i++)
		reg_close(world, proc, i);
}

/* A queue that holds no message is not to be had. */
static enum step set_parameter(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	unsigned int i;

	if ((op->how == PARAM_DEFAULT_QUEUE_BYTES || op->how == PARAM_MAX_QUEUE_BYTES) &&
	    op->value < MAILSLOT_MESSAGE_COST)
		return ends(world, p, -EINVAL);
	world->parameters[op->how] = op->value;
	if (op->how == PARAM_MAX_USER_BYTES)
		for (i = 0; i < NSLOT; i++)
			world->slots[i].unsure = true;
	return ends(world, p, 0);
}

/* What the controller does to a process. */
static enum step process(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc], *to = &world->procs[p->op.to % NPROC];
	unsigned int i;

	switch (p->op.kind) {
	case OP_SPAWN:
		to->alive = true;
		to->identity = p->op.how;
		to->umask = 022;
		to->pid = p->actual->ret;
		return STEP_DONE;
	case OP_FORK:
		*to = *p;
		to->state = IDLE;
		to->pid = p->actual->ret;
		memset(to->watches, 0, sizeof(to->watches));
		for (i = 0; i < NREG; i++)
			if (to->regs[i] >= 0)
				world->files[to->regs[i]].refs++;
		return STEP_DONE;
	case OP_KILL:
		proc_clear(world, p->op.to);
		return ends(world, p, 0);
	default:	/* OP_SIGNAL */
		to->interrupted = 1 + !!p->op.how;
		for (i = 0; i < NSLOT; i++) {
			readers_leave(&world->slots[i], p->op.to);
			line_leave(world, i, p->op.to);
		}
		to->state = RUNNABLE;
		return ends(world, p, 0);
	}
}

enum step files_advance(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	int file;

	switch (op->kind) {
	case OP_CREATE:
		return create(world, proc);
	case OP_OPEN:
		return open_client(world, proc);
	case OP_CLOSE:
		reg_close(world, proc, op->reg);
		return ends(world, p, 0);
	case OP_DUP:
		p->regs[op->to] = p->regs[op->reg];
		world->files[p->regs[op->to]].refs++;
		return ends(world, p, 0);
	case OP_SETFL:
		world->files[p->regs[op->reg]].nonblock = op->flags & O_NONBLOCK;
		return ends(world, p, 0);
	case OP_THROW:
		file = p->regs[op->reg];
		world->files[file].refs++;
		world->flights[world->nflights++] = file;
		return ends(world, p, 0);
	case OP_CATCH:
		p->regs[op->reg] = world->flights[0];
		memmove(world->flights, world->flights + 1,
			--world->nflights * sizeof(world->flights[0]));
		return ends(world, p, 0);
	case OP_CHMOD:
		return change_mode(world, proc);
	case OP_UMASK:
		p->umask = op->mode;
		return ends(world, p, 0);
	case OP_IDENTITY:
		p->identity = op->how;
		return ends(world, p, 0);
	case OP_PARAMETER:
		return set_parameter(world, proc);
	default:
		return process(world, proc);
	}
}
