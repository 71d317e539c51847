// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The connection with a NATS server.
 *
 * libnats connects again by itself when a server goes. It gives a connection up for good when
 * servers refuse the credentials twice in a row, whatever its options say, and a connection that
 * was never made is not repeated. So a thread watches for that and begins anew.
 *
 * Locks: `use` is read-held by whoever uses the connection and write-held by the thread while it
 * replaces it. `lock` covers `url`, and `stop` and `closed`, for which the thread waits with
 * `changed`. A callback of libnats takes `lock` and nothing else; no call of libnats is made under
 * `lock`.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "counters.h"
#include "link.h"
#include "log.h"

#define PAUSE_FIRST_MS	250
#define PAUSE_LAST_MS	30000
/* A server that hangs with its socket open is noticed after that, or after two pings. */
#define WRITE_DEADLINE_MS	2000
#define PING_MS		5000
#define CONNECT_MS	3000
#define PENDING_MESSAGES	65536
#define REFUSAL_S	60

struct link {
	const struct config *config;
	struct link_users users;
	pthread_t thread;

	pthread_rwlock_t use;
	natsConnection *connection;	/* under use */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stop;			/* under lock */
	bool closed;			/* under lock: libnats has given the connection up */
	char url[LINK_URL_SIZE];	/* under lock: of the last server */

	atomic_bool up;
	_Atomic int64_t max_payload;
	bool said;			/* the thread's, and the callbacks' of its connection */
	unsigned int seed;		/* the thread's */
	char refusal[256];		/* the last that was logged; the callbacks' */
	time_t refused_at;
};

/* Log once that there is no server, until there is a server again. */
static void say_down(struct link *link, const char *why)
{
	if (link->said)
		return;
	link->said = true;
	log_line(SD_WARNING, "no connection with NATS: %s; trying again until there is one", why);
}

/* Note that there is a server. The same thread or callback tells the users afterwards. */
static void note_server(struct link *link, natsConnection *connection)
{
	char url[LINK_URL_SIZE] = "";

	natsConnection_GetConnectedUrl(connection, url, sizeof(url));
	pthread_mutex_lock(&link->lock);
	strcpy(link->url, url);
	pthread_mutex_unlock(&link->lock);
	atomic_store(&link->max_payload, natsConnection_GetMaxPayload(connection));
	atomic_store(&link->up, true);
	log_line(SD_NOTICE, "connected with NATS at %s", url);
	link->said = false;
}

static bool is_stopping(struct link *link)
{
	bool stop;

	pthread_mutex_lock(&link->lock);
	stop = link->stop;
	pthread_mutex_unlock(&link->lock);
	return stop;
}

static void on_disconnected(natsConnection *connection, void *data)
{
	const char *error = NULL;
	struct link *link = data;

	atomic_store(&link->up, false);
	if (is_stopping(link))
		return;
	natsConnection_GetLastError(connection, &error);
	say_down(link, error && *error ? error : "the server has closed it");
}

static void on_reconnected(natsConnection *connection, void *data)
{
	struct link *link = data;

	count(RECONNECTS, 1);
	note_server(link, connection);
	link->users.up(connection, link->users.data);
}

static void on_closed(natsConnection *connection, void *data)
{
	struct link *link = data;

	(void)connection;
	atomic_store(&link->up, false);
	pthread_mutex_lock(&link->lock);
	link->closed = true;
	pthread_cond_signal(&link->changed);
	pthread_mutex_unlock(&link->lock);
}

const char *link_reason(natsStatus status)
{
	const char *text = nats_GetLastError(NULL);

	return text && *text ? text : natsStatus_GetText(status);
}

/*
 * Log an error. A server refuses the same thing again at each try, so the same words are logged
 * once a minute at the most. Messages that were dropped for being slow are counted elsewhere
 * (incoming_dropped()).
 */
static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status,
		     void *data)
{
	struct link *link = data;
	const char *error = NULL;
	time_t now = time(NULL);

	(void)subscription;
	if (status == NATS_SLOW_CONSUMER)
		return;
	natsConnection_GetLastError(connection, &error);
	if (!error || !*error)
		error = natsStatus_GetText(status);
	if (!strcmp(error, link->refusal) && now < link->refused_at + REFUSAL_S)
		return;
	snprintf(link->refusal, sizeof(link->refusal), "%s", error);
	link->refused_at = now;
	log_line(SD_WARNING, "NATS: %s", error);
}

/* The password is the first line of its file. */
static natsStatus set_password(natsOptions *options, const struct config *config)
{
	char password[256] = "";
	FILE *file;

	if (config->password_file) {
		file = fopen(config->password_file, "re");
		if (!file || !fgets(password, sizeof(password), file)) {
			log_line(SD_ERR, "%s: cannot read a password there",
				 config->password_file);
			if (file)
				fclose(file);
			return NATS_ERR;
		}
		fclose(file);
		password[strcspn(password, "\r\n")] = '\0';
	}
	return natsOptions_SetUserInfo(options, config->user, password);
}

