/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages as output: text, raw, with their length, JSON lines, hex.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "cli.h"

enum format {
	FORMAT_TEXT,
	FORMAT_RAW,
	FORMAT_LENGTH,
	FORMAT_JSON,
	FORMAT_HEX,
};

struct output {
	enum format format;
	bool sender;		/* print sender, time and number before text and hex */
	bool escape;		/* text without control characters, a line each */
};

enum format output_format(const char *name);
void output_check(struct output *output);
void output_message(const struct output *output, const struct mailslot_recv_msg *message);

#endif /* OUTPUT_H */
