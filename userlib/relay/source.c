// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Local slots whose server the relay is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"
#include "home.h"
#include "log.h"
#include "lookup.h"
#include "source.h"

/* The longest message to a domain, as on Windows. */
#define DOMAIN_MESSAGE_MAX	424
/* The longest that stands before a message in a frame: \\PLACE\mailslot\NAME and a NUL. */
#define FRAME_MAX	(2 + ADDRESS_PLACE_SIZE - 1 + sizeof("\\mailslot\\") - 1 + \
			 MAILSLOT_NAME_SIZE)

/* Descriptors that a service manager has kept, with the names under which it has. */
static struct {
	char **names;
	int count;
} kept;

/* FDNAME takes no name of 255 bytes in UTF-8, so what it gets is a hash of the slot's name. */
static void kept_name(char name[32], const char *slot)
{
	snprintf(name, 32, "slot-%016llx", (unsigned long long)address_hash(slot));
}

static void keep(const char *slot, int fd)
{
	char name[32], text[64];

	kept_name(name, slot);
	snprintf(text, sizeof(text), "FDSTORE=1\nFDNAME=%s", name);
	sd_pid_notify_with_fds(0, 0, text, &fd, 1);
}

static void keep_no_more(const char *slot)
{
	char name[32];

	kept_name(name, slot);
	sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}

/* The descriptor of the slot that a service manager has kept, or -1. */
static int take_kept(const char *slot)
{
	char name[32];
	int i;

	kept_name(name, slot);
	for (i = 0; i < kept.count; i++) {
		if (!kept.names[i] || strcmp(kept.names[i], name))
			continue;
		free(kept.names[i]);
		kept.names[i] = NULL;
		return SD_LISTEN_FDS_START + i;
	}
	return -1;
}

/* Close the descriptors that no source has asked for: they belong to a former configuration. */
static void close_kept(void)
{
	int i;

	for (i = 0; i < kept.count; i++) {
		if (!kept.names[i])
			continue;
		sd_notifyf(0, "FDSTOREREMOVE=1\nFDNAME=%s", kept.names[i]);
		close(SD_LISTEN_FDS_START + i);
		free(kept.names[i]);
	}
	free(kept.names);
	kept.names = NULL;
	kept.count = 0;
}

