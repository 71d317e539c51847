/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Mailslots: named, message-preserving, many-writers-one-reader local IPC.
 *
 * This is the kernel ABI and nothing else.  MAILSLOT_IOC_CREATE on the control
 * node makes a slot and returns its server end; opening the slot's node below
 * MAILSLOT_DIR gives a client end; write(2) and read(2) carry one message each.
 * docs/mailslot.rst says the same at length.
 *
 * Every structure has the same layout for 32- and 64-bit programs.  A kernel
 * takes a shorter structure than its own (the rest counts as zero) and a longer
 * one if what it does not know is zero (else E2BIG).  Unknown flags and non-zero
 * reserved fields are EINVAL; unknown commands are ENOTTY.  What only a server end
 * can do is EINVAL on a client end, as read(2) is; SEND on a server end is EBADF,
 * as write(2) is.
 */
#ifndef _UAPI_LINUX_MAILSLOT_H
#define _UAPI_LINUX_MAILSLOT_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The node on which slots are created. */
#define MAILSLOT_CONTROL	"/dev/mailslot-control"

/* The directory of the slots' nodes. */
#define MAILSLOT_DIR		"/dev/mailslot"

/* The f_type that statfs(2) tells of an instance: slots in a file system of type "mailslot". */
#define MAILSLOT_SUPER_MAGIC	0x4d534c54

/* Room for a slot's name with its NUL: a name has 1 to 255 bytes. */
#define MAILSLOT_NAME_SIZE	256

/* The cost of a queued message beside its own bytes. */
#define MAILSLOT_MESSAGE_COST	64

/* The most messages that one RECEIVE or SEND takes. */
#define MAILSLOT_BATCH_MAX	1024

/* A read timeout or deadline that never comes. */
#define MAILSLOT_WAIT_FOREVER_NS	(~(__u64)0)

/* mailslot_info.next_message_size of an empty slot. */
#define MAILSLOT_NO_NEXT_MESSAGE	(~(__u32)0)

/* mailslot_create.flags */
#define MAILSLOT_CREATE_NONBLOCK	(1U << 0)	/* the server end is O_NONBLOCK */
#define MAILSLOT_CREATE_INHERIT		(1U << 1)	/* the server end is not close-on-exec */
#define MAILSLOT_CREATE_WHOLE		(1U << 2)	/* a client end's writes are one message */
#define MAILSLOT_CREATE_RING		(1U << 3)	/* messages lie in a ring that is mapped */
#define MAILSLOT_CREATE_FLAGS		(MAILSLOT_CREATE_NONBLOCK | MAILSLOT_CREATE_INHERIT | \
					 MAILSLOT_CREATE_WHOLE | MAILSLOT_CREATE_RING)

/**
 * struct mailslot_create - make a slot (MAILSLOT_IOC_CREATE, control node or directory)
 * @flags: MAILSLOT_CREATE_*; others are EINVAL.  With MAILSLOT_CREATE_WHOLE, what is written to a
 *	client end until its last close, or until fsync(2), is one message; SEND still sends each
 *	of its messages at once.  With MAILSLOT_CREATE_RING, which excludes MAILSLOT_CREATE_WHOLE
 *	(EINVAL), messages are read from memory (MAILSLOT_IOC_RING), of which @queue_bytes,
 *	rounded up to a power of two, are allocated at once.
 * @mode: permission bits of the node, 0 to 0777 (more is EINVAL), less the
 *	caller's umask.  Clients need the write bit to send.
 * @max_message_size: the largest message in bytes (larger writes are EMSGSIZE).
 *	0 and 0xffffffff set no limit but the queue's, and are reported as given.
 * @reserved: zero, else EINVAL.
 * @queue_bytes: what the queue may hold, in bytes, each message counting for its
 *	length and MAILSLOT_MESSAGE_COST; 0 means the module's default.  Less than
 *	one empty message or more than the module's max_queue_bytes is ERANGE, and so is
 *	a ring of more than 1 GiB.
 * @read_timeout_ns: how long a read of an empty slot waits, in nanoseconds: 0
 *	not at all, MAILSLOT_WAIT_FOREVER_NS for ever.
 * @name: NUL-terminated (else ENAMETOOLONG) UTF-8 of 1 to 255 bytes; components
 *	separated by '/', none of them empty, "." or ".."; no control characters.
 *	Anything else is EINVAL.  More than 8 components are ENAMETOOLONG.  On a
 *	directory of an instance (docs/instances.rst) the name starts there.
 *
 * Returns the file descriptor of the server end.  EEXIST: the name is in use, is
 * a directory of slots in use, or lies below a slot in use; or a foreign file is in
 * the node's place.  EMFILE, ENFILE: no file descriptor left.  EDQUOT: the user has
 * max_user_slots slots, or max_user_bytes leaves no room for the ring.  ENOSPC: the
 * module has max_slots slots, of which the last sixteenth is for CAP_SYS_RESOURCE; or
 * the instance has its own max_slots; or there is no room for the node.  ENOMEM: no
 * memory.  EINTR: killed while the ring was made.  EOPNOTSUPP: a ring on a 32-bit
 * kernel, or on a processor whose caches tell two addresses of a page apart.  On a
 * directory also what open(2) of a new file says: EACCES, EROFS, and ENOENT when the
 * directory has been removed.
 */
