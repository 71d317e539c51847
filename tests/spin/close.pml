/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The library's close against its waits: reads that wait, pended reads and who waits for them,
 * CancelIoEx, duplicates, the engine, and numbers of descriptors that are used again. README.rst
 * says what is proved, and which step is which function of userlib/src. An atomic sequence is a
 * section of lib_lock, or one system call outside of it.
 */

/* The configuration, from the environment. */
hidden byte waits;	/* threads that read and wait in ReadFile; thread t has operation t */
hidden byte pends;	/* threads that read with an OVERLAPPED, and ask for the result */
hidden byte cancels;	/* threads that call CancelIoEx for all there is */
hidden byte stops;	/* threads that cancel what the first thread waits for in ReadFile */
hidden byte copies;	/* is there a duplicate, which is closed, too? */
hidden byte given_late;	/* is it made while all else happens? */
hidden byte reuses;	/* does another slot end get the number of a descriptor that was closed? */
hidden byte keeps;	/* may a handle stay open for ever? */
hidden byte timed;	/* may reads time out? */
hidden byte straight;	/* threads that read on the straight path, which takes no lock */
hidden byte twin;	/* what is broken: */

#define CLOSE_SILENT	(twin == 1)	/* the last close ends no operation */
#define CLOSE_HASTY	(twin == 2)	/* it does not wait for those who poll the descriptor */
#define UNCOUNTED	(twin == 3)	/* who polls the descriptor is not counted */
#define WATCH_STAYS	(twin == 4)	/* a descriptor that closes stays in the engine's set */
#define MOVED_SILENT	(twin == 5)	/* after a move to a duplicate nobody is told to drive the line */
#define CLEAR_LATE	(twin == 6)	/* a thread clears its wake-up behind its look */
#define LATE_DROPS	(twin == 7)	/* a read whose time is up does not look for a message */
#define CANCEL_KEEPS	(twin == 8)	/* an operation that is cancelled stays in line */
#define CANCEL_SILENT	(twin == 9)	/* who is the first after a cancellation is not told */
#define SHOT_ONCE	(twin == 10)	/* the engine's watcher is not armed again */
#define EVENT_POINTS	(twin == 11)	/* the engine's events carry the watcher, not the descriptor */
#define TIMER_BLIND	(twin == 12)	/* a timer ends its operation, which may be over already */
#define ASKS_UNHELD	(twin == 13)	/* who waits for a result does not hold the end */
#define CLOSING_FOUND	(twin == 14)	/* a handle that is closing is found */
#define READER_OVERTAKES (twin == 15)	/* a read takes a message although others stand in line */
#define PUT_EARLY	(twin == 16)	/* close gives its reference back before it waits */
#define SERVE_NONE	(twin == 17)	/* the end of an operation serves nobody who asks for its result */

/* A law, by its number, for the runner to name. */
#define must(law, holds)	assert((holds) || starved == law)
#define NEVER_ENDS	251	/* a call never returns */
#define WRONG_ANSWER	252
#define ENDS_TWICE	253	/* an operation ends twice, or not at all */
#define USED_FREED	254
#define LEFT_OVER	255	/* an end or an operation is never freed */
#define HELD_OPEN	256	/* CloseHandle has returned, and the file is open still */
#define MESSAGE_LOST	257
#define NOT_OURS	258	/* a descriptor is used that is closed, or another's */
#define BESIDE_MESSAGE	259	/* a read waits beside a message */
#define TURN		260	/* a read gets a message out of its turn */
hidden byte starved = 255;	/* the runner looks for this name; nobody is starved here */

#define NOBODY	255
#define THREADS	4	/* that read */
#define NUMBERS	2	/* of descriptors, which are the handles */

/* Handles. */
#define SHUT	0
#define OPEN	1
#define CLOSING	2
byte handle[NUMBERS] = SHUT;
byte leads[NUMBERS] = NOBODY;	/* to this end */

/* Ends: the slot's, and one that is made later. */
byte fd[2] = NOBODY;
byte refs[2];
bit freed[2];
byte sleepers[2];
int line[2];			/* operations, the first lowest, as 1 + thread in three bits */

