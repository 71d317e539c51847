// SPDX-License-Identifier: GPL-2.0-only
/* The control node, on which slots are created. Who may open it may create. */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kstrtox.h>
#include <linux/mailslot.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "control.h"
#include "info.h"
#include "name.h"
#include "node.h"
#include "server.h"
#include "slot.h"
#include "user.h"

/* With less than one message takes, every CREATE would fail, or every one that names no size. */
static int queue_bytes_set(const char *value, const struct kernel_param *parameter)
{
	unsigned long bytes;
	int err;

	err = kstrtoul(value, 0, &bytes);
	if (err)
		return err;
	if (bytes < MAILSLOT_MESSAGE_COST)
		return -EINVAL;
	WRITE_ONCE(*(ulong *)parameter->arg, bytes);
	return 0;
}

static const struct kernel_param_ops queue_bytes_ops = {
	.set = queue_bytes_set,
	.get = param_get_ulong,
};

static ulong default_queue_bytes = 16UL << 20;
module_param_cb(default_queue_bytes, &queue_bytes_ops, &default_queue_bytes, 0644);
__MODULE_PARM_TYPE(default_queue_bytes, "ulong");
MODULE_PARM_DESC(default_queue_bytes,
		 "What a queue holds if its creator names no size (at least 64; default 16 MiB)");

static ulong max_queue_bytes = 256UL << 20;
module_param_cb(max_queue_bytes, &queue_bytes_ops, &max_queue_bytes, 0644);
__MODULE_PARM_TYPE(max_queue_bytes, "ulong");
MODULE_PARM_DESC(max_queue_bytes,
		 "The most that a queue may be made to hold (at least 64; default 256 MiB)");

/* Everything about the request that can be said without looking at other slots. */
static int create_check(const struct mailslot_create *request)
{
	if (request->flags & ~MAILSLOT_CREATE_FLAGS || request->reserved)
		return -EINVAL;
	if (request->mode & ~0777)
		return -EINVAL;
	return mailslot_name_check(request->name, sizeof(request->name)) ?:
	       mailslot_node_check(request->name);
}

static int recipe_fill(struct mailslot_recipe *recipe, const struct mailslot_create *request)
{
	u64 most = READ_ONCE(max_queue_bytes);
	u64 queue_bytes = request->queue_bytes;

	if (!queue_bytes)
		queue_bytes = min_t(u64, READ_ONCE(default_queue_bytes), most);
	if (queue_bytes < MAILSLOT_MESSAGE_COST || queue_bytes > most)
		return -ERANGE;
	*recipe = (struct mailslot_recipe){
		.name = request->name,
		.queue_bytes = queue_bytes,
		.read_timeout = request->read_timeout_ns,
		.max_message_size = request->max_message_size,
		.mode = request->mode & ~current_umask(),
		.whole = request->flags & MAILSLOT_CREATE_WHOLE,
		.exempt = mailslot_user_exempt(),
	};
	return 0;
}

/* All that can fail comes before the descriptor is installed; from then on userspace has it. */
static long create_slot(const struct mailslot_recipe *recipe, u32 flags)
{
	struct mailslot_slot *slot;
	struct file *file;
	int err, fd;

	fd = get_unused_fd_flags(flags & MAILSLOT_CREATE_INHERIT ? 0 : O_CLOEXEC);
	if (fd < 0)
		return fd;
	slot = mailslot_slot_create(recipe);
	if (IS_ERR(slot)) {
		err = PTR_ERR(slot);
		goto err_put_fd;
	}
	file = mailslot_server_file(slot, flags & MAILSLOT_CREATE_NONBLOCK ? O_NONBLOCK : 0);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		mailslot_slot_kill(slot);
		goto err_put_fd;
	}
	err = mailslot_slot_publish(slot);
	if (err)
		goto err_put_file;
	fd_install(fd, file);
	return fd;

err_put_file:
	/* The file owns the slot and kills it. */
	fput(file);
err_put_fd:
	put_unused_fd(fd);
	return err;
}

static long control_create(const void __user *from, size_t size)
{
	struct mailslot_create request;
	struct mailslot_recipe recipe;
	int err;

	err = copy_struct_from_user(&request, sizeof(request), from, size);
	if (err)
		return err;
	err = create_check(&request);
	if (err)
		return err;
	err = recipe_fill(&recipe, &request);
	if (err)
		return err;
	return create_slot(&recipe, request.flags);
}

static long control_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (MAILSLOT_IOC_ID(cmd) != MAILSLOT_IOC_ID(MAILSLOT_IOC_CREATE))
		return -ENOTTY;
	return control_create((void __user *)arg, _IOC_SIZE(cmd));
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/**
 * mailslot_control_init() - make the control node
 *
 * Context: process context, may sleep.
 * Return: 0 or an error.
 */
int mailslot_control_init(void)
{
	return mailslot_node_add_control(&control_fops);
}

/**
 * mailslot_control_exit() - remove it
 *
 * Context: process context, may sleep.
 */
void mailslot_control_exit(void)
{
	mailslot_node_del_control();
}
