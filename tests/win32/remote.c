// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots on other machines: names that lead to the relay's slots, and what is written there.  The
 * relay is not needed, as the library knows it by its slots alone.
 */
#include <signal.h>

#include "win32.h"

#define MOST	424	/* bytes to a domain or all */
/* Of 64 characters: one more than a host can have. */
#define LONG_HOST "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789"

/* The relay's slots; those of patterns have room for an address before the message. */
enum {
	SELF, STATUS, HIDDEN, SMALL, WEB, ANY, SALES, OWN_DOMAIN, SALES_LOG, NEWS, ALL_LOG, SLOTS
};

static const struct {
	const char *name;
	uint32_t mode;
	uint32_t max;
	uint64_t queue_bytes;
} slots[SLOTS] = {
	[SELF] = { "remote/self/office/alpha", 0, 0, 0 },
	[STATUS] = { "remote/host/beta/status", 0622, 0, 0 },
	[HIDDEN] = { "remote/host/beta/hidden", 0600, 0, 0 },
	[SMALL] = { "remote/host/beta/small", 0622, 10, 0 },
	[WEB] = { "remote/host/web-*/jobs/*", 0622, 60, 4096 },
	[ANY] = { "remote/host/*/jobs/*", 0622, 0, 0 },
	[SALES] = { "remote/domain/sales/status", 0622, MOST, 0 },
	[OWN_DOMAIN] = { "remote/domain/office/status", 0622, MOST, 0 },
	[SALES_LOG] = { "remote/domain/sales/log-?", 0622, MOST + 331, 0 },
	[NEWS] = { "remote/all/news", 0622, MOST, 0 },
	[ALL_LOG] = { "remote/all/log/*", 0622, MOST + 331, 0 },
};

static int relay_slot(const char *name, uint32_t mode, uint32_t max, uint64_t queue_bytes)
{
	struct mailslot_create create = {
		.flags = MAILSLOT_CREATE_NONBLOCK,
		.mode = mode,
		.max_message_size = max,
		.queue_bytes = queue_bytes,
	};
	mode_t mask = umask(0);
	int fd;

	snprintf(create.name, sizeof(create.name), "%s", name);
	fd = native_create(&create);
	umask(mask);
	return fd;
}

FIXTURE(remote) {
	int fd[SLOTS];
};

FIXTURE_SETUP(remote)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	for (int i = 0; i < SLOTS; i++) {
		self->fd[i] = relay_slot(slots[i].name, slots[i].mode, slots[i].max,
					 slots[i].queue_bytes);
		ASSERT_LE(0, self->fd[i]) TH_LOG("%s", slots[i].name);
	}
}

FIXTURE_TEARDOWN(remote)
{
	for (int i = 0; i < SLOTS; i++)
		close(self->fd[i]);
}

/* Is the next message in the relay's slot this, and an end after the address, if there is one? */
static bool relayed(int fd, const char *address, const char *text)
{
	size_t size = address ? strlen(address) + 1 : 0;
	char buffer[1024];
	ssize_t n = read(fd, buffer, sizeof(buffer));

	return n == (ssize_t)(size + strlen(text)) && !memcmp(buffer, address ?: "", size) &&
	       !memcmp(buffer + size, text, strlen(text));
}

static bool is_empty(int fd)
{
	char byte;

	return read(fd, &byte, 1) < 0 && errno == EAGAIN;
}

/* Nothing but what the test has read has reached any slot. */
#define EXPECT_ALL_EMPTY() do { \
	for (int i_ = 0; i_ < SLOTS; i_++) { \
		EXPECT_TRUE(is_empty(self->fd[i_])) \
			TH_LOG("%s", slots[i_].name); \
	} \
} while (0)

#define EXPECT_SENDS(name, slot, address) do { \
	HANDLE client_ = open_client(name); \
	EXPECT_TRUE(is_handle(client_)) TH_LOG("%s: %u", name, GetLastError()); \
	EXPECT_TRUE(send_text(client_, "to " name)); \
	EXPECT_TRUE(relayed(self->fd[slot], address, "to " name)); \
	EXPECT_TRUE(CloseHandle(client_)); \
} while (0)

