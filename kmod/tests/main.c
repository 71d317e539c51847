// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests as a module of their own, with their own copies of the files they test: the names,
 * users and limits of mailslot.ko are left alone, whatever it is doing meanwhile.
 */
#include <linux/module.h>

#include "suites.h"

kunit_test_suites(&mailslot_name_suite, &mailslot_names_suite, &mailslot_queue_suite,
		  &mailslot_user_suite, &mailslot_room_suite, &mailslot_reader_suite,
		  &mailslot_poller_suite, &mailslot_turn_suite);

MODULE_DESCRIPTION("KUnit tests of mailslots");
MODULE_LICENSE("GPL");
