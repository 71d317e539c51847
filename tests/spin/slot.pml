/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A slot's protocol: the line of writers, readers asleep, the claim, pollers, death. README.rst
 * says what is proved, and which step is which function of kmod/. An atomic sequence is a section
 * of slot->lock, or an action outside of it.
 */

/*
 * The configuration comes from the environment, so that one verifier, which takes much longer to
 * compile than to run, serves all of them.
 */
hidden byte readers;	/* threads that read, and wait for a message */
hidden byte writers;	/* threads that write, and wait for room */
hidden byte clients;	/* threads that write without waiting, and poll for room */
hidden byte pollers;	/* threads that poll the server end, and read without waiting */
hidden byte messages;	/* of each writer and each client */
hidden byte capacity;	/* room of the queue */
hidden byte big;	/* room for a message of the first writer; one of another takes 1 */
hidden byte batch;	/* LINE_BATCH */
hidden byte closing;	/* is the server end closed when nobody reads any more? */
hidden byte claims;	/* is there a slow way for readers? */
hidden byte leavers;	/* is the last message of a writer left in line, with nobody to wait? */
hidden byte victim;	/* only this task is starved; or NOBODY: any one is */
hidden byte twin;	/* what is broken: */

#define WAKE_FIRST		(twin == 1)	/* the reader is woken before the message is there */
#define NO_SECOND_LOOK		(twin == 2)	/* a reader looks, and sleeps in another section */
#define STATE_LATE		(twin == 3)	/* a reader sets its state after unlocking */
#define WAKE_LATE		(twin == 4)	/* the waker can be starved before it wakes */
#define NO_PASS			(twin == 5)	/* who takes one of several wakes nobody */
#define NO_PASS_REFUSED		(twin == 6)	/* nor does who finds it too long */
#define TIMEOUT_DROPS		(twin == 7)	/* a reader whose time is up does not look */
#define TO_THE_TAIL		(twin == 8)	/* a reader woken in vain sleeps behind all others */
#define CLAIM_IGNORED		(twin == 9)	/* the claimed message is taken by another reader */
#define CLAIM_FORGETS_READER	(twin == 10)	/* a claim ends and wakes no reader */
#define CLAIM_FORGETS_POLLER	(twin == 11)	/* or no poller */
#define MISSED_BY_POLL_ONLY	(twin == 12)	/* a refused read is not noted */
#define ACTIVE_EARLY		(twin == 13)	/* waitqueue_active() before the lock is taken */
#define SERVED_SILENT		(twin == 14)	/* who was served does not tell pollers once more */
#define GRANTED_BATON		(twin == 15)	/* room is granted to a writer that has to run */
#define SERVED_STAYS		(twin == 16)	/* a writer that is served stays in line */
#define OVERTAKE		(twin == 17)	/* a writer enters although there is a line */
#define ROOM_NOT_WANTED		(twin == 18)	/* who joins the line does not note its need */
#define NO_RETURN		(twin == 19)	/* what a batch left of the line is forgotten */
#define SIGNAL_SILENT		(twin == 20)	/* who leaves the line does not serve it */
#define SIGNAL_WINS		(twin == 21)	/* who was served returns -EINTR after a signal */
#define NO_TIMER		(twin == 22)	/* who was served sleeps until there is room */
#define DEATH_KEEPS_LINE	(twin == 23)	/* nobody in line is woken at death */
#define KILLER_ALONE		(twin == 24)	/* the killer alone wakes the batches behind */
#define DEAD_ENTERS		(twin == 25)	/* a sender does not look for death */
#define TELL_LATE		(twin == 26)	/* a client leaves the tree before it is told */

#define JOINS_SILENT		(twin == 27)	/* who joins the line wakes no second reader */
#define LEFT_SILENT		(twin == 28)	/* nobody follows a message that was left in line */

#define FIRST_WRITER	readers
#define FIRST_CLIENT	(readers + writers)
#define FIRST_POLLER	(readers + writers + clients)
#define KILLER		(readers + writers + clients + pollers)
#define MOST		7
#define NOBODY		255