static bool send_bytes(HANDLE client, DWORD size)
{
	static char bytes[2048];
	DWORD written = POISON;

	if (WriteFile(client, bytes, size, &written, NULL))
		return written == size;
	return written;	/* must be 0 */
}

TEST(no_relay_is_3025)
{
	int fd;

	if (!have_module())
		SKIP(return, "no mailslot module");
	/* A slot alone is no relay, nor is an empty place where its names would be. */
	fd = relay_slot("remote/host/beta/status", 0622, 0, 0);
	ASSERT_LE(0, fd);
	EXPECT_NO_HANDLE(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
			 open_client("\\\\beta\\mailslot\\status"));
	EXPECT_LE(0, relay_slot("remote/self", 0, 0, 0));
	EXPECT_NO_HANDLE(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
			 open_client("\\\\beta\\mailslot\\status"));
	EXPECT_FAILS(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
		     mailslot_wait("\\\\beta\\mailslot\\status", INFINITE));
	EXPECT_FAILS(ERROR_REMOTE_MAILSLOTS_DEPRECATED, mailslot_relay_names(NULL, NULL));
}

TEST_F(remote, addresses_that_have_a_slot)
{
	EXPECT_SENDS("\\\\beta\\mailslot\\status", STATUS, NULL);
	EXPECT_SENDS("\\\\BETA\\MailSlot\\Status", STATUS, NULL);
	EXPECT_SENDS("//beta/mailslot/status", STATUS, NULL);
	EXPECT_SENDS("\\\\Sales\\mailslot\\status", SALES, NULL);
	EXPECT_SENDS("\\\\*\\mailslot\\News", NEWS, NULL);
	EXPECT_ALL_EMPTY();
}

TEST_F(remote, wide_name)
{
	static const WCHAR name[] = L"\\\\WEB-1\\mailslot\\Jobs\\\u00dc";
	HANDLE client = CreateFileW(name, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

	ASSERT_TRUE(is_handle(client));
	EXPECT_TRUE(send_text(client, "x"));
	EXPECT_TRUE(relayed(self->fd[WEB], "\\\\web-1\\mailslot\\jobs/\xc3\xbc", "x"));
}

TEST_F(remote, patterns_take_frames)
{
	EXPECT_SENDS("\\\\web-1\\mailslot\\jobs\\a", WEB, "\\\\web-1\\mailslot\\jobs/a");
	EXPECT_SENDS("\\\\db\\mailslot\\JOBS\\a\\b", ANY, "\\\\db\\mailslot\\jobs/a/b");
	EXPECT_SENDS("\\\\sales\\mailslot\\log-7", SALES_LOG, "\\\\sales\\mailslot\\log-7");
	EXPECT_SENDS("\\\\*\\mailslot\\log\\x", ALL_LOG, "\\\\*\\mailslot\\log/x");
	EXPECT_ALL_EMPTY();
}

/* A pattern is not opened by its own name as if it were one address. */
TEST_F(remote, patterns_are_no_names)
{
	EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED, open_client("\\\\web-*\\mailslot\\jobs\\a"));
	EXPECT_SENDS("\\\\db\\mailslot\\jobs\\*", ANY, "\\\\db\\mailslot\\jobs/*");
	EXPECT_SENDS("\\\\*\\mailslot\\log\\*", ALL_LOG, "\\\\*\\mailslot\\log/*");
	EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED, open_client("\\\\sales\\mailslot\\log-*7"));
	EXPECT_ALL_EMPTY();
}

