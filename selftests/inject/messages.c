// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call that carries messages or asks about them, with its first, second, third...
 * allocation or user copy failing until it runs through untouched.  After each fault
 * the call has failed as it may, or has done its work all the same, and the slot holds
 * what it took and did not give: nothing is lost, doubled or charged for nothing.
 * create.c has the calls that make and end slots.
 */
#include <sys/epoll.h>
#include <sys/types.h>
#include "nth.h"
#include "scene.h"

#define QUEUE		20000		/* bytes; little enough for all of it to be filled */
#define LONG_QUEUE	400000
#define IOVECS		10		/* more than the kernel keeps on its stack */
#define LIMIT		128		/* pages of this user */

FIXTURE(call)
{
	struct scene scene;
	int nth;
	unsigned long long user_bytes;	/* the module's parameters as they were */
	unsigned long long user_slots;
};

/*
 * From a few words to what is copied under the lock, what is packed behind others, and
 * what has pages of its own.
 */
static const size_t all_sizes[] = { 64, 600, 4096, 4097, 65536 };
static const size_t batch_sizes[] = { 50, 1000, 7000 };
static const size_t one_size[] = { 64 };

#define SIZES(array)	.sizes = array, .count = ARRAY_SIZE(array)

/* A call: how it is made, with what sizes, on a slot that holds what. */
FIXTURE_VARIANT(call)
{
	/* Makes the call, tells the ledger, returns what the kernel did. */
	long (*make)(struct scene *scene, size_t size);
	const size_t *sizes;
	size_t count;
	unsigned int queued;	/* messages of that size before */
	bool warm;		/* the slot has spare pages from messages before */
	bool full;		/* the queue takes no more than is queued; the line is used */
	bool whole;		/* the slot is one of whole files */
	int errors[4];		/* what it may fail with, beside EFAULT */
};

static void cut(struct iovec *iov, char *buffer, size_t size)
{
	size_t i, part = size / IOVECS;

	for (i = 0; i < IOVECS; i++)
		iov[i] = (struct iovec) { buffer + i * part, part };
	iov[IOVECS - 1].iov_len = size - (IOVECS - 1) * part;
}

static long sent_one(struct scene *scene, size_t size, long ret)
{
	if (ret == (long)size)
		scene_put(scene, size);
	else if (ret >= 0)
		scene_wrong(scene, "a part was sent", ret);
	return ret;
}

static long make_write(struct scene *scene, size_t size)
{
	return sent_one(scene, size, R(write(scene->client, scene->out, size)));
}

/* From open to close, in pieces: a write that failed is told once more in the end. */
static long make_whole(struct scene *scene, size_t size)
{
	int other = client_open(scene->name, O_WRONLY);
	size_t first = size / 3;
	long ret, end;

	if (other < 0)
		return other;
	ret = R(write(other, scene->out, first));
	if (ret == (long)first)
		ret = R(write(other, scene->out + first, size - first));
	if (ret > 0 && ret != (long)(size - first))
		scene_wrong(scene, "a part was taken", ret);
	end = R(close(other));
	if (ret < 0 && end != ret)
		scene_wrong(scene, "close tells something else than write", end);
	if (ret >= 0 && !end)
		scene_put(scene, size);
	return ret < 0 ? ret : end;
}

static long make_writev(struct scene *scene, size_t size)
{
	struct iovec iov[IOVECS];

	cut(iov, scene->out, size);
	return sent_one(scene, size, R(writev(scene->client, iov, IOVECS)));
}

static long make_pwritev2(struct scene *scene, size_t size)
{
	struct iovec iov[IOVECS];

	cut(iov, scene->out, size);
	return sent_one(scene, size, R(pwritev2(scene->client, iov, IOVECS, -1, RWF_NOWAIT)));
}

