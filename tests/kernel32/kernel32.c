// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libkernel32 adds to the libraries below: strings of two widths, errno, whole
 * registers, and a symbol version of its own.  The program is linked with libmailslot
 * and opens libkernel32 as the run-time systems of other languages do: functions are
 * looked up by name and called without a type, and what comes back is a register.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <uchar.h>
#include <unistd.h>

#include <libmailslot.h>

#include "../../selftests/harness.h"

#undef TEST_HARNESS_MAIN
#define TEST_HARNESS_MAIN \
	int main(int argc, char **argv) \
	{ \
		return argc > 1 && !strcmp(argv[1], "preloaded") ? preloaded() : \
								   harness_run(argc, argv); \
	}

typedef uint64_t (*function)();

#define SLOT	"\\\\.\\mailslot\\"
#define SLOT16	u"\\\\.\\mailslot\\"
#define SLOT32	L"\\\\.\\mailslot\\"
#define NODE	"/dev/mailslot/"
#define OPEN(name)	(name), GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL
#define INVALID	UINT64_MAX

/* An errno that is no error of Win32 in any test. */
#define BEFORE	77

static function look_up(const char *name)
{
	static void *library;
	function found;

	if (!library)
		library = dlopen(KERNEL32, RTLD_NOW | RTLD_LOCAL);
	found = library ? (function)(uintptr_t)dlsym(library, name) : NULL;
	if (!found) {
		printf("# %s\n", dlerror());
		exit(1);
	}
	return found;
}

#define call(name, ...)	look_up(#name)(__VA_ARGS__)

/* The call returns this, all 64 bits of it, and errno and the last error are the same. */
#define EXPECT_FAILS(error, result, name, ...) do { \
	uint64_t returned; \
	function f = look_up(#name); \
	\
	errno = BEFORE; \
	returned = f(__VA_ARGS__); \
	EXPECT_EQ(error, errno) TH_LOG("errno after " #name); \
	EXPECT_EQ((uint64_t)(result), returned); \
	EXPECT_EQ(error, call(GetLastError)); \
} while (0)

/* The call returns something else, and leaves errno alone. */
#define EXPECT_WORKS(failure, name, ...) ({ \
	uint64_t returned; \
	function f = look_up(#name); \
	\
	errno = BEFORE; \
	returned = f(__VA_ARGS__); \
	EXPECT_EQ(BEFORE, errno) TH_LOG("errno after " #name); \
	EXPECT_NE((uint64_t)(failure), returned) TH_LOG("result of " #name); \
	(void *)(uintptr_t)returned; \
})

/* The call has no result, and leaves errno alone. */
#define EXPECT_RETURNS(name, ...) do { \
	function f = look_up(#name); \
	\
	errno = BEFORE; \
	f(__VA_ARGS__); \
	EXPECT_EQ(BEFORE, errno) TH_LOG("errno after " #name); \
} while (0)

static bool have_module(void)
{
	return !access("/dev/mailslot-control", F_OK);
}

static bool exists(const char *node)
{
	struct stat st;

	return !stat(node, &st) && S_ISCHR(st.st_mode);
}

/* A copy of @size bytes that ends where a page ends, behind which nothing can be read. */
static void *at_page_end(const void *bytes, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages;

	pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE))
		exit(1);
	return memcpy(pages + page - size, bytes, size);
}

TEST(names_of_both_widths)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_WORKS(INVALID, CreateMailslotW, SLOT16 u"width-16", 0, 0, NULL);
	EXPECT_TRUE(exists(NODE "width-16"));
	EXPECT_WORKS(INVALID, CreateMailslotW, SLOT32 L"width-32", 0, 0, NULL);
	EXPECT_TRUE(exists(NODE "width-32"));
	EXPECT_WORKS(INVALID, CreateMailslotA, SLOT "gr\xc3\xbc\xc3\x9f", 0, 0, NULL);
	EXPECT_FAILS(183, INVALID, CreateMailslotW, SLOT16 u"gr\u00fc\u00df", 0, 0, NULL);
	EXPECT_FAILS(183, INVALID, CreateMailslotW, SLOT32 L"gr\u00fc\u00df", 0, 0, NULL);
	EXPECT_WORKS(INVALID, CreateFileW, OPEN(SLOT16 u"width-32"));
	EXPECT_WORKS(INVALID, CreateFileW, OPEN(SLOT32 L"width-16"));
	EXPECT_FAILS(2, INVALID, CreateFileW, OPEN(SLOT16 u"width"));
	EXPECT_FAILS(2, INVALID, CreateFileW, OPEN(SLOT32 L"width"));
}

