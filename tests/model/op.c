// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations as text, and the structures and lengths that their numbers stand
 * for. No rule of the contract is in here.
 */
#include <stdlib.h>
#include <string.h>

#include "op.h"

const char * const op_names[OP_KINDS] = {
	"none", "create", "open", "close", "dup", "setfl", "throw", "catch", "read", "write",
	"receive", "send", "get_info", "set_info", "fionread", "ioctl", "poll", "epoll_ctl",
	"epoll_wait", "chmod", "umask", "identity", "parameter", "spawn", "fork", "kill", "signal",
	"fsync",
};

static const struct field {
	const char *name;
	size_t offset;
} fields[] = {
#define FIELD(name) { #name, offsetof(struct op, name) }
	FIELD(proc), FIELD(reg), FIELD(to), FIELD(how), FIELD(name), FIELD(flags), FIELD(mode),
	FIELD(length), FIELD(step), FIELD(count), FIELD(odd), FIELD(oddity), FIELD(memory),
	FIELD(edge), FIELD(offset), FIELD(request), FIELD(size), FIELD(reach), FIELD(mask),
	FIELD(wait),
#undef FIELD
};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

void op_print(FILE *to, const struct op *op)
{
	size_t i;

	fprintf(to, "%s", op_names[op->kind]);
	for (i = 0; i < NFIELDS; i++) {
		__u32 value;

		memcpy(&value, (const char *)op + fields[i].offset, sizeof(value));
		if (value)
			fprintf(to, " %s=%u", fields[i].name, value);
	}
	if (op->value)
		fprintf(to, " value=%llu", (unsigned long long)op->value);
	fputc('\n', to);
}

static bool parse_field(struct op *op, const char *name, const char *text)
{
	unsigned long long value = strtoull(text, NULL, 0);
	__u32 narrow = value;
	size_t i;

	if (!strcmp(name, "value")) {
		op->value = value;
		return true;
	}
	for (i = 0; i < NFIELDS; i++) {
		if (!strcmp(name, fields[i].name)) {
			memcpy((char *)op + fields[i].offset, &narrow, sizeof(narrow));
			return true;
		}
	}
	return false;
}

bool op_parse(const char *line, struct op *op)
{
	char copy[1024], *rest, *word, *equals;

	memset(op, 0, sizeof(*op));
	snprintf(copy, sizeof(copy), "%s", line);
	word = strtok_r(copy, " \t\n", &rest);
	if (!word)
		return false;
	while (op->kind < OP_KINDS && strcmp(word, op_names[op->kind]))
		op->kind++;
	if (op->kind == OP_KINDS)
		return false;
	while ((word = strtok_r(NULL, " \t\n", &rest))) {
		equals = strchr(word, '=');
		if (!equals)
			return false;
		*equals = '\0';
		if (!parse_field(op, word, equals + 1))
			return false;
	}
	return op->proc <= NPROC && op->reg <= NREG;
}

__u32 op_length(const struct op *op, unsigned int i)
{
	if (op->oddity && i == op->odd) {
		switch (op->oddity) {
		case ODD_LONG:
			return 5000;
		case ODD_EMPTY:
			return 0;
		case ODD_HUGE:
			return 0xffffffff;
		default:
			break;
		}
	}
	return op->length + i * op->step;
}

__u32 op_offset(const struct op *op, unsigned int i)
{
	return (op->offset + i * 97) % (POOL_SIZE - LONGEST);
}

__u32 op_accessible(const struct op *op, __u32 length)
{
	switch (op->memory) {
	case MEM_HALF:
		return length > op->edge ? length - op->edge : 0;
	case MEM_NOWHERE:
	case MEM_KERNEL:
		return 0;
	default:
		return length;
	}
}

__u64 wait_ns(enum wait wait)
{
	switch (wait) {
	case WAIT_SHORT:
		return SHORT_NS;
	case WAIT_LONG:
		return LONG_NS;
	case WAIT_FOREVER:
		return MAILSLOT_WAIT_FOREVER_NS;
	default:
		return 0;
	}
}

struct mailslot_create op_create(const struct op *op, const char name[MAILSLOT_NAME_SIZE])
{
	struct mailslot_create request = {
		.flags = op->flags,
		.mode = op->mode,
		.max_message_size = op->length,
		.reserved = op->request == REQ_RESERVED,
		.queue_bytes = op->value,
		.read_timeout_ns = wait_ns(op->wait),
	};

	memcpy(request.name, name, sizeof(request.name));
	return request;
}

struct mailslot_set_info op_set_info(const struct op *op)
{
	struct mailslot_set_info request = {
		.mask = op->mask,
		.flags = op->flags,
		.read_timeout_ns = op->mask & MAILSLOT_SET_READ_TIMEOUT ? wait_ns(op->wait) : 0,
	};
	__s64 time = op->value;

	if (op->mask & MAILSLOT_SET_CREATION_TIME)
		request.creation_time_ns = time;
	if (op->mask & MAILSLOT_SET_LAST_READ_TIME)
		request.last_read_time_ns = time + 1;
	if (op->mask & MAILSLOT_SET_LAST_WRITE_TIME)
		request.last_write_time_ns = time + 2;
	if (op->mask & MAILSLOT_SET_QUEUE_BYTES)
		request.queue_bytes = op->reach;
	if (op->mask & MAILSLOT_SET_MAX_MESSAGE_SIZE)
		request.max_message_size = op->length;
	if (op->request == REQ_STRAY) {
		switch (op->odd % 7) {
		case 0:
			request.read_timeout_ns++;
			break;
		case 1:
			request.creation_time_ns++;
			break;
		case 2:
			request.last_read_time_ns++;
			break;
		case 3:
			request.last_write_time_ns++;
			break;
		case 4:
			request.queue_bytes++;
			break;
		case 5:
			request.max_message_size++;
			break;
		default:
			request.reserved++;
			break;
		}
	}
	return request;
}

__u32 op_stride(const struct op *op, __u32 known)
{
	return op->request == REQ_MESSAGE_LARGE || op->request == REQ_MESSAGE_TAIL ? known + 8 :
										    known;
}

static __u32 message_size(const struct op *op, size_t right)
{
	if (op->request == REQ_MESSAGE_SMALL)
		return right - 8;
	return op->request == REQ_MESSAGE_HUGE ? 4096 + 8 : op_stride(op, right);
}

struct mailslot_send op_send(const struct op *op)
{
	return (struct mailslot_send) {
		.count = op->count,
		.message_size = message_size(op, sizeof(struct mailslot_send_msg)),
		.flags = op->flags,
		.reserved = op->request == REQ_RESERVED,
	};
}

struct mailslot_receive op_receive(const struct op *op)
{
	return (struct mailslot_receive) {
		.count = op->count,
		.message_size = message_size(op, sizeof(struct mailslot_recv_msg)),
		.flags = op->flags,
		.reserved = op->request == REQ_RESERVED,
	};
}

/* splitmix64, by its published description */
__u64 rng_next(struct rng *rng)
{
	__u64 z = rng->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}
