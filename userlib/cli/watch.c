// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot watch`: the table of slots with rates, anew every second, until a key.
 */
#include <curses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "escape.h"
#include "slots.h"
#include "text.h"

static const char help[] =
	"usage: mailslot watch [-d SECONDS]\n"
	"\n"
	"Shows all slots live: what waits, for how long, and messages and bytes a second\n"
	"in (written) and out (read). The arrow and page keys scroll, any other ends.\n"
	"\n"
	"  -d, --delay=SECONDS  between two looks, 0.1 at the least; default 1\n"
	"  -h, --help           this\n"
	"\n"
	"Exit status: 0; 2 without a terminal; 5 when the module is not loaded.\n";

/* A look at all slots, and when. */
struct look {
	struct slots slots;
	uint64_t time;
};

struct rates {
	double in;
	double out;
	double bytes_in;
	double bytes_out;
	bool known;
};

static void look(struct look *look)
{
	slots_read(&look->slots, true);
	look->time = clock_now();
}

static double rate(uint64_t now, uint64_t before, double seconds)
{
	return now > before ? (double)(now - before) / seconds : 0;
}

/* The rate of a slot that was there at both looks: names may have been used again. */
static struct rates rates_of(const struct slot *slot, const struct look *now,
			     const struct look *before)
{
	const struct slot *old = slots_find(&before->slots, slot->name);
	double seconds = (double)(now->time - before->time) / (double)NS_PER_S;

	if (!old || old->minor != slot->minor || seconds <= 0)
		return (struct rates){ 0 };
	return (struct rates){
		.in = rate(slot->messages_written, old->messages_written, seconds),
		.out = rate(slot->messages_read, old->messages_read, seconds),
		.bytes_in = rate(slot->bytes_written, old->bytes_written, seconds),
		.bytes_out = rate(slot->bytes_read, old->bytes_read, seconds),
		.known = slot->counted && old->counted,
	};
}

/* A number in six letters at most. */
static const char *short_number(double value, char text[16])
{
	static const char units[] = " kMGTP";
	size_t unit = 0;

	while (value >= 9999.5 && unit < sizeof(units) - 2) {
		value /= 1000;
		unit++;
	}
	if (unit)
		snprintf(text, 16, "%.0f%c", value, units[unit]);
	else
		snprintf(text, 16, "%.*f", value && value < 9.95 ? 1 : 0, value);
	return text;
}

/* Put as much of escaped text on the screen as the columns hold, and the screen. */
static void put(int row, int x, const char *text, int columns)
{
	if (columns > COLS - x)
		columns = COLS - x;
	mvaddnstr(row, x, text, escape_fit(text, columns));
}

static void draw_slot(int row, const struct slot *slot, const struct rates *rates, int name_width)
{
	char *name = text_escaped(slot->name, strlen(slot->name));
	char numbers[7][16], mode[8] = "?", line[256];
	const char *none = slot->counted ? "-" : "?";

	if (slot->node == NODE_OURS)
		snprintf(mode, sizeof(mode), "%04o", slot->st.st_mode & 07777);
	put(row, 0, name, name_width);
	snprintf(line, sizeof(line), "%-8.8s %4s %6s %6s %7s %6s %6s %6s %6s %5s",
		 slot_owner(slot), mode,
		 slot->counted ? short_number((double)slot->messages, numbers[0]) : none,
		 slot->counted ? short_number((double)slot->bytes, numbers[1]) : none,
		 slot->counted ? age_text(slot_age(slot)) : none,
		 rates->known ? short_number(rates->in, numbers[2]) : none,
		 rates->known ? short_number(rates->out, numbers[3]) : none,
		 rates->known ? short_number(rates->bytes_in, numbers[4]) : none,
		 rates->known ? short_number(rates->bytes_out, numbers[5]) : none,
		 slot->counted ? short_number((double)slot->clients, numbers[6]) : none);
	put(row, name_width + 1, line, COLS);
	free(name);
}

/* Width of all columns but the name's. */
#define OTHER_COLUMNS	71

static int name_width(const struct slots *slots)
{
	int width = 4, most = COLS - OTHER_COLUMNS;

	for (size_t i = 0; i < slots->count; i++) {
		int length = (int)strlen(slots->all[i].name);

		width = length > width ? length : width;
	}
	if (width > most)
		width = most;
	return width < 8 ? 8 : width;
}

