/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring's protocol: two writers behind the slot's lock, one reader without it, and the words
 * that they share. docs/ring.rst says what is proved, README.rst which step is which function of
 * kmod/. Each access of a shared word is a step of its own, also where the lock is held, as the
 * reader takes no lock. The reader's store of the head may stay in its processor's store buffer
 * while later loads go ahead.
 */

/* The configuration, from the environment. */
hidden byte messages;	/* of each writer */
hidden byte capacity;	/* messages that the ring holds */
hidden byte apart;	/* messages that the reader gives back between two calls of the kernel */
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

#define MOST	6	/* messages in all */
#define NOBODY	255

/* A law, by its number, for the runner to name. */
#define must(law, holds)	assert((holds) || starved == law)
#define NOT_WHOLE	221	/* a message is read before it is whole, or after its space is given back */
#define LOST_OR_DOUBLED	222	/* or out of order */
#define READER_ASLEEP	223	/* the reader sleeps beside a message, or after death */
#define WRITER_ASLEEP	224	/* a writer sleeps beside room, or after death */
#define MISCOUNTED	225	/* the kernel's head leaves the ring */
hidden byte starved = NOBODY;	/* the runner looks for this name; nobody is starved here */

/* Shared with the reader. */
byte head;		/* the reader's store */
byte tail;		/* the kernel's */
byte kick;		/* the kernel's: 0, or 1 + the head at which it wants to be called */
bit flag;		/* SHARED_FLAG's */
byte first_half[3];	/* of the bytes of the message in each place */
byte second_half[3];

/* Under slot->lock. */
bit locked;
bit dead;
byte noticed;		/* the head that the kernel knows */
byte filled;		/* the kernel's own tail */
byte order[MOST];	/* the messages, in the order they entered */
byte line[2];		/* writers, the first first, as 1 + writer; or 0 */
bit done[2];		/* the message of a writer in line is queued */

/* The scheduler's and the wait queue's. */
bit asleep;		/* the reader, in RING_WAIT */
bit polling;		/* its entry is on the wait queue */
bit event;		/* the entry was woken */
bit sleeping[2];	/* writers */
byte number[2];		/* messages that a writer has begun */

/* The reader's, and its store buffer. */
byte mine;		/* its head */
bit buffered;
bit ended;		/* the reader has */
byte running = 2;	/* writers that are not through */

/* The message that a writer writes. */
#define message_of(writer)	((writer) + 1 + 2 * number[writer])
#define place(position)	((position) % capacity)
#define room		(noticed + capacity > filled)
#define lock()		atomic { !locked -> locked = 1 }
#define unlock()	locked = 0

#define believable(position)	((position) >= noticed && (position) <= filled)

/* The kernel's one read of the head. What cannot be is taken for no news. */
inline notice()
{
	atomic {
		seen = head;
		if
		:: !READ_TWICE && (NO_CHECK || believable(seen)) -> noticed = seen
		:: else
		fi
	}
	if
	:: READ_TWICE && believable(seen) -> noticed = head
	:: else
	fi;
	must(MISCOUNTED, noticed <= filled && filled - noticed <= capacity)
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

inline append(message)
{
	atomic {
		must(LOST_OR_DOUBLED, filled < MOST);
		order[filled] = message
	}
	if
	:: TAIL_FIRST -> tail = filled + 1
	:: else
	fi;
	first_half[place(filled)] = message;
	second_half[place(filled)] = message;
	atomic {
		filled++;
		tail = filled;
		/* mailslot_wake_reader(), under the lock: the reader cannot tell the order. */
		asleep = 0
	}
}

/* What the line wants of the reader. */
inline want()
{
	if
	:: !line[0] -> kick = 0
	:: line[0] && KICK_FAR -> kick = noticed + apart + 1
	:: line[0] && !KICK_FAR ->
		kick = (noticed + apart < filled -> noticed + apart : filled) + 1
	fi
}

/* mailslot_ring_serve(): until a look at the head behind the last kick finds no room for anybody. */
inline serve()
{
	notice();
	do
	:: room && line[0] ->
		leave(other);
		append(message_of(other));
		atomic {
			done[other] = 1;
			sleeping[other] = 0;
			told = 1
		}
		want();
		if
		:: !NO_REREAD -> notice()
		:: else
		fi
	:: else -> break
	od
}

/* After unlocking: mailslot_wake_servers(). */
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

proctype writer(byte me)
{
	byte seen, other;
	bit told, early, entered;

	do
	:: number[me] < messages ->
		number[me]++;
		early = polling;
		told = 0;
		lock();
		notice();
		if
		:: dead && !DEAD_ENTERS ->
			unlock();
			break
		:: else
		fi;
		if
		:: room && !line[0] ->
			append(message_of(me));
			told = 1;
			unlock()
		:: else ->
			join(me);
			want();
			if
			:: !NO_REREAD -> serve()
			:: else
			fi;
			unlock();
			!sleeping[me];
			lock();
			entered = done[me];
			unlock();
			if
			:: !entered -> break
			:: else -> told = 1
			fi
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
	:: WAIT_ONLY -> notice()
	:: else -> serve()
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
	fi
}

inline read_message()
{
	if
	:: HEAD_FIRST -> head = mine + 1
	:: else
	fi;
	seen = first_half[place(mine)];
	must(NOT_WHOLE, seen == order[mine]);
	seen = second_half[place(mine)];
	must(NOT_WHOLE, seen == order[mine])
}

proctype reader()
{
	byte seen, other;
	bit told;

	polling = EDGE;
	do
	:: tail != mine ->
		read_message();
		atomic {
			/* A store that waits in the buffer is overtaken by a newer one to the same word. */
			mine++;
			buffered = 1
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
			asleep = (noticed == filled && !dead)
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
		:: noticed != filled -> unlock()
		:: noticed == filled && dead ->
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
	if
	:: !DEATH_SILENT -> asleep = 0
	:: else
	fi;
	unlock();
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
		must(LOST_OR_DOUBLED, filled <= 2 * messages);
		must(READER_ASLEEP, HOSTILE || tail == mine);
		must(READER_ASLEEP, HOSTILE || !dead || ended);
		must(WRITER_ASLEEP, !line[0] || HOSTILE || mine + capacity <= filled);
		must(WRITER_ASLEEP, !dead || !running);
		must(WRITER_ASLEEP, HOSTILE || !running)
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
			capacity = given("CAPACITY");
			apart = given("APART");
			mode = given("MODE");
			closing = given("DEATH");
			twin = given("TWIN");
		};
		assert(2 * messages <= MOST && capacity <= 3);
		run writer(0);
		run writer(1);
		if
		:: HOSTILE -> run hostile()
		:: else -> run reader()
		fi;
		if
		:: closing -> run killer()
		:: else
		fi;
		run judge()
	}
}