/* A character beyond 16 bits is two units, or one, or, from JNA, a pair of 32 bits each. */
TEST(characters_beyond_16_bits)
{
	wchar_t pair[] = SLOT32 L"12";
	char16_t half[] = SLOT16 u"1";

	if (!have_module())
		SKIP(return, "no mailslot module");
	pair[13] = 0xd83d;
	pair[14] = 0xdcec;
	half[13] = 0xd83d;
	EXPECT_WORKS(INVALID, CreateMailslotW, SLOT16 u"\U0001f4ec", 0, 0, NULL);
	EXPECT_TRUE(exists(NODE "\xf0\x9f\x93\xac"));
	EXPECT_FAILS(183, INVALID, CreateMailslotW, SLOT32 L"\U0001f4ec", 0, 0, NULL);
	EXPECT_FAILS(183, INVALID, CreateMailslotW, pair, 0, 0, NULL);
	EXPECT_FAILS(123, INVALID, CreateMailslotW, half, 0, 0, NULL);
}

/* 32-bit characters stand at multiples of four; at other addresses there are none. */
TEST(names_anywhere)
{
	static const char16_t name[] = SLOT16 u"anywhere";
	char memory[sizeof(name) + 8] __attribute__((aligned(8)));

	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_WORKS(INVALID, CreateMailslotW, name, 0, 0, NULL);
	for (size_t offset = 1; offset < 8; offset++) {
		memcpy(memory + offset, name, sizeof(name));
		EXPECT_FAILS(183, INVALID, CreateMailslotW, memory + offset, 0, 0, NULL);
	}
}

TEST(names_at_the_end_of_a_page)
{
	static const char16_t name16[] = SLOT16 u"end", odd16[] = SLOT16 u"odd!";
	static const wchar_t name32[] = SLOT32 L"end";

	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_WORKS(INVALID, CreateMailslotW, at_page_end(name16, sizeof(name16)), 0, 0, NULL);
	EXPECT_WORKS(INVALID, CreateMailslotW, at_page_end(odd16, sizeof(odd16)), 0, 0, NULL);
	EXPECT_FAILS(183, INVALID, CreateMailslotW, at_page_end(name32, sizeof(name32)), 0, 0,
		     NULL);
	EXPECT_TRUE(exists(NODE "end"));
	EXPECT_TRUE(exists(NODE "odd!"));
}

/* One unit and its end look like one 32-bit character, behind which there may be nothing. */
TEST(names_of_one_unit)
{
	static const struct {
		char16_t name[2];
		uint32_t behind;
	} text = { u"E", 0xdeadbeef };

	EXPECT_FAILS(123, INVALID, CreateMailslotW, at_page_end(u"\\", 4), 0, 0, NULL);
	EXPECT_FAILS(3, INVALID, CreateMailslotW, at_page_end(u"", 2), 0, 0, NULL);
	EXPECT_FAILS(3, INVALID, CreateMailslotW, at_page_end(L"", 4), 0, 0, NULL);
	EXPECT_FAILS(3, INVALID, CreateMailslotW, NULL, 0, 0, NULL);
	EXPECT_WORKS(0, CreateEventA, NULL, 1, 0, "E");
	EXPECT_WORKS(0, OpenEventW, EVENT_ALL_ACCESS, 0, at_page_end(u"E", 4));
	EXPECT_WORKS(0, OpenEventW, EVENT_ALL_ACCESS, 0, at_page_end(L"E", 8));
	EXPECT_WORKS(0, OpenEventW, EVENT_ALL_ACCESS, 0, text.name);
}