TEST_F(remote, order_of_slots)
{
	static const char *const patterns[] = {
		"remote/host/gamma/[ab]*", "remote/host/gamma/a*", "remote/host/gamma/?c*",
		"remote/host/[a-g]*/acd", "remote/host/gamma/*",
	};
	int domain = relay_slot("remote/domain/gamma/plain", 0622, 0, 0);
	int fd[ARRAY_SIZE(patterns)], plain;

	/* The closest pattern is found while it is there, then the next. */
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		fd[i] = relay_slot(patterns[i], 0622, 0, 0);
	ASSERT_LE(0, fd[4]);
	for (int i = 0; i < 5; i++) {
		static const int order[] = { 1, 0, 2, 4, 3 };
		HANDLE client = open_client("\\\\gamma\\mailslot\\acd");

		EXPECT_TRUE(send_text(client, "x"));
		EXPECT_TRUE(relayed(fd[order[i]], "\\\\gamma\\mailslot\\acd", "x")) TH_LOG("%d", i);
		close(fd[order[i]]);
	}
	/* A domain's own slot comes before any pattern, a host's before a domain's. */
	fd[0] = relay_slot("remote/host/gamma/*", 0622, 0, 0);
	EXPECT_TRUE(send_text(open_client("\\\\gamma\\mailslot\\plain"), "to the domain"));
	EXPECT_TRUE(relayed(domain, NULL, "to the domain"));
	plain = relay_slot("remote/host/gamma/plain", 0622, 0, 0);
	EXPECT_TRUE(send_text(open_client("\\\\gamma\\mailslot\\plain"), "to the host"));
	EXPECT_TRUE(relayed(plain, NULL, "to the host"));
	close(plain);
	close(domain);
	EXPECT_TRUE(send_text(open_client("\\\\gamma\\mailslot\\plain"), "any"));
	EXPECT_TRUE(relayed(fd[0], "\\\\gamma\\mailslot\\plain", "any"));
}

TEST_F(remote, what_is_not_allowed_is_5)
{
	static const char *const names[] = {
		"\\\\beta\\mailslot\\other", "\\\\beta\\mailslot\\status\\below",
		"\\\\gamma\\mailslot\\status", "\\\\*\\mailslot\\status",
		"\\\\sales\\mailslot\\log-77",
		"\\\\all\\mailslot\\news", "\\\\self\\mailslot\\office\\alpha",
		/* What can be no host, and must not lead to another directory. */
		"\\\\..\\mailslot\\all\\news", "\\\\..\\mailslot\\host\\beta\\status",
		"\\\\b eta\\mailslot\\status", "\\\\\xc3\xa9\\mailslot\\jobs\\x",
		"\\\\" LONG_HOST "\\mailslot\\jobs\\x",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED, open_client(names[i]));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client("\\\\beta\\mailslot\\a\\..\\status"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client("\\\\beta\\mailslot\\"));
}

TEST_F(remote, permission)
{
	int status;

	if (!fork()) {
		/* Nobody may read, and who asks for both only ever writes. */
		_exit(setuid(65534) || is_handle(open_client("\\\\beta\\mailslot\\hidden")) ||
		      GetLastError() != ERROR_ACCESS_DENIED ||
		      !send_text(open_with("\\\\beta\\mailslot\\status",
					   GENERIC_READ | GENERIC_WRITE, 0), "hi"));
	}
	wait(&status);
	EXPECT_EQ(0, status);
	EXPECT_TRUE(relayed(self->fd[STATUS], NULL, "hi"));
}

TEST_F(remote, rights)
{
	HANDLE reader = open_with("\\\\beta\\mailslot\\status", GENERIC_READ, 0);
	char byte;
	DWORD n;

	ASSERT_TRUE(is_handle(reader));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(reader, "x", 1, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, ReadFile(reader, &byte, 1, &n, NULL));
	EXPECT_ALL_EMPTY();
}

TEST_F(remote, dispositions)
{
	static const char name[] = "\\\\beta\\mailslot\\status";

	EXPECT_NO_HANDLE(ERROR_FILE_EXISTS,
			 CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
	EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED,
			 CreateFileA("\\\\beta\\mailslot\\other", GENERIC_WRITE, 0, NULL,
				     CREATE_NEW, 0, NULL));
	EXPECT_TRUE(is_handle(CreateFileA(name, GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, 0, NULL)));
	EXPECT_EQ(ERROR_ALREADY_EXISTS, GetLastError());
	SetLastError(ERROR_FILE_NOT_FOUND);
	EXPECT_TRUE(is_handle(open_client(name)));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make_slot("\\\\beta\\mailslot\\mine", 0, 0));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make_slot("\\\\alpha\\mailslot\\mine", 0, 0));
}

