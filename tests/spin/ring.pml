/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring's protocol: two writers behind the slot's lock, one reader without it, and the words
 * that they share. docs/ring.rst says what is proved, README.rst which step is which function of
 * kmod/. Each access of a shared word is a step of its own, also where the lock is held, as the
 * reader takes no lock. The reader's store of the head may stay in its processor's store buffer
 * while later loads go ahead.
 *
 * The ring consists of cells. A short message takes one, a long message two, and a writer copies
 * one cell in a section of the lock.
 */

/* The configuration, from the environment. */
hidden byte messages;	/* of each writer */
hidden byte longs;	/* long messages, which the first writer writes in place of short ones; or 0 */
hidden byte both;	/* are the second writer's long, too? */
hidden byte capacity;	/* cells that the ring holds */
hidden byte apart;	/* cells that the reader gives back between two calls of the kernel */
hidden byte cap;	/* messages that are counted as read in one section of the lock */
hidden byte faults;	/* page faults while a message is copied from its writer's memory */
hidden byte signals;	/* that writers in line get */
hidden byte nonblock;	/* does the second writer poll its client end, by edge, for the room that it lacks? */
hidden byte stops;	/* may the first writer stop for ever where it does not have the lock? */
hidden byte asking;	/* does somebody ask for the slot's figures? */
hidden byte mode;	/* what the reader does when it finds the ring empty: */
hidden byte closing;	/* does the slot die? */
hidden byte twin;	/* what is broken: */

#define WAITER	(mode == 0)	/* it calls RING_WAIT */
#define POLLER	(mode == 1)	/* it polls, by level */
#define EDGE	(mode == 2)	/* it looks at the kick, and waits for the next edge */
#define SPINNER	(mode == 3)	/* it looks at tail and kick for ever */
#define HOSTILE	(mode == 4)	/* it reads nothing, and writes any head at any time */

#define TAIL_FIRST	(twin == 1)	/* the tail is stored before the bytes */
#define HEAD_FIRST	(twin == 2)	/* the reader gives space back before it has read */
#define SHARED_FLAG	(twin == 3)	/* the reader sets a flag that it sleeps; the kernel clears it */
#define NO_SECOND_LOOK	(twin == 4)	/* the reader looks, and sleeps in another section */
#define ACTIVE_EARLY	(twin == 5)	/* waitqueue_active() before the tail is stored */
#define NO_REREAD	(twin == 6)	/* the head is not read again after the kick is set */
#define NO_FENCE	(twin == 7)	/* the reader has no fence between head and kick */
#define KICK_FAR	(twin == 8)	/* the kick may lie behind the tail */
#define READ_TWICE	(twin == 9)	/* one read of the head is checked, and another one used */
#define NO_CHECK	(twin == 10)	/* the head is not checked */
#define DEATH_SILENT	(twin == 11)	/* death does not wake the reader */
#define DEAD_ENTERS	(twin == 12)	/* a writer does not look for death */
#define WAIT_ONLY	(twin == 13)	/* a wait looks for messages and does not serve the line */
#define CAP_SLEEPS	(twin == 14)	/* a writer in line sleeps when the cap ended its look */
#define CAP_RETURNS	(twin == 15)	/* the reader's call returns when the cap ended its look */
#define NEWS_ONLY	(twin == 16)	/* who counts nothing as read does not serve the line */
#define GOES_ON		(twin == 17)	/* a writer does not notice that its place was taken */
#define KEEPS_PART	(twin == 18)	/* the tail moves, and what was begun behind it counts on */
#define FAULT_KEEPS	(twin == 19)	/* the same where a fault has cleared what was begun */
#define TAKES_OVER	(twin == 20)	/* the slow way goes on where the fast way was given up */
#define OVERTAKES	(twin == 21)	/* a short message does not stand in line behind a piece */
#define CLEARS_ALL	(twin == 22)	/* who clears does not spare what is being filled in */
#define LEAVES_BYTES	(twin == 23)	/* what is given up half way is not cleared */
#define DEAD_GOES_ON	(twin == 24)	/* a writer looks for death when it begins, and not later */
#define RESERVES	(twin == 25)	/* the place of what is begun is taken by nobody else */
#define OWNER_ONLY	(twin == 26)	/* a writer in line copies its message itself, after the first piece */
#define NO_REFUSED_LOOK	(twin == 27)	/* a refused writer does not look once more after the kick is set */

