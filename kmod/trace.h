/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: a slot's life, each message in and out, each wait, each refusal for lack of room. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mailslot

#if !defined(MAILSLOT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MAILSLOT_TRACE_H

#include <linux/tracepoint.h>

#include "compat.h"
#include "slot.h"

TRACE_EVENT(mailslot_create,
	TP_PROTO(struct mailslot_slot *slot),
	TP_ARGS(slot),
	TP_STRUCT__entry(
		__field(u32, minor)
		__field(u32, uid)
		__field(u16, mode)
		__field(u64, queue_bytes)
		__string(name, slot->name)
	),
	TP_fast_assign(
		__entry->minor = MINOR(slot->devt);
		__entry->uid = from_kuid_munged(&init_user_ns, slot->uid);
		__entry->mode = slot->mode;
		__entry->queue_bytes = slot->queue_bytes;
		mailslot_assign_str(name, slot->name);
	),
	TP_printk("minor=%u name=%s uid=%u mode=%#o queue_bytes=%llu", __entry->minor,
		  __get_str(name), __entry->uid, __entry->mode, __entry->queue_bytes)
);

TRACE_EVENT(mailslot_destroy,
	TP_PROTO(struct mailslot_slot *slot),
	TP_ARGS(slot),
	TP_STRUCT__entry(
		__field(u32, minor)
		__field(u64, written)
		__field(u64, discarded)
		__string(name, slot->name)
	),
	TP_fast_assign(
		__entry->minor = MINOR(slot->devt);
		__entry->written = slot->queue.written;
		__entry->discarded = mailslot_queue_count(&slot->queue);
		mailslot_assign_str(name, slot->name);
	),
	TP_printk("minor=%u name=%s written=%llu discarded=%llu", __entry->minor,
		  __get_str(name), __entry->written, __entry->discarded)
);

DECLARE_EVENT_CLASS(mailslot_message,
	TP_PROTO(struct mailslot_slot *slot, u64 sequence, u32 length),
	TP_ARGS(slot, sequence, length),
	TP_STRUCT__entry(
		__field(u32, minor)
		__field(u32, length)
		__field(u64, sequence)
	),
	TP_fast_assign(
		__entry->minor = MINOR(slot->devt);
		__entry->length = length;
		__entry->sequence = sequence;
	),
	TP_printk("minor=%u sequence=%llu length=%u", __entry->minor, __entry->sequence,
		  __entry->length)
);

DEFINE_EVENT(mailslot_message, mailslot_send,
	TP_PROTO(struct mailslot_slot *slot, u64 sequence, u32 length),
	TP_ARGS(slot, sequence, length)
);

DEFINE_EVENT(mailslot_message, mailslot_receive,
	TP_PROTO(struct mailslot_slot *slot, u64 sequence, u32 length),
	TP_ARGS(slot, sequence, length)
);

TRACE_EVENT(mailslot_wait,
	TP_PROTO(struct mailslot_slot *slot, bool writer),
	TP_ARGS(slot, writer),
	TP_STRUCT__entry(
		__field(u32, minor)
		__field(bool, writer)
	),
	TP_fast_assign(
		__entry->minor = MINOR(slot->devt);
		__entry->writer = writer;
	),
	TP_printk("minor=%u for=%s", __entry->minor, __entry->writer ? "room" : "message")
);

TRACE_EVENT(mailslot_full,
	TP_PROTO(struct mailslot_slot *slot, u64 need),
	TP_ARGS(slot, need),
	TP_STRUCT__entry(
		__field(u32, minor)
		__field(u64, need)
		__field(u64, charged)
		__field(u64, queue_bytes)
	),
	TP_fast_assign(
		__entry->minor = MINOR(slot->devt);
		__entry->need = need;
		__entry->charged = slot->charged;
		__entry->queue_bytes = slot->queue_bytes;
	),
	TP_printk("minor=%u need=%llu charged=%llu queue_bytes=%llu", __entry->minor,
		  __entry->need, __entry->charged, __entry->queue_bytes)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