TEST_F(remote, own_host_is_local)
{
	HANDLE server = make_slot(NAME, 0, 0);
	int trap = relay_slot("remote/host/alpha/test", 0622, 0, 0);

	ASSERT_TRUE(is_handle(server));
	ASSERT_LE(0, trap);
	EXPECT_TRUE(send_text(open_client("\\\\alpha\\mailslot\\test"), "by name"));
	EXPECT_TRUE(next_is(server, "by name"));
	EXPECT_TRUE(send_text(open_client("//ALPHA/mailslot/Test"), "in capitals"));
	EXPECT_TRUE(next_is(server, "in capitals"));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client("\\\\alpha\\mailslot\\absent"));
	EXPECT_TRUE(is_empty(trap));
	/* The own domain is more than this host. */
	EXPECT_SENDS("\\\\OFFICE\\mailslot\\status", OWN_DOMAIN, NULL);
}

TEST_F(remote, longest_message_to_many)
{
	static const struct {
		const char *name;
		int slot;
	} many[] = {
		{ "\\\\sales\\mailslot\\status", SALES }, { "\\\\*\\mailslot\\news", NEWS },
		{ "\\\\sales\\mailslot\\log-1", SALES_LOG }, { "\\\\*\\mailslot\\log\\1", ALL_LOG },
	};
	char buffer[1024];

	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		HANDLE client = open_client(many[i].name);

		EXPECT_TRUE(send_bytes(client, MOST));
		EXPECT_LE(MOST, read(self->fd[many[i].slot], buffer, sizeof(buffer)));
		EXPECT_FAILS(ERROR_BAD_NETPATH, send_bytes(client, MOST + 1));
		EXPECT_TRUE(is_empty(self->fd[many[i].slot]));
		/* The handle is as good as before. */
		EXPECT_TRUE(send_bytes(client, 0));
		EXPECT_LE(0, read(self->fd[many[i].slot], buffer, sizeof(buffer)));
	}
}

TEST_F(remote, longest_message_to_a_host)
{
	HANDLE plain = open_client("\\\\beta\\mailslot\\small");
	HANDLE framed = open_client("\\\\web-1\\mailslot\\jobs\\x");
	DWORD room = 60 - sizeof("\\\\web-1\\mailslot\\jobs/x");

	EXPECT_TRUE(send_bytes(plain, 10));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, send_bytes(plain, 11));
	EXPECT_TRUE(send_bytes(framed, room));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, send_bytes(framed, room + 1));
	EXPECT_TRUE(send_bytes(open_client("\\\\beta\\mailslot\\status"), MOST + 1));
}

TEST_F(remote, empty_message)
{
	HANDLE client = open_client("\\\\web-1\\mailslot\\jobs\\x");

	EXPECT_TRUE(send_text(client, ""));
	EXPECT_TRUE(relayed(self->fd[WEB], "\\\\web-1\\mailslot\\jobs/x", ""));
}

TEST_F(remote, bad_memory)
{
	HANDLE client = open_client("\\\\web-1\\mailslot\\jobs\\x");
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_NOACCESS, WriteFile(client, (void *)16, 5, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_TRUE(is_empty(self->fd[WEB]));
}

#define FRAMED	"\\\\web-1\\mailslot\\jobs\\x"
#define ADDRESS	"\\\\web-1\\mailslot\\jobs/x"

/* Fill the slot's queue, of 4096 bytes, with short messages. */
static unsigned int fill(HANDLE client)
{
	unsigned int n = 0;

	while (n < 4096 && send_text(client, "x"))
		n++;
	return n;
}

TEST_F(remote, full_queue)
{
	HANDLE client = open_client(FRAMED), event = CreateEventA(NULL, TRUE, FALSE, NULL);
	HANDLE waiting = open_with(FRAMED, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	OVERLAPPED overlapped = { .hEvent = event };
	unsigned int n = fill(client);
	DWORD bytes = POISON;

	ASSERT_TRUE(n > 0 && n < 4096);
	EXPECT_FAILS(ERROR_NO_SYSTEM_RESOURCES, send_bytes(client, 1));
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(waiting, "late", 4, &bytes, &overlapped));
	while (n--)
		EXPECT_TRUE(relayed(self->fd[WEB], ADDRESS, "x"));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, 10000));
	EXPECT_TRUE(GetOverlappedResult(waiting, &overlapped, &bytes, FALSE));
	EXPECT_EQ(4, bytes);
	EXPECT_TRUE(relayed(self->fd[WEB], ADDRESS, "late"));
	EXPECT_TRUE(is_empty(self->fd[WEB]));
}

