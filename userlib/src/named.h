/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects with names, which the processes of a user share: events, semaphores and mutexes.
 */
#ifndef NAMED_H
#define NAMED_H

#include <libmailslot-object.h>

#include "event-name.h"
#include "object.h"

/* What programs have from winerror.h. */
#ifndef ERROR_TOO_MANY_POSTS
#define ERROR_TOO_MANY_POSTS	298
#endif

/**
 * struct named_place - a wait's place in the line of a named object; under lib_lock
 * @ticket: which one; 0: none yet
 * @head: nobody is before it
 * @watches: it is to tell when the owner of a mutex ends
 */
struct named_place {
	uint32_t ticket;
	bool head;
	bool watches;
};

/* Of the wait that is being looked at; NULL: it stands in no line. */
extern struct named_place *named_place;

/* All with lib_lock held. */
struct mailslot_named *named_open(const char *kind, const char *file,
				  const struct mailslot_named_new *new, bool *existed);
struct mailslot_named *named_recover(int fd, const char *kind);
void named_close(struct mailslot_named *named);
int named_fd(const struct mailslot_named *named);
bool named_is_owned(const struct mailslot_named *named);
bool named_is_polled(const struct mailslot_named *named);
bool named_is_manual(const struct mailslot_named *named);
const char *named_file(const struct mailslot_named *named);
bool named_test(struct mailslot_named *named);
enum acquired named_take(struct mailslot_named *named);
void named_untake(struct mailslot_named *named, bool abandoned);
DWORD named_post(struct mailslot_named *named, LONG count, LONG *previous);
void named_reset(struct mailslot_named *named);
void named_pulse(struct mailslot_named *named);
bool named_enter(struct mailslot_named *named, struct thread *thread, bool all,
		 struct named_place *place);
void named_leave(struct mailslot_named *named, struct named_place *place);
void named_fork_child(void);

/* The FIFO by which other processes end a thread's wait. */
void door_drain(struct thread *thread);
void door_forget(struct thread *thread);
void door_close(struct thread *thread, bool forked);

#endif /* NAMED_H */
