/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine: a thread that watches descriptors and deadlines, and calls whoever asked.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "lib.h"

/**
 * struct watcher - what watches a descriptor; under lib_lock
 * @fd: the descriptor in the engine's epoll set, or -1
 * @armed: the engine will call @ready
 * @once: @ready is called once, and then not until the watcher is armed again
 * @ready: the descriptor may be ready; may also be called when it is not
 */
struct watcher {
	int fd;
	bool armed;
	bool once;
	void (*ready)(struct watcher *watcher);
};

/**
 * struct timer - what watches a deadline; under lib_lock
 * @deadline: of clock_now()
 * @place: in the engine's heap, or TIMER_NONE
 * @expired: the deadline has come: removes the timer
 */
struct timer {
	uint64_t deadline;
	size_t place;
	void (*expired)(struct timer *timer);
};

#define TIMER_NONE	SIZE_MAX

/* All with lib_lock held. */
bool engine_start(void);
void engine_watcher_init(struct watcher *watcher, void (*ready)(struct watcher *watcher));
bool engine_watch(struct watcher *watcher, int fd, uint32_t events);
void engine_forget(struct watcher *watcher);
bool engine_timer_add(struct timer *timer);
void engine_timer_remove(struct timer *timer);
bool engine_timer_is_first(const struct timer *timer);
void engine_fork_child(void);

#endif /* ENGINE_H */
