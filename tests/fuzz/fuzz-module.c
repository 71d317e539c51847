// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes kmod/ as a whole, in a process: an input is a sequence of calls on slots, with limits,
 * failing allocations and hostile user memory; calls that sleep or fault are met by others.  What
 * comes out is compared with what went in: nothing lost, twice, torn, overtaken or stale.
 */
#include <linux/mailslot.h>

#include "control.h"
#include "fuzz.h"
#include "node.h"
#include "poller.h"
#include "reclaim.h"
#include "ring.h"
#include "ring-judge.h"
#include "send.h"
#include "slot.h"
#include "slot-table.h"
#include "turn.h"
#include "wait.h"

#define POISON	0xc3

extern const struct file_operations mailslot_client_fops;
extern uint *const shim_parameter_max_slots;
extern uint *const shim_parameter_max_user_slots;
extern ulong *const shim_parameter_max_user_bytes;
extern ulong *const shim_parameter_default_queue_bytes;
extern ulong *const shim_parameter_max_queue_bytes;

/* The input. */
static const u8 *data, *data_end;

static u8 take8(void)
{
	return data < data_end ? *data++ : 0;
}

static u16 take16(void)
{
	return take8() | take8() << 8;
}

static u64 take64(void)
{
	u64 value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | take8();
	return value;
}

/* A message that was sent, or may yet turn out to be. */
struct sent {
	u64 begin, end;		/* when its call began and, U64_MAX until then, ended */
	u64 call;		/* which call it is of */
	u32 number, length;
	bool there;		/* to be received some day: sure only once its call has ended */
	bool torn;		/* its bytes changed while they were read */
};

#define MEMORY	512

/* What is known of a slot. */
struct known {
	struct sent sent[MEMORY];
	unsigned int count, gone;	/* of sent, and those received from the front */
	u64 sequence;			/* of the last RECEIVE that nobody met */
	unsigned int readers;		/* under way */
	bool wild;			/* somebody wrote what is not known */
	bool whole;			/* its clients' messages end when nobody calls */
	bool resized;			/* SET_INFO may have left less than what is queued */
};

static struct known known[SHIM_MINORS];
static u64 clock;		/* counts beginnings and ends of sends, and what was received */
static u64 calls;
static u32 numbers;
static unsigned int depth, budget;
/* Each call is another process's, or another memory cgroup's. */
static bool many_processes, many_cgroups;

/* Client ends of one kind gather messages, which closing them flushes. */
static bool is_whole(const struct file *file)
{
	return file->f_op->flush;
}

static bool is_client(const struct file *file)
{
	return file->f_op->fsync;
}

/* What MAILSLOT_IOC_RING returns. */
static bool is_ring(const struct file *file)
{
	return file->f_op->mmap;
}

static struct mailslot_slot *slot_of(const struct file *file)
{
	if (is_client(file))
		return ((struct mailslot_client *)file->private_data)->slot;
	return file->private_data;
}

static struct known *known_of(const struct file *file)
{
	struct known *k = &known[MINOR(slot_of(file)->devt)];

	k->whole |= is_whole(file);
	return k;
}

/* A slot is made, which others may find and use before CREATE returns. */
void shim_slot_made(struct mailslot_slot *slot)
{
	memset(&known[MINOR(slot->devt)], 0, sizeof(known[0]));
	if (slot->has_ring)
		judge_begin(slot);
}

static u8 content(u32 number, size_t i)
{
	return i < 4 ? number >> i * 8 : number * 29 + i * 3 + (i >> 8);
}

static struct sent *sent_new(struct known *k, u32 length)
{
	struct sent *sent;

	if (k->count == MEMORY) {
		k->wild = true;
		return NULL;
	}
	sent = &k->sent[k->count++];
	*sent = (struct sent){
		.begin = ++clock, .end = U64_MAX, .call = calls, .number = ++numbers,
		.length = length, .there = true,
	};
	return sent;
}

/*
 * @number: the message's, as its slot may have died, and another one have its minor now.  What goes
 * into a ring can be seen to have entered, or not.
 */
static void sent_done(struct file *file, struct sent *sent, u32 number, bool taken)
{
	if (!sent || sent->number != number)
		return;
	sent->end = ++clock;
	if (slot_of(file)->has_ring && !known_of(file)->wild)
		shim_check(sent->there == !taken);
	/* What was received is gone already. */
	if (!taken)
		sent->there = false;
}

static bool bytes_match(const struct sent *sent, const u8 *bytes, u32 length)
{
	u32 i;

	if (sent->length != length)
		return false;
	for (i = 0; i < length && !sent->torn; i++)
		if (bytes[i] != content(sent->number, i))
			return false;
	return true;
}

/* Of two messages with the same bytes: is @a rather the one that came out? */
static bool likelier(const struct sent *a, const struct sent *b)
{
	bool sure = a->end != U64_MAX, other_sure = b->end != U64_MAX;

	/* What is under way may have failed; the others are there for sure. */
	if (sure != other_sure)
		return sure;
	return a->begin < b->begin;
}

/*
 * A message came out, behind @peeked that were left: which was it, and was it its turn?  Where
 * several have its bytes (none at all, mostly), that is told as far as it can be, and what has
 * to be guessed is not held against the module.
 */
