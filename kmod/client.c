// SPDX-License-Identifier: GPL-2.0-only
/* The client end of a slot: the file that opening its node gives. It writes only. */
#include <asm/ioctls.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "client.h"
#include "info.h"
#include "send.h"
#include "slot.h"
#include "user.h"
#include "usercopy.h"
#include "wait.h"

/* Count the client in, unless the slot has died since it was found. */
static int client_join(struct mailslot_slot *slot)
{
	int err = 0;

	spin_lock(&slot->lock);
	if (slot->dead)
		err = -ENXIO;
	else
		slot->clients++;
	spin_unlock(&slot->lock);
	return err;
}

static int client_open(struct inode *inode, struct file *file)
{
	struct mailslot_client *client;
	struct mailslot_slot *slot;
	int err;

	slot = mailslot_slot_find(iminor(inode));
	if (!slot)
		return -ENXIO;
	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client) {
		err = -ENOMEM;
		goto err_put;
	}
	client->slot = slot;
	client->uid = file->f_cred->euid;
	client->gid = file->f_cred->egid;
	client->exempt = ns_capable_noaudit(&init_user_ns, CAP_SYS_RESOURCE);
	err = client_join(slot);
	if (err)
		goto err_free;
	file->private_data = client;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);

err_free:
	kfree(client);
err_put:
	mailslot_slot_put(slot);
	return err;
}

static int client_release(struct inode *inode, struct file *file)
{
	struct mailslot_client *client = file->private_data;
	struct mailslot_slot *slot = client->slot;

	spin_lock(&slot->lock);
	slot->clients--;
	spin_unlock(&slot->lock);
	if (client->user)
		mailslot_user_put(client->user);
	kfree(client);
	mailslot_slot_put(slot);
	return 0;
}

/* Not left out, nor .read: io_uring would wait for what can be read. */
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

static __poll_t client_poll(struct file *file, struct poll_table_struct *table)
{
	struct mailslot_client *client = file->private_data;
	struct mailslot_slot *slot = client->slot;
	u64 need;
	__poll_t events = 0;

	poll_wait(file, &slot->write_poll, table);
	spin_lock(&slot->lock);
	need = max_t(u64, client->need, MAILSLOT_MESSAGE_COST);
	if (slot->dead) {
		events = EPOLLHUP | EPOLLERR;
	} else if (list_empty(&slot->writers) && need <= mailslot_slot_room(slot)) {
		events = EPOLLOUT | EPOLLWRNORM;
	} else {
		slot->poll_wanted = min(slot->poll_wanted, need);
		slot->room_wanted = min(slot->room_wanted, need);
	}
	spin_unlock(&slot->lock);
	return events;
}

static int send_check(const struct mailslot_send *request)
{
	if (request->flags & ~MAILSLOT_SEND_FLAGS || request->reserved)
		return -EINVAL;
	if (!request->count || request->count > MAILSLOT_BATCH_MAX)
		return -EINVAL;
	if (request->message_size < sizeof(struct mailslot_send_msg))
		return -EINVAL;
	return request->message_size > sizeof(struct mailslot_send_msg) ? -E2BIG : 0;
}

static long client_send(struct file *file, const void __user *from, size_t size)
{
	struct mailslot_send request;
	bool nonblock;
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
	return mailslot_send_batch(file->private_data, u64_to_user_ptr(request.messages),
				   request.count, nonblock);
}

static long client_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mailslot_client *client = file->private_data;
	void __user *user = (void __user *)arg;

	if (cmd == FIONREAD)
		return -EINVAL;
	switch (MAILSLOT_IOC_ID(cmd)) {
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_SEND):
		return client_send(file, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_GET_INFO):
		return mailslot_info_ioctl(client->slot, 0, user, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_SET_INFO):
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_RECEIVE):
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

const struct file_operations mailslot_client_fops = {
	.owner = THIS_MODULE,
	.open = client_open,
	.release = client_release,
	.read_iter = client_read_iter,
	.write = client_write,
	.write_iter = client_write_iter,
	.poll = client_poll,
	.unlocked_ioctl = client_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = client_show_fdinfo,
};
