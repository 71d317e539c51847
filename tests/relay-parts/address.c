// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of hosts, domains and slots, and patterns of them, as userlib/relay/address.c has them.
 */
#include <locale.h>

#include "address.h"
#include "../../selftests/harness.h"

#define POISON 0x5a

/* 63 characters, which a place may have; with one more it is too long. */
#define PLACE_63 "a23456789b123456789c123456789d123456789e123456789f123456789g123"

FIXTURE(place) {
	char place[ADDRESS_PLACE_SIZE];
};

FIXTURE_VARIANT(place) {
	const char *text;
	const char *folded;	/* NULL: the text is refused */
};

FIXTURE_SETUP(place)
{
	memset(self->place, POISON, sizeof(self->place));
}

FIXTURE_TEARDOWN(place)
{
}

#define PLACE(title, text_, folded_)	\
	FIXTURE_VARIANT_ADD(place, title) { .text = (text_), .folded = (folded_) }

PLACE(plain, "alpha", "alpha");
PLACE(upper_case, "ALPHA-Z", "alpha-z");
PLACE(every_sort, "a-z_0.9", "a-z_0.9");
PLACE(one, "7", "7");
PLACE(three_dots, "...", "...");
PLACE(longest, PLACE_63, PLACE_63);
PLACE(too_long, PLACE_63 "4", NULL);
PLACE(empty, "", NULL);
PLACE(dot, ".", NULL);
PLACE(two_dots, "..", NULL);
PLACE(all, "*", NULL);
PLACE(slash, "a/b", NULL);
PLACE(backslash, "a\\b", NULL);
PLACE(space, "a b", NULL);
PLACE(newline, "a\n", NULL);
PLACE(umlaut, "\xc3\xa4", NULL);
PLACE(kelvin, "\xe2\x84\xaa", NULL);
PLACE(pattern, "a?", NULL);

TEST_F(place, folds)
{
	ASSERT_EQ(!!variant->folded, address_place(self->place, variant->text));
	if (variant->folded)
		EXPECT_STREQ(variant->folded, self->place);
}

