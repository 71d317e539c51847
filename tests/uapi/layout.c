// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI header's layout, asserted field by field: `make check` compiles this
 * as C and C++, for 64 and 32 bits.  There is nothing to run.
 */
#include <assert.h>
#include <linux/mailslot.h>
#include <stddef.h>

#define ASSERT(what)	static_assert(what, #what)
#define FIELD(type, field, size, offset)			\
	ASSERT(sizeof(((struct type *)0)->field) == (size) &&	\
	       offsetof(struct type, field) == (offset))

FIELD(mailslot_create, flags, 4, 0);
FIELD(mailslot_create, mode, 4, 4);
FIELD(mailslot_create, max_message_size, 4, 8);
FIELD(mailslot_create, reserved, 4, 12);
FIELD(mailslot_create, queue_bytes, 8, 16);
FIELD(mailslot_create, read_timeout_ns, 8, 24);
FIELD(mailslot_create, name, 256, 32);
ASSERT(sizeof(struct mailslot_create) == 288);

FIELD(mailslot_info, max_message_size, 4, 0);
FIELD(mailslot_info, next_message_size, 4, 4);
FIELD(mailslot_info, message_count, 8, 8);
FIELD(mailslot_info, queued_bytes, 8, 16);
FIELD(mailslot_info, queue_bytes, 8, 24);
FIELD(mailslot_info, read_timeout_ns, 8, 32);
FIELD(mailslot_info, creation_time_ns, 8, 40);
FIELD(mailslot_info, last_read_time_ns, 8, 48);
FIELD(mailslot_info, last_write_time_ns, 8, 56);
FIELD(mailslot_info, messages_written, 8, 64);
FIELD(mailslot_info, messages_read, 8, 72);
FIELD(mailslot_info, bytes_written, 8, 80);
FIELD(mailslot_info, bytes_read, 8, 88);
FIELD(mailslot_info, clients, 4, 96);
FIELD(mailslot_info, flags, 4, 100);
FIELD(mailslot_info, dev_major, 4, 104);
FIELD(mailslot_info, dev_minor, 4, 108);
ASSERT(sizeof(struct mailslot_info) == 112);

FIELD(mailslot_set_info, mask, 4, 0);
FIELD(mailslot_set_info, flags, 4, 4);
FIELD(mailslot_set_info, read_timeout_ns, 8, 8);
FIELD(mailslot_set_info, creation_time_ns, 8, 16);
FIELD(mailslot_set_info, last_read_time_ns, 8, 24);
FIELD(mailslot_set_info, last_write_time_ns, 8, 32);
FIELD(mailslot_set_info, queue_bytes, 8, 40);
FIELD(mailslot_set_info, max_message_size, 4, 48);
FIELD(mailslot_set_info, reserved, 4, 52);
ASSERT(sizeof(struct mailslot_set_info) == 56);

FIELD(mailslot_recv_msg, buffer, 8, 0);
FIELD(mailslot_recv_msg, capacity, 4, 8);
FIELD(mailslot_recv_msg, length, 4, 12);
FIELD(mailslot_recv_msg, pid, 4, 16);
FIELD(mailslot_recv_msg, uid, 4, 20);
FIELD(mailslot_recv_msg, gid, 4, 24);
FIELD(mailslot_recv_msg, reserved, 4, 28);
FIELD(mailslot_recv_msg, sequence, 8, 32);
FIELD(mailslot_recv_msg, time_ns, 8, 40);
ASSERT(sizeof(struct mailslot_recv_msg) == 48);

FIELD(mailslot_receive, messages, 8, 0);
FIELD(mailslot_receive, count, 4, 8);
FIELD(mailslot_receive, message_size, 4, 12);
FIELD(mailslot_receive, flags, 4, 16);
FIELD(mailslot_receive, reserved, 4, 20);
FIELD(mailslot_receive, deadline_ns, 8, 24);
ASSERT(sizeof(struct mailslot_receive) == 32);

FIELD(mailslot_send_msg, buffer, 8, 0);
FIELD(mailslot_send_msg, length, 4, 8);
FIELD(mailslot_send_msg, reserved, 4, 12);
ASSERT(sizeof(struct mailslot_send_msg) == 16);

FIELD(mailslot_send, messages, 8, 0);
FIELD(mailslot_send, count, 4, 8);
FIELD(mailslot_send, message_size, 4, 12);
FIELD(mailslot_send, flags, 4, 16);
FIELD(mailslot_send, reserved, 4, 20);
ASSERT(sizeof(struct mailslot_send) == 24);

FIELD(mailslot_ring_layout, flags, 4, 0);
FIELD(mailslot_ring_layout, reserved, 4, 4);
FIELD(mailslot_ring_layout, version, 4, 8);
FIELD(mailslot_ring_layout, header_size, 4, 12);
FIELD(mailslot_ring_layout, data_size, 8, 16);
FIELD(mailslot_ring_layout, reader_offset, 8, 24);
FIELD(mailslot_ring_layout, status_offset, 8, 32);
FIELD(mailslot_ring_layout, data_offset, 8, 40);
ASSERT(sizeof(struct mailslot_ring_layout) == 48);

FIELD(mailslot_ring_reader, head, 4, 0);
ASSERT(sizeof(struct mailslot_ring_reader) == 4);

FIELD(mailslot_ring_status, version, 4, 0);
FIELD(mailslot_ring_status, header_size, 4, 4);
FIELD(mailslot_ring_status, data_size, 4, 8);
FIELD(mailslot_ring_status, flags, 4, 12);
FIELD(mailslot_ring_status, unused, 48, 16);
FIELD(mailslot_ring_status, tail, 4, 64);
FIELD(mailslot_ring_status, kick, 4, 68);
ASSERT(sizeof(struct mailslot_ring_status) == 72);

FIELD(mailslot_ring_message, length, 4, 0);
FIELD(mailslot_ring_message, pid, 4, 4);
FIELD(mailslot_ring_message, uid, 4, 8);
FIELD(mailslot_ring_message, gid, 4, 12);
FIELD(mailslot_ring_message, sequence, 8, 16);
FIELD(mailslot_ring_message, time_ns, 8, 24);
ASSERT(sizeof(struct mailslot_ring_message) == 32);

FIELD(mailslot_ring_wait, flags, 4, 0);
FIELD(mailslot_ring_wait, reserved, 4, 4);
FIELD(mailslot_ring_wait, deadline_ns, 8, 8);
ASSERT(sizeof(struct mailslot_ring_wait) == 16);

ASSERT(MAILSLOT_IOC_CREATE == 0x4120b900);
ASSERT(MAILSLOT_IOC_GET_INFO == 0x8070b901);
ASSERT(MAILSLOT_IOC_SET_INFO == 0x4038b902);
ASSERT(MAILSLOT_IOC_RECEIVE == 0x4020b903);
ASSERT(MAILSLOT_IOC_SEND == 0x4018b904);
ASSERT(MAILSLOT_IOC_RING == 0xc030b906);
ASSERT(MAILSLOT_IOC_RING_WAIT == 0x4010b907);
