// SPDX-License-Identifier: GPL-2.0-only
/* Sequences, operation by operation: carried out, and explained by the model. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "execute.h"
#include "run.h"
#include "workers.h"

/* An operation that is not over after this long hangs. */
#define PATIENCE_S	30

/* Orders of events tried before an outcome counts as a difference. */
#define MOST_TRIES	3000
#define MOST_DEPTH	48

/* How long an outcome that no order explains may still change. */
#define GRACE_NS	3000000000LL
#define HASTE_NS	30000000LL
#define SERVED_NS	5000000LL

static __u64 parameters[NPARAM];

void run_init(void)
{
	execute_init();
	parameters_open(parameters);
}

void run_end(void)
{
	unsigned int i;

	for (i = 0; i < NPARAM; i++)
		if (parameter_set(i, parameters[i]))
			perror("module parameter");
}

static struct world *fresh_world(const struct plan *plan)
{
	struct world *world = world_new();

	memcpy(world->parameters, parameters, sizeof(parameters));
	world->alive = slots_alive();
	world->wrong = plan->wrong;
	return world;
}

static void count_result(struct run *run, const struct op *op, long ret)
{
	run->compared++;
	run->seen[op->kind][ret < 0 && ret > -ERRNOS ? -ret : 0]++;
}

/* One process, which cannot wait for another. */
struct single {
	struct world *world;
	struct actor actor;
	struct result result;
};

static bool single_step(struct run *run, struct single *s, const struct op *op)
{
	struct world *world = s->world;
	enum step step;

	s->result.ret = 0;
	world->before_ns = clock_ns(CLOCK_REALTIME);
	execute(&s->actor, op, &s->result);
	world->after_ns = clock_ns(CLOCK_REALTIME);
	world_begin(world, op, &s->result, s->actor.area);
	do
		step = world_advance(world, op->proc);
	while (step == STEP_MORE);
	if (step == STEP_BLOCK)
		world_wrong(world, "it gave %ld, should sleep", s->result.ret);
	count_result(run, op, s->result.ret);
	return step == STEP_DONE;
}

/* Several processes: what each did has to come out of some order of events. */
struct many {
	struct world *world;
	struct world *before;
	struct world *tries[MOST_DEPTH];
	unsigned int left;		/* tries */
};

/* A poller returns with what held when it looked. */
static void pollers_return(struct world *world)
{
	unsigned int i;

	for (i = 0; i < NPROC; i++) {
		struct proc *p = &world->procs[i];
		short now;

		if (p->state != POLLING || !p->actual)
			continue;
		now = file_events(world, proc_file(world, i, p->op.reg)) &
		      (p->op.mask | POLLHUP | POLLERR);
		if (now && p->actual->ret == 1 && p->actual->revents == now)
			p->state = IDLE;
	}
}

static bool settled(struct world *world)
{
	unsigned int i;

	for (i = 0; i < NPROC; i++) {
		struct proc *p = &world->procs[i];

		if (p->state == IDLE)
			continue;
		if (p->actual) {
			world_wrong(world, "process %u: %s gave %ld, should sleep", i,
				    op_names[p->op.kind], p->actual->ret);
			return false;
		}
		if (p->state == POLLING &&
		    file_events(world, proc_file(world, i, p->op.reg)) &
		    (p->op.mask | POLLHUP | POLLERR)) {
			world_wrong(world, "process %u sleeps in poll, should not", i);
			return false;
		}
	}
	return true;
}

/* Who may go on now? */
static unsigned int candidates(const struct world *world, unsigned int who[NPROC + 1])
{
	unsigned int i, j, count = 0;

	for (i = 0; i <= NPROC; i++)
		if (world->procs[i].state == RUNNABLE)
			who[count++] = i;
	for (i = 0; i < NSLOT; i++) {
		const struct slot *slot = &world->slots[i];
		/* The first is woken; when there is more, who comes first is the scheduler's. */
		bool first = slot->order_known && slot_count(slot) == 1;

		if (!slot->used || slot->dead || slot->claimed || !slot_count(slot))
			continue;
		for (j = 0; j < (first && slot->nreaders ? 1 : slot->nreaders); j++)
			who[count++] = slot->readers[j];
	}
	return count;
}

static enum step go_on(struct world *world, unsigned int proc)
{
	struct proc *p = &world->procs[proc];
	enum step step;

	if (p->state == READING) {
		struct slot *slot = file_slot(world, proc_file(world, proc, p->op.reg));

		if (slot_count(slot) > 1)
			slot->order_known = false;
		readers_leave(slot, proc);
		p->state = RUNNABLE;
	}
	step = world_advance(world, proc);
	pollers_return(world);
	return step;
}

