/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of an instance: names, entries, slots, directories that go by themselves, the super
 * block, the module. README.rst says what is proved, and which step is which function of kmod/. A
 * directory's lock is held over several steps; an atomic sequence is what no other task sees half.
 */

/* The configuration, from the environment. */
hidden byte creators;	/* tasks that make a slot, serve for a while, and close its server end */
hidden byte levels;	/* directories in the name that CREATE is given */
hidden byte own;	/* has each creator a directory name of its own? */
hidden byte same;	/* do all slots have one name? */
hidden byte by_open;	/* does the last creator call open(2), which makes no directory? */
hidden byte openers;	/* tasks that open a client end by path, and close it */
hidden byte leaves;	/* does a client leave a message in line, for a work item? */
hidden byte unlinkers;	/* tasks that call unlink(2) */
hidden byte rmdirs;	/* tasks that call rmdir(2) */
hidden byte listers;	/* tasks that call LIST */
hidden byte stopper;	/* does a task hold the lock of a directory, for ever if it likes? */
hidden byte namer;	/* is there a CREATE of the directory's name, after the slots in it? */
hidden byte umount;	/* is the file system unmounted? 2: even while it is busy */
hidden byte limit;	/* max_slots */
hidden byte twin;	/* what is broken: */

#define NAME_LATE	(twin == 1)	/* close returns before the name is gone */
#define TWO_REMOVERS	(twin == 2)	/* NAMELESS is tested in one step and set in another */
#define INODE_HOLDS_NONE (twin == 3)	/* the inode has no reference of its slot */
#define DEAD_IGNORED	(twin == 4)	/* an opener does not look whether the slot is dead */
#define LOOK_NO_SUPER	(twin == 5)	/* a queued look does not hold the super block */
#define LOOK_NO_DENTRY	(twin == 6)	/* or not the dentry */
#define NO_HOLD		(twin == 7)	/* CREATE does not hold the directories on its way */
#define UNHOLD_SILENT	(twin == 8)	/* who takes the last hold queues no look */
#define GONE_LATE	(twin == 9)	/* rmdir cancels the look, and sets gone after that */
#define NO_LOOK_BACK	(twin == 10)	/* a look that queues itself again does not look at gone */
#define LOOK_WAITS	(twin == 11)	/* a look waits for the lock of its directory */
#define CLOSE_LOCKS	(twin == 12)	/* the death of a slot takes the directory's lock */
#define RMDIR_BLIND	(twin == 13)	/* rmdir does not look at the holds */
#define NOT_DEAD	(twin == 14)	/* a look does not set S_DEAD */
#define LEFT_EARLY	(twin == 15)	/* the look is queued before the name is gone */
#define UNCOUNT_LATE	(twin == 16)	/* the slot is uncounted after its file has let go */
#define NO_OWNER	(twin == 17)	/* the file system's type does not hold the module */
#define NO_SETTLE	(twin == 18)	/* CREATE does not let directories go that stand in its way */
#define LOOK_LEAKS	(twin == 19)	/* who finds a look queued keeps its references */
#define COUNT_IN_TWO	(twin == 20)	/* the limit is looked at in one step, the count raised in another */
#define LIST_NO_RCU	(twin == 21)	/* LIST looks at the table of slots without RCU */
#define EXIT_NO_WAIT	(twin == 22)	/* the module's exit does not wait for the last slot */
#define NO_AGAIN	(twin == 23)	/* a look that found a lock taken does not come again */
#define SETTLE_QUEUE	(twin == 24)	/* CREATE flushes the queue, and no look that was put off */
#define WINNER_ALONE	(twin == 25)	/* close leaves the name to the unlink that came before it */

