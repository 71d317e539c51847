// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries of slots in the file system: nodes in /dev/mailslot, directories in sysfs. One
 * character device number range and one cdev serve all slots; the minor identifies the slot. A
 * worker of the module makes and removes the entries, because that takes locks that all devices
 * share (turn.h).
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

#include "compat.h"
#include "info.h"
#include "name-table.h"
#include "node.h"
#include "slot.h"
#include "slot-table.h"
#include "turn.h"
#include "user.h"

static bool uevents;
module_param(uevents, bool, 0644);
MODULE_PARM_DESC(uevents, "Tell udev of slots that are made from now on (default off)");

/* A slot with a node in /dev/mailslot. */
struct mailslot_node {
	struct mailslot_slot slot;	/* the first: mailslot_slot_free() frees it all */
	struct mailslot_name name;
	struct device dev;
};

static struct cdev nodes_cdev;

/* The mount in which nodes are made; NULL in a kernel without devtmpfs. */
static struct vfsmount *devtmpfs;

/* The worker while it makes a node, and whether devtmpfs has already asked for the node's mode. */
static struct task_struct *maker;
static bool maker_was_asked;

static struct mailslot_slot *to_slot(struct device *dev)
{
	return &container_of(dev, struct mailslot_node, dev)->slot;
}

/* Find the entry that devtmpfs has at the path of the slot's node. */
static int node_find(const struct device *dev, struct path *path)
{
	const struct mailslot_slot *slot = &container_of(dev, struct mailslot_node, dev)->slot;
	char *name;
	int err;

	if (!devtmpfs)
		return -ENOENT;
	name = kasprintf(GFP_KERNEL, "mailslot/%s", slot->name);
	if (!name)
		return -ENOMEM;
	err = vfs_path_lookup(devtmpfs->mnt_root, devtmpfs, name, 0, path);
	kfree(name);
	return err;
}

/* May the caller open the slot's node, and therefore ask for everything that GET_INFO returns? */
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
 * May the caller see the traffic of the slot? The slot's owner may, a task that may open the slot's
 * node may, and a task that may open everything may. The audit log has no record of this last
 * question.
 */
static bool may_see_traffic(const struct device *dev)
{
	const struct mailslot_slot *slot = &container_of(dev, struct mailslot_node, dev)->slot;

	return uid_eq(current_fsuid(), slot->uid) || node_opens(dev) ||
	       ns_capable_noaudit(&init_user_ns, CAP_DAC_OVERRIDE);
}

