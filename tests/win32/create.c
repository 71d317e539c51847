// SPDX-License-Identifier: GPL-2.0-only
/*
 * CreateMailslot: names, collisions, parameters.
 */
#include <sys/resource.h>

#include "win32.h"

static HANDLE make(const char *name)
{
	return make_slot(name, 0, 0);
}

TEST(free_name_gives_server)
{
	HANDLE server, wide;
	struct stat st;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make(NAME);
	ASSERT_TRUE(is_handle(server));
	EXPECT_GT(1 << 20, (intptr_t)server);
	EXPECT_EQ(0, stat(NODE, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(0, messages_in(server));
	wide = CreateMailslotW(WSLOT L"wide", 0, 0, NULL);
	EXPECT_TRUE(is_handle(wide));
	EXPECT_EQ(0, stat(node_path("wide"), &st));
}

TEST(server_is_readable_only)
{
	HANDLE server;
	DWORD n = POISON;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make(NAME);
	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(server, "x", 1, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, messages_in(server));
}

TEST(name_in_use_is_183)
{
	HANDLE server;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make(NAME);
	ASSERT_TRUE(is_handle(server));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(NAME));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, CreateMailslotW(WSLOT L"test", 0, 0, NULL));
}

TEST(name_in_use_in_other_case_is_183)
{
	HANDLE server, umlaut;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make(SLOT "MiXed");
	ASSERT_TRUE(is_handle(server));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "mixed"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "MIXED"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make("//./MAILSLOT/mIXED"));
	/* Beyond ASCII, and whatever the program's locale. */
	umlaut = CreateMailslotW(WSLOT L"\u00c4\u03a3", 0, 0, NULL);
	ASSERT_TRUE(is_handle(umlaut));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, CreateMailslotW(WSLOT L"\u00e4\u03c2", 0, 0, NULL));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "\xc3\xa4\xcf\x83"));
}

/* Of three and four bytes; a pair of surrogates is one character, as a wchar_t of 32 bits is. */
TEST(names_beyond_two_bytes)
{
	static const WCHAR pair[] = WSLOT L"\u90ae\u7b52\xd83d\xdceb";
	HANDLE server;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = CreateMailslotW(pair, 0, 0, NULL);
	ASSERT_TRUE(is_handle(server));
	EXPECT_EQ(0, access(node_path("\xe9\x82\xae\xe7\xad\x92\xf0\x9f\x93\xab"), F_OK));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS,
			 make(SLOT "\xe9\x82\xae\xe7\xad\x92\xf0\x9f\x93\xab"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS,
			 CreateMailslotW(WSLOT L"\u90ae\u7b52\U0001f4eb", 0, 0, NULL));
	EXPECT_TRUE(CloseHandle(server));
}

TEST(name_in_use_by_native_program_is_183)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_LE(0, native_slot("Native/Slot"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "native\\slot"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "NATIVE\\SLOT"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "native\\slot\\below"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "native"));
}

TEST(name_in_use_by_other_process_is_183)
{
	int ready[2], status;
	pid_t child;
	char byte;

	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_EQ(0, pipe(ready));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		byte = is_handle(make(NAME));
		(void)!write(ready[1], &byte, 1);
		pause();
		_exit(0);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(1, byte);
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "TEST"));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	EXPECT_TRUE(is_handle(make(SLOT "TEST")));
}

TEST(not_of_mailslot_form_is_123)
{
	static const char *const names[] = {
		"blah", "C:\\x", "\\", "\\\\", "\\\\.", "\\\\.\\", "\\\\.\\pipe\\x",
		"\\mailslot\\x",
		"\\\\.\\mailslots\\x", "mailslot\\x", "\\\\\\mailslot\\x",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(names[i]));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, CreateMailslotW(L"blah", 0, 0, NULL));
}

TEST(null_name_is_3)
{
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND, make(NULL));
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND, CreateMailslotW(NULL, 0, 0, NULL));
}