static void received(struct known *k, const u8 *bytes, u32 length, bool peek, unsigned int peeked)
{
	struct sent *match = NULL;
	unsigned int before = 0, torn = 0, whole = 0, others = 0, i;
	u64 begin = U64_MAX;

	if (k->wild)
		return;
	for (i = k->gone; i < k->count; i++) {
		struct sent *sent = &k->sent[i];

		if (!sent->there || !bytes_match(sent, bytes, length))
			continue;
		torn += sent->torn;
		whole += !sent->torn;
		/* Of one call's, the first comes first. */
		others += sent->end == U64_MAX && match && sent->call != match->call;
		begin = min(begin, sent->begin);
		if (!match || likelier(sent, match))
			match = sent;
	}
	clock++;
	if (!match)
		shim_fail("a message came out that nobody sent, or twice, or changed");
	for (i = k->gone; i < k->count; i++)
		before += k->sent[i].there && k->sent[i].end < begin;
	/* Another reader may have taken those, and not have told yet. */
	if (before > peeked && k->readers < 2)
		shim_fail("a message has overtaken another");
	if (peek)
		return;
	/* Which of these is gone decides what may come next, or how many are left. */
	if ((torn && whole) || (match->end == U64_MAX && others)) {
		k->wild = true;
		return;
	}
	match->there = false;
	while (k->gone < k->count && !k->sent[k->gone].there &&
	       k->sent[k->gone].end != U64_MAX)
		k->gone++;
}

void shim_entered(struct mailslot_slot *slot, const u8 *bytes, u32 length)
{
	received(&known[MINOR(slot->devt)], bytes, length, false, 0);
}

/* With nobody half way: how many messages there must be. One that gathers is none. */
static unsigned int waiting(const struct known *k)
{
	unsigned int i, count = 0;

	for (i = k->gone; i < k->count; i++)
		count += k->sent[i].there && k->sent[i].end != U64_MAX;
	return count;
}

/* The running task's memory. */
static struct arena *arena(void)
{
	return &shim.arenas[depth];
}

/* As an input has it: mostly there, and now and then what hurts. */
static unsigned long pick_address(size_t *room)
{
	static const unsigned long hostile[] = {
		0, 8, ARENA_BASE - 4, ARENA_BASE + ARENA_SIZE - 4, USER_END - 8, USER_END,
		0x800000000000UL, 0xffff888000001000UL, ULONG_MAX - 7, ULONG_MAX,
	};
	u8 how = take8();

	if (how >= 0xf0)
		return hostile[how % ARRAY_SIZE(hostile)] + 0 * (*room = 0);
	/* Behind the page of structures. */
	*room = PAGE_SIZE + how * 97 % (5 * PAGE_SIZE);
	*room = ARENA_SIZE - *room;
	return ARENA_BASE + ARENA_SIZE - *room;
}

static u32 pick_length(void)
{
	u16 raw = take16();

	switch (raw >> 13) {
	case 0:
		return 0;
	case 1:
	case 2:
		return raw & 0xff;
	case 3:
		return 4096 - 48 + (raw & 0x3f);
	case 4:
		return 4096 - 16 + (raw & 0x1f);
	case 5:
		return 3 * 4080 - 48 + (raw & 0x3f);
	case 6:
		return raw & 0x3fff;
	default:
		return raw & 0x7fff;
	}
}

static void write_own(unsigned long address, const void *from, size_t size)
{
	unsigned long offset = address - ARENA_BASE;

	if (offset < ARENA_SIZE && size <= ARENA_SIZE - offset)
		memcpy(arena()->memory + offset, from, size);
}

static void read_own(unsigned long address, void *to, size_t size)
{
	unsigned long offset = address - ARENA_BASE;

	memset(to, 0, size);
	if (offset < ARENA_SIZE && size <= ARENA_SIZE - offset)
		memcpy(to, arena()->memory + offset, size);
}

static bool changing(unsigned long address, size_t size)
{
	unsigned long at;

	for (at = address - ARENA_BASE; at < address - ARENA_BASE + size && at < ARENA_SIZE;
	     at += PAGE_SIZE - at % PAGE_SIZE)
		if (arena()->pages[at / PAGE_SIZE] == PAGE_CHANGING)
			return true;
	return false;
}

static void write_message(unsigned long address, const struct sent *sent)
{
	unsigned long offset = address - ARENA_BASE;
	u32 i;

	for (i = 0; sent && i < sent->length && offset + i < ARENA_SIZE; i++)
		arena()->memory[offset + i] = content(sent->number, i);
}

enum kind {
	SERVER,
	CLIENT,
	RING,
};

static enum kind kind_of(const struct file *file)
{
	if (is_ring(file))
		return RING;
	return is_client(file) ? CLIENT : SERVER;
}

/* Files of some kinds, held while a call on them runs. */
static struct file *pick(unsigned int wanted)
{
	unsigned int start = take8(), i;

	for (i = 0; i < SHIM_FILES; i++) {
		struct file *file = shim.files[(start + i) % SHIM_FILES];

		if (file && wanted & 1U << kind_of(file)) {
			file->references++;
			return file;
		}
	}
	return NULL;
}

static struct file *pick_file(void)
{
	return pick(1U << SERVER | 1U << CLIENT | 1U << RING);
}

static struct file *pick_server(void)
{
	return pick(1U << SERVER);
}

static struct file *pick_client(void)
{
	return pick(1U << CLIENT);
}

static void do_create(void)
{
	static const char *const names[] = { "a", "b", "a/b", "b/c/d", "a/b/c", "\xc3\xa9" };
	struct file control = { .f_op = shim.control_fops };
	struct mailslot_create args = { .mode = 0600 };
	size_t size = sizeof(args);
	u8 how = take8();
	long fd;

	strcpy(args.name, names[how % ARRAY_SIZE(names)]);
	args.queue_bytes = how & 0x10 ? take16() : 0;
	args.max_message_size = how & 0x20 ? take16() : 0;
	args.read_timeout_ns = how & 0x40 ? take64() : 0;
	args.flags = how & 0x80 ? take8() & 15 : 0;
	switch (take8()) {
	case 0xff:
		args.name[take8()] = take8();
		break;
	case 0xfe:
		strcpy(args.name, "1/2/3/4/5/6/7/8/9");
		break;
	case 0xfd:
		strcpy(args.name, "1/2/3/4/5/6/7/8");
		break;
	}
	if (take8() == 0xff)
		size = take16() & 0x3fff;
	write_own(ARENA_BASE, &args, sizeof(args));
	fd = control.f_op->unlocked_ioctl(&control, _IOC(_IOC_WRITE, MAILSLOT_IOC_MAGIC, 0, size),
					  ARENA_BASE);
	shim_check(fd < SHIM_FILES);
}

