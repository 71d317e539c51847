// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Convert the rules of a Windows access control list to POSIX permissions with the same meaning.
 *
 * Windows takes the first rule that names the user or a group of the user. POSIX asks in a fixed
 * order: the owner, a named user, the groups (the right is granted if one of the user's groups has
 * it), and else the others. Both agree on most lists. A list on which they do not agree is refused:
 * it is worse to make a slot that more or fewer users may write to than its maker asked for.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access.h"

static const unsigned int rights[] = { ACCESS_READ, ACCESS_WRITE };

static bool is_group(enum access_who who)
{
	return who == ACCESS_GROUP || who == ACCESS_OWNING_GROUP;
}

/* Does @rule apply to the user or group of the entry @named? */
static bool speaks_of(const struct access_rule *rule, const struct access_named *named)
{
	if (rule->who == ACCESS_EVERYBODY)
		return true;
	if (named->who == ACCESS_OWNER && is_group(rule->who))
		return rule->owner;
	if (rule->who != named->who)
		return false;
	return rule->who == ACCESS_OWNER || rule->who == ACCESS_OWNING_GROUP ||
	       rule->id == named->id;
}

/* The rule that decides @right, or @n: nobody has what no rule speaks of. */
static size_t deciding(const struct access_rule *rules, size_t n,
		       const struct access_named *named, unsigned int right)
{
	size_t i = 0;

	while (i < n && !((rules[i].rights & right) && speaks_of(&rules[i], named)))
		i++;
	return i;
}

static unsigned int rights_of(const struct access_rule *rules, size_t n,
			      const struct access_named *named)
{
	unsigned int all = 0;

	for (size_t r = 0; r < ARRAY_SIZE(rights); r++) {
		size_t i = deciding(rules, n, named, rights[r]);

		if (i < n && rules[i].allow)
			all |= rights[r];
	}
	return all;
}

/*
 * A named user's entry is asked before those of groups. It says the same only if no group's rule,
 * which may or may not be about the user, comes first and decides otherwise.
 */
static bool user_is_exact(const struct access_rule *rules, size_t n,
			  const struct access_named *user)
{
	for (size_t r = 0; r < ARRAY_SIZE(rights); r++) {
		size_t end = deciding(rules, n, user, rights[r]);
		bool allowed = end < n && rules[end].allow;

		for (size_t i = 0; i < end; i++)
			if (is_group(rules[i].who) && (rules[i].rights & rights[r]) &&
			    rules[i].allow != allowed)
				return false;
	}
	return true;
}

/*
 * A user who is in both groups has a right if either group has it, but several rights at a time
 * must come from one group. The result is wrong where Windows comes to a denial of the one group
 * before it allows the other, and where each group has a right that the other lacks.
 */
static bool groups_are_exact(const struct access_rule *rules, size_t n,
			     const struct access_named *a, const struct access_named *b)
{
	if ((a->rights & ~b->rights) && (b->rights & ~a->rights))
		return false;
	for (size_t r = 0; r < ARRAY_SIZE(rights); r++)
		if ((a->rights & rights[r]) && !(b->rights & rights[r]) &&
		    deciding(rules, n, b, rights[r]) < deciding(rules, n, a, rights[r]))
			return false;
	return true;
}

/* Are these entries, and the owning group's unless a named one takes its place, exact together? */
static bool all_are_exact(const struct access_rule *rules, size_t n,
			  const struct access_named *named, size_t n_named)
{
	for (size_t i = 0; i < n_named; i++) {
		if (named[i].who == ACCESS_USER && !user_is_exact(rules, n, &named[i]))
			return false;
		for (size_t j = 0; j < n_named; j++)
			if (is_group(named[i].who) && is_group(named[j].who) &&
			    !groups_are_exact(rules, n, &named[i], &named[j]))
				return false;
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct access_named *x = a, *y = b;

	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* List the users and groups that the rules name, each once. Return false if they are too many. */
static bool find_named(const struct access_rule *rules, size_t n, struct permissions *permissions)
{
	struct access_named *named = permissions->named;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct access_named one = {
			.who = rules[i].who,
			.id = rules[i].id,
			.owner = rules[i].owner,
		};
		size_t k = 0;

		if (one.who != ACCESS_USER && one.who != ACCESS_GROUP)
			continue;
		while (k < count && compare(&named[k], &one))
			k++;
		if (k < count)
			continue;
		if (count == ACCESS_MAX_NAMED)
			return false;
		one.rights = rights_of(rules, n, &one);
		named[count++] = one;
	}
	qsort(named, count, sizeof(*named), compare);
	permissions->n_named = count;
	return true;
}

static bool owning_group_is_named(const struct access_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].who == ACCESS_OWNING_GROUP)
			return true;
	return false;
}

/* Make one of the named groups the owning group, best one that the process may give the node to. */
static unsigned int take_owning_group(struct permissions *permissions)
{
	struct access_named *named = permissions->named, *chosen = NULL;
	unsigned int group_rights;

	for (size_t i = 0; i < permissions->n_named; i++)
		if (named[i].who == ACCESS_GROUP && (!chosen || named[i].owner))
			chosen = &named[i];
	permissions->group = chosen->id;
	group_rights = chosen->rights;
	permissions->n_named--;
	memmove(chosen, chosen + 1,
		(size_t)(named + permissions->n_named - chosen) * sizeof(*named));
	return group_rights;
}

/**
 * access_permissions() - find the POSIX permissions that say what a list of rules says
 * @rules: the list
 * @n: how many there are
 * @permissions: where the permissions go
 *
 * POSIX has an entry for the owning group in any case. Where the rules do not name the owning
 * group, its entry can be in the way: a member of the owning group who is also in a group that is
 * denied would get access. In that case a group that the rules name becomes the owning group.
 *
 * Return: 0, or 50 for rules that no permissions express, or that name over ACCESS_MAX_NAMED.
 */
DWORD access_permissions(const struct access_rule *rules, size_t n,
			 struct permissions *permissions)
{
	struct access_named owner = { .who = ACCESS_OWNER };
	struct access_named group = { .who = ACCESS_OWNING_GROUP };
	/* A user whom no rule names: the kernel refuses a list that names this one. */
	struct access_named other = { .who = ACCESS_USER, .id = (uid_t)-1 };
	struct access_named *named = permissions->named;

	if (!find_named(rules, n, permissions))
		return ERROR_NOT_SUPPORTED;
	if (!all_are_exact(rules, n, named, permissions->n_named))
		return ERROR_NOT_SUPPORTED;
	permissions->exact = true;
	permissions->group = getegid();
	group.rights = rights_of(rules, n, &group);
	for (size_t i = 0; i < permissions->n_named; i++) {
		if (named[i].who != ACCESS_GROUP ||
		    (groups_are_exact(rules, n, &named[i], &group) &&
		     groups_are_exact(rules, n, &group, &named[i])))
			continue;
		if (owning_group_is_named(rules, n))
			return ERROR_NOT_SUPPORTED;
		group.rights = take_owning_group(permissions);
		break;
	}
	permissions->mode = rights_of(rules, n, &owner) << 6 | group.rights << 3 |
			    rights_of(rules, n, &other);
	return ERROR_SUCCESS;
}