#define is_reader(t)	((t) < readers || ((t) >= FIRST_POLLER && (t) < KILLER))
#define is_sleeper(t)	((t) < readers)
#define is_writer(t)	((t) >= FIRST_WRITER && (t) < FIRST_CLIENT)
#define is_client(t)	((t) >= FIRST_CLIENT && (t) < FIRST_POLLER)
#define is_poller(t)	((t) >= FIRST_POLLER && (t) < KILLER)

/*
 * A law, by its number, for the runner to name: no value that is compared with it is ever so large.
 */
#define must(law, holds)	assert((holds) || starved == law)
#define READER_BESIDE_MESSAGE	201
#define POLLER_BESIDE_MESSAGE	202
#define WRITER_BESIDE_ROOM	203
#define CLIENT_BESIDE_ROOM	204
#define MESSAGE_LOST_OR_DOUBLED	205	/* or out of order */
#define ANSWER_WRONG		206
#define ASLEEP_AFTER_DEATH	207
#define OTHERS_STOPPED		208
#define CLAIM_LEFT		209
#define CHARGE_WRONG		210
#define READERS_ORDER		211
#define STUCK			212

/* Where a task is. */
#define CALL	0	/* before its next call */
#define SLEEP	1	/* in schedule() */
#define WAKING	2	/* between schedule() and the lock */
#define CLAIM	3	/* a reader: copies without the lock */
#define MORE	4	/* will come back to serve, or release, the rest of the line */
#define POLL	5	/* about to look whether there is what it polls for */
#define WAIT	6	/* asleep in poll */
#define EARLY	7	/* a twin: between two sections that should be one */
#define END	8	/* will do nothing any more */

/* What became of a writer in line. */
#define NONE	0
#define DONE	1	/* another task queued its message */
#define REFUSED	2	/* -EDQUOT */
#define GRANTED	3	/* a twin: its room is charged */

/*
 * A list is an int of up to six elements of five bits, the first lowest. A task t stands there as
 * t + 1; a message as its writer, and its number in the two bits above.
 */
#define id(t)		((t) + 1)
#define task(e)		((e) - 1)
#define message(t)	(id(t) | number[t] << 3)
#define writer_of(m)	(((m) & 7) - 1)
#define first(l)	((l) & 31)
#define at(l, i)	(((l) >> (5 * (i))) & 31)
#define length(l)	((l == 0 -> 0 : (l < 1 << 10 -> 1 + (l >= 1 << 5) : \
			 (l < 1 << 20 -> 3 + (l >= 1 << 15) : 5 + (l >= 1 << 25)))))
#define place(l, e)	((at(l, 0) == (e) -> 0 : (at(l, 1) == (e) -> 1 : (at(l, 2) == (e) -> 2 : \
			 (at(l, 3) == (e) -> 3 : (at(l, 4) == (e) -> 4 : (at(l, 5) == (e) -> 5 : 6)))))))
#define has(l, e)	(at(l, 0) == (e) || at(l, 1) == (e) || at(l, 2) == (e) || \
			 at(l, 3) == (e) || at(l, 4) == (e) || at(l, 5) == (e))

/* Under slot->lock. */
bit dead, claimed, missed;
byte room;
byte room_wanted = NOBODY;	/* NOBODY is U64_MAX */
int queue;			/* messages */
int sleepers;			/* slot->readers */
int line;			/* slot->writers */
int held;			/* slot->deferred */
byte result[MOST];
bit wanting[MOST];		/* clients in slot->pollers */

/* The scheduler's and the wait queues'. */
byte state[MOST];
bit asleep[MOST];		/* TASK_INTERRUPTIBLE; wake_up_process() clears it */
bit interrupted[MOST];		/* a signal is pending, or a reader's time is up */
bit polling[MOST];		/* has its entry on the wait queue */
bit told[MOST];			/* a poller was woken */
byte open;			/* threads that may still read: the last close comes after them */
byte starved = NOBODY;		/* never runs again */
byte mine[MOST];		/* the message that a reader copies */

/* What tasks still have to do after their section of the lock. */
bit owes[MOST];			/* wake the server's pollers */
bit owes_clients[MOST];		/* wake clients' pollers */
byte due[MOST];			/* twins: wake this reader, tell this client; or what was seen */

