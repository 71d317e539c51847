/* SPDX-License-Identifier: GPL-2.0-only */
/* The KUnit suites of the module: one of each noun that can be looked at without a file. */
#ifndef MAILSLOT_SUITES_H
#define MAILSLOT_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite mailslot_name_suite;
extern struct kunit_suite mailslot_names_suite;
extern struct kunit_suite mailslot_queue_suite;
extern struct kunit_suite mailslot_user_suite;
extern struct kunit_suite mailslot_reader_suite;
extern struct kunit_suite mailslot_room_suite;
extern struct kunit_suite mailslot_poller_suite;
extern struct kunit_suite mailslot_turn_suite;

#endif
