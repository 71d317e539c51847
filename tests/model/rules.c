// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each call on a slot does, by the contract: the model's heart. One function
 * for each kind of operation; those on files and processes are in files.c.
 *
 * world.wrong makes one rule wrong, which the suite uses to see that a difference
 * is found and cut down. It is set by main.c and by nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>

#include "buffer.h"
#include "execute.h"
#include "world.h"

enum step world_wrong(struct world *world, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(world->why, sizeof(world->why), format, args);
	va_end(args);
	return STEP_WRONG;
}

enum step ends(struct world *world, struct proc *p, long want)
{
	if (!p->actual)
		return world_wrong(world, "it sleeps, and should give %ld", want);
	if (p->actual->ret != want)
		return world_wrong(world, "it gave %ld, should give %ld", p->actual->ret, want);
	return STEP_DONE;
}

enum step ends_either(struct world *world, struct proc *p, long want, long other)
{
	return ends(world, p, p->actual && p->actual->ret == other ? other : want);
}

static bool bytes_are(struct world *world, const struct proc *p, __u32 at, __u32 capacity,
		      const struct message *message)
{
	const unsigned char *buffer = p->area + AREA_BUFFER + at;
	__u32 end = capacity < POISONED ? capacity : POISONED, i;

	if (memcmp(buffer, pool + message->offset, message->length)) {
		for (i = 0; buffer[i] == pool[message->offset + i]; i++)
			;
		world_wrong(world, "byte %u of %u is %02x, should be %02x", i, message->length,
			    buffer[i], pool[message->offset + i]);
		return false;
	}
	/* An empty message may go to where nothing is mapped. */
	if (at >= BUFFER_SIZE)
		return true;
	if (at + end + REDZONE <= BUFFER_SIZE)
		end += REDZONE;
	for (i = message->length; i < end; i++) {
		if (buffer[i] != POISON) {
			world_wrong(world, "byte %u behind a message of %u was written", i,
				    message->length);
			return false;
		}
	}
	return true;
}

/* The process sleeps until there is a message; or it did not, for its time was short. */
static enum step await_message(struct world *world, unsigned int proc, struct slot *slot,
			       bool nonblock, __u64 wait)
{
	struct proc *p = &world->procs[proc];
	enum step step;

	if (nonblock)
		return ends(world, p, -EAGAIN);
	if (!wait)
		return ends(world, p, -ETIMEDOUT);
	if (wait <= SHORT_NS) {
		step = ends(world, p, -ETIMEDOUT);
		if (step == STEP_DONE && p->actual->ended_ns - p->actual->began_ns < (__s64)wait)
			return world_wrong(world, "the wait ended early, after %lld ns",
					   (long long)(p->actual->ended_ns - p->actual->began_ns));
		return step;
	}
	p->wait_ns = wait;
	p->state = READING;
	slot->readers[slot->nreaders++] = proc;
	return STEP_BLOCK;
}

static enum step do_read(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct file *file = proc_file(world, proc, op->reg);
	bool kernel = op->memory == MEM_KERNEL, vector = op->how != HOW_PLAIN;
	const struct message *message;
	struct slot *slot;

	if (!file)
		return ends(world, p, -EBADF);
	if (!file->can_read)
		return ends_either(world, p, -EBADF, kernel && vector ? -EFAULT : -EBADF);
	if (kernel)
		return ends_either(world, p, -EFAULT, file->server ? -EFAULT : -EINVAL);
	if (vector && !op->length)
		return ends(world, p, 0);
	if (!file->server)
		return ends_either(world, p, -EINVAL,
				   op->how == HOW_NOWAIT ? -EOPNOTSUPP : -EINVAL);
	slot = file_slot(world, file);
	if (!slot_count(slot))
		return await_message(world, proc, slot, file->nonblock || op->how == HOW_NOWAIT,
				     slot->read_timeout_ns);
	message = queue_at(world, file->slot, slot->read);
	if (message->length > op->length) {
		if (world->wrong == 1)
			queue_take(world, file->slot);
		return ends(world, p, -EMSGSIZE);
	}
	if (op_accessible(op, op->length) < message->length)
		return ends(world, p, -EFAULT);
	if (ends(world, p, message->length) != STEP_DONE ||
	    !bytes_are(world, p, buffer_read(op, op->length),
		       op_accessible(op, op->length), message))
		return STEP_WRONG;
	queue_take(world, file->slot);
	return STEP_DONE;
}