/* What may still go wrong. */
byte signals;			/* to sleepers; and timeouts of readers */
byte faults;			/* reads that fail */
byte quota;			/* messages that the owner's limit refuses */

/* The judge's notes. */
byte number[MOST];		/* of the message that a writer writes */
bit queued[MOST];		/* that message has been queued */
bit spent[MOST];		/* a reader was woken, and has not looked since */
int order;			/* messages as they came, to the line or to the queue */
int arrival;			/* readers likewise */

hidden byte x, y, z, b, n, p;
hidden byte changed, wakes;

/* It sleeps, is no task's to interrupt, and its work item runs when it is served. */
#define is_left(t)	(leavers && is_writer(t) && number[t] == messages - 1)
#define need(w)		((w == FIRST_WRITER -> big : 1))
#define ready		(queue && !dead && (!claimed || CLAIM_IGNORED))
#define room_to_wake	((length(held) == 1 -> capacity / 2 : capacity * 3 / 4))

/* A writer that was served is woken by its timer, if by nothing else. */
#define timer_of(t)	(is_writer(t) && result[t] == DONE && !NO_TIMER)

/* What can go on. Starvation is said apart, and what is still owed comes first. */
#define can_run(t)	((state[t] == CALL && (t != KILLER || open == 0)) ||		\
			 (state[t] == SLEEP && (!asleep[t] || timer_of(t) ||		\
			  (signals > 0 && !is_left(t)))) ||	\
			 (state[t] == WAIT && told[t]) ||				\
			 (state[t] != CALL && state[t] != SLEEP && state[t] != WAIT && state[t] != END))
#define may(t)		(starved != t && !owes[t] && !owes_clients[t] && (!due[t] || ACTIVE_EARLY))

inline append(l, e)
{
	assert(length(l) < 6);
	l = l | (e) << (5 * length(l))
}

inline drop_first(l)
{
	l = l >> 5
}

inline drop(l, e)
{
	p = place(l, e);
	assert(p < 6);
	l = (l & ((1 << (5 * p)) - 1)) | (l >> (5 * p + 5)) << (5 * p)
}

inline drop_if(l, e)
{
	if
	:: has(l, e) -> drop(l, e)
	:: else
	fi
}

/* waitqueue_active(), and the wake-up. */
inline wake_servers()
{
	for (n : FIRST_POLLER .. KILLER) {
		if
		:: polling[n] -> told[n] = 1
		:: else
		fi
	}
}

/* The judge: of the readers asleep, the one that is woken came first. */
inline check_arrival()
{
	b = NOBODY;
	n = 0;
	do
	:: n < 6 && b == NOBODY ->
		y = at(arrival, n);
		if
		:: y == id(x) || (y && has(sleepers, y)) -> b = task(y)
		:: else
		fi;
		n++
	:: else -> break
	od;
	must(READERS_ORDER, b == x || readers > 2)
}

/* mailslot_next_reader(), and the wake-up of that reader. */
inline wake_reader(t)
{
	if
	:: wakes && ready && sleepers ->
		x = task(first(sleepers));
		drop_first(sleepers);
		check_arrival();
		spent[x] = 1;
		if
		:: WAKE_LATE -> due[t] = id(x)
		:: else -> asleep[x] = 0
		fi
	:: else
	fi
}

inline enqueue(w)
{
	must(MESSAGE_LOST_OR_DOUBLED, !dead && !queued[w]);
	queued[w] = 1;
	room = room - need(w);
	append(queue, message(w))
}

/* serve_line(): y says whether a message was queued, z whether more would fit. */
inline serve_line()
{
	y = 0;
	z = 0;
	n = 0;
	do
	:: line && result[task(first(line))] != GRANTED && need(task(first(line))) <= room &&
	   n < batch ->
		n++;
		x = task(first(line));
		if
		:: quota > 0 ->
			quota--;
			drop_first(line);
			drop(order, message(x));
			result[x] = REFUSED;
			asleep[x] = 0
		:: true ->
			enqueue(x);
			result[x] = DONE;
			if
			:: !SERVED_STAYS -> drop_first(line)
			:: else
			fi;
			if
			:: is_left(x) -> asleep[x] = 0
			:: else -> append(held, id(x))
			fi;
			y = 1
		:: GRANTED_BATON ->
			room = room - need(x);
			result[x] = GRANTED;
			asleep[x] = 0
		fi
	:: else -> break
	od;
	z = (line && result[task(first(line))] != GRANTED && need(task(first(line))) <= room && !NO_RETURN)
}