static void do_open(void)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(0);
	if (fd < 0)
		return;
	file = shim_file(&mailslot_client_fops, NULL, take8() & 1 ? O_NONBLOCK : 0);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return;
	}
	file->inode.minor = take8() % 8;
	file->f_mode = FMODE_WRITE;
	if (mailslot_client_fops.open(&file->inode, file)) {
		shim_free(file);
		put_unused_fd(fd);
		return;
	}
	fd_install(fd, file);
}

/* The message that gathers is given up, or has come to its end: surely, or perhaps. */
static void sent_ended(struct file *file, long err)
{
	if (err != -EAGAIN && err != -ERESTARTSYS) {
		sent_done(file, file->sent, file->number, !err);
		file->sent = NULL;
	}
}

/* By a task that goes on, exits, executes or is killed. What became of the message is not known. */
static void close_whole(struct file *file, unsigned int how)
{
	int err;

	current->flags = how & 1 ? PF_EXITING : 0;
	current->in_execve = how & 2;
	if (how & 4)
		*current->signal = (struct signal_struct){ SIGNAL_GROUP_EXIT, 9 };
	err = file->f_op->flush(file, NULL);
	shim_check(err != -EAGAIN && err != -ERESTARTSYS);
	if (err)
		sent_ended(file, err);
}

static void do_sync(struct file *file)
{
	long err = file->f_op->fsync(file, 0, 1, 0);

	if (is_whole(file))
		sent_ended(file, err);
	else
		shim_check(!err);
}

static void do_close(void)
{
	u8 how = take8();
	unsigned int fd = how % SHIM_FILES;
	struct file *file = shim.files[fd];

	if (!file)
		return;
	shim.files[fd] = NULL;
	shim.taken[fd] = false;
	if (is_whole(file))
		close_whole(file, how / SHIM_FILES);
	fput(file);
	*current->signal = (struct signal_struct){};
	current->flags = 0;
	current->in_execve = false;
}

/* A piece of the message that gathers in @file, of which @sent is what there is so far. */
static void write_piece(struct file *file, const struct sent *sent)
{
	u32 length = pick_length(), i;
	struct shim_iovec part;
	struct iov_iter iter;
	struct kiocb iocb = { .ki_filp = file };
	unsigned long address;
	size_t room;
	ssize_t n;
	u8 *at;

	address = pick_address(&room);
	length = room ? min_t(u32, length, room) : length;
	at = arena()->memory + (room ? address - ARENA_BASE : 0);
	for (i = 0; room && sent && i < length; i++)
		at[i] = content(file->number, sent->length + i);
	if (file->sent)
		file->sent->torn |= changing(address, length);
	part = (struct shim_iovec){ (void *)address, length };
	iter = (struct iov_iter){ .pieces = &part, .count = length };
	n = file->f_op->write_iter(&iocb, &iter);
	shim_check(n < 0 || n == length);
	if (n == -ERESTARTSYS)
		return;
	if (n < 0)
		sent_ended(file, n);
	else if (file->sent && file->sent->number == file->number)
		file->sent->length += n;
}

static void do_write_whole(struct file *file)
{
	if (!file->sent || file->sent->number != file->number) {
		file->sent = sent_new(known_of(file), 0);
		file->number = numbers;
	}
	write_piece(file, file->sent);
}

static void do_write(bool pieces)
{
	struct file *file = pick_client();
	struct shim_iovec parts[3];
	struct known *k;
	struct sent *sent;
	unsigned long address;
	size_t room;
	ssize_t n;
	u32 length, number;

	if (!file)
		return;
	if (is_whole(file)) {
		do_write_whole(file);
		fput(file);
		return;
	}
	k = known_of(file);
	length = pick_length();
	address = pick_address(&room);
	if (room && length > room)
		length = room;
	sent = sent_new(k, length);
	number = numbers;
	write_message(address, sent);
	if (sent)
		sent->torn = changing(address, length);
	if (pieces) {
		struct kiocb iocb = { .ki_filp = file, .ki_flags = take8() & IOCB_NOWAIT };
		size_t first = length ? take16() % (length + 1) : 0;
		struct iov_iter iter = { .pieces = parts, .count = length };

		parts[0] = (struct shim_iovec){ (void *)address, first };
		parts[1] = (struct shim_iovec){ (void *)address, 0 };
		parts[2] = (struct shim_iovec){ (void *)(address + first), length - first };
		n = file->f_op->write_iter(&iocb, &iter);
	} else {
		n = file->f_op->write(file, (const char *)address, length, NULL);
	}
	shim_check(n < 0 || n == length);
	sent_done(file, sent, number, n >= 0);
	fput(file);
}

/* What read(2) does where a file has no other way. */
static ssize_t read_by_iter(struct file *file, unsigned long address, size_t capacity)
{
	struct kiocb iocb = { .ki_filp = file };
	struct iov_iter iter;

	iov_iter_ubuf(&iter, ITER_DEST, (void *)address, capacity);
	return file->f_op->read_iter(&iocb, &iter);
}