static DWORD routine_error, routine_bytes;

static void routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	(void)overlapped;
	routine_error = error;
	routine_bytes = bytes;
}

TEST_F(remote, write_with_a_routine)
{
	HANDLE client = open_with(FRAMED, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	HANDLE many = open_with("\\\\*\\mailslot\\log\\1", GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	OVERLAPPED overlapped = { 0 };
	static char bytes[MOST + 1];

	routine_bytes = POISON;
	EXPECT_TRUE(WriteFileEx(client, "hello", 5, &overlapped, routine));
	EXPECT_TRUE(relayed(self->fd[WEB], ADDRESS, "hello"));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(0, routine_error);
	EXPECT_EQ(5, routine_bytes);
	EXPECT_FAILS(ERROR_BAD_NETPATH,
		     WriteFileEx(many, bytes, sizeof(bytes), &overlapped, routine));
	EXPECT_EQ(0, SleepEx(0, TRUE));
	EXPECT_ALL_EMPTY();
}

TEST_F(remote, completion_port)
{
	HANDLE client = open_with(FRAMED, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	HANDLE port = CreateIoCompletionPort(client, NULL, 7, 0);
	OVERLAPPED overlapped = { 0 }, *done = NULL;
	DWORD bytes = POISON;
	ULONG_PTR key = 0;

	ASSERT_TRUE(port);
	EXPECT_TRUE(WriteFile(client, "hello", 5, &bytes, &overlapped));
	EXPECT_TRUE(GetQueuedCompletionStatus(port, &bytes, &key, &done, 10000));
	EXPECT_EQ(5, bytes);
	EXPECT_EQ(7, key);
	EXPECT_EQ(&overlapped, done);
	EXPECT_TRUE(relayed(self->fd[WEB], ADDRESS, "hello"));
}

/* What was pended and turns out to be too long says so when its turn comes. */
TEST_F(remote, pended_and_too_long)
{
	int fd = relay_slot("remote/all/tight/*", 0622, MOST + 331, 2048);
	HANDLE client = open_with("\\\\*\\mailslot\\tight\\1", GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	OVERLAPPED first = { 0 }, second = { 0 };
	static char bytes[MOST + 1];
	char buffer[1024];
	DWORD n;

	ASSERT_LE(0, fd);
	while (WriteFile(client, bytes, MOST, &n, &first))
		;
	EXPECT_EQ(ERROR_IO_PENDING, GetLastError());
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, bytes, MOST + 1, &n, &second));
	while (read(fd, buffer, sizeof(buffer)) > 0 || second.Internal == STATUS_PENDING)
		sleep_ms(1);
	EXPECT_FAILS(ERROR_BAD_NETPATH, GetOverlappedResult(client, &second, &n, FALSE));
	EXPECT_TRUE(GetOverlappedResult(client, &first, &n, FALSE));
}

TEST_F(remote, relay_that_goes)
{
	HANDLE plain = open_client("\\\\beta\\mailslot\\status"), framed = open_client(FRAMED);
	HANDLE many = open_client("\\\\*\\mailslot\\news");

	close(self->fd[STATUS]);
	close(self->fd[WEB]);
	close(self->fd[NEWS]);
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_bytes(plain, 1));
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_bytes(framed, 1));
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_bytes(many, 1));
	EXPECT_TRUE(CloseHandle(plain));
	EXPECT_TRUE(CloseHandle(framed));
	EXPECT_NO_HANDLE(ERROR_ACCESS_DENIED, open_client("\\\\beta\\mailslot\\status"));
}