inline release_held()
{
	n = 0;
	do
	:: held && n < batch ->
		asleep[task(first(held))] = 0;
		drop_first(held);
		n++
	:: else -> break
	od
}

inline note_wanted()
{
	b = NOBODY;
	if
	:: line && result[task(first(line))] != GRANTED -> b = need(task(first(line)))
	:: line && result[task(first(line))] == GRANTED
	:: else ->
		for (n : FIRST_CLIENT .. FIRST_POLLER) {
			if
			:: wanting[n] && need(n) < b -> b = need(n)
			:: else
			fi
		}
	fi;
	if
	:: held && room_to_wake < b -> b = room_to_wake
	:: else
	fi;
	room_wanted = b
}

/* mailslot_room_changed(): z says whether the caller is to come back. */
inline room_changed(t)
{
	z = 0;
	if
	:: changed && !dead ->
		serve_line();
		owes[t] = owes[t] || (y && pollers);
		if
		:: held && room >= room_to_wake -> release_held()
		:: else
		fi;
		note_wanted();
		owes_clients[t] = (!line && b <= room && clients)
	:: else
	fi;
	if
	:: z && (state[t] == CALL || state[t] == CLAIM) -> state[t] = MORE
	:: else
	fi
}

/* mailslot_wake_client_pollers(): under the lock again, choose; then tell. */
inline wake_clients(t)
{
	owes_clients[t] = 0;
	for (n : FIRST_CLIENT .. FIRST_POLLER) {
		if
		:: n < FIRST_POLLER && (dead || (wanting[n] && !line && need(n) <= room)) ->
			wanting[n] = 0;
			if
			:: TELL_LATE -> due[t] = id(n)
			:: else -> told[n] = 1
			fi
		:: else
		fi
	}
}

/* take(): the head message has been copied to the caller. */
inline take(t)
{
	must(MESSAGE_LOST_OR_DOUBLED, !dead && first(order) == first(queue));
	room = room + need(writer_of(first(queue)));
	drop_first(queue);
	drop_first(order);
	changed = (room >= room_wanted)
}

/* A call of a writer or a client is over. */
inline returns(t, success)
{
	must(ANSWER_WRONG, queued[t] == success);
	queued[t] = 0;
	result[t] = NONE;
	number[t]++;
	state[t] = CALL
}

/* A message enters, beside others that may wait for a reader. */
inline enter(t)
{
	append(order, message(t));
	enqueue(t);
	owes[t] = (pollers && (!ACTIVE_EARLY || due[t] == 2));
	due[t] = 0;
	returns(t, 1)
}

/* mailslot_release_line(): z says whether there are more. */
inline release_line()
{
	do
	:: line ->
		append(held, first(line));
		drop_first(line)
	:: else -> break
	od;
	release_held();
	z = (held != 0)
}

/* With the lock held and a message there, or nothing to wait for. */
inline reader_looks(t)
{
	if
	:: ready && !(TIMEOUT_DROPS && interrupted[t]) ->
		if
		:: true ->
			take(t);
			wakes = !NO_PASS;
			state[t] = CALL
		:: is_sleeper(t) && claims ->	/* the slow way */
			mine[t] = first(queue);
			claimed = 1;
			state[t] = CLAIM
		:: is_sleeper(t) && faults > 0 ->	/* -EMSGSIZE */
			faults--;
			wakes = !NO_PASS_REFUSED;
			state[t] = CALL
		fi
	:: else ->
		if
		:: is_poller(t) ->		/* -EAGAIN */
			missed = missed || (claimed && !MISSED_BY_POLL_ONLY);
			state[t] = WAIT
		:: is_sleeper(t) && interrupted[t] ->
			missed = missed || claimed;
			state[t] = CALL
		:: is_sleeper(t) && !interrupted[t] && state[t] == CALL && NO_SECOND_LOOK ->
			state[t] = EARLY
		:: else -> reader_sleeps(t)
		fi
	fi;
	if
	:: state[t] == CALL || state[t] == CLAIM -> drop_if(arrival, id(t))
	:: else
	fi;
	interrupted[t] = 0
}