TEST(place_of_each_byte)
{
	static const char taken[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	char text[] = "x?", place[ADDRESS_PLACE_SIZE];
	int c;

	for (c = 1; c < 256; c++) {
		text[1] = (char)c;
		EXPECT_EQ(!!strchr(taken, c), address_place(place, text)) {
			TH_LOG("byte %d", c);
		}
	}
}

#define LETTERS_50 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
#define LETTERS_250 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50
#define NAME_255 LETTERS_250 "abcde"
/* Slashes that count once. */
#define SLASHES_50 "//////////////////////////////////////////////////"

FIXTURE(name) {
	char name[MAILSLOT_NAME_SIZE];
};

FIXTURE_VARIANT(name) {
	const char *text;
	const char *folded;
	const char *reason;
};

FIXTURE_SETUP(name)
{
	memset(self->name, POISON, sizeof(self->name));
}

FIXTURE_TEARDOWN(name)
{
}

#define NAME(title, text_, folded_)	\
	FIXTURE_VARIANT_ADD(name, title) { .text = (text_), .folded = (folded_) }
#define NO_NAME(title, text_, reason_)	\
	FIXTURE_VARIANT_ADD(name, title) { .text = (text_), .reason = (reason_) }

NAME(plain, "status", "status");
NAME(upper_case, "Jobs/URGENT", "jobs/urgent");
NAME(backslashes, "jobs\\urgent", "jobs/urgent");
NAME(repeated_slashes, "jobs//" SLASHES_50 SLASHES_50 "urgent", "jobs/urgent");
NAME(umlaut, "\xc3\x84rger", "\xc3\xa4rger");
NAME(odd, "a b.*>=%?[", "a b.*>=%?[");
NAME(longest, NAME_255, NAME_255);
NAME(longest_of_umlauts, LETTERS_250 "abc\xc3\x84", LETTERS_250 "abc\xc3\xa4");
NAME(eight_components, "1/2/3/4/5/6/7/8", "1/2/3/4/5/6/7/8");
NO_NAME(nine_components, "1/2/3/4/5/6/7/8/9", "the name has more than 8 components");
NO_NAME(too_long, NAME_255 "x", "the name is longer than 255 bytes");
NO_NAME(far_too_long, NAME_255 NAME_255 NAME_255 NAME_255 NAME_255,
	"the name is longer than 255 bytes");
NO_NAME(empty, "", "no slot can have that name");
NO_NAME(dot, "a/./b", "no slot can have that name");
NO_NAME(two_dots, "..", "no slot can have that name");
NO_NAME(slash_at_the_end, "a/", "no slot can have that name");
NO_NAME(control, "a\nb", "no slot can have that name");
NO_NAME(delete, "a\x7f", "no slot can have that name");
NO_NAME(c1, "a\xc2\x85", "no slot can have that name");
NO_NAME(no_utf8, "a\xff", "no slot can have that name");
NO_NAME(cut_utf8, "a\xc3", "no slot can have that name");
NO_NAME(overlong_utf8, "a\xc0\xaf", "no slot can have that name");
NO_NAME(surrogate, "\xed\xa0\x80", "no slot can have that name");

TEST_F(name, folds)
{
	const char *reason = address_name(self->name, variant->text);

	if (variant->reason) {
		ASSERT_NE(NULL, reason);
		EXPECT_STREQ(variant->reason, reason);
	} else {
		ASSERT_EQ(NULL, reason);
		EXPECT_STREQ(variant->folded, self->name);
	}
}

FIXTURE(match) {
};

FIXTURE_VARIANT(match) {
	const char *pattern;
	const char *text;
	bool matches;
};

FIXTURE_SETUP(match)
{
}

FIXTURE_TEARDOWN(match)
{
}

#define MATCH(title, pattern_, text_)	\
	FIXTURE_VARIANT_ADD(match, title) {	\
		.pattern = (pattern_), .text = (text_), .matches = true,	\
	}
#define NO_MATCH(title, pattern_, text_)	\
	FIXTURE_VARIANT_ADD(match, title) { .pattern = (pattern_), .text = (text_) }

MATCH(plain, "status", "status");
NO_MATCH(plain_longer, "status", "status2");
NO_MATCH(plain_other_case, "status", "Status");
MATCH(star, "web-*", "web-1");
MATCH(star_of_nothing, "web-*", "web-");
MATCH(star_of_components, "jobs/*", "jobs/a/b");
NO_MATCH(star_elsewhere, "web-*", "web");
MATCH(star_of_dot, "*", ".hidden");
MATCH(question, "web-?", "web-1");
NO_MATCH(question_of_two, "web-?", "web-10");
MATCH(question_of_umlaut, "?", "\xc3\xa4");
MATCH(question_of_four_bytes, "x?y", "x\xf0\x9f\x93\xaby");
/* glibc compares bytes where characters have not matched; address.h says so. */
MATCH(two_questions_of_umlaut, "??", "\xc3\xa4");
NO_MATCH(three_questions_of_umlaut, "???", "\xc3\xa4");
MATCH(set, "web-[0-9]", "web-7");
NO_MATCH(set_of_others, "web-[0-9]", "web-x");
MATCH(inverted_set, "web-[!0-9]", "web-x");
MATCH(set_of_umlauts, "[\xc3\xa4\xc3\xb6]", "\xc3\xb6");
MATCH(star_itself, "[*]", "*");
NO_MATCH(star_alone, "[*]", "a");
NO_MATCH(nothing, "?*", "");
MATCH(empty, "", "");

TEST_F(match, matches)
{
	EXPECT_EQ(variant->matches, address_matches(variant->pattern, variant->text));
}

/* The thread's own locale is in force again after a comparison in another. */
TEST(match_keeps_the_locale)
{
	locale_t own = newlocale(LC_ALL_MASK, "C", NULL);

	ASSERT_NE((locale_t)0, own);
	ASSERT_NE((locale_t)0, uselocale(own));
	EXPECT_TRUE(address_matches("?", "\xc3\xa4"));
	EXPECT_EQ(own, uselocale((locale_t)0));
	uselocale(LC_GLOBAL_LOCALE);
	freelocale(own);
}

TEST(pattern)
{
	EXPECT_TRUE(address_is_pattern("web-*"));
	EXPECT_TRUE(address_is_pattern("?"));
	EXPECT_TRUE(address_is_pattern("a[b]"));
	EXPECT_FALSE(address_is_pattern("a]b"));
	EXPECT_FALSE(address_is_pattern("status"));
	EXPECT_FALSE(address_is_pattern(""));
}

int main(int argc, char **argv)
{
	return harness_run(argc, argv);
}