/* A law, by its number, for the runner to name. */
#define must(law, holds)	assert((holds) || starved == law)
#define FOUND_DEAD	231	/* a name is found after its slot's death */
#define USED_FREED	232	/* something is used after it was freed, or freed twice */
#define OPENED_DEAD	233	/* a client end of a dead slot is opened */
#define MISCOUNTED	234	/* a limit is exceeded, or a count does not return to zero */
#define LEFT_BEHIND	235	/* something is left when the super block ends */
#define CREATE_LOST	236	/* CREATE meets a directory that went away under it */
#define ORPHAN		237	/* an entry is made in a directory that is gone */
#define STAYS		238	/* an empty directory stays */
#define STOPPED		239	/* who holds a directory's lock stops others */
#define IN_THE_WAY	240	/* a directory that should have gone keeps its name from CREATE */
#define UNLOADED	241	/* the module is unloaded while something of it lives */
#define STUCK		242	/* a task is stuck, or something is never freed */
hidden byte starved = 255;	/* the runner looks for this name; nobody is starved here */

#define NOBODY		255
#define ROOT		0
#define FIRST_SLOT	5	/* entries before it are directories */
#define MOST		8

#define is_slot(e)	((e) >= FIRST_SLOT)

/* Each entry: its dentry and its inode, which live equally long. */
byte parent[MOST];
byte label[MOST];
bit hashed[MOST];		/* lookups find it */
byte refs[MOST];		/* of the dentry: the name, files, walks, looks, and children's d_parent */
bit freed[MOST];
byte made = 1;			/* directories that were ever made, the root with them */

/* Directories. */
bit locked[FIRST_SLOT];
byte children[FIRST_SLOT];	/* with a name: simple_empty() */
bit deaf[FIRST_SLOT];		/* S_DEAD */
bit gone[FIRST_SLOT];
byte holds[FIRST_SLOT];
byte work[FIRST_SLOT];		/* the look at it: */
#define IDLE	0
#define QUEUED	1		/* in the queue */
#define LATER	2		/* in its timer */

/* Slots. */
byte references[MOST];
bit dead[MOST];
bit nameless[MOST];
bit tabled[MOST];		/* in mailslot_slots */
bit closed[MOST];		/* the close(2) of the server end has returned */
bit slot_freed[MOST];
bit memory_gone[MOST];		/* of slot and dentry, a grace period later */

/* The file system, and the module. */
bit mounted = 1;
byte mount_refs = 1;		/* of the mount: itself, and paths */
byte s_active = 1;
bit ended;			/* the super block, and the instance with its counts */
byte entries;			/* what quota.c counts */
byte module_refs = 1;		/* the super block's, and files' */
bit unloaded;

bit worker_runs;
bit rcu;			/* LIST is between rcu_read_lock() and rcu_read_unlock() */
byte busy;			/* tasks that are not through */
byte closing;			/* of them, those that close a server end */
byte stopped_at = NOBODY;	/* the directory whose lock a task keeps */

byte left = NOBODY;		/* a slot that a work item holds */
byte faults;			/* opens that still fail after the slot was made */

hidden byte f, v, w;

/* A lookup by name, in the children that are hashed. */
inline find(dir, what)
{
	f = NOBODY;
	for (v : 1 .. MOST - 1) {
		if
		:: hashed[v] && parent[v] == dir && label[v] == what -> f = v
		:: else
		fi
	}
}

inline get(e)
{
	must(USED_FREED, refs[e] > 0 && !freed[e]);
	refs[e]++
}

/* mailslot_quota_del(), and the user's */
inline uncount()
{
	must(USED_FREED, !ended);
	must(MISCOUNTED, entries > 0);
	entries--
}

/* mailslot_slot_put() */
inline put_slot(e)
{
	must(USED_FREED, references[e] > 0);
	references[e]--;
	if
	:: !references[e] ->
		slot_freed[e] = 1;
		memory_gone[e] = !rcu || LIST_NO_RCU
	:: else
	fi
}

inline unhash(e)
{
	if
	:: hashed[e] ->
		hashed[e] = 0;
		children[parent[e]]--
	:: else
	fi
}

/* dput(): the last one frees the inode, and the reference of the directory it is in. */
inline put(e)
{
	w = e;
	do
	:: w != NOBODY ->
		must(USED_FREED, refs[w] > 0 && !freed[w]);
		refs[w]--;
		if
		:: refs[w] -> break
		:: else ->
			freed[w] = 1;
			unhash(w);
			if
			:: is_slot(w) && !INODE_HOLDS_NONE -> put_slot(w)
			:: is_slot(w) && INODE_HOLDS_NONE
			:: !is_slot(w) && w -> uncount()
			:: !w
			fi;
			w = parent[w]
		fi
	:: else -> break
	od
}