/* A reader that was woken in vain goes to the head of the list. */
inline reader_sleeps(t)
{
	if
	:: !has(arrival, id(t)) ->
		append(arrival, id(t));
		append(sleepers, id(t))
	:: else ->
		if
		:: TO_THE_TAIL -> append(sleepers, id(t))
		:: else -> sleepers = sleepers << 5 | id(t)
		fi
	fi;
	asleep[t] = !STATE_LATE;
	state[t] = (STATE_LATE -> EARLY : SLEEP)
}

/* outgoing_finish(), for one that waits and one that does not. */
inline writer_enters(t)
{
	if
	:: dead && !DEAD_ENTERS ->
		due[t] = 0;
		state[t] = END
	:: !(dead && !DEAD_ENTERS) && line && need(task(first(line))) <= room &&
	   result[task(first(line))] != GRANTED ->
		/* Help first, and come back. */
		changed = 1;
		state[t] = MORE
	:: else ->
		if
		:: (!line || OVERTAKE) && need(t) <= room -> enter(t)
		:: else ->
			if
			:: is_writer(t) ->
				append(order, message(t));
				append(line, id(t));
				due[t] = 0;
				asleep[t] = 1;
				state[t] = SLEEP
			:: else ->
				wanting[t] = 1;
				state[t] = POLL
			fi;
			if
			:: !ROOM_NOT_WANTED -> note_wanted()
			:: else
			fi
		fi
	fi;
	/* A reader that was woken before may be starved: who finds no room wakes another. */
	wakes = (!WAKE_FIRST && !(JOINS_SILENT && state[t] == SLEEP))
}

/* A writer has the lock again after its sleep in line. */
inline writer_looks(t)
{
	wakes = 1;
	if
	:: result[t] == DONE && is_left(t) && LEFT_SILENT ->
		returns(t, 1)
	:: result[t] == DONE && !(is_left(t) && LEFT_SILENT) ->
		drop_if(held, id(t));
		/* Who queued the message may be starved before it tells the pollers. */
		owes[t] = (pollers && !SERVED_SILENT);
		returns(t, !(SIGNAL_WINS && interrupted[t]));
		changed = 1
	:: result[t] == REFUSED ->
		returns(t, 0);
		changed = 1
	:: result[t] == GRANTED && !dead ->
		drop(line, id(t));
		room = room + need(t);
		enqueue(t);
		owes[t] = (pollers > 0);
		returns(t, 1);
		changed = 1
	:: (result[t] == NONE || result[t] == GRANTED) && dead ->
		drop_if(line, id(t));
		drop_if(held, id(t));
		returns(t, 0);
		state[t] = END
	:: result[t] == NONE && !dead && interrupted[t] ->
		drop(line, id(t));
		drop(order, message(t));
		returns(t, 0);
		changed = !SIGNAL_SILENT
	:: result[t] == NONE && !dead && !interrupted[t] ->
		asleep[t] = 1;
		state[t] = SLEEP
	fi;
	if
	:: dead && !KILLER_ALONE ->
		/* The killer may be starved before it releases all. */
		release_line()
	:: else
	fi;
	interrupted[t] = 0
}

/* The copy has come to an end; RECEIVE may go on with the next message and keep its claim. */
inline claim_ends(t)
{
	must(MESSAGE_LOST_OR_DOUBLED, first(queue) == mine[t]);
	if
	:: true -> take(t)
	:: faults > 0 -> faults--
	fi;
	if
	:: queue ->
		mine[t] = first(queue);
		state[t] = CLAIM
	:: true ->
		mine[t] = 0;
		claimed = 0;
		owes[t] = (missed && queue && !CLAIM_FORGETS_POLLER);
		missed = 0;
		wakes = !CLAIM_FORGETS_READER;
		state[t] = CALL
	fi
}