enum quota { QUOTA_FITS, QUOTA_MAY_FIT, QUOTA_FULL };

/* max_user_bytes, as far as pages.c knows what is held. */
static enum quota quota(const struct world *world, const struct slot *slot, __u32 length)
{
	__u64 limit = world->parameters[PARAM_MAX_USER_BYTES] / PAGE, least = 0, most = 0;
	unsigned int i;

	if (slot->exempt)
		return QUOTA_FITS;
	for (i = 0; i < NSLOT; i++) {
		struct slot other = world->slots[i];

		if (!other.used || other.dead || other.exempt || other.owner != slot->owner)
			continue;
		if (&world->slots[i] == slot)
			pages_add(&other, length);
		least += pages_least(&other);
		most += pages_most(&other);
	}
	if (world->wrong == 11 && limit)
		limit--;
	if (most <= limit)
		return QUOTA_FITS;
	return least > limit && !slot->unsure ? QUOTA_FULL : QUOTA_MAY_FIT;
}

/* What the process is writing, in pages, if it is @identity. */
static __u64 under_way(const struct proc *p, unsigned int identity)
{
	const struct op *op = &p->op;

	if (p->state == IDLE || (op->kind != OP_WRITE && op->kind != OP_SEND) || op->reg >= NREG ||
	    p->regs[op->reg] < 0 || p->identity != identity)
		return 0;
	return pages_under_way(op->kind == OP_WRITE ? op->length : op_length(op, p->done));
}

/* max_user_bytes once more, for messages under way: the writer's. */
static enum quota quota_under_way(const struct world *world, unsigned int proc, __u32 length)
{
	__u64 limit = world->parameters[PARAM_MAX_USER_BYTES] / PAGE;
	__u64 least = pages_under_way(length), most = least;
	unsigned int identity = world->procs[proc].identity, i;

	if (!least || !identity)
		return QUOTA_FITS;
	/* Who stands in line has all of it; who was served may be about to give it back. */
	for (i = 0; i < NPROC; i++) {
		__u64 pages = i == proc ? 0 : under_way(&world->procs[i], identity);

		most += pages;
		if (world->procs[i].state == IN_LINE)
			least += pages;
	}
	if (most <= limit)
		return QUOTA_FITS;
	return least > limit ? QUOTA_FULL : QUOTA_MAY_FIT;
}

/* One message to be sent. */
struct letter {
	__u32 offset;
	__u32 length;
	bool bad;		/* not all of it can be read */
	bool nonblock;
	bool over_quota;	/* the module said EDQUOT */
};

/*
 * STEP_MORE: it is queued. STEP_BLOCK: the process stands in line. STEP_DONE: it
 * is refused with *err.
 */
static enum step send_letter(struct world *world, unsigned int proc, const struct letter *letter,
			     long *err)
{
	struct proc *p = &world->procs[proc];
	unsigned int index = p->regs[p->op.reg];
	struct file *file = &world->files[index];
	struct slot *slot = file_slot(world, file);
	bool too_long = letter->length > slot_longest(slot), full;
	enum quota room;

	*err = -EPIPE;
	if (slot->dead && !(too_long && world->wrong == 6))
		return STEP_DONE;
	*err = -EMSGSIZE;
	if (too_long)
		return STEP_DONE;
	full = (slot->nwriters && world->wrong != 12) || !slot_fits(slot, letter->length);
	if (full && letter->nonblock) {
		if (world->wrong != 9)
			queue_refused(world, index, letter->length);
		*err = -EAGAIN;
		return STEP_DONE;
	}
	room = quota_under_way(world, proc, letter->length);
	*err = -EDQUOT;
	if (room == QUOTA_FULL || (room == QUOTA_MAY_FIT && letter->over_quota))
		return STEP_DONE;
	room = quota(world, slot, letter->length);
	/* Which of the two is said first depends on what memory is at hand. */
	*err = letter->over_quota && room != QUOTA_FITS ? -EDQUOT : -EFAULT;
	if (letter->bad)
		return STEP_DONE;
	if (full) {
		p->state = IN_LINE;
		slot->writers[slot->nwriters++] = proc;
		return STEP_BLOCK;
	}
	*err = -EDQUOT;
	if (room == QUOTA_FULL || (room == QUOTA_MAY_FIT && letter->over_quota))
		return STEP_DONE;
	queue_put(world, index, proc, letter->offset, letter->length);
	return STEP_MORE;
}