#define MOST	6	/* cells in all */
#define NOBODY	255

/* A law, by its number, for the runner to name. */
#define must(law, holds)	assert((holds) || starved == law)
#define NOT_WHOLE	221	/* a message is read before it is whole, or after its space is given back */
#define LOST_OR_DOUBLED	222	/* or out of order */
#define READER_ASLEEP	223	/* the reader sleeps beside a message, or after death */
#define WRITER_ASLEEP	224	/* a writer sleeps beside room, or after death */
#define MISCOUNTED	225	/* the kernel's head leaves the ring */
#define OVERTAKEN	226	/* a message enters before one that stands in line */
#define NOT_CLEARED	227	/* bytes stay behind the tail that are no message's */
hidden byte starved = NOBODY;	/* the runner looks for this name; nobody is starved here */

/* Shared with the reader. */
byte head;		/* the reader's store */
byte tail;		/* the kernel's */
byte kick;		/* the kernel's: 0, or 1 + the head at which it wants to be called */
bit flag;		/* SHARED_FLAG's */
byte first_half[3];	/* of each cell: the message whose bytes are there */
byte second_half[3];

/* Under slot->lock. */
bit locked;
bit dead;
byte noticed;		/* the head that the kernel knows */
byte filled;		/* the kernel's own tail */
byte order[MOST];	/* the message of each cell, in the order they entered */
byte line[2];		/* writers, the first first, as 1 + writer; or 0 */
bit done[2];		/* the message of a writer in line is queued */
byte part;		/* who has begun a long message behind the tail, as 1 + writer; or 0 */
byte got[2];		/* cells of a writer's long message that were copied */
byte stray;		/* cells behind the tail, to be filled or cleared */
bit refused;		/* the second writer was, and is to hear of room */

/* The scheduler's and the wait queue's. */
bit asleep;		/* the reader, in RING_WAIT */
bit polling;		/* its entry is on the wait queue */
bit event;		/* the entry was woken */
bit sleeping[2];	/* writers */
byte number[2];		/* messages that a writer has begun */
byte faulted;		/* page faults so far */
byte signalled;		/* signals so far */
bit stopped;		/* the first writer has */

/* The reader's, and its store buffer. */
byte mine;		/* its head */
bit buffered;
bit ended;		/* the reader has */
byte running = 2;	/* writers that are not through */
byte given_up;		/* cells of messages that a signal ended */

/* What the writers write. */
#define messages_of(writer)	((writer) || !longs -> messages : longs)
#define size_of(writer)		((writer) -> 1 + both : 1 + (longs > 0))
#define is_long(writer)		(size_of(writer) > 1)
#define message_of(writer)	((writer) + 1 + 2 * number[writer])
#define cells_of(message)	size_of(((message) + 1) % 2)
#define all_cells	(messages_of(0) * size_of(0) + messages_of(1) * size_of(1))

#define place(position)	((position) % capacity)
#define fits(writer)	(noticed + capacity >= filled + size_of(writer))
#define reserved(writer)	(RESERVES && part && part != writer + 1)
#define due		(line[0] && fits(line[0] - 1) && !reserved(line[0] - 1) && \
			 !(OWNER_ONLY && part == line[0] && line[0] != me + 1))
#define lock()		atomic { !locked -> locked = 1 }
#define unlock()	locked = 0

#define believable(position)	((position) >= noticed && (position) <= filled)

/* May the writer's message enter, in place of what others have begun? */
#define admitted(writer)	(fits(writer) && !reserved(writer) && \
				 (!line[0] || (OVERTAKES && part && !is_long(writer))))

/* The kernel's one read of the head. What cannot be is taken for no news. */
inline look_at_head()
{
	given = (NO_CHECK || believable(head) -> head - noticed : 0)
}

/* Whole messages, by their headers, up to the cap. */
inline walk()
{
	count = 0;
	do
	:: given && count < cap && cells_of(first_half[place(noticed)]) <= given ->
		given = given - cells_of(first_half[place(noticed)]);
		noticed = noticed + cells_of(first_half[place(noticed)]);
		count++;
		must(MISCOUNTED, noticed <= filled && filled - noticed <= capacity)
	:: else ->
		given = 0;
		break
	od
}