/* Sizes mixed around what was asked for; patterns follow each other in scene->in. */
static long make_send(struct scene *scene, size_t size)
{
	struct mailslot_send_msg msgs[SCENE_BATCH];
	size_t sizes[SCENE_BATCH], i;
	long ret, sent;

	for (i = 0; i < SCENE_BATCH; i++) {
		sizes[i] = i % 3 == 1 ? size / 5 : size;
		scene_compose(scene, scene->in + i * BIGGEST, sizes[i], i);
		msgs[i] = send_slot(scene->in + i * BIGGEST, sizes[i]);
	}
	ret = send_batch(scene->client, msgs, SCENE_BATCH, 0);
	if (!ret || ret > SCENE_BATCH)
		scene_wrong(scene, "SEND", ret);
	for (sent = 0; sent < ret && sent < SCENE_BATCH; sent++)
		scene_put(scene, sizes[sent]);
	return ret;
}

static long got_one(struct scene *scene, long ret)
{
	if (ret >= 0)
		scene_got(scene, scene->in, ret);
	return ret;
}

static long make_read(struct scene *scene, size_t size)
{
	return got_one(scene, R(read(scene->server, scene->in, BIGGEST)));
}

static long make_readv(struct scene *scene, size_t size)
{
	struct iovec iov[IOVECS];

	cut(iov, scene->in, size);
	return got_one(scene, R(readv(scene->server, iov, IOVECS)));
}

static long make_preadv2(struct scene *scene, size_t size)
{
	struct iovec iov[IOVECS];

	cut(iov, scene->in, size);
	return got_one(scene, R(preadv2(scene->server, iov, IOVECS, -1, RWF_NOWAIT)));
}

static long receive_all(struct scene *scene, __u32 flags)
{
	struct mailslot_recv_msg msgs[SCENE_BATCH];
	unsigned int got = scene->got;
	long ret, i;

	for (i = 0; i < SCENE_BATCH; i++)
		msgs[i] = recv_slot(scene->in + i * BIGGEST, BIGGEST);
	ret = receive(scene->server, msgs, SCENE_BATCH, flags);
	if (!ret || ret > SCENE_BATCH)
		scene_wrong(scene, "RECEIVE of many", ret);
	for (i = 0; i < ret && i < SCENE_BATCH; i++) {
		if (msgs[i].sequence != got + i + 1 || msgs[i].pid != (__u32)getpid())
			scene_wrong(scene, "sequence of many", msgs[i].sequence);
		if (!(flags & MAILSLOT_RECEIVE_PEEK))
			scene_got(scene, scene->in + i * BIGGEST, msgs[i].length);
		else if (msgs[i].length != scene->sizes[got + i] ||
			 !filled(scene->in + i * BIGGEST, msgs[i].length, got + i))
			scene_wrong(scene, "a peeked message", i);
	}
	return ret;
}

static long make_receive(struct scene *scene, size_t size)
{
	return receive_all(scene, 0);
}

static long make_peek(struct scene *scene, size_t size)
{
	return receive_all(scene, MAILSLOT_RECEIVE_PEEK);
}

/* The first is longer than the buffer: its length comes back, and it stays. */
static long make_short_receive(struct scene *scene, size_t size)
{
	struct mailslot_recv_msg msg = recv_slot(scene->in, size - 1);
	long ret = receive(scene->server, &msg, 1, 0);

	if (ret == -EMSGSIZE && msg.length != size)
		scene_wrong(scene, "length of what is too long", msg.length);
	return ret == -EMSGSIZE ? 0 : ret;
}

static long make_info_of_server(struct scene *scene, size_t size)
{
	struct mailslot_info info;

	return R(ioctl(scene->server, MAILSLOT_IOC_GET_INFO, &info));
}

static long make_info_of_client(struct scene *scene, size_t size)
{
	struct mailslot_info info;

	return R(ioctl(scene->client, MAILSLOT_IOC_GET_INFO, &info));
}

/* A longer structure than the kernel knows: what is behind is cleared, by another copy. */
static long make_info_of_more(struct scene *scene, size_t size)
{
	struct { struct mailslot_info info; __u64 more[2]; } longer;

	return R(ioctl(scene->server, _IOR(MAILSLOT_IOC_MAGIC, 1, longer), &longer));
}

