/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects with names, which the processes of a user share: events, semaphores and mutexes.
 */
#ifndef NAMED_H
#define NAMED_H

#include <libmailslot-object.h>

#include "event-name.h"
#include "object.h"
#include "place.h"

/* Programs have this from winerror.h. */
#ifndef ERROR_TOO_MANY_POSTS
#define ERROR_TOO_MANY_POSTS	298
#endif

/* Room for a kind and a hyphen before the name. */
#define NAMED_FILE_SIZE	(EVENT_NAME_SIZE + 12)
#define NAMED_MUTEX	"mutex-"

/**
 * struct mailslot_named - an open name; under lib_lock
 * @link: on the list of all names
 * @fifo: its FIFO, with the shared lock
 * @state: its state file
 * @writer: of a mutex that this process owns: the FIFO's writing end, else -1
 * @manual: record.manual, which does not change
 * @uid: whose directory it is in
 * @file: the FIFO's name; the state file's has a suffix behind it
 */
struct mailslot_named {
	struct list link;
	int fifo;
	int state;
	int writer;
	bool manual;
	uid_t uid;
	char file[NAMED_FILE_SIZE];
};

/* The place of the wait that is being looked at; NULL: the wait stands in no line. */
extern struct named_place *named_place;

/* All with lib_lock held. */
bool named_test(struct mailslot_named *named);
enum acquired named_take(struct mailslot_named *named);
void named_untake(struct mailslot_named *named, bool abandoned);
DWORD named_post(struct mailslot_named *named, LONG count, LONG *previous);
void named_reset(struct mailslot_named *named);
void named_pulse(struct mailslot_named *named);
bool named_enter(struct mailslot_named *named, struct thread *thread, bool all,
		 struct named_place *place);
void named_leave(struct mailslot_named *named, struct named_place *place);
bool named_is_polled(const struct mailslot_named *named);

/* Does this process own the mutex? */
static inline bool named_is_owned(const struct mailslot_named *named)
{
	return named->writer >= 0;
}

#endif /* NAMED_H */
