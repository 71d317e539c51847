// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot send`: messages from arguments, lines or the whole of standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cli.h"
#include "route.h"

static const char help[] =
	"usage: mailslot send [OPTION...] NAME [TEXT...]\n"
	"\n"
	"Sends each TEXT as a message; without TEXT, all of standard input as one.\n"
	"\n"
	"  -l, --lines            a message from each line of standard input, its end cut\n"
	"  -0, --null             the same with NUL in place of line ends\n"
	"  -L, --length           as 'create --format=length' prints them: each after its\n"
	"                         length of 32 bits, big-endian\n"
	"  -H, --host=HOST        to the slot on another machine, through the relay\n"
	"  -D, --domain=DOMAIN    on each machine of a domain; '*' is the own one\n"
	"  -w, --wait=SECONDS     wait so long for the slot to appear; or 'forever'\n"
	"  -t, --timeout=SECONDS  wait so long for room in the queue; default forever\n"
	"  -n, --nonblock         do not wait for room\n"
	"  -v, --verbose          say how many were sent\n"
	"  -h, --help             this\n"
	"\n"
	"Exit status: 0 when all were sent; 1 some message cannot be; 3 no such slot, it\n"
	"is gone, or no relay; 4 no permission; 5 the module is not loaded; 6 no room, or\n"
	"no slot, in the time given; 7 something that is no slot has its place. What came\n"
	"before the error has been sent, and standard error says how many that were.\n";

struct sending {
	struct route route;
	int fd;
	uint64_t timeout;	/* for room, ns */
	uint64_t sent;
	uint32_t longest;	/* bytes that a message may have */
};

static _Noreturn void fail_send(const struct sending *sending, int err)
{
	enum exit_code code = EXIT_FAILED;
	const char *why = strerror(err);

	switch (err) {
	case EPIPE:
	case ENXIO:
		code = EXIT_NO_SLOT;
		why = sending->route.local ? "the slot is gone: its server has closed it" :
					     "the relay has ended";
		break;
	case EAGAIN:
		code = EXIT_WAITED;
		why = "the queue is full";
		break;
	case EMSGSIZE:
		why = sending->route.remote.to_many ? "longer than the 424 bytes to a domain" :
						      "longer than the slot takes";
		break;
	case EDQUOT:
		why = "the slot's owner has max_user_bytes in queues, or you in messages under way";
		break;
	}
	if (sending->sent)
		complain("%llu messages were sent, then:", (unsigned long long)sending->sent);
	fail(code, "%s: message %llu was not sent: %s", sending->route.shown,
	     (unsigned long long)sending->sent + 1, why);
}

static void wait_for_room(const struct sending *sending, uint64_t deadline)
{
	struct pollfd poll = { .fd = sending->fd, .events = POLLOUT };
	struct timespec left;
	int n;

	do {
		n = ppoll(&poll, 1, clock_left(deadline, &left), NULL);
		if (!n && clock_now() >= deadline)
			fail_send(sending, EAGAIN);
		if (n < 0 && errno != EINTR)
			fail_send(sending, errno);
	} while (n <= 0);
}

/* Put the address before a message for the relay, if the slot serves many addresses. */
static ssize_t write_one(struct sending *sending, const void *bytes, size_t length)
{
	struct remote *remote = &sending->route.remote;
	struct iovec parts[] = {
		{ remote->address, remote->address_size },
		{ (void *)(uintptr_t)bytes, length },
	};

	/* writev(2) of no bytes sends nothing, and an empty message is one. */
	if (!remote->address_size)
		return write(sending->fd, bytes, length);
	return writev(sending->fd, parts, ARRAY_SIZE(parts));
}

/* The descriptor blocks unless there is a timeout. */
static void send_one(struct sending *sending, const void *bytes, size_t length)
{
	uint64_t deadline = 0;

	/* The slot has room for an address before the message. */
	if (sending->route.remote.to_many && length > REMOTE_LONGEST_TO_MANY)
		fail_send(sending, EMSGSIZE);
	while (write_one(sending, bytes, length) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || !sending->timeout)
			fail_send(sending, errno);
		if (!deadline)
			deadline = clock_deadline_ns(sending->timeout);
		wait_for_room(sending, deadline);
	}
	sending->sent++;
}

static _Noreturn void fail_input(const struct sending *sending, const char *why)
{
	if (sending->sent)
		complain("%llu messages were sent, then:", (unsigned long long)sending->sent);
	fail(EXIT_FAILED, "standard input: %s", why);
}

static void send_whole(struct sending *sending)
{
	size_t room = 65536, length = 0;
	char *bytes = must_allocate(NULL, room);
	ssize_t n;

	while ((n = read(STDIN_FILENO, bytes + length, room - length))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			fail_input(sending, strerror(errno));
		length += (size_t)n;
		if (length > sending->longest)
			fail_send(sending, EMSGSIZE);
		if (length == room) {
			room *= 2;
			bytes = must_allocate(bytes, room);
		}
	}
	send_one(sending, bytes, length);
	free(bytes);
}