static enum step do_write(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct file *file = proc_file(world, proc, op->reg);
	bool kernel = op->memory == MEM_KERNEL, vector = op->how != HOW_PLAIN;
	struct letter letter;
	enum step step;
	long err;

	if (p->entered)
		return ends(world, p, op->length);
	if (p->refused)
		return ends(world, p, -EMSGSIZE);
	if (!file)
		return ends(world, p, -EBADF);
	if (!file->can_write)
		return ends_either(world, p, -EBADF, kernel && vector ? -EFAULT : -EBADF);
	if (kernel)
		return ends(world, p, -EFAULT);
	if (vector && !op->length)
		return ends(world, p, 0);
	letter = (struct letter) {
		.offset = op->offset,
		.length = op->length,
		.bad = op_accessible(op, op->length) < op->length,
		.nonblock = file->nonblock || op->how == HOW_NOWAIT,
		.over_quota = p->actual && p->actual->ret == -EDQUOT,
	};
	step = send_letter(world, proc, &letter, &err);
	if (step == STEP_BLOCK)
		return step;
	return ends(world, p, step == STEP_MORE ? op->length : err);
}

/* What is wrong with an ioctl's structure itself. */
static long request_verdict(const struct op *op, size_t known)
{
	if (op->request == REQ_NOWHERE && op->size)
		return -EFAULT;
	return op->request == REQ_TAIL && op->size > known ? -E2BIG : 0;
}

static void cut(void *request, size_t known, const struct op *op)
{
	if (op->size < known)
		memset((char *)request + op->size, 0, known - op->size);
}

static long batch_verdict(__u32 flags, __u32 all_flags, __u32 reserved, __u32 count, __u32 size,
			  size_t right)
{
	if (flags & ~all_flags || reserved || !count || count > MAILSLOT_BATCH_MAX || size < right)
		return -EINVAL;
	return size > PAGE ? -E2BIG : 0;
}

static bool odd(const struct op *op, unsigned int i, enum oddity oddity)
{
	return op->oddity == oddity && op->odd == i;
}

static enum step do_send(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct file *file = proc_file(world, proc, op->reg);
	struct mailslot_send request = op_send(op);
	struct letter letter;
	unsigned int i;
	long err;

	if (!file || !file->can_write)
		return ends(world, p, -EBADF);
	err = request_verdict(op, sizeof(request));
	if (err)
		return ends(world, p, err);
	cut(&request, sizeof(request), op);
	err = batch_verdict(request.flags, MAILSLOT_SEND_FLAGS, request.reserved, request.count,
			    request.message_size, sizeof(struct mailslot_send_msg));
	if (err)
		return ends(world, p, err);
	if (p->entered) {
		p->entered = false;
		p->done++;
		world->went_on = true;
	}
	i = p->done;
	if (p->refused)
		return ends(world, p, i ? (long)i : -EMSGSIZE);
	if (i == request.count)
		return ends(world, p, i);
	err = 0;
	if (op->request == REQ_ARRAY && i >= op->reach)
		err = -EFAULT;
	else if (odd(op, i, ODD_RESERVED))
		err = -EINVAL;
	else if (op->request == REQ_MESSAGE_TAIL && i == op->odd)
		err = -E2BIG;
	if (err)
		return ends(world, p, i ? (long)i : err);
	/* Whoever shares the file may set O_NONBLOCK while the call waits; it looked before. */
	if (!i)
		p->nonblock = file->nonblock || request.flags & MAILSLOT_SEND_DONTWAIT;
	letter = (struct letter) {
		.offset = op_offset(op, i),
		.length = op_length(op, i),
		.nonblock = p->nonblock,
		.over_quota = p->actual && p->actual->ret == (i ? (long)i : -EDQUOT),
	};
	letter.bad = letter.length && (odd(op, i, ODD_NOWHERE) || op->memory == MEM_NOWHERE);
	switch (send_letter(world, proc, &letter, &err)) {
	case STEP_MORE:
		p->done++;
		return STEP_MORE;
	case STEP_BLOCK:
		return STEP_BLOCK;
	default:
		return ends(world, p, i ? (long)i : err);
	}
}

