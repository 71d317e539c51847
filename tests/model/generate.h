/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random operations. The generator looks at the model so that most of them make
 * sense and sizes lie around the limits there are just now; what an operation
 * does is not its business.
 */
#ifndef MODEL_GENERATE_H
#define MODEL_GENERATE_H

#include "world.h"

enum style {
	STYLE_MIXED,	/* one process: everything it can do alone */
	STYLE_MESSAGES,	/* one process: few slots, many messages */
	STYLE_LIMITS,	/* one process: names, users, module parameters */
	STYLE_MANY,	/* several processes that wait for each other */
	STYLES,
};

extern const char * const style_names[STYLES];

static inline bool style_is_many(enum style style)
{
	return style == STYLE_MANY;
}

struct generator {
	struct rng rng;
	enum style style;
};

void generator_init(struct generator *generator, enum style style, __u64 seed);
void generate(struct generator *generator, const struct world *world, struct op *op);

#endif