TEST_F(remote, duplicates_and_forks_keep_the_address)
{
	HANDLE client = open_client(FRAMED), copy = NULL;
	int status;

	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), client, GetCurrentProcess(), &copy, 0,
				    TRUE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
	EXPECT_TRUE(send_text(copy, "from a duplicate"));
	EXPECT_TRUE(relayed(self->fd[WEB], ADDRESS, "from a duplicate"));
	if (!fork())
		_exit(!send_text(copy, "from a child"));
	wait(&status);
	EXPECT_EQ(0, status);
	EXPECT_TRUE(relayed(self->fd[WEB], ADDRESS, "from a child"));
}

/* A descriptor alone, as a program inherits it, tells its slot, and not which address was meant. */
TEST_F(remote, inherited_descriptors)
{
	HANDLE framed = (HANDLE)(intptr_t)open(node_path(slots[WEB].name), O_WRONLY);
	HANDLE many = (HANDLE)(intptr_t)open(node_path(slots[SALES].name), O_WRONLY);
	HANDLE plain = (HANDLE)(intptr_t)open(node_path(slots[STATUS].name), O_WRONLY | O_NONBLOCK);

	EXPECT_FAILS(ERROR_NOT_SUPPORTED, send_bytes(framed, 1));
	EXPECT_TRUE(send_text(plain, "hello"));
	EXPECT_TRUE(relayed(self->fd[STATUS], NULL, "hello"));
	EXPECT_TRUE(send_text(many, "hello"));
	EXPECT_TRUE(relayed(self->fd[SALES], NULL, "hello"));
	EXPECT_FAILS(ERROR_BAD_NETPATH, send_bytes(many, MOST + 1));
	EXPECT_TRUE(CloseHandle(framed));
	EXPECT_ALL_EMPTY();
}

TEST_F(remote, waiting_for_what_is_there)
{
	EXPECT_TRUE(mailslot_wait("\\\\beta\\mailslot\\status", INFINITE));
	EXPECT_TRUE(mailslot_wait(FRAMED, 0));
	EXPECT_TRUE(mailslot_wait("\\\\*\\mailslot\\news", 0));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, mailslot_wait("\\\\beta\\mailslot\\other", 10));
	EXPECT_ALL_EMPTY();
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The relay takes up its work while somebody waits: in each of the directories there are. */
TEST_F(remote, waiting_for_what_comes)
{
	static const struct {
		const char *slot, *name;
	} late[] = {
		{ "remote/host/delta/x", "\\\\delta\\mailslot\\x" },
		{ "remote/host/del?a/a/b/*", "\\\\delta\\mailslot\\a\\b\\c" },
		{ "remote/domain/delta/x", "\\\\delta\\mailslot\\x" },
		{ "remote/all/late/x", "\\\\*\\mailslot\\late\\x" },
		{ "remote/all/n*", "\\\\*\\mailslot\\new" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(late); i++) {
		pid_t pid = fork();

		if (!pid) {
			sleep_ms(300);
			if (relay_slot(late[i].slot, 0622, 0, 0) < 0)
				_exit(1);
			pause();
		}
		EXPECT_TRUE(mailslot_wait(late[i].name, 60000)) TH_LOG("%s", late[i].slot);
		EXPECT_TRUE(is_handle(open_client(late[i].name)));
		end_child(pid);
	}
}

TEST_F(remote, waiting_ends_with_the_relay)
{
	pid_t pid = fork();

	if (!pid) {
		for (int i = 0; i < SLOTS; i++)
			if (i != SELF)
				close(self->fd[i]);
		sleep_ms(300);
		_exit(0);
	}
	close(self->fd[SELF]);
	EXPECT_FAILS(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
		     mailslot_wait("\\\\delta\\mailslot\\x", 60000));
	waitpid(pid, NULL, 0);
}

TEST_F(remote, names_of_the_relay)
{
	char host[MAILSLOT_HOST_SIZE], domain[MAILSLOT_HOST_SIZE];

	ASSERT_TRUE(mailslot_relay_names(host, domain));
	EXPECT_STREQ("alpha", host);
	EXPECT_STREQ("office", domain);
	EXPECT_TRUE(mailslot_relay_names(NULL, NULL));
	/* All programs find the same, should there be several for a moment. */
	ASSERT_LE(0, relay_slot("remote/self/office/aleph", 0, 0, 0));
	ASSERT_LE(0, relay_slot("remote/self/plant/a", 0, 0, 0));
	ASSERT_TRUE(mailslot_relay_names(host, domain));
	EXPECT_STREQ("aleph", host);
	EXPECT_STREQ("office", domain);
}

TEST(origin)
{
	static const char message[] = "web-1.example 4294967295 1764512345.000000007\nhello";
	struct mailslot_origin origin;
	DWORD offset = POISON;

	ASSERT_TRUE(mailslot_parse_origin(message, sizeof(message) - 1, &origin, &offset));
	EXPECT_STREQ("web-1.example", origin.host);
	EXPECT_EQ(UINT32_MAX, origin.uid);
	EXPECT_EQ(1764512345000000007LL, origin.time_ns);
	EXPECT_STREQ("hello", message + offset);
	/* The message may be empty, and the line's numbers as large as they get. */
	ASSERT_TRUE(mailslot_parse_origin("a 0 9223372036.854775807\n", 25, &origin, &offset));
	EXPECT_EQ(INT64_MAX, origin.time_ns);
	EXPECT_EQ(25, offset);
	ASSERT_TRUE(mailslot_parse_origin("a 0 -9223372036.854775808\n", 26, &origin, &offset));
	EXPECT_EQ(INT64_MIN, origin.time_ns);
	ASSERT_TRUE(mailslot_parse_origin("a 0 -1.500000000\n", 17, &origin, &offset));
	EXPECT_EQ(-1500000000, origin.time_ns);
	ASSERT_TRUE(mailslot_parse_origin("a 0 0.000000000\n", 16, &origin, &offset));
	EXPECT_EQ(0, origin.time_ns);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, mailslot_parse_origin(NULL, 0, &origin, &offset));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     mailslot_parse_origin(message, 50, NULL, &offset));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     mailslot_parse_origin(message, 50, &origin, NULL));
}