/* Operations. */
#define NONE	0
#define LINE	1
#define OVER	2
byte operation[THREADS];
byte end_of[THREADS];
bit allocated[THREADS];
byte answer[THREADS];
#define SUCCESS		1
#define ABORTED		2	/* 995 */
#define TIMED_OUT	3	/* 121 */
#define INVALID		4	/* 6 */
bit cancelled[THREADS];		/* somebody cancelled it, or closed its end */
bit time_up[THREADS];
bit woken[THREADS];		/* the thread's wake_fd is readable */
bit asks[THREADS];		/* waits for the result of its operation */
bit told[THREADS];		/* its wait has a result */

/* The engine. */
byte watched[2] = NOBODY;	/* of each end's watcher: the descriptor */
bit armed[2];
byte watcher[NUMBERS] = NOBODY;	/* of each descriptor: whose watcher it is */

/* The kernel. */
byte file[NUMBERS] = NOBODY;	/* of each descriptor */
byte inside[2];			/* system calls that have looked a file up and not returned */
byte messages[2];
byte registered[NUMBERS] = NOBODY;	/* epoll: this number's file, when it was added */
bit shot[NUMBERS];		/* EPOLLONESHOT has fired */

byte to_send;
byte taken;			/* messages, and the reads that got one */
byte got;
bit ended[THREADS];		/* its calls have returned */
byte busy;			/* threads that are not through */

hidden byte n, w, o, x, e;
hidden byte self = NOBODY;	/* who has the lock, if it is a reader */

#define first(e)	((line[e] & 7) - 1)
#define second(e)	((line[e] >> 3) & 7)
#define is_first(t)	((line[end_of[t]] & 7) == (t) + 1)
#define is_async(t)	((t) >= waits)
#define held(f)		(file[0] == (f) || file[1] == (f) || inside[f])

inline drop(e, t)
{
	if
	:: (line[e] & 7) == (t) + 1 -> line[e] = line[e] >> 3
	:: ((line[e] >> 3) & 7) == (t) + 1 -> line[e] = (line[e] & 7) | (line[e] >> 6) << 3
	:: ((line[e] >> 6) & 7) == (t) + 1 -> line[e] = (line[e] & 63) | (line[e] >> 9) << 6
	:: else -> must(ENDS_TWICE, false)
	fi
}

/* A file goes with its last descriptor, and out of the epoll set. */
inline settle_file(f)
{
	if
	:: !held(f) ->
		messages[f] = 0;
		if
		:: registered[0] == f -> registered[0] = NOBODY
		:: else
		fi;
		if
		:: registered[1] == f -> registered[1] = NOBODY
		:: else
		fi
	:: else
	fi
}

inline put_end(e)
{
	must(USED_FREED, refs[e] > 0 && !freed[e]);
	refs[e]--;
	if
	:: !refs[e] -> freed[e] = 1
	:: else
	fi
}

/* operation_complete() */
inline complete(t, result)
{
	must(ENDS_TWICE, operation[t] == LINE);
	must(USED_FREED, !freed[end_of[t]]);
	if
	:: !(CANCEL_KEEPS && result == ABORTED) -> drop(end_of[t], t)
	:: else
	fi;
	operation[t] = OVER;
	answer[t] = result;
	must(WRONG_ANSWER, (result == ABORTED) <= cancelled[t]);
	must(WRONG_ANSWER, result != TIMED_OUT || (time_up[t] && !messages[end_of[t]]));
	/* wait_serve() */
	if
	:: asks[t] && !SERVE_NONE ->
		told[t] = 1;
		woken[t] = 1
	:: else
	fi;
	put_end(end_of[t]);
	if
	:: is_async(t) ->
		must(USED_FREED, allocated[t]);
		allocated[t] = 0
	:: else -> woken[t] = 1
	fi
}

/* engine_watch() */
inline watch(e)
{
	if
	:: armed[e] || fd[e] == NOBODY
	:: else ->
		must(NOT_OURS, file[fd[e]] == e);
		registered[fd[e]] = e;
		shot[fd[e]] = 0;
		watched[e] = fd[e];
		armed[e] = 1;
		watcher[fd[e]] = e
	fi
}

/* engine_forget() */
inline forget(e)
{
	if
	:: watched[e] != NOBODY && !WATCH_STAYS ->
		registered[watched[e]] = NOBODY;
		if
		:: watcher[watched[e]] == e -> watcher[watched[e]] = NOBODY
		:: else
		fi;
		watched[e] = NOBODY;
		armed[e] = 0
	:: else
	fi
}

