// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace sees of slots in the file system: nodes in /dev/mailslot, folders in sysfs. One
 * character device number range and one cdev serve all slots; the minor tells which.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "client.h"
#include "compat.h"
#include "info.h"
#include "node.h"
#include "slot.h"

static dev_t first_devt;
static struct cdev nodes_cdev;

static struct mailslot_slot *to_slot(struct device *dev)
{
	return container_of(dev, struct mailslot_slot, dev);
}

/*
 * One file of its own: each costs every slot some 160 bytes. What else there is to tell stands in
 * the device's uevent file, which is there anyway.
 */
static ssize_t message_count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mailslot_info info;

	mailslot_info_get(to_slot(dev), &info);
	return sysfs_emit(buf, "%llu\n", info.message_count);
}
static DEVICE_ATTR_RO(message_count);

static struct attribute *slot_attrs[] = {
	&dev_attr_message_count.attr,
	NULL
};
ATTRIBUTE_GROUPS(slot);

static int slot_uevent(UEVENT_CONST struct device *dev, struct kobj_uevent_env *env)
{
	struct mailslot_info info;
	s64 oldest = mailslot_info_get(container_of(dev, struct mailslot_slot, dev), &info);

	return add_uevent_var(env, "MAILSLOT_MESSAGE_COUNT=%llu", info.message_count) ?:
	       add_uevent_var(env, "MAILSLOT_QUEUED_BYTES=%llu", info.queued_bytes) ?:
	       add_uevent_var(env, "MAILSLOT_QUEUE_BYTES=%llu", info.queue_bytes) ?:
	       add_uevent_var(env, "MAILSLOT_MAX_MESSAGE_SIZE=%u", info.max_message_size) ?:
	       add_uevent_var(env, "MAILSLOT_CLIENTS=%u", info.clients) ?:
	       add_uevent_var(env, "MAILSLOT_MESSAGES_WRITTEN=%llu", info.messages_written) ?:
	       add_uevent_var(env, "MAILSLOT_MESSAGES_READ=%llu", info.messages_read) ?:
	       add_uevent_var(env, "MAILSLOT_BYTES_WRITTEN=%llu", info.bytes_written) ?:
	       add_uevent_var(env, "MAILSLOT_BYTES_READ=%llu", info.bytes_read) ?:
	       add_uevent_var(env, "MAILSLOT_OLDEST_TIME=%lld", oldest);
}

static struct class slot_class = {
	.name = "mailslot",
	.dev_groups = slot_groups,
};

/*
 * devtmpfs asks with pointers to make the node, and without to remove it. For want of an answer it
 * does neither and tells nobody: the slot would have no node, or the node would outlive the slot
 * and stand in the way of the next of its name. So memory is waited for.
 */
static char *slot_devnode(DEVNODE_CONST struct device *dev, umode_t *mode, kuid_t *uid,
			  kgid_t *gid)
{
	const struct mailslot_slot *slot = container_of(dev, struct mailslot_slot, dev);

	/* With its type: a mode of 0 would be taken for none given. */
	if (mode)
		*mode = S_IFCHR | slot->mode;
	if (uid)
		*uid = slot->uid;
	if (gid)
		*gid = slot->gid;
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
	/* A slot has no power to manage, so no folder about it. */
	device_set_pm_not_required(dev);
	dev->class = &slot_class;
	dev->type = &slot_type;
	dev->devt = MKDEV(MAJOR(first_devt), minor);
	dev->release = release;
}

/**
 * mailslot_node_add() - make a slot's node and its folder in sysfs
 * @dev: the device
 *
 * device_add() does not tell when devtmpfs could not make the node. Collisions among slots are
 * ruled out by their names (names.h); a foreign file in the place is for userspace to see, by the
 * device number.
 *
 * The folder is named by the minor: a slot's name may be anything.
 *
 * Context: process context, sleeps; no lock held that opening a node takes.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_node_add(struct device *dev)
{
	int err = dev_set_name(dev, "mailslot%u", MINOR(dev->devt));

	return err ?: device_add(dev);
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
		device_del(dev);
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
	return 0;

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
	class_unregister(&slot_class);
	cdev_del(&nodes_cdev);
	unregister_chrdev_region(first_devt, MINORMASK + 1);
}
