/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations: reads and writes that could not be done at once.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "end.h"
#include "port.h"
#include "thread.h"

/**
 * struct operation - a pended read (on a server end) or write (on a client end);
 * under lib_lock
 * @link: on end->operations
 * @report: its link is on thread->operations, then, when @routine is due, on
 *	thread->routines
 * @end: the end on which it is pended
 * @thread: who issued it
 * @overlapped: the caller's status block; NULL: @thread waits in the call
 * @routine: the completion routine of ReadFileEx and WriteFileEx
 * @event: the caller's event, or NULL
 * @packet: what the end's completion port gets when it is over; NULL: nothing
 * @buffer: the message or room for it
 * @size: of @buffer
 * @sender: where the sender goes, or NULL
 * @timer: when it gives up
 * @allocated: completion frees it, or its routine's having run
 * @done: it has completed
 * @error: the Win32 error with which it has
 * @bytes: how many bytes it has moved
 */
struct operation {
	struct list link;
	struct routine report;
	struct end *end;
	struct thread *thread;
	LPOVERLAPPED overlapped;
	LPOVERLAPPED_COMPLETION_ROUTINE routine;
	struct object *event;
	struct packet *packet;
	void *buffer;
	DWORD size;
	struct mailslot_sender *sender;
	struct timer timer;
	bool allocated;
	bool done;
	DWORD error;
	DWORD bytes;
};

/* All with lib_lock held. */
bool operation_add_packets(struct end *end);
void operation_init(struct operation *operation);
struct operation *operation_copy(const struct operation *on_stack);
void operation_free(struct operation *operation);
struct operation *operation_first(struct end *end);
DWORD operation_error(struct end *end, ssize_t moved);
ssize_t operation_move(struct end *end, void *buffer, DWORD size, struct mailslot_sender *sender);
DWORD operation_pend(struct operation *operation);
DWORD operation_wait(struct operation *operation);
void operation_complete(struct operation *operation, DWORD error, DWORD bytes);
void operation_drive(struct end *end);
void operation_arm(struct end *end);
unsigned int operation_cancel(struct end *end, struct thread *thread, LPOVERLAPPED overlapped);
bool operation_cancel_synchronous(struct thread *thread);
void operation_cancel_thread(struct thread *thread);
void operation_fork_child(struct thread *thread);
void operation_fork_orphans(void);
void operation_ready(struct watcher *watcher);

#endif /* OPERATION_H */