static void draw(const struct look *now, const struct look *before, size_t first)
{
	uint64_t messages = 0, bytes = 0;
	int width = name_width(&now->slots);
	char numbers[2][16], line[512];
	int used;

	erase();
	for (size_t i = 0; i < now->slots.count; i++) {
		messages += now->slots.all[i].messages;
		bytes += now->slots.all[i].bytes;
	}
	used = snprintf(line, sizeof(line), "%zu slots, %s messages, %s bytes waiting",
			now->slots.count, short_number((double)messages, numbers[0]),
			short_number((double)bytes, numbers[1]));
	if (first || now->slots.count > (size_t)(LINES > 2 ? LINES - 2 : 0))
		snprintf(line + used, sizeof(line) - (size_t)used, "; from %zu on, arrows scroll",
			 first + 1);
	put(0, 0, line, COLS);
	snprintf(line, sizeof(line), "%-*s %-8s %4s %6s %6s %7s %6s %6s %6s %6s %5s", width,
		 "NAME", "OWNER", "MODE", "MSGS", "BYTES", "OLDEST", "IN/S", "OUT/S", "BIN/S",
		 "BOUT/S", "CLNTS");
	attron(A_REVERSE);
	put(1, 0, line, COLS);
	attroff(A_REVERSE);
	for (int row = 2; row < LINES && first + (size_t)row - 2 < now->slots.count; row++) {
		const struct slot *slot = &now->slots.all[first + (size_t)row - 2];
		struct rates rates = rates_of(slot, now, before);

		draw_slot(row, slot, &rates, width);
	}
	refresh();
}

/* The first line after a key, or (size_t)-1 if the key ends it all. */
static size_t scroll_to(int key, size_t first, size_t count)
{
	size_t page = LINES > 3 ? (size_t)LINES - 2 : 1;
	size_t last = count > page ? count - page : 0;

	switch (key) {
	case KEY_UP:
		return first ? first - 1 : 0;
	case KEY_DOWN:
		return first < last ? first + 1 : last;
	case KEY_PPAGE:
		return first > page ? first - page : 0;
	case KEY_NPAGE:
		return first + page < last ? first + page : last;
	case KEY_HOME:
		return 0;
	case KEY_END:
		return last;
	case KEY_RESIZE:
		return first < last ? first : last;
	default:
		return (size_t)-1;
	}
}

/* The terminal is put right whatever ends the program. */
static void leave_screen(void)
{
	if (!isendwin())
		endwin();
}

/* Waiting for a key of a terminal that is gone ends at once, time after time. */
static void leave_if_gone(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO };

	if (poll(&terminal, 1, 0) > 0 && terminal.revents & (POLLHUP | POLLERR | POLLNVAL))
		fail(EXIT_FAILED, "the terminal is gone");
}

static void watch(uint64_t delay_ns)
{
	struct look before, now;
	size_t first = 0;
	uint64_t next;
	int key;

	look(&before);
	look(&now);
	do {
		draw(&now, &before, first);
		next = now.time + delay_ns;
		do {
			uint64_t time = clock_now();

			timeout(time < next ? (int)((next - time) / 1000000 + 1) : 0);
			key = getch();
			if (key == ERR) {
				leave_if_gone();
				break;
			}
			first = scroll_to(key, first, now.slots.count);
			if (first == (size_t)-1)
				return;
			draw(&now, &before, first);
		} while (true);
		slots_free(&before.slots);
		before = now;
		look(&now);
		first = scroll_to(KEY_RESIZE, first, now.slots.count);
	} while (true);
}

int command_watch(int argc, char **argv)
{
	static const struct option options[] = {
		{ "delay", required_argument, NULL, 'd' }, OPTION_HELP, OPTIONS_END
	};
	uint64_t delay = NS_PER_S;
	struct look probe;
	int c;

	while ((c = option_next(argc, argv, ":d:h", options, help)) != -1)
		delay = option_seconds(optarg);
	if (optind < argc)
		usage("'%s' is too much", argv[optind]);
	if (delay < NS_PER_S / 10 || delay > 3600 * NS_PER_S)
		usage("--delay is 0.1 to 3600 seconds");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		usage("this takes a terminal; 'mailslot list' prints the table");
	/* Look once before the screen is taken, as a complaint about it is better seen then. */
	look(&probe);
	slots_free(&probe.slots);
	if (!newterm(NULL, stdout, stdin))
		fail(EXIT_FAILED, "no terminal of a kind that is known ($TERM)");
	atexit(leave_screen);
	complain_prepare = leave_screen;
	/* Ctrl-C is a key, too. */
	raw();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	watch(delay);
	return EXIT_OK;
}