/* One step, which is a section of the lock or less. */
inline step(t)
{
	changed = 0;
	wakes = 0;
	if
	/* Sleep ends. */
	:: state[t] == SLEEP && (!asleep[t] || timer_of(t)) ->
		asleep[t] = 0;
		state[t] = WAKING
	:: state[t] == SLEEP && asleep[t] && signals > 0 && !is_left(t) ->
		signals--;
		asleep[t] = 0;
		interrupted[t] = 1;
		state[t] = WAKING
	:: state[t] == WAIT ->
		told[t] = 0;
		state[t] = POLL
	:: state[t] == MORE && t != KILLER ->
		changed = 1;
		wakes = 1;
		state[t] = (mine[t] -> CLAIM : CALL)

	/* Readers. */
	:: is_reader(t) && state[t] == CALL ->
		reader_looks(t)
	:: is_sleeper(t) && state[t] == WAKING ->
		drop_if(sleepers, id(t));
		spent[t] = 0;
		reader_looks(t)
	:: is_sleeper(t) && state[t] == CLAIM ->
		claim_ends(t)
	:: is_sleeper(t) && state[t] == EARLY && NO_SECOND_LOOK ->
		reader_sleeps(t)
	:: is_sleeper(t) && state[t] == EARLY && STATE_LATE ->
		asleep[t] = 1;
		state[t] = SLEEP
	:: is_reader(t) && (state[t] == CALL || state[t] == POLL) ->
		/* It does not read any more. */
		polling[t] = 0;
		open--;
		state[t] = END

	/* Pollers of the server end: epoll has its entry on the queue before it looks. */
	:: is_poller(t) && state[t] == POLL && !polling[t] ->
		polling[t] = 1
	:: is_poller(t) && state[t] == POLL && polling[t] ->
		missed = missed || (queue && claimed);
		state[t] = (ready -> CALL : WAIT)

	/* Writers and clients. */
	:: (is_writer(t) || is_client(t)) && state[t] == CALL && number[t] == messages ->
		state[t] = END
	:: (is_writer(t) || is_client(t)) && state[t] == CALL && number[t] < messages &&
	   !WAKE_FIRST && !ACTIVE_EARLY ->
		writer_enters(t)
	:: is_writer(t) && state[t] == CALL && number[t] < messages && ACTIVE_EARLY ->
		due[t] = 1 + polling[FIRST_POLLER];
		state[t] = EARLY
	:: is_writer(t) && state[t] == CALL && number[t] < messages && WAKE_FIRST ->
		asleep[(sleepers -> task(first(sleepers)) : t)] = 0;
		drop_first(sleepers);
		state[t] = EARLY
	:: is_writer(t) && state[t] == EARLY ->
		state[t] = CALL;
		writer_enters(t)
	:: is_writer(t) && state[t] == WAKING ->
		writer_looks(t)
	:: is_client(t) && state[t] == POLL ->
		if
		:: dead || (!line && need(t) <= room) -> state[t] = CALL
		:: else ->
			wanting[t] = 1;
			note_wanted();
			state[t] = WAIT
		fi

	/* The last close of the server end: mailslot_slot_kill(). */
	:: t == KILLER && state[t] == CALL ->
		dead = 1;
		owes_clients[t] = (clients > 0);
		z = 0;
		if
		:: !DEATH_KEEPS_LINE -> release_line()
		:: else
		fi;
		state[t] = (z -> MORE : POLL)
	:: t == KILLER && state[t] == MORE ->
		release_line();
		state[t] = (z -> MORE : POLL)
	:: t == KILLER && state[t] == POLL ->
		/* slot_discard(), without the lock: nobody else touches the queue any more. */
		queue = 0;
		order = 0;
		state[t] = END
	fi;
	room_changed(t);
	wake_reader(t)
}

proctype task_of(byte me)
{
	do
	:: atomic { may(me) && can_run(me) -> step(me) }
	:: atomic { starved != me && owes[me] && !owes_clients[me] && !due[me] ->
		wake_servers();
		owes[me] = 0 }
	:: atomic { starved != me && owes_clients[me] && !due[me] ->
		wake_clients(me) }
	:: atomic { starved != me && due[me] && !ACTIVE_EARLY ->
		if
		:: WAKE_LATE -> asleep[task(due[me])] = 0
		:: else -> told[task(due[me])] = 1
		fi;
		due[me] = 0 }
	od
}

