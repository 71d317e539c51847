// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of lines.  Those marked as budget lines are the ones of the design
 * contract; they come first, so that the regression guard runs nothing else.
 */
#include "line.h"

#define K	1024

const struct line lines[] = {
	{ "64",			STREAM,		64,	1,	true },
	{ "64-depth-8",		STREAM,		64,	8,	true },
	{ "424",		STREAM,		424,	1,	true },
	{ "424-depth-8",	STREAM,		424,	8,	true },
	{ "4K",			STREAM,		4 * K,	1,	true },
	{ "4K-depth-8",		STREAM,		4 * K,	8,	true },
	{ "64K-depth-2",	STREAM,		64 * K,	2,	true },
	{ "64-batch-32",	BATCH,		64,	32,	true },
	{ "64-pingpong",	PINGPONG,	64,	1,	true },

	{ "0",			STREAM,		0,	1,	false },
	{ "16",			STREAM,		16,	1,	false },
	{ "16K",		STREAM,		16 * K,	1,	false },
	{ "64K",		STREAM,		64 * K,	1,	false },
	{ "1M",			STREAM,		K * K,	1,	false },

	{ "0-depth-8",		STREAM,		0,	8,	false },
	{ "16-depth-8",		STREAM,		16,	8,	false },
	{ "16K-depth-8",	STREAM,		16 * K,	8,	false },
	{ "64K-depth-8",	STREAM,		64 * K,	8,	false },
	{ "1M-depth-8",		STREAM,		K * K,	8,	false },

	{ "64-batch-1",		BATCH,		64,	1,	false },
	{ "64-batch-2",		BATCH,		64,	2,	false },
	{ "64-batch-4",		BATCH,		64,	4,	false },
	{ "64-batch-8",		BATCH,		64,	8,	false },
	{ "64-batch-16",	BATCH,		64,	16,	false },
	{ "424-batch-32",	BATCH,		424,	32,	false },
	{ "4K-batch-8",		BATCH,		4 * K,	8,	false },

	{ "0-pingpong",		PINGPONG,	0,	1,	false },
	{ "424-pingpong",	PINGPONG,	424,	1,	false },
	{ "4K-pingpong",	PINGPONG,	4 * K,	1,	false },
	{ "64K-pingpong",	PINGPONG,	64 * K,	1,	false },

	{ "64-writers-1",	WRITERS,	64,	1,	false },
	{ "64-writers-2",	WRITERS,	64,	2,	false },
	{ "64-writers-4",	WRITERS,	64,	4,	false },
	{ "64-writers-8",	WRITERS,	64,	8,	false },
	{ "64-writers-16",	WRITERS,	64,	16,	false },

	{ "create-destroy",	MAKE,		0,	1,	false },
	{ "open-close-1",	VISIT,		0,	1,	false },
	{ "open-close-100",	VISIT,		0,	100,	false },
	{ "open-close-10000",	VISIT,		0,	10000,	false },

	{ "64-among-10000",	AMONG,		64,	10000,	false },
	{ "idle-bytes",		IDLE,		0,	10000,	false },
	{ "queued-64-bytes",	QUEUED,		64,	200000,	false },
	{ "fill-1000000",	FILL,		64,	1000000,	false },
	{ "drain-1000000",	DRAIN,		64,	1000000,	false },
};

const size_t line_count = sizeof(lines) / sizeof(lines[0]);
