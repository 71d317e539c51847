/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a Windows access control list, and the POSIX permissions with the same meaning. */
#ifndef ACCESS_H
#define ACCESS_H

#include <sys/types.h>

#include "lib.h"

/* Rights as they stand in a mode. */
#define ACCESS_READ	4U
#define ACCESS_WRITE	2U

enum access_who {
	ACCESS_EVERYBODY,
	ACCESS_OWNER,		/* of the slot's node */
	ACCESS_OWNING_GROUP,
	ACCESS_USER,		/* named by @id */
	ACCESS_GROUP,		/* likewise */
};

/* Rules count in their order: the first that names somebody and a right decides the right. */
struct access_rule {
	enum access_who who;
	unsigned int id;
	unsigned int rights;
	bool allow;
	bool owner;		/* of a group: the owner of the node is a member */
};

#define ACCESS_MAX_NAMED	64

/**
 * struct permissions - of a slot's node
 * @mode: the mode, whose group bits are those of the owning group alone
 * @exact: the mode is what a descriptor says, whatever the umask and the directory's default ACL
 * @group: the owning group, or (gid_t)-1 for the one that the kernel chooses
 * @n_named: how many entries @named has
 * @named: users and groups beside those of the mode, users first, each in the order of ids
 */
struct permissions {
	mode_t mode;
	bool exact;
	gid_t group;
	size_t n_named;
	struct access_named {
		enum access_who who;
		unsigned int id;
		unsigned int rights;
		bool owner;	/* as in the rules */
	} named[ACCESS_MAX_NAMED];
};

DWORD access_permissions(const struct access_rule *rules, size_t n,
			 struct permissions *permissions);

#endif /* ACCESS_H */