/* All or nothing. */
static long make_set_info(struct scene *scene, size_t size)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT | MAILSLOT_SET_CREATION_TIME |
			MAILSLOT_SET_LAST_READ_TIME | MAILSLOT_SET_LAST_WRITE_TIME |
			MAILSLOT_SET_QUEUE_BYTES | MAILSLOT_SET_MAX_MESSAGE_SIZE,
		.read_timeout_ns = 1, .creation_time_ns = 2,
		.last_read_time_ns = 3, .last_write_time_ns = 4,
		.queue_bytes = 70000, .max_message_size = 80000,
	};

	return R(ioctl(scene->server, MAILSLOT_IOC_SET_INFO, &set));
}

static void check_set(struct scene *scene, const struct mailslot_info *before, long ret)
{
	struct mailslot_info after = info_of(scene->server);
	bool changed = after.read_timeout_ns == 1 && after.creation_time_ns == 2 &&
		       after.last_read_time_ns == 3 && after.last_write_time_ns == 4 &&
		       after.queue_bytes == 70000 && after.max_message_size == 80000;

	if (ret ? memcmp(before, &after, sizeof(after)) != 0 : !changed)
		scene_wrong(scene, "SET_INFO", ret);
}

static long make_next_size(struct scene *scene, size_t size)
{
	int next = -1;
	long ret = R(ioctl(scene->server, FIONREAD, &next));

	if (!ret && next != (int)size)
		scene_wrong(scene, "FIONREAD", next);
	return ret;
}

static long make_poll(struct scene *scene, size_t size)
{
	struct pollfd p[2] = {
		{ .fd = scene->server, .events = POLLIN },
		{ .fd = scene->client, .events = POLLOUT },
	};
	long ret = R(poll(p, 2, 0));

	if (ret >= 0 && (ret != 2 || p[0].revents != POLLIN || p[1].revents != POLLOUT))
		scene_wrong(scene, "poll", ret);
	return ret;
}

static long make_epoll(struct scene *scene, size_t size)
{
	struct epoll_event server = { .events = EPOLLIN | EPOLLET, .data.fd = 0 };
	struct epoll_event client = { .events = EPOLLOUT, .data.fd = 1 };
	struct epoll_event came[2];
	int epoll = R(epoll_create1(EPOLL_CLOEXEC));
	long ret = epoll;

	if (ret >= 0)
		ret = R(epoll_ctl(epoll, EPOLL_CTL_ADD, scene->server, &server));
	if (!ret)
		ret = R(epoll_ctl(epoll, EPOLL_CTL_ADD, scene->client, &client));
	if (!ret)
		ret = R(epoll_wait(epoll, came, 2, 0));
	if (ret >= 0 && ret != 2)
		scene_wrong(scene, "epoll", ret);
	close(epoll);
	return ret;
}

static long slurp(const char *path)
{
	static char text[8192];
	int fd = R(open(path, O_RDONLY | O_CLOEXEC));
	long ret = fd;

	if (fd < 0)
		return ret;
	ret = R(read(fd, text, sizeof(text)));
	close(fd);
	return ret;
}

static long make_fdinfo_of_server(struct scene *scene, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", scene->server);
	return slurp(path);
}

static long make_fdinfo_of_client(struct scene *scene, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", scene->client);
	return slurp(path);
}

static long make_message_count(struct scene *scene, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/message_count", scene->sysfs);
	return slurp(path);
}

static long make_uevent(struct scene *scene, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/uevent", scene->sysfs);
	return slurp(path);
}

static long make_uevent_again(struct scene *scene, size_t size)
{
	char path[96];
	long ret;
	int fd;

	snprintf(path, sizeof(path), "%s/uevent", scene->sysfs);
	fd = R(open(path, O_WRONLY | O_CLOEXEC));
	if (fd < 0)
		return fd;
	ret = R(write(fd, "change", 6));
	close(fd);
	return ret;
}

/* Makes room, or sends, as soon as the caller sleeps; gives up when it has returned. */
struct helper {
	struct scene *scene;
	pid_t tid;
	long nr;
	size_t size;
	bool done;		/* __atomic_*: the call is over */
	pthread_t thread;
};

