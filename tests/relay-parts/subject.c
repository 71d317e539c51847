// SPDX-License-Identifier: GPL-2.0-only
/*
 * NATS subjects, encoded and decoded, as userlib/relay/subject.c does: each name there and back,
 * and each form of a subject that no relay writes.
 */
#include "subject.h"
#include "../../selftests/harness.h"

#define POISON 0x5a
#define LETTERS_50 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
#define NAME_255 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 "abcde"
#define PLACE_63 "a23456789b123456789c123456789d123456789e123456789f123456789g123"

static struct subject example(const char *name)
{
	struct subject subject = {
		.delivery = DELIVERY_DATAGRAM, .sender = "alpha", .to.place = "beta",
	};

	strcpy(subject.to.name, name);
	return subject;
}

TEST(class)
{
	EXPECT_STREQ("datagram", subject_class(DELIVERY_DATAGRAM));
	EXPECT_STREQ("stored", subject_class(DELIVERY_STORED));
}

TEST(token)
{
	char token[SUBJECT_TOKEN_SIZE];

	subject_token(token, "web-1.example_x");
	EXPECT_STREQ("web-1=2eexample_x", token);
}

TEST(longest_token_fits)
{
	char token[SUBJECT_TOKEN_SIZE], place[ADDRESS_PLACE_SIZE];

	memset(place, '.', sizeof(place) - 1);
	place[sizeof(place) - 1] = '\0';
	subject_token(token, place);
	EXPECT_EQ(3 * (sizeof(place) - 1), strlen(token));
}

TEST(host)
{
	struct subject subject = example("jobs/urgent 1");
	char text[SUBJECT_SIZE];

	ASSERT_TRUE(subject_encode(text, &subject));
	EXPECT_STREQ("mailslot.datagram.alpha.host.beta.jobs.urgent=201", text);
}

TEST(domain)
{
	struct subject subject = example("status");
	char text[SUBJECT_SIZE];

	subject.to.form = ADDRESS_DOMAIN;
	strcpy(subject.to.place, "sales.example");
	ASSERT_TRUE(subject_encode(text, &subject));
	EXPECT_STREQ("mailslot.datagram.alpha.domain.sales=2eexample.status", text);
}

TEST(stored)
{
	struct subject subject = example("orders");
	char text[SUBJECT_SIZE];

	subject.delivery = DELIVERY_STORED;
	ASSERT_TRUE(subject_encode(text, &subject));
	EXPECT_STREQ("mailslot.stored.alpha.host.beta.orders", text);
}

TEST(all_has_no_subject)
{
	struct subject subject = example("status");
	char text[SUBJECT_SIZE];

	subject.to.form = ADDRESS_ALL;
	EXPECT_FALSE(subject_encode(text, &subject));
}

/* There and back, to the last byte of the structure's fields. */
static void round_trip(struct __test_metadata *_metadata, const struct subject *subject)
{
	struct subject again;
	char text[SUBJECT_SIZE];
	const char *c;

	memset(&again, POISON, sizeof(again));
	ASSERT_TRUE(subject_encode(text, subject));
	for (c = text; *c; c++)
		EXPECT_NE(NULL, strchr("abcdefghijklmnopqrstuvwxyz0123456789-_=.", *c));
	ASSERT_TRUE(subject_decode(text, &again)) {
		TH_LOG("%s", text);
	}
	EXPECT_EQ(subject->delivery, again.delivery);
	EXPECT_EQ(subject->to.form, again.to.form);
	EXPECT_STREQ(subject->sender, again.sender);
	EXPECT_STREQ(subject->to.place, again.to.place);
	EXPECT_STREQ(subject->to.name, again.to.name);
}

