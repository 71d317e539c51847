/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine: the thread that drives operations nobody waits for in a call.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "end.h"

struct operation;

/* All with lib_lock held. */
bool engine_start(void);
void engine_watch(struct end *end);
void engine_ignore(struct end *end);
void engine_forget(struct end *end);
bool engine_timer_add(struct operation *operation);
void engine_timer_remove(struct operation *operation);
void engine_fork_child(void);

#endif /* ENGINE_H */
