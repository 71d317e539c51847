/* SPDX-License-Identifier: GPL-2.0-only */
/* The client end of a slot: the file that opening its node gives. */
#ifndef MAILSLOT_CLIENT_H
#define MAILSLOT_CLIENT_H

#include <linux/fs.h>

extern const struct file_operations mailslot_client_fops;

#endif