/* kill_super(): names that are left go first. */
inline end_super()
{
	for (v : 1 .. FIRST_SLOT - 1) {
		if
		:: hashed[FIRST_SLOT - v] ->
			unhash(FIRST_SLOT - v);
			put(FIRST_SLOT - v)
		:: else
		fi
	}
	put(ROOT);
	for (v : 0 .. MOST - 1) {
		must(LEFT_BEHIND, !refs[v])
	}
	must(MISCOUNTED, entries == 0);
	ended = 1;
	if
	:: !NO_OWNER -> module_refs--
	:: else
	fi
}

/* deactivate_super() */
inline put_super()
{
	must(USED_FREED, s_active > 0 && !ended);
	s_active--;
	if
	:: !s_active -> end_super()
	:: else
	fi
}

inline put_mount()
{
	mount_refs--;
	if
	:: !mount_refs -> put_super()
	:: else
	fi
}

inline put_look(d)
{
	if
	:: !LOOK_NO_DENTRY -> put(d)
	:: else
	fi;
	if
	:: !LOOK_NO_SUPER -> put_super()
	:: else
	fi
}

inline queue_look(d, when)
{
	must(USED_FREED, !freed[d] && s_active > 0);
	if
	:: work[d] == IDLE || LOOK_LEAKS ->
		if
		:: !LOOK_NO_DENTRY -> get(d)
		:: else
		fi;
		s_active = s_active + !LOOK_NO_SUPER
	:: else
	fi;
	if
	:: work[d] == IDLE -> work[d] = when
	:: else
	fi
}

inline dir_left(d)
{
	if
	:: d != ROOT -> queue_look(d, QUEUED)
	:: else
	fi
}

inline forget_look(d)
{
	if
	:: work[d] != IDLE ->
		work[d] = IDLE;
		put_look(d)
	:: else
	fi
}

/* An entry is made, with a name. */
inline add(e, dir, what)
{
	must(ORPHAN, hashed[dir] || dir == ROOT);
	parent[e] = dir;
	label[e] = what;
	get(dir);
	refs[e] = 1;
	hashed[e] = 1;
	children[dir]++
}

/* A path, and a file of one. The root directory is open in all tasks that do something. */
inline begin()
{
	mount_refs++;
	module_refs++;
	get(ROOT)
}

inline finish()
{
	module_refs--;
	put(ROOT);
	put_mount()
}

/* mailslot_slot_kill(), and what __fput() does behind it. */
inline close_server(e)
{
	atomic { dead[e] = 1; closing++ };
	if
	:: CLOSE_LOCKS -> atomic { !locked[parent[e]] -> locked[parent[e]] = 1 }
	:: NAME_LATE -> closed[e] = 1
	:: !CLOSE_LOCKS && !NAME_LATE
	fi;
	if
	:: atomic { !nameless[e] && !TWO_REMOVERS -> nameless[e] = 1 };
taken:		if
		:: atomic { LEFT_EARLY -> dir_left(parent[e]) }
		:: !LEFT_EARLY
		fi;
		atomic { unhash(e) };
		if
		:: atomic { !LEFT_EARLY -> dir_left(parent[e]) }
		:: LEFT_EARLY
		fi;
		atomic { put(e) }
	:: !nameless[e] && TWO_REMOVERS ->
		nameless[e] = 1;
		goto taken
	:: else ->
		/* unlink(2) won, and may be stopped before the name is gone. */
		if
		:: atomic { !WINNER_ALONE -> unhash(e) }
		:: else
		fi
	fi;
	if
	:: CLOSE_LOCKS -> locked[parent[e]] = 0
	:: else
	fi;
	atomic {
		tabled[e] = 0;
		if
		:: !UNCOUNT_LATE -> uncount()
		:: else
		fi;
		put_slot(e)
	};
	/* The file lets go of the module, and of its path. */
	atomic {
		module_refs--;
		put(e);
		put_mount();
		if
		:: UNCOUNT_LATE -> uncount()
		:: else
		fi;
		must(FOUND_DEAD, !hashed[e]);
		closed[e] = 1;
		closing--
	}
}