static natsStatus set_identity(natsOptions *options, const struct config *config)
{
	natsStatus status = NATS_OK;

	if (config->user)
		status = set_password(options, config);
	if (!status && config->nkey)
		status = natsOptions_SetNKeyFromSeed(options, config->nkey,
						     config->nkey_seed_file);
	if (!status && config->credentials_file)
		status = natsOptions_SetUserCredentialsFromFiles(options,
								 config->credentials_file, NULL);
	return status;
}

static natsStatus set_tls(natsOptions *options, const struct config *config)
{
	natsStatus status = NATS_OK;

	/* The URL alone lets libnats speak in clear with a server that offers no TLS. */
	if (config->tls)
		status = natsOptions_SetSecure(options, true);
	if (!status && config->ca_file)
		status = natsOptions_LoadCATrustedCertificates(options, config->ca_file);
	if (!status && config->certificate_file)
		status = natsOptions_LoadCertificatesChain(options, config->certificate_file,
							   config->key_file);
	if (!status && config->server_name)
		status = natsOptions_SetExpectedHostname(options, config->server_name);
	return status;
}

/*
 * Keep the buffer for a reconnection as small as possible. Messages that wait in libnats for a
 * server that is gone would be sent before the receivers are back, and reach nobody.
 */
static natsStatus set_behaviour(natsOptions *options, struct link *link)
{
	natsStatus status = NATS_OK;

	status = status ?: natsOptions_SetMaxReconnect(options, -1);
	status = status ?: natsOptions_SetReconnectWait(options, PAUSE_FIRST_MS);
	status = status ?: natsOptions_SetReconnectJitter(options, PAUSE_FIRST_MS,
							  4 * PAUSE_FIRST_MS);
	status = status ?: natsOptions_SetReconnectBufSize(options, 1);
	/* A payload holds all messages that there were: waiting for more of them gains nothing. */
	status = status ?: natsOptions_SetSendAsap(options, true);
	status = status ?: natsOptions_SetPingInterval(options, PING_MS);
	status = status ?: natsOptions_SetMaxPingsOut(options, 2);
	status = status ?: natsOptions_SetWriteDeadline(options, WRITE_DEADLINE_MS);
	status = status ?: natsOptions_SetTimeout(options, CONNECT_MS);
	status = status ?: natsOptions_SetMaxPendingMsgs(options, PENDING_MESSAGES);
	status = status ?: natsOptions_UseGlobalMessageDelivery(options, true);
	status = status ?: natsOptions_SetFailRequestsOnDisconnect(options, true);
	status = status ?: natsOptions_SetDisconnectedCB(options, on_disconnected, link);
	status = status ?: natsOptions_SetReconnectedCB(options, on_reconnected, link);
	status = status ?: natsOptions_SetClosedCB(options, on_closed, link);
	status = status ?: natsOptions_SetErrorHandler(options, on_error, link);
	return status;
}

static natsStatus set_options(natsOptions *options, struct link *link)
{
	const struct config *config = link->config;
	char token[SUBJECT_TOKEN_SIZE], text[SUBJECT_TOKEN_SIZE + 32];
	natsStatus status;
	int servers = 0;

	while (config->servers[servers])
		servers++;
	subject_token(token, config->host);
	snprintf(text, sizeof(text), "_INBOX_%s", token);
	status = natsOptions_SetServers(options, (const char **)config->servers, servers);
	status = status ?: natsOptions_SetCustomInboxPrefix(options, text);
	snprintf(text, sizeof(text), "mailslot-relay %s", config->host);
	status = status ?: natsOptions_SetName(options, text);
	status = status ?: set_identity(options, config);
	status = status ?: set_tls(options, config);
	return status ?: set_behaviour(options, link);
}

static natsStatus connect_once(struct link *link, natsConnection **connection)
{
	natsOptions *options = NULL;
	natsStatus status;

	*connection = NULL;
	status = natsOptions_Create(&options);
	if (status)
		return status;
	status = set_options(options, link);
	if (!status)
		status = natsConnection_Connect(connection, options);
	natsOptions_Destroy(options);
	return status;
}

/* Wait until it is time to stop, or, with a connection, until it is closed; true: stop. */
static bool wait_for_end(struct link *link, unsigned int most_ms)
{
	struct timespec until;
	bool stop;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += most_ms / 1000;
	until.tv_nsec += most_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&link->lock);
	while (!link->stop && (most_ms || !link->closed)) {
		if (!most_ms)
			pthread_cond_wait(&link->changed, &link->lock);
		else if (pthread_cond_timedwait(&link->changed, &link->lock, &until))
			break;
	}
	stop = link->stop;
	pthread_mutex_unlock(&link->lock);
	return stop;
}

/*
 * Subscriptions whose handler may still be called: destroying one does not wait for that. There is
 * one link at a time.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int open;		/* under lock */
} handlers = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };

