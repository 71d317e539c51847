// SPDX-License-Identifier: GPL-2.0-only
/* Random operations. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "buffer.h"
#include "generate.h"

const char * const style_names[STYLES] = { "mixed", "messages", "limits", "many" };

static const unsigned char weights[STYLES][OP_KINDS] = {
	[STYLE_MIXED] = {
		[OP_CREATE] = 8, [OP_OPEN] = 12, [OP_CLOSE] = 10, [OP_DUP] = 2, [OP_SETFL] = 2,
		[OP_THROW] = 2, [OP_CATCH] = 2, [OP_READ] = 40, [OP_WRITE] = 50, [OP_RECEIVE] = 20,
		[OP_SEND] = 14, [OP_GET_INFO] = 14, [OP_SET_INFO] = 5, [OP_FIONREAD] = 5,
		[OP_IOCTL] = 3, [OP_POLL] = 12, [OP_EPOLL_CTL] = 6, [OP_EPOLL_WAIT] = 12,
		[OP_CHMOD] = 1, [OP_UMASK] = 1, [OP_IDENTITY] = 1, [OP_FSYNC] = 2,
	},
	[STYLE_MESSAGES] = {
		[OP_CREATE] = 1, [OP_OPEN] = 2, [OP_CLOSE] = 1, [OP_SETFL] = 1, [OP_READ] = 80,
		[OP_WRITE] = 90, [OP_RECEIVE] = 25, [OP_SEND] = 20, [OP_GET_INFO] = 12,
		[OP_FIONREAD] = 4, [OP_POLL] = 8, [OP_EPOLL_CTL] = 1, [OP_EPOLL_WAIT] = 8,
	},
	[STYLE_LIMITS] = {
		[OP_CREATE] = 30, [OP_OPEN] = 30, [OP_CLOSE] = 30, [OP_DUP] = 2, [OP_THROW] = 2,
		[OP_CATCH] = 2, [OP_READ] = 14, [OP_WRITE] = 40, [OP_SEND] = 8, [OP_GET_INFO] = 8,
		[OP_CHMOD] = 10, [OP_UMASK] = 6, [OP_IDENTITY] = 10, [OP_PARAMETER] = 6,
	},
	[STYLE_MANY] = {
		[OP_CREATE] = 6, [OP_OPEN] = 14, [OP_CLOSE] = 8, [OP_DUP] = 1, [OP_SETFL] = 2,
		[OP_THROW] = 5, [OP_CATCH] = 6, [OP_READ] = 60, [OP_WRITE] = 60, [OP_RECEIVE] = 25,
		[OP_SEND] = 20, [OP_GET_INFO] = 10, [OP_SET_INFO] = 3, [OP_POLL] = 14,
		[OP_UMASK] = 1, [OP_SPAWN] = 10, [OP_FORK] = 8, [OP_KILL] = 3, [OP_SIGNAL] = 18,
	},
};

void generator_init(struct generator *generator, enum style style, __u64 seed)
{
	generator->rng.state = seed * STYLES + style;
	generator->style = style;
	rng_next(&generator->rng);
}

#define BELOW(n)	rng_below(&g->rng, n)
#define ONE_IN(n)	rng_one_in(&g->rng, n)
#define PICK(array)	((array)[BELOW(sizeof(array) / sizeof((array)[0]))])

static unsigned int pick_kind(struct generator *g)
{
	const unsigned char *weight = weights[g->style];
	unsigned int sum = 0, kind, at;

	for (kind = 0; kind < OP_KINDS; kind++)
		sum += weight[kind];
	at = BELOW(sum);
	for (kind = 0; at >= weight[kind]; kind++)
		at -= weight[kind];
	return kind;
}

/* A register of the wanted sort, mostly; any now and then. */
enum sort { FREE, SERVER, CLIENT, ANY };

static bool is_sort(const struct world *world, int file, enum sort sort)
{
	switch (sort) {
	case FREE:
		return file < 0;
	case ANY:
		return file >= 0;
	default:
		return file >= 0 && world->files[file].server == (sort == SERVER);
	}
}

static __u32 pick_reg(struct generator *g, const struct world *world, __u32 proc, enum sort sort)
{
	const int *regs = world->procs[proc].regs;
	unsigned int start = BELOW(NREG), i;

	if (sort != FREE && ONE_IN(40))
		return start;
	for (i = 0; i < NREG; i++)
		if (is_sort(world, regs[(start + i) % NREG], sort))
			return (start + i) % NREG;
	return start;
}