struct mailslot_create {
	__u32 flags;
	__u32 mode;
	__u32 max_message_size;
	__u32 reserved;
	__aligned_u64 queue_bytes;
	__aligned_u64 read_timeout_ns;
	char name[MAILSLOT_NAME_SIZE];
};

/* mailslot_info.flags */
#define MAILSLOT_INFO_SERVER		(1U << 0)	/* asked on the server end */
#define MAILSLOT_INFO_GONE		(1U << 1)	/* the last server end is closed */
#define MAILSLOT_INFO_KEEP_READ_TIME	(1U << 2)	/* reads leave last_read_time_ns alone */
#define MAILSLOT_INFO_KEEP_WRITE_TIME	(1U << 3)	/* writes leave last_write_time_ns alone */
#define MAILSLOT_INFO_WHOLE		(1U << 4)	/* made with MAILSLOT_CREATE_WHOLE */
#define MAILSLOT_INFO_RING		(1U << 5)	/* made with MAILSLOT_CREATE_RING */

/**
 * struct mailslot_info - the state of a slot (MAILSLOT_IOC_GET_INFO, either end)
 * @max_message_size: as set last, by CREATE or SET_INFO.  A message that waits may be longer.
 * @next_message_size: length in bytes of the message the next read returns;
 *	MAILSLOT_NO_NEXT_MESSAGE when there is none.
 * @message_count: number of messages in the queue.
 * @queued_bytes: the cost of these messages, MAILSLOT_MESSAGE_COST each included.
 * @queue_bytes: what the queue may hold, counted in the same way, as set last.
 * @read_timeout_ns: as set last.
 * @creation_time_ns: nanoseconds since 1970-01-01 UTC.
 * @last_read_time_ns: when a message was last taken; the creation time until then.
 * @last_write_time_ns: when a message was last queued; the creation time until then.
 * @messages_written: messages ever queued.
 * @messages_read: messages ever taken.
 * @bytes_written: their bytes, without MAILSLOT_MESSAGE_COST.
 * @bytes_read: their bytes, without MAILSLOT_MESSAGE_COST.
 * @clients: client ends open.
 * @flags: MAILSLOT_INFO_*.
 * @dev_major: device number of the slot's node.  A node in MAILSLOT_DIR with
 * @dev_minor: another number is not this slot.
 *
 * All fields are of one moment.  A caller's structure that is longer than the
 * kernel's is filled up with zeroes.
 */
struct mailslot_info {
	__u32 max_message_size;
	__u32 next_message_size;
	__aligned_u64 message_count;
	__aligned_u64 queued_bytes;
	__aligned_u64 queue_bytes;
	__aligned_u64 read_timeout_ns;
	__s64 creation_time_ns;
	__s64 last_read_time_ns;
	__s64 last_write_time_ns;
	__aligned_u64 messages_written;
	__aligned_u64 messages_read;
	__aligned_u64 bytes_written;
	__aligned_u64 bytes_read;
	__u32 clients;
	__u32 flags;
	__u32 dev_major;
	__u32 dev_minor;
};