TEST(empty_name_is_3)
{
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND, make(""));
	EXPECT_NO_HANDLE(ERROR_PATH_NOT_FOUND, CreateMailslotW(L"", 0, 0, NULL));
}

TEST(no_leaf_is_123)
{
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make("\\\\.\\mailslot"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make("\\\\.\\mailslot\\"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make("\\\\.\\mailslot\\a\\"));
}

TEST(remote_is_123)
{
	char host[300], own[256];

	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make("\\\\host\\mailslot\\x"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make("\\\\*\\mailslot\\x"));
	ASSERT_EQ(0, gethostname(own, sizeof(own)));
	snprintf(host, sizeof(host), "\\\\%s\\mailslot\\x", own);
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(host));
}

TEST(unspeakable_names_are_123)
{
	WCHAR wide[32] = { 0 };

	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "a\\..\\b"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "."));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "a\nb"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "\x7f"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "\xc2\x80"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "a\xc2\x9f"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "\xff\xfe"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "\xed\xa0\x80"));
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, make(SLOT "\xc0\xaf"));
	wcscpy(wide, WSLOT);
	wide[wcslen(wide)] = 0xd800;
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, CreateMailslotW(wide, 0, 0, NULL));
	wide[wcslen(wide) - 1] = 0x85;
	EXPECT_NO_HANDLE(ERROR_INVALID_NAME, CreateMailslotW(wide, 0, 0, NULL));
}

/* The first after the controls, C0 to C1. */
TEST(spaces_are_letters)
{
	HANDLE server;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make(SLOT " \xc2\xa0");
	ASSERT_TRUE(is_handle(server));
	EXPECT_TRUE(CloseHandle(server));
}

TEST(prefixes_and_slashes)
{
	static const char *const names[] = {
		"//./mailslot/a1", "\\\\?\\mailslot\\a2", "\\\\.\\MAILSLOT\\a3",
		"\\/.\\MailSlot/a4", "\\\\.\\mailslot\\\\a5",
	};

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_TRUE(is_handle(make(names[i]))) {
			TH_LOG("name %s: %u", names[i], GetLastError());
		}
	}
}

TEST(several_components)
{
	struct stat st;

	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_TRUE(is_handle(make(SLOT "App\\events\\1")));
	EXPECT_EQ(0, stat(node_path("app/events/1"), &st));
	EXPECT_TRUE(is_handle(make(SLOT "App\\events\\2")));
}

TEST(too_long_is_206)
{
	char name[sizeof(SLOT) + 256];
	HANDLE server;

	if (!have_module())
		SKIP(return, "no mailslot module");
	strcpy(name, SLOT);
	memset(name + strlen(SLOT), 'n', 255);
	name[strlen(SLOT) + 255] = '\0';
	server = make(name);
	EXPECT_TRUE(is_handle(server));
	strcat(name, "n");
	EXPECT_NO_HANDLE(ERROR_FILENAME_EXCED_RANGE, make(name));
}

/* As many components as the module takes; it answers ENAMETOOLONG to more. */
TEST(too_many_components_is_206)
{
	char name[sizeof(SLOT) + 2 * 127] = SLOT, native[2 * 127 + 1] = "";
	int components, fd;
	HANDLE server;

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (components = 1; components <= 127; components++) {
		strcat(name, components > 1 ? "\\d" : "d");
		strcat(native, components > 1 ? "/d" : "d");
		fd = native_slot(native);
		if (fd < 0) {
			EXPECT_EQ(ENAMETOOLONG, errno);
			EXPECT_NO_HANDLE(ERROR_FILENAME_EXCED_RANGE, make(name));
			EXPECT_NO_HANDLE(ERROR_FILE_NOT_FOUND, open_client(name));
			break;
		}
		close(fd);
		server = make(name);
		EXPECT_TRUE(is_handle(server));
		EXPECT_TRUE(CloseHandle(server));
	}
}