static void *help(void *argument)
{
	struct helper *helper = argument;

	while (!__atomic_load_n(&helper->done, __ATOMIC_ACQUIRE)) {
		if (sleeping_in(getpid(), helper->tid) != helper->nr) {
			sleep_ns(NSEC_PER_MSEC);
			continue;
		}
		if (helper->nr == SYS_read)
			scene_send(helper->scene, helper->size);
		else
			scene_take(helper->scene);
		break;
	}
	return NULL;
}

static void helper_start(struct helper *helper, struct scene *scene, long nr, size_t size)
{
	*helper = (struct helper) {
		.scene = scene, .tid = syscall(SYS_gettid), .nr = nr, .size = size,
	};
	if (pthread_create(&helper->thread, NULL, help, helper))
		abort();
}

static void helper_stop(struct helper *helper)
{
	__atomic_store_n(&helper->done, true, __ATOMIC_RELEASE);
	pthread_join(helper->thread, NULL);
}

FIXTURE_SETUP(call)
{
	if (!nth_ready())
		SKIP(return, "this kernel injects no faults");
	self->nth = nth_open();
	ASSERT_LE(0, self->nth);
	self->user_bytes = parameter_get("max_user_bytes");
	self->user_slots = parameter_get("max_user_slots");
	ASSERT_EQ(0, parameter_set("max_user_bytes", LIMIT * sysconf(_SC_PAGESIZE)));
	ASSERT_EQ(0, parameter_set("max_user_slots", 4));
	ASSERT_EQ(0, be_limited());
	scene_begin(&self->scene);
}

FIXTURE_TEARDOWN_PARENT(call)
{
	if (!self->user_bytes)
		return;
	parameter_set("max_user_bytes", self->user_bytes);
	parameter_set("max_user_slots", self->user_slots);
}

static void prepare(struct scene *scene, const FIXTURE_VARIANT(call) * variant, size_t size)
{
	__u64 queue = size > 5000 ? LONG_QUEUE : QUEUE;
	unsigned int i;

	if (variant->full)
		queue = variant->queued * (size + COST) + size;
	scene_open(scene, queue, variant->full || variant->queued ? MAILSLOT_WAIT_FOREVER_NS : 0,
		   variant->whole);
	if (variant->warm) {
		for (i = 0; i < 2; i++)
			scene_send(scene, size);
		for (i = 0; i < 2; i++)
			scene_take(scene);
	}
	for (i = 0; i < variant->queued; i++)
		scene_send(scene, size);
	scene_compose(scene, scene->out, size, 0);
}

static bool may_fail_with(const FIXTURE_VARIANT(call) * variant, long ret)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variant->errors); i++)
		if (variant->errors[i] && ret == -variant->errors[i])
			return true;
	return ret == -EFAULT;
}

static void sites_of_size(struct __test_metadata *_metadata, FIXTURE_DATA(call) * self,
			  const FIXTURE_VARIANT(call) * variant, size_t size)
{
	struct scene *scene = &self->scene;
	struct mailslot_info before;
	struct helper helper;
	unsigned long nth;
	bool came = true;
	long ret;

	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		prepare(scene, variant, size);
		before = info_of(scene->server);
		if (variant->full)
			helper_start(&helper, scene, SYS_write, size);
		nth_arm(self->nth, nth);
		ret = variant->make(scene, size);
		came = nth_disarm(self->nth);
		if (variant->full)
			helper_stop(&helper);
		if (variant->make == make_set_info)
			check_set(scene, &before, ret);
		nth_tally->reached += came;
		if (ret < 0 && (!came || !may_fail_with(variant, ret)))
			scene_wrong(scene, "an error that it may not have", ret);
		scene_settle(scene);
		ASSERT_EQ(NULL, scene->wrong)
			TH_LOG("%zu bytes, site %lu, which returned %ld: %s: %ld", size, nth, ret,
			       scene->wrong, scene->wrong_value);
		nth_tally->survived += came;
	}
	ksft_print_msg("%zu bytes: %lu sites\n", size, nth - 2);
}