/* Input may be without end and without a delimiter, so no more is read than a message may have. */
static void send_delimited(struct sending *sending, int delimiter)
{
	size_t room = 4096, length = 0;
	char *line = must_allocate(NULL, room);
	int c;

	while ((c = getc_unlocked(stdin)) != EOF) {
		if (c == delimiter) {
			send_one(sending, line, length);
			length = 0;
			continue;
		}
		if (length == sending->longest)
			fail_send(sending, EMSGSIZE);
		if (length == room) {
			room *= 2;
			line = must_allocate(line, room);
		}
		line[length++] = (char)c;
	}
	if (ferror(stdin))
		fail_input(sending, strerror(errno));
	/* The last one counts also without its delimiter. */
	if (length)
		send_one(sending, line, length);
	free(line);
}

static void send_framed(struct sending *sending)
{
	char *bytes = NULL;
	uint32_t length;
	size_t n;

	while ((n = fread(&length, 1, sizeof(length), stdin)) == sizeof(length)) {
		length = ntohl(length);
		if (length > sending->longest)
			fail_send(sending, EMSGSIZE);
		bytes = must_allocate(bytes, length ?: 1);
		if (fread(bytes, 1, length, stdin) != length)
			fail_input(sending, ferror(stdin) ? strerror(errno) :
							    "ends within a message");
		send_one(sending, bytes, length);
	}
	if (n || ferror(stdin))
		fail_input(sending, ferror(stdin) ? strerror(errno) : "ends within a length");
	free(bytes);
}

static uint32_t longest(const struct route *route, const struct mailslot_info *info)
{
	uint64_t room = info->queue_bytes - MAILSLOT_MESSAGE_COST;

	if (info->max_message_size && info->max_message_size < room)
		room = info->max_message_size;
	room = room > route->remote.address_size ? room - route->remote.address_size : 0;
	if (route->remote.to_many && room > REMOTE_LONGEST_TO_MANY)
		return REMOTE_LONGEST_TO_MANY;
	return room < UINT32_MAX ? (uint32_t)room : UINT32_MAX;
}

struct options {
	int input;		/* letter of the option, or 0: whole */
	unsigned int form;	/* REMOTE_HOST, REMOTE_DOMAIN, or 0: the slot is here */
	const char *host;	/* or domain */
	uint64_t wait;
	bool waits;
	bool verbose;
};

static void set_option(struct sending *sending, struct options *given, int c)
{
	switch (c) {
	case 'l':
	case '0':
	case 'L':
		if (given->input && given->input != c)
			usage("--lines, --null and --length exclude each other");
		given->input = c;
		break;
	case 'H':
	case 'D':
		if (given->host)
			usage("--host and --domain exclude each other, and can be given once");
		given->form = c == 'H' ? REMOTE_HOST : REMOTE_DOMAIN;
		given->host = optarg;
		break;
	case 'w':
		given->wait = option_seconds(optarg);
		given->waits = true;
		break;
	case 't':
		sending->timeout = option_seconds(optarg);
		break;
	case 'n':
		sending->timeout = 0;
		break;
	case 'v':
		given->verbose = true;
		break;
	}
}

static void send_input(struct sending *sending, int input)
{
	switch (input) {
	case 'l':
		send_delimited(sending, '\n');
		break;
	case '0':
		send_delimited(sending, '\0');
		break;
	case 'L':
		send_framed(sending);
		break;
	default:
		send_whole(sending);
	}
}

int command_send(int argc, char **argv)
{
	static const struct option options[] = {
		{ "lines", no_argument, NULL, 'l' },
		{ "null", no_argument, NULL, '0' },
		{ "length", no_argument, NULL, 'L' },
		{ "host", required_argument, NULL, 'H' },
		{ "domain", required_argument, NULL, 'D' },
		{ "wait", required_argument, NULL, 'w' },
		{ "timeout", required_argument, NULL, 't' },
		{ "nonblock", no_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },
		OPTION_HELP, OPTIONS_END
	};
	struct sending sending = { .timeout = MAILSLOT_WAIT_FOREVER_NS };
	struct options given = { 0 };
	struct mailslot_info info;
	int c, flags;

	while ((c = option_next(argc, argv, ":l0LH:D:w:t:nvh", options, help)) != -1)
		set_option(&sending, &given, c);
	if (optind == argc)
		usage("which slot?");
	if (given.host)
		route_away(&sending.route, given.form, given.host, argv[optind++]);
	else
		route_here(&sending.route, argv[optind++]);
	if (optind < argc && given.input)
		usage("--lines, --null and --length are for standard input, not for TEXT");
	flags = O_WRONLY | (sending.timeout == MAILSLOT_WAIT_FOREVER_NS ? 0 : O_NONBLOCK);
	sending.fd = given.waits ? route_wait(&sending.route, flags, &info, given.wait) :
				   route_open(&sending.route, flags, &info);
	sending.longest = longest(&sending.route, &info);
	if (optind == argc)
		send_input(&sending, given.input);
	for (; optind < argc; optind++)
		send_one(&sending, argv[optind], strlen(argv[optind]));
	close(sending.fd);
	if (given.verbose)
		complain("%llu messages sent to %s", (unsigned long long)sending.sent,
			 sending.route.shown);
	return EXIT_OK;
}