/* What native programs make between two slots of the library is seen, in whatever case. */
TEST(names_that_come_meanwhile_are_183)
{
	static const char *const directories[][2] = { { "", "" }, { "d/", "d\\" } };
	char native[64], name[64];
	size_t i;
	int fd;

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), SLOT "%sfirst", directories[i][1]);
		ASSERT_TRUE(is_handle(make(name)));
		snprintf(name, sizeof(name), SLOT "%ssecond", directories[i][1]);
		ASSERT_TRUE(is_handle(make(name)));
		/* In folded letters. */
		snprintf(native, sizeof(native), "%sthird", directories[i][0]);
		fd = native_slot(native);
		ASSERT_LE(0, fd);
		snprintf(name, sizeof(name), SLOT "%sThird", directories[i][1]);
		EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(name));
		close(fd);
		ASSERT_TRUE(is_handle(make(name)));
		/* And in others. */
		snprintf(native, sizeof(native), "%sFOURTH", directories[i][0]);
		fd = native_slot(native);
		ASSERT_LE(0, fd);
		snprintf(name, sizeof(name), SLOT "%sfourth", directories[i][1]);
		EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(name));
		close(fd);
		ASSERT_TRUE(is_handle(make(name)));
		EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(name));
		snprintf(name, sizeof(name), SLOT "%sfifth", directories[i][1]);
		ASSERT_TRUE(is_handle(make(name)));
	}
}

TEST(slot_and_directory_of_slots_is_183)
{
	HANDLE leaf, deep;

	if (!have_module())
		SKIP(return, "no mailslot module");
	leaf = make(SLOT "a");
	ASSERT_TRUE(is_handle(leaf));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "A\\b"));
	deep = make(SLOT "c\\d\\e");
	ASSERT_TRUE(is_handle(deep));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "C"));
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "c\\D"));
}

/* The directories of a slot's name are nobody's once the slot is closed, whatever their letters. */
TEST(name_of_directories_that_go)
{
	HANDLE server;
	int i, fd;

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (i = 0; i < 50; i++) {
		server = make(SLOT "c\\d\\e");
		ASSERT_TRUE(is_handle(server));
		EXPECT_TRUE(CloseHandle(server));
		server = make(SLOT "c");
		ASSERT_TRUE(is_handle(server)) {
			TH_LOG("round %d: %u", i, GetLastError());
		}
		EXPECT_TRUE(CloseHandle(server));
		fd = native_slot("C/D");
		ASSERT_LE(0, fd);
		close(fd);
		server = make(SLOT "c");
		ASSERT_TRUE(is_handle(server)) {
			TH_LOG("round %d, other letters: %u", i, GetLastError());
		}
		EXPECT_TRUE(CloseHandle(server));
	}
}

TEST(foreign_file_in_place_is_183)
{
	int fd;

	if (!have_module())
		SKIP(return, "no mailslot module");
	if (in_instance())
		SKIP(return, "an instance holds slots only");
	/* The directory is there while there is a slot. */
	ASSERT_TRUE(is_handle(make(SLOT "keeper")));
	fd = open(node_path("foreign"), O_CREAT | O_EXCL | O_WRONLY, 0666);
	ASSERT_LE(0, fd);
	EXPECT_NO_HANDLE(ERROR_ALREADY_EXISTS, make(SLOT "foreign"));
	EXPECT_EQ(0, unlink(node_path("foreign")));
	EXPECT_TRUE(is_handle(make(SLOT "foreign")));
}

TEST(maximum_size_zero_is_unlimited)
{
	static char message[100000];
	HANDLE server, client;
	DWORD max = POISON, n;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make_slot(NAME, 0, 0);
	EXPECT_TRUE(GetMailslotInfo(server, &max, NULL, NULL, NULL));
	EXPECT_EQ(0, max);
	client = open_client(NAME);
	EXPECT_TRUE(WriteFile(client, message, sizeof(message), &n, NULL));
}

TEST(all_ones_are_reported_unchanged)
{
	DWORD max = POISON, timeout = POISON;
	HANDLE server;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = make_slot(NAME, 0xFFFFFFFF, 0xFFFFFFFF);
	ASSERT_TRUE(is_handle(server));
	EXPECT_TRUE(GetMailslotInfo(server, &max, NULL, NULL, &timeout));
	EXPECT_EQ(0xFFFFFFFF, max);
	EXPECT_EQ(0xFFFFFFFF, timeout);
}

