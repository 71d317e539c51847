// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The records of stored messages that came in, which must outlive the relay.
 *
 * The stores into a record happen in program order, because the signal that kills the relay is
 * handled between two instructions. Before a write the intent is stored, its number last. After the
 * write it is stored first that the message has entered, and then that nothing is intended. If the
 * machine crashes, the slots and their messages are lost, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "journal.h"

/*
 * The suffix names the form of the records, so that a record of another form is not taken for one.
 */
#define JOURNAL_SUFFIX	"v1"

void *journal_open(const char *directory, const char *name, size_t size)
{
	char path[PATH_MAX];
	void *record;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s." JOURNAL_SUFFIX, directory, name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return NULL;
	/* Room on the disk is found now, not when the record is stored to. */
	errno = posix_fallocate(fd, 0, (off_t)size);
	record = errno ? MAP_FAILED :
			 mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return record == MAP_FAILED ? NULL : record;
}

void journal_close(void *record, size_t size)
{
	if (record)
		munmap(record, size);
}

/* A store that neither the compiler nor anybody else puts off beyond the next one. */
static void order(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

bool journal_has(const struct journal_slot *slot, uint64_t number, const struct wire *wire)
{
	int i;

	if (number <= slot->last)
		return true;
	for (i = 0; i < JOURNAL_EPOCHS; i++)
		if (slot->entered[i].epoch == wire->epoch && wire->sequence &&
		    wire->sequence <= slot->entered[i].sequence)
			return true;
	return false;
}

void journal_intend(struct journal_slot *slot, uint64_t number, const struct wire *wire,
		    const struct mailslot_info *info)
{
	slot->intent.wire = *wire;
	slot->intent.slot = info->creation_time_ns;
	slot->intent.written = info->messages_written;
	slot->intent.alone = info->clients == 1;
	order();
	slot->intent.number = number;
	order();
}

/* The place of the sending slot's number: its own, or that of the oldest. */
static int entry_of(const struct journal_slot *slot, uint64_t epoch)
{
	int i, oldest = 0;

	for (i = 0; i < JOURNAL_EPOCHS; i++) {
		if (slot->entered[i].epoch == epoch)
			return i;
		if (slot->entered[i].epoch < slot->entered[oldest].epoch)
			oldest = i;
	}
	return oldest;
}

void journal_settle(struct journal_slot *slot, bool entered)
{
	const struct wire *wire = &slot->intent.wire;
	int i;

	if (entered) {
		i = entry_of(slot, wire->epoch);
		slot->entered[i].sequence = wire->sequence;
		order();
		slot->entered[i].epoch = wire->epoch;
		slot->last = slot->intent.number;
		order();
	}
	slot->intent.number = 0;
	order();
}

void journal_recover(struct journal_slot *slot, const struct mailslot_info *info)
{
	bool entered;

	if (!slot->intent.number)
		return;
	entered = info && info->creation_time_ns == slot->intent.slot && slot->intent.alone &&
		  info->messages_written > slot->intent.written;
	journal_settle(slot, entered);
}
