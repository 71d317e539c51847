/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every subcommand of `mailslot` shares these: exit codes, complaints, memory, options.
 * Each subcommand is a file of its own with one function, declared here.
 */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/mailslot.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NS_PER_S	1000000000ULL

/* Scripts rely on the exit codes, which the manual page lists. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_SLOT = 3,
	EXIT_DENIED = 4,
	EXIT_NO_MODULE = 5,
	EXIT_WAITED = 6,	/* nothing came, or no room, in the time given */
	EXIT_TAKEN = 7,		/* the name is in use, or a foreign file is in its place */
	EXIT_CANNOT_RUN = 126,	/* as env(1) and the shell have the last two */
	EXIT_NO_COMMAND = 127,
};

int command_list(int argc, char **argv);
int command_info(int argc, char **argv);
int command_create(int argc, char **argv);
int command_send(int argc, char **argv);
int command_peek(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_mount(int argc, char **argv);
int command_load(int argc, char **argv);
int command_unload(int argc, char **argv);
int command_status(int argc, char **argv);
int command_relay(int argc, char **argv);

/* complain.c */
extern const char *complain_command;
extern void (*complain_prepare)(void);

void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail(enum exit_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
void stdout_flush(void);

/* memory.c */
void *must_allocate(void *old, size_t size);

/* options.c */
int option_next(int argc, char **argv, const char *letters, const struct option *options,
		const char *help);
uint64_t option_size(const char *text, uint64_t most);
uint64_t option_seconds(const char *text);
uint32_t option_mode(const char *text);
uint64_t option_count(const char *text);

/* Every subcommand's options end with these two. */
#define OPTION_HELP	{ "help", no_argument, NULL, 'h' }
#define OPTIONS_END	{ NULL, 0, NULL, 0 }

/* clock.c of the library */
uint64_t clock_now(void);
uint64_t clock_deadline_ns(uint64_t ns);
struct timespec *clock_left(uint64_t deadline, struct timespec *left);

#endif /* CLI_H */
