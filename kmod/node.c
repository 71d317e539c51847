// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace sees of slots in the file system: nodes in /dev/mailslot, directories in sysfs.
 * One character device number range and one cdev serve all slots; the minor tells which. A worker
 * of the module makes and removes them, as that takes locks that all devices share (turn.h).
 */
#include <linux/capability.h>
#include <linux/cdev.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "client.h"
#include "compat.h"
#include "info.h"
#include "node.h"
#include "slot.h"
#include "turn.h"
#include "user.h"

/* More directories above a node would cost the machine much, for each file that keeps one. */
#define MOST_COMPONENTS		8

#define CONTROL_NAME		"mailslot-control"

static bool uevents;
module_param(uevents, bool, 0644);
MODULE_PARM_DESC(uevents, "Tell udev of slots that are made from now on (default off)");

static dev_t first_devt;
static struct cdev nodes_cdev;

/* Where nodes are made; NULL in a kernel without devtmpfs. */
static struct vfsmount *devtmpfs;

/* The worker while it makes a node, and whether devtmpfs has asked what the node is to be like. */
static struct task_struct *maker;
static bool maker_was_asked;

static struct mailslot_slot *to_slot(struct device *dev)
{
	return container_of(dev, struct mailslot_slot, dev);
}

/* What devtmpfs has where the slot's node belongs. */
static int node_find(const struct device *dev, struct path *path)
{
	const struct mailslot_slot *slot = container_of(dev, struct mailslot_slot, dev);
	char *name;
	int err;

	if (!devtmpfs)
		return -ENOENT;
	name = kasprintf(GFP_KERNEL, "mailslot/%s", slot->name.text);
	if (!name)
		return -ENOMEM;
	err = vfs_path_lookup(devtmpfs->mnt_root, devtmpfs, name, 0, path);
	kfree(name);
	return err;
}

/* May the caller open the slot's node, and so ask for all that GET_INFO tells? */
static bool node_opens(const struct device *dev)
{
	struct inode *inode;
	struct path path;
	bool may;

	if (node_find(dev, &path))
		return false;
	inode = d_inode(path.dentry);
	may = inode->i_rdev == dev->devt &&
	      (!inode_permission(&nop_mnt_idmap, inode, MAY_WRITE) ||
	       !inode_permission(&nop_mnt_idmap, inode, MAY_READ));
	path_put(&path);
	return may;
}

/*
 * May the caller see what goes through the slot? The slot's owner may, and whoever may open its
 * node, and who may open everything. The audit log has no record of this last question.
 */
static bool may_see_traffic(const struct device *dev)
{
	const struct mailslot_slot *slot = container_of(dev, struct mailslot_slot, dev);

	return uid_eq(current_fsuid(), slot->uid) || node_opens(dev) ||
	       ns_capable_noaudit(&init_user_ns, CAP_DAC_OVERRIDE);
}

/*
 * One file of its own: each costs every slot some 160 bytes. What else there is to tell stands in
 * the device's uevent file, which is there anyway.
 */
static ssize_t message_count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mailslot_info info;

	if (!may_see_traffic(dev))
		return -EACCES;
	mailslot_info_get(to_slot(dev), &info);
	return sysfs_emit(buf, "%llu\n", info.message_count);
}
static DEVICE_ATTR_RO(message_count);

static struct attribute *slot_attrs[] = {
	&dev_attr_message_count.attr,
	NULL
};
ATTRIBUTE_GROUPS(slot);

static int uevent_add_traffic(struct kobj_uevent_env *env, const struct mailslot_info *info,
			      s64 oldest)
{
	return add_uevent_var(env, "MAILSLOT_MESSAGE_COUNT=%llu", info->message_count) ?:
	       add_uevent_var(env, "MAILSLOT_QUEUED_BYTES=%llu", info->queued_bytes) ?:
	       add_uevent_var(env, "MAILSLOT_CLIENTS=%u", info->clients) ?:
	       add_uevent_var(env, "MAILSLOT_MESSAGES_WRITTEN=%llu", info->messages_written) ?:
	       add_uevent_var(env, "MAILSLOT_MESSAGES_READ=%llu", info->messages_read) ?:
	       add_uevent_var(env, "MAILSLOT_BYTES_WRITTEN=%llu", info->bytes_written) ?:
	       add_uevent_var(env, "MAILSLOT_BYTES_READ=%llu", info->bytes_read) ?:
	       add_uevent_var(env, "MAILSLOT_OLDEST_TIME=%lld", oldest);
}

