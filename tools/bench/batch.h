/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The message headers of one batched call, for the two kinds of batched call there
 * are.  Only the peers look inside.
 */
#ifndef BENCH_BATCH_H
#define BENCH_BATCH_H

#include <sys/socket.h>
#include <linux/mailslot.h>
#include "peer.h"

struct batch {
	struct mmsghdr socket[BATCH_MAX];
	struct iovec iov[BATCH_MAX];
	struct mailslot_send_msg send[BATCH_MAX];
	struct mailslot_recv_msg receive[BATCH_MAX];
};

#endif /* BENCH_BATCH_H */
