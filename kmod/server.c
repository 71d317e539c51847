// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server end of a slot: the file that CREATE returns. The file is read-only. The slot lives as
 * long as this file, however many descriptors share the file.
 */
#include <asm/ioctls.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "info.h"
#include "receive.h"
#include "ring-file.h"
#include "server-inode.h"
#include "server.h"
#include "usercopy.h"
#include "wait.h"

static int server_release(struct inode *inode, struct file *file)
{
	mailslot_slot_kill(file->private_data);
	return 0;
}

static ssize_t server_read(struct file *file, char __user *to, size_t capacity, loff_t *pos)
{
	return mailslot_receive(file->private_data, to, capacity, file->f_flags & O_NONBLOCK);
}

static ssize_t server_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;

	return mailslot_receive_iter(file->private_data, to,
				     file->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT);
}

/* A file of an instance may be open for reading and writing. */
static ssize_t server_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return -EBADF;
}

static __poll_t server_poll(struct file *file, struct poll_table_struct *table)
{
	struct mailslot_slot *slot = file->private_data;
	__poll_t events = 0;

	poll_wait(file, &slot->read_poll, table);
	spin_lock(&slot->lock);
	if (!mailslot_slot_ready(slot))
		mailslot_receive_none(slot);
	if (mailslot_slot_ready(slot))
		events = EPOLLIN | EPOLLRDNORM;
	else if (slot->claimed)
		slot->poller_saw_none = true;
	spin_unlock(&slot->lock);
	return events;
}

static int receive_check(const struct mailslot_receive *request)
{
	if (request->flags & ~MAILSLOT_RECEIVE_FLAGS || request->reserved)
		return -EINVAL;
	if (!request->count || request->count > MAILSLOT_BATCH_MAX)
		return -EINVAL;
	if (request->message_size < sizeof(struct mailslot_recv_msg))
		return -EINVAL;
	return request->message_size > PAGE_SIZE ? -E2BIG : 0;
}

static long server_receive(struct file *file, const void __user *from, size_t size)
{
	struct mailslot_receive request;
	bool nonblock;
	int err;

	err = mailslot_copy_struct_in(&request, sizeof(request), from, size);
	if (err)
		return err;
	err = receive_check(&request);
	if (err)
		return err;
	nonblock = file->f_flags & O_NONBLOCK || request.flags & MAILSLOT_RECEIVE_DONTWAIT;
	return mailslot_receive_batch(file->private_data, &request, nonblock);
}

/* FIONREAD: the size of the next message; 0 if there is none. */
static long server_next_size(struct mailslot_slot *slot, int __user *to)
{
	struct mailslot_info info;

	mailslot_info_get(slot, &info);
	return put_user(info.message_count ? (int)info.next_message_size : 0, to);
}

static long server_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mailslot_slot *slot = file->private_data;
	void __user *user = (void __user *)arg;

	if (cmd == FIONREAD)
		return server_next_size(slot, user);
	switch (MAILSLOT_IOC_ID(cmd)) {
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RECEIVE):
		return server_receive(file, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_GET_INFO):
		return mailslot_info_ioctl(slot, MAILSLOT_INFO_SERVER, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_SET_INFO):
		return mailslot_set_info_ioctl(slot, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_SEND):
		return -EBADF;
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RING):
		return -EINVAL;
	default:
		return -ENOTTY;
	}
}

/*
 * Refuse locks: a lock applies to the inode, which all server ends share, so it would affect other
 * slots.
 */
static int server_lock(struct file *file, int cmd, struct file_lock *lock)
{
	return -EINVAL;
}

static void server_show_fdinfo(struct seq_file *m, struct file *file)
{
	mailslot_info_show(file->private_data, true, m);
}

static const struct file_operations server_fops = {
	.owner = THIS_MODULE,
	.release = server_release,
	.read = server_read,
	.read_iter = server_read_iter,
	.write_iter = server_write_iter,
	.poll = server_poll,
	.unlocked_ioctl = server_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.lock = server_lock,
	.flock = server_lock,
	.show_fdinfo = server_show_fdinfo,
};

/* Refuse read(2): the messages are in a ring, and can be read only there. */
static ssize_t ringed_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return -EBUSY;
}

static __poll_t ringed_poll(struct file *file, struct poll_table_struct *table)
{
	return mailslot_ring_poll(file->private_data, file, table);
}

static long ringed_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (MAILSLOT_IOC_ID(cmd)) {
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RECEIVE):
		return -EBUSY;
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RING):
		return mailslot_ring_ioctl(file->private_data, (void __user *)arg, _IOC_SIZE(cmd));
	default:
		return server_ioctl(file, cmd, arg);
	}
}

static const struct file_operations ringed_fops = {
	.owner = THIS_MODULE,
	.release = server_release,
	.read_iter = ringed_read_iter,
	.write_iter = server_write_iter,
	.poll = ringed_poll,
	.unlocked_ioctl = ringed_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.lock = server_lock,
	.flock = server_lock,
	.show_fdinfo = server_show_fdinfo,
};

/**
 * mailslot_server_begin() - make a file a slot's server end
 * @slot: the slot, which the file owns from here on
 * @inode: the file's
 * @file: the file, with a reference of this module
 *
 * Context: process context.
 * Return: 0.
 */
int mailslot_server_begin(struct mailslot_slot *slot, struct inode *inode, struct file *file)
{
	/*
	 * Both tables belong to this module, so the file's reference of the module covers either.
	 */
	file->f_op = slot->has_ring ? &ringed_fops : &server_fops;
	file->private_data = slot;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

/**
 * mailslot_server_file() - make a slot's server end
 * @slot: the slot, which the file owns from here on
 * @flags: O_NONBLOCK or 0
 *
 * Context: process context, may sleep.
 * Return: the file; or an error, with the slot still the caller's.
 */
struct file *mailslot_server_file(struct mailslot_slot *slot, unsigned int flags)
{
	struct file *file = mailslot_inode_file(&server_fops, slot, O_RDONLY | flags);

	if (!IS_ERR(file))
		mailslot_server_begin(slot, file_inode(file), file);
	return file;
}