inline notice()
{
	if
	:: atomic {
		!READ_TWICE ->
		look_at_head();
		walk()
	}
	:: READ_TWICE ->
		look_at_head();
		if
		:: given -> given = head - noticed
		:: else
		fi;
		atomic { walk() }
	fi
}

/*
 * ring_notice_all(): who finds as many messages as the cap allows comes back, with the lock dropped
 * in between, for all that were there when it came.
 */
inline notice_all(no_return)
{
	atomic {
		news = 0;
		upto = filled
	}
	do
	:: dead -> break
	:: else ->
		notice();
		news = news || count;
		if
		:: count < cap || no_return -> break
		:: else ->
			unlock();
			lock();
			if
			:: noticed >= upto -> break
			:: else
			fi
		fi
	od;
	atomic {
		count = 0;
		upto = 0
	}
}

/* Where a task does not have the lock, it may get no processor any more. */
inline stop()
{
	if
	:: true
	:: stops && !me ->
		stopped = 1;
		false
	fi
}

inline join(writer)
{
	atomic {
		/* An index that this changes would not be undone by the verifier. */
		if
		:: line[0] -> line[1] = writer + 1
		:: !line[0] -> line[0] = writer + 1
		fi;
		done[writer] = 0;
		sleeping[writer] = 1
	}
}

/* The first writer leaves the line. */
inline leave(writer)
{
	atomic {
		writer = line[0] - 1;
		line[0] = line[1];
		line[1] = 0
	}
}

inline copy_cell(position, message)
{
	first_half[place(position)] = message;
	second_half[place(position)] = message
}

/* Some bytes that messages left which did not come to their end; none of one that is filled in. */
#define to_be_cleared	(stray > (part && !CLEARS_ALL -> got[part - 1] : 0))
inline clear_cell()
{
	stray--;
	first_half[place(filled + stray)] = 0;
	second_half[place(filled + stray)] = 0
}

/* The order in which messages are to be read; before the last cell is copied. */
inline note_order(writer)
{
	atomic {
		must(LOST_OR_DOUBLED, filled + size_of(writer) <= MOST);
		must(OVERTAKEN, !line[0] || line[0] == writer + 1 || part == writer + 1);
		order[filled] = message_of(writer);
		if
		:: is_long(writer) -> order[filled + 1] = message_of(writer)
		:: else
		fi
	}
	if
	:: TAIL_FIRST -> tail = filled + size_of(writer)
	:: else
	fi
}

/* ring_commit(): what was begun behind the tail is begun no longer. */
inline commit(writer)
{
	filled = filled + size_of(writer);
	tail = filled;
	got[writer] = 0;
	if
	:: stray ->
		part = (KEEPS_PART && part != writer + 1 -> part : 0);
		stray = (stray > size_of(writer) -> stray - size_of(writer) : 0);
		if
		:: to_be_cleared -> clear_cell()
		:: else
		fi
	:: else
	fi;
	/* mailslot_wake_reader(), under the lock: the reader cannot tell the order. */
	asleep = 0
}

/* The next cell of a message, of which there are more behind it or not. */
inline copy_piece(writer)
{
	if
	:: got[writer] + 1 == size_of(writer) -> note_order(writer)
	:: else
	fi;
	copy_cell(filled + got[writer], message_of(writer))
}

inline part_grow(writer)
{
	got[writer]++;
	stray = (stray < got[writer] -> got[writer] : stray)
}

/* Who is to hear of room: the first in line, or a client end that polls if there is no line. */
#define wanting		(line[0] -> line[0] - 1 : 1)
#define helps		(due || (refused && !line[0] && fits(1)))

/* What is wanted of the reader. */
inline want()
{
	if
	:: !line[0] && !refused -> kick = 0
	:: (line[0] || refused) && KICK_FAR -> kick = noticed + apart + 1
	:: (line[0] || refused) && !KICK_FAR ->
		atomic {
			kick = noticed + apart;
			kick = (!fits(wanting) && filled + size_of(wanting) - capacity > kick ->
				filled + size_of(wanting) - capacity : kick);
			kick = (kick < filled -> kick : filled) + 1
		}
	fi
}

/* mailslot_wake_client_pollers(), in a section of the lock of its own. */
inline wake_client()
{
	if
	:: nonblock ->
		atomic {
			!locked ->
			if
			:: !dead && refused && !line[0] && fits(1) ->
				refused = 0;
				sleeping[1] = 0
			:: else
			fi
		}
	:: else
	fi
}

