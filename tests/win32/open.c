// SPDX-License-Identifier: GPL-2.0-only
/*
 * CreateFile on a mailslot: the client end.
 */
#include <sys/sysmacros.h>

#include "win32.h"

SLOT_FIXTURE(open, 0, 0)

static HANDLE opened(const char *name, DWORD disposition)
{
	return CreateFileA(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, disposition, 0, NULL);
}

TEST_F(open, absent_is_2)
{
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "absent"));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "no\\such\\path"));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "test\\below"));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND,
			 CreateFileW(WSLOT L"absent", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0,
				     NULL));
}

TEST_F(open, any_access)
{
	static const DWORD accesses[] = {
		GENERIC_WRITE, GENERIC_READ | GENERIC_WRITE, GENERIC_READ, GENERIC_ALL, 0,
		FILE_WRITE_DATA,
	};

	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
		HANDLE client = open_with(NAME, accesses[i], 0);

		EXPECT_TRUE(is_handle(client));
		EXPECT_TRUE(CloseHandle(client));
	}
}

TEST_F(open, any_share_mode_any_number)
{
	HANDLE clients[32];

	for (DWORD i = 0; i < 32; i++) {
		clients[i] = CreateFileA(NAME, GENERIC_WRITE, i % 8, NULL, OPEN_EXISTING, 0, NULL);
		ASSERT_TRUE(is_handle(clients[i]));
	}
	for (int i = 0; i < 32; i++)
		EXPECT_TRUE(send_text(clients[i], "x"));
	EXPECT_EQ(32, messages_in(self->server));
}

TEST_F(open, always_opens_existing_with_183)
{
	SetLastError(POISON);
	EXPECT_TRUE(is_handle(opened(NAME, OPEN_ALWAYS)));
	EXPECT_EQ(ERROR_ALREADY_EXISTS, GetLastError());
	SetLastError(POISON);
	EXPECT_TRUE(is_handle(opened(NAME, CREATE_ALWAYS)));
	EXPECT_EQ(ERROR_ALREADY_EXISTS, GetLastError());
}

/* A program that waits while the last error is 2 has none of its own to reset. */
TEST_F(open, success_leaves_no_error)
{
	static const DWORD dispositions[] = { OPEN_EXISTING, TRUNCATE_EXISTING };

	for (size_t i = 0; i < ARRAY_SIZE(dispositions); i++) {
		SetLastError(ERROR_FILE_NOT_FOUND);
		EXPECT_TRUE(is_handle(opened(NAME, dispositions[i])));
		EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	}
	SetLastError(ERROR_FILE_NOT_FOUND);
	EXPECT_TRUE(is_handle(CreateFileW(WSLOT L"test", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0,
					  NULL)));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
}

TEST_F(open, always_creates_no_server)
{
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, opened(SLOT "absent", OPEN_ALWAYS));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, opened(SLOT "absent", CREATE_ALWAYS));
	EXPECT_NE(0, access(node_path("absent"), F_OK));
}

TEST_F(open, truncate_existing_opens)
{
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(is_handle(opened(NAME, TRUNCATE_EXISTING)));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, opened(SLOT "absent", TRUNCATE_EXISTING));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

TEST_F(open, create_new_never_opens)
{
	EXPECT_NO_HANDLE(ERROR_FILE_EXISTS, opened(NAME, CREATE_NEW));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, opened(SLOT "absent", CREATE_NEW));
}

TEST_F(open, other_dispositions_are_87)
{
	EXPECT_NO_HANDLE(ERROR_INVALID_PARAMETER, opened(NAME, 0));
	EXPECT_NO_HANDLE(ERROR_INVALID_PARAMETER, opened(NAME, 6));
	EXPECT_NO_HANDLE(ERROR_INVALID_PARAMETER, opened(NAME, 0xFFFFFFFF));
}

TEST_F(open, other_case_and_slashes)
{
	static const char *const names[] = {
		"\\\\.\\mailslot\\TEST", "\\\\.\\MAILSLOT\\Test", "//./mailslot/test",
		"\\\\?\\MailSlot\\tesT",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		HANDLE client = open_client(names[i]);

		EXPECT_TRUE(is_handle(client));
		EXPECT_TRUE(send_text(client, names[i]));
		EXPECT_TRUE(next_is(self->server, names[i]));
	}
}