static void count_handlers(int more)
{
	pthread_mutex_lock(&handlers.lock);
	handlers.open += (unsigned int)more;
	pthread_cond_signal(&handlers.changed);
	pthread_mutex_unlock(&handlers.lock);
}

static void on_complete(void *data)
{
	(void)data;
	count_handlers(-1);
}

natsStatus link_subscribe(natsSubscription **subscription, natsConnection *connection,
			  const char *subject, natsMsgHandler handler, void *data)
{
	natsStatus status;

	status = natsConnection_Subscribe(subscription, connection, subject, handler, data);
	if (status)
		return status;
	count_handlers(1);
	status = natsSubscription_SetOnCompleteCB(*subscription, on_complete, NULL);
	if (status)
		count_handlers(-1);
	return status;
}

static void wait_for_handlers(void)
{
	pthread_mutex_lock(&handlers.lock);
	while (handlers.open)
		pthread_cond_wait(&handlers.changed, &handlers.lock);
	pthread_mutex_unlock(&handlers.lock);
}

/* All callbacks of the connection have run when the last of them, on_closed(), has run. */
static void end_connection(struct link *link, natsConnection *connection)
{
	/* Every thread that is in a call of libnats returns now, and drops the connection. */
	natsConnection_Close(connection);
	pthread_mutex_lock(&link->lock);
	while (!link->closed)
		pthread_cond_wait(&link->changed, &link->lock);
	pthread_mutex_unlock(&link->lock);
	pthread_rwlock_wrlock(&link->use);
	link->connection = NULL;
	pthread_rwlock_unlock(&link->use);
}

/* Use the connection until it is given up, or the relay stops. */
static void use_connection(struct link *link, natsConnection *connection)
{
	note_server(link, connection);
	pthread_rwlock_wrlock(&link->use);
	link->connection = connection;
	pthread_rwlock_unlock(&link->use);
	link->users.up(connection, link->users.data);
	wait_for_end(link, 0);
}

static unsigned int next_pause(struct link *link, unsigned int pause)
{
	unsigned int next = pause * 2 < PAUSE_LAST_MS ? pause * 2 : PAUSE_LAST_MS;

	return next - (unsigned int)rand_r(&link->seed) % (next / 4);
}

static void *link_thread(void *data)
{
	unsigned int pause = PAUSE_FIRST_MS;
	natsConnection *connection;
	struct link *link = data;
	natsStatus status;

	do {
		pthread_mutex_lock(&link->lock);
		link->closed = false;
		pthread_mutex_unlock(&link->lock);
		status = connect_once(link, &connection);
		if (!status && link->users.made(connection, link->users.data)) {
			pause = PAUSE_FIRST_MS;
			use_connection(link, connection);
		} else {
			say_down(link, link_reason(status));
			pause = next_pause(link, pause);
		}
		atomic_store(&link->up, false);
		if (connection) {
			end_connection(link, connection);
			wait_for_handlers();
		}
		link->users.lost(link->users.data);
		natsConnection_Destroy(connection);
		nats_ReleaseThreadMemory();
	} while (!wait_for_end(link, pause));
	return NULL;
}

/* Many readers one after the other must not keep the thread from replacing the connection. */
static void init_use(pthread_rwlock_t *use)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(use, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

struct link *link_start(const struct config *config, const struct link_users *users)
{
	struct link *link = calloc(1, sizeof(*link));
	pthread_condattr_t attributes;

	if (!link)
		return NULL;
	link->config = config;
	link->users = *users;
	atomic_store(&link->max_payload, 1 << 20);
	link->seed = (unsigned int)getpid() ^ (unsigned int)time(NULL);
	init_use(&link->use);
	pthread_mutex_init(&link->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&link->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (!pthread_create(&link->thread, NULL, link_thread, link))
		return link;
	free(link);
	return NULL;
}

void link_stop(struct link *link)
{
	pthread_mutex_lock(&link->lock);
	link->stop = true;
	pthread_cond_signal(&link->changed);
	pthread_mutex_unlock(&link->lock);
	pthread_join(link->thread, NULL);
}

void link_free(struct link *link)
{
	pthread_cond_destroy(&link->changed);
	pthread_mutex_destroy(&link->lock);
	pthread_rwlock_destroy(&link->use);
	free(link);
}

natsConnection *link_hold(struct link *link)
{
	pthread_rwlock_rdlock(&link->use);
	if (link->connection)
		return link->connection;
	pthread_rwlock_unlock(&link->use);
	return NULL;
}

void link_release(struct link *link)
{
	pthread_rwlock_unlock(&link->use);
}

bool link_is_up(const struct link *link)
{
	return atomic_load(&link->up);
}

void link_server(struct link *link, char url[LINK_URL_SIZE])
{
	pthread_mutex_lock(&link->lock);
	strcpy(url, link->url);
	pthread_mutex_unlock(&link->lock);
}

size_t link_max_payload(const struct link *link)
{
	return (size_t)atomic_load_explicit(&link->max_payload, memory_order_relaxed);
}