/* mailslot_set_info.mask */
#define MAILSLOT_SET_READ_TIMEOUT	(1U << 0)
#define MAILSLOT_SET_CREATION_TIME	(1U << 1)
#define MAILSLOT_SET_FLAGS		(1U << 2)
#define MAILSLOT_SET_LAST_READ_TIME	(1U << 3)
#define MAILSLOT_SET_LAST_WRITE_TIME	(1U << 4)
#define MAILSLOT_SET_QUEUE_BYTES	(1U << 5)
#define MAILSLOT_SET_MAX_MESSAGE_SIZE	(1U << 6)
#define MAILSLOT_SET_MASK		(MAILSLOT_SET_READ_TIMEOUT | MAILSLOT_SET_CREATION_TIME | \
					 MAILSLOT_SET_FLAGS | MAILSLOT_SET_LAST_READ_TIME | \
					 MAILSLOT_SET_LAST_WRITE_TIME | \
					 MAILSLOT_SET_QUEUE_BYTES | \
					 MAILSLOT_SET_MAX_MESSAGE_SIZE)

/**
 * struct mailslot_set_info - change a slot (MAILSLOT_IOC_SET_INFO, server end)
 * @mask: MAILSLOT_SET_*: which of the fields below to set, all at one moment.
 *	0 changes nothing; unknown bits are EINVAL.
 * @flags: with MAILSLOT_SET_FLAGS, MAILSLOT_INFO_KEEP_READ_TIME and
 *	MAILSLOT_INFO_KEEP_WRITE_TIME as they shall be; others are EINVAL.
 * @read_timeout_ns: with MAILSLOT_SET_READ_TIMEOUT, the timeout of reads that
 *	start from now on; those that wait keep theirs.
 * @creation_time_ns: with MAILSLOT_SET_CREATION_TIME, nanoseconds since 1970.
 * @last_read_time_ns: with MAILSLOT_SET_LAST_READ_TIME, likewise, until the next read.
 * @last_write_time_ns: with MAILSLOT_SET_LAST_WRITE_TIME, likewise, until the next write.
 * @queue_bytes: with MAILSLOT_SET_QUEUE_BYTES, what the queue may hold from now on, as in struct
 *	mailslot_create.  Messages that are queued stay; while they cost more than this, no
 *	message enters.
 * @max_message_size: with MAILSLOT_SET_MAX_MESSAGE_SIZE, the largest message that may
 *	enter from now on, as in struct mailslot_create.  A longer one that is queued stays;
 *	the write of one that waits for room is EMSGSIZE when its turn comes.
 * @reserved: zero, else EINVAL.
 *
 * Fields that the mask does not name must be zero, else EINVAL.  ERANGE: queue_bytes, as
 * for CREATE.  Nothing is set when the call fails.
 */
struct mailslot_set_info {
	__u32 mask;
	__u32 flags;
	__aligned_u64 read_timeout_ns;
	__s64 creation_time_ns;
	__s64 last_read_time_ns;
	__s64 last_write_time_ns;
	__aligned_u64 queue_bytes;
	__u32 max_message_size;
	__u32 reserved;
};

/**
 * struct mailslot_recv_msg - one entry of a RECEIVE
 * @buffer: in: address of the caller's buffer.
 * @capacity: in: the buffer's size in bytes.
 * @length: out: the message's length in bytes.
 * @pid: out: process that wrote the message, in the receiver's pid namespace; 0 when the process is
 *	not visible there.  The number is only for information: when the process has ended,
 *	another process may have this number.
 * @uid: out: user that opened the client end the message was written to, in the
 * @gid: receiver's user namespace; the overflow ids when they are not mapped.  These are the ids of
 *	the opener: a set-user-id program that is made to write to an inherited descriptor must
 *	not lend its identity to the user who runs it.
 * @reserved: in: zero, else EINVAL.
 * @sequence: out: number of the message in its slot, from 1, without gaps.
 * @time_ns: out: time when the message was queued, nanoseconds since 1970-01-01 UTC.
 */
struct mailslot_recv_msg {
	__aligned_u64 buffer;
	__u32 capacity;
	__u32 length;
	__u32 pid;
	__u32 uid;
	__u32 gid;
	__u32 reserved;
	__aligned_u64 sequence;
	__s64 time_ns;
};

