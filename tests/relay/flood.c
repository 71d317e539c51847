// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages from one process to another and their rate, or there and back and their time: through
 * slots and two relays, or through NATS alone, by the method of the client's own examples.
 *
 * usage: flood rate|trip nats|nats-asap URL SUBJECT MESSAGES SIZE
 *        flood rate|trip slots DIRECTORY REMOTE[,BACK] DIRECTORY SLOT MESSAGES SIZE
 *
 * rate: one process sends, with at most WINDOW messages under way, and one receives. Prints the
 * messages a second. trip: the other process sends each message back, to SUBJECT.back or by BACK
 * in its own directory. Prints the median in microseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <nats/nats.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/mailslot.h>

#define WINDOW		8192
#define BATCH		64
#define SIZE_MAX_HERE	65536

/* A way for messages: one process opens it to send, another one to receive. */
struct way {
	void (*open_sender)(struct way *way);
	void (*open_receiver)(struct way *way);
	/* Send the message so many times. */
	void (*send)(struct way *way, const void *message, int size, unsigned int times);
	/* Wait for messages; how many came. */
	int (*receive)(struct way *way);
	const char *url, *subject;		/* of NATS */
	bool asap;				/* a system call for each message */
	const char *from, *remote, *to, *slot;	/* of slots: directories and names */
	int fd;
	natsConnection *connection;
	natsSubscription *subscription;
};

static struct {
	_Atomic unsigned long received;
	_Atomic bool ready;
} *shared;

static char message[SIZE_MAX_HERE];

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "flood: %s: %s\n", what, why);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void nats_open(struct way *way)
{
	natsOptions *options = NULL;
	natsStatus status;

	status = natsOptions_Create(&options);
	status = status ?: natsOptions_SetURL(options, way->url);
	status = status ?: natsOptions_SetSendAsap(options, way->asap);
	status = status ?: natsConnection_Connect(&way->connection, options);
	if (status)
		die(way->url, natsStatus_GetText(status));
	natsOptions_Destroy(options);
}

static void nats_open_receiver(struct way *way)
{
	nats_open(way);
	if (natsConnection_SubscribeSync(&way->subscription, way->connection, way->subject) ||
	    natsSubscription_SetPendingLimits(way->subscription, -1, -1) ||
	    natsConnection_Flush(way->connection))
		die(way->subject, "cannot subscribe");
}

static void nats_send(struct way *way, const void *bytes, int size, unsigned int times)
{
	natsStatus status = NATS_OK;

	while (!status && times--)
		status = natsConnection_Publish(way->connection, way->subject, bytes, size);
	if (status)
		die(way->subject, natsStatus_GetText(status));
}

static int nats_receive(struct way *way)
{
	natsMsg *msg = NULL;
	natsStatus status = natsSubscription_NextMsg(&msg, way->subscription, 10000);

	if (status)
		die("receive", natsStatus_GetText(status));
	natsMsg_Destroy(msg);
	return 1;
}

static void slots_open_sender(struct way *way)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", way->from, way->remote);
	way->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (way->fd < 0)
		die(path, strerror(errno));
}