/*
 * serve_line(), with the lock held and the first writer's turn: its message, or a piece of it. Who
 * has the lock begins anew unless the message is what was begun last.
 */
inline queue_first()
{
	atomic {
		other = line[0] - 1;
		if
		:: is_long(other) && part != other + 1 ->
			got[other] = (TAKES_OVER -> got[other] : 0);
			part = other + 1
		:: else
		fi
	}
	copy_piece(other);
	atomic {
		if
		:: is_long(other) -> part_grow(other)
		:: else
		fi;
		if
		:: is_long(other) && got[other] < size_of(other)
		:: else ->
			commit(other);
			leave(other);
			done[other] = 1;
			sleeping[other] = 0;
			told = 1
		fi;
		other = 0
	}
}

/* mailslot_ring_serve(): until a look at the head behind the last kick finds nobody's turn. */
inline serve(no_return)
{
	notice_all(no_return);
	if
	:: NEWS_ONLY && !news
	:: else ->
		do
		:: !dead && helps ->
			if
			:: due -> queue_first()
			:: else
			fi;
			want();
			unlock();
			stop();
			wake_client();
			lock();
			if
			:: !NO_REREAD -> notice_all(no_return)
			:: else
			fi
		:: else -> break
		od
	fi;
	news = 0
}

/* After unlocking: mailslot_wake_server_pollers(). */
inline wake_pollers()
{
	if
	:: SHARED_FLAG && flag ->
		event = 1;
		flag = 0
	:: !SHARED_FLAG && ACTIVE_EARLY && early -> event = 1
	:: !SHARED_FLAG && !ACTIVE_EARLY && polling -> event = 1
	:: else
	fi
}

/* ring_admit(), with the lock held: one look at the head, where that may help. */
inline admit(writer)
{
	if
	:: !dead && !admitted(writer) -> notice()
	:: else
	fi;
	count = 0
}

/* A page of the writer's is missing. */
inline fault()
{
	faulted < faults -> faulted++
}

/* send_locked() */
inline send_short(writer)
{
	lock();
	admit(writer);
	if
	:: dead && !DEAD_ENTERS -> gone = 1
	:: (!dead || DEAD_ENTERS) && admitted(writer) ->
		if
		:: note_order(writer);
			copy_cell(filled, message_of(writer));
			atomic {
				commit(writer);
				told = 1
			}
		:: fault();
			first_half[place(filled)] = message_of(writer);
			atomic {
				copy_cell(filled, 0);
				part = (FAULT_KEEPS -> part : 0);
				slow = 1
			}
		fi
	:: else -> slow = 1
	fi;
	unlock()
}

/* What a writer gave up half way: mailslot_ring_forget(). */
inline forget(writer)
{
	atomic {
		!locked ->
		part = (part == writer + 1 -> 0 : part);
		got[writer] = (TAKES_OVER -> got[writer] : 0)
	}
	do
	:: atomic { !locked && !dead && to_be_cleared && !LEAVES_BYTES -> clear_cell() }
	:: atomic { !locked && (dead || !to_be_cleared || LEAVES_BYTES) -> break }
	od
}

/* send_parts(): one cell in a section of the lock. */
inline send_long(writer)
{
	do
	:: told || gone -> break
	:: slow ->
		if
		:: got[writer] -> forget(writer)
		:: else
		fi;
		break
	:: else ->
		lock();
		if
		:: !got[writer] -> admit(writer)
		:: else
		fi;
		if
		:: dead && !(DEAD_GOES_ON && got[writer]) && !DEAD_ENTERS -> gone = 1
		:: (!dead || DEAD_GOES_ON || DEAD_ENTERS) &&
		   (got[writer] -> part != writer + 1 && !GOES_ON : !admitted(writer)) ->
			slow = 1
		:: else ->
			part = (got[writer] -> part : writer + 1);
			if
			:: copy_piece(writer);
				atomic {
					part_grow(writer);
					if
					:: got[writer] == size_of(writer) ->
						commit(writer);
						told = 1
					:: else
					fi
				}
			:: fault();
				first_half[place(filled + got[writer])] = message_of(writer);
				atomic {
					part_grow(writer);
					slow = 1
				}
			fi
		fi;
		unlock();
		stop()
	od
}