/* mailslot_receive.flags */
#define MAILSLOT_RECEIVE_PEEK		(1U << 0)	/* leave the messages in the slot */
#define MAILSLOT_RECEIVE_DONTWAIT	(1U << 1)	/* EAGAIN rather than wait */
#define MAILSLOT_RECEIVE_FLAGS		(MAILSLOT_RECEIVE_PEEK | MAILSLOT_RECEIVE_DONTWAIT)

/**
 * struct mailslot_receive - take messages (MAILSLOT_IOC_RECEIVE, server end)
 * @messages: address of an array of struct mailslot_recv_msg.
 * @count: its length, 1 to MAILSLOT_BATCH_MAX, else EINVAL.
 * @message_size: size of an entry, sizeof(struct mailslot_recv_msg) or more; less
 *	is EINVAL.  Bytes behind what the module knows must be zero, and more than a
 *	page must not be, else E2BIG.
 * @flags: MAILSLOT_RECEIVE_*; others are EINVAL.
 * @reserved: zero, else EINVAL.
 * @deadline_ns: CLOCK_MONOTONIC time (in the caller's time namespace) until which
 *	to wait for the first message; 0 means the slot's own read timeout,
 *	MAILSLOT_WAIT_FOREVER_NS no end.
 *
 * Takes as many messages as wait, up to @count, and returns their number; only
 * the first is waited for.  EMSGSIZE: the first message is longer than its
 * buffer; its length is stored and it stays.  EFAULT: bad memory; it stays.  A
 * later message that cannot be delivered stays too and ends the call early,
 * without an error; if it is for its length, that is stored as well, in the entry
 * behind those that the result counts.
 * ETIMEDOUT, EAGAIN, EINTR: as read(2), but with a deadline of its own the call
 * goes on after a stop that ran no signal handler, until the same deadline.
 */
struct mailslot_receive {
	__aligned_u64 messages;
	__u32 count;
	__u32 message_size;
	__u32 flags;
	__u32 reserved;
	__aligned_u64 deadline_ns;
};

/**
 * struct mailslot_send_msg - one message of a SEND
 * @buffer: address of the message.
 * @length: its length in bytes; 0 is an empty message.
 * @reserved: zero, else EINVAL.
 */
struct mailslot_send_msg {
	__aligned_u64 buffer;
	__u32 length;
	__u32 reserved;
};

/* mailslot_send.flags */
#define MAILSLOT_SEND_DONTWAIT		(1U << 0)	/* EAGAIN rather than wait */
#define MAILSLOT_SEND_FLAGS		(MAILSLOT_SEND_DONTWAIT)

/**
 * struct mailslot_send - queue messages (MAILSLOT_IOC_SEND, client end)
 * @messages: address of an array of struct mailslot_send_msg.
 * @count: its length, 1 to MAILSLOT_BATCH_MAX, else EINVAL.
 * @message_size: size of an entry, sizeof(struct mailslot_send_msg) or more; as with
 *	struct mailslot_receive.
 * @flags: MAILSLOT_SEND_*; others are EINVAL.
 * @reserved: zero, else EINVAL.
 *
 * Queues the messages in order, each whole, as that many writes would, and
 * returns how many were taken.  An error (EMSGSIZE, EAGAIN, EPIPE, EFAULT, EINTR,
 * EDQUOT, ENOMEM, EINVAL) is returned only when it befell the first.
 */
struct mailslot_send {
	__aligned_u64 messages;
	__u32 count;
	__u32 message_size;
	__u32 flags;
	__u32 reserved;
};

/* mailslot_ring_layout.version and mailslot_ring_status.version */
#define MAILSLOT_RING_VERSION	1

/* A message in the ring takes a multiple of this. */
#define MAILSLOT_RING_ALIGN	8

