// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands before a message: its header on the network, the name in a frame, the line of origin,
 * as userlib/relay/wire.c and frame.c have them.
 */
#include <stdint.h>

#include "frame.h"
#include "wire.h"
#include "../../selftests/harness.h"

#define POISON 0x5a
#define LETTERS_50 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
#define NAME_255 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 "abcde"
#define PLACE_63 "a23456789b123456789c123456789d123456789e123456789f123456789g123"

/* Of the message whose header this is. */
#define LENGTH 5

static const unsigned char header[WIRE_SIZE + LENGTH] = {
	1, 0, 0, 0, 0x01, 0x02, 0x03, 0x04,
	0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
	0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
	0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
	0, 0, 0, LENGTH,
};

static const struct wire fields = {
	.uid = 0x01020304, .time_ns = 0x1112131415161718, .epoch = 0x2122232425262728,
	.sequence = 0x3132333435363738, .length = LENGTH,
};

TEST(wire_written)
{
	unsigned char bytes[WIRE_SIZE + 1];

	memset(bytes, POISON, sizeof(bytes));
	wire_put(bytes, &fields);
	EXPECT_EQ(0, memcmp(header, bytes, WIRE_SIZE));
	EXPECT_EQ(POISON, bytes[WIRE_SIZE]);
}

TEST(wire_read)
{
	struct wire wire;

	memset(&wire, POISON, sizeof(wire));
	ASSERT_TRUE(wire_get(header, sizeof(header), &wire));
	EXPECT_EQ(fields.uid, wire.uid);
	EXPECT_EQ(fields.time_ns, wire.time_ns);
	EXPECT_EQ(fields.epoch, wire.epoch);
	EXPECT_EQ(fields.sequence, wire.sequence);
	EXPECT_EQ(fields.length, wire.length);
}

TEST(wire_round_trip_of_extremes)
{
	struct wire extreme = { UINT32_MAX, INT64_MIN, UINT64_MAX, UINT64_MAX - 1, 0 }, wire;
	unsigned char bytes[WIRE_SIZE];

	memset(&wire, POISON, sizeof(wire));
	wire_put(bytes, &extreme);
	ASSERT_TRUE(wire_get(bytes, WIRE_SIZE, &wire));
	EXPECT_EQ(UINT32_MAX, wire.uid);
	EXPECT_EQ(INT64_MIN, wire.time_ns);
	EXPECT_EQ(UINT64_MAX, wire.epoch);
	EXPECT_EQ(UINT64_MAX - 1, wire.sequence);
}

TEST(wire_with_a_message_at_an_odd_address)
{
	unsigned char bytes[1 + sizeof(header)] = "";
	struct wire wire;

	memcpy(bytes + 1, header, sizeof(header));
	ASSERT_TRUE(wire_get(bytes + 1, sizeof(header), &wire));
	EXPECT_EQ(fields.sequence, wire.sequence);
}

/* Each shorter payload, at the end of its memory. */
TEST(wire_too_short)
{
	struct wire wire;
	size_t length;

	for (length = 0; length < sizeof(header); length++) {
		unsigned char *bytes = malloc(length ?: 1);

		ASSERT_NE(NULL, bytes);
		memcpy(bytes, header, length);
		EXPECT_FALSE(wire_get(bytes, length, &wire));
		EXPECT_FALSE(wire_get_one(bytes, length, &wire));
		free(bytes);
	}
}

TEST(wire_one_and_several)
{
	unsigned char bytes[2 * sizeof(header)];
	struct wire wire;

	memcpy(bytes, header, sizeof(header));
	memcpy(bytes + sizeof(header), header, sizeof(header));
	EXPECT_TRUE(wire_get_one(bytes, sizeof(header), &wire));
	EXPECT_TRUE(wire_get(bytes, sizeof(bytes), &wire));
	EXPECT_FALSE(wire_get_one(bytes, sizeof(bytes), &wire));
	EXPECT_FALSE(wire_get_one(bytes, sizeof(header) + 1, &wire));
}

/* A length that no payload has, not even with the header added to it in 32 bits. */
TEST(wire_length_beyond_the_end)
{
	unsigned char bytes[sizeof(header)];
	struct wire wire;

	memcpy(bytes, header, sizeof(header));
	memset(bytes + 32, 0xff, 4);
	EXPECT_FALSE(wire_get(bytes, sizeof(bytes), &wire));
	bytes[35] = (unsigned char)-WIRE_SIZE;
	EXPECT_FALSE(wire_get(bytes, sizeof(bytes), &wire));
}

