/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the random caller share: abi.c tells what it is, abi-ring.c has the rings. */
#ifndef ABI_H
#define ABI_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/mailslot.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define PAGE		4096UL
#define POISON		0x5c
#define CALLERS		2
#define LONGEST		20000

/* Shared by all processes of a round. */
struct shared {
	unsigned long calls;		/* __atomic_*, as all of this */
	unsigned int ready;		/* threads of a round that have what they need to begin */
	unsigned long whole;		/* messages that came out and were looked at */
	unsigned long ringed;		/* those of them that lay in a ring */
	unsigned long failures;
	char first[256];		/* the first of them */
	uint64_t sequence[CALLERS];	/* of the messages each caller has sent */
};

extern struct shared *shared;

void failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One of a caller's own, so that a seed says what it does, if not what meets it. */
struct caller {
	uint64_t random;
	unsigned int number;
	pthread_t thread;
	unsigned char *own;		/* memory that nobody else touches */
	unsigned char *edge;		/* likewise; LONGEST bytes before it, and none behind */
	bool stop;
};

extern __thread struct caller *self;

uint64_t any(void);
unsigned int below(unsigned int n);
bool chance(unsigned int percent);

/* The control node, and the directory of an instance. */
extern int control, directory;

void give_file(int fd);
size_t message_make(unsigned char *to, size_t length);
void message_check(const unsigned char *bytes, size_t length);

/* Of abi-ring.c. */
bool ring_init(void);
unsigned char *ring_edge(void);
void ring_name(char *name, bool checked);
uint64_t ring_address(void);
void ring_call(void);
void ring_call_wild(void);
void ring_disturb(void);

#endif /* ABI_H */
