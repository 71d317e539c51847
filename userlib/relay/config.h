/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration, mailslot-relay.conf(5), read and checked.  Nothing in it changes after that.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdint.h>
#include <sys/types.h>

#include "subject.h"

/* Slots that stand for slots of other machines are below this directory. */
#define CONFIG_REMOTE "remote/"

/* Slots here that other hosts may write to: export "NAME" { ... } */
struct config_export {
	char *name;		/* pattern, folded; a plain name with DELIVERY_STORED */
	char **from;		/* patterns of hosts, NULL-ended; plain with DELIVERY_STORED */
	bool host, domain;	/* forms of address; not domain with DELIVERY_STORED */
	enum delivery delivery;
	bool origin;		/* frame_origin() before each message */
};

/* Slots elsewhere that users here may write to: one for each place of remote "NAME" { ... } */
struct config_remote {
	enum address_form form;
	char *place;		/* pattern of hosts, or a plain domain, folded, or "" */
	char *name;		/* pattern, folded */
	char *slot;		/* remote/host/PLACE/NAME, remote/domain/PLACE/NAME... */
	bool framed;		/* place or name is a pattern: messages are frames (frame.h) */
	gid_t group;		/* (gid_t)-1: everybody may write */
	enum delivery delivery;
	uint64_t queue_bytes;	/* 0: the module's default */
};

struct config {
	char host[ADDRESS_PLACE_SIZE];
	char domain[ADDRESS_PLACE_SIZE];
	char *directory;	/* of slots */
	char *state;		/* directory of what must survive the relay */
	char *socket;		/* of `mailslot relay status` */
	/* How NATS is reached. */
	char **servers;		/* NULL-ended, at least one */
	bool tls;		/* all servers are tls://; else all are nats:// */
	/* One of the next three lines is set, or none; of a pair, both or none. */
	char *user, *password_file;
	char *nkey, *nkey_seed_file;
	char *credentials_file;
	/* NULL unless tls. */
	char *ca_file;
	char *certificate_file, *key_file;	/* both or none */
	char *server_name;	/* that the certificate must have; NULL: the one in the URL */
	/* The stream of this host's stored messages. */
	int64_t stream_messages, stream_bytes, stream_age_s;
	int replicas;
	bool in_memory;
	struct config_export *exports;
	size_t export_count;
	const struct config_export **sorted;	/* plain names, by name, then patterns */
	size_t plain_count;
	struct config_remote *remotes;
	size_t remote_count;
};

/*
 * Read the file.  NULL after one line on standard error, "FILE:LINE: reason", for the first thing
 * that is wrong; a file that cannot be read has no line.  Files that the configuration names are
 * looked at when they are used, not here.  Not for two threads at a time.
 */
struct config *config_read(const char *file);
void config_free(struct config *config);
/* Set config->sorted; config_read() has done so.  Return false if there is no memory. */
bool config_sort(struct config *config);

/* The first export in the file that takes this message, or NULL. */
const struct config_export *config_find_export(const struct config *config,
					       const struct subject *subject);
/* May the remote's slot send to this address? */
bool config_allows(const struct config_remote *remote, const struct address *address);

#endif /* CONFIG_H */