/**
 * struct mailslot_ring_layout - the layout of a ring (MAILSLOT_IOC_RING, server end)
 * @flags: in: zero, else EINVAL.
 * @reserved: in: zero, else EINVAL.
 * @version: out: MAILSLOT_RING_VERSION; this header does not describe other versions.
 * @header_size: out: from the start of a struct mailslot_ring_message to its bytes.
 * @data_size: out: bytes of messages, a power of two.
 * @reader_offset: out: where in the file struct mailslot_ring_reader lies.
 * @status_offset: out: where struct mailslot_ring_status lies.
 * @data_offset: out: where the messages lie: @data_size bytes, and the same once more.
 *
 * Returns a descriptor of the ring, close-on-exec, for mmap(2), poll(2) and
 * MAILSLOT_IOC_RING_WAIT.  mmap(2) takes MAP_SHARED only (EINVAL); only the one page at
 * @reader_offset may be mapped writable (EACCES), and nothing executable (EPERM).  EINVAL: the
 * slot was made without MAILSLOT_CREATE_RING.  On a slot that was made with it, read(2) and
 * RECEIVE are EBUSY.  docs/ring.rst describes the protocol.
 */
struct mailslot_ring_layout {
	__u32 flags;
	__u32 reserved;
	__u32 version;
	__u32 header_size;
	__aligned_u64 data_size;
	__aligned_u64 reader_offset;
	__aligned_u64 status_offset;
	__aligned_u64 data_offset;
};

/**
 * struct mailslot_ring_reader - what the reader of a ring tells the kernel, in shared memory
 * @head: the position up to which messages have been read.  Positions count bytes, and wrap.
 */
struct mailslot_ring_reader {
	__u32 head;
};

/* mailslot_ring_status.flags */
#define MAILSLOT_RING_GONE	(1U << 0)	/* the slot is dead: the tail is final */

/* A kick that is set: the rest of it is a position, a multiple of MAILSLOT_RING_ALIGN. */
#define MAILSLOT_RING_KICK	(1U << 0)

/**
 * struct mailslot_ring_status - what the kernel tells the reader of a ring, in shared memory
 * @version: as in struct mailslot_ring_layout, as the next two.
 * @header_size:
 * @data_size:
 * @flags: MAILSLOT_RING_*.
 * @unused: zero.
 * @tail: the position up to which messages are whole.
 * @kick: 0, or MAILSLOT_RING_KICK and the position from which on the reader must call
 *	MAILSLOT_IOC_RING_WAIT after it has stored its head, because somebody waits for room.
 */
struct mailslot_ring_status {
	__u32 version;
	__u32 header_size;
	__u32 data_size;
	__u32 flags;
	__u32 unused[12];
	__u32 tail;
	__u32 kick;
};

/**
 * struct mailslot_ring_message - the header of a message in a ring
 * @length: of the message, in bytes.
 * @pid: as in struct mailslot_recv_msg, as the next four, but in the namespaces of whoever
 * @uid: made the slot.
 * @gid:
 * @sequence:
 * @time_ns:
 */
struct mailslot_ring_message {
	__u32 length;
	__u32 pid;
	__u32 uid;
	__u32 gid;
	__aligned_u64 sequence;
	__s64 time_ns;
};

/* mailslot_ring_wait.flags */
#define MAILSLOT_RING_DONTWAIT		(1U << 0)	/* EAGAIN rather than wait */
#define MAILSLOT_RING_WAIT_FLAGS	(MAILSLOT_RING_DONTWAIT)

/**
 * struct mailslot_ring_wait - let waiting writers go on, and wait for a message
 *	(MAILSLOT_IOC_RING_WAIT, a ring's descriptor)
 * @flags: MAILSLOT_RING_*; others are EINVAL.
 * @reserved: zero, else EINVAL.
 * @deadline_ns: as in struct mailslot_receive.
 *
 * Returns 0 when there is a message behind the head.  EAGAIN: there is none, with
 * MAILSLOT_RING_DONTWAIT or an O_NONBLOCK descriptor.  EPIPE: there is none, and the slot is dead.
 * ETIMEDOUT, EINTR: as RECEIVE.
 */
struct mailslot_ring_wait {
	__u32 flags;
	__u32 reserved;
	__aligned_u64 deadline_ns;
};

/* mailslot_list_entry.flags */
#define MAILSLOT_LIST_COUNTED	(1U << 0)	/* the entry has counts */

