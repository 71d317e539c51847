// SPDX-License-Identifier: GPL-2.0-only
/* POSIX ACLs of an instance's entries. Each ACL is stored only in the cache of its inode. */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/xattr.h>

#include "acl.h"

#ifdef CONFIG_FS_POSIX_ACL

static MAILSLOT_XATTR_HANDLER acl_handlers[] = {
	MAILSLOT_ACL_HANDLERS
	NULL
};

/**
 * mailslot_acl_inherit() - give a new inode the ACLs that its directory says
 * @dir: the directory
 * @inode: the inode, with the mode that its maker asked for, from which the umask is taken here
 *	where there is no default ACL
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int mailslot_acl_inherit(struct inode *dir, struct inode *inode)
{
	struct posix_acl *def, *access;
	int err;

	err = posix_acl_create(dir, &inode->i_mode, &def, &access);
	if (err)
		return err;
	set_cached_acl(inode, ACL_TYPE_DEFAULT, def);
	set_cached_acl(inode, ACL_TYPE_ACCESS, access);
	posix_acl_release(def);
	posix_acl_release(access);
	return 0;
}

/**
 * mailslot_acl_has_default() - does a directory say what ACLs its entries get?
 * @dir: the directory
 *
 * Context: process context, may sleep.
 * Return: whether it does.
 */
bool mailslot_acl_has_default(struct inode *dir)
{
	struct posix_acl *acl = get_inode_acl(dir, ACL_TYPE_DEFAULT);

	if (IS_ERR_OR_NULL(acl))
		return false;
	posix_acl_release(acl);
	return true;
}

/**
 * mailslot_acl_set() - set an ACL of an inode, or remove it
 * @idmap: of the mount
 * @of: the inode or a dentry of it
 * @acl: the ACL or NULL
 * @type: ACL_TYPE_ACCESS or ACL_TYPE_DEFAULT
 *
 * Context: process context, the inode locked; the VFS has looked at the caller's rights.
 * Return: 0 or an error.
 */
int mailslot_acl_set(struct mnt_idmap *idmap, MAILSLOT_ACL_OF of, struct posix_acl *acl, int type)
{
	struct inode *inode = mailslot_acl_inode(of);
	int err;

	if (type == ACL_TYPE_ACCESS) {
		err = posix_acl_update_mode(idmap, inode, &inode->i_mode, &acl);
		if (err)
			return err;
	}
	inode_set_ctime_current(inode);
	set_cached_acl(inode, type, acl);
	return 0;
}

#endif

/**
 * mailslot_acl_super() - let the entries of a super block have ACLs, in a kernel that has ACLs
 * @sb: the super block, new
 *
 * Context: any.
 */
void mailslot_acl_super(struct super_block *sb)
{
#ifdef CONFIG_FS_POSIX_ACL
	sb->s_flags |= SB_POSIXACL;
	sb->s_xattr = acl_handlers;
#endif
}