static void do_read(bool pieces)
{
	struct file *file = pick_server();
	struct shim_iovec parts[2];
	unsigned long address;
	struct known *k;
	unsigned int had;
	size_t room;
	u32 capacity;
	ssize_t n;

	if (!file)
		return;
	k = known_of(file);
	had = waiting(k);
	capacity = pick_length();
	address = pick_address(&room);
	if (room && capacity > room)
		capacity = room;
	if (room)
		memset(arena()->memory + (address - ARENA_BASE), POISON, capacity);
	k->readers++;
	if (pieces) {
		struct kiocb iocb = { .ki_filp = file, .ki_flags = take8() & IOCB_NOWAIT };
		size_t first = capacity ? take16() % (capacity + 1) : 0;
		struct iov_iter iter = { .pieces = parts, .count = capacity };

		parts[0] = (struct shim_iovec){ (void *)address, first };
		parts[1] = (struct shim_iovec){ (void *)(address + first), capacity - first };
		n = file->f_op->read_iter(&iocb, &iter);
	} else if (file->f_op->read) {
		n = file->f_op->read(file, (char *)address, capacity, NULL);
	} else {
		n = read_by_iter(file, address, capacity);
	}
	shim_check(n <= (ssize_t)capacity);
	if (slot_of(file)->has_ring) {
		shim_check(n == -EBUSY);
	} else if (n >= 0) {
		size_t i;

		received(k, arena()->memory + (n ? address - ARENA_BASE : 0), n, false, 0);
		for (i = n; room && i < capacity; i++)
			shim_check(arena()->memory[address - ARENA_BASE + i] == POISON);
	} else if (!depth && had && !k->wild) {
		/* Nobody was in the way. */
		shim_check(n == -EMSGSIZE || n == -EFAULT);
	}
	k->readers--;
	fput(file);
}

/*
 * One field of a batch call may be wrong, all else being right.  Returns what the call must say
 * then, before it looks at anything else; 0: nothing is wrong.
 */
static int spoil(u32 *count, u32 *message_size, u32 *flags, u32 *reserved)
{
	u8 how = take8();

	if (how < 0xe0)
		return 0;
	switch (how % 6) {
	case 0:
		*reserved = 1U << how % 32;
		return -EINVAL;
	case 1:
		*flags |= 4U << how % 30;
		return -EINVAL;
	case 2:
		*count = 0;
		return -EINVAL;
	case 3:
		*count = MAILSLOT_BATCH_MAX + 1;
		return -EINVAL;
	case 4:
		--*message_size;
		return -EINVAL;
	default:
		*message_size += PAGE_SIZE;
		return -E2BIG;
	}
}

/*
 * Entries may be longer than the module knows, with zeroes behind.  A byte of the input: the two
 * highest bits say whether they are, the next one whether there is something else in one of them.
 */
struct tail {
	size_t size;
	unsigned int spoilt;	/* which entry is bad; UINT_MAX: none */
};

static struct tail pick_tail(u8 how, unsigned int count)
{
	struct tail tail = { how >= 0xc0 ? 8 : 0, UINT_MAX };

	if (tail.size && how & 0x20)
		tail.spoilt = (how >> 2 & 7) % count;
	return tail;
}

static void write_entries(u64 at, const void *entries, size_t size, unsigned int count,
			  const struct tail *tail)
{
	unsigned int i;

	for (i = 0; i < count; i++, at += size + tail->size) {
		u64 rest = i == tail->spoilt ? 1ULL << 40 : 0;

		write_own(at, entries + i * size, size);
		if (tail->size)
			write_own(at + size, &rest, sizeof(rest));
	}
}

static void do_send(void)
{
	struct file *file = pick_client();
	struct mailslot_send_msg msgs[6] = {};
	struct mailslot_send args = { .message_size = sizeof(msgs[0]) };
	struct sent *sent[6];
	u32 number[6];
	struct known *k;
	size_t room, step;
	unsigned int i, count;
	struct tail tail;
	int wrong;
	long n;
	u8 how;

	if (!file)
		return;
	k = known_of(file);
	args.count = 1 + take8() % ARRAY_SIZE(msgs);
	how = take8();
	args.flags = how & 1;
	tail = pick_tail(how, args.count);
	args.message_size += tail.size;
	args.messages = ARENA_BASE + 256;
	/* Each message has a piece of the memory of its own. */
	step = (ARENA_SIZE - PAGE_SIZE) / ARRAY_SIZE(msgs);
	for (i = 0; i < args.count; i++) {
		msgs[i].length = min_t(u32, pick_length(), step);
		msgs[i].buffer = pick_address(&room);
		if (room)
			msgs[i].buffer = ARENA_BASE + PAGE_SIZE + i * step;
		sent[i] = sent_new(k, msgs[i].length);
		number[i] = numbers;
		write_message(msgs[i].buffer, sent[i]);
		if (sent[i])
			sent[i]->torn = changing(msgs[i].buffer, msgs[i].length);
	}
	count = args.count;
	wrong = spoil(&args.count, &args.message_size, &args.flags, &args.reserved);
	write_entries(args.messages, msgs, sizeof(msgs[0]), count, &tail);
	write_own(ARENA_BASE, &args, sizeof(args));
	if (wrong == -EINVAL && args.message_size == sizeof(msgs[0]) + tail.size - 1 && tail.size) {
		/* That is none too short. */
		wrong = 0;
		k->wild = true;
	}
	/* Who changes the structures under way, sends he does not know what. */
	if (changing(ARENA_BASE, PAGE_SIZE))
		k->wild = true;
	n = file->f_op->unlocked_ioctl(file, MAILSLOT_IOC_SEND, ARENA_BASE);
	shim_check(n && n <= (long)count);
	shim_check(tail.spoilt == UINT_MAX || n <= (long)tail.spoilt || k->wild);
	shim_check(tail.spoilt || n == -E2BIG || n == -EFAULT || k->wild || wrong);
	shim_check(!wrong || n == wrong || n == -EFAULT);
	for (i = 0; i < count; i++)
		sent_done(file, sent[i], number[i], (long)i < n);
	fput(file);
}