TEST_F(open, slot_of_native_program_in_other_case)
{
	char buffer[8];
	HANDLE client;
	int fd[2];

	/* Two directories that match, and the slot in the second. */
	fd[0] = native_slot("Directory/Other");
	fd[1] = native_slot("DIRECTORY/Native");
	ASSERT_LE(0, fd[0]);
	ASSERT_LE(0, fd[1]);
	client = open_client(SLOT "directory\\NATIVE");
	ASSERT_TRUE(is_handle(client));
	EXPECT_TRUE(send_text(client, "hi"));
	EXPECT_EQ(2, read(fd[1], buffer, sizeof(buffer)));
	EXPECT_NO_HANDLE(ERROR_FILE_EXISTS, opened(SLOT "directory\\native", CREATE_NEW));
}

TEST_F(open, this_machine_by_name)
{
	char own[256], name[300];

	ASSERT_EQ(0, gethostname(own, sizeof(own)));
	snprintf(name, sizeof(name), "\\\\%s\\mailslot\\test", own);
	EXPECT_TRUE(is_handle(open_client(name)));
	for (char *c = own; *c; c++)
		*c = *c >= 'a' && *c <= 'z' ? *c - 32 : *c;
	snprintf(name, sizeof(name), "//%s/mailslot/test", own);
	EXPECT_TRUE(is_handle(open_client(name)));
	EXPECT_TRUE(is_handle(open_client("\\\\localhost\\mailslot\\test")));
	EXPECT_TRUE(is_handle(open_client("\\\\LOCALHOST\\mailslot\\test")));
}

TEST_F(open, remote_is_3025)
{
	EXPECT_NO_HANDLE(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
			 open_client("\\\\other\\mailslot\\test"));
	EXPECT_NO_HANDLE(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
			 open_client("\\\\DOMAIN\\mailslot\\test"));
	EXPECT_NO_HANDLE(ERROR_REMOTE_MAILSLOTS_DEPRECATED, open_client("\\\\*\\mailslot\\test"));
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(open, null_or_empty_name_is_3)
{
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND, open_client(NULL));
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND, open_client(""));
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND,
			 CreateFileW(NULL, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND,
			 CreateFileW(L"", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
}

TEST_F(open, no_permission_is_5)
{
	int status;

	ASSERT_EQ(0, chmod(NODE, 0600));
	if (!fork())
		_exit(setuid(65534) || is_handle(open_client(NAME)) ||
		      GetLastError() != ERROR_ACCESS_DENIED);
	wait(&status);
	EXPECT_EQ(0, status);
}

TEST_F(open, inheritance)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE client = CreateFileA(NAME, GENERIC_WRITE, 0, &security, OPEN_EXISTING, 0, NULL);
	DWORD flags = POISON;

	EXPECT_TRUE(GetHandleInformation(client, &flags));
	EXPECT_EQ(HANDLE_FLAG_INHERIT, flags);
	EXPECT_TRUE(GetHandleInformation(self->client, &flags));
	EXPECT_EQ(0, flags);
}

TEST_F(open, foreign_file_is_2_and_not_written)
{
	struct stat st;
	int fd;

	if (in_instance())
		SKIP(return, "an instance holds slots only");
	fd = open(node_path("foreign"), O_CREAT | O_EXCL | O_RDWR, 0666);
	ASSERT_LE(0, fd);
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "foreign"));
	EXPECT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, st.st_size);
	EXPECT_EQ(0, unlink(node_path("foreign")));
	ASSERT_EQ(0, mkfifo(node_path("foreign"), 0666));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "foreign"));
	EXPECT_EQ(0, unlink(node_path("foreign")));
	ASSERT_EQ(0, mknod(node_path("foreign"), S_IFCHR | 0666, makedev(1, 3)));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "foreign"));
	EXPECT_EQ(0, unlink(node_path("foreign")));
}

TEST_F(open, other_files_are_50)
{
	EXPECT_NO_HANDLE(ERROR_NOT_SUPPORTED, open_client("C:\\file"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client("\\\\.\\mailslot\\"));
}

/* Not 2: there can never be such a slot. */
TEST_F(open, unspeakable_names_are_123)
{
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client(SLOT "a\\..\\b"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client(SLOT "a\x1b"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client(SLOT "\xc2\x80"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, open_client(SLOT "\xc2\x9f\\a"));
	EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(SLOT "\xc2\xa0"));
}

TEST_HARNESS_MAIN
