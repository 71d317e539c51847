// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the library costs over the bare system call.  In a machine that counts a
 * nanosecond an instruction (tools/vm/run.sh -i) the figures are instructions; it is
 * no test, and its result depends on no limit.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libmailslot.h>

#define ROUNDS	2000

static HANDLE server, client, event;
static char buffer[64];
static OVERLAPPED overlapped;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void send_bare(void)
{
	(void)!write((int)(intptr_t)client, buffer, sizeof(buffer));
}

static void send_library(void)
{
	DWORD n;

	WriteFile(client, buffer, sizeof(buffer), &n, NULL);
}

static void receive_bare(void)
{
	(void)!read((int)(intptr_t)server, buffer, sizeof(buffer));
}

static void receive_library(void)
{
	DWORD n;

	ReadFile(server, buffer, sizeof(buffer), &n, NULL);
}

static void receive_overlapped(void)
{
	DWORD n;

	ReadFile(server, buffer, sizeof(buffer), &n, &overlapped);
}

static void receive_pended(void)
{
	DWORD n;

	ReadFile(server, buffer, sizeof(buffer), &n, &overlapped);
	send_bare();
	GetOverlappedResult(server, &overlapped, &n, TRUE);
}

/* The middle of three runs, so that a timer's interrupt does not count. */
static double cost(void (*before)(void), void (*what)(void), void (*after)(void))
{
	uint64_t runs[3], began, spent;

	for (int run = 0; run < 3; run++) {
		spent = 0;
		for (int i = 0; i < ROUNDS; i++) {
			if (before)
				before();
			began = now();
			what();
			spent += now() - began;
			if (after)
				after();
		}
		runs[run] = spent;
	}
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			if (runs[j] > runs[j + 1]) {
				spent = runs[j];
				runs[j] = runs[j + 1];
				runs[j + 1] = spent;
			}
	return (double)runs[1] / ROUNDS;
}

static void nothing(void)
{
}

int main(void)
{
	double clock, write_bare, write_library, read_bare, read_library;

	server = CreateMailslotA("\\\\.\\mailslot\\overhead", 0, MAILSLOT_WAIT_FOREVER, NULL);
	client = CreateFileA("\\\\.\\mailslot\\overhead", GENERIC_WRITE, FILE_SHARE_READ, NULL,
			     OPEN_EXISTING, 0, NULL);
	event = CreateEventA(NULL, TRUE, FALSE, NULL);
	if (server == INVALID_HANDLE_VALUE || client == INVALID_HANDLE_VALUE || !event) {
		fprintf(stderr, "error %u\n", GetLastError());
		return 1;
	}
	send_library();
	receive_library();
	clock = cost(NULL, nothing, NULL);
	write_bare = cost(NULL, send_bare, receive_bare) - clock;
	write_library = cost(NULL, send_library, receive_bare) - clock;
	read_bare = cost(send_bare, receive_bare, NULL) - clock;
	read_library = cost(send_bare, receive_library, NULL) - clock;
	printf("write(2) %.0f, WriteFile %.0f: over it %.0f\n", write_bare, write_library,
	       write_library - write_bare);
	printf("read(2) %.0f, ReadFile %.0f: over it %.0f\n", read_bare, read_library,
	       read_library - read_bare);
	printf("ReadFile with an OVERLAPPED, message there: %.0f\n",
	       cost(send_bare, receive_overlapped, NULL) - clock);
	overlapped.hEvent = event;
	printf("the same with an event: %.0f\n",
	       cost(send_bare, receive_overlapped, NULL) - clock);
	overlapped.hEvent = NULL;
	printf("ReadFile that pends, write(2), GetOverlappedResult: %.0f\n",
	       cost(NULL, receive_pended, NULL) - clock);
	return 0;
}