/* The i-th message of a RECEIVE: may it be delivered? */
static long receive_verdict(const struct op *op, unsigned int i, const struct message *message)
{
	if (op->request == REQ_ARRAY && i >= op->reach)
		return -EFAULT;
	if (odd(op, i, ODD_RESERVED))
		return -EINVAL;
	if (op->request == REQ_MESSAGE_TAIL && i == op->odd)
		return -E2BIG;
	if (message->length > op_length(op, i))
		return -EMSGSIZE;
	return odd(op, i, ODD_NOWHERE) && message->length ? -EFAULT : 0;
}

/* What entry @i of a RECEIVE's array is now. */
static void entry_get(const struct proc *p, unsigned int i, struct mailslot_recv_msg *msg)
{
	memcpy(msg, p->area + buffer_table(&p->op, sizeof(*msg)) +
	       i * op_stride(&p->op, sizeof(*msg)), sizeof(*msg));
}

static bool receive_is(struct world *world, const struct proc *p, unsigned int i, __u64 sequence,
		       struct message *message)
{
	const struct op *op = &p->op;
	struct mailslot_recv_msg msg;
	__u32 uid = message->uid;

	entry_get(p, i, &msg);
	if (world->wrong == 8)
		uid = identity_ids[p->identity];
	if (msg.length != message->length || msg.pid != message->pid || msg.uid != uid ||
	    msg.gid != message->gid || msg.sequence != sequence) {
		world_wrong(world,
			    "message %u: length %u pid %u ids %u:%u number %llu, not %u %u %u:%u %llu",
			    i, msg.length, msg.pid, msg.uid, msg.gid, (long long)msg.sequence,
			    message->length, message->pid, uid, message->gid, (long long)sequence);
		return false;
	}
	if (msg.time_ns < message->lo || msg.time_ns > message->hi) {
		world_wrong(world, "message %u: time %lld, should be in %lld to %lld", i,
			    (long long)msg.time_ns, (long long)message->lo,
			    (long long)message->hi);
		return false;
	}
	message->lo = msg.time_ns;
	message->hi = msg.time_ns;
	return bytes_are(world, p, buffer_receive(op, i),
			 op_length(op, i) < POISONED ? op_length(op, i) : message->length, message);
}

/* Entries that no message went to are as they were, but for the length with EMSGSIZE. */
static bool receive_left_alone(struct world *world, const struct proc *p, unsigned int i, long err)
{
	const struct op *op = &p->op;
	struct mailslot_recv_msg msg;
	const __u32 poison = POISON * 0x01010101U;

	if (i >= op->count || (op->request == REQ_ARRAY && i >= op->reach))
		return true;
	entry_get(p, i, &msg);
	if (msg.pid == poison && msg.uid == poison && msg.gid == poison &&
	    msg.sequence == POISON * 0x0101010101010101ULL &&
	    (msg.length == poison || err == -EMSGSIZE))
		return true;
	world_wrong(world, "entry %u was written", i);
	return false;
}

static enum step receive_ends(struct world *world, struct proc *p, struct slot *slot, long err)
{
	const __u32 *length = (const void *)(p->area + buffer_table(&p->op,
			sizeof(struct mailslot_recv_msg)) +
			offsetof(struct mailslot_recv_msg, length));

	slot->claimed = false;
	if (!receive_left_alone(world, p, p->done, err))
		return STEP_WRONG;
	if (err == -EMSGSIZE && !p->done &&
	    *length != queue_at(world, slot - world->slots, slot->read)->length)
		return world_wrong(world, "EMSGSIZE stored length %u", *length);
	return ends(world, p, p->done ? (long)p->done : err);
}