static void slots_open_receiver(struct way *way)
{
	struct mailslot_create create = { .read_timeout_ns = 10000000000 };
	int directory = open(way->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	snprintf(create.name, sizeof(create.name), "%s", way->slot);
	way->fd = ioctl(directory, MAILSLOT_IOC_CREATE, &create);
	if (way->fd < 0)
		die(way->slot, strerror(errno));
	close(directory);
}

static void slots_send(struct way *way, const void *bytes, int size, unsigned int times)
{
	struct mailslot_send_msg entries[BATCH] = { 0 };
	struct mailslot_send send = {
		.messages = (uintptr_t)entries,
		.count = times,
		.message_size = sizeof(entries[0]),
	};
	unsigned int i;
	int n;

	for (i = 0; i < times; i++) {
		entries[i].buffer = (uintptr_t)bytes;
		entries[i].length = (uint32_t)size;
	}
	while (send.count) {
		n = ioctl(way->fd, MAILSLOT_IOC_SEND, &send);
		if (n < 0)
			die(way->remote, strerror(errno));
		send.count -= (unsigned int)n;
	}
}

static int slots_receive(struct way *way)
{
	static char buffers[BATCH][4096];
	struct mailslot_recv_msg entries[BATCH] = { 0 };
	struct mailslot_receive receive = {
		.messages = (uintptr_t)entries,
		.count = BATCH,
		.message_size = sizeof(entries[0]),
	};
	int i, n;

	for (i = 0; i < BATCH; i++) {
		entries[i].buffer = (uintptr_t)buffers[i];
		entries[i].capacity = sizeof(buffers[i]);
	}
	n = ioctl(way->fd, MAILSLOT_IOC_RECEIVE, &receive);
	if (n < 0)
		die(way->slot, strerror(errno));
	return n;
}

static _Noreturn void be_receiver(struct way *way, unsigned long messages)
{
	unsigned long received = 0;
	double begin = 0;

	way->open_receiver(way);
	atomic_store(&shared->ready, true);
	while (received < messages) {
		received += (unsigned long)way->receive(way);
		if (!begin)
			begin = now();
		atomic_store(&shared->received, received);
	}
	printf("%.0f\n", (double)received / (now() - begin));
	exit(0);
}

static void wait_until_ready(void)
{
	while (!atomic_load(&shared->ready))
		usleep(1000);
}

static void measure_rate(struct way *way, unsigned long messages, int size)
{
	unsigned long sent;
	unsigned int n;

	wait_until_ready();
	way->open_sender(way);
	for (sent = 0; sent < messages; sent += n) {
		while (sent - atomic_load(&shared->received) + BATCH > WINDOW)
			usleep(100);
		n = messages - sent < BATCH ? (unsigned int)(messages - sent) : BATCH;
		way->send(way, message, size, n);
	}
	if (way->connection)
		natsConnection_Flush(way->connection);
}

static _Noreturn void be_echo(struct way *there, struct way *back, int size)
{
	there->open_receiver(there);
	back->open_sender(back);
	atomic_store(&shared->ready, true);
	for (;;) {
		there->receive(there);
		back->send(back, message, size, 1);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure_trips(struct way *there, struct way *back, unsigned long messages, int size)
{
	double *times = calloc(messages, sizeof(*times)), begin;
	unsigned long i;

	back->open_receiver(back);
	wait_until_ready();
	there->open_sender(there);
	for (i = 0; i < messages; i++) {
		begin = now();
		there->send(there, message, size, 1);
		back->receive(back);
		times[i] = now() - begin;
	}
	qsort(times, messages, sizeof(*times), compare);
	printf("%.0f\n", times[messages / 2] * 1e6);
}

static struct way nats_way(char **words, const char *end, bool asap)
{
	struct way way = {
		.open_sender = nats_open,
		.open_receiver = nats_open_receiver,
		.send = nats_send,
		.receive = nats_receive,
		.url = words[0],
		.asap = asap,
	};
	char *subject;

	if (asprintf(&subject, "%s%s", words[1], end) < 0)
		die("memory", "none");
	way.subject = subject;
	return way;
}

/* @from and @to: directories of the two hosts. */
static struct way slots_way(const char *from, const char *remote, const char *to, const char *slot)
{
	return (struct way){
		.open_sender = slots_open_sender,
		.open_receiver = slots_open_receiver,
		.send = slots_send,
		.receive = slots_receive,
		.from = from,
		.remote = remote,
		.to = to,
		.slot = slot,
	};
}

int main(int argc, char **argv)
{
	struct way there, back;
	unsigned long messages;
	bool trip, slots, asap;
	pid_t child;
	int size, status;

	slots = argc == 9 && !strcmp(argv[2], "slots");
	asap = argc == 7 && !strcmp(argv[2], "nats-asap");
	if (!slots && !asap && !(argc == 7 && !strcmp(argv[2], "nats")))
		die("usage", "flood rate|trip nats|nats-asap|slots ... MESSAGES SIZE");
	trip = !strcmp(argv[1], "trip");
	messages = strtoul(argv[argc - 2], NULL, 10);
	size = atoi(argv[argc - 1]);
	if (!messages || size < 0 || size > SIZE_MAX_HERE)
		die("usage", "MESSAGES or SIZE");
	if (slots) {
		const char *remote = strsep(&argv[4], ",");

		there = slots_way(argv[3], remote, argv[5], argv[6]);
		back = slots_way(argv[5], argv[4] ?: remote, argv[3], argv[6]);
	} else {
		there = nats_way(argv + 3, "", asap);
		back = nats_way(argv + 3, ".back", asap);
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (trip)
			be_echo(&there, &back, size);
		be_receiver(&there, messages);
	}
	if (trip) {
		measure_trips(&there, &back, messages, size);
		kill(child, SIGKILL);
	} else {
		measure_rate(&there, messages, size);
	}
	waitpid(child, &status, 0);
	return !trip && status;
}
