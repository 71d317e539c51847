// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mailslots: named, message-preserving, many-writers-one-reader local IPC. This file loads and
 * unloads the module. Start reading at slot.h.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "client.h"
#include "control.h"
#include "entry.h"
#include "instance.h"
#include "node.h"
#include "poller.h"
#include "reclaim.h"
#include "server-inode.h"
#include "slot.h"
#include "slot-table.h"
#include "turn.h"

static int __init mailslot_init(void)
{
	int err;

	err = mailslot_slots_init();
	if (err)
		return err;
	err = mailslot_reclaim_init();
	if (err)
		goto err_slots;
	err = mailslot_turns_init();
	if (err)
		goto err_reclaim;
	err = mailslot_pollers_init();
	if (err)
		goto err_turns;
	err = mailslot_nodes_init(&mailslot_client_fops);
	if (err)
		goto err_pollers;
	err = mailslot_inode_init();
	if (err)
		goto err_nodes;
	/* Last: from here on slots may be created. */
	err = mailslot_instances_init();
	if (err)
		goto err_inode;
	err = mailslot_control_init();
	if (err)
		goto err_instances;
	return 0;

err_instances:
	mailslot_instances_exit();
	mailslot_slots_settle();
	mailslot_entries_exit();
err_inode:
	mailslot_inode_exit();
err_nodes:
	mailslot_nodes_exit();
err_pollers:
	mailslot_pollers_exit();
err_turns:
	mailslot_turns_exit();
err_reclaim:
	mailslot_reclaim_exit();
err_slots:
	mailslot_slots_exit();
	return err;
}

/* Every open end holds the module, so only slots that are already being freed can be left. */
static void __exit mailslot_exit(void)
{
	mailslot_control_exit();
	mailslot_instances_exit();
	mailslot_inode_exit();
	mailslot_slots_settle();
	mailslot_entries_exit();
	mailslot_nodes_exit();
	mailslot_pollers_exit();
	mailslot_turns_exit();
	mailslot_reclaim_exit();
	mailslot_slots_exit();
}

module_init(mailslot_init);
module_exit(mailslot_exit);

MODULE_DESCRIPTION("Mailslots: named, message-preserving local IPC");
MODULE_AUTHOR("The mailslot developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
