// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Datagrams that local users write. One batch is read at a time, so that no source keeps others
 * waiting.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "batch.h"
#include "log.h"
#include "reader.h"

struct reader {
	const struct config *config;
	const struct sources *sources;
	struct outbox *outbox;
	struct batch *batch;
	struct pack *pack;
	sd_event_source **watches;	/* one for each source, or NULL */
};

static void pass_on(const struct reader *reader, const struct source *source, int i)
{
	const struct mailslot_recv_msg *entry = &reader->batch->entries[i];
	struct wire wire = {
		.uid = entry->uid,
		.time_ns = entry->time_ns,
		.epoch = source->epoch,
		.sequence = entry->sequence,
	};
	const void *message = batch_message(reader->batch, i);
	size_t length = entry->length;
	char room[SUBJECT_SIZE];
	enum counter reason;
	const char *subject;

	if (!source_resolve(source, reader->config, &message, &length, room, &subject, &reason)) {
		count(reason, 1);
		return;
	}
	wire.length = (uint32_t)length;
	outbox_add(reader->outbox, reader->pack, subject, &wire, message);
}

static const struct source *source_of(const struct reader *reader, const sd_event_source *watch)
{
	size_t i;

	for (i = 0; reader->watches[i] != watch; i++)
		;
	return &reader->sources->list[i];
}

static int on_readable(sd_event_source *watch, int fd, uint32_t events, void *data)
{
	struct reader *reader = data;
	const struct source *source = source_of(reader, watch);
	int n, i;

	(void)events;
	n = batch_receive(reader->batch, fd, BATCH_MESSAGES, 0);
	if (n < 0 && errno != EAGAIN) {
		log_line(SD_ERR, "%s: %s", source->slot, strerror(errno));
		return 0;
	}
	reader->pack->source = (size_t)(source - reader->sources->list);
	for (i = 0; i < n; i++)
		pass_on(reader, source, i);
	outbox_flush(reader->outbox, reader->pack);
	return 0;
}

static bool watch_all(struct reader *reader, sd_event *event)
{
	size_t i;

	for (i = 0; i < reader->sources->count; i++) {
		const struct source *source = &reader->sources->list[i];

		if (!source->remote || source->remote->delivery != DELIVERY_DATAGRAM)
			continue;
		if (sd_event_add_io(event, &reader->watches[i], source->fd, EPOLLIN, on_readable,
				    reader) < 0)
			return false;
	}
	return true;
}

struct reader *reader_start(sd_event *event, const struct config *config,
			    const struct sources *sources, struct outbox *outbox)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->config = config;
	reader->sources = sources;
	reader->outbox = outbox;
	reader->batch = batch_make();
	reader->pack = calloc(1, sizeof(*reader->pack));
	reader->watches = calloc(sources->count, sizeof(*reader->watches));
	if (reader->batch && reader->pack && reader->watches && watch_all(reader, event))
		return reader;
	reader_stop(reader);
	return NULL;
}

void reader_stop(struct reader *reader)
{
	size_t i;

	for (i = 0; reader->watches && i < reader->sources->count; i++)
		sd_event_source_disable_unref(reader->watches[i]);
	free(reader->watches);
	free(reader->pack);
	batch_free(reader->batch);
	free(reader);
}
