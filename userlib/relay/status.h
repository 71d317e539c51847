/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The socket on which the relay reports what it has done: each client gets one JSON object. */
#ifndef STATUS_H
#define STATUS_H

#include <jansson.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

struct status;

/*
 * Listen at the path; @tell makes the object, NULL for lack of memory. NULL after a line in the
 * log.
 */
struct status *status_open(sd_event *event, const char *path, json_t *(*tell)(void *data),
			   void *data);
void status_close(struct status *status);

#endif /* STATUS_H */
