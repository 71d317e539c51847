// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Opening a slot's client end.  Anybody with the right to write to /dev/mailslot may have left
 * something else in the node's place, and opening some devices already does something.  So the
 * file is looked at first, by a descriptor that opens nothing, then opened through that
 * descriptor, and the device that was opened has to be the slot of that number.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "appear.h"
#include "client.h"
#include "name.h"
#include "node.h"
#include "slots.h"
#include "state.h"
#include "text.h"

/*
 * Is the node that of a slot with another name?  Nobody can tell without sysfs, and in an instance
 * a node never belongs to a slot of another name.
 */
static bool of_other_slot(const char *name, const struct stat *st)
{
	struct slot slot;

	return !place_is_instance() && slot_at(st->st_rdev, &slot) && strcmp(slot.name, name);
}

static enum exit_code complain_state(const char *name)
{
	enum exit_code code;
	char *text;

	code = state_of_name(name, &text);
	if (text)
		complain("%s", text);
	free(text);
	return code;
}

/* Opens through @look, a descriptor of O_PATH, the file that @look stands for. */
static int open_seen(int look, int flags, const struct stat *st, struct mailslot_info *info)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", look);
	do {
		fd = open(path, flags | O_NOCTTY | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -1;
	if (ioctl(fd, MAILSLOT_IOC_GET_INFO, info) < 0 ||
	    st->st_rdev != makedev(info->dev_major, info->dev_minor)) {
		close(fd);
		errno = ENXIO;
		return -1;
	}
	return fd;
}

/**
 * client_try() - open a slot's client end
 * @name: the slot's name
 * @flags: of open()
 * @info: set to what the slot is
 * @foreign: set to whether something that is no slot is in the slot's place, which is
 *	complained about then
 *
 * Return: the descriptor, or -1 and errno: ENOENT for no such slot, EACCES, ...
 */
int client_try(const char *name, int flags, struct mailslot_info *info, bool *foreign)
{
	char path[NODE_PATH_SIZE];
	struct stat st;
	int look, fd = -1, err;

	*foreign = false;
	/* Exit if there is no such directory of slots. */
	place_is_instance();
	name_path(name, path);
	look = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (look < 0) {
		if (errno == ENOTDIR || errno == ENXIO)
			errno = ENOENT;
		return -1;
	}
	if (fstat(look, &st)) {
		err = errno;
	} else if (S_ISDIR(st.st_mode)) {
		err = ENOENT;
	} else {
		*foreign = node_kind(&st) || of_other_slot(name, &st);
		fd = *foreign ? -1 : open_seen(look, flags, &st, info);
		err = errno == ENXIO ? ENOENT : errno;
	}
	if (*foreign)
		complain_state(name);
	close(look);
	errno = err;
	return fd;
}

static _Noreturn void fail_open(const char *name)
{
	if (errno == ENOENT && !node_module_loaded())
		node_no_module();
	if (errno == ENOENT)
		exit(complain_state(name) ?: EXIT_NO_SLOT);
	if (errno == EACCES || errno == EPERM)
		place_no_permission(text_of("for slot %s", name));
	fail(EXIT_FAILED, "slot %s: %s", name, strerror(errno));
}

/* Open a slot's client end, or exit with a message. */
int client_open(const char *name, int flags, struct mailslot_info *info)
{
	bool foreign;
	int fd = client_try(name, flags, info, &foreign);

	if (foreign)
		exit(EXIT_TAKEN);
	if (fd < 0)
		fail_open(name);
	return fd;
}

struct attempt {
	const char *name;
	int flags;
	struct mailslot_info *info;
	bool foreign;
	int fd;
	int err;
};

/*
 * The slot may still come, and so may the permission: udev's rules run after the node is made. So
 * may the instance that the slot is to be in.
 */
static bool try_again(void *data)
{
	struct attempt *attempt = data;

	if (!place_is_there()) {
		attempt->fd = -1;
		attempt->err = ENOENT;
		return false;
	}
	attempt->fd = client_try(attempt->name, attempt->flags, attempt->info, &attempt->foreign);
	attempt->err = errno;
	return attempt->fd >= 0 || attempt->foreign ||
	       (errno != ENOENT && errno != EACCES && errno != EPERM);
}

/* The same as client_open(), for a slot that may not exist yet. */
int client_wait(const char *name, int flags, struct mailslot_info *info, uint64_t timeout_ns)
{
	struct attempt attempt = { .name = name, .flags = flags, .info = info };

	appear_wait(place_directory(), name, false, try_again, &attempt,
		    clock_deadline_ns(timeout_ns));
	if (attempt.foreign)
		exit(EXIT_TAKEN);
	if (attempt.fd >= 0)
		return attempt.fd;
	errno = attempt.err;
	if (errno == ENOENT && timeout_ns)
		fail(EXIT_WAITED, "no slot %s appeared in time%s", name,
		     !node_module_loaded() ? "; the mailslot module is not loaded" :
		     !place_is_there() ? "; MAILSLOT_DIR is no instance of slots" : "");
	fail_open(name);
}
