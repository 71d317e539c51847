// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The socket on which the relay tells what it has done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

struct status {
	json_t *(*tell)(void *data);
	void *data;
	char *path;
	int fd;
	sd_event_source *source;
};

/*
 * Write the status and close. The socket's buffer takes all of it, so a slow reader blocks nobody.
 */
static int on_connection(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct status *status = data;
	json_t *object;
	char *text;
	int client;

	(void)source;
	(void)events;
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0)
		return 0;
	object = status->tell(status->data);
	text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
	if (text && (send(client, text, strlen(text), MSG_NOSIGNAL) < 0 ||
		     send(client, "\n", 1, MSG_NOSIGNAL) < 0))
		log_line(SD_DEBUG, "status: %s", strerror(errno));
	free(text);
	json_decref(object);
	close(client);
	return 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	/* Remove the socket that a killed relay has left. */
	unlink(path);
	if (!bind(fd, (struct sockaddr *)&address, sizeof(address)) && !chmod(path, 0666) &&
	    !listen(fd, 16))
		return fd;
	close(fd);
	return -1;
}

struct status *status_open(sd_event *event, const char *path, json_t *(*tell)(void *data),
			   void *data)
{
	struct status *status = calloc(1, sizeof(*status));

	if (!status)
		return NULL;
	status->tell = tell;
	status->data = data;
	status->path = strdup(path);
	status->fd = status->path ? listen_at(path) : -1;
	if (status->fd >= 0 && sd_event_add_io(event, &status->source, status->fd, EPOLLIN,
					       on_connection, status) >= 0)
		return status;
	log_line(SD_ERR, "%s: %s", path, strerror(errno));
	if (status->fd >= 0)
		close(status->fd);
	free(status->path);
	free(status);
	return NULL;
}

void status_close(struct status *status)
{
	sd_event_source_unref(status->source);
	close(status->fd);
	unlink(status->path);
	free(status->path);
	free(status);
}