/* One task, whichever, stops for good, whenever; or none. */
proctype starver()
{
	atomic {
		n = 0;
		do
		:: n < KILLER -> n++
		:: (n < KILLER || closing) && (victim == NOBODY || victim == n) ->
			starved = n;
			break
		:: break
		od
	}
}

/*
 * Nothing happens any more. Each run comes to that, as tasks do a bounded number of things. Nobody
 * may sleep then who could go on.
 */
proctype judge()
{
	bit live;	/* a reader that is neither starved nor done with reading sleeps for a message */

	atomic { timeout ->
		for (n : 0 .. readers) {
			live = live || (is_sleeper(n) && n != starved && state[n] == SLEEP)
		}
		/* A reader sleeps beside a message: another was woken for it, which is starved. */
		must(READER_BESIDE_MESSAGE, !ready || !live || (is_reader(starved) && spent[starved]));
		for (n : 0 .. KILLER) {
			if
			:: n == starved || state[n] == END
			:: n != starved && state[n] != END && is_sleeper(n) ->
				must(STUCK, state[n] == SLEEP)
			:: n != starved && state[n] != END && is_writer(n) ->
				must(ASLEEP_AFTER_DEATH, !dead);
				must(STUCK, state[n] == SLEEP && has(line, id(n)))
			:: n != starved && state[n] != END && is_client(n) ->
				must(STUCK, state[n] == WAIT);
				must(ASLEEP_AFTER_DEATH, !dead || starved == KILLER);
				/* Beside room: the starved one's to tell. With a reader left, one of its own. */
				must(CLIENT_BESIDE_ROOM, line || need(n) > room || dead ||
				     (starved != NOBODY && owes_clients[starved] &&
				      (is_reader(starved) || !live)))
			:: n != starved && state[n] != END && is_poller(n) ->
				must(STUCK, state[n] == WAIT);
				/* Beside a message: the starved one's own, or a reader is to tell. */
				must(POLLER_BESIDE_MESSAGE, !ready || (starved != NOBODY && owes[starved] &&
				     (is_reader(starved) || writer_of(first(queue)) == starved)))
			:: n != starved && state[n] != END && n == KILLER ->
				must(STUCK, open > 0)
			fi
		}
		must(WRITER_BESIDE_ROOM, !line || dead || need(task(first(line))) > room);
		/* Where a reader is awake to what comes, all is read and nobody waits. */
		must(OTHERS_STOPPED, !live || claimed ||
		     (!queue && !line) ||
		     (is_reader(starved) && spent[starved] && (!line || readers > 2)));
		must(CLAIM_LEFT, !claimed || (is_reader(starved) && mine[starved]));
		b = 0;
		for (n : 0 .. 5) {
			if
			:: at(queue, n) -> b = b + need(writer_of(at(queue, n)))
			:: else
			fi
		}
		must(CHARGE_WRONG, dead || room + b == capacity)
	}
}

c_decl {
	static int given(const char *name)
	{
		const char *text = getenv(name);

		return text ? atoi(text) : 0;
	}
}

init
{
	atomic {
		c_code {
			readers = given("READERS");
			writers = given("WRITERS");
			clients = given("CLIENTS");
			pollers = given("POLLERS");
			messages = given("MESSAGES");
			capacity = given("CAPACITY");
			big = given("BIG");
			batch = given("BATCH");
			closing = given("DEATH");
			twin = given("TWIN");
			victim = given("VICTIM");
			claims = given("CLAIMS");
			leavers = given("LEAVERS");
			now.signals = given("SIGNALS");
			now.faults = given("FAULTS");
			now.quota = given("QUOTA");
		};
		assert(readers + writers + clients + pollers < MOST);
		assert(capacity <= 6 && big <= capacity && messages < 4);
		room = capacity;
		open = readers + pollers;
		state[KILLER] = (closing -> CALL : END);
		for (n : 0 .. KILLER) {
			state[n] = (is_poller(n) -> POLL : state[n]);
			run task_of(n)
		}
		run starver();
		run judge()
	}
}
