// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long slots, messages and names live.
 */
#include "win32.h"

SLOT_FIXTURE(lifetime, 0, 0)

TEST_F(lifetime, name_is_free_at_once)
{
	for (int i = 0; i < 20; i++) {
		ASSERT_TRUE(send_text(self->client, "unread"));
		ASSERT_TRUE(CloseHandle(self->server));
		ASSERT_NE(0, access(NODE, F_OK));
		self->server = make_slot(NAME, 0, 0);
		ASSERT_TRUE(is_handle(self->server));
		ASSERT_TRUE(CloseHandle(self->client));
		self->client = open_client(NAME);
		ASSERT_TRUE(is_handle(self->client));
	}
}

TEST_F(lifetime, unread_messages_go_with_the_slot)
{
	ASSERT_TRUE(send_text(self->client, "unread"));
	ASSERT_TRUE(CloseHandle(self->server));
	self->server = make_slot(NAME, 0, 0);
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(lifetime, old_client_never_reaches_a_new_slot)
{
	HANDLE server;

	ASSERT_TRUE(CloseHandle(self->server));
	server = make_slot(NAME, 0, 0);
	ASSERT_TRUE(is_handle(server));
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_text(self->client, "stray"));
	EXPECT_EQ(0, messages_in(server));
	EXPECT_TRUE(CloseHandle(self->client));
}

TEST_F(lifetime, messages_outlive_their_writer)
{
	int status;

	if (!fork()) {
		HANDLE client = open_client(NAME);

		_exit(!send_text(client, "testament"));
	}
	wait(&status);
	EXPECT_EQ(0, status);
	EXPECT_TRUE(next_is(self->server, "testament"));
}

TEST_F(lifetime, owner_that_dies_closes)
{
	int ready[2], status;
	HANDLE client;
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	child = fork();
	if (!child) {
		byte = is_handle(make_slot(SLOT "owner", 0, 0));
		(void)!write(ready[1], &byte, 1);
		pause();
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	client = open_client(SLOT "owner");
	EXPECT_TRUE(send_text(client, "x"));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_text(client, "y"));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "owner"));
	EXPECT_TRUE(is_handle(make_slot(SLOT "owner", 0, 0)));
}

TEST_HARNESS_MAIN