/* One message; others may send meanwhile, but not receive. */
static enum step receive_message(struct world *world, unsigned int proc, unsigned int count,
				 bool peek)
{
	struct proc *p = &world->procs[proc];
	unsigned int index = world->files[p->regs[p->op.reg]].slot;
	struct slot *slot = &world->slots[index];
	__u64 number = slot->read + (peek ? p->done : 0);
	struct message *message;
	long err;

	if (!p->actual)
		return world_wrong(world, "it sleeps, and there is a message");
	if (!p->done) {
		slot->claimed = true;
		p->there = slot->written;
	}
	if (p->done == count || number == slot->written)
		return receive_ends(world, p, slot, 0);
	message = queue_at(world, index, number);
	err = receive_verdict(&p->op, p->done, message);
	/* What is sent while this goes on may come too late, or be met and not fit. */
	if (err || (number >= p->there && p->actual->ret == (long)p->done))
		return receive_ends(world, p, slot, err);
	if (p->actual->ret <= (long)p->done)
		return world_wrong(world, "it gave %ld, should give more than %u", p->actual->ret,
				   p->done);
	if (!receive_is(world, p, p->done, number + 1, message))
		return STEP_WRONG;
	p->done++;
	if (!peek || world->wrong == 5)
		queue_take(world, index);
	return STEP_MORE;
}

static enum step do_receive(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct file *file = proc_file(world, proc, op->reg);
	struct mailslot_receive request = op_receive(op);
	struct slot *slot;
	bool nonblock;
	__u64 wait;
	long err;

	if (!file)
		return ends(world, p, -EBADF);
	if (!file->server)
		return ends(world, p, -EINVAL);
	err = request_verdict(op, sizeof(request));
	if (err)
		return ends(world, p, err);
	cut(&request, sizeof(request), op);
	err = batch_verdict(request.flags, MAILSLOT_RECEIVE_FLAGS, request.reserved, request.count,
			    request.message_size, sizeof(struct mailslot_recv_msg));
	if (err)
		return ends(world, p, err);
	slot = file_slot(world, file);
	if (slot_count(slot) || p->done)
		return receive_message(world, proc, request.count,
				       request.flags & MAILSLOT_RECEIVE_PEEK);
	nonblock = file->nonblock || request.flags & MAILSLOT_RECEIVE_DONTWAIT;
	wait = slot->read_timeout_ns;
	if (op->wait && op->size >= sizeof(request))
		wait = op->wait == WAIT_PAST ? 0 : wait_ns(op->wait);
	return await_message(world, proc, slot, nonblock, wait);
}

static bool span_is(struct world *world, const char *what, struct span *span, __s64 time)
{
	if (time < span->lo || time > span->hi) {
		world_wrong(world, "%s is %lld, should be in %lld to %lld", what, (long long)time,
			    (long long)span->lo, (long long)span->hi);
		return false;
	}
	*span = (struct span) { time, time };
	return true;
}