static const struct slot *slot_of(const struct world *world, const struct op *op)
{
	int file = op->reg < NREG ? world->procs[op->proc].regs[op->reg] : -1;

	return file < 0 ? NULL : &world->slots[world->files[file].slot];
}

/* Sizes that something changes at: of pages, records, what is packed and what is not. */
static const __u32 edges[] = {
	4016, 4032, 4040, 4048, 4064, 4072, 4080, 4096, 8112, 8128, 8160, 8192, 12000, 65472, 65536,
};

static __u32 pick_length(struct generator *g, const struct slot *slot)
{
	__u64 room;

	switch (BELOW(20)) {
	case 0:
		return 0;
	case 1:
		return ONE_IN(3) ? PICK(edges) + BELOW(17) - 8 : BELOW(300);
	case 2:
		return BELOW(5000);
	case 3:
	case 4:	/* around the longest that can be */
		if (!slot)
			return 10;
		room = slot->max_message_size ? slot->max_message_size : slot->queue_bytes - 64;
		return room > 70000 ? BELOW(64) : room + BELOW(3) - 1 < LONGEST ?
		       room + BELOW(3) - 1 : 0;
	case 5:
	case 6:
	case 7:	/* around what fits now */
		if (!slot || slot->charged + MAILSLOT_MESSAGE_COST > slot->queue_bytes)
			return BELOW(100);
		room = slot->queue_bytes - slot->charged - MAILSLOT_MESSAGE_COST + BELOW(3);
		return room > 70000 || !room ? BELOW(64) : room - 1;
	case 8:
		return ONE_IN(60) ? BELOW(LONGEST) : BELOW(1000);
	default:
		return BELOW(200);
	}
}

static __u32 pick_capacity(struct generator *g, const struct world *world, const struct op *op)
{
	const struct slot *slot = slot_of(world, op);
	__u32 next;

	if (!slot || !slot_count(slot) || slot->dead || ONE_IN(8))
		return pick_length(g, slot);
	next = queue_at(world, slot - world->slots, slot->read)->length;
	switch (BELOW(8)) {
	case 0:
		return next ? next - 1 : 0;
	case 1:
	case 2:
		return next;
	case 3:
		return next + 1;
	default:
		return next + BELOW(300);
	}
}

static void pick_memory(struct generator *g, struct op *op)
{
	op->memory = ONE_IN(6) ? BELOW(MEM_KINDS) : MEM_WARM;
	if (op->memory == MEM_HALF)
		op->edge = ONE_IN(2) ? 1 : 1 + BELOW(op->length + 1);
	op->offset = BELOW(POOL_SIZE - LONGEST);
	if (ONE_IN(5))
		op->how = 1 + BELOW(HOW_KINDS - 1);
	if (op->how) {
		op->count = 1 + BELOW(4);
		op->odd = BELOW(4);
	}
}

static const __u64 queue_sizes[] = {
	0, 64, 65, 128, 200, 400, 1000, 4096, 5000, 10000, 20000, 70000, 200000, 1 << 20, 16 << 20,
};

static void pick_size(struct generator *g, struct op *op, __u32 known)
{
	static const __u32 cuts[] = { 0, 4, 8, 16, 24, 32, 40, 48 };

	op->size = known;
	if (!ONE_IN(20))
		return;
	if (ONE_IN(2)) {
		op->size = known + PICK(cuts) + ONE_IN(2);
		if (ONE_IN(2))
			op->request = REQ_TAIL;
	} else {
		op->size = PICK(cuts);
		if (op->size > known)
			op->size = known - 8;
	}
}

static __u32 pick_wait(struct generator *g)
{
	if (g->style == STYLE_MANY)
		return ONE_IN(12) ? WAIT_NOT : ONE_IN(12) ? WAIT_SHORT :
		       ONE_IN(3) ? WAIT_LONG : WAIT_FOREVER;
	return ONE_IN(30) ? WAIT_SHORT : ONE_IN(10) ? WAIT_FOREVER : WAIT_NOT;
}