inline lock(d)
{
	atomic { !locked[d] -> locked[d] = 1 }
}

inline unlock(d)
{
	locked[d] = 0
}

/* leave(): a hold and a reference are given back. */
inline leave(d)
{
	if
	:: d == ROOT || NO_HOLD
	:: else ->
		atomic { holds[d]--; last = !holds[d] };
		if
		:: atomic { last && !children[d] && !UNHOLD_SILENT -> dir_left(d) }
		:: else
		fi
	fi;
	atomic { put(d) }
}

/* CREATE, or open(O_CREAT | O_EXCL): the slot, and then its end. */
proctype creator(byte me)
{
	byte at = ROOT, next, level, key = (own -> me : 0), e = FIRST_SLOT + me;
	bit last, opens = (by_open && me == creators - 1), room;

	atomic {
		if
		:: mounted ->
			begin();
			get(ROOT)	/* walk()'s */
		:: else -> goto out
		fi
	};
	do
	:: level < levels ->
		/* enter(), which open(2) does without making or holding anything */
		lock(at);
		room = 1;
		if
		:: COUNT_IN_TWO -> room = (entries < limit)
		:: else
		fi;
		atomic {
			must(CREATE_LOST, !deaf[at] || opens);
			find(at, key);
			next = f;
			if
			:: next == NOBODY && !deaf[at] && !opens && room && (entries < limit || COUNT_IN_TWO) ->
				entries++;
				must(MISCOUNTED, entries <= limit);
				next = made;
				made++;
				add(next, at, key)
			:: else
			fi;
			if
			:: next != NOBODY && is_slot(next) -> next = NOBODY
			:: else
			fi;
			if
			:: next != NOBODY ->
				get(next);
				holds[next] = holds[next] + (!NO_HOLD && !opens)
			:: else
			fi;
			unlock(at)
		};
		if
		:: opens -> atomic { put(at) }
		:: else -> leave(at)
		fi;
		at = next;
		next = 0;
		key = 0;
		last = 0;
		level++;
		if
		:: at == NOBODY -> goto failed
		:: else
		fi
	:: else -> break
	od;
	/* dir_atomic_open() */
	key = 10 + (same -> 0 : me);
	lock(at);
	room = 1;
	if
	:: COUNT_IN_TWO -> room = (entries < limit)
	:: else
	fi;
	atomic {
		must(CREATE_LOST, !deaf[at] || opens);
		find(at, key);
		if
		:: deaf[at] || f != NOBODY || !room || (entries >= limit && !COUNT_IN_TWO) ->
			e = NOBODY;
			unlock(at)
		:: else ->
			entries++;
			must(MISCOUNTED, entries <= limit);
			add(e, at, key);
			references[e] = 1 + !INODE_HOLDS_NONE;
			tabled[e] = 1;
			/* the file's: dentry, mount, module */
			get(e);
			mount_refs++;
			module_refs++
		fi
	};
	if
	:: e == NOBODY
	:: else ->
		if
		:: atomic { faults > 0 -> faults-- };
			/* finish_open() failed: mailslot_slot_kill() with the directory locked */
			close_server(e);
			unlock(at);
			e = NOBODY
		:: unlock(at)
		fi
	fi;
	if
	:: opens -> atomic { put(at) }
	:: else -> leave(at)
	fi;
failed:	at = 0;
	last = 0;
	atomic { finish() };
	if
	:: e != NOBODY && level == levels && references[e] -> close_server(e)
	:: else
	fi;
out:	busy--
}