static bool explain(struct many *m, struct world *world, unsigned int depth)
{
	unsigned int who[2 * NPROC + 1], count, i;

	for (;;) {
		count = candidates(world, who);
		if (!count)
			return settled(world);
		if (!m->left || !m->left--)
			return false;
		if (count > 1 && depth < MOST_DEPTH)
			break;
		if (go_on(world, who[0]) == STEP_WRONG)
			return false;
	}
	if (!m->tries[depth])
		m->tries[depth] = world_new();
	for (i = 0; i < count; i++) {
		struct world *try = m->tries[depth];

		world_copy(try, world);
		if (go_on(try, who[i]) != STEP_WRONG && explain(m, try, depth + 1)) {
			world_copy(world, try);
			return true;
		}
		/* The first order is the likeliest: its difference is the one to tell. */
		if (!world->why[0])
			memcpy(world->why, try->why, sizeof(world->why));
	}
	return false;
}

static struct result controller_op(const struct op *op)
{
	struct result result = { 0 };

	switch (op->kind) {
	case OP_SPAWN:
		result.ret = worker_spawn(op->to, op->how);
		break;
	case OP_KILL:
		worker_kill(op->to);
		break;
	case OP_SIGNAL:
		worker_signal(op->to, op->how);
		break;
	default:
		result.ret = parameter_set(op->how, op->value);
	}
	return result;
}

static bool explained(struct many *m)
{
	struct world *world = m->world;
	unsigned int i;

	for (i = 0; i < NPROC; i++)
		world->procs[i].actual = worker_result(i);
	world->after_ns = clock_ns(CLOCK_REALTIME);
	world->why[0] = '\0';
	m->left = MOST_TRIES;
	pollers_return(world);
	return explain(m, world, 0);
}

/* Who slept before the operation that no order explains, and what it came to. */
static void describe(struct run *run, const struct many *m)
{
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < NPROC && at < sizeof(run->who); i++) {
		const struct proc *p = &m->before->procs[i];
		const struct result *r = worker_result(i);

		if (!p->alive || p->state == IDLE)
			continue;
		at += snprintf(run->who + at, sizeof(run->who) - at, "# process %u: %s on %u ", i,
			       op_names[p->op.kind], p->op.reg);
		if (at < sizeof(run->who) && r)
			at += snprintf(run->who + at, sizeof(run->who) - at, "gave %ld\n", r->ret);
		else if (at < sizeof(run->who))
			at += snprintf(run->who + at, sizeof(run->who) - at, "sleeps\n");
	}
}

/* The calls that ended with this operation: its own, and those that slept before. */
static void count_ends(struct run *run, const struct many *m, const struct op *op)
{
	unsigned int i;

	for (i = 0; i < NPROC; i++) {
		const struct proc *p = &m->before->procs[i];
		const struct result *r = worker_result(i);

		if (i != op->proc && (!p->alive || p->state == IDLE))
			continue;
		/* A process that was killed has no result. */
		if (op->kind == OP_KILL && op->to == i)
			continue;
		if (r)
			count_result(run, &p->op, r->ret);
	}
}

/* Settled, and explained; a look later than the grace ends is the last. */
static bool explained_in_time(struct many *m, __s64 grace_ns)
{
	__s64 end = clock_ns(CLOCK_MONOTONIC) + grace_ns;
	struct timespec pause = { 0, 500000 };
	bool late;

	for (;;) {
		late = clock_ns(CLOCK_MONOTONIC) > end;
		workers_settle();
		world_copy(m->world, m->before);
		if (explained(m))
			return true;
		if (late)
			return false;
		/* It may be on its way still. */
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 50000000)
			pause.tv_nsec *= 2;
	}
}

/*
 * A SEND whose message was queued for it sleeps on for a while before it goes on; the model lets
 * it go on at once.  It has, when it has come to its end, or to sleep once more.
 */
static void await_served(struct many *m, const struct op *op, const unsigned long sleeps[NPROC])
{
	__s64 end = clock_ns(CLOCK_MONOTONIC) + GRACE_NS;
	const struct timespec pause = { 0, 1000000 };
	unsigned int i;

	nanosleep(&(struct timespec) { 0, SERVED_NS }, NULL);
	for (i = 0; i < NPROC; i++) {
		/* Its own operation went to sleep in line first. */
		unsigned long before = sleeps[i] + (i == op->proc);

		if (m->world->procs[i].op.kind != OP_SEND ||
		    m->world->procs[i].done <= m->before->procs[i].done)
			continue;
		while (!worker_result(i) && worker_sleeps(i) <= before &&
		       clock_ns(CLOCK_MONOTONIC) < end)
			nanosleep(&pause, NULL);
	}
}

