/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client end of a slot that was made with MAILSLOT_CREATE_WHOLE: what is written to it until
 * its last close, or until fsync, is one message.
 */
#ifndef MAILSLOT_WHOLE_H
#define MAILSLOT_WHOLE_H

#include <linux/fs.h>
#include <linux/uio.h>

#include "client.h"

struct mailslot_client *mailslot_whole_alloc(void);
ssize_t mailslot_whole_write(struct mailslot_client *client, struct iov_iter *from);
int mailslot_whole_sync(struct mailslot_client *client, bool nonblock);
int mailslot_whole_flush(struct mailslot_client *client, struct file *file);
void mailslot_whole_release(struct mailslot_client *client);
void mailslot_wholes_exit(void);

#endif
