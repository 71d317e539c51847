#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tee(2) and splice(2) from a pipe in packet mode (O_DIRECT) carry the packets' boundaries into a pipe that is not in packet mode: there,
# too, a read that is shorter than the packet discards the rest, and a longer read stops at the packet's end. The reader of the plain pipe
# cannot know: F_GETFL of both its ends has no O_DIRECT. pipe(2) promises packets of a pipe that was made with the flag. In the other
# direction no boundary appears: several pieces that were spliced from a plain pipe into one in packet mode are read as one. Guessed
# before: what a read does depends on the mode of the pipe that is read.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > packets.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READ, WRITE };

static int packet[2], plain[2];

static void say(int into, const char *text)
{
	if (write(into, text, strlen(text)) != (ssize_t)strlen(text))
		err(2, "write");
}

/* Reads two bytes, then what one read gives; says both, and whether they are the two that were expected. */
static bool reads(const char *title, int from, const char *first, const char *second)
{
	char begin[3] = "", rest[100] = "";

	if (read(from, begin, 2) < 0 || read(from, rest, sizeof(rest) - 1) < 0)
		err(2, "read");
	printf("%s: a read of 2 bytes gives \"%s\", the next \"%s\"\n", title, begin, rest);
	return !strcmp(begin, first) && !strcmp(rest, second);
}

int main(void)
{
	bool held = true;

	if (pipe2(packet, O_DIRECT | O_NONBLOCK) || pipe2(plain, O_NONBLOCK))
		err(2, "pipe2");
	if ((fcntl(plain[READ], F_GETFL) | fcntl(plain[WRITE], F_GETFL)) & O_DIRECT)
		errx(2, "the plain pipe is in packet mode");

	say(plain[WRITE], "hello");
	say(plain[WRITE], "world");
	held &= reads("written to the plain pipe", plain[READ], "he", "lloworld");

	say(packet[WRITE], "hello");
	say(packet[WRITE], "world");
	if (tee(packet[READ], plain[WRITE], 100, 0) != 10)
		err(2, "tee");
	held &= reads("by tee into the plain pipe", plain[READ], "he", "world");
	if (splice(packet[READ], NULL, plain[WRITE], NULL, 100, 0) != 10)
		err(2, "splice");
	held &= reads("by splice into the plain pipe", plain[READ], "he", "world");

	say(plain[WRITE], "hello");
	if (splice(plain[READ], NULL, packet[WRITE], NULL, 100, 0) != 5)
		err(2, "splice");
	say(plain[WRITE], "world");
	if (splice(plain[READ], NULL, packet[WRITE], NULL, 100, 0) != 5)
		err(2, "splice");
	held &= reads("by splice into the pipe in packet mode", packet[READ], "he", "lloworld");
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 packets.c -o packets
uname -sr
./packets