TEST(no_origin_is_13)
{
	static const char *const messages[] = {
		"", "\n", "hello\n", "a 0 1.000000000", "a 0 1.000000000\r\n", " a 0 1.000000000\n",
		"a  0 1.000000000\n", "a 0  1.000000000\n", "a 0 1.000000000 b\n",
		"a\t0 1.000000000\n", "A 0 1.000000000\n", "a/b 0 1.000000000\n",
		"a -1 1.000000000\n", "a +1 1.000000000\n", "a 00 1.000000000\n",
		"a 4294967296 1.000000000\n", "a  1.000000000\n",
		"a 0 --1.000000000\n", "a 0 -0.000000000\n",
		"a 0 -9223372036.854775809\n",
		"a 0 01.000000000\n", "a 0 .000000000\n", "a 0 1,000000000\n", "a 0 1.00000000\n",
		"a 0 1.0000000000\n", "a 0 1.00000000x\n", "a 0 9223372036.854775808\n",
		"a 0 9223372037.000000000\n", "a 0 18446744073709551617.000000000\n",
		LONG_HOST " 0 1.000000000\n",
	};
	static const char nul[] = "a\0b 0 1.000000000\n";
	static const char whole[] = "a 0 1.000000000\n";
	struct mailslot_origin origin, before;
	DWORD offset = POISON;

	memset(&origin, 0xee, sizeof(origin));
	before = origin;
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		EXPECT_FAILS(ERROR_INVALID_DATA,
			     mailslot_parse_origin(messages[i], (DWORD)strlen(messages[i]), &origin,
						   &offset));
	EXPECT_FAILS(ERROR_INVALID_DATA,
		     mailslot_parse_origin(nul, sizeof(nul) - 1, &origin, &offset));
	/* No byte beyond the message is looked at. */
	for (DWORD i = 0; i < sizeof(whole) - 1; i++) {
		char *copy = malloc(i ?: 1);

		memcpy(copy, whole, i);
		EXPECT_FAILS(ERROR_INVALID_DATA, mailslot_parse_origin(copy, i, &origin, &offset));
		free(copy);
	}
	EXPECT_EQ(0, memcmp(&before, &origin, sizeof(origin)));
	EXPECT_EQ(POISON, offset);
}

TEST_HARNESS_MAIN