/* Each character below U+3000 that a name may hold, folded, in a name of its own. */
TEST(round_trip_of_each_character)
{
	unsigned int c, names = 0;

	for (c = 1; c < 0x3000; c++) {
		char raw[8] = "", name[MAILSLOT_NAME_SIZE];
		struct subject subject;

		if (c < 0x80) {
			raw[0] = (char)c;
		} else if (c < 0x800) {
			raw[0] = (char)(0xc0 | c >> 6);
			raw[1] = (char)(0x80 | (c & 0x3f));
		} else {
			raw[0] = (char)(0xe0 | c >> 12);
			raw[1] = (char)(0x80 | (c >> 6 & 0x3f));
			raw[2] = (char)(0x80 | (c & 0x3f));
		}
		/* Control characters, '.', '/' and '\' are no names. */
		if (address_name(name, raw))
			continue;
		subject = example(name);
		round_trip(_metadata, &subject);
		names++;
	}
	EXPECT_EQ(0x3000 - 1 - 0x1f - 0x21 - 3, names);
}

TEST(round_trip_of_both_classes_and_forms)
{
	struct subject subject = example("a/b");

	round_trip(_metadata, &subject);
	subject.to.form = ADDRESS_DOMAIN;
	round_trip(_metadata, &subject);
	subject.delivery = DELIVERY_STORED;
	round_trip(_metadata, &subject);
	subject.to.form = ADDRESS_HOST;
	round_trip(_metadata, &subject);
}

TEST(round_trip_of_the_longest)
{
	struct subject subject = example(NAME_255);

	strcpy(subject.sender, PLACE_63);
	strcpy(subject.to.place, PLACE_63);
	round_trip(_metadata, &subject);
	/* Nothing but bytes that take three. */
	memset(subject.sender, '.', ADDRESS_PLACE_SIZE - 1);
	memset(subject.to.place, '.', ADDRESS_PLACE_SIZE - 1);
	memset(subject.to.name, ' ', MAILSLOT_NAME_SIZE - 1);
	subject.to.form = ADDRESS_DOMAIN;
	round_trip(_metadata, &subject);
}

TEST(longest_subject_is_as_documented)
{
	struct subject subject = example("");
	char text[SUBJECT_SIZE];

	memset(subject.sender, '.', ADDRESS_PLACE_SIZE - 1);
	memset(subject.to.place, '.', ADDRESS_PLACE_SIZE - 1);
	memset(subject.to.name, ' ', MAILSLOT_NAME_SIZE - 1);
	subject.to.name[MAILSLOT_NAME_SIZE - 1] = '\0';
	subject.to.form = ADDRESS_DOMAIN;
	ASSERT_TRUE(subject_encode(text, &subject));
	EXPECT_EQ(1170, strlen(text));
}

TEST(round_trip_of_eight_components)
{
	struct subject subject = example("1/2/3/4/5/6/7/8");

	round_trip(_metadata, &subject);
}

FIXTURE(hostile) {
};

FIXTURE_VARIANT(hostile) {
	const char *text;
};

FIXTURE_SETUP(hostile)
{
}

FIXTURE_TEARDOWN(hostile)
{
}

#define HOSTILE(title, text_) FIXTURE_VARIANT_ADD(hostile, title) { .text = (text_) }
#define TO_BETA "mailslot.datagram.alpha.host.beta."

