// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot list`: all slots, as a table, as JSON or as bare names.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "cli.h"
#include "describe.h"
#include "escape.h"
#include "holders.h"
#include "name.h"
#include "slots.h"
#include "state.h"
#include "text.h"

static const char help[] =
	"usage: mailslot list [-j | -n]\n"
	"\n"
	"Shows all slots: owner and mode of the node, messages that wait, bytes they\n"
	"count for in the queue, how long the oldest has waited, and the processes that\n"
	"have the slot open to read. '?' stands for processes that only root can see,\n"
	"and for the counts of a slot whose node the caller may not open.\n"
	"\n"
	"  -j, --json   an array of objects\n"
	"  -n, --names  the names alone, a line each\n"
	"  -h, --help   this\n"
	"\n"
	"Exit status: 0; 5 when the module is not loaded.\n";

/* Each column is as wide as its widest cell. */
struct table {
	char *(*cells)[7];
	size_t rows;
	int widths[7];
};

static void table_set(struct table *table, size_t row, size_t column, const char *text)
{
	int width = escape_width(text);

	table->cells[row][column] = must_allocate(NULL, strlen(text) + 1);
	strcpy(table->cells[row][column], text);
	if (width > table->widths[column])
		table->widths[column] = width;
}

static void table_number(struct table *table, size_t row, size_t column, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	table_set(table, row, column, text);
}

/* Text to the left, numbers to the right. */
static void table_print(struct table *table)
{
	static const bool right[] = { false, false, false, true, true, true, false };

	for (size_t row = 0; row < table->rows; row++) {
		for (size_t column = 0; column < ARRAY_SIZE(right); column++) {
			char *text = table->cells[row][column];
			bool last = column == ARRAY_SIZE(right) - 1;
			int pad = last ? 0 : table->widths[column] - escape_width(text);

			printf("%*s%s%*s", right[column] ? pad : 0, "", text,
			       last || right[column] ? 0 : pad, "");
			fputs(last ? "\n" : "  ", stdout);
			free(text);
		}
	}
}

static void fill_counts(struct table *table, size_t row, const struct slot *slot)
{
	if (!slot->counted) {
		for (size_t column = 3; column < 6; column++)
			table_set(table, row, column, "?");
		return;
	}
	table_number(table, row, 3, slot->messages);
	table_number(table, row, 4, slot->bytes);
	table_set(table, row, 5, age_text(slot_age(slot)));
}

static void fill_row(struct table *table, size_t row, const struct slot *slot,
		     const struct holders *holders)
{
	char *name = text_escaped(slot->name, strlen(slot->name));
	char mode[8] = "?", *readers = describe_readers(slot, holders);

	if (slot->node == NODE_OURS)
		snprintf(mode, sizeof(mode), "%04o", slot->st.st_mode & 07777);
	table_set(table, row, 0, name);
	table_set(table, row, 1, slot_owner(slot));
	table_set(table, row, 2, mode);
	fill_counts(table, row, slot);
	table_set(table, row, 6, readers);
	free(readers);
	free(name);
}

static void print_table(const struct slots *slots, const struct holders *holders)
{
	static const char *const heads[] = {
		"NAME", "OWNER", "MODE", "MESSAGES", "BYTES", "OLDEST", "READERS"
	};
	struct table table = { .rows = slots->count + 1 };

	table.cells = must_allocate(NULL, table.rows * sizeof(*table.cells));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		table_set(&table, 0, i, heads[i]);
	for (size_t i = 0; i < slots->count; i++)
		fill_row(&table, i + 1, &slots->all[i], holders);
	table_print(&table);
	free(table.cells);
}

static void print_json(const struct slots *slots, const struct holders *holders)
{
	json_t *array = json_array();

	for (size_t i = 0; i < slots->count; i++)
		json_array_append_new(array, describe_slot(&slots->all[i], holders));
	describe_print(array, JSON_INDENT(2));
}

/* A name has no control character, but may have letters that the terminal does not know. */
static void print_names(const struct slots *slots)
{
	bool terminal = isatty(STDOUT_FILENO);

	for (size_t i = 0; i < slots->count; i++) {
		const char *name = slots->all[i].name;

		if (terminal)
			escape_print(stdout, name, strlen(name));
		else
			fputs(name, stdout);
		putchar('\n');
	}
}

/* A device that is not listed may be a slot that has just come, or another device. */
static void complain_foreign(const char *path, const struct slots *slots)
{
	const char *name = path + sizeof(MAILSLOT_DIR);
	struct slot slot;
	char *text;

	if (slots_find(slots, name) || slot_read(name, &slot))
		return;
	text = state_of_path(path);
	if (text)
		complain("%s", text);
	free(text);
}

/* Complain of entries below the directory that cannot be slots. */
static void look_for_foreign(const char *directory, const struct slots *slots)
{
	char path[NODE_PATH_SIZE + 256];
	DIR *dir = opendir(directory);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (entry->d_type == DT_DIR && strlen(path) < NODE_PATH_SIZE)
			look_for_foreign(path, slots);
		else
			complain_foreign(path, slots);
	}
	closedir(dir);
}

/*
 * A node that was missing is looked for again: the kernel makes the node after the files in sysfs.
 * A slot of the same name that has come since then is another slot, whose node may be on its way.
 * A container without /dev/mailslot has no node, which is nobody's fault.
 */
static void complain_hidden(const struct slots *slots)
{
	for (size_t i = 0; i < slots->count; i++) {
		const struct slot *listed = &slots->all[i];
		const char *name = listed->name;
		struct slot slot;
		char *state;

		if (listed->node == NODE_OURS || !slot_read(name, &slot) ||
		    slot.minor != listed->minor ||
		    (slot.node == NODE_NONE && access(MAILSLOT_DIR, F_OK)))
			continue;
		state = state_of_node(&slot);
		if (state)
			complain("slot %s %s", name, state);
		free(state);
	}
}

int command_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "names", no_argument, NULL, 'n' },
		OPTION_HELP, OPTIONS_END
	};
	struct holders holders;
	struct slots slots;
	int c, form = 0;

	while ((c = option_next(argc, argv, ":jnh", options, help)) != -1) {
		if (form && form != c)
			usage("--json and --names exclude each other");
		form = c;
	}
	if (optind < argc)
		usage("'%s' is too much", argv[optind]);
	slots_read(&slots, form != 'n');
	if (form == 'n') {
		print_names(&slots);
		slots_free(&slots);
		return EXIT_OK;
	}
	holders_scan(&holders);
	if (form == 'j')
		print_json(&slots, &holders);
	else
		print_table(&slots, &holders);
	/* An instance contains only slots. */
	if (!place_is_instance()) {
		complain_hidden(&slots);
		look_for_foreign(MAILSLOT_DIR, &slots);
	}
	holders_free(&holders);
	slots_free(&slots);
	return EXIT_OK;
}