TEST(wire_other_version)
{
	unsigned char bytes[sizeof(header)];
	struct wire wire;
	int version;

	memcpy(bytes, header, sizeof(header));
	for (version = 0; version < 256; version++) {
		bytes[0] = (unsigned char)version;
		EXPECT_EQ(version == 1, wire_get(bytes, sizeof(bytes), &wire));
	}
}

TEST(wire_zero_is_set)
{
	struct wire wire;
	int i;

	for (i = 1; i < 4; i++) {
		unsigned char bytes[sizeof(header)];

		memcpy(bytes, header, sizeof(header));
		bytes[i] = 1;
		EXPECT_FALSE(wire_get(bytes, sizeof(bytes), &wire));
	}
}

FIXTURE(frame) {
	struct address address;
	const void *payload;
	size_t size;
};

FIXTURE_VARIANT(frame) {
	enum address_form form;
	const char *name;	/* of the frame */
	const char *place, *slot;
	const char *reason;
};

FIXTURE_SETUP(frame)
{
	memset(self, POISON, sizeof(*self));
}

FIXTURE_TEARDOWN(frame)
{
}

#define FRAME(title, form_, name_, place_, slot_)	\
	FIXTURE_VARIANT_ADD(frame, title) {	\
		.form = ADDRESS_##form_, .name = (name_), .place = (place_), .slot = (slot_),	\
	}
#define NO_FRAME(title, form_, name_, reason_)	\
	FIXTURE_VARIANT_ADD(frame, title) {	\
		.form = ADDRESS_##form_, .name = (name_), .reason = (reason_),	\
	}
#define NO_NAME "the frame does not begin with \\\\HOST\\mailslot\\NAME"

FRAME(host, HOST, "\\\\beta\\mailslot\\status", "beta", "status");
FRAME(case_and_slashes, HOST, "//WEB-1.Org\\MailSlot/Jobs\\URGENT", "web-1.org", "jobs/urgent");
FRAME(domain, DOMAIN, "\\\\Sales\\mailslot\\status", "sales", "status");
FRAME(all, ALL, "\\\\*\\mailslot\\a/b", "", "a/b");
FRAME(localhost, HOST, "\\\\localhost\\mailslot\\status", "localhost", "status");
FRAME(longest, HOST, "\\\\" PLACE_63 "\\mailslot\\" NAME_255, PLACE_63, NAME_255);
FRAME(eight_components, HOST, "\\\\b\\mailslot\\1\\2\\3\\4\\5\\6\\7\\8", "b", "1/2/3/4/5/6/7/8");
NO_FRAME(all_to_hosts, HOST, "\\\\*\\mailslot\\x",
	 "this slot sends to hosts, and \\\\*\\ is a domain");
NO_FRAME(all_to_domain, DOMAIN, "\\\\*\\mailslot\\x",
	 "this slot sends to one domain, and \\\\*\\ is the sender's own");
NO_FRAME(host_to_all, ALL, "\\\\beta\\mailslot\\x", "this slot sends to \\\\*\\ only");
NO_FRAME(local, HOST, "\\\\.\\mailslot\\x", "the name is that of a slot on this machine");
NO_FRAME(local_verbatim, DOMAIN, "\\\\?\\mailslot\\x",
	 "the name is that of a slot on this machine");
NO_FRAME(local_to_all, ALL, "\\\\.\\mailslot\\x", "the name is that of a slot on this machine");
NO_FRAME(pattern_of_hosts, HOST, "\\\\web-*\\mailslot\\x", "no host can have that name");
NO_FRAME(host_two_dots, HOST, "\\\\..\\mailslot\\x", "no host can have that name");
NO_FRAME(host_umlaut, HOST, "\\\\\xc3\xa4\\mailslot\\x", "no host can have that name");
NO_FRAME(host_too_long, HOST, "\\\\" PLACE_63 "4\\mailslot\\x", "no host can have that name");
NO_FRAME(empty, HOST, "", NO_NAME);
NO_FRAME(message_alone, HOST, "hello", NO_NAME);
NO_FRAME(one_backslash, HOST, "\\beta\\mailslot\\x", NO_NAME);
NO_FRAME(no_host, HOST, "\\\\\\mailslot\\x", NO_NAME);
NO_FRAME(no_mailslot, HOST, "\\\\beta\\pipe\\x", NO_NAME);
NO_FRAME(no_slot, HOST, "\\\\beta\\mailslot\\", NO_NAME);
NO_FRAME(dots, HOST, "\\\\beta\\mailslot\\..\\x", NO_NAME);
NO_FRAME(control, HOST, "\\\\beta\\mailslot\\x\n", NO_NAME);
NO_FRAME(no_utf8, HOST, "\\\\beta\\mailslot\\\xff", NO_NAME);
NO_FRAME(too_long, HOST, "\\\\beta\\mailslot\\" NAME_255 "x",
	 "the name of the slot is longer than 255 bytes");
