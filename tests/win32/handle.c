// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: duplicates, information, closing, inheritance over fork and exec.
 */
#include "win32.h"

SLOT_FIXTURE(handle, 0, 0)

static BOOL duplicate(HANDLE source, HANDLE *copy, DWORD access, BOOL inherit, DWORD options)
{
	return DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), copy, access,
			       inherit, options);
}

TEST_F(handle, duplicate_is_the_same_slot)
{
	HANDLE server, client;
	DWORD timeout = POISON;

	ASSERT_TRUE(duplicate(self->server, &server, 0, FALSE, DUPLICATE_SAME_ACCESS));
	ASSERT_TRUE(duplicate(self->client, &client, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_NE(self->server, server);
	EXPECT_NE(self->client, client);
	ASSERT_TRUE(send_text(self->client, "1"));
	ASSERT_TRUE(send_text(client, "2"));
	EXPECT_TRUE(next_is(server, "1"));
	EXPECT_TRUE(next_is(self->server, "2"));
	ASSERT_TRUE(SetMailslotInfo(self->server, 9));
	EXPECT_TRUE(GetMailslotInfo(server, NULL, NULL, NULL, &timeout));
	EXPECT_EQ(9, timeout);
}

TEST_F(handle, slot_lives_until_the_last_duplicate)
{
	HANDLE copy;

	ASSERT_TRUE(duplicate(self->server, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(CloseHandle(self->server));
	EXPECT_TRUE(send_text(self->client, "alive"));
	EXPECT_TRUE(next_is(copy, "alive"));
	EXPECT_TRUE(CloseHandle(copy));
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_text(self->client, "dead"));
}

TEST_F(handle, same_access_ignores_access)
{
	HANDLE copy;

	EXPECT_TRUE(duplicate(self->server, &copy, GENERIC_ALL, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(duplicate(self->client, &copy, GENERIC_READ, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(send_text(copy, "x"));
}

TEST_F(handle, rights_cannot_grow)
{
	HANDLE copy = self->server, both;

	EXPECT_FAILS(ERROR_ACCESS_DENIED, duplicate(self->server, &copy, GENERIC_WRITE, FALSE, 0));
	EXPECT_EQ(NULL, copy);
	EXPECT_FAILS(ERROR_ACCESS_DENIED, duplicate(self->client, &copy, GENERIC_READ, FALSE, 0));
	both = open_with(NAME, GENERIC_READ | GENERIC_WRITE, 0);
	EXPECT_TRUE(duplicate(both, &copy, GENERIC_READ, FALSE, 0));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(copy, "x", 1, NULL, NULL));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, duplicate(copy, &copy, GENERIC_WRITE, FALSE, 0));
	EXPECT_TRUE(duplicate(both, &copy, GENERIC_WRITE, FALSE, 0));
	EXPECT_TRUE(send_text(copy, "x"));
}

TEST_F(handle, close_source_closes_whatever_happens)
{
	HANDLE copy, other = open_client(NAME);

	EXPECT_TRUE(duplicate(self->client, &copy, 0, FALSE,
			      DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
	EXPECT_TRUE(send_text(copy, "moved"));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(self->client));
	EXPECT_FAILS(ERROR_ACCESS_DENIED,
		     duplicate(other, &copy, GENERIC_READ, FALSE, DUPLICATE_CLOSE_SOURCE));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(other));
	EXPECT_TRUE(next_is(self->server, "moved"));
}

TEST_F(handle, duplicate_decides_inheritability)
{
	HANDLE copy, again;
	DWORD flags = POISON;

	ASSERT_TRUE(duplicate(self->server, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(GetHandleInformation(copy, &flags));
	EXPECT_EQ(HANDLE_FLAG_INHERIT, flags);
	ASSERT_TRUE(duplicate(copy, &again, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(GetHandleInformation(again, &flags));
	EXPECT_EQ(0, flags);
}

TEST_F(handle, other_processes_are_50)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), copy;

	EXPECT_FAILS(ERROR_NOT_SUPPORTED, DuplicateHandle(event, self->server, GetCurrentProcess(),
							  &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_FAILS(ERROR_NOT_SUPPORTED, DuplicateHandle(GetCurrentProcess(), self->server, event,
							  &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
}

TEST_F(handle, duplicate_of_bad_handle_is_6)
{
	HANDLE copy;

	EXPECT_FAILS(ERROR_INVALID_HANDLE, duplicate(NULL, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     duplicate(INVALID_HANDLE_VALUE, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, duplicate(self->server, &copy, 0, FALSE, 4));
}

TEST_F(handle, information_changes_only_the_mask)
{
	DWORD flags = POISON;

	EXPECT_TRUE(SetHandleInformation(self->client, HANDLE_FLAG_INHERIT, 3));
	EXPECT_TRUE(GetHandleInformation(self->client, &flags));
	EXPECT_EQ(HANDLE_FLAG_INHERIT, flags);
	EXPECT_TRUE(SetHandleInformation(self->client, HANDLE_FLAG_PROTECT_FROM_CLOSE, 2));
	EXPECT_TRUE(GetHandleInformation(self->client, &flags));
	EXPECT_EQ(3, flags);
	EXPECT_TRUE(SetHandleInformation(self->client, 0, 0));
	EXPECT_TRUE(SetHandleInformation(self->client, HANDLE_FLAG_INHERIT, 0));
	EXPECT_TRUE(GetHandleInformation(self->client, &flags));
	EXPECT_EQ(HANDLE_FLAG_PROTECT_FROM_CLOSE, flags);
	EXPECT_TRUE(SetHandleInformation(self->client, 3, 0));
}

TEST_F(handle, information_is_per_handle)
{
	HANDLE copy;
	DWORD flags = POISON;

	ASSERT_TRUE(duplicate(self->client, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(SetHandleInformation(self->client, 3, 3));
	EXPECT_TRUE(GetHandleInformation(copy, &flags));
	EXPECT_EQ(0, flags);
	EXPECT_TRUE(SetHandleInformation(self->client, 3, 0));
}

TEST_F(handle, information_errors)
{
	DWORD flags = POISON;

	EXPECT_FAILS(ERROR_INVALID_PARAMETER, SetHandleInformation(self->client, 4, 4));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetHandleInformation(NULL, 1, 1));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetHandleInformation(INVALID_HANDLE_VALUE, &flags));
	EXPECT_EQ(POISON, flags);
	EXPECT_FAILS(ERROR_NOACCESS, GetHandleInformation(self->client, NULL));
}

/* It is the first handle that has the descriptor. */
TEST_F(handle, second_handle_to_an_event_cannot_be_inherited)
{
	HANDLE first = CreateEventA(NULL, TRUE, FALSE, "one of two");
	HANDLE second = CreateEventA(NULL, TRUE, FALSE, "one of two");
	DWORD flags = POISON;

	ASSERT_TRUE(is_handle(first));
	ASSERT_TRUE(is_handle(second));
	EXPECT_FAILS(ERROR_NOT_SUPPORTED, SetHandleInformation(second, HANDLE_FLAG_INHERIT,
							       HANDLE_FLAG_INHERIT));
	EXPECT_TRUE(SetHandleInformation(second, HANDLE_FLAG_INHERIT, 0));
	EXPECT_TRUE(GetHandleInformation(second, &flags));
	EXPECT_EQ(0, flags);
	EXPECT_TRUE(SetHandleInformation(first, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
	EXPECT_TRUE(GetHandleInformation(first, &flags));
	EXPECT_EQ(HANDLE_FLAG_INHERIT, flags);
}

TEST_F(handle, protected_is_not_closed)
{
	HANDLE copy;

	ASSERT_TRUE(SetHandleInformation(self->client, HANDLE_FLAG_PROTECT_FROM_CLOSE, 2));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(self->client));
	EXPECT_TRUE(send_text(self->client, "still"));
	EXPECT_TRUE(duplicate(self->client, &copy, 0, FALSE,
			      DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
	EXPECT_TRUE(send_text(self->client, "open"));
	ASSERT_TRUE(SetHandleInformation(self->client, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
	EXPECT_TRUE(CloseHandle(self->client));
}

/* A copy the library did not make is a handle of its own, with the server's right. */
TEST_F(handle, raw_copy_of_a_protected_server)
{
	HANDLE weak, copy;

	ASSERT_TRUE(duplicate(self->server, &weak, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
	ASSERT_TRUE(SetHandleInformation(weak, HANDLE_FLAG_PROTECT_FROM_CLOSE, 2));
	copy = (HANDLE)(intptr_t)dup((int)(intptr_t)weak);
	ASSERT_TRUE(send_text(self->client, "x"));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, next_is(weak, "x"));
	EXPECT_TRUE(next_is(copy, "x"));
	EXPECT_TRUE(CloseHandle(copy));
	ASSERT_TRUE(SetHandleInformation(weak, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
	EXPECT_TRUE(CloseHandle(weak));
}

TEST_F(handle, close_twice_is_6)
{
	EXPECT_TRUE(CloseHandle(self->client));
	for (int i = 0; i < 3; i++)
		EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(self->client));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(INVALID_HANDLE_VALUE));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle((HANDLE)(1 << 23)));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle((HANDLE)0x7fffffff));
}

TEST_F(handle, close_of_foreign_descriptor_is_6)
{
	int fd = open("/dev/null", O_RDWR);

	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle((HANDLE)(intptr_t)fd));
	EXPECT_LE(0, fcntl(fd, F_GETFD));
}

/* A closed handle's number may become a file of the program's: not ours to touch. */
TEST_F(handle, number_reused_by_program_is_6)
{
	int number = (int)(intptr_t)self->client, fd;
	struct stat st;
	DWORD n;

	ASSERT_TRUE(CloseHandle(self->client));
	fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(number, fd);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile(self->client, "x", 1, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(self->client));
	EXPECT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, st.st_size);
}

TEST_F(handle, descriptor_closed_behind_the_library)
{
	int number = (int)(intptr_t)self->client;
	DWORD n = POISON;

	ASSERT_EQ(0, close(number));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile(self->client, "x", 1, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetMailslotInfo(self->client, &n, NULL, NULL, NULL));
	/* The next client gets the number, and all is well. */
	EXPECT_EQ(self->client, open_client(NAME));
	EXPECT_TRUE(send_text(self->client, "well"));
	EXPECT_TRUE(next_is(self->server, "well"));
}

TEST_F(handle, closing_a_client_keeps_its_messages)
{
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(CloseHandle(self->client));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

TEST_F(handle, closing_a_client_of_a_dead_slot)
{
	EXPECT_TRUE(CloseHandle(self->server));
	EXPECT_TRUE(CloseHandle(self->client));
}

TEST_F(handle, values_are_small_and_positive)
{
	EXPECT_LT(2, (intptr_t)self->server);
	EXPECT_GT(1000, (intptr_t)self->server);
	EXPECT_LT(2, (intptr_t)self->client);
	EXPECT_EQ((intptr_t)self->server, mailslot_fd(self->server));
	EXPECT_EQ((intptr_t)self->client, mailslot_fd(self->client));
	EXPECT_EQ(-1, mailslot_fd(NULL));
	EXPECT_EQ(ERROR_INVALID_HANDLE, GetLastError());
}

TEST_F(handle, never_standard_input_output_or_error)
{
	HANDLE server, client, event;

	close(0);
	close(1);
	server = make_slot(SLOT "low", 0, 0);
	client = open_client(SLOT "low");
	event = CreateEventA(NULL, FALSE, FALSE, NULL);
	EXPECT_LT(2, (intptr_t)server);
	EXPECT_LT(2, (intptr_t)client);
	EXPECT_LT(2, (intptr_t)event);
}

TEST_F(handle, works_after_fork)
{
	int status;

	ASSERT_TRUE(send_text(self->client, "to the child"));
	if (!fork())
		_exit(!next_is(self->server, "to the child") ||
		      !send_text(self->client, "to the parent"));
	wait(&status);
	EXPECT_EQ(0, status);
	EXPECT_TRUE(next_is(self->server, "to the parent"));
}

/* Run the child program on a handle; its exit status says how far it got. */
static int run_child(const char *what, HANDLE handle)
{
	char path[4096], number[16];
	int status;
	ssize_t n;

	n = readlink("/proc/self/exe", path, sizeof(path) - 16);
	if (n < 0)
		return -1;
	path[n] = '\0';
	strcpy(strrchr(path, '/'), "/child");
	snprintf(number, sizeof(number), "%d", (int)(intptr_t)handle);
	if (!fork()) {
		execl(path, "child", what, number, NULL);
		_exit(127);
	}
	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(handle, inherited_server)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE server = CreateMailslotA(SLOT "inherited", 0, 0, &security);
	HANDLE client = open_client(SLOT "inherited");

	ASSERT_TRUE(send_text(client, "to the child"));
	EXPECT_EQ(0, run_child("server", server));
	EXPECT_EQ(0, messages_in(server));
}

TEST_F(handle, inherited_client)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE client = CreateFileA(NAME, GENERIC_WRITE, 0, &security, OPEN_EXISTING, 0, NULL);

	EXPECT_EQ(0, run_child("client", client));
	EXPECT_TRUE(next_is(self->server, "from the child"));
}

TEST_F(handle, inherited_overlapped_client)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE client = CreateFileA(NAME, GENERIC_WRITE, 0, &security, OPEN_EXISTING,
				    FILE_FLAG_OVERLAPPED, NULL);

	EXPECT_EQ(0, run_child("overlapped", client));
	client = CreateFileA(NAME, GENERIC_WRITE, 0, &security, OPEN_EXISTING, 0, NULL);
	EXPECT_EQ(2, run_child("overlapped", client));
}

TEST_F(handle, inherited_rights)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };

	EXPECT_EQ(0, run_child("none", CreateFileA(NAME, 0, 0, &security, OPEN_EXISTING, 0, NULL)));
	EXPECT_EQ(0, run_child("reader", CreateFileA(NAME, GENERIC_READ, 0, &security,
						     OPEN_EXISTING, 0, NULL)));
}

TEST_F(handle, inherited_events)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE manual = CreateEventA(&security, TRUE, FALSE, NULL);
	HANDLE automatic = CreateEventA(&security, FALSE, FALSE, NULL);
	HANDLE named = CreateEventA(&security, TRUE, FALSE, "inherited");

	EXPECT_EQ(0, run_child("manual", manual));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(manual, 0));
	EXPECT_EQ(0, run_child("automatic", automatic));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(automatic, 0));
	EXPECT_EQ(0, run_child("manual", named));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(named, 0));
}

TEST_F(handle, not_inherited)
{
	EXPECT_EQ(1, run_child("server", self->server));
	EXPECT_EQ(1, run_child("client", self->client));
	EXPECT_TRUE(SetHandleInformation(self->client, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
	EXPECT_EQ(0, run_child("client", self->client));
}

TEST_F(handle, slot_lives_in_the_child)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE server = CreateMailslotA(SLOT "child", 0, 0, &security);
	HANDLE client = open_client(SLOT "child");
	int gate[2], status;
	char byte = 0;
	pid_t child;

	ASSERT_EQ(0, pipe(gate));
	child = fork();
	if (!child) {
		(void)!read(gate[0], &byte, 1);
		_exit(!next_is(server, "orphan"));
	}
	EXPECT_TRUE(CloseHandle(server));
	EXPECT_TRUE(send_text(client, "orphan"));
	ASSERT_EQ(1, write(gate[1], &byte, 1));
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_text(client, "dead"));
}

TEST(thousands_of_handles)
{
	enum { COUNT = 3000 };
	static HANDLE servers[COUNT], clients[COUNT];
	char name[64];

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), SLOT "many\\%d", i % 10);
		servers[i] = i < 10 ? make_slot(name, 0, 0) : servers[i % 10];
		ASSERT_TRUE(is_handle(servers[i]));
		clients[i] = open_client(name);
		ASSERT_TRUE(is_handle(clients[i]));
	}
	for (int i = 0; i < COUNT; i++) {
		ASSERT_TRUE(send_text(clients[i], "x"));
		ASSERT_TRUE(next_is(servers[i], "x"));
		ASSERT_TRUE(CloseHandle(clients[i]));
	}
}

TEST_HARNESS_MAIN
