/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A slot and a ledger of what must be in it: messages are noted when the kernel says
 * that it took them and crossed out when it says that it gave them, and in the end the
 * slot is compared with the ledger and emptied.  Also what a user may have, told by
 * trying.  Nothing of fault injection.
 */
#ifndef INJECT_SCENE_H
#define INJECT_SCENE_H

#include <dirent.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "../mailslot_test.h"

#define LEDGER		64
#define BIGGEST		70000
#define SCENE_BATCH	8

struct scene {
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;

	/* Under lock, as a thread may help with a call. */
	pthread_mutex_t lock;
	unsigned int put;		/* messages the slot took */
	unsigned int got;		/* and gave */
	__u64 put_bytes;
	__u64 got_bytes;
	size_t sizes[LEDGER];		/* by number; the number is the pattern */
	const char *wrong;		/* the first that was, or NULL */
	long wrong_value;

	char sysfs[64];			/* its directory there */
	char *out;			/* BIGGEST, touched; what is about to be sent */
	char *in;			/* SCENE_BATCH * BIGGEST, touched */
};

static inline void scene_wrong(struct scene *scene, const char *what, long value)
{
	if (!scene->wrong) {
		scene->wrong = what;
		scene->wrong_value = value;
	}
}

/* Memory outlives the slots, so that calls do not fault in what they use. */
static inline void scene_begin(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	pthread_mutex_init(&scene->lock, NULL);
	scene->server = -1;
	scene->client = -1;
	scene->out = malloc(BIGGEST);
	scene->in = malloc(SCENE_BATCH * BIGGEST);
	if (!scene->out || !scene->in)
		abort();
	memset(scene->out, 1, BIGGEST);
	memset(scene->in, 1, SCENE_BATCH * BIGGEST);
}

static inline void scene_open(struct scene *scene, __u64 queue_bytes, __u64 timeout_ns, bool whole)
{
	struct mailslot_create args = create_args(NULL);

	args.flags = whole ? MAILSLOT_CREATE_WHOLE : 0;
	args.queue_bytes = queue_bytes;
	args.read_timeout_ns = timeout_ns;
	strcpy(scene->name, args.name);
	scene->put = 0;
	scene->got = 0;
	scene->put_bytes = 0;
	scene->got_bytes = 0;
	scene->server = create_slot(&args);
	scene->client = client_open(scene->name, O_WRONLY);
	if (scene->server < 0 || scene->client < 0)
		scene_wrong(scene, "no slot", scene->server);
	snprintf(scene->sysfs, sizeof(scene->sysfs), "/sys/class/mailslot/mailslot%u",
		 info_of(scene->server).dev_minor);
}

/* The bytes of the message that comes next, @ahead behind it. */
static inline void scene_compose(struct scene *scene, char *buffer, size_t size,
				 unsigned int ahead)
{
	fill(buffer, size, scene->put + ahead);
}

static inline void scene_put(struct scene *scene, size_t size)
{
	pthread_mutex_lock(&scene->lock);
	if (scene->put == LEDGER)
		abort();
	scene->sizes[scene->put++] = size;
	scene->put_bytes += size;
	pthread_mutex_unlock(&scene->lock);
}

static inline void scene_got(struct scene *scene, const char *buffer, long size)
{
	pthread_mutex_lock(&scene->lock);
	if (scene->got == scene->put)
		scene_wrong(scene, "a message from nowhere", size);
	else if (size != (long)scene->sizes[scene->got])
		scene_wrong(scene, "another message's length", size);
	else if (!filled(buffer, size, scene->got))
		scene_wrong(scene, "another message's bytes", scene->got);
	else
		scene->got_bytes += scene->sizes[scene->got++];
	pthread_mutex_unlock(&scene->lock);
}

/* Sends a message that must go. */
static inline void scene_send(struct scene *scene, size_t size)
{
	long ret;

	scene_compose(scene, scene->out, size, 0);
	ret = R(write(scene->client, scene->out, size));
	if (ret == (long)size && fsync(scene->client))
		scene_wrong(scene, "plain fsync", errno);
	if (ret == (long)size)
		scene_put(scene, size);
	else
		scene_wrong(scene, "plain write", ret);
}

static inline void scene_check_info(struct scene *scene, int fd)
{
	struct mailslot_info info = info_of(fd);
	unsigned int count = scene->put - scene->got;

	if (info.message_count != count)
		scene_wrong(scene, "message_count", info.message_count);
	if (info.queued_bytes != scene->put_bytes - scene->got_bytes + count * COST)
		scene_wrong(scene, "queued_bytes", info.queued_bytes);
	if (info.messages_written != scene->put || info.bytes_written != scene->put_bytes)
		scene_wrong(scene, "messages_written", info.messages_written);
	if (info.messages_read != scene->got || info.bytes_read != scene->got_bytes)
		scene_wrong(scene, "messages_read", info.messages_read);
	if (info.next_message_size != (count ? scene->sizes[scene->got] : MAILSLOT_NO_NEXT_MESSAGE))
		scene_wrong(scene, "next_message_size", info.next_message_size);
	if (info.clients != 1)
		scene_wrong(scene, "clients", info.clients);
}

