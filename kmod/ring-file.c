// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptor of a ring, which is mapped, polled, and waited on. It keeps the ring's pages and
 * the slot's memory, but does not keep the slot alive: the slot dies with its server end.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "info.h"
#include "ring.h"
#include "ring-file.h"
#include "server-inode.h"
#include "usercopy.h"
#include "wait.h"

static int ring_release(struct inode *inode, struct file *file)
{
	struct mailslot_slot *slot = file->private_data;

	mailslot_ring_put(slot->ring);
	mailslot_slot_put(slot);
	return 0;
}

/*
 * The reader may write to one page only. The other pages stay read-only: a later mprotect(2) cannot
 * make them writable, and ptrace(2) cannot write to a shared mapping that cannot become writable.
 * All pages are inserted here, so there are no page faults.
 */
static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct mailslot_slot *slot = file->private_data;
	bool reader = !vma->vm_pgoff && vma_pages(vma) == 1;

	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (!reader && vma->vm_flags & VM_WRITE)
		return -EACCES;
	vm_flags_clear(vma, reader ? VM_MAYEXEC : VM_MAYEXEC | VM_MAYWRITE);
	return remap_vmalloc_range(vma, slot->ring->reader, vma->vm_pgoff);
}

/**
 * mailslot_ring_poll() - poll the reader's side of a slot with a ring
 * @slot: the slot
 * @file: the ring's file, or the server end
 * @table: as poll operations have it
 *
 * Context: process context, may sleep.
 * Return: the events.
 */
__poll_t mailslot_ring_poll(struct mailslot_slot *slot, struct file *file,
			    struct poll_table_struct *table)
{
	__poll_t events = 0;

	poll_wait(file, &slot->read_poll, table);
	spin_lock(&slot->lock);
	mailslot_ring_serve(slot);
	if (mailslot_ring_ready(slot))
		events |= EPOLLIN | EPOLLRDNORM;
	if (slot->dead)
		events |= EPOLLHUP | EPOLLERR;
	spin_unlock(&slot->lock);
	return events;
}

static __poll_t ring_poll(struct file *file, struct poll_table_struct *table)
{
	return mailslot_ring_poll(file->private_data, file, table);
}

/* The caller holds the lock. */
static int ring_look(const struct mailslot_slot *slot)
{
	if (mailslot_ring_ready(slot))
		return 0;
	return slot->dead ? -EPIPE : -EAGAIN;
}

/*
 * The caller holds the lock. The kernel's head is the reader's own head, so this waits exactly if
 * there is no message. Another thread of the reader may take the message meanwhile.
 */
static int ring_await(struct mailslot_slot *slot, u64 deadline_ns)
{
	ktime_t deadline = deadline_ns ? mailslot_deadline_here(deadline_ns) :
					 mailslot_deadline(slot->read_timeout);
	int err;

	do {
		mailslot_ring_serve(slot);
		err = ring_look(slot);
		if (err != -EAGAIN)
			return err;
		err = mailslot_await_message(slot, deadline);
	} while (!err);
	/*
	 * A call with a deadline may be restarted, a call with a timeout may not (see receive.c).
	 */
	return err == -ERESTARTNOHAND && !deadline_ns ? -EINTR : err;
}

static long ring_wait(struct file *file, const void __user *from, size_t size)
{
	struct mailslot_slot *slot = file->private_data;
	struct mailslot_ring_wait request;
	int err;

	err = mailslot_copy_struct_in(&request, sizeof(request), from, size);
	if (err)
		return err;
	if (request.flags & ~MAILSLOT_RING_WAIT_FLAGS || request.reserved)
		return -EINVAL;
	spin_lock(&slot->lock);
	if (file->f_flags & O_NONBLOCK || request.flags & MAILSLOT_RING_DONTWAIT) {
		mailslot_ring_serve(slot);
		err = ring_look(slot);
	} else {
		err = ring_await(slot, request.deadline_ns);
	}
	spin_unlock(&slot->lock);
	return err;
}

static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (MAILSLOT_IOC_ID(cmd)) {
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RING_WAIT):
		return ring_wait(file, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_GET_INFO):
		return mailslot_info_ioctl(file->private_data, MAILSLOT_INFO_SERVER, user,
					   _IOC_SIZE(cmd));
	default:
		return -ENOTTY;
	}
}

static int ring_lock(struct file *file, int cmd, struct file_lock *lock)
{
	return -EINVAL;
}

static void ring_show_fdinfo(struct seq_file *m, struct file *file)
{
	mailslot_info_show(file->private_data, true, m);
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.release = ring_release,
	.mmap = ring_mmap,
	.poll = ring_poll,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.lock = ring_lock,
	.flock = ring_lock,
	.show_fdinfo = ring_show_fdinfo,
};

/* The caller holds the server end, so the slot is alive, and its reference keeps the ring. */
static struct file *ring_file(struct mailslot_slot *slot)
{
	struct file *file = mailslot_inode_file(&ring_fops, slot, O_RDWR);

	if (IS_ERR(file))
		return file;
	kref_get(&slot->ring->references);
	mailslot_slot_get(slot);
	stream_open(file_inode(file), file);
	return file;
}

static int fill_layout(const struct mailslot_ring *ring, void __user *to, size_t size)
{
	struct mailslot_ring_layout layout = {
		.version = ring->status->version,
		.header_size = ring->status->header_size,
		.data_size = ring->size,
		.status_offset = PAGE_SIZE,
		.data_offset = 2 * PAGE_SIZE,
	};
	size_t known = min(size, sizeof(layout));

	if (copy_to_user(to, &layout, known))
		return -EFAULT;
	return clear_user(to + known, size - known) ? -EFAULT : 0;
}

/**
 * mailslot_ring_ioctl() - MAILSLOT_IOC_RING
 * @slot: the slot, with a ring
 * @user: the caller's structure
 * @size: its size
 *
 * Context: process context, may sleep; the caller holds the server end.
 * Return: a descriptor; -EINVAL, -E2BIG, -EFAULT, -EMFILE, -ENFILE, -ENOMEM.
 */
long mailslot_ring_ioctl(struct mailslot_slot *slot, void __user *user, size_t size)
{
	struct mailslot_ring_layout request;
	struct file *file;
	int err, fd;

	err = copy_struct_from_user(&request, sizeof(request), user, size);
	if (err)
		return err;
	if (request.flags || request.reserved)
		return -EINVAL;
	err = fill_layout(slot->ring, user, size);
	if (err)
		return err;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = ring_file(slot);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
