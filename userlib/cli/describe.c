// SPDX-License-Identifier: LGPL-2.1-or-later
/* The description of a slot that was not opened. */
#include <stdlib.h>
#include <string.h>

#include "describe.h"

/* A comma, a process number and the NUL. */
#define PID_SIZE	16

/* Process numbers separated by commas; '?' when there are or may be others. */
char *describe_readers(const struct slot *slot, const struct holders *holders)
{
	const struct holder *holder = holders_first(holders, slot);
	size_t used = 0, room = 0;
	char *text = NULL;

	for (; holder && holder->server; holder = holders_next(holders, holder)) {
		if (room - used < PID_SIZE) {
			room = 2 * room + PID_SIZE;
			text = must_allocate(text, room);
		}
		used += (size_t)sprintf(text + used, "%s%d", used ? "," : "", holder->pid);
	}
	/* A slot has a reader, so if none is seen it is out of sight. */
	return text ?: strcpy(must_allocate(NULL, 2), "?");
}

/* Return a number, or null if the value means no limit. */
json_t *describe_limit(uint64_t value, uint64_t none)
{
	return value == none ? json_null() : json_integer((json_int_t)value);
}

json_t *describe_time(int64_t ns)
{
	return ns ? json_integer(ns) : json_null();
}

static json_t *readers(const struct slot *slot, const struct holders *holders)
{
	const struct holder *holder = holders_first(holders, slot);
	json_t *array = json_array();

	for (; holder && holder->server; holder = holders_next(holders, holder))
		json_array_append_new(array, json_integer(holder->pid));
	return array;
}

static void describe_node(json_t *object, const struct slot *slot)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", slot->st.st_mode & 07777);
	if (slot->node == NODE_OURS) {
		json_object_set_new(object, "owner", json_string(slot_owner(slot)));
		json_object_set_new(object, "uid", json_integer(slot->st.st_uid));
		json_object_set_new(object, "gid", json_integer(slot->st.st_gid));
		json_object_set_new(object, "mode", json_string(mode));
	} else {
		json_object_set_new(object, "owner", json_null());
		json_object_set_new(object, "uid", json_null());
		json_object_set_new(object, "gid", json_null());
		json_object_set_new(object, "mode", json_null());
	}
}

static json_t *count(const struct slot *slot, uint64_t number)
{
	return slot->counted ? json_integer((json_int_t)number) : json_null();
}

json_t *describe_slot(const struct slot *slot, const struct holders *holders)
{
	double age = slot_age(slot);
	json_t *object = json_object();

	json_object_set_new(object, "name", json_string(slot->name));
	json_object_set_new(object, "device", json_sprintf("%u:%u", slot->major, slot->minor));
	describe_node(object, slot);
	json_object_set_new(object, "messages", count(slot, slot->messages));
	json_object_set_new(object, "bytes", count(slot, slot->bytes));
	json_object_set_new(object, "queue_bytes", json_integer((json_int_t)slot->queue_bytes));
	json_object_set_new(object, "max_message_size",
			    describe_limit(slot->max_message_size ?: UINT32_MAX, UINT32_MAX));
	json_object_set_new(object, "oldest_time_ns", describe_time(slot->oldest_time));
	json_object_set_new(object, "oldest_age", age < 0 ? json_null() : json_real(age));
	json_object_set_new(object, "clients", count(slot, slot->clients));
	json_object_set_new(object, "messages_written", count(slot, slot->messages_written));
	json_object_set_new(object, "messages_read", count(slot, slot->messages_read));
	json_object_set_new(object, "bytes_written", count(slot, slot->bytes_written));
	json_object_set_new(object, "bytes_read", count(slot, slot->bytes_read));
	json_object_set_new(object, "readers", readers(slot, holders));
	json_object_set_new(object, "readers_complete", json_boolean(holders->complete));
	return object;
}

/*
 * Print the value in ASCII, so that the output does not depend on the terminal. This consumes the
 * value.
 */
void describe_print(json_t *value, size_t flags)
{
	if (!value || json_dumpf(value, stdout, flags | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9)))
		fail(EXIT_FAILED, "standard output: cannot write");
	putchar('\n');
	json_decref(value);
}