static void generate_create(struct generator *g, const struct world *world, struct op *op)
{
	static const __u32 modes[] = { 0666, 0600, 0622, 0660, 0644, 0200, 0777, 0 };

	op->reg = pick_reg(g, world, op->proc, FREE);
	op->name = ONE_IN(6) ? BELOW(NNAMES) : BELOW(BASE_NAMES);
	if (g->style == STYLE_MESSAGES || g->style == STYLE_MANY)
		op->name = 4 + BELOW(6);
	op->mode = ONE_IN(2) ? 0666 : PICK(modes);
	op->flags = BELOW(4);
	if (g->style == STYLE_MANY)
		op->flags &= ONE_IN(4) ? 3 : 2;
	op->wait = pick_wait(g);
	op->value = PICK(queue_sizes);
	if (g->style == STYLE_MANY)
		op->value = ONE_IN(3) ? 64 + BELOW(400) : 1000 + BELOW(6000);
	if (g->style == STYLE_MIXED && ONE_IN(2))
		op->value = 64 + BELOW(3000);
	if (ONE_IN(3))
		op->length = ONE_IN(8) ? 0xffffffff : 1 + BELOW(ONE_IN(2) ? 100 : 6000);
	pick_size(g, op, sizeof(struct mailslot_create));
	if (g->style == STYLE_MANY || !ONE_IN(12))
		return;
	switch (BELOW(8)) {
	case 0:
		/* Slots of whole files are selftests/whole.c's. */
		op->flags |= (MAILSLOT_CREATE_FLAGS + 1) << BELOW(20);
		break;
	case 1:
		op->mode = 01000 << BELOW(8);
		break;
	case 2:
		op->request = REQ_RESERVED;
		break;
	case 3:
		op->request = REQ_NOWHERE;
		break;
	case 4:
		op->value = ONE_IN(2) ? BELOW(64) : world->parameters[PARAM_MAX_QUEUE_BYTES] +
			    BELOW(3) - 1;
		break;
	case 5:
		op->how = SCARCE_FDS;
		break;
	default:
		op->how = SCARCE_FILES;
	}
}

static void generate_open(struct generator *g, const struct world *world, struct op *op)
{
	static const __u32 extras[] = { 0, 0, 0, O_TRUNC, O_APPEND };
	unsigned int start = BELOW(NSLOT), i;

	op->reg = pick_reg(g, world, op->proc, FREE);
	op->flags = ONE_IN(10) ? O_RDONLY : ONE_IN(6) ? O_RDWR : O_WRONLY;
	op->flags |= PICK(extras);
	if (g->style == STYLE_MANY ? ONE_IN(4) : !ONE_IN(6))
		op->flags |= O_NONBLOCK;
	op->name = BELOW(BASE_NAMES);
	if (ONE_IN(6))
		return;
	for (i = 0; i < NSLOT; i++) {
		const struct slot *slot = &world->slots[(start + i) % NSLOT];

		if (slot->used && !slot->dead)
			op->name = slot->name;
	}
}

/* What an ioctl with an array may get wrong. */
static void break_batch(struct generator *g, struct op *op)
{
	static const __u32 requests[] = {
		REQ_NOWHERE, REQ_RESERVED, REQ_MESSAGE_SMALL, REQ_MESSAGE_LARGE, REQ_MESSAGE_TAIL,
		REQ_MESSAGE_HUGE, REQ_ARRAY, REQ_ARRAY,
	};

	switch (BELOW(6)) {
	case 0:
	case 1:
		op->request = PICK(requests);
		if (op->request == REQ_MESSAGE_TAIL)
			op->odd = BELOW(op->count);
		op->reach = BELOW(op->count < MAILSLOT_BATCH_MAX ? op->count + 1 : 8);
		break;
	case 2:
		op->flags |= 4 << BELOW(29);
		break;
	case 3:
		op->count = ONE_IN(2) ? 0 : MAILSLOT_BATCH_MAX + 1;
		op->length = op->length % 20;
		op->step = 0;
		break;
	default:
		op->odd = BELOW(op->count);
		op->oddity = 1 + BELOW(ODD_KINDS - 1);
	}
}

static void generate_batch(struct generator *g, const struct world *world, struct op *op)
{
	op->count = 1 + BELOW(ONE_IN(4) ? 20 : 4);
	op->length = op->kind == OP_SEND ? pick_length(g, slot_of(world, op)) :
		     pick_capacity(g, world, op);
	op->step = ONE_IN(2) ? 0 : BELOW(40);
	if (g->style != STYLE_MANY && ONE_IN(60)) {
		op->count = 60 + BELOW(ONE_IN(8) ? 964 : 10);
		op->length = op->length % 40;
		op->step = 0;
	}
	if (ONE_IN(10))
		op->memory = MEM_COLD;
	op->offset = BELOW(POOL_SIZE - LONGEST);
	if (g->style == STYLE_MANY ? ONE_IN(6) : !ONE_IN(6))
		op->flags = op->kind == OP_SEND ? MAILSLOT_SEND_DONTWAIT :
			    MAILSLOT_RECEIVE_DONTWAIT;
	if (op->kind == OP_RECEIVE) {
		if (ONE_IN(3))
			op->flags |= MAILSLOT_RECEIVE_PEEK;
		op->wait = ONE_IN(3) ? ONE_IN(4) ? WAIT_PAST : pick_wait(g) : WAIT_NOT;
	}
	pick_size(g, op, op->kind == OP_SEND ? sizeof(struct mailslot_send) :
		  sizeof(struct mailslot_receive));
	if (!op->request && ONE_IN(8))
		break_batch(g, op);
}