/* open(2) of a slot's path by a client, and its close. */
proctype opener()
{
	byte at, e;

	atomic {
		if
		:: mounted -> begin()
		:: else -> goto out
		fi
	};
	/* The walk takes no lock. */
	if
	:: levels ->
		atomic {
			find(ROOT, 0);
			at = f;
			if
			:: at == NOBODY || is_slot(at) -> goto none
			:: else -> get(at)
			fi
		}
	:: else -> at = ROOT
	fi;
	atomic {
		find(at, 10);
		e = f;
		if
		:: e != NOBODY ->
			must(FOUND_DEAD, !closed[e]);
			get(e)
		:: else
		fi;
		if
		:: at != ROOT -> put(at)
		:: else
		fi;
		at = 0;
		if
		:: e == NOBODY -> goto none
		:: else
		fi
	};
	/* slot_open() */
	atomic {
		must(USED_FREED, !slot_freed[e] && references[e] > 0);
		references[e]++
	};
	/* mailslot_client_begin(), in slot->lock */
	if
	:: atomic { !dead[e] || DEAD_IGNORED ->
		must(OPENED_DEAD, !dead[e]);
		module_refs++;
		mount_refs++ };
		atomic {
			/* mailslot_outgoing_post(): the work item holds the slot, and nothing else. */
			if
			:: leaves && left == NOBODY ->
				left = e;
				references[e]++
			:: else
			fi;
			put_slot(e);
			module_refs--;
			put(e);
			put_mount()
		}
	:: atomic { dead[e] && !DEAD_IGNORED -> put_slot(e); put(e) }
	fi;
none:	atomic { e = 0; at = 0; finish() };
out:	busy--
}

/* The work item of a message that was left in line: the slot is dead by now. */
proctype leftover()
{
	atomic { left != NOBODY && dead[left] -> left = left };
	atomic { put_slot(left); left = NOBODY }
}

/* unlink(2) */
proctype unlinker()
{
	byte at, e;

	atomic {
		if
		:: mounted -> begin()
		:: else -> goto out
		fi
	};
	if
	:: levels ->
		atomic {
			find(ROOT, 0);
			at = f;
			if
			:: at == NOBODY || is_slot(at) -> goto none
			:: else -> get(at)
			fi
		}
	:: else -> atomic { at = ROOT; get(at) }
	fi;
	lock(at);
	atomic {
		find(at, 10);
		e = f;
		if
		:: e != NOBODY -> get(e)
		:: else
		fi
	};
	if
	:: atomic { e != NOBODY && !nameless[e] && !TWO_REMOVERS -> nameless[e] = 1 };
rest:		atomic { dir_left(at) };
		atomic { put(e) };
		/* d_delete() */
		atomic { unhash(e) };
		unlock(at);
		atomic { put(e) }
	:: e != NOBODY && !nameless[e] && TWO_REMOVERS ->
		nameless[e] = 1;
		goto rest
	:: atomic { e != NOBODY && nameless[e] -> unlock(at); put(e) }
	:: e == NOBODY -> unlock(at)
	fi;
	atomic { put(at) };
none:	atomic { e = 0; at = 0; finish() };
out:	busy--
}

/* rmdir(2) of the first directory in the root */
proctype remover()
{
	byte d;

	atomic {
		if
		:: mounted -> begin()
		:: else -> goto out
		fi
	};
	lock(ROOT);
	atomic {
		find(ROOT, 0);
		d = f;
		if
		:: d == NOBODY || is_slot(d) ->
			unlock(ROOT);
			goto none
		:: else -> get(d)
		fi
	};
	lock(d);
	if
	:: (holds[d] && !RMDIR_BLIND) || children[d] -> unlock(d)
	:: else ->
		/* mailslot_dir_gone() */
		if
		:: GONE_LATE -> atomic { forget_look(d) }; gone[d] = 1
		:: else -> gone[d] = 1; atomic { forget_look(d) }
		fi;
		atomic { put(d) };
		/* vfs_rmdir() */
		atomic { deaf[d] = 1; unlock(d) };
		atomic { unhash(d) }
	fi;
	unlock(ROOT);
	atomic { put(d) };
none:	atomic { d = 0; finish() };
out:	busy--
}