/* Takes one message, with its number. */
static inline void scene_take(struct scene *scene)
{
	struct mailslot_recv_msg msg = recv_slot(scene->in, BIGGEST);
	long ret = receive(scene->server, &msg, 1, MAILSLOT_RECEIVE_DONTWAIT);

	if (ret != 1)
		scene_wrong(scene, "RECEIVE", ret);
	else if (msg.sequence != scene->got + 1)
		scene_wrong(scene, "sequence", msg.sequence);
	else
		scene_got(scene, scene->in, msg.length);
}

/* All room of the queue is there: one message may fill it, and no byte more. */
static inline void scene_check_room(struct scene *scene)
{
	__u64 room = info_of(scene->server).queue_bytes - COST;
	int flags = fcntl(scene->client, F_GETFL);
	long ret;

	if (room >= BIGGEST)
		return;
	fcntl(scene->client, F_SETFL, flags | O_NONBLOCK);
	scene_send(scene, room);
	ret = R(write(scene->client, "", 0));
	/* In a slot of whole files, the end of the message looks for room. */
	if (!ret)
		ret = R(fsync(scene->client));
	if (ret != -EAGAIN)
		scene_wrong(scene, "room that is not there", ret);
	fcntl(scene->client, F_SETFL, flags);
	scene_take(scene);
}

/* The slot is what the ledger says, gives what it holds, works, and goes. */
static inline void scene_settle(struct scene *scene)
{
	struct mailslot_recv_msg none;

	scene_check_info(scene, scene->server);
	scene_check_info(scene, scene->client);
	if (poll_now(scene->server, POLLIN) != (scene->put != scene->got ? POLLIN : 0))
		scene_wrong(scene, "poll of the server", scene->put - scene->got);
	while (scene->got != scene->put && !scene->wrong)
		scene_take(scene);
	none = recv_slot(scene->in, BIGGEST);
	if (receive(scene->server, &none, 1, MAILSLOT_RECEIVE_DONTWAIT) != -EAGAIN)
		scene_wrong(scene, "one message too many", none.length);
	if (!scene->wrong) {
		if (info_of(scene->server).queue_bytes > 100 + 5000 + 2 * COST) {
			scene_send(scene, 100);
			scene_send(scene, 5000);
			scene_take(scene);
			scene_take(scene);
		}
		scene_check_room(scene);
		scene_check_info(scene, scene->server);
	}
	close(scene->server);
	if (R(write(scene->client, "x", 1)) != -EPIPE)
		scene_wrong(scene, "the slot did not die", 0);
	close(scene->client);
	if (!access(node_path(scene->name), F_OK))
		scene_wrong(scene, "the node stayed", 0);
}

/* Without CAP_SYS_RESOURCE the limits of a user hold for this process's slots. */
static inline int be_limited(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	data[0].effective &= ~(1U << CAP_SYS_RESOURCE);
	data[0].permitted &= ~(1U << CAP_SYS_RESOURCE);
	return R(syscall(SYS_capset, &header, data));
}

/* How many slots this user may make at once. */
static inline unsigned int slots_left(void)
{
	unsigned int count = 0, i;
	int servers[64], fd = 0;

	while (count < ARRAY_SIZE(servers)) {
		fd = create_named(NULL);
		if (fd < 0)
			break;
		servers[count++] = fd;
	}
	for (i = 0; i < count; i++)
		close(servers[i]);
	return fd == -EDQUOT ? count : 1000 + count;
}

/* How many messages of about a page this user's queues may hold. */
static inline unsigned int messages_left(void)
{
	struct mailslot_create args = create_args(NULL);
	int server = create_slot(&args), client = client_open(args.name, O_WRONLY);
	static char message[4000];
	unsigned int count = 0;
	long ret;

	do
		ret = R(write(client, message, sizeof(message)));
	while (ret > 0 && ++count < 10000);
	close(client);
	close(server);
	return ret == -EDQUOT ? count : 1000000 + count;
}

/* Slots known to sysfs. */
static inline unsigned int slots_seen(void)
{
	DIR *directory = opendir("/sys/class/mailslot");
	struct dirent *entry;
	unsigned int count = 0;

	while (directory && (entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

#endif /* INJECT_SCENE_H */