/* A signal ends the writer's time in line. */
inline give_up(writer)
{
	atomic {
		if
		:: line[0] == writer + 1 -> leave(other)
		:: line[1] == writer + 1 -> line[1] = 0
		fi;
		other = 0;
		sleeping[writer] = 0;
		given_up = given_up + size_of(writer)
	}
}

/* Stand in line until the message is queued. */
inline await_room(writer)
{
	join(writer);
	want();
	if
	:: !NO_REREAD -> serve(CAP_SLEEPS)
	:: else
	fi;
	unlock();
	if
	:: !sleeping[writer]
	:: signalled < signals -> signalled++
	fi;
	lock();
	/* mailslot_leave_line() */
	if
	:: done[writer] -> told = 1
	:: !done[writer] && dead -> gone = 1
	:: !done[writer] && !dead -> give_up(writer)
	fi;
	do
	:: !dead ->
		if
		:: due -> queue_first()
		:: else
		fi;
		want();
		if
		:: due ->
			unlock();
			lock()
		:: else -> break
		fi
	:: dead -> break
	od;
	unlock();
	wake_client();
	if
	:: !done[writer] -> forget(writer)
	:: else
	fi
}

/* The message is whole in the kernel, and is queued. */
inline queue_short(writer)
{
	note_order(writer);
	copy_cell(filled, message_of(writer));
	atomic {
		commit(writer);
		told = 1
	}
	unlock()
}

/* outgoing_refused(), and the wait for an edge, after which the message is written once more. */
inline refuse(writer)
{
	atomic {
		refused = 1;
		sleeping[writer] = 1
	}
	want();
	if
	:: !NO_REFUSED_LOOK -> serve(0)
	:: else
	fi;
	if
	:: !dead && admitted(writer) -> queue_short(writer)
	:: else ->
		unlock();
		!sleeping[writer];
		number[writer]--
	fi
}

/* The slow way, with the message whole in the kernel: a long one stands in line in any case. */
inline enter(writer)
{
	lock();
	serve(0);
	if
	:: dead && !DEAD_ENTERS ->
		gone = 1;
		unlock()
	:: (!dead || DEAD_ENTERS) && admitted(writer) && !is_long(writer) -> queue_short(writer)
	:: else ->
		if
		:: nonblock && writer -> refuse(writer)
		:: else -> await_room(writer)
		fi
	fi
}

proctype writer(byte me)
{
	byte given, count, upto, other;
	bit told, early, slow, gone, news;

	do
	:: number[me] < messages_of(me) && !gone ->
		atomic {
			number[me]++;
			early = ACTIVE_EARLY && polling;
			told = 0;
			slow = 0
		}
		if
		:: is_long(me) -> send_long(me)
		:: else -> send_short(me)
		fi;
		if
		:: slow -> enter(me)
		:: else
		fi;
		if
		:: told -> wake_pollers()
		:: else
		fi
	:: else -> break
	od;
	running--
}

/* A call of the reader's that gets to its head: the own processor sees its own stores. */
inline call_kernel()
{
	lock();
	atomic {
		head = (buffered -> mine : head);
		buffered = 0
	}
	if
	:: WAIT_ONLY -> notice_all(0)
	:: else -> serve(CAP_RETURNS)
	fi
}

inline look_at_kick()
{
	seen = kick;
	if
	:: seen && mine + 1 >= seen ->
		call_kernel();
		unlock()
	:: else
	fi;
	seen = 0
}

#define size_here	cells_of(order[mine])

inline read_message()
{
	if
	:: HEAD_FIRST -> head = mine + size_here
	:: else
	fi;
	do
	:: cell < size_here ->
		must(NOT_WHOLE, first_half[place(mine + cell)] == order[mine + cell]);
		must(NOT_WHOLE, second_half[place(mine + cell)] == order[mine + cell]);
		cell++
	:: else -> break
	od
}