/* Open the file for CREATE: the directory of an instance, or the control node. */
static int open_control(void)
{
	bool instance;
	int fd;

	if (home_find(&instance)) {
		log_line(SD_ERR, "%s is no instance of slots", home_directory());
		return -1;
	}
	fd = instance ? open(home_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
			open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		log_line(SD_ERR, "%s: %s", instance ? home_directory() : MAILSLOT_CONTROL,
			 strerror(errno));
	return fd;
}

/* Nobody may write before the group is right. */
static bool set_permissions(const char *slot, const struct config_remote *remote)
{
	mode_t mode = remote->group == (gid_t)-1 ? 0622 : 0620;
	char path[LOOKUP_PATH_SIZE];

	lookup_path(slot, path);
	return !lchown(path, (uid_t)-1, remote->group) && !chmod(path, mode);
}

static uint32_t size_limit(const struct config_remote *remote, int64_t max_payload)
{
	int64_t most = remote->form == ADDRESS_HOST ? max_payload - WIRE_SIZE : DOMAIN_MESSAGE_MAX;

	return (uint32_t)(most + (remote->framed ? (int64_t)FRAME_MAX : 0));
}

static int create(const char *slot, const struct config_remote *remote)
{
	struct mailslot_create call = { .flags = MAILSLOT_CREATE_NONBLOCK };
	int control = open_control(), fd, err;

	if (control < 0)
		return -1;
	if (remote) {
		call.queue_bytes = remote->queue_bytes;
		call.max_message_size = size_limit(remote, 1 << 20);
	}
	snprintf(call.name, sizeof(call.name), "%s", slot);
	do {
		fd = ioctl(control, MAILSLOT_IOC_CREATE, &call);
	} while (fd < 0 && errno == EINTR);
	err = errno;
	close(control);
	if (fd < 0) {
		log_line(SD_ERR, "%s: cannot make this slot: %s", slot,
			 err == EEXIST ? "another relay or program has the name" : strerror(err));
		return -1;
	}
	if (remote && !set_permissions(slot, remote)) {
		log_line(SD_ERR, "%s: cannot set its group and mode: %s", slot, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/* The slot is the source's: one that was there already, or made now. */
static bool source_open(struct source *source, int fd)
{
	struct mailslot_info info;

	if (fd >= 0 && (ioctl(fd, MAILSLOT_IOC_GET_INFO, &info) ||
			!(info.flags & MAILSLOT_INFO_SERVER))) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		fd = create(source->slot, source->remote);
	else if (source->remote && !set_permissions(source->slot, source->remote))
		log_line(SD_WARNING, "%s: cannot set its group and mode: %s", source->slot,
			 strerror(errno));
	source->fd = fd;
	if (fd < 0 || ioctl(fd, MAILSLOT_IOC_GET_INFO, &info))
		return false;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	source->epoch = (uint64_t)info.creation_time_ns;
	keep(source->slot, fd);
	return true;
}

static void set_subject(struct source *source, const struct config *config)
{
	const struct config_remote *remote = source->remote;
	struct subject subject = { .delivery = remote->delivery };

	if (remote->framed)
		return;
	strcpy(subject.sender, config->host);
	strcpy(subject.to.name, remote->name);
	subject.to.form = remote->form == ADDRESS_HOST ? ADDRESS_HOST : ADDRESS_DOMAIN;
	strcpy(subject.to.place, remote->form == ADDRESS_ALL ? config->domain : remote->place);
	subject_encode(source->subject, &subject);
}

/*
 * Names and remotes of the sources; no slot is open yet. Who this host is comes last: clients that
 * see that name find all others.
 */
static bool sources_name(struct sources *sources, const struct config *config)
{
	size_t i;

	sources->count = 0;
	sources->list = calloc(config->remote_count + 1, sizeof(*sources->list));
	for (i = 0; sources->list && i <= config->remote_count; i++) {
		struct source *source = &sources->list[i];

		source->fd = -1;
		if (i < config->remote_count) {
			source->remote = &config->remotes[i];
			source->slot = strdup(source->remote->slot);
			set_subject(source, config);
		} else if (asprintf(&source->slot, "remote/self/%s/%s", config->domain,
				    config->host) < 0) {
			source->slot = NULL;
		}
		sources->count++;
		if (!source->slot)
			return false;
	}
	return sources->list;
}

static void sources_free(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->count; i++)
		free(sources->list[i].slot);
	free(sources->list);
	sources->list = NULL;
	sources->count = 0;
}

void sources_close(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->count; i++)
		if (sources->list[i].fd >= 0)
			close(sources->list[i].fd);
	sources_free(sources);
}

bool sources_open(struct sources *sources, const struct config *config)
{
	bool done;
	size_t i;

	kept.count = sd_listen_fds_with_names(1, &kept.names);
	if (kept.count < 0)
		kept.count = 0;
	done = sources_name(sources, config);
	for (i = 0; done && i < sources->count; i++)
		done = source_open(&sources->list[i], take_kept(sources->list[i].slot));
	close_kept();
	return done;
}

static struct source *find(const struct sources *sources, const char *slot)
{
	size_t i;

	for (i = 0; i < sources->count; i++)
		if (!strcmp(sources->list[i].slot, slot))
			return &sources->list[i];
	return NULL;
}

/* Close the slots that are in the first list and not in the second. */
static void close_others(const struct sources *sources, const struct sources *stay)
{
	size_t i;

	for (i = 0; i < sources->count; i++) {
		struct source *source = &sources->list[i];

		if (source->fd < 0 || find(stay, source->slot))
			continue;
		keep_no_more(source->slot);
		close(source->fd);
	}
}

bool sources_change(struct sources *sources, const struct config *config)
{
	struct sources new;
	bool done = sources_name(&new, config);
	size_t i;

	for (i = 0; done && i < new.count; i++) {
		const struct source *old = find(sources, new.list[i].slot);

		done = source_open(&new.list[i], old ? old->fd : -1);
	}
	if (!done) {
		close_others(&new, sources);
		sources_free(&new);
		return false;
	}
	close_others(sources, &new);
	sources_free(sources);
	*sources = new;
	return true;
}

void sources_limit(const struct sources *sources, int64_t max_payload)
{
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_MAX_MESSAGE_SIZE };
	size_t i;

	for (i = 0; i < sources->count; i++) {
		const struct source *source = &sources->list[i];

		if (!source->remote || source->remote->form != ADDRESS_HOST)
			continue;
		set.max_message_size = size_limit(source->remote, max_payload);
		if (ioctl(source->fd, MAILSLOT_IOC_SET_INFO, &set))
			log_line(SD_WARNING, "%s: %s", source->remote->slot, strerror(errno));
	}
}

static bool resolve_frame(const struct source *source, const struct config *config,
			  const void **message, size_t *length, char room[SUBJECT_SIZE])
{
	struct subject subject = { .delivery = source->remote->delivery };

	if (frame_parse(*message, *length, source->remote->form, &subject.to, message, length) ||
	    !config_allows(source->remote, &subject.to))
		return false;
	if (subject.to.form == ADDRESS_ALL) {
		subject.to.form = ADDRESS_DOMAIN;
		strcpy(subject.to.place, config->domain);
	}
	strcpy(subject.sender, config->host);
	return subject_encode(room, &subject);
}

bool source_resolve(const struct source *source, const struct config *config,
		    const void **message, size_t *length, char room[SUBJECT_SIZE],
		    const char **subject, enum counter *reason)
{
	*subject = source->subject;
	if (source->remote->framed) {
		*subject = room;
		*reason = DROPPED_NOT_ALLOWED;
		if (!resolve_frame(source, config, message, length, room))
			return false;
	}
	*reason = DROPPED_TOO_LONG;
	return source->remote->form == ADDRESS_HOST || *length <= DOMAIN_MESSAGE_MAX;
}