static const struct info_field {
	const char *name;
	size_t offset, size;
} info_fields[] = {
#define FIELD(name)							\
	{ #name, offsetof(struct mailslot_info, name), sizeof(((struct mailslot_info *)0)->name) }
	FIELD(max_message_size), FIELD(next_message_size), FIELD(message_count),
	FIELD(queued_bytes), FIELD(queue_bytes), FIELD(read_timeout_ns), FIELD(messages_written),
	FIELD(messages_read), FIELD(bytes_written), FIELD(bytes_read), FIELD(clients),
	FIELD(flags), FIELD(dev_major), FIELD(dev_minor),
#undef FIELD
};

static __u64 info_value(const struct mailslot_info *info, const struct info_field *field)
{
	__u64 wide;
	__u32 narrow;

	memcpy(&narrow, (const char *)info + field->offset, sizeof(narrow));
	if (field->size == sizeof(narrow))
		return narrow;
	memcpy(&wide, (const char *)info + field->offset, sizeof(wide));
	return wide;
}

/* What was not stored is as it was; what follows all that is known is zero. */
static bool info_ends(struct world *world, const struct result *r, __u32 size)
{
	const unsigned char *bytes = (const unsigned char *)&r->info;
	unsigned int i;

	for (i = 0; i < sizeof(r->info) + sizeof(r->beyond); i++) {
		bool known = i < sizeof(r->info);
		unsigned char got = known ? bytes[i] : r->beyond[i - sizeof(r->info)];

		if (known && i < size)
			continue;
		if (got != (i < size ? 0 : POISON)) {
			world_wrong(world, "GET_INFO of %u bytes: byte %u is %02x", size, i, got);
			return false;
		}
	}
	return true;
}

static bool info_is(struct world *world, struct slot *slot, const struct mailslot_info *want,
		    const struct result *r, __u32 size)
{
	const size_t times = offsetof(struct mailslot_info, creation_time_ns);
	unsigned int i;

	if (!info_ends(world, r, size))
		return false;
	for (i = 0; i < sizeof(info_fields) / sizeof(info_fields[0]); i++) {
		const struct info_field *field = &info_fields[i];
		__u64 got = info_value(&r->info, field), right = info_value(want, field);

		if (size < field->offset + field->size || got == right)
			continue;
		world_wrong(world, "%s is %llu, should be %llu", field->name,
			    (unsigned long long)got, (unsigned long long)right);
		return false;
	}
	return (size < times + 8 ||
		span_is(world, "creation time", &slot->created, r->info.creation_time_ns)) &&
	       (size < times + 16 ||
		span_is(world, "last read", &slot->last_read, r->info.last_read_time_ns)) &&
	       (size < times + 24 ||
		span_is(world, "last write", &slot->last_write, r->info.last_write_time_ns));
}

static enum step do_get_info(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct file *file = proc_file(world, proc, op->reg);
	struct mailslot_info want;
	struct slot *slot;
	__u64 next;

	if (op->reg == CONTROL)
		return ends(world, p, -ENOTTY);
	if (!file)
		return ends(world, p, -EBADF);
	if (op->request == REQ_NOWHERE && op->size)
		return ends(world, p, -EFAULT);
	slot = file_slot(world, file);
	next = slot->read;
	if (world->wrong == 3 && slot->read > 2 && slot_count(slot) > 2)
		next++;
	want = (struct mailslot_info) {
		.max_message_size = slot->max_message_size,
		.next_message_size = MAILSLOT_NO_NEXT_MESSAGE,
		.queue_bytes = slot->queue_bytes,
		.read_timeout_ns = slot->read_timeout_ns,
		.messages_written = slot->written,
		.messages_read = slot->read,
		.bytes_written = slot->bytes_written,
		.bytes_read = slot->bytes_read,
		.clients = slot->clients,
		.flags = slot->flags | (file->server ? MAILSLOT_INFO_SERVER : 0) |
			 (slot->dead ? MAILSLOT_INFO_GONE : 0),
		.dev_major = slot->major,
		.dev_minor = slot->minor,
	};
	if (!slot->dead && slot_count(slot)) {
		want.next_message_size = queue_at(world, file->slot, next)->length;
		want.message_count = slot_count(slot);
		want.queued_bytes = slot->charged;
	}
	if (ends(world, p, 0) != STEP_DONE || !info_is(world, slot, &want, p->actual, op->size))
		return STEP_WRONG;
	return STEP_DONE;
}

static long set_info_verdict(const struct mailslot_set_info *set)
{
	__u32 keep = MAILSLOT_INFO_KEEP_READ_TIME | MAILSLOT_INFO_KEEP_WRITE_TIME;

	if (set->mask & ~MAILSLOT_SET_MASK)
		return -EINVAL;
	if (set->flags & ~keep || (set->flags && !(set->mask & MAILSLOT_SET_FLAGS)))
		return -EINVAL;
	if (set->read_timeout_ns && !(set->mask & MAILSLOT_SET_READ_TIMEOUT))
		return -EINVAL;
	if (set->creation_time_ns && !(set->mask & MAILSLOT_SET_CREATION_TIME))
		return -EINVAL;
	if (set->last_read_time_ns && !(set->mask & MAILSLOT_SET_LAST_READ_TIME))
		return -EINVAL;
	if (set->last_write_time_ns && !(set->mask & MAILSLOT_SET_LAST_WRITE_TIME))
		return -EINVAL;
	if (set->queue_bytes && !(set->mask & MAILSLOT_SET_QUEUE_BYTES))
		return -EINVAL;
	if (set->max_message_size && !(set->mask & MAILSLOT_SET_MAX_MESSAGE_SIZE))
		return -EINVAL;
	return set->reserved ? -EINVAL : 0;
}

static void set_limits(struct world *world, unsigned int index, const struct mailslot_set_info *set)
{
	struct slot *slot = &world->slots[index];

	if (set->mask & MAILSLOT_SET_QUEUE_BYTES)
		slot->queue_bytes = set->queue_bytes;
	if (set->mask & MAILSLOT_SET_MAX_MESSAGE_SIZE)
		slot->max_message_size = set->max_message_size;
	queue_serve_line(world, index);
}

static enum step do_set_info(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	struct file *file = proc_file(world, proc, p->op.reg);
	struct mailslot_set_info set = op_set_info(&p->op);
	struct slot *slot;
	long err;

	if (p->op.reg == CONTROL)
		return ends(world, p, -ENOTTY);
	if (!file)
		return ends(world, p, -EBADF);
	if (!file->server)
		return ends(world, p, -EINVAL);
	err = request_verdict(&p->op, sizeof(set));
	if (err)
		return ends(world, p, err);
	cut(&set, sizeof(set), &p->op);
	err = set_info_verdict(&set);
	if (!err && set.mask & MAILSLOT_SET_QUEUE_BYTES)
		err = queue_bytes_verdict(world, &set.queue_bytes);
	if (err)
		return ends(world, p, err);
	slot = file_slot(world, file);
	if (set.mask & MAILSLOT_SET_FLAGS && world->wrong != 10)
		slot->flags = set.flags;
	if (set.mask & MAILSLOT_SET_READ_TIMEOUT)
		slot->read_timeout_ns = set.read_timeout_ns;
	if (set.mask & MAILSLOT_SET_CREATION_TIME)
		slot->created = (struct span) { set.creation_time_ns, set.creation_time_ns };
	if (set.mask & MAILSLOT_SET_LAST_READ_TIME)
		slot->last_read = (struct span) { set.last_read_time_ns, set.last_read_time_ns };
	if (set.mask & MAILSLOT_SET_LAST_WRITE_TIME)
		slot->last_write = (struct span) { set.last_write_time_ns, set.last_write_time_ns };
	set_limits(world, file->slot, &set);
	return ends(world, p, 0);
}

static enum step do_fionread(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	struct file *file = proc_file(world, proc, p->op.reg);
	const struct slot *slot;
	int want;

	if (p->op.reg == CONTROL)
		return ends(world, p, -ENOTTY);
	if (!file)
		return ends(world, p, -EBADF);
	if (!file->server)
		return ends(world, p, -EINVAL);
	if (p->op.request == REQ_NOWHERE)
		return ends(world, p, -EFAULT);
	if (ends(world, p, 0) != STEP_DONE)
		return STEP_WRONG;
	slot = file_slot(world, file);
	want = slot_count(slot) ? queue_at(world, file->slot, slot->read)->length : 0;
	if (p->actual->number != want)
		return world_wrong(world, "FIONREAD stored %d, should store %d", p->actual->number,
				   want);
	return STEP_DONE;
}

/* All that a client end was given is as safe as it will be; the others have nothing to sync. */
static enum step do_fsync(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	struct file *file = proc_file(world, proc, p->op.reg);

	if (p->op.reg != CONTROL && !file)
		return ends(world, p, -EBADF);
	return ends(world, p, file && !file->server && world->wrong != 14 ? 0 : -EINVAL);
}

/* Commands that nobody knows, or not on this kind of file: see execute.c. */
static enum step do_ioctl(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];

	if (p->op.reg != CONTROL && !proc_file(world, proc, p->op.reg))
		return ends(world, p, -EBADF);
	return ends(world, p, -ENOTTY);
}