/* The worker sends events, which everybody can read, so that an event has no counts. */
static int slot_uevent(UEVENT_CONST struct device *dev, struct kobj_uevent_env *env)
{
	struct mailslot_info info;
	s64 oldest = mailslot_info_get(container_of(dev, struct mailslot_slot, dev), &info);
	int err;

	err = add_uevent_var(env, "MAILSLOT_QUEUE_BYTES=%llu", info.queue_bytes) ?:
	      add_uevent_var(env, "MAILSLOT_MAX_MESSAGE_SIZE=%u", info.max_message_size);
	if (err || current->flags & PF_KTHREAD || !may_see_traffic(dev))
		return err;
	return uevent_add_traffic(env, &info, oldest);
}

static struct class slot_class = {
	.name = "mailslot",
	.dev_groups = slot_groups,
};

/*
 * devtmpfs asks with pointers to make the node, and without to remove it. Without an answer it does
 * neither and tells nobody: the node would outlive the slot and stand in the way of the next slot
 * of its name. So this waits for memory.
 *
 * The driver core asks again, with pointers, for each event that it sends and each read of the
 * uevent file. It gets no mode and no owner then: udev would set the node to them some time later,
 * when its owner has changed them.
 */
static char *slot_devnode(DEVNODE_CONST struct device *dev, umode_t *mode, kuid_t *uid,
			  kgid_t *gid)
{
	const struct mailslot_slot *slot = container_of(dev, struct mailslot_slot, dev);

	if (mode && READ_ONCE(maker) == current && !maker_was_asked) {
		maker_was_asked = true;
		/* With its type: a mode of 0 would be taken for none given. */
		*mode = S_IFCHR | slot->mode;
		*uid = slot->uid;
		*gid = slot->gid;
	}
	return kasprintf(GFP_KERNEL | __GFP_NOFAIL, "mailslot/%s", slot->name.text);
}

static const struct device_type slot_type = {
	.name = "mailslot",
	.devnode = slot_devnode,
	.uevent = slot_uevent,
};

/**
 * mailslot_node_init() - prepare a slot's device
 * @dev: the device
 * @minor: of the slot
 * @release: frees the slot; put_device() is what ends the device from here on
 *
 * Context: process context.
 */
void mailslot_node_init(struct device *dev, unsigned int minor,
			void (*release)(struct device *dev))
{
	device_initialize(dev);
	/* A slot has no power to manage, so no directory about it. */
	device_set_pm_not_required(dev);
	dev->class = &slot_class;
	dev->type = &slot_type;
	dev->devt = MKDEV(MAJOR(first_devt), minor);
	dev->release = release;
}

/**
 * mailslot_node_check() - may a node have this name?
 * @name: mailslot_name_check() accepted it
 *
 * Context: any.
 * Return: 0; -ENAMETOOLONG for more than MOST_COMPONENTS components.
 */
int mailslot_node_check(const char *name)
{
	unsigned int components = 1;

	for (; *name; name++)
		components += *name == '/';
	return components > MOST_COMPONENTS ? -ENAMETOOLONG : 0;
}

/*
 * Did devtmpfs make the node? It does not say. Collisions among slots are ruled out by their names
 * (names.h); but there may be a file of root's in the node's place, or devtmpfs may be full.
 */
static int node_look(const struct device *dev)
{
	struct path path;
	int err;

	if (!devtmpfs)
		return 0;
	err = node_find(dev, &path);
	if (err)
		return err == -ENOENT ? -ENOSPC : err == -ENOMEM ? err : -EEXIST;
	if (d_inode(path.dentry)->i_rdev != dev->devt)
		err = -EEXIST;
	path_put(&path);
	return err;
}

/* To make a node or remove it, on the stack of the task that waits for that. */
struct node_job {
	struct mailslot_job job;
	struct device *dev;
	int err;
};

static void node_make(struct mailslot_job *job)
{
	struct node_job *self = container_of(job, struct node_job, job);
	struct device *dev = self->dev;

	dev_set_uevent_suppress(dev, !READ_ONCE(uevents));
	maker_was_asked = false;
	WRITE_ONCE(maker, current);
	self->err = device_add(dev);
	WRITE_ONCE(maker, NULL);
	if (self->err)
		return;
	self->err = node_look(dev);
	if (self->err)
		device_del(dev);
}

