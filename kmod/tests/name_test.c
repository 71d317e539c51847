// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: what a slot may be called, to the byte; and the order of names. */
#include "../name.c"
#include "suites.h"

static int check(const char *name)
{
	return mailslot_name_check(name, strlen(name) + 1);
}

static void good_names(struct kunit *test)
{
	static const char *const names[] = {
		"a", "a/b", "a/b/c", ".a", "a.", "...", "..a", "a..", "a/.b", "a/...", "a b", " ",
		"~", "!", "a\\b", "*?<>|", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"caf\xc3\xa9/\xe2\x82\xac",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ_MSG(test, check(names[i]), 0, "\"%*pE\"",
				    (int)strlen(names[i]), names[i]);
}

static void bad_names(struct kunit *test)
{
	static const char *const names[] = {
		/* components */
		"", "/", "/a", "a/", "a//b", "//", ".", "..", "./a", "../a", "a/.", "a/..",
		"a/./b", "a/../b",
		/* control characters: C0, DEL, C1 */
		"\x01", "a\n", "\x1f", "\x7f", "a/\x7f", "\xc2\x80", "a\xc2\x9f",
		/* cut short, or not begun */
		"\x80", "\xbf", "\xc3", "\xc3/", "\xe2\x82", "\xe2\x82/a", "\xf0\x9f\x98", "a\xf0",
		/* overlong */
		"\xc0\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf",
		"\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf",
		/* surrogates, beyond U+10FFFF, lead bytes of five and more */
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe",
		"\xff",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ_MSG(test, check(names[i]), -EINVAL, "\"%*pE\"",
				    (int)strlen(names[i]), names[i]);
}

/* Written anew, not by name.c's table. */
static int encode(char *s, u32 c)
{
	if (c < 0x80) {
		s[0] = c;
		return 1;
	}
	if (c < 0x800) {
		s[0] = 0xc0 | c >> 6;
		s[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	if (c < 0x10000) {
		s[0] = 0xe0 | c >> 12;
		s[1] = 0x80 | (c >> 6 & 0x3f);
		s[2] = 0x80 | (c & 0x3f);
		return 3;
	}
	s[0] = 0xf0 | c >> 18;
	s[1] = 0x80 | (c >> 12 & 0x3f);
	s[2] = 0x80 | (c >> 6 & 0x3f);
	s[3] = 0x80 | (c & 0x3f);
	return 4;
}

/* Everything where a rule changes, and a stride through the rest and beyond the last. */
static u32 character_step(u32 c)
{
	bool edge = c < 0x3000 || (c >= 0xd7f0 && c < 0xe010) || (c >= 0xfff0 && c < 0x10010) ||
		    (c >= 0x10fff0 && c < 0x110010);

	return edge ? 1 : 7;
}

static void characters(struct kunit *test)
{
	u32 c;

	for (c = 1; c < 0x1fffff; c += character_step(c)) {
		bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		bool alone = c == '.' || c == '/';
		char name[6] = "";
		int length = encode(name, c);
		u32 decoded;

		KUNIT_ASSERT_EQ_MSG(test, !check(name),
				    !control && !surrogate && !alone && c <= 0x10ffff, "U+%04X", c);
		if (check(name))
			continue;
		KUNIT_ASSERT_EQ(test, utf8_decode(name, &decoded), length);
		KUNIT_ASSERT_EQ(test, decoded, c);
	}
}

static void lengths(struct kunit *test)
{
	char name[300];
	size_t length;

	for (length = 1; length < 256; length++) {
		memset(name, 'x', sizeof(name));
		KUNIT_EXPECT_EQ(test, mailslot_name_check(name, length), -ENAMETOOLONG);
		name[length] = '\0';
		KUNIT_EXPECT_EQ(test, mailslot_name_check(name, 256), 0);
		KUNIT_EXPECT_EQ(test, mailslot_name_check(name, length + 1), 0);
		KUNIT_EXPECT_EQ(test, mailslot_name_check(name, length), -ENAMETOOLONG);
	}
	KUNIT_EXPECT_EQ(test, mailslot_name_check(name, 0), -ENAMETOOLONG);
	/* What is behind the NUL does not count. */
	memset(name, 0xff, sizeof(name));
	name[0] = 'a';
	name[1] = '\0';
	KUNIT_EXPECT_EQ(test, mailslot_name_check(name, 256), 0);
	/* A character that the end cuts in two. */
	memset(name, 'x', sizeof(name));
	memcpy(name + 253, "\xe2\x82", 3);
	KUNIT_EXPECT_EQ(test, mailslot_name_check(name, 256), -EINVAL);
}

/* In their order: below a name comes before whatever else begins with it. */
static const char *const ordered[] = {
	"a", "a/a", "a/a/a", "a/b", "a/\xff", "a\x20", "a-", "a-/b", "a.", "a0", "aa", "aa/a", "ab",
	"b", "b/a", "\xc3\xa9", "\xc3\xa9/a", "\xff",
};

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void order(struct kunit *test)
{
	int i, j;

	for (i = 0; i < ARRAY_SIZE(ordered); i++)
		for (j = 0; j < ARRAY_SIZE(ordered); j++)
			KUNIT_EXPECT_EQ_MSG(test,
					    sign(mailslot_name_compare(ordered[i], ordered[j])),
					    sign(i - j), "%s and %s", ordered[i], ordered[j]);
}

static void below(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, mailslot_name_below("a/b", "a"));
	KUNIT_EXPECT_TRUE(test, mailslot_name_below("a/b/c", "a"));
	KUNIT_EXPECT_TRUE(test, mailslot_name_below("a/b/c", "a/b"));
	KUNIT_EXPECT_FALSE(test, mailslot_name_below("a", "a"));
	KUNIT_EXPECT_FALSE(test, mailslot_name_below("ab", "a"));
	KUNIT_EXPECT_FALSE(test, mailslot_name_below("a", "a/b"));
	KUNIT_EXPECT_FALSE(test, mailslot_name_below("ab/c", "a"));
	KUNIT_EXPECT_FALSE(test, mailslot_name_below("b/a", "a"));
}

static struct kunit_case name_cases[] = {
	KUNIT_CASE(good_names),
	KUNIT_CASE(bad_names),
	KUNIT_CASE(characters),
	KUNIT_CASE(lengths),
	KUNIT_CASE(order),
	KUNIT_CASE(below),
	{}
};

struct kunit_suite mailslot_name_suite = {
	.name = "mailslot-name",
	.test_cases = name_cases,
};