static enum step do_poll(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct file *file = proc_file(world, proc, op->reg);
	short want = POLLNVAL;
	unsigned int reg;

	if (file) {
		want = file_events(world, file) & (op->mask | POLLHUP | POLLERR);
		/* Whoever looks and finds no room is told when there is. */
		if (!file->server && !file_events(world, file))
			for (reg = 0; reg < NREG; reg++)
				if (p->regs[reg] == p->regs[op->reg])
					p->watches[reg].armed = true;
	}
	if (!want && op->wait == WAIT_FOREVER) {
		p->state = POLLING;
		return STEP_BLOCK;
	}
	if (ends(world, p, !!want) != STEP_DONE)
		return STEP_WRONG;
	if (p->actual->revents != want)
		return world_wrong(world, "poll says %x, should say %x", p->actual->revents, want);
	return STEP_DONE;
}

static enum step do_epoll_ctl(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct op *op = &p->op;
	struct watch *watch = &p->watches[op->reg];
	struct file *file = proc_file(world, proc, op->reg);
	bool ready;

	if (op->how == EPOLL_CTL_DEL) {
		watch->used = false;
		return ends(world, p, 0);
	}
	ready = file_events(world, file);
	*watch = (struct watch) {
		.used = true,
		.edge = op->flags,
		.events = op->mask | EPOLLHUP | EPOLLERR,
		.due = ready,
		.armed = !ready,
	};
	return ends(world, p, 0);
}

