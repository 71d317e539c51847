// SPDX-License-Identifier: GPL-2.0-only
/*
 * An instance: slots in a file system of their own. Each mount of type "mailslot" makes a new,
 * empty instance. The root of a user namespace may mount one, too.
 *
 * The type has no alias that loads the module: otherwise every user who may mount could load it.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/kstrtox.h>
#include <linux/mailslot.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "acl.h"
#include "compat-vfs.h"
#include "dir.h"
#include "entry.h"
#include "instance.h"
#include "passing.h"
#include "slot.h"

enum { OPTION_UID, OPTION_GID, OPTION_MODE, OPTION_MAX_SLOTS, OPTION_MAX_BYTES };

static const struct fs_parameter_spec option_specs[] = {
	fsparam_u32("uid", OPTION_UID),
	fsparam_u32("gid", OPTION_GID),
	fsparam_u32oct("mode", OPTION_MODE),
	fsparam_u32("max_slots", OPTION_MAX_SLOTS),
	fsparam_string("max_bytes", OPTION_MAX_BYTES),
	{}
};

#define ROOT_MODE	0777

/* The options of a mount or a remount. */
struct options {
	unsigned int given;	/* BIT(OPTION_*) */
	kuid_t uid;		/* owner of the root directory, as the next two */
	kgid_t gid;
	umode_t mode;
	unsigned int max_slots;	/* slots and directories; 0: no limit */
	u64 max_bytes;		/* of pages of all queues; 0: no limit */
};

static int set_uid(struct fs_context *fc, struct options *options, u32 value)
{
	options->uid = make_kuid(fc->user_ns, value);
	return uid_valid(options->uid) ? 0 : invalf(fc, "mailslot: uid %u is not mapped", value);
}

static int set_gid(struct fs_context *fc, struct options *options, u32 value)
{
	options->gid = make_kgid(fc->user_ns, value);
	return gid_valid(options->gid) ? 0 : invalf(fc, "mailslot: gid %u is not mapped", value);
}

static int set_mode(struct fs_context *fc, struct options *options, u32 value)
{
	options->mode = value;
	return value & ~S_IALLUGO ? invalf(fc, "mailslot: mode %#o is none", value) : 0;
}

/* How many bits a suffix shifts a number to the left; -1 if it is no suffix. */
static int shift_of(const char *suffix)
{
	const char *const suffixes = "KMG";
	const char *at;

	if (!*suffix)
		return 0;
	at = suffix[1] ? NULL : strchr(suffixes, toupper(*suffix));
	return at ? 10 * (at - suffixes + 1) : -1;
}

/* Parse a size like memparse(), but refuse a size that is too large; memparse() truncates it. */
static int size_of(const char *text, u64 *size)
{
	size_t digits = strspn(text, "0123456789");
	int shift = shift_of(text + digits);
	char number[21];

	if (shift < 0 || digits >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (kstrtou64(number, 10, size) || *size > U64_MAX >> shift)
		return -EINVAL;
	*size <<= shift;
	return 0;
}

static int set_max_bytes(struct fs_context *fc, struct options *options, const char *text)
{
	if (size_of(text, &options->max_bytes))
		return invalf(fc, "mailslot: max_bytes=%s is no size", text);
	return 0;
}

static int parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct options *options = fc->fs_private;
	struct fs_parse_result result;
	int option = fs_parse(fc, option_specs, param, &result);

	if (option < 0)
		return option;
	options->given |= BIT(option);
	switch (option) {
	case OPTION_UID:
		return set_uid(fc, options, result.uint_32);
	case OPTION_GID:
		return set_gid(fc, options, result.uint_32);
	case OPTION_MODE:
		return set_mode(fc, options, result.uint_32);
	case OPTION_MAX_SLOTS:
		options->max_slots = result.uint_32;
		return 0;
	case OPTION_MAX_BYTES:
		return set_max_bytes(fc, options, param->string);
	}
	return -EINVAL;
}

/* Round up: a part of a page counts as a page, or a small limit would leave no room at all. */
static unsigned long pages_of(u64 bytes)
{
	u64 pages = (bytes >> PAGE_SHIFT) + !!(bytes & ~PAGE_MASK);

	return bytes ? min_t(u64, pages, ULONG_MAX) : ULONG_MAX;
}

static void apply(const struct options *options, struct super_block *sb, struct inode *root)
{
	struct mailslot_quota *quota = &mailslot_instance_of(sb)->quota;

	if (options->given & BIT(OPTION_UID))
		root->i_uid = options->uid;
	if (options->given & BIT(OPTION_GID))
		root->i_gid = options->gid;
	if (options->given & BIT(OPTION_MODE))
		root->i_mode = S_IFDIR | options->mode;
	if (options->given & BIT(OPTION_MAX_SLOTS))
		WRITE_ONCE(quota->max_entries, options->max_slots ?: UINT_MAX);
	if (options->given & BIT(OPTION_MAX_BYTES))
		WRITE_ONCE(quota->max_pages, pages_of(options->max_bytes));
}

static int statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct mailslot_quota *quota = &mailslot_instance_of(dentry->d_sb)->quota;
	unsigned int most = READ_ONCE(quota->max_entries);
	unsigned long pages = READ_ONCE(quota->max_pages), used = atomic_long_read(&quota->pages);
	unsigned int entries = atomic_read(&quota->entries);

	buf->f_type = MAILSLOT_SUPER_MAGIC;
	buf->f_bsize = PAGE_SIZE;
	buf->f_namelen = NAME_MAX;
	/* Zero means that there is no limit, as in other file systems in memory. */
	if (most != UINT_MAX) {
		buf->f_files = most;
		buf->f_ffree = most > entries ? most - entries : 0;
	}
	if (pages != ULONG_MAX) {
		buf->f_blocks = pages;
		buf->f_bfree = pages > used ? pages - used : 0;
		buf->f_bavail = buf->f_bfree;
	}
	return 0;
}

