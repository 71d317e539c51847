#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In Mono on Linux, a named Mutex, EventWaitHandle or Semaphore is private to its process: a second process that uses the same name is told
# that it created the object (createdNew is true), owns the mutex while the first process owns it, and does not see the event that
# the first process set. No exception tells of this. The .NET documentation says that a named object is visible to all processes; where .NET
# Core cannot share one, the constructor throws PlatformNotSupportedException. A program that uses a mutex's name in order to run only
# once runs twice. Guessed before: the objects are shared, or there is an exception.
set -eu

for command in mono mcs; do
	command -v $command > /dev/null || { echo "$command is needed (packages mono-runtime, mono-mcs)" >&2; exit 4; }
done
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > Named.cs <<'C'
using System;
using System.IO;
using System.Threading;

class Named
{
	// The second process is started when the first has written a line, and the first ends when its input does.
	static void Main(string[] arguments)
	{
		bool mutexNew, eventNew, semaphoreNew, owned;
		string name = arguments[0];
		var mutex = new Mutex(false, name + "-mutex", out mutexNew);
		var signal = new EventWaitHandle(false, EventResetMode.ManualReset, name + "-event", out eventNew);
		var semaphore = new Semaphore(1, 1, name + "-semaphore", out semaphoreNew);

		owned = mutex.WaitOne(200);
		Console.Write("createdNew: {0} {1} {2}; mutex owned: {3}; ", mutexNew, eventNew, semaphoreNew, owned);
		Console.Write("semaphore taken: {0}; ", semaphore.WaitOne(200));
		Console.WriteLine("event set: {0}", signal.WaitOne(200));
		signal.Set();
		Console.In.ReadToEnd();
		GC.KeepAlive(mutex);
	}
}
C
mcs Named.cs
mono --version | head -n 1
mkfifo hold
mono Named.exe "finding-$$" < hold > first &
exec 3> hold
tries=0
while [ ! -s first ] && [ $tries -lt 300 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
mono Named.exe "finding-$$" < /dev/null > second
exec 3>&-
wait
echo "first process:  $(cat first)"
echo "second process: $(cat second)"
cmp -s first second && grep -q '^createdNew: True True True; mutex owned: True; semaphore taken: True; event set: False$' second