/* operation_arm() */
inline arm(e)
{
	must(USED_FREED, !freed[e]);
	if
	:: line[e] && is_async(first(e)) -> watch(e)
	:: line[e] && !is_async(first(e)) && first(e) != self -> woken[first(e)] = 1
	:: else
	fi
}

/* operation_move() */
#define can_move(e)	(fd[e] != NOBODY && messages[e])
inline move(e)
{
	must(NOT_OURS, file[fd[e]] == e);
	messages[e]--;
	taken++
}

/* operation_drive() */
inline drive(e)
{
	must(USED_FREED, !freed[e]);
	do
	:: line[e] && can_move(e) ->
		move(e);
		got++;
		o = first(e);
		complete(o, SUCCESS)
	:: else -> break
	od;
	if
	:: !SHOT_ONCE -> arm(e)
	:: else
	fi
}

inline cancel_all(e)
{
	w = 0;
	do
	:: line[e] && w < 4 ->
		w++;
		o = first(e);
		cancelled[o] = 1;
		complete(o, ABORTED)
	:: else -> break
	od
}

#define found(h)	(handle[h] == OPEN || (CLOSING_FOUND && handle[h] == CLOSING && leads[h] != NOBODY))

/* start(), pend(), operation_pend(): the read is over, or in line */
inline begin_read(t, h)
{
	self = t;
	if
	:: !found(h) -> answer[t] = INVALID
	:: else ->
		x = leads[h];
		must(USED_FREED, !freed[x]);
		if
		:: line[x] && !READER_OVERTAKES -> drive(x)
		:: else
		fi;
		if
		:: (!line[x] || READER_OVERTAKES) && can_move(x) ->
			must(TURN, !line[x]);
			move(x);
			got++;
			answer[t] = SUCCESS
		:: else ->
			refs[x]++;
			end_of[t] = x;
			allocated[t] = is_async(t);
			operation[t] = LINE;
			line[x] = (line[x] < 8 -> (line[x] == 0 -> t + 1 : line[x] | (t + 1) << 3) :
						  line[x] | (t + 1) << 6);
			if
			:: first(x) == t && is_async(t) -> watch(x)
			:: else
			fi
		fi
	fi
}

/* ReadFile, which waits: operation_wait() */
proctype reader(byte t)
{
	byte polls, number;
	bit head;

	atomic {
		begin_read(t, 0);
		if
		:: answer[t] -> goto out
		:: else -> refs[end_of[t]]++
		fi
	};
	do
	:: true ->
		/* From the look to the sleep is one section. */
		atomic {
			if
			:: operation[t] == OVER -> goto leave
			:: else
			fi;
			head = is_first(t);
			number = (head -> fd[end_of[t]] : NOBODY);
			if
			:: head && !UNCOUNTED -> sleepers[end_of[t]]++
			:: else
			fi
		};
		/* poll(2) looks the file up, if the number is one of an open file. */
		atomic {
			woken[t] = woken[t] && !CLEAR_LATE;
			polls = NOBODY;
			if
			:: head && number != NOBODY ->
				polls = file[number];
				if
				:: polls != NOBODY -> inside[polls]++
				:: else
				fi
			:: else
			fi
		};
		atomic {
			if
			:: woken[t]
			:: polls != NOBODY && messages[polls]
			:: head && number != NOBODY && polls == NOBODY	/* POLLNVAL */
			:: timed && !time_up[t] && !woken[t] && !(polls != NOBODY && messages[polls]) -> time_up[t] = 1
			fi;
			if
			:: polls != NOBODY ->
				inside[polls]--;
				settle_file(polls)
			:: else
			fi;
			polls = 0;
			number = 0
		};
		atomic {
			self = t;
			if
			:: !CLEAR_LATE -> woken[t] = 0
			:: else
			fi;
			if
			:: head && !UNCOUNTED -> sleepers[end_of[t]]--
			:: else
			fi;
			must(USED_FREED, !freed[end_of[t]]);
			if
			:: operation[t] == OVER -> goto leave
			:: else
			fi;
			if
			:: !(LATE_DROPS && time_up[t]) -> drive(end_of[t])
			:: else
			fi;
			if
			:: time_up[t] && operation[t] == LINE ->
				complete(t, TIMED_OUT);
				arm(end_of[t])
			:: else
			fi
		}
	od;
leave:	atomic { put_end(end_of[t]) };
out:	atomic { ended[t] = 1; busy-- }
}