/* LIST: one slot of the table */
proctype lister()
{
	byte e;

	atomic {
		if
		:: mounted -> begin()
		:: else -> goto out
		fi
	};
	/* mailslot_entry_next(), entry_get() */
	atomic {
		rcu = 1;
		e = FIRST_SLOT;
		do
		:: e < MOST && !tabled[e] -> e++
		:: else -> break
		od;
		if
		:: e == MOST ->
			rcu = 0;
			goto none
		:: else
		fi
	};
	atomic {
		must(USED_FREED, !memory_gone[e]);
		rcu = 0;
		for (v : FIRST_SLOT .. MOST - 1) {
			memory_gone[v] = slot_freed[v]
		};
		if
		:: freed[e] -> goto none
		:: else -> get(e)
		fi
	};
	atomic {
		must(USED_FREED, !slot_freed[e]);
		/* Told, if it has a name. */
		must(FOUND_DEAD, !hashed[e] || !closed[e])
	};
	atomic { put(e) };
none:	atomic { e = 0; finish() };
out:	busy--
}

/* Who lists a directory into memory that makes him wait keeps its lock. */
proctype holder()
{
	byte d;

	atomic {
		if
		:: mounted -> begin()
		:: else -> goto out
		fi;
		find(ROOT, 0);
		d = f;
		if
		:: d == NOBODY || is_slot(d) -> goto none
		:: else -> get(d)
		fi
	};
	lock(d);
	stopped_at = d;
	if
	:: atomic { true -> stopped_at = NOBODY; unlock(d) }
	:: true -> false
	fi;
	atomic { put(d) };
none:	atomic { d = 0; finish() };
out:	busy--
}

/*
 * CREATE of the first directory's name, in the root, when the slots in that directory are closed:
 * open_at().
 */
proctype claimant()
{
	byte d, tries;

	atomic {
		if
		:: mounted -> begin()
		:: else -> goto out
		fi
	};
	busy == 1;
	do
	:: true ->
		lock(ROOT);
		atomic { find(ROOT, 0); d = f; unlock(ROOT) };
		if
		:: d == NOBODY -> break
		:: else
		fi;
		must(IN_THE_WAY, tries <= levels && !NO_SETTLE);
		tries++;
		/* mailslot_dir_settle() */
		atomic {
			find(ROOT, 0);
			d = f;
			if
			:: d == NOBODY -> goto again
			:: else -> get(d)
			fi
		};
		/* flush_workqueue() */
		!worker_runs && work[1] != QUEUED && work[2] != QUEUED && work[3] != QUEUED && work[4] != QUEUED;
		/* flush_delayed_work() */
		if
		:: SETTLE_QUEUE
		:: else ->
			atomic { work[d] = (work[d] == LATER -> QUEUED : work[d]) };
			!worker_runs && work[d] != QUEUED
		fi;
		atomic { put(d) };
again:		d = 0
	od;
	atomic { d = 0; tries = 0; finish() };
out:	busy--
}

/*
 * dir_work(), one at a time. A look in its timer that would meet the same lock, or that holds a
 * directory which is gone already, may take as long as it likes.
 */
#define due(d)	(work[d] == QUEUED || (work[d] == LATER && !gone[d] && !locked[d] && \
					!locked[parent[d]] && !(namer && !busy)))

proctype worker()
{
	byte d, p;
	bit done, over;

end:	do
	:: atomic { due(1) || due(2) || due(3) || due(4) ->
			if
			:: due(1) -> d = 1
			:: due(2) -> d = 2
			:: due(3) -> d = 3
			:: due(4) -> d = 4
			fi;
			must(USED_FREED, !freed[d]);
			work[d] = IDLE;
			worker_runs = 1;
			p = parent[d] };
		done = gone[d];
		over = 0;
		if
		:: done
		:: else ->
			if
			:: atomic { !locked[p] -> locked[p] = 1 };
				if
				:: atomic { !locked[d] -> locked[d] = 1 };
					/* dir_ends() */
					atomic {
						must(USED_FREED, !freed[d]);
						over = (hashed[d] && !holds[d] && !children[d]);
						deaf[d] = deaf[d] || (over && !NOT_DEAD);
						unlock(d)
					};
					if
					:: over ->
						/* remove_dir() */
						if
						:: GONE_LATE -> atomic { forget_look(d) }; gone[d] = 1
						:: else -> gone[d] = 1; atomic { forget_look(d) }
						fi;
						atomic { unhash(d) };
						atomic { put(d) }
					:: else
					fi;
					done = 1
				:: atomic { locked[d] && !LOOK_WAITS }
				fi;
				unlock(p)
			:: locked[p]
			fi
		fi;
		if
		:: over -> atomic { dir_left(p) }
		:: else
		fi;
		if
		:: done || NO_AGAIN
		:: else ->
			/* look_again() */
			atomic { queue_look(d, LATER) };
			if
			:: gone[d] && !NO_LOOK_BACK -> atomic { forget_look(d) }
			:: else
			fi
		fi;
		atomic { put_look(d); d = 0; p = 0; done = 0; over = 0; worker_runs = 0 }
	od
}