/*
 * Offer one file only, because each file costs every slot some 160 bytes. The rest is in the
 * device's uevent file, which exists anyway.
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

/* Events that the worker sends have no counts, because everybody can read an event. */
static int slot_uevent(UEVENT_CONST struct device *dev, struct kobj_uevent_env *env)
{
	struct mailslot_info info;
	s64 oldest = mailslot_info_get(&container_of(dev, struct mailslot_node, dev)->slot, &info);
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
 * devtmpfs calls this with pointers to make the node, and without pointers to remove it. If it gets
 * no answer, it does neither and reports no error: the node would outlive the slot and occupy the
 * name of the next slot. So this allocation waits for memory.
 *
 * The driver core calls this again, with pointers, for each event that it sends and each read of
 * the uevent file. Do not return a mode and an owner then: udev would apply them to the node some
 * time later, after the owner has changed the node.
 */
static char *slot_devnode(DEVNODE_CONST struct device *dev, umode_t *mode, kuid_t *uid,
			  kgid_t *gid)
{
	const struct mailslot_slot *slot = &container_of(dev, struct mailslot_node, dev)->slot;

	if (mode && READ_ONCE(maker) == current && !maker_was_asked) {
		maker_was_asked = true;
		/* Set the type as well, because devtmpfs takes a mode of 0 for no mode. */
		*mode = S_IFCHR | slot->mode;
		*uid = slot->uid;
		*gid = slot->gid;
	}
	return kasprintf(GFP_KERNEL | __GFP_NOFAIL, "mailslot/%s", slot->name);
}

static const struct device_type slot_type = {
	.name = "mailslot",
	.devnode = slot_devnode,
	.uevent = slot_uevent,
};

/*
 * Did devtmpfs make the node? devtmpfs does not report that. Slots cannot collide, because their
 * names are reserved (name-table.h); but a file of root's may be in the node's place, or devtmpfs
 * may be full.
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

/* A job that makes or removes a node, on the stack of the task that waits for the job. */
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

/* The directory in sysfs is named by the minor, because a slot's name may contain any character. */
static int node_add(struct device *dev)
{
	int err = dev_set_name(dev, "mailslot%u", MINOR(dev->devt));

	return err ?: node_run(dev, node_make);
}

static struct mailslot_node *to_node(struct mailslot_slot *slot)
{
	return container_of(slot, struct mailslot_node, slot);
}

/* The slot died, or could not be made: remove its node, if there is one, and release its name. */
static void node_remove_all(struct mailslot_slot *slot)
{
	struct mailslot_node *node = to_node(slot);

	if (device_is_registered(&node->dev))
		node_run(&node->dev, node_remove);
	mailslot_name_release(&node->name);
}

/* A file in sysfs may hold the device for longer than the slot's ends do. */
static void node_release(struct mailslot_slot *slot)
{
	put_device(&to_node(slot)->dev);
}

static void device_release(struct device *dev)
{
	struct mailslot_slot *slot = to_slot(dev);

	kfree(slot->name);
	mailslot_slot_free(slot);
}

static struct mailslot_home node_home = {
	.remove = node_remove_all,
	.release = node_release,
};

static void node_init(struct mailslot_node *node)
{
	struct device *dev = &node->dev;

	device_initialize(dev);
	/* A slot has no power to manage, so it needs no directory for power management. */
	device_set_pm_not_required(dev);
	dev->class = &slot_class;
	dev->type = &slot_type;
	dev->devt = node->slot.devt;
	dev->release = device_release;
	node->name.text = node->slot.name;
}

/**
 * mailslot_node_create() - make a slot whose node will be in /dev/mailslot, seen by nobody yet
 * @params: the properties of the slot
 *
 * The slot's name is taken from here on.
 *
 * Context: process context, may sleep.
 * Return: as mailslot_slot_create(); or -EEXIST. The slot is ended by mailslot_node_abandon(), or
 * by mailslot_slot_kill() once it is published.
 */
struct mailslot_slot *mailslot_node_create(const struct mailslot_params *params)
{
	const char *name = kstrdup(params->name, GFP_KERNEL_ACCOUNT);
	struct mailslot_slot *slot;
	int err;

	if (!name)
		return ERR_PTR(-ENOMEM);
	slot = mailslot_slot_create(params, &node_home);
	if (IS_ERR(slot)) {
		kfree(name);
		return slot;
	}
	slot->name = name;
	node_init(to_node(slot));
	err = mailslot_name_reserve(&to_node(slot)->name);
	if (!err)
		return slot;
	mailslot_slot_abandon(slot);
	return ERR_PTR(err);
}

/**
 * mailslot_node_abandon() - undo mailslot_node_create()
 * @slot: the slot, not published
 *
 * Context: process context.
 */
void mailslot_node_abandon(struct mailslot_slot *slot)
{
	mailslot_name_release(&to_node(slot)->name);
	mailslot_slot_abandon(slot);
}

/**
 * mailslot_node_publish() - let clients find the slot, make its node and its directory in sysfs
 * @slot: the slot
 *
 * Context: process context, sleeps; no lock held that opening a node takes.
 * Return: 0 or an error, and the slot must be killed either way: -EEXIST when there is a file in
 * the node's place, -ENOSPC when devtmpfs could not make the node, or what device_add() said.
 */
int mailslot_node_publish(struct mailslot_slot *slot)
{
	mailslot_slot_publish(slot);
	return node_add(&to_node(slot)->dev);
}

/**
 * mailslot_node_slot() - the slot of a node in /dev that is being opened
 * @inode: the node's
 *
 * Context: process context.
 * Return: the slot with a reference, for mailslot_slot_put(); or NULL.
 */
struct mailslot_slot *mailslot_node_slot(const struct inode *inode)
{
	return mailslot_slot_find(iminor(inode), &node_home);
}

/*
 * All mounts of devtmpfs show one file system. Its type belongs to the kernel itself, so there is
 * no reference to drop.
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
 * mailslot_nodes_init() - make ready for slots in /dev/mailslot
 * @operations: of the files that open nodes
 *
 * Context: process context, may sleep.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_nodes_init(const struct file_operations *operations)
{
	dev_t first = mailslot_slots_devt(0);
	int err;

	node_home.cache = kmem_cache_create("mailslot_node", sizeof(struct mailslot_node), 0,
					    SLAB_ACCOUNT, NULL);
	if (!node_home.cache)
		return -ENOMEM;
	cdev_init(&nodes_cdev, operations);
	nodes_cdev.owner = THIS_MODULE;
	err = cdev_add(&nodes_cdev, first, MINORMASK + 1);
	if (err)
		goto err_cache;
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
err_cache:
	kmem_cache_destroy(node_home.cache);
	return err;
}

/**
 * mailslot_nodes_exit() - undo mailslot_nodes_init(), once no slot is left
 *
 * Context: process context, may sleep.
 */
void mailslot_nodes_exit(void)
{
	if (devtmpfs)
		kern_unmount(devtmpfs);
	class_unregister(&slot_class);
	cdev_del(&nodes_cdev);
	kmem_cache_destroy(node_home.cache);
}
