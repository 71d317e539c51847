// SPDX-License-Identifier: GPL-2.0-only
/*
 * LIST: report many slots of an instance at once. LIST goes through the minors of all slots. A slot
 * keeps its minor for life, so no slot is reported twice, and no slot that stays is left out. No
 * lock is held from one slot to the next.
 */
#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mailslot.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>

#include "attr.h"
#include "compat-vfs.h"
#include "entry.h"
#include "info.h"
#include "listing.h"
#include "slot.h"
#include "usercopy.h"

/* These assertions keep an accidental change of the ABI from compiling. */
static_assert(sizeof(struct mailslot_list) == 32);
static_assert(sizeof(struct mailslot_list_entry) == 360);

/* The state of one LIST, on the stack of the caller. */
struct listing {
	struct mailslot_list request;
	struct dentry *top;	/* the directory that is listed */
	size_t skip;		/* length of the way to the directory in a slot's name */
};

/*
 * Is the entry below the directory, and may the caller read and search all directories from there
 * to the entry? Nothing is ever renamed, and an entry holds its directory, so the path does not
 * change.
 */
static bool is_visible(struct dentry *entry, const struct dentry *top)
{
	struct dentry *at = entry;

	while (at != top) {
		if (IS_ROOT(at))
			return false;
		at = at->d_parent;
		if (inode_permission(&nop_mnt_idmap, d_inode(at), MAY_READ | MAY_EXEC))
			return false;
	}
	return true;
}

/* May the caller see the traffic of the slot? */
static bool may_see_traffic(struct inode *inode)
{
	/* chown(2) may set the uid meanwhile; stat(2) reads it without a lock, too. */
	return uid_eq(current_fsuid(), data_race(inode->i_uid)) ||
	       !inode_permission(&nop_mnt_idmap, inode, MAY_WRITE) ||
	       !inode_permission(&nop_mnt_idmap, inode, MAY_READ);
}

static void fill_traffic(struct mailslot_list_entry *entry, const struct mailslot_info *info,
			 s64 oldest)
{
	entry->flags = MAILSLOT_LIST_COUNTED;
	entry->message_count = info->message_count;
	entry->queued_bytes = info->queued_bytes;
	entry->messages_written = info->messages_written;
	entry->messages_read = info->messages_read;
	entry->bytes_written = info->bytes_written;
	entry->bytes_read = info->bytes_read;
	entry->clients = info->clients;
	entry->oldest_time_ns = oldest;
}

/* chown(2) and chmod(2) may set these meanwhile: stat(2) looks without a lock, too. */
static void fill_attributes(struct mailslot_list_entry *entry, const struct inode *inode)
{
	/* As told above. */
	kuid_t uid = data_race(inode->i_uid);
	/* Likewise. */
	kgid_t gid = data_race(inode->i_gid);

	entry->uid = from_kuid_munged(current_user_ns(), uid);
	entry->gid = from_kgid_munged(current_user_ns(), gid);
	/* Likewise. */
	entry->mode = data_race(inode->i_mode) & S_IALLUGO;
}

static void fill(struct mailslot_list_entry *entry, struct inode *inode, size_t skip)
{
	struct mailslot_slot *slot = inode->i_private;
	struct mailslot_info info;
	s64 oldest = mailslot_info_get(slot, &info);

	memset(entry, 0, sizeof(*entry));
	entry->queue_bytes = info.queue_bytes;
	entry->creation_time_ns = info.creation_time_ns;
	entry->max_message_size = info.max_message_size;
	entry->dev_major = info.dev_major;
	entry->dev_minor = info.dev_minor;
	fill_attributes(entry, inode);
	strscpy(entry->name, slot->name + skip, sizeof(entry->name));
	if (may_see_traffic(inode))
		fill_traffic(entry, &info, oldest);
}

/* Fill in the entry if the slot is to be reported. Return whether it is. */
static bool look(const struct listing *listing, struct dentry *dentry,
		 struct mailslot_list_entry *entry)
{
	/*
	 * Do not report a slot without a name; a slot that is losing its name now may be reported.
	 */
	if (data_race(d_unhashed(dentry)) || d_really_is_negative(dentry) ||
	    !is_visible(dentry, listing->top))
		return false;
	fill(entry, d_inode(dentry), listing->skip);
	return true;
}

static bool tell(const struct listing *listing, const struct mailslot_list_entry *entry,
		 unsigned int number)
{
	size_t size = listing->request.entry_size;
	void __user *to = mailslot_user_ptr(listing->request.entries) + number * size;

	return !copy_to_user(to, entry, sizeof(*entry)) &&
	       !clear_user(to + sizeof(*entry), size - sizeof(*entry));
}

/* No slot is held while the caller's memory is written: page faults may take any time. */
static int list(struct listing *listing)
{
	struct mailslot_list *request = &listing->request;
	struct mailslot_list_entry entry;
	unsigned int told = 0;
	struct dentry *dentry;
	bool visible;

	while (told < request->count) {
		dentry = mailslot_entry_next(listing->top->d_sb, &request->cursor);
		if (!dentry)
			break;
		visible = look(listing, dentry, &entry);
		dput(dentry);
		if (visible && !tell(listing, &entry, told))
			return told ?: -EFAULT;
		told += visible;
		request->cursor++;
	}
	return told;
}

static int request_check(const struct mailslot_list *request)
{
	if (request->flags || request->reserved)
		return -EINVAL;
	if (!request->count || request->count > MAILSLOT_BATCH_MAX)
		return -EINVAL;
	if (request->entry_size < sizeof(struct mailslot_list_entry))
		return -EINVAL;
	return request->entry_size > PAGE_SIZE ? -E2BIG : 0;
}

/**
 * mailslot_listing_ioctl() - MAILSLOT_IOC_LIST on a directory of an instance
 * @dir: the directory
 * @arg: the caller's structure
 * @size: its size
 *
 * Context: process context, may sleep.
 * Return: how many entries were filled; or -EINVAL, -E2BIG, -EFAULT, -EACCES.
 */
long mailslot_listing_ioctl(struct file *dir, void __user *arg, size_t size)
{
	struct listing listing = { .top = dir->f_path.dentry };
	struct mailslot_list __user *request = arg;
	char buffer[MAILSLOT_PATH_SIZE];
	const char *path;
	int err, told;

	if (size < offsetofend(struct mailslot_list, cursor))
		return -EINVAL;
	err = copy_struct_from_user(&listing.request, sizeof(listing.request), arg, size) ?:
	      request_check(&listing.request);
	if (err)
		return err;
	path = mailslot_attr_path(listing.top, buffer);
	if (IS_ERR(path))
		return PTR_ERR(path);
	listing.skip = *path ? strlen(path) + 1 : 0;
	/*
	 * A task that may read a directory but not search it can get the names from getdents(2)
	 * only.
	 */
	err = inode_permission(&nop_mnt_idmap, file_inode(dir), MAY_EXEC);
	if (err)
		return err;
	told = list(&listing);
	if (told < 0)
		return told;
	return put_user(listing.request.cursor, &request->cursor) ? -EFAULT : told;
}
