// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet-mode pipes and the floors: the null device, which is the price of two
 * system calls that carry nothing, and two copies without any system call.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "loop.h"

static int pipe_open(struct channel *c)
{
	int fds[2];

	if (pipe2(fds, O_DIRECT | O_CLOEXEC) < 0)
		return -1;
	c->rx = fds[0];
	c->tx = fds[1];
	/* Every packet has a page of its own; there are 16 unless more are asked for. */
	if (c->depth > 16 && fcntl(c->tx, F_SETPIPE_SZ, c->depth * 4096) < 0) {
		close(c->rx);
		close(c->tx);
		return -1;
	}
	return 0;
}

static void pipe_close(struct channel *c)
{
	close(c->tx);
	close(c->rx);
}

static int fd_send(int tx, const void *buf, size_t len)
{
	return write(tx, buf, len) < 0 ? -1 : 0;
}

static ssize_t fd_recv(int rx, void *buf, size_t size)
{
	return read(rx, buf, size);
}

static int pipe_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(fd_send, fd_recv, c, buf, rounds);
}

static int fd_attach(struct channel *c)
{
	return dup(c->tx);
}

static void fd_detach(int tx)
{
	close(tx);
}

static void fifo_path(char path[64], unsigned int serial)
{
	snprintf(path, 64, "/tmp/bench-%u", serial);
}

/* A named pipe is opened first and put in packet mode then: open(2) refuses O_DIRECT. */
static int fifo_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0 && fcntl(fd, F_SETFL, O_DIRECT) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int fifo_park(unsigned int serial)
{
	char path[64];
	int fd;

	fifo_path(path, serial);
	if (mkfifo(path, 0600) < 0)
		return -1;
	fd = fifo_open(path, O_RDWR);
	if (fd < 0)
		unlink(path);
	return fd;
}

static void fifo_unpark(unsigned int serial, int handle)
{
	char path[64];

	fifo_path(path, serial);
	unlink(path);
	close(handle);
}

static int fifo_visit(unsigned int serial, int handle)
{
	char path[64];
	int fd;

	(void)handle;
	fifo_path(path, serial);
	fd = fifo_open(path, O_WRONLY);
	return fd < 0 ? -1 : close(fd);
}

const struct peer pipe_peer = {
	.name = "pipe",
	.max = PIPE_BUF,
	.empty = false,
	.open = pipe_open,
	.close = pipe_close,
	.send = fd_send,
	.recv = fd_recv,
	.stream = pipe_stream,
	.attach = fd_attach,
	.detach = fd_detach,
	.park = fifo_park,
	.unpark = fifo_unpark,
	.visit = fifo_visit,
};

static int null_open(struct channel *c)
{
	c->rx = open("/dev/null", O_RDWR | O_CLOEXEC);
	c->tx = c->rx;
	return c->rx < 0 ? -1 : 0;
}

static void null_close(struct channel *c)
{
	close(c->rx);
}

static ssize_t null_recv(int rx, void *buf, size_t size)
{
	return read(rx, buf, size) < 0 ? -1 : (ssize_t)size;
}

static int null_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(fd_send, null_recv, c, buf, rounds);
}

const struct peer null_peer = {
	.name = "null",
	.max = 1 << 20,
	.empty = true,
	.open = null_open,
	.close = null_close,
	.send = fd_send,
	.recv = null_recv,
	.stream = null_stream,
};

static char hold[1 << 20];

static int copy_open(struct channel *c)
{
	c->rx = 0;
	c->tx = 0;
	return 0;
}

static void copy_close(struct channel *c)
{
	(void)c;
}

/* As the kernels measured here copy to and from a program. */
static void copy_bytes(void *to, const void *from, size_t len)
{
	asm volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (len) : : "memory");
}

static int copy_send(int tx, const void *buf, size_t len)
{
	(void)tx;
	copy_bytes(hold, buf, len);
	return 0;
}

static ssize_t copy_recv(int rx, void *buf, size_t size)
{
	(void)rx;
	copy_bytes(buf, hold, size);
	return size;
}

static int copy_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(copy_send, copy_recv, c, buf, rounds);
}

const struct peer copy_peer = {
	.name = "copy",
	.max = sizeof(hold),
	.empty = true,
	.open = copy_open,
	.close = copy_close,
	.send = copy_send,
	.recv = copy_recv,
	.stream = copy_stream,
};