/* Is what was reported of a watch right? */
static bool watch_is(struct world *world, struct watch *watch, const struct file *file,
		     __u32 got, unsigned int reg)
{
	__u32 want = file_events(world, file) & watch->events;
	bool must = want, may = want;

	if (watch->edge && file->server) {
		/*
		 * An edge for messages that came since the last look, and none without one. The
		 * one other edge, after a claim during which somebody polled, takes a reader
		 * that copies while another process looks; watches are for one process.
		 */
		must = want && watch->due;
		may = must && world->wrong != 7;
	} else if (watch->edge) {
		/* Room that nobody was refused may or may not be told. */
		must = want && (watch->due || watch->armed);
	}
	if (watch->loose && !(want & (EPOLLHUP | EPOLLERR)))
		must = false;
	if (got ? !may || got != want : must) {
		world_wrong(world, "epoll says %x of file %u, should say %x", got, reg,
			    must ? want : 0);
		return false;
	}
	watch->due = false;
	if (got) {
		watch->armed = false;
		watch->loose = false;
	}
	return true;
}

static enum step do_epoll_wait(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	const struct result *r = p->actual;
	unsigned int reg;
	long i, seen = 0;

	if (!r || r->ret < 0)
		return ends(world, p, 0);
	for (reg = 0; reg < NREG; reg++) {
		__u32 got = 0;

		if (!p->watches[reg].used)
			continue;
		for (i = 0; i < r->ret; i++)
			if (r->events[i].reg == reg)
				got = r->events[i].events;
		seen += !!got;
		if (!watch_is(world, &p->watches[reg], proc_file(world, proc, reg), got, reg))
			return STEP_WRONG;
	}
	return ends(world, p, seen);
}

/* A signal ended the wait. Goes on if the call starts again. */
static enum step interrupted(struct world *world, struct proc *p)
{
	bool restart = p->interrupted == 2;

	p->interrupted = 0;
	switch (p->op.kind) {
	case OP_READ:
	case OP_RECEIVE:
		if (world->wrong != 13)
			restart = restart && p->wait_ns == MAILSLOT_WAIT_FOREVER_NS;
		break;
	case OP_WRITE:
		break;
	case OP_SEND:
		if (p->done)
			return ends(world, p, p->done);
		break;
	default:
		restart = false;
	}
	return restart ? STEP_MORE : ends(world, p, -EINTR);
}

enum step world_advance(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	enum step step;

	if (p->interrupted) {
		step = interrupted(world, p);
		if (step != STEP_MORE) {
			p->state = IDLE;
			return step;
		}
	}
	switch (p->op.kind) {
	case OP_READ:
		step = do_read(world, proc);
		break;
	case OP_WRITE:
		step = do_write(world, proc);
		break;
	case OP_RECEIVE:
		step = do_receive(world, proc);
		break;
	case OP_SEND:
		step = do_send(world, proc);
		break;
	case OP_GET_INFO:
		step = do_get_info(world, proc);
		break;
	case OP_SET_INFO:
		step = do_set_info(world, proc);
		break;
	case OP_FIONREAD:
		step = do_fionread(world, proc);
		break;
	case OP_IOCTL:
		step = do_ioctl(world, proc);
		break;
	case OP_FSYNC:
		step = do_fsync(world, proc);
		break;
	case OP_POLL:
		step = do_poll(world, proc);
		break;
	case OP_EPOLL_CTL:
		step = do_epoll_ctl(world, proc);
		break;
	case OP_EPOLL_WAIT:
		step = do_epoll_wait(world, proc);
		break;
	default:
		step = p->actual ? files_advance(world, proc) : ends(world, p, 0);
	}
	if (step == STEP_DONE)
		p->state = IDLE;
	return step;
}
