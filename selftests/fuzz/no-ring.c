// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module calls for slots with a ring, which are not made here: pages that are mapped twice
 * are the kernel's. selftests/ring*.c are for those.
 */
#include "ring.h"
#include "ring-file.h"
#include "ring-send.h"

int mailslot_ring_check(u64 queue_bytes)
{
	return -EOPNOTSUPP;
}

int mailslot_ring_add(struct mailslot_slot *slot, bool exempt)
{
	abort();
}

void mailslot_ring_leave(struct mailslot_slot *slot)
{
	if (slot->has_ring)
		abort();
}

void mailslot_ring_kill(struct mailslot_slot *slot)
{
	abort();
}

void __mailslot_ring_want(struct mailslot_slot *slot)
{
	abort();
}

void __mailslot_ring_serve(struct mailslot_slot *slot)
{
	abort();
}

void mailslot_ring_settle(struct mailslot_slot *slot)
{
	abort();
}

__poll_t mailslot_ring_poll(struct mailslot_slot *slot, struct file *file,
			    struct poll_table_struct *table)
{
	abort();
}

long mailslot_ring_ioctl(struct mailslot_slot *slot, void __user *user, size_t size)
{
	abort();
}

struct mailslot_client *mailslot_ring_client_alloc(void)
{
	abort();
}

void mailslot_ring_client_free(struct mailslot_client *client)
{
	abort();
}

ssize_t mailslot_ring_send(struct mailslot_client *client, const void __user *from, size_t length,
			   bool nonblock)
{
	abort();
}

int mailslot_ring_send_locked(struct mailslot_client *client, const void __user *from, u32 length)
{
	abort();
}

int mailslot_ring_queue(struct mailslot_outgoing *out)
{
	abort();
}

void mailslot_ring_forget(struct mailslot_slot *slot, const struct mailslot_ring_part *part)
{
	abort();
}