static bool many_step(struct run *run, struct many *m, const struct op *op, __s64 grace_ns)
{
	unsigned long sleeps[NPROC] = { 0 };
	struct result result = { 0 };
	const struct result *own = &result;
	unsigned int i;

	for (i = 0; i < NPROC; i++)
		if (m->world->procs[i].state == IN_LINE || (i == op->proc && op->kind == OP_SEND))
			sleeps[i] = worker_sleeps(i);
	m->world->went_on = false;
	m->world->before_ns = clock_ns(CLOCK_REALTIME);
	if (op->proc == NPROC) {
		result = controller_op(op);
		world_begin(m->world, op, own, NULL);
	} else {
		worker_start(op->proc, op);
		world_begin(m->world, op, NULL, worker_area(op->proc));
	}
	world_copy(m->before, m->world);
	if (!explained_in_time(m, grace_ns)) {
		describe(run, m);
		return false;
	}
	if (m->world->went_on) {
		await_served(m, op, sleeps);
		if (!explained_in_time(m, grace_ns)) {
			describe(run, m);
			return false;
		}
	}
	if (op->proc == NPROC)
		count_result(run, op, own->ret);
	count_ends(run, m, op);
	return true;
}

/* The runner: everything below happens in a process of its own. */
static bool run_ops(struct run *run, const struct plan *plan, struct generator *generator)
{
	bool many = style_is_many(plan->style), good = true;
	struct single s = { 0 };
	struct many m = { 0 };
	struct world *world = fresh_world(plan);
	int flights[2];
	unsigned int i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, flights))
		abort();
	umask(022);
	if (many) {
		m.world = world;
		m.before = world_new();
		workers_init(flights);
	} else {
		s.world = world;
		world->procs[0] = (struct proc) {
			.alive = true, .umask = 022, .pid = getpid(),
		};
		memset(world->procs[0].regs, 0xff, sizeof(world->procs[0].regs));
		actor_init(&s.actor, area_new(), flights);
	}
	for (i = 0; good && i < run->count; i++) {
		struct op *op = &run->ops[i];

		if (generator)
			generate(generator, world, op);
		__atomic_store_n(&run->at, i, __ATOMIC_RELEASE);
		if (!world_allows(world, op) || (!many && world_blocks(world, op)))
			continue;
		if (many)
			good = many_step(run, &m, op, plan->hasty ? HASTE_NS : GRACE_NS);
		else
			good = single_step(run, &s, op);
	}
	if (many)
		workers_end();
	memcpy(run->why, world->why, sizeof(run->why));
	return good;
}

static bool wait_for(struct run *run, pid_t runner)
{
	struct timespec pause = { 0, 1000000 };
	unsigned int at = ~0U;
	time_t since = time(NULL);
	int status;

	for (;;) {
		pid_t ended = waitpid(runner, &status, WNOHANG);

		if (ended == runner)
			break;
		if (__atomic_load_n(&run->at, __ATOMIC_ACQUIRE) != at) {
			at = __atomic_load_n(&run->at, __ATOMIC_ACQUIRE);
			since = time(NULL);
		} else if (time(NULL) - since > PATIENCE_S) {
			kill(runner, SIGKILL);
			waitpid(runner, &status, 0);
			snprintf(run->why, sizeof(run->why), "it hangs");
			return false;
		}
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 100000000)
			pause.tv_nsec *= 2;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) < 2)
		return !WEXITSTATUS(status);
	snprintf(run->why, sizeof(run->why), "the runner ended with status %x", status);
	return false;
}

static bool run_it(struct run *run, const struct plan *plan, bool new)
{
	pid_t runner;

	run->at = 0;
	run->why[0] = '\0';
	run->who[0] = '\0';
	fflush(stdout);
	runner = fork();
	if (runner < 0)
		abort();
	if (!runner) {
		struct generator generator;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		generator_init(&generator, plan->style, plan->seed);
		_exit(!run_ops(run, plan, new ? &generator : NULL));
	}
	run->different = !wait_for(run, runner);
	run_end();
	if (run->different)
		run->count = run->at + 1;
	return !run->different;
}

bool run_new(struct run *run, const struct plan *plan)
{
	return run_it(run, plan, true);
}

bool run_again(struct run *run, const struct plan *plan)
{
	return run_it(run, plan, false);
}