static void do_receive(void)
{
	struct file *file = pick_server();
	struct mailslot_recv_msg msgs[6], out;
	struct mailslot_receive args = { .message_size = sizeof(msgs[0]) };
	bool untouched = true, changed;
	struct known *k;
	size_t room, step;
	unsigned int i, j, most, had, count;
	struct tail tail;
	int wrong;
	long n;
	u8 how;

	if (!file)
		return;
	k = known_of(file);
	had = waiting(k);
	memset(msgs, POISON, sizeof(msgs));
	args.count = 1 + take8() % ARRAY_SIZE(msgs);
	how = take8();
	args.flags = how & 3;
	tail = pick_tail(how, args.count);
	args.message_size += tail.size;
	args.deadline_ns = args.flags & 2 ? 0 : take8();
	args.messages = ARENA_BASE + 256;
	step = (ARENA_SIZE - PAGE_SIZE) / ARRAY_SIZE(msgs);
	for (i = 0; i < args.count; i++) {
		msgs[i].capacity = min_t(u32, pick_length(), step);
		msgs[i].buffer = pick_address(&room);
		msgs[i].reserved = 0;
		if (room)
			msgs[i].buffer = ARENA_BASE + PAGE_SIZE + i * step;
	}
	memset(arena()->memory + PAGE_SIZE, POISON, ARENA_SIZE - PAGE_SIZE);
	count = args.count;
	wrong = spoil(&args.count, &args.message_size, &args.flags, &args.reserved);
	write_entries(args.messages, msgs, sizeof(msgs[0]), ARRAY_SIZE(msgs), &tail);
	write_own(ARENA_BASE, &args, sizeof(args));
	changed = changing(ARENA_BASE, PAGE_SIZE);
	if (wrong == -EINVAL && args.message_size == sizeof(msgs[0]) + tail.size - 1 && tail.size) {
		wrong = 0;
		changed = true;
	}
	if (changed)
		k->wild = true;
	k->readers++;
	n = file->f_op->unlocked_ioctl(file, MAILSLOT_IOC_RECEIVE, ARENA_BASE);
	if (slot_of(file)->has_ring) {
		shim_check(n == -EBUSY);
		k->readers--;
		fput(file);
		return;
	}
	shim_check(n && (changed || n <= (long)count));
	shim_check(tail.spoilt == UINT_MAX || n <= (long)tail.spoilt || changed);
	shim_check(!wrong || n == wrong || n == -EFAULT);
	for (i = 0; (long)i < n && !changed; i++) {
		read_own(args.messages + i * (sizeof(out) + tail.size), &out, sizeof(out));
		shim_check(out.buffer == msgs[i].buffer && out.capacity == msgs[i].capacity);
		shim_check(out.length <= out.capacity && out.reserved == 0);
		shim_check(out.pid == 1000 && out.time_ns > 0 && out.uid < SHIM_TASKS);
		if (i || !depth)
			shim_check(out.sequence == k->sequence + 1 || k->wild || !i);
		k->sequence = out.sequence;
		j = out.length ? out.buffer - ARENA_BASE : 0;
		received(k, arena()->memory + j, out.length, args.flags & 1,
			 args.flags & 1 ? i : 0);
		/* The last buffer may end where the memory ends. */
		most = min_t(u64, out.buffer - ARENA_BASE + step, sizeof(arena()->memory));
		for (j += out.length; out.length && j < most; j++)
			untouched &= arena()->memory[j] == POISON;
	}
	if (n > 0 && n == (long)count)
		shim_check(untouched || changed);
	if (n < 0 && !depth && had && !k->wild && !wrong)
		shim_check(n == -EMSGSIZE || n == -EFAULT || (!tail.spoilt && n == -E2BIG));
	/* Behind the last that was delivered, no more than one length may have been written. */
	for (i = max(n, 0L); i < count && !changed; i++) {
		read_own(args.messages + i * (sizeof(out) + tail.size), &out, sizeof(out));
		if (i == (unsigned int)max(n, 0L))
			continue;
		shim_check(!memcmp(&out, &msgs[i], sizeof(out)));
	}
	k->readers--;
	fput(file);
}

static struct judge *judge_of_file(const struct file *file)
{
	return judge_of(slot_of(file)->ring);
}

/* Does it count as read what the reader has given back, @released before the call, and no more? */
static bool ring_counts(const struct judge *j, const struct mailslot_info *info, u64 released)
{
	return j->hostile ||
	       (info->messages_read >= released && info->messages_read <= j->released);
}

static void do_info(void)
{
	struct file *file = pick_file();
	size_t size = sizeof(struct mailslot_info);
	struct mailslot_info info;
	struct known *k;
	u64 before, released = 0;
	size_t i;
	long err;

	if (!file)
		return;
	k = known_of(file);
	if (take8() & 1)
		size = take16() & 0x7ff;
	memset(arena()->memory, POISON, PAGE_SIZE);
	before = clock;
	/* A dead slot may have no ring any more. */
	if (slot_of(file)->has_ring && !slot_of(file)->dead)
		released = judge_of_file(file)->released;
	err = file->f_op->unlocked_ioctl(file, _IOC(_IOC_READ, MAILSLOT_IOC_MAGIC, 1, size),
					 ARENA_BASE);
	for (i = size; i < PAGE_SIZE; i++)
		shim_check(arena()->memory[i] == POISON);
	for (i = sizeof(info); i < size && !err; i++)
		shim_check(arena()->memory[i] == 0);
	if (!err && size >= sizeof(info)) {
		memcpy(&info, arena()->memory, sizeof(info));
		if (!k->wild && !k->resized)
			shim_check(info.queued_bytes <= info.queue_bytes);
		shim_check(info.messages_read <= info.messages_written);
		/* The counters are older than what others did while the memory came. */
		if (!depth && !k->wild && !k->whole && clock == before &&
		    !(info.flags & MAILSLOT_INFO_GONE))
			shim_check(slot_of(file)->has_ring ?
				   ring_counts(judge_of_file(file), &info, released) :
				   info.message_count == waiting(k));
		if (!info.message_count)
			shim_check(info.next_message_size == MAILSLOT_NO_NEXT_MESSAGE);
	}
	if (!is_client(file) && !depth)
		shim_check(!err || arena()->pages[0] == PAGE_ABSENT ||
			   arena()->pages[0] == PAGE_READ_ONLY);
	fput(file);
}

