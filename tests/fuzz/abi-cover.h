/* SPDX-License-Identifier: GPL-2.0-only */
/* What the random caller's calls reach in kmod/. Without cover_start() all else does nothing. */
#ifndef ABI_COVER_H
#define ABI_COVER_H

#include <stdbool.h>

/* Before the rounds. False: this kernel has no KCOV. */
bool cover_start(void);
unsigned int cover_edges(void);

/* For the process of a round, before it drops its privileges. */
bool cover_round(void);

/* For a caller's thread: once; after each call. */
void cover_begin(void);
void cover_called(void);

#endif /* ABI_COVER_H */