proctype reader()
{
	byte me = NOBODY, seen, given, count, upto, other, cell;
	bit told, news;

	polling = EDGE;
	do
	:: tail != mine ->
		read_message();
		atomic {
			/* A store that waits in the buffer is overtaken by a newer one to the same word. */
			mine = mine + cell;
			buffered = 1;
			cell = 0
		}
		look_at_kick()
	:: tail == mine && WAITER ->
		if
		:: NO_SECOND_LOOK ->
			call_kernel();
			unlock();
			lock();
			asleep = 1
		:: else ->
			call_kernel();
			/* Who finds messages that are read but not counted yet comes back. */
			asleep = (head == filled && noticed == filled && !dead)
		fi;
		if
		:: dead && !asleep && tail == mine ->
			unlock();
			break
		:: else -> unlock()
		fi;
		!asleep
	:: tail == mine && POLLER && !SHARED_FLAG ->
		event = 0;
		polling = 1;
		call_kernel();
		if
		:: head != filled -> unlock()
		:: head == filled && dead ->
			unlock();
			break
		:: else ->
			unlock();
			event
		fi;
		polling = 0
	:: tail == mine && POLLER && SHARED_FLAG ->
		event = 0;
		flag = 1;
		!buffered;
		look_at_kick();
		if
		:: tail == mine -> event
		:: else
		fi
	:: tail == mine && EDGE ->
		if
		:: !NO_FENCE -> !buffered
		:: else
		fi;
		look_at_kick();
		if
		:: tail != mine
		:: tail == mine && dead -> break
		:: else ->
			event;
			event = 0
		fi
	:: tail == mine && SPINNER && kick && mine + 1 >= kick ->
		look_at_kick()
	:: tail == mine && SPINNER && dead -> break
	od;
	ended = 1
}

/* GET_INFO: mailslot_ring_settle(), which counts what was read and hands out no room. */
proctype asker()
{
	byte given, count, upto;
	bit news;

	lock();
	notice_all(0);
	unlock()
}

/* A reader that stores what it likes. */
proctype hostile()
{
	byte times;

	do
	:: times < 4 ->
		times++;
		if
		:: head = 0
		:: head = 1
		:: head = 2
		:: head = 4
		:: head = 7
		:: head = 255
		:: head = tail
		fi
	:: break
	od
}

/* The processor writes its store buffer out, some time. */
active proctype store_buffer()
{
end:	do
	:: atomic { buffered -> head = mine; buffered = 0 }
	od
}

/* The last close of the server end. */
proctype killer()
{
	byte other;

	lock();
	dead = 1;
	do
	:: line[0] ->
		leave(other);
		sleeping[other] = 0
	:: else -> break
	od;
	sleeping[1] = 0;
	if
	:: !DEATH_SILENT -> asleep = 0
	:: else
	fi;
	unlock();
	/* mailslot_ring_kill(): the ring is the killer's alone. */
	atomic {
		part = 0;
		do
		:: stray -> clear_cell()
		:: else -> break
		od
	}
	if
	:: !DEATH_SILENT -> event = 1
	:: else
	fi
}

/* Nothing happens any more. */
proctype judge()
{
	atomic {
		timeout;
		/* Nobody was let in after death. */
		must(LOST_OR_DOUBLED, filled <= all_cells - given_up);
		must(READER_ASLEEP, HOSTILE || tail == mine);
		must(READER_ASLEEP, HOSTILE || !dead || ended);
		must(WRITER_ASLEEP, !line[0] || HOSTILE || stopped || mine + capacity < filled + size_of(line[0] - 1));
		must(WRITER_ASLEEP, (!dead && HOSTILE) || running == stopped);
		must(LOST_OR_DOUBLED, HOSTILE || dead || stopped || filled == all_cells - given_up);
		must(NOT_CLEARED, HOSTILE || stopped || (!stray && !part))
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
			messages = given("MESSAGES");
			longs = given("LONGS");
			both = given("BOTH");
			capacity = given("CAPACITY");
			apart = given("APART");
			cap = given("CAP");
			faults = given("FAULTS");
			signals = given("SIGNALS");
			nonblock = given("NONBLOCK");
			stops = given("STOPS");
			asking = given("ASKS");
			mode = given("MODE");
			closing = given("DEATH");
			twin = given("TWIN");
		};
		assert(cap && all_cells <= MOST && capacity <= 3);
		run writer(0);
		run writer(1);
		if
		:: HOSTILE -> run hostile()
		:: else -> run reader()
		fi;
		if
		:: asking -> run asker()
		:: else
		fi;
		if
		:: closing -> run killer()
		:: else
		fi;
		run judge()
	}
}
