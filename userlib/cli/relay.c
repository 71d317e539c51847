// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot relay`: what the relay tells of itself, on a socket that sends one JSON object to
 * whoever connects.  Anybody may listen at a socket's path: what comes is looked at as any other
 * input is, and waited for a limited time.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "cli.h"
#include "describe.h"
#include "text.h"

#define SOCKET		"/run/mailslot-relay/status"
#define PATIENCE_NS	(5 * NS_PER_S)
#define MOST_BYTES	(1U << 20)

static const char help[] =
	"usage: mailslot relay status [OPTION...]\n"
	"\n"
	"Tells what mailslot-relay(8), which takes messages to other machines and from\n"
	"them, has done since it was started.\n"
	"\n"
	"  -j, --json         one object\n"
	"  -s, --socket=PATH  where the relay tells it;\n"
	"                     default " SOCKET "\n"
	"  -h, --help         this\n"
	"\n"
	"Exit status: 0; 1 the answer makes no sense; 3 no relay runs; 4 no permission;\n"
	"6 the relay does not answer within 5 seconds.\n";

static _Noreturn void fail_connect(const char *path, int err)
{
	switch (err) {
	case ENOENT:
	case ECONNREFUSED:
		fail(EXIT_NO_SLOT, "no relay runs here: nobody listens at %s", path);
	case EACCES:
	case EPERM:
		fail(EXIT_DENIED, "no permission to connect to %s", path);
	case EAGAIN:
		fail(EXIT_WAITED, "%s: the relay does not answer", path);
	default:
		fail(EXIT_FAILED, "%s: %s", path, strerror(err));
	}
}

/* A connection, or the end.  A full backlog is waited for, too. */
static int connect_to(const char *path, uint64_t deadline)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timespec pause = { 0, 20000000 };
	int fd, rc;

	if (!*path || strlen(path) >= sizeof(address.sun_path))
		usage("'%s' is no path of a socket: 1 to %zu bytes", path,
		      sizeof(address.sun_path) - 1);
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		fail(EXIT_FAILED, "a socket: %s", strerror(errno));
	do {
		rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
		if (rc && errno == EAGAIN)
			nanosleep(&pause, NULL);
	} while (rc && (errno == EAGAIN || errno == EINTR) && clock_now() < deadline);
	if (rc)
		fail_connect(path, errno == EINTR ? EAGAIN : errno);
	return fd;
}

static void wait_for_more(int fd, const char *path, uint64_t deadline)
{
	struct pollfd poll = { .fd = fd, .events = POLLIN };
	struct timespec left;

	if (clock_now() >= deadline)
		fail_connect(path, EAGAIN);
	ppoll(&poll, 1, clock_left(deadline, &left), NULL);
}

/* All that comes until the end; its length. */
static size_t read_all(int fd, const char *path, char *bytes, uint64_t deadline)
{
	size_t length = 0;
	ssize_t n;

	/* A daemon that sends a byte now and then does not prolong the wait. */
	do {
		wait_for_more(fd, path, deadline);
		n = recv(fd, bytes + length, MOST_BYTES - length, 0);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			fail(EXIT_FAILED, "%s: %s", path, strerror(errno));
		length += n > 0 ? (size_t)n : 0;
	} while (n && length < MOST_BYTES);
	return length;
}

static json_t *read_status(const char *path)
{
	uint64_t deadline = clock_deadline_ns(PATIENCE_NS);
	int fd = connect_to(path, deadline);
	char *bytes = must_allocate(NULL, MOST_BYTES);
	size_t length = read_all(fd, path, bytes, deadline);
	json_t *status = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);

	free(bytes);
	close(fd);
	if (!json_is_object(status))
		fail(EXIT_FAILED, "%s: the answer is no JSON object: no relay listens there",
		     path);
	return status;
}

/* A member that is text, escaped, or else "?". */
static const char *text_member(json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return "?";
	return text_escaped(json_string_value(value), json_string_length(value));
}

static long long number(json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void print_connection(json_t *status)
{
	bool connected = json_is_true(json_object_get(status, "connected"));

	printf("server               %s%s, %lld reconnects\n",
	       connected ? text_member(status, "server") : "none",
	       connected ? "" : ": not connected", number(status, "reconnects"));
}

static void print_since(json_t *status)
{
	time_t since = (time_t)(number(status, "since_ns") / (long long)NS_PER_S);
	char text[64] = "?";
	struct tm tm;

	if (localtime_r(&since, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	printf("relay                %s, since %s\n", text_member(status, "version"), text);
}

/* Return a reason of the relay in words.  A reason that is not known is returned as it is. */
static const char *reason(const char *key)
{
	static const struct {
		const char *key, *words;
	} reasons[] = {
		{ "no_slot", "for lack of the slot" },
		{ "full", "as the slot was full" },
		{ "too_long", "as too long" },
		{ "not_exported", "for slots that are not exported" },
		{ "garbage", "that no relay has sent" },
		{ "not_allowed", "from here to where none may go" },
		{ "disconnected", "for lack of a connection" },
		{ "slow", "as slots were not read fast enough" },
		{ "own_error", "by errors of the relay" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (!strcmp(reasons[i].key, key))
			return reasons[i].words;
	return text_escaped(key, strlen(key));
}

static void print_dropped(json_t *dropped)
{
	unsigned long long all = 0;
	const char *key;
	json_t *value;

	json_object_foreach(dropped, key, value)
		all += (unsigned long long)json_integer_value(value);
	printf("dropped              %llu messages\n", all);
	json_object_foreach(dropped, key, value)
		if (json_integer_value(value))
			printf("                     %lld %s\n",
			       (long long)json_integer_value(value), reason(key));
}

static void print_status(json_t *status)
{
	json_t *stored = json_object_get(status, "stored");

	print_since(status);
	printf("host                 %s\n", text_member(status, "host"));
	printf("domain               %s\n", text_member(status, "domain"));
	print_connection(status);
	printf("sent                 %lld messages, %lld bytes; %lld wait\n",
	       number(status, "sent"), number(status, "sent_bytes"), number(status, "queued"));
	printf("received             %lld messages, %lld bytes\n", number(status, "received"),
	       number(status, "received_bytes"));
	print_dropped(json_object_get(status, "dropped"));
	printf("stored               %lld sent, %lld received, %lld twice; %lld wait\n",
	       number(stored, "sent"), number(stored, "received"), number(stored, "duplicates"),
	       number(stored, "waiting"));
}

int command_relay(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "socket", required_argument, NULL, 's' },
		OPTION_HELP, OPTIONS_END
	};
	const char *path = SOCKET;
	bool json = false;
	json_t *status;
	int c;

	while ((c = option_next(argc, argv, ":js:h", options, help)) != -1) {
		if (c == 'j')
			json = true;
		else
			path = optarg;
	}
	if (optind == argc)
		usage("'status' is what there is to ask for");
	if (strcmp(argv[optind], "status"))
		usage("no command 'relay %s'", argv[optind]);
	if (optind + 1 < argc)
		usage("'%s' is too much", argv[optind + 1]);
	status = read_status(path);
	if (json) {
		describe_print(status, JSON_INDENT(2));
		return EXIT_OK;
	}
	print_status(status);
	json_decref(status);
	return EXIT_OK;
}