static void node_remove(struct mailslot_job *job)
{
	device_del(container_of(job, struct node_job, job)->dev);
}

static int node_run(struct device *dev, void (*run)(struct mailslot_job *job))
{
	struct node_job self = { .job.run = run, .dev = dev };

	mailslot_turn_run(mailslot_user_turn(to_slot(dev)->user), &self.job);
	return self.err;
}

/**
 * mailslot_node_add() - make a slot's node and its directory in sysfs
 * @dev: the device
 *
 * The directory is named by the minor: a slot's name may be anything.
 *
 * Context: process context, sleeps; no lock held that opening a node takes.
 * Return: 0 or an error, with nothing left to undo: -EEXIST when there is a file in the node's
 * place, -ENOSPC when devtmpfs could not make the node, or what device_add() said.
 */
int mailslot_node_add(struct device *dev)
{
	int err = dev_set_name(dev, "mailslot%u", MINOR(dev->devt));

	return err ?: node_run(dev, node_make);
}

/**
 * mailslot_node_del() - remove what mailslot_node_add() made, if it did
 * @dev: the device
 *
 * Context: as mailslot_node_add().
 */
void mailslot_node_del(struct device *dev)
{
	if (device_is_registered(dev))
		node_run(dev, node_remove);
}

/**
 * mailslot_node_no_slot() - a device number of the module's that no slot ever has
 *
 * Context: any, after mailslot_nodes_init().
 * Return: the number.
 */
dev_t mailslot_node_no_slot(void)
{
	return MKDEV(MAJOR(first_devt), MAILSLOT_LAST_MINOR + 1);
}

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
 * mailslot_node_add_control() - make the control node
 * @operations: of its files
 *
 * No misc device: whoever opens one of these holds a lock that all others want, and may be a task
 * that does not get a processor.
 *
 * Context: process context, may sleep.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_node_add_control(const struct file_operations *operations)
{
	struct device *dev;
	int err;

	err = alloc_chrdev_region(&control_devt, 0, 1, CONTROL_NAME);
	if (err)
		return err;
	cdev_init(&control_cdev, operations);
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
 * mailslot_node_del_control() - remove the control node
 *
 * Context: process context, may sleep.
 */
void mailslot_node_del_control(void)
{
	device_destroy(&control_class, control_devt);
	class_unregister(&control_class);
	cdev_del(&control_cdev);
	unregister_chrdev_region(control_devt, 1);
}

/*
 * The file system of nodes is one, however often it is mounted. Its type is the kernel's own, and
 * there is nothing to put.
 */
static int devtmpfs_get(void)
{
	struct file_system_type *type = get_fs_type("devtmpfs");
	struct vfsmount *mnt;

	if (!type)
		return 0;
	mnt = kern_mount(type);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	devtmpfs = mnt;
	return 0;
}

/**
 * mailslot_nodes_init() - take the device numbers of slots, make their class
 *
 * Context: process context, may sleep.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_nodes_init(void)
{
	int err;

	err = alloc_chrdev_region(&first_devt, 0, MINORMASK + 1, "mailslot");
	if (err)
		return err;
	cdev_init(&nodes_cdev, &mailslot_client_fops);
	nodes_cdev.owner = THIS_MODULE;
	err = cdev_add(&nodes_cdev, first_devt, MINORMASK + 1);
	if (err)
		goto err_region;
	err = class_register(&slot_class);
	if (err)
		goto err_cdev;
	err = devtmpfs_get();
	if (err)
		goto err_class;
	return 0;

err_class:
	class_unregister(&slot_class);
err_cdev:
	cdev_del(&nodes_cdev);
err_region:
	unregister_chrdev_region(first_devt, MINORMASK + 1);
	return err;
}

/**
 * mailslot_nodes_exit() - give them back
 *
 * Context: process context, may sleep.
 */
void mailslot_nodes_exit(void)
{
	if (devtmpfs)
		kern_unmount(devtmpfs);
	class_unregister(&slot_class);
	cdev_del(&nodes_cdev);
	unregister_chrdev_region(first_devt, MINORMASK + 1);
}