proctype unmounter()
{
	atomic {
		if
		:: mount_refs == 1 || umount == 2 ->
			mounted = 0;
			put_mount()
		:: true
		fi
	}
}

/* rmmod: refused while somebody has a reference; mailslot_slots_settle(), destroy_workqueue() */
#define is_settled(e)	(!references[e] && memory_gone[e] == slot_freed[e])
#define slots_settled	(is_settled(FIRST_SLOT) && is_settled(FIRST_SLOT + 1) && is_settled(FIRST_SLOT + 2))

proctype unloader()
{
	atomic { !mounted && !module_refs ->
		mounted = 0 };
	if
	:: EXIT_NO_WAIT
	:: else ->
		slots_settled
	fi;
	!worker_runs;
	atomic {
		must(UNLOADED, ended && !work[1] && !work[2] && !work[3] && !work[4] && !worker_runs);
		for (v : FIRST_SLOT .. MOST - 1) {
			must(UNLOADED, is_settled(v) && !refs[v])
		};
		unloaded = 1
	}
}

/* Nothing happens any more. */
proctype judge()
{
	atomic { timeout ->
		/* Close never waits for a directory. */
		must(STOPPED, !closing || stopped_at == NOBODY);
		must(STUCK, !busy || stopped_at != NOBODY);
		if
		:: !ended ->
			for (v : 1 .. FIRST_SLOT - 1) {
				if
				:: v != stopped_at && hashed[v] && !children[v] ->
					must(STOPPED, stopped_at == NOBODY);
					must(STAYS, false)
				:: else
				fi
			}
		:: else
		fi;
		for (v : FIRST_SLOT .. MOST - 1) {
			must(STUCK, !references[v] || stopped_at != NOBODY)
		}
		must(MISCOUNTED, !entries || stopped_at != NOBODY);
		if
		:: stopped_at == NOBODY && !mounted ->
			must(STUCK, ended && unloaded)
		:: stopped_at == NOBODY && mounted ->
			must(STUCK, s_active == 1 && mount_refs == 1 && refs[ROOT] == 1)
		:: else
		fi
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
			creators = given("CREATORS");
			levels = given("DEPTH");
			own = given("OWN");
			same = given("SAME");
			by_open = given("BY_OPEN");
			openers = given("OPENERS");
			leaves = given("LEAVES");
			unlinkers = given("UNLINKERS");
			rmdirs = given("RMDIRS");
			listers = given("LISTERS");
			stopper = given("STOPPER");
			namer = given("NAMER");
			umount = given("UMOUNT");
			limit = given("ENTRIES");
			now.faults = given("FAULTS");
			twin = given("TWIN");
		};
		parent[ROOT] = NOBODY;
		refs[ROOT] = 1;
		module_refs = !NO_OWNER;
		busy = creators + openers + unlinkers + rmdirs + listers + stopper + namer;
		for (f : 1 .. creators) {
			run creator(f - 1)
		}
		for (f : 1 .. openers) {
			run opener()
		}
		for (f : 1 .. unlinkers) {
			run unlinker()
		}
		for (f : 1 .. rmdirs) {
			run remover()
		}
		for (f : 1 .. listers) {
			run lister()
		}
		if
		:: leaves -> run leftover()
		:: else
		fi;
		if
		:: stopper -> run holder()
		:: else
		fi;
		if
		:: namer -> run claimant()
		:: else
		fi;
		if
		:: umount ->
			run unmounter();
			run unloader()
		:: else
		fi;
		run worker();
		run judge()
	}
}