TEST(names_of_objects)
{
	EXPECT_WORKS(0, CreateEventW, NULL, 1, 0, NULL);
	EXPECT_WORKS(0, CreateEventW, NULL, 1, 0, u"Local\\kernel32");
	EXPECT_WORKS(0, OpenEventW, EVENT_ALL_ACCESS, 0, L"kernel32");
	EXPECT_WORKS(0, OpenEventA, EVENT_ALL_ACCESS, 0, "kernel32");
	EXPECT_WORKS(0, CreateMutexW, NULL, 0, u"kernel32");
	EXPECT_WORKS(0, OpenMutexW, 0x1f0001, 0, L"kernel32");
	EXPECT_WORKS(0, CreateSemaphoreW, NULL, 1, 1, u"kernel32");
	EXPECT_WORKS(0, OpenSemaphoreA, 0x1f0003, 0, "kernel32");
	EXPECT_WORKS(0, CreateMutexExW, NULL, u"kernel32-ex", 0, 0x1f0001);
	EXPECT_WORKS(0, OpenMutexW, 0x1f0001, 0, L"kernel32-ex");
	EXPECT_FAILS(2, 0, OpenSemaphoreW, 0x1f0003, 0, u"kernel31");
	EXPECT_FAILS(2, 0, OpenMutexW, 0x1f0001, 0, L"kernel31");
}

TEST(permissions_from_text)
{
	SECURITY_ATTRIBUTES security = { .nLength = sizeof(security) };
	struct stat st;

	EXPECT_FAILS(87, 0, ConvertStringSecurityDescriptorToSecurityDescriptorW, NULL, 1,
		     &security.lpSecurityDescriptor, NULL);
	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_WORKS(0, ConvertStringSecurityDescriptorToSecurityDescriptorW, u"D:(A;;GW;;;WD)", 1,
		     &security.lpSecurityDescriptor, NULL);
	EXPECT_WORKS(INVALID, CreateMailslotW, SLOT16 u"text-16", 0, 0, &security);
	ASSERT_EQ(0, stat(NODE "text-16", &st));
	EXPECT_EQ(0222, st.st_mode & 0777);
	EXPECT_EQ(0, call(LocalFree, security.lpSecurityDescriptor));
	EXPECT_WORKS(0, ConvertStringSecurityDescriptorToSecurityDescriptorW, L"D:(A;;GRGW;;;WD)",
		     1, &security.lpSecurityDescriptor, NULL);
	EXPECT_WORKS(INVALID, CreateMailslotW, SLOT16 u"text-32", 0, 0, &security);
	ASSERT_EQ(0, stat(NODE "text-32", &st));
	EXPECT_EQ(0666, st.st_mode & 0777);
	EXPECT_EQ(0, call(LocalFree, security.lpSecurityDescriptor));
}

/* A mailslot has the type 0, without an error; what is none has it with one. */
TEST(a_type_of_0_is_no_failure)
{
	void *server;

	EXPECT_FAILS(6, 0, GetFileType, (void *)12345);
	if (!have_module())
		SKIP(return, "no mailslot module");
	server = EXPECT_WORKS(INVALID, CreateMailslotA, SLOT "type", 0, 0, NULL);
	EXPECT_WORKS(1, GetFileType, server);
	EXPECT_EQ(0, call(GetLastError));
}

