/* SPDX-License-Identifier: GPL-2.0-only */
/* What the random caller's calls reach in kmod/. Without cover_start() all of it does nothing. */
#ifndef ABI_COVER_H
#define ABI_COVER_H

#include <stdbool.h>
#include <stdint.h>

/* Before the rounds. False: this kernel has no KCOV. */
bool cover_start(bool guided);
unsigned int cover_edges(void);
unsigned int cover_kept(void);

/* Episodes that an earlier run of the same program kept. False: no file, or no good one. */
bool cover_load(const char *path);
bool cover_save(const char *path);

/* For the process of a round, before it drops its privileges. */
bool cover_round(void);

/* For a caller's thread: once; after each call; for each number that it draws. */
void cover_begin(void);
void cover_called(void);
uint64_t cover_draw(uint64_t drawn);

#endif /* ABI_COVER_H */