/* What the queue holds is as likely as more or less than that. */
static __u32 pick_queue_bytes(struct generator *g, const struct slot *slot)
{
	if (slot && !slot->dead && ONE_IN(2))
		return slot->charged + BELOW(400);
	if (ONE_IN(12))
		return ONE_IN(2) ? BELOW(64) : ~0U;
	return ONE_IN(2) ? 64 + BELOW(6000) : PICK(queue_sizes);
}

static void generate_set_info(struct generator *g, const struct world *world, struct op *op)
{
	op->mask = BELOW(32);
	if (ONE_IN(3))
		op->mask |= MAILSLOT_SET_QUEUE_BYTES;
	if (ONE_IN(3))
		op->mask |= MAILSLOT_SET_MAX_MESSAGE_SIZE;
	op->reach = pick_queue_bytes(g, slot_of(world, op));
	if (!ONE_IN(3))
		op->length = ONE_IN(8) ? 0xffffffff : 1 + BELOW(ONE_IN(2) ? 100 : 6000);
	op->wait = pick_wait(g);
	op->value = ONE_IN(4) ? -BELOW(1000000) : rng_next(&g->rng) >> 8;
	if (op->mask & MAILSLOT_SET_FLAGS)
		op->flags = (ONE_IN(2) ? MAILSLOT_INFO_KEEP_READ_TIME : 0) |
			    (ONE_IN(2) ? MAILSLOT_INFO_KEEP_WRITE_TIME : 0);
	pick_size(g, op, sizeof(struct mailslot_set_info));
	if (op->request || !ONE_IN(5))
		return;
	switch (BELOW(4)) {
	case 0:
		op->mask |= 128 << BELOW(25);
		break;
	case 1:
		op->flags |= 1 << BELOW(32);
		break;
	case 2:
		op->request = REQ_STRAY;
		op->odd = BELOW(7);
		break;
	default:
		op->request = REQ_NOWHERE;
	}
}

static void generate_watch(struct generator *g, const struct world *world, struct op *op)
{
	static const __u32 masks[] = { EPOLLIN, EPOLLOUT, EPOLLIN | EPOLLOUT };

	op->reg = pick_reg(g, world, op->proc, ANY);
	op->how = EPOLL_CTL_ADD;
	if (world->procs[op->proc].watches[op->reg].used)
		op->how = ONE_IN(2) ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
	op->mask = PICK(masks);
	op->flags = BELOW(2);
}

static void generate_parameter(struct generator *g, const struct world *world, struct op *op)
{
	op->proc = NPROC;
	op->how = BELOW(NPARAM);
	switch (op->how) {
	case PARAM_DEFAULT_QUEUE_BYTES:
		op->value = ONE_IN(2) ? 16 << 20 : BELOW(5000);
		break;
	case PARAM_MAX_QUEUE_BYTES:
		op->value = ONE_IN(2) ? 256 << 20 : 5000 + BELOW(100000);
		break;
	case PARAM_MAX_SLOTS:
		op->value = ONE_IN(2) ? 65536 : world->alive + BELOW(3);
		break;
	case PARAM_MAX_USER_SLOTS:
		op->value = ONE_IN(2) ? 1024 : BELOW(5);
		break;
	default:
		op->value = ONE_IN(3) ? 256 << 20 : BELOW(ONE_IN(2) ? 8 : 60) * PAGE + BELOW(100);
	}
}

/* A process that may be told something; NPROC if none. */
static __u32 pick_proc(struct generator *g, const struct world *world, bool asleep)
{
	unsigned int start = BELOW(NPROC), i;

	for (i = 0; i < NPROC; i++) {
		const struct proc *p = &world->procs[(start + i) % NPROC];

		if (p->alive && asleep == !!p->state)
			return (start + i) % NPROC;
	}
	return NPROC;
}

