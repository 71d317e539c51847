// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client end of a slot: the file that a program gets when it opens the node. The file is
 * write-only.
 */
#include <asm/ioctls.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client.h"
#include "compat.h"
#include "info.h"
#include "node.h"
#include "ring.h"
#include "ring-send.h"
#include "send.h"
#include "slot.h"
#include "user.h"
#include "usercopy.h"
#include "wait.h"
#include "whole.h"

/* Count the client in, unless the slot has died since it was found. */
static int client_join(struct mailslot_client *client)
{
	struct mailslot_slot *slot = client->slot;
	int err = 0;

	spin_lock(&slot->lock);
	if (slot->dead)
		err = -ENXIO;
	else
		slot->client_count++;
	if (!err)
		mailslot_poller_join(slot, &client->poller);
	spin_unlock(&slot->lock);
	return err;
}

/* The file is closed, so the client end does not keep the slot any more. */
static void client_leave(struct mailslot_client *client)
{
	struct mailslot_slot *slot = client->slot;
	bool dead;

	spin_lock(&slot->lock);
	slot->client_count--;
	mailslot_poller_leave(slot, &client->poller);
	dead = slot->dead;
	spin_unlock(&slot->lock);
	if (dead)
		mailslot_slot_find_keeper(slot);
}

static int client_release(struct inode *inode, struct file *file)
{
	struct mailslot_client *client = file->private_data;
	struct mailslot_slot *slot = client->slot;

	client_leave(client);
	kfree_rcu(client, rcu);
	mailslot_slot_put(slot);
	return 0;
}

/*
 * Define .read_iter without .read, so that io_uring fails at once and does not wait for a message.
 */
static ssize_t client_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return -EINVAL;
}

static ssize_t client_write(struct file *file, const char __user *from, size_t length, loff_t *pos)
{
	return mailslot_send(file->private_data, from, length, file->f_flags & O_NONBLOCK);
}

static ssize_t client_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;

	return mailslot_send_iter(file->private_data, from,
				  file->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT);
}

/*
 * The caller holds the lock. Return the events of the client end; if there are none, register it to
 * be woken when there is room.
 */
static __poll_t client_look(struct mailslot_client *client, u64 least)
{
	struct mailslot_slot *slot = client->slot;
	u64 need = min(max(client->need, least), mailslot_slot_most(slot));

	if (slot->dead)
		return EPOLLHUP | EPOLLERR;
	if (!need || (list_empty(&slot->writers) && mailslot_slot_fits(slot, need)))
		return EPOLLOUT | EPOLLWRNORM;
	mailslot_poller_want(slot, &client->poller, need);
	return 0;
}

/* Is there the room that was last refused, or room for a message of that cost if it is more? */
static __poll_t client_poll_for(struct file *file, struct poll_table_struct *table, u64 least)
{
	struct mailslot_client *client = file->private_data;
	struct mailslot_slot *slot = client->slot;
	__poll_t events;

	poll_wait(file, &client->poller.queue, table);
	spin_lock(&slot->lock);
	mailslot_ring_serve(slot);
	events = client_look(client, least);
	if (!events && slot->has_ring) {
		/* The reader has been told to make room: look at its head once more. */
		mailslot_ring_serve(slot);
		events = client_look(client, least);
	}
	spin_unlock(&slot->lock);
	return events;
}

static __poll_t client_poll(struct file *file, struct poll_table_struct *table)
{
	return client_poll_for(file, table, MAILSLOT_MESSAGE_COST);
}

/*
 * fsync(2) does not make a queued message safer, but programs call it all the same, so let it
 * succeed.
 */
static int client_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return 0;
}

static int send_check(const struct mailslot_send *request)
{
	if (request->flags & ~MAILSLOT_SEND_FLAGS || request->reserved)
		return -EINVAL;
	if (!request->count || request->count > MAILSLOT_BATCH_MAX)
		return -EINVAL;
	if (request->message_size < sizeof(struct mailslot_send_msg))
		return -EINVAL;
	return request->message_size > PAGE_SIZE ? -E2BIG : 0;
}

static __always_inline long client_send(struct file *file, const void __user *from, size_t size,
					bool ring)
{
	struct mailslot_send request;
	const void __user *messages;
	bool nonblock;
	long sent;
	int err;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	err = mailslot_copy_struct_in(&request, sizeof(request), from, size);
	if (err)
		return err;
	err = send_check(&request);
	if (err)
		return err;
	nonblock = file->f_flags & O_NONBLOCK || request.flags & MAILSLOT_SEND_DONTWAIT;
	messages = mailslot_user_ptr(request.messages);
	sent = ring ? mailslot_ring_send_batch(file->private_data, messages, request.message_size,
					       request.count, nonblock) :
		      mailslot_send_batch(file->private_data, messages, request.message_size,
					  request.count, nonblock);
	/* write(2) reports to inotify that the node was modified; SEND does the same. */
	if (sent > 0)
		fsnotify_modify(file);
	return sent;
}