/* ReadFile with an OVERLAPPED, and GetOverlappedResult, which waits */
proctype pender(byte t)
{
	atomic {
		begin_read(t, 0);
		if
		:: answer[t] -> goto out
		:: else
		fi
	};
	/* wait_over() */
	atomic {
		if
		:: operation[t] == OVER -> goto out
		:: !found(0) -> goto out	/* 6: it asks by a handle that is closed */
		:: else ->
			asks[t] = 1;
			refs[end_of[t]] = refs[end_of[t]] + !ASKS_UNHELD
		fi
	};
	woken[t];
	atomic {
		woken[t] = 0;
		must(USED_FREED, !freed[end_of[t]]);
		must(NEVER_ENDS, told[t]);
		asks[t] = 0;
		if
		:: !ASKS_UNHELD -> put_end(end_of[t])
		:: else
		fi
	};
out:	atomic { ended[t] = 1; busy-- }
}

/* ReadFile that finds a message and no line: one word of the table, and read(2) */
proctype straight_reader()
{
	byte f;

	if
	:: atomic { handle[0] == OPEN && !line[leads[0]] -> f = file[0] };
		atomic {
			f = file[0];
			if
			:: f == NOBODY -> goto out
			:: else -> inside[f]++
			fi
		};
		atomic {
			if
			:: messages[f] ->
				messages[f]--;
				taken++;
				got++
			:: else
			fi;
			inside[f]--;
			settle_file(f)
		}
	:: true
	fi;
out:	atomic { f = 0; busy-- }
}

/* CloseHandle: handle_close(), move_object(), end_moved() */
inline close_handle(h)
{
	atomic {
		self = NOBODY;
		was = leads[h];
		handle[h] = CLOSING;
		if
		:: !CLOSING_FOUND -> leads[h] = NOBODY
		:: else
		fi;
		moves = (fd[was] == h);
		other = (leads[1 - h] == was && handle[1 - h] == OPEN -> 1 - h : NOBODY);
		if
		:: moves ->
			forget(was);
			fd[was] = other;
			if
			:: other == NOBODY && !CLOSE_SILENT -> cancel_all(was)
			:: else
			fi
		:: else
		fi;
		if
		:: PUT_EARLY -> put_end(was)
		:: else
		fi;
		/* end_wait_for_sleepers(): where it waits, it lets go of the lock. */
		if
		:: !moves || other != NOBODY || CLOSE_HASTY
		:: else -> !sleepers[was]
		fi;
		self = NOBODY;
		if
		:: moves && !MOVED_SILENT -> arm(was)
		:: else
		fi;
		file[h] = NOBODY;
		settle_file(was);
		leads[h] = NOBODY;
		handle[h] = SHUT;
		if
		:: !PUT_EARLY -> put_end(was)
		:: else
		fi;
		/*
		 * Two may hold the file for a moment more: who is in the middle of the straight path,
		 * and who has been woken, and polls a number that was another's when it was read.
		 */
		must(HELD_OPEN, other != NOBODY || !moves || !held(was) ||
		     (inside[was] && (straight || was == 1)));
		moves = 0;
		other = 0;
		was = 0
	}
}

proctype closer()
{
	byte was, other;
	bit moves;

	if
	:: keeps -> goto out
	:: true
	fi;
	close_handle(0);
	if
	:: reuses ->
		/* Another end gets the number: open(2) makes the file, handle_add() the handle. */
		atomic {
			file[0] = 1;
			fd[1] = 0;
			refs[1] = 1;
			handle[0] = OPEN;
			leads[0] = 1
		};
		close_handle(0)
	:: else
	fi;
out:	atomic { busy-- }
}

/* DuplicateHandle, and CloseHandle of what it made */
proctype duplicator()
{
	byte was, other;
	bit moves;

	if
	:: given_late ->
		atomic {
			if
			:: !found(0) || leads[0] == 1 -> goto out
			:: else ->
				file[1] = 0;
				refs[0]++;
				leads[1] = 0;
				handle[1] = OPEN;
				if
				:: fd[0] == NOBODY -> fd[0] = 1
				:: else
				fi
			fi
		}
	:: else
	fi;
	if
	:: keeps -> goto out
	:: true
	fi;
	close_handle(1);
out:	atomic { busy-- }
}