TEST(errno_is_the_last_error_of_a_failure)
{
	void *server, *client;
	char buffer[4];
	DWORD n;

	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_FAILS(2, INVALID, CreateFileA, OPEN(SLOT "errno"));
	server = EXPECT_WORKS(INVALID, CreateMailslotA, SLOT "errno", 8, 0, NULL);
	EXPECT_FAILS(183, INVALID, CreateMailslotA, SLOT "errno", 0, 0, NULL);
	EXPECT_FAILS(123, INVALID, CreateMailslotA, "blah", 0, 0, NULL);
	EXPECT_FAILS(121, 0, ReadFile, server, buffer, 4, &n, NULL);
	EXPECT_FAILS(5, 0, WriteFile, server, "five", 4, &n, NULL);
	client = EXPECT_WORKS(INVALID, CreateFileA, OPEN(SLOT "errno"));
	EXPECT_FAILS(87, 0, WriteFile, client, "123456789", 9, &n, NULL);
	EXPECT_FAILS(998, 0, WriteFile, client, (void *)1, 4, &n, NULL);
	EXPECT_WORKS(0, WriteFile, client, "12345", 5, &n, NULL);
	EXPECT_FAILS(122, 0, ReadFile, server, buffer, 4, &n, NULL);
	EXPECT_FAILS(6, 0, CloseHandle, (void *)-1L);
	EXPECT_FAILS(6, 0, GetMailslotInfo, (void *)12345, NULL, NULL, NULL, NULL);
	EXPECT_FAILS(6, WAIT_FAILED, WaitForSingleObject, (void *)12345, 0);
	EXPECT_FAILS(317, 0, FormatMessageA, 0x1200, NULL, 99999, 0, buffer, 4, NULL);
	EXPECT_FAILS(122, 0, FormatMessageA, 0x1200, NULL, 2, 0, buffer, 4, NULL);
	EXPECT_FAILS(122, 0, FormatMessageW, 0x1200, NULL, 2, 0, buffer, 2, NULL);
	EXPECT_FAILS(50, 0, FormatMessageW, 0x1000, NULL, 2, 0, buffer, 2, (void *)buffer);
}

TEST(errno_is_what_it_was_after_a_success)
{
	void *server, *client, *event;
	char buffer[64];
	DWORD n;

	if (!have_module())
		SKIP(return, "no mailslot module");
	server = EXPECT_WORKS(INVALID, CreateMailslotW, SLOT16 u"success", 0, 0, NULL);
	client = EXPECT_WORKS(INVALID, CreateFileW, OPEN(SLOT16 u"success"));
	EXPECT_WORKS(0, WriteFile, client, "12345", 5, &n, NULL);
	EXPECT_WORKS(0, GetMailslotInfo, server, NULL, NULL, NULL, NULL);
	EXPECT_WORKS(0, SetMailslotInfo, server, 5);
	EXPECT_WORKS(0, ReadFile, server, buffer, 64, &n, NULL);
	event = EXPECT_WORKS(0, CreateEventW, NULL, 1, 0, NULL);
	EXPECT_WORKS(0, WaitForSingleObject, event, 5);
	EXPECT_WORKS(0, SetEvent, event);
	EXPECT_WORKS(1, WaitForSingleObject, event, 5);
	EXPECT_WORKS(1, SleepEx, 1, 1);
	EXPECT_RETURNS(Sleep, 1);
	EXPECT_WORKS(0, GetCurrentProcess);
	EXPECT_WORKS(0, GetTickCount64);
	EXPECT_WORKS(0, FormatMessageA, 0x1200, NULL, 2, 0, buffer, 64, NULL);
	EXPECT_WORKS(1, LocalFree, EXPECT_WORKS(0, LocalAlloc, 0, 8));
	EXPECT_RETURNS(OutputDebugStringW, L"libkernel32");
	EXPECT_WORKS(0, CloseHandle, client);
}