/* Hundreds of slots and their ends: minutes on a debug kernel whose host is busy. */
TEST_F_TIMEOUT(call, every_site, 600)
{
	unsigned int messages = messages_left(), seen = slots_seen();
	size_t i;

	ASSERT_EQ(4, slots_left());
	ASSERT_LT(LIMIT / 2, messages);
	ASSERT_GT(2 * LIMIT, messages);
	for (i = 0; i < variant->count; i++)
		sites_of_size(_metadata, self, variant, variant->sizes[i]);
	EXPECT_EQ(4, slots_left());
	EXPECT_EQ(messages, messages_left());
	EXPECT_EQ(seen, slots_seen());
}

/* Into a slot that has no page yet. */
FIXTURE_VARIANT_ADD(call, write)
{
	.make = make_write, SIZES(all_sizes),
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, write_warm)
{
	.make = make_write, SIZES(all_sizes), .warm = true,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, write_behind)
{
	.make = make_write, SIZES(all_sizes), .queued = 2,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, writev)
{
	.make = make_writev, SIZES(all_sizes),
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, writev_behind)
{
	.make = make_writev, SIZES(all_sizes), .queued = 2,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, pwritev2)
{
	.make = make_pwritev2, SIZES(all_sizes),
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, whole)
{
	.make = make_whole, SIZES(all_sizes), .whole = true,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, send)
{
	.make = make_send, SIZES(batch_sizes),
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, send_warm)
{
	.make = make_send, SIZES(batch_sizes), .warm = true,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, send_behind)
{
	.make = make_send, SIZES(batch_sizes), .queued = 1,
	.errors = { ENOMEM },
};

/* The message stands in line, whole, until a reader makes room and queues it. */
FIXTURE_VARIANT_ADD(call, write_from_line)
{
	.make = make_write, SIZES(all_sizes), .queued = 1, .full = true,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, read)
{
	.make = make_read, SIZES(all_sizes), .queued = 2,
};

FIXTURE_VARIANT_ADD(call, readv)
{
	.make = make_readv, SIZES(all_sizes), .queued = 2,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, preadv2)
{
	.make = make_preadv2, SIZES(all_sizes), .queued = 2,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, receive)
{
	.make = make_receive, SIZES(all_sizes), .queued = 3,
};

FIXTURE_VARIANT_ADD(call, peek)
{
	.make = make_peek, SIZES(all_sizes), .queued = 3,
};

FIXTURE_VARIANT_ADD(call, receive_too_short)
{
	.make = make_short_receive, SIZES(all_sizes), .queued = 2,
};

FIXTURE_VARIANT_ADD(call, get_info_of_server)
{
	.make = make_info_of_server, SIZES(one_size), .queued = 1,
};

FIXTURE_VARIANT_ADD(call, get_info_of_client)
{
	.make = make_info_of_client, SIZES(one_size), .queued = 1,
};

FIXTURE_VARIANT_ADD(call, get_info_longer)
{
	.make = make_info_of_more, SIZES(one_size), .queued = 1,
};

FIXTURE_VARIANT_ADD(call, set_info)
{
	.make = make_set_info, SIZES(one_size), .queued = 1,
};

FIXTURE_VARIANT_ADD(call, fionread)
{
	.make = make_next_size, SIZES(one_size), .queued = 1,
};

FIXTURE_VARIANT_ADD(call, poll)
{
	.make = make_poll, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, epoll)
{
	.make = make_epoll, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, fdinfo_of_server)
{
	.make = make_fdinfo_of_server, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, fdinfo_of_client)
{
	.make = make_fdinfo_of_client, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, sysfs_message_count)
{
	.make = make_message_count, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM },
};

FIXTURE_VARIANT_ADD(call, sysfs_uevent)
{
	.make = make_uevent, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM },
};

/* ENOENT is what the kernel says when it finds no memory for a path in sysfs. */
FIXTURE_VARIANT_ADD(call, sysfs_uevent_again)
{
	.make = make_uevent_again, SIZES(one_size), .queued = 1,
	.errors = { ENOMEM, ENOENT },
};