static void do_ring_open(void)
{
	struct file *file = pick_server();
	struct mailslot_ring_layout args = {}, out;
	size_t size = sizeof(args);
	u8 how = take8();
	long fd;

	if (!file)
		return;
	if (how == 0xff)
		size = take16() & 0x3fff;
	args.flags = how == 0xfe;
	args.reserved = how == 0xfd;
	write_own(ARENA_BASE, &args, sizeof(args));
	memset(arena()->memory + sizeof(args), how == 0xfc ? POISON : 0, PAGE_SIZE - sizeof(args));
	fd = file->f_op->unlocked_ioctl(file, _IOC(_IOC_READ | _IOC_WRITE, MAILSLOT_IOC_MAGIC, 6,
						   size), ARENA_BASE);
	shim_check(fd < SHIM_FILES);
	if (!slot_of(file)->has_ring)
		shim_check(fd == -EINVAL);
	if (args.flags || args.reserved)
		shim_check(fd == -EINVAL || fd == -EFAULT);
	if (fd >= 0 && size >= sizeof(out) && !changing(ARENA_BASE, PAGE_SIZE)) {
		read_own(ARENA_BASE, &out, sizeof(out));
		shim_check(out.version == 1 && out.header_size == 32 && !out.reader_offset);
		shim_check(out.data_size == slot_of(file)->ring->size && !out.flags);
		shim_check(out.status_offset == PAGE_SIZE && out.data_offset == 2 * PAGE_SIZE);
	}
	fput(file);
}

static struct file *pick_ring(void)
{
	return pick(1U << RING);
}

/* RING_WAIT, and what it must say if nobody meets it. */
static long ring_wait(struct file *file, const struct mailslot_ring_wait *args)
{
	struct judge *j = judge_of_file(file);
	bool owes = j->owes, ready = j->head != j->tail, met = depth || j->eager;
	u64 call = calls;
	long n;

	write_own(ARENA_BASE, args, sizeof(*args));
	j->owes = false;
	n = file->f_op->unlocked_ioctl(file, MAILSLOT_IOC_RING_WAIT, ARENA_BASE);
	/* Whoever is refused has not called. */
	j->owes |= owes && (n == -EINVAL || n == -EFAULT);
	shim_check(n <= 0 && n != -EBUSY);
	if (met || calls != call || j->hostile || changing(ARENA_BASE, PAGE_SIZE) || n == -EFAULT)
		return n;
	shim_check((n == -EINVAL) == (args->flags > 1 || args->reserved));
	if (n == -EINVAL)
		return n;
	/* A writer of the line may have come in. */
	if (j->head == j->tail)
		shim_check(slot_of(file)->dead ? n == -EPIPE : n);
	else if (ready)
		shim_check(!n);
	if (args->flags)
		shim_check(!n || n == -EPIPE || n == -EAGAIN);
	return n;
}

static void do_ring_wait(void)
{
	struct file *file = pick_ring();
	struct mailslot_ring_wait args = {};
	u8 how = take8();

	if (!file)
		return;
	args.flags = how & 1 || how >= 0xf0 ? how & 3 : 0;
	args.reserved = how == 0xf1;
	args.deadline_ns = how & 4 ? take8() : 0;
	args.deadline_ns = how & 8 ? U64_MAX : args.deadline_ns;
	ring_wait(file, &args);
	fput(file);
}

/* The reader reads, gives back what it has read, or not yet, and calls if it is asked to. */
static void do_ring_read(void)
{
	static const struct mailslot_ring_wait kick = { .flags = MAILSLOT_RING_DONTWAIT };
	struct file *file = pick_ring();
	u8 how = take8();
	struct judge *j;

	if (!file)
		return;
	j = judge_of_file(file);
	reader_read(j, how & 8 ? UINT_MAX : how & 7);
	if (how & 16)
		reader_release(j);
	if (how & 32 && j->owes)
		ring_wait(file, &kick);
	if (how & 64)
		j->eager = 1 + (how & 7);
	fput(file);
}

static void do_ring_store(void)
{
	struct file *file = pick_ring();
	u8 how = take8();

	if (!file)
		return;
	reader_store(judge_of_file(file), how, take16());
	judge_of_file(file)->noise = how & 0x80 ? how : 0;
	fput(file);
}

/* After all that, one who keeps to the protocol gets on. */
static void do_ring_resume(void)
{
	static const struct mailslot_ring_wait call = { .flags = MAILSLOT_RING_DONTWAIT };
	struct file *file = pick_ring();

	if (!file)
		return;
	if (judge_of_file(file)->hostile) {
		reader_resume(judge_of_file(file));
		ring_wait(file, &call);
	}
	fput(file);
}

/* What may be mapped, and how. */
static void do_ring_map(void)
{
	struct file *file = pick_ring();
	u8 how = take8();
	struct vm_area_struct vma = {
		.vm_flags = how | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		.vm_pgoff = take8() & 0x80 ? take64() >> take8() % 64 : take8() % 8,
		.pages = 1 + take8() % 16,
	};
	bool reader = !vma.vm_pgoff && vma.pages == 1;
	unsigned long pages;
	int err;

	if (!file)
		return;
	pages = 2 + 2 * slot_of(file)->ring->size / PAGE_SIZE;
	err = file->f_op->mmap(file, &vma);
	if (!(how & VM_MAYSHARE))
		shim_check(err == -EINVAL);
	else if (how & VM_EXEC)
		shim_check(err == -EPERM);
	else if (!reader && how & VM_WRITE)
		shim_check(err == -EACCES);
	else
		shim_check(err == (vma.vm_pgoff > pages || vma.pages > pages - vma.vm_pgoff ?
				   -EINVAL : 0));
	shim_check(err || !(vma.vm_flags & VM_MAYEXEC));
	shim_check(err || reader || !(vma.vm_flags & VM_MAYWRITE));
	fput(file);
}