/* CancelIoEx without an OVERLAPPED */
proctype canceller()
{
	atomic {
		if
		:: found(0) ->
			self = NOBODY;
			e = leads[0];
			cancel_all(e);
			arm(e)
		:: else
		fi;
		busy--
	}
}

/* mailslot_thread_cancel() of the first thread */
proctype stopper()
{
	atomic {
		if
		:: operation[0] == LINE && !is_async(0) ->
			self = NOBODY;
			e = end_of[0];
			cancelled[0] = 1;
			complete(0, ABORTED);
			if
			:: !CANCEL_SILENT -> arm(e)
			:: else
			fi
		:: else
		fi;
		busy--
	}
}

/* A client writes. */
proctype sender()
{
	do
	:: atomic { to_send && held(0) -> to_send--; messages[0]++ }
	:: atomic { to_send && !held(0) -> to_send = 0 }
	:: atomic { !to_send -> busy--; break }
	od
}

/* engine_run() */
#define ready(n)	(registered[n] != NOBODY && !shot[n] && messages[registered[n]])

proctype engine()
{
	byte number, points;

end:	do
	:: atomic { ready(0) || ready(1) ->
			number = (ready(0) -> 0 : 1);
			points = watcher[number];
			shot[number] = 1 };
		/* call_watcher() */
		atomic {
			self = NOBODY;
			if
			:: !EVENT_POINTS -> points = watcher[number]
			:: else
			fi;
			if
			:: points != NOBODY ->
				must(USED_FREED, !freed[points]);
				armed[points] = 0;
				drive(points)
			:: else
			fi;
			number = 0;
			points = 0
		}
	:: atomic { timed && pends && operation[waits] == LINE && !time_up[waits] ->
			/* expired() */
			self = NOBODY;
			time_up[waits] = 1;
			e = end_of[waits];
			if
			:: !LATE_DROPS -> drive(e)
			:: else
			fi;
			if
			:: operation[waits] == LINE || TIMER_BLIND ->
				must(USED_FREED, allocated[waits]);
				complete(waits, TIMED_OUT);
				arm(e)
			:: else
			fi }
	od
}

/* Nothing happens any more. */
#define alive	((handle[0] == OPEN && leads[0] == 0) || (handle[1] == OPEN && leads[1] == 0))

proctype judge()
{
	atomic { timeout ->
		must(BESIDE_MESSAGE, !(line[0] && messages[0]) && !(line[1] && messages[1]));
		for (n : 0 .. THREADS - 1) {
			must(NEVER_ENDS, operation[n] != OVER || ended[n])
		}
		must(MESSAGE_LOST, taken == got);
		if
		:: alive -> goto out
		:: else
		fi;
		/* All handles are closed. */
		must(NEVER_ENDS, !busy);
		for (n : 0 .. THREADS - 1) {
			must(ENDS_TWICE, operation[n] != LINE);
			must(LEFT_OVER, !allocated[n])
		}
		must(LEFT_OVER, freed[0] && !refs[0] && !refs[1]);
		must(HELD_OPEN, !held(0) && !held(1));
out:		n = 0
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
			waits = given("WAITS");
			pends = given("PENDS");
			cancels = given("CANCELS");
			stops = given("STOPS");
			copies = given("COPIES");
			given_late = given("GIVEN_LATE");
			reuses = given("REUSES");
			keeps = given("KEEPS");
			timed = given("TIMED");
			straight = given("STRAIGHT");
			twin = given("TWIN");
			now.to_send = given("MESSAGES");
		};
		assert(waits + pends <= 3);
		handle[0] = OPEN;
		leads[0] = 0;
		fd[0] = 0;
		refs[0] = 1;
		file[0] = 0;
		if
		:: copies && !given_late ->
			handle[1] = OPEN;
			leads[1] = 0;
			file[1] = 0;
			refs[0]++
		:: else
		fi;
		busy = waits + pends + cancels + stops + copies + straight + 2;
		for (n : 1 .. waits) {
			run reader(n - 1)
		}
		for (n : 1 .. pends) {
			run pender(waits + n - 1)
		}
		for (n : 1 .. cancels) {
			run canceller()
		}
		for (n : 1 .. stops) {
			run stopper()
		}
		for (n : 1 .. straight) {
			run straight_reader()
		}
		if
		:: copies -> run duplicator()
		:: else
		fi;
		run closer();
		run sender();
		run engine();
		run judge()
	}
}
