// SPDX-License-Identifier: GPL-2.0-only
/* The control node, on which slots are created. Whoever may open the node may create slots. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/mailslot.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "control.h"
#include "info.h"
#include "node.h"
#include "params.h"
#include "server.h"
#include "slot.h"

#define CONTROL_NAME	"mailslot-control"

/* Everything that can fail comes before fd_install(): from then on userspace has the descriptor. */
static long create_slot(const struct mailslot_params *params, u32 flags)
{
	struct mailslot_slot *slot;
	struct file *file;
	int err, fd;

	fd = get_unused_fd_flags(flags & MAILSLOT_CREATE_INHERIT ? 0 : O_CLOEXEC);
	if (fd < 0)
		return fd;
	slot = mailslot_node_create(params);
	if (IS_ERR(slot)) {
		err = PTR_ERR(slot);
		goto err_put_fd;
	}
	file = mailslot_server_file(slot, flags & MAILSLOT_CREATE_NONBLOCK ? O_NONBLOCK : 0);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		mailslot_node_abandon(slot);
		goto err_put_fd;
	}
	err = mailslot_node_publish(slot);
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
	struct mailslot_params params;
	int err;

	err = copy_struct_from_user(&request, sizeof(request), from, size);
	if (err)
		return err;
	err = mailslot_params_fill(&params, &request);
	if (err)
		return err;
	return create_slot(&params, request.flags);
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

static dev_t control_devt;
static struct cdev control_cdev;

static char *control_devnode(DEVNODE_CONST struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0666;
	return NULL;
}

static struct class control_class = {
	.name = CONTROL_NAME,
	.devnode = control_devnode,
};

/**
 * mailslot_control_init() - make the control node
 *
 * The node is not a misc device: opening a misc device takes a lock that everybody shares, and the
 * task that holds the lock may not get a processor.
 *
 * Context: process context, may sleep.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_control_init(void)
{
	struct device *dev;
	int err;

	err = alloc_chrdev_region(&control_devt, 0, 1, CONTROL_NAME);
	if (err)
		return err;
	cdev_init(&control_cdev, &control_fops);
	control_cdev.owner = THIS_MODULE;
	err = cdev_add(&control_cdev, control_devt, 1);
	if (err)
		goto err_region;
	err = class_register(&control_class);
	if (err)
		goto err_cdev;
	dev = device_create(&control_class, NULL, control_devt, NULL, CONTROL_NAME);
	if (!IS_ERR(dev))
		return 0;

	err = PTR_ERR(dev);
	class_unregister(&control_class);
err_cdev:
	cdev_del(&control_cdev);
err_region:
	unregister_chrdev_region(control_devt, 1);
	return err;
}

/**
 * mailslot_control_exit() - remove the control node
 *
 * Context: process context, may sleep.
 */
void mailslot_control_exit(void)
{
	device_destroy(&control_class, control_devt);
	class_unregister(&control_class);
	cdev_del(&control_cdev);
	unregister_chrdev_region(control_devt, 1);
}
