/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that differ in older kernels, from 6.1 to today. The rest of the module is written for the
 * newest interface and includes this header. The names that concern file systems are in
 * compat-vfs.h.
 */
#ifndef MAILSLOT_COMPAT_H
#define MAILSLOT_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "mailslot needs Linux 6.1 or newer"
#endif

/* Device types name their nodes from a const device since 6.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define DEVNODE_CONST
#else
#define DEVNODE_CONST const
#endif

/* Uevent callbacks get a constant device since 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define UEVENT_CONST
#else
#define UEVENT_CONST const
#endif

/* The directions of an iov_iter have names of their own since 6.2. */
#ifndef ITER_DEST
#define ITER_DEST READ
#define ITER_SOURCE WRITE
#endif

/* Objects are allocated by their type since 7.0. */
#ifndef kzalloc_obj
#define kzalloc_obj(object, gfp) kzalloc(sizeof(object), gfp)
#endif

/* Mounts map ids by a structure of its own since 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define nop_mnt_idmap init_user_ns
#endif

/* The flags of a mapping are changed by functions since 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define vm_flags_clear(vma, flags) ((vma)->vm_flags &= ~(flags))
#endif

/* Shrinkers are allocated since 6.7. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define MAILSLOT_STATIC_SHRINKER
#endif

/* These functions have other names since 6.12 where user copies are inline, as on arm64. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#ifdef INLINE_COPY_FROM_USER
#define _copy_from_user _inline_copy_from_user
#endif
#ifdef INLINE_COPY_TO_USER
#define _copy_to_user _inline_copy_to_user
#endif
#endif

/* A header of the kernel's declares this function since 6.2; it is exported in older ones, too. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
struct dentry;
struct path;
struct vfsmount;
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);
#endif

/* Timers are set up, no longer initialised, since 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define hrtimer_setup_sleeper_on_stack hrtimer_init_sleeper_on_stack

static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *timer),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* __assign_str() knows its source since 6.10. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define mailslot_assign_str(dst, src) __assign_str(dst, src)
#else
#define mailslot_assign_str(dst, src) __assign_str(dst)
#endif

#endif
