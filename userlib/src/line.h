/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line of the threads, of all processes, that wait for a named object. */
#ifndef LINE_H
#define LINE_H

#include "place.h"
#include "record.h"

/* All within record_begin() and record_commit(); @uid: whose object it is. */
struct entry *line_find(struct record *record, const struct named_place *place);
struct entry *line_add(struct record *record, struct thread *thread, bool all);
void line_remove(struct record *record, struct entry *entry);
void line_serve(struct record *record, uid_t uid);
void line_serve_and_tell(struct record *record, uid_t uid, const struct named_place *but);
void line_find_dead_heirs(struct record *record, uid_t uid);
void line_ring_first(const struct record *record, uid_t uid);

#endif /* LINE_H */