static void generate_controller(struct generator *g, const struct world *world, struct op *op)
{
	op->proc = NPROC;
	op->to = BELOW(NPROC);
	if (op->kind == OP_SPAWN)
		op->how = BELOW(NIDENT);
	if (op->kind == OP_SIGNAL) {
		op->to = pick_proc(g, world, true) % NPROC;
		op->how = BELOW(2);
	}
}

static void generate_more(struct generator *g, const struct world *world, struct op *op)
{
	static const __u32 masks[] = { POLLIN, POLLOUT, POLLIN | POLLOUT, POLLRDNORM, 0 };

	switch (op->kind) {
	case OP_GET_INFO:
		op->reg = ONE_IN(100) ? CONTROL : pick_reg(g, world, op->proc, ANY);
		pick_size(g, op, sizeof(struct mailslot_info));
		op->request = ONE_IN(40) ? REQ_NOWHERE : REQ_GOOD;
		break;
	case OP_SET_INFO:
		op->reg = ONE_IN(40) ? CONTROL : pick_reg(g, world, op->proc, SERVER);
		generate_set_info(g, world, op);
		break;
	case OP_FIONREAD:
		op->reg = ONE_IN(50) ? CONTROL : pick_reg(g, world, op->proc, SERVER);
		op->request = ONE_IN(20) ? REQ_NOWHERE : REQ_GOOD;
		break;
	case OP_IOCTL:
		op->reg = ONE_IN(4) ? CONTROL : pick_reg(g, world, op->proc, ANY);
		op->how = BELOW(7);
		break;
	case OP_FSYNC:
		op->reg = ONE_IN(40) ? CONTROL : pick_reg(g, world, op->proc, ANY);
		op->how = BELOW(2);
		break;
	case OP_POLL:
		op->reg = pick_reg(g, world, op->proc, ANY);
		op->mask = PICK(masks);
		op->wait = g->style == STYLE_MANY && ONE_IN(2) ? WAIT_FOREVER : WAIT_NOT;
		break;
	case OP_EPOLL_CTL:
		generate_watch(g, world, op);
		break;
	case OP_EPOLL_WAIT:
		break;
	case OP_CHMOD:
		op->name = BELOW(BASE_NAMES);
		op->mode = BELOW(01000);
		break;
	case OP_UMASK:
		op->mode = ONE_IN(2) ? 022 : BELOW(01000);
		break;
	case OP_IDENTITY:
		op->how = BELOW(NIDENT);
		break;
	case OP_PARAMETER:
		generate_parameter(g, world, op);
		break;
	case OP_FORK:
		op->to = BELOW(NPROC);
		break;
	default:
		generate_controller(g, world, op);
	}
}

void generate(struct generator *g, const struct world *world, struct op *op)
{
	*op = (struct op) { .kind = pick_kind(g) };
	if (style_is_many(g->style)) {
		op->proc = pick_proc(g, world, false);
		/* Nobody can do anything: one has to come or to go. */
		if (op->proc == NPROC)
			op->kind = ONE_IN(3) ? OP_SPAWN : ONE_IN(4) ? OP_KILL : OP_SIGNAL;
	}
	switch (op->kind) {
	case OP_CREATE:
		generate_create(g, world, op);
		break;
	case OP_OPEN:
		generate_open(g, world, op);
		break;
	case OP_CLOSE:
	case OP_THROW:
		op->reg = pick_reg(g, world, op->proc, ANY);
		break;
	case OP_SETFL:
		op->reg = pick_reg(g, world, op->proc, ANY);
		op->flags = ONE_IN(2) ? O_NONBLOCK : 0;
		break;
	case OP_DUP:
		op->reg = pick_reg(g, world, op->proc, ANY);
		op->to = pick_reg(g, world, op->proc, FREE);
		break;
	case OP_CATCH:
		op->reg = pick_reg(g, world, op->proc, FREE);
		break;
	case OP_READ:
		op->reg = pick_reg(g, world, op->proc, SERVER);
		op->length = pick_capacity(g, world, op);
		pick_memory(g, op);
		break;
	case OP_WRITE:
		op->reg = pick_reg(g, world, op->proc, CLIENT);
		op->length = pick_length(g, slot_of(world, op));
		pick_memory(g, op);
		break;
	case OP_RECEIVE:
	case OP_SEND:
		op->reg = pick_reg(g, world, op->proc, op->kind == OP_SEND ? CLIENT : SERVER);
		generate_batch(g, world, op);
		break;
	default:
		generate_more(g, world, op);
	}
}