static long client_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mailslot_client *client = file->private_data;
	void __user *user = (void __user *)arg;

	if (cmd == FIONREAD)
		return -EINVAL;
	switch (MAILSLOT_IOC_ID(cmd)) {
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_SEND):
		return client_send(file, user, _IOC_SIZE(cmd), false);
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_GET_INFO):
		return mailslot_info_ioctl(client->slot, 0, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_SET_INFO):
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RECEIVE):
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RING):
		return -EINVAL;
	default:
		return -ENOTTY;
	}
}

static void client_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct mailslot_client *client = file->private_data;

	mailslot_info_show(client->slot, false, m);
}

static ssize_t whole_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return mailslot_whole_write(iocb->ki_filp->private_data, from);
}

/* A write needs no room. poll waits for the room that fsync or SEND was refused. */
static __poll_t whole_poll(struct file *file, struct poll_table_struct *table)
{
	return client_poll_for(file, table, 0);
}

static int whole_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return mailslot_whole_sync(file->private_data, file->f_flags & O_NONBLOCK);
}

static int whole_flush(struct file *file, fl_owner_t owner)
{
	return mailslot_whole_flush(file->private_data, file);
}

static int whole_release(struct inode *inode, struct file *file)
{
	struct mailslot_client *client = file->private_data;

	client_leave(client);
	mailslot_whole_release(client);
	return 0;
}

/* The pieces of a pipe are pieces of the message, so splice and sendfile may split it anywhere. */
static const struct file_operations whole_fops = {
	.owner = THIS_MODULE,
	.release = whole_release,
	.read_iter = client_read_iter,
	.write_iter = whole_write_iter,
	.splice_write = iter_file_splice_write,
	.poll = whole_poll,
	.flush = whole_flush,
	.fsync = whole_fsync,
	.unlocked_ioctl = client_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = client_show_fdinfo,
};

static ssize_t ring_write(struct file *file, const char __user *from, size_t length, loff_t *pos)
{
	return mailslot_send_to_ring(file->private_data, from, length,
				     file->f_flags & O_NONBLOCK);
}

static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (MAILSLOT_IOC_ID(cmd) != MAILSLOT_IOC_ID(MAILSLOT_IOC_SEND))
		return client_ioctl(file, cmd, arg);
	return client_send(file, (void __user *)arg, _IOC_SIZE(cmd), true);
}

static int ring_release(struct inode *inode, struct file *file)
{
	struct mailslot_client *client = file->private_data;
	struct mailslot_slot *slot = client->slot;

	client_leave(client);
	mailslot_ring_client_free(client);
	mailslot_slot_put(slot);
	return 0;
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.release = ring_release,
	.read_iter = client_read_iter,
	.write = ring_write,
	.write_iter = client_write_iter,
	.poll = client_poll,
	.fsync = client_fsync,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = client_show_fdinfo,
};

static struct mailslot_client *client_alloc(const struct mailslot_slot *slot)
{
	if (slot->whole)
		return mailslot_whole_alloc();
	if (slot->has_ring)
		return mailslot_ring_client_alloc();
	return kzalloc_obj(struct mailslot_client, GFP_KERNEL_ACCOUNT);
}

/* All of these belong to this module, so the file's reference of the module covers each of them. */
static const struct file_operations *client_operations(const struct mailslot_slot *slot)
{
	if (slot->whole)
		return &whole_fops;
	return slot->has_ring ? &ring_fops : &mailslot_client_fops;
}

/**
 * mailslot_client_begin() - make a file that is being opened a client end
 * @slot: the slot, with a reference that is the file's from here on, or given back
 * @inode: of the slot's node
 * @file: the file
 *
 * Context: process context, may sleep.
 * Return: 0, -ENXIO when the slot is dead, -EDQUOT, -ENOMEM.
 */
int mailslot_client_begin(struct mailslot_slot *slot, struct inode *inode, struct file *file)
{
	struct mailslot_client *client;
	int err;

	client = client_alloc(slot);
	if (!client) {
		err = -ENOMEM;
		goto err_put;
	}
	client->slot = slot;
	client->uid = file->f_cred->euid;
	client->gid = file->f_cred->egid;
	client->payer = mailslot_user_payer(client->uid);
	client->exempt = mailslot_user_exempt();
	err = -EDQUOT;
	if (!mailslot_user_may_open(client->payer, client->exempt))
		goto err_free;
	err = client_join(client);
	if (err)
		goto err_free;
	file->private_data = client;
	file->f_op = client_operations(slot);
	if (!slot->whole)
		file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);

err_free:
	kfree(client);
err_put:
	mailslot_slot_put(slot);
	return err;
}

static int client_open(struct inode *inode, struct file *file)
{
	struct mailslot_slot *slot = mailslot_node_slot(inode);

	return slot ? mailslot_client_begin(slot, inode, file) : -ENXIO;
}

const struct file_operations mailslot_client_fops = {
	.owner = THIS_MODULE,
	.open = client_open,
	.release = client_release,
	.read_iter = client_read_iter,
	.write = client_write,
	.write_iter = client_write_iter,
	.poll = client_poll,
	.fsync = client_fsync,
	.unlocked_ioctl = client_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = client_show_fdinfo,
};