static int show_options(struct seq_file *m, struct dentry *dentry)
{
	const struct mailslot_quota *quota = &mailslot_instance_of(dentry->d_sb)->quota;
	struct user_namespace *ns = dentry->d_sb->s_user_ns;
	const struct inode *root = d_inode(dentry);
	uid_t uid = from_kuid_munged(ns, root->i_uid);
	gid_t gid = from_kgid_munged(ns, root->i_gid);
	unsigned long pages = READ_ONCE(quota->max_pages);
	unsigned int most = READ_ONCE(quota->max_entries);

	if (uid)
		seq_printf(m, ",uid=%u", uid);
	if (gid)
		seq_printf(m, ",gid=%u", gid);
	if ((root->i_mode & S_IALLUGO) != ROOT_MODE)
		seq_printf(m, ",mode=%04o", root->i_mode & S_IALLUGO);
	if (most != UINT_MAX)
		seq_printf(m, ",max_slots=%u", most);
	if (pages != ULONG_MAX)
		seq_printf(m, ",max_bytes=%llu", (u64)pages << PAGE_SHIFT);
	return 0;
}

/* An inode is freed: uncount the directory, or drop the slot, that it stood for. */
static void evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (!inode->i_private)
		return;
	if (S_ISDIR(inode->i_mode))
		mailslot_dir_free(inode->i_private, inode->i_sb);
	else
		mailslot_slot_put(inode->i_private);
}

static const struct super_operations super_ops = {
	.statfs = statfs,
	.drop_inode = inode_just_drop,
	.evict_inode = evict_inode,
	.show_options = show_options,
};

static struct inode *root_inode(struct super_block *sb)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = 1;
	inode->i_mode = S_IFDIR | ROOT_MODE;
	inode->i_uid = make_kuid(sb->s_user_ns, 0);
	inode->i_gid = make_kgid(sb->s_user_ns, 0);
	simple_inode_init_ts(inode);
	mailslot_dir_inode(inode);
	return inode;
}

static struct mailslot_instance *instance_alloc(void)
{
	struct mailslot_instance *instance = kzalloc_obj(*instance, GFP_KERNEL_ACCOUNT);

	if (!instance)
		return NULL;
	instance->quota.max_entries = UINT_MAX;
	instance->quota.max_pages = ULONG_MAX;
	return instance;
}

static int fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *root;

	sb->s_fs_info = instance_alloc();
	if (!sb->s_fs_info)
		return -ENOMEM;
	sb->s_magic = MAILSLOT_SUPER_MAGIC;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_time_gran = 1;
	sb->s_op = &super_ops;
	sb->s_iflags |= SB_I_NOEXEC;
	/* Allow device nodes: they lead to slots only, and nobody can choose their numbers. */
	sb->s_iflags &= ~SB_I_NODEV;
	/* Refuse overlayfs on top: it would list slots but could open none. */
	sb->s_stack_depth = FILESYSTEM_MAX_STACK_DEPTH;
	mailslot_acl_super(sb);
	root = root_inode(sb);
	if (!root)
		return -ENOMEM;
	apply(fc->fs_private, sb, root);
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static int get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, fill_super);
}

static int reconfigure(struct fs_context *fc)
{
	struct super_block *sb = fc->root->d_sb;

	apply(fc->fs_private, sb, d_inode(sb->s_root));
	return 0;
}

static void free_context(struct fs_context *fc)
{
	kfree(fc->fs_private);
}

static const struct fs_context_operations context_ops = {
	.parse_param = parse_param,
	.get_tree = get_tree,
	.reconfigure = reconfigure,
	.free = free_context,
};

static int init_context(struct fs_context *fc)
{
	struct options *options = kzalloc_obj(*options, GFP_KERNEL);

	if (!options)
		return -ENOMEM;
	fc->fs_private = options;
	fc->ops = &context_ops;
	return 0;
}

/* Free the instance last: directories are counted in it until their inodes are freed. */
static void kill_super(struct super_block *sb)
{
	struct mailslot_instance *instance = mailslot_instance_of(sb);

	mailslot_kill_super(sb);
	kfree(instance);
}

static struct file_system_type instance_type = {
	.owner = THIS_MODULE,
	.name = "mailslot",
	.init_fs_context = init_context,
	.parameters = option_specs,
	.kill_sb = kill_super,
	.fs_flags = FS_USERNS_MOUNT,
};

/**
 * mailslot_instances_init() - let instances be mounted
 *
 * Context: process context, may sleep.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_instances_init(void)
{
	int err = mailslot_entries_init();

	if (err)
		return err;
	err = mailslot_dirs_init();
	if (err)
		goto err_entries;
	err = register_filesystem(&instance_type);
	if (err)
		goto err_dirs;
	return 0;

err_dirs:
	mailslot_dirs_exit();
err_entries:
	mailslot_entries_exit();
	return err;
}

/**
 * mailslot_instances_exit() - unregister the file system, of which nothing is mounted
 *
 * Context: process context, may sleep.
 */
void mailslot_instances_exit(void)
{
	unregister_filesystem(&instance_type);
	mailslot_dirs_exit();
}
