// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The POSIX access control list of a slot's node, in the form of <linux/posix_acl_xattr.h>. The
 * form is part of the kernel's interface and takes fewer lines than libacl's calls would, which
 * every program that uses this library would need as well.
 */
#include <endian.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "posix-acl.h"

#define ACCESS_ACL	"system.posix_acl_access"
#define NO_ID		((unsigned int)ACL_UNDEFINED_ID)

struct list {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entries[ACCESS_MAX_NAMED + 4];
};

/**
 * posix_acl_is_needed() - do a mode and the kernel's choice of a group not suffice?
 * @permissions: what a descriptor asks for
 */
bool posix_acl_is_needed(const struct permissions *permissions)
{
	return permissions->n_named ||
	       (permissions->exact && permissions->group != (gid_t)-1 &&
		permissions->group != getegid());
}

static void add(struct list *list, size_t *n, unsigned int tag, unsigned int rights,
		unsigned int id)
{
	list->entries[(*n)++] = (struct posix_acl_xattr_entry){
		.e_tag = htole16((uint16_t)tag),
		.e_perm = htole16((uint16_t)(rights & 7)),
		.e_id = htole32(id),
	};
}

/* Lay the list out in the order that the kernel asks for; its size in bytes. */
static size_t lay_out(const struct permissions *permissions, struct list *list)
{
	const struct access_named *named = permissions->named;
	unsigned int group = permissions->mode >> 3 & 7, mask = group;
	size_t users = 0, n = 0;

	list->header.a_version = htole32(POSIX_ACL_XATTR_VERSION);
	add(list, &n, ACL_USER_OBJ, permissions->mode >> 6, NO_ID);
	for (; users < permissions->n_named && named[users].who == ACCESS_USER; users++)
		add(list, &n, ACL_USER, named[users].rights, named[users].id);
	add(list, &n, ACL_GROUP_OBJ, group, NO_ID);
	for (size_t i = users; i < permissions->n_named; i++)
		add(list, &n, ACL_GROUP, named[i].rights, named[i].id);
	for (size_t i = 0; i < permissions->n_named; i++)
		mask |= named[i].rights;
	if (permissions->n_named)
		add(list, &n, ACL_MASK, mask, NO_ID);
	add(list, &n, ACL_OTHER, permissions->mode, NO_ID);
	return sizeof(list->header) + n * sizeof(list->entries[0]);
}

static int set_list(int fd, const struct permissions *permissions)
{
	struct list list;
	size_t size = lay_out(permissions, &list);

	if (!fsetxattr(fd, ACCESS_ACL, &list, size, 0))
		return 0;
	/* A kernel without such lists has no default one either, so the mode is all there is. */
	return errno == EOPNOTSUPP && !permissions->n_named ? fchmod(fd, permissions->mode) : -1;
}

static int set_group(int fd, gid_t group)
{
	struct stat st;

	if (group == (gid_t)-1)
		return 0;
	if (fstat(fd, &st))
		return -1;
	/* A directory with the set-group-ID bit has chosen another one. */
	return st.st_gid == group ? 0 : fchown(fd, (uid_t)-1, group);
}

/**
 * posix_acl_set() - give a slot's node the permissions that a descriptor asks for
 * @fd: the node, which this process has just made
 * @permissions: what the descriptor asks for
 *
 * What the directory's default list gave the node is replaced.
 *
 * Return: 0, or a Win32 error code: 50 where the kernel has no such lists, the node cannot be
 * given to the group, or an account does not exist in this user namespace.
 */
DWORD posix_acl_set(int fd, const struct permissions *permissions)
{
	if (!set_group(fd, permissions->group) && !set_list(fd, permissions))
		return ERROR_SUCCESS;
	switch (errno) {
	case EPERM:
	case EINVAL:
	case EOPNOTSUPP:
		return ERROR_NOT_SUPPORTED;
	default:
		return error_from_errno(errno);
	}
}
