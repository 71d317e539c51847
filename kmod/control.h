/* SPDX-License-Identifier: GPL-2.0-only */
/* The control node, on which slots are created. */
#ifndef MAILSLOT_CONTROL_H
#define MAILSLOT_CONTROL_H

int mailslot_control_init(void);
void mailslot_control_exit(void);

#endif
