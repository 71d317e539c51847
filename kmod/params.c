// SPDX-License-Identifier: GPL-2.0-only
/* The properties of a slot that is to be made, checked against the limits of the administrator. */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kstrtox.h>
#include <linux/mailslot.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "name.h"
#include "params.h"
#include "ring.h"
#include "user.h"

/*
 * Refuse a value below the cost of one message: every CREATE would fail, or every CREATE without a
 * size.
 */
static int queue_bytes_set(const char *value, const struct kernel_param *parameter)
{
	unsigned long bytes;
	int err;

	err = kstrtoul(value, 0, &bytes);
	if (err)
		return err;
	if (bytes < MAILSLOT_MESSAGE_COST)
		return -EINVAL;
	WRITE_ONCE(*(ulong *)parameter->arg, bytes);
	return 0;
}

static const struct kernel_param_ops queue_bytes_ops = {
	.set = queue_bytes_set,
	.get = param_get_ulong,
};

static ulong default_queue_bytes = 16UL << 20;
module_param_cb(default_queue_bytes, &queue_bytes_ops, &default_queue_bytes, 0644);
__MODULE_PARM_TYPE(default_queue_bytes, "ulong");
MODULE_PARM_DESC(default_queue_bytes,
		 "What a queue holds if its creator names no size (at least 64; default 16 MiB)");

static ulong max_queue_bytes = 256UL << 20;
module_param_cb(max_queue_bytes, &queue_bytes_ops, &max_queue_bytes, 0644);
__MODULE_PARM_TYPE(max_queue_bytes, "ulong");
MODULE_PARM_DESC(max_queue_bytes,
		 "The most that a queue may be made to hold (at least 64; default 256 MiB)");

/* Check everything about the request that does not depend on other slots. */
static int request_check(const struct mailslot_create *request)
{
	if (request->flags & ~MAILSLOT_CREATE_FLAGS || request->reserved)
		return -EINVAL;
	if (request->mode & ~0777)
		return -EINVAL;
	if (request->flags & MAILSLOT_CREATE_WHOLE && request->flags & MAILSLOT_CREATE_RING)
		return -EINVAL;
	return mailslot_name_check(request->name, sizeof(request->name)) ?:
	       mailslot_name_check_depth(request->name);
}

/**
 * mailslot_params_queue_bytes() - determine the size of a queue
 * @bytes: the size that the caller asks for, 0 for the default; replaced by the actual size
 *
 * Context: any.
 * Return: 0 or -ERANGE.
 */
int mailslot_params_queue_bytes(u64 *bytes)
{
	u64 most = READ_ONCE(max_queue_bytes);

	if (!*bytes)
		*bytes = min_t(u64, READ_ONCE(default_queue_bytes), most);
	return *bytes < MAILSLOT_MESSAGE_COST || *bytes > most ? -ERANGE : 0;
}

/**
 * mailslot_params_fill() - determine the properties of a slot that CREATE makes
 * @params: all fields are set; the name is the request's
 * @request: what CREATE was given
 *
 * Context: process context.
 * Return: 0, -EINVAL, -ENAMETOOLONG, -ERANGE or -EOPNOTSUPP.
 */
int mailslot_params_fill(struct mailslot_params *params, const struct mailslot_create *request)
{
	u64 queue_bytes = request->queue_bytes;
	int err = request_check(request) ?: mailslot_params_queue_bytes(&queue_bytes);

	if (err)
		return err;
	if (request->flags & MAILSLOT_CREATE_RING) {
		err = mailslot_ring_check(queue_bytes);
		if (err)
			return err;
	}
	*params = (struct mailslot_params){
		.name = request->name,
		.queue_bytes = queue_bytes,
		.read_timeout = request->read_timeout_ns,
		.max_message_size = request->max_message_size,
		.mode = request->mode & ~current_umask(),
		.whole = request->flags & MAILSLOT_CREATE_WHOLE,
		.ring = request->flags & MAILSLOT_CREATE_RING,
		.exempt = mailslot_user_exempt(),
	};
	return 0;
}

/**
 * mailslot_params_default() - determine the properties of a slot that open(2) makes
 * @params: all fields are set
 * @name: its name
 *
 * Reads from the slot wait for ever. The caller sets the mode.
 *
 * Context: process context.
 * Return: 0, -EINVAL or -ENAMETOOLONG.
 */
int mailslot_params_default(struct mailslot_params *params, const char *name)
{
	u64 queue_bytes = 0;

	/* The default is never refused, because the parameters are checked when they are set. */
	mailslot_params_queue_bytes(&queue_bytes);
	*params = (struct mailslot_params){
		.name = name,
		.queue_bytes = queue_bytes,
		.read_timeout = MAILSLOT_WAIT_FOREVER_NS,
		.exempt = mailslot_user_exempt(),
	};
	return mailslot_name_check(name, MAILSLOT_NAME_SIZE) ?: mailslot_name_check_depth(name);
}