/**
 * struct mailslot_list_entry - one slot of a LIST
 * @message_count: number of messages in the queue.
 * @queued_bytes: the cost of these messages, MAILSLOT_MESSAGE_COST each included.
 * @queue_bytes: what the queue may hold, counted in the same way.
 * @messages_written: messages ever queued.
 * @messages_read: messages ever taken.
 * @bytes_written: their bytes, without MAILSLOT_MESSAGE_COST.
 * @bytes_read: their bytes, without MAILSLOT_MESSAGE_COST.
 * @creation_time_ns: nanoseconds since 1970-01-01 UTC.
 * @oldest_time_ns: when the message that waits longest was queued, likewise; 0 when
 *	none waits.
 * @max_message_size: as set last.
 * @clients: client ends open.
 * @dev_major: device number of the slot's node.
 * @dev_minor:
 * @uid: owner of the node, in the caller's user namespace; the overflow id when it
 * @gid: is not mapped there.
 * @mode: permission bits of the node.
 * @flags: MAILSLOT_LIST_*.  Without MAILSLOT_LIST_COUNTED all counts, @clients and @oldest_time_ns
 *	are 0: only the slot's owner, users who may open its node to read or to write, and
 *	processes with CAP_DAC_OVERRIDE over the node get them.
 * @name: NUL-terminated; it starts at the directory that was listed.
 *
 * The counts of one entry were taken at one moment, the counts of two entries perhaps at different
 * moments.
 */
struct mailslot_list_entry {
	__aligned_u64 message_count;
	__aligned_u64 queued_bytes;
	__aligned_u64 queue_bytes;
	__aligned_u64 messages_written;
	__aligned_u64 messages_read;
	__aligned_u64 bytes_written;
	__aligned_u64 bytes_read;
	__s64 creation_time_ns;
	__s64 oldest_time_ns;
	__u32 max_message_size;
	__u32 clients;
	__u32 dev_major;
	__u32 dev_minor;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 flags;
	char name[MAILSLOT_NAME_SIZE];
};

/**
 * struct mailslot_list - report many slots (MAILSLOT_IOC_LIST, directory of an instance)
 * @entries: address of an array of struct mailslot_list_entry, to be filled.
 * @count: its length, 1 to MAILSLOT_BATCH_MAX, else EINVAL.
 * @entry_size: size of an entry, sizeof(struct mailslot_list_entry) or more; less is
 *	EINVAL, more than a page E2BIG.  Bytes behind what the module knows become zero.
 * @cursor: in: 0 to begin, then as the last call left it; out: where to go on.
 * @flags: zero, else EINVAL.
 * @reserved: zero, else EINVAL.
 *
 * Reports the slots below the directory, in no order, as far as the caller may read and search the
 * directories that they are in.  Returns how many entries were filled: fewer than @count when there
 * are no more.  A slot that has its name from the first call to the last is reported once; a slot
 * that is made or dies meanwhile is reported at most once.  EACCES: the caller may not search the
 * directory itself.  EFAULT: bad memory; when entries before it were filled, their number is
 * returned instead.
 */
struct mailslot_list {
	__aligned_u64 entries;
	__u32 count;
	__u32 entry_size;
	__aligned_u64 cursor;
	__u32 flags;
	__u32 reserved;
};

#define MAILSLOT_IOC_MAGIC	0xB9

#define MAILSLOT_IOC_CREATE	_IOW(MAILSLOT_IOC_MAGIC, 0x00, struct mailslot_create)
#define MAILSLOT_IOC_GET_INFO	_IOR(MAILSLOT_IOC_MAGIC, 0x01, struct mailslot_info)
#define MAILSLOT_IOC_SET_INFO	_IOW(MAILSLOT_IOC_MAGIC, 0x02, struct mailslot_set_info)
#define MAILSLOT_IOC_RECEIVE	_IOW(MAILSLOT_IOC_MAGIC, 0x03, struct mailslot_receive)
#define MAILSLOT_IOC_SEND	_IOW(MAILSLOT_IOC_MAGIC, 0x04, struct mailslot_send)
#define MAILSLOT_IOC_LIST	_IOWR(MAILSLOT_IOC_MAGIC, 0x05, struct mailslot_list)
#define MAILSLOT_IOC_RING	_IOWR(MAILSLOT_IOC_MAGIC, 0x06, struct mailslot_ring_layout)
#define MAILSLOT_IOC_RING_WAIT	_IOW(MAILSLOT_IOC_MAGIC, 0x07, struct mailslot_ring_wait)

#endif /* _UAPI_LINUX_MAILSLOT_H */