/* Many short messages: more than one section of the lock is for. */
static void do_burst(void)
{
	struct file *file = pick_client();
	unsigned int count = 1 + take8() % 200, i;
	struct mailslot_send_msg msg = {};
	struct mailslot_send args = {
		.messages = ARENA_BASE + 256, .count = count, .message_size = sizeof(msg),
		.flags = MAILSLOT_SEND_DONTWAIT,
	};
	struct sent *sent[200];
	u32 number[200];
	struct known *k;
	long n;

	if (!file)
		return;
	k = known_of(file);
	for (i = 0; i < count; i++) {
		sent[i] = sent_new(k, 0);
		number[i] = numbers;
		write_own(args.messages + i * sizeof(msg), &msg, sizeof(msg));
	}
	write_own(ARENA_BASE, &args, sizeof(args));
	if (changing(ARENA_BASE, PAGE_SIZE))
		k->wild = true;
	n = file->f_op->unlocked_ioctl(file, MAILSLOT_IOC_SEND, ARENA_BASE);
	for (i = 0; i < count; i++)
		sent_done(file, sent[i], number[i], (long)i < n);
	fput(file);
}

/* Any command with any bytes behind it. */
static void do_raw(void)
{
	struct file control = { .f_op = shim.control_fops, .references = 2 };
	u8 how = take8();
	struct file *file = how & 1 ? pick_file() : NULL;
	unsigned long at = ARENA_BASE + (how & 2 ? take16() % ARENA_SIZE : 0);
	unsigned int cmd, i, size = take8();
	long n;

	for (i = 0; i < size; i++)
		arena()->memory[(at - ARENA_BASE + i) % ARENA_SIZE] = take8();
	cmd = _IOC((unsigned int)take8() & 3, how & 4 ? MAILSLOT_IOC_MAGIC : take8(), take8() % 8,
		   how & 8 ? take16() & 0x3fff : size);
	if (how & 16)
		cmd = FIONREAD;
	if (file)
		known_of(file)->wild = true;
	else
		file = &control;
	n = file->f_op->unlocked_ioctl(file, cmd, at);
	shim_check(n >= -ERESTARTNOHAND);
	if (file != &control)
		fput(file);
}

static void do_set_info(void)
{
	struct file *file = pick_server();
	struct mailslot_set_info args = {};

	if (!file)
		return;
	args.mask = take8();
	args.flags = args.mask & 4 ? take8() & 0xc : 0;
	args.read_timeout_ns = args.mask & 1 ? take64() >> take8() % 64 : 0;
	args.creation_time_ns = args.mask & 2 ? take8() : take8() == 0xff;
	known_of(file)->resized |= args.mask & 0x20;
	args.queue_bytes = args.mask & 0x20 ? take64() >> take8() % 64 : 0;
	args.max_message_size = args.mask & 0x40 ? take16() : 0;
	write_own(ARENA_BASE, &args, sizeof(args));
	file->f_op->unlocked_ioctl(file, MAILSLOT_IOC_SET_INFO, ARENA_BASE);
	fput(file);
}

/* By up to ten at once, which is a crowd, and who stay there when they are told nothing. */
static void do_poll(void)
{
	struct poll_table_struct table = { (data < data_end ? *data : 0) / SHIM_FILES };
	unsigned int first = shim.entry, i;
	struct file *file = pick_file();
	__poll_t events;

	if (!file)
		return;
	events = file->f_op->poll(file, table.count ? &table : NULL);
	for (i = first; events && i != shim.entry; i++)
		shim.entries[i % SHIM_ENTRIES].woken = true;
	file->f_op->show_fdinfo(NULL, file);
	if (file->f_op->fsync)
		do_sync(file);
	fput(file);
}

static void do_shrink(void)
{
	struct shrink_control sc = { .nr_to_scan = take8() };

	/* May run inside any allocation; here it runs between calls. */
	shim.shrinker->count_objects(shim.shrinker, &sc);
	shim.shrinker->scan_objects(shim.shrinker, &sc);
}

static void do_page(void)
{
	u8 what = take8();

	arena()->pages[what % ARENA_PAGES] = what / ARENA_PAGES % PAGE_STATES;
}

static void do_kernel(void)
{
	u8 how = take8();

	if (how & 1)
		do_shrink();
	else if (how < 0x80)
		shim.fail_alloc = take8() % 8;
	else if (how < 0xc0)
		shim_work();
	else if (how < 0xe0)
		shim_grace_period();
	else
		current->memcg.serial_nr = how >> 1 & 3;
}

/* Does nobody hand out the room of a ring yet, as the reader is going to call? */
static bool expects_call(const struct mailslot_slot *slot)
{
	return slot->has_ring && !slot->dead && judge_expects_call(judge_of(slot->ring));
}

/* Whoever changes the room serves the line: no message stands there whose turn it is. */
static void check_line(struct mailslot_slot *slot)
{
	spin_lock(&slot->lock);
	shim_check(!slot->dead || list_empty(&slot->writers));
	/* Who serves a long line lets others run between two sections of the lock. */
	shim_check(!mailslot_line_due(slot) || shim.rescheduled || expects_call(slot));
	spin_unlock(&slot->lock);
}

static bool is_hostile(const struct mailslot_slot *slot)
{
	return slot->has_ring && !slot->dead && judge_of(slot->ring)->hostile;
}

