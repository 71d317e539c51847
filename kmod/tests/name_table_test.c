// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: which names may be in use together, against a list that is searched from end to end. */
#include <linux/prandom.h>
#include <linux/string.h>

#include "../name-table.c"
#include "suites.h"

static void collisions(struct kunit *test)
{
	struct mailslot_name a = { .text = "a/b" }, same = { .text = "a/b" };
	struct mailslot_name above = { .text = "a" }, under = { .text = "a/b/c" };
	struct mailslot_name beside = { .text = "a/bc" }, other = { .text = "a-" };

	KUNIT_ASSERT_EQ(test, mailslot_name_reserve(&a), 0);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&same), -EEXIST);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&above), -EEXIST);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&under), -EEXIST);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&beside), 0);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&other), 0);
	mailslot_name_release(&a);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&above), -EEXIST);
	mailslot_name_release(&beside);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&above), 0);
	KUNIT_EXPECT_EQ(test, mailslot_name_reserve(&a), -EEXIST);
	mailslot_name_release(&above);
	mailslot_name_release(&other);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&names));
}

#define NAMES	96

struct entry {
	struct mailslot_name name;
	char text[12];
	bool used;
};

/* Few components and few of them, so that many names collide. */
static void invent(struct rnd_state *random, char *text)
{
	static const char *const parts[] = { "a", "b", "a-", "ab", ".a" };
	int depth = 1 + prandom_u32_state(random) % 3;

	*text = '\0';
	while (depth--) {
		strcat(text, parts[prandom_u32_state(random) % ARRAY_SIZE(parts)]);
		if (depth)
			strcat(text, "/");
	}
}

/* As the document says it: not as name-table.c does it. */
static bool excluded(const char *a, const char *b)
{
	size_t length = min(strlen(a), strlen(b));

	if (strncmp(a, b, length))
		return false;
	return (a[length] == '\0' || a[length] == '/') && (b[length] == '\0' || b[length] == '/');
}

static void random_names(struct kunit *test)
{
	struct entry *entries = kunit_kcalloc(test, NAMES, sizeof(*entries), GFP_KERNEL);
	unsigned int refused = 0, i, j;
	struct rnd_state random;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	prandom_seed_state(&random, 4711);
	for (i = 0; i < 20000; i++) {
		struct entry *entry = &entries[prandom_u32_state(&random) % NAMES];
		int expected = 0;

		if (entry->used) {
			mailslot_name_release(&entry->name);
			entry->used = false;
			continue;
		}
		invent(&random, entry->text);
		entry->name.text = entry->text;
		for (j = 0; j < NAMES; j++)
			if (entries[j].used && excluded(entries[j].text, entry->text))
				expected = -EEXIST;
		KUNIT_ASSERT_EQ_MSG(test, mailslot_name_reserve(&entry->name), expected, "%s",
				    entry->text);
		entry->used = !expected;
		refused += !!expected;
	}
	KUNIT_EXPECT_GT(test, refused, 1000);
	for (j = 0; j < NAMES; j++)
		if (entries[j].used)
			mailslot_name_release(&entries[j].name);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&names));
}

static struct kunit_case names_cases[] = {
	KUNIT_CASE(collisions),
	KUNIT_CASE(random_names),
	{}
};

struct kunit_suite mailslot_names_suite = {
	.name = "mailslot-names",
	.test_cases = names_cases,
};
