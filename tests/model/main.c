// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module compared with a model of its contract, over random sequences of
 * calls. Without arguments: what the suite runs, as TAP. README.rst says the rest.
 */
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "execute.h"
#include "run.h"

#define DEFAULT_OPS	250000UL

static struct run *run;
static unsigned int tests, failures;

__attribute__((format(printf, 2, 3)))
static void ok(bool good, const char *format, ...)
{
	va_list args;

	failures += !good;
	printf("%sok %u - ", good ? "" : "not ", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void print_run(const struct plan *plan, const char *prefix)
{
	unsigned int i;

	printf("%s# style=%s%s\n", prefix, style_names[plan->style],
	       style_is_many(plan->style) ? " (several processes)" : "");
	for (i = 0; i < run->count; i++) {
		fputs(prefix, stdout);
		op_print(stdout, &run->ops[i]);
	}
	printf("%s# the last one: %s\n%s", prefix, run->why, run->who);
}

static void difference(const struct plan *plan)
{
	unsigned int i;

	printf("# seed %llu, style %s: operation %u differs: %s\n",
	       (unsigned long long)plan->seed, style_names[plan->style], run->at, run->why);
	for (i = run->at > 2 ? run->at - 2 : 0; i <= run->at; i++) {
		fputs("# ... ", stdout);
		op_print(stdout, &run->ops[i]);
	}
	printf("%s# cutting it down ...\n", run->who);
	fflush(stdout);
	run_shrink(run, plan);
	if (!run->different)
		printf("# (it did not come again)\n");
	printf("# to be replayed with: model --replay FILE\n");
	print_run(plan, "#   ");
}

/* @count operations of one style. Returns false at the first difference. */
static bool compare(enum style style, __u64 seed, unsigned long count)
{
	struct plan plan = { .style = style, .seed = seed };
	unsigned long end = run->compared + count;

	while (run->compared < end) {
		run->count = end - run->compared < MOST_OPS ? end - run->compared : MOST_OPS;
		if (!run_new(run, &plan)) {
			difference(&plan);
			return false;
		}
		plan.seed++;
	}
	return true;
}

/* How many rules of the model can be made wrong, and in which style that shows. */
static const struct {
	const char *what;
	enum style style;
} wrong_rules[] = {
	[1] = { "EMSGSIZE takes the message away", STYLE_MIXED },
	[2] = { "max_user_slots is off by one", STYLE_LIMITS },
	[3] = { "next_message_size is the second message's", STYLE_MESSAGES },
	[4] = { "a name may lie below a slot's", STYLE_LIMITS },
	[5] = { "PEEK takes messages", STYLE_MESSAGES },
	[6] = { "EMSGSIZE is said before EPIPE", STYLE_MIXED },
	[7] = { "no edge for a message", STYLE_MIXED },
	[8] = { "uid is the reader's", STYLE_MIXED },
	[9] = { "what was refused is not remembered for poll", STYLE_MIXED },
	[10] = { "SET_INFO does not set flags", STYLE_MIXED },
	[11] = { "max_user_bytes is off by one page", STYLE_LIMITS },
	[12] = { "writers overtake the line", STYLE_MANY },
	[13] = { "a wait with an end starts again after a signal", STYLE_MANY },
	[14] = { "fsync fails", STYLE_MIXED },
	[15] = { "dead slots that client ends keep are nobody's", STYLE_LIMITS },
	[16] = { "who has become too long for the queue stands in line for ever", STYLE_MANY },
};

/* Is a wrong rule noticed, and the sequence cut down to a few operations? */
static void check_wrong(unsigned int wrong, unsigned long patience)
{
	const unsigned int few = 20;
	struct plan plan = { .style = wrong_rules[wrong].style, .seed = 1, .wrong = wrong,
			     .hasty = true };
	unsigned long end = run->compared + patience;
	bool noticed = false;

	while (!noticed && run->compared < end) {
		run->count = MOST_OPS;
		noticed = !run_new(run, &plan);
		if (!noticed)
			plan.seed++;
	}
	if (noticed)
		run_shrink(run, &plan);
	if (noticed && (!run->different || run->count > few))
		print_run(&plan, "# ");
	ok(noticed && run->different && run->count <= few,
	   "a wrong rule is noticed: %s (cut down to %u operations)", wrong_rules[wrong].what,
	   noticed ? run->count : 0);
}

/* A contract is tested when all that it can say has been said. */
static const struct {
	unsigned int kind;
	int errnos[14];
} promised[] = {
	{ OP_CREATE, { 0, EFAULT, E2BIG, EINVAL, ENAMETOOLONG, ERANGE, EEXIST, EMFILE, ENFILE,
		       EDQUOT, ENOSPC, -1 } },
	{ OP_OPEN, { 0, ENOENT, ENOTDIR, EACCES, EDQUOT, -1 } },
	{ OP_WRITE, { 0, EBADF, EMSGSIZE, EAGAIN, EPIPE, EFAULT, EDQUOT, EINTR, -1 } },
	{ OP_READ, { 0, EBADF, EMSGSIZE, EFAULT, EAGAIN, ETIMEDOUT, EINTR, EINVAL, -1 } },
	{ OP_RECEIVE, { 0, EBADF, EMSGSIZE, EFAULT, EAGAIN, ETIMEDOUT, EINTR, EINVAL, E2BIG, -1 } },
	{ OP_SEND, { 0, EBADF, EMSGSIZE, EFAULT, EAGAIN, EPIPE, EDQUOT, EINTR, EINVAL, E2BIG,
		     -1 } },
	{ OP_GET_INFO, { 0, EBADF, EFAULT, ENOTTY, -1 } },
	{ OP_SET_INFO, { 0, EBADF, EFAULT, ENOTTY, EINVAL, E2BIG, ERANGE, -1 } },
	{ OP_FIONREAD, { 0, EBADF, EFAULT, EINVAL, -1 } },
	{ OP_IOCTL, { ENOTTY, EBADF, -1 } },
	{ OP_CHMOD, { 0, EPERM, -1 } },
	{ OP_FSYNC, { 0, EBADF, EINVAL, -1 } },
	{ OP_POLL, { 0, EINTR, -1 } },
	{ OP_EPOLL_WAIT, { 0, -1 } },
};

static void check_reached(void)
{
	unsigned int i, missing = 0;
	const int *number;

	for (i = 0; i < sizeof(promised) / sizeof(promised[0]); i++) {
		for (number = promised[i].errnos; *number >= 0; number++) {
			if (run->seen[promised[i].kind][*number])
				continue;
			missing++;
			printf("# never reached: %s: %s\n", op_names[promised[i].kind],
			       strerror(*number));
		}
	}
	ok(!missing, "every result that the contract names was reached");
}

static void histogram(void)
{
	unsigned int kind, number;

	for (kind = 0; kind < OP_KINDS; kind++)
		for (number = 0; number < ERRNOS; number++)
			if (run->seen[kind][number])
				printf("# %9lu %s: %s\n", run->seen[kind][number], op_names[kind],
				       number ? strerror(number) : "done");
}

static double elapsed(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - since->tv_sec + (now.tv_nsec - since->tv_nsec) / 1e9;
}

/* Shares of the operations that a style gets, in percent; and how many it takes at least. */
static const unsigned int shares[STYLES] = { 40, 40, 19, 1 };

#define FEWEST		4000UL

/* With fewer than these not everything is reached. */
#define THOROUGH	100000UL

static unsigned long share(enum style style, unsigned long count)
{
	count = count * shares[style] / 100;
	return count > FEWEST ? count : FEWEST;
}

static void suite(__u64 seed, unsigned long count)
{
	unsigned long before;
	struct timespec began;
	unsigned int style;

	for (style = 0; style < STYLES; style++) {
		clock_gettime(CLOCK_MONOTONIC, &began);
		before = run->compared;
		ok(compare(style, seed, share(style, count)), "style %s from seed %llu",
		   style_names[style], (unsigned long long)seed);
		before = run->compared - before;
		printf("# %lu operations, %.0f a second\n", before, before / elapsed(&began));
	}
	if (count >= THOROUGH)
		check_reached();
	printf("# %lu operations compared\n", run->compared);
	printf("1..%u\n", tests);
}

/* Is each wrong rule noticed? */
static void suite_wrong(void)
{
	unsigned int i;

	for (i = 1; i < sizeof(wrong_rules) / sizeof(wrong_rules[0]); i++)
		check_wrong(i, 200000);
	printf("1..%u\n", tests);
}

static void soak(__u64 seed, double minutes)
{
	struct timespec began, told;
	bool good = true;
	unsigned int style;

	clock_gettime(CLOCK_MONOTONIC, &began);
	told = began;
	printf("# from seed %llu, for %.0f minutes\n", (unsigned long long)seed, minutes);
	fflush(stdout);
	for (; good && elapsed(&began) < minutes * 60; seed += 100) {
		for (style = 0; good && style < STYLES; style++)
			good = compare(style, seed, share(style, 400000));
		if (elapsed(&told) < 60)
			continue;
		clock_gettime(CLOCK_MONOTONIC, &told);
		printf("# %.0f minutes, seed %llu: %lu operations, %.0f a second\n",
		       elapsed(&began) / 60, (unsigned long long)seed, run->compared,
		       run->compared / elapsed(&began));
		fflush(stdout);
	}
	ok(good, "%lu operations in %.0f minutes", run->compared, elapsed(&began) / 60);
	printf("1..%u\n", tests);
}

/* Operations as print_run() prints them, also behind the '#' of a test's output. */
static bool read_ops(FILE *file, struct plan *plan)
{
	char line[1024];

	run->count = 0;
	while (run->count < MOST_OPS && fgets(line, sizeof(line), file)) {
		char *text = line + strspn(line, " \t");
		struct op *op = &run->ops[run->count];

		if (!strncmp(text, "#   ", 4))
			text += 4;
		if (*text == '#' || *text == '\n')
			continue;
		if (!op_parse(text, op)) {
			fprintf(stderr, "not an operation: %s", line);
			return false;
		}
		if (op->proc == NPROC && op->kind != OP_PARAMETER)
			plan->style = STYLE_MANY;
		run->count++;
	}
	return true;
}

static int replay(const char *path)
{
	struct plan plan = { .style = STYLE_MIXED };
	FILE *file = fopen(path, "r");
	bool good;

	if (!file) {
		perror(path);
		return 2;
	}
	good = read_ops(file, &plan);
	fclose(file);
	if (!good)
		return 2;
	good = run_again(run, &plan);
	ok(good, "%u operations replayed%s%s", run->count, good ? "" : "; the last one: ",
	   run->why);
	printf("1..%u\n", tests);
	return !good;
}

/* Whatever ends this: the parameters shall be as they were. */
static void stop(int number)
{
	run_end();
	signal(number, SIG_DFL);
	raise(number);
}

static unsigned long default_ops(void)
{
	const char *wish = getenv("MODEL_OPS"), *slow = getenv("MAILSLOT_SLOW");

	if (wish)
		return strtoul(wish, NULL, 10);
	/* Debug kernels are ten times slower and more. */
	if (slow && *slow)
		return DEFAULT_OPS / 10;
	return DEFAULT_OPS;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "ops", required_argument, NULL, 'n' },
		{ "soak", required_argument, NULL, 'm' },
		{ "replay", required_argument, NULL, 'r' },
		{ "style", required_argument, NULL, 'y' },
		{ "wrong", required_argument, NULL, 'w' },
		{ "histogram", no_argument, NULL, 'h' },
		{ },
	};
	unsigned int style = STYLES, wrong = 0;
	unsigned long count = default_ops();
	const char *file = NULL;
	double minutes = 0;
	bool counts = false, all_wrong = false;
	__u64 seed = 1;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (c) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			count = strtoul(optarg, NULL, 0);
			break;
		case 'm':
			minutes = strtod(optarg, NULL);
			break;
		case 'r':
			file = optarg;
			break;
		case 'y':
			for (style = 0; style < STYLES && strcmp(optarg, style_names[style]);)
				style++;
			break;
		case 'w':
			all_wrong = !strcmp(optarg, "all");
			wrong = strtoul(optarg, NULL, 0);
			break;
		case 'h':
			counts = true;
			break;
		default:
			fputs("usage: model [--seed N] [--ops N] [--style STYLE] [--histogram]\n"
			      "       model --soak MINUTES [--seed N]\n"
			      "       model --replay FILE\n"
			      "       model --wrong RULE|all\n", stderr);
			return 2;
		}
	}
	if (access(MAILSLOT_CONTROL, R_OK | W_OK) || geteuid()) {
		printf("1..0 # SKIP %s cannot be opened, or not by root\n", MAILSLOT_CONTROL);
		return 4;
	}
	run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run == MAP_FAILED)
		return 2;
	names_init();
	run_init();
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	if (file)
		return replay(file);
	if (wrong && wrong < sizeof(wrong_rules) / sizeof(wrong_rules[0])) {
		check_wrong(wrong, count);
		printf("1..%u\n", tests);
	} else if (all_wrong) {
		suite_wrong();
	} else if (minutes > 0) {
		soak(seed, minutes);
	} else if (style < STYLES) {
		ok(compare(style, seed, count), "style %s from seed %llu", style_names[style],
		   (unsigned long long)seed);
		printf("# %lu operations compared\n1..%u\n", run->compared, tests);
	} else {
		suite(seed, count);
	}
	if (counts)
		histogram();
	return failures > 0;
}