HOSTILE(empty, "");
HOSTILE(other_first_token, "mailslots.datagram.alpha.host.beta.x");
HOSTILE(first_token_alone, "mailslot.");
HOSTILE(first_token_without_dot, "mailslot");
HOSTILE(no_class, "mailslot..alpha.host.beta.x");
HOSTILE(other_class, "mailslot.telegram.alpha.host.beta.x");
HOSTILE(long_class, "mailslot.datagramdatagramdatagram.alpha.host.beta.x");
HOSTILE(class_alone, "mailslot.datagram");
HOSTILE(no_sender, "mailslot.datagram..host.beta.x");
HOSTILE(sender_dot, "mailslot.datagram.=2e.host.beta.x");
HOSTILE(sender_two_dots, "mailslot.datagram.=2e=2e.host.beta.x");
HOSTILE(sender_star, "mailslot.datagram.=2a.host.beta.x");
HOSTILE(sender_slash, "mailslot.datagram.a=2fb.host.beta.x");
HOSTILE(sender_upper_case, "mailslot.datagram.=41.host.beta.x");
HOSTILE(sender_too_long, "mailslot.datagram." PLACE_63 "4.host.beta.x");
HOSTILE(sender_last, "mailslot.datagram.alpha");
HOSTILE(no_form, "mailslot.datagram.alpha..beta.x");
HOSTILE(other_form, "mailslot.datagram.alpha.all.beta.x");
HOSTILE(form_last, "mailslot.datagram.alpha.host");
HOSTILE(no_place, "mailslot.datagram.alpha.host..x");
HOSTILE(place_two_dots, "mailslot.datagram.alpha.host.=2e=2e.x");
HOSTILE(place_space, "mailslot.datagram.alpha.host.be=20ta.x");
HOSTILE(place_too_long, "mailslot.datagram.alpha.host." PLACE_63 "4.x");
HOSTILE(place_last, "mailslot.datagram.alpha.host.beta");
HOSTILE(no_name, TO_BETA);
HOSTILE(empty_component, TO_BETA "a..b");
HOSTILE(dot_at_the_end, TO_BETA "a.");
HOSTILE(component_dot, TO_BETA "a.=2e.b");
HOSTILE(component_two_dots, TO_BETA "=2e=2e.=2e=2e.etc");
HOSTILE(encoded_slash, TO_BETA "a=2fb");
HOSTILE(encoded_backslash, TO_BETA "a=5cb");
HOSTILE(encoded_nul, TO_BETA "a=00");
HOSTILE(encoded_newline, TO_BETA "a=0ab");
HOSTILE(encoded_letter, TO_BETA "=61");
HOSTILE(encoded_dash, TO_BETA "a=2db");
HOSTILE(encoded_upper_case, TO_BETA "=41");
HOSTILE(encoded_upper_umlaut, TO_BETA "=c3=84");
HOSTILE(upper_hexadecimal, TO_BETA "a=2E");
HOSTILE(no_digits, TO_BETA "a=");
HOSTILE(one_digit, TO_BETA "a=2");
HOSTILE(one_digit_and_dot, TO_BETA "a=2.b");
HOSTILE(no_hexadecimal, TO_BETA "a=2g");
HOSTILE(no_utf8, TO_BETA "=ff");
HOSTILE(c1, TO_BETA "=c2=85");
HOSTILE(upper_case, TO_BETA "A");
HOSTILE(space, TO_BETA "a b");
HOSTILE(tab, TO_BETA "a\tb");
HOSTILE(newline, TO_BETA "a\r\nPUB x 0");
HOSTILE(star, TO_BETA "*");
HOSTILE(rest, TO_BETA ">");
HOSTILE(dollar, TO_BETA "$SYS");
HOSTILE(raw_utf8, TO_BETA "\xc3\xa4");
HOSTILE(nine_components, TO_BETA "1.2.3.4.5.6.7.8.9");
HOSTILE(name_too_long, TO_BETA NAME_255 "x");
HOSTILE(name_too_long_by_components, TO_BETA NAME_255 ".x");
HOSTILE(name_too_long_by_the_last_byte,
	TO_BETA LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 "abcd.x.y");

TEST_F(hostile, refused)
{
	/* In memory of its own length, so that a read behind the NUL is seen. */
	char *text = strdup(variant->text);
	struct subject subject;

	EXPECT_FALSE(subject_decode(text, &subject));
	free(text);
}

/* What the tests above change by one thing each is valid. */
TEST(not_hostile)
{
	struct subject subject;

	EXPECT_TRUE(subject_decode(TO_BETA "x", &subject));
	EXPECT_TRUE(subject_decode(TO_BETA "=2a.=3e.=c3=a4.=5b=20", &subject));
	EXPECT_STREQ("*/>/\xc3\xa4/[ ", subject.to.name);
	EXPECT_TRUE(subject_decode(TO_BETA NAME_255, &subject));
}

int main(int argc, char **argv)
{
	return harness_run(argc, argv);
}