/* With nobody half way: has a poller been forgotten that is to know something by now? */
static void check_entry(const struct entry *entry)
{
	const struct mailslot_client *client = entry->file->private_data;
	struct mailslot_slot *slot = slot_of(entry->file);

	spin_lock(&slot->lock);
	if (!is_client(entry->file))
		shim_check(!mailslot_slot_ready(slot) || is_hostile(slot));
	else
		/* A closed client end's message may stand in line, and has all room until then. */
		shim_check(!slot->dead && !RB_EMPTY_NODE(&client->poller.node) &&
			   (expects_call(slot) || !list_empty(&slot->writers) ||
			    !mailslot_slot_fits(slot, min(client->poller.need,
							  mailslot_slot_most(slot)))));
	spin_unlock(&slot->lock);
}

static void check_slots(void)
{
	struct mailslot_slot *slot;
	unsigned long minor;
	unsigned int i;

	xa_for_each(&mailslot_slots, minor, slot)
		check_line(slot);
	judge_rings(!depth);
	for (i = 0; !depth && !shim.work && i < SHIM_ENTRIES; i++)
		if (shim.entries[i].file && !shim.entries[i].woken)
			check_entry(&shim.entries[i]);
}

/* The ring of a slot, and a reader of it. */
static void do_ring(void)
{
	u8 how = take8();

	switch (how % 16) {
	case 0 ... 2:
		do_ring_open();
		break;
	case 3 ... 6:
		do_ring_read();
		break;
	case 7 ... 8:
		do_ring_wait();
		break;
	case 9:
		do_ring_map();
		break;
	case 10 ... 11:
		do_ring_store();
		break;
	case 12 ... 13:
		do_ring_resume();
		break;
	default:
		do_burst();
		break;
	}
}

static void step(void)
{
	u8 what = take8();

	calls++;
	current->process += many_processes;
	current->memcg.serial_nr ^= many_cgroups;
	switch (what < 240 ? what % 20 : 20) {
	case 0:
		do_create();
		break;
	case 1:
		do_open();
		break;
	case 2:
		do_close();
		break;
	case 3 ... 5:
		do_write(false);
		break;
	case 6:
		do_write(true);
		break;
	case 7 ... 8:
		do_read(false);
		break;
	case 9:
		do_read(true);
		break;
	case 10 ... 11:
		do_send();
		break;
	case 12 ... 13:
		do_receive();
		break;
	case 14:
		do_info();
		break;
	case 15:
		do_raw();
		break;
	case 16:
		do_set_info();
		break;
	case 17:
		do_poll();
		break;
	case 18:
		do_kernel();
		break;
	case 19:
		do_page();
		break;
	case 20:
		do_ring();
		break;
	}
	shim_check(!shim.spinlocks && !shim.faults_off && !shim.rcu && !shim.window);
	check_slots();
}

/* The running task sleeps, or waits for a page: others run. */
void shim_sleep(void)
{
	struct task_struct *sleeper = current;
	bool window = shim.window;
	u8 count;

	if (depth + 1 == SHIM_TASKS || window || shim.working)
		return;
	depth++;
	for (count = take8() % 8; count && data < data_end && budget; count--) {
		shim_current = &shim.tasks[depth];
		current->interrupted = false;
		budget--;
		step();
	}
	depth--;
	shim_current = sleeper;
}

/* Each fourth task is in a user namespace that somebody made in one of the second task's. */
static struct user_namespace outer = { .parent = &init_user_ns, .owner = { 1 } };
static struct user_namespace inner = { .parent = &outer, .owner = { 7 } };

static void reset(void)
{
	unsigned int i;
	u8 how;

	memset(&shim, 0, sizeof(shim));
	shim.worker.user_ns = &init_user_ns;
	for (i = 0; i < SHIM_TASKS; i++) {
		shim.tasks[i].cred.euid.val = i;
		shim.tasks[i].cred.egid.val = i;
		shim.tasks[i].user_ns = i % 4 < 3 ? &init_user_ns : &inner;
		shim.tasks[i].memcg.serial_nr = i / 2;
	}
	shim_current = &shim.tasks[0];
	shim.now = 1000;
	*shim_parameter_max_slots = 1 + take8() % 8;
	*shim_parameter_max_user_slots = 1 + take8() % 8;
	*shim_parameter_max_user_bytes = take8() % 64 * PAGE_SIZE;
	*shim_parameter_default_queue_bytes = 64 + take16() * 4;
	*shim_parameter_max_queue_bytes = 64 + take16() * 16;
	/* Root is not held by them. */
	how = take8();
	shim.tasks[0].cred.euid.val = how & 1;
	many_processes = how & 2;
	many_cgroups = how & 4;
	shim_pages_reset();
	shim.resched = how & 8;
	budget = 4000;
	clock = 0;
	calls = 0;
	numbers = 0;
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t size)
{
	unsigned int i, j;

	data = input;
	data_end = input + size;
	reset();
	shim_check(!mailslot_slots_init() && !mailslot_nodes_init(&mailslot_client_fops) &&
		   !mailslot_reclaim_init() && !mailslot_turns_init() && !mailslot_pollers_init() &&
		   !mailslot_control_init());
	while (data < data_end && budget) {
		shim_current->interrupted = false;
		budget--;
		step();
		shim_grace_period();
	}
	shim.fail_alloc = 0;
	for (i = 0; i < SHIM_FILES; i++)
		if (shim.files[i])
			fput(shim.files[i]);
	/* As unloading does it: nothing may be left. */
	rcu_barrier();
	mailslot_slots_settle();
	mailslot_nodes_exit();
	mailslot_pollers_exit();
	mailslot_turns_exit();
	mailslot_reclaim_exit();
	mailslot_slots_exit();
	for (i = 0; i < SHIM_TASKS; i++)
		for (j = 0; j < ARRAY_SIZE(shim.tasks[i].pids); j++)
			shim_check(!shim.tasks[i].pids[j].references);
	shim_check(!shim.allocated && !shim.work && !shim.namespaces);
	return 0;
}
