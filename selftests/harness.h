/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kselftest's harness, with limits in time that are meant for what hangs, not for what
 * is slow: a debug kernel in an emulator on a busy host.  No test is in here.
 */
#ifndef MAILSLOT_HARNESS_H
#define MAILSLOT_HARNESS_H

#include <stdlib.h>
#include <string.h>
#include "kselftest_harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 90

/* How many times longer than elsewhere anything may take here. */
static inline unsigned int harness_slowness(void)
{
	const char *slow = getenv("MAILSLOT_SLOW");

	return slow && *slow ? 5 : 1;
}

/* Runs the tests; those that say themselves how long they may take are stretched as well. */
static inline int harness_run(int argc, char **argv)
{
	struct __fixture_metadata *fixture;
	struct __test_metadata *test;

	for (fixture = __fixture_list; fixture; fixture = fixture->next)
		for (test = fixture->tests; test; test = test->next)
			test->timeout *= harness_slowness();
	return test_harness_run(argc, argv);
}

#endif /* MAILSLOT_HARNESS_H */
