// SPDX-License-Identifier: LGPL-2.1-or-later
/* `mailslot`: finds the subcommand and runs it. Each subcommand is in a file of its own. */
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "home.h"

static const char help[] =
	"usage: mailslot COMMAND [OPTION...] [ARGUMENT...]\n"
	"\n"
	"Mailslots are named queues of messages, with many writers and one reader each:\n"
	"/dev/mailslot/NAME, or in another directory that MAILSLOT_DIR names.\n"
	"\n"
	"  list               show all slots\n"
	"  info NAME          show one slot\n"
	"  create NAME        make a slot and print what comes,\n"
	"                     or run a command with the slot as standard input\n"
	"  send NAME [TEXT]   send messages\n"
	"  peek NAME          show what waits in a slot, and leave it there\n"
	"  watch              show slots and rates, live\n"
	"  mount [DIR]        make an instance: a file system of slots\n"
	"  load, unload       put the kernel module in, take it out\n"
	"  status             tell about the module\n"
	"  relay status       tell about the relay, which reaches other machines\n"
	"\n"
	"'mailslot COMMAND --help' tells more, mailslot(1) all.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "list", command_list },
	{ "info", command_info },
	{ "create", command_create },
	{ "send", command_send },
	{ "peek", command_peek },
	{ "watch", command_watch },
	{ "mount", command_mount },
	{ "load", command_load },
	{ "unload", command_unload },
	{ "status", command_status },
	{ "relay", command_relay },
};

/*
 * A slot's descriptor must not become standard output because that was closed. What takes its
 * place fails as a closed one does: nothing was given to send, and nothing is printed.
 */
static void open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", fcntl(STDIN_FILENO, F_GETFD) < 0 ? O_WRONLY : O_RDONLY);
	} while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

static int run(const char *name, int argc, char **argv)
{
	static char command[32];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		snprintf(command, sizeof(command), "mailslot %s", name);
		complain_command = command;
		return commands[i].run(argc, argv);
	}
	usage("no command '%s'", name);
}

static _Noreturn void show_help(void)
{
	fputs(help, stdout);
	stdout_flush();
	exit(EXIT_OK);
}

static int run_help(int argc, char **argv)
{
	char *words[3] = { argv[1], (char *)"--help" };

	if (argc == 1 || !strcmp(argv[1], "help"))
		show_help();
	if (argc > 2)
		usage("'%s' is too much", argv[2]);
	return run(argv[1], 2, words);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "version", no_argument, NULL, 'V' }, OPTION_HELP, OPTIONS_END
	};
	int c, code, first;

	open_standard();
	home_begin();
	setlocale(LC_CTYPE, "");
	while ((c = option_next(argc, argv, "+:hV", options, help)) != -1) {
		if (c == 'V') {
			puts("mailslot " VERSION);
			stdout_flush();
			return EXIT_OK;
		}
	}
	if (optind == argc)
		usage("which command?");
	first = optind;
	/* 0 also resets what getopt_long() holds. */
	optind = 0;
	if (!strcmp(argv[first], "help"))
		return run_help(argc - first, argv + first);
	code = run(argv[first], argc - first, argv + first);
	stdout_flush();
	return code;
}
