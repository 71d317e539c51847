// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mailslot-relay: messages to and from slots of other machines, by NATS. This file has its options
 * and its signals.
 */
#include <errno.h>
#include <getopt.h>
#include <nats/nats.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home.h"
#include "log.h"
#include "relay.h"

#define CONFIG_FILE	"/etc/mailslot/relay.conf"
/* As sysexits.h and systemd have them. */
#define EXIT_USAGE	2
#define EXIT_BAD_CONFIG	78

static const char help[] =
	"usage: mailslot-relay [OPTION...]\n"
	"\n"
	"Carries messages between the slots of machines, through servers of NATS.\n"
	"\n"
	"  -c, --config=FILE      default " CONFIG_FILE "\n"
	"  -C, --check            only read the configuration\n"
	"  -V, --version          the version\n"
	"  -h, --help             this\n"
	"\n"
	"SIGHUP: read the configuration again. SIGTERM, SIGINT: end.\n"
	"\n"
	"Exit status: 0 after a signal; 1 a slot or the socket cannot be made; 2 wrong\n"
	"usage; 78 the configuration is wrong.\n";

struct program {
	const char *file;
	struct relay *relay;
};

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	struct program *program = data;
	struct config *config;

	(void)source;
	(void)info;
	sd_notify(0, "RELOADING=1");
	config = config_read(program->file);
	if (!config || !relay_change(program->relay, config)) {
		if (config)
			config_free(config);
		log_line(SD_ERR, "the configuration stays as it was");
	} else {
		log_line(SD_NOTICE, "the configuration was read again");
	}
	sd_notify(0, "READY=1");
	return 0;
}

static int run(struct program *program, struct config *config)
{
	sd_event *event = NULL;
	int status;

	if (sd_event_default(&event) < 0 ||
	    sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL) < 0 ||
	    sd_event_add_signal(event, NULL, SIGINT, NULL, NULL) < 0 ||
	    sd_event_add_signal(event, NULL, SIGHUP, on_reload, program) < 0) {
		config_free(config);
		log_line(SD_ERR, "no memory");
		return EXIT_FAILURE;
	}
	sd_event_set_watchdog(event, 1);
	program->relay = relay_start(event, config);
	if (!program->relay)
		return EXIT_FAILURE;
	sd_notify(0, "READY=1");
	status = sd_event_loop(event);
	sd_notify(0, "STOPPING=1");
	relay_stop(program->relay);
	sd_event_unref(event);
	return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The library's objects find slots where the environment says. */
static int enter_home(const struct config *config)
{
	if (setenv("MAILSLOT_DIR", config->directory, 1))
		return -1;
	home_begin();
	if (*home_directory())
		return 0;
	log_line(SD_ERR, "%s: no absolute path of at most %u bytes", config->directory,
		 (unsigned int)HOME_MAX);
	return -1;
}

/* A client end for each slot that is written to. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Block the signals before other threads are started, which must not get them. */
static void block_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static _Noreturn void bad_usage(void)
{
	fputs("mailslot-relay: what? 'mailslot-relay --help' tells\n", stderr);
	exit(EXIT_USAGE);
}

static const char *parse_options(int argc, char **argv, bool *check)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'C' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *file = CONFIG_FILE;
	int c;

	while ((c = getopt_long(argc, argv, "c:CVh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			file = optarg;
			break;
		case 'C':
			*check = true;
			break;
		case 'V':
			puts(VERSION);
			exit(EXIT_SUCCESS);
		case 'h':
			fputs(help, stdout);
			exit(EXIT_SUCCESS);
		default:
			bad_usage();
		}
	}
	if (optind < argc)
		bad_usage();
	return file;
}

int main(int argc, char **argv)
{
	struct program program = { 0 };
	struct config *config;
	bool check = false;

	program.file = parse_options(argc, argv, &check);
	log_begin();
	config = config_read(program.file);
	if (!config)
		return EXIT_BAD_CONFIG;
	if (check) {
		config_free(config);
		return EXIT_SUCCESS;
	}
	umask(0);
	block_signals();
	raise_limit();
	if (enter_home(config)) {
		config_free(config);
		return EXIT_BAD_CONFIG;
	}
	/* Messages of all subscriptions come in one thread, one after the other (incoming.c). */
	if (nats_Open(-1) || nats_SetMessageDeliveryPoolSize(1)) {
		config_free(config);
		log_line(SD_ERR, "libnats cannot start");
		return EXIT_FAILURE;
	}
	return run(&program, config);
}
