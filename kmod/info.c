// SPDX-License-Identifier: GPL-2.0-only
/* The state of a slot: GET_INFO, fdinfo, and the parts that the server may set by SET_INFO. */
#include <linux/build_bug.h>
#include <linux/uaccess.h>

#include "info.h"
#include "params.h"
#include "ring.h"
#include "wait.h"

#define KEEP_FLAGS	(MAILSLOT_INFO_KEEP_READ_TIME | MAILSLOT_INFO_KEEP_WRITE_TIME)

#define LIMITS		(MAILSLOT_SET_QUEUE_BYTES | MAILSLOT_SET_MAX_MESSAGE_SIZE)

/* These assertions keep an accidental change of the ABI from compiling. */
static_assert(sizeof(struct mailslot_create) == 288);
static_assert(sizeof(struct mailslot_info) == 112);
static_assert(sizeof(struct mailslot_set_info) == 56);
static_assert(sizeof(struct mailslot_recv_msg) == 48);
static_assert(sizeof(struct mailslot_receive) == 32);
static_assert(sizeof(struct mailslot_send_msg) == 16);
static_assert(sizeof(struct mailslot_send) == 24);

/*
 * Fill in the state of the queue, and return the time of its first message. Messages that a slot's
 * death discarded are not in the queue, and were not read either.
 */
static s64 info_get_queue(const struct mailslot_slot *slot, struct mailslot_info *info)
{
	const struct mailslot_queue *queue = &slot->queue;
	u64 count = slot->dead ? 0 : mailslot_queue_count(queue);
	const struct mailslot_ring_message *first;
	const struct mailslot_record *head;

	info->next_message_size = MAILSLOT_NO_NEXT_MESSAGE;
	if (!count)
		return 0;
	info->message_count = count;
	info->queued_bytes = slot->charged;
	if (slot->has_ring) {
		first = mailslot_ring_at(slot->ring, slot->ring->head);
		info->next_message_size = first->length;
		return first->time_ns;
	}
	head = mailslot_place_record(mailslot_queue_head(queue));
	info->next_message_size = head->length;
	return head->time;
}

/**
 * mailslot_info_get() - the state of a slot at one moment
 * @slot: the slot
 * @info: all of it is set; the caller adds MAILSLOT_INFO_SERVER
 *
 * Context: process context, may sleep.
 * Return: when the message that is next to be read entered, in ns since 1970; 0 if there is none.
 */
s64 mailslot_info_get(struct mailslot_slot *slot, struct mailslot_info *info)
{
	const struct mailslot_queue *queue = &slot->queue;
	s64 oldest;

	if (slot->has_ring)
		mailslot_ring_settle(slot);
	spin_lock(&slot->lock);
	*info = (struct mailslot_info){
		.max_message_size = slot->max_message_size,
		.queue_bytes = slot->queue_bytes,
		.read_timeout_ns = slot->read_timeout,
		.creation_time_ns = slot->creation_time,
		.last_read_time_ns = slot->last_read_time,
		.last_write_time_ns = slot->last_write_time,
		.messages_written = queue->written,
		.messages_read = queue->read,
		.bytes_written = queue->bytes_written,
		.bytes_read = queue->bytes_read,
		.clients = slot->client_count,
		.flags = slot->flags | (slot->dead ? MAILSLOT_INFO_GONE : 0) |
			 (slot->whole ? MAILSLOT_INFO_WHOLE : 0) |
			 (slot->has_ring ? MAILSLOT_INFO_RING : 0),
		.dev_major = MAJOR(slot->devt),
		.dev_minor = MINOR(slot->devt),
	};
	oldest = info_get_queue(slot, info);
	spin_unlock(&slot->lock);
	return oldest;
}

/**
 * mailslot_info_ioctl() - MAILSLOT_IOC_GET_INFO
 * @slot: the slot
 * @end: MAILSLOT_INFO_SERVER or 0
 * @to: the caller's structure
 * @size: its size; a shorter structure is truncated, a longer one is filled up with zeroes
 *
 * Context: process context, may sleep.
 * Return: 0 or -EFAULT.
 */
long mailslot_info_ioctl(struct mailslot_slot *slot, u32 end, void __user *to, size_t size)
{
	struct mailslot_info info;
	size_t known = min(size, sizeof(info));

	mailslot_info_get(slot, &info);
	info.flags |= end;
	if (copy_to_user(to, &info, known))
		return -EFAULT;
	return clear_user(to + known, size - known) ? -EFAULT : 0;
}

