/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Doubly linked lists whose links live in what they list.  A link off every list
 * points to itself, so taking it off twice is harmless.
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>

struct list {
	struct list *next;
	struct list *prev;
};

static inline void list_init(struct list *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list *list)
{
	return list->next == list;
}

static inline void list_append(struct list *list, struct list *link)
{
	link->next = list;
	link->prev = list->prev;
	list->prev->next = link;
	list->prev = link;
}

static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* @next lets the body take @pos off the list. */
#define list_for_each(pos, nxt, list) \
	for ((pos) = (list)->next, (nxt) = (pos)->next; (pos) != (list); \
	     (pos) = (nxt), (nxt) = (pos)->next)

#endif /* LIST_H */