TEST(timeouts_are_reported_unchanged)
{
	static const DWORD timeouts[] = { 0, 1, 12345, 0x7FFFFFFF, 0xFFFFFFFE, FOREVER };

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		HANDLE server = make_slot(NAME, 424, timeouts[i]);
		DWORD max = POISON, timeout = POISON;

		EXPECT_TRUE(GetMailslotInfo(server, &max, NULL, NULL, &timeout));
		EXPECT_EQ(424, max);
		EXPECT_EQ(timeouts[i], timeout);
		EXPECT_TRUE(CloseHandle(server));
	}
}

TEST(null_security_is_not_inheritable)
{
	HANDLE server;
	DWORD flags = POISON;
	struct stat st;

	if (!have_module())
		SKIP(return, "no mailslot module");
	umask(022);
	server = make(NAME);
	EXPECT_TRUE(GetHandleInformation(server, &flags));
	EXPECT_EQ(0, flags);
	EXPECT_EQ(0, stat(NODE, &st));
	EXPECT_EQ(0644, st.st_mode & 07777);
}

TEST(inherit_handle)
{
	SECURITY_ATTRIBUTES security = { sizeof(security), NULL, TRUE };
	HANDLE server;
	DWORD flags = POISON;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = CreateMailslotA(NAME, 0, 0, &security);
	EXPECT_TRUE(GetHandleInformation(server, &flags));
	EXPECT_EQ(HANDLE_FLAG_INHERIT, flags);
	security.bInheritHandle = FALSE;
	server = CreateMailslotA(SLOT "other", 0, 0, &security);
	EXPECT_TRUE(GetHandleInformation(server, &flags));
	EXPECT_EQ(0, flags);
}

TEST(no_descriptors_left_is_1450)
{
	struct rlimit limit = { 64, 64 };
	char name[64];
	HANDLE server;
	int i;

	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), SLOT "n%d", i);
		SetLastError(POISON);
		server = make(name);
		if (!is_handle(server))
			break;
	}
	EXPECT_GT(64, i);
	EXPECT_EQ(INVALID_HANDLE_VALUE, server);
	EXPECT_EQ(ERROR_NO_SYSTEM_RESOURCES, GetLastError());
}

TEST(soft_descriptor_limit_does_not_stop_handles)
{
	struct rlimit limit;
	HANDLE handle = NULL;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 64;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (int i = 0; i < 200; i++) {
		handle = CreateEventA(NULL, FALSE, FALSE, NULL);
		ASSERT_TRUE(is_handle(handle));
	}
	EXPECT_LT(64, (intptr_t)handle);
}

TEST(too_many_slots_is_1450)
{
	const char *parameter = "/sys/module/mailslot/parameters/max_slots";
	FILE *file;
	char old[32];

	if (!have_module())
		SKIP(return, "no mailslot module");
	file = fopen(parameter, "r+");
	if (!file)
		SKIP(return, "cannot change max_slots");
	ASSERT_NE(NULL, fgets(old, sizeof(old), file));
	rewind(file);
	fputs("0", file);
	fflush(file);
	EXPECT_NO_HANDLE(ERROR_NO_SYSTEM_RESOURCES, make(NAME));
	rewind(file);
	fputs(old, file);
	fclose(file);
	EXPECT_TRUE(is_handle(make(NAME)));
}

TEST(not_permitted_is_5)
{
	const char *gate = in_instance() ? slot_directory() : MAILSLOT_CONTROL;
	struct stat before;

	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_EQ(0, stat(gate, &before));
	ASSERT_EQ(0, chmod(gate, before.st_mode & 0700));
	if (!fork()) {
		_exit(setuid(65534) || is_handle(make(NAME)) ||
		      GetLastError() != ERROR_ACCESS_DENIED);
	}
	int status;

	wait(&status);
	chmod(gate, before.st_mode & 0777);
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