static int set_info_check(const struct mailslot_set_info *set)
{
	if (set->mask & ~MAILSLOT_SET_MASK)
		return -EINVAL;
	if (set->flags & ~(set->mask & MAILSLOT_SET_FLAGS ? KEEP_FLAGS : 0))
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

/* The memory of a ring cannot grow: refuse a queue that is larger than the ring. */
static int set_queue_check(const struct mailslot_slot *slot, u64 *bytes)
{
	int err = mailslot_params_queue_bytes(bytes);

	if (err || !slot->has_ring)
		return err;
	return *bytes > slot->ring->size ? -ERANGE : 0;
}

/* Called with the lock held. Returns the wake-ups for mailslot_room_follow(), after unlocking. */
static unsigned int set_limits(struct mailslot_slot *slot, const struct mailslot_set_info *set)
{
	u64 queue_bytes = slot->queue_bytes;
	u32 max_message_size = slot->max_message_size;

	if (!(set->mask & LIMITS))
		return 0;
	if (set->mask & MAILSLOT_SET_QUEUE_BYTES)
		queue_bytes = set->queue_bytes;
	if (set->mask & MAILSLOT_SET_MAX_MESSAGE_SIZE)
		max_message_size = set->max_message_size;
	mailslot_slot_limit(slot, queue_bytes, max_message_size);
	return mailslot_room_changed(slot);
}

/* The caller holds the lock. */
static void set_fields(struct mailslot_slot *slot, const struct mailslot_set_info *set)
{
	if (set->mask & MAILSLOT_SET_FLAGS)
		slot->flags = set->flags;
	if (set->mask & MAILSLOT_SET_READ_TIMEOUT)
		slot->read_timeout = set->read_timeout_ns;
	if (set->mask & MAILSLOT_SET_CREATION_TIME)
		slot->creation_time = set->creation_time_ns;
	if (set->mask & MAILSLOT_SET_LAST_READ_TIME)
		slot->last_read_time = set->last_read_time_ns;
	if (set->mask & MAILSLOT_SET_LAST_WRITE_TIME)
		slot->last_write_time = set->last_write_time_ns;
}

/**
 * mailslot_set_info_ioctl() - MAILSLOT_IOC_SET_INFO
 * @slot: the slot
 * @from: the caller's structure
 * @size: its size
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL, -E2BIG, -EFAULT, -ERANGE with nothing set.
 */
long mailslot_set_info_ioctl(struct mailslot_slot *slot, const void __user *from, size_t size)
{
	struct mailslot_set_info set;
	unsigned int wake;
	int err;

	err = copy_struct_from_user(&set, sizeof(set), from, size) ?: set_info_check(&set);
	if (!err && set.mask & MAILSLOT_SET_QUEUE_BYTES)
		err = set_queue_check(slot, &set.queue_bytes);
	if (err)
		return err;

	spin_lock(&slot->lock);
	set_fields(slot, &set);
	wake = set_limits(slot, &set);
	spin_unlock(&slot->lock);
	mailslot_room_follow(slot, wake);
	if (slot->has_ring) {
		/* The reader has been told to make other room: look at its head once more. */
		spin_lock(&slot->lock);
		mailslot_ring_serve(slot);
		spin_unlock(&slot->lock);
	}
	return 0;
}

/**
 * mailslot_info_show() - lines of /proc/PID/fdinfo
 * @slot: the slot
 * @server: which end the file is
 * @m: where the lines go
 *
 * Context: process context, may sleep.
 */
void mailslot_info_show(struct mailslot_slot *slot, bool server, struct seq_file *m)
{
	struct mailslot_info info;
	const char *end = "server";

	mailslot_info_get(slot, &info);
	if (!server)
		end = info.flags & MAILSLOT_INFO_GONE ? "client-gone" : "client";
	seq_printf(m, "mailslot-name:\t%s\n", slot->name);
	seq_printf(m, "mailslot-end:\t%s\n", end);
	seq_printf(m, "mailslot-messages:\t%llu\n", info.message_count);
	seq_printf(m, "mailslot-bytes:\t%llu\n", info.queued_bytes);
}