NO_FRAME(nine_components, HOST, "\\\\b\\mailslot\\1\\2\\3\\4\\5\\6\\7\\8\\9",
	 "the name has more than 8 components");

/* A message that holds NULs itself, and one of no bytes, in memory of just that length. */
TEST_F(frame, parsed)
{
	static const char message[] = { 'm', '\0', 'n', '\0' };
	size_t name = strlen(variant->name) + 1, size;

	for (size = 0; size <= sizeof(message); size += sizeof(message)) {
		char *bytes = malloc(name + size);
		const char *reason;

		ASSERT_NE(NULL, bytes);
		memcpy(bytes, variant->name, name);
		memcpy(bytes + name, message, size);
		reason = frame_parse(bytes, name + size, variant->form, &self->address,
				     &self->payload, &self->size);
		if (variant->reason) {
			ASSERT_NE(NULL, reason);
			EXPECT_STREQ(variant->reason, reason);
		} else {
			ASSERT_EQ(NULL, reason);
			EXPECT_EQ(variant->form, self->address.form);
			EXPECT_STREQ(variant->place, self->address.place);
			EXPECT_STREQ(variant->slot, self->address.name);
			EXPECT_EQ(bytes + name, (const char *)self->payload);
			EXPECT_EQ(size, self->size);
		}
		free(bytes);
	}
}

TEST(frame_without_nul)
{
	static const char text[] = "\\\\beta\\mailslot\\status";
	struct address address;
	const void *payload;
	size_t size;
	char *bytes = malloc(sizeof(text) - 1);
	const char *reason;

	ASSERT_NE(NULL, bytes);
	memcpy(bytes, text, sizeof(text) - 1);
	reason = frame_parse(bytes, sizeof(text) - 1, ADDRESS_HOST, &address, &payload, &size);
	ASSERT_NE(NULL, reason);
	EXPECT_STREQ("the frame has no NUL behind its name", reason);
	reason = frame_parse(bytes, 0, ADDRESS_HOST, &address, &payload, &size);
	ASSERT_NE(NULL, reason);
	EXPECT_STREQ("the frame has no NUL behind its name", reason);
	free(bytes);
}

/* The size that the header promises, for the limit of slots that take frames. */
TEST(frame_name_size)
{
	EXPECT_EQ(sizeof("\\\\" PLACE_63 "\\mailslot\\" NAME_255), FRAME_NAME_SIZE);
}

FIXTURE(origin) {
	char line[FRAME_ORIGIN_SIZE];
};

FIXTURE_VARIANT(origin) {
	const char *host;
	struct wire wire;
	const char *line;
};

FIXTURE_SETUP(origin)
{
	memset(self->line, POISON, sizeof(self->line));
}

FIXTURE_TEARDOWN(origin)
{
}

#define ORIGIN(title, host_, uid_, ns, line_)	\
	FIXTURE_VARIANT_ADD(origin, title) {	\
		.host = (host_), .wire = { .uid = (uid_), .time_ns = (ns) }, .line = (line_),	\
	}

ORIGIN(plain, "alpha", 1000, 1796041184123456789, "alpha 1000 1796041184.123456789\n");
ORIGIN(zeros, "alpha", 0, 1000000001, "alpha 0 1.000000001\n");
ORIGIN(epoch, "a", 0, 0, "a 0 0.000000000\n");
ORIGIN(before_epoch, "a", 0, -1, "a 0 -0.000000001\n");
ORIGIN(longest, PLACE_63, UINT32_MAX, INT64_MIN, PLACE_63 " 4294967295 -9223372036.854775808\n");
ORIGIN(latest, "a", 0, INT64_MAX, "a 0 9223372036.854775807\n");

TEST_F(origin, line)
{
	size_t length = frame_origin(self->line, variant->host, &variant->wire);

	EXPECT_STREQ(variant->line, self->line);
	EXPECT_EQ(strlen(variant->line), length);
}

int main(int argc, char **argv)
{
	return harness_run(argc, argv);
}