/* Such a success says so by the last error, and errno is all that some callers see. */
TEST(an_object_that_was_there_is_told)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	EXPECT_WORKS(0, CreateMutexW, NULL, 0, u"told");
	errno = BEFORE;
	EXPECT_NE(0, call(CreateMutexW, NULL, 0, L"told"));
	EXPECT_EQ(183, errno);
	EXPECT_EQ(183, call(GetLastError));
	EXPECT_WORKS(0, CreateMutexA, NULL, 0, "new");
	EXPECT_EQ(0, call(GetLastError));
	EXPECT_WORKS(INVALID, CreateMailslotA, SLOT "told", 0, 0, NULL);
	errno = BEFORE;
	EXPECT_NE(INVALID,
		  call(CreateFileA, SLOT "told", GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, 0, NULL));
	EXPECT_EQ(183, errno);
	EXPECT_WORKS(INVALID, CreateFileA, OPEN(SLOT "told"));
}

TEST(the_last_error_is_not_errno)
{
	call(CloseHandle, (void *)12345);
	errno = BEFORE;
	EXPECT_EQ(6, call(GetLastError));
	EXPECT_EQ(BEFORE, errno);
	EXPECT_EQ(6, GetLastError());
	call(SetLastError, 42);
	EXPECT_EQ(42, errno);
	EXPECT_EQ(42, call(GetLastError));
}

/* EXPECT_FAILS looks at 64 bits of BOOL and DWORD; these are the others. */
TEST(results_fill_the_register)
{
	FILETIME early = { 1, 0 }, late = { 2, 0 };
	void *event = EXPECT_WORKS(0, CreateEventW, NULL, 1, 1, NULL);

	EXPECT_EQ(UINT64_MAX, call(CompareFileTime, &early, &late));
	EXPECT_EQ(1, call(CompareFileTime, &late, &early));
	EXPECT_EQ(1, call(SetEvent, event));
	EXPECT_EQ(WAIT_OBJECT_0, call(WaitForSingleObject, event, 0));
	EXPECT_EQ(1, call(ResetEvent, event));
	EXPECT_EQ(WAIT_TIMEOUT, call(WaitForSingleObject, event, 0));
	EXPECT_EQ(getpid(), call(GetCurrentProcessId));
	EXPECT_EQ(UINT64_MAX, call(GetCurrentProcess));
	EXPECT_EQ(3, call(lstrlenA, "abc"));
}

TEST(texts_that_come_back_are_16_bits)
{
	static const char16_t expected[] = u"The system cannot find the file specified.\r\n";
	const DWORD length = sizeof(expected) / 2 - 1;
	char16_t buffer[128], *allocated = NULL;
	DWORD size = 128;
	char name[128], narrow[8] = "";

	EXPECT_EQ(length, call(FormatMessageW, 0x1200, NULL, 2, 0, buffer, 128, NULL));
	EXPECT_EQ(0, memcmp(expected, buffer, sizeof(expected)));
	EXPECT_EQ(length, call(FormatMessageW, 0x1200, NULL, 2, 0, buffer, length + 1, NULL));
	EXPECT_FAILS(122, 0, FormatMessageW, 0x1200, NULL, 2, 0, buffer, length, NULL);
	EXPECT_EQ(length, call(FormatMessageW, 0x1300, NULL, 2, 0, &allocated, 0, NULL));
	ASSERT_NE(NULL, allocated);
	EXPECT_EQ(0, memcmp(expected, allocated, sizeof(expected)));
	EXPECT_EQ(0, call(LocalFree, allocated));
	EXPECT_EQ(2, call(FormatMessageW, 0x600, u"\u20ac!", 0, 0, buffer, 128, NULL));
	EXPECT_EQ(0, memcmp(u"\u20ac!", buffer, 6));
	EXPECT_EQ(2, call(FormatMessageW, 0x600, L"\u20ac!", 0, 0, buffer, 128, NULL));
	EXPECT_EQ(0, memcmp(u"\u20ac!", buffer, 6));

	/* A pair of surrogates counts twice, on both ways. */
	EXPECT_EQ(4, call(MultiByteToWideChar, 65001, 0, "a\xf0\x9f\x93\xac", -1, NULL, 0));
	EXPECT_EQ(4, call(MultiByteToWideChar, 65001, 0, "a\xf0\x9f\x93\xac", -1, buffer, 4));
	EXPECT_EQ(0, memcmp(u"a\U0001f4ec", buffer, 8));
	EXPECT_FAILS(122, 0, MultiByteToWideChar, 65001, 0, "a\xf0\x9f\x93\xac", -1, buffer, 3);
	EXPECT_EQ(5, call(WideCharToMultiByte, 65001, 0, u"a\U0001f4ec", 3, narrow, 8, NULL, NULL));
	EXPECT_STREQ("a\xf0\x9f\x93\xac", narrow);
	EXPECT_EQ(3, call(WideCharToMultiByte, 65001, 0, L"ab", -1, narrow, 8, NULL, NULL));
	EXPECT_STREQ("ab", narrow);
	EXPECT_EQ(3, call(WideCharToMultiByte, 65001, 0, u"cd", -1, narrow, 8, NULL, NULL));
	EXPECT_STREQ("cd", narrow);
	EXPECT_EQ(3, call(lstrlenW, u"abc"));
	EXPECT_EQ(3, call(lstrlenW, L"abc"));
	EXPECT_EQ(0, call(lstrlenW, NULL));
	/* Two units that could be one character beyond 16 bits; names have no such start. */
	EXPECT_EQ(2, call(lstrlenW, at_page_end(u"A\n\0", 8)));

	EXPECT_EQ(1, call(GetComputerNameA, name, &size));
	size = 128;
	EXPECT_EQ(1, call(GetComputerNameW, buffer, &size));
	EXPECT_EQ(strlen(name), size);
	for (DWORD i = 0; i <= size; i++)
		EXPECT_EQ(name[i], buffer[i]);
	size = 0;
	EXPECT_FAILS(111, 0, GetComputerNameW, buffer, &size);
	EXPECT_EQ(strlen(name) + 1, size);
}

/* mono takes a function without the letter for one of narrow strings, whatever it has. */
TEST(no_function_of_text_without_a_letter)
{
	void *library = dlopen(KERNEL32, RTLD_NOW | RTLD_LOCAL);

	ASSERT_NE(NULL, library);
	EXPECT_NE(NULL, dlsym(library, "CreateMailslotW"));
	EXPECT_EQ(NULL, dlsym(library, "CreateMailslot"));
	EXPECT_EQ(NULL, dlsym(library, "CreateFile"));
	EXPECT_EQ(NULL, dlsym(library, "CreateEvent"));
	EXPECT_EQ(NULL, dlsym(library, "FormatMessage"));
}

/* Is the function that @address leads to libmailslot's own? */
static bool is_libmailslots(void *address)
{
	Dl_info info;

	return dladdr(address, &info) && strstr(info.dli_fname, "/libmailslot.so");
}

/* Runs with libkernel32 in front of libmailslot. */
static int preloaded(void)
{
	if (!dlopen(KERNEL32, RTLD_NOW | RTLD_NOLOAD))
		return 2;
	if (is_libmailslots(dlsym(RTLD_DEFAULT, "CreateMailslotW")))
		return 3;
	errno = BEFORE;
	if (!is_libmailslots(CreateMailslotW) || !is_libmailslots(CloseHandle) ||
	    !is_libmailslots(GetLastError) || !is_libmailslots(ReadFile))
		return 4;
	if (CloseHandle((HANDLE)12345) || GetLastError() != 6 || errno == 6)
		return 5;
	return call(CloseHandle, (void *)12345) || errno != 6 ? 6 : 0;
}

TEST(preloading_takes_no_call_over)
{
	int status = -1;
	pid_t pid = fork();

	ASSERT_NE(-1, pid);
	if (!pid) {
		setenv("LD_PRELOAD", KERNEL32, 1);
		execl("/proc/self/exe", "kernel32", "preloaded", NULL);
		_exit(127);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
